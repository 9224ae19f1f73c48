// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Surroundings.h"
#include "core/expr/Expression.h"
#include "core/schema/Diagnostic.h"

namespace tw::analysis {

/// Something that looks wrong in an expression that compiles. `start` and `end` are UTF-8 offsets
/// of the very characters. Each of `fixes` repairs it by itself.
struct ExpressionFinding
{
    struct Fix
    {
        std::string title; ///< "Use $toMajor(amount, currency)".
        std::vector<TextEdit> edits;
    };
    Severity severity = Severity::Warning;
    std::string code;    ///< Stable: "map.unknown_field".
    std::string message; ///< What is wrong, in a sentence.
    std::string fix;     ///< What to do, in a sentence.
    int start = 0;
    int end = 0;
    std::vector<Fix> fixes;
};

/// Unknown fields (did you mean), unit and type mistakes, naive times, lists that collapse,
/// functions that flows refuse or other engines do not know. A text that does not compile gives the
/// compile error (and more, when several parts are broken). In the order of the text.
std::vector<ExpressionFinding> findingsOf(std::string_view text, const Surroundings &surroundings);

} // namespace tw::analysis
