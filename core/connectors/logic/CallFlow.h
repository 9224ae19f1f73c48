// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Another flow of the project as one step. Its steps stand in the place of the call when the flow is
/// deployed (core/flow/CalledFlows.h).
NodeDescriptor callFlow();
/// How a flow begins that others call, and what it takes.
NodeDescriptor flowCalled();
/// What the caller gets.
NodeDescriptor flowReturn();

} // namespace tw::logic
