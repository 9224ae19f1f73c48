// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Brings together what comes by several wires.
NodeDescriptor merge();

} // namespace tw::logic
