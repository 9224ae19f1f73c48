// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Engine.h"

#include "core/base/FaultPoint.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::chrono::seconds kLookAtClock{10};

} // namespace

Engine::Engine(StoreThread &store, Clock &clock, RunObserver &observer, std::uint64_t seed,
               EngineLimits limits)
    : m_store(store), m_clock(clock), m_time(clock), m_observer(observer), m_random(seed),
      m_limits(limits)
{
    // Whoever waits for a named moment may wait for days before anything else happens.
    m_clockLook.setTimerType(Qt::VeryCoarseTimer);
    m_clockLook.setInterval(kLookAtClock);
    m_clockLook.callOnTimeout(this, [this] { followClock(); });
    m_clockLook.start();
}

// Flows go first: their steps may still hold replies, which must find an engine.
Engine::~Engine()
{
    m_closing = true;
    m_flows.clear();
    m_oldFlows.clear();
    for (const auto &desk : m_desks) {
        desk->connection->onReport({});
        desk->connection->setGate(nullptr);
    }
}

void Engine::deploy(std::unique_ptr<DeployedFlow> flow)
{
    openGates(*flow);
    m_flows.push_back(std::move(flow));
}

DeployedFlow *Engine::flowOf(const std::string &id) const
{
    const auto found = std::find_if(m_flows.begin(), m_flows.end(),
                                    [&id](const auto &flow) { return flow->id() == id; });
    return found == m_flows.end() ? nullptr : found->get();
}

DeployedFlow *Engine::flowOf(const std::string &id, const std::string &version) const
{
    for (const auto *flows : {&m_flows, &m_oldFlows}) {
        for (const auto &flow : *flows) {
            if (flow->id() == id && flow->version() == version)
                return flow.get();
        }
    }
    return nullptr;
}

Run *Engine::find(std::int64_t run) const
{
    const auto found = m_runs.find(run);
    return found == m_runs.end() ? nullptr : found->second.get();
}

std::optional<Error> Engine::refusal(const DeployedFlow *flow, std::size_t bytes) const
{
    if (m_stopping)
        return transientError("engine.stopping", "The runner is stopping. Send it again.");
    if (!flow)
        return internalError("engine.no_flow", "No running flow takes this event.");
    // One event always fits, however large it is.
    const bool room = m_openRuns + m_arriving < m_limits.openRuns
        && (m_arriving == 0 || m_arrivingBytes + bytes <= m_limits.arrivingBytes)
        && (m_openRuns == 0 || m_openBytes + m_arrivingBytes + bytes <= m_limits.openBytes);
    if (room)
        return std::nullopt;
    Error busy = transientError("engine.busy", "Too many events are open. Send it again later.");
    busy.retryAfter = std::chrono::seconds(2);
    return busy;
}

void Engine::accept(const std::string &flow, const std::string &trigger, IncomingEvent event,
                    std::function<void(Result<Acceptance>)> done)
{
    const DeployedFlow *deployed = flowOf(flow);
    const std::size_t bytes = event.body.size();
    if (auto reason = refusal(deployed, bytes)) {
        m_counts.refused += reason->code == "engine.busy";
        QMetaObject::invokeMethod(
            this, [done = std::move(done), reason] { done(*reason); }, Qt::QueuedConnection);
        return;
    }
    ++m_arriving;
    m_arrivingBytes += bytes;
    m_wasBusy = true;
    std::string key = deployed->keyOf(event);
    auto stored = std::make_shared<NewRun>(
        NewRun{flow, deployed->version(), trigger, event.id, event.type, std::move(event.body),
               event.created, m_clock.now(), event.live, m_random.next(), std::move(key),
               std::move(event.ids), std::move(event.fact), event.factWindow});
    if (!event.cursor.empty())
        stored->keep.push_back({"cursor", flow + '/' + trigger, std::move(event.cursor),
                                stored->received});
    m_store.submit<AcceptedRun>(
        this, [stored](Journal &journal) { return journal.accept(*stored); },
        [this, stored, bytes, done = std::move(done)](Result<AcceptedRun> result) {
            TW_FAULT_POINT("engine.accepted");
            if (result) {
                done(result->first ? Acceptance::First : Acceptance::Repeat);
                TW_FAULT_POINT("engine.acknowledged");
                m_arrived.push_back({stored, *result});
                if (m_arrived.size() == 1)
                    QMetaObject::invokeMethod(this, &Engine::beginAccepted, Qt::QueuedConnection);
                return;
            }
            done(std::move(result).error());
            --m_arriving; // Not before: whoever is told must not find an idle engine.
            m_arrivingBytes -= bytes;
            checkIdle();
        });
}

void Engine::beginAccepted()
{
    constexpr int kTogether = 16;
    const StoreThread::Turn turn(m_store);
    for (int i = 0; i < kTogether && !m_arrived.empty(); ++i) {
        const Arrived arrived = std::move(m_arrived.front());
        m_arrived.pop_front();
        const std::size_t bytes = arrived.event->body.size();
        accepted(std::move(*arrived.event), arrived.run);
        --m_arriving;
        m_arrivingBytes -= bytes;
    }
    if (!m_arrived.empty())
        QMetaObject::invokeMethod(this, &Engine::beginAccepted, Qt::QueuedConnection);
    checkIdle();
}

