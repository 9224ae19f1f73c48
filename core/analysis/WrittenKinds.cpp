// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/WrittenKinds.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

std::optional<CallSite> callSiteOf(const Ast &node)
{
    CallSite site;
    site.whole = &node;
    const Ast *call = &node;
    if (node.kind == AstKind::Apply) {
        const AstKind left = node.left->kind;
        if (left == AstKind::Lambda || left == AstKind::Partial || left == AstKind::Regex ||
            left == AstKind::Transform)
            return std::nullopt;
        site.arguments.push_back(node.left.get());
        call = node.right.get();
    }
    if (call->kind == AstKind::Call) {
        for (const expr::AstPtr &item : call->items)
            site.arguments.push_back(item.get());
        call = call->left.get();
    } else if (!site.isChained()) {
        return std::nullopt;
    }
    site.procedure = call;
    return site;
}

WrittenNames::WrittenNames(const Ast &root, const Surroundings &surroundings)
{
    constexpr int kOften = 2;
    for (const auto &[name, shape] : surroundings.bindings)
        m_bound[name] = kOften;
    collect(root);
}

void WrittenNames::collect(const Ast &node)
{
    const auto bind = [this](std::string_view name) { ++m_bound[std::string(name)]; };
    if (node.kind == AstKind::Bind) {
        bind(node.text);
        const Ast &value = *node.right;
        if (value.kind == AstKind::Lambda && value.predicates.empty() && !value.group)
            m_lambdas[std::string(node.text)] = &value;
    }
    for (const std::string_view name : node.parameters)
        bind(name);
    for (const std::string_view name : {node.focus, node.index}) {
        if (!name.empty())
            bind(name);
    }
    for (const expr::AstStage &stage : node.stages) {
        if (!stage.index.empty())
            bind(stage.index);
    }
    eachPart(node, [this](const Ast &part) { collect(part); });
}

const FunctionInfo *WrittenNames::builtin(std::string_view name) const
{
    if (m_bound.contains(name))
        return nullptr;
    const auto table = functionTable();
    const auto found = std::ranges::find(table, name, &FunctionInfo::name);
    return found == table.end() ? nullptr : &*found;
}

std::string_view WrittenNames::signatureOf(const Ast &procedure) const
{
    if (!procedure.predicates.empty() || procedure.group)
        return {};
    if (procedure.kind == AstKind::Lambda)
        return procedure.flags;
    if (procedure.kind != AstKind::Variable)
        return {};
    if (const FunctionInfo *function = builtin(procedure.text))
        return function->signature;
    const auto count = m_bound.find(procedure.text);
    const auto lambda = m_lambdas.find(procedure.text);
    const bool one = count != m_bound.end() && count->second == 1;
    return one && lambda != m_lambdas.end() ? lambda->second->flags : std::string_view();
}

namespace {

Kinds ofOperator(std::string_view text)
{
    if (text == "&")
        return kText;
    if (text == "..")
        return kList | kMissing;
    const bool order = text.starts_with('<') || text.starts_with('>');
    if (text.size() == 1 && std::string_view("+-*/%").find(text) != std::string_view::npos)
        return kNumber | kMissing;
    return order ? kBoolean | kMissing : kBoolean;
}

Kinds ofCall(const Ast &call, const WrittenNames &names)
{
    const FunctionInfo *function =
        call.left->kind == AstKind::Variable ? names.builtin(call.left->text) : nullptr;
    if (!function)
        return kAnyKind;
    const Kinds kinds = resultKinds(function->signature);
    return function->extension ? kinds | kNull : kinds; // ours hand null on
}

} // namespace

Kinds writtenKinds(const Ast &node, const WrittenNames &names)
{
    if (!node.predicates.empty() || node.group || node.keepArray)
        return kAnyKind;
    switch (node.kind) {
    case AstKind::String:
        return kText;
    case AstKind::Number:
        return kNumber;
    case AstKind::Constant:
        return node.text == "null" ? kNull : kBoolean;
    case AstKind::Regex:
    case AstKind::Lambda:
    case AstKind::Transform:
    case AstKind::Partial:
        return kFunction;
    case AstKind::Variable:
        return names.builtin(node.text) ? kFunction : kAnyKind;
    case AstKind::Array:
        return kList;
    case AstKind::Object:
        return kGroup;
    case AstKind::Binary:
        return ofOperator(node.text);
    case AstKind::Negate:
        return kNumber | kMissing;
    case AstKind::Call:
        return ofCall(node, names);
    case AstKind::Condition:
        return writtenKinds(*node.right, names) |
               (node.third ? writtenKinds(*node.third, names) : kMissing);
    case AstKind::Coalesce:
    case AstKind::Default:
        return writtenKinds(*node.left, names) | writtenKinds(*node.right, names);
    case AstKind::Block:
        return node.items.empty() ? kMissing : writtenKinds(*node.items.back(), names);
    case AstKind::Bind:
        return writtenKinds(*node.right, names);
    default:
        return kAnyKind;
    }
}

