// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Trigger.h"

#include <string>
#include <string_view>

namespace tw::stripe {

/// A reference as Stripe writes it: an id, or the object itself where it was expanded.
std::string idOf(const Value &reference);

/// The business object that an event is about: events of one key run in order. A charge, its
/// refunds and disputes belong to their payment (payment intent, else charge), an invoice that does
/// not exist yet to its subscription, what a customer owns to the customer; anything else to
/// itself.
std::string businessKey(std::string_view type, const Value &object);

/// What the bytes of a delivery say about themselves: snapshot events and thin notifications
/// (`v2.core.event`). Error Rejected `stripe.bad_body`.
Result<IncomingEvent> readEvent(std::string_view body);
/// The same of an event that is parsed already; `body` is what is handed in.
Result<IncomingEvent> readEvent(const Value &root, std::string body);

bool isThin(const Value &event);

/// What filters and guards look at, beside type and mode.
struct EventMarks
{
    std::string apiVersion;     ///< Empty: thin events have none.
    std::string account;        ///< Connected account; empty: the key's own.
    std::string idempotencyKey; ///< Of the call that caused it; empty: none, or Stripe itself.
};
EventMarks marksOf(const Value &event);

} // namespace tw::stripe
