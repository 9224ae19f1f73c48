// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <string>
#include <string_view>

namespace tw::expr {

/// The value of an error about an argument that is there but not known.
constexpr std::string_view kSomeValue = "given";

/// Fills in the sentence of `error.code` from its token, value and argument, unless it has one.
void describe(ExpressionError &error);

ExpressionError compileError(std::string_view code, int position, int start, int end,
                             std::string token = {}, std::string value = {});

struct Ast;
struct RegexProblem;
/// X1003 at the faulty part of a regular expression; the token is the whole pattern.
ExpressionError regexError(const Ast &regex, const RegexProblem &problem);

/// A value as it appears in an error: JSON, cut to a line.
std::string shortText(const Value &value);

} // namespace tw::expr
