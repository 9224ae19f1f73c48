// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace tw::stripe {

/// From `start` up to, not including, `end`; Unix seconds.
struct BillingPeriod
{
    std::int64_t start = 0, end = 0;
    bool operator==(const BillingPeriod &) const = default;
};

/// How often a recurring price is billed.
struct Cadence
{
    enum class Unit { Day, Week, Month, Year };
    Unit unit = Unit::Month;
    std::int64_t count = 1;
    bool operator==(const Cadence &) const = default;

    /// "day", "week", "month", "year"; month for anything else.
    static Cadence of(std::string_view interval, std::int64_t count);
};

/// The `n`-th boundary after `anchor` (before it when negative). A month that is too short ends a
/// period early without moving the later ones: 31 January, 28 February, 31 March.
std::int64_t boundary(std::int64_t anchor, const Cadence &cadence, std::int64_t n);

/// The period between two boundaries that holds `at`.
BillingPeriod periodAround(std::int64_t anchor, const Cadence &cadence, std::int64_t at);

/// The next moment after `at` that lies on a day of the month (cut to the month's last day), of one
/// month when `month` is not 0, at the time of day that `at` has.
std::int64_t nextDayOfMonth(std::int64_t at, int day, int month);

} // namespace tw::stripe
