// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/PaymentTools.h"

#include "core/base/Text.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/data/Decimal.h"
#include "core/data/Json.h"
#include "core/data/Money.h"

#include <charconv>

namespace tw::stripe {
namespace {

constexpr std::int64_t kMostAmount = 999'999'999'999;
constexpr std::int64_t kDay = 86'400;

Value textOrNull(const sandbox::JsonMaker &json, const std::string &text)
{
    return text.empty() ? Value::null() : json.text(text);
}

/// 2.9 % and 30 of the smallest unit, rounded half up.
std::int64_t feeOf(std::int64_t amount)
{
    return (amount * 29 + 500) / 1000 + 30;
}

Value cardDetails(const sandbox::JsonMaker &json, const TestCard &card)
{
    const Value checks = json.object({{"address_line1_check", nullptr},
                                      {"address_postal_code_check", nullptr},
                                      {"cvc_check", "pass"}});
    return json.object({{"brand", card.brand},
                        {"checks", checks},
                        {"country", card.country},
                        {"display_brand", card.brand},
                        {"exp_month", 12},
                        {"exp_year", 2034},
                        {"fingerprint", "Tw" + std::string(card.number.substr(0, 14))},
                        {"funding", card.funding},
                        {"generated_from", nullptr},
                        {"last4", card.last4()},
                        {"networks", json.object({{"available", json.array({card.brand})},
                                                  {"preferred", nullptr}})},
                        {"regulated_status", "unregulated"},
                        {"three_d_secure_usage", json.object({{"supported", true}})},
                        {"wallet", nullptr}});
}

Value blankBilling(const sandbox::JsonMaker &json)
{
    const Value address = json.object({{"city", nullptr},
                                       {"country", nullptr},
                                       {"line1", nullptr},
                                       {"line2", nullptr},
                                       {"postal_code", nullptr},
                                       {"state", nullptr}});
    return json.object({{"address", address},
                        {"email", nullptr},
                        {"name", nullptr},
                        {"phone", nullptr},
                        {"tax_id", nullptr}});
}

void dispute(ApiHost &host, const ApiCall &call, const Value &charge, const TestCard &card)
{
    const auto json = call.json();
    const std::int64_t amount = charge.get("amount").toInt().value_or(0);
    const std::string currency(charge.get("currency").text());
    Value made = blankObject(json, "dispute");
    const std::int64_t now = host.now(charge).seconds();
    const Value details = json.with(made.get("evidence_details"), {{"due_by", now + 7 * kDay},
                                                                   {"has_evidence", false},
                                                                   {"past_due", false},
                                                                   {"submission_count", 0}});
    made = json.with(
        made, {{"id", host.newId("du_")},
               {"object", "dispute"},
               {"amount", amount},
               {"charge", charge.get("id")},
               {"created", now},
               {"currency", currency},
               {"evidence_details", details},
               {"is_charge_refundable", false},
               {"payment_intent", charge.get("payment_intent")},
               {"reason", card.name == "createDispute" ? "fraudulent" : "product_not_received"},
               {"status", "needs_response"}});
    const Value taken =
        makeTransaction(host, call, -amount, 1500, currency, "adjustment", made.get("id"));
    made = json.with(made, {{"balance_transactions", json.array({taken})}});
    host.change(call, charge, {{"disputed", true}}, "charge.updated");
    made = host.create(call, made, "charge.dispute.created");
    host.tell(call, "charge.dispute.funds_withdrawn", made);
}

} // namespace

std::optional<HttpResponse> amountProblem(const std::string &amount, const std::string &currency)
{
    std::int64_t number = 0;
    const auto [end, problem] =
        std::from_chars(amount.data(), amount.data() + amount.size(), number);
    if (problem != std::errc() || end != amount.data() + amount.size() || number < 1)
        return answers::badParam("amount", "The amount must be a whole number above 0, in the "
                                           "smallest unit of the currency.");
    const auto rule = currencyRule(currency);
    if (!rule)
        return answers::badParam("currency", "Invalid currency: " + rule.error().message);
    if (number % rule->multipleOf != 0)
        return answers::badParam("amount", "Amounts in " + rule->code + " must be divisible by " +
                                               std::to_string(rule->multipleOf) + '.');
    if (number > kMostAmount)
        return answers::refuse({.code = "amount_too_large",
                                .message = "The amount has more digits than a card takes.",
                                .param = "amount"});
    const auto given = Money::fromMinor(number, rule->code);
    const auto least = Decimal::parse(rule->minimumCharge);
    if (given && least && compare(given->major(), *least) < 0)
        return answers::refuse({.code = "amount_too_small",
                                .message = "The amount must be at least " + rule->minimumCharge +
                                           ' ' + rule->code + '.',
                                .param = "amount"});
    return std::nullopt;
}

HttpResponse declined(const TestCard &card, const Value &charge, const Value &intent)
{
    HttpResponse answer = answers::refuse({.status = 402,
                                           .type = "card_error",
                                           .code = std::string(card.code),
                                           .message = declineMessage(card),
                                           .param = {},
                                           .declineCode = std::string(card.decline)});
    Arena arena;
    const auto body = parseJsonInto(arena, answer.body);
    const sandbox::JsonMaker json(arena);
    const Value error =
        json.with(body->get("error"),
                  {{"charge", charge.isObject() ? charge.get("id") : Value()},
                   {"payment_intent", intent},
                   {"doc_url", "https://docs.stripe.com/error-codes#" + std::string(card.code)}});
    answer.body = toJson(json.object({{"error", error}}), JsonStyle::Pretty);
    return answer;
}

Value makeTransaction(ApiHost &host, const ApiCall &call, std::int64_t amount, std::int64_t fee,
                      const std::string &currency, const std::string &type, const Value &source)
{
    const auto json = call.json();
    const std::int64_t now = host.now().seconds();
    const Value detail = json.object({{"amount", fee},
                                      {"application", nullptr},
                                      {"currency", currency},
                                      {"description", "Stripe processing fees"},
                                      {"type", "stripe_fee"}});
    Value made = blankObject(json, "balance_transaction");
    made = json.with(made, {{"id", host.newId("txn_")},
                            {"object", "balance_transaction"},
                            {"amount", amount},
                            {"available_on", now + 2 * kDay},
                            {"created", now},
                            {"currency", currency},
                            {"fee", fee},
                            {"fee_details", fee == 0 ? json.array({}) : json.array({detail})},
                            {"net", amount - fee},
                            {"reporting_category", type == "adjustment" ? "dispute" : type},
                            {"source", source},
                            {"status", type == "payout" ? "available" : "pending"},
                            {"type", type},
                            {"_payout", Value()}});
    return host.create(call, made, {});
}

Value makeCharge(ApiHost &host, const ApiCall &call, const ChargeOrder &order, const TestCard &card)
{
    const auto json = call.json();
    const bool fails =
        card.acts == TestCard::Acts::Declines || card.acts == TestCard::Acts::AttachesOnly;
    const Value method = host.get(call, "payment_method", order.paymentMethod);
    const std::string id = host.newId("ch_");
    const Value customer = textOrNull(json, order.customer);
    const Value outcome = json.object(
        {{"advice_code", nullptr},
         {"network_advice_code", nullptr},
         {"network_decline_code", fails ? json.text("05") : Value::null()},
         {"network_status", fails ? "declined_by_network" : "approved_by_network"},
         {"reason", fails ? json.text(card.decline) : Value::null()},
         {"risk_level", "normal"},
         {"risk_score", 12},
         {"seller_message", fails ? "The bank did not return any further details with this decline."
                                  : "Payment complete."},
         {"type", fails ? "issuer_declined" : "authorized"}});
    const Value details = json.object(
        {{"card", json.with(cardDetails(json, card), {{"generated_from", Value()},
                                                      {"display_brand", Value()},
                                                      {"networks", Value()},
                                                      {"three_d_secure_usage", Value()},
                                                      {"amount_authorized", order.amount},
                                                      {"installments", nullptr},
                                                      {"mandate", nullptr},
                                                      {"network", card.brand},
                                                      {"three_d_secure", nullptr}})},
         {"type", "card"}});
    Value made = blankObject(json, "charge");
    made = json.with(made,
                     {{"id", id},
                      {"object", "charge"},
                      {"amount", order.amount},
                      {"amount_captured", order.capture && !fails ? order.amount : 0},
                      {"billing_details",
                       method.isObject() ? method.get("billing_details") : blankBilling(json)},
                      {"calculated_statement_descriptor", "TIDEWIRE"},
                      {"captured", order.capture && !fails},
                      {"created", host.now(json.object({{"customer", customer}})).seconds()},
                      {"currency", order.currency},
                      {"customer", customer},
                      {"description", textOrNull(json, order.description)},
                      {"failure_code", fails ? json.text(card.code) : Value::null()},
                      {"failure_message", fails ? json.text(declineMessage(card)) : Value::null()},
                      {"metadata", order.metadata.isObject() ? order.metadata : json.object({})},
                      {"outcome", outcome},
                      {"paid", !fails},
                      {"payment_intent", textOrNull(json, order.paymentIntent)},
                      {"payment_method", textOrNull(json, order.paymentMethod)},
                      {"payment_method_details", details},
                      {"receipt_email", textOrNull(json, order.receiptEmail)},
                      {"receipt_url",
                       fails ? Value::null() : json.text("https://pay.stripe.com/receipts/" + id)},
                      {"shipping", order.shipping.isUndefined() ? Value::null() : order.shipping},
                      {"status", fails ? "failed" : "succeeded"}});
    if (fails)
        return host.create(call, made, "charge.failed");
    if (order.capture) {
        const Value earned = makeTransaction(host, call, order.amount, feeOf(order.amount),
                                             order.currency, "charge", made.get("id"));
        made = json.with(made, {{"balance_transaction", earned.get("id")}});
    }
    made = host.create(call, made, "charge.succeeded");
    if (card.acts == TestCard::Acts::GetsDisputed)
        dispute(host, call, made, card);
    return host.get(call, "charge", id);
}

Value captureCharge(ApiHost &host, const ApiCall &call, const Value &charge, std::int64_t amount)
{
    const std::int64_t whole = charge.get("amount").toInt().value_or(0);
    const std::string currency(charge.get("currency").text());
    const Value earned =
        makeTransaction(host, call, amount, feeOf(amount), currency, "charge", charge.get("id"));
    // What is not captured goes back at once (docs: amount_refunded of a partial capture).
    return host.change(call, charge,
                       {{"amount_captured", amount},
                        {"amount_refunded", whole - amount},
                        {"balance_transaction", earned.get("id")},
                        {"captured", true}},
                       "charge.captured");
}

Value methodFromCard(ApiHost &host, const ApiCall &call, const TestCard &card, const Value &billing)
{
    const auto json = call.json();
    Value details = blankBilling(json);
    for (const Member &member : billing.members()) {
        const std::string_view name = member.key.text();
        if (name == "address") {
            Value address = details.get("address");
            for (const Member &line : member.value.members())
                address = json.with(address, {{line.key.text(), orNull(line.value)}});
            details = json.with(details, {{"address", address}});
        } else {
            details = json.with(details, {{name, orNull(member.value)}});
        }
    }
    Value made = blankObject(json, "payment_method");
    made = json.with(made, {{"id", host.newId("pm_")},
                            {"object", "payment_method"},
                            {"allow_redisplay", "unspecified"},
                            {"billing_details", details},
                            {"card", cardDetails(json, card)},
                            {"created", host.now().seconds()},
                            {"metadata", json.object({})},
                            {"type", "card"},
                            {"_card", card.number}});
    return host.create(call, made, {});
}

std::optional<std::string> storedMethod(ApiHost &host, const ApiCall &call,
                                        const std::string &named)
{
    if (!host.get(call, "payment_method", named).isUndefined())
        return named;
    const TestCard *card = testCard(named);
    if (!card || (!named.starts_with("pm_card_") && !named.starts_with("tok_")))
        return std::nullopt;
    return std::string(methodFromCard(host, call, *card, {}).get("id").text());
}

const TestCard *cardOf(ApiHost &host, const ApiCall &call, const std::string &paymentMethod)
{
    const Value method = host.get(call, "payment_method", paymentMethod);
    if (method.isUndefined())
        return testCard(paymentMethod);
    const TestCard *card = testCard(method.get("_card").text());
    return card ? card : testCard("visa");
}

} // namespace tw::stripe
