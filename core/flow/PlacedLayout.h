// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/Flow.h"

#include <map>
#include <string>

namespace tw {

/// A position for every step and note of a flow: the one in the file, else one found here, left to
/// right by the longest way from the beginning, failures below. The same flow always gives the same
/// positions; nothing is written.
std::map<std::string, CardPosition> placedLayout(const Flow &flow, const Registry &registry);

} // namespace tw
