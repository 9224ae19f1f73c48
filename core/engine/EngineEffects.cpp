// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that deals with effects: what is known of them, their places, their retries.
#include "core/base/FaultPoint.h"
#include "core/engine/EffectKey.h"
#include "core/engine/Engine.h"
#include "core/engine/RecordCodec.h"

#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

namespace {

// An effect is asked so soon after the time in its intent, or gets a newer one: after a crash the
// quarantine counts from that time.
constexpr std::chrono::milliseconds kIntentLag{1000};
constexpr int kMostRenewals = 3;

} // namespace

/// Goes on where an earlier process stopped. False: the effect has to be asked again.
bool Engine::takeUp(Run &run, int token, const StepRecord &record)
{
    RunItem &item = run.items.at(token);
    item.attempt = record.attempt;
    const bool waits = record.state == RecordState::Waiting;
    if (waits || record.state == RecordState::Intent)
        item.tally = RetryTally::read(record.outputs, waits ? record.attempt : 0);
    StepAnswer answer;
    answer.note = record.note;
    switch (record.state) {
    case RecordState::Intent:
        return takeUpIntent(run, token);
    case RecordState::Waiting:
        if (record.error && record.error->outcomeUnknown)
            item.doubtSince = record.at;
        item.lookUp = record.error && record.error->outcomeUnknown
            && nodeOf(run, item).onUnknown == OnUnknown::LookUp;
        if (!record.retryAt || *record.retryAt <= m_time.now())
            return false;
        wakeAt(run, token, *record.retryAt);
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
    case RecordState::Parked:
        takeUpParked(run, token);
        return true;
    case RecordState::Failed:
        answer.kind = StepAnswer::Kind::Failed;
        answer.error = record.error.value_or(Error{});
        break;
    }
    settle(run, token, std::move(answer), true);
    return true;
}

const Engine::Node &Engine::nodeOf(const Run &run, const RunItem &item) const
{
    return run.flow->nodes()[static_cast<std::size_t>(item.node)];
}

/// An attempt was made and nobody knows what became of it. False: it goes on.
bool Engine::takeUpIntent(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const OnUnknown policy = nodeOf(run, item).onUnknown;
    item.startedAt = run.earlierRecord(nodeOf(run, item).id, item.lineage)->at + kIntentLag;
    item.doubtSince = item.startedAt;
    item.lookUp = policy == OnUnknown::LookUp;
    if (policy != OnUnknown::Ask)
        return false;
    askPerson(run, token,
              transientError("engine.interrupted", "The runner stopped before the answer came."),
              eventFor(run, item, Phase::Failed), true);
    return true;
}

void Engine::queueEffect(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    if (const Instant until = quarantineOf(run, node); until > m_time.now())
        return wakeAt(run, token, until);
    if (isKeyOver(run, item))
        return lookOrAsk(run, token, *item.doubtSince);
    if (node.gate && !item.inside && !letIn(run, item))
        return;
    if (node.batches && !item.lookUp && !item.alone)
        return collect(run, token);
    claimPlace(run, token);
}

void Engine::quarantine(Run &run, const Node &node, Instant attempt)
{
    if (node.repeat == Repeat::SafeByKey)
        return;
    const Instant until = attempt + node.maxServerTime;
    for (auto &[destination, end] : run.quarantine) {
        if (destination == node.destination) {
            end = std::max(end, until);
            return;
        }
    }
    run.quarantine.emplace_back(node.destination, until);
}

/// What was in doubt before the run was taken up: an intent tells about when the attempt was made, a
/// record of an unknown outcome tells it exactly.
void Engine::quarantineEarlier(Run &run)
{
    for (const StepRecord &record : run.earlier) {
        const bool doubtful = record.state == RecordState::Intent
            || (record.error && record.error->outcomeUnknown);
        const int node = doubtful ? run.flow->indexOf(record.step) : -1;
        if (node >= 0 && run.flow->nodes()[static_cast<std::size_t>(node)].isEffect())
            quarantine(run, run.flow->nodes()[static_cast<std::size_t>(node)],
                       record.state == RecordState::Intent ? record.at + kIntentLag : record.at);
    }
}

