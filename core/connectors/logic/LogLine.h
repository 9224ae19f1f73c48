// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Writes a line to the log and to the run list; the record passes unchanged.
NodeDescriptor logLine();

} // namespace tw::logic
