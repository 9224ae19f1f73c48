// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"

#include <string>

namespace tw {

/// The reference page of a step type as Markdown: what it does, settings, exits, errors, samples.
std::string referencePage(const NodeDescriptor &node);
/// The page of a connector: how to connect, then its step types.
std::string referencePage(const ConnectorDescriptor &connector);

} // namespace tw
