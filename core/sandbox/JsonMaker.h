// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace tw::sandbox {

/// Writes JSON values the way they look: `json.object({{"id", "ch_1"}, {"paid", true}})`. Texts are
/// copied into the arena, which must outlive the values. For the doubles' answers.
class JsonMaker
{
public:
    class Item
    {
    public:
        Item(const Value &value) : m_content(value) {}
        Item(std::nullptr_t) : m_content(Value::null()) {}
        Item(std::same_as<bool> auto value) : m_content(Value::boolean(value)) {}
        template <std::integral T>
        requires(!std::same_as<T, bool>) Item(T value)
            : m_content(Value::integer(static_cast<std::int64_t>(value)))
        {}
        Item(const char *text) : m_content(std::string_view(text)) {}
        Item(std::string_view text) : m_content(text) {}
        Item(const std::string &text) : m_content(std::string_view(text)) {}

    private:
        friend class JsonMaker;
        std::variant<Value, std::string_view> m_content;
    };
    using Member = std::pair<std::string_view, Item>;

    explicit JsonMaker(Arena &arena) : m_arena(arena) {}

    Arena &arena() const { return m_arena; }
    Value text(std::string_view text) const { return Value::string(m_arena, text); }
    Value object(std::initializer_list<Member> members) const;
    Value array(std::initializer_list<Item> items) const;
    /// `base` with `changes` set over it; an undefined change takes the member away.
    Value with(const Value &base, std::initializer_list<Member> changes) const;
    /// `base` and `names` as null.
    Value withNulls(const Value &base, std::initializer_list<std::string_view> names) const;

private:
    Value value(const Item &item) const;
    Arena &m_arena;
};

} // namespace tw::sandbox
