// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/PaymentTools.h"

#include "core/base/Text.h"
#include "core/connectors/stripe/double/BalanceBook.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/DisputeTools.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/data/Decimal.h"
#include "core/data/Json.h"
#include "core/data/Money.h"

#include <charconv>

namespace tw::stripe {
namespace {

constexpr std::int64_t kMostAmount = 999'999'999'999;
constexpr int kDaysUntilAvailable = 2;
constexpr std::chrono::seconds kBooksWithin{1};

std::string_view adviceOf(const TestCard &card)
{
    if (card.decline == "lost_card" || card.decline == "stolen_card" ||
        card.decline == "fraudulent")
        return "do_not_try_again";
    return card.code == "expired_card" || card.code == "incorrect_cvc" ? "confirm_card_data"
                                                                       : "try_again_later";
}

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

/// What a card or account looks like as the `type` member of a method or a charge.
Value bankDetails(const sandbox::JsonMaker &json, const TestCard &card, std::string_view object,
                  std::string_view field)
{
    const Value account = json.object({{"country", card.country},
                                       {"fingerprint", "Tw" + std::string(card.number.substr(2))},
                                       {"last4", card.last4()},
                                       {"bank_name", "STRIPE TEST BANK"},
                                       {"routing_number", "110000000"},
                                       {"account_holder_type", "individual"},
                                       {"account_type", "checking"}});
    const Value inside = json.object({{"type", card.type}, {card.type, account}});
    return field.empty() ? shapedField(json, object, card.type, account)
                         : shapedField(json, object, field, inside);
}

Value chargeDetails(const sandbox::JsonMaker &json, const TestCard &card, std::int64_t amount)
{
    if (!card.isCard())
        return bankDetails(json, card, "charge", "payment_method_details");
    const Value shown =
        json.with(cardDetails(json, card), {{"generated_from", Value()},
                                            {"display_brand", Value()},
                                            {"networks", Value()},
                                            {"three_d_secure_usage", Value()},
                                            {"amount_authorized", amount},
                                            {"authorization_code", nullptr},
                                            {"electronic_commerce_indicator", nullptr},
                                            {"network_transaction_id", nullptr},
                                            {"transaction_link_id", nullptr},
                                            {"installments", nullptr},
                                            {"mandate", nullptr},
                                            {"network", card.brand},
                                            {"three_d_secure", nullptr}});
    return json.object({{"card", shown}, {"type", "card"}});
}

Value outcomeOf(const sandbox::JsonMaker &json, const TestCard &card, bool fails)
{
    return json.object(
        {{"advice_code", fails && card.isCard() ? json.text(adviceOf(card)) : Value::null()},
         {"network_advice_code", nullptr},
         {"network_decline_code", fails ? json.text("05") : Value::null()},
         {"network_status", fails ? "declined_by_network" : "approved_by_network"},
         {"reason",
          fails ? json.text(card.decline.empty() ? card.code : card.decline) : Value::null()},
         {"risk_level", "normal"},
         {"risk_score", 12},
         {"seller_message", fails ? "The bank did not return any further details with this decline."
                                  : "Payment complete."},
         {"type", fails ? "issuer_declined" : "authorized"}});
}

/// Books what a captured charge earned, by the rules of its card; answers the charge.
Value booked(ApiHost &host, const ApiCall &call, const Value &charge, std::int64_t amount,
             const TestCard &card, std::string_view event)
{
    const bool isNow = card.acts == TestCard::Acts::SettlesNow;
    const Value earned = makeTransaction(host, call, amount, feeOf(amount),
                                         std::string(charge.get("currency").text()), "charge",
                                         charge.get("id"), isNow ? 0 : kDaysUntilAvailable);
    return host.change(call, charge, {{"balance_transaction", earned.get("id")}}, event);
}

} // namespace

std::optional<HttpResponse> amountProblem(const std::string &amount, const std::string &currency)
{
    std::int64_t number = 0;
    const auto [end, problem] =
        std::from_chars(amount.data(), amount.data() + amount.size(), number);
    if (problem != std::errc() || end != amount.data() + amount.size() || number < 1)
        return answers::badParam("amount",
                                 "The amount must be a whole number above 0, in the smallest unit "
                                 "of the currency.",
                                 "parameter_invalid_integer");
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
    const Value error = json.with(
        body->get("error"),
        {{"advice_code", json.text(adviceOf(card))},
         {"charge", charge.isObject() ? charge.get("id") : Value()},
         {"network_decline_code", "05"},
         {"payment_intent", intent},
         {"payment_method",
          intent.isObject() ? intent.find("last_payment_error.payment_method") : Value()}});
    answer.body = toJson(json.object({{"error", error}}), JsonStyle::Pretty);
    return answer;
}

Value makeCharge(ApiHost &host, const ApiCall &call, const ChargeOrder &order, const TestCard &card)
{
    const auto json = call.json();
    const bool fails =
        card.acts == TestCard::Acts::Declines || card.acts == TestCard::Acts::AttachesOnly;
    const Value method = host.get(call, "payment_method", order.paymentMethod);
    const std::string id = host.newId("ch_");
    const Value customer = textOrNull(json, order.customer);
    const bool goes = !fails && !card.waits();
    Value made = blankObject(json, "charge");
    made = json.with(
        made,
        {{"id", id},
         {"object", "charge"},
         {"amount", order.amount},
         {"amount_captured", order.capture && goes ? order.amount : 0},
         {"billing_details",
          method.isObject() ? method.get("billing_details") : blankBilling(json)},
         {"calculated_statement_descriptor", "TIDEWIRE"},
         {"captured", order.capture && goes},
         {"created", host.now(json.object({{"customer", customer}})).seconds()},
         {"currency", order.currency},
         {"customer", customer},
         {"description", textOrNull(json, order.description)},
         {"failure_code", fails ? json.text(card.code) : Value::null()},
         {"failure_message", fails ? json.text(declineMessage(card)) : Value::null()},
         {"metadata", order.metadata.isObject() ? order.metadata : json.object({})},
         {"outcome", outcomeOf(json, card, fails)},
         {"paid", goes},
         {"payment_intent", textOrNull(json, order.paymentIntent)},
         {"payment_method", textOrNull(json, order.paymentMethod)},
         {"payment_method_details", chargeDetails(json, card, order.amount)},
         {"receipt_email", textOrNull(json, order.receiptEmail)},
         {"receipt_url", goes ? json.text("https://pay.stripe.com/receipts/" + id) : Value::null()},
         {"shipping", order.shipping.isUndefined() ? Value::null() : order.shipping},
         {"status", fails  ? "failed"
                    : goes ? "succeeded"
                           : "pending"},
         {"_card", card.number}});
    if (!goes)
        return host.create(call, made, fails ? "charge.failed" : "charge.pending");
    made = host.create(call, made, {});
    if (order.capture && !order.settlesLater)
        made = booked(host, call, made, order.amount, card, {});
    host.tell(call, "charge.succeeded", made);
    if (order.capture && order.settlesLater)
        host.later(made, kBooksWithin, [&host, id, &card](const ApiCall &own) {
            const Value charge = host.get(own, "charge", id);
            if (charge.get("balance_transaction").isNull())
                booked(host, own, charge, charge.get("amount").toInt().value_or(0), card,
                       "charge.updated");
        });
    if (card.acts == TestCard::Acts::GetsDisputed || card.acts == TestCard::Acts::Inquires)
        openDispute(host, call, made, card);
    return host.get(call, "charge", id);
}

Value endCharge(ApiHost &host, const ApiCall &call, const Value &charge, const TestCard &card)
{
    const auto json = call.json();
    if (card.acts == TestCard::Acts::FailsLater)
        return host.change(call, charge,
                           {{"failure_code", card.code},
                            {"failure_message", declineMessage(card)},
                            {"outcome", outcomeOf(json, card, true)},
                            {"status", "failed"}},
                           "charge.failed");
    const std::int64_t amount = charge.get("amount").toInt().value_or(0);
    const Value paid = host.change(
        call, charge,
        {{"amount_captured", amount}, {"captured", true}, {"paid", true}, {"status", "succeeded"}},
        {});
    const Value made = booked(host, call, paid, amount, card, {});
    host.tell(call, "charge.succeeded", made);
    return made;
}

Value captureCharge(ApiHost &host, const ApiCall &call, const Value &charge, std::int64_t amount)
{
    const std::int64_t whole = charge.get("amount").toInt().value_or(0);
    const TestCard *card = testCard(charge.get("_card").text());
    // What is not captured goes back at once (docs: amount_refunded of a partial capture).
    const Value taken = host.change(
        call, charge,
        {{"amount_captured", amount}, {"amount_refunded", whole - amount}, {"captured", true}}, {});
    const Value made = booked(host, call, taken, amount, card ? *card : *testCard("visa"), {});
    host.tell(call, "charge.captured", made);
    return made;
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
    made =
        json.with(made, {{"id", host.newId("pm_")},
                         {"object", "payment_method"},
                         {"allow_redisplay", "unspecified"},
                         {"billing_details", details},
                         {card.type, card.isCard() ? cardDetails(json, card)
                                                   : bankDetails(json, card, "payment_method", {})},
                         {"created", host.now().seconds()},
                         {"metadata", json.object({})},
                         {"type", card.type},
                         {"_card", card.number}});
    return host.create(call, made, {});
}

const TestCard &bankAccount(std::string_view type, std::string_view number)
{
    const TestCard *known = testCard(number);
    if (known && known->type == type)
        return *known;
    return *testCard(type == "sepa_debit" ? "pm_sepaDebit" : "pm_usBankAccount_success");
}

std::optional<std::string> storedMethod(ApiHost &host, const ApiCall &call,
                                        const std::string &named)
{
    if (!host.get(call, "payment_method", named).isUndefined())
        return named;
    const TestCard *card = testCard(named);
    if (!card || (!named.starts_with("pm_") && !named.starts_with("tok_")))
        return std::nullopt;
    return std::string(methodFromCard(host, call, *card, {}).get("id").text());
}

const TestCard *cardOf(ApiHost &host, const ApiCall &call, const std::string &paymentMethod)
{
    Value method = host.get(call, "payment_method", paymentMethod);
    if (method.isUndefined())
        method = host.get(call, "card", paymentMethod);
    if (method.isUndefined())
        return testCard(paymentMethod);
    const TestCard *card = testCard(method.get("_card").text());
    return card ? card : testCard("visa");
}

} // namespace tw::stripe
