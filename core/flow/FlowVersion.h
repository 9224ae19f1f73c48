// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace tw {

class FlowDocument;

/// What tells two states of a flow apart: its own version and twelve digits of the SHA-256 of what
/// it does ("1.2.0+3f9a0c1b22d4"). Positions, notes, groups, comments and the order of keys in the
/// text change nothing.
std::string flowVersion(const FlowDocument &document);

} // namespace tw
