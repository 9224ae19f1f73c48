// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

#include <vector>

namespace tw {

/// Every connector of this build, from the list that CMake generates out of the folders under
/// core/connectors: adding one touches one folder.
std::vector<ConnectorDescriptor> allConnectors();

} // namespace tw
