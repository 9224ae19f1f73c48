// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/InvoiceItems.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/PriceMath.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"
#include "core/data/Money.h"

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "invoiceitem";

Value pricingOf(const JsonMaker &json, const LinePlan &plan)
{
    std::string unit = plan.unitDecimal;
    if (unit.empty() && plan.price.isObject())
        unit = str(plan.price.get("unit_amount_decimal"));
    if (!plan.price.isObject())
        return unit.empty()
                   ? Value::null()
                   : json.object({{"type", "price_details"}, {"unit_amount_decimal", unit}});
    return json.object({{"price_details", json.object({{"price", plan.price.get("id")},
                                                       {"product", plan.price.get("product")}})},
                        {"type", "price_details"},
                        {"unit_amount_decimal", orNull(json, unit)}});
}

Value parentOf(const JsonMaker &json, const LinePlan &plan)
{
    if (plan.subscription.empty())
        return Value::null();
    return json.object(
        {{"subscription_details",
          json.object(
              {{"subscription", plan.subscription},
               {"subscription_item",
                plan.subscriptionItem.empty() ? Value() : json.text(plan.subscriptionItem)}})},
         {"type", "subscription_details"}});
}

std::string quantityIn(const Value &params)
{
    for (const auto *name : {"quantity_decimal", "quantity"}) {
        if (given(params.get(name)))
            return str(params.get(name));
    }
    return "1";
}

/// Only what waits, or lies in a draft, can change.
Outcome<Value> openItem(ApiHost &host, const ApiCall &call)
{
    const auto item = named(host, call, kType);
    if (!item)
        return item;
    const auto *invoice = host.store().find("invoice", str(item->get("invoice")));
    if (invoice && str(invoice->object->root().get("status")) != "draft")
        return invalid("id",
                       "The invoice item is part of a finalised invoice and cannot change. "
                       "Correct the invoice with a credit note.",
                       "invoice_not_editable");
    return item;
}

/// Gives a draft the line of an item again after that changed or went (`item` undefined).
void refreshDraft(ApiHost &host, const ApiCall &call, const std::string &invoiceId,
                  const std::string &itemId, const Value &item)
{
    const Value invoice = host.get(call, "invoice", invoiceId);
    if (str(invoice.get("status")) != "draft")
        return;
    std::vector<Value> lines;
    bool found = false;
    for (const auto &line : linesOf(host, call, invoice)) {
        if (str(line.find("parent.invoice_item_details.invoice_item")) != itemId) {
            lines.push_back(line);
        } else if (item.isObject()) {
            found = true;
            lines.push_back(call.json().with(lineOf(host, call, item), {{"id", line.get("id")}}));
        }
    }
    if (item.isObject() && !found)
        lines.push_back(lineOf(host, call, item));
    replaceInvoice(host, call, invoice, priced(host, call, invoice, std::move(lines)),
                   "invoice.updated");
}

HttpResponse createItem(ApiHost &host, const ApiCall &call)
{
    const auto customer = needed(host, call, "customer", call.text("customer"), "customer");
    if (!customer)
        return customer.error();
    Value invoice;
    if (const auto id = call.text("invoice"); !id.empty()) {
        const auto found = needed(host, call, "invoice", id, "invoice");
        if (!found)
            return found.error();
        if (str(found->get("status")) != "draft")
            return invalid("invoice", "The invoice is finalised. Send one that is a draft.",
                           "invoice_not_editable");
        invoice = *found;
    }
    const auto currency = given(customer->get("currency")) ? str(customer->get("currency")) : "usd";
    auto plan = itemPlan(host, call, call.params,
                         invoice.isObject() ? str(invoice.get("currency")) : currency,
                         host.now(*customer).seconds(), {});
    if (!plan)
        return plan.error();
    LinePlan line = *plan;
    line.subscription = call.text("subscription");
    if (!line.subscription.empty()) {
        const auto sub = needed(host, call, "subscription", line.subscription, "subscription");
        if (!sub)
            return sub.error();
    }
    const auto rates = ratesIn(host, call, call.params.get("tax_rates"), "tax_rates");
    if (!rates)
        return rates.error();
    const auto discounts =
        redeem(host, call, call.params.get("discounts"), {.customer = str(customer->get("id"))},
               host.now(*customer).seconds());
    if (!discounts)
        return discounts.error();
    line.discounts = *discounts;
    const Value item = makeInvoiceItem(host, call, line, *customer, *rates, str(invoice.get("id")));
    if (invoice.isObject())
        refreshDraft(host, call, str(invoice.get("id")), str(item.get("id")), item);
    return answers::ok(item);
}

