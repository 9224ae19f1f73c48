// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Inference that follows paths: steps, predicates, sorting, bindings.
#include "core/analysis/Inference.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

namespace {

/// What a field of this name gives, and whether there can be one.
Known fieldOf(const Known &item, std::string_view name, bool &exists)
{
    const Shape &shape = item.type.shape;
    exists = true;
    if (!item.type.isKnown || shape.type == Shape::Type::Any)
        return unknown();
    if (const Shape::Field *field = shape.find(name))
        return known(field->shape, !field->required);
    const bool isOpen =
        shape.type == Shape::Type::Group && (!shape.item.empty() || shape.fields.empty());
    if (isOpen && std::find(shape.absent.begin(), shape.absent.end(), name) == shape.absent.end())
        return known(shape.item.empty() ? Shape() : shape.item.front(), true);
    exists = false;
    Known nothing = unknown();
    nothing.type.mayBeMissing = true;
    return nothing;
}

/// Metadata has the keys that people give it: a sample tells only some of them.
bool isMetadata(const Ast &step)
{
    return step.kind == AstKind::Name && step.text == "metadata";
}

Known opened(Known group)
{
    Shape &shape = group.type.shape;
    if (shape.type == Shape::Type::Group && shape.item.empty())
        shape.item = {ofType(Shape::Type::Text)};
    for (Shape::Field &field : shape.fields)
        field.required = false;
    return group;
}

} // namespace

Known Inference::path(const Ast &node, const Known &context, Scope *scope)
{
    Scope *inner = newScope(scope);
    Known value = context;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (!node.items[i] || ++m_visits > kMostVisits)
            return unknown();
        value = pathStep(*node.items[i], i == 0, value, inner);
    }
    if (value.type.mayBeMany)
        value = sequence(std::move(value));
    if (node.keepSingleton) {
        const bool missing = value.type.mayBeMissing;
        value = listOf(value);
        value.type.mayBeMany = false;
        value.type.mayBeMissing = missing;
    }
    if (m_present.empty())
        return value;
    const auto plain = plainPath(node);
    for (const Present &present : m_present) {
        if (plain != present.path)
            continue;
        value.type.mayBeMissing = false;
        value.type.shape.nullable = value.type.shape.nullable && !present.notNull;
    }
    return value;
}

Known Inference::pathStep(const Ast &step, bool first, const Known &value, Scope *scope)
{
    const bool plural = isPlural(value);
    const Known item = element(value);
    if (step.ancestor)
        scope->bind(step.ancestor->label, item);
    if (step.kind == AstKind::Sort) {
        for (const expr::AstSortTerm &term : step.terms)
            infer(term.expression.get(), item, scope);
        const Known sorted = plural ? sequence(value) : value;
        m_types.add(step, sorted.type);
        return stages(step, sorted, scope);
    }
    Known result;
    if (step.kind == AstKind::Name) {
        result = fieldStep(step, item, scope);
        m_types.add(step, result.type);
    } else {
        result = infer(&step, first && !plural ? value : item, scope);
    }
    // `@$x` binds what the step found and goes on from where it looked.
    const bool binds = !step.focus.empty();
    result.type.mayBeMissing = result.type.mayBeMissing || (!first && value.type.mayBeMissing);
    result = stages(step, result, scope);
    const bool stepPlural = isPlural(result);
    if (binds) {
        scope->bind(step.focus, element(result));
        result = plural || stepPlural ? sequence(item) : item;
    } else if (plural && (!step.consArray || step.kind != AstKind::Array)) {
        result = sequence(std::move(result));
    } else if (plural) {
        result.type.mayBeMany = true;
    }
    if (!step.index.empty())
        scope->bind(step.index, known(ofType(Shape::Type::Integer)));
    return result;
}

Known Inference::fieldStep(const Ast &step, const Known &value, Scope *)
{
    const Known item = element(value);
    bool exists = true;
    Known result = fieldOf(item, step.text, exists);
    m_types.addStep(step, {item.type, exists});
    result.type.mayBeMissing = result.type.mayBeMissing || item.type.shape.nullable;
    return isMetadata(step) ? opened(std::move(result)) : result;
}

Known Inference::stages(const Ast &step, Known value, Scope *scope)
{
    if (step.keepArray && step.kind == AstKind::Name)
        value = listOf(value);
    for (const expr::AstStage &stage : step.stages) {
        if (stage.filter)
            value = filtered(stage.filter.get(), value, scope);
        else if (!stage.index.empty())
            scope->bind(stage.index, known(ofType(Shape::Type::Integer)));
    }
    return value;
}

Known Inference::filtered(const Ast *predicate, const Known &value, Scope *scope)
{
    const bool plural = isPlural(value);
    const Known item = element(value);
    const Known test = infer(predicate, item, scope);
    Known result = plural ? sequence(value) : value;
    const bool isPick = test.type.isKnown && test.type.shape.isNumber() && !isPlural(test);
    if (isPick && plural)
        result.type.mayBeMany = false;
    const auto number = literalNumber(predicate);
    const bool isWhole = isPick && !plural && number && (*number == 0 || *number == -1);
    result.type.mayBeMissing = result.type.mayBeMissing || !isWhole;
    return result;
}

} // namespace tw::analysis
