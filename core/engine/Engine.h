// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"
#include "core/connector/KeyMemory.h"
#include "core/engine/Alarms.h"
#include "core/engine/GateDesk.h"
#include "core/engine/Run.h"
#include "core/engine/SecretSieve.h"
#include "core/engine/Unfinished.h"
#include "core/store/JournalDesk.h"
#include "core/store/StoreThread.h"

#include <QObject>
#include <QTimer>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace tw {

struct FailedAt;

struct EngineLimits
{
    std::size_t openRuns = 100'000;            ///< Beyond it, accept() answers engine.busy.
    std::size_t openBytes = 2ull << 30;        ///< The same for the bodies of open runs on disk,
    std::size_t arrivingBytes = 64ull << 20;   ///< and for those on their way to the disk.
    std::size_t activeRuns = 1000;             ///< In memory; the others wait in the journal.
    int effectsPerFlow = 64;                   ///< Calls in flight that need no connection.
    std::chrono::milliseconds slice{4};        ///< Work before the event loop gets its turn.
    std::chrono::milliseconds unloadAfter{2000}; ///< A run that waits longer leaves the memory.
};

/// What the engine did since it began, for operators and benches.
struct EngineCounts
{
    std::uint64_t accepted = 0;
    std::uint64_t repeats = 0;
    std::uint64_t refused = 0;  ///< engine.busy
    std::uint64_t finished = 0; ///< Runs.
    std::uint64_t effects = 0;  ///< Items that an effect was asked for.
    std::uint64_t calls = 0;    ///< Calls that carried them; fewer where they go out together.
};

/// Runs events through deployed flows. An event is accepted when the journal has it; a run is a
/// state machine: pure steps are computed at once, effects are asked only after their intent is on
/// disk and gone on from only after their answer is. While an attempt with an unknown outcome may
/// still land, its key sends nothing more to that destination, unless the destination knows our keys;
/// then the step's policy decides: repeat, look up, ask a person. Runs of one business object go one after the
/// other, the end of each on disk before the next begins (Lanes). After a restart open runs go on:
/// pure steps again, effects with a known answer from the journal, effects that were asked once
/// more.
///
/// The machine's clock may be set while it runs: retries, blocks and quarantines last as long as they
/// would have; a moment that a step or a review named is that of the new clock.
///
/// A bounded number of runs is in memory; those that wait for their turn or for a retry are
/// numbers, and read back when they go on. Lives on one thread with an event loop; `store`,
/// `clock` and `observer` must outlive it. While the journal cannot be written, nothing is
/// acknowledged and no effect starts; runs wait and try again. Destroying it at any moment loses
/// nothing that was accepted.
class Engine final : public QObject, public KeyMemory
{
public:
    Engine(StoreThread &store, Clock &clock, RunObserver &observer, std::uint64_t seed,
           EngineLimits limits = {});
    ~Engine() override;

    void deploy(std::unique_ptr<DeployedFlow> flow); ///< Before resume().
    /// Makes an older version of a flow, for runs that began on it. Before resume().
    using OldVersion = std::function<Result<std::unique_ptr<DeployedFlow>>(const KeptFlow &)>;
    void onOldVersion(OldVersion make) { m_oldVersion = std::move(make); }
    const std::vector<std::unique_ptr<DeployedFlow>> &flows() const { return m_flows; }

    /// Takes up what an earlier process left open, in its order. Once, after the flows are deployed
    /// and before new events come.
    void resume(Unfinished unfinished);

    /// Stores an event for a trigger of a flow. `done` after it is on disk. Errors: Transient
    /// `engine.busy`, `engine.stopping` and those of the store; Internal `engine.no_flow`.
    void accept(const std::string &flow, const std::string &trigger, IncomingEvent event,
                std::function<void(Result<Acceptance>)> done);

    /// A person ended this run in the journal: nothing of it goes on. Answers of calls that are on their
    /// way are not waited for.
    void cancelled(OpenRun run);
    /// Ends a run as Failed: waiting and queued items go; calls in flight are not waited for.
    void cancel(std::int64_t run);