HttpResponse updateItem(ApiHost &host, const ApiCall &call)
{
    const auto item = openItem(host, call);
    if (!item)
        return item.error();
    const JsonMaker json = call.json();
    // What was not sent stays as it was, also where the amount is computed anew.
    Value form = call.params;
    if (!call.has("price_data") && !call.has("pricing") &&
        given(item->find("pricing.price_details.price")) && !call.has("amount"))
        form = json.with(form, {{"price", item->find("pricing.price_details.price")}});
    if (!call.has("quantity") && !call.has("quantity_decimal"))
        form = json.with(form, {{"quantity_decimal", item->get("quantity_decimal")}});
    const bool bare = !given(form.get("price")) && !call.has("price_data") && !call.has("pricing");
    if (bare && !call.has("amount") && !call.has("unit_amount_decimal"))
        form = json.with(form, {{"amount", json.text(std::to_string(whole(item->get("amount"))))}});
    const auto plan =
        itemPlan(host, call, form, str(item->get("currency")), whole(item->get("date")), {});
    if (!plan)
        return plan.error();
    const auto rates = call.has("tax_rates")
                           ? ratesIn(host, call, call.params.get("tax_rates"), "tax_rates")
                           : Outcome<Value>(item->get("tax_rates"));
    if (!rates)
        return rates.error();
    const Value changed = host.change(
        call, *item,
        {{"amount", plan->amount},
         {"description", kept(call, kType, *item, "description")},
         {"discountable", kept(call, kType, *item, "discountable")},
         {"metadata", mergedMetadata(json, item->get("metadata"), call.params.get("metadata"))},
         {"net_amount", plan->amount},
         {"period", kept(call, kType, *item, "period")},
         {"pricing", pricingOf(json, *plan)},
         {"quantity", whole(json.text(plan->quantity))},
         {"quantity_decimal", plan->quantity},
         {"tax_rates", *rates}},
        {});
    refreshDraft(host, call, str(changed.get("invoice")), call.id(), changed);
    return answers::ok(changed);
}

HttpResponse deleteItem(ApiHost &host, const ApiCall &call)
{
    const auto item = openItem(host, call);
    if (!item)
        return item.error();
    refreshDraft(host, call, str(item->get("invoice")), call.id(), {});
    host.remove(call, *item, "invoiceitem.deleted");
    return deletedAnswer(call, *item);
}

} // namespace

