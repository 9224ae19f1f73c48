// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/GateQueue.h"

namespace tw {

std::optional<GateQueue::Waiting> GateQueue::callIn(bool behindLast)
{
    auto next = behindLast ? m_waiting.upper_bound(m_last) : m_waiting.begin();
    if (next == m_waiting.end())
        next = m_waiting.begin();
    if (next == m_waiting.end())
        return std::nullopt;
    const Waiting called{next->first, next->second};
    m_waiting.erase(next);
    m_expected.insert(called.run);
    m_last = called.run;
    return called;
}

void GateQueue::forget(Run run)
{
    m_waiting.erase(run);
    m_expected.erase(run);
}

} // namespace tw
