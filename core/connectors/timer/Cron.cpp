// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/Cron.h"

#include <QDateTime>
#include <QTimeZone>
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace tw::timer {
namespace {

constexpr int kYearsAhead = 8; // 29 February may be eight years away (1896 to 1904).

struct Field
{
    const char *title;
    int lowest;
    int highest;
    std::array<std::string_view, 12> names;
    int firstName;
};

constexpr std::array<Field, 5> kFields{
    Field{"minute", 0, 59, {}, 0},
    Field{"hour", 0, 23, {}, 0},
    Field{"day of the month", 1, 31, {}, 0},
    Field{"month", 1, 12,
          {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}, 1},
    Field{"day of the week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, 0},
};

std::vector<std::string> split(std::string_view text, std::string_view at)
{
    std::vector<std::string> parts;
    for (std::size_t from = text.find_first_not_of(at); from < text.size();) {
        const std::size_t end = std::min(text.find_first_of(at, from), text.size());
        parts.emplace_back(text.substr(from, end - from));
        from = text.find_first_not_of(at, end);
    }
    return parts;
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::optional<int> numberOf(std::string_view text)
{
    int number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || text.front() == '-')
        return std::nullopt;
    return number;
}

std::optional<int> valueOf(const Field &field, std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    for (std::size_t i = 0; i < field.names.size(); ++i) {
        if (!field.names[i].empty() && field.names[i] == text)
            return static_cast<int>(i) + field.firstName;
    }
    const auto number = numberOf(text);
    return number && *number >= field.lowest && *number <= field.highest ? number : std::nullopt;
}

Error badField(const Field &field, std::string_view text)
{
    return configError("timer.bad_cron",
                       "\"" + std::string(text) + "\" is no " + field.title + ": write numbers from "
                           + std::to_string(field.lowest) + " to " + std::to_string(field.highest)
                           + ", ranges (1-5), steps (*/15) or lists (0,30).");
}

/// Sets what one item of a list means: "*", "5", "1-5", "*/15", "10-50/20", "mon-fri".
template <std::size_t Size>
bool addItem(const Field &field, std::string_view item, std::bitset<Size> &set)
{
    int step = 1;
    if (const std::size_t slash = item.find('/'); slash != std::string_view::npos) {
        const auto number = slash + 1 < item.size() ? numberOf(item.substr(slash + 1)) : std::nullopt;
        if (!number || *number < 1)
            return false;
        step = *number;
        item = item.substr(0, slash);
    }
    int from = field.lowest;
    int to = field.highest;
    if (item != "*") {
        const std::size_t dash = item.find('-');
        const auto first = valueOf(field, item.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : valueOf(field, item.substr(dash + 1));
        if (!first || !last || *last < *first)
            return false;
        from = *first;
        // "5/15" counts on to the end, as cron does.
        to = dash == std::string_view::npos && step > 1 ? field.highest : *last;
    }
    for (int value = from; value <= to; value += step)
        set.set(static_cast<std::size_t>(value));
    return true;
}

template <std::size_t Size>
std::optional<Error> addField(const Field &field, std::string_view text, std::bitset<Size> &set)
{
    const auto items = split(text, ",");
    for (const std::string &item : items) {
        if (!addItem(field, item, set))
            return badField(field, text);
    }
    return items.empty() ? std::optional(badField(field, text)) : std::nullopt;
}

std::string_view spelledOut(std::string_view text)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kShort{{
        {"@hourly", "0 * * * *"},
        {"@daily", "0 0 * * *"},
        {"@midnight", "0 0 * * *"},
        {"@weekly", "0 0 * * 0"},
        {"@monthly", "0 0 1 * *"},
        {"@yearly", "0 0 1 1 *"},
        {"@annually", "0 0 1 1 *"},
    }};
    for (const auto &[name, line] : kShort) {
        if (name == text)
            return line;
    }
    return text;
}

/// The moment at which clocks of the zone show this time, or the first one behind the gap in which
/// they never show it.
QDateTime momentOf(const QDate &day, const QTime &time, const QTimeZone &zone)
{
    const auto shows = [&](const QDateTime &at) { return at.time() == time && at.date() == day; };
    // A QDateTime in a gap keeps the time that it was given; only its milliseconds tell the truth.
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(
        QDateTime(day, time, zone).toMSecsSinceEpoch(), zone);
    if (shows(moment)) {
        // Qt may choose either of two moments of an hour that comes twice.
        const QDateTime earlier = moment.addSecs(-3600).toTimeZone(zone);
        return shows(earlier) ? earlier : moment;
    }
    const auto jump = zone.previousTransition(moment.addSecs(12 * 3600));
    return jump.atUtc.isValid() ? jump.atUtc.toTimeZone(zone) : moment;
}

} // namespace

Result<Cron> Cron::parse(std::string_view text)
{
    const auto parts = split(spelledOut(lowered(text)), " \t");
    if (parts.size() != 5)
        return configError("timer.bad_cron",
                           "A cron line has five fields: minute, hour, day of the month, month, day "
                           "of the week. \"0 8 * * 1-5\" is eight o'clock on working days.");
    Cron cron;
    for (auto failure : {addField(kFields[0], parts[0], cron.m_minutes),
                         addField(kFields[1], parts[1], cron.m_hours),
                         addField(kFields[2], parts[2], cron.m_days),
                         addField(kFields[3], parts[3], cron.m_months),
                         addField(kFields[4], parts[4], cron.m_weekdays)}) {
        if (failure)
            return std::move(*failure);
    }
    if (cron.m_weekdays.test(7))
        cron.m_weekdays.set(0);
    cron.m_anyDay = parts[2].starts_with('*');
    cron.m_anyWeekday = parts[4].starts_with('*');
    return cron;
}

bool Cron::fits(const QDate &day) const
{
    if (!m_months.test(static_cast<std::size_t>(day.month())))
        return false;
    const bool byDay = m_days.test(static_cast<std::size_t>(day.day()));
    const bool byWeekday = m_weekdays.test(static_cast<std::size_t>(day.dayOfWeek() % 7));
    return m_anyDay || m_anyWeekday ? byDay && byWeekday : byDay || byWeekday;
}

std::optional<Instant> Cron::next(Instant after, const QTimeZone &zone) const
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(after.msSinceEpoch, zone);
    // A day earlier: a time of yesterday may stand for a moment of today where clocks are changed.
    QDate day = now.date().addDays(-1);
    const QDate end = day.addYears(kYearsAhead).addDays(2);
    for (; day < end; day = day.addDays(1)) {
        if (!fits(day))
            continue;
        std::optional<Instant> best;
        for (int hour = 0; hour < 24; ++hour) {
            for (int minute = 0; m_hours.test(static_cast<std::size_t>(hour)) && minute < 60; ++minute) {
                if (!m_minutes.test(static_cast<std::size_t>(minute)))
                    continue;
                const Instant at{momentOf(day, QTime(hour, minute), zone).toMSecsSinceEpoch()};
                if (at > after && (!best || at < *best))
                    best = at;
                // Times of a day rise but for the hour that clocks repeat.
                if (best && at > *best + std::chrono::hours(3))
                    return best;
            }
        }
        if (best)
            return best;
    }
    return std::nullopt;
}

} // namespace tw::timer
