// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/YamlEditTree.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

namespace tw::yaml {
namespace {

bool isLeftOut(const Value &value)
{
    return value.isUndefined() || value.isFunction();
}

using Change = std::function<std::optional<Value>(const Value &)>;

/// Rebuilds `root` with the child at `step` changed; nothing when there is no such child.
std::optional<Value> withChild(Arena &arena, const Value &root, const std::string &step,
                               const Change &change)
{
    if (root.isArray()) {
        const auto index = indexOf(step, root.size());
        if (!index)
            return std::nullopt;
        ArrayBuilder array(arena);
        for (std::uint32_t i = 0; i < root.size(); ++i) {
            const auto item = i == *index ? change(root.at(i)) : root.at(i);
            if (!item)
                return std::nullopt;
            array.add(*item);
        }
        return array.finish();
    }
    if (root.get(step).isUndefined())
        return std::nullopt;
    ObjectBuilder object(arena);
    for (const Member &member : root.members()) {
        const auto value = member.key.text() == step ? change(member.value) : member.value;
        if (!value)
            return std::nullopt;
        object.set(member.key, *value);
    }
    return object.finish();
}

Value withNewMember(Arena &arena, const Value &map, const std::string &name, const Value &value,
                    const Names &before)
{
    const auto anchor = std::ranges::find_if(
        before, [&](const std::string &key) { return !map.get(key).isUndefined(); });
    ObjectBuilder object(arena);
    for (const Member &member : map.members()) {
        if (anchor != before.end() && member.key.text() == *anchor)
            object.set(name, value);
        object.set(member.key, member.value);
    }
    object.set(name, value);
    return object.finish();
}

} // namespace

std::optional<std::size_t> indexOf(std::string_view step, std::size_t size)
{
    std::size_t index = 0;
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool whole = read.ec == std::errc() && read.ptr == step.data() + step.size();
    return whole && index < size ? std::optional(index) : std::nullopt;
}

Value cleaned(Arena &arena, const Value &value)
{
    if (isLeftOut(value))
        return Value::null();
    if (value.isArray()) {
        ArrayBuilder array(arena);
        for (const Value &item : value.items())
            array.add(cleaned(arena, item));
        return array.finish();
    }
    if (!value.isObject())
        return value;
    ObjectBuilder object(arena);
    for (const Member &member : value.members()) {
        if (!isLeftOut(member.value))
            object.set(member.key, cleaned(arena, member.value));
    }
    return object.finish();
}

Value wrapped(Arena &arena, const YamlPath &path, std::size_t from, const Value &value)
{
    Value inner = value;
    for (std::size_t i = path.size(); i > from; --i) {
        ObjectBuilder object(arena);
        object.set(path[i - 1], inner);
        inner = object.finish();
    }
    return inner;
}

std::optional<Value> treeSet(Arena &arena, const Value &root, const YamlPath &path,
                             const Value &value, const Names &before, std::size_t depth)
{
    if (depth == path.size())
        return value;
    if (root.isArray() || !root.get(path[depth]).isUndefined())
        return withChild(arena, root, path[depth], [&](const Value &child) {
            return treeSet(arena, child, path, value, before, depth + 1);
        });
    if (!root.isObject() && !root.isNull())
        return std::nullopt;
    return withNewMember(arena, root, path[depth], wrapped(arena, path, depth + 1, value), before);
}

std::optional<Value> treeRemove(Arena &arena, const Value &root, const YamlPath &path,
                                std::size_t depth)
{
    if (depth + 1 < path.size())
        return withChild(arena, root, path[depth], [&](const Value &child) {
            return treeRemove(arena, child, path, depth + 1);
        });
    if (root.isArray()) {
        const auto index = indexOf(path[depth], root.size());
        if (!index)
            return std::nullopt;
        ArrayBuilder array(arena);
        for (std::uint32_t i = 0; i < root.size(); ++i) {
            if (i != *index)
                array.add(root.at(i));
        }
        return array.finish();
    }
    if (root.get(path[depth]).isUndefined())
        return std::nullopt;
    ObjectBuilder object(arena);
    for (const Member &member : root.members()) {
        if (member.key.text() != path[depth])
            object.set(member.key, member.value);
    }
    return object.finish();
}

std::optional<Value> treeInsert(Arena &arena, const Value &root, const YamlPath &path,
                                std::size_t index, const Value &item, std::size_t depth)
{
    if (depth < path.size())
        return withChild(arena, root, path[depth], [&](const Value &child) {
            return treeInsert(arena, child, path, index, item, depth + 1);
        });
    if ((!root.isArray() && !root.isNull()) || index > root.items().size())
        return std::nullopt;
    ArrayBuilder array(arena);
    for (std::uint32_t i = 0; i <= root.items().size(); ++i) {
        if (i == index)
            array.add(item);
        if (i < root.items().size())
            array.add(root.at(i));
    }
    return array.finish();
}

std::optional<Value> treeRename(Arena &arena, const Value &root, const YamlPath &path,
                                std::string_view name, std::size_t depth)
{
    if (depth + 1 < path.size())
        return withChild(arena, root, path[depth], [&](const Value &child) {
            return treeRename(arena, child, path, name, depth + 1);
        });
    if (root.get(path[depth]).isUndefined())
        return std::nullopt;
    ObjectBuilder object(arena);
    for (const Member &member : root.members())
        object.set(member.key.text() == path[depth] ? name : member.key.text(), member.value);
    return object.finish();
}

bool sameTree(const Value &a, const Value &b)
{
    if (a.isArray() && b.isArray())
        return std::ranges::equal(a.items(), b.items(), sameTree);
    if (a.isObject() && b.isObject())
        return std::ranges::equal(a.members(), b.members(), [](const Member &x, const Member &y) {
            return x.key.text() == y.key.text() && sameTree(x.value, y.value);
        });
    const bool bothNan =
        a.isNumber() && b.isNumber() && std::isnan(a.toDouble()) && std::isnan(b.toDouble());
    return bothNan || equals(a, b);
}

} // namespace tw::yaml
