// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that deals with steps which hold items, with loops, and with the end of items.
#include "core/engine/Engine.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/engine/RecordCodec.h"

#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;
using Ending = Gathering::Ending;

namespace {

/// Where an answer that has to come at once is put; outlives a step that kept its reply.
std::shared_ptr<std::optional<StepAnswer>> answerOf(const std::function<void(StepReply)> &ask)
{
    auto answer = std::make_shared<std::optional<StepAnswer>>();
    ask(StepReply([answer](StepAnswer given) { *answer = std::move(given); }));
    if (!*answer) {
        answer->emplace();
        (*answer)->kind = StepAnswer::Kind::Failed;
        (*answer)->error = internalError("connector.no_answer",
                                         "The step ended without an answer. Report this.");
    }
    return answer;
}

} // namespace

/// Messages that leave by an exit to which nothing leads on are dropped, unless the step is the last.
std::optional<Ending> Engine::endingOf(const Node &node,
                                       const std::vector<StepAnswer::Output> &outputs)
{
    const bool isLast = std::all_of(node.wires.begin(), node.wires.end(),
                                    [](const auto &exit) { return exit.first == kErrorExit; });
    if (isLast)
        return outputs.empty() && !node.type->terminal ? Ending::Dropped : Ending::Ok;
    const bool goesOn = std::any_of(outputs.begin(), outputs.end(), [&node](const auto &output) {
        return !node.targets(output.exit).empty();
    });
    return goesOn ? std::nullopt : std::optional(Ending::Dropped);
}

/// `ending`: none when its successors tell.
void Engine::endItem(Run &run, int token, std::optional<Ending> ending)
{
    const auto found = run.items.find(token);
    RunItem &item = found->second;
    if (item.state == State::Collected || item.state == State::Looping)
        --run.resting;
    if (ending)
        run.work.ended(item.node, item.trail.get(), *ending);
    run.work.left({item.node, item.isSpent}, item.trail.get());
    run.items.erase(found);
}

void Engine::rest(Run &run, RunItem &item, State state)
{
    item.state = state;
    ++run.resting;
}

void Engine::settleLoop(Run &run, int token, StepAnswer answer)
{
    RunItem &item = run.items.at(token);
    rest(run, item, State::Looping);
    Gathering::Loop loop;
    loop.item = token;
    loop.step = item.node;
    loop.instance = item.lineage;
    loop.outputs = std::move(answer.outputs);
    loop.parallel = std::max(1, answer.parallel);
    sendElements(run, run.work.begin(std::move(loop)), 0);
}

/// As many as may be under way, and `more` beyond that.
void Engine::sendElements(Run &run, Gathering::Loop &loop, int more)
{
    RunItem &item = run.items.at(loop.item);
    item.told = item.told && !run.isFresh; // Its elements are news after a wait.
    const auto outer = item.trail ? item.trail->frame() : nullptr;
    while (!loop.isSpent() && (loop.running < loop.parallel || more-- > 0)) {
        const std::size_t element = loop.next;
        auto frame = std::make_shared<LoopFrame>(
            static_cast<std::int64_t>(element), static_cast<std::int64_t>(loop.elements.size()),
            item.input, outer);
        run.work.sendsElement(loop);
        const auto &targets = nodeOf(run, item).targets(loop.outputs[element].exit);
        loop.elements[element].isDropped = targets.empty();
        loop.elements[element].isOk = std::any_of(targets.begin(), targets.end(), [&](int target) {
            return !run.flow->map().isInBody(target, loop.step);
        });
        route(run, item, {loop.outputs[element]},
              insideLoop(item.trail, {loop.step, loop.instance, element, false, std::move(frame)}),
              element);
        run.work.sentElement(loop, element);
    }
    if (!loop.isSpent() || item.isSpent)
        return;
    run.work.came({item.node, true}, item.trail.get());
    run.work.left({item.node, false}, item.trail.get());
    item.isSpent = true;
}

