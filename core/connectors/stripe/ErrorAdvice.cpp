// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/ErrorAdvice.h"

#include <algorithm>
#include <iterator>

namespace tw::stripe {
namespace {

struct Entry
{
    std::string_view code, advice;
};

/// Sorted by code. Names of codes are Stripe's (docs.stripe.com/error-codes), the words ours.
constexpr Entry kCodes[] = {
    {"account_closed", "The bank account is closed. Ask the customer for another one."},
    {"account_invalid",
     "The connected account is not one of this platform, or the key may not act for "
     "it. Check the account of the connection."},
    {"amount_too_large", "Split the amount, or check whether it was multiplied by 100 twice."},
    {"amount_too_small",
     "Each currency has a least amount. Check the unit of the mapping, or leave "
     "such amounts out by a filter."},
    {"api_key_expired", "Make a new key in the Dashboard and put it into the connection."},
    {"authentication_required", "The bank wants the customer to confirm. Send them back to pay by "
                                "themselves; no flow can do it for them."},
    {"balance_insufficient", "Wait for the balance to grow, or add funds, then replay."},
    {"bank_account_unusable", "Ask the customer for another bank account."},
    {"charge_already_captured",
     "It is captured already: nothing is left to do. Discard the letter."},
    {"charge_already_refunded",
     "It is refunded already: nothing is left to do. Discard the letter."},
    {"charge_disputed", "A disputed charge cannot be refunded. Answer the dispute, or accept it."},
    {"charge_exceeds_source_limit", "Too much was charged to this source for now. Replay later."},
    {"charge_expired_for_capture", "The authorisation has lapsed. Charge anew."},
    {"country_unsupported", "Stripe does not take this country here. Correct the record."},
    {"coupon_expired", "Take another coupon, or none."},
    {"customer_max_payment_methods", "Detach payment methods that are not used any more."},
    {"customer_max_subscriptions", "Cancel subscriptions that are not used any more."},
    {"customer_tax_location_invalid", "Give the customer a full address, then replay."},
    {"email_invalid", "Correct the e-mail address in the record, then replay."},
    {"expired_card", "Ask the customer for another card."},
    {"idempotency_key_in_use", "The same call is still under way."},
    {"incorrect_cvc", "Ask the customer to enter the card again."},
    {"incorrect_number", "Ask the customer to enter the card again."},
    {"insufficient_funds", "Try again later, or ask the customer for another way to pay."},
    {"invalid_cvc", "Ask the customer to enter the card again."},
    {"invalid_expiry_month", "Ask the customer to enter the card again."},
    {"invalid_expiry_year", "Ask the customer to enter the card again."},
    {"invalid_number", "Ask the customer to enter the card again."},
    {"invoice_no_customer_line_items", "The invoice has nothing to pay. Add items first."},
    {"invoice_not_editable",
     "A finalised invoice is not changed any more. Void it and make a new one, "
     "or write a credit note."},
    {"invoice_upcoming_none", "The customer has no subscription that makes a next invoice."},
    {"livemode_mismatch", "A test key meets a live object, or the other way round. Check which "
                          "connection the flow uses."},
    {"lock_timeout", "Somebody else changes the same object."},
    {"missing", "The customer has no such payment method. Attach one first."},
    {"no_account", "The bank account is not known there. Ask the customer for another one."},
    {"parameter_invalid_empty", "Map a value, or null to unset the field."},
    {"parameter_invalid_integer", "Amounts are whole numbers in the smallest unit: use $toMinor."},
    {"parameter_missing", "Map a value for it."},
    {"parameter_unknown",
     "The API version of the connection does not know this field. Take it out of "
     "the mapping, or choose the version that it was made for."},
    {"parameters_exclusive", "Map only one of these fields."},
    {"payment_intent_action_required", "The customer has to confirm the payment by themselves."},
    {"payment_intent_authentication_failure",
     "The customer did not confirm the payment. Ask for another "
     "way to pay."},
    {"payment_intent_unexpected_state",
     "The payment has moved on meanwhile. Fetch it as it is now, and "
     "decide by its status."},
    {"payment_method_unactivated", "Activate this way to pay in the Dashboard's settings."},
    {"payouts_not_allowed", "Payouts are switched off for the account. The Dashboard says why."},
    {"platform_api_key_expired", "Make a new key in the Dashboard and put it into the connection."},
    {"postal_code_invalid", "Correct the postal code in the record, then replay."},
    {"processing_error", "The card's bank had trouble. Replay in a while."},
    {"rate_limit", "Too many calls for now."},
    {"refund_disputed_payment",
     "A disputed payment cannot be refunded. Answer the dispute, or accept it."},
    {"resource_already_exists", "An object with this id is there already. Use update or upsert."},
    {"resource_missing",
     "It may be deleted, belong to another account, or be a test object asked for "
     "with a live key. Check the id and the connection."},
    {"secret_key_required",
     "The key of the connection is a publishable one. Put in a restricted key."},
    {"setup_intent_authentication_failure",
     "The customer did not confirm. Ask for another way to pay."},
    {"tax_id_invalid", "Correct the tax id in the record, then replay."},
    {"testmode_charges_only", "The account is not activated for live charges yet."},
    {"tls_version_unsupported",
     "Something on the way to Stripe speaks an old TLS. Look at the proxy."},
    {"url_invalid", "Correct the address in the record, then replay."},
};

/// The same for declines of a card (docs.stripe.com/declines/codes).
constexpr Entry kDeclines[] = {
    {"authentication_required", "The customer has to confirm the payment by themselves."},
    {"card_not_supported", "Ask the customer for another card."},
    {"currency_not_supported", "The card does not take this currency. Ask for another card."},
    {"do_not_honor", "The bank gave no reason. The customer can ask it, or take another card."},
    {"expired_card", "Ask the customer for another card."},
    {"fraudulent", "Do not tell the customer more than that it was declined."},
    {"generic_decline", "The bank gave no reason. The customer can ask it, or take another card."},
    {"insufficient_funds", "Try again later, or ask for another way to pay."},
    {"invalid_account", "The customer has to ask the bank."},
    {"issuer_not_available", "The bank could not be reached. Replay in a while."},
    {"lost_card", "Do not tell the customer more than that it was declined."},
    {"pickup_card", "The customer has to ask the bank."},
    {"processing_error", "Replay in a while."},
    {"reenter_transaction", "Replay in a while."},
    {"stolen_card", "Do not tell the customer more than that it was declined."},
    {"transaction_not_allowed", "The customer has to ask the bank."},
    {"try_again_later", "Replay in a while."},
};

template <std::size_t Count>
std::string_view find(const Entry (&table)[Count], std::string_view code)
{
    const auto *at = std::lower_bound(
        std::begin(table), std::end(table), code,
        [](const Entry &entry, std::string_view name) { return entry.code < name; });
    return at != std::end(table) && at->code == code ? at->advice : std::string_view();
}

static_assert(std::is_sorted(std::begin(kCodes), std::end(kCodes),
                             [](const Entry &a, const Entry &b) { return a.code < b.code; }));
static_assert(std::is_sorted(std::begin(kDeclines), std::end(kDeclines),
                             [](const Entry &a, const Entry &b) { return a.code < b.code; }));

} // namespace

std::string_view adviceForCode(std::string_view code, std::string_view declineCode)
{
    if (const auto advice = find(kDeclines, declineCode); !advice.empty())
        return advice;
    return find(kCodes, code);
}

} // namespace tw::stripe
