// SPDX-License-Identifier: GPL-3.0-or-later
// Setup intents, and customers who are asked by their bank.
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

namespace tw::stripe {
namespace {

using Acts = TestCard::Acts;

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
        intent = host.change(call, intent,
                             {{"last_setup_error", paymentError(host, call, *card, method, {})},
                              {"payment_method", nullptr},
                              {"status", "requires_payment_method"}},
                             {});
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

HttpResponse updateSetup(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "setup_intent", call.id());
    if (before.isUndefined())
        return answers::missingObject("setup_intent", call.id());
    const std::string status(before.get("status").text());
    if (status == "succeeded" || status == "canceled")
        return unexpectedState(before, "changed");
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
        {{"customer", kept("customer")},
         {"description", kept("description")},
         {"metadata", call.has("metadata") ? mergedMetadata(json, before.get("metadata"),
                                                            call.params.get("metadata"))
                                           : before.get("metadata")},
         {"payment_method", method.empty() ? before.get("payment_method") : json.text(method)},
         {"status", waits ? json.text("requires_confirmation") : before.get("status")}},
        {}));
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
        const Value error = call.json().with(
            paymentError(host, call, *testCard("threeDSecure2Required"),
                         std::string(intent.get("payment_method").text()), {}),
            {{"code", isSetup ? "setup_intent_authentication_failure"
                              : "payment_intent_authentication_failure"},
             {"decline_code", Value()},
             {"message", "The customer did not prove to the bank that it is them. Ask for another "
                         "payment method."},
             {"type", "invalid_request_error"}});
        intent = host.change(call, intent,
                             {{isSetup ? "last_setup_error" : "last_payment_error", error},
                              {"next_action", nullptr},
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

void addSetupRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/setup_intents", createSetup);
    routes.add("POST", "/v1/setup_intents/{id}", updateSetup);
    routes.add("POST", "/v1/setup_intents/{id}/confirm", confirmSetupRoute);
    routes.add("POST", "/v1/setup_intents/{id}/cancel", cancelSetup);
}

} // namespace tw::stripe
