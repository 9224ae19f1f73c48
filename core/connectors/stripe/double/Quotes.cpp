// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceRoutes.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "quote";
constexpr std::int64_t kOpenFor = 30 * kDay;

/// The sums of one half of the items: those that recur, or those to be paid once.
struct Half
{
    std::vector<Value> items;
    std::int64_t subtotal = 0, tax = 0, total = 0;

    void add(const Value &item)
    {
        items.push_back(item);
        subtotal += whole(item.get("amount_subtotal"));
        tax += whole(item.get("amount_tax"));
        total += whole(item.get("amount_total"));
    }
    Value details(const JsonMaker &json) const
    {
        return json.object({{"amount_discount", 0}, {"amount_shipping", 0}, {"amount_tax", tax}});
    }
};

Value computedOf(const JsonMaker &json, const std::string &id, const Half &recurring,
                 const Half &upfront)
{
    const Value first =
        recurring.items.empty() ? Value() : recurring.items.front().find("price.recurring");
    return json.object(
        {{"recurring", recurring.items.empty()
                           ? Value::null()
                           : json.object({{"amount_subtotal", recurring.subtotal},
                                          {"amount_total", recurring.total},
                                          {"interval", first.get("interval")},
                                          {"interval_count", first.get("interval_count")},
                                          {"total_details", recurring.details(json)}})},
         {"upfront",
          json.object({{"amount_subtotal", upfront.subtotal},
                       {"amount_total", upfront.total},
                       {"line_items", listOf(json, upfront.items,
                                             "/v1/quotes/" + id + "/computed_upfront_line_items")},
                       {"total_details", upfront.details(json)}})}});
}

/// The quote with the sums of these items.
Value withItems(const JsonMaker &json, const Value &quote, const std::vector<Value> &items)
{
    Half recurring, upfront;
    for (const auto &item : items) {
        if (item.find("price.recurring").isObject())
            recurring.add(item);
        upfront.add(item); // What is paid at first includes the first period.
    }
    return json.with(quote,
                     {{"amount_subtotal", upfront.subtotal},
                      {"amount_total", upfront.total},
                      {"computed", computedOf(json, str(quote.get("id")), recurring, upfront)},
                      {"currency", items.empty() ? Value::null() : items.front().get("currency")},
                      {"total_details", upfront.details(json)}});
}

/// The fields that a call sets as they are.
Value withFields(const ApiCall &call, const Value &quote)
{
    const JsonMaker json = call.json();
    const auto keep = [&](std::string_view name) { return kept(call, kType, quote, name); };
    const Value settings = call.params.get("invoice_settings");
    const Value data = call.params.get("subscription_data");
    return json.with(
        quote,
        {{"collection_method", call.has("collection_method") ? keep("collection_method")
                                                             : quote.get("collection_method")},
         {"description", keep("description")},
         {"expires_at", keep("expires_at")},
         {"footer", keep("footer")},
         {"header", keep("header")},
         {"invoice_settings",
          settings.isObject()
              ? json.with(quote.get("invoice_settings"),
                          {{"days_until_due", orNull(whole(settings.get("days_until_due")))}})
              : quote.get("invoice_settings")},
         {"metadata", mergedMetadata(json, quote.get("metadata"), call.params.get("metadata"))},
         {"subscription_data",
          data.isObject()
              ? json.with(quote.get("subscription_data"),
                          {{"description", orNull(json, str(data.get("description")))},
                           {"metadata", mergedMetadata(json, {}, data.get("metadata"))},
                           {"trial_period_days", orNull(whole(data.get("trial_period_days")))}})
              : quote.get("subscription_data")}});
}

