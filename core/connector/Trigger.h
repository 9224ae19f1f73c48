// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

#include <chrono>
#include <functional>
#include <string>

namespace tw {

struct HttpRequest;
class HttpReply;

/// An event that a trigger wants to hand in.
struct IncomingEvent
{
    std::string id;   ///< Unique within the trigger: what de-duplication looks at.
    std::string type; ///< "charge.succeeded": for lists and filters.
    std::string body; ///< The raw bytes as received; the message is their JSON.
    Instant created;  ///< When the source says it happened.
    bool live = false;
    std::string key{}; ///< The business object it is about ("ch_1"): events of one key run in order.
    std::string ids{}; ///< Ids that its run can be found by: businessIds().
    /// What happened, where the source may report one fact under two event ids; empty: none. A
    /// second event of a fact within `factWindow` is a repeat.
    std::string fact{};
    std::chrono::milliseconds factWindow{0};
    /// Where the source goes on after this event; kept in the same transaction, see cursor().
    std::string cursor{};
};

/// What became of an event that was handed in. `First` and `Repeat` are told only after the journal
/// has it on disk; an error means that it was not stored and must not be acknowledged.
enum class Acceptance { First, Repeat };

/// What the engine and the runtime offer to a trigger. Same thread; outlives the trigger.
class TriggerHost
{
public:
    virtual ~TriggerHost() = default;

    /// Stores the event; `done` is called exactly once, later, unless the trigger was stopped.
    virtual void accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done) = 0;

    /// The greatest id, in text order, of this trigger's events that the journal still knows; empty
    /// when there is none. For triggers whose ids rise: planned times, cursors. Answers once, now or
    /// later, unless the trigger was stopped.
    virtual void newestEvent(std::function<void(Result<std::string>)> done) { done(std::string()); }

    /// The last cursor that came with an event of this trigger; empty when there is none. Answers
    /// once, now or later, unless the trigger was stopped.
    virtual void cursor(std::function<void(Result<std::string>)> done) { done(std::string()); }

    /// Counts a delivery that was refused before it became an event (bad signature, wrong type).
    virtual void refused(const Error &why) = 0;

    /// Opens `path` on the webhook receiver for this trigger. Error: Config `runtime.path_taken`.
    virtual Result<void> receive(const std::string &path,
                                 std::function<void(HttpRequest, HttpReply)> handler) = 0;
};

/// The beginning of a deployed flow. Lives on the engine's thread. start() is called once, after
/// the inbox is open; destruction stops it, and no answer reaches it afterwards.
class Trigger
{
public:
    virtual ~Trigger() = default;
    virtual Result<void> start(TriggerHost &host) = 0;
};

} // namespace tw
