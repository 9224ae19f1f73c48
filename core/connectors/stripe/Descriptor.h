// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::stripe {

/// Everything that Tidewire can do with Stripe.
ConnectorDescriptor descriptor();

} // namespace tw::stripe
