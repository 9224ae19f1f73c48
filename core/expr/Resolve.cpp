// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Resolver.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tw::expr {

void Resolver::fail(std::string_view code, const Ast &at, std::string token, std::string value)
{
    if (m_failed)
        return;
    m_error = compileError(code, at.position, at.start, at.end, std::move(token), std::move(value));
    if (m_errors)
        m_errors->push_back(m_error);
    else
        m_failed = true;
}

AstPtr Resolver::resolve(AstPtr raw)
{
    if (m_failed || !raw)
        return raw;
    const bool keepArray = raw->keepArray;
    AstPtr made = resolveKind(raw);
    if (keepArray && !m_failed)
        made->keepArray = true;
    return made;
}

AstPtr Resolver::resolveKind(AstPtr raw)
{
    switch (raw->kind) {
    case AstKind::Dot:
        return dot(raw);
    case AstKind::Filter:
        return filter(raw);
    case AstKind::GroupBy:
        return groupBy(raw);
    case AstKind::OrderBy:
        return orderBy(raw);
    case AstKind::Focus:
        return focus(raw);
    case AstKind::Index:
        return index(raw);
    case AstKind::Negate:
        return negate(raw);
    case AstKind::Block:
        return block(raw);
    case AstKind::OperatorName:
        raw->kind = AstKind::Name;
        return name(raw);
    case AstKind::Name:
        return name(raw);
    case AstKind::Parent:
        return parent(raw);
    case AstKind::Call:
    case AstKind::Partial:
        return callOrPartial(raw);
    case AstKind::Lambda:
        raw->right = resolve(raw->right);
        if (!m_failed)
            markTail(*raw->right);
        return raw;
    case AstKind::End:
        fail("S0207", *raw, "(end)");
        return raw;
    case AstKind::Error:
        return error(raw);
    default:
        return children(raw);
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
        *part = resolve(*part);
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
    part = resolve(part);
    if (!m_failed)
        pushAncestry(owner, *part);
}

/// In recovery: a filter or grouping that cannot stand behind its left side.
AstPtr Resolver::broken(AstPtr raw, AstPtr resolvedLeft)
{
    raw->kind = AstKind::Error;
    raw->left = nullptr;
    raw->items.add(m_memory, resolvedLeft);
    if (raw->right)
        raw->items.add(m_memory, resolve(raw->right));
    raw->right = nullptr;
    for (AstPair &pair : raw->pairs) {
        pair.key = resolve(pair.key);
        pair.value = resolve(pair.value);
    }
    return raw;
}

/// What does not belong together seeks no common parent.
AstPtr Resolver::error(AstPtr raw)
{
    for (AstPtr &item : raw->items)
        item = resolve(item);
    return raw;
}

AstPtr Resolver::asPath(AstPtr step)
{
    if (step->kind == AstKind::Path)
        return step;
    const AstPtr path = make();
    path->kind = AstKind::Path;
    path->position = step->position;
    path->start = step->start;
    path->end = step->end;
    path->items.add(m_memory, step);
    return path;
}

void Resolver::movePredicates(Ast &step)
{
    for (AstPtr &predicate : step.predicates)
        step.stages.add(m_memory, {predicate, {}, 0});
    step.predicates.clear();
}

void Resolver::appendStep(Ast &path, AstPtr step)
{
    if (step->kind == AstKind::Path && step->predicates.empty() && !step->group) {
        for (AstPtr &inner : step->items)
            path.items.add(m_memory, inner);
        return;
    }
    movePredicates(*step);
    path.items.add(m_memory, step);
}

/// A text that turns out to be a field name keeps what stands behind it; a grouping belongs to
/// the step alone.
AstPtr Resolver::quotedName(AstPtr step)
{
    step->kind = AstKind::Name;
    movePredicates(*step);
    if (!step->group)
        return step;
    AstPtr path = asPath(step);
    path->group = std::exchange(step->group, nullptr);
    return path;
}

AstPtr Resolver::dot(AstPtr raw)
{
    const int end = raw->end;
    AstPtr left = resolve(raw->left);
    if (m_failed)
        return raw;
    const bool startsAtParent = left->kind == AstKind::Parent;
    AstPtr path = asPath(left);
    if (startsAtParent)
        path->seekingParent.add(m_memory, path->items.front()->slot);
    AstPtr right = resolve(raw->right);
    if (m_failed)
        return raw;
    appendStep(*path, right);
    path->end = end;
    for (AstPtr &step : path->items) {
        if (step->kind == AstKind::Number || step->kind == AstKind::Constant) {
            fail("S0213", *step, {}, std::string(step->text));
            if (m_failed)
                return path;
            step->kind = AstKind::Error;
        }
        if (step->kind == AstKind::String)
            step = quotedName(step);
        path->keepSingleton = path->keepSingleton || step->keepArray;
    }
    for (Ast *step : {path->items.front().get(), path->items.back().get()})
        step->consArray = step->consArray || step->kind == AstKind::Array;
    resolveAncestry(*path);
    return path;
}

AstPtr Resolver::filter(AstPtr raw)
{
    AstPtr made = resolve(raw->left);
    if (m_failed)
        return raw;
    const bool path = made->kind == AstKind::Path;
    Ast &step = path ? *made->items.back() : *made;
    if (step.group) { // one of the whole path comes after the predicates of its last step
        fail("S0209", *raw);
        return m_failed ? raw : broken(raw, made);
    }
    AstPtr predicate = resolve(raw->right);
    if (m_failed)
        return raw;
    seekParents(step, *predicate);
    if (m_failed)
        return raw;
    if (path)
        step.stages.add(m_memory, {predicate, {}, raw->position});
    else
        step.predicates.add(m_memory, predicate);
    made->end = raw->end;
    return made;
}

AstPtr Resolver::groupBy(AstPtr raw)
{
    AstPtr made = resolve(raw->left);
    if (m_failed)
        return raw;
    if (made->group) {
        fail("S0210", *raw);
        return m_failed ? raw : broken(raw, made);
    }
    made->group = std::construct_at(m_memory.allocateArray<AstGroup>(1));
    made->group->position = raw->position;
    for (AstPair &pair : raw->pairs) {
        pair.key = resolve(pair.key);
        pair.value = resolve(pair.value);
    }
    made->group->pairs = raw->pairs;
    made->end = raw->end;
    return made;
}

AstPtr Resolver::orderBy(AstPtr raw)
{
    AstPtr left = resolve(raw->left);
    if (m_failed)
        return raw;
    AstPtr path = asPath(left);
    const AstPtr sort = make();
    sort->kind = AstKind::Sort;
    sort->position = raw->position;
    sort->start = raw->start;
    sort->end = raw->end;
    for (AstSortTerm &term : raw->terms)
        child(*sort, term.expression);
    sort->terms = raw->terms;
    path->items.add(m_memory, sort);
    path->end = raw->end;
    if (!m_failed)
        resolveAncestry(*path);
    return path;
}

AstPtr Resolver::focus(AstPtr raw)
{
    AstPtr made = resolve(raw->left);
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
    AstPtr made = resolve(raw->left);
    if (m_failed)
        return raw;
    if (made->kind != AstKind::Path) {
        made = asPath(made);
        movePredicates(*made->items.back());
    }
    Ast &step = *made->items.back();
    if (step.stages.empty())
        step.index = raw->right->text;
    else
        step.stages.add(m_memory, {nullptr, raw->right->text, raw->position});
    step.tuple = true;
    made->end = raw->end;
    return made;
}

AstPtr Resolver::negate(AstPtr raw)
{
    raw->left = resolve(raw->left);
    if (m_failed)
        return raw;
    if (raw->left->kind != AstKind::Number) {
        pushAncestry(*raw, *raw->left);
        return raw;
    }
    AstPtr number = raw->left;
    number->number = -number->number;
    number->text = m_memory.copy("-" + std::string(number->text));
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
    AstPtr path = asPath(raw);
    path->keepSingleton = keepArray;
    return path;
}

AstPtr Resolver::parent(AstPtr raw)
{
    raw->slot = std::construct_at(m_memory.allocateArray<AncestorSlot>(1));
    raw->slot->index = static_cast<int>(m_slots.size());
    raw->slot->label = m_memory.copy("!" + std::to_string(m_slots.size()));
    m_slots.push_back(raw->slot);
    return raw;
}

AstPtr Resolver::callOrPartial(AstPtr raw)
{
    for (AstPtr &argument : raw->items)
        child(*raw, argument);
    raw->left = resolve(raw->left);
    return raw;
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

AstPtr resolveRecovering(AstPtr raw, Arena &memory, std::vector<ExpressionError> &errors)
{
    return *Resolver(memory, &errors).run(raw);
}

ExpressionResult<AstPtr> resolve(AstPtr raw, Arena &memory)
{
    return Resolver(memory).run(raw);
}

} // namespace tw::expr
