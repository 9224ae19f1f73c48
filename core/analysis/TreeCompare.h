// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"

#include <string>

namespace tw::analysis {

/// Whether two resolved trees mean the same because they say the same: offsets do not count, `1.0`
/// is `1`. Pure.
bool sameTree(const expr::Ast &a, const expr::Ast &b);

/// True for a node without predicates, grouping, bindings or `[]`: it is what its kind says alone.
bool isBare(const expr::Ast &node);

/// What stands inside of parentheses that group one expression and do nothing else.
const expr::Ast &withoutParentheses(const expr::Ast &node);

} // namespace tw::analysis
