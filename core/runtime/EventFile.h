// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Trigger.h"
#include "core/engine/DeployedFlow.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

class Engine;

/// Reads an event from a file or from the hands of a person: `id` and `type` are needed, `created`
/// (seconds since 1970) and `livemode` are taken where present. Rejected `runtime.no_event`.
Result<IncomingEvent> readEventFile(const std::string &json, Instant now);

/// For which triggers an event is meant.
struct EventTarget
{
    std::string trigger{};    ///< "flow/step", or "step"; empty: those that ask for its type.
    bool flowsNamed = false;  ///< The running flows are those that somebody named: all of them may have it.
};

/// A trigger of a running flow.
struct EventTaker
{
    std::string flow;
    std::string trigger;
};

/// Who gets an event of this type: the trigger that was named; else those that ask for it by their
/// setting "events" (exact names, "charge.*", "*"); where flows were named and none does, their one
/// trigger that knows no types, such as a webhook. Errors: Rejected `runtime.no_trigger` when nobody
/// asks for it, `runtime.ambiguous_event` when it is not clear which of several is meant; both name
/// those that there are.
Result<std::vector<EventTaker>> takersOf(const Engine &engine, std::string_view type,
                                         const EventTarget &target);

/// Gives the event to all of them; `done` once, with the first error of all.
void acceptAt(Engine &engine, const std::vector<EventTaker> &takers, const IncomingEvent &event,
              std::function<void(Result<Acceptance>)> done);

} // namespace tw
