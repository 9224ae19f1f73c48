// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Lets records pass that fulfil a condition; the others leave by the exit skip.
NodeDescriptor filter();

} // namespace tw::logic
