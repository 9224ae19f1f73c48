// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sandbox/JsonMaker.h"

#include <string_view>

namespace tw::stripe {

/// An event as an endpoint of another API version gets it: before 2025-03-31 (basil) a subscription
/// had its period itself, an invoice its subscription, charge, payment intent and `paid`
/// (docs.stripe.com/changelog/basil). Versions without such a difference change the name alone.
Value eventInVersion(const sandbox::JsonMaker &json, const Value &event, std::string_view version);

} // namespace tw::stripe
