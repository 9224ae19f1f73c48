// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/KeyMemory.h"
#include "core/engine/Engine.h"
#include "core/net/HttpClient.h"
#include "core/store/DeskRecords.h"

#include <QObject>
#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tw::ops {

/// What an effect would send, in a rehearsal.
struct RehearsedEffect
{
    std::string step;
    int item = 0;
    std::string record; ///< What it writes, where the step can tell ("ch_1"); else empty.
    DocumentPtr sent;   ///< Step::preview().
    std::string key{};  ///< Of the effect, as it is for real.
    std::vector<Error> objections{}; ///< Step::objections().

    /// For people: the record, or which one of the step.
    std::string name() const { return record.empty() ? "item " + std::to_string(item) : record; }
};

/// One recorded event, gone through again without the outside world.
struct RehearsedRun
{
    std::int64_t run = 0; ///< The recorded one.
    std::string eventId;
    RunOutcome outcome = RunOutcome::Done;
    bool waits = false; ///< For a person whose answer is not on record.
    std::vector<RehearsedEffect> effects;
    std::vector<StepEvent> steps;     ///< Every step of the way, Started ones left out.
    std::vector<DeadLetter> letters;
};

/// Runs recorded events through a flow with the engine that runs them for real, on a journal that is
/// thrown away, by a clock that jumps. Clock, random, answers of other systems and of people, and keys
/// that were claimed come from the record; what the record does not answer is answered with what was
/// sent. Nothing leaves the process. The same record and the same flow give the same, always.
///
/// Lives on a thread with an event loop. What it is given must outlive it.
class Rehearsal final : public QObject
{
public:
    using Make = std::function<Result<std::unique_ptr<DeployedFlow>>(const Services &)>;
    /// The run that claimed a business key, or none.
    using Claimant = std::function<std::optional<std::int64_t>(const BusinessKey &)>;

    explicit Rehearsal(Claimant claimant);
    ~Rehearsal() override;

    /// One after the other, in their order; `done` once. Runs without bytes are left out. Errors: those
    /// of `make`, and of the folder for temporary files.
    void start(std::vector<RunHistory> runs, const Make &make,
               std::function<void(Result<std::vector<RehearsedRun>>)> done);

private:
    class VirtualStep;
    class RecordedKeys;
    class Listener;

    Result<void> prepare(const Make &make);
    void next();
    void goOn();
    void finishRun();
    const RunHistory &current() const { return m_runs[m_at]; }
    const StepRecord *recorded(const StepCall &call) const;
    StepAnswer answerOf(const StepCall &call, const Step &step);
    void answerReviews();

    Claimant m_claimant;
    QTemporaryDir m_folder;
    ManualClock m_clock;
    HttpClient m_http;
    std::unique_ptr<Listener> m_listener;
    std::unique_ptr<RecordedKeys> m_keys;
    std::unique_ptr<StoreThread> m_store;
    std::unique_ptr<Engine> m_engine;
    std::vector<RunHistory> m_runs;
    std::size_t m_at = 0;
    std::int64_t m_number = 0; ///< Of the run in the journal that is thrown away.
    bool m_isRunning = false;
    RehearsedRun m_run;
    std::vector<RehearsedRun> m_rehearsed;
    std::function<void(Result<std::vector<RehearsedRun>>)> m_done;
};

} // namespace tw::ops
