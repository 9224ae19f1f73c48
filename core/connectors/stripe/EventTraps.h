// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

#include <string>
#include <vector>

namespace tw::stripe {

/// What people overlook in Stripe's events, told when a trigger is checked: types that tell the
/// same fact twice, that are not the end of it, or that lack what their name promises. `events` are
/// the names and wildcards of a trigger. Warnings where the flow would do its work twice, else
/// notes.
void checkEventTraps(const std::vector<std::string> &events, std::vector<Diagnostic> &findings);

} // namespace tw::stripe
