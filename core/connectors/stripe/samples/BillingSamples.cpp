// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/samples/SampleObjects.h"

namespace tw::stripe::samples {

using sandbox::JsonMaker;

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kMonth = 30 * kDay;

Value automaticTax(const JsonMaker &json)
{
    return json.object({{"disabled_reason", nullptr},
                        {"enabled", false},
                        {"liability", nullptr},
                        {"provider", nullptr},
                        {"status", nullptr}});
}

Value listOf(const JsonMaker &json, const Value &item, const std::string &url)
{
    return json.object(
        {{"object", "list"}, {"data", json.array({item})}, {"has_more", false}, {"url", url}});
}

Value plan(const JsonMaker &json, const Sale &sale)
{
    return json.withNulls(
        json.object({{"id", sale.id("price_")},
                     {"object", "plan"},
                     {"active", true},
                     {"amount", sale.amount},
                     {"amount_decimal", std::to_string(sale.amount)},
                     {"billing_scheme", "per_unit"},
                     {"created", sale.at.seconds()},
                     {"currency", sale.currency},
                     {"interval", "month"},
                     {"interval_count", 1},
                     {"livemode", false},
                     {"metadata", json.object({})},
                     {"product", sale.id("prod_")},
                     {"usage_type", "licensed"}}),
        {"meter", "nickname", "tiers_mode", "transform_usage", "trial_period_days"});
}

Value paymentSettings(const JsonMaker &json)
{
    return json.withNulls(json.object({}),
                          {"default_mandate", "payment_method_options", "payment_method_types"});
}

Value subscriptionItem(const JsonMaker &json, const Sale &sale)
{
    return json.object({{"id", sale.id("si_")},
                        {"object", "subscription_item"},
                        {"billing_thresholds", nullptr},
                        {"created", sale.at.seconds()},
                        {"current_period_end", sale.at.seconds() + kMonth},
                        {"current_period_start", sale.at.seconds()},
                        {"current_trial", nullptr},
                        {"discounts", json.array({})},
                        {"metadata", json.object({})},
                        {"plan", plan(json, sale)},
                        {"price", price(json, sale)},
                        {"quantity", 1},
                        {"subscription", sale.id("sub_")},
                        {"tax_rates", json.array({})}});
}

Value invoiceLine(const JsonMaker &json, const Sale &sale)
{
    const Value itemDetails =
        json.object({{"invoice_item", nullptr},
                     {"proration", false},
                     {"proration_details", json.object({{"credited_items", nullptr}})},
                     {"subscription", sale.id("sub_")},
                     {"subscription_item", sale.id("si_")}});
    const Value parent = json.object({{"invoice_item_details", nullptr},
                                      {"subscription_item_details", itemDetails},
                                      {"type", "subscription_item_details"}});
    const Value pricing =
        json.object({{"price_details",
                      json.object({{"price", sale.id("price_")}, {"product", sale.id("prod_")}})},
                     {"type", "price_details"},
                     {"unit_amount_decimal", std::to_string(sale.amount)}});
    return json.object({{"id", sale.id("il_")},
                        {"object", "line_item"},
                        {"amount", sale.amount},
                        {"currency", sale.currency},
                        {"description", "1 × " + sale.product},
                        {"discount_amounts", json.array({})},
                        {"discountable", true},
                        {"discounts", json.array({})},
                        {"invoice", sale.id("in_")},
                        {"livemode", false},
                        {"metadata", json.object({})},
                        {"parent", parent},
                        {"period", json.object({{"end", sale.at.seconds() + kMonth},
                                                {"start", sale.at.seconds()}})},
                        {"pretax_credit_amounts", json.array({})},
                        {"pricing", pricing},
                        {"quantity", 1},
                        {"quantity_decimal", "1"},
                        {"subscription", sale.id("sub_")},
                        {"subtotal", sale.amount},
                        {"taxes", json.array({})}});
}

Value at(bool has, Instant when)
{
    return has ? Value::integer(when.seconds()) : Value::null();
}

Value statusTransitions(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    return json.object({{"finalized_at", at(status != "draft", sale.at)},
                        {"marked_uncollectible_at", at(status == "uncollectible", sale.at)},
                        {"paid_at", at(status == "paid", sale.at)},
                        {"voided_at", at(status == "void", sale.at)}});
}

Value invoiceParties(const JsonMaker &json, const Sale &sale, const Value &body)
{
    return json.with(body, {{"account_country", "US"},
                            {"account_name", "Tidewire Samples"},
                            {"customer", sale.buyer.customerId},
                            {"customer_address", address(json, sale.buyer)},
                            {"customer_email", sale.buyer.email},
                            {"customer_name", sale.buyer.company},
                            {"customer_phone", sale.buyer.phone},
                            {"customer_tax_exempt", "none"},
                            {"customer_tax_ids", json.array({})},
                            {"issuer", json.object({{"type", "self"}})}});
}

} // namespace

