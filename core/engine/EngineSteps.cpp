// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that takes messages from step to step.
#include "core/engine/Engine.h"

#include "core/base/FaultPoint.h"
#include "core/base/LogIds.h"
#include "core/connector/BusinessIds.h"
#include "core/engine/RecordCodec.h"

#include <QElapsedTimer>
#include <QPointer>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

void Engine::enqueue(Run &run, int item, std::optional<StepAnswer> answer)
{
    ++run.queued;
    m_tasks.push_back({run.id, item, std::move(answer)});
    schedulePump();
}

void Engine::schedulePump()
{
    if (m_pumping || std::exchange(m_pumpPosted, true))
        return;
    QMetaObject::invokeMethod(this, [this] { pump(); }, Qt::QueuedConnection);
}

void Engine::pump()
{
    m_pumpPosted = false;
    followClock();
    m_pumping = true;
    const StoreThread::Turn turn(m_store);
    QElapsedTimer spent;
    spent.start();
    while (!m_tasks.empty() && spent.elapsed() < m_limits.slice.count()) {
        Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        perform(std::move(task));
    }
    m_pumping = false;
    tendGates();
    sendBatches(m_tasks.empty());
    if (!m_tasks.empty())
        schedulePump();
    else
        checkStopped();
}

void Engine::perform(Task task)
{
    Run *run = find(task.run);
    if (!run)
        return;
    --run->queued;
    const std::string number = std::to_string(run->id);
    const std::string delivery = run->event.eventId; // The run may end in here.
    const auto found = run->items.find(task.item);
    const log::Ids ids({run->flow->id(), number,
                        found == run->items.end() ? std::string_view()
                                                  : nodeOf(*run, found->second).id,
                        delivery});
    if (found != run->items.end()) {
        if (task.answer)
            settle(*run, task.item, std::move(*task.answer), false);
        else
            begin(*run, task.item);
        advance(*run);
    }
    settleDown(*run);
}

void Engine::addItem(Run &run, int node, std::uint64_t lineage, DocumentPtr input,
                     const RunItem &from, TrailPtr trail, std::optional<int> number)
{
    RunItem item;
    item.node = node;
    item.lineage = lineage;
    item.input = std::move(input);
    item.told = from.told;
    item.from = from.node;
    item.trail = std::move(trail);
    item.number = number ? *number
                         : numberOf(run, node, lineage,
                                    run.flow->map().position(item.trail.get(), node));
    run.work.came({node}, item.trail.get());
    const int token = run.nextToken++;
    run.items.emplace(token, std::move(item));
    enqueue(run, token);
}

/// The same for the same item in every run of the event: effects are known by it.
int Engine::numberOf(Run &run, int node, std::uint64_t lineage, const std::string &position)
{
    const std::string &step = run.flow->nodes()[static_cast<std::size_t>(node)].id;
    if (const StepRecord *earlier = run.earlierRecord(step, lineage))
        return earlier->item;
    if (const StepRecord *before = run.recordBefore(step, lineage))
        return before->item;
    return run.takeNumber(node, itemNumber(position));
}

void Engine::begin(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    item.startedAt = m_time.now();
    item.started = std::chrono::steady_clock::now();
    if (node.disabled) {
        StepAnswer passed;
        passed.kind = StepAnswer::Kind::Emitted;
        if (!node.defaultExit.empty())
            passed.outputs = {{node.defaultExit, item.input}};
        passed.note = "switched off: passed by";
        return settle(run, token, std::move(passed), false);
    }
    const bool parks = node.type->parks;
    if (item.state == State::Due && parks)
        return timeOut(run, token);
    if (item.state == State::Ready) {
        const StepRecord *record = run.earlierRecord(node.id, item.lineage);
        if (record && (node.isEffect() || parks ? takeUp(run, token, *record)
                                                : takeUpWait(run, token, *record)))
            return;
        if (!record && node.isEffect() && takeUpOrigin(run, token))
            return;
    }
    if (node.isEffect())
        queueEffect(run, token);
    else
        ask(run, token);
}

