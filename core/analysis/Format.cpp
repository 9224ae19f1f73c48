// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Format.h"

#include "core/analysis/FormatPrinter.h"
#include "core/analysis/Parentheses.h"
#include "core/data/Arena.h"
#include "core/expr/Parser.h"

namespace tw::analysis {

ExpressionResult<std::string> formatted(std::string_view text, const FormatOptions &options)
{
    if (auto compiled = Expression::compile(text); !compiled)
        return compiled.error();
    Arena memory;
    expr::AstPtr raw = expr::Parser(text, memory).parse();
    dropParentheses(raw);
    return FormatPrinter(text).print(*raw, options.width, options.indent);
}

} // namespace tw::analysis
