// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Batches.h"

#include <algorithm>
#include <iterator>

namespace tw {

bool Batches::mayLeave(std::size_t count, std::size_t full, Instant oldest, Instant now,
                       bool hurry) const
{
    if (count == 0)
        return false;
    if (count >= full)
        return true;
    if (m_calls == 0)
        return hurry || !m_lastLeft || now >= *m_lastLeft + m_linger;
    return m_linger.count() > 0 && now >= oldest + m_linger;
}

std::vector<Batches::Entry> Batches::take(Instant now, bool hurry, std::size_t most)
{
    const std::size_t full = std::min(m_size, most);
    std::vector<std::size_t> chosen;
    std::unordered_set<std::string> keys;
    for (std::size_t at = 0; at < m_waiting.size() && chosen.size() < full; ++at) {
        const std::string &key = m_waiting[at].key;
        if (!key.empty() && (m_keys.count(key) > 0 || !keys.insert(key).second))
            continue;
        chosen.push_back(at);
    }
    std::vector<Entry> call;
    if (!mayLeave(chosen.size(), full, chosen.empty() ? now : m_waiting[chosen.front()].since, now,
                  hurry))
        return call;
    std::deque<Entry> rest;
    auto next = chosen.begin();
    for (std::size_t at = 0; at < m_waiting.size(); ++at) {
        const bool leaves = next != chosen.end() && *next == at;
        if (leaves) {
            ++next;
            call.push_back(std::move(m_waiting[at]));
        } else {
            rest.push_back(std::move(m_waiting[at]));
        }
    }
    m_waiting = std::move(rest);
    m_keys.merge(keys);
    m_lastLeft = now;
    ++m_calls;
    return call;
}

void Batches::returned(const std::vector<Entry> &call)
{
    --m_calls;
    for (const Entry &entry : call)
        m_keys.erase(entry.key);
}

std::optional<Instant> Batches::due() const
{
    if (m_waiting.empty())
        return std::nullopt;
    if (m_calls == 0)
        return m_lastLeft ? *m_lastLeft + m_linger : m_waiting.front().since;
    if (m_linger.count() == 0)
        return std::nullopt;
    return m_waiting.front().since + m_linger;
}

} // namespace tw