void Engine::ask(Run &run, int token)
{
    const auto found = run.items.find(token);
    DeployedFlow &flow = *run.flow;
    if (found == run.items.end())
        return; // Cancelled meanwhile; cancel() gave its place back.
    RunItem &item = found->second;
    const auto &node = flow.nodes()[static_cast<std::size_t>(item.node)];
    const bool effect = node.isEffect();
    if (!effect)
        ++item.attempt;
    item.state = State::Asked;
    item.startedAt = m_time.now();
    item.started = std::chrono::steady_clock::now();
    if (effect) {
        item.told = false;
        ++m_inFlight;
        m_counts.effects += !item.lookUp;
        ++m_counts.calls;
        m_observer.stepChanged(eventFor(run, item, Phase::Started));
    } else {
        note(run, item, eventFor(run, item, Phase::Started));
    }
    StepReply reply([guard = QPointer<Engine>(this), id = run.id, token, &flow,
                     &node](StepAnswer answer) {
        if (guard)
            guard->answered(id, token, &flow, &node, std::move(answer));
    });
    if (effect)
        TW_FAULT_POINT("engine.call");
    if (item.lookUp)
        node.step->lookUp(callFor(run, item), std::move(reply));
    else
        node.step->process(callFor(run, item), std::move(reply));
    if (effect)
        TW_FAULT_POINT("engine.called");
}

void Engine::answered(std::int64_t id, int token, DeployedFlow *flow, const Node *node,
                      StepAnswer answer)
{
    if (m_closing)
        return;
    const bool effect = node->isEffect();
    if (effect && node->gate && !node->connection->reportsCalls())
        told(*node->gate, callReportOf(answer));
    if (effect)
        TW_FAULT_POINT("engine.outcome");
    keepAnswer(id, token, std::move(answer));
    if (effect) {
        --m_inFlight;
        callEnded(*node, *flow);
        checkStopped();
    }
}

void Engine::keepAnswer(std::int64_t id, int token, StepAnswer answer)
{
    Run *run = find(id);
    if (!run || run->items.count(token) == 0)
        return;
    RunItem &item = run->items.at(token);
    leaveGate(*run, item);
    if (nodeOf(*run, item).connection) // Whatever the other side echoes goes no further than here.
        m_secrets.clean(answer);
    item.state = State::Answered;
    enqueue(*run, token, std::move(answer));
}

void Engine::settle(Run &run, int token, StepAnswer answer, bool replayed)
{
    RunItem &item = run.items.at(token);
    if (item.lookUp && !replayed)
        return settleLookUp(run, token, std::move(answer));
    const auto &node = nodeOf(run, item);
    if (answer.kind == StepAnswer::Kind::Parked)
        return park(run, token, std::move(answer));
    if (answer.kind == StepAnswer::Kind::Alone && item.alone) {
        answer.kind = StepAnswer::Kind::Failed;
        answer.error = internalError("connector.asked_alone", "The step \"" + node.id
                                         + "\" did not answer for a record alone. Report this.");
    } else if (answer.kind == StepAnswer::Kind::Alone) {
        item.alone = true;
        item.batch = 0;
        return queueEffect(run, token);
    }
    const bool record = (node.isEffect() || node.type->parks) && !replayed;
    if (item.waited && answer.kind != StepAnswer::Kind::Later)
        keepWaitOver(run, item);
    StepEvent event = eventFor(run, item, Phase::Done);
    event.took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - item.started);
    event.note = answer.note;
    event.replayed = replayed;
    switch (answer.kind) {
    case StepAnswer::Kind::Failed:
        return settleFailed(run, token, std::move(answer.error), std::move(event), record);
    case StepAnswer::Kind::Alone: // Done above.
        return;
    case StepAnswer::Kind::Dropped:
        event.phase = Phase::Dropped;
        if (record) {
            run.pending.change.steps.push_back(recordFor(run, item, RecordState::Dropped));
            run.pending.change.steps.back().note = answer.note;
        }
        note(run, item, std::move(event));
        return endItem(run, token, Gathering::Ending::Dropped);
    case StepAnswer::Kind::Parked:
        break; // Went to park().
    case StepAnswer::Kind::Emitted:
        return settleEmitted(run, token, std::move(answer), std::move(event), record);
    case StepAnswer::Kind::Later:
        return settleLater(run, token, std::move(answer), std::move(event));
    case StepAnswer::Kind::Held:
        return settleHeld(run, token, answer, std::move(event));
    case StepAnswer::Kind::Loop:
        return settleLoop(run, token, std::move(answer));
    }
}

