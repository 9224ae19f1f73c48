// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::http {

/// Any service with a web API, and any sender of webhooks.
ConnectorDescriptor descriptor();

} // namespace tw::http
