// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that knows what time it is: alarms, runs that leave the memory until then, and a
// machine's clock that somebody sets.
#include "core/engine/Engine.h"

#include "core/base/Log.h"
#include "core/base/Text.h"

#include <algorithm>
#include <cstdlib>

namespace tw {

/// Drops a run that only waits, and long; the alarm brings it back. False: it stays.
bool Engine::unload(Run &run)
{
    if (run.ending || !run.pending.isEmpty() || m_stopping)
        return false;
    const Instant soon = m_time.now() + m_limits.unloadAfter;
    if (run.items.empty() && run.restsUntil <= soon)
        return false;
    const auto due = run.work.firstDue();
    if (due && *due <= soon)
        return false;
    bool waits = run.items.empty() || due;
    for (const auto &[token, item] : run.items) {
        const bool rests = item.state == RunItem::State::Collected
            || item.state == RunItem::State::Looping; // Made again from the others.
        const bool parked = item.state == RunItem::State::Parked
            && (item.wakeAt == Instant{} || item.wakeAt > soon);
        const bool isLong = nodeOf(run, item).isEffect()
            ? item.state == RunItem::State::Held
                || (item.state == RunItem::State::Waiting && item.wakeAt > soon)
            : item.isWaitKept && item.state == RunItem::State::Waiting && item.wakeAt > soon;
        if (!rests && !parked && !isLong)
            return false;
        waits = waits || !rests;
    }
    if (!waits)
        return false;
    const std::int64_t id = run.id;
    const Lanes::Lane lane = run.lane;
    const bool aside = stepsAside(run);
    m_runs.erase(id);
    if (aside)
        stepAside(id, lane);
    return true;
}

void Engine::wakeAt(Run &run, int token, Instant at)
{
    RunItem &item = run.items.at(token);
    item.state = RunItem::State::Waiting;
    alarmAt(run, item, at);
}

void Engine::alarmAt(Run &run, RunItem &item, Instant at)
{
    item.wakeAt = at;
    m_alarms.add({at, run.id, true});
    setAlarm();
}

void Engine::setAlarm()
{
    const auto first = m_alarms.first();
    if (!first || (m_nextAlarm && *m_nextAlarm <= *first))
        return;
    m_nextAlarm = first;
    const auto delay = std::max(std::chrono::milliseconds(0), *first - m_time.now());
    m_clock.callAfter(delay, this, [this, at = *first] {
        if (m_nextAlarm != at)
            return; // Another one was set for an earlier time and looks at all.
        m_nextAlarm.reset();
        followClock();
        ring();
    });
}

/// Somebody may have set the machine's clock. What waits for a span of time does not notice; who waits
/// for a named moment is looked at again, and so is the journal, for the next process.
void Engine::followClock()
{
    const auto moved = m_time.follow();
    if (moved.count() == 0)
        return;
    qCWarning(log::engine).noquote() << toQString(
        "the machine's clock was set " + std::string(moved.count() > 0 ? "ahead" : "back") + " by "
        + std::to_string(std::abs(moved.count()) / 1000) + " s; retries and pauses last as before");
    m_store.submit<bool>(
        this,
        [moved](Journal &journal) -> Result<bool> {
            if (auto reckoned = journal.clockWasSet(moved); !reckoned)
                return std::move(reckoned).error();
            return true;
        },
        [](const Result<bool> &reckoned) {
            if (!reckoned)
                qCCritical(log::engine).noquote() << toQString(reckoned.error().text());
        });
    for (const auto &desk : m_desks)
        keepGate(*desk);
    for (auto &[id, run] : m_runs)
        reckonPending(*run, moved);
    // Of a run that is not in memory nobody knows here what it waits for.
    m_alarms.bringForward(moved, [this](std::int64_t run) { return !find(run); });
    setAlarm();
}

void Engine::reckonPending(Run &run, std::chrono::milliseconds moved)
{
    for (StepRecord &record : run.pending.change.steps) {
        record.at = record.at + moved;
        if (record.retryAt && isSpan(record))
            record.retryAt = *record.retryAt + moved;
    }
    for (auto &[token, item] : run.items) {
        const bool isNamed = item.state == RunItem::State::Parked
            ? item.wakeAt != Instant{}
            : item.state == RunItem::State::Waiting && item.isWaitKept;
        if (!isNamed)
            continue;
        m_alarms.drop(item.wakeAt, run.id);
        alarmAt(run, item, item.wakeAt + -moved);
    }
}

void Engine::ring()
{
    const Instant now = m_time.now();
    for (const Alarms::Alarm &alarm : m_alarms.take(now)) {
        Run *run = find(alarm.run);
        if (!run) {
            if (comesBack(alarm))
                m_ready.push_back({alarm.run, alarm.told});
            continue;
        }
        wakeDue(*run, now);
        settleDown(*run); // It rested, or a group waited.
    }
    setAlarm();
    checkIdle();
}

void Engine::wakeDue(Run &run, Instant now)
{
    for (auto &[token, item] : run.items) {
        const bool over = item.state == RunItem::State::Parked && item.wakeAt != Instant{};
        if ((item.state != RunItem::State::Waiting && !over) || item.wakeAt > now)
            continue;
        // A named moment is one of the machine's clock, which may be a little behind ours.
        const auto early = m_time.toWall(item.wakeAt) - m_clock.now();
        if ((over || item.isWaitKept) && early.count() > 0) {
            m_alarms.add({now + early, run.id, true});
            continue;
        }
        item.state = RunItem::State::Due;
        if (item.isWaitKept)
            item.told = false;
        run.isFresh = run.isFresh || item.isWaitKept;
        enqueue(run, token);
    }
}

/// From the time of the journal to ours. Nothing was done in the future: then the clock was set back,
/// and nobody shall wait for it to catch up. A moment that somebody named stays as it was written.
void Engine::reckonRecords(std::vector<StepRecord> &records) const
{
    const Instant now = m_time.now();
    for (StepRecord &record : records) {
        const Instant at = m_time.fromWall(record.at);
        record.at = std::min(at, now);
        if (record.retryAt && isSpan(record))
            record.retryAt = m_time.fromWall(*record.retryAt) + (record.at - at);
    }
}

} // namespace tw
