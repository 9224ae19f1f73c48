// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/timer/Cron.h"

#include <QTimeZone>
#include <chrono>
#include <variant>
#include <vector>

namespace tw::timer {

/// Planned moments: by a cron line in a time zone, or every so often counted from 1970, so that a
/// restart plans the same ones. Immutable.
class Schedule
{
public:
    explicit Schedule(std::chrono::milliseconds every) : m_rule(every) {}
    Schedule(Cron cron, QTimeZone zone) : m_rule(std::move(cron)), m_zone(std::move(zone)) {}

    std::optional<Instant> next(Instant after) const;
    /// Those with after < moment <= upTo, at most `limit`: the newest of them.
    std::vector<Instant> between(Instant after, Instant upTo, std::size_t limit) const;

private:
    std::variant<std::chrono::milliseconds, Cron> m_rule;
    QTimeZone m_zone = QTimeZone::utc();
};

} // namespace tw::timer
