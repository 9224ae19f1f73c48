// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Run.h"

#include <string>
#include <string_view>

namespace tw::expr {

/// Compiles a text that an evaluation came up with; it lives as long as the run. Null and a
/// sentence when it does not compile.
const Program *compileForRun(Run &run, std::string_view text, std::string &problem);

/// An input array as JSONata sees it at the top: one item, not many.
Value wrappedInput(Run &run, const Value &input);

} // namespace tw::expr
