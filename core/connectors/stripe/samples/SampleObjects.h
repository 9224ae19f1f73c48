// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/samples/Sale.h"
#include "core/sandbox/JsonMaker.h"

namespace tw::stripe {

/// Stripe objects of API version 2026-10-28 as the public schema describes them, with values from a
/// sale. Test mode always. Pure functions; values live in the maker's arena.
namespace samples {

enum class ChargeState {
    Succeeded,
    Pending,
    Failed,
    Authorized,
    Refunded,
    PartlyRefunded,
    Disputed
};

Value charge(const sandbox::JsonMaker &json, const Sale &sale, ChargeState state);
Value refund(const sandbox::JsonMaker &json, const Sale &sale, std::string_view status);
Value dispute(const sandbox::JsonMaker &json, const Sale &sale, std::string_view status);
Value paymentIntent(const sandbox::JsonMaker &json, const Sale &sale, std::string_view status);
Value paymentMethod(const sandbox::JsonMaker &json, const Sale &sale);
Value balanceTransaction(const sandbox::JsonMaker &json, const Sale &sale);
Value checkoutSession(const sandbox::JsonMaker &json, const Sale &sale, bool complete, bool paid);
Value payout(const sandbox::JsonMaker &json, const Sale &sale, std::string_view status);

Value customer(const sandbox::JsonMaker &json, const sandbox::CastMember &member, Instant created);
Value product(const sandbox::JsonMaker &json, const Sale &sale);
Value price(const sandbox::JsonMaker &json, const Sale &sale);
Value subscription(const sandbox::JsonMaker &json, const Sale &sale, std::string_view status);
Value invoice(const sandbox::JsonMaker &json, const Sale &sale, std::string_view status);

Value address(const sandbox::JsonMaker &json, const sandbox::CastMember &member);
Value emptyList(const sandbox::JsonMaker &json, const std::string &url);
Value saleMetadata(const sandbox::JsonMaker &json, const Sale &sale);

} // namespace samples

} // namespace tw::stripe
