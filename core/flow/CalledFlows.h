// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/FlowDocument.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

/// The flows of a project by id: what `call_flow` can name. The documents outlive it.
using FlowLibrary = std::map<std::string, const FlowDocument *, std::less<>>;

/// A step of an expanded flow. `step` points into the tree of `document`, which it is written in.
struct PlacedStep
{
    FlowStep step; ///< Its id and wires are those of the expanded flow: "verify.check".
    const FlowDocument *document = nullptr;
    bool isEntry = false; ///< The trigger of a called flow: here it is a step.
};

struct ExpandedFlow
{
    std::vector<PlacedStep> steps;
    std::vector<const FlowDocument *> called; ///< Each once, in the order of the first call.

    /// That of the flow (FlowVersion.h), with those of what it calls: "1.0.0+3f9a…+verify@2.1.0+81cc…".
    std::string version(const FlowDocument &flow) const;
    /// All that is needed to make it again: the texts of the flow and of what it calls.
    std::string text(const FlowDocument &flow) const;
};

/// A flow with the steps of the flows that it calls in the place of their calls. The steps of a called
/// flow are called after the call (`verify.check`: no id of a file has a dot); what they do not
/// handle leaves by the call's failure exit. Errors: Config `flow.unknown_flow`,
/// `flow.not_callable`, `flow.call_circle`, each with its place.
Result<ExpandedFlow> expandCalls(const FlowDocument &flow, const Registry &registry,
                                 const FlowLibrary &library);

/// What ExpandedFlow::text() holds: the flow, then what it calls.
std::vector<std::unique_ptr<FlowDocument>> documentsOf(const std::string &text,
                                                       const std::string &file);

/// The step by which a flow is called; null when it cannot be.
const FlowStep *entryOf(const Flow &flow, const Registry &registry);
/// What a `call_flow` step names; empty when it names nothing.
std::string calledBy(const FlowStep &step);
/// The ids on a way of calls from `flow` back to a flow on it; empty when there is none.
std::vector<std::string> callCircle(const FlowDocument &flow, const std::string &first,
                                    const Registry &registry, const FlowLibrary &library);

} // namespace tw
