// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/TargetTree.h"

#include <algorithm>
#include <cmath>

namespace tw {

TargetTree::TargetTree(std::span<const std::vector<std::string>> paths)
{
    for (std::size_t field = 0; field < paths.size(); ++field)
        place(m_nodes, paths[field], field);
}

void TargetTree::place(std::vector<Node> &nodes, std::span<const std::string> path,
                       std::size_t field)
{
    const bool isLeaf = path.size() == 1;
    // Leaves never share a name: only groups are looked for.
    auto at = isLeaf ? nodes.end() : std::find_if(nodes.begin(), nodes.end(), [&](const Node &n) {
        return !n.inner.empty() && n.name == path.front();
    });
    if (at == nodes.end())
        at = nodes.insert(at, {path.front(), field, {}});
    if (!isLeaf)
        place(at->inner, path.subspan(1), field);
}

Value TargetTree::build(Arena &arena, std::span<const Value> values) const
{
    return built(arena, m_nodes, values);
}

Value TargetTree::built(Arena &arena, std::span<const Node> nodes, std::span<const Value> values)
{
    ObjectBuilder object(arena);
    object.reserve(static_cast<std::uint32_t>(nodes.size()));
    for (const Node &node : nodes) {
        const Value value =
            node.inner.empty() ? values[node.field] : built(arena, node.inner, values);
        const bool isEmptyGroup = !node.inner.empty() && value.size() == 0;
        if (!value.isUndefined() && !isEmptyGroup)
            object.set(Value::key(arena.copy(node.name)), value);
    }
    return object.finish();
}

Value copyFinite(Arena &arena, const Value &value, bool &finite)
{
    switch (value.kind()) {
    case Value::Kind::Double:
        finite = finite && std::isfinite(value.rawDouble());
        return value;
    case Value::Kind::Digits:
        finite = finite && std::isfinite(value.toDouble());
        return copyInto(arena, value);
    case Value::Kind::Array: {
        ArrayBuilder items(arena);
        items.reserve(value.size());
        for (const Value &item : value.items())
            items.add(copyFinite(arena, item, finite));
        return items.finish();
    }
    case Value::Kind::Object: {
        ObjectBuilder object(arena);
        object.reserve(value.size());
        for (const Member &member : value.members())
            object.set(Value::key(arena.copy(member.key.text())),
                       copyFinite(arena, member.value, finite));
        return object.finish();
    }
    default:
        return copyInto(arena, value);
    }
}

} // namespace tw
