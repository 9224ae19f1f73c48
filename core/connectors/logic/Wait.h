// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// Lets a record pass later: after a span of time, or at a time that it names.
NodeDescriptor wait();

} // namespace tw::logic
