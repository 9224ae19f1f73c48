// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Project.h"

#include <string>
#include <vector>

namespace tw {

/// The flows of a project that are to run; no ids: all. Errors: Config `runtime.unknown_flow`,
/// `runtime.no_flows`.
Result<std::vector<const FlowDocument *>> chosenFlows(const Project &project,
                                                      const std::vector<std::string> &ids);

/// Those that run, and those that they call. Errors: those of expandCalls().
Result<std::vector<const FlowDocument *>> withCalled(const std::vector<const FlowDocument *> &flows,
                                                     const Registry &registry,
                                                     const FlowLibrary &library);

} // namespace tw
