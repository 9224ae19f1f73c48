// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"
#include "core/flow/Flow.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tw {

/// What the tries of one item have used up of its step's retry policy. Plain data; travels in the
/// item's records, so that a restart neither forgets nor repeats anything.
class RetryTally
{
public:
    /// When to try again, counted as one more try; none: the policy is used up, or does not try this
    /// failure again. `took`: the attempt that failed. `isOutage`: the whole destination is in
    /// trouble, so that only the budget of time ends the tries.
    std::optional<std::chrono::milliseconds> next(const RetryPolicy &policy, const Error &error,
                                                  std::chrono::milliseconds took, bool isOutage,
                                                  Random &random);

    bool isEmpty() const { return m_tries.empty(); }
    std::string text() const; ///< JSON.
    /// Of a record that an older build wrote there is the number of attempts alone.
    static RetryTally read(std::string_view text, int attempts);

private:
    std::map<std::string, int> m_tries; ///< By rule; "" is the policy itself.
    std::chrono::milliseconds m_spent{0};
};

} // namespace tw
