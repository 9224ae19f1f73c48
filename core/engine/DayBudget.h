// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/CallReport.h"

#include <optional>

namespace tw {

/// What is left of an allowance per day that flows share with people. Known only from what answers
/// say; a share of it is never touched. Plain data.
class DayBudget
{
public:
    explicit DayBudget(double reserve) : m_reserve(reserve) {}

    void seen(const CallReport::Day &day, Instant now);
    bool isKnown() const { return m_day.limit > 0; }
    /// Whether another call may go, beside those that are on their way and not counted yet.
    bool hasRoom(int onTheirWay) const;

    std::int64_t used() const { return m_day.used; }
    std::int64_t limit() const { return m_day.limit; }
    std::int64_t reserved() const; ///< Of `limit`, for people.
    Instant seenAt() const { return m_at; }
    /// When flows will have used up their part at the pace of the last hour or so.
    std::optional<Instant> forecast(Instant now) const;

private:
    std::int64_t allowance() const;

    double m_reserve;
    CallReport::Day m_day;
    Instant m_at;
    CallReport::Day m_paceFrom;
    Instant m_paceSince;
};

} // namespace tw
