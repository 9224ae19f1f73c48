// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

namespace tw {

/// How many reads an account allows in a month: so many for each transaction, and `least` in any
/// case. 0: no bound known.
struct ReadAllowance
{
    std::uint64_t least = 0;
    std::uint64_t perTransaction = 0;
};

std::string monthOf(Instant at); ///< "2026-12", by UTC.

/// The reads of one connection in the month that runs (UTC), beside what the other side allows. A
/// value, kept in the journal (area kArea, by the connection's name).
class ReadMeter
{
public:
    static constexpr const char *kArea = "reads";

    void setAllowance(ReadAllowance allowance) { m_allowance = allowance; }
    void countRead(Instant now);
    /// What the allowance grows with, each `id` once.
    void countTransaction(const std::string &id, Instant now);

    const std::string &month() const { return m_month; } ///< "2026-12"; empty: nothing was counted.
    std::uint64_t reads(Instant now) const { return m_month == monthOf(now) ? m_reads : 0; }
    std::uint64_t transactions() const { return m_transactions; }
    std::uint64_t allowed() const; ///< 0: no bound known.
    bool isUsedUp(Instant now) const { return allowed() > 0 && reads(now) >= allowed(); }

    std::string text() const;
    /// Adds what text() said before this one began to count; what cannot be read is left.
    void goOnFrom(const ReadMeter &before);
    static ReadMeter from(std::string_view text);

private:
    void turnTo(Instant now);

    ReadAllowance m_allowance;
    std::string m_month;
    std::uint64_t m_reads = 0;
    std::uint64_t m_transactions = 0;
    std::unordered_set<std::string> m_counted; ///< The last ones; several triggers see one event.
    std::deque<std::string> m_order;
};

} // namespace tw
