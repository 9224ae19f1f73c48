// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <chrono>

namespace tw {

/// Deals out one budget of steps, bytes and time to several evaluations, one after the other.
class Allowance
{
public:
    explicit Allowance(const Environment &environment);

    enum class Share { Half, All };
    /// The environment with what is left, or half of it. A budget that is spent allows next to
    /// nothing.
    Environment &next(Share share = Share::All);
    /// What was asked for beyond the share was never granted, and is not counted.
    void spend(const BudgetUse &use);
    bool isSpent() const;
    const Budget &whole() const { return m_whole; }

private:
    Environment m_environment;
    Budget m_whole;
    BudgetUse m_used;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

} // namespace tw
