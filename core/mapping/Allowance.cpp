// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/Allowance.h"

#include <algorithm>

namespace tw {
namespace {

/// Zero means unlimited in a budget, so at least one is left.
std::uint64_t left(std::uint64_t whole, std::uint64_t used, std::uint64_t parts)
{
    return whole == 0 ? 0 : std::max<std::uint64_t>((whole - std::min(used, whole - 1)) / parts, 1);
}

bool gone(std::uint64_t whole, std::uint64_t used)
{
    return whole > 0 && used >= whole;
}

std::uint64_t msSince(std::chrono::steady_clock::time_point start)
{
    const auto passed = std::chrono::steady_clock::now() - start;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
}

} // namespace

Allowance::Allowance(const Environment &environment)
    : m_environment(environment), m_whole(environment.budget)
{
    m_environment.use = nullptr;
}

Environment &Allowance::next(Share share)
{
    const std::uint64_t parts = share == Share::Half ? 2 : 1;
    Budget &budget = m_environment.budget;
    budget.steps = left(m_whole.steps, m_used.steps, parts);
    budget.bytes = left(m_whole.bytes, m_used.bytes, parts);
    if (const auto whole = static_cast<std::uint64_t>(m_whole.wallClock.count()); whole > 0)
        budget.wallClock = std::chrono::milliseconds(left(whole, msSince(m_start), parts));
    return m_environment;
}

void Allowance::spend(const BudgetUse &use)
{
    const Budget &granted = m_environment.budget;
    m_used.steps += granted.steps > 0 ? std::min(use.steps, granted.steps) : use.steps;
    m_used.bytes += granted.bytes > 0 ? std::min(use.bytes, granted.bytes) : use.bytes;
}

bool Allowance::isSpent() const
{
    const auto patience = static_cast<std::uint64_t>(m_whole.wallClock.count());
    return gone(m_whole.steps, m_used.steps) || gone(m_whole.bytes, m_used.bytes) ||
           (patience > 0 && msSince(m_start) >= patience);
}

} // namespace tw
