// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/Registry.h"

#include <algorithm>
#include <array>

namespace tw {
namespace {

constexpr std::array<std::string_view, 6> kGroups{"Triggers", "Shape data", "Decide", "Act",
                                                  "When it fails", "Other"};

std::size_t groupRank(std::string_view group)
{
    return static_cast<std::size_t>(std::find(kGroups.begin(), kGroups.end(), group)
                                    - kGroups.begin());
}

} // namespace

std::string_view toString(NodeKind kind)
{
    constexpr std::array<std::string_view, 7> kNames{"trigger", "logic",   "map",    "action",
                                                     "failure", "decide", "utility"};
    return kNames[static_cast<std::size_t>(kind)];
}

Registry::Registry(std::vector<ConnectorDescriptor> connectors)
    : m_connectors(std::move(connectors))
{}

const ConnectorDescriptor *Registry::connector(std::string_view id) const
{
    const auto found = std::find_if(m_connectors.begin(), m_connectors.end(),
                                    [id](const auto &connector) { return connector.id == id; });
    return found == m_connectors.end() ? nullptr : &*found;
}

const NodeDescriptor *Registry::node(std::string_view type) const
{
    for (const auto &connector : m_connectors) {
        for (const auto &node : connector.nodes) {
            if (node.type == type)
                return &node;
        }
    }
    return nullptr;
}

std::vector<const NodeDescriptor *> Registry::nodes() const
{
    std::vector<const NodeDescriptor *> all;
    for (const auto &connector : m_connectors) {
        for (const auto &node : connector.nodes)
            all.push_back(&node);
    }
    std::stable_sort(all.begin(), all.end(), [](const auto *a, const auto *b) {
        return groupRank(a->group) < groupRank(b->group);
    });
    return all;
}

std::vector<std::string> Registry::nodeTypes() const
{
    std::vector<std::string> types;
    for (const NodeDescriptor *node : nodes())
        types.push_back(node->type);
    return types;
}

std::vector<Exit> exitsOf(const NodeDescriptor &node, const Settings &settings)
{
    if (node.terminal)
        return {};
    return node.dynamicExits ? node.dynamicExits(settings) : node.exits;
}

} // namespace tw