void Engine::settleEmitted(Run &run, int token, StepAnswer answer, StepEvent event, bool record)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Done));
        run.pending.change.steps.back().note = answer.note;
        run.pending.change.steps.back().outputs = encodeOutputs(answer.outputs);
        noteIds(run, answer.outputs);
    }
    auto ending = endingOf(node, answer.outputs);
    for (const auto &output : answer.outputs) {
        if (node.type->terminal && output.exit == kDeadLetterExit) {
            LetterRecord letter = letterOf(output.message->root(), node.id, m_clock.now());
            letter.lineage = letter.lineage == 0 ? item.lineage : letter.lineage;
            keepLetter(run, std::move(letter));
            ending = Gathering::Ending::Failed;
            continue;
        }
        event.exits.push_back(output.exit);
        event.outputs.push_back(output.message);
    }
    note(run, item, std::move(event));
    if (!node.type->terminal)
        route(run, item, answer.outputs, item.trail);
    endItem(run, token, ending);
}

void Engine::settleFailed(Run &run, int token, Error error, StepEvent event, bool record)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    const bool unknown = error.outcomeUnknown && node.isEffect();
    if (unknown && !event.replayed)
        quarantine(run, node, item.startedAt);
    if (error.code == kOutcomeUnknown
        || (unknown && !event.replayed && node.onUnknown == OnUnknown::Ask))
        return askPerson(run, token, error, std::move(event), record);
    if (!event.replayed && settleHeldBack(run, token, error, event, record))
        return;
    const auto wait = event.replayed ? std::nullopt : nextTry(run, item, error);
    if (wait)
        return waitForRetry(run, token, std::move(error), *wait, std::move(event), record);
    const DocumentPtr message = errorMessage(error, placeOf(run, item), item.input);
    event.phase = Phase::Failed;
    event.exits = {std::string(kErrorExit)};
    event.outputs = {message};
    event.error = error;
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Failed));
        run.pending.change.steps.back().error = error;
        if (node.isEffect() && !unknown && !item.doubtSince)
            guard(run, item, run.pending.change.steps.back());
    }
    note(run, item, std::move(event));
    if (node.targets(kErrorExit).empty()) {
        keepLetter(run, {node.id, item.lineage, std::move(error), jsonText(item.input),
                         item.attempt, m_clock.now(),
                         m_clock.now() + std::chrono::hours(90 * 24), false, item.number});
        return endItem(run, token, Gathering::Ending::Failed);
    }
    route(run, item, {{std::string(kErrorExit), message}}, item.trail);
    endItem(run, token, {});
}

