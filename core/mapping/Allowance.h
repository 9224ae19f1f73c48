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

    /// The environment with what is left. A budget that is spent allows next to nothing.
    Environment &next();
    void spend(const BudgetUse &use);
    bool isSpent() const;

private:
    Environment m_environment;
    Budget m_whole;
    BudgetUse m_used;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

} // namespace tw
