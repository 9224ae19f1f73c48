// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/EffectKey.h"
#include "core/engine/Engine.h"
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
    m_pumping = true;
    QElapsedTimer spent;
    spent.start();
    while (!m_tasks.empty() && spent.elapsed() < m_limits.slice.count()) {
        Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        perform(std::move(task));
    }
    m_pumping = false;
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
    if (run->items.count(task.item) > 0) {
        if (task.answer)
            settle(*run, task.item, std::move(*task.answer), false);
        else
            begin(*run, task.item);
    }
    if (run->queued == 0)
        flush(*run);
}

void Engine::addItem(Run &run, int node, std::uint64_t lineage, DocumentPtr input)
{
    const auto &step = run.flow->nodes()[static_cast<std::size_t>(node)];
    RunItem item;
    item.node = node;
    item.lineage = lineage;
    item.input = std::move(input);
    const StepRecord *earlier = run.earlierRecord(step.id, lineage);
    item.number = earlier ? earlier->item : run.nextNumber[static_cast<std::size_t>(node)]++;
    const int token = run.nextToken++;
    run.items.emplace(token, std::move(item));
    enqueue(run, token);
}

void Engine::begin(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    item.startedAt = m_clock.now();
    item.started = std::chrono::steady_clock::now();
    if (node.disabled) {
        StepAnswer passed;
        passed.kind = StepAnswer::Kind::Emitted;
        if (!node.defaultExit.empty())
            passed.outputs = {{node.defaultExit, item.input}};
        passed.note = "switched off: passed by";
        return settle(run, token, std::move(passed), false);
    }
    if (!node.isEffect())
        return ask(run, token);
    if (item.state == State::Ready) {
        const StepRecord *record = run.earlierRecord(node.id, item.lineage);
        if (record && takeUp(run, token, *record))
            return;
    }
    claimPlace(run, token);
}

/// Goes on where an earlier process stopped. False: the effect has to be asked again.
bool Engine::takeUp(Run &run, int token, const StepRecord &record)
{
    RunItem &item = run.items.at(token);
    item.attempt = record.attempt;
    StepAnswer answer;
    answer.note = record.note;
    switch (record.state) {
    case RecordState::Intent:
        return false;
    case RecordState::Waiting:
        item.state = State::Waiting;
        wakeAt(run, token, record.retryAt.value_or(m_clock.now()));
        return true;
    case RecordState::Done: {
        auto outputs = decodeOutputs(record.outputs);
        if (!outputs)
            return false;
        answer.kind = StepAnswer::Kind::Emitted;
        answer.outputs = std::move(*outputs);
        break;
    }
    case RecordState::Dropped:
        answer.kind = StepAnswer::Kind::Dropped;
        break;
    case RecordState::Failed:
        answer.kind = StepAnswer::Kind::Failed;
        answer.error = record.error.value_or(Error{});
        break;
    }
    settle(run, token, std::move(answer), true);
    return true;
}

void Engine::claimPlace(Run &run, int token)
{
    DeployedFlow::Lane &lane = run.flow->lane();
    RunItem &item = run.items.at(token);
    if (m_stopping || lane.inFlight >= m_limits.effectsPerFlow) {
        item.state = State::Queued;
        lane.waiting.emplace_back(run.id, token);
        return;
    }
    ++lane.inFlight;
    item.state = State::Claimed;
    ++item.attempt;
    run.pending.change.steps.push_back(recordFor(run, item, RecordState::Intent));
    run.pending.toAsk.push_back(token);
}

void Engine::releasePlace(DeployedFlow &flow)
{
    DeployedFlow::Lane &lane = flow.lane();
    --lane.inFlight;
    while (!m_stopping && !lane.waiting.empty() && lane.inFlight < m_limits.effectsPerFlow) {
        const auto [id, token] = lane.waiting.front();
        lane.waiting.pop_front();
        Run *run = find(id);
        if (!run || run->items.count(token) == 0)
            continue;
        claimPlace(*run, token);
        if (run->queued == 0)
            flush(*run);
    }
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
    if (effect && m_stopping)
        return; // Its intent stays; the next process asks.
    if (!effect)
        ++item.attempt;
    item.state = State::Asked;
    item.startedAt = m_clock.now();
    item.started = std::chrono::steady_clock::now();
    StepEvent started = eventFor(run, item, Phase::Started);
    StepCall call;
    call.run = run.id;
    call.step = node.id;
    call.item = item.number;
    call.attempt = item.attempt;
    call.input = item.input;
    call.event = run.message;
    call.runStarted = run.event.received;
    call.seed = run.event.seed;
    if (effect) {
        call.idempotencyKey = effectKey(flow.id(), run.event.eventId, node.id, item.number);
        ++m_inFlight;
        m_observer.stepChanged(started);
    } else {
        run.pending.events.push_back(std::move(started));
    }
    StepReply reply([guard = QPointer<Engine>(this), id = run.id, token, &flow,
                     effect](StepAnswer answer) {
        if (guard)
            guard->answered(id, token, &flow, effect, std::move(answer));
    });
    node.step->process(call, std::move(reply));
}

void Engine::answered(std::int64_t id, int token, DeployedFlow *flow, bool effect,
                      StepAnswer answer)
{
    if (m_closing)
        return;
    Run *run = find(id);
    const bool known = run && run->items.count(token) > 0;
    if (known) {
        run->items.at(token).state = State::Answered;
        enqueue(*run, token, std::move(answer));
    }
    if (effect) {
        --m_inFlight;
        releasePlace(*flow);
        checkStopped();
    }
}