void Engine::accepted(NewRun event, const AcceptedRun &run)
{
    ++(run.first ? m_counts.accepted : m_counts.repeats);
    IncomingEvent told{event.eventId, event.eventType, std::move(event.body), event.created,
                       event.live,    event.key,     event.ids};
    m_observer.eventAccepted(event.flow, event.trigger, told, run.run,
                             run.first ? Acceptance::First : Acceptance::Repeat);
    if (!run.first || m_stopping)
        return;
    event.body = std::move(told.body);
    DeployedFlow &flow = *flowOf(event.flow);
    admit(event.body.size());
    const Lanes::Lane lane = laneOf(flow, event.key);
    if (!m_lanes.enter(run.run, lane)) {
        nudge(lane);
        loadReady();
        return schedulePump(); // The run before it need not linger; this one is read back in its turn.
    }
    if (m_ready.empty() && m_runs.size() + m_loading < m_limits.activeRuns)
        startRun({run.run, std::move(event), false, {}}, flow, false);
    else
        mayBegin(run.run);
}

void Engine::cancel(std::int64_t id)
{
    Run *run = find(id);
    if (!run)
        return cancelWaiting(id);
    if (run->ending)
        return;
    m_alarms.remove(id);
    for (auto items = std::exchange(run->items, {}); auto &[token, item] : items)
        dropItem(*run, item);
    run->work = Gathering(&run->flow->map());
    run->resting = 0;
    run->pending.toAsk.clear();
    run->outcome = RunState::Failed;
    flush(*run);
}

void Engine::cancelWaiting(std::int64_t id)
{
    m_store.submit<std::vector<OpenRun>>(
        this, [id](Journal &journal) { return journal.openRuns({id}); },
        [this, id](Result<std::vector<OpenRun>> open) {
            if (find(id))
                return cancel(id);
            if (open && !open->empty())
                endUnread(std::move(open->front()));
        });
}

void Engine::cancelled(OpenRun open)
{
    if (find(open.run))
        cancel(open.run);
    else
        endUnread(std::move(open));
}

void Engine::endUnread(OpenRun open)
{
    const std::int64_t id = open.run;
    DeployedFlow *flow = flowOf(open.event.flow);
    if (!flow)
        return;
    m_alarms.remove(id);
    Run &run = makeRun(std::move(open), *flow);
    if (m_aside.erase(id) > 0)
        run.lane = 0;
    m_inLine.erase(id);
    run.outcome = RunState::Failed;
    flush(run);
}

void Engine::release(HeldKey key, std::function<void(Result<void>)> done)
{
    m_store.submit<bool>(
        this,
        [key](Journal &journal) -> Result<bool> {
            if (auto released = journal.releaseKey(key); !released)
                return std::move(released).error();
            return true;
        },
        [this, key, done = std::move(done)](const Result<bool> &released) {
            if (released)
                mayBegin(m_lanes.release(Lanes::of(key.flow, key.key)));
            done(released ? Result<void>() : Result<void>(released.error()));
        });
}

bool Engine::isIdle() const
{
    return m_runs.empty() && m_arriving == 0 && m_ready.empty() && m_loading == 0
        && m_alarms.isEmpty()
        && std::all_of(m_desks.begin(), m_desks.end(),
                       [](const auto &desk) { return desk->queue.isEmpty(); });
}

void Engine::checkIdle()
{
    loadReady();
    checkStopped();
    if (isIdle() && std::exchange(m_wasBusy, false))
        m_observer.idle();
}

void Engine::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    m_stopping = true;
    m_onStopped = std::move(done);
    m_clock.callAfter(grace, this, [this] {
        if (auto report = std::exchange(m_onStopped, nullptr))
            report();
    });
    QMetaObject::invokeMethod(this, [this] { checkStopped(); }, Qt::QueuedConnection);
}

void Engine::checkStopped()
{
    if (!m_onStopped || m_inFlight > 0 || m_commits > 0 || m_arriving > 0 || !m_tasks.empty())
        return;
    if (auto report = std::exchange(m_onStopped, nullptr))
        report();
}

void Engine::newestEvent(const std::string &flow, const std::string &trigger,
                         std::function<void(Result<std::string>)> done)
{
    m_store.submit<std::string>(
        this, [flow, trigger](Journal &journal) { return journal.newestEvent(flow, trigger); },
        std::move(done));
}

void Engine::cursor(const std::string &flow, const std::string &trigger,
                    std::function<void(Result<std::string>)> done)
{
    kept("cursor", flow + '/' + trigger, std::move(done));
}

void Engine::keep(Kept thing, std::function<void(Result<void>)> done)
{
    thing.at = m_clock.now();
    m_store.submit<bool>(
        this,
        [thing = std::move(thing)](Journal &journal) -> Result<bool> {
            if (auto written = journal.keep(thing); !written)
                return std::move(written).error();
            return true;
        },
        [done = std::move(done)](const Result<bool> &written) {
            done(written ? Result<void>() : Result<void>(written.error()));
        });
}

void Engine::kept(const std::string &area, const std::string &name,
                  std::function<void(Result<std::string>)> done)
{
    m_store.submit<std::string>(
        this,
        [area, name](Journal &journal) -> Result<std::string> {
            auto all = journal.kept(area);
            if (!all)
                return std::move(all).error();
            for (Kept &one : *all) {
                if (one.name == name)
                    return std::move(one.value);
            }
            return std::string();
        },
        std::move(done));
}

void Engine::claim(BusinessKey key, std::function<void(Result<bool>)> done)
{
    const KeyClaim claim{std::move(key.flow), std::move(key.step), std::move(key.key), key.run,
                         m_clock.now(),       key.window};
    m_store.submit<bool>(
        this, [claim](Journal &journal) { return journal.claim(claim); }, std::move(done));
}

} // namespace tw