Kinds inferredKinds(const Inferred &type)
{
    if (!type.isKnown || type.isFunction)
        return kAnyKind;
    const Shape &shape = type.shape;
    Kinds kinds = shape.type == Shape::Type::List      ? kList
                  : shape.type == Shape::Type::Group   ? kGroup
                  : shape.type == Shape::Type::Boolean ? kBoolean
                  : shape.isNumber()                   ? kNumber
                  : shape.isText()                     ? kText
                                                       : kAnyKind;
    if (type.mayBeMany)
        kinds |= kList | kMissing;
    return kinds | (type.mayBeMissing ? kMissing : 0U) | (shape.nullable ? kNull : 0U);
}

namespace {

/// One walk for isConstant(), with the names that are bound around a node.
class Constancy
{
public:
    explicit Constancy(const WrittenNames &names) : m_names(names) {}

    bool holds(const Ast &node)
    {
        if (node.group || !node.stages.empty() || !all(node.predicates))
            return false;
        switch (node.kind) {
        case AstKind::String:
        case AstKind::Number:
        case AstKind::Constant:
        case AstKind::Regex:
            return true;
        case AstKind::Variable:
            return isKnown(node.text);
        case AstKind::Block:
            return inner([&] { return parts(node); });
        case AstKind::Bind:
            m_local.push_back(node.text);
            return holds(*node.right);
        case AstKind::Lambda:
            return inner([&] {
                m_local.insert(m_local.end(), node.parameters.begin(), node.parameters.end());
                return holds(*node.right);
            });
        case AstKind::Call:
        case AstKind::Apply:
            return keepsFromContext(node) && parts(node);
        case AstKind::Placeholder:
            return true;
        case AstKind::Binary:
        case AstKind::Negate:
        case AstKind::Array:
        case AstKind::Object:
        case AstKind::Condition:
        case AstKind::Coalesce:
        case AstKind::Default:
            return parts(node);
        default:
            return false;
        }
    }

private:
    static bool isPure(std::string_view function)
    {
        constexpr std::string_view kOthers[] = {"assert", "error",  "eval",   "millis",
                                                "now",    "random", "shuffle"};
        return std::ranges::find(kOthers, function) == std::end(kOthers);
    }

    bool isKnown(std::string_view name) const
    {
        return std::ranges::find(m_local, name) != m_local.end() ||
               (isPure(name) && m_names.builtin(name));
    }

    bool keepsFromContext(const Ast &node)
    {
        const auto site = callSiteOf(node);
        if (!site)
            return node.kind == AstKind::Apply;
        std::vector<Kinds> kinds;
        for (const Ast *argument : site->arguments)
            kinds.push_back(writtenKinds(*argument, m_names));
        return !takesContext(m_names.signatureOf(*site->procedure), kinds);
    }

    template <typename Check>
    bool inner(const Check &check)
    {
        const std::size_t before = m_local.size();
        const bool good = check();
        m_local.resize(before);
        return good;
    }

    bool all(const expr::AstList<expr::AstPtr> &list)
    {
        return std::all_of(list.begin(), list.end(),
                           [this](const auto &one) { return holds(*one); });
    }

    bool parts(const Ast &node)
    {
        // Of `a ~> $f(b)` the right side is no call of its own.
        if (node.kind == AstKind::Apply && node.right->kind == AstKind::Call)
            return holds(*node.left) && holds(*node.right->left) && all(node.right->items);
        bool good = true;
        eachPart(node, [&](const Ast &part) { good = good && holds(part); });
        return good;
    }

    const WrittenNames &m_names;
    std::vector<std::string_view> m_local;
};

} // namespace

bool isConstant(const Ast &node, const WrittenNames &names)
{
    return Constancy(names).holds(node);
}

} // namespace tw::analysis
