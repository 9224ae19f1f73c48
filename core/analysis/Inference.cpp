// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Inference.h"

#include "core/data/Money.h"
#include "core/expr/Utf8.h"

#include <algorithm>
#include <cmath>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

Known unknown()
{
    Known value;
    value.type.isKnown = false;
    return value;
}

Known known(Shape shape, bool mayBeMissing)
{
    Known value;
    value.type.isKnown = shape.type != Shape::Type::Any;
    value.type.shape = std::move(shape);
    value.type.mayBeMissing = mayBeMissing;
    return value;
}

Shape ofType(Shape::Type type, std::string unit)
{
    Shape shape;
    shape.type = type;
    shape.unit = std::move(unit);
    return shape;
}

Known either(const Known &a, const Known &b)
{
    const bool nullA = a.literal && a.type.shape.type == Shape::Type::Any;
    const bool nullB = b.literal && b.type.shape.type == Shape::Type::Any;
    Known value;
    if ((!a.type.isKnown && !nullA) || (!b.type.isKnown && !nullB))
        value = unknown();
    else if (a.literal && !b.literal && !nullA && b.type.shape.isNumber())
        value = b;
    else if (b.literal && !a.literal && !nullB && a.type.shape.isNumber())
        value = a;
    else
        value = known(joined(a.type.shape, b.type.shape));
    value.literal = nullA && nullB;
    value.callee = a.callee ? a.callee : b.callee;
    value.type.spelled.clear();
    if (!a.type.spelled.empty() && !b.type.spelled.empty())
        value.type.spelled = {joined(a.type.spelled.front(), b.type.spelled.front())};
    value.type.isFunction = a.type.isFunction && b.type.isFunction;
    value.type.mayBeMissing = a.type.mayBeMissing || b.type.mayBeMissing;
    value.type.mayBeMany = a.type.mayBeMany || b.type.mayBeMany;
    return value;
}

Known element(const Known &value)
{
    Known item = value;
    item.type.mayBeMany = false;
    while (item.type.shape.type == Shape::Type::List) {
        Shape inner = item.type.shape.item.empty() ? Shape() : item.type.shape.item.front();
        item.type.shape = std::move(inner);
        item.type.isKnown = item.type.shape.type != Shape::Type::Any;
    }
    return item;
}

bool isPlural(const Known &value)
{
    return value.type.mayBeMany || value.type.shape.type == Shape::Type::List;
}

Known sequence(Known item)
{
    Known value = element(item);
    value.type.mayBeMany = true;
    value.literal = false;
    return value;
}

Known listOf(const Known &value)
{
    if (value.type.shape.type == Shape::Type::List)
        return value;
    Known list = known(ofType(Shape::Type::List));
    if (value.type.isKnown)
        list.type.shape.item = {value.type.shape};
    return list;
}

std::optional<std::string> plainPath(const Ast &node)
{
    if (node.kind != AstKind::Path || node.group || !node.predicates.empty())
        return std::nullopt;
    std::string text;
    for (const expr::AstPtr &step : node.items) {
        const bool named = step && step->kind == AstKind::Name;
        const bool isVariable = step && step->kind == AstKind::Variable && text.empty();
        if ((!named && !isVariable) || !step->stages.empty() || !step->predicates.empty())
            return std::nullopt;
        text += std::string(text.empty() ? "" : ".") + (isVariable ? "$" : "") +
                std::string(step->text);
    }
    return text;
}

const Known *Scope::find(std::string_view name) const
{
    for (const Scope *scope = this; scope; scope = scope->m_parent) {
        const auto found = scope->m_names.find(name);
        if (found != scope->m_names.end())
            return &found->second;
    }
    return nullptr;
}

Inference::Inference(const Surroundings &surroundings, TypeMap &types)
    : m_surroundings(surroundings),
      m_types(types),
      m_root(surroundings.input ? known(*surroundings.input) : unknown())
{}