void Engine::route(Run &run, const RunItem &item, const std::vector<StepAnswer::Output> &outputs,
                   const TrailPtr &trail, std::size_t first)
{
    const auto &nodes = run.flow->nodes();
    const Node &node = nodeOf(run, item);
    std::shared_ptr<std::vector<int>> ways; // None in the usual case of one.
    if (outputs.size() > 1 || (!outputs.empty() && node.targets(outputs[0].exit).size() > 1)) {
        ways = std::make_shared<std::vector<int>>();
        for (const StepAnswer::Output &output : outputs) {
            const auto &targets = node.targets(output.exit);
            ways->insert(ways->end(), targets.begin(), targets.end());
        }
    }
    const bool fork = ways && run.flow->map().meet(*ways);
    std::size_t way = 0;
    for (std::size_t output = 0; output < outputs.size(); ++output) {
        const auto &targets = node.targets(outputs[output].exit);
        for (std::size_t wire = 0; wire < targets.size(); ++wire, ++way) {
            const Node &target = nodes[static_cast<std::size_t>(targets[wire])];
            run.work.goesOn(item.node, targets[wire], trail.get());
            addItem(run, targets[wire],
                    lineageOf(item.lineage, node.id + '.' + outputs[output].exit, first + output,
                              target.id, wire),
                    outputs[output].message, item,
                    fork ? behindWay(trail, item.node, way, ways) : trail);
        }
    }
}

/// Business ids that an effect brought to light, for whoever looks for its run.
void Engine::noteIds(Run &run, const std::vector<StepAnswer::Output> &outputs)
{
    for (const auto &output : outputs) {
        const std::string ids = output.message ? businessIds(output.message->root())
                                               : std::string();
        const std::string known = run.event.ids + run.pending.change.ids;
        std::size_t from = ids.find_first_not_of(' ');
        while (from != std::string::npos) {
            const std::size_t end = ids.find(' ', from);
            const std::string id = ids.substr(from, end - from);
            if (known.find(' ' + id + ' ') == std::string::npos)
                run.pending.change.ids += (known.empty() && run.pending.change.ids.empty() ? " " : "")
                    + id + ' ';
            from = ids.find_first_not_of(' ', end);
        }
    }
}

FailedAt Engine::placeOf(const Run &run, const RunItem &item) const
{
    return {nodeOf(run, item).id, item.number, item.lineage, std::max(1, item.attempt)};
}

void Engine::keepLetter(Run &run, LetterRecord letter)
{
    const FlowFailures &failures = run.flow->failures();
    if (letter.owner.empty())
        letter.owner = failures.owner;
    if (letter.dueAt == Instant{} && failures.due.count() > 0)
        letter.dueAt = letter.at + failures.due;
    if (letter.cause.empty())
        letter.cause = causeOf(letter.step, letter.error);
    letter.holdsKey = run.flow->holdsAfterFailure() && run.flow->isOrdered() && !run.event.key.empty();
    run.holds = run.holds || letter.holdsKey;
    run.pending.change.letters.push_back(std::move(letter));
    if (run.outcome == RunState::Done)
        run.outcome = RunState::DeadLettered;
}

void Engine::note(Run &run, const RunItem &item, StepEvent event)
{
    if (!item.told)
        run.pending.events.push_back(std::move(event));
}

StepEvent Engine::eventFor(const Run &run, const RunItem &item, Phase phase) const
{
    StepEvent event;
    event.run = run.id;
    event.flow = run.flow->id();
    event.step = run.flow->nodes()[static_cast<std::size_t>(item.node)].id;
    event.item = item.number;
    event.attempt = std::max(1, item.attempt);
    event.phase = phase;
    event.at = m_time.toWall(phase == Phase::Started ? item.startedAt : m_time.now());
    event.input = item.input;
    return event;
}

StepRecord Engine::recordFor(const Run &run, const RunItem &item, RecordState state) const
{
    StepRecord record;
    record.step = run.flow->nodes()[static_cast<std::size_t>(item.node)].id;
    record.item = item.number;
    record.lineage = item.lineage;
    record.state = state;
    record.attempt = item.attempt;
    if (state == RecordState::Waiting || (state == RecordState::Intent && !item.tally.isEmpty()))
        record.outputs = item.tally.text();
    record.at = m_time.toWall(m_time.now());
    return record;
}

} // namespace tw
