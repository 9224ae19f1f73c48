// SPDX-License-Identifier: GPL-3.0-or-later
// What each function of the language gives, and arithmetic with units.
#include "core/analysis/Inference.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

namespace {

/// How a function's result follows from its arguments.
enum class Gives {
    Number,
    Integer,
    Text,
    Boolean,
    Same,     ///< Its first argument.
    Item,     ///< An item of its first argument, with its unit.
    TextPart, ///< A text no longer than its first argument.
    ListSame, ///< A list of the items of its first argument.
    Texts,    ///< A list of texts.
    Nothing,  ///< Anything at all.
    Special
};

struct Rule
{
    std::string_view name;
    Gives gives;
    bool always = false; ///< Has a value even when its argument has none.
};

// Sorted by name.
constexpr Rule kRules[] = {
    {"abs", Gives::Item},
    {"append", Gives::Special},
    {"assert", Gives::Nothing},
    {"average", Gives::Item},
    {"base64decode", Gives::Text},
    {"base64encode", Gives::Text},
    {"boolean", Gives::Boolean},
    {"ceil", Gives::Item},
    {"clone", Gives::Same},
    {"contains", Gives::Boolean},
    {"convertCurrency", Gives::Special},
    {"count", Gives::Integer, true},
    {"decodeUrl", Gives::Text},
    {"decodeUrlComponent", Gives::Text},
    {"distinct", Gives::Same},
    {"encodeUrl", Gives::Text},
    {"encodeUrlComponent", Gives::Text},
    {"error", Gives::Nothing},
    {"eval", Gives::Nothing},
    {"exists", Gives::Boolean, true},
    {"floor", Gives::Item},
    {"formatBase", Gives::Text},
    {"formatInteger", Gives::Text},
    {"formatNumber", Gives::Special},
    {"fromMillis", Gives::Special},
    {"join", Gives::Text},
    {"keys", Gives::Special},
    {"length", Gives::Integer},
    {"lookup", Gives::Special},
    {"lowercase", Gives::Special},
    {"mapValue", Gives::Special},
    {"match", Gives::Special},
    {"max", Gives::Item},
    {"merge", Gives::Item},
    {"millis", Gives::Special},
    {"min", Gives::Item},
    {"normalizeEmail", Gives::Special},
    {"normalizeName", Gives::Text},
    {"normalizePhone", Gives::Text},
    {"not", Gives::Boolean},
    {"now", Gives::Special},
    {"number", Gives::Special},
    {"pad", Gives::Text},
    {"parseInteger", Gives::Integer},
    {"parseJson", Gives::Nothing},
    {"power", Gives::Number},
    {"random", Gives::Number},
    {"replace", Gives::Text},
    {"reverse", Gives::ListSame},
    {"round", Gives::Item},
    {"roundHalfUp", Gives::Item},
    {"sfDate", Gives::Special},
    {"sfDateTime", Gives::Special},
    {"shuffle", Gives::ListSame},
    {"split", Gives::Texts},
    {"spread", Gives::Special},
    {"sqrt", Gives::Number},
    {"string", Gives::Special},
    {"substring", Gives::Special},
    {"substringAfter", Gives::TextPart},
    {"substringBefore", Gives::TextPart},
    {"sum", Gives::Item},
    {"toMajor", Gives::Special},
    {"toMillis", Gives::Special},
    {"toMinor", Gives::Special},
    {"trim", Gives::Same},
    {"type", Gives::Text},
    {"uppercase", Gives::Special},
    {"zip", Gives::Special},
};

Known cased(Known text, bool upper)
{
    Shape &shape = text.type.shape;
    const bool keepsType = shape.type == Type::Currency || shape.type == Type::Email;
    if (!keepsType) {
        Shape plain = ofType(Type::Text);
        plain.choices = shape.choices;
        plain.maxLength = shape.maxLength;
        shape = std::move(plain);
    }
    if (shape.type == Type::Currency)
        shape.unit = upper ? "upper" : "lower";
    for (std::string &choice : shape.choices) {
        const QString word = toQString(choice);
        choice = toUtf8(upper ? word.toUpper() : word.toLower());
    }
    return text;
}

/// The value of a table for a key: of the keys that are possible where those are known.
Known fromTable(const Known &table, const Known &key)
{
    const Shape shape = element(table).type.shape;
    if (shape.type != Type::Group)
        return unknown();
    const std::vector<std::string> &keys = key.type.shape.choices;
    std::optional<Known> all;
    bool covered = !keys.empty();
    const auto add = [&](const Shape &value) {
        all = all ? either(*all, known(value)) : known(value);
    };
    for (const Shape::Field &field : shape.fields) {
        if (keys.empty() || std::find(keys.begin(), keys.end(), field.name) != keys.end())
            add(field.shape);
    }
    for (const std::string &one : keys)
        covered = covered && shape.find(one);
    if (!shape.item.empty())
        add(shape.item.front());
    Known value = all ? *all : unknown();
    value.type.mayBeMissing = !covered || key.type.mayBeMissing || table.type.mayBeMissing;
    return isPlural(table) ? sequence(value) : value;
}

Known substring(const std::vector<Known> &arguments, const std::vector<const Ast *> &nodes)
{
    Shape text = ofType(Type::Text);
    text.maxLength = arguments[0].type.shape.maxLength;
    if (arguments.size() > 2) {
        const auto length = literalNumber(nodes[2]);
        if (length && *length >= 0 && *length < 1e6)
            text.maxLength =
                std::min(text.maxLength.value_or(1'000'000), static_cast<int>(*length));
    }
    const auto start = arguments.size() == 2 ? literalNumber(nodes[1]) : std::nullopt;
    if (start && *start < 0 && *start > -1e6)
        text.maxLength = std::min(text.maxLength.value_or(1'000'000), static_cast<int>(-*start));
    return known(std::move(text));
}

std::optional<std::string> literalText(const std::vector<Known> &arguments, std::size_t index)
{
    if (index >= arguments.size())
        return std::nullopt;
    const auto &choices = arguments[index].type.shape.choices;
    return choices.size() == 1 ? choices.front() : std::string();
}

/// `$string(amount)`: text, but an amount again as soon as it is a number.
Known spelledOut(const Known &value)
{
    Known text = known(ofType(Type::Text));
    if (value.type.isKnown && value.type.shape.isNumber() && !isPlural(value))
        text.type.spelled = {value.type.shape};
    return text;
}

Known asNumber(const Known &value)
{
    if (value.type.shape.isNumber())
        return value;
    return known(value.type.spelled.empty() ? ofType(Type::Number) : value.type.spelled.front());
}

Known matches()
{
    Shape texts = ofType(Type::List);
    texts.item = {ofType(Type::Text)};
    Shape match = ofType(Type::Group);
    match.fields = {{"match", ofType(Type::Text), true, true},
                    {"index", ofType(Type::Integer), true, true},
                    {"groups", texts, true, true}};
    return sequence(known(std::move(match)));
}

Known special(std::string_view name, const std::vector<Known> &arguments,
              const std::vector<const Ast *> &nodes)
{
    const Known first = arguments.empty() ? unknown() : arguments[0];
    const Known second = arguments.size() > 1 ? arguments[1] : unknown();
    if (name == "append")
        return listOf(sequence(either(element(first), element(second))));
    if (name == "fromMillis")
        return known(timeOfPicture(literalText(arguments, 1)));
    if (name == "now")
        return known(timeOfPicture(literalText(arguments, 0)));
    if (name == "millis" || name == "toMillis")
        return known(ofType(Type::Instant, "unix_millis"));
    if (name == "toMajor" || name == "toMinor")
        return known(ofType(Type::Money, name == "toMajor" ? "major" : "minor"));
    if (name == "sfDateTime")
        return known(ofType(Type::Instant, "iso8601"));
    if (name == "sfDate")
        return known(ofType(Type::Date));
    if (name == "normalizeEmail")
        return known(ofType(Type::Email));
    if (name == "convertCurrency")
        return known(ofType(Type::Money, "major"));
    if (name == "number")
        return asNumber(first);
    if (name == "string" || name == "formatNumber")
        return first.type.shape.isText() ? first : spelledOut(first);
    if (name == "lowercase" || name == "uppercase")
        return cased(first.type.shape.isText() ? first : known(ofType(Type::Text)),
                     name == "uppercase");
    if (name == "lookup")
        return fromTable(first, second);
    if (name == "mapValue") {
        Known value = fromTable(second, first);
        if (arguments.size() < 3 || !value.type.mayBeMissing)
            return value;
        value.type.mayBeMissing = false;
        return either(value, arguments[2]);
    }
    if (name == "match")
        return matches();
    if (name == "keys")
        return sequence(known(ofType(Type::Text)));
    if (name == "spread")
        return sequence(known(ofType(Type::Group)));
    if (name == "substring")
        return arguments.empty() ? known(ofType(Type::Text)) : substring(arguments, nodes);
    return known(ofType(Type::List)); // zip
}

Known byRule(const Rule &rule, const std::vector<Known> &arguments,
             const std::vector<const Ast *> &nodes)
{
    const Known first = arguments.empty() ? unknown() : arguments[0];
    switch (rule.gives) {
    case Gives::Number:
        return known(ofType(Type::Number));
    case Gives::Integer:
        return known(ofType(Type::Integer));
    case Gives::Text:
        return known(ofType(Type::Text));
    case Gives::Boolean:
        return known(ofType(Type::Boolean));
    case Gives::Same:
        return first;
    case Gives::Item: {
        const Known item = element(first);
        const bool isNumber = item.type.shape.isNumber() || item.type.shape.type == Type::Group;
        return isNumber || rule.name == "merge" ? item : known(ofType(Type::Number));
    }
    case Gives::TextPart: {
        Shape text = ofType(Type::Text);
        text.maxLength = first.type.shape.maxLength;
        return known(std::move(text));
    }
    case Gives::ListSame:
        return listOf(first);
    case Gives::Texts: {
        Shape list = ofType(Type::List);
        list.item = {ofType(Type::Text)};
        return known(std::move(list));
    }
    case Gives::Nothing:
        return unknown();
    case Gives::Special:
        return special(rule.name, arguments, nodes);
    }
    return unknown();
}

bool isUnit(const Known &value, Type type, std::string_view unit)
{
    return value.type.shape.type == type && value.type.shape.unit == unit;
}

} // namespace

