// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/DateTime.h"

#include <cmath>

namespace tw::expr {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;

void twoDigits(char *to, int value)
{
    to[0] = static_cast<char>('0' + value / 10);
    to[1] = static_cast<char>('0' + value % 10);
}

} // namespace

// Both conversions count in 400-year eras that begin on 1 March
// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t daysFromCivil(std::int64_t year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146'097 + dayOfEra - 719'468;
}

CivilDate civilFromDays(std::int64_t days)
{
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t dayOfEra = days - era * 146'097;
    const std::int64_t yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const std::int64_t shifted = (5 * dayOfYear + 2) / 153;
    const int day = static_cast<int>(dayOfYear - (153 * shifted + 2) / 5 + 1);
    const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
    return {yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

void writeIso(char *to, std::int64_t msSinceEpoch)
{
    std::int64_t days = msSinceEpoch / kMsPerDay;
    std::int64_t rest = msSinceEpoch % kMsPerDay;
    if (rest < 0) {
        rest += kMsPerDay;
        --days;
    }
    const CivilDate date = civilFromDays(days);
    const auto ms = static_cast<int>(rest % 1000);
    const auto second = static_cast<int>(rest / 1000);
    const std::string_view frame = "0000-00-00T00:00:00.000Z";
    frame.copy(to, frame.size());
    twoDigits(to, static_cast<int>(date.year / 100));
    twoDigits(to + 2, static_cast<int>(date.year % 100));
    twoDigits(to + 5, date.month);
    twoDigits(to + 8, date.day);
    twoDigits(to + 11, second / 3600);
    twoDigits(to + 14, second / 60 % 60);
    twoDigits(to + 17, second % 60);
    to[20] = static_cast<char>('0' + ms / 100);
    twoDigits(to + 21, ms % 100);
}

} // namespace tw::expr
