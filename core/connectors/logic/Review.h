// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::logic {

/// `review`: asks a person, and waits for the answer.
NodeDescriptor review();

} // namespace tw::logic
