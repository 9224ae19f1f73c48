// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// The connectors a program has. Built once at start from the generated list
/// (runtime/Connectors.h), immutable afterwards, shared by reference; safe from any thread.
class Registry
{
public:
    explicit Registry(std::vector<ConnectorDescriptor> connectors);

    const std::vector<ConnectorDescriptor> &connectors() const { return m_connectors; }
    const ConnectorDescriptor *connector(std::string_view id) const;
    const NodeDescriptor *node(std::string_view type) const;
    std::vector<const NodeDescriptor *> nodes() const; ///< In palette order: groups, then declaration.
    std::vector<std::string> nodeTypes() const;

private:
    std::vector<ConnectorDescriptor> m_connectors;
};

/// Exits of a step with these settings: dynamic ones where the type has them.
std::vector<Exit> exitsOf(const NodeDescriptor &node, const Settings &settings);

} // namespace tw
