// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/StepExpression.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// A path with expressions in braces: "/orders/{id}/lines". Each value becomes part of one segment,
/// percent-encoded, so that it can neither end the segment nor leave it. Immutable.
class PathTemplate
{
public:
    /// Errors Config: `<area>.bad_path`, `expr.…`.
    static Result<PathTemplate> compile(std::string_view text, std::string area);

    /// Error Rejected `<area>.empty_path_value`: another resource would be called.
    Result<std::string> fill(const StepCall &call) const;

private:
    struct Part
    {
        std::string text; ///< Used when there is no expression.
        std::vector<Expression> expression; ///< None or one.
        std::string source;
    };
    std::vector<Part> m_parts;
    std::string m_area;
};

} // namespace tw
