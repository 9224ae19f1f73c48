// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of a result against the field that it fills.
#include "core/analysis/Checks.h"
#include "core/analysis/Inference.h"

#include "core/base/Text.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

namespace {

std::string fieldName(const Shape::Field &target)
{
    return target.shape.title.empty() ? target.name : target.shape.title;
}

bool isScalar(const Shape &shape)
{
    return shape.type != Type::Any && shape.type != Type::List && shape.type != Type::Group;
}

} // namespace

/// The parts of an expression of which one becomes the result: both sides of a condition or
/// default.
std::vector<const Ast *> Checks::leavesOf(const Ast &value) const
{
    std::vector<const Ast *> leaves;
    std::vector<const Ast *> open{&value};
    while (!open.empty()) {
        const Ast *node = open.back();
        open.pop_back();
        if (!node)
            continue;
        const bool plain = node->predicates.empty() && !node->group && !node->keepArray;
        if (plain && node->kind == AstKind::Condition && !decidesByCurrency(*node)) {
            open.push_back(node->third.get());
            open.push_back(node->right.get());
        } else if (plain && (node->kind == AstKind::Coalesce || node->kind == AstKind::Default)) {
            open.push_back(node->right.get());
            open.push_back(node->left.get());
        } else if (plain && node->kind == AstKind::Block && !node->items.empty()) {
            open.push_back(node->items.back().get());
        } else {
            leaves.push_back(node);
        }
    }
    return leaves;
}

void Checks::checkTarget(const Ast &value, const Shape::Field &target)
{
    checkNeed(value, target);
    checkPlural(value, target);
    for (const Ast *leaf : leavesOf(value))
        checkLeaf(*leaf, target);
}

void Checks::checkNeed(const Ast &value, const Shape::Field &target)
{
    const Inferred &type = typeOf(value);
    if (!target.required || m_surroundings.missingIsHandled || !type.isKnown ||
        (!type.mayBeMissing && !type.shape.nullable))
        return;
    auto &finding =
        report(value, "map.required_optional",
               fieldName(target) + " is required, but the source does not always have a value.",
               "Give it a default.");
    const std::string sign = type.shape.nullable ? " ?: " : " ?? ";
    const Shape &shape = target.shape;
    const std::string fallback = !shape.choices.empty()        ? '"' + shape.choices.front() + '"'
                                 : shape.type == Type::Boolean ? "false"
                                 : shape.isNumber()            ? "0"
                                 : shape.type == Type::Text    ? "\"unknown\""
                                                               : "";
    if (!fallback.empty())
        finding.fixes.push_back(replaceFix(value, operandText(value) + sign + fallback));
}

void Checks::checkPlural(const Ast &value, const Shape::Field &target)
{
    const Inferred &type = typeOf(value);
    if (!type.isKnown || m_surroundings.listIsHandled)
        return;
    const bool isList = type.shape.type == Type::List;
    const std::string text = textOf(value);
    if (isScalar(target.shape) && (type.mayBeMany || isList)) {
        auto &finding = report(value, "map.one_element_list",
                               fieldName(target) + " takes one value, but this may be several.",
                               "Take one of them, or join them.");
        const Shape item =
            isList && !type.shape.item.empty() ? type.shape.item.front() : type.shape;
        if (target.shape.isText() && item.isText())
            finding.fixes.push_back(replaceFix(value, "$join(" + text + ", \"; \")"));
        if (target.shape.isNumber() && item.isNumber())
            finding.fixes.push_back(replaceFix(value, "$sum(" + text + ')'));
        finding.fixes.push_back(replaceFix(value, '(' + text + ")[0]"));
    } else if (target.shape.type == Type::List && !isList) {
        auto &finding = report(value, "map.one_element_list",
                               fieldName(target) +
                                   " takes a list, but a single item would arrive without one.");
        addFix(finding, value, '[' + text + ']');
    }
}

void Checks::checkLeaf(const Ast &leaf, const Shape::Field &target)
{
    const Inferred &type = typeOf(leaf);
    if (type.isFunction) {
        auto &finding = report(leaf, "map.function_value",
                               "This is a function, not its result: nothing arrives.",
                               "Call it, with parentheses and its arguments.");
        if (leaf.kind == AstKind::Variable)
            finding.fixes.push_back(replaceFix(leaf, textOf(leaf) + "()"));
        return;
    }
    if (leaf.kind == AstKind::Object && target.shape.type == Type::Group) {
        for (const expr::AstPair &pair : leaf.pairs) {
            const bool isLiteral = pair.key && pair.value && pair.key->kind == AstKind::String;
            if (const auto *field = isLiteral ? target.shape.find(pair.key->text) : nullptr)
                checkTarget(*pair.value, *field);
        }
    }
    if (!type.isKnown || type.mayBeMany || type.shape.type == Type::List)
        return;
    if (checkLeafUnit(leaf, target) || checkLeafTime(leaf, target))
        return;
    checkLeafType(leaf, target);
    checkLeafChoices(leaf, target);
    const auto longest = target.shape.maxLength;
    if (longest && type.shape.maxLength && *type.shape.maxLength > *longest &&
        type.shape.isText()) {
        auto &finding = report(leaf, "map.text_too_long",
                               fieldName(target) + " takes " + std::to_string(*longest) +
                                   " characters, but this may have " +
                                   std::to_string(*type.shape.maxLength) + '.');
        addFix(finding, leaf,
               "$substring(" + textOf(leaf) + ", 0, " + std::to_string(*longest) + ')');
    }
}

