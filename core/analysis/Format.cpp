// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Format.h"

#include "core/analysis/FormatPrinter.h"
#include "core/analysis/Parentheses.h"
#include "core/data/Arena.h"
#include "core/expr/Parser.h"

namespace tw::analysis {

namespace {

expr::AstPtr treeOf(std::string_view text, Arena &memory)
{
    expr::AstPtr tree = expr::Parser(text, memory).parse();
    dropParentheses(tree);
    return tree;
}

} // namespace

ExpressionResult<std::string> formatted(std::string_view text, const FormatOptions &options)
{
    if (auto compiled = Expression::compile(text); !compiled)
        return compiled.error();
    Arena memory;
    const expr::AstPtr raw = treeOf(text, memory);
    std::string written = FormatPrinter(text).print(*raw, options.width, options.indent);
    // A signature may be read from tokens that nobody writes into one (a regular expression), halves
    // of a character may come together: what cannot be written back stays as its author left it.
    auto again = Expression::compile(written)
        ? FormatPrinter(written).print(*treeOf(written, memory), options.width, options.indent)
        : std::string();
    return again == written ? written : std::string(text);
}

} // namespace tw::analysis
