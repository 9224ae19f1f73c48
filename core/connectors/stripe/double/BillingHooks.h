// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"

#include <string_view>

/// What the double tells billing, beside the calls of the API. Thread of the double.
namespace tw::stripe {

/// Billing follows what happens to payments and customers: to be called after each event, when its
/// object was kept. What billing does then makes events of its own.
void billingHears(ApiHost &host, const ApiCall &call, std::string_view event, const Value &object);

/// Sets the timers of all that waits for its time, and does what is overdue; once, when the double
/// starts with objects that it kept.
void resumeBilling(ApiHost &host, const ApiCall &call);

/// A field that an object shows only when it is asked for by `expand`: `payments` of an invoice,
/// `line_items` of a checkout session, payment link or quote. Undefined for any other.
Value billingIncludes(ApiHost &host, const ApiCall &call, const Value &object,
                      std::string_view field);

} // namespace tw::stripe