Known builtinResult(std::string_view name, const std::vector<Known> &arguments,
                    const std::vector<const Ast *> &nodes)
{
    const auto *rule = std::lower_bound(
        std::begin(kRules), std::end(kRules), name,
        [](const Rule &one, std::string_view sought) { return one.name < sought; });
    if (rule == std::end(kRules) || rule->name != name)
        return unknown();
    Known result = byRule(*rule, arguments, nodes);
    const bool ownMissing = name == "lookup" || name == "mapValue" || name == "match";
    const bool missing = !arguments.empty() && arguments[0].type.mayBeMissing;
    if (!ownMissing)
        result.type.mayBeMissing = missing && !rule->always;
    else if (name == "match")
        result.type.mayBeMissing = true;
    result.literal = false;
    result.callee = nullptr;
    result.type.isFunction = false;
    if (rule->gives != Gives::Nothing && name != "lookup" && name != "mapValue")
        result.type.shape.nullable = false;
    return result;
}

std::optional<double> literalNumber(const Ast *node)
{
    if (!node || !node->predicates.empty() || node->group)
        return std::nullopt;
    const bool isPower = node->kind == AstKind::Call && node->items.size() == 2 &&
                         node->left->kind == AstKind::Variable && node->left->text == "power";
    const bool isSum = node->kind == AstKind::Binary && node->text.size() == 1 &&
                       std::string_view("+-*/").find(node->text) != std::string_view::npos;
    if (node->kind == AstKind::Number)
        return node->number;
    if (node->kind == AstKind::Block && node->items.size() == 1)
        return literalNumber(node->items.front().get());
    if (node->kind == AstKind::Negate) {
        const auto number = literalNumber(node->left.get());
        return number ? std::optional(-*number) : std::nullopt;
    }
    if (!isPower && !isSum)
        return std::nullopt;
    const auto a = literalNumber(isPower ? node->items[0].get() : node->left.get());
    const auto b = a ? literalNumber(isPower ? node->items[1].get() : node->right.get()) : a;
    if (!b)
        return std::nullopt;
    const double result = isPower             ? std::pow(*a, *b)
                          : node->text == "+" ? *a + *b
                          : node->text == "-" ? *a - *b
                          : node->text == "*" ? *a * *b
                                              : *a / *b;
    return std::isfinite(result) ? std::optional(result) : std::nullopt;
}

