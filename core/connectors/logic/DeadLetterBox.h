// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Keeps a record for a person, with the reason; nothing leaves it.
NodeDescriptor deadLetterBox();

} // namespace tw::logic
