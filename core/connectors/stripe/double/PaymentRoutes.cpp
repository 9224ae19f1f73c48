// SPDX-License-Identifier: GPL-3.0-or-later
// Payment intents, setup intents and charges.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <algorithm>

namespace tw::stripe {
namespace {

using Acts = TestCard::Acts;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

HttpResponse unexpectedState(const Value &intent, const std::string &what)
{
    return answers::refuse({.code = intent.get("object").text() == "payment_intent"
                                        ? "payment_intent_unexpected_state"
                                        : "setup_intent_unexpected_state",
                            .message = "This " + std::string(intent.get("object").text()) +
                                       "'s status is " + std::string(intent.get("status").text()) +
                                       ": it " + "cannot be " + what + '.'});
}

/// The payment method that a call names or brings along; empty: none. A refusal as `problem`.
std::string methodOf(ApiHost &host, const ApiCall &call, std::optional<HttpResponse> &problem)
{
    const Value data = call.params.get("payment_method_data");
    if (data.isObject()) {
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

/// Keeps the method at its customer, where the intent is for later use.
void keepMethod(ApiHost &host, const ApiCall &call, const Value &intent)
{
    const Value customer = intent.get("customer");
    const Value method = host.get(call, "payment_method", intent.get("payment_method").text());
    if (!customer.isString() || method.isUndefined() || method.get("customer").isString())
        return;
    host.tell(call, "payment_method.attached",
              host.change(call, method, {{"customer", customer}}, {}));
}

HttpResponse confirmPayment(ApiHost &host, const ApiCall &call, Value intent,
                            bool byCustomer = false)
{
    const auto json = call.json();
    const std::string status(intent.get("status").text());
    if (status == "succeeded" || status == "canceled" || status == "requires_capture")
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
            intent = host.change(
                call, intent, {{"payment_method", nullptr}, {"status", "requires_payment_method"}},
                {});
            host.tell(call, "payment_intent.payment_failed", intent);
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
    order.capture = intent.get("capture_method").text() != "manual";
    const Value charge = makeCharge(host, call, order, *card);
    if (charge.get("status").text() == "failed") {
        const Value error =
            json.object({{"charge", charge.get("id")},
                         {"code", card->code},
                         {"decline_code", card->decline},
                         {"message", declineMessage(*card)},
                         {"payment_method", host.get(call, "payment_method", method)},
                         {"type", "card_error"}});
        intent = host.change(call, intent,
                             {{"last_payment_error", error},
                              {"latest_charge", charge.get("id")},
                              {"payment_method", nullptr},
                              {"status", "requires_payment_method"}},
                             {});
        host.tell(call, "payment_intent.payment_failed", intent);
        return declined(*card, charge, intent);
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

HttpResponse createPayment(ApiHost &host, const ApiCall &call)
{
    const std::string currency = lower(call.text("currency"));
    if (auto problem = amountProblem(call.text("amount"), currency))
        return *problem;
    const std::string customer = call.text("customer");
    if (!customer.empty() && host.get(call, "customer", customer).isUndefined())
        return answers::missingObject("customer", customer);
    std::optional<HttpResponse> problem;
    const std::string method = methodOf(host, call, problem);
    if (problem)
        return *problem;
    const auto json = call.json();
    const std::string id = host.newId("pi_");
    const bool automatic = call.flag("automatic_payment_methods.enabled");
    Value made = blankObject(json, "payment_intent");
    const auto text = [&](const char *name) { return orNull(call.params.get(name)); };
    made = json.with(
        made,
        {{"id", id},
         {"object", "payment_intent"},
         {"amount", call.number("amount")},
         {"automatic_payment_methods",
          automatic ? json.object({{"allow_redirects", "always"}, {"enabled", true}})
                    : Value::null()},
         {"capture_method",
          call.text("capture_method").empty() ? "automatic_async" : call.text("capture_method")},
         {"client_secret", id + "_secret_" + host.newId("")},
         {"confirmation_method", call.text("confirmation_method").empty()
                                     ? "automatic"
                                     : call.text("confirmation_method")},
         {"created", host.now(json.object({{"customer", json.text(customer)}})).seconds()},
         {"currency", currency},
         {"customer", text("customer")},
         {"description", text("description")},
         {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
         {"payment_method", method.empty() ? Value::null() : json.text(method)},
         {"payment_method_types", json.array({"card"})},
         {"receipt_email", text("receipt_email")},
         {"setup_future_usage", text("setup_future_usage")},
         {"shipping", shapedField(json, "payment_intent", "shipping", text("shipping"))},
         {"statement_descriptor", text("statement_descriptor")},
         {"statement_descriptor_suffix", text("statement_descriptor_suffix")},
         {"status", method.empty() ? "requires_payment_method" : "requires_confirmation"},
         {"transfer_group", text("transfer_group")}});
    made = host.create(call, made, "payment_intent.created");
    return call.flag("confirm") ? confirmPayment(host, call, made) : answers::ok(made);
}

HttpResponse updatePayment(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payment_intent", call.id());
    if (before.isUndefined())
        return answers::missingObject("payment_intent", call.id());
    const std::string status(before.get("status").text());
    if ((status == "succeeded" || status == "canceled") &&
        (call.has("amount") || call.has("currency")))
        return unexpectedState(before, "changed");
    const std::string currency = call.has("currency") ? lower(call.text("currency"))
                                                      : std::string(before.get("currency").text());
    if (call.has("amount")) {
        if (auto problem = amountProblem(call.text("amount"), currency))
            return *problem;
    }
    std::optional<HttpResponse> problem;
    const std::string method = methodOf(host, call, problem);
    if (problem)
        return *problem;
    const auto json = call.json();
    const auto kept = [&](const char *name) {
        return call.has(name) ? orNull(call.params.get(name)) : before.get(name);
    };
    const bool waits = status == "requires_payment_method" && !method.empty();
    return answers::ok(host.change(
        call, before,
        {{"amount",
          call.has("amount") ? Value::integer(call.number("amount")) : before.get("amount")},
         {"currency", currency},
         {"customer", kept("customer")},
         {"description", kept("description")},
         {"metadata", call.has("metadata") ? mergedMetadata(json, before.get("metadata"),
                                                            call.params.get("metadata"))
                                           : before.get("metadata")},
         {"payment_method", method.empty() ? before.get("payment_method") : json.text(method)},
         {"receipt_email", kept("receipt_email")},
         {"setup_future_usage", kept("setup_future_usage")},
         {"status", waits ? json.text("requires_confirmation") : before.get("status")}},
        {}));
}

HttpResponse confirmRoute(ApiHost &host, const ApiCall &call)
{
    Value intent = host.get(call, "payment_intent", call.id());
    if (intent.isUndefined())
        return answers::missingObject("payment_intent", call.id());
    std::optional<HttpResponse> problem;
    const std::string method = methodOf(host, call, problem);
    if (problem)
        return *problem;
    if (!method.empty())
        intent = host.change(call, intent, {{"payment_method", method}}, {});
    return confirmPayment(host, call, intent);
}

HttpResponse capturePayment(ApiHost &host, const ApiCall &call)
{
    Value intent = host.get(call, "payment_intent", call.id());
    if (intent.isUndefined())
        return answers::missingObject("payment_intent", call.id());
    if (intent.get("status").text() != "requires_capture")
        return unexpectedState(intent, "captured");
    const std::int64_t most = intent.get("amount_capturable").toInt().value_or(0);
    const std::int64_t amount = call.number("amount_to_capture", most);
    if (amount < 1 || amount > most)
        return answers::refuse(
            {.code = "amount_too_large",
             .message = "The amount to capture is greater than what was authorised.",
             .param = "amount_to_capture"});
    captureCharge(host, call, host.get(call, "charge", intent.get("latest_charge").text()), amount);
    intent = host.change(
        call, intent,
        {{"amount_capturable", 0}, {"amount_received", amount}, {"status", "succeeded"}}, {});
    host.tell(call, "payment_intent.succeeded", intent);
    return answers::ok(intent);
}

HttpResponse cancelPayment(ApiHost &host, const ApiCall &call)
{
    Value intent = host.get(call, "payment_intent", call.id());
    if (intent.isUndefined())
        return answers::missingObject("payment_intent", call.id());
    const std::string status(intent.get("status").text());
    if (status == "succeeded" || status == "canceled")
        return unexpectedState(intent, "cancelled");
    const Value charge = host.get(call, "charge", intent.get("latest_charge").text());
    if (status == "requires_capture" && charge.isObject())
        host.change(call, charge, {{"amount_refunded", charge.get("amount")}, {"refunded", true}},
                    "charge.refunded");
    intent = host.change(call, intent,
                         {{"amount_capturable", 0},
                          {"canceled_at", host.now(intent).seconds()},
                          {"cancellation_reason", orNull(call.params.get("cancellation_reason"))},
                          {"next_action", nullptr},
                          {"status", "canceled"}},
                         {});
    host.tell(call, "payment_intent.canceled", intent);
    return answers::ok(intent);
}

HttpResponse incrementPayment(ApiHost &host, const ApiCall &call)
{
    const Value intent = host.get(call, "payment_intent", call.id());
    if (intent.isUndefined())
        return answers::missingObject("payment_intent", call.id());
    const std::int64_t amount = call.number("amount");
    if (intent.get("status").text() != "requires_capture" ||
        amount <= intent.get("amount").toInt().value_or(0))
        return unexpectedState(intent, "raised");
    const Value charge = host.get(call, "charge", intent.get("latest_charge").text());
    host.change(call, charge, {{"amount", amount}}, "charge.updated");
    const Value made =
        host.change(call, intent, {{"amount", amount}, {"amount_capturable", amount}}, {});
    host.tell(call, "payment_intent.amount_capturable_updated", made);
    return answers::ok(made);
}

HttpResponse confirmSetup(ApiHost &host, const ApiCall &call, Value intent)
{
    const auto json = call.json();
    const std::string method(intent.get("payment_method").text());
    if (method.empty())
        return answers::refuse({.message = "The SetupIntent has no payment method to confirm."});
    const TestCard *card = cardOf(host, call, method);
    if (card->acts == Acts::AsksCustomer) {
        intent = host.change(call, intent,
                             {{"status", "requires_action"},
                              {"next_action", nextAction(json, std::string(intent.get("id").text()),
                                                         call.text("return_url"))}},
                             {});
        host.tell(call, "setup_intent.requires_action", intent);
        return answers::ok(intent);
    }
    if (card->acts == Acts::Declines) {
        intent = host.change(
            call, intent, {{"payment_method", nullptr}, {"status", "requires_payment_method"}}, {});
        host.tell(call, "setup_intent.setup_failed", intent);
        return declined(*card, {}, {});
    }
    intent = host.change(call, intent, {{"next_action", nullptr}, {"status", "succeeded"}}, {});
    keepMethod(host, call, intent);
    host.tell(call, "setup_intent.succeeded", intent);
    return answers::ok(intent);
}

HttpResponse createSetup(ApiHost &host, const ApiCall &call)
{
    const std::string customer = call.text("customer");
    if (!customer.empty() && host.get(call, "customer", customer).isUndefined())
        return answers::missingObject("customer", customer);
    std::optional<HttpResponse> problem;
    const std::string method = methodOf(host, call, problem);
    if (problem)
        return *problem;
    const auto json = call.json();
    const std::string id = host.newId("seti_");
    Value made = blankObject(json, "setup_intent");
    made = json.with(
        made, {{"id", id},
               {"object", "setup_intent"},
               {"client_secret", id + "_secret_" + host.newId("")},
               {"created", host.now().seconds()},
               {"customer", orNull(call.params.get("customer"))},
               {"description", orNull(call.params.get("description"))},
               {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
               {"payment_method", method.empty() ? Value::null() : json.text(method)},
               {"payment_method_types", json.array({"card"})},
               {"status", method.empty() ? "requires_payment_method" : "requires_confirmation"},
               {"usage", call.text("usage").empty() ? "off_session" : call.text("usage")}});
    made = host.create(call, made, "setup_intent.created");
    return call.flag("confirm") ? confirmSetup(host, call, made) : answers::ok(made);
}

HttpResponse confirmSetupRoute(ApiHost &host, const ApiCall &call)
{
    Value intent = host.get(call, "setup_intent", call.id());
    if (intent.isUndefined())
        return answers::missingObject("setup_intent", call.id());
    const std::string status(intent.get("status").text());
    if (status == "succeeded" || status == "canceled")
        return unexpectedState(intent, "confirmed");
    std::optional<HttpResponse> problem;
    const std::string method = methodOf(host, call, problem);
    if (problem)
        return *problem;
    if (!method.empty())
        intent = host.change(call, intent, {{"payment_method", method}}, {});
    return confirmSetup(host, call, intent);
}

HttpResponse cancelSetup(ApiHost &host, const ApiCall &call)
{
    const Value intent = host.get(call, "setup_intent", call.id());
    if (intent.isUndefined())
        return answers::missingObject("setup_intent", call.id());
    if (intent.get("status").text() == "succeeded" || intent.get("status").text() == "canceled")
        return unexpectedState(intent, "cancelled");
    const Value made =
        host.change(call, intent,
                    {{"cancellation_reason", orNull(call.params.get("cancellation_reason"))},
                     {"status", "canceled"}},
                    {});
    host.tell(call, "setup_intent.canceled", made);
    return answers::ok(made);
}

} // namespace

HttpResponse authenticateIntent(ApiHost &host, const ApiCall &call, const std::string &id,
                                bool succeeds)
{
    const bool isSetup = id.starts_with("seti_");
    const char *type = isSetup ? "setup_intent" : "payment_intent";
    Value intent = host.get(call, type, id);
    if (intent.isUndefined())
        return answers::missingObject(type, id);
    if (intent.get("status").text() != "requires_action")
        return unexpectedState(intent, "authenticated");
    if (!succeeds) {
        intent = host.change(call, intent,
                             {{"next_action", nullptr},
                              {"payment_method", nullptr},
                              {"status", "requires_payment_method"}},
                             {});
        host.tell(call, isSetup ? "setup_intent.setup_failed" : "payment_intent.payment_failed",
                  intent);
        return answers::ok(intent);
    }
    if (!isSetup)
        return confirmPayment(host, call, intent, true);
    intent = host.change(call, intent, {{"next_action", nullptr}, {"status", "succeeded"}}, {});
    keepMethod(host, call, intent);
    host.tell(call, "setup_intent.succeeded", intent);
    return answers::ok(intent);
}

void addPaymentRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/payment_intents", createPayment);
    routes.add("POST", "/v1/payment_intents/{id}", updatePayment);
    routes.add("POST", "/v1/payment_intents/{id}/confirm", confirmRoute);
    routes.add("POST", "/v1/payment_intents/{id}/capture", capturePayment);
    routes.add("POST", "/v1/payment_intents/{id}/cancel", cancelPayment);
    routes.add("POST", "/v1/payment_intents/{id}/increment_authorization", incrementPayment);
    routes.add("POST", "/v1/setup_intents", createSetup);
    routes.add("POST", "/v1/setup_intents/{id}/confirm", confirmSetupRoute);
    routes.add("POST", "/v1/setup_intents/{id}/cancel", cancelSetup);
    addChargeRoutes(routes);
}

} // namespace tw::stripe
