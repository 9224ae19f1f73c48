// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/ShiftedClock.h"

#include <algorithm>

namespace tw::sandbox {

void ShiftedClock::callAfter(std::chrono::milliseconds delay, QObject *context,
                             std::function<void()> action)
{
    m_waiting.emplace(now() + delay, Waiting{context != nullptr, context, std::move(action)});
    m_base.callAfter(delay, this, [this] { fireDue(); });
}

void ShiftedClock::fire(std::multimap<Instant, Waiting>::iterator at)
{
    auto node = m_waiting.extract(at);
    if (!node.mapped().guarded || node.mapped().context)
        node.mapped().action();
}

void ShiftedClock::fireDue()
{
    while (!m_waiting.empty() && m_waiting.begin()->first <= now())
        fire(m_waiting.begin());
}

void ShiftedClock::advance(std::chrono::milliseconds span)
{
    const Instant target = now() + span;
    while (!m_waiting.empty() && m_waiting.begin()->first <= target) {
        m_shift += std::max(std::chrono::milliseconds(0), m_waiting.begin()->first - now());
        fire(m_waiting.begin());
    }
    m_shift += std::max(std::chrono::milliseconds(0), target - now());
}

} // namespace tw::sandbox
