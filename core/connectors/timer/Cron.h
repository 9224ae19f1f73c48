// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <array>
#include <bitset>
#include <optional>
#include <string_view>

class QDate;
class QTimeZone;

namespace tw::timer {

/// A cron line of five fields: minute, hour, day of month, month, day of week. Lists, ranges, steps,
/// English names of months and days, and @hourly, @daily, @weekly, @monthly, @yearly. As in cron,
/// when both days are restricted either of them fits. Immutable.
class Cron
{
public:
    /// Error Config `timer.bad_cron`, naming the field.
    static Result<Cron> parse(std::string_view text);

    /// The first planned moment after `after`, by the clocks of `zone`. A time that the clocks skip
    /// in spring comes at the first moment after the gap; one that they show twice in autumn comes
    /// once, at the first. None when there is none within eight years (30 February).
    std::optional<Instant> next(Instant after, const QTimeZone &zone) const;

private:
    bool fits(const QDate &day) const;

    std::bitset<60> m_minutes;
    std::bitset<24> m_hours;
    std::bitset<32> m_days;   ///< 1 to 31.
    std::bitset<13> m_months; ///< 1 to 12.
    std::bitset<8> m_weekdays; ///< 0 = Sunday to 6.
    bool m_anyDay = true;
    bool m_anyWeekday = true;
};

} // namespace tw::timer
