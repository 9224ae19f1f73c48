// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/CallFailures.h"

#include "core/analysis/ConstantProbes.h"
#include "core/expr/Errors.h"
#include "core/expr/FunctionReference.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

namespace {

bool isLambda(const Ast &node)
{
    bool found = node.kind == AstKind::Lambda;
    eachPart(node, [&found](const Ast &part) { found = found || isLambda(part); });
    return found;
}

std::string listedKind(Kinds items)
{
    return items == kNumber    ? "numbers"
           : items == kBoolean ? "booleans"
           : items == kGroup   ? "objects"
                               : "strings";
}

/// A limit that a larger budget would move says nothing about the call.
bool isLimit(std::string_view code)
{
    constexpr std::string_view kLimits[] = {"D1011", "D1012", "D2015", "U1001", "X1001"};
    return std::ranges::find(kLimits, code) != std::end(kLimits);
}

} // namespace

CallFailures::CallFailures(std::string_view text, const Ast &root, const TypeMap &types,
                           const Surroundings &surroundings)
    : m_text(text),
      m_root(root),
      m_types(types),
      m_names(root, surroundings),
      m_hasLambdas(isLambda(root))
{}

std::vector<CallFailures::Failure> CallFailures::run()
{
    look(m_root, true);
    return std::move(m_found);
}

/// `always`: the node is evaluated each time. True when something was found; what holds a failing
/// call is not looked at again.
bool CallFailures::look(const Ast &node, bool always)
{
    if (lookInside(node, always))
        return true;
    if (repeatsKey(node, always) || dividesByZero(node, always))
        return true;
    const auto site = callSiteOf(node);
    return site && lookAt(*site, always);
}

bool CallFailures::lookInside(const Ast &node, bool always)
{
    bool found = false;
    const auto inside = [&](const expr::AstPtr &part, bool sure) {
        if (part && look(*part, always && sure))
            found = true;
    };
    const bool isPath = node.kind == AstKind::Path;
    const bool isLazy = node.kind == AstKind::Condition || node.kind == AstKind::Coalesce ||
                        node.kind == AstKind::Default || node.text == "and" || node.text == "or";
    const bool isLater = node.kind == AstKind::Lambda || node.kind == AstKind::Transform;
    inside(node.left, !isLater);
    if (node.kind == AstKind::Apply && node.right->kind == AstKind::Call) {
        inside(node.right->left, true);
        for (const expr::AstPtr &item : node.right->items)
            inside(item, true);
    } else {
        inside(node.right, !isLazy && !isLater);
    }
    inside(node.third, false);
    for (std::size_t i = 0; i < node.items.size(); ++i)
        inside(node.items[i], !isPath || i == 0);
    for (const expr::AstPair &pair : node.pairs) {
        inside(pair.key, true);
        inside(pair.value, true);
    }
    for (const expr::AstSortTerm &term : node.terms)
        inside(term.expression, false);
    for (const expr::AstPtr &predicate : node.predicates)
        inside(predicate, false);
    for (const expr::AstStage &stage : node.stages)
        inside(stage.filter, false);
    for (std::size_t i = 0; node.group && i < node.group->pairs.size(); ++i) {
        inside(node.group->pairs[i].key, false);
        inside(node.group->pairs[i].value, false);
    }
    return found;
}

bool CallFailures::lookAt(const CallSite &site, bool always)
{
    return failsAsConstant(site, always) || misfits(site, always) ||
           hasWrongConstant(site, always) || lacksDollar(site, always);
}

std::string_view CallFailures::textOf(const Ast &node) const
{
    return m_text.substr(static_cast<std::size_t>(node.start),
                         static_cast<std::size_t>(node.end - node.start));
}

std::optional<ExpressionError> CallFailures::failureOf(const std::string &call)
{
    constexpr int kMostEvaluations = 200;
    if (++m_evaluations > kMostEvaluations)
        return std::nullopt;
    const auto compiled = Expression::compile(call);
    if (!compiled)
        return std::nullopt;
    Environment environment;
    environment.budget.steps = 20'000;
    environment.budget.bytes = 1U << 20;
    environment.budget.depth = 60;
    environment.budget.sequence = 20'000;
    Arena arena;
    const auto result = compiled->evaluate(arena, Value(), environment);
    if (result || isLimit(result.error().code))
        return std::nullopt;
    return result.error();
}

bool CallFailures::failsAsConstant(const CallSite &site, bool always)
{
    if (!isConstant(*site.whole, m_names))
        return false;
    const auto error = failureOf(std::string(textOf(*site.whole)));
    if (error)
        report(*site.whole, site.procedure, *error, always, true);
    return error.has_value();
}

/// A currency, zone, picture or base that no value of the other arguments makes right.
bool CallFailures::hasWrongConstant(const CallSite &site, bool always)
{
    const FunctionInfo *function =
        site.procedure->kind == AstKind::Variable ? m_names.builtin(site.procedure->text) : nullptr;
    if (!function)
        return false;
    std::vector<Kinds> kinds;
    for (const Ast *argument : site.arguments)
        kinds.push_back(writtenKinds(*argument, m_names));
    const std::size_t before = takesContext(function->signature, kinds) ? 1 : 0;
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
        const Ast &argument = *site.arguments[i];
        const auto probe =
            probeOf(function->name, i + before, site.arguments.size() + before, textOf(argument));
        if (!probe || !isConstant(argument, m_names))
            continue;
        auto error = failureOf(*probe);
        if (!error || error->code.starts_with("T04"))
            continue;
        error->token = function->name;
        ExpressionFinding &finding = report(argument, nullptr, *error, always, true);
        finding.fix = "Correct this argument.";
        return true;
    }
    return false;
}

