// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Money.h"
#include "core/data/Number.h"
#include "core/expr/Builtins.h"
#include "core/expr/OwnFunctions.h"
#include "core/expr/Values.h"

#include <cmath>

namespace tw::expr::fn {
namespace {

/// Three letters that no state or bank has given a meaning are a typing mistake, not a currency
/// with two decimals.
bool currencyOf(Call &call, int index, CurrencyRule &rule)
{
    if (call.arg(index).isUndefined()) {
        refuse(call, "X1011",
               "The currency of the amount is missing, and without it nobody knows its decimals; "
               "$" +
                   std::string(call.name) + " never guesses one.",
               index + 1);
        return false;
    }
    const std::string_view code = call.arg(index).text();
    auto found = currencyRule(code);
    if (!found) {
        refuse(call, "X1011", found.error().message, index + 1);
        return false;
    }
    if (!isKnownCurrency(found->code)) {
        refuse(call, "X1011",
               "'" + found->code + "' is no currency of ISO 4217; check its three letters.",
               index + 1);
        return false;
    }
    rule = std::move(*found);
    return true;
}

/// ISK and UGX have two decimals in Stripe's API but are paid whole; three-decimal currencies go
/// in steps of a hundredth.
int decimalsOfStep(const CurrencyRule &rule)
{
    int decimals = rule.exponent;
    for (std::int64_t step = rule.multipleOf; step >= 10; step /= 10)
        --decimals;
    return decimals;
}

Value refuseAmount(Call &call, const std::string &why)
{
    if (call.arg(0).isString())
        return refuse(call, "X1010",
                      "The amount of $" + std::string(call.name) +
                          " is a text; turn it into a number with $number() first.",
                      1);
    return refuse(call, "X1010", why, 1);
}

bool isTooLarge(const Error &error)
{
    return error.code == "data.decimal_overflow";
}

/// Minor units are counted in 64 bits.
Value refuseLarge(Call &call)
{
    return refuse(call, "X1010",
                  "The amount of $" + std::string(call.name) +
                      " is too large: amounts have at most 18 digits in minor units.",
                  1);
}

Value refuseStep(Call &call, const Money &money, const CurrencyRule &rule)
{
    const std::string decimals = std::to_string(decimalsOfStep(rule));
    return refuse(call, "X1018",
                  "Stripe takes " + rule.code + " in multiples of " +
                      std::to_string(rule.multipleOf) + " minor units, but this amount is " +
                      std::to_string(money.minor()) + "; round it with $roundHalfUp(amount, " +
                      decimals + ") first.",
                  1);
}

bool rateOf(Call &call, const CurrencyRule &rule, Decimal &rate)
{
    const Value rates = call.arg(3);
    std::string lower;
    for (const char c : rule.code)
        lower += static_cast<char>(c - 'A' + 'a');
    Value given = rates.get(rule.code);
    if (given.isUndefined())
        given = rates.get(lower);
    auto read = given.isString() ? Decimal::parse(given.text()) : Decimal::fromValue(given);
    if (read && !read->isZero() && !read->isNegative()) {
        rate = *read;
        return true;
    }
    refuse(call, "X1014",
           given.isUndefined() ? "$convertCurrency has no rate for " + rule.code + "."
                               : "The rate for " + rule.code + " must be a number above zero.",
           4);
    return false;
}

/// Half away from zero by the number's own digits: 1.005 to two places is 1.01.
Value roundedHalfUp(Call &call, const Value &number, std::int64_t places)
{
    number::Shape shape = number::shapeOf(number);
    const std::int64_t keep = shape.exponent + places;
    if (keep >= static_cast<std::int64_t>(shape.digits.size()))
        return number;
    const bool up = keep >= 0 && shape.digits[static_cast<std::size_t>(keep)] >= '5';
    shape.digits.resize(keep > 0 ? static_cast<std::size_t>(keep) : 0);
    std::size_t at = shape.digits.size();
    while (up && at > 0 && shape.digits[at - 1] == '9')
        shape.digits[--at] = '0';
    if (up && at > 0)
        ++shape.digits[at - 1];
    else if (up)
        shape.digits.insert(0, 1, '1');
    if (shape.digits.empty())
        return Value::integer(0);
    if (places > 0) {
        const auto fraction = static_cast<std::size_t>(places);
        if (shape.digits.size() <= fraction)
            shape.digits.insert(0, fraction + 1 - shape.digits.size(), '0');
        shape.digits.insert(shape.digits.size() - fraction, 1, '.');
    } else {
        shape.digits.append(static_cast<std::size_t>(-places), '0');
    }
    const std::string text = (shape.negative ? "-" : "") + shape.digits;
    const Value rounded = number::fromText(text);
    if (rounded.kind() != Value::Kind::Digits)
        return rounded;
    return Value::digits(call.run.arena.copy(text));
}

} // namespace

Value toMajor(Call &call)
{
    const Value amount = call.arg(0);
    if (isMissing(amount))
        return amount;
    const auto minor = amount.toInt();
    if (!minor && amount.isNumber() && std::fabs(amount.toDouble()) >= 0x1p63)
        return refuseLarge(call);
    if (!minor)
        return refuseAmount(
            call, "$toMajor needs a whole amount in minor units, such as 1099 for 10.99 USD.");
    CurrencyRule rule;
    if (!currencyOf(call, 1, rule))
        return {};
    auto money = Money::fromMinor(*minor, rule.code);
    if (!money)
        return refuse(call, "X1011", money.error().message, 2);
    return money->major().toValue(call.run.arena);
}

Value toMinor(Call &call)
{
    const Value amount = call.arg(0);
    if (isMissing(amount))
        return amount;
    const auto major = Decimal::fromValue(amount);
    if (!major)
        return isTooLarge(major.error()) ? refuseLarge(call)
                                         : refuseAmount(call, major.error().message);
    CurrencyRule rule;
    if (!currencyOf(call, 1, rule))
        return {};
    auto money = Money::fromMajor(*major, rule.code);
    if (!money)
        return isTooLarge(money.error()) ? refuseLarge(call)
                                         : refuse(call, "X1010", money.error().message, 1);
    if (money->minor() % rule.multipleOf != 0)
        return refuseStep(call, *money, rule);
    return Value::integer(money->minor());
}

Value convertCurrency(Call &call)
{
    const Value amount = call.arg(0);
    if (isMissing(amount))
        return amount;
    auto major = Decimal::fromValue(amount);
    if (!major)
        return isTooLarge(major.error()) ? refuseLarge(call)
                                         : refuseAmount(call, major.error().message);
    CurrencyRule from;
    CurrencyRule to;
    if (!currencyOf(call, 1, from) || !currencyOf(call, 2, to))
        return {};
    Decimal divisor(1);
    if (from.code != to.code) {
        Decimal factor;
        if (!rateOf(call, from, divisor) || !rateOf(call, to, factor))
            return {};
        major = multiply(*major, factor);
    }
    if (major)
        major = divide(*major, divisor, decimalsOfStep(to), Decimal::Rounding::HalfUp);
    return major ? major->toValue(call.run.arena) : refuse(call, "X1010", major.error().message, 1);
}

Value roundHalfUp(Call &call)
{
    const Value number = call.arg(0);
    if (isMissing(number))
        return number;
    if (!number.isNumber())
        return refuse(call, "X1015", "$roundHalfUp needs a number.", 1);
    const Value given = call.arg(1);
    const auto places = isMissing(given) ? std::optional<std::int64_t>(0) : given.toInt();
    constexpr std::int64_t kMostPlaces = 400;
    if (!places || *places > kMostPlaces || *places < -kMostPlaces)
        return refuse(call, "X1015", "$roundHalfUp needs a whole number of decimals.", 2);
    const bool endless = number.kind() == Value::Kind::Double && !std::isfinite(number.rawDouble());
    return endless ? number : roundedHalfUp(call, number, *places);
}

} // namespace tw::expr::fn
