// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Drops records whose business key came before, durably.
NodeDescriptor deduplicate();

} // namespace tw::logic
