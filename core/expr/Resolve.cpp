// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Errors.h"
#include "core/expr/Parser.h"

namespace tw::expr {
namespace {

class Resolver
{
public:
    ExpressionResult<AstPtr> run(AstPtr raw)
    {
        AstPtr root = resolve(std::move(raw));
        if (!m_failed && (root->kind == AstKind::Parent || !root->seekingParent.empty()))
            fail("S0217", *root, std::string(kindName(root->kind)));
        if (m_failed)
            return m_error;
        return root;
    }

private:
    AstPtr resolve(AstPtr raw);
    AstPtr resolveKind(AstPtr raw);
    AstPtr dot(AstPtr raw);
    AstPtr filter(AstPtr raw);
    AstPtr groupBy(AstPtr raw);
    AstPtr orderBy(AstPtr raw);
    AstPtr focus(AstPtr raw);
    AstPtr index(AstPtr raw);
    AstPtr negate(AstPtr raw);
    AstPtr block(AstPtr raw);
    AstPtr name(AstPtr raw);
    AstPtr parent(AstPtr raw);
    AstPtr callOrPartial(AstPtr raw);
    AstPtr children(AstPtr raw);

    AstPtr asPath(AstPtr step);
    void child(Ast &owner, AstPtr &part);
    void appendStep(Ast &path, AstPtr step);
    void seekParents(Ast &step, Ast &predicate);
    void seekParent(Ast &node, const SlotPtr &slot);
    void resolveAncestry(Ast &path);
    static void pushAncestry(Ast &owner, const Ast &part);
    static void movePredicates(Ast &step);
    static void markTail(Ast &body);
    void fail(std::string_view code, const Ast &at, std::string token = {}, std::string value = {});