/// `{"a": 1, "a": 2}`
bool CallFailures::repeatsKey(const Ast &node, bool always)
{
    if (node.kind != AstKind::Object)
        return false;
    const auto &pairs = node.pairs;
    for (std::size_t i = 1; i < pairs.size(); ++i) {
        const Ast &key = *pairs[i].key;
        const bool again =
            key.kind == AstKind::String &&
            std::any_of(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(i),
                        [&key](const expr::AstPair &other) {
                            return other.key->kind == AstKind::String &&
                                   other.key->text == key.text;
                        });
        if (!again)
            continue;
        ExpressionError error;
        error.code = "D1009";
        error.value = textOf(key);
        expr::describe(error);
        ExpressionFinding &finding = report(key, nullptr, error, always, true);
        finding.message = "This object always fails: " + error.message;
        finding.fix = "Give each key once.";
        return true;
    }
    return false;
}

/// `x / 0` and `x % 0`
bool CallFailures::dividesByZero(const Ast &node, bool always)
{
    const bool divides = node.kind == AstKind::Binary && (node.text == "/" || node.text == "%");
    if (!divides || node.right->kind != AstKind::Number || node.right->number != 0)
        return false;
    ExpressionError error;
    error.code = "D1001";
    ExpressionFinding &finding = report(node, nullptr, error, always, false);
    finding.message = "This divides by zero, which gives no finite number.";
    finding.fix = "Divide by another number.";
    return true;
}

bool CallFailures::misfits(const CallSite &site, bool always)
{
    const std::string_view signature = m_names.signatureOf(*site.procedure);
    if (signature.empty())
        return false;
    std::vector<Kinds> written;
    std::vector<Kinds> inferred;
    const bool joins = site.procedure == site.whole->right.get() &&
                       writtenKinds(*site.arguments[0], m_names) == kFunction;
    if (joins) // two functions become one
        return false;
    for (const Ast *argument : site.arguments) {
        written.push_back(writtenKinds(*argument, m_names));
        const Kinds both = written.back() & inferredKinds(m_types.of(*argument));
        inferred.push_back(both ? both : written.back());
    }
    auto misfit = misfitOf(signature, written);
    bool certain = misfit.has_value();
    if (!misfit)
        misfit = misfitOf(signature, inferred);
    const std::vector<Parameter> parameters = parametersOf(signature);
    const bool listFirst = !parameters.empty() && !parameters[0].optional && parameters[0].items;
    if (!misfit && listFirst && !site.arguments.empty()) {
        const Ast &list = *site.arguments[0];
        const Kinds items = parameters[0].items;
        certain = hasMisfitItem(list, items, false);
        if (certain || hasMisfitItem(list, items, true))
            misfit = Misfit{0, true};
    }
    if (!misfit)
        return false;
    ExpressionError error;
    error.code = misfit->inList ? "T0412" : "T0410";
    error.token = site.procedure->kind == AstKind::Variable ? site.procedure->text : "lambda";
    error.argument = static_cast<int>(misfit->argument) + 1;
    if (misfit->inList)
        error.value = listedKind(parameters[misfit->argument].items);
    else if (misfit->argument < site.arguments.size())
        error.value = expr::kSomeValue;
    expr::describe(error);
    report(*site.whole, site.procedure, error, always, certain);
    return true;
}

/// `[a, "b"]` where numbers are due.
bool CallFailures::hasMisfitItem(const Ast &argument, Kinds items, bool bySchema) const
{
    const bool plain = argument.kind == AstKind::Array && argument.predicates.empty();
    return plain &&
           std::any_of(argument.items.begin(), argument.items.end(), [&](const expr::AstPtr &item) {
               const Kinds written = writtenKinds(*item, m_names);
               const Kinds kinds = bySchema ? written & inferredKinds(m_types.of(*item)) : written;
               return kinds != 0 && (kinds & (items | kList | kMissing)) == 0;
           });
}

/// `sum(prices)` calls the field "sum", which cannot hold a function.
bool CallFailures::lacksDollar(const CallSite &site, bool always)
{
    const Ast &path = *site.procedure;
    if (m_hasLambdas || path.kind != AstKind::Path || path.items.size() != 1 ||
        path.items[0]->kind != AstKind::Name)
        return false;
    const std::string name(path.items[0]->text);
    if (!m_names.builtin(name))
        return false;
    ExpressionError error;
    error.code = "T1005";
    error.token = name;
    expr::describe(error);
    ExpressionFinding &finding = report(*site.whole, site.procedure, error, always, true);
    finding.fix = "Write $" + name + " with its dollar sign.";
    finding.fixes.push_back({"Use $" + name, {{path.start, path.end, '$' + name}}});
    return true;
}

ExpressionFinding &CallFailures::report(const Ast &at, const Ast *procedure,
                                        const ExpressionError &error, bool always, bool certain)
{
    Failure &failure = m_found.emplace_back();
    failure.certain = certain;
    ExpressionFinding &finding = failure.finding;
    finding.severity = always && certain ? Severity::Error : Severity::Warning;
    finding.code = "expr." + error.code;
    finding.message = "This call always fails: " + error.message;
    const FunctionInfo *function = procedure && procedure->kind == AstKind::Variable
                                       ? m_names.builtin(procedure->text)
                                       : nullptr;
    const bool misfit = error.code.starts_with("T04");
    finding.fix = !misfit ? "Correct what it is given."
                  : function
                      ? "It takes " + callForm(*function) + ": " + signatureInWords(*function)
                      : std::string("Give it what its signature says.");
    finding.start = at.start;
    finding.end = at.end;
    return finding;
}

} // namespace tw::analysis