Outcome<LinePlan> itemPlan(ApiHost &host, const ApiCall &call, const Value &params,
                           const std::string &currency, std::int64_t now, const std::string &param)
{
    LinePlan plan;
    const Value sent = params.get("period");
    const BillingPeriod period =
        given(sent.get("start")) && given(sent.get("end"))
            ? BillingPeriod{whole(sent.get("start")), whole(sent.get("end"))}
            : BillingPeriod{now, now};
    const auto quantity = quantityIn(params);
    const bool hasPrice = params.get("price_data").isObject() || given(params.get("price")) ||
                          given(params.find("pricing.price"));
    if (hasPrice) {
        const auto price = priceIn(host, call, params, param.empty() ? "pricing" : param);
        if (!price)
            return price.error();
        if (price->get("recurring").isObject())
            return invalid(param.empty() ? "pricing[price]" : param + "[price]",
                           "The price is recurring; an invoice item needs a one-time price.");
        const auto priced = priceLine(host, *price, whole(call.json().text(quantity), 1), period);
        if (!priced)
            return priced.error();
        plan = *priced;
    } else {
        const auto unit = str(params.get("unit_amount_decimal"));
        if (unit.empty() && !given(params.get("amount")))
            return answers::missingParam(param.empty() ? "amount" : param + "[amount]");
        plan.currency = given(params.get("currency")) ? str(params.get("currency")) : currency;
        const auto each = Decimal::parse(unit.empty() ? "0" : unit);
        const auto pieces = Decimal::parse(quantity);
        const auto sum =
            each && pieces ? decimalAmount(*each, *pieces) : Result<std::int64_t>(std::int64_t(0));
        plan.amount = unit.empty() ? whole(params.get("amount")) : sum.value_or(0);
        plan.unitDecimal = unit.empty() ? std::to_string(plan.amount) : unit;
        plan.period = period;
    }
    if (given(params.get("description")))
        plan.description = str(params.get("description"));
    if (!currencyRule(plan.currency))
        return invalid("currency", "Invalid currency: " + plan.currency);
    plan.quantity = quantity;
    plan.metadata = mergedMetadata(call.json(), {}, params.get("metadata"));
    plan.discountable = params.get("discountable").isUndefined() ? plan.amount >= 0
                                                                 : yes(params.get("discountable"));
    return plan;
}

Value makeInvoiceItem(ApiHost &host, const ApiCall &call, const LinePlan &plan,
                      const Value &customer, const Value &taxRates, const std::string &invoice)
{
    const JsonMaker json = call.json();
    return host.create(
        call,
        json.with(
            blankObject(json, kType),
            {{"id", plan.invoiceItem.empty() ? host.newId("ii_") : plan.invoiceItem},
             {"amount", plan.amount},
             {"currency", plan.currency},
             {"customer", customer.get("id")},
             {"date", host.now(customer).seconds()},
             {"description", orNull(json, plan.description)},
             {"discountable", plan.discountable},
             {"discounts", texts(json, plan.discounts)},
             {"invoice", orNull(json, invoice)},
             {"metadata", plan.metadata.isObject() ? plan.metadata : json.object({})},
             {"net_amount", plan.amount},
             {"parent", parentOf(json, plan)},
             {"period", json.object({{"end", plan.period.end}, {"start", plan.period.start}})},
             {"pricing", pricingOf(json, plan)},
             {"proration", plan.proration},
             {"proration_details",
              plan.proration
                  ? json.object({{"credited_items", nullptr}, {"discount_amounts", json.array({})}})
                  : Value()},
             {"quantity", whole(json.text(plan.quantity), 1)},
             {"quantity_decimal", plan.quantity},
             {"tax_rates", taxRates.isArray() ? taxRates : json.array({})},
             {"test_clock", customer.get("test_clock").isUndefined()
                                ? Value::null()
                                : customer.get("test_clock")}}),
        "invoiceitem.created");
}

Outcome<bool> addExtraItems(ApiHost &host, const ApiCall &call, const Value &subscription,
                            const Value &customer, const BillingPeriod &period)
{
    for (const auto &extra : call.params.get("add_invoice_items").items()) {
        const auto plan = itemPlan(host, call, extra, str(subscription.get("currency")),
                                   period.start, "add_invoice_items[0]");
        const auto rates =
            ratesIn(host, call, extra.get("tax_rates"), "add_invoice_items[0][tax_rates]");
        if (!plan || !rates)
            return plan ? rates.error() : plan.error();
        LinePlan line = *plan;
        line.subscription = str(subscription.get("id"));
        makeInvoiceItem(host, call, line, customer, *rates);
    }
    return true;
}

void addInvoiceItemRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/invoiceitems", createItem);
    routes.add("POST", "/v1/invoiceitems/{id}", updateItem);
    routes.add("DELETE", "/v1/invoiceitems/{id}", deleteItem);
}

} // namespace tw::stripe::billing
