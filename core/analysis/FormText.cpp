// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/FormText.h"

#include "core/analysis/TreeCompare.h"
#include "core/data/Json.h"
#include "core/expr/Parser.h"

namespace tw::analysis {
namespace {

using expr::AstKind;

std::string quoted(std::string_view text)
{
    return toJson(Value::string(text));
}

std::string constantText(const DocumentPtr &document)
{
    return document && !document->root().isUndefined() ? toJson(document->root()) : "null";
}

/// Whether `text` in front of, or between, the rest of a condition is still read as one part. A
/// text that does not compile stays as it is: the error shows where it was written.
bool needsParentheses(const std::string &text, bool isCase)
{
    const auto alone = expr::parse(text);
    if (!alone)
        return false;
    const auto whole = expr::parse(isCase ? text + " ? 1 : 2" : "1 ? " + text + " : 2");
    if (!whole || (*whole)->kind != AstKind::Condition || !(*whole)->third)
        return true;
    const expr::Ast &condition = **whole;
    const expr::Ast &part = isCase ? *condition.left : *condition.right;
    return condition.third->kind != AstKind::Number || !sameTree(part, **alone);
}

std::string conditionPart(const std::string &text, bool isCase)
{
    return needsParentheses(text, isCase) ? "(" + text + ")" : text;
}

std::string write(const form::Copy &copy)
{
    return copy.source.text();
}

std::string write(const form::Constant &constant)
{
    return constantText(constant.value);
}

std::string write(const form::Convert &convert)
{
    const bool isOperator = convert.function.size() == 1 && !convert.arguments.empty() &&
                            std::string_view("+-*/%").find(convert.function) != std::string::npos;
    if (isOperator)
        return convert.source.text() + ' ' + convert.function + ' ' + convert.arguments.front();
    std::string text = '$' + convert.function + '(' + convert.source.text();
    for (const std::string &argument : convert.arguments)
        text += ", " + argument;
    return text + ')';
}

std::string write(const form::LookupTable &lookup)
{
    std::string rows;
    for (const auto &[key, value] : lookup.rows)
        rows += (rows.empty() ? "" : ", ") + quoted(key) + ": " + constantText(value);
    const std::string table = "{" + rows + "}";
    const std::string source = lookup.source.text();
    std::string text =
        lookup.portable ? "$lookup(" + table + ", " + source : "$mapValue(" + source + ", " + table;
    if (lookup.failsWhenUnknown)
        return text + ") ?? " + unknownEntryText(lookup.source);
    if (!lookup.otherwise)
        return text + ')';
    return text + (lookup.portable ? ") ?? " + constantText(lookup.otherwise)
                                   : ", " + constantText(lookup.otherwise) + ')');
}

std::string write(const form::Date &date)
{
    const std::string source = date.source.text();
    if (date.unit == 1000 && date.picture.empty() && (date.dateOnly || date.zone.empty())) {
        const std::string zone = date.zone.empty() ? "" : ", " + quoted(date.zone);
        return (date.dateOnly ? "$sfDate(" : "$sfDateTime(") + source + zone + ')';
    }
    std::string text = "$fromMillis(" + source;
    if (date.unit != 1)
        text += " * " + std::to_string(date.unit);
    const std::string_view standard = date.dateOnly ? kDatePicture : kIsoPicture;
    const bool pictured = !date.picture.empty() || date.dateOnly || !date.zone.empty();
    if (pictured)
        text += ", " + quoted(date.picture.empty() ? standard : std::string_view(date.picture));
    if (!date.zone.empty())
        text += ", " + quoted(date.zone);
    return text + ')';
}

std::string write(const form::Join &join)
{
    std::string text;
    for (const form::Join::Part &part : join.parts) {
        const bool isText = part.source.root.empty() && part.source.steps.empty();
        text += (text.empty() ? "" : " & ") + (isText ? quoted(part.text) : part.source.text());
    }
    if (join.parts.size() == 1)
        text += " & \"\"";
    return text.empty() ? "\"\"" : text;
}

std::string write(const form::Condition &condition)
{
    std::string text;
    for (const auto &[when, then] : condition.cases)
        text += (text.empty() ? "" : " : ") + conditionPart(when, true) + " ? " +
                conditionPart(then, false);
    if (condition.otherwise.empty())
        return text;
    return text.empty() ? condition.otherwise : text + " : " + condition.otherwise;
}

std::string write(const form::Free &free)
{
    return free.text;
}

} // namespace

std::string unknownEntryText(const SourcePath &source)
{
    return "$error(\"No entry for \" & " + source.text() + ')';
}

std::string writeForm(const MapperForm &mapperForm)
{
    return std::visit([](const auto &form) { return write(form); }, mapperForm);
}

} // namespace tw::analysis
