// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/Money.h"
#include "core/expr/Builtins.h"
#include "core/expr/DateTime.h"
#include "core/expr/Values.h"

#include <cmath>

namespace tw::expr::fn {
namespace {

/// Years 0 to 9999: what Salesforce and every ISO reader take.
constexpr std::int64_t kFirstSecond = -62'167'219'200;
constexpr std::int64_t kLastSecond = 253'402'300'799;

Value refuse(Call &call, std::string_view code, std::string message, int argument)
{
    ExpressionError error;
    error.code = code;
    error.message = std::move(message);
    error.argument = argument;
    error.value.clear();
    return call.run.failWith(std::move(error));
}

/// Stripe sends null for what is not there: null stays null (clear the field), absent stays absent.
bool isMissing(const Value &value)
{
    return value.isUndefined() || value.isNull();
}

bool unixSeconds(Call &call, std::int64_t &seconds)
{
    const auto whole = call.arg(0).toInt();
    if (!whole || *whole < kFirstSecond || *whole > kLastSecond) {
        refuse(
            call, "X1012",
            "$" + std::string(call.name) +
                " needs whole seconds since 1970 within the years 0 to 9999. Milliseconds must be"
                " divided by 1000 first.",
            1);
        return false;
    }
    seconds = *whole;
    return true;
}

} // namespace

Value toMajor(Call &call)
{
    const Value amount = call.arg(0);
    if (isMissing(amount))
        return amount;
    if (call.arg(1).isUndefined())
        return {};
    const auto minor = amount.toInt();
    if (!minor)
        return refuse(call, "X1010",
                      "$toMajor needs a whole amount in minor units, such as 1099 for 10.99 USD.",
                      1);
    auto money = Money::fromMinor(*minor, call.arg(1).text());
    if (!money)
        return refuse(call, "X1011", money.error().message, 2);
    return money->major().toValue(call.run.arena);
}

Value toMinor(Call &call)
{
    const Value amount = call.arg(0);
    if (isMissing(amount))
        return amount;
    if (call.arg(1).isUndefined())
        return {};
    const auto major = Decimal::fromValue(amount);
    if (!major)
        return refuse(call, "X1010", major.error().message, 1);
    auto money = Money::fromMajor(*major, call.arg(1).text());
    if (!money)
        return refuse(call, "X1011", money.error().message, 2);
    return Value::integer(money->minor());
}

Value sfDateTime(Call &call)
{
    if (isMissing(call.arg(0)))
        return call.arg(0);
    std::int64_t seconds = 0;
    if (!unixSeconds(call, seconds))
        return {};
    char text[24];
    writeIso(text, seconds * 1000);
    return Value::string(call.run.arena, {text, sizeof text});
}

Value sfDate(Call &call)
{
    if (isMissing(call.arg(0)))
        return call.arg(0);
    std::int64_t seconds = 0;
    if (!unixSeconds(call, seconds))
        return {};
    char text[24];
    writeIso(text, seconds * 1000);
    return Value::string(call.run.arena, {text, 10});
}

Value mapValue(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return call.arg(2);
    const std::string_view key = stringOf(call.run, value);
    const Value mapped = call.arg(1).get(key);
    return mapped.isUndefined() ? call.arg(2) : mapped;
}

Value parseJsonText(Call &call)
{
    const Value text = call.arg(0);
    if (text.isUndefined() || !call.run.charge(text.size()))
        return {};
    auto parsed = parseJsonInto(call.run.arena, text.text());
    if (!parsed)
        return refuse(call, "X1013", "$parseJson: " + parsed.error().message, 1);
    return call.run.step(text.size() / 16 + 1) && call.run.charge(0) ? *parsed : Value();
}

} // namespace tw::expr::fn
