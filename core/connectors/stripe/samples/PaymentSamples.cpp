// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/samples/SampleObjects.h"

#include <array>

namespace tw::stripe::samples {

using sandbox::JsonMaker;

namespace {

constexpr std::int64_t kDay = 86'400;

struct Outcome
{
    const char *failureCode, *failureMessage, *declineCode, *sellerMessage;
};

/// What declined sample charges say, chosen by the sale so that a seed gives a mix.
constexpr Outcome kDeclines[] = {
    {"card_declined", "The bank declined the card: not enough funds.", "insufficient_funds",
     "The bank gave no further reason."},
    {"card_declined", "The bank declined the card.", "generic_decline",
     "The bank gave no further reason."},
    {"expired_card", "The card has expired.", "expired_card", "The card has expired."},
};

const Outcome &declineOf(const Sale &sale)
{
    return kDeclines[static_cast<unsigned char>(sale.idPart.back()) % std::size(kDeclines)];
}

Value billingDetails(const JsonMaker &json, const Sale &sale)
{
    return json.object({{"address", address(json, sale.buyer)},
                        {"email", sale.buyer.email},
                        {"name", sale.buyer.contact},
                        {"phone", sale.buyer.phone},
                        {"tax_id", nullptr}});
}

Value checks(const JsonMaker &json)
{
    return json.object({{"address_line1_check", "pass"},
                        {"address_postal_code_check", "pass"},
                        {"cvc_check", "pass"}});
}

Value unavailable(const JsonMaker &json)
{
    return json.object({{"status", "unavailable"}});
}

Value cardDetails(const JsonMaker &json, const Sale &sale, bool failed)
{
    const Value card = json.object(
        {{"amount_authorized", failed ? Value::null() : Value::integer(sale.amount)},
         {"brand", sale.card.brand},
         {"checks", checks(json)},
         {"country", sale.card.country},
         {"exp_month", sale.card.expMonth},
         {"exp_year", sale.card.expYear},
         {"extended_authorization", json.object({{"status", "disabled"}})},
         {"fingerprint", "Tw" + sale.idPart.substr(3, 14)},
         {"funding", sale.card.funding},
         {"incremental_authorization", unavailable(json)},
         {"last4", sale.card.last4},
         {"multicapture", unavailable(json)},
         {"network", sale.card.brand},
         {"network_token", json.object({{"used", false}})},
         {"overcapture",
          json.object({{"maximum_amount_capturable", sale.amount}, {"status", "unavailable"}})},
         {"regulated_status", "unregulated"}});
    return json.object(
        {{"card", json.withNulls(card, {"authorization_code", "electronic_commerce_indicator",
                                        "installments", "mandate", "network_transaction_id",
                                        "three_d_secure", "transaction_link_id", "wallet"})},
         {"type", "card"}});
}

Value outcome(const JsonMaker &json, const Sale &sale, ChargeState state)
{
    const bool failed = state == ChargeState::Failed;
    const Outcome &decline = declineOf(sale);
    return json.object(
        {{"advice_code", failed ? json.text("try_again_later") : Value::null()},
         {"network_advice_code", nullptr},
         {"network_decline_code", failed ? json.text("51") : Value::null()},
         {"network_status", failed ? "declined_by_network" : "approved_by_network"},
         {"reason", failed ? json.text(decline.declineCode) : Value::null()},
         {"risk_level", "normal"},
         {"risk_score", 5 + static_cast<int>(sale.amount % 40)},
         {"seller_message", failed ? decline.sellerMessage : "The bank approved the payment."},
         {"type", failed ? "issuer_declined" : "authorized"}});
}

std::int64_t refundedOf(const Sale &sale, ChargeState state)
{
    if (state == ChargeState::Refunded)
        return sale.amount;
    // A part that stays sound in three-decimal and whole-unit currencies.
    return state == ChargeState::PartlyRefunded ? sale.amount / 2 / 100 * 100 : 0;
}

Value optionalText(const JsonMaker &json, bool has, std::string_view text)
{
    return has ? json.text(text) : Value::null();
}

} // namespace

Value address(const JsonMaker &json, const sandbox::CastMember &member)
{
    return json.object({{"city", member.city},
                        {"country", member.country},
                        {"line1", member.street},
                        {"line2", nullptr},
                        {"postal_code", member.postalCode},
                        {"state", optionalText(json, !member.state.empty(), member.state)}});
}

Value emptyList(const JsonMaker &json, const std::string &url)
{
    return json.object(
        {{"object", "list"}, {"data", json.array({})}, {"has_more", false}, {"url", url}});
}

Value saleMetadata(const JsonMaker &json, const Sale &sale)
{
    return json.object({{"order_id", sale.order}, {"salesforce_account_id", sale.buyer.accountId}});
}

Value charge(const JsonMaker &json, const Sale &sale, ChargeState state)
{
    const bool failed = state == ChargeState::Failed;
    const bool captured = !failed && state != ChargeState::Authorized;
    const std::string id = sale.id("ch_");
    const Outcome &decline = declineOf(sale);
    const bool settled = captured && state != ChargeState::Pending;
    const Value body = json.object(
        {{"id", id},
         {"object", "charge"},
         {"amount", sale.amount},
         {"amount_captured", captured ? sale.amount : std::int64_t{0}},
         {"amount_refunded", refundedOf(sale, state)},
         {"balance_transaction", optionalText(json, settled, sale.id("txn_"))},
         {"billing_details", billingDetails(json, sale)},
         {"calculated_statement_descriptor", "TIDEWIRE SAMPLES"},
         {"captured", captured},
         {"created", sale.at.seconds()},
         {"currency", sale.currency},
         {"customer", sale.buyer.customerId},
         {"description", sale.product + " (" + sale.order + ")"},
         {"disputed", state == ChargeState::Disputed},
         {"failure_code", optionalText(json, failed, decline.failureCode)},
         {"failure_message", optionalText(json, failed, decline.failureMessage)},
         {"fraud_details", json.object({})},
         {"livemode", false},
         {"metadata", saleMetadata(json, sale)},
         {"outcome", outcome(json, sale, state)},
         {"paid", !failed},
         {"payment_intent", sale.id("pi_")},
         {"payment_method", sale.id("pm_")},
         {"payment_method_details", cardDetails(json, sale, failed)},
         {"receipt_email", sale.buyer.email},
         {"receipt_url", optionalText(json, !failed, "https://pay.stripe.com/receipts/test/" + id)},
         {"refunded", state == ChargeState::Refunded},
         {"status", failed                          ? "failed"
                    : state == ChargeState::Pending ? "pending"
                                                    : "succeeded"}});
    return json.withNulls(body, {"application", "application_fee", "application_fee_amount",
                                 "failure_balance_transaction", "on_behalf_of", "receipt_number",
                                 "review", "shipping", "source", "source_transfer",
                                 "statement_descriptor", "statement_descriptor_suffix",
                                 "transfer_data", "transfer_group"});
}

Value refund(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    const Value body =
        json.object({{"id", sale.id("re_")},
                     {"object", "refund"},
                     {"amount", refundedOf(sale, ChargeState::Refunded)},
                     {"balance_transaction", sale.id("txn_")},
                     {"charge", sale.id("ch_")},
                     {"created", sale.at.seconds()},
                     {"currency", sale.currency},
                     {"customer", sale.buyer.customerId},
                     {"destination_details",
                      json.object({{"card", json.object({{"type", "refund"}})}, {"type", "card"}})},
                     {"metadata", saleMetadata(json, sale)},
                     {"payment_intent", sale.id("pi_")},
                     {"payment_method", sale.id("pm_")},
                     {"reason", "requested_by_customer"},
                     {"status", status}});
    const Value full = json.withNulls(body, {"customer_account", "receipt_number",
                                             "source_transfer_reversal", "transfer_reversal"});
    if (status != "failed")
        return full;
    return json.with(full, {{"failure_reason", "expired_or_canceled_card"},
                            {"failure_balance_transaction", sale.id("txn_") + "f"}});
}

Value dispute(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    const Value evidence = json.withNulls(json.object({{"customer_email_address", sale.buyer.email},
                                                       {"customer_name", sale.buyer.contact},
                                                       {"enhanced_evidence", json.object({})}}),
                                          {"access_activity_log",
                                           "billing_address",
                                           "cancellation_policy",
                                           "cancellation_policy_disclosure",
                                           "cancellation_rebuttal",
                                           "customer_communication",
                                           "customer_purchase_ip",
                                           "customer_signature",
                                           "duplicate_charge_documentation",
                                           "duplicate_charge_explanation",
                                           "duplicate_charge_id",
                                           "product_description",
                                           "receipt",
                                           "refund_policy",
                                           "refund_policy_disclosure",
                                           "refund_refusal_explanation",
                                           "service_date",
                                           "service_documentation",
                                           "shipping_address",
                                           "shipping_carrier",
                                           "shipping_date",
                                           "shipping_documentation",
                                           "shipping_tracking_number",
                                           "uncategorized_file",
                                           "uncategorized_text"});
    const Value card = json.object({{"brand", sale.card.brand},
                                    {"case_type", "chargeback"},
                                    {"network", sale.card.brand},
                                    {"network_reason_code", "13.1"}});
    return json.object({{"id", sale.id("dp_")},
                        {"object", "dispute"},
                        {"amount", sale.amount},
                        {"balance_transactions", json.array({})},
                        {"charge", sale.id("ch_")},
                        {"created", sale.at.seconds()},
                        {"currency", sale.currency},
                        {"enhanced_eligibility_types", json.array({})},
                        {"evidence", evidence},
                        {"evidence_details", json.object({{"due_by", sale.at.seconds() + 10 * kDay},
                                                          {"enhanced_eligibility", json.object({})},
                                                          {"has_evidence", false},
                                                          {"past_due", false},
                                                          {"submission_count", 0},
                                                          {"submission_method", "not_submitted"}})},
                        {"intended_submission_method", nullptr},
                        {"is_charge_refundable", false},
                        {"livemode", false},
                        {"metadata", json.object({})},
                        {"payment_intent", sale.id("pi_")},
                        {"payment_method_details", json.object({{"card", card}, {"type", "card"}})},
                        {"reason", "product_not_received"},
                        {"status", status}});
}

Value paymentIntent(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    const bool succeeded = status == "succeeded";
    const bool failed = status == "requires_payment_method";
    const bool canceled = status == "canceled";
    const Outcome &decline = declineOf(sale);
    const Value lastError = json.object({{"type", "card_error"},
                                         {"code", decline.failureCode},
                                         {"decline_code", decline.declineCode},
                                         {"message", decline.failureMessage}});
    const Value cardOptions = json.object({{"installments", nullptr},
                                           {"mandate_options", nullptr},
                                           {"network", nullptr},
                                           {"request_three_d_secure", "automatic"}});
    const Value body = json.object(
        {{"id", sale.id("pi_")},
         {"object", "payment_intent"},
         {"amount", sale.amount},
         {"amount_capturable", status == "requires_capture" ? sale.amount : std::int64_t{0}},
         {"amount_details", json.object({{"tip", json.object({})}})},
         {"amount_received", succeeded ? sale.amount : std::int64_t{0}},
         {"automatic_payment_methods", json.object({{"enabled", true}})},
         {"canceled_at", canceled ? Value::integer(sale.at.seconds()) : Value::null()},
         {"cancellation_reason", optionalText(json, canceled, "requested_by_customer")},
         {"capture_method", "automatic_async"},
         {"client_secret", sale.id("pi_") + "_secret_" + sale.idPart.substr(4, 16)},
         {"confirmation_method", "automatic"},
         {"created", sale.at.seconds()},
         {"currency", sale.currency},
         {"customer", sale.buyer.customerId},
         {"description", sale.product + " (" + sale.order + ")"},
         {"last_payment_error", failed ? lastError : Value::null()},
         {"latest_charge", optionalText(json, succeeded || failed, sale.id("ch_"))},
         {"livemode", false},
         {"metadata", saleMetadata(json, sale)},
         {"payment_method", optionalText(json, !failed, sale.id("pm_"))},
         {"payment_method_options", json.object({{"card", cardOptions}})},
         {"payment_method_types", json.array({"card"})},
         {"receipt_email", sale.buyer.email},
         {"status", status}});
    return json.withNulls(body,
                          {"allowed_payment_method_types", "application", "application_fee_amount",
                           "customer_account", "excluded_payment_method_types", "managed_payments",
                           "next_action", "on_behalf_of", "payment_method_configuration_details",
                           "payment_record", "processing", "review", "setup_future_usage",
                           "shipping", "source", "statement_descriptor",
                           "statement_descriptor_suffix", "transfer_data", "transfer_group"});
}

Value paymentMethod(const JsonMaker &json, const Sale &sale)
{
    const Value networks =
        json.object({{"available", json.array({sale.card.brand})}, {"preferred", nullptr}});
    const Value card =
        json.withNulls(json.object({{"brand", sale.card.brand},
                                    {"checks", checks(json)},
                                    {"country", sale.card.country},
                                    {"display_brand", sale.card.brand},
                                    {"exp_month", sale.card.expMonth},
                                    {"exp_year", sale.card.expYear},
                                    {"fingerprint", "Tw" + sale.idPart.substr(3, 14)},
                                    {"funding", sale.card.funding},
                                    {"last4", sale.card.last4},
                                    {"networks", networks},
                                    {"regulated_status", "unregulated"},
                                    {"three_d_secure_usage", json.object({{"supported", true}})}}),
                       {"generated_from", "wallet"});
    return json.object({{"id", sale.id("pm_")},
                        {"object", "payment_method"},
                        {"allow_redisplay", "unspecified"},
                        {"billing_details", billingDetails(json, sale)},
                        {"card", card},
                        {"created", sale.at.seconds()},
                        {"customer", sale.buyer.customerId},
                        {"customer_account", nullptr},
                        {"livemode", false},
                        {"metadata", json.object({})},
                        {"type", "card"}});
}

Value balanceTransaction(const JsonMaker &json, const Sale &sale)
{
    const std::int64_t fee = sale.amount * 29 / 1000 + 30;
    const Value detail = json.object({{"amount", fee},
                                      {"application", nullptr},
                                      {"currency", sale.currency},
                                      {"description", "Processing fee"},
                                      {"type", "stripe_fee"}});
    return json.object({{"id", sale.id("txn_")},
                        {"object", "balance_transaction"},
                        {"amount", sale.amount},
                        {"available_on", sale.at.seconds() + 2 * kDay},
                        {"balance_type", "payments"},
                        {"created", sale.at.seconds()},
                        {"currency", sale.currency},
                        {"description", sale.product + " (" + sale.order + ")"},
                        {"exchange_rate", nullptr},
                        {"fee", fee},
                        {"fee_details", json.array({detail})},
                        {"net", sale.amount - fee},
                        {"reporting_category", "charge"},
                        {"source", sale.id("ch_")},
                        {"status", "pending"},
                        {"type", "charge"}});
}

Value payout(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    const bool failed = status == "failed";
    const Value body = json.object(
        {{"id", sale.id("po_")},
         {"object", "payout"},
         {"amount", sale.amount},
         {"arrival_date", (sale.at.seconds() / kDay + 2) * kDay},
         {"automatic", true},
         {"balance_transaction", sale.id("txn_")},
         {"created", sale.at.seconds()},
         {"currency", sale.currency},
         {"description", "STRIPE PAYOUT"},
         {"destination", sale.id("ba_")},
         {"failure_balance_transaction", optionalText(json, failed, sale.id("txn_") + "f")},
         {"failure_code", optionalText(json, failed, "account_closed")},
         {"failure_message", optionalText(json, failed, "The bank account has been closed.")},
         {"livemode", false},
         {"metadata", json.object({})},
         {"method", "standard"},
         {"reconciliation_status", status == "paid" ? "completed" : "in_progress"},
         {"source_type", "card"},
         {"status", status},
         {"type", "bank_account"}});
    return json.withNulls(body,
                          {"application_fee", "application_fee_amount", "original_payout",
                           "payout_method", "reversed_by", "statement_descriptor", "trace_id"});
}

} // namespace tw::stripe::samples
