// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <string>

namespace tw::stripe {

/// Where the object of an event can be read again ("/v1/checkout/sessions/cs_1"); empty: nowhere,
/// because it has no id (`invoice.upcoming`) or Stripe has no such call.
std::string pathOf(const Value &object);

/// Nothing but a path of Stripe's own API is ever called because an answer names it.
bool isApiPath(std::string_view path);

} // namespace tw::stripe
