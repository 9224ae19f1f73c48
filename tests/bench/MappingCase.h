// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <functional>
#include <string>

namespace tw::bench {

/// Measures an object constructor as a mapping (one field per member) against the plain
/// expression, both from a parsed event to a message of their own, and prints a line; nothing for
/// expressions of another form. `measure` gives microseconds of one call.
void compareAsMapping(const std::string &id, const std::string &expression, const Value &event,
                      const std::function<double(const std::function<void()> &)> &measure);

} // namespace tw::bench
