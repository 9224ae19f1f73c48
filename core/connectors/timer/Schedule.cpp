// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/Schedule.h"

namespace tw::timer {

std::optional<Instant> Schedule::next(Instant after) const
{
    if (const auto *cron = std::get_if<Cron>(&m_rule))
        return cron->next(after, m_zone);
    const std::int64_t every = std::get<std::chrono::milliseconds>(m_rule).count();
    return Instant{(after.msSinceEpoch / every + 1) * every};
}

std::vector<Instant> Schedule::between(Instant after, Instant upTo, std::size_t limit) const
{
    std::vector<Instant> moments;
    if (const auto *every = std::get_if<std::chrono::milliseconds>(&m_rule)) {
        const Instant earliest{upTo.msSinceEpoch - every->count() * static_cast<std::int64_t>(limit)};
        after = std::max(after, earliest);
    }
    for (auto at = next(after); at && *at <= upTo; at = next(*at)) {
        moments.push_back(*at);
        if (moments.size() > limit)
            moments.erase(moments.begin());
    }
    return moments;
}

} // namespace tw::timer