    /// A person decided about the dead letters of a key (`after_failure: hold`): later events of it
    /// go on. `done` after it is on disk.
    void release(HeldKey key, std::function<void(Result<void>)> done);

    /// A run that somebody put into the journal (a replay): it goes before those of its key that
    /// wait, also when they are held. `done` when it is known here; Rejected `engine.not_open`.
    void takeUp(std::int64_t run, std::function<void(Result<void>)> done);
    /// A review was answered in the journal: its run goes on.
    void answered(std::int64_t run);
    /// Does something in the journal for a person; `done` after it is on disk.
    template <typename T>
    void inJournal(std::function<Result<T>(Journal &)> work, std::function<void(Result<T>)> done)
    {
        m_store.submit<T>(this, std::move(work), std::move(done));
    }
    /// Nothing leaves for this connection until somebody resumes it; its records wait, also over a
    /// restart. `done` after it is on disk. Error: Rejected `engine.no_connection`.
    void pauseConnection(const std::string &name, std::string who, std::string why,
                         std::function<void(Result<void>)> done);
    /// Ends a pause; where the connection itself is in trouble, the next call looks at once.
    void resumeConnection(const std::string &name, const std::string &who,
                          std::function<void(Result<void>)> done);
    std::vector<GateStatus> gates() const; ///< Of all connections that running flows send to.

    const EngineCounts &counts() const { return m_counts; }
    std::size_t openRuns() const { return m_openRuns; }
    std::size_t activeRuns() const { return m_runs.size(); }
    /// Runs that wait for another one of their key; of these, behind one that failed and holds it.
    std::size_t runsInLine() const { return m_lanes.waiting(); }
    std::size_t runsHeld() const { return m_lanes.waitingHeld(); }

    bool isIdle() const;
    /// Nothing is being done: open runs wait for the clock, for answers or for people.
    bool isResting() const { return m_tasks.empty() && m_commits == 0 && m_loading == 0; }
    /// No new effects; `done` when calls in flight are answered and recorded, or after `grace`.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    /// The greatest event id of a trigger: see TriggerHost::newestEvent().
    void newestEvent(const std::string &flow, const std::string &trigger,
                     std::function<void(Result<std::string>)> done);
    /// The last cursor of a trigger: see TriggerHost::cursor().
    void cursor(const std::string &flow, const std::string &trigger,
                std::function<void(Result<std::string>)> done);

    /// A small thing of a trigger: see TriggerHost::keep() and kept().
    void keep(Kept thing, std::function<void(Result<void>)> done);
    void kept(const std::string &area, const std::string &name,
              std::function<void(Result<std::string>)> done);

    void claim(BusinessKey key, std::function<void(Result<bool>)> done) override;

private:
    struct Task
    {
        std::int64_t run;
        int item;
        std::optional<StepAnswer> answer; ///< None: the item is to begin.
    };
    /// A run that may begin or go on as soon as there is room for it.
    struct Ready
    {
        std::int64_t run;
        bool told; ///< The observer knows it from this process.
    };

    // Engine.cpp: events in, the engine's own life
    DeployedFlow *flowOf(const std::string &id) const;
    DeployedFlow *flowOf(const std::string &id, const std::string &version) const;
    std::optional<Error> refusal(const DeployedFlow *flow, std::size_t bytes) const;
    /// Runs begin a few at a time behind the answers to their senders: who waits for an
    /// acknowledgement does not wait for the work of others.
    void beginAccepted();
    void accepted(NewRun event, const AcceptedRun &run);
    Run *find(std::int64_t run) const;
    void checkIdle();
    void checkStopped();
    void cancelWaiting(std::int64_t id);
    void endUnread(OpenRun open);

