// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"

#include <string>

namespace tw::test {

/// A tree in one line, without positions; equal for equal trees. Parentheses around one expression
/// are left out when `loose`.
std::string treeText(const expr::Ast &ast, bool loose = false);

} // namespace tw::test