Value replaceQuote(ApiHost &host, const ApiCall &call, const Value &before, const Value &after,
                   std::string_view event)
{
    const Value made = host.replace(call, before, after, {});
    if (!event.empty())
        host.tell(call, event, made);
    return made;
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto customer = needed(host, call, "customer", call.text("customer"), "customer");
    if (!customer)
        return customer.error();
    const auto items = checkoutItems(host, call, call.params.get("line_items"), {});
    const auto rates =
        ratesIn(host, call, call.params.get("default_tax_rates"), "default_tax_rates");
    if (!items || !rates)
        return items ? rates.error() : items.error();
    const auto id = host.newId("qt_");
    const auto now = host.now(*customer).seconds();
    const auto discounts =
        redeem(host, call, call.params.get("discounts"), {.customer = call.text("customer")}, now);
    if (!discounts)
        return discounts.error();
    Value quote = json.with(
        blankObject(json, kType),
        {{"id", id},
         {"collection_method", "charge_automatically"},
         {"created", now},
         {"customer", customer->get("id")},
         {"default_tax_rates", texts(json, idsIn(*rates))},
         {"discounts", texts(json, *discounts)},
         {"expires_at", now + kOpenFor},
         {"invoice_settings", json.object({{"custom_fields", nullptr},
                                           {"days_until_due", nullptr},
                                           {"description", nullptr},
                                           {"footer", nullptr},
                                           {"issuer", json.object({{"type", "self"}})}})},
         {"status", "draft"},
         {"subscription_data", json.object({{"billing_mode", json.object({{"type", "flexible"}})},
                                            {"description", nullptr},
                                            {"effective_date", nullptr},
                                            {"metadata", json.object({})},
                                            {"trial_period_days", nullptr}})},
         {"test_clock", customer->get("test_clock").isUndefined() ? Value::null()
                                                                  : customer->get("test_clock")}});
    quote = withItems(json, withFields(call, quote), *items);
    keepLineItems(host, call, id, *items);
    return answers::ok(host.create(call, quote, "quote.created"));
}

Outcome<Value> inStatus(ApiHost &host, const ApiCall &call, std::string_view wanted)
{
    const auto quote = named(host, call, kType);
    if (quote && str(quote->get("status")) != wanted)
        return invalid("id", "The quote is " + str(quote->get("status")) +
                                 "; this needs one that is " + std::string(wanted) + '.');
    return quote;
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const auto quote = inStatus(host, call, "draft");
    if (!quote)
        return quote.error();
    Value after = withFields(call, *quote);
    if (call.has("line_items")) {
        const auto items = checkoutItems(host, call, call.params.get("line_items"), {});
        if (!items)
            return items.error();
        keepLineItems(host, call, call.id(), *items);
        after = withItems(call.json(), after, *items);
    }
    return answers::ok(replaceQuote(host, call, *quote, after, {}));
}