Instant Engine::quarantineOf(const Run &run, const Node &node) const
{
    Instant until;
    for (const auto &[destination, end] : run.quarantine) {
        if (destination == node.destination && node.repeat != Repeat::SafeByKey)
            until = end;
    }
    return until;
}

/// Before this, the next run of the key must not begin.
Instant Engine::restOf(const Run &run) const
{
    Instant until;
    for (const auto &[destination, end] : run.quarantine)
        until = run.lane == 0 ? until : std::max(until, end);
    return until;
}

void Engine::settleLookUp(Run &run, int token, StepAnswer answer)
{
    RunItem &item = run.items.at(token);
    item.lookUp = false;
    if (answer.kind == StepAnswer::Kind::Emitted)
        return settle(run, token, std::move(answer), false); // It did take place.
    if (answer.kind == StepAnswer::Kind::Dropped) {
        item.againAnyway = true;
        return queueEffect(run, token); // It did not: send it again.
    }
    StepEvent event = eventFor(run, item, Phase::Failed);
    answer.error.outcomeUnknown = true;
    const auto wait = answer.error.kind == ErrorKind::Transient
        ? nextTry(run, item, answer.error)
        : std::nullopt;
    if (settleHeldBack(run, token, answer.error, event, true))
        return;
    if (wait)
        return waitForRetry(run, token, std::move(answer.error), *wait, std::move(event), true);
    askPerson(run, token, answer.error, std::move(event), true);
}

/// Nobody but a person can tell whether the step took effect: the record is put aside, and does not
/// take the step's error exit, which is for steps that failed.
void Engine::askPerson(Run &run, int token, const Error &error, StepEvent event, bool record)
{
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    Error unknown = error;
    if (error.code != kOutcomeUnknown) {
        unknown = rejectedError(std::string(kOutcomeUnknown),
                                "It is not known whether the step \"" + node.id
                                    + "\" took effect. " + error.message
                                    + " Look at the other side, then send it again or leave it.");
        unknown.evidence = error.evidence;
        unknown.outcomeUnknown = true;
    }
    event.phase = Phase::Failed;
    event.exits = {std::string(kErrorExit)};
    event.outputs = {errorMessage(unknown, placeOf(run, item), item.input)};
    event.error = unknown;
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Failed));
        run.pending.change.steps.back().at = m_time.toWall(item.startedAt);
        run.pending.change.steps.back().error = unknown;
    }
    note(run, item, std::move(event));
    keepLetter(run, {node.id, item.lineage, unknown, jsonText(item.input), item.attempt,
                     m_clock.now(), m_clock.now() + std::chrono::hours(90 * 24), false,
                     item.number});
    endItem(run, token, Gathering::Ending::Failed);
}

void Engine::intentKept(Run &run, int token)
{
    const auto found = run.items.find(token);
    if (found == run.items.end())
        return;
    RunItem &item = found->second;
    if (m_time.now() - item.intentAt > kIntentLag && item.renewals++ < kMostRenewals)
        return keepIntent(run, token); // The caller writes it.
    item.renewals = 0;
    item.intentKept = true;
    TW_FAULT_POINT("engine.intent_kept");
    const std::int64_t batch = item.batch;
    if (batch == 0)
        return holdBack(run, token) ? callEnded(nodeOf(run, item), *run.flow) : ask(run, token);
    if (--m_batches.at(batch).toKeep == 0)
        sendBatch(batch);
}

/// Gives back what an item holds that nobody wants any more.
void Engine::dropItem(Run &run, RunItem &item)
{
    const bool effect = nodeOf(run, item).isEffect();
    if (effect && item.state == State::Asked)
        quarantine(run, nodeOf(run, item), item.startedAt); // It may still take place.
    leaveGate(run, item);
    if (item.state != State::Claimed)
        return;
    const std::int64_t batch = std::exchange(item.batch, 0); // That call goes without it.
    if (batch == 0)
        return callEnded(nodeOf(run, item), *run.flow);
    if (!item.intentKept && --m_batches.at(batch).toKeep == 0)
        sendBatch(batch);
}

