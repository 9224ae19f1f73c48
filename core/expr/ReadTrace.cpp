// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/ReadTrace.h"

#include <algorithm>

namespace tw::expr {
namespace {
constexpr int kDeepest = 1500;
} // namespace

void ReadTrace::clear()
{
    m_places.clear();
    m_order.clear();
    m_objects.clear();
    m_passed.clear();
}

void ReadTrace::watch(std::string_view root, const Value &value)
{
    const int place = static_cast<int>(m_places.size());
    m_places.emplace_back().name = root;
    enter(place, value, 0);
}

void ReadTrace::enter(int place, const Value &value, int depth)
{
    if (depth > kDeepest)
        return;
    for (const Value &item : value.items())
        enter(place, item, depth + 1);
    if (!value.isObject() || !m_objects.emplace(value.callable(), place).second)
        return;
    for (const Member &member : value.members()) {
        if (member.value.isArray() || member.value.isObject())
            enter(child(place, member.key.text()), member.value, depth + 1);
    }
}

int ReadTrace::child(int parent, std::string_view name)
{
    auto &children = m_places[static_cast<std::size_t>(parent)].children;
    if (const auto known = children.find(name); known != children.end())
        return known->second;
    const int made = static_cast<int>(m_places.size());
    children.emplace(name, made);
    Place place;
    place.parent = parent;
    place.name = name;
    m_places.push_back(std::move(place));
    return made;
}

int ReadTrace::placeOf(const Value &object) const
{
    if (!object.isObject())
        return -1;
    const auto known = m_objects.find(object.callable());
    return known == m_objects.end() ? -1 : known->second;
}

void ReadTrace::note(int place)
{
    Place &at = m_places[static_cast<std::size_t>(place)];
    if (!at.noted)
        m_order.push_back(place);
    at.noted = true;
}

void ReadTrace::field(const Value &object, std::string_view key)
{
    const int place = placeOf(object);
    if (place < 0)
        return;
    const int read = child(place, key);
    note(read);
    Place &at = m_places[static_cast<std::size_t>(read)];
    ++(object.get(key).isUndefined() ? at.missed : at.found);
}

void ReadTrace::all(const Value &value)
{
    for (const Value &item : value.items())
        all(item);
    if (placeOf(value) < 0)
        return;
    for (const Member &member : value.members())
        field(value, member.key.text());
}

void ReadTrace::below(const Value &value)
{
    m_passed.clear();
    fieldsBelow(value, 0);
}

void ReadTrace::fieldsBelow(const Value &value, int depth)
{
    if (depth > kDeepest || !isNew(value))
        return;
    if (value.isObject())
        all(value);
    for (const Value &item : value.items())
        fieldsBelow(item, depth + 1);
    for (const Member &member : value.members())
        fieldsBelow(member.value, depth + 1);
}

/// Looks at each list and object once, however often it is shared.
bool ReadTrace::isNew(const Value &value)
{
    if (value.isArray())
        return value.size() > 0 && m_passed.emplace(value.items().data(), value.size()).second;
    return value.isObject() && m_passed.emplace(value.callable(), 0).second;
}

void ReadTrace::whole(const Value &value)
{
    m_passed.clear();
    wholeBelow(value, 0);
}

void ReadTrace::wholeBelow(const Value &value, int depth)
{
    if (depth > kDeepest)
        return;
    if (const int place = placeOf(value); place >= 0) {
        note(place);
        Place &at = m_places[static_cast<std::size_t>(place)];
        at.whole = true;
        return;
    }
    if (!isNew(value))
        return;
    for (const Value &item : value.items())
        wholeBelow(item, depth + 1);
    for (const Member &member : value.members())
        wholeBelow(member.value, depth + 1);
}

std::vector<ReadTrace::Read> ReadTrace::reads() const
{
    std::vector<Read> all;
    all.reserve(m_order.size());
    for (const int place : m_order) {
        const Place *at = &m_places[static_cast<std::size_t>(place)];
        Read read;
        read.found = at->found;
        read.missed = at->missed;
        read.whole = at->whole;
        for (; at->parent >= 0; at = &m_places[static_cast<std::size_t>(at->parent)])
            read.steps.push_back(at->name);
        std::reverse(read.steps.begin(), read.steps.end());
        read.root = at->name;
        all.push_back(std::move(read));
    }
    return all;
}

} // namespace tw::expr
