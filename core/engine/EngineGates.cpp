// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that asks the gates of connections: who waits outside, who is called in, what is
// told and kept of them.
#include "core/engine/Engine.h"

#include "core/base/Log.h"
#include "core/base/Text.h"

#include <algorithm>

namespace tw {

using State = RunItem::State;

namespace {

// Waits are kept at once; these are for the end of a wait, and for how many calls there were.
constexpr std::chrono::milliseconds kKeepPause{250};
constexpr std::chrono::milliseconds kKeepCountsPause{1000};
// Waits that move by less are not worth a word.
constexpr std::chrono::seconds kNews{1};
// A trigger that stood so long behind steps goes like one of them.
constexpr std::chrono::seconds kTriggerPatience{60};

bool isNews(const GateView &old, const GateView &now)
{
    return old.state != now.state || old.cause != now.cause || old.since != now.since
        || old.until.has_value() != now.until.has_value()
        || (now.until && *now.until - *old.until >= kNews);
}

/// Somebody should look: calls are held, and nobody asked for it.
bool isTrouble(const GateView &view)
{
    const bool isHeld = view.state == GateState::Open || view.state == GateState::Paused;
    return isHeld && (view.cause == GateCause::Outage || view.cause == GateCause::SignIn
                      || view.cause == GateCause::DayBudget);
}

} // namespace

/// A desk's gate as its connection has it.
class Engine::Door final : public CallGate
{
public:
    Door(Engine &engine, GateDesk &desk) : m_engine(engine), m_desk(desk) {}