void Engine::settle(Run &run, int token, StepAnswer answer, bool replayed)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    const bool record = node.isEffect() && !replayed;
    StepEvent event = eventFor(run, item, Phase::Done);
    event.took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - item.started);
    event.note = answer.note;
    event.replayed = replayed;
    switch (answer.kind) {
    case StepAnswer::Kind::Failed:
        return settleFailed(run, token, std::move(answer.error), std::move(event), record);
    case StepAnswer::Kind::Dropped:
        event.phase = Phase::Dropped;
        if (record) {
            run.pending.change.steps.push_back(recordFor(run, item, RecordState::Dropped));
            run.pending.change.steps.back().note = answer.note;
        }
        run.pending.events.push_back(std::move(event));
        break;
    case StepAnswer::Kind::Emitted:
        settleEmitted(run, item, std::move(answer), std::move(event), record);
        break;
    }
    run.items.erase(token);
}

void Engine::settleEmitted(Run &run, RunItem &item, StepAnswer answer, StepEvent event, bool record)
{
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Done));
        run.pending.change.steps.back().note = answer.note;
        run.pending.change.steps.back().outputs = encodeOutputs(answer.outputs);
    }
    for (const auto &output : answer.outputs) {
        if (node.type->terminal && output.exit == kDeadLetterExit) {
            LetterRecord letter = letterOf(output.message->root(), node.id, m_clock.now());
            letter.lineage = item.lineage;
            keepLetter(run, std::move(letter));
            continue;
        }
        event.exits.push_back(output.exit);
        event.outputs.push_back(output.message);
    }
    run.pending.events.push_back(std::move(event));
    if (!node.type->terminal)
        route(run, item, answer.outputs);
}

void Engine::settleFailed(Run &run, int token, Error error, StepEvent event, bool record)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    const bool again = !event.replayed && error.kind == ErrorKind::Transient
        && item.attempt <= node.retry.times;
    if (again)
        return waitForRetry(run, token, std::move(error), std::move(event), record);
    const DocumentPtr message = errorMessage(error, node.id, item.attempt, item.input);
    event.phase = Phase::Failed;
    event.exits = {std::string(kErrorExit)};
    event.outputs = {message};
    event.error = error;
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Failed));
        run.pending.change.steps.back().error = error;
    }
    run.pending.events.push_back(std::move(event));
    if (node.targets(kErrorExit).empty()) {
        keepLetter(run, {node.id, item.lineage, std::move(error), jsonText(item.input),
                         item.attempt, m_clock.now(),
                         m_clock.now() + std::chrono::hours(90 * 24)});
    } else {
        route(run, item, {{std::string(kErrorExit), message}});
    }
    run.items.erase(token);
}

void Engine::waitForRetry(Run &run, int token, Error error, StepEvent event, bool record)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    const Instant at = m_clock.now() + backoff(node.retry, error, item.attempt);
    event.phase = Phase::Waiting;
    event.error = error;
    event.retryAt = at;
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Waiting));
        run.pending.change.steps.back().error = std::move(error);
        run.pending.change.steps.back().retryAt = at;
    }
    run.pending.events.push_back(std::move(event));
    item.state = State::Waiting;
    wakeAt(run, token, at);
}

void Engine::wakeAt(Run &run, int token, Instant at)
{
    const auto delay = std::max(std::chrono::milliseconds(0), at - m_clock.now());
    m_clock.callAfter(delay, this, [this, id = run.id, token] {
        Run *waiting = find(id);
        if (waiting && waiting->items.count(token) > 0)
            enqueue(*waiting, token);
    });
}

std::chrono::milliseconds Engine::backoff(const RetryPolicy &policy, const Error &error, int attempt)
{
    double wait = static_cast<double>(policy.first.count());
    const auto longest = static_cast<double>(policy.longest.count());
    for (int doubled = 1; doubled < attempt && wait < longest; ++doubled)
        wait *= policy.factor;
    wait = std::min(wait, longest);
    if (policy.jitter == RetryPolicy::Jitter::Full)
        wait *= m_random.unit();
    const std::chrono::milliseconds chosen(static_cast<std::int64_t>(wait));
    return std::max(chosen, error.retryAfter.value_or(std::chrono::milliseconds(0)));
}

void Engine::route(Run &run, const RunItem &item, const std::vector<StepAnswer::Output> &outputs)
{
    const auto &nodes = run.flow->nodes();
    const auto &node = nodes[static_cast<std::size_t>(item.node)];
    for (std::size_t output = 0; output < outputs.size(); ++output) {
        const auto &targets = node.targets(outputs[output].exit);
        for (std::size_t wire = 0; wire < targets.size(); ++wire) {
            const auto &target = nodes[static_cast<std::size_t>(targets[wire])];
            addItem(run, targets[wire],
                    lineageOf(item.lineage, node.id + '.' + outputs[output].exit, output,
                              target.id, wire),
                    outputs[output].message);
        }
    }
}

void Engine::keepLetter(Run &run, LetterRecord letter)
{
    run.pending.change.letters.push_back(std::move(letter));
    if (run.outcome == RunState::Done)
        run.outcome = RunState::DeadLettered;
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
    event.at = phase == Phase::Started ? item.startedAt : m_clock.now();
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
    record.at = m_clock.now();
    return record;
}

} // namespace tw