    // EngineRuns.cpp: which runs are in memory
    Lanes::Lane laneOf(const DeployedFlow &flow, const std::string &key,
                       std::int64_t origin = 0) const;
    void admit(std::size_t bytes);
    Run &makeRun(OpenRun &&open, DeployedFlow &flow);
    void startRun(OpenRun open, DeployedFlow &flow, bool told);
    void startDamaged(OpenRun open, DeployedFlow &flow);
    void startFailed(OpenRun open, DeployedFlow &flow, const Error &why, RunState outcome);
    void startRead(OpenRun open, bool told);
    void emitTrigger(Run &run, int trigger, bool told);
    void enter(Run &run, bool told);
    void loadReady();
    struct Loaded
    {
        std::vector<OpenRun> runs;
        std::vector<KeptFlow> versions; ///< Those that are not deployed yet.
    };
    static Result<Loaded> load(Journal &journal, const std::vector<std::int64_t> &runs,
                               const std::vector<std::string> &known);
    std::vector<std::string> knownVersions() const;
    void deployOld(const KeptFlow &version);
    void loaded(const std::vector<Ready> &wanted, Result<Loaded> open);
    void finished(Run &run, Instant at);
    void mayBegin(std::optional<Lanes::Run> run);
    void releaseAfterReplay(HeldKey key, Lanes::Lane lane);
    void settleDown(Run &run);

    // EngineTime.cpp: alarms, and a clock that is set
    bool unload(Run &run);
    void wakeAt(Run &run, int token, Instant at);
    void alarmAt(Run &run, RunItem &item, Instant at);
    void setAlarm();
    void ring();
    void wakeDue(Run &run, Instant now);
    void followClock();
    void reckonPending(Run &run, std::chrono::milliseconds moved);
    void reckonRecords(std::vector<StepRecord> &records) const;

    // EngineSteps.cpp: items
    void enqueue(Run &run, int item, std::optional<StepAnswer> answer = {});
    void schedulePump();
    void pump();
    void perform(Task task);
    void addItem(Run &run, int node, std::uint64_t lineage, DocumentPtr input,
                 const RunItem &from, TrailPtr trail, std::optional<int> number = {});
    static int numberOf(Run &run, int node, std::uint64_t lineage, const std::string &position);
    void begin(Run &run, int token);
    void ask(Run &run, int token);
    void answered(std::int64_t run, int token, DeployedFlow *flow, const DeployedFlow::Node *node,
                  StepAnswer answer);
    void keepAnswer(std::int64_t run, int token, StepAnswer answer);
    void settle(Run &run, int token, StepAnswer answer, bool replayed);
    void settleEmitted(Run &run, int token, StepAnswer answer, StepEvent event, bool record);
    void settleFailed(Run &run, int token, Error error, StepEvent event, bool record);
    void route(Run &run, const RunItem &item, const std::vector<StepAnswer::Output> &outputs,
               const TrailPtr &trail, std::size_t first = 0);
    void keepLetter(Run &run, LetterRecord letter);
    void noteIds(Run &run, const std::vector<StepAnswer::Output> &outputs);
    FailedAt placeOf(const Run &run, const RunItem &item) const;
    void note(Run &run, const RunItem &item, StepEvent event);
    StepEvent eventFor(const Run &run, const RunItem &item, StepEvent::Phase phase) const;
    StepRecord recordFor(const Run &run, const RunItem &item, RecordState state) const;

    // EngineFlow.cpp: steps that hold items, loops, and the end of items
    using Node = DeployedFlow::Node;
    static std::optional<Gathering::Ending>
    endingOf(const Node &node, const std::vector<StepAnswer::Output> &outputs);
    void endItem(Run &run, int token, std::optional<Gathering::Ending> ending);
    void rest(Run &run, RunItem &item, RunItem::State state);
    void settleHeld(Run &run, int token, const StepAnswer &answer, StepEvent event);
    bool settleRecorded(Run &run, int token, Gathering::Group &group);
    void settleLoop(Run &run, int token, StepAnswer answer);
    void advance(Run &run);
    bool pushOn(Run &run);
    void sendElements(Run &run, Gathering::Loop &loop, int more);
    void finishLoop(Run &run, Gathering::Loop &loop);
    void releaseDue(Run &run);
    void release(Run &run, Gathering::Group &group);
    std::vector<int> inStableOrder(const Run &run, const std::vector<int> &held) const;
    void emitGroup(Run &run, Gathering::Group &group, const std::vector<int> &members,
                   StepAnswer answer);
    void recordGroup(Run &run, Gathering::Group &group, StepRecord record);

