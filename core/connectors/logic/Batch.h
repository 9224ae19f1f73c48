// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Makes lists of the records of one run.
NodeDescriptor batch();

} // namespace tw::logic