Value customer(const JsonMaker &json, const sandbox::CastMember &member, Instant created)
{
    const Value settings =
        json.withNulls(json.object({}),
                       {"custom_fields", "default_payment_method", "footer", "rendering_options"});
    return json.object({{"id", member.customerId},
                        {"object", "customer"},
                        {"address", address(json, member)},
                        {"balance", 0},
                        {"created", created.seconds()},
                        {"currency", member.currency},
                        {"customer_account", nullptr},
                        {"default_source", nullptr},
                        {"delinquent", false},
                        {"description", member.company},
                        {"discount", nullptr},
                        {"email", member.email},
                        {"invoice_prefix", member.customerId.substr(6, 8)},
                        {"invoice_settings", settings},
                        {"livemode", false},
                        {"metadata", json.object({{"salesforce_account_id", member.accountId}})},
                        {"name", member.company},
                        {"next_invoice_sequence", 1},
                        {"phone", member.phone},
                        {"preferred_locales", json.array({})},
                        {"shipping", nullptr},
                        {"tax_exempt", "none"},
                        {"test_clock", nullptr}});
}

Value product(const JsonMaker &json, const Sale &sale)
{
    const Value body = json.object({{"id", sale.id("prod_")},
                                    {"object", "product"},
                                    {"active", true},
                                    {"created", sale.at.seconds()},
                                    {"default_price", sale.id("price_")},
                                    {"description", sale.product + ", as shown in the shop"},
                                    {"images", json.array({})},
                                    {"livemode", false},
                                    {"marketing_features", json.array({})},
                                    {"metadata", json.object({})},
                                    {"name", sale.product},
                                    {"type", "service"},
                                    {"updated", sale.at.seconds()}});
    return json.withNulls(body, {"package_dimensions", "shippable", "statement_descriptor",
                                 "tax_code", "tax_details", "unit_label", "url"});
}

Value price(const JsonMaker &json, const Sale &sale)
{
    const Value recurring = json.object({{"interval", "month"},
                                         {"interval_count", 1},
                                         {"meter", nullptr},
                                         {"trial_period_days", nullptr},
                                         {"usage_type", "licensed"}});
    const Value body = json.object({{"id", sale.id("price_")},
                                    {"object", "price"},
                                    {"active", true},
                                    {"billing_scheme", "per_unit"},
                                    {"created", sale.at.seconds()},
                                    {"currency", sale.currency},
                                    {"livemode", false},
                                    {"metadata", json.object({})},
                                    {"product", sale.id("prod_")},
                                    {"recurring", recurring},
                                    {"tax_behavior", "unspecified"},
                                    {"type", "recurring"},
                                    {"unit_amount", sale.amount},
                                    {"unit_amount_decimal", std::to_string(sale.amount)}});
    return json.withNulls(
        body, {"custom_unit_amount", "lookup_key", "nickname", "tiers_mode", "transform_quantity"});
}