Shape arithmeticShape(std::string_view operatorText, const Known &left, const Known &right,
                      const Ast *leftNode, const Ast *rightNode)
{
    const Shape &a = left.type.shape;
    const Shape &b = right.type.shape;
    const Shape plain = a.type == Type::Integer && b.type == Type::Integer && operatorText != "/"
                            ? ofType(Type::Integer)
                            : ofType(Type::Number);
    const auto factor = literalNumber(rightNode);
    const auto leftFactor = literalNumber(leftNode);
    const bool plus = operatorText == "+" || operatorText == "-";
    if (plus && a.type == Type::Money && b.type == Type::Money)
        return a.unit == b.unit ? a : plain;
    if (plus && a.type == Type::Instant && b.type == Type::Instant)
        return plain; // a span of time
    const bool leftHasUnit = a.type == Type::Money || (a.type == Type::Instant && a.isNumber());
    const bool rightHasUnit = b.type == Type::Money || (b.type == Type::Instant && b.isNumber());
    if (plus)
        return leftHasUnit ? a : rightHasUnit && operatorText == "+" ? b : plain;
    if (leftHasUnit == rightHasUnit || operatorText == "%")
        return plain;
    if (rightHasUnit && operatorText == "/")
        return plain;
    const Known &unit = leftHasUnit ? left : right;
    const auto times = leftHasUnit ? factor : leftFactor;
    const double by = !times ? 1 : operatorText == "/" ? 1 / *times : *times;
    if (isUnit(unit, Type::Money, "minor") && std::abs(by - 0.01) < 1e-12)
        return ofType(Type::Money, "major");
    if (isUnit(unit, Type::Money, "major") && by == 100)
        return ofType(Type::Money, "minor");
    if (isUnit(unit, Type::Instant, "unix_seconds"))
        return by == 1000 ? ofType(Type::Instant, "unix_millis") : plain;
    if (isUnit(unit, Type::Instant, "unix_millis"))
        return std::abs(by - 0.001) < 1e-12 ? ofType(Type::Instant, "unix_seconds") : plain;
    Shape shape = unit.type.shape;
    shape.nullable = false;
    return shape;
}

Shape timeOfPicture(const std::optional<std::string> &picture)
{
    if (!picture)
        return ofType(Type::Instant, "iso8601");
    if (*picture == "[Y0001]-[M01]-[D01]")
        return ofType(Type::Date);
    const bool isIso = picture->starts_with("[Y0001]-[M01]-[D01]T[H01]:[m01]");
    if (!isIso)
        return ofType(Type::Text);
    const bool zoned = picture->find("[Z") != std::string::npos ||
                       picture->find("[z") != std::string::npos || picture->ends_with('Z') ||
                       picture->ends_with("0000") || picture->ends_with("00:00");
    return ofType(Type::Instant, zoned ? "iso8601" : "naive");
}

} // namespace tw::analysis
