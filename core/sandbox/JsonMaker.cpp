// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/JsonMaker.h"

namespace tw::sandbox {

Value JsonMaker::value(const Item &item) const
{
    if (const auto *made = std::get_if<Value>(&item.m_content))
        return *made;
    return text(std::get<std::string_view>(item.m_content));
}

Value JsonMaker::object(std::initializer_list<Member> members) const
{
    ObjectBuilder builder(m_arena);
    builder.reserve(static_cast<std::uint32_t>(members.size()));
    for (const auto &[name, item] : members)
        builder.set(name, value(item));
    return builder.finish();
}

Value JsonMaker::array(std::initializer_list<Item> items) const
{
    ArrayBuilder builder(m_arena);
    for (const auto &item : items)
        builder.add(value(item));
    return builder.finish();
}

Value JsonMaker::with(const Value &base, std::initializer_list<Member> changes) const
{
    ObjectBuilder builder(m_arena);
    for (const auto &member : base.members())
        builder.set(member.key.text(), member.value);
    for (const auto &[name, item] : changes) {
        const Value made = value(item);
        if (made.isUndefined())
            builder.remove(Value::key(name));
        else
            builder.set(name, made);
    }
    return builder.finish();
}

Value JsonMaker::withNulls(const Value &base, std::initializer_list<std::string_view> names) const
{
    ObjectBuilder builder(m_arena);
    for (const auto &member : base.members())
        builder.set(member.key.text(), member.value);
    for (const auto name : names)
        builder.set(name, Value::null());
    return builder.finish();
}

} // namespace tw::sandbox
