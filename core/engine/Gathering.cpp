// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Gathering.h"

#include <algorithm>

namespace tw {

LoopCounts Gathering::Loop::counts() const
{
    LoopCounts counts;
    counts.elements = static_cast<std::int64_t>(elements.size());
    for (const Element &element : elements) {
        counts.failed += element.isFailed;
        counts.ok += element.isOk && !element.isFailed;
        counts.dropped += element.isDropped && !element.isOk && !element.isFailed;
    }
    return counts;
}

void Gathering::came(FlowMap::Place place, const ItemTrail *trail)
{
    for (const int collector : m_map->collectorsBehind(place)) {
        Group &group = groupOf(collector, trail);
        ++group.upstream;
    }
    for (const ItemTrail::Loop &loop : loopsOf(trail)) {
        if (isOf(loop, place.step))
            count(loop, 1, loop.across ? 1 : 0);
    }
}

void Gathering::left(FlowMap::Place place, const ItemTrail *trail)
{
    for (const int collector : m_map->collectorsBehind(place)) {
        const auto group = m_groups.find(m_map->group(collector, trail));
        if (--group->second.upstream > 0)
            continue;
        if (!group->second.held.empty())
            m_quiet.push_back(group->first);
        else if (!group->second.isRecorded)
            m_groups.erase(group);
    }
    for (const ItemTrail::Loop &loop : loopsOf(trail)) {
        if (isOf(loop, place.step))
            count(loop, -1, loop.across ? -1 : 0);
    }
}

void Gathering::count(const ItemTrail::Loop &one, int open, int aside)
{
    const auto loop = m_loops.find(one.instance);
    if (loop == m_loops.end())
        return;
    Loop::Element &element = loop->second.elements[one.element];
    element.open += open;
    element.aside += aside;
    loop->second.open += open;
    if (open < 0 || aside > 0)
        look(loop->second, one.element);
}

/// An element whose items all wait for others makes room for the next one.
void Gathering::look(Loop &loop, std::size_t number)
{
    Loop::Element &element = loop.elements[number];
    if (number >= loop.next) // It is being sent.
        return;
    if (element.open == element.aside && !element.isReleased) {
        element.isReleased = true;
        --loop.running;
        m_moved.push_back(loop.instance);
    }
    if (loop.open == 0)
        m_moved.push_back(loop.instance);
}

void Gathering::ended(int step, const ItemTrail *trail, Ending ending)
{
    for (const ItemTrail::Loop &one : loopsOf(trail)) {
        const auto loop = m_loops.find(one.instance);
        if (loop == m_loops.end() || !isOf(one, step))
            continue;
        Loop::Element &element = loop->second.elements[one.element];
        element.isOk = element.isOk || ending == Ending::Ok;
        element.isFailed = element.isFailed || ending == Ending::Failed;
        element.isDropped = element.isDropped || ending == Ending::Dropped;
    }
}

void Gathering::goesOn(int from, int to, const ItemTrail *trail)
{
    for (const ItemTrail::Loop &one : loopsOf(trail)) {
        Loop *loop = isOf(one, from) && !isOf(one, to) ? find(one.instance) : nullptr;
        if (loop)
            loop->elements[one.element].isOk = true;
    }
}

void Gathering::forget(std::uint64_t key)
{
    const auto group = m_groups.find(key);
    if (group != m_groups.end() && group->second.held.empty() && group->second.upstream == 0)
        m_groups.erase(group);
}

Gathering::Group &Gathering::groupOf(int step, const ItemTrail *trail)
{
    const std::uint64_t key = m_map->group(step, trail);
    Group &group = m_groups[key];
    group.step = step;
    group.key = key;
    return group;
}

void Gathering::hold(Group &group, int item, const ItemTrail *trail)
{
    group.held.push_back(item);
    if (group.until && group.held.size() == 1)
        m_timed.push_back(group.key);
    if (--group.upstream == 0)
        m_quiet.push_back(group.key);
    const auto &scope = m_map->scope(group.step);
    for (const ItemTrail::Loop &loop : loopsOf(trail)) {
        const bool waits = !loop.across && isOf(loop, group.step)
            && std::find(scope.begin(), scope.end(), loop.node) == scope.end();
        if (waits)
            count(loop, 0, 1);
    }
}

void Gathering::unhold(Group &group, const ItemTrail *trail)
{
    ++group.upstream;
    const auto &scope = m_map->scope(group.step);
    for (const ItemTrail::Loop &loop : loopsOf(trail)) {
        const bool waits = !loop.across && isOf(loop, group.step)
            && std::find(scope.begin(), scope.end(), loop.node) == scope.end();
        if (waits)
            count(loop, 0, -1);
    }
}

Gathering::Loop &Gathering::begin(Loop loop)
{
    loop.elements.resize(loop.outputs.size());
    m_unspent += !loop.isSpent();
    m_moved.push_back(loop.instance);
    return m_loops[loop.instance] = std::move(loop);
}

Gathering::Loop *Gathering::find(std::uint64_t instance)
{
    const auto found = m_loops.find(instance);
    return found == m_loops.end() ? nullptr : &found->second;
}

void Gathering::sendsElement(Loop &loop)
{
    ++loop.running;
}

void Gathering::sentElement(Loop &loop, std::size_t element)
{
    ++loop.next;
    m_unspent -= loop.isSpent();
    look(loop, element);
}

Gathering::Group *Gathering::nextQuiet()
{
    while (!m_quiet.empty()) {
        const auto group = m_groups.find(m_quiet.front());
        m_quiet.pop_front();
        if (group != m_groups.end() && group->second.upstream == 0 && !group->second.held.empty())
            return &group->second;
    }
    return nullptr;
}

Gathering::Loop *Gathering::nextMoved()
{
    while (!m_moved.empty()) {
        Loop *loop = find(m_moved.front());
        m_moved.pop_front();
        if (loop)
            return loop;
    }
    return nullptr;
}

Gathering::Group *Gathering::nextDue(Instant now)
{
    for (auto key = m_timed.begin(); key != m_timed.end(); ++key) {
        const auto group = m_groups.find(*key);
        if (group == m_groups.end() || group->second.held.empty() || group->second.until > now)
            continue;
        m_timed.erase(key);
        return &group->second;
    }
    return nullptr;
}

std::optional<Instant> Gathering::firstDue() const
{
    std::optional<Instant> first;
    for (const std::uint64_t key : m_timed) {
        const auto group = m_groups.find(key);
        if (group != m_groups.end() && !group->second.held.empty() && group->second.until)
            first = first ? std::min(*first, *group->second.until) : *group->second.until;
    }
    return first;
}

Gathering::Loop *Gathering::anyUnspent()
{
    const auto found = std::find_if(m_loops.begin(), m_loops.end(),
                                    [](const auto &loop) { return !loop.second.isSpent(); });
    return found == m_loops.end() ? nullptr : &found->second;
}

/// The one that is behind no other.
Gathering::Group *Gathering::anyHeld()
{
    Group *first = nullptr;
    for (auto &[key, group] : m_groups) {
        if (!group.held.empty() && (!first || m_map->reaches(group.step, first->step)))
            first = &group;
    }
    return first;
}

} // namespace tw
