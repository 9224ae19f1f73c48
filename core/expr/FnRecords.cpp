// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Builtins.h"
#include "core/expr/DateTime.h"
#include "core/expr/OwnFunctions.h"
#include "core/expr/Values.h"

#include <QDateTime>
#include <QTimeZone>

namespace tw::expr::fn {
namespace {

/// Years 0 to 9999: what Salesforce and every ISO reader take.
constexpr std::int64_t kFirstSecond = -62'167'219'200;
constexpr std::int64_t kLastSecond = 253'402'300'799;

bool isWritable(std::int64_t seconds)
{
    return seconds >= kFirstSecond && seconds <= kLastSecond;
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
    const auto whole = call.arg(0).toInt();
    if (!whole || !isWritable(*whole))
        return outsideOfTime(call);
    seconds = *whole;
    return true;
}

/// "Europe/Berlin", or an offset such as "+02:00". Reading a zone takes a while, so the last one of
/// a thread is kept.
const QTimeZone &zoneOf(std::string_view name)
{
    thread_local std::string lastName;
    thread_local QTimeZone lastZone;
    if (name != lastName || !lastZone.isValid()) {
        const bool offset = name.starts_with('+') || name.starts_with('-');
        QByteArray id(offset ? "UTC" : "");
        id.append(name.data(), static_cast<qsizetype>(name.size()));
        lastName = name;
        lastZone = QTimeZone(id);
    }
    return lastZone;
}

bool moveToZone(Call &call, std::int64_t &seconds)
{
    const Value given = call.arg(1);
    if (isMissing(given))
        return true;
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
    const std::string_view key = stringOf(call.run, value);
    const Value mapped = memberOf(call.run, call.arg(1), Value::key(key));
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
