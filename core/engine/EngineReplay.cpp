// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that knows of earlier and of newer: replays, keys that have run out, records
// that a newer event has written already.
#include "core/engine/Engine.h"
#include "core/engine/RecordCodec.h"

#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

void Engine::takeUp(std::int64_t id, std::function<void(Result<void>)> done)
{
    m_store.submit<Loaded>(
        this,
        [id, known = knownVersions()](Journal &journal) { return load(journal, {id}, known); },
        [this, id, done = std::move(done)](Result<Loaded> open) {
            if (!open)
                return done(std::move(open).error());
            if (open->runs.empty() || find(id))
                return done(rejectedError("engine.not_open", "Run " + std::to_string(id)
                                              + " does not wait to be taken up."));
            for (const KeptFlow &version : open->versions)
                deployOld(version);
            const NewRun &event = open->runs.front().event;
            const DeployedFlow *flow = flowOf(event.flow);
            if (!flow)
                return done(rejectedError("engine.no_flow", "The flow \"" + event.flow
                                              + "\" is not running. The run waits for it."));
            admit(event.body.size());
            const Lanes::Lane lane = laneOf(*flow, event.key, event.origin);
            if (m_lanes.enterFirst(id, lane))
                mayBegin(id);
            else
                nudge(lane);
            loadReady();
            done({});
        });
}

/// A replay ended well: when no other letter holds its key, later events go on.
void Engine::releaseAfterReplay(HeldKey key, Lanes::Lane lane)
{
    m_store.submit<bool>(
        this,
        [key](Journal &journal) -> Result<bool> {
            auto held = journal.heldKeys();
            if (!held)
                return std::move(held).error();
            return std::find(held->begin(), held->end(), key) != held->end();
        },
        [this, lane](const Result<bool> &held) {
            if (held && !*held)
                mayBegin(m_lanes.release(lane));
        });
}

/// An earlier run of the same event was here. True: the item needs nothing more now.
bool Engine::takeUpOrigin(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    const StepRecord *before = run.recordBefore(node.id, item.lineage);
    if (!before)
        return false;
    const bool inDoubt = before->state == RecordState::Intent
        || (before->error && before->error->outcomeUnknown);
    if (before->state != RecordState::Done && !inDoubt)
        return false; // It surely did not take place.
    if (node.repeat == Repeat::SafeByState)
        return false; // The same state again, or a corrected one.
    if (node.repeat == Repeat::Unsafe && before->state == RecordState::Done) {
        StepAnswer answer;
        auto outputs = decodeOutputs(before->outputs);
        if (!outputs)
            return false;
        answer.kind = StepAnswer::Kind::Emitted;
        answer.outputs = std::move(*outputs);
        answer.note = "done by an earlier run of this event: not sent again";
        settle(run, token, std::move(answer), false);
        return true;
    }
    item.doubtSince = before->at;
    if (node.repeat == Repeat::SafeByKey && !isKeyOver(run, item))
        return false;
    lookOrAsk(run, token, before->at);
    return true;
}

/// An earlier attempt may have taken effect, and the other side no longer knows our key for sure.
bool Engine::isKeyOver(const Run &run, const RunItem &item) const
{
    const Node &node = nodeOf(run, item);
    return item.doubtSince && !item.lookUp && !item.againAnyway
        && node.repeat == Repeat::SafeByKey
        && m_time.now() - *item.doubtSince >= node.type->keyLifetime;
}

void Engine::lookOrAsk(Run &run, int token, Instant since)
{
    RunItem &item = run.items.at(token);
    if (nodeOf(run, item).step->canLookUp()) {
        item.lookUp = true;
        return queueEffect(run, token);
    }
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(m_time.now() - since);
    askPerson(run, token,
              transientError("engine.key_over", "It was sent " + std::to_string(hours.count())
                                 + " hours ago, and the other side no longer recognises a repeat."),
              eventFor(run, item, Phase::Failed), true);
}

/// Upserts say how new they are: an older event must not overwrite what a newer one wrote.
void Engine::guard(const Run &run, const RunItem &item, StepRecord &record) const
{
    const Node &node = nodeOf(run, item);
    if (!node.skipsStale || run.event.created == Instant{} || !run.flow->isOrdered())
        return;
    std::string written = node.step->batchKey(callFor(run, item));
    if (written.empty())
        written = run.event.key;
    if (written.empty())
        return;
    record.guard = run.flow->id() + '/' + node.id + '/' + written;
    record.guardTime = run.event.created;
}

/// True: the item came too late and is settled without a call.
bool Engine::dropStale(Run &run, const RunBatch &batch, const std::vector<std::size_t> &stale,
                       int token)
{
    const auto found = run.items.find(token);
    if (stale.empty() || found == run.items.end())
        return false;
    RunItem &item = found->second;
    const bool late = std::any_of(stale.begin(), stale.end(), [&](std::size_t at) {
        const StepRecord &record = batch.change.steps[at];
        return record.item == item.number && record.step == nodeOf(run, item).id;
    });
    if (!late)
        return false;
    dropItem(run, item);
    item.state = State::Answered;
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Dropped;
    answer.note = "a newer event of this record was written already";
    enqueue(run, token, std::move(answer));
    return true;
}

} // namespace tw