Value subscription(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    const bool ended = status == "canceled";
    const Value cancellation =
        json.object({{"comment", nullptr},
                     {"feedback", nullptr},
                     {"feedback_option", nullptr},
                     {"reason", ended ? json.text("cancellation_requested") : Value::null()}});
    const Value invoiceSettings = json.object({{"account_tax_ids", nullptr},
                                               {"custom_fields", nullptr},
                                               {"description", nullptr},
                                               {"footer", nullptr},
                                               {"issuer", json.object({{"type", "self"}})}});
    const Value settings = json.object({{"payment_method_options", nullptr},
                                        {"payment_method_types", nullptr},
                                        {"save_default_payment_method", "off"}});
    const Value trial = json.object(
        {{"end_behavior", json.object({{"billing_cycle_anchor", nullptr},
                                       {"missing_payment_method", "create_invoice"}})}});
    const std::string url = "/v1/subscription_items?subscription=" + sale.id("sub_");
    const Value body = json.object(
        {{"id", sale.id("sub_")},
         {"object", "subscription"},
         {"automatic_tax",
          json.object({{"disabled_reason", nullptr}, {"enabled", false}, {"liability", nullptr}})},
         {"billing_cycle_anchor", sale.at.seconds()},
         {"billing_mode", json.object({{"flexible", nullptr}, {"type", "classic"}})},
         {"billing_schedules", json.array({})},
         {"cancel_at_period_end", false},
         {"canceled_at", at(ended, sale.at)},
         {"cancellation_details", cancellation},
         {"collection_method", "charge_automatically"},
         {"created", sale.at.seconds()},
         {"currency", sale.currency},
         {"customer", sale.buyer.customerId},
         {"default_payment_method", sale.id("pm_")},
         {"default_tax_rates", json.array({})},
         {"discounts", json.array({})},
         {"ended_at", at(ended, sale.at)},
         {"invoice_settings", invoiceSettings},
         {"items", listOf(json, subscriptionItem(json, sale), url)},
         {"latest_invoice", sale.id("in_")},
         {"livemode", false},
         {"metadata", saleMetadata(json, sale)},
         {"payment_settings", settings},
         {"start_date", sale.at.seconds()},
         {"status", status},
         {"trial_settings", trial}});
    return json.withNulls(body, {"application",
                                 "application_fee_percent",
                                 "billing_cycle_anchor_config",
                                 "billing_thresholds",
                                 "cancel_at",
                                 "customer_account",
                                 "days_until_due",
                                 "default_source",
                                 "description",
                                 "managed_payments",
                                 "next_pending_invoice_item_invoice",
                                 "on_behalf_of",
                                 "pause_collection",
                                 "pending_invoice_item_interval",
                                 "pending_setup_intent",
                                 "pending_update",
                                 "schedule",
                                 "test_clock",
                                 "transfer_data",
                                 "trial_end",
                                 "trial_start"});
}

Value invoice(const JsonMaker &json, const Sale &sale, std::string_view status)
{
    const bool paid = status == "paid";
    const bool final = status != "draft";
    const std::string id = sale.id("in_");
    const std::string hosted = "https://invoice.stripe.com/i/test/" + id;
    const Value parent = json.object(
        {{"quote_details", nullptr},
         {"subscription_details",
          json.object({{"metadata", json.object({})}, {"subscription", sale.id("sub_")}})},
         {"type", "subscription_details"}});
    const Value body = json.object(
        {{"id", id},
         {"object", "invoice"},
         {"amount_due", sale.amount},
         {"amount_overpaid", 0},
         {"amount_paid", paid ? sale.amount : std::int64_t{0}},
         {"amount_remaining", paid ? std::int64_t{0} : sale.amount},
         {"amount_shipping", 0},
         {"attempt_count", final ? 1 : 0},
         {"attempted", final},
         {"auto_advance", !paid},
         {"automatic_tax", automaticTax(json)},
         {"billing_reason", "subscription_cycle"},
         {"collection_method", "charge_automatically"},
         {"created", sale.at.seconds()},
         {"currency", sale.currency},
         {"default_tax_rates", json.array({})},
         {"discounts", json.array({})},
         {"effective_at", at(final, sale.at)},
         {"ending_balance", final ? Value::integer(0) : Value::null()},
         {"hosted_invoice_url", final ? json.text(hosted) : Value::null()},
         {"invoice_pdf", final ? json.text(hosted + "/pdf") : Value::null()},
         {"lines", listOf(json, invoiceLine(json, sale), "/v1/invoices/" + id + "/lines")},
         {"livemode", false},
         {"metadata", saleMetadata(json, sale)},
         {"number",
          final ? json.text(sale.buyer.customerId.substr(6, 8) + "-0001") : Value::null()},
         {"parent", parent},
         {"payment_settings", paymentSettings(json)},
         {"period_end", sale.at.seconds()},
         {"period_start", sale.at.seconds() - kMonth},
         {"post_payment_credit_notes_amount", 0},
         {"pre_payment_credit_notes_amount", 0},
         {"starting_balance", 0},
         {"status", status},
         {"status_transitions", statusTransitions(json, sale, status)},
         {"subtotal", sale.amount},
         {"subtotal_excluding_tax", sale.amount},
         {"total", sale.amount},
         {"total_discount_amounts", json.array({})},
         {"total_excluding_tax", sale.amount},
         {"total_pretax_credit_amounts", json.array({})},
         {"total_taxes", json.array({})},
         {"webhooks_delivered_at", at(final, sale.at)}});
    return invoiceParties(json, sale,
                          json.withNulls(body, {"account_tax_ids",
                                                "application",
                                                "automatically_finalizes_at",
                                                "custom_fields",
                                                "customer_account",
                                                "customer_shipping",
                                                "default_payment_method",
                                                "default_source",
                                                "description",
                                                "due_date",
                                                "footer",
                                                "from_invoice",
                                                "last_finalization_error",
                                                "latest_revision",
                                                "next_payment_attempt",
                                                "on_behalf_of",
                                                "receipt_number",
                                                "rendering",
                                                "shipping_cost",
                                                "shipping_details",
                                                "statement_descriptor",
                                                "test_clock"}));
}

