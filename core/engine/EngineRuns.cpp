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

Lanes::Lane Engine::laneOf(const DeployedFlow &flow, const std::string &key,
                           std::int64_t origin) const
{
    if (flow.isOrdered() && !key.empty())
        return Lanes::of(flow.id(), key);
    return origin == 0 ? 0 : Lanes::ofReplays(origin);
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
    m_clockMoved = unfinished.clockMoved;
    m_keptGates = std::move(unfinished.gates);
    for (const auto &desk : m_desks)
        restoreGate(*desk);
    std::vector<DeployedFlow *> flows;
    std::vector<std::size_t> left(unfinished.flows.size());
    for (const std::string &flow : unfinished.flows)
        flows.push_back(flowOf(flow));
    for (const HeldKey &held : unfinished.held) {
        const DeployedFlow *flow = flowOf(held.flow);
        if (flow && flow->holdsAfterFailure())
            m_lanes.hold(laneOf(*flow, held.key));
    }
    for (const auto &flow : m_flows) {
        const KeptFlow text{flow->id(), flow->version(), flow->text(), m_clock.now()};
        m_store.submit<bool>(
            this,
            [text](Journal &journal) -> Result<bool> {
                if (auto kept = journal.keepFlow(text); !kept)
                    return std::move(kept).error();
                return true;
            },
            [](const Result<bool> &) {});
    }
    m_lanes.reserve(unfinished.runs.size());
    for (const Unfinished::Head &head : unfinished.runs) {
        DeployedFlow *flow = flows[head.flow];
        if (!flow) {
            ++left[head.flow];
            continue;
        }
        admit(head.bytes);
        const bool isKeyed = flow->isOrdered() && head.lane != 0;
        const Lanes::Lane lane = isKeyed ? head.lane
            : head.origin == 0           ? 0
                                         : Lanes::ofReplays(head.origin);
        if (!m_lanes.enter(head.run, lane)) {
            nudge(lane);
            continue;
        }
        const bool later = head.retryAt && !flow->forks()
            && *head.retryAt > m_time.now() + m_limits.unloadAfter;
        if (later)
            m_alarms.add({*head.retryAt, head.run, false});
        if (later && lane != 0 && flow->mayStepAside())
            m_unseen.emplace(lane, head.run);
        if (!later)
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
    const auto inLine = m_inLine.find(*run);
    m_ready.push_back({*run, inLine != m_inLine.end() && inLine->second});
    if (inLine != m_inLine.end())
        m_inLine.erase(inLine);
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
    m_store.submit<Loaded>(
        this,
        [numbers, known = knownVersions()](Journal &journal) {
            return load(journal, numbers, known);
        },
        [this, wanted](Result<Loaded> open) {
            m_loading = 0;
            loaded(wanted, std::move(open));
        });
}

std::vector<std::string> Engine::knownVersions() const
{
    std::vector<std::string> known;
    for (const auto *flows : {&m_flows, &m_oldFlows}) {
        for (const auto &flow : *flows)
            known.push_back(flow->id() + ' ' + flow->version());
    }
    for (const auto &[version, why] : m_goneVersions)
        known.push_back(version);
    return known;
}

/// On the store thread: runs, and the texts of versions that they began on and nobody made yet.
Result<Engine::Loaded> Engine::load(Journal &journal, const std::vector<std::int64_t> &runs,
                                    const std::vector<std::string> &known)
{
    auto open = journal.openRuns(runs);
    if (!open)
        return std::move(open).error();
    Loaded loaded{std::move(*open), {}};
    for (const OpenRun &run : loaded.runs) {
        const KeptFlow wanted{run.event.flow, run.event.flowVersion, {}, {}};
        const auto same = [&wanted](const KeptFlow &other) {
            return other.flow == wanted.flow && other.version == wanted.version;
        };
        if (std::find(known.begin(), known.end(), wanted.flow + ' ' + wanted.version) != known.end()
            || std::any_of(loaded.versions.begin(), loaded.versions.end(), same))
            continue;
        auto text = journal.flowText(wanted.flow, wanted.version);
        if (!text)
            return std::move(text).error();
        loaded.versions.push_back({wanted.flow, wanted.version, text->value_or(""), {}});
    }
    return loaded;
}

/// A version without a text is from before texts were kept: its runs go on with what runs now.
void Engine::deployOld(const KeptFlow &version)
{
    if (version.text.empty() || !m_oldVersion)
        return;
    auto flow = m_oldVersion(version);
    if (flow && (*flow)->version() == version.version) {
        openGates(**flow);
        m_oldFlows.push_back(std::move(*flow));
        return;
    }
    const Error why = flow
        ? internalError("engine.other_version", "Its text does not give the same flow any more.")
        : std::move(flow).error();
    m_goneVersions.emplace(
        version.flow + ' ' + version.version,
        configError("engine.version_gone", "This event began on version " + version.version
                        + " of the flow, which cannot run any more: " + why.message
                        + " Replay it on the present version."));
}

void Engine::loaded(const std::vector<Ready> &wanted, Result<Loaded> open)
{
    if (!open) {
        qCCritical(log::engine).noquote() << toQString(open.error().text());
        m_ready.insert(m_ready.begin(), wanted.begin(), wanted.end());
        m_clock.callAfter(std::chrono::seconds(5), this, [this] { loadReady(); });
        return;
    }
    for (const KeptFlow &version : open->versions)
        deployOld(version);
    for (OpenRun &run : open->runs) {
        const auto asked = std::find_if(wanted.begin(), wanted.end(), [&run](const Ready &ready) {
            return ready.run == run.run;
        });
        startRead(std::move(run), asked != wanted.end() && asked->told);
    }
    checkIdle();
}

void Engine::startRead(OpenRun open, bool told)
{
    DeployedFlow *flow = flowOf(open.event.flow, open.event.flowVersion);
    if (!flow)
        flow = flowOf(open.event.flow);
    const bool elsewhere = find(open.run) || m_aside.count(open.run) > 0
        || m_inLine.count(open.run) > 0;
    if (!flow || elsewhere || m_stopping || yields(open, *flow, told))
        return;
    const auto gone = m_goneVersions.find(open.event.flow + ' ' + open.event.flowVersion);
    if (open.damaged)
        startDamaged(std::move(open), *flow);
    else if (gone != m_goneVersions.end())
        startFailed(std::move(open), *flow, gone->second, RunState::DeadLettered);
    else
        startRun(std::move(open), *flow, told);
}

Run &Engine::makeRun(OpenRun &&open, DeployedFlow &flow)
{
    auto owned = std::make_unique<Run>();
    Run &run = *owned;
    run.id = open.run;
    run.flow = &flow;
    run.lane = laneOf(flow, open.event.key, open.event.origin);
    run.bytes = open.event.body.size();
    run.resumed = open.run <= m_newestBefore;
    run.earlier = std::move(open.steps);
    run.before = std::move(open.originSteps);
    run.decisions = std::move(open.reviews);
    run.indexRecords();
    run.work = Gathering(&flow.map());
    run.event = std::move(open.event);
    reckonRecords(run.earlier);
    reckonRecords(run.before);
    m_runs.emplace(run.id, std::move(owned));
    m_wasBusy = true;
    return run;
}

void Engine::startRun(OpenRun open, DeployedFlow &flow, bool told)
{
    Run &run = makeRun(std::move(open), flow);
    std::unordered_map<std::string_view, int> nodes; // There may be thousands of records.
    for (std::size_t node = 0; node < flow.nodes().size(); ++node)
        nodes.emplace(flow.nodes()[node].id, static_cast<int>(node));
    for (const auto *records : {&run.earlier, &run.before}) {
        for (const StepRecord &record : *records) {
            if (const auto node = nodes.find(record.step); node != nodes.end())
                run.numbers.insert(static_cast<std::uint64_t>(node->second) << 32
                                   | static_cast<std::uint32_t>(record.item));
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
        if (run.event.entry)
            enter(run, told);
        else
            emitTrigger(run, trigger, told);
    }
    run.event.body = std::string();
    if (run.queued == 0)
        flush(run);
}

void Engine::startDamaged(OpenRun open, DeployedFlow &flow)
{
    qCCritical(log::engine) << "run" << open.run << "does not match its checksum";
    startFailed(std::move(open), flow,
                internalError("store.damaged_row", "What the journal kept of this event was "
                                                   "changed on the disk. Ask its source to send "
                                                   "it again."),
                RunState::Failed);
}

void Engine::startFailed(OpenRun open, DeployedFlow &flow, const Error &why, RunState outcome)
{
    Run &run = makeRun(std::move(open), flow);
    keepLetter(run, {run.event.trigger, 1, why, run.event.body, 1, m_clock.now(),
                     m_clock.now() + kKeepLetter});
    run.outcome = outcome;
    flush(run);
}

/// A replay begins where the item failed that it repeats.
void Engine::enter(Run &run, bool told)
{
    const RunEntry entry = *std::exchange(run.event.entry, std::nullopt);
    const int node = run.flow->indexOf(entry.step);
    auto input = parseJson(entry.input);
    if (node < 0 || !input) {
        const Error error = input
            ? configError("engine.no_step", "The flow has no step \"" + entry.step
                              + "\" any more. Replay the whole event instead.")
            : std::move(input).error();
        return keepLetter(run, {entry.step, entry.lineage, error, entry.input, 1, m_clock.now(),
                                m_clock.now() + kKeepLetter});
    }
    RunItem from;
    from.node = node;
    from.told = told;
    run.takeNumber(node, entry.item);
    addItem(run, node, entry.lineage, share(std::move(*input)), from, behindEntry(node, entry.item),
            entry.item);
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
    item.startedAt = m_time.fromWall(run.event.received);
    item.started = std::chrono::steady_clock::now();
    StepEvent event = eventFor(run, item, StepEvent::Phase::Done);
    event.exits = {node.defaultExit};
    event.outputs = {run.message};
    event.replayed = run.resumed;
    note(run, item, std::move(event));
    route(run, item, {{node.defaultExit, run.message}}, nullptr);
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
    for (const auto &desk : m_desks)
        desk->queue.forget(run.id);
    const auto next = m_lanes.leave(run.id, run.lane);
    const bool releases = run.event.origin != 0 && !run.holds && m_lanes.isHeld(run.lane);
    if (releases)
        releaseAfterReplay({run.event.flow, run.event.key}, run.lane);
    m_runs.erase(summary.run);
    m_observer.runFinished(summary);
    mayBegin(next);
    checkIdle();
}

/// All that a run can do now is done.
void Engine::settleDown(Run &run)
{
    if (run.queued == 0)
        releaseDue(run);
    if (run.queued > 0)
        return;
    flush(run);
    if (!run.committing && unload(run))
        checkIdle(); // What waits for a person without a limit is nothing to wait for.
}

} // namespace tw
