// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/TreeCompare.h"

#include <algorithm>

namespace tw::analysis {
namespace {

using expr::Ast;
using expr::AstKind;
using expr::AstPair;
using expr::AstPtr;

bool samePart(const AstPtr &a, const AstPtr &b)
{
    return a && b ? sameTree(*a, *b) : !a && !b;
}

template <typename List, typename Compare>
bool sameList(const List &a, const List &b, Compare compare)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), compare);
}

bool samePair(const AstPair &a, const AstPair &b)
{
    return samePart(a.key, b.key) && samePart(a.value, b.value);
}

bool sameGroup(const Ast &a, const Ast &b)
{
    return a.group && b.group ? sameList(a.group->pairs, b.group->pairs, samePair)
                              : !a.group && !b.group;
}

bool hasText(AstKind kind)
{
    switch (kind) {
    case AstKind::Name:
    case AstKind::String:
    case AstKind::Constant:
    case AstKind::Regex:
    case AstKind::Variable:
    case AstKind::Binary:
    case AstKind::Bind:
        return true;
    default:
        return false;
    }
}

bool sameSelf(const Ast &a, const Ast &b)
{
    return a.kind == b.kind && a.keepArray == b.keepArray && a.keepSingleton == b.keepSingleton &&
           a.tuple == b.tuple && a.number == b.number && a.flags == b.flags && a.focus == b.focus &&
           a.index == b.index && (!hasText(a.kind) || a.text == b.text);
}

} // namespace

bool sameTree(const Ast &a, const Ast &b)
{
    const auto sameTerm = [](const auto &x, const auto &y) {
        return x.descending == y.descending && samePart(x.expression, y.expression);
    };
    const auto sameStage = [](const auto &x, const auto &y) {
        return x.index == y.index && samePart(x.filter, y.filter);
    };
    return sameSelf(a, b) && samePart(a.left, b.left) && samePart(a.right, b.right) &&
           samePart(a.third, b.third) && sameList(a.items, b.items, samePart) &&
           sameList(a.pairs, b.pairs, samePair) && sameList(a.terms, b.terms, sameTerm) &&
           sameList(a.parameters, b.parameters, std::equal_to<>()) &&
           sameList(a.predicates, b.predicates, samePart) &&
           sameList(a.stages, b.stages, sameStage) && sameGroup(a, b);
}

bool isBare(const Ast &node)
{
    return !node.keepArray && !node.keepSingleton && !node.tuple && !node.group &&
           node.predicates.empty() && node.stages.empty() && node.focus.empty() &&
           node.index.empty() && !node.ancestor;
}

const Ast &withoutParentheses(const Ast &node)
{
    const Ast *inner = &node;
    while (inner->kind == AstKind::Block && isBare(*inner) && inner->items.size() == 1 &&
           (*inner->items.begin())->kind != AstKind::Bind)
        inner = inner->items.begin()->get();
    return *inner;
}

} // namespace tw::analysis
