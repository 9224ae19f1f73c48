// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/PeriodMath.h"

#include <algorithm>
#include <chrono>

namespace tw::stripe {

namespace {

namespace chrono = std::chrono;

constexpr std::int64_t kDay = 86'400;

std::int64_t daysBelow(std::int64_t seconds)
{
    return seconds >= 0 ? seconds / kDay : -((-seconds + kDay - 1) / kDay);
}

chrono::year_month_day dateOf(std::int64_t seconds)
{
    return chrono::sys_days(chrono::days(daysBelow(seconds)));
}

std::int64_t secondsOf(chrono::year_month month, unsigned day, std::int64_t timeOfDay)
{
    const chrono::year_month_day_last last{month.year(), chrono::month_day_last(month.month())};
    const auto cut = std::min(day, static_cast<unsigned>(last.day()));
    const chrono::sys_days date =
        chrono::year_month_day(month.year(), month.month(), chrono::day(cut));
    return std::int64_t(date.time_since_epoch().count()) * kDay + timeOfDay;
}

} // namespace

Cadence Cadence::of(std::string_view interval, std::int64_t count)
{
    const Unit unit = interval == "day"    ? Unit::Day
                      : interval == "week" ? Unit::Week
                      : interval == "year" ? Unit::Year
                                           : Unit::Month;
    return {unit, std::max<std::int64_t>(1, count)};
}

std::int64_t boundary(std::int64_t anchor, const Cadence &cadence, std::int64_t n)
{
    const std::int64_t steps = cadence.count * n;
    if (cadence.unit == Cadence::Unit::Day)
        return anchor + steps * kDay;
    if (cadence.unit == Cadence::Unit::Week)
        return anchor + steps * 7 * kDay;
    const auto date = dateOf(anchor);
    const auto months =
        chrono::months(static_cast<int>(cadence.unit == Cadence::Unit::Year ? steps * 12 : steps));
    const chrono::year_month month = chrono::year_month(date.year(), date.month()) + months;
    return secondsOf(month, static_cast<unsigned>(date.day()), anchor - daysBelow(anchor) * kDay);
}

BillingPeriod periodAround(std::int64_t anchor, const Cadence &cadence, std::int64_t at)
{
    const std::int64_t longest = boundary(anchor, cadence, 1) - anchor + 4 * kDay;
    std::int64_t n = (at - anchor) / longest - 1;
    while (boundary(anchor, cadence, n + 1) <= at)
        ++n;
    while (boundary(anchor, cadence, n) > at)
        --n;
    return {boundary(anchor, cadence, n), boundary(anchor, cadence, n + 1)};
}

std::int64_t nextDayOfMonth(std::int64_t at, int day, int month)
{
    const auto date = dateOf(at);
    const std::int64_t timeOfDay = at - daysBelow(at) * kDay;
    chrono::year_month candidate(date.year(), date.month());
    for (int tries = 0; tries < 14; ++tries, candidate += chrono::months(1)) {
        if (month != 0 && static_cast<unsigned>(candidate.month()) != static_cast<unsigned>(month))
            continue;
        const auto moment =
            secondsOf(candidate, static_cast<unsigned>(std::clamp(day, 1, 31)), timeOfDay);
        if (moment > at)
            return moment;
    }
    return at;
}

} // namespace tw::stripe