    bool m_failed = false;
    ExpressionError m_error;
    std::vector<SlotPtr> m_slots;
};

void Resolver::fail(std::string_view code, const Ast &at, std::string token, std::string value)
{
    if (m_failed)
        return;
    m_failed = true;
    m_error = compileError(code, at.position, at.start, at.end, std::move(token), std::move(value));
}

AstPtr Resolver::resolve(AstPtr raw)
{
    if (m_failed || !raw)
        return raw;
    const bool keepArray = raw->keepArray;
    AstPtr made = resolveKind(std::move(raw));
    if (keepArray && !m_failed)
        made->keepArray = true;
    return made;
}

AstPtr Resolver::resolveKind(AstPtr raw)
{
    switch (raw->kind) {
    case AstKind::Dot:
        return dot(std::move(raw));
    case AstKind::Filter:
        return filter(std::move(raw));
    case AstKind::GroupBy:
        return groupBy(std::move(raw));
    case AstKind::OrderBy:
        return orderBy(std::move(raw));
    case AstKind::Focus:
        return focus(std::move(raw));
    case AstKind::Index:
        return index(std::move(raw));
    case AstKind::Negate:
        return negate(std::move(raw));
    case AstKind::Block:
        return block(std::move(raw));
    case AstKind::OperatorName:
        raw->kind = AstKind::Name;
        return name(std::move(raw));
    case AstKind::Name:
        return name(std::move(raw));
    case AstKind::Parent:
        return parent(std::move(raw));
    case AstKind::Call:
    case AstKind::Partial:
        return callOrPartial(std::move(raw));
    case AstKind::Lambda:
        raw->right = resolve(std::move(raw->right));
        if (!m_failed)
            markTail(*raw->right);
        return raw;
    case AstKind::End:
        fail("S0207", *raw, "(end)");
        return raw;
    default:
        return children(std::move(raw));
    }
}

/// The kinds that only hand on what their parts seek.
AstPtr Resolver::children(AstPtr raw)
{
    Ast &node = *raw;
    if (node.kind == AstKind::Bind) {
        node.text = node.left->text;
        node.left = nullptr;
    }
    const bool apply = node.kind == AstKind::Apply || node.kind == AstKind::Transform;
    for (AstPtr *part : {&node.left, &node.right, &node.third}) {
        *part = resolve(std::move(*part));
        if (m_failed)
            return raw;
        if (*part && !apply)
            pushAncestry(node, **part);
    }
    if (node.kind == AstKind::Apply)
        node.keepArray = node.left->keepArray || node.right->keepArray;
    for (AstPtr &item : node.items)
        child(node, item);
    for (AstPair &pair : node.pairs) {
        child(node, pair.key);
        child(node, pair.value);
    }
    return raw;
}

void Resolver::child(Ast &owner, AstPtr &part)
{
    part = resolve(std::move(part));
    if (!m_failed)
        pushAncestry(owner, *part);
}

AstPtr Resolver::asPath(AstPtr step)
{
    if (step->kind == AstKind::Path)
        return step;
    auto path = std::make_unique<Ast>();
    path->kind = AstKind::Path;
    path->position = step->position;
    path->start = step->start;
    path->end = step->end;
    path->items.push_back(std::move(step));
    return path;
}

void Resolver::movePredicates(Ast &step)
{
    for (AstPtr &predicate : step.predicates)
        step.stages.push_back({std::move(predicate), {}, 0});
    step.predicates.clear();
}

void Resolver::appendStep(Ast &path, AstPtr step)
{
    if (step->kind == AstKind::Path && step->predicates.empty() && !step->group) {
        for (AstPtr &inner : step->items)
            path.items.push_back(std::move(inner));
        return;
    }
    movePredicates(*step);
    path.items.push_back(std::move(step));
}

AstPtr Resolver::dot(AstPtr raw)
{
    const int end = raw->end;
    AstPtr left = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    const bool startsAtParent = left->kind == AstKind::Parent;
    AstPtr path = asPath(std::move(left));
    if (startsAtParent)
        path->seekingParent = {path->items.front()->slot};
    AstPtr right = resolve(std::move(raw->right));
    if (m_failed)
        return raw;
    appendStep(*path, std::move(right));
    path->end = end;
    for (AstPtr &step : path->items) {
        if (step->kind == AstKind::Number || step->kind == AstKind::Constant) {
            fail("S0213", *step, {}, step->text);
            return path;
        }
        if (step->kind == AstKind::String)
            step->kind = AstKind::Name;
        path->keepSingleton = path->keepSingleton || step->keepArray;
    }
    for (Ast *step : {path->items.front().get(), path->items.back().get()})
        step->consArray = step->consArray || step->kind == AstKind::Array;
    resolveAncestry(*path);
    return path;
}

AstPtr Resolver::filter(AstPtr raw)
{
    AstPtr made = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    const bool path = made->kind == AstKind::Path;
    Ast &step = path ? *made->items.back() : *made;
    if (step.group || made->group) {
        fail("S0209", *raw);
        return raw;
    }
    AstPtr predicate = resolve(std::move(raw->right));
    if (m_failed)
        return raw;
    seekParents(step, *predicate);
    if (m_failed)
        return raw;
    if (path)
        step.stages.push_back({std::move(predicate), {}, raw->position});
    else
        step.predicates.push_back(std::move(predicate));
    made->end = raw->end;
    return made;
}

void Resolver::seekParents(Ast &step, Ast &predicate)
{
    for (const SlotPtr &slot : predicate.seekingParent) {
        if (slot->level == 1)
            seekParent(step, slot);
        else
            --slot->level;
    }
    if (!predicate.seekingParent.empty() || predicate.kind == AstKind::Parent)
        pushAncestry(step, predicate);
}

AstPtr Resolver::groupBy(AstPtr raw)
{
    AstPtr made = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    if (made->group) {
        fail("S0210", *raw);
        return raw;
    }
    made->group = std::make_unique<AstGroup>();
    made->group->position = raw->position;
    for (AstPair &pair : raw->pairs) {
        pair.key = resolve(std::move(pair.key));
        pair.value = resolve(std::move(pair.value));
    }
    made->group->pairs = std::move(raw->pairs);
    made->end = raw->end;
    return made;
}

AstPtr Resolver::orderBy(AstPtr raw)
{
    AstPtr left = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    AstPtr path = asPath(std::move(left));
    auto sort = std::make_unique<Ast>();
    sort->kind = AstKind::Sort;
    sort->position = raw->position;
    sort->start = raw->start;
    sort->end = raw->end;
    for (AstSortTerm &term : raw->terms)
        child(*sort, term.expression);
    sort->terms = std::move(raw->terms);
    path->items.push_back(std::move(sort));
    path->end = raw->end;
    if (!m_failed)
        resolveAncestry(*path);
    return path;
}

AstPtr Resolver::focus(AstPtr raw)
{
    AstPtr made = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    Ast &step = made->kind == AstKind::Path ? *made->items.back() : *made;
    if (!step.stages.empty() || !step.predicates.empty())
        fail("S0215", *raw);
    else if (step.kind == AstKind::Sort)
        fail("S0216", *raw);
    step.keepArray = step.keepArray || raw->keepArray;
    step.focus = raw->right->text;
    step.tuple = true;
    made->end = raw->end;
    return made;
}

AstPtr Resolver::index(AstPtr raw)
{
    AstPtr made = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    if (made->kind != AstKind::Path) {
        made = asPath(std::move(made));
        movePredicates(*made->items.back());
    }
    Ast &step = *made->items.back();
    if (step.stages.empty())
        step.index = raw->right->text;
    else
        step.stages.push_back({nullptr, raw->right->text, raw->position});
    step.tuple = true;
    made->end = raw->end;
    return made;
}

AstPtr Resolver::negate(AstPtr raw)
{
    raw->left = resolve(std::move(raw->left));
    if (m_failed)
        return raw;
    if (raw->left->kind != AstKind::Number) {
        pushAncestry(*raw, *raw->left);
        return raw;
    }
    AstPtr number = std::move(raw->left);
    number->number = -number->number;
    number->text.insert(0, 1, '-');
    number->start = raw->start;
    return number;
}

AstPtr Resolver::block(AstPtr raw)
{
    for (AstPtr &item : raw->items) {
        child(*raw, item);
        if (m_failed)
            return raw;
        const bool cons =
            item->consArray || (item->kind == AstKind::Path && item->items.front()->consArray);
        raw->consArray = raw->consArray || cons;
    }
    return raw;
}

AstPtr Resolver::name(AstPtr raw)
{
    const bool keepArray = raw->keepArray;
    AstPtr path = asPath(std::move(raw));
    path->keepSingleton = keepArray;
    return path;
}

AstPtr Resolver::parent(AstPtr raw)
{
    raw->slot = std::make_shared<AncestorSlot>();
    raw->slot->index = static_cast<int>(m_slots.size());
    raw->slot->label = "!" + std::to_string(m_slots.size());
    m_slots.push_back(raw->slot);
    return raw;
}

AstPtr Resolver::callOrPartial(AstPtr raw)
{
    for (AstPtr &argument : raw->items)
        child(*raw, argument);
    raw->left = resolve(std::move(raw->left));
    return raw;
}

void Resolver::pushAncestry(Ast &owner, const Ast &part)
{
    owner.seekingParent.insert(owner.seekingParent.end(), part.seekingParent.begin(),
                               part.seekingParent.end());
    if (part.kind == AstKind::Parent)
        owner.seekingParent.push_back(part.slot);
}

void Resolver::seekParent(Ast &node, const SlotPtr &slot)
{
    switch (node.kind) {
    case AstKind::Name:
    case AstKind::Wildcard:
        if (--slot->level > 0)
            return;
        if (node.ancestor) // two `%` mean one step: they share its binding
            m_slots[static_cast<std::size_t>(slot->index)]->label = node.ancestor->label;
        else
            node.ancestor = slot;
        node.tuple = true;
        return;
    case AstKind::Parent:
        ++slot->level;
        return;
    case AstKind::Block:
        if (!node.items.empty()) {
            node.tuple = true;
            seekParent(*node.items.back(), slot);
        }
        return;
    case AstKind::Path:
        node.tuple = true;
        for (std::size_t i = node.items.size(); i-- > 0;) {
            seekParent(*node.items[i], slot);
            if (m_failed || slot->level <= 0)
                return;
        }
        return;
    default:
        fail("S0217", node, std::string(kindName(node.kind)));
    }
}

void Resolver::resolveAncestry(Ast &path)
{
    const Ast &last = *path.items.back();
    std::vector<SlotPtr> slots = last.seekingParent;
    if (last.kind == AstKind::Parent)
        slots.push_back(last.slot);
    for (const SlotPtr &slot : slots) {
        auto index = static_cast<std::ptrdiff_t>(path.items.size()) - 2;
        while (slot->level > 0 && !m_failed) {
            if (index < 0) {
                path.seekingParent.push_back(slot);
                break;
            }
            Ast *step = path.items[static_cast<std::size_t>(index--)].get();
            while (index >= 0 && !step->focus.empty() &&
                   !path.items[static_cast<std::size_t>(index)]->focus.empty())
                step = path.items[static_cast<std::size_t>(index--)].get();
            seekParent(*step, slot);
        }
    }
}

/// Calls whose result is the lambda's own result must not grow the stack.
void Resolver::markTail(Ast &body)
{
    if (!body.predicates.empty() || body.group || body.keepArray)
        return;
    if (body.kind == AstKind::Call) {
        body.tail = true;
    } else if (body.kind == AstKind::Condition) {
        markTail(*body.right);
        if (body.third)
            markTail(*body.third);
    } else if (body.kind == AstKind::Block && !body.items.empty()) {
        markTail(*body.items.back());
    }
}

} // namespace

ExpressionResult<AstPtr> resolve(AstPtr raw)
{
    return Resolver().run(std::move(raw));
}

} // namespace tw::expr
