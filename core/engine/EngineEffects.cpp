// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that deals with effects: what is known of them, their places, their retries.
#include "core/engine/EffectKey.h"
#include "core/engine/Engine.h"
#include "core/engine/RecordCodec.h"

#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

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
        if (!record.retryAt || *record.retryAt <= m_clock.now())
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
    DeployedFlow::Places &places = run.flow->places();
    RunItem &item = run.items.at(token);
    if (m_stopping || places.inFlight >= m_limits.effectsPerFlow) {
        item.state = State::Queued;
        places.waiting.emplace_back(run.id, token);
        return;
    }
    ++places.inFlight;
    item.state = State::Claimed;
    ++item.attempt;
    run.pending.change.steps.push_back(recordFor(run, item, RecordState::Intent));
    run.pending.toAsk.push_back(token);
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
    if (node.isEffect())
        call.idempotencyKey = effectKey(run.flow->id(), run.event.eventId, node.id, item.number);
    return call;
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
    note(run, item, std::move(event));
    wakeAt(run, token, at);
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

} // namespace tw
