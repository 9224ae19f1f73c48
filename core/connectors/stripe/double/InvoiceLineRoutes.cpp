// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceBuilder.h"
#include "core/connectors/stripe/double/InvoiceItems.h"
#include "core/connectors/stripe/double/InvoiceRoutes.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

/// Keeps the draft with other lines, and with `invoice_metadata`.
HttpResponse keepLines(ApiHost &host, const ApiCall &call, const Value &invoice,
                       std::vector<Value> lines)
{
    const JsonMaker json = call.json();
    const Value with =
        json.with(invoice, {{"metadata", mergedMetadata(json, invoice.get("metadata"),
                                                        call.params.get("invoice_metadata"))}});
    return answers::ok(replaceInvoice(
        host, call, invoice, priced(host, call, with, std::move(lines)), "invoice.updated"));
}

/// Tax rates of a line: ids, or amounts that come with the data of their rate.
Outcome<Value> lineRates(ApiHost &host, const ApiCall &call, const Value &entry)
{
    const Value amounts = entry.get("tax_amounts");
    if (!amounts.isArray())
        return ratesIn(host, call, entry.get("tax_rates"), "lines[0][tax_rates]");
    std::vector<Value> rates;
    for (const auto &amount : amounts.items()) {
        const auto answer = host.call(
            call, "POST", "/v1/tax_rates",
            call.json().with(amount.get("tax_rate_data"), {{"jurisdiction_level", Value()}}));
        if (answer.status != 200)
            return answer;
        rates.push_back(bodyOf(call, answer));
    }
    return toArray(call.arena, rates);
}

/// The form of an added line as that of an invoice item.
Outcome<Value> itemForm(ApiHost &host, const ApiCall &call, const Value &entry)
{
    const JsonMaker json = call.json();
    const Value data = entry.get("price_data");
    const Value product = data.get("product_data");
    if (!product.isObject())
        return entry;
    const auto made = makeProduct(host, call, product);
    if (!made)
        return made.error();
    return json.with(entry, {{"price_data", json.with(data, {{"product", made->get("id")},
                                                             {"product_data", Value()}})}});
}

HttpResponse addLines(ApiHost &host, const ApiCall &call)
{
    const auto invoice = draftNamed(host, call);
    if (!invoice)
        return invoice.error();
    const Value customer = host.get(call, "customer", str(invoice->get("customer")));
    auto lines = linesOf(host, call, *invoice);
    std::size_t count = 0;
    for (const auto &entry : call.params.get("lines").items()) {
        const auto at = "lines[" + std::to_string(count++) + "]";
        if (const auto id = str(entry.get("invoice_item")); !id.empty()) {
            const auto item = needed(host, call, "invoiceitem", id, at + "[invoice_item]");
            if (!item)
                return item.error();
            if (given(item->get("invoice")))
                return invalid(at + "[invoice_item]",
                               "The invoice item is part of an invoice already.");
            lines.push_back(lineOf(
                host, call, host.change(call, *item, {{"invoice", invoice->get("id")}}, {})));
            continue;
        }
        const auto form = itemForm(host, call, entry);
        if (!form)
            return form.error();
        const auto plan = itemPlan(host, call, *form, str(invoice->get("currency")),
                                   host.now(*invoice).seconds(), at);
        const auto rates = lineRates(host, call, entry);
        if (!plan || !rates)
            return plan ? rates.error() : plan.error();
        LinePlan line = *plan;
        const auto discounts = redeem(host, call, entry.get("discounts"),
                                      {.customer = str(customer.get("id")), .invoice = call.id()},
                                      host.now(*invoice).seconds());
        if (!discounts)
            return discounts.error();
        line.discounts = *discounts;
        lines.push_back(
            lineOf(host, call, makeInvoiceItem(host, call, line, customer, *rates, call.id())));
    }
    return keepLines(host, call, *invoice, std::move(lines));
}

