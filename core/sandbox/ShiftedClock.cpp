// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/ShiftedClock.h"

#include <algorithm>

namespace tw::sandbox {

void ShiftedClock::callAfter(std::chrono::milliseconds delay, QObject *context,
                             std::function<void()> action)
{
    const std::uint64_t number = ++m_last;
    m_places.emplace(number,
                     m_waiting.emplace(now() + delay, Waiting{number, context != nullptr, context,
                                                              std::move(action)}));
    // The base decides when its time has come: its timers may be early by a little.
    m_base.callAfter(delay, this, [this, number] {
        if (const auto place = m_places.find(number); place != m_places.end())
            fire(place->second);
    });
}

void ShiftedClock::fire(Queue::iterator at)
{
    auto node = m_waiting.extract(at);
    m_places.erase(node.mapped().number);
    if (!node.mapped().guarded || node.mapped().context)
        node.mapped().action();
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
