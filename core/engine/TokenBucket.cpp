// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/TokenBucket.h"

#include <algorithm>
#include <cmath>

namespace tw {
namespace {

// Sums of many small refills come to 0.9999999 of a token.
constexpr double kRounding = 1e-6;

} // namespace

TokenBucket::TokenBucket(double perSecond, double burst, Instant now)
    : m_perSecond(perSecond), m_burst(std::max(1.0, burst)), m_tokens(m_burst), m_at(now)
{}

double TokenBucket::tokens(Instant now) const
{
    // A clock that was set back gives nothing, and takes nothing away.
    const double seconds = std::max(0.0, static_cast<double>((now - m_at).count()) / 1000);
    return std::min(m_burst, m_tokens + seconds * m_perSecond + kRounding);
}

void TokenBucket::take(Instant now)
{
    if (!isLimited())
        return;
    m_tokens = tokens(now) - 1;
    m_at = now;
}

void TokenBucket::empty(Instant since)
{
    m_tokens = std::min(m_tokens, 0.0);
    m_at = since;
}

Instant TokenBucket::readyAt(Instant now) const
{
    if (mayTake(now))
        return now;
    const double missing = (1 - tokens(now)) / m_perSecond;
    return now + std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(missing * 1000)));
}

} // namespace tw
