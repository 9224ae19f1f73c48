// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/OutageWatch.h"

namespace tw {
namespace {

constexpr int kWindow = 30;
constexpr int kLeastCalls = 20;
// A busy connection meets three failures in a row by chance, a quiet one would have its records
// given up before twenty calls are made: so few count if they are apart.
constexpr int kApart = 3;
constexpr std::chrono::milliseconds kApartBy{1000};
constexpr int kInARow = 10;

} // namespace

OutageWatch::Second &OutageWatch::secondOf(Instant now)
{
    const std::int64_t at = now.seconds();
    Second &second = m_seconds[static_cast<std::size_t>(at % kSeconds)];
    if (second.at != at)
        second = {at, 0, 0, 0, 0};
    return second;
}

void OutageWatch::succeeded(Instant now)
{
    Second &second = secondOf(now);
    ++second.calls;
    ++second.weighed;
    m_inARow = 0;
}

bool OutageWatch::failed(Instant now)
{
    Second &second = secondOf(now);
    ++second.calls;
    ++second.weighed;
    ++second.failures;
    ++second.judged;
    if (m_inARow++ == 0)
        m_firstInARow = now;
    if (m_inARow >= kInARow || (m_inARow >= kApart && now - m_firstInARow >= kApartBy))
        return true;
    const int calls = sum(now, kWindow, &Second::weighed);
    return calls >= kLeastCalls && 2 * sum(now, kWindow, &Second::judged) >= calls;
}

void OutageWatch::forget()
{
    m_inARow = 0;
    for (Second &second : m_seconds)
        second.judged = second.weighed = 0;
}

int OutageWatch::sum(Instant now, int seconds, int Second::*what) const
{
    int total = 0;
    for (const Second &second : m_seconds) {
        const std::int64_t age = now.seconds() - second.at;
        total += second.at >= 0 && age >= 0 && age < seconds ? second.*what : 0;
    }
    return total;
}

int OutageWatch::calls(Instant now) const
{
    return sum(now, kSeconds, &Second::calls);
}

int OutageWatch::failures(Instant now) const
{
    return sum(now, kSeconds, &Second::failures);
}

} // namespace tw
