// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Shape.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// The fields of a Stripe object with types and units, for every API version that is still common;
/// what only one version has may be missing. Any for objects that have no table. Built when
/// first asked for, and kept; from any thread.
const Shape &objectShape(std::string_view object);

/// What a webhook delivers when it listens for these events ("charge.succeeded", "charge.*", "*"):
/// the envelope around the union of their objects.
Shape eventsShape(const std::vector<std::string> &patterns);

} // namespace tw::stripe
