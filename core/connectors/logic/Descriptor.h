// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// The steps that every flow has at hand: filter, branch, deduplicate, map, log, dead letter.
ConnectorDescriptor descriptor();

} // namespace tw::logic
