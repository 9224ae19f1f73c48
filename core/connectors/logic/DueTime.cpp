// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/DueTime.h"

#include "core/base/Text.h"
#include "core/connector/StepExpression.h"

#include <QDateTime>
#include <QRegularExpression>

namespace tw::logic {
namespace {

// 1973 in milliseconds, the year 5138 in seconds: what is below was meant as seconds.
constexpr std::int64_t kLeastMilliseconds = 100'000'000'000;

Error noTime(const std::string &what)
{
    return rejectedError("logic.no_time", what);
}

/// A time that the clocks skip comes as much later as they skip.
Instant instantOf(const QDate &day, const QTime &time, const QTimeZone &zone)
{
    return {QDateTime(day, time, zone).toMSecsSinceEpoch()};
}

Result<Instant> timeIn(const std::string &written, const WallClock &clock)
{
    static const QRegularExpression kDay(QStringLiteral("^\\d{4}-\\d{2}-\\d{2}$"));
    static const QRegularExpression kOffset(QStringLiteral("(Z|[+-]\\d{2}:?\\d{2})$"));
    const QString text = toQString(written);
    if (kDay.match(text).hasMatch()) {
        const QDate day = QDate::fromString(text, Qt::ISODate);
        if (day.isValid())
            return instantOf(day, clock.at.value_or(QTime(0, 0)), clock.zone);
    }
    const QDateTime at = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (text.contains(QLatin1Char('T')) && at.isValid()) {
        return kOffset.match(text).hasMatch() ? Instant{at.toMSecsSinceEpoch()}
                                              : instantOf(at.date(), at.time(), clock.zone);
    }
    return noTime("\"" + written + "\" is no time. Give one such as 2026-03-01 or "
                  "2026-03-01T09:00:00Z, or milliseconds.");
}

} // namespace

Result<Instant> dueTime(const Value &value, const WallClock &clock)
{
    if (value.isString())
        return timeIn(std::string(value.text()), clock);
    if (!value.isNumber())
        return noTime("The expression gives no time. Filter such records out, or give another.");
    const double number = value.toDouble();
    if (number < 0 || number > 253'402'300'799'999.0)
        return noTime("The number " + plainText(value) + " is outside of what a calendar knows.");
    const auto milliseconds = static_cast<std::int64_t>(number);
    if (milliseconds < kLeastMilliseconds)
        return noTime("The number " + plainText(value) + " looks like seconds. Times are "
                      "milliseconds: multiply it by 1000.");
    return Instant{milliseconds};
}

Instant nextTimeOfDay(Instant earliest, const WallClock &clock)
{
    if (!clock.at)
        return earliest;
    QDate day = QDateTime::fromMSecsSinceEpoch(earliest.msSinceEpoch, clock.zone).date();
    while (instantOf(day, *clock.at, clock.zone) < earliest)
        day = day.addDays(1);
    return instantOf(day, *clock.at, clock.zone);
}

Result<QTime> timeOfDay(const std::string &text)
{
    const QTime time = QTime::fromString(toQString(text), QStringLiteral("HH:mm"));
    if (!time.isValid())
        return configError("logic.no_time", "\"" + text + "\" is no time of day. Write 09:00.");
    return time;
}

Result<QTimeZone> zoneNamed(const std::string &name)
{
    QTimeZone zone(QByteArray::fromStdString(name));
    if (!zone.isValid())
        return configError("logic.unknown_zone", "There is no time zone \"" + name
                                                     + "\". Write one such as Europe/Berlin or UTC.");
    return zone;
}

} // namespace tw::logic
