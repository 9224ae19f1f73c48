// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that decides which runs begin, which are in memory, and when they go on.
#include "core/engine/Engine.h"

#include "core/base/FaultPoint.h"
#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kReadTogether = 100;
constexpr std::chrono::hours kKeepLetter{90 * 24};

} // namespace

Lanes::Lane Engine::laneOf(const DeployedFlow &flow, const std::string &key) const
{
    return flow.isOrdered() ? Lanes::of(flow.id(), key) : 0;
}

void Engine::admit(std::size_t bytes)
{
    ++m_openRuns;
    m_openBytes += bytes;
    m_wasBusy = true;
}

void Engine::resume(Unfinished unfinished)
{
    m_newestBefore = unfinished.newest;
    std::vector<DeployedFlow *> flows;
    std::vector<std::size_t> left(unfinished.flows.size());
    for (const std::string &flow : unfinished.flows)
        flows.push_back(flowOf(flow));
    for (const HeldKey &held : unfinished.held) {
        const DeployedFlow *flow = flowOf(held.flow);
        if (flow && flow->holdsAfterFailure())
            m_lanes.hold(laneOf(*flow, held.key));
    }
    m_lanes.reserve(unfinished.runs.size());
    for (const Unfinished::Head &head : unfinished.runs) {
        DeployedFlow *flow = flows[head.flow];
        if (!flow) {
            ++left[head.flow];
            continue;
        }
        admit(head.bytes);
        if (!m_lanes.enter(head.run, flow->isOrdered() ? head.lane : 0))
            continue;
        const bool later = head.retryAt && *head.retryAt > m_clock.now() + m_limits.unloadAfter;
        if (later)
            m_alarms.add({*head.retryAt, head.run, false});
        else
            m_ready.push_back({head.run, false});
    }
    for (std::size_t flow = 0; flow < left.size(); ++flow) {
        if (left[flow] > 0)
            qCWarning(log::engine).noquote()
                << toQString(std::to_string(left[flow]) + " runs stay open: the flow \""
                             + unfinished.flows[flow] + "\" is not running");
    }
    setAlarm();
    checkIdle();
}

void Engine::mayBegin(std::optional<Lanes::Run> run)
{
    if (!run)
        return;
    m_ready.push_back({*run, false});
    loadReady();
}

/// Reads the next runs as soon as there is room for some, many with one question.
void Engine::loadReady()
{
    if (m_loading > 0 || m_ready.empty() || m_stopping || m_runs.size() >= m_limits.activeRuns)
        return;
    const std::size_t room = m_limits.activeRuns - m_runs.size();
    const std::size_t worth = std::min({kReadTogether, m_ready.size(), m_limits.activeRuns / 4 + 1});
    if (room < worth)
        return;
    std::vector<Ready> wanted;
    std::vector<std::int64_t> numbers;
    while (!m_ready.empty() && wanted.size() < std::min(room, kReadTogether)) {
        wanted.push_back(m_ready.front());
        numbers.push_back(m_ready.front().run);
        m_ready.pop_front();
    }
    m_loading = wanted.size();
    m_store.submit<std::vector<OpenRun>>(
        this, [numbers](Journal &journal) { return journal.openRuns(numbers); },
        [this, wanted](Result<std::vector<OpenRun>> open) {
            m_loading = 0;
            loaded(wanted, std::move(open));
        });
}

void Engine::loaded(const std::vector<Ready> &wanted, Result<std::vector<OpenRun>> open)
{
    if (!open) {
        qCCritical(log::engine).noquote() << toQString(open.error().text());
        m_ready.insert(m_ready.begin(), wanted.begin(), wanted.end());
        m_clock.callAfter(std::chrono::seconds(5), this, [this] { loadReady(); });
        return;
    }
    for (OpenRun &run : *open) {
        const auto asked = std::find_if(wanted.begin(), wanted.end(), [&run](const Ready &ready) {
            return ready.run == run.run;
        });
        startRead(std::move(run), asked != wanted.end() && asked->told);
    }
    checkIdle();
}

void Engine::startRead(OpenRun open, bool told)
{
    DeployedFlow *flow = flowOf(open.event.flow);
    if (!flow || find(open.run) || m_stopping)
        return;
    if (open.damaged)
        startDamaged(std::move(open), *flow);
    else
        startRun(std::move(open), *flow, told);
}

Run &Engine::makeRun(OpenRun &&open, DeployedFlow &flow)
{
    auto owned = std::make_unique<Run>();
    Run &run = *owned;
    run.id = open.run;
    run.flow = &flow;
    run.lane = laneOf(flow, open.event.key);
    run.bytes = open.event.body.size();
    run.resumed = open.run <= m_newestBefore;
    run.earlier = std::move(open.steps);
    run.event = std::move(open.event);
    reckonFromNow(run);
    m_runs.emplace(run.id, std::move(owned));
    m_wasBusy = true;
    return run;
}

/// Nothing was done in the future: the clock was set back, and nobody shall wait for it to catch up.
void Engine::reckonFromNow(Run &run) const
{
    const Instant now = m_clock.now();
    for (StepRecord &record : run.earlier) {
        if (record.at <= now)
            continue;
        if (record.retryAt)
            record.retryAt = now + (*record.retryAt - record.at);
        record.at = now;
    }
}