void Engine::finishLoop(Run &run, Gathering::Loop &loop)
{
    const int token = loop.item;
    RunItem &item = run.items.at(token);
    const LoopCounts counts = loop.counts();
    std::vector<StepAnswer::Output> sent = std::move(loop.outputs);
    run.work.end(loop.instance);
    if (counts.ok + counts.failed + counts.dropped != counts.elements) {
        qCCritical(log::engine).noquote()
            << "run" << run.id << toQString(nodeOf(run, item).id + ": elements are missing");
        run.outcome = RunState::Failed;
    }
    --run.resting;
    item.state = State::Answered;
    item.told = item.told && !run.isFresh;
    const auto answer = answerOf([&](StepReply reply) {
        nodeOf(run, item).step->finish(callFor(run, item), counts, std::move(reply));
    });
    StepEvent event = eventFor(run, item, Phase::Done);
    event.note = (*answer)->note;
    if ((*answer)->kind != StepAnswer::Kind::Emitted)
        return settleFailed(run, token, std::move((*answer)->error), std::move(event), false);
    for (const auto *outputs : {&sent, &(*answer)->outputs}) {
        for (const StepAnswer::Output &output : *outputs) {
            event.exits.push_back(output.exit);
            event.outputs.push_back(output.message);
        }
    }
    note(run, item, std::move(event));
    route(run, item, (*answer)->outputs, behindLoop(item.trail, item.node));
    const bool goesOn = !nodeOf(run, item).targets((*answer)->outputs.front().exit).empty();
    endItem(run, token, goesOn ? std::nullopt : std::optional(Ending::Ok));
}

/// Whatever can go on now that an item came or went.
void Engine::advance(Run &run)
{
    for (;;) {
        if (Gathering::Group *group = run.work.nextQuiet()) {
            release(run, *group);
        } else if (Gathering::Loop *loop = run.work.nextMoved()) {
            if (!loop->isSpent())
                sendElements(run, *loop, 0);
            else if (loop->open == 0)
                finishLoop(run, *loop);
        } else if (run.queued > 0 || run.items.size() != run.resting || !pushOn(run)) {
            return;
        }
    }
}

/// Nothing moves: elements wait for later ones that wait for them, as behind a loop in a loop that
/// leads to one batch. The next element then goes, whatever `parallel` says.
bool Engine::pushOn(Run &run)
{
    if (run.items.empty())
        return false;
    if (Gathering::Loop *loop = run.work.anyUnspent())
        sendElements(run, *loop, 1);
    else if (Gathering::Group *group = run.work.anyHeld())
        release(run, *group);
    else
        return false;
    return true;
}

void Engine::settleHeld(Run &run, int token, const StepAnswer &answer, StepEvent event)
{
    RunItem &item = run.items.at(token);
    Gathering::Group &group = run.work.groupOf(item.node, item.trail.get());
    const bool isTimed = answer.until || answer.atOnce;
    if (isTimed && !group.isClosed && settleRecorded(run, token, group))
        return;
    if (group.isClosed) {
        event.phase = Phase::Dropped;
        event.note = "came too late";
        note(run, item, std::move(event));
        return endItem(run, token, Ending::Dropped);
    }
    if (answer.until && !group.until) {
        group.until = m_time.fromWall(*answer.until);
        StepRecord record = recordFor(run, item, RecordState::Waiting);
        record.retryAt = answer.until;
        recordGroup(run, group, std::move(record));
        m_alarms.add({*group.until, run.id, true});
        setAlarm();
    }
    group.isRecorded = group.isRecorded || isTimed;
    item.heldKey = answer.key;
    rest(run, item, State::Collected);
    run.work.hold(group, token, item.trail.get());
    if (answer.atOnce)
        release(run, group);
}

/// What the journal knows of a group whose release follows from time. True: the item is settled.
bool Engine::settleRecorded(Run &run, int token, Gathering::Group &group)
{
    RunItem &item = run.items.at(token);
    const StepRecord *record = run.earlierRecord(nodeOf(run, item).id, group.key);
    if (!record)
        return false;
    group.number = record->item;
    group.isRecorded = true;
    if (record->state == RecordState::Waiting) {
        if (!group.until && record->retryAt) {
            group.until = m_time.fromWall(*record->retryAt);
            m_alarms.add({*group.until, run.id, true});
            setAlarm();
        }
        return false;
    }
    auto outputs = decodeOutputs(record->outputs);
    if (!outputs)
        return false;
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Emitted;
    answer.outputs = std::move(*outputs);
    group.isClosed = true;
    rest(run, item, State::Collected);
    emitGroup(run, group, {token}, std::move(answer));
    return true;
}

/// Under the lineage of the group, which is none of an item's.
void Engine::recordGroup(Run &run, Gathering::Group &group, StepRecord record)
{
    if (group.number < 0)
        group.number = numberOf(run, group.step, group.key,
                                "0.group" + std::to_string(group.key));
    record.item = group.number;
    record.lineage = group.key;
    run.pending.change.steps.push_back(std::move(record));
}

