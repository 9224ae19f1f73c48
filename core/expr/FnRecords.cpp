// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Builtins.h"
#include "core/expr/DateTime.h"
#include "core/expr/OwnFunctions.h"
#include "core/expr/Values.h"

#include <QDateTime>
#include <QTimeZone>

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

/// Seconds of "+02:00", "+0200", "+02" or "UTC+2".
std::optional<int> offsetOf(std::string_view name)
{
    if (name.starts_with("UTC"))
        name.remove_prefix(3);
    if (name.size() < 2 || (name[0] != '+' && name[0] != '-'))
        return {};
    const int sign = name[0] == '-' ? -1 : 1;
    std::string digits(name.substr(1));
    if (digits.size() == 5 && digits[2] == ':')
        digits.erase(2, 1);
    const bool sound = (digits.size() <= 2 || digits.size() == 4) &&
                       std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (!sound)
        return {};
    const int number = std::stoi(digits);
    const int hours = digits.size() == 4 ? number / 100 : number;
    const int minutes = digits.size() == 4 ? number % 100 : 0;
    constexpr int kMostHours = 14;
    if (hours > kMostHours || minutes > 59)
        return {};
    return sign * (hours * 3600 + minutes * 60);
}

/// Qt takes any word for a POSIX rule that means UTC: only names of the zone database pass here.
QTimeZone readZone(std::string_view name)
{
    static const QList<QByteArray> known = QTimeZone::availableTimeZoneIds();
    if (name == "Z" || name == "UTC")
        return QTimeZone::utc();
    if (const auto offset = offsetOf(name))
        return QTimeZone(*offset);
    const QByteArray id(name.data(), static_cast<qsizetype>(name.size()));
    if (std::ranges::find(known, id) != known.end())
        return QTimeZone(id);
    // Old names such as US/Pacific are in the database but not in its list.
    const auto isLetter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    const std::size_t slash = name.find('/');
    const bool isOldName =
        slash != std::string_view::npos && slash > 0 && name.size() > slash + 1 &&
        std::ranges::all_of(name.substr(0, slash), isLetter) && isLetter(name[slash + 1]) &&
        std::ranges::all_of(name.substr(slash), [&](char c) {
            return isLetter(c) || (c >= '0' && c <= '9') ||
                   std::string_view("/_+-").find(c) != std::string_view::npos;
        });
    return isOldName ? QTimeZone(id) : QTimeZone();
}

/// Reading a zone takes a while, so the last one of a thread is kept.
const QTimeZone &zoneOf(std::string_view name)
{
    thread_local std::string lastName;
    thread_local QTimeZone lastZone;
    if (name != lastName || !lastZone.isValid()) {
        lastName = name;
        lastZone = readZone(name);
    }
    return lastZone;
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
    const QTimeZone &zone = zoneOf(given.text());
    if (!zone.isValid()) {
        const std::string shown(given.text().substr(0, 40));
        refuse(call, "X1016",
               "'" + shown +
                   "' is no time zone; use a name such as Europe/Berlin or an offset"
                   " such as +02:00.",
               2);
        return false;
    }
    seconds += zone.offsetFromUtc(QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC));
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
