// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <string>

namespace tw::stripe {

/// Where the object of an event can be read again ("/v1/checkout/sessions/cs_1"); empty: nowhere,
/// because it has no id (`invoice.upcoming`) or Stripe has no such call.
std::string pathOf(const Value &object);

} // namespace tw::stripe
