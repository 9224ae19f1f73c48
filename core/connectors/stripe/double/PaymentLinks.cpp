// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CheckoutStates.h"

#include <algorithm>

namespace tw::stripe {

namespace billing {

namespace {

constexpr std::string_view kType = "payment_link";

Value completionOf(const JsonMaker &json, const Value &sent)
{
    if (str(sent.get("type")) == "redirect")
        return json.object({{"redirect", json.object({{"url", sent.find("redirect.url")}})},
                            {"type", "redirect"}});
    return json.object(
        {{"hosted_confirmation",
          json.object({{"custom_message",
                        orNull(json, str(sent.find("hosted_confirmation.custom_message")))}})},
         {"type", "hosted_confirmation"}});
}

/// Intent or subscription data with the metadata that an object always has.
Value dataOf(const ApiCall &call, std::string_view name)
{
    const Value sent = call.params.get(name);
    if (!sent.isObject())
        return Value::null();
    return call.json().with(shapedField(call.json(), kType, name, sent),
                            {{"metadata", mergedMetadata(call.json(), {}, sent.get("metadata"))}});
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto items =
        checkoutItems(host, call, call.params.get("line_items"), call.text("currency"));
    if (!items)
        return items.error();
    if (items->empty())
        return answers::missingParam("line_items");
    const auto id = host.newId("plink_");
    const auto take = [&](std::string_view name) {
        return taken(call, kType, name, Value::null());
    };
    const auto text = [&](std::string_view name, std::string_view otherwise) {
        return call.has(name) ? call.text(name) : std::string(otherwise);
    };
    const Value blank = blankObject(json, kType);
    keepLineItems(host, call, id, *items);
    return answers::ok(host.create(
        call,
        json.with(blank,
                  {{"id", id},
                   {"active", true},
                   {"after_completion", completionOf(json, call.params.get("after_completion"))},
                   {"allow_promotion_codes", call.flag("allow_promotion_codes")},
                   {"billing_address_collection", text("billing_address_collection", "auto")},
                   {"currency", items->front().get("currency")},
                   {"custom_fields", json.array({})},
                   {"customer_creation", text("customer_creation", "if_required")},
                   {"inactive_message", take("inactive_message")},
                   {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                   {"payment_intent_data", dataOf(call, "payment_intent_data")},
                   {"payment_method_collection", text("payment_method_collection", "always")},
                   {"payment_method_types", take("payment_method_types")},
                   {"submit_type", text("submit_type", "auto")},
                   {"subscription_data", dataOf(call, "subscription_data")},
                   {"url", "https://buy.example/" + id}}),
        "payment_link.created"));
}

/// Quantities that the buyer may see from now on.
Outcome<bool> changeQuantities(ApiHost &host, const ApiCall &call, const Value &link)
{
    if (!call.has("line_items"))
        return true;
    const JsonMaker json = call.json();
    std::vector<Value> forms;
    const auto old = lineItemsOf(host, call, link);
    for (const auto &entry : call.params.get("line_items").items()) {
        const auto id = str(entry.get("id"));
        const auto known = std::find_if(
            old.begin(), old.end(), [&](const Value &item) { return item.get("id").text() == id; });
        if (known == old.end())
            return invalid("line_items", "No such line item of this link: '" + id + "'",
                           "resource_missing");
        forms.push_back(json.with(
            entry, {{"price", known->find("price.id")},
                    {"quantity", given(entry.get("quantity"))
                                     ? entry.get("quantity")
                                     : json.text(std::to_string(whole(known->get("quantity"))))}}));
    }
    const auto items = checkoutItems(host, call, toArray(call.arena, forms), {});
    if (!items)
        return items.error();
    keepLineItems(host, call, call.id(), *items);
    return true;
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const auto link = named(host, call, kType);
    if (!link)
        return link.error();
    if (const auto changed = changeQuantities(host, call, *link); !changed)
        return changed.error();
    const JsonMaker json = call.json();
    const auto keep = [&](std::string_view name) { return kept(call, kType, *link, name); };
    const auto data = [&](std::string_view name) {
        return call.has(name) ? dataOf(call, name) : link->get(name);
    };
    return answers::ok(host.change(
        call, *link,
        {{"active", keep("active")},
         {"after_completion", call.has("after_completion")
                                  ? completionOf(json, call.params.get("after_completion"))
                                  : link->get("after_completion")},
         {"allow_promotion_codes", keep("allow_promotion_codes")},
         {"billing_address_collection", keep("billing_address_collection")},
         {"customer_creation", keep("customer_creation")},
         {"inactive_message", keep("inactive_message")},
         {"metadata", mergedMetadata(json, link->get("metadata"), call.params.get("metadata"))},
         {"payment_intent_data", data("payment_intent_data")},
         {"payment_method_collection", keep("payment_method_collection")},
         {"submit_type", keep("submit_type")},
         {"subscription_data", data("subscription_data")}},
        "payment_link.updated"));
}

HttpResponse listItems(ApiHost &host, const ApiCall &call)
{
    const auto link = named(host, call, kType);
    if (!link)
        return link.error();
    return pageOf(call, lineItemsOf(host, call, *link),
                  "/v1/payment_links/" + call.id() + "/line_items");
}

} // namespace

void addPaymentLinkRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/payment_links", create);
    routes.add("POST", "/v1/payment_links/{id}", update);
    routes.add("GET", "/v1/payment_links/{id}/line_items", listItems);
}

} // namespace billing

Result<Value, HttpResponse> openPaymentLink(ApiHost &host, const ApiCall &call, const Value &link)
{
    using namespace billing;
    if (!yes(link.get("active")))
        return invalid("payment_link", "The payment link is not active.");
    const JsonMaker json = call.json();
    std::vector<Value> items;
    bool recurs = false;
    for (const auto &item : lineItemsOf(host, call, link)) {
        recurs = recurs || item.find("price.recurring").isObject();
        items.push_back(
            formOf(json, {{"price", item.find("price.id")}, {"quantity", item.get("quantity")}}));
    }
    const auto data = [&](const char *name) {
        const Value kept = link.get(name);
        return kept.isObject() ? formOf(json, {{"d", kept}}).get("d") : Value();
    };
    return makeSession(
        host, call,
        json.object({{"customer_creation", recurs ? Value() : link.get("customer_creation")},
                     {"line_items", toArray(call.arena, items)},
                     {"metadata", link.get("metadata")},
                     {"mode", recurs ? "subscription" : "payment"},
                     {"payment_intent_data", recurs ? Value() : data("payment_intent_data")},
                     {"subscription_data", recurs ? data("subscription_data") : Value()},
                     {"success_url", "https://checkout.example/thanks"}}),
        str(link.get("id")));
}

} // namespace tw::stripe
