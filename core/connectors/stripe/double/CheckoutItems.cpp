// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/InvoiceMath.h"
#include "core/connectors/stripe/double/PriceMath.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

namespace tw::stripe::billing {

namespace {

/// Under this type the store holds the line items of sessions and links.
constexpr std::string_view kShelf = "_line_items";

/// No two objects have one id, whatever their types.
std::string shelfOf(const std::string &owner)
{
    return "_items:" + owner;
}

Value taxesOf(const JsonMaker &json, const BilledLine &line, const Value &rates)
{
    std::vector<Value> taxes;
    for (std::size_t i = 0; i < line.taxes.size(); ++i) {
        for (const auto &rate : rates.items()) {
            if (str(rate) == line.taxes[i].rate)
                taxes.push_back(json.object({{"amount", line.taxes[i].amount},
                                             {"rate", rate},
                                             {"taxability_reason", "standard_rated"},
                                             {"taxable_amount", line.taxes[i].taxable}}));
        }
    }
    return toArray(json.arena(), taxes);
}

} // namespace

Outcome<std::vector<Value>> checkoutItems(ApiHost &host, const ApiCall &call, const Value &list,
                                          std::string currency)
{
    const JsonMaker json = call.json();
    std::vector<Value> items;
    for (const auto &entry : list.items()) {
        const auto at = "line_items[" + std::to_string(items.size()) + "]";
        const auto price = priceIn(host, call, entry, at);
        const auto rates = ratesIn(host, call, entry.get("tax_rates"), at + "[tax_rates]");
        if (!price || !rates)
            return price ? rates.error() : price.error();
        const auto own = str(price->get("currency"));
        if (!currency.empty() && own != currency)
            return invalid(at + "[price]", "The price is in " + own + ", the others in " +
                                               currency + ". All prices need one currency.");
        currency = own;
        const auto quantity = whole(entry.get("quantity"), 1);
        const auto amount = priceAmount(*price, quantity);
        if (!amount)
            return invalid(at + "[quantity]", "The amount does not fit.");
        BillLine line{*amount, true, {}, {}};
        for (const auto &rate : rates->items())
            line.taxes.push_back({str(rate),
                                  Decimal::fromValue(rate.get("percentage")).value_or(Decimal()),
                                  yes(rate.get("inclusive"))});
        const Bill bill = billOf({line}, {}, multipleOf(own));
        const auto *product = host.store().find("product", str(price->get("product")));
        const Value adjustable = entry.get("adjustable_quantity");
        items.push_back(json.with(
            blankObject(json, "item"),
            {{"id", host.newId("li_")},
             {"adjustable_quantity",
              yes(adjustable.get("enabled"))
                  ? shapedField(json, "item", "adjustable_quantity", adjustable)
                  : Value::null()},
             {"amount_discount", 0},
             {"amount_subtotal", bill.subtotal},
             {"amount_tax", bill.tax},
             {"amount_total", bill.total},
             {"currency", own},
             {"description", product ? product->object->root().get("name").isString()
                                           ? json.text(product->object->root().get("name").text())
                                           : Value::null()
                                     : Value::null()},
             {"metadata", mergedMetadata(json, {}, entry.get("metadata"))},
             {"price", *price},
             {"quantity", quantity},
             {"taxes", taxesOf(json, bill.lines.front(), *rates)}}));
    }
    return items;
}

std::vector<Value> lineItemsOf(ApiHost &host, const ApiCall &call, const Value &owner)
{
    const Value items = host.get(call, kShelf, shelfOf(str(owner.get("id")))).get("data");
    return {items.items().begin(), items.items().end()};
}

void keepLineItems(ApiHost &host, const ApiCall &call, const std::string &owner,
                   const std::vector<Value> &items)
{
    const Value data = toArray(call.arena, items);
    const auto key = shelfOf(owner);
    if (const Value shelf = host.get(call, kShelf, key); shelf.isObject())
        host.change(call, shelf, {{"data", data}}, {});
    else
        host.create(call, call.json().object({{"id", key}, {"object", kShelf}, {"data", data}}),
                    {});
}

} // namespace tw::stripe::billing
