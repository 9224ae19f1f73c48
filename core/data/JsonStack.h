// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace tw::json {

/// The containers that are open while the fast reader goes through a text, and the last object
/// made at each place of it. Messages repeat themselves: an object with the keys of its predecessor
/// takes over its key values and its index. One per thread, its buffers are kept. For core/data.
class ShapedStack
{
public:
    void clear()
    {
        m_size = 0;
        m_open.clear();
        m_last.fill({});
        if (m_values.size() > kKeptValues)
            m_values = {};
    }
    /// A place for the next value, to be built there: a copy would wait for the stores before it.
    Value &add()
    {
        if (m_size == m_values.size())
            m_values.resize(m_size == 0 ? 256 : m_size * 2);
        return m_values[m_size++];
    }
    void open(bool object)
    {
        std::size_t place = 0;
        if (!m_open.empty()) {
            place = m_open.back().place;
            if (m_open.back().object) // its key is what was added last
                place = (place * 31 + m_values[m_size - 1].keyHash()) % kPlaces;
        }
        Frame &frame = m_open.emplace_back();
        frame.first = m_size;
        frame.place = place;
        frame.object = object;
        if (object)
            frame.like = m_last[place];
    }
    /// The key that stands here in the predecessor, as long as all before it were the same.
    const Value *expectedKey() const
    {
        const Frame &frame = m_open.back();
        return frame.keys < frame.like.size() ? &frame.like.members()[frame.keys].key : nullptr;
    }
    void pushExpected(const Value &key)
    {
        ++m_open.back().keys;
        add() = key;
    }
    void pushUnexpected(const Value &key)
    {
        m_open.back().like = {};
        add() = key;
    }
    /// Builds the innermost container and puts it in the place of its parts.
    void close(Arena &arena)
    {
        const Frame &frame = m_open.back();
        Value *first = m_values.data() + frame.first;
        const std::size_t count = m_size - frame.first;
        m_size = frame.first;
        if (frame.object) {
            const Value made =
                object(arena, frame, {reinterpret_cast<const Member *>(first), count / 2});
            m_open.pop_back();
            add() = made;
            return;
        }
        m_open.pop_back();
        auto *items = arena.allocateArray<Value>(count);
        if (count > 0)
            std::memcpy(static_cast<void *>(items), first, count * sizeof(Value));
        add() = Value::array(items, static_cast<std::uint32_t>(count));
    }
    /// What has been read when nothing is open any more.
    const Value &root() const { return m_values.front(); }
    std::size_t depth() const { return m_open.size(); }
    bool inObject() const { return m_open.back().object; }

private:
    static constexpr std::size_t kKeptValues = 1u << 14;
    static constexpr std::size_t kPlaces = 64;

    struct Frame
    {
        std::size_t first = 0;
        std::size_t place = 0; ///< Under which keys it stands, mixed to a small number.
        Value like;            ///< The predecessor, until a key differs.
        std::uint32_t keys = 0;
        bool object = false;
    };

    Value object(Arena &arena, const Frame &frame, std::span<const Member> members)
    {
        if (frame.keys > 0 && frame.keys == frame.like.size() && frame.keys == members.size())
            return ObjectBuilder::fromMembersLike(arena, members, frame.like);
        const Value made = ObjectBuilder::fromMembers(arena, members);
        m_last[frame.place] = made;
        return made;
    }

    std::vector<Value> m_values;
    std::size_t m_size = 0;
    std::vector<Frame> m_open;
    std::array<Value, kPlaces> m_last;
};

} // namespace tw::json
