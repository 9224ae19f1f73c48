// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>

namespace tw {

/// The runs that wait in front of a gate, in the order of acceptance: numbers only, so that the runs
/// themselves may leave the memory. Those who were called in go first when they come. Plain data.
class GateQueue
{
public:
    using Run = std::int64_t;
    struct Waiting
    {
        Run run = 0;
        bool told = false; ///< The observer knows the run from this process.
    };

    void add(Run run, bool told) { m_waiting[run] = told; }
    bool isWaiting(Run run) const { return m_waiting.count(run) > 0; }
    std::size_t size() const { return m_waiting.size(); }
    bool isEmpty() const { return m_waiting.empty(); }

    /// Calls the next one in. `behindLast`: the one after whom was called last, so that a record
    /// that breaks the other side each time does not stay the only one that is tried.
    std::optional<Waiting> callIn(bool behindLast);
    /// How many were called in and have not come yet.
    std::size_t expected() const { return m_expected.size(); }
    bool arrived(Run run) { return m_expected.erase(run) > 0; }
    void forget(Run run);

private:
    std::map<Run, bool> m_waiting;
    std::unordered_set<Run> m_expected;
    Run m_last = 0;
};

} // namespace tw
