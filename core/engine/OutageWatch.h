// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <array>
#include <cstdint>

namespace tw {

/// Counts the calls of the last minute and says when their failures are an outage: half of at least
/// twenty calls within 30 s, or failures and nothing else for a while. Plain data.
class OutageWatch
{
public:
    void succeeded(Instant now);
    /// True: no further call should leave for now.
    bool failed(Instant now);
    void forget(); ///< The destination is well again: earlier failures count no more.

    int calls(Instant now) const;    ///< Of the last minute, answered or not.
    int failures(Instant now) const; ///< The same.

private:
    static constexpr int kSeconds = 60;
    struct Second
    {
        std::int64_t at = -1;
        int calls = 0;
        int failures = 0;
        int judged = 0; ///< Failures that still count towards an outage,
        int weighed = 0; ///< and the calls that they are weighed against.
    };

    Second &secondOf(Instant now);
    int sum(Instant now, int seconds, int Second::*what) const;

    std::array<Second, kSeconds> m_seconds;
    int m_inARow = 0;
    Instant m_firstInARow;
};

} // namespace tw
