// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Sends each record along the first exit whose condition is true.
NodeDescriptor branch();

} // namespace tw::logic
