// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <string>
#include <string_view>

namespace tw::analysis {

struct FormatOptions
{
    int width = 96; ///< Characters a line; what fits stays on one.
    int indent = 2;
};

/// The canonical text of an expression: same meaning, comments kept at their places, one way to
/// write each thing. Formatting twice changes nothing. Fails with the compile error.
ExpressionResult<std::string> formatted(std::string_view text, const FormatOptions &options = {});

} // namespace tw::analysis