void Engine::startRun(OpenRun open, DeployedFlow &flow, bool told)
{
    Run &run = makeRun(std::move(open), flow);
    run.nextNumber.assign(flow.nodes().size(), 0);
    for (const StepRecord &record : run.earlier) {
        if (const int node = flow.indexOf(record.step); node >= 0) {
            int &next = run.nextNumber[static_cast<std::size_t>(node)];
            next = std::max(next, record.item + 1);
        }
    }
    quarantineEarlier(run);
    auto message = parseJson(run.event.body);
    const int trigger = flow.indexOf(run.event.trigger);
    if (!message || trigger < 0) {
        const Error error = message
            ? configError("engine.no_trigger", "The flow has no step \"" + run.event.trigger
                              + "\" any more, which received this event.")
            : std::move(message).error();
        keepLetter(run, {run.event.trigger, 1, error, run.event.body, 1, m_clock.now(),
                         m_clock.now() + kKeepLetter});
    } else {
        run.message = share(std::move(*message));
        emitTrigger(run, trigger, told);
    }
    run.event.body = std::string();
    if (run.queued == 0)
        flush(run);
}

void Engine::startDamaged(OpenRun open, DeployedFlow &flow)
{
    qCCritical(log::engine) << "run" << open.run << "does not match its checksum";
    Run &run = makeRun(std::move(open), flow);
    keepLetter(run, {run.event.trigger, 1,
                     internalError("store.damaged_row", "What the journal kept of this event was "
                                                        "changed on the disk. Ask its source to "
                                                        "send it again."),
                     run.event.body, 1, m_clock.now(), m_clock.now() + kKeepLetter});
    run.outcome = RunState::Failed;
    flush(run);
}

void Engine::emitTrigger(Run &run, int trigger, bool told)
{
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(trigger)];
    RunItem item;
    item.node = trigger;
    item.lineage = 1;
    item.input = run.message;
    item.attempt = 1;
    item.told = told;
    item.startedAt = run.event.received;
    item.started = std::chrono::steady_clock::now();
    StepEvent event = eventFor(run, item, StepEvent::Phase::Done);
    event.exits = {node.defaultExit};
    event.outputs = {run.message};
    event.replayed = run.resumed;
    note(run, item, std::move(event));
    route(run, item, {{node.defaultExit, run.message}});
}

/// The end of `run` is on disk: whoever waits for its key may begin.
void Engine::finished(Run &run, Instant at)
{
    TW_FAULT_POINT("engine.ended");
    const RunSummary summary = run.summary(at);
    ++m_counts.finished;
    --m_openRuns;
    m_openBytes -= run.bytes;
    if (run.holds)
        m_lanes.hold(run.lane);
    const auto next = m_lanes.leave(run.id, run.lane);
    m_runs.erase(summary.run);
    m_observer.runFinished(summary);
    mayBegin(next);
    checkIdle();
}

/// All that a run can do now is done.
void Engine::settleDown(Run &run)
{
    if (run.queued > 0)
        return;
    flush(run);
    if (!run.committing && unload(run))
        loadReady();
}

/// Drops a run that only waits, and long; the alarm brings it back. False: it stays.
bool Engine::unload(Run &run)
{
    if (run.ending || !run.pending.isEmpty() || m_stopping)
        return false;
    const Instant soon = m_clock.now() + m_limits.unloadAfter;
    if (run.items.empty() && run.restsUntil <= soon)
        return false;
    for (const auto &[token, item] : run.items) {
        const bool effect = run.flow->nodes()[static_cast<std::size_t>(item.node)].isEffect();
        if (!effect || item.state != RunItem::State::Waiting || item.wakeAt <= soon)
            return false;
    }
    m_runs.erase(run.id);
    return true;
}

void Engine::cancelWaiting(std::int64_t id)
{
    m_store.submit<std::vector<OpenRun>>(
        this, [id](Journal &journal) { return journal.openRuns({id}); },
        [this, id](Result<std::vector<OpenRun>> open) {
            if (find(id))
                return cancel(id);
            DeployedFlow *flow = open && !open->empty() ? flowOf(open->front().event.flow) : nullptr;
            if (!flow)
                return;
            m_alarms.remove(id);
            Run &run = makeRun(std::move(open->front()), *flow);
            run.outcome = RunState::Failed;
            flush(run);
        });
}

void Engine::wakeAt(Run &run, int token, Instant at)
{
    RunItem &item = run.items.at(token);
    item.state = RunItem::State::Waiting;
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
    const auto delay = std::max(std::chrono::milliseconds(0), *first - m_clock.now());
    m_clock.callAfter(delay, this, [this, at = *first] {
        if (m_nextAlarm != at)
            return; // Another one was set for an earlier time and looks at all.
        m_nextAlarm.reset();
        ring();
    });
}

void Engine::ring()
{
    const Instant now = m_clock.now();
    for (const Alarms::Alarm &alarm : m_alarms.take(now)) {
        Run *run = find(alarm.run);
        if (!run) {
            m_ready.push_back({alarm.run, alarm.told});
            continue;
        }
        if (run->items.empty())
            settleDown(*run); // It rested.
        else
            wakeDue(*run, now);
    }
    setAlarm();
    checkIdle();
}

void Engine::wakeDue(Run &run, Instant now)
{
    for (auto &[token, item] : run.items) {
        if (item.state != RunItem::State::Waiting || item.wakeAt > now)
            continue;
        item.state = RunItem::State::Due;
        enqueue(run, token);
    }
}

} // namespace tw
