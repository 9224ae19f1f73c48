// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

namespace tw::stripe {

/// What the buyer does on the page of an open checkout session: pays with `paymentMethod` (an id or
/// a `pm_card_…` name), which makes the customer, the intent or subscription, and
/// "checkout.session.completed". `pm_sepaDebit` and `pm_sepaDebit_fails` are delayed methods: the
/// session is left unpaid, and ten seconds later, or with settleSession(), comes
/// "checkout.session.async_payment_succeeded" or "…_failed". Refuses when the session is not open
/// or the payment is declined; the session stays open then. Answers the session.
Result<Value, HttpResponse> completeSession(ApiHost &host, const ApiCall &call,
                                            const Value &session, const std::string &paymentMethod);

/// Says how the delayed payment of a completed session ended. Refuses when it waits for none.
Result<Value, HttpResponse> settleSession(ApiHost &host, const ApiCall &call, const Value &session,
                                          bool succeeds);

/// Opens a session for a payment link, as if a buyer followed it.
Result<Value, HttpResponse> openPaymentLink(ApiHost &host, const ApiCall &call, const Value &link);

namespace billing {

void sessionIntentHeard(ApiHost &host, const ApiCall &call, std::string_view event,
                        const Value &intent);

/// The session that `params` of the form of POST /v1/checkout/sessions mean.
Outcome<Value> makeSession(ApiHost &host, const ApiCall &call, const Value &params,
                           const std::string &paymentLink = {});

/// The items of `line_items[]` with their prices and sums.
Outcome<std::vector<Value>> checkoutItems(ApiHost &host, const ApiCall &call, const Value &list,
                                          std::string currency);
std::vector<Value> lineItemsOf(ApiHost &host, const ApiCall &call, const Value &owner);
/// Keeps the items of a session or link, which shows them only when asked.
void keepLineItems(ApiHost &host, const ApiCall &call, const std::string &owner,
                   const std::vector<Value> &items);

void addPaymentLinkRoutes(ApiRoutes &routes);

} // namespace billing

} // namespace tw::stripe
