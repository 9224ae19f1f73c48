// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::timer {

/// Starts the flow for events that a person hands in: `tidewire run --event`, the desktop.
NodeDescriptor manualTrigger();

} // namespace tw::timer
