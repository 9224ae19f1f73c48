// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/PaymentLists.h"

#include "core/connectors/stripe/double/ObjectList.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/facts/Catalogue.h"

namespace tw::stripe {
namespace {

constexpr std::size_t kShown = 10;

HttpResponse refundsOfCharge(ApiHost &host, const ApiCall &call)
{
    if (host.get(call, "charge", call.id()).isUndefined())
        return answers::missingObject("charge", call.id());
    auto refunds = host.store().list("refund");
    std::erase_if(refunds, [&call](const DocumentPtr &refund) {
        return refund->root().get("charge").text() != call.id();
    });
    const ApiOperation *all = ApiCatalogue::builtIn().find("GET", "/v1/refunds");
    return listObjects(call.arena, refunds, *all, "/v1/charges/" + call.id() + "/refunds",
                       call.params);
}

} // namespace

Value embeddedList(ApiHost &host, const ApiCall &call, std::string_view type, std::string_view link,
                   std::string_view owner, const std::string &url)
{
    ArrayBuilder data(call.arena);
    bool more = false;
    std::size_t shown = 0;
    for (const DocumentPtr &one : host.store().list(type)) {
        if (one->root().get(link).text() != owner ||
            (type == "subscription" && one->root().get("status").text() == "canceled"))
            continue;
        more = shown == kShown;
        if (more)
            break;
        data.add(copyInto(call.arena, one->root()));
        ++shown;
    }
    return call.json().object(
        {{"object", "list"}, {"data", data.finish()}, {"has_more", more}, {"url", url}});
}

Value paymentIncludes(ApiHost &host, const ApiCall &call, const Value &object,
                      std::string_view field)
{
    const auto json = call.json();
    const std::string_view type = object.get("object").text();
    const std::string id(object.get("id").text());
    if (type == "charge" && field == "refunds")
        return embeddedList(host, call, "refund", "charge", id, "/v1/charges/" + id + "/refunds");
    if (type != "customer")
        return {};
    const std::string base = "/v1/customers/" + id + '/';
    if (field == "sources")
        return embeddedList(host, call, "card", "customer", id, base + "sources");
    if (field == "subscriptions")
        return embeddedList(host, call, "subscription", "customer", id, base + "subscriptions");
    if (field == "tax_ids")
        return embeddedList(host, call, "tax_id", "customer", id, base + "tax_ids");
    if (field == "invoice_credit_balance")
        return json.object({});
    if (field == "cash_balance")
        return json.object({{"object", "cash_balance"},
                            {"available", nullptr},
                            {"customer", id},
                            {"livemode", false},
                            {"settings", json.object({{"reconciliation_mode", "automatic"},
                                                      {"using_merchant_default", true}})}});
    return {};
}

void addPaymentListRoutes(ApiRoutes &routes)
{
    routes.add("GET", "/v1/charges/{id}/refunds", refundsOfCharge);
}

} // namespace tw::stripe
