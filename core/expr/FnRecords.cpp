// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Builtins.h"
#include "core/expr/DateTime.h"
#include "core/expr/OwnFunctions.h"
#include "core/expr/TimeZones.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <optional>
#include <string>

namespace tw::expr::fn {
namespace {

/// Years 0 to 9999: what Salesforce and every ISO reader take.
constexpr std::int64_t kFirstSecond = -62'167'219'200;
constexpr std::int64_t kLastSecond = 253'402'300'799;

bool isWritable(std::int64_t seconds)
{
    return seconds >= kFirstSecond && seconds <= kLastSecond;
}

bool badSeconds(Call &call, const std::string &why)
{
    refuse(call, "X1012", "$" + std::string(call.name) + " needs whole seconds since 1970; " + why,
           1);
    return false;
}

bool outsideOfTime(Call &call)
{
    refuse(call, "X1012",
           "$" + std::string(call.name) +
               " needs whole seconds since 1970 within the years 0 to 9999. Milliseconds must be"
               " divided by 1000 first.",
           1);
    return false;
}

bool unixSeconds(Call &call, std::int64_t &seconds)
{
    const Value &given = call.arg(0);
    if (given.isString())
        return badSeconds(call, "this is a text: turn it into a number with $number() first.");
    if (!given.isNumber())
        return badSeconds(call, "this is no number.");
    const auto whole = given.toInt();
    if (!whole && given.toDouble() >= kFirstSecond && given.toDouble() <= kLastSecond)
        return badSeconds(call, "this number has a fraction: take it off with $floor() first.");
    if (!whole || !isWritable(*whole))
        return outsideOfTime(call);
    seconds = *whole;
    return true;
}

bool moveToZone(Call &call, std::int64_t &seconds)
{
    const Value given = call.arg(1);
    if (call.given < 2)
        return true;
    if (isMissing(given)) {
        refuse(call, "X1016",
               "The time zone is missing here, and the day depends on it; say what it is then: "
               "zone ?? \"UTC\".",
               2);
        return false;
    }
    if (!given.isString()) {
        refuse(call, "X1016",
               "The time zone must be a text; use a name such as Europe/Berlin or an offset such"
               " as +02:00.",
               2);
        return false;
    }
    const auto offset = offsetInZone(given.text(), seconds);
    if (!offset) {
        refuse(call, "X1016", noSuchZone(given.text()), 2);
        return false;
    }
    seconds += *offset;
    return isWritable(seconds) || outsideOfTime(call);
}

} // namespace

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
    if (!unixSeconds(call, seconds) || !moveToZone(call, seconds))
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
    if (value.isNull())
        return value;
    const std::string_view key = stringOf(call.run, value);
    const Value mapped = memberOf(call.run, call.arg(1), Value::key(key));
    return mapped.isUndefined() ? call.arg(2) : mapped;
}

Value parseJsonText(Call &call)
{
    const Value text = call.arg(0);
    if (isMissing(text))
        return text;
    if (!text.isString())
        return refuse(call, "X1013", "$parseJson needs a text.", 1);
    if (!call.run.charge(text.size()))
        return {};
    auto parsed = parseJsonInto(call.run.arena, text.text());
    if (!parsed)
        return refuse(call, "X1013", "$parseJson: " + parsed.error().message, 1);
    return call.run.step(text.size() / 16 + 1) && call.run.charge(0) ? *parsed : Value();
}

} // namespace tw::expr::fn
