// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/TimeZones.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>

namespace tw::expr {
namespace {

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

} // namespace

std::optional<int> offsetInZone(std::string_view zone, std::int64_t seconds)
{
    const QTimeZone &known = zoneOf(zone);
    if (!known.isValid())
        return std::nullopt;
    return known.offsetFromUtc(QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC));
}

std::string noSuchZone(std::string_view zone)
{
    constexpr std::size_t kShown = 40;
    return "'" + std::string(zone.substr(0, kShown)) +
           "' is no time zone; use a name such as Europe/Berlin or an offset such as +02:00.";
}

} // namespace tw::expr
