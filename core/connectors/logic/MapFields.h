// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Builds a new message from expressions, one per field.
NodeDescriptor mapFields();

} // namespace tw::logic