Known Inference::run(const Ast &root)
{
    Scope *scope = newScope(nullptr);
    for (const auto &[name, shape] : m_surroundings.bindings)
        scope->bind(name, known(shape));
    const Known result = infer(&root, m_root, scope);
    // Functions that nothing calls here still have fields and units inside.
    for (std::size_t i = 0; i < m_lambdas.size(); ++i) {
        const Callee *lambda = m_lambdas[i];
        if (std::find(m_called.begin(), m_called.end(), lambda->node) == m_called.end())
            invokeLambda(*lambda, {}, unknown());
    }
    return result;
}

Scope *Inference::newScope(const Scope *parent)
{
    return &m_scopes.emplace_back(parent);
}

const Callee *Inference::keep(Callee callee)
{
    return &m_callees.emplace_back(std::move(callee));
}

Known Inference::infer(const Ast *node, const Known &context, Scope *scope)
{
    if (!node || m_depth >= kDeepestNode || ++m_visits > kMostVisits)
        return unknown();
    ++m_depth;
    Known value = ofKind(*node, context, scope);
    for (const expr::AstPtr &predicate : node->predicates)
        value = filtered(predicate.get(), value, scope);
    if (node->group) {
        Known items = element(value);
        items.type.mayBeMany = true;
        value = object(node->group->pairs, element(value), items, scope);
    } else if (node->keepArray && node->kind != AstKind::Path) {
        const bool missing = value.type.mayBeMissing;
        value = listOf(value);
        value.type.mayBeMissing = missing;
    }
    --m_depth;
    m_types.add(*node, value.type);
    return value;
}

Known Inference::ofKind(const Ast &node, const Known &context, Scope *scope)
{
    switch (node.kind) {
    case AstKind::String: {
        Shape shape = ofType(Shape::Type::Text);
        shape.choices = {std::string(node.text)};
        shape.maxLength = static_cast<int>(expr::utf8::pointCount(node.text));
        return known(std::move(shape));
    }
    case AstKind::Number: {
        const bool whole = node.number == std::floor(node.number);
        Known value = known(ofType(whole ? Shape::Type::Integer : Shape::Type::Number));
        value.literal = true;
        return value;
    }
    case AstKind::Constant: {
        if (node.text != "null")
            return known(ofType(Shape::Type::Boolean));
        Known value = unknown();
        value.type.shape.nullable = true;
        value.literal = true;
        return value;
    }
    case AstKind::Variable:
        return variable(node, context, scope);
    case AstKind::Name:
        return fieldStep(node, context, scope);
    case AstKind::Wildcard:
        return wildcard(context);
    case AstKind::Parent: {
        const Known *bound = node.slot ? scope->find(node.slot->label) : nullptr;
        return bound ? *bound : unknown();
    }
    case AstKind::Path:
        return path(node, context, scope);
    case AstKind::Binary:
        return binary(node, context, scope);
    case AstKind::Negate: {
        Known value = infer(node.left.get(), context, scope);
        value.literal = false;
        return value;
    }
    case AstKind::Array:
        return array(node, context, scope);
    case AstKind::Object:
        return object(node.pairs, element(context), context, scope);
    case AstKind::Block:
        return block(node, context, scope);
    case AstKind::Condition:
        return condition(node, context, scope);
    case AstKind::Coalesce:
    case AstKind::Default:
        return otherwise(node, context, scope);
    case AstKind::Bind: {
        Known value = infer(node.right.get(), context, scope);
        scope->bind(node.text, value);
        return value;
    }
    case AstKind::Lambda:
    case AstKind::Transform: {
        Callee callee;
        callee.kind = node.kind == AstKind::Lambda ? Callee::Kind::Lambda : Callee::Kind::Transform;
        callee.node = &node;
        callee.scope = scope;
        Known value = unknown();
        value.callee = keep(std::move(callee));
        value.type.isFunction = true;
        if (node.kind == AstKind::Lambda)
            m_lambdas.push_back(value.callee);
        return value;
    }
    case AstKind::Regex: {
        Known value = unknown();
        value.type.isFunction = true;
        return value;
    }
    case AstKind::Call:
        return call(node, context, scope);
    case AstKind::Partial:
        return partial(node, context, scope);
    case AstKind::Apply:
        return apply(node, context, scope);
    default:
        // A text that is not finished may hold anything; what is inside still has types.
        for (const Ast *part : {node.left.get(), node.right.get(), node.third.get()})
            infer(part, context, scope);
        for (const expr::AstPtr &item : node.items)
            infer(item.get(), context, scope);
        return unknown();
    }
}

