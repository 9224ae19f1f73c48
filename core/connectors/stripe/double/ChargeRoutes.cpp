// SPDX-License-Identifier: GPL-3.0-or-later
// Charges that are made without a payment intent.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <algorithm>

namespace tw::stripe {
namespace {

HttpResponse createCharge(ApiHost &host, const ApiCall &call)
{
    ChargeOrder order;
    order.currency = call.text("currency");
    std::transform(order.currency.begin(), order.currency.end(), order.currency.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char *name : {"amount", "currency"}) {
        if (!call.has(name))
            return answers::missingParam(name);
    }
    order.customer = call.text("customer");
    const Value customer = host.get(call, "customer", order.customer);
    if (!order.customer.empty() && customer.isUndefined())
        return answers::missingObject("customer", order.customer);
    std::string source = call.text("source");
    if (source.empty())
        source = call.text("source.number");
    if (source.empty() && order.customer.empty())
        return answers::missingParam("source");
    if (auto problem = amountProblem(call.text("amount"), order.currency))
        return *problem;
    if (source.empty())
        source = customer.get("default_source").text();
    const TestCard *card = source.empty() ? testCard("visa") : cardOf(host, call, source);
    if (!card)
        return answers::missingObject("source", source);
    order.amount = call.number("amount");
    order.description = call.text("description");
    order.receiptEmail = call.text("receipt_email");
    order.metadata = mergedMetadata(call.json(), {}, call.params.get("metadata"));
    order.capture = call.flag("capture", true);
    if (call.has("shipping"))
        order.shipping =
            shapedField(call.json(), "charge", "shipping", call.params.get("shipping"));
    order.paymentMethod =
        source.starts_with("pm_") && !source.starts_with("pm_card_") ? source : "";
    const Value charge = makeCharge(host, call, order, *card);
    return charge.get("status").text() == "failed" ? declined(*card, charge, {})
                                                   : answers::ok(charge);
}

HttpResponse updateCharge(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "charge", call.id());
    if (before.isUndefined())
        return answers::missingObject("charge", call.id());
    const auto json = call.json();
    const auto kept = [&](const char *name) {
        return call.has(name) ? shapedField(json, "charge", name, orNull(call.params.get(name)))
                              : before.get(name);
    };
    return answers::ok(host.change(
        call, before,
        {{"customer", kept("customer")},
         {"description", kept("description")},
         {"metadata", call.has("metadata") ? mergedMetadata(json, before.get("metadata"),
                                                            call.params.get("metadata"))
                                           : before.get("metadata")},
         {"receipt_email", kept("receipt_email")},
         {"shipping", kept("shipping")},
         {"transfer_group", kept("transfer_group")}},
        "charge.updated"));
}

HttpResponse captureRoute(ApiHost &host, const ApiCall &call)
{
    const Value charge = host.get(call, "charge", call.id());
    if (charge.isUndefined())
        return answers::missingObject("charge", call.id());
    const bool captured = charge.get("captured").isBool() && charge.get("captured").asBool();
    if (captured)
        return answers::refuse({.code = "charge_already_captured",
                                .message = "Charge " + call.id() + " has already been captured."});
    const std::int64_t most = charge.get("amount").toInt().value_or(0);
    const std::int64_t amount = call.number("amount", most);
    if (charge.get("status").text() != "succeeded" || amount < 1 || amount > most)
        return answers::badParam("amount", "The charge cannot be captured with this amount.");
    const Value made = captureCharge(host, call, charge, amount);
    const Value intent = host.get(call, "payment_intent", charge.get("payment_intent").text());
    if (intent.get("status").text() == "requires_capture")
        host.tell(
            call, "payment_intent.succeeded",
            host.change(
                call, intent,
                {{"amount_capturable", 0}, {"amount_received", amount}, {"status", "succeeded"}},
                {}));
    return answers::ok(made);
}

} // namespace

void addChargeRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/charges", createCharge);
    routes.add("POST", "/v1/charges/{id}", updateCharge);
    routes.add("POST", "/v1/charges/{id}/capture", captureRoute);
}

} // namespace tw::stripe
