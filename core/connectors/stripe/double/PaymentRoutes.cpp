// SPDX-License-Identifier: GPL-3.0-or-later
// Payment intents.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <algorithm>

namespace tw::stripe {
namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
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

} // namespace

void addPaymentRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/payment_intents", createPayment);
    routes.add("POST", "/v1/payment_intents/{id}", updatePayment);
    routes.add("POST", "/v1/payment_intents/{id}/confirm", confirmRoute);
    routes.add("POST", "/v1/payment_intents/{id}/capture", capturePayment);
    routes.add("POST", "/v1/payment_intents/{id}/cancel", cancelPayment);
    routes.add("POST", "/v1/payment_intents/{id}/increment_authorization", incrementPayment);
    addSetupRoutes(routes);
    addChargeRoutes(routes);
}

} // namespace tw::stripe