Known Inference::variable(const Ast &node, const Known &context, const Scope *scope)
{
    if (node.text.empty())
        return context;
    if (node.text == "$")
        return m_root;
    if (const Known *bound = scope->find(node.text))
        return *bound;
    Known value = unknown();
    const auto table = functionTable();
    const bool isFunction = std::any_of(table.begin(), table.end(), [&](const FunctionInfo &info) {
        return info.name == node.text;
    });
    if (isFunction) {
        Callee callee;
        callee.name = std::string(node.text);
        value.callee = keep(std::move(callee));
        value.type.isFunction = true;
    }
    return value;
}

Known Inference::wildcard(const Known &context) const
{
    const Known item = element(context);
    std::optional<Known> all;
    for (const Shape::Field &field : item.type.shape.fields) {
        const Known one = known(field.shape, true);
        all = all ? either(*all, one) : one;
    }
    return all ? sequence(*all) : unknown();
}

Known Inference::binary(const Ast &node, const Known &context, Scope *scope)
{
    const Known left = infer(node.left.get(), context, scope);
    const std::size_t present = m_present.size();
    if (node.text == "and")
        presentIn(node.left.get(), m_present);
    const Known right = infer(node.right.get(), context, scope);
    m_present.resize(present);
    const bool missing = left.type.mayBeMissing || right.type.mayBeMissing;
    if (node.text == "&") {
        Shape shape = ofType(Shape::Type::Text);
        const auto &a = left.type.shape.maxLength;
        const auto &b = right.type.shape.maxLength;
        if (a && b && *a < 1'000'000 && *b < 1'000'000)
            shape.maxLength = *a + *b;
        return known(std::move(shape));
    }
    if (node.text == "..") {
        Shape list = ofType(Shape::Type::List);
        list.item = {ofType(Shape::Type::Integer)};
        return known(std::move(list), missing);
    }
    if (node.text.size() == 1 && std::string_view("+-*/%").find(node.text) != std::string::npos)
        return known(arithmeticShape(node.text, left, right, node.left.get(), node.right.get()),
                     missing);
    const bool order = node.text.starts_with('<') || node.text.starts_with('>');
    return known(ofType(Shape::Type::Boolean), order && missing);
}

Known Inference::array(const Ast &node, const Known &context, Scope *scope)
{
    std::optional<Known> items;
    for (const expr::AstPtr &part : node.items) {
        Known item = infer(part.get(), context, scope);
        if (part && part->kind != AstKind::Array)
            item = element(item);
        items = items ? either(*items, item) : item;
    }
    Known list = known(ofType(Shape::Type::List));
    if (items && items->type.isKnown)
        list.type.shape.item = {items->type.shape};
    return list;
}

Known Inference::object(const expr::AstList<expr::AstPair> &pairs, const Known &keyContext,
                        const Known &valueContext, Scope *scope)
{
    Shape group = ofType(Shape::Type::Group);
    for (const expr::AstPair &pair : pairs) {
        const Known key = infer(pair.key.get(), keyContext, scope);
        const Known value = infer(pair.value.get(), valueContext, scope);
        const Shape shape = value.type.isKnown || value.literal ? fieldShape(value.type) : Shape();
        const bool isLiteral = pair.key && pair.key->kind == AstKind::String;
        if (isLiteral && !group.find(pair.key->text))
            group.fields.push_back(
                {std::string(pair.key->text), shape, !value.type.mayBeMissing, true});
        else
            group.item = {group.item.empty() ? shape : joined(group.item.front(), shape)};
    }
    return known(std::move(group));
}