    // EngineWaits.cpp: waits, and the order of keys while runs wait
    void settleLater(Run &run, int token, StepAnswer answer, StepEvent event);
    bool takeUpWait(Run &run, int token, const StepRecord &record);
    void keepWaitOver(Run &run, RunItem &item);
    bool stepsAside(const Run &run) const;
    void stepAside(std::int64_t run, Lanes::Lane lane);
    bool comesBack(const Alarms::Alarm &alarm);
    void nudge(Lanes::Lane lane);
    bool yields(const OpenRun &open, const DeployedFlow &flow, bool told);

    // EngineEffects.cpp: effects, their places, retries and unknown outcomes
    const Node &nodeOf(const Run &run, const RunItem &item) const;
    bool takeUp(Run &run, int token, const StepRecord &record);
    bool takeUpIntent(Run &run, int token);
    void queueEffect(Run &run, int token);
    void quarantine(Run &run, const Node &node, Instant attempt);
    void quarantineEarlier(Run &run);
    Instant quarantineOf(const Run &run, const Node &node) const;
    Instant restOf(const Run &run) const;
    void settleLookUp(Run &run, int token, StepAnswer answer);
    void askPerson(Run &run, int token, const Error &error, StepEvent event, bool record);
    void keepIntent(Run &run, int token);
    void intentKept(Run &run, int token);
    void dropItem(Run &run, RunItem &item);
    void claimPlace(Run &run, int token);
    void takePlace(Run &run, int token);
    void releasePlace(DeployedFlow &flow);
    StepCall callFor(const Run &run, const RunItem &item) const;
    std::optional<std::chrono::milliseconds> nextTry(const Run &run, RunItem &item,
                                                     const Error &error);
    bool settleHeldBack(Run &run, int token, Error &error, StepEvent &event, bool record);
    void waitForRetry(Run &run, int token, Error error, std::chrono::milliseconds wait,
                      StepEvent event, bool record);

    // EngineGates.cpp: connections and when calls to them may leave
    class Door;
    void openGates(DeployedFlow &flow);
    GateDesk &deskOf(const std::shared_ptr<Connection> &connection);
    GateDesk *deskNamed(const std::string &connection) const;
    void restoreGate(GateDesk &desk);
    bool letIn(Run &run, RunItem &item);
    void leaveGate(const Run &run, RunItem &item);
    bool holdBack(Run &run, int token);
    void told(GateDesk &desk, const CallReport &report);
    void callEnded(const Node &node, DeployedFlow &flow);
    void tendGates();
    void sendFront(GateDesk &desk);
    Gate::Verdict verdictOn(const GateDesk &desk, const GateDesk::Caller &caller) const;
    void sendCallers(GateDesk &desk, CallGate::Caller who);
    void callIn(GateDesk &desk);
    void bringIn(GateDesk &desk, GateQueue::Waiting run);
    std::size_t roomInside() const;
    void watch(GateDesk &desk);
    void tellGate(GateDesk &desk, const GateView &view);
    GateStatus statusOf(const GateDesk &desk) const;
    void keepGate(GateDesk &desk, std::function<void(Result<void>)> done = {});
    void setGateAlarm(Instant at);

    // EngineReplay.cpp: what earlier runs of the event did, what is newer
    bool takeUpOrigin(Run &run, int token);
    bool isKeyOver(const Run &run, const RunItem &item) const;
    void lookOrAsk(Run &run, int token, Instant since);
    void guard(const Run &run, const RunItem &item, StepRecord &record) const;
    bool dropStale(Run &run, const RunBatch &batch, const std::vector<std::size_t> &stale,
                   int token);

    // EngineReviews.cpp: questions to people
    void park(Run &run, int token, StepAnswer answer);
    void parked(std::int64_t run, int token, Question question,
                Result<std::optional<ReviewDecision>> remembered);
    void takeUpParked(Run &run, int token);
    void settleReview(Run &run, int token, const ReviewDecision &decision);
    void timeOut(Run &run, int token);

