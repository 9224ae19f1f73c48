// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <chrono>

namespace tw {

/// So many calls a second, and a few at once after a rest. Plain data.
class TokenBucket
{
public:
    /// Full at `now`; `burst` below 1 counts as 1. A rate of 0 or less is no limit.
    TokenBucket(double perSecond, double burst, Instant now);

    bool isLimited() const { return m_perSecond > 0; }
    double tokens(Instant now) const;
    bool mayTake(Instant now) const { return !isLimited() || tokens(now) >= 1; }
    void take(Instant now);
    /// Nothing is left at `since`: what may have been taken by a process before this one.
    void empty(Instant since);
    Instant readyAt(Instant now) const; ///< When mayTake() holds if nobody takes.

private:
    double m_perSecond;
    double m_burst;
    double m_tokens;
    Instant m_at;
};

} // namespace tw
