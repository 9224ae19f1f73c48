// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace tw {

/// When which run has to be looked at again. Numbers and times only, so that a hundred thousand
/// waiting runs are a few megabytes. Plain data, used on the engine's thread.
class Alarms
{
public:
    struct Alarm
    {
        Instant at;
        std::int64_t run = 0;
        bool told = false; ///< The observer knows the run from this process.
        auto operator<=>(const Alarm &) const = default;
    };

    void add(const Alarm &alarm) { m_alarms.insert(alarm); }
    void drop(Instant at, std::int64_t run)
    {
        m_alarms.erase({at, run, false});
        m_alarms.erase({at, run, true});
    }
    std::optional<Instant> first() const
    {
        return m_alarms.empty() ? std::nullopt : std::optional(m_alarms.begin()->at);
    }
    /// For a run that ended otherwise; looks at all.
    void remove(std::int64_t run)
    {
        std::erase_if(m_alarms, [run](const Alarm &alarm) { return alarm.run == run; });
    }
    /// Of the runs that `of` says: by `span`, or by nothing when it is negative.
    template <typename Of>
    void bringForward(std::chrono::milliseconds span, Of of)
    {
        if (span.count() <= 0)
            return;
        std::set<Alarm> moved;
        for (Alarm alarm : m_alarms) {
            if (of(alarm.run))
                alarm.at = alarm.at + -span;
            moved.insert(alarm);
        }
        m_alarms = std::move(moved);
    }
    bool isEmpty() const { return m_alarms.empty(); }

    /// Removes and answers those that are due, in order of time.
    std::vector<Alarm> take(Instant now)
    {
        std::vector<Alarm> due;
        while (!m_alarms.empty() && m_alarms.begin()->at <= now) {
            due.push_back(*m_alarms.begin());
            m_alarms.erase(m_alarms.begin());
        }
        return due;
    }

private:
    std::set<Alarm> m_alarms;
};

} // namespace tw