/// One line of a draft with what `entry` sets. Its invoice item follows.
Outcome<Value> changedLine(ApiHost &host, const ApiCall &call, const Value &line,
                           const Value &entry)
{
    const JsonMaker json = call.json();
    const auto itemId = str(line.find("parent.invoice_item_details.invoice_item"));
    const auto own = [&](const char *name) {
        return entry.get(name).isUndefined() ? line.get(name) : entry.get(name);
    };
    std::int64_t amount = whole(line.get("amount"));
    Value pricing = line.get("pricing");
    auto quantity = given(entry.get("quantity_decimal")) ? str(entry.get("quantity_decimal"))
                    : given(entry.get("quantity"))       ? str(entry.get("quantity"))
                                                         : str(line.get("quantity_decimal"));
    const bool reprices = given(entry.get("quantity")) || given(entry.get("quantity_decimal")) ||
                          entry.get("price_data").isObject() || given(entry.find("pricing.price"));
    if (given(entry.get("amount"))) {
        amount = whole(entry.get("amount"));
    } else if (reprices) {
        Value form = json.with(entry, {{"quantity_decimal", quantity}});
        const Value price = line.find("pricing.price_details.price");
        const bool hasOwn =
            entry.get("price_data").isObject() || given(entry.find("pricing.price"));
        if (!hasOwn && given(price))
            form = json.with(form, {{"price", price}});
        else if (!hasOwn)
            form = json.with(form,
                             {{"unit_amount_decimal", line.find("pricing.unit_amount_decimal")}});
        const auto made = itemForm(host, call, form);
        if (!made)
            return made.error();
        const auto plan = itemPlan(host, call, *made, str(line.get("currency")), 0, "lines[0]");
        if (!plan)
            return plan.error();
        amount = plan->amount;
        pricing = makeLine(host, call, *plan).get("pricing");
    }
    const Value period = entry.get("period");
    const Value after = json.with(
        line, {{"amount", amount},
               {"description", orNull(json, str(own("description")))},
               {"discountable", yes(own("discountable"))},
               {"metadata", mergedMetadata(json, line.get("metadata"), entry.get("metadata"))},
               {"period", period.isObject() ? json.object({{"end", whole(period.get("end"))},
                                                           {"start", whole(period.get("start"))}})
                                            : line.get("period")},
               {"pricing", pricing},
               {"quantity", whole(json.text(quantity))},
               {"quantity_decimal", quantity},
               {"subtotal", amount}});
    const Value item = itemId.empty() ? Value() : host.get(call, "invoiceitem", itemId);
    if (item.isObject()) {
        const auto rates =
            entry.get("tax_rates").isUndefined() && !entry.get("tax_amounts").isArray()
                ? Outcome<Value>(item.get("tax_rates"))
                : lineRates(host, call, entry);
        if (!rates)
            return rates.error();
        host.change(call, item,
                    {{"amount", amount},
                     {"description", after.get("description")},
                     {"discountable", after.get("discountable")},
                     {"metadata", after.get("metadata")},
                     {"net_amount", amount},
                     {"period", after.get("period")},
                     {"pricing", pricing},
                     {"quantity", after.get("quantity")},
                     {"quantity_decimal", quantity},
                     {"tax_rates", *rates}},
                    {});
    }
    return after;
}

HttpResponse changeLines(ApiHost &host, const ApiCall &call, const Value &entries)
{
    const auto invoice = draftNamed(host, call);
    if (!invoice)
        return invoice.error();
    auto lines = linesOf(host, call, *invoice);
    for (const auto &entry : entries.items()) {
        const auto id = str(entry.get("id"));
        const auto line = std::find_if(lines.begin(), lines.end(), [&](const Value &known) {
            return known.get("id").text() == id;
        });
        if (line == lines.end())
            return answers::missingObject("line_item", id);
        const auto changed = changedLine(host, call, *line, entry);
        if (!changed)
            return changed.error();
        *line = *changed;
    }
    return keepLines(host, call, *invoice, std::move(lines));
}

HttpResponse updateLines(ApiHost &host, const ApiCall &call)
{
    return changeLines(host, call, call.params.get("lines"));
}

HttpResponse updateLine(ApiHost &host, const ApiCall &call)
{
    const Value entry = call.json().with(call.params, {{"id", call.id(1)}});
    const auto answer = changeLines(host, call, call.json().array({entry}));
    if (answer.status != 200)
        return answer;
    const Value invoice = host.get(call, "invoice", call.id());
    for (const auto &line : linesOf(host, call, invoice)) {
        if (line.get("id").text() == call.id(1))
            return answers::ok(line);
    }
    return answers::missingObject("line_item", call.id(1));
}

HttpResponse removeLines(ApiHost &host, const ApiCall &call)
{
    const auto invoice = draftNamed(host, call);
    if (!invoice)
        return invoice.error();
    auto lines = linesOf(host, call, *invoice);
    for (const auto &entry : call.params.get("lines").items()) {
        const auto id = str(entry.get("id"));
        const auto line = std::find_if(lines.begin(), lines.end(), [&](const Value &known) {
            return known.get("id").text() == id;
        });
        if (line == lines.end())
            return answers::missingObject("line_item", id);
        const auto itemId = str(line->find("parent.invoice_item_details.invoice_item"));
        const Value item = itemId.empty() ? Value() : host.get(call, "invoiceitem", itemId);
        if (item.isObject() && entry.get("behavior").text() == "unassign")
            host.change(call, item, {{"invoice", nullptr}}, {});
        else if (item.isObject())
            host.remove(call, item, "invoiceitem.deleted");
        lines.erase(line);
    }
    return keepLines(host, call, *invoice, std::move(lines));
}

HttpResponse listLines(ApiHost &host, const ApiCall &call)
{
    const auto invoice = named(host, call, "invoice");
    if (!invoice)
        return invoice.error();
    return pageOf(call, linesOf(host, call, *invoice), "/v1/invoices/" + call.id() + "/lines");
}

} // namespace

void addInvoiceLineRoutes(ApiRoutes &routes)
{
    routes.add("GET", "/v1/invoices/{id}/lines", listLines);
    routes.add("POST", "/v1/invoices/{id}/lines/{line}", updateLine);
    routes.add("POST", "/v1/invoices/{id}/add_lines", addLines);
    routes.add("POST", "/v1/invoices/{id}/update_lines", updateLines);
    routes.add("POST", "/v1/invoices/{id}/remove_lines", removeLines);
}

} // namespace tw::stripe::billing
