// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/CallFailures.h"

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
    return failsAsConstant(site, always) || misfits(site, always) || lacksDollar(site, always);
}

bool CallFailures::failsAsConstant(const CallSite &site, bool always)
{
    constexpr int kMostEvaluations = 200;
    if (!isConstant(*site.whole, m_names) || ++m_evaluations > kMostEvaluations)
        return false;
    const Ast &whole = *site.whole;
    const auto text = m_text.substr(static_cast<std::size_t>(whole.start),
                                    static_cast<std::size_t>(whole.end - whole.start));
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return false;
    Environment environment;
    environment.budget.steps = 20'000;
    environment.budget.bytes = 1U << 20;
    environment.budget.depth = 60;
    environment.budget.sequence = 20'000;
    Arena arena;
    const auto result = compiled->evaluate(arena, Value(), environment);
    if (result || isLimit(result.error().code))
        return false;
    report(site, result.error(), always, true);
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
    const bool certain = misfit.has_value();
    if (!misfit)
        misfit = misfitOf(signature, inferred);
    const std::vector<Parameter> parameters = parametersOf(signature);
    const bool listFirst = !parameters.empty() && !parameters[0].optional && parameters[0].items;
    if (!misfit && listFirst && !site.arguments.empty() &&
        hasMisfitItem(*site.arguments[0], parameters[0].items))
        misfit = Misfit{0, true};
    if (!misfit)
        return false;
    ExpressionError error;
    error.code = misfit->inList ? "T0412" : "T0410";
    error.token = site.procedure->kind == AstKind::Variable ? site.procedure->text : "lambda";
    error.argument = static_cast<int>(misfit->argument) + 1;
    if (misfit->inList)
        error.value = listedKind(parameters[misfit->argument].items);
    else if (misfit->argument < site.arguments.size())
        error.value = "given";
    expr::describe(error);
    report(site, error, always, certain);
    return true;
}

/// `[a, "b"]` where numbers are due.
bool CallFailures::hasMisfitItem(const Ast &argument, Kinds items) const
{
    const bool plain = argument.kind == AstKind::Array && argument.predicates.empty();
    return plain &&
           std::any_of(argument.items.begin(), argument.items.end(), [&](const expr::AstPtr &item) {
               const Kinds kinds = writtenKinds(*item, m_names);
               return (kinds & (items | kList | kMissing)) == 0;
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
    ExpressionFinding &finding = report(site, error, always, true);
    finding.fix = "Write $" + name + " with its dollar sign.";
    finding.fixes.push_back({"Use $" + name, {{path.start, path.end, '$' + name}}});
    return true;
}

ExpressionFinding &CallFailures::report(const CallSite &site, const ExpressionError &error,
                                        bool always, bool certain)
{
    Failure &failure = m_found.emplace_back();
    failure.certain = certain;
    ExpressionFinding &finding = failure.finding;
    finding.severity = always && certain ? Severity::Error : Severity::Warning;
    finding.code = "expr." + error.code;
    finding.message = "This call always fails: " + error.message;
    const FunctionInfo *function =
        site.procedure->kind == AstKind::Variable ? m_names.builtin(site.procedure->text) : nullptr;
    const bool misfit = error.code.starts_with("T04");
    finding.fix = !misfit ? "Correct what it is given."
                  : function
                      ? "It takes " + callForm(*function) + ": " + signatureInWords(*function)
                      : std::string("Give it what its signature says.");
    finding.start = site.whole->start;
    finding.end = site.whole->end;
    return finding;
}

} // namespace tw::analysis