void Engine::claimPlace(Run &run, int token)
{
    DeployedFlow::Places &places = run.flow->places();
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    const bool waits = m_stopping
        || (node.gate ? !node.gate->front.empty()
                    || !node.gate->gate.ask(node.step->endpoint()).go
                      : places.inFlight >= m_limits.effectsPerFlow);
    if (waits) {
        item.state = State::Queued;
        (node.gate ? node.gate->front : places.waiting).emplace_back(run.id, token);
        return;
    }
    takePlace(run, token);
}

void Engine::takePlace(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    if (node.gate)
        node.gate->gate.begin(node.step->endpoint());
    else
        ++run.flow->places().inFlight;
    item.state = State::Claimed;
    if (item.lookUp)
        return ask(run, token); // Changes nothing outside: needs no intent.
    ++item.attempt;
    keepIntent(run, token);
}

void Engine::keepIntent(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    item.intentKept = false;
    TW_FAULT_POINT("engine.intent");
    run.pending.change.steps.push_back(recordFor(run, item, RecordState::Intent));
    guard(run, item, run.pending.change.steps.back());
    run.pending.toAsk.push_back(token);
    item.intentAt = m_time.now();
}

void Engine::releasePlace(DeployedFlow &flow)
{
    DeployedFlow::Places &places = flow.places();
    --places.inFlight;
    while (!m_stopping && !places.waiting.empty() && places.inFlight < m_limits.effectsPerFlow) {
        const auto [id, token] = places.waiting.front();
        places.waiting.pop_front();
        Run *run = find(id);
        if (!run || run->items.count(token) == 0)
            continue;
        claimPlace(*run, token);
        if (run->queued == 0)
            flush(*run);
    }
}

StepCall Engine::callFor(const Run &run, const RunItem &item) const
{
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    StepCall call;
    call.run = run.id;
    call.step = node.id;
    call.item = item.number;
    call.attempt = item.attempt;
    call.input = item.input;
    call.event = run.message;
    call.runStarted = run.event.received;
    call.seed = run.event.seed;
    call.origin = run.event.origin != 0 ? run.event.origin : run.id;
    call.loop = item.trail ? item.trail->frame() : nullptr;
    call.waited = item.waited;
    if (node.isEffect())
        call.idempotencyKey = effectKey(run.flow->id(), run.event.eventId, node.id, item.number,
                                        run.event.generation);
    return call;
}

std::optional<std::chrono::milliseconds> Engine::nextTry(const Run &run, RunItem &item,
                                                         const Error &error)
{
    const Node &node = nodeOf(run, item);
    const auto took = std::max(std::chrono::milliseconds(0), m_time.now() - item.startedAt);
    const bool isOutage = node.gate && node.gate->gate.isBlocked();
    return item.tally.next(node.retry, error, took, isOutage, m_random);
}

/// The connection is not signed in any more, which costs the record no try: it goes back in front of
/// the gate. False: the failure is the record's own.
bool Engine::settleHeldBack(Run &run, int token, Error &error, StepEvent &event, bool record)
{
    GateDesk *desk = nodeOf(run, run.items.at(token)).gate;
    if (!desk || error.kind != ErrorKind::Auth)
        return false;
    if (!desk->gate.isBlocked()) // Else the same call would leave at once.
        told(*desk, callReportOf(error));
    waitForRetry(run, token, std::move(error), std::chrono::milliseconds(0), std::move(event),
                 record);
    return true;
}

void Engine::waitForRetry(Run &run, int token, Error error, std::chrono::milliseconds wait,
                          StepEvent event, bool record)
{
    RunItem &item = run.items.at(token);
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(item.node)];
    const Instant at = std::max(m_time.now() + wait, quarantineOf(run, node));
    item.lookUp = error.outcomeUnknown && node.onUnknown == OnUnknown::LookUp;
    if (error.outcomeUnknown && !item.doubtSince)
        item.doubtSince = item.startedAt;
    event.phase = Phase::Waiting;
    event.error = error;
    event.retryAt = m_time.toWall(at);
    if (record) {
        run.pending.change.steps.push_back(recordFor(run, item, RecordState::Waiting));
        if (error.outcomeUnknown)
            run.pending.change.steps.back().at = m_time.toWall(item.startedAt);
        run.pending.change.steps.back().error = std::move(error);
        run.pending.change.steps.back().retryAt = m_time.toWall(at);
    }
    note(run, item, std::move(event));
    wakeAt(run, token, at);
}

} // namespace tw
