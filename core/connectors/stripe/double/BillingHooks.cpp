// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BillingHooks.h"

#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

namespace tw::stripe {

namespace {

/// The first of the line items; the rest is paged.
constexpr std::size_t kShownItems = 10;

void endAllOf(ApiHost &host, const ApiCall &call, const std::string &customer)
{
    using namespace billing;
    const auto live = allOf(host, call, "subscription", [&](const Value &sub) {
        return str(sub.get("customer")) == customer && !hasEnded(sub);
    });
    for (const auto &sub : live)
        endSubscription(host, call, sub, "cancellation_requested");
}

} // namespace

void billingHears(ApiHost &host, const ApiCall &call, std::string_view event, const Value &object)
{
    if (event.starts_with("payment_intent."))
        billing::intentHeard(host, call, event, object);
    else if (event == "customer.deleted")
        endAllOf(host, call, billing::str(object.get("id")));
}

void resumeBilling(ApiHost &host, const ApiCall &call)
{
    billing::armAll(host, call);
}

Value billingIncludes(ApiHost &host, const ApiCall &call, const Value &object,
                      std::string_view field)
{
    using namespace billing;
    const auto type = object.get("object").text();
    const auto id = str(object.get("id"));
    if (type == "invoice" && field == "payments")
        return paymentsOf(host, call, id);
    const bool isLink = type == "payment_link", isQuote = type == "quote";
    if (field != "line_items" || (!isLink && !isQuote && type != "checkout.session"))
        return Value();
    auto items = lineItemsOf(host, call, object);
    const bool more = items.size() > kShownItems;
    if (more)
        items.resize(kShownItems);
    const std::string base = isLink    ? "/v1/payment_links/"
                             : isQuote ? "/v1/quotes/"
                                       : "/v1/checkout/sessions/";
    return call.json().with(listOf(call.json(), items, base + id + "/line_items"),
                            {{"has_more", more}});
}

} // namespace tw::stripe
