// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"

namespace tw::analysis {

/// Removes the parentheses of a raw tree (before resolve()) that change neither how the text is
/// read nor what it means, unless they help the reader. What was inside takes over their offsets.
void dropParentheses(expr::AstPtr &root);

} // namespace tw::analysis
