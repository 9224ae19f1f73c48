// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace tw {

/// The items that wait at one step to go out together.
///
/// A full batch leaves at once. A smaller one leaves when no call is on its way and the last one left
/// `linger` ago or waiting is of no use, or when its oldest item has waited for `linger`. So a lone
/// item goes at once, and a steady trickle makes few calls. An item whose key is on its way waits
/// for that call. Plain data, used on the engine's thread.
class Batches
{
public:
    struct Entry
    {
        std::int64_t run = 0;
        int token = 0;
        std::string key;
        Instant since;
    };

    Batches(std::size_t size, std::chrono::milliseconds linger) : m_size(size), m_linger(linger) {}

    void add(Entry entry) { m_waiting.push_back(std::move(entry)); }
    /// What leaves now, in order of arrival, no key twice; empty: nothing. `hurry`: others wait for
    /// these items, so that no company comes. Each answer is one call; tell when it came back.
    /// At most `most` leave, and then that many are a full call.
    std::vector<Entry> take(Instant now, bool hurry, std::size_t most = SIZE_MAX);
    void returned(const std::vector<Entry> &call);

    /// When take() has to be asked again if nothing else happens; may have passed.
    std::optional<Instant> due() const;
    const std::deque<Entry> &waiting() const { return m_waiting; }
    std::size_t size() const { return m_size; }
    int calls() const { return m_calls; }

private:
    bool mayLeave(std::size_t count, std::size_t full, Instant oldest, Instant now, bool hurry) const;

    std::size_t m_size;
    std::chrono::milliseconds m_linger;
    std::deque<Entry> m_waiting;
    std::unordered_set<std::string> m_keys; ///< On their way.
    std::optional<Instant> m_lastLeft;
    int m_calls = 0; ///< On their way.
};

} // namespace tw
