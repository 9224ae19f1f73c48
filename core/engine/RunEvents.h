// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/Trigger.h"
#include "core/data/Value.h"
#include "core/engine/GateStatus.h"

#include <QtGlobal>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw {

/// One item at one step, as it happened. Messages are immutable and may cross threads.
struct StepEvent
{
    enum class Phase { Started, Done, Dropped, Failed, Waiting };

    std::int64_t run = 0;
    std::string flow;
    std::string step;
    int item = 0; ///< Unique within run and step.
    int attempt = 1;
    Phase phase = Phase::Started;
    Instant at;                             ///< When this phase began.
    std::chrono::microseconds took{0};      ///< Time of this attempt; not for Started.
    std::vector<std::string> exits;         ///< Exits taken by the outputs, in order; "error" on failure.
    DocumentPtr input;
    std::vector<DocumentPtr> outputs;       ///< As many as exits (failure: the message sent along "error").
    std::optional<Error> error;             ///< Failed and Waiting.
    std::optional<Instant> retryAt;         ///< Waiting.
    std::string note;
    bool replayed = false;                  ///< Answer taken from the journal after a restart.
};

enum class RunOutcome { Done, Failed, DeadLettered };

struct RunSummary
{
    std::int64_t run = 0;
    std::string flow;
    std::string trigger;
    std::string eventId;
    std::string eventType;
    RunOutcome outcome = RunOutcome::Done;
    Instant received;
    Instant finished;
    bool resumed = false; ///< Left open by a process before this one.
    bool replay = false;  ///< Of an event that ran before.
};

/// A message that ended without an owner's wish: kept with everything needed to send it again.
struct DeadLetter
{
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::string flow;
    std::string step;    ///< Where it failed.
    std::string eventId;
    std::string eventType;
    Error error;
    std::string input;   ///< JSON the failed step got.
    int attempts = 1;
    Instant at;
};

/// Follows what the engine does. Called on the engine's thread, must not block; every call comes
/// after the journal has what it tells, except stepStarted.
class RunObserver
{
public:
    virtual ~RunObserver() = default;
    virtual void eventAccepted(const std::string &flow, const std::string &trigger,
                               const IncomingEvent &event, std::int64_t run, Acceptance acceptance)
    {
        Q_UNUSED(flow) Q_UNUSED(trigger) Q_UNUSED(event) Q_UNUSED(run) Q_UNUSED(acceptance)
    }
    virtual void deliveryRefused(const std::string &flow, const std::string &trigger,
                                 const Error &why)
    {
        Q_UNUSED(flow) Q_UNUSED(trigger) Q_UNUSED(why)
    }
    /// A trigger wants to be looked at; events are taken all the same.
    virtual void triggerWarned(const std::string &flow, const std::string &trigger,
                               const Error &what)
    {
        Q_UNUSED(flow) Q_UNUSED(trigger) Q_UNUSED(what)
    }
    virtual void stepChanged(const StepEvent &event) { Q_UNUSED(event) }
    virtual void runFinished(const RunSummary &run) { Q_UNUSED(run) }
    virtual void deadLettered(const DeadLetter &letter) { Q_UNUSED(letter) }
    /// A connection lets no more calls pass, or lets them pass again.
    virtual void connectionChanged(const GateStatus &status) { Q_UNUSED(status) }
    virtual void idle() {} ///< No accepted event is open and no retry is waiting.
};

} // namespace tw
