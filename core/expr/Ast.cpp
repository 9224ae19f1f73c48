// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Ast.h"

namespace tw::expr {

std::string_view kindName(AstKind kind)
{
    switch (kind) {
    case AstKind::Name:
        return "name";
    case AstKind::String:
        return "string";
    case AstKind::Number:
        return "number";
    case AstKind::Constant:
        return "value";
    case AstKind::Regex:
        return "regex";
    case AstKind::Variable:
        return "variable";
    case AstKind::Wildcard:
        return "wildcard";
    case AstKind::Descendant:
        return "descendant";
    case AstKind::Parent:
        return "parent";
    case AstKind::Placeholder:
        return "operator";
    case AstKind::Path:
        return "path";
    case AstKind::Negate:
    case AstKind::Array:
    case AstKind::Object:
        return "unary";
    case AstKind::Block:
        return "block";
    case AstKind::Condition:
    case AstKind::Coalesce:
    case AstKind::Default:
        return "condition";
    case AstKind::Bind:
        return "bind";
    case AstKind::Lambda:
        return "lambda";
    case AstKind::Call:
        return "function";
    case AstKind::Partial:
        return "partial";
    case AstKind::Apply:
        return "apply";
    case AstKind::Sort:
        return "sort";
    case AstKind::Transform:
        return "transform";
    case AstKind::Error:
        return "error";
    default:
        return "binary";
    }
}

} // namespace tw::expr