    // EngineBatches.cpp: effects of many runs in one call
    struct BatchCall
    {
        DeployedFlow *flow = nullptr;
        int node = 0;
        std::vector<Batches::Entry> entries;
        std::size_t toKeep = 0;     ///< Intents that are not on disk yet.
        std::size_t unanswered = 0;
        std::optional<CallReport> report; ///< Of a connection that makes none itself.
    };
    void collect(Run &run, int token);
    void sendBatches(bool drained);
    void sendBatchesOf(DeployedFlow &flow, int node, bool drained);
    bool isAwaited(const Batches &batches) const;
    void claimBatch(DeployedFlow &flow, int node, std::vector<Batches::Entry> entries);
    void sendBatch(std::int64_t id);
    void batchAnswered(std::int64_t id, std::int64_t run, int token, StepAnswer answer);
    void endBatch(std::int64_t id);
    void setBatchAlarm(Instant due);

    // EngineJournal.cpp: writes
    void flush(Run &run);
    void commit(std::int64_t run, std::shared_ptr<RunBatch> batch);
    void committed(std::int64_t run, const std::shared_ptr<RunBatch> &batch,
                   Result<Written> result);
    void tell(Run &run, const RunBatch &batch, const std::vector<WrittenLetter> &letters);

    StoreThread &m_store;
    Clock &m_clock;     ///< For what people and other programs read: when something happened.
    SteadyClock m_time; ///< For whatever waits or counts: nobody sets it.
    RunObserver &m_observer;
    Random m_random;
    EngineLimits m_limits;
    EngineCounts m_counts;
    std::vector<std::unique_ptr<DeployedFlow>> m_flows;
    std::vector<std::unique_ptr<DeployedFlow>> m_oldFlows; ///< Versions that open runs began on.
    std::map<std::string, Error> m_goneVersions;           ///< Those that cannot be made any more.
    OldVersion m_oldVersion;
    std::unordered_map<std::int64_t, std::unique_ptr<Run>> m_runs; ///< Those in memory.
    Lanes m_lanes;
    std::deque<Ready> m_ready;
    Alarms m_alarms;
    std::unordered_map<std::int64_t, Lanes::Lane> m_aside;  ///< Wait and let their key pass,
    std::unordered_map<std::int64_t, bool> m_inLine;        ///< want it back; told?
    std::unordered_map<Lanes::Lane, std::int64_t> m_unseen; ///< Perhaps aside: not looked at yet.
    std::unordered_set<std::int64_t> m_yielded;
    std::optional<Instant> m_nextAlarm;
    QTimer m_clockLook;
    SecretSieve m_secrets;
    std::vector<std::unique_ptr<GateDesk>> m_desks;
    std::vector<Kept> m_keptGates; ///< As an earlier process left them,
    bool m_clockMoved = false;     ///< by another clock.
    std::optional<Instant> m_gateAlarm;
    std::unordered_map<std::int64_t, BatchCall> m_batches;
    std::int64_t m_lastBatch = 0;
    std::optional<Instant> m_batchAlarm;
    std::deque<Task> m_tasks;
    bool m_pumpPosted = false;
    bool m_pumping = false;
    std::size_t m_openRuns = 0;      ///< Accepted and not ended, in memory or not.
    std::size_t m_openBytes = 0;     ///< Their bodies.
    struct Arrived
    {
        std::shared_ptr<NewRun> event;
        AcceptedRun run;
    };
    std::deque<Arrived> m_arrived; ///< In the journal and acknowledged; not looked at yet.
    std::size_t m_arriving = 0;      ///< Events on their way to the journal or in m_arrived,
    std::size_t m_arrivingBytes = 0; ///< and their bodies.
    std::size_t m_loading = 0;       ///< Runs on their way from the journal.
    std::int64_t m_newestBefore = 0; ///< The last run of the process before this one.
    int m_inFlight = 0;              ///< Effects asked and not answered.
    int m_commits = 0;               ///< Changes on their way to the journal.
    bool m_wasBusy = false;
    bool m_stopping = false;
    bool m_closing = false;
    std::function<void()> m_onStopped;
};

} // namespace tw
