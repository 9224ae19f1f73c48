// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/TestCards.h"

#include <optional>
#include <string>

namespace tw::stripe {

/// What a payment is about, for the charge that comes of it.
struct ChargeOrder
{
    std::int64_t amount = 0;
    std::string currency; ///< Lower case.
    std::string customer, paymentIntent, paymentMethod, description, receiptEmail;
    Value metadata, shipping;
    bool capture = true;
    bool settlesLater = false; ///< Its balance transaction comes a moment later (automatic_async).
};

/// A charge, with the balance transaction and the dispute that follow from its card. Events as
/// Stripe sends them: charge.succeeded or charge.failed, and what comes of the card.
Value makeCharge(ApiHost &host, const ApiCall &call, const ChargeOrder &order,
                 const TestCard &card);
/// Captures an authorised charge; answers it.
Value captureCharge(ApiHost &host, const ApiCall &call, const Value &charge, std::int64_t amount);

/// The end of a charge that was pending; answers it.
Value endCharge(ApiHost &host, const ApiCall &call, const Value &charge, const TestCard &card);

/// The card behind a payment method or token that is stored or named as Stripe's test names.
const TestCard *cardOf(ApiHost &host, const ApiCall &call, const std::string &paymentMethod);
/// A stored payment method for "pm_card_visa", "tok_visa" or a card with a number; the id of one
/// that is stored already. None: there is no such thing.
std::optional<std::string> storedMethod(ApiHost &host, const ApiCall &call,
                                        const std::string &named);
Value methodFromCard(ApiHost &host, const ApiCall &call, const TestCard &card,
                     const Value &billing);

/// Confirms an intent: `byCustomer` when they did what the bank asked for.
HttpResponse confirmPayment(ApiHost &host, const ApiCall &call, Value intent,
                            bool byCustomer = false);
/// The payment method that a call names or brings along; empty: none. A refusal as `problem`.
std::string methodOf(ApiHost &host, const ApiCall &call, std::optional<HttpResponse> &problem);
/// Keeps the method at its customer, where the intent is for later use.
void keepMethod(ApiHost &host, const ApiCall &call, const Value &intent);
HttpResponse unexpectedState(const Value &intent, const std::string &what);
Value nextAction(const sandbox::JsonMaker &json, const std::string &id,
                 const std::string &returnUrl);
/// A payment that is processing ends a while later.
void endPaymentLater(ApiHost &host, const ApiCall &call, const Value &intent);
/// The test account with this number or IBAN; another one pays.
const TestCard &bankAccount(std::string_view type, std::string_view number);
/// As it stands in intents and errors: what went wrong with the last try.
Value paymentError(ApiHost &host, const ApiCall &call, const TestCard &card,
                   const std::string &method, const Value &charge);

/// What the customer answered to the bank that asked them: an intent that requires an action goes
/// on.
HttpResponse authenticateIntent(ApiHost &host, const ApiCall &call, const std::string &intent,
                                bool succeeds);

/// Amounts below the least one, too large, or with digits that the currency has not.
std::optional<HttpResponse> amountProblem(const std::string &amount, const std::string &currency);
HttpResponse declined(const TestCard &card, const Value &charge, const Value &intent);

} // namespace tw::stripe
