// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::timer {

/// Flows that start by the clock or by hand.
ConnectorDescriptor descriptor();

} // namespace tw::timer