Known Inference::block(const Ast &node, const Known &context, Scope *scope)
{
    Scope *inner = newScope(scope);
    Known last = known(Shape(), true);
    for (const expr::AstPtr &item : node.items)
        last = infer(item.get(), context, inner);
    return last;
}

Known Inference::condition(const Ast &node, const Known &context, Scope *scope)
{
    infer(node.left.get(), context, scope);
    const std::size_t before = m_present.size();
    presentIn(node.left.get(), m_present);
    const Known yes = infer(node.right.get(), context, scope);
    m_present.resize(before);
    if (!node.third) {
        Known value = yes;
        value.type.mayBeMissing = true;
        return value;
    }
    const Known no = infer(node.third.get(), context, scope);
    Known value = either(yes, no);
    // `currency in [...] ? amount : amount / 100` is the rule of $toMajor written out.
    if (yes.type.shape.type == Shape::Type::Money && no.type.shape.type == Shape::Type::Money &&
        yes.type.shape.unit != no.type.shape.unit && mentionsCurrency(node.left.get()) &&
        !asksForTwoDecimals(*node.left))
        value.type.shape = ofType(Shape::Type::Money, "major");
    return value;
}

bool Inference::mentionsCurrency(const Ast *node) const
{
    if (!node)
        return false;
    if (m_types.of(*node).shape.type == Shape::Type::Currency)
        return true;
    const auto inside = [this](const expr::AstPtr &part) { return mentionsCurrency(part.get()); };
    return inside(node->left) || inside(node->right) || inside(node->third) ||
           std::any_of(node->items.begin(), node->items.end(), inside);
}

Known Inference::otherwise(const Ast &node, const Known &context, Scope *scope)
{
    Known left = infer(node.left.get(), context, scope);
    const Known right = infer(node.right.get(), context, scope);
    left.type.mayBeMissing = false;
    if (node.kind == AstKind::Default)
        left.type.shape.nullable = false;
    return either(left, right);
}

/// Paths that have a value wherever `test` is true.
void Inference::presentIn(const Ast *test, std::vector<Present> &out) const
{
    if (!test)
        return;
    if (const auto path = plainPath(*test))
        out.push_back({*path, true});
    const bool isBlock = test->kind == AstKind::Block && test->items.size() == 1;
    if (isBlock)
        return presentIn(test->items.front().get(), out);
    if (test->kind == AstKind::Call && test->left && test->left->text == "exists" &&
        !test->items.empty() && test->items.front()) {
        if (const auto path = plainPath(*test->items.front()))
            out.push_back({*path, false});
    }
    if (test->kind != AstKind::Binary || test->text == "or")
        return;
    for (const Ast *side : {test->left.get(), test->right.get()}) {
        if (test->text == "and")
            presentIn(side, out);
        else if (const auto path = side ? plainPath(*side) : std::nullopt)
            out.push_back({*path, true});
    }
}

bool asksForTwoDecimals(const Ast &test)
{
    bool some = false;
    bool all = true;
    const auto look = [&](const auto &self, const Ast &node) -> void {
        const auto rule =
            node.kind == AstKind::String ? currencyRule(node.text) : Result<CurrencyRule>(Error{});
        if (rule && isKnownCurrency(rule->code)) {
            some = true;
            all = all && rule->exponent == 2 && rule->multipleOf == 1;
        }
        for (const expr::AstPtr *part : {&node.left, &node.right, &node.third}) {
            if (*part)
                self(self, **part);
        }
        for (const expr::AstPtr &item : node.items)
            self(self, *item);
        for (const expr::AstPair &pair : node.pairs)
            self(self, *pair.key);
    };
    look(look, test);
    return some && all;
}

} // namespace tw::analysis
