// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Sends the elements of a list one by one, and says when all of them have come to their end.
NodeDescriptor forEach();

} // namespace tw::logic
