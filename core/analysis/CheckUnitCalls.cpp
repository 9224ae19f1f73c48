// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of what functions of money and time are given.
#include "core/analysis/Checks.h"
#include "core/analysis/Inference.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

void Checks::checkTimeFunction(const CallSite &site)
{
    const std::string_view name = site.procedure->text;
    if (site.arguments.empty())
        return;
    const Ast &call = *site.whole;
    const Ast &argument = *site.arguments[0];
    const Inferred &type = typeOf(argument);
    if (name == "fromMillis" && isUnit(type, Type::Instant, "unix_seconds")) {
        auto &finding = report(argument, "map.seconds_as_millis",
                               "This time is in seconds, but $fromMillis takes milliseconds: the "
                               "result would lie in January 1970.");
        addFix(finding, argument, operandText(argument) + " * 1000");
        if (site.arguments.size() == 1)
            addFix(finding, call, "$sfDateTime(" + textOf(argument) + ')');
    }
    const bool ours = name == "sfDate" || name == "sfDateTime";
    if (ours && isUnit(type, Type::Instant, "unix_millis")) {
        auto &finding =
            report(argument, "map.seconds_as_millis",
                   '$' + std::string(name) + " takes seconds, but this time is in milliseconds.");
        const auto scaled = scaledOf(argument);
        addFix(finding, argument,
               scaled && scaled->by == 1000 ? textOf(*scaled->value)
                                            : "$floor(" + operandText(argument) + " / 1000)");
    }
    if (ours && type.isKnown && type.shape.type == Type::Instant && type.shape.isText()) {
        auto &finding = report(argument, "map.wrong_type",
                               '$' + std::string(name) + " takes Unix seconds, but this is " +
                                   described(type.shape) + " as text.");
        addFix(finding, argument, "$floor($toMillis(" + textOf(argument) + ") / 1000)");
    }
    if ((ours || name == "fromMillis") && type.shape.type == Type::Money)
        report(argument, "map.wrong_type",
               '$' + std::string(name) + " takes a time, but this is " + described(type.shape) +
                   '.',
               "Choose the field that holds the time.");
    if (name != "toMillis")
        return;
    if (argument.kind == AstKind::String && isNaiveTime(argument.text)) {
        auto &finding = report(argument, "map.naive_time",
                               "This time does not say in which time zone it is; it is read as "
                               "UTC.");
        addFix(finding, argument, '"' + std::string(argument.text) + "Z\"");
    }
    const Ast *picture = site.arguments.size() > 1 ? site.arguments[1] : nullptr;
    const bool isTime = picture && picture->kind == AstKind::String &&
                        (picture->text.find("[H") != std::string_view::npos ||
                         picture->text.find("[h") != std::string_view::npos);
    if (isTime && picture->text.find("[Z") == std::string_view::npos &&
        picture->text.find("[z") == std::string_view::npos) {
        report(*picture, "map.naive_time",
               "The picture has no time zone, so the time is read as UTC.",
               "Add [Z] to the picture, or make sure that the source writes UTC.");
    }
}

void Checks::checkMoneyFunction(const CallSite &site)
{
    const std::string_view name = site.procedure->text;
    if (site.arguments.empty())
        return;
    const Ast &call = *site.whole;
    const Ast &argument = *site.arguments[0];
    const Inferred &type = typeOf(argument);
    const auto scaled = scaledOf(argument);
    const bool isDivided =
        scaled && isHundredth(scaled->by) && isUnit(typeOf(*scaled->value), Type::Money, "minor");
    // Told at the division, where its own finding would stand: only one is kept, the first.
    if (name == "toMajor" && isDivided) {
        auto &finding = report(argument, "map.hundred",
                               "$toMajor divides as the currency asks; divided by 100 before, the "
                               "amount would be a hundredth of what it is.",
                               "Remove the division.");
        addFix(finding, argument, textOf(*scaled->value));
    } else if (name == "toMajor" && isUnit(type, Type::Money, "major")) {
        auto &finding = report(argument, "map.major_units",
                               "This amount is in major units already (euros, dollars).");
        addFix(finding, call, textOf(argument));
    } else if (name == "toMinor" && isUnit(type, Type::Money, "minor")) {
        auto &finding =
            report(argument, "map.minor_units", "This amount is in minor units already (cents).");
        addFix(finding, call, textOf(argument));
    }
    const bool takesMoney = name == "toMajor" || name == "toMinor" || name == "convertCurrency";
    if (takesMoney && (type.shape.type == Type::Instant || type.shape.type == Type::Date))
        report(argument, "map.wrong_type",
               '$' + std::string(name) + " takes an amount of money, but this is " +
                   described(type.shape) + '.',
               "Choose the field that holds the amount.");
    if (name == "convertCurrency" && isUnit(type, Type::Money, "minor")) {
        auto &finding = report(argument, "map.minor_units",
                               "$convertCurrency takes major units (euros, dollars), but this is "
                               "money in minor units (cents).",
                               "Convert it with $toMajor first.");
        if (site.arguments.size() > 1)
            addFix(finding, argument,
                   "$toMajor(" + textOf(argument) + ", " + textOf(*site.arguments[1]) + ')');
    }
}