    void enter(Caller caller, const std::string &endpoint, QObject *receiver,
               std::function<void()> go) override
    {
        m_desk.callers.push_back({caller, endpoint, receiver, std::move(go), m_engine.m_time.now()});
        m_engine.sendCallers(m_desk, caller);
        if (!m_desk.callers.empty())
            m_engine.watch(m_desk);
    }
    void ended() override
    {
        m_desk.gate.ended();
        m_engine.schedulePump();
    }

private:
    Engine &m_engine;
    GateDesk &m_desk;
};

void Engine::openGates(DeployedFlow &flow)
{
    for (Node &node : flow.nodes()) {
        if (node.connection)
            m_secrets.watch(node.connection);
        if (node.trigger && node.connection && node.connection->reportsCalls())
            deskOf(node.connection);
        if (!node.isEffect() || !node.connection)
            continue;
        node.gate = &deskOf(node.connection);
        node.gate->endpoints.insert(node.step->endpoint());
    }
}

GateDesk &Engine::deskOf(const std::shared_ptr<Connection> &connection)
{
    for (const auto &desk : m_desks) {
        if (desk->connection == connection)
            return *desk;
    }
    m_desks.push_back(std::make_unique<GateDesk>(
        connection, Gate(connection->name(), connection->limits(), m_time, m_random.next())));
    GateDesk &desk = *m_desks.back();
    connection->onReport([this, &desk](const CallReport &report) {
        if (!m_closing)
            told(desk, report);
    });
    desk.door = std::make_unique<Door>(*this, desk);
    connection->setGate(desk.door.get());
    restoreGate(desk);
    return desk;
}

GateDesk *Engine::deskNamed(const std::string &connection) const
{
    const auto found = std::find_if(m_desks.begin(), m_desks.end(), [&](const auto &desk) {
        return desk->gate.connection() == connection;
    });
    return found == m_desks.end() ? nullptr : found->get();
}

void Engine::restoreGate(GateDesk &desk)
{
    for (const Kept &kept : m_keptGates) {
        if (kept.name != desk.gate.connection())
            continue;
        if (kept.area == ReadMeter::kArea) {
            desk.connection->goOnCounting(ReadMeter::from(kept.value));
            continue;
        }
        desk.gate.restore(kept.value, kept.at, m_clockMoved);
        watch(desk);
    }
}

/// Each desk has its share of the runs in memory; a quarter is for runs that meet no gate.
std::size_t Engine::roomInside() const
{
    const auto desks = static_cast<std::size_t>(
        std::count_if(m_desks.begin(), m_desks.end(),
                      [](const auto &desk) { return !desk->endpoints.empty(); }));
    return std::max<std::size_t>(1, m_limits.activeRuns * 3 / 4 / std::max<std::size_t>(1, desks));
}

/// Whether an item may stand inside; else it waits outside, where its run need not stay in memory.
bool Engine::letIn(Run &run, RunItem &item)
{
    GateDesk &desk = *nodeOf(run, item).gate;
    const bool called = desk.queue.arrived(run.id);
    const bool room = desk.queue.isEmpty() && desk.expected() < roomInside();
    const bool shut = desk.gate.isShut() && !(called && desk.gate.isLooking());
    if (!shut && (called || room)) {
        item.inside = true;
        ++desk.inside;
        return true;
    }
    item.state = State::Held;
    desk.queue.add(run.id, true);
    return false;
}

void Engine::leaveGate(const Run &run, RunItem &item)
{
    if (!std::exchange(item.inside, false))
        return;
    --nodeOf(run, item).gate->inside;
    schedulePump();
}

/// The gate was shut while the intent was on its way to the disk. True: the call does not leave; the
/// journal hears that nothing is in doubt.
bool Engine::holdBack(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    if (!node.gate || node.gate->gate.mayStillLeave(node.step->endpoint()))
        return false;
    --item.attempt;
    item.batch = 0;
    leaveGate(run, item);
    item.state = State::Held;
    node.gate->queue.add(run.id, true);
    StepRecord waits = recordFor(run, item, RecordState::Waiting);
    waits.retryAt = m_time.toWall(m_time.now());
    waits.error = transientError("engine.held_back",
                                 "The connection \"" + node.gate->gate.connection()
                                     + "\" sends nothing for now. The call did not leave.");
    run.pending.change.steps.push_back(std::move(waits));
    return true;
}

void Engine::told(GateDesk &desk, const CallReport &report)
{
    CallReport clean = report;
    m_secrets.clean(clean.why);
    desk.gate.told(clean);
    desk.unkept = std::max(desk.unkept, GateDesk::Change::Counts);
    if (isNews(desk.told, desk.gate.view()))
        watch(desk);
    if (desk.keptWaits != desk.gate.waits())
        keepGate(desk); // What shuts a gate is on its way to the disk before anything else happens.
    schedulePump();
}

void Engine::callEnded(const Node &node, DeployedFlow &flow)
{
    if (!node.gate)
        return releasePlace(flow);
    node.gate->gate.ended();
    schedulePump();
}

void Engine::tendGates()
{
    for (const auto &desk : m_desks) {
        sendCallers(*desk, CallGate::Caller::Step);
        if (!m_stopping) {
            sendFront(*desk);
            callIn(*desk);
            sendCallers(*desk, CallGate::Caller::Trigger);
        }
        watch(*desk);
    }
}

/// Those inside whose turn it is.
void Engine::sendFront(GateDesk &desk)
{
    while (!desk.front.empty()) {
        const auto [id, token] = desk.front.front();
        Run *run = find(id);
        const auto item = run ? run->items.find(token) : decltype(run->items.end()){};
        if (!run || item == run->items.end()) {
            desk.front.pop_front();
            continue;
        }
        if (!desk.gate.ask(nodeOf(*run, item->second).step->endpoint()).go)
            return;
        desk.front.pop_front();
        takePlace(*run, token);
        if (run->queued == 0)
            flush(*run);
    }
}

Gate::Verdict Engine::verdictOn(const GateDesk &desk, const GateDesk::Caller &caller) const
{
    if (caller.who == CallGate::Caller::Step)
        return desk.gate.askFurther(caller.endpoint);
    const Instant patient = caller.since + kTriggerPatience;
    if (desk.hasSteps() && m_time.now() < patient)
        return {false, patient};
    return desk.gate.ask(caller.endpoint);
}

/// Calls that connections make by themselves, each as soon as it may leave.
void Engine::sendCallers(GateDesk &desk, CallGate::Caller who)
{
    std::erase_if(desk.callers, [](const GateDesk::Caller &caller) { return !caller.receiver; });
    const auto next = [&] {
        return std::find_if(desk.callers.begin(), desk.callers.end(), [&](const auto &caller) {
            return caller.who == who && verdictOn(desk, caller).go;
        });
    };
    for (auto found = next(); found != desk.callers.end(); found = next()) {
        const GateDesk::Caller caller = std::move(*found);
        desk.callers.erase(found);
        if (who == CallGate::Caller::Step)
            desk.gate.beginFurther(caller.endpoint);
        else
            desk.gate.begin(caller.endpoint);
        caller.go();
    }
}

/// Those outside for whom there is room: many at a time, because they come from the journal.
void Engine::callIn(GateDesk &desk)
{
    if (desk.queue.isEmpty() || (desk.gate.isShut() && !desk.gate.isLooking()))
        return;
    const bool looks = desk.gate.isLooking();
    if (desk.expected() > (looks ? 0 : roomInside() / 2))
        return;
    const std::size_t room = looks ? 1 : roomInside();
    while (desk.expected() < room) {
        const auto next = desk.queue.callIn(looks);
        if (!next)
            break;
        bringIn(desk, *next);
    }
    loadReady();
}

void Engine::bringIn(GateDesk &desk, GateQueue::Waiting waiting)
{
    Run *run = find(waiting.run);
    if (!run) {
        m_ready.push_back({waiting.run, waiting.told});
        return;
    }
    for (auto &[token, item] : run->items) {
        if (item.state != State::Held || nodeOf(*run, item).gate != &desk)
            continue;
        item.state = State::Due;
        enqueue(*run, token);
    }
}

/// Tells and keeps what is new, and sees to it that somebody looks again in time.
void Engine::watch(GateDesk &desk)
{
    const Instant now = m_time.now();
    if (!desk.queue.isEmpty() || desk.inside > 0) {
        for (const std::string &endpoint : desk.endpoints) {
            if (const auto at = desk.gate.ask(endpoint).at)
                setGateAlarm(*at);
        }
    }
    for (const GateDesk::Caller &caller : desk.callers) {
        if (const auto at = verdictOn(desk, caller).at)
            setGateAlarm(*at);
    }
    const GateView view = desk.gate.view();
    if (view.until && *view.until > now)
        setGateAlarm(*view.until);
    if (isNews(desk.told, view))
        tellGate(desk, view);
    if (desk.unkept == GateDesk::Change::None)
        return;
    const auto pause = desk.unkept == GateDesk::Change::News ? kKeepPause : kKeepCountsPause;
    if (desk.keptAt && *desk.keptAt + pause > now && !m_stopping)
        return setGateAlarm(*desk.keptAt + pause);
    keepGate(desk);
}

void Engine::tellGate(GateDesk &desk, const GateView &view)
{
    desk.told = view;
    desk.unkept = GateDesk::Change::News;
    const GateStatus status = statusOf(desk);
    const QString told = toQString("connection " + status.connection + ": "
                                   + std::string(wordOf(status.state))
                                   + (status.why.empty() ? std::string() : ", " + status.why));
    if (isTrouble(status))
        qCWarning(log::engine).noquote() << told;
    else
        qCInfo(log::engine).noquote() << told;
    m_observer.connectionChanged(status);
}

void Engine::keepGate(GateDesk &desk, std::function<void(Result<void>)> done)
{
    desk.unkept = GateDesk::Change::None;
    desk.keptAt = m_time.now();
    desk.keptWaits = desk.gate.waits();
    const Kept kept{kGateArea, desk.gate.connection(), desk.gate.text(m_time.toWall({}) - Instant{}),
                    m_time.toWall(m_time.now())};
    const ReadMeter &reads = desk.connection->reads();
    const Kept meter{ReadMeter::kArea, kept.name,
                     reads.month().empty() ? std::string() : reads.text(), kept.at};
    m_store.submit<bool>(
        this,
        [kept, meter](Journal &journal) -> Result<bool> {
            if (auto result = journal.keep(kept); !result)
                return std::move(result).error();
            if (meter.value.empty())
                return true;
            if (auto result = journal.keep(meter); !result)
                return std::move(result).error();
            return true;
        },
        [this, &desk, done = std::move(done)](const Result<bool> &result) {
            if (!result)
                desk.unkept = GateDesk::Change::News; // Tried again when next looked at.
            if (done)
                done(result ? Result<void>() : Result<void>(result.error()));
        });
}

void Engine::setGateAlarm(Instant at)
{
    if (m_gateAlarm && *m_gateAlarm <= at)
        return;
    m_gateAlarm = at;
    m_clock.callAfter(std::max(std::chrono::milliseconds(0), at - m_time.now()), this, [this, at] {
        if (m_gateAlarm != at)
            return;
        m_gateAlarm.reset();
        schedulePump();
    });
}

void Engine::pauseConnection(const std::string &name, std::string who, std::string why,
                             std::function<void(Result<void>)> done)
{
    GateDesk *desk = deskNamed(name);
    if (!desk)
        return done(rejectedError("engine.no_connection", "No running flow sends to a connection \""
                                      + name + "\"."));
    desk->gate.pause(std::move(who), std::move(why));
    keepGate(*desk, std::move(done));
    schedulePump();
}

void Engine::resumeConnection(const std::string &name, const std::string &who,
                              std::function<void(Result<void>)> done)
{
    GateDesk *desk = deskNamed(name);
    if (!desk)
        return done(rejectedError("engine.no_connection", "No running flow sends to a connection \""
                                      + name + "\"."));
    qCInfo(log::engine).noquote() << toQString("connection " + name + " resumed by " + who);
    desk->gate.resume();
    keepGate(*desk, std::move(done));
    schedulePump();
}

std::vector<GateStatus> Engine::gates() const
{
    std::vector<GateStatus> all;
    for (const auto &desk : m_desks)
        all.push_back(statusOf(*desk));
    return all;
}

GateStatus Engine::statusOf(const GateDesk &desk) const
{
    GateStatus status = desk.gate.status();
    status.queued = desk.queue.size();
    status.readsThisMonth = desk.connection->reads().reads(m_clock.now());
    status.readAllowance = desk.connection->reads().allowed();
    for (std::optional<Instant> *time : {&status.since, &status.until, &status.dayUsedUpAt}) {
        if (*time)
            *time = m_time.toWall(**time);
    }
    return status;
}

} // namespace tw
