// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"

#include <optional>
#include <vector>

namespace tw::analysis {

/// A call however it is written: `$f(a, b)`, `a ~> $f(b)`, `a ~> $f`. Refers to the tree.
struct CallSite
{
    const expr::Ast *whole = nullptr;
    const expr::Ast *procedure = nullptr;
    std::vector<const expr::Ast *> arguments; ///< All that are given, the one before ~> first.

    bool isChained() const { return whole->kind == expr::AstKind::Apply; }
};

/// Of a Call or Apply; nothing for a composition of functions and for every other node.
std::optional<CallSite> callSiteOf(const expr::Ast &node);

} // namespace tw::analysis
