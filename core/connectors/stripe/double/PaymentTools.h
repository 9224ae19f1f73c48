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
};

/// A charge, with the balance transaction and the dispute that follow from its card. Events as
/// Stripe sends them: charge.succeeded or charge.failed, and what comes of the card.
Value makeCharge(ApiHost &host, const ApiCall &call, const ChargeOrder &order,
                 const TestCard &card);
/// Captures an authorised charge; answers it.
Value captureCharge(ApiHost &host, const ApiCall &call, const Value &charge, std::int64_t amount);

/// A transaction of the balance: fees of a charge, a refund, a dispute, a payout. Kept without
/// event.
Value makeTransaction(ApiHost &host, const ApiCall &call, std::int64_t amount, std::int64_t fee,
                      const std::string &currency, const std::string &type, const Value &source);

/// The card behind a payment method or token that is stored or named as Stripe's test names.
const TestCard *cardOf(ApiHost &host, const ApiCall &call, const std::string &paymentMethod);
/// A stored payment method for "pm_card_visa", "tok_visa" or a card with a number; the id of one
/// that is stored already. None: there is no such thing.
std::optional<std::string> storedMethod(ApiHost &host, const ApiCall &call,
                                        const std::string &named);
Value methodFromCard(ApiHost &host, const ApiCall &call, const TestCard &card,
                     const Value &billing);

/// What the customer answered to the bank that asked them: an intent that requires an action goes on.
HttpResponse authenticateIntent(ApiHost &host, const ApiCall &call, const std::string &intent,
                                bool succeeds);

/// Amounts below the least one, too large, or with digits that the currency has not.
std::optional<HttpResponse> amountProblem(const std::string &amount, const std::string &currency);
HttpResponse declined(const TestCard &card, const Value &charge, const Value &intent);

} // namespace tw::stripe
