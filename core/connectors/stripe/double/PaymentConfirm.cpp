// SPDX-License-Identifier: GPL-3.0-or-later
// What happens when an intent is confirmed, and after that.
#include "core/connectors/stripe/double/Expansion.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

namespace tw::stripe {
namespace {

using Acts = TestCard::Acts;

/// A bank debit takes days at Stripe, and seconds in its test mode.
constexpr std::chrono::seconds kBankTakes{5};

Value failed(ApiHost &host, const ApiCall &call, const Value &intent, const TestCard &card,
             const Value &charge)
{
    const std::string method(intent.get("payment_method").text());
    const Value made = host.change(
        call, intent,
        {{"last_payment_error", paymentError(host, call, card, method, charge)},
         {"latest_charge", charge.isObject() ? charge.get("id") : intent.get("latest_charge")},
         {"next_action", nullptr},
         {"payment_method", nullptr},
         {"status", "requires_payment_method"}},
        {});
    host.tell(call, "payment_intent.payment_failed", made);
    return made;
}

/// The bank has answered: the payment went through, or it came back.
void endPayment(ApiHost &host, const ApiCall &call, const std::string &id)
{
    const Value intent = host.get(call, "payment_intent", id);
    if (intent.get("status").text() != "processing")
        return;
    const Value charge = host.get(call, "charge", intent.get("latest_charge").text());
    const TestCard *card = testCard(charge.get("_card").text());
    if (!card || charge.get("status").text() != "pending")
        return;
    const Value ended = endCharge(host, call, charge, *card);
    if (card->acts == Acts::FailsLater) {
        failed(host, call, intent, *card, ended);
        return;
    }
    const Value made = host.change(
        call, intent, {{"amount_received", intent.get("amount")}, {"status", "succeeded"}}, {});
    if (made.get("setup_future_usage").isString())
        keepMethod(host, call, made);
    host.tell(call, "payment_intent.succeeded", made);
}

} // namespace

HttpResponse unexpectedState(const Value &intent, const std::string &what)
{
    return answers::refuse({.code = intent.get("object").text() == "payment_intent"
                                        ? "payment_intent_unexpected_state"
                                        : "setup_intent_unexpected_state",
                            .message = "This " + std::string(intent.get("object").text()) +
                                       "'s status is " + std::string(intent.get("status").text()) +
                                       ": it " + "cannot be " + what + '.'});
}

std::string methodOf(ApiHost &host, const ApiCall &call, std::optional<HttpResponse> &problem)
{
    const Value data = call.params.get("payment_method_data");
    if (data.isObject()) {
        const std::string type = call.text("payment_method_data.type");
        const std::string account = call.text("payment_method_data.us_bank_account.account_number");
        const std::string iban = call.text("payment_method_data.sepa_debit.iban");
        if (type == "us_bank_account" || type == "sepa_debit")
            return std::string(methodFromCard(host, call,
                                              bankAccount(type, account.empty() ? iban : account),
                                              data.get("billing_details"))
                                   .get("id")
                                   .text());
        const std::string number = call.text("payment_method_data.card.number");
        const std::string token = call.text("payment_method_data.card.token");
        const TestCard *card = testCard(!number.empty() ? number : !token.empty() ? token : "visa");
        if (!card) {
            problem = answers::badParam("payment_method_data[card]", "This is no test card.");
            return {};
        }
        return std::string(
            methodFromCard(host, call, *card, data.get("billing_details")).get("id").text());
    }
    const std::string named = call.text("payment_method");
    if (named.empty())
        return {};
    const auto stored = storedMethod(host, call, named);
    if (!stored)
        problem = answers::missingObject("payment_method", named);
    return stored.value_or(std::string());
}

Value nextAction(const sandbox::JsonMaker &json, const std::string &id,
                 const std::string &returnUrl)
{
    const Value redirect =
        json.object({{"return_url", returnUrl.empty() ? Value::null() : json.text(returnUrl)},
                     {"url", "https://hooks.stripe.com/3d_secure_2/hosted?" + id}});
    return json.object({{"redirect_to_url", redirect}, {"type", "redirect_to_url"}});
}

void keepMethod(ApiHost &host, const ApiCall &call, const Value &intent)
{
    const Value customer = intent.get("customer");
    const Value method = host.get(call, "payment_method", intent.get("payment_method").text());
    if (!customer.isString() || method.isUndefined() || method.get("customer").isString())
        return;
    host.tell(call, "payment_method.attached",
              host.change(call, method, {{"customer", customer}}, {}));
}

Value paymentError(ApiHost &host, const ApiCall &call, const TestCard &card,
                   const std::string &method, const Value &charge)
{
    const auto json = call.json();
    return json.object(
        {{"advice_code", Value()},
         {"charge", charge.isObject() ? charge.get("id") : Value()},
         {"code", card.code},
         {"decline_code", card.decline.empty() ? Value() : json.text(card.decline)},
         {"message", declineMessage(card)},
         {"payment_method",
          Expansion(call.arena, host.store()).bare(host.get(call, "payment_method", method))},
         {"type", card.isCard() ? "card_error" : "invalid_request_error"}});
}

void endPaymentLater(ApiHost &host, const ApiCall &call, const Value &intent)
{
    const Value charge = host.get(call, "charge", intent.get("latest_charge").text());
    const TestCard *card = testCard(charge.get("_card").text());
    if (!card || !card->waits() || card->acts == Acts::Hangs)
        return;
    host.later(intent, kBankTakes,
               [&host, id = std::string(intent.get("id").text())](const ApiCall &own) {
                   endPayment(host, own, id);
               });
}

HttpResponse confirmPayment(ApiHost &host, const ApiCall &call, Value intent, bool byCustomer)
{
    const auto json = call.json();
    const std::string status(intent.get("status").text());
    if (status == "succeeded" || status == "canceled" || status == "requires_capture" ||
        status == "processing")
        return unexpectedState(intent, "confirmed");
    const std::string method(intent.get("payment_method").text());
    if (method.empty())
        return answers::refuse({.code = "payment_intent_unexpected_state",
                                .message =
                                    "You cannot confirm this PaymentIntent because it's missing a "
                                    "payment method."});
    const TestCard *card = cardOf(host, call, method);
    const std::string id(intent.get("id").text());
    if (card->acts == Acts::AsksCustomer && !byCustomer) {
        if (call.flag("off_session") || call.flag("error_on_requires_action")) {
            intent = failed(host, call, intent, *card, {});
            return declined(*card, {}, intent);
        }
        intent = host.change(call, intent,
                             {{"status", "requires_action"},
                              {"next_action", nextAction(json, id, call.text("return_url"))}},
                             {});
        host.tell(call, "payment_intent.requires_action", intent);
        return answers::ok(intent);
    }
    ChargeOrder order;
    order.amount = intent.get("amount").toInt().value_or(0);
    order.currency = intent.get("currency").text();
    order.customer = intent.get("customer").text();
    order.paymentIntent = id;
    order.paymentMethod = method;
    order.description = intent.get("description").text();
    order.receiptEmail = intent.get("receipt_email").text();
    order.metadata = intent.get("metadata");
    order.shipping = intent.get("shipping");
    const bool keepsBack = intent.get("capture_method").text() == "manual" && card->isCard();
    order.capture = !keepsBack;
    order.settlesLater = intent.get("capture_method").text() == "automatic_async";
    const Value charge = makeCharge(host, call, order, *card);
    if (charge.get("status").text() == "failed") {
        intent = failed(host, call, intent, *card, charge);
        return declined(*card, charge, intent);
    }
    if (charge.get("status").text() == "pending") {
        intent = host.change(call, intent,
                             {{"last_payment_error", nullptr},
                              {"latest_charge", charge.get("id")},
                              {"next_action", nullptr},
                              {"status", "processing"}},
                             {});
        host.tell(call, "payment_intent.processing", intent);
        endPaymentLater(host, call, intent);
        return answers::ok(intent);
    }
    const std::int64_t received = order.capture ? order.amount : 0;
    intent = host.change(call, intent,
                         {{"amount_capturable", order.capture ? 0 : order.amount},
                          {"amount_received", received},
                          {"last_payment_error", nullptr},
                          {"latest_charge", charge.get("id")},
                          {"next_action", nullptr},
                          {"status", order.capture ? "succeeded" : "requires_capture"}},
                         {});
    if (intent.get("setup_future_usage").isString())
        keepMethod(host, call, intent);
    host.tell(call,
              order.capture ? "payment_intent.succeeded"
                            : "payment_intent.amount_capturable_updated",
              intent);
    return answers::ok(intent);
}

} // namespace tw::stripe
