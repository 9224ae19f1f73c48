// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Inference that follows calls: functions of the language and the writer's own.
#include "core/analysis/Inference.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

namespace {

/// How many arguments a function cannot do without, and whether the context stands in for the
/// first.
struct Needs
{
    std::size_t least = 0;
    bool takesContext = false;
};

Needs needsOf(std::string_view name)
{
    Needs needs;
    for (const FunctionInfo &info : functionTable()) {
        if (info.name != name)
            continue;
        int depth = 0;
        for (const char c : info.signature.substr(0, info.signature.find(':'))) {
            depth += c == '(' || c == '<' ? 1 : c == ')' || c == '>' ? -1 : 0;
            const bool isType = depth == 1 && c != '<' && c != '>' && c != '(' && c != ')';
            if (c == '?')
                --needs.least;
            else if (c == '-')
                needs.takesContext = true;
            else if ((isType && c != '+') || (c == '(' && depth == 2))
                ++needs.least;
        }
    }
    return needs;
}

Known fieldsOf(const Known &object)
{
    const Shape shape = element(object).type.shape;
    std::optional<Known> all;
    for (const Shape::Field &field : shape.fields) {
        const Known one = known(field.shape);
        all = all ? either(*all, one) : one;
    }
    for (const Shape &item : shape.item)
        all = all ? either(*all, known(item)) : known(item);
    return all ? *all : unknown();
}

} // namespace

Known Inference::call(const Ast &node, const Known &context, Scope *scope)
{
    std::vector<Known> arguments;
    std::vector<const Ast *> nodes;
    for (const expr::AstPtr &item : node.items) {
        arguments.push_back(infer(item.get(), context, scope));
        nodes.push_back(item.get());
    }
    const Known procedure = infer(node.left.get(), context, scope);
    return invoke(procedure.callee, std::move(arguments), nodes, context);
}

Known Inference::partial(const Ast &node, const Known &context, Scope *scope)
{
    Callee callee;
    callee.kind = Callee::Kind::Partial;
    for (const expr::AstPtr &item : node.items) {
        if (item && item->kind != AstKind::Placeholder)
            callee.bound.emplace_back(infer(item.get(), context, scope));
        else
            callee.bound.emplace_back(std::nullopt);
    }
    callee.first = infer(node.left.get(), context, scope).callee;
    Known value = unknown();
    value.type.isFunction = true;
    value.callee = callee.first ? keep(std::move(callee)) : nullptr;
    return value;
}

/// `left ~> right`: left becomes the first argument; two functions make a new one.
Known Inference::apply(const Ast &node, const Known &context, Scope *scope)
{
    const Known left = infer(node.left.get(), context, scope);
    if (node.right && node.right->kind == AstKind::Call) {
        std::vector<Known> arguments{left};
        std::vector<const Ast *> nodes{node.left.get()};
        for (const expr::AstPtr &item : node.right->items) {
            arguments.push_back(infer(item.get(), context, scope));
            nodes.push_back(item.get());
        }
        const Known procedure = infer(node.right->left.get(), context, scope);
        const Known result = invoke(procedure.callee, std::move(arguments), nodes, context);
        m_types.add(*node.right, result.type);
        return result;
    }
    const Known right = infer(node.right.get(), context, scope);
    if (left.callee && right.callee) {
        Callee composed;
        composed.kind = Callee::Kind::Composed;
        composed.first = left.callee;
        composed.second = right.callee;
        Known value = unknown();
        value.type.isFunction = true;
        value.callee = keep(std::move(composed));
        return value;
    }
    return invoke(right.callee, {left}, {node.left.get()}, context);
}

Known Inference::invoke(const Callee *callee, std::vector<Known> arguments,
                        const std::vector<const Ast *> &nodes, const Known &context)
{
    if (!callee || m_calls >= kDeepestCall)
        return unknown();
    ++m_calls;
    Known result = unknown();
    switch (callee->kind) {
    case Callee::Kind::Builtin:
        result = builtin(callee->name, std::move(arguments), nodes, context);
        break;
    case Callee::Kind::Lambda:
        result = invokeLambda(*callee, std::move(arguments), context);
        break;
    case Callee::Kind::Transform:
        result = transform(*callee, arguments.empty() ? unknown() : arguments.front());
        break;
    case Callee::Kind::Composed:
        result = invoke(callee->first, std::move(arguments), nodes, context);
        result = invoke(callee->second, {result}, {nullptr}, context);
        break;
    case Callee::Kind::Partial: {
        std::vector<Known> all;
        std::size_t next = 0;
        for (const auto &bound : callee->bound)
            all.push_back(bound ? *bound : next < arguments.size() ? arguments[next++] : unknown());
        const std::vector<const Ast *> noNodes(all.size(), nullptr);
        result = invoke(callee->first, std::move(all), noNodes, context);
        break;
    }
    }
    --m_calls;
    return result;
}

