// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::timer {

/// Starts the flow at planned moments. Each is an event whose id is the moment, so that neither a
/// restart nor a clock that is set back starts the flow twice for the same one. What was missed
/// while nothing ran is run once, run for each, or skipped, as the step says.
NodeDescriptor scheduleTrigger();

} // namespace tw::timer
