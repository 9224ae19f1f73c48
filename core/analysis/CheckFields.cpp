// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of names: fields, variables, operators that are not everywhere.
#include "core/analysis/Checks.h"
#include "core/analysis/Inference.h"

#include "core/base/Text.h"
#include "core/data/Number.h"

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
    if (std::find(shape.absent.begin(), shape.absent.end(), word) != shape.absent.end()) {
        finding.fix = shape.help;
        return;
    }
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
        report(variable, "map.unknown_variable", "Nothing is called \"$" + name + "\" here.", {},
               m_called.contains(&variable) ? Severity::Error : Severity::Warning);
    if (nearest.empty()) {
        finding.fix = "Give it a value first, with :=.";
        return;
    }
    finding.fix = "Did you mean \"$" + nearest + "\"?";
    finding.fixes.push_back(replaceFix(variable, '$' + nearest));
}

/// JSONata's numbers hold 53 bits: a long id or amount written into an expression changes silently.
void Checks::checkNumber(const Ast &literal)
{
    constexpr double kExact = 0x1p53;
    const std::string text = textOf(literal);
    const bool isWhole = text.find_first_not_of("0123456789") == std::string::npos;
    if (!isWhole || literal.number < kExact)
        return;
    char shown[number::kLongest];
    const std::string kept(shown, number::write(shown, literal.number));
    if (kept == text)
        return;
    auto &finding =
        report(literal, "map.inexact_number",
               "This number has more digits than expressions keep: it becomes " + kept + '.',
               "Write a long id as text, in quotes.");
    finding.fixes.push_back(replaceFix(literal, '"' + text + '"'));
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

/// Groups of RE2 that JavaScript has not: `(?i)`, `(?s:…)`, `(?P<name>…)`.
void Checks::checkRegexIsPortable(const Ast &regex)
{
    if (!m_surroundings.portable)
        return;
    const std::string text = textOf(regex);
    for (std::size_t at = text.find("(?"); at != std::string::npos; at = text.find("(?", at + 1)) {
        const bool escaped = at > 0 && text[at - 1] == '\\';
        if (escaped || std::string_view(":=!<").find(text[at + 2]) != std::string_view::npos)
            continue;
        auto &finding =
            report(regex, "map.not_portable",
                   "JSONata does not know this kind of group, \"" + text.substr(at, 3) + "\".",
                   "Write flags behind the closing slash, as in /a/i.", Severity::Info);
        finding.start += static_cast<int>(at);
        finding.end = finding.start + 3;
        return;
    }
}

/// `$fromMillis(ms, picture, "Europe/Berlin")`
void Checks::checkZoneIsPortable(const CallSite &site)
{
    const std::string_view name = site.procedure->text;
    const std::size_t at = name == "fromMillis" ? 2 : name == "now" ? 1 : site.arguments.size();
    if (!m_surroundings.portable || at >= site.arguments.size())
        return;
    const Ast &zone = *site.arguments[at];
    const bool isName = zone.kind == AstKind::String &&
                        zone.text.find_first_not_of("+-0123456789") != std::string_view::npos;
    if (isName)
        report(zone, "map.not_portable",
               "Names of time zones are Tidewire's own; other JSONata engines know offsets alone.",
               "Write an offset such as \"+0200\".", Severity::Info);
}

} // namespace tw::analysis
