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

    /// What the trigger remembers besides its cursor, by area ("coverage", "cursor"): replaces what it
    /// kept there before. For what is known to be stored already; a cursor that belongs to an event goes
    /// with that event. `done` after it is on disk, unless the trigger was stopped.
    virtual void keep(const std::string &area, std::string value,
                      std::function<void(Result<void>)> done)
    {
        static_cast<void>(area), static_cast<void>(value);
        done({});
    }
    /// What it kept there last; empty when there is nothing.
    virtual void kept(const std::string &area, std::function<void(Result<std::string>)> done)
    {
        static_cast<void>(area);
        done(std::string());
    }

    /// Tells people of something that does not keep events from being taken, and should be looked at.
    virtual void warned(const Error &what) { static_cast<void>(what); }

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

    /// The receiver is open; `url` is the address of this trigger's path. Once, after start(), for
    /// triggers that called TriggerHost::receive().
    virtual void opened(const std::string &url) { static_cast<void>(url); }
    /// How events can reach that address from elsewhere: a command or a sentence for people; empty:
    /// nothing to say.
    virtual std::string hint(const std::string &url) const
    {
        static_cast<void>(url);
        return {};
    }
};

} // namespace tw
