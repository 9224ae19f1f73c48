// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/DayBudget.h"

#include <algorithm>
#include <cmath>

namespace tw {
namespace {

constexpr std::chrono::hours kPace{1};
// While nothing may go, a call now and then asks how much is left. They must not cost the reserve.
constexpr std::int64_t kMostForLooking = 50;
constexpr std::int64_t kShareForLooking = 20;

} // namespace

void DayBudget::seen(const CallReport::Day &day, Instant now)
{
    // Answers overtake each other: within a moment the greater number is the newer one.
    const bool overtaken = day.limit == m_day.limit && day.used < m_day.used
        && now - m_at < std::chrono::minutes(1) && m_day.used - day.used < 100;
    m_at = now;
    if (overtaken)
        return;
    if (!isKnown() || day.used < m_paceFrom.used || now - m_paceSince > 2 * kPace) {
        m_paceFrom = isKnown() && day.used >= m_day.used ? m_day : day;
        m_paceSince = now;
    }
    m_day = day;
}

std::int64_t DayBudget::reserved() const
{
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(m_day.limit) * m_reserve));
}

std::int64_t DayBudget::allowance() const
{
    return m_day.limit - reserved() - std::min(kMostForLooking, m_day.limit / kShareForLooking);
}

bool DayBudget::hasRoom(int onTheirWay) const
{
    return !isKnown() || m_day.used + onTheirWay < allowance();
}

std::optional<Instant> DayBudget::forecast(Instant now) const
{
    const auto span = static_cast<double>((m_at - m_paceSince).count());
    const auto spent = static_cast<double>(m_day.used - m_paceFrom.used);
    if (!isKnown() || span < 60'000 || spent <= 0)
        return std::nullopt;
    const double left = static_cast<double>(std::max<std::int64_t>(0, allowance() - m_day.used));
    const Instant at = m_at + std::chrono::milliseconds(static_cast<std::int64_t>(left * span / spent));
    return std::max(at, now);
}

} // namespace tw
