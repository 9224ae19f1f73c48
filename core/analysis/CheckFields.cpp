// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of names: fields, variables, functions and what they are given.
#include "core/analysis/Checks.h"
#include "core/analysis/Inference.h"

#include "core/base/Text.h"

#include <algorithm>
#include <deque>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

namespace {

/// A name as a path writes it: with backquotes where it is no plain word.
std::string stepText(const std::string &name)
{
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || (c & 0x80) != 0;
    };
    const bool digitFirst = !name.empty() && name.front() >= '0' && name.front() <= '9';
    const bool word = name == "and" || name == "or" || name == "in" || name == "true" ||
                      name == "false" || name == "null";
    const bool isPlain =
        !name.empty() && !digitFirst && !word && std::all_of(name.begin(), name.end(), plain);
    return isPlain ? name : '`' + name + '`';
}

std::vector<std::string> fieldNames(const Shape &shape)
{
    std::vector<std::string> names;
    for (const Shape::Field &field : shape.fields)
        names.push_back(field.name);
    return names;
}

/// The types that a signature takes, one text for each parameter: "s", "n", "(sf)", "a<n>".
std::vector<std::string> parametersOf(std::string_view signature)
{
    std::vector<std::string> parameters;
    int depth = 0;
    for (const char c : signature) {
        const bool closes = c == ')' || c == '>';
        depth -= closes ? 1 : 0;
        if (closes && depth == 0)
            break;
        if (depth == 1 && c == ':')
            break;
        const bool modifies = c == '?' || c == '-' || c == '+' || c == '<' || closes;
        if (depth == 1 && !modifies)
            parameters.emplace_back();
        if (depth >= 1 && !parameters.empty())
            parameters.back() += c;
        depth += c == '(' || c == '<' ? 1 : 0;
    }
    return parameters;
}

} // namespace

void Checks::checkField(const Ast &name)
{
    const FieldStep *step = m_types.step(name);
    if (!step || step->exists || !step->input.isKnown)
        return;
    const Shape &shape = step->input.shape;
    const std::string word(name.text);
    if (shape.type != Type::Group) {
        report(name, "map.unknown_field",
               "\"" + word + "\" is looked up inside " + described(shape) +
                   ", which has no fields.",
               "Remove the step, or begin the path elsewhere.");
        return;
    }
    auto &finding = report(name, "map.unknown_field",
                           "The source has no field \"" + word + "\" here, so nothing arrives.");
    const std::vector<std::string> names = fieldNames(shape);
    const std::string nearest = names.size() <= 1000 ? nearestWord(word, names) : std::string();
    const std::string elsewhere = pathElsewhere(name, *step);
    if (!nearest.empty()) {
        finding.fix = "Did you mean \"" + nearest + "\"?";
        finding.fixes.push_back(replaceFix(name, stepText(nearest)));
    } else if (!elsewhere.empty()) {
        finding.fix = "Did you mean \"" + elsewhere + "\"?";
    } else {
        finding.fix = "Choose one of the fields of the source.";
    }
    if (!elsewhere.empty())
        finding.fixes.push_back(replaceFix(name, elsewhere));
}

/// The shortest path of the input to a field of this name, when it was looked up in the input
/// itself.
std::string Checks::pathElsewhere(const Ast &name, const FieldStep &step) const
{
    constexpr std::size_t kMost = 5000;
    if (!m_surroundings.input || fieldNames(step.input.shape) != fieldNames(*m_surroundings.input))
        return {};
    struct Place
    {
        const Shape *shape;
        std::string path;
    };
    std::deque<Place> open{{&*m_surroundings.input, {}}};
    for (std::size_t seen = 0; !open.empty() && seen < kMost; ++seen) {
        const Place place = open.front();
        open.pop_front();
        for (const Shape::Field &field : place.shape->fields) {
            const std::string path =
                place.path + (place.path.empty() ? "" : ".") + stepText(field.name);
            if (field.name == name.text)
                return path;
            if (field.shape.type == Type::Group)
                open.push_back({&field.shape, path});
        }
    }
    return {};
}