HttpResponse finalize(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto quote = inStatus(host, call, "draft");
    if (!quote)
        return quote.error();
    if (lineItemsOf(host, call, *quote).empty())
        return invalid("line_items", "A quote needs line items before it is finalised.");
    const auto number =
        "QT-" + host.random().text(8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") + "-0001-1";
    return answers::ok(replaceQuote(
        host, call, *quote,
        json.with(*quote, {{"expires_at", kept(call, kType, *quote, "expires_at")},
                           {"number", number},
                           {"status", "open"},
                           {"status_transitions",
                            json.with(quote->get("status_transitions"),
                                      {{"finalized_at", host.now(*quote).seconds()}})}}),
        "quote.finalized"));
}

/// What an accepted quote turns into: a subscription where an item recurs, else an invoice.
HttpResponse carryOut(ApiHost &host, const ApiCall &call, const Value &quote)
{
    const JsonMaker json = call.json();
    std::vector<Value> recurring, once;
    for (const auto &item : lineItemsOf(host, call, quote)) {
        const Value form =
            formOf(json, {{"price", item.find("price.id")}, {"quantity", item.get("quantity")}});
        (item.find("price.recurring").isObject() ? recurring : once).push_back(form);
    }
    const Value data = quote.get("subscription_data");
    const Value days = quote.find("invoice_settings.days_until_due");
    const bool sends = str(quote.get("collection_method")) == "send_invoice";
    std::vector<Value> discounts;
    for (const auto &discount : quote.get("discounts").items())
        discounts.push_back(json.object({{"discount", discount}}));
    const Value offs = discounts.empty() ? Value() : toArray(call.arena, discounts);
    if (!recurring.empty())
        return host.call(
            call, "POST", "/v1/subscriptions",
            json.with(
                formOf(json,
                       {{"collection_method", quote.get("collection_method")},
                        {"customer", quote.get("customer")},
                        {"days_until_due", sends && days.isNull() ? Value::integer(30) : days},
                        {"default_tax_rates", quote.get("default_tax_rates")},
                        {"description", data.get("description")},
                        {"metadata", data.get("metadata")},
                        {"payment_behavior", sends ? Value() : json.text("default_incomplete")},
                        {"trial_period_days", data.get("trial_period_days")}}),
                {{"add_invoice_items", once.empty() ? Value() : toArray(call.arena, once)},
                 {"discounts", offs},
                 {"items", toArray(call.arena, recurring)}}));
    const auto made = host.call(
        call, "POST", "/v1/invoices",
        json.with(
            formOf(json, {{"collection_method", quote.get("collection_method")},
                          {"currency", quote.get("currency")},
                          {"customer", quote.get("customer")},
                          {"days_until_due", sends && days.isNull() ? Value::integer(30) : days},
                          {"default_tax_rates", quote.get("default_tax_rates")}}),
            {{"discounts", offs}}));
    if (made.status != 200)
        return made;
    std::vector<Value> lines;
    for (const auto &form : once)
        lines.push_back(json.object({{"pricing", json.object({{"price", form.get("price")}})},
                                     {"quantity", form.get("quantity")}}));
    return host.call(call, "POST", "/v1/invoices/" + str(bodyOf(call, made)) + "/add_lines",
                     json.object({{"lines", toArray(call.arena, lines)}}));
}

HttpResponse accept(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto quote = inStatus(host, call, "open");
    if (!quote)
        return quote.error();
    const auto answer = carryOut(host, call, *quote);
    if (answer.status != 200)
        return answer;
    const Value made = bodyOf(call, answer);
    const bool subscribes = made.get("object").text() == "subscription";
    return answers::ok(replaceQuote(
        host, call, *quote,
        json.with(*quote,
                  {{"invoice", subscribes ? made.get("latest_invoice") : made.get("id")},
                   {"status", "accepted"},
                   {"status_transitions", json.with(quote->get("status_transitions"),
                                                    {{"accepted_at", host.now(*quote).seconds()}})},
                   {"subscription", subscribes ? made.get("id") : Value::null()}}),
        "quote.accepted"));
}

HttpResponse cancel(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto quote = named(host, call, kType);
    if (!quote)
        return quote.error();
    if (const auto status = str(quote->get("status")); status != "draft" && status != "open")
        return invalid("id", "The quote is " + status + " and cannot be canceled.");
    return answers::ok(replaceQuote(
        host, call, *quote,
        json.with(*quote, {{"status", "canceled"},
                           {"status_transitions",
                            json.with(quote->get("status_transitions"),
                                      {{"canceled_at", host.now(*quote).seconds()}})}}),
        "quote.canceled"));
}

HttpResponse listItems(ApiHost &host, const ApiCall &call)
{
    const auto quote = named(host, call, kType);
    if (!quote)
        return quote.error();
    return pageOf(call, lineItemsOf(host, call, *quote), "/v1/quotes/" + call.id() + "/line_items");
}

} // namespace

void addQuoteRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/quotes", create);
    routes.add("POST", "/v1/quotes/{id}", update);
    routes.add("POST", "/v1/quotes/{id}/finalize", finalize);
    routes.add("POST", "/v1/quotes/{id}/accept", accept);
    routes.add("POST", "/v1/quotes/{id}/cancel", cancel);
    routes.add("GET", "/v1/quotes/{id}/line_items", listItems);
    routes.add("GET", "/v1/quotes/{id}/computed_upfront_line_items", listItems);
}

} // namespace tw::stripe::billing