/// `$formatNumber(amount, "0.00")`: cents never have decimals, so whole units were meant.
void Checks::checkNumberPicture(const CallSite &site)
{
    if (site.procedure->text != "formatNumber" || site.arguments.size() < 2)
        return;
    const Ast &argument = *site.arguments[0];
    const Ast &picture = *site.arguments[1];
    const std::size_t point = picture.text.find_first_of(".");
    const bool decimals = picture.kind == AstKind::String && point != std::string_view::npos &&
                          picture.text.find_first_of("0#", point) == point + 1;
    if (!decimals || !isUnit(typeOf(argument), Type::Money, "minor"))
        return;
    auto &finding = report(argument, "map.minor_units",
                           "The picture has decimals, but this is money in minor units (cents), "
                           "which has none: 1099 would be written as 1099.00.",
                           "Convert it with $toMajor first.");
    if (const std::string currency = currencyOf(argument); !currency.empty())
        addFix(finding, argument, "$toMajor(" + textOf(argument) + ", " + currency + ')');
}

namespace {

/// The parts of which a list is made where it is written.
void addParts(const Ast &list, std::vector<const Ast *> &parts)
{
    const bool plain = list.predicates.empty() && !list.group;
    const FunctionInfo *function = list.kind == AstKind::Call ? namedFunction(*list.left) : nullptr;
    const bool appends = function && function->name == "append";
    if (plain && list.kind == AstKind::Block && !list.items.empty())
        return addParts(*list.items.back(), parts);
    if (!plain || (list.kind != AstKind::Array && !appends)) {
        parts.push_back(&list);
        return;
    }
    for (const expr::AstPtr &item : list.items)
        addParts(*item, parts);
}

const Shape &itemShape(const Inferred &type)
{
    const Shape *shape = &type.shape;
    while (shape->type == Type::List && !shape->item.empty())
        shape = &shape->item.front();
    return *shape;
}

} // namespace

/// One number out of amounts or times of two units.
void Checks::checkAggregate(const CallSite &site)
{
    constexpr std::string_view kNames[] = {"average", "max", "min", "sum"};
    const std::string_view name = site.procedure->text;
    if (std::ranges::find(kNames, name) == std::end(kNames) || site.arguments.size() != 1)
        return;
    std::vector<const Ast *> parts;
    addParts(*site.arguments[0], parts);
    const auto withUnit = [&](Type type, std::string_view unit) {
        const auto found = std::ranges::find_if(parts, [&](const Ast *part) {
            const Shape &shape = itemShape(typeOf(*part));
            return shape.type == type && shape.unit == unit;
        });
        return found == parts.end() ? nullptr : *found;
    };
    const Ast *minor = withUnit(Type::Money, "minor");
    const Ast *major = withUnit(Type::Money, "major");
    const Ast *seconds = withUnit(Type::Instant, "unix_seconds");
    if (minor && major)
        reportMixedMoney(*minor);
    if (seconds && withUnit(Type::Instant, "unix_millis")) {
        auto &finding = report(*seconds, "map.seconds_as_millis",
                               "This time is in seconds, another in milliseconds.");
        addFix(finding, *seconds, operandText(*seconds) + " * 1000");
    }
    if ((minor || major) && seconds)
        report(*site.arguments[0], "map.wrong_type",
               "Amounts of money and times are put together; that means nothing.",
               "Choose amounts or times only.");
}

} // namespace tw::analysis
