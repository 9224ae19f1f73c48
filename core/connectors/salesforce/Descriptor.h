// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::salesforce {

/// Everything that Tidewire can do with Salesforce.
ConnectorDescriptor descriptor();

} // namespace tw::salesforce