void Checks::checkVariable(const Ast &variable)
{
    const auto table = functionTable();
    const auto function = std::ranges::find(table, variable.text, &FunctionInfo::name);
    // A call reports the same place; the two become one finding.
    if (m_surroundings.portable && function != table.end() && function->extension &&
        !m_names.contains(std::string(variable.text)))
        report(variable, "map.not_portable",
               "$" + std::string(variable.text) +
                   " is Tidewire's own; other JSONata engines do not know it.",
               "Write it with the functions of JSONata, or allow Tidewire's own.", Severity::Info);
    const Inferred &type = typeOf(variable);
    const bool isOwn = variable.text.empty() || variable.text == "$";
    if (isOwn || variable.text == "event" || type.isKnown || type.isFunction ||
        !m_types.reached(variable) || m_names.contains(std::string(variable.text)) ||
        m_surroundings.bindings.contains(std::string(variable.text)))
        return;
    const std::string name(variable.text);
    std::vector<std::string> known(m_names.begin(), m_names.end());
    for (const FunctionInfo &info : functionTable())
        known.emplace_back(info.name);
    const std::string nearest = nearestWord(name, known);
    auto &finding =
        report(variable, "map.unknown_variable", "Nothing is called \"$" + name + "\" here.");
    if (nearest.empty()) {
        finding.fix = "Give it a value first, with :=.";
        return;
    }
    finding.fix = "Did you mean \"$" + nearest + "\"?";
    finding.fixes.push_back(replaceFix(variable, '$' + nearest));
}

void Checks::checkCall(const Ast &call)
{
    const FunctionInfo *function = calledFunction(call);
    if (!function || m_names.contains(std::string(function->name)))
        return;
    const std::string name = '$' + std::string(function->name);
    if (function->name == "eval") {
        report(call, "map.eval",
               "$eval is not allowed in flows: nobody can see beforehand what it would do.",
               "Write the expression itself.", Severity::Error);
    }
    if (m_surroundings.portable && function->extension) {
        report(*call.left, "map.not_portable",
               name + " is Tidewire's own; other JSONata engines do not know it.",
               "Write it with the functions of JSONata, or allow Tidewire's own.", Severity::Info);
    }
    if (call.kind != AstKind::Call)
        return;
    checkArguments(call, *function);
    checkTimeFunction(call);
    checkMoneyFunction(call);
    if (call.items.size() >= 2 && call.items[0] && call.items[1]) {
        if (function->name == "lookup")
            checkTable(*call.items[1], *call.items[0]);
        else if (function->name == "mapValue")
            checkTable(*call.items[0], *call.items[1]);
    }
}

void Checks::checkArguments(const Ast &call, const FunctionInfo &function)
{
    const std::vector<std::string> parameters = parametersOf(function.signature);
    const auto optional = [](const std::string &one) { return one.ends_with('?'); };
    const auto least = static_cast<std::size_t>(
        std::count_if(parameters.begin(), parameters.end(),
                      [&](const std::string &one) { return !optional(one); }));
    if (call.items.size() < least) // the context stands in for the first
        return;
    for (std::size_t i = 0; i < call.items.size() && i < parameters.size(); ++i) {
        if (!call.items[i] || !typeOf(*call.items[i]).isKnown)
            continue;
        const Ast &argument = *call.items[i];
        const Inferred &type = typeOf(argument);
        const char wanted = parameters[i].front();
        if (wanted != 's' && wanted != 'n')
            continue;
        const std::string name = '$' + std::string(function.name);
        const bool isText = wanted == 's';
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

void Checks::checkOperatorIsPortable(const Ast &node)
{
    if (!m_surroundings.portable || !node.left || !node.right)
        return;
    const std::string sign = node.kind == AstKind::Coalesce ? "??" : "?:";
    const std::size_t at = m_text.find(sign, static_cast<std::size_t>(node.left->end));
    auto &finding =
        report(node, "map.not_portable",
               sign + " came with JSONata 2.1; older engines cannot read it.", {}, Severity::Info);
    if (at != std::string_view::npos && static_cast<int>(at) < node.right->start) {
        finding.start = static_cast<int>(at);
        finding.end = finding.start + 2;
    }
    const std::string left = operandText(*node.left);
    addFix(finding, node,
           (sign == "??" ? "$exists(" + textOf(*node.left) + ')' : left) + " ? " + left + " : " +
               operandText(*node.right));
}

} // namespace tw::analysis
