// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Parentheses.h"

namespace tw::analysis {
namespace {

using expr::Ast;
using expr::AstKind;
using expr::AstPtr;

constexpr int kAtom = 100;

int powerOfOperator(std::string_view text)
{
    if (text == "*" || text == "/" || text == "%")
        return 60;
    if (text == "+" || text == "-" || text == "&")
        return 50;
    if (text == "and")
        return 30;
    if (text == "or")
        return 25;
    return text == ".." ? 5 : 40;
}

/// How strongly the outermost operator of a node binds.
int power(const Ast &node)
{
    switch (node.kind) {
    case AstKind::Binary:
        return powerOfOperator(node.text);
    case AstKind::OrderBy:
    case AstKind::Apply:
    case AstKind::Coalesce:
    case AstKind::Default:
        return 40;
    case AstKind::Condition:
        return 20;
    case AstKind::Bind:
        return 10;
    default:
        return kAtom;
    }
}

/// The node at the right end of the text of `node`, when that end is an operand of its own.
const Ast *rightEnd(const Ast &node)
{
    switch (node.kind) {
    case AstKind::Binary:
    case AstKind::Apply:
    case AstKind::Dot:
        return node.right.get();
    case AstKind::Negate:
        return node.left.get();
    default:
        return nullptr;
    }
}

/// Its right end would swallow an operator that follows.
bool isOpenEnded(const Ast &node)
{
    switch (node.kind) {
    case AstKind::Condition:
    case AstKind::Coalesce:
    case AstKind::Default:
    case AstKind::Bind:
        return true;
    default: {
        const Ast *right = rightEnd(node);
        return right && isOpenEnded(*right);
    }
    }
}

/// A slash behind it would begin a regular expression.
bool endsBeforeRegex(const Ast &node)
{
    if (node.keepArray)
        return true;
    switch (node.kind) {
    case AstKind::Lambda:
    case AstKind::OrderBy:
    case AstKind::Transform:
        return true;
    default: {
        const Ast *right = rightEnd(node);
        return right && endsBeforeRegex(*right);
    }
    }
}

/// Parentheses around it are a scope or a step that something inside refers to.
bool needsScope(const Ast &node, bool inner = false)
{
    switch (node.kind) {
    case AstKind::Bind:
        if (!inner)
            return true;
        break;
    case AstKind::Parent:
    case AstKind::Focus:
    case AstKind::Index:
        return true;
    case AstKind::Block:
    case AstKind::Lambda:
        inner = true;
        break;
    default:
        break;
    }
    bool found = false;
    expr::eachPart(node, [&](const Ast &child) { found = found || needsScope(child, inner); });
    return found;
}

/// Where an expression stands: what may take the place of its parentheses.
struct Place
{
    enum class Kind { Whole, ArrayItem, Predicate, LeftOf, RightOf, Alternative, Kept };
    Kind kind = Kind::Whole;
    bool openEnd = true; ///< Nothing behind it could be swallowed.
    std::string_view operatorText;
    int power = 0;
};

bool fitsLeft(const Ast &inner, const Place &place)
{
    const int own = power(inner);
    if (own < place.power || isOpenEnded(inner) || inner.kind == AstKind::Negate)
        return false;
    if (own == 40 && place.power == 40)
        return false; // comparisons and ?? in a row are right but hard to read
    return place.operatorText != "/" || !endsBeforeRegex(inner);
}

bool canStand(const Ast &inner, const Place &place)
{
    switch (place.kind) {
    case Place::Kind::Whole:
        return place.openEnd || !isOpenEnded(inner);
    case Place::Kind::ArrayItem:
        return inner.kind != AstKind::Array;
    case Place::Kind::Predicate:
        return inner.kind != AstKind::Number && inner.kind != AstKind::Negate;
    case Place::Kind::LeftOf:
        return fitsLeft(inner, place);
    case Place::Kind::RightOf:
        return power(inner) > place.power && inner.kind != AstKind::Negate &&
               (place.openEnd || !(isOpenEnded(inner) || endsBeforeRegex(inner)));
    case Place::Kind::Alternative:
        return power(inner) > 40 && !isOpenEnded(inner);
    case Place::Kind::Kept:
        return false;
    }
    return false;
}

void drop(AstPtr &node, const Place &place);

void dropInParts(Ast &node, bool openEnd)
{
    const auto whole = [](AstPtr &part) { drop(part, {}); };
    const auto beforeColon = [](AstPtr &part) { drop(part, {Place::Kind::Whole, false, {}, 0}); };
    const auto kept = [](AstPtr &part) {
        if (part)
            drop(part, {Place::Kind::Kept, false, {}, 0});
    };
    switch (node.kind) {
    case AstKind::Binary: {
        const int own = powerOfOperator(node.text);
        drop(node.left, {Place::Kind::LeftOf, false, node.text, own});
        drop(node.right, {Place::Kind::RightOf, openEnd || node.text == "..", node.text, own});
        return;
    }
    case AstKind::Coalesce:
    case AstKind::Default:
        drop(node.left, {Place::Kind::LeftOf, false, "??", 40});
        drop(node.right, {Place::Kind::Alternative, openEnd, "??", 0});
        return;
    case AstKind::Condition:
        drop(node.left, {Place::Kind::LeftOf, false, "?", 21});
        if (node.third) {
            beforeColon(node.right);
            drop(node.third, {Place::Kind::Whole, openEnd, {}, 0});
        } else {
            drop(node.right, {Place::Kind::RightOf, false, "?", 20});
        }
        return;
    case AstKind::Bind:
        drop(node.right, {Place::Kind::Whole, openEnd, {}, 0});
        return;
    case AstKind::Lambda:
        return whole(node.right);
    case AstKind::Filter:
        kept(node.left);
        return drop(node.right, {Place::Kind::Predicate, true, {}, 0});
    case AstKind::Transform:
        for (AstPtr *part : {&node.left, &node.right, &node.third}) {
            if (*part)
                whole(*part);
        }
        return;
    default:
        break;
    }
    kept(node.left);
    kept(node.right);
    kept(node.third);
    for (AstPtr &item : node.items) {
        const bool array = node.kind == AstKind::Array;
        drop(item, {array ? Place::Kind::ArrayItem : Place::Kind::Whole, true, {}, 0});
    }
    for (expr::AstPair &pair : node.pairs) {
        beforeColon(pair.key);
        whole(pair.value);
    }
    for (expr::AstSortTerm &term : node.terms)
        whole(term.expression);
}

void drop(AstPtr &node, const Place &place)
{
    dropInParts(*node, place.openEnd && place.kind != Place::Kind::Kept);
    if (node->kind != AstKind::Block || node->items.size() != 1 || node->keepArray)
        return;
    const AstPtr inner = node->items.front();
    if (needsScope(*inner) || !canStand(*inner, place))
        return;
    inner->start = node->start;
    inner->end = node->end;
    node = inner;
}

} // namespace

void dropParentheses(AstPtr &root)
{
    drop(root, {});
}

} // namespace tw::analysis
