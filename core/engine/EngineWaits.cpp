// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that lets runs wait for a time, and their key pass meanwhile.
#include "core/engine/Engine.h"

#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

void Engine::settleLater(Run &run, int token, StepAnswer answer, StepEvent event)
{
    RunItem &item = run.items.at(token);
    --item.attempt;
    item.waited = answer.until;
    item.isWaitKept = true;
    event.phase = Phase::Waiting;
    event.retryAt = answer.until;
    StepRecord record = recordFor(run, item, RecordState::Waiting);
    record.retryAt = answer.until;
    record.note = answer.note;
    run.pending.change.steps.push_back(std::move(record));
    note(run, item, std::move(event));
    wakeAt(run, token, m_time.fromWall(*answer.until));
}

/// A wait that the journal knows. False: it is over, and the step is called.
bool Engine::takeUpWait(Run &run, int token, const StepRecord &record)
{
    RunItem &item = run.items.at(token);
    item.waited = record.retryAt;
    item.isWaitKept = true;
    item.isWaitOver = record.state != RecordState::Waiting;
    if (item.isWaitOver && item.waited > m_clock.now())
        item.waited = m_clock.now(); // The clock was set back since.
    if (!item.isWaitOver && record.retryAt > m_clock.now()) {
        wakeAt(run, token, m_time.fromWall(*record.retryAt));
        return true;
    }
    if (!item.isWaitOver) {
        item.told = false;
        run.isFresh = true;
    }
    return false;
}

void Engine::keepWaitOver(Run &run, RunItem &item)
{
    if (std::exchange(item.isWaitOver, true))
        return;
    StepRecord record = recordFor(run, item, RecordState::Done);
    record.retryAt = item.waited;
    run.pending.change.steps.push_back(std::move(record));
}

/// Whether later events of its key may pass: it only waits in steps that say so, no attempt of it
/// may still land, and nothing of it waits for a person.
bool Engine::stepsAside(const Run &run) const
{
    if (run.lane == 0 || run.holds || !run.flow->mayStepAside() || restOf(run) > m_time.now())
        return false;
    const bool onlyWaits = std::all_of(run.items.begin(), run.items.end(), [&](const auto &one) {
        const RunItem &item = one.second;
        return item.state == State::Collected || item.state == State::Looping
            || (item.state == State::Waiting && item.isWaitKept
                && !nodeOf(run, item).step->keepsOrder());
    });
    return onlyWaits && !run.work.firstDue();
}

void Engine::stepAside(std::int64_t run, Lanes::Lane lane)
{
    m_aside.emplace(run, lane);
    mayBegin(m_lanes.leave(run, lane));
}

/// The alarm of a run that is not in memory rang. False: it has to wait for its turn first.
bool Engine::comesBack(const Alarms::Alarm &alarm)
{
    if (m_inLine.count(alarm.run) > 0)
        return false;
    const auto aside = m_aside.find(alarm.run);
    if (aside == m_aside.end())
        return true;
    const Lanes::Lane lane = aside->second;
    m_aside.erase(aside);
    if (m_lanes.enter(alarm.run, lane))
        return true;
    m_inLine.emplace(alarm.run, alarm.told);
    return false;
}

/// Somebody waits behind a run of which only its next time is known: look whether it steps aside.
void Engine::nudge(Lanes::Lane lane)
{
    const auto parked = m_unseen.find(lane);
    if (parked == m_unseen.end())
        return;
    const std::int64_t run = parked->second;
    m_unseen.erase(parked);
    if (!find(run) && m_lanes.hasWaiting(lane))
        m_ready.push_back({run, false});
}

/// After a restart all open runs of a key stand in the order of acceptance again, but one that had
/// stepped aside may stand before one whose last attempt may still land. So it goes behind once.
bool Engine::yields(const OpenRun &open, const DeployedFlow &flow, bool told)
{
    if (open.run > m_newestBefore || !flow.mayStepAside())
        return false;
    const Lanes::Lane lane = laneOf(flow, open.event.key, open.event.origin);
    bool hasWaited = false;
    for (const StepRecord &record : open.steps) {
        const int index = flow.indexOf(record.step);
        const Node *node = index < 0 ? nullptr : &flow.nodes()[static_cast<std::size_t>(index)];
        if (record.state == RecordState::Intent || (record.error && record.error->outcomeUnknown)
            || (record.error && record.state == RecordState::Waiting))
            return false;
        hasWaited = hasWaited
            || (node && node->step && !node->isEffect() && !node->step->keepsOrder());
    }
    if (!hasWaited || !m_lanes.hasWaiting(lane) || !m_yielded.insert(open.run).second)
        return false;
    const auto next = m_lanes.leave(open.run, lane);
    m_lanes.enter(open.run, lane);
    m_inLine.emplace(open.run, told);
    mayBegin(next);
    return true;
}

} // namespace tw
