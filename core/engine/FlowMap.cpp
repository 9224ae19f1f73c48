// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/FlowMap.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace tw {
namespace {

std::size_t at(int step)
{
    return static_cast<std::size_t>(step);
}

} // namespace

std::uint64_t mixed(std::uint64_t a, std::uint64_t b)
{
    // The finaliser of splitmix64 over both.
    std::uint64_t hash = a * 0x9e3779b97f4a7c15ULL + b + 0x632be59bd9b4e019ULL;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

int itemNumber(const std::string &position)
{
    if (position == "0")
        return 0;
    const std::string_view rest = std::string_view(position).substr(2);
    int index = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    const bool isIndex = read.ec == std::errc() && read.ptr == rest.data() + rest.size();
    if (isIndex && index + 1 < kFirstHashedNumber)
        return index + 1;
    std::uint64_t hash = 0;
    for (const char byte : position)
        hash = mixed(hash, static_cast<std::uint8_t>(byte));
    const auto room = static_cast<std::uint64_t>(std::numeric_limits<int>::max() - kFirstHashedNumber);
    return kFirstHashedNumber + static_cast<int>(hash % room);
}

FlowMap::FlowMap(std::vector<Step> steps) : m_steps(std::move(steps))
{
    const std::vector<int> order = inOrder();
    findReach(order);
    findScopes(order);
    const std::size_t count = m_steps.size();
    m_collectors.resize(2 * count);
    m_body.resize(count);
    for (std::size_t step = 0; step < count; ++step) {
        const Row spent = m_steps[step].loops ? from(m_steps[step].done) : Row(count, false);
        for (std::size_t other = 0; other < count; ++other) {
            if (m_steps[other].collects == Collects::Nothing)
                continue;
            if (leadsTo(static_cast<int>(step), static_cast<int>(other)))
                m_collectors[step].push_back(static_cast<int>(other));
            if (spent[other])
                m_collectors[count + step].push_back(static_cast<int>(other));
        }
        if (!m_steps[step].loops)
            continue;
        m_body[step] = from(m_steps[step].elements);
        for (std::size_t other = 0; other < count; ++other)
            m_body[step][other] = m_body[step][other] && !spent[other];
    }
}

std::vector<int> FlowMap::inOrder() const
{
    std::vector<int> waiting(m_steps.size(), 0);
    for (const Step &step : m_steps) {
        for (const int target : step.targets)
            ++waiting[at(target)];
    }
    std::vector<int> order;
    for (std::size_t step = 0; step < m_steps.size(); ++step) {
        if (waiting[step] == 0)
            order.push_back(static_cast<int>(step));
    }
    for (std::size_t next = 0; next < order.size(); ++next) {
        for (const int target : m_steps[at(order[next])].targets) {
            if (--waiting[at(target)] == 0)
                order.push_back(target);
        }
    }
    return order;
}

FlowMap::Row FlowMap::from(const std::vector<int> &targets) const
{
    Row row(m_steps.size(), false);
    for (const int target : targets) {
        row[at(target)] = true;
        for (std::size_t step = 0; step < row.size(); ++step)
            row[step] = row[step] || m_reach[at(target)][step];
    }
    return row;
}

void FlowMap::findReach(const std::vector<int> &order)
{
    m_reach.assign(m_steps.size(), Row(m_steps.size(), false));
    for (auto step = order.rbegin(); step != order.rend(); ++step)
        m_reach[at(*step)] = from(m_steps[at(*step)].targets);
}

/// Loops around each step: those that all its wires are inside of.
void FlowMap::findScopes(const std::vector<int> &order)
{
    std::vector<std::optional<std::vector<int>>> around(m_steps.size());
    m_scope.resize(m_steps.size());
    for (const int step : order) {
        const Step &one = m_steps[at(step)];
        std::vector<int> loops = around[at(step)].value_or(std::vector<int>());
        if (one.collects != Collects::Nothing) {
            const auto across = std::find(loops.begin(), loops.end(), one.across);
            if (across != loops.end())
                loops.erase(across, loops.end());
            else if (one.collects == Collects::PerRun)
                loops.clear();
            m_scope[at(step)] = loops;
        }
        for (const int target : one.targets) {
            std::vector<int> inside = loops;
            const bool isElement = one.loops
                && std::find(one.elements.begin(), one.elements.end(), target) != one.elements.end()
                && std::find(one.done.begin(), one.done.end(), target) == one.done.end();
            if (isElement)
                inside.push_back(step);
            auto &known = around[at(target)];
            if (!known) {
                known = std::move(inside);
                continue;
            }
            const auto end = std::mismatch(known->begin(), known->end(), inside.begin(), inside.end());
            known->erase(end.first, known->end());
        }
    }
}

bool FlowMap::reaches(int from, int to) const
{
    return m_reach[at(from)][at(to)];
}

bool FlowMap::meet(const std::vector<int> &targets) const
{
    if (targets.size() < 2)
        return false;
    for (std::size_t step = 0; step < m_steps.size(); ++step) {
        const auto ways = std::count_if(targets.begin(), targets.end(), [&](int target) {
            return leadsTo(target, static_cast<int>(step));
        });
        if (ways > 1)
            return true;
    }
    return false;
}

const std::vector<int> &FlowMap::collectorsBehind(Place place) const
{
    return m_collectors[at(place.step) + (place.spent ? m_steps.size() : 0)];
}

bool FlowMap::isInBody(int step, int loop) const
{
    return !m_body[at(loop)].empty() && m_body[at(loop)][at(step)];
}

const std::vector<int> &FlowMap::scope(int collector) const
{
    return m_scope[at(collector)];
}

std::uint64_t FlowMap::group(int collector, const ItemTrail *trail) const
{
    std::uint64_t key = mixed(0, static_cast<std::uint64_t>(collector));
    for (const int loop : scope(collector)) {
        const ItemTrail::Loop *inside = trail ? trail->inside(loop) : nullptr;
        key = mixed(mixed(key, inside ? inside->instance : 0), inside ? inside->element : 0);
    }
    return key;
}

std::string FlowMap::position(const ItemTrail *trail, int step) const
{
    std::string name = "0";
    for (const ItemTrail::Turn &turn : turnsOf(trail)) {
        std::size_t rivals = 0;
        std::size_t rank = 0;
        switch (turn.kind) {
        case ItemTrail::Turn::Kind::Element:
            name += '.' + std::to_string(turn.index);
            break;
        case ItemTrail::Turn::Kind::Entry:
            if (turn.index > 0)
                name += turn.index < kFirstHashedNumber ? '.' + std::to_string(turn.index - 1)
                                                        : ".#" + std::to_string(turn.index);
            break;
        case ItemTrail::Turn::Kind::Group:
            name += '.' + m_steps[at(turn.node)].id + ':' + std::to_string(turn.index);
            break;
        case ItemTrail::Turn::Kind::Done:
            for (const int target : m_steps[at(turn.node)].elements)
                rivals += leadsTo(target, step);
            name += rivals > 0 ? ".done" : "";
            break;
        case ItemTrail::Turn::Kind::Way:
            for (std::size_t way = 0; way < turn.ways->size(); ++way) {
                const bool leads = leadsTo((*turn.ways)[way], step);
                rivals += leads;
                rank += leads && way < turn.index;
            }
            if (rivals > 1)
                name += '.' + std::to_string(rank);
            break;
        }
    }
    return name;
}

} // namespace tw