Known Inference::invokeLambda(const Callee &callee, std::vector<Known> arguments,
                              const Known &context)
{
    m_called.push_back(callee.node);
    Scope *scope = newScope(callee.scope);
    for (std::size_t i = 0; i < callee.node->parameters.size(); ++i)
        scope->bind(callee.node->parameters[i], i < arguments.size() ? arguments[i] : unknown());
    return infer(callee.node->right.get(), context, scope);
}

/// A copy of the input with updated fields: what the pattern finds may gain any of them.
Known Inference::transform(const Callee &callee, const Known &input)
{
    const Ast &node = *callee.node;
    const Known found = infer(node.left.get(), input, callee.scope);
    infer(node.right.get(), element(found), callee.scope);
    infer(node.third.get(), element(found), callee.scope);
    Known result = input;
    Shape &shape = result.type.shape;
    if (shape.type == Shape::Type::Group)
        shape.item = {Shape()};
    for (Shape::Field &field : shape.fields)
        field = {field.name, Shape(), false, field.writable};
    return result;
}

Known Inference::builtin(const std::string &name, std::vector<Known> arguments,
                         const std::vector<const Ast *> &nodes, const Known &context)
{
    const Needs needs = needsOf(name);
    std::vector<const Ast *> parts = nodes;
    parts.resize(arguments.size(), nullptr);
    if (needs.takesContext && arguments.size() < needs.least) {
        arguments.insert(arguments.begin(), context);
        parts.insert(parts.begin(), nullptr);
    }
    if (auto result = higherOrder(name, arguments, context))
        return *result;
    return builtinResult(name, arguments, parts);
}

std::optional<Known> Inference::higherOrder(const std::string &name,
                                            const std::vector<Known> &arguments,
                                            const Known &context)
{
    if (arguments.empty())
        return std::nullopt;
    const Known &list = arguments[0];
    const Known item = element(list);
    const Known index = known(ofType(Shape::Type::Integer));
    const Callee *function = arguments.size() > 1 ? arguments[1].callee : nullptr;
    const auto applied = [&](std::vector<Known> to) {
        return invoke(function, std::move(to), {}, context);
    };
    if (name == "map") {
        Known mapped = applied({item, index, list});
        const bool missing = mapped.type.mayBeMissing || list.type.mayBeMissing;
        mapped = isPlural(list) ? sequence(mapped) : mapped;
        mapped.type.mayBeMissing = missing;
        return mapped;
    }
    if (name == "filter" || name == "single") {
        applied({item, index, list});
        Known kept = isPlural(list) ? sequence(list) : list;
        kept.type.mayBeMany = kept.type.mayBeMany && name == "filter";
        kept.type.mayBeMissing = name == "filter" || list.type.mayBeMissing;
        return kept;
    }
    if (name == "reduce") {
        Known sum = arguments.size() > 2 ? arguments[2] : item;
        for (int round = 0; round < 2; ++round) {
            const Known next = applied({sum, item, index, list});
            sum = sum.literal ? next : either(sum, next);
        }
        sum.type.mayBeMissing = sum.type.mayBeMissing || list.type.mayBeMissing;
        return sum;
    }
    if (name == "sort") {
        applied({item, item});
        Known sorted = listOf(sequence(list));
        sorted.type.mayBeMany = false;
        sorted.type.mayBeMissing = list.type.mayBeMissing;
        return sorted;
    }
    if (name == "each" || name == "sift") {
        const Known made = applied({fieldsOf(list), known(ofType(Shape::Type::Text)), list});
        if (name == "each")
            return sequence(made);
        Known kept = item;
        for (Shape::Field &field : kept.type.shape.fields)
            field.required = false;
        return kept;
    }
    return std::nullopt;
}

} // namespace tw::analysis
