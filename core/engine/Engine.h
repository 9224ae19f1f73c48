// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"
#include "core/connector/KeyMemory.h"
#include "core/engine/Run.h"
#include "core/store/StoreThread.h"

#include <QObject>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace tw {

struct EngineLimits
{
    std::size_t openRuns = 10'000;      ///< Beyond it, accept() answers engine.busy.
    int effectsPerFlow = 64;            ///< Calls in flight; the rest queues.
    std::chrono::milliseconds slice{4}; ///< Work before the event loop gets its turn.
};

/// What an earlier process left open: the first page, and up to which run there may be more.
struct Unfinished
{
    std::int64_t newest = 0;
    int page = 500;
    std::vector<OpenRun> runs;
};

/// Read while nobody writes yet, so that the first new event meets an engine that knows them.
Result<Unfinished> readUnfinished(Journal &journal, int page = 500);

/// Runs events through deployed flows. An event is accepted when the journal has it; a run is a
/// state machine: pure steps are computed at once, effects are asked only after their intent is on
/// disk and gone on from only after their answer is. After a restart open runs go on: pure steps
/// again, effects with a known answer from the journal, effects that were asked once more.
///
/// Lives on one thread with an event loop; `store`, `clock` and `observer` must outlive it. While
/// the journal cannot be written, nothing is acknowledged and no effect starts; runs wait and try
/// again. Destroying it at any moment loses nothing that was accepted.
class Engine final : public QObject, public KeyMemory
{
public:
    Engine(StoreThread &store, Clock &clock, RunObserver &observer, std::uint64_t seed,
           EngineLimits limits = {});
    ~Engine() override;

    void deploy(std::unique_ptr<DeployedFlow> flow); ///< Before resume().
    const std::vector<std::unique_ptr<DeployedFlow>> &flows() const { return m_flows; }

    /// Takes up what an earlier process left open; the rest of a long backlog follows by pages.
    /// Once, after the flows are deployed and before new events come.
    void resume(Unfinished unfinished);

    /// Stores an event for a trigger of a flow. `done` after it is on disk. Errors: Transient
    /// `engine.busy`, `engine.stopping` and those of the store; Internal `engine.no_flow`.
    void accept(const std::string &flow, const std::string &trigger, IncomingEvent event,
                std::function<void(Result<Acceptance>)> done);

    /// Ends a run as Failed: waiting and queued items go; calls in flight are not waited for.
    void cancel(std::int64_t run);

    bool isIdle() const;
    /// No new effects; `done` when calls in flight are answered and recorded, or after `grace`.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    void claim(BusinessKey key, std::function<void(Result<bool>)> done) override;

private:
    struct Task
    {
        std::int64_t run;
        int item;
        std::optional<StepAnswer> answer; ///< None: the item is to begin.
    };
    struct Backlog
    {
        std::int64_t last = 0;
        std::int64_t newest = 0;
        int page = 500;
        bool loading = false;
        bool more() const { return last < newest; }
    };

    // Engine.cpp: runs
    DeployedFlow *flowOf(const std::string &id) const;
    std::optional<Error> refusal(const DeployedFlow *flow) const;
    void accepted(NewRun event, const AcceptedRun &run);
    void startRun(OpenRun open, DeployedFlow &flow, bool resumed);
    void emitTrigger(Run &run, int trigger);
    void loadBacklog();
    void takeUpPage(std::vector<OpenRun> runs);
    void resumeRun(OpenRun &&open);
    Run *find(std::int64_t run) const;
    void checkIdle();
    void checkStopped();

    // EngineSteps.cpp: items
    void enqueue(Run &run, int item, std::optional<StepAnswer> answer = {});
    void schedulePump();
    void pump();
    void perform(Task task);
    void addItem(Run &run, int node, std::uint64_t lineage, DocumentPtr input);
    void begin(Run &run, int token);
    bool takeUp(Run &run, int token, const StepRecord &record);
    void claimPlace(Run &run, int token);
    void releasePlace(DeployedFlow &flow);
    void ask(Run &run, int token);
    void answered(std::int64_t run, int token, DeployedFlow *flow, bool effect, StepAnswer answer);
    void settle(Run &run, int token, StepAnswer answer, bool replayed);
    void settleEmitted(Run &run, RunItem &item, StepAnswer answer, StepEvent event, bool record);
    void settleFailed(Run &run, int token, Error error, StepEvent event, bool record);
    void waitForRetry(Run &run, int token, Error error, StepEvent event, bool record);
    void wakeAt(Run &run, int token, Instant at);
    void route(Run &run, const RunItem &item, const std::vector<StepAnswer::Output> &outputs);
    void keepLetter(Run &run, LetterRecord letter);
    StepEvent eventFor(const Run &run, const RunItem &item, StepEvent::Phase phase) const;
    StepRecord recordFor(const Run &run, const RunItem &item, RecordState state) const;
    std::chrono::milliseconds backoff(const RetryPolicy &policy, const Error &error, int attempt);

    // EngineJournal.cpp: writes
    void flush(Run &run);
    void commit(std::int64_t run, std::shared_ptr<RunBatch> batch);
    void committed(std::int64_t run, const std::shared_ptr<RunBatch> &batch,
                   Result<std::vector<WrittenLetter>> result);
    void tell(Run &run, const RunBatch &batch, const std::vector<WrittenLetter> &letters);

    StoreThread &m_store;
    Clock &m_clock;
    RunObserver &m_observer;
    Random m_random;
    EngineLimits m_limits;
    std::vector<std::unique_ptr<DeployedFlow>> m_flows;
    std::unordered_map<std::int64_t, std::unique_ptr<Run>> m_runs;
    std::deque<Task> m_tasks;
    bool m_pumpPosted = false;
    bool m_pumping = false;
    std::size_t m_accepting = 0;
    int m_inFlight = 0;  ///< Effects asked and not answered.
    int m_commits = 0;   ///< Changes on their way to the journal.
    bool m_wasBusy = false;
    Backlog m_backlog;
    bool m_stopping = false;
    bool m_closing = false;
    std::function<void()> m_onStopped;
};

} // namespace tw