bool Checks::checkLeafUnit(const Ast &leaf, const Shape::Field &target)
{
    const Shape &shape = typeOf(leaf).shape;
    if (shape.type != Type::Money || target.shape.type != Type::Money)
        return false;
    const bool wantsMinor = target.shape.unit == "minor";
    if (wantsMinor == (shape.unit == "minor"))
        return false;
    const std::string function = wantsMinor ? "$toMinor" : "$toMajor";
    auto &finding = report(leaf, wantsMinor ? "map.major_units" : "map.minor_units",
                           fieldName(target) + " takes " + described(target.shape) +
                               ", but this is " + described(shape) + '.',
                           "Convert it with " + function + '.');
    if (const std::string currency = currencyOf(leaf); !currency.empty())
        addFix(finding, leaf, function + '(' + textOf(leaf) + ", " + currency + ')');
    return true;
}

bool Checks::checkLeafTime(const Ast &leaf, const Shape::Field &target)
{
    const Shape &shape = typeOf(leaf).shape;
    const bool wantsTime = target.shape.type == Type::Instant && target.shape.isText();
    const bool wantsDate = target.shape.type == Type::Date;
    if (!wantsTime && !wantsDate)
        return false;
    const std::string own = wantsDate ? "$sfDate(" : "$sfDateTime(";
    if (leaf.kind == AstKind::String ? isNaiveTime(leaf.text)
                                     : shape.type == Type::Instant && shape.unit == "naive") {
        auto &finding =
            report(leaf, "map.naive_time", "This time does not say in which time zone it is.",
                   "Add the zone, such as Z for UTC.");
        if (leaf.kind == AstKind::String)
            finding.fixes.push_back(replaceFix(leaf, '"' + std::string(leaf.text) + "Z\""));
        return true;
    }
    if (shape.type != Type::Instant)
        return false;
    if (shape.unit == "unix_seconds") {
        auto &finding = report(leaf, "map.seconds_as_millis",
                               fieldName(target) + " takes " + described(target.shape) +
                                   ", but this is a number of seconds.");
        addFix(finding, leaf, own + textOf(leaf) + ')');
        return true;
    }
    if (shape.unit == "unix_millis") {
        auto &finding = report(leaf, "map.wrong_type",
                               fieldName(target) + " takes " + described(target.shape) +
                                   ", but this is a number of milliseconds.");
        addFix(finding, leaf, own + "$floor(" + operandText(leaf) + " / 1000))");
        return true;
    }
    if (!wantsDate)
        return false;
    auto &finding =
        report(leaf, "map.wrong_type", fieldName(target) + " takes a date without a time of day.");
    addFix(finding, leaf, "$substring(" + textOf(leaf) + ", 0, 10)");
    return true;
}

void Checks::checkLeafType(const Ast &leaf, const Shape::Field &target)
{
    const Shape &shape = typeOf(leaf).shape;
    const Shape &wanted = target.shape;
    const auto complain = [&]() -> ExpressionFinding & {
        return report(leaf, "map.wrong_type",
                      fieldName(target) + " takes " + described(wanted) + ", but this is " +
                          described(shape) + '.',
                      "Convert it, or choose another field.");
    };
    const bool isNumber = shape.isNumber();
    const bool isBoolean = shape.type == Type::Boolean;
    if (shape.type == Type::Group) {
        if (isScalar(wanted))
            complain();
    } else if (wanted.isNumber() && (shape.isText() || isBoolean)) {
        auto &finding = complain();
        if (shape.isText())
            finding.fixes.push_back(replaceFix(leaf, "$number(" + textOf(leaf) + ')'));
    } else if (wanted.isText() && (isNumber || isBoolean)) {
        auto &finding = complain();
        if (wanted.type == Type::Text || wanted.type == Type::Id || wanted.type == Type::Choice)
            finding.fixes.push_back(replaceFix(leaf, "$string(" + textOf(leaf) + ')'));
    } else if (wanted.type == Type::Boolean && (isNumber || shape.isText())) {
        auto &finding = complain();
        const bool isWord =
            leaf.kind == AstKind::String && (leaf.text == "true" || leaf.text == "false");
        if (isWord)
            finding.fixes.push_back(replaceFix(leaf, std::string(leaf.text)));
        else
            finding.fixes.push_back(replaceFix(leaf, "$boolean(" + textOf(leaf) + ')'));
    }
}

void Checks::checkLeafChoices(const Ast &leaf, const Shape::Field &target)
{
    const auto &allowed = target.shape.choices;
    if (allowed.empty())
        return;
    for (const std::string &word : typeOf(leaf).shape.choices) {
        if (std::find(allowed.begin(), allowed.end(), word) != allowed.end())
            continue;
        auto &finding = report(leaf, "map.choice_unknown",
                               fieldName(target) + " does not take \"" + word + "\".");
        const std::string nearest = nearestWord(word, allowed);
        finding.fix =
            nearest.empty() ? "Map it to one of its values." : "Did you mean \"" + nearest + "\"?";
        if (!nearest.empty() && leaf.kind == AstKind::String)
            finding.fixes.push_back(replaceFix(leaf, '"' + nearest + '"'));
        return;
    }
}

} // namespace tw::analysis
