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
    std::string written = FormatPrinter(text).print(*raw, options.width, options.indent);
    // A signature may be read from tokens that nobody writes into one (a regular expression): what
    // cannot be written back stays as its author left it.
    if (!Expression::compile(written))
        return std::string(text);
    return written;
}

} // namespace tw::analysis
