// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of calls: what functions are given, and calls that cannot go well.
#include "core/analysis/CallFailures.h"
#include "core/analysis/Checks.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

void Checks::checkEval(const Ast &whole, const Ast &procedure)
{
    const bool isEval = procedure.kind == AstKind::Variable && procedure.text == "eval";
    if (isEval && !m_names.contains("eval"))
        report(whole, "map.eval",
               "$eval is not allowed in flows: nobody can see beforehand what it would do.",
               "Write the expression itself.", Severity::Error);
}

void Checks::checkCall(const CallSite &site)
{
    const FunctionInfo *function = namedFunction(*site.procedure);
    if (!function || m_names.contains(std::string(function->name)))
        return;
    checkEval(*site.whole, *site.procedure);
    checkArguments(site, *function);
    checkTimeFunction(site);
    checkZoneIsPortable(site);
    checkMoneyFunction(site);
    checkNumberPicture(site);
    checkAggregate(site);
    const auto &arguments = site.arguments;
    if (arguments.size() < 2)
        return;
    if (function->name == "lookup")
        checkTable(*arguments[1], *arguments[0]);
    else if (function->name == "mapValue")
        checkTable(*arguments[0], *arguments[1]);
}

void Checks::checkArguments(const CallSite &site, const FunctionInfo &function)
{
    const std::vector<Parameter> parameters = parametersOf(function.signature);
    const auto least = static_cast<std::size_t>(std::ranges::count_if(
        parameters, [](const Parameter &one) { return !one.optional || one.context; }));
    if (site.arguments.size() < least) // the context stands in for the first
        return;
    for (std::size_t i = 0; i < site.arguments.size() && i < parameters.size(); ++i) {
        const Ast &argument = *site.arguments[i];
        const Inferred &type = typeOf(argument);
        const Kinds takes = parameters[i].takes & ~kMissing;
        if (!type.isKnown || (takes != kText && takes != kNumber))
            continue;
        const std::string name = '$' + std::string(function.name);
        const bool isText = takes == kText;
        const bool plural = type.mayBeMany || type.shape.type == Type::List;
        if (plural) {
            auto &finding = report(argument, "map.one_element_list",
                                   name + " takes one value, but this may be several.",
                                   "Take one of them, or use $map.");
            addFix(finding, argument, '(' + textOf(argument) + ")[0]");
        } else if (isText && (type.shape.isNumber() || type.shape.type == Type::Boolean)) {
            auto &finding =
                report(argument, "map.wrong_type",
                       name + " takes text, but this is " + described(type.shape) + '.');
            const bool isSeconds = isUnit(type, Type::Instant, "unix_seconds");
            if (function.name == "toMillis" && type.shape.type == Type::Instant)
                addFix(finding, *site.whole,
                       isSeconds ? operandText(argument) + " * 1000" : textOf(argument));
            else
                addFix(finding, argument, "$string(" + textOf(argument) + ')');
        } else if (!isText && type.shape.isText()) {
            auto &finding =
                report(argument, "map.wrong_type",
                       name + " takes a number, but this is " + described(type.shape) + '.');
            if (type.shape.type == Type::Instant)
                addFix(finding, argument, "$toMillis(" + textOf(argument) + ')');
            else
                addFix(finding, argument, "$number(" + textOf(argument) + ')');
        }
    }
}

/// A call that cannot go well is one finding: what was said about its arguments becomes its remedy.
/// Where only the schema tells, what is said about the arguments already is enough.
void Checks::checkFailures()
{
    for (auto &[failing, certain] : CallFailures(m_text, m_root, m_types, m_surroundings).run()) {
        const auto isPart = [&failing = failing](const ExpressionFinding &one) {
            return (one.code == "map.wrong_type" || one.code == "map.one_element_list") &&
                   one.start >= failing.start && one.end <= failing.end;
        };
        const auto known = std::ranges::find_if(m_found, isPart);
        if (known != m_found.end() && !certain)
            continue;
        if (known != m_found.end()) {
            failing.fix = known->fix;
            failing.fixes.insert(failing.fixes.end(), known->fixes.begin(), known->fixes.end());
        }
        std::erase_if(m_found, isPart);
        m_found.push_back(std::move(failing));
    }
}

} // namespace tw::analysis
