// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

namespace tw::stripe {

/// The catalogue of a newer API that a project brings along, below its folder:
/// ApiCatalogue::text().
inline constexpr const char *kCatalogueFile = "schemas/stripe-catalogue.json";

/// Everything that Tidewire can do with Stripe; a project's own catalogue takes the place of the
/// built-in one in its steps, checks and shapes, and its version is what calls ask for.
ConnectorDescriptor descriptor();

} // namespace tw::stripe