void Engine::releaseDue(Run &run)
{
    while (Gathering::Group *group = run.work.nextDue(m_time.now())) {
        run.isFresh = true;
        release(run, *group);
        advance(run);
    }
}

std::vector<int> Engine::inStableOrder(const Run &run, const std::vector<int> &held) const
{
    std::vector<int> members = held;
    std::sort(members.begin(), members.end(), [&run](int left, int right) {
        const RunItem &a = run.items.at(left);
        const RunItem &b = run.items.at(right);
        bool same = true;
        const bool before = comesBefore(a.trail.get(), b.trail.get(), same);
        return same ? std::pair(a.from, a.lineage) < std::pair(b.from, b.lineage) : before;
    });
    return members;
}

void Engine::release(Run &run, Gathering::Group &group)
{
    const std::vector<int> members = inStableOrder(run, group.held);
    const Node &node = run.flow->nodes()[static_cast<std::size_t>(group.step)];
    std::vector<HeldItem> held;
    for (const int token : members) {
        const RunItem &item = run.items.at(token);
        held.push_back({callFor(run, item),
                        run.flow->nodes()[static_cast<std::size_t>(item.from)].id, item.heldKey});
    }
    const auto answer = answerOf(
        [&](StepReply reply) { node.step->release(held, std::move(reply)); });
    if ((*answer)->kind == StepAnswer::Kind::Emitted && group.isRecorded) {
        group.isClosed = true;
        StepRecord record = recordFor(run, run.items.at(members.front()), RecordState::Done);
        record.outputs = encodeOutputs((*answer)->outputs);
        recordGroup(run, group, std::move(record));
    }
    emitGroup(run, group, members, std::move(**answer));
}

/// What leaves is named after what it is made of, or after its group where time had a say.
void Engine::emitGroup(Run &run, Gathering::Group &group, const std::vector<int> &members,
                       StepAnswer answer)
{
    const Node &node = run.flow->nodes()[static_cast<std::size_t>(group.step)];
    bool told = !run.isFresh;
    for (const int token : members) {
        RunItem &item = run.items.at(token);
        told = told && item.told;
        --run.resting;
        item.state = State::Answered;
        if (!group.held.empty())
            run.work.unhold(group, item.trail.get());
    }
    group.held.clear();
    const bool failed = answer.kind == StepAnswer::Kind::Failed;
    std::vector<bool> isUsed(members.size(), false);
    for (std::size_t number = 0; number < answer.outputs.size(); ++number) {
        StepAnswer::Output &output = answer.outputs[number];
        if (output.of.empty()) {
            for (std::size_t all = 0; all < members.size(); ++all)
                output.of.push_back(all);
        }
        RunItem made;
        made.node = group.step;
        made.told = told;
        made.lineage = mixed(group.key, number);
        std::vector<TrailPtr> trails;
        for (const std::size_t member : output.of) {
            const RunItem &item = run.items.at(members.at(member));
            isUsed[member] = true;
            trails.push_back(item.trail);
            if (!group.isRecorded)
                made.lineage = mixed(made.lineage, item.lineage);
        }
        made.trail = behindGroup(trails, run.flow->map().scope(group.step), group.step, number);
        route(run, made, {{output.exit, output.message}}, made.trail);
    }
    const bool isOwn = !group.isRecorded;
    const std::uint64_t key = group.key;
    const auto ending = endingOf(node, answer.outputs);
    for (std::size_t member = 0; member < members.size(); ++member) {
        RunItem &item = run.items.at(members[member]);
        StepEvent event = eventFor(run, item, Phase::Done);
        item.told = told;
        if (failed) {
            settleFailed(run, members[member], answer.error, std::move(event), false);
            continue;
        }
        event.note = answer.note;
        event.phase = isUsed[member] ? Phase::Done : Phase::Dropped;
        for (const StepAnswer::Output &output : answer.outputs) {
            if (output.of.front() != member)
                continue;
            event.exits.push_back(output.exit);
            event.outputs.push_back(output.message);
        }
        note(run, item, std::move(event));
        endItem(run, members[member], isUsed[member] ? ending : Ending::Dropped);
    }
    if (isOwn)
        run.work.forget(key);
}

} // namespace tw
