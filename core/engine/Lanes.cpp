// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Lanes.h"

#include <string>

namespace tw {

Lanes::Lane Lanes::of(std::string_view flow, std::string_view key)
{
    if (key.empty())
        return 0;
    std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a, 64 bit
    const auto mix = [&hash](std::string_view bytes) {
        for (const char byte : bytes)
            hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3ULL;
        hash = (hash ^ 0xff) * 0x100000001b3ULL;
    };
    mix(flow);
    mix(key);
    return hash == 0 ? 1 : hash;
}

Lanes::Lane Lanes::ofReplays(Run origin)
{
    return of("\x1freplays", std::to_string(origin)); // No flow is called so.
}

bool Lanes::enter(Run run, Lane lane)
{
    if (lane == 0)
        return true;
    Queue &queue = m_lanes[lane];
    if (queue.begun == 0 && queue.first == 0 && !queue.held) {
        queue.begun = run;
        return true;
    }
    if (queue.first == 0) {
        queue.first = run;
        ++m_firstWaiting;
    } else {
        m_behind.emplace(queue.last, run);
    }
    queue.last = run;
    return false;
}

bool Lanes::enterFirst(Run run, Lane lane)
{
    if (lane == 0)
        return true;
    Queue &queue = m_lanes[lane];
    if (queue.begun == 0) {
        queue.begun = run;
        return true;
    }
    if (queue.first == 0) {
        ++m_firstWaiting;
        queue.last = run;
    } else {
        m_behind.emplace(run, queue.first);
    }
    queue.first = run;
    return false;
}

std::optional<Lanes::Run> Lanes::leave(Run run, Lane lane)
{
    const auto found = m_lanes.find(lane);
    if (lane == 0 || found == m_lanes.end())
        return std::nullopt;
    if (found->second.begun != run) {
        m_gone.insert(run);
        return std::nullopt;
    }
    found->second.begun = 0;
    return next(found);
}

void Lanes::hold(Lane lane)
{
    if (lane != 0)
        m_lanes[lane].held = true;
}

std::optional<Lanes::Run> Lanes::release(Lane lane)
{
    const auto found = m_lanes.find(lane);
    if (found == m_lanes.end() || !found->second.held)
        return std::nullopt;
    found->second.held = false;
    return found->second.begun == 0 ? next(found) : std::nullopt;
}

bool Lanes::isHeld(Lane lane) const
{
    const auto found = m_lanes.find(lane);
    return found != m_lanes.end() && found->second.held;
}

bool Lanes::hasWaiting(Lane lane) const
{
    const auto found = m_lanes.find(lane);
    return found != m_lanes.end() && found->second.first != 0;
}

std::size_t Lanes::waitingHeld() const
{
    std::size_t count = 0;
    for (const auto &[lane, queue] : m_lanes) {
        if (!queue.held || queue.begun != 0)
            continue;
        for (Run run = queue.first; run != 0;) {
            count += m_gone.count(run) == 0;
            const auto behind = m_behind.find(run);
            run = behind == m_behind.end() ? 0 : behind->second;
        }
    }
    return count;
}

std::optional<Lanes::Run> Lanes::next(std::unordered_map<Lane, Queue>::iterator lane)
{
    Queue &queue = lane->second;
    if (queue.held)
        return std::nullopt;
    while (queue.first != 0) {
        const Run run = queue.first;
        const auto behind = m_behind.find(run);
        queue.first = behind == m_behind.end() ? 0 : behind->second;
        if (behind == m_behind.end())
            --m_firstWaiting;
        else
            m_behind.erase(behind);
        if (m_gone.erase(run) > 0)
            continue;
        queue.begun = run;
        return run;
    }
    m_lanes.erase(lane);
    return std::nullopt;
}

} // namespace tw
