// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Engine.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"

#include <algorithm>

namespace tw {

Engine::Engine(StoreThread &store, Clock &clock, RunObserver &observer, std::uint64_t seed,
               EngineLimits limits)
    : m_store(store), m_clock(clock), m_observer(observer), m_random(seed), m_limits(limits)
{}

// Flows go first: their steps may still hold replies, which must find an engine.
Engine::~Engine()
{
    m_closing = true;
    m_flows.clear();
}

void Engine::deploy(std::unique_ptr<DeployedFlow> flow)
{
    m_flows.push_back(std::move(flow));
}

DeployedFlow *Engine::flowOf(const std::string &id) const
{
    const auto found = std::find_if(m_flows.begin(), m_flows.end(),
                                    [&id](const auto &flow) { return flow->id() == id; });
    return found == m_flows.end() ? nullptr : found->get();
}

Run *Engine::find(std::int64_t run) const
{
    const auto found = m_runs.find(run);
    return found == m_runs.end() ? nullptr : found->second.get();
}

std::optional<Error> Engine::refusal(const DeployedFlow *flow) const
{
    if (m_stopping)
        return transientError("engine.stopping", "The runner is stopping. Send it again.");
    if (!flow)
        return internalError("engine.no_flow", "No running flow takes this event.");
    if (m_runs.size() + m_accepting < m_limits.openRuns)
        return std::nullopt;
    Error busy = transientError("engine.busy", "Too many events are open. Send it again later.");
    busy.retryAfter = std::chrono::seconds(2);
    return busy;
}

void Engine::accept(const std::string &flow, const std::string &trigger, IncomingEvent event,
                    std::function<void(Result<Acceptance>)> done)
{
    const DeployedFlow *deployed = flowOf(flow);
    if (auto reason = refusal(deployed)) {
        QMetaObject::invokeMethod(
            this, [done = std::move(done), reason] { done(*reason); }, Qt::QueuedConnection);
        return;
    }
    ++m_accepting;
    m_wasBusy = true;
    auto stored = std::make_shared<NewRun>(
        NewRun{flow, deployed->version(), trigger, event.id, event.type, std::move(event.body),
               event.created, m_clock.now(), event.live, m_random.next()});
    m_store.submit<AcceptedRun>(
        this, [stored](Journal &journal) { return journal.accept(*stored); },
        [this, stored, done = std::move(done)](Result<AcceptedRun> result) {
            if (result) {
                done(result->first ? Acceptance::First : Acceptance::Repeat);
                accepted(std::move(*stored), *result);
            } else {
                done(std::move(result).error());
            }
            --m_accepting;
            checkIdle();
        });
}

void Engine::accepted(NewRun event, const AcceptedRun &run)
{
    IncomingEvent told{event.eventId, event.eventType, std::move(event.body), event.created,
                       event.live};
    m_observer.eventAccepted(event.flow, event.trigger, told, run.run,
                             run.first ? Acceptance::First : Acceptance::Repeat);
    event.body = std::move(told.body);
    if (!run.first || m_stopping)
        return;
    DeployedFlow &flow = *flowOf(event.flow);
    startRun({run.run, std::move(event), false, {}}, flow, false);
}

void Engine::startRun(OpenRun open, DeployedFlow &flow, bool resumed)
{
    auto owned = std::make_unique<Run>();
    Run &run = *owned;
    run.id = open.run;
    run.flow = &flow;
    run.resumed = resumed;
    run.earlier = std::move(open.steps);
    run.event = std::move(open.event);
    run.nextNumber.assign(flow.nodes().size(), 0);
    for (const StepRecord &record : run.earlier) {
        if (const int node = flow.indexOf(record.step); node >= 0) {
            int &next = run.nextNumber[static_cast<std::size_t>(node)];
            next = std::max(next, record.item + 1);
        }
    }
    m_runs.emplace(run.id, std::move(owned));
    m_wasBusy = true;
    auto message = parseJson(run.event.body);
    const int trigger = flow.indexOf(run.event.trigger);
    if (!message || trigger < 0) {
        const Error error = message
            ? configError("engine.no_trigger", "The flow has no step \"" + run.event.trigger
                              + "\" any more, which received this event.")
            : std::move(message).error();
        keepLetter(run, {run.event.trigger, 1, error, run.event.body, 1, m_clock.now(),
                         m_clock.now() + std::chrono::hours(90 * 24)});
    } else {
        run.message = share(std::move(*message));
        emitTrigger(run, trigger);
    }
    run.event.body = std::string();
    if (run.queued == 0)
        flush(run);
}

void Engine::emitTrigger(Run &run, int trigger)
{
    const auto &node = run.flow->nodes()[static_cast<std::size_t>(trigger)];
    RunItem item;
    item.node = trigger;
    item.lineage = 1;
    item.input = run.message;
    item.attempt = 1;
    item.startedAt = run.event.received;
    item.started = std::chrono::steady_clock::now();
    StepEvent event = eventFor(run, item, StepEvent::Phase::Done);
    event.exits = {node.defaultExit};
    event.outputs = {run.message};
    event.replayed = run.resumed;
    run.pending.events.push_back(std::move(event));
    route(run, item, {{node.defaultExit, run.message}});
}

Result<Unfinished> readUnfinished(Journal &journal, int page)
{
    auto newest = journal.newestRun();
    if (!newest)
        return std::move(newest).error();
    auto runs = journal.openRuns(0, *newest, page);
    if (!runs)
        return std::move(runs).error();
    return Unfinished{*newest, page, std::move(*runs)};
}

void Engine::resume(Unfinished unfinished)
{
    m_backlog.newest = unfinished.newest;
    m_backlog.page = unfinished.page;
    takeUpPage(std::move(unfinished.runs));
}

void Engine::takeUpPage(std::vector<OpenRun> runs)
{
    const bool last = static_cast<int>(runs.size()) < m_backlog.page;
    m_backlog.last = last ? m_backlog.newest : runs.back().run;
    for (OpenRun &run : runs)
        resumeRun(std::move(run));
    checkIdle();
}

void Engine::loadBacklog()
{
    m_backlog.loading = true;
    m_store.submit<std::vector<OpenRun>>(
        this,
        // All runs up to `newest` were committed by an earlier process: nothing can slip in between.
        [backlog = m_backlog](Journal &journal) {
            return journal.openRuns(backlog.last, backlog.newest, backlog.page);
        },
        [this](Result<std::vector<OpenRun>> open) {
            m_backlog.loading = false;
            if (open)
                return takeUpPage(std::move(*open));
            qCCritical(log::engine).noquote() << toQString(open.error().text());
            m_clock.callAfter(std::chrono::seconds(5), this, [this] { checkIdle(); });
        });
}

void Engine::resumeRun(OpenRun &&open)
{
    DeployedFlow *flow = flowOf(open.event.flow);
    if (!flow) {
        qCWarning(log::engine).noquote()
            << toQString("run " + std::to_string(open.run) + " stays open: the flow \""
                         + open.event.flow + "\" is not running");
        return;
    }
    if (!open.damaged)
        return startRun(std::move(open), *flow, true);
    qCCritical(log::engine) << "run" << open.run << "does not match its checksum";
    auto owned = std::make_unique<Run>();
    Run &run = *owned;
    run.id = open.run;
    run.flow = flow;
    run.event = std::move(open.event);
    m_runs.emplace(run.id, std::move(owned));
    keepLetter(run, {run.event.trigger, 1,
                     internalError("store.damaged_row", "What the journal kept of this event was "
                                                        "changed on the disk. Ask its source to "
                                                        "send it again."),
                     run.event.body, 1, m_clock.now(),
                     m_clock.now() + std::chrono::hours(90 * 24)});
    run.outcome = RunState::Failed;
    m_wasBusy = true;
    flush(run);
}

void Engine::cancel(std::int64_t id)
{
    Run *run = find(id);
    if (!run || run->ending)
        return;
    for (const auto &[token, item] : run->items) {
        if (item.state == RunItem::State::Claimed)
            releasePlace(*run->flow);
    }
    run->items.clear();
    run->pending.toAsk.clear();
    run->outcome = RunState::Failed;
    flush(*run);
}

bool Engine::isIdle() const
{
    return m_runs.empty() && m_accepting == 0 && !m_backlog.more() && !m_backlog.loading;
}

void Engine::checkIdle()
{
    if (m_backlog.more() && !m_backlog.loading && m_runs.size() < m_limits.openRuns / 2)
        loadBacklog();
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
    if (!m_onStopped || m_inFlight > 0 || m_commits > 0 || m_accepting > 0 || !m_tasks.empty())
        return;
    if (auto report = std::exchange(m_onStopped, nullptr))
        report();
}

void Engine::claim(BusinessKey key, std::function<void(Result<bool>)> done)
{
    const KeyClaim claim{std::move(key.flow), std::move(key.step), std::move(key.key), key.run,
                         m_clock.now(),       key.window};
    m_store.submit<bool>(
        this, [claim](Journal &journal) { return journal.claim(claim); }, std::move(done));
}

} // namespace tw
