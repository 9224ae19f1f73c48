// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of comparisons and of value tables: units, types, and choices that the source never has.
#include "core/analysis/Checks.h"
#include "core/analysis/Inference.h"

#include "core/base/Text.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

namespace {

enum class Sort { Unknown, Number, Text, Boolean };

Sort sortOf(const Inferred &type)
{
    if (!type.isKnown || type.isFunction)
        return Sort::Unknown;
    const Shape &shape = type.shape.type == Type::List && !type.shape.item.empty()
                             ? type.shape.item.front()
                             : type.shape;
    return shape.isNumber()              ? Sort::Number
           : shape.isText()              ? Sort::Text
           : shape.type == Type::Boolean ? Sort::Boolean
                                         : Sort::Unknown;
}

bool isWholeNumber(std::string_view text)
{
    return !text.empty() && text.size() < 16 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string listed(const std::vector<std::string> &words)
{
    constexpr std::size_t kShown = 8;
    std::string text;
    for (std::size_t i = 0; i < words.size() && i < kShown; ++i)
        text += (i == 0 ? "" : ", ") + words[i];
    return text + (words.size() > kShown ? ", …" : "");
}

} // namespace

void Checks::checkComparison(const Ast &node)
{
    const bool compares = node.text == "=" || node.text == "!=" || node.text == "<" ||
                          node.text == "<=" || node.text == ">" || node.text == ">=";
    if ((!compares && node.text != "in") || !node.left || !node.right)
        return;
    if (compares)
        checkUnitsCompared(node);
    for (const auto &[source, literal] : {std::pair(node.left.get(), node.right.get()),
                                          std::pair(node.right.get(), node.left.get())}) {
        if (literal->kind == AstKind::String && source->kind != AstKind::Array)
            checkChoiceCompared(*source, *literal);
        if (node.text != "in" || literal->kind != AstKind::Array)
            continue;
        for (const expr::AstPtr &item : literal->items) {
            if (item && item->kind == AstKind::String)
                checkChoiceCompared(*source, *item);
        }
    }
    const Inferred &left = typeOf(*node.left);
    const Inferred &right = typeOf(*node.right);
    const bool plural = left.shape.type == Type::List || right.shape.type == Type::List;
    const Sort a = sortOf(left);
    const Sort b = sortOf(right);
    if (a == Sort::Unknown || b == Sort::Unknown || a == b || (plural && node.text != "in"))
        return;
    const bool equals = node.text == "=" || node.text == "!=" || node.text == "in";
    auto &finding = report(node, "map.compare_types",
                           described(left.shape) + " is compared with " + described(right.shape) +
                               (equals ? "; the two are never equal." : "; that fails."),
                           "Compare values of one type.");
    finding.message.front() =
        static_cast<char>(std::toupper(static_cast<unsigned char>(finding.message.front())));
    for (const Ast *side : {node.left.get(), node.right.get()}) {
        const Sort other = side == node.left.get() ? b : a;
        const bool isWord = side->text == "true" || side->text == "false";
        if (side->kind == AstKind::String && ((other == Sort::Boolean && isWord) ||
                                              (other == Sort::Number && isWholeNumber(side->text))))
            finding.fixes.push_back(replaceFix(*side, std::string(side->text)));
    }
}

void Checks::checkUnitsCompared(const Ast &node)
{
    const Inferred &left = typeOf(*node.left);
    const Inferred &right = typeOf(*node.right);
    if (left.shape.type == Type::Money && right.shape.type == Type::Money &&
        left.shape.unit != right.shape.unit) {
        const Ast &minor = left.shape.unit == "minor" ? *node.left : *node.right;
        auto &finding = report(minor, "map.minor_units",
                               "An amount in minor units (cents) is compared with one in major "
                               "units (euros, dollars).",
                               "Convert one of them first.");
        if (const std::string currency = currencyOf(minor); !currency.empty())
            addFix(finding, minor, "$toMajor(" + textOf(minor) + ", " + currency + ')');
    }
    for (const auto &[one, other] : {std::pair(node.left.get(), node.right.get()),
                                     std::pair(node.right.get(), node.left.get())}) {
        const Inferred &type = typeOf(*other);
        if (isUnit(typeOf(*one), Type::Instant, "unix_seconds") &&
            isUnit(type, Type::Instant, "unix_millis")) {
            auto &finding = report(*one, "map.seconds_as_millis",
                                   "This time is in seconds, the other in milliseconds.");
            addFix(finding, *one, operandText(*one) + " * 1000");
        }
        const bool isTime = type.shape.type == Type::Instant && type.shape.isText();
        if (one->kind == AstKind::String && isTime && isNaiveTime(one->text)) {
            auto &finding =
                report(*one, "map.naive_time",
                       "This time does not say in which time zone it is; the other one does.");
            addFix(finding, *one, '"' + std::string(one->text) + "Z\"");
        }
    }
}

void Checks::checkChoiceCompared(const Ast &source, const Ast &literal)
{
    const Inferred &type = typeOf(source);
    const Shape &shape = type.shape.type == Type::List && !type.shape.item.empty()
                             ? type.shape.item.front()
                             : type.shape;
    const std::string word(literal.text);
    checkCurrencyCase(shape, literal);
    if (source.kind == AstKind::String || !type.isKnown || shape.choices.empty() ||
        std::find(shape.choices.begin(), shape.choices.end(), word) != shape.choices.end())
        return;
    auto &finding = report(literal, "map.choice_unknown",
                           "The source never has the value \"" + word + "\" here.");
    const std::string nearest = nearestWord(word, shape.choices);
    finding.fix = nearest.empty() ? "It has: " + listed(shape.choices) + '.'
                                  : "Did you mean \"" + nearest + "\"?";
    if (!nearest.empty())
        finding.fixes.push_back(replaceFix(literal, '"' + nearest + '"'));
}

/// Stripe writes currencies in lower case, Salesforce in upper case.
void Checks::checkCurrencyCase(const Shape &shape, const Ast &literal)
{
    const bool lower = shape.unit == "lower";
    if (shape.type != Type::Currency || (!lower && shape.unit != "upper"))
        return;
    std::string right(literal.text);
    for (char &c : right)
        c = static_cast<char>(lower ? std::tolower(static_cast<unsigned char>(c))
                                    : std::toupper(static_cast<unsigned char>(c)));
    if (right == literal.text)
        return;
    auto &finding = report(literal, "map.choice_unknown",
                           std::string("Currencies are written in ") + (lower ? "lower" : "upper") +
                               " case here, so this is never equal.");
    addFix(finding, literal, '"' + right + '"');
}

/// Keys of a literal table that the looked-up value never is.
void Checks::checkTable(const Ast &value, const Ast &table)
{
    if (table.kind != AstKind::Object)
        return;
    for (const expr::AstPair &pair : table.pairs) {
        if (pair.key && pair.key->kind == AstKind::String)
            checkChoiceCompared(value, *pair.key);
    }
}

} // namespace tw::analysis