Value checkoutSession(const JsonMaker &json, const Sale &sale, bool complete, bool paid)
{
    const std::string id = sale.id("cs_test_");
    const Value details = json.object({{"address", address(json, sale.buyer)},
                                       {"business_name", nullptr},
                                       {"email", sale.buyer.email},
                                       {"individual_name", nullptr},
                                       {"name", sale.buyer.contact},
                                       {"phone", sale.buyer.phone},
                                       {"tax_exempt", "none"},
                                       {"tax_ids", json.array({})}});
    const Value texts = json.withNulls(json.object({}), {"after_submit", "shipping_address",
                                                         "submit", "terms_of_service_acceptance"});
    const Value body = json.object(
        {{"id", id},
         {"object", "checkout.session"},
         {"adaptive_pricing", json.object({{"enabled", false}})},
         {"amount_subtotal", sale.amount},
         {"amount_total", sale.amount},
         {"automatic_tax", json.object({{"enabled", false},
                                        {"liability", nullptr},
                                        {"provider", nullptr},
                                        {"status", nullptr}})},
         {"cancel_url", "https://shop.example/cart"},
         {"client_reference_id", sale.order},
         {"created", sale.at.seconds()},
         {"currency", sale.currency},
         {"custom_fields", json.array({})},
         {"custom_text", texts},
         {"customer", sale.buyer.customerId},
         {"customer_creation", "if_required"},
         {"customer_details", details},
         {"customer_email", sale.buyer.email},
         {"expires_at", sale.at.seconds() + kDay},
         {"livemode", false},
         {"metadata", saleMetadata(json, sale)},
         {"mode", "payment"},
         {"payment_intent", complete ? json.text(sale.id("pi_")) : Value::null()},
         {"payment_method_collection", "if_required"},
         {"payment_method_options",
          json.object({{"card", json.object({{"request_three_d_secure", "automatic"}})}})},
         {"payment_method_types", json.array({"card"})},
         {"payment_status", paid ? "paid" : "unpaid"},
         {"phone_number_collection", json.object({{"enabled", true}})},
         {"shipping_options", json.array({})},
         {"status", complete ? "complete" : "expired"},
         {"success_url", "https://shop.example/thanks"},
         {"total_details",
          json.object({{"amount_discount", 0}, {"amount_shipping", 0}, {"amount_tax", 0}})},
         {"ui_mode", "hosted_page"}});
    return json.withNulls(body, {"after_expiration",
                                 "allow_promotion_codes",
                                 "allowed_payment_method_types",
                                 "billing_address_collection",
                                 "client_secret",
                                 "collected_information",
                                 "consent",
                                 "consent_collection",
                                 "currency_conversion",
                                 "customer_account",
                                 "discounts",
                                 "integration_identifier",
                                 "invoice",
                                 "invoice_creation",
                                 "locale",
                                 "managed_payments",
                                 "origin_context",
                                 "payment_link",
                                 "payment_method_configuration_details",
                                 "permissions",
                                 "recovered_from",
                                 "saved_payment_method_options",
                                 "setup_intent",
                                 "shipping_address_collection",
                                 "shipping_cost",
                                 "submit_type",
                                 "subscription",
                                 "url",
                                 "wallet_options"});
}

} // namespace tw::stripe::samples
