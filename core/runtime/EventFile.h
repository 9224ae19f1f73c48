// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Trigger.h"
#include "core/engine/DeployedFlow.h"

#include <functional>
#include <string>

namespace tw {

class Engine;

/// Reads an event from a file or from the hands of a person: `id` and `type` are needed, `created`
/// (seconds since 1970) and `livemode` are taken where present. Rejected `runtime.no_event`.
Result<IncomingEvent> readEventFile(const std::string &json, Instant now);

/// Whether a trigger asks for events of this type: by its setting "events" with exact names,
/// "charge.*" or "*"; a trigger without that setting takes all.
bool asksFor(const DeployedFlow::Node &trigger, std::string_view type);

/// Gives the event to every trigger of the running flows that asks for its type; false: none does.
/// `done` once, with the first error of all.
bool acceptEverywhere(Engine &engine, const IncomingEvent &event,
                      std::function<void(Result<Acceptance>)> done);

} // namespace tw
