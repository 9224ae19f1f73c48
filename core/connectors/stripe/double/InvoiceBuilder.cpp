// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/InvoiceBuilder.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceMath.h"
#include "core/connectors/stripe/double/PriceMath.h"

namespace tw::stripe::billing {

namespace {

/// Under this type the store holds the lines of invoices that have more than they show.
constexpr std::string_view kLineShelf = "_invoice_lines";
constexpr std::size_t kShownLines = 10;

Value parentOf(const JsonMaker &json, const LinePlan &plan)
{
    const Value details = json.object({{"credited_items", nullptr}});
    const Value subscription = orNull(json, plan.subscription);
    if (!plan.subscriptionItem.empty() && plan.invoiceItem.empty())
        return json.object({{"invoice_item_details", nullptr},
                            {"subscription_item_details",
                             json.object({{"invoice_item", nullptr},
                                          {"proration", plan.proration},
                                          {"proration_details", details},
                                          {"subscription", subscription},
                                          {"subscription_item", plan.subscriptionItem}})},
                            {"type", "subscription_item_details"}});
    if (plan.invoiceItem.empty())
        return Value::null();
    return json.object({{"invoice_item_details", json.object({{"invoice_item", plan.invoiceItem},
                                                              {"proration", plan.proration},
                                                              {"proration_details", details},
                                                              {"subscription", subscription}})},
                        {"subscription_item_details", nullptr},
                        {"type", "invoice_item_details"}});
}

Value pricingOf(const JsonMaker &json, const LinePlan &plan)
{
    std::string unit = plan.unitDecimal;
    if (unit.empty() && plan.price.isObject())
        unit = str(plan.price.get("unit_amount_decimal"));
    if (!plan.price.isObject())
        return unit.empty() ? Value::null()
                            : json.object({{"type", "price_details"},
                                           {"unit_amount_decimal", orNull(json, unit)}});
    return json.object({{"price_details", json.object({{"price", plan.price.get("id")},
                                                       {"product", plan.price.get("product")}})},
                        {"type", "price_details"},
                        {"unit_amount_decimal", orNull(json, unit)}});
}

/// The tax rates that a line brings itself: those of its subscription item or invoice item.
Value ownRates(ApiHost &host, const Value &line)
{
    const auto item = str(line.find("parent.invoice_item_details.invoice_item"));
    const auto of = str(line.find("parent.subscription_item_details.subscription_item"));
    const auto *held = !item.empty() ? host.store().find("invoiceitem", item)
                                     : host.store().find("subscription_item", of);
    return held ? held->object->root().get("tax_rates") : Value();
}

std::vector<BillTax> taxesOf(ApiHost &host, const Value &invoice, const Value &line)
{
    const auto exempt = str(invoice.get("customer_tax_exempt"));
    if (exempt == "exempt" || exempt == "reverse")
        return {};
    Value rates = ownRates(host, line);
    if (rates.size() == 0)
        rates = invoice.get("default_tax_rates");
    std::vector<BillTax> taxes;
    for (const auto &rate : rates.items()) {
        const auto percent = Decimal::fromValue(rate.get("percentage"));
        taxes.push_back({str(rate), percent.value_or(Decimal()), yes(rate.get("inclusive"))});
    }
    return taxes;
}

std::vector<BillDiscount> discountsOf(ApiHost &host, const Value &list, const Value &line,
                                      std::string_view currency, std::int64_t now)
{
    std::vector<BillDiscount> discounts;
    for (const auto &id : idsIn(list)) {
        const auto product = str(line.find("pricing.price_details.product"));
        if (auto known = billed(host, id, currency, product, now))
            discounts.push_back(std::move(*known));
    }
    return discounts;
}

Value discountAmounts(const JsonMaker &json, const std::vector<DiscountShare> &shares)
{
    std::vector<Value> amounts;
    for (const auto &part : shares)
        amounts.push_back(json.object({{"amount", part.amount}, {"discount", part.discount}}));
    return toArray(json.arena(), amounts);
}

Value pretaxCredits(const JsonMaker &json, const std::vector<DiscountShare> &shares)
{
    std::vector<Value> amounts;
    for (const auto &part : shares)
        amounts.push_back(json.object(
            {{"amount", part.amount}, {"discount", part.discount}, {"type", "discount"}}));
    return toArray(json.arena(), amounts);
}

Value taxAmounts(const JsonMaker &json, const std::vector<TaxShare> &shares)
{
    std::vector<Value> amounts;
    for (const auto &part : shares)
        amounts.push_back(json.object({{"amount", part.amount},
                                       {"tax_behavior", part.inclusive ? "inclusive" : "exclusive"},
                                       {"tax_rate_details", json.object({{"tax_rate", part.rate}})},
                                       {"taxability_reason", "standard_rated"},
                                       {"taxable_amount", part.taxable},
                                       {"type", "tax_rate_details"}}));
    return toArray(json.arena(), amounts);
}

Value shownLines(const JsonMaker &json, const std::string &invoice, std::vector<Value> lines)
{
    const bool more = lines.size() > kShownLines;
    if (more)
        lines.resize(kShownLines);
    return json.with(listOf(json, lines, "/v1/invoices/" + invoice + "/lines"),
                     {{"has_more", more}});
}

/// No two objects have one id, whatever their types.
std::string shelfOf(const std::string &invoice)
{
    return "_lines:" + invoice;
}

/// The object as the store holds it: what does not fit into its list goes to a shelf of its own.
Value shelved(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const JsonMaker json = call.json();
    const Value lines = invoice.find("lines.data");
    if (lines.size() <= kShownLines)
        return invoice;
    const auto id = str(invoice.get("id"));
    const auto key = shelfOf(id);
    if (const Value shelf = host.get(call, kLineShelf, key); shelf.isObject())
        host.change(call, shelf, {{"data", lines}}, {});
    else
        host.create(call, json.object({{"id", key}, {"object", kLineShelf}, {"data", lines}}), {});
    return json.with(
        invoice, {{"lines", shownLines(json, id, {lines.items().begin(), lines.items().end()})}});
}

Value subscriptionParent(const JsonMaker &json, const Value &subscription)
{
    if (!subscription.isObject())
        return Value::null();
    return json.object(
        {{"quote_details", nullptr},
         {"subscription_details", json.object({{"metadata", subscription.get("metadata")},
                                               {"subscription", subscription.get("id")}})},
         {"type", "subscription_details"}});
}

} // namespace

Value makeLine(ApiHost &host, const ApiCall &call, const LinePlan &plan)
{
    const JsonMaker json = call.json();
    const auto quantity = Decimal::parse(plan.quantity);
    const auto pieces = quantity ? quantity->toUnits(0) : Result<std::int64_t>(quantity.error());
    return json.with(
        blankObject(json, "line_item"),
        {{"id", host.newId("il_")},
         {"amount", plan.amount},
         {"currency", plan.currency},
         {"description", orNull(json, plan.description)},
         {"discountable", plan.discountable},
         {"discounts", texts(json, plan.discounts)},
         {"metadata", plan.metadata.isObject() ? plan.metadata : json.object({})},
         {"parent", parentOf(json, plan)},
         {"period", json.object({{"end", plan.period.end}, {"start", plan.period.start}})},
         {"pricing", pricingOf(json, plan)},
         {"quantity", pieces ? Value::integer(*pieces) : Value::null()},
         {"quantity_decimal", plan.quantity},
         {"subscription", orNull(json, plan.subscription)},
         {"subtotal", plan.amount}});
}

Value lineOf(ApiHost &host, const ApiCall &call, const Value &item)
{
    LinePlan plan;
    plan.amount = whole(item.get("amount"));
    plan.currency = str(item.get("currency"));
    plan.description = str(item.get("description"));
    plan.period = {whole(item.find("period.start")), whole(item.find("period.end"))};
    plan.quantity = str(item.get("quantity_decimal"));
    plan.unitDecimal = str(item.find("pricing.unit_amount_decimal"));
    plan.metadata = item.get("metadata");
    plan.discounts = idsIn(item.get("discounts"));
    plan.discountable = yes(item.get("discountable"));
    plan.proration = yes(item.get("proration"));
    plan.subscription = str(item.find("parent.subscription_details.subscription"));
    plan.invoiceItem = str(item.get("id"));
    if (const auto price = str(item.find("pricing.price_details.price")); !price.empty())
        plan.price = host.get(call, "price", price);
    return makeLine(host, call, plan);
}

Outcome<LinePlan> priceLine(ApiHost &host, const Value &price, std::int64_t quantity,
                            const BillingPeriod &period, std::optional<std::int64_t> amount)
{
    const auto cost = priceAmount(price, quantity);
    if (!cost)
        return invalid("quantity", "The amount does not fit: " + cost.error().message);
    LinePlan plan;
    plan.amount = amount.value_or(*cost);
    plan.currency = str(price.get("currency"));
    plan.period = period;
    plan.price = price;
    plan.quantity = std::to_string(quantity);
    const auto *product = host.store().find("product", str(price.get("product")));
    plan.description = plan.quantity + " × " +
                       (product ? str(product->object->root().get("name")) : str(price.get("id")));
    return plan;
}

Value priced(ApiHost &host, const ApiCall &call, const Value &invoice, std::vector<Value> lines)
{
    const JsonMaker json = call.json();
    const auto id = str(invoice.get("id"));
    const auto currency = str(invoice.get("currency"));
    const auto created = whole(invoice.get("created"));
    std::vector<BillLine> plain;
    for (const auto &line : lines)
        plain.push_back({whole(line.get("amount")), yes(line.get("discountable")),
                         discountsOf(host, line.get("discounts"), line, currency, created),
                         taxesOf(host, invoice, line),
                         str(line.find("pricing.price_details.product"))});
    const Bill bill =
        billOf(plain, discountsOf(host, invoice.get("discounts"), {}, currency, created),
               multipleOf(currency));
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i] = json.with(
            lines[i], {{"discount_amounts", discountAmounts(json, bill.lines[i].discounts)},
                       {"invoice", id},
                       {"pretax_credit_amounts", pretaxCredits(json, bill.lines[i].discounts)},
                       {"taxes", taxAmounts(json, bill.lines[i].taxes)}});
    const auto shipping = whole(invoice.find("shipping_cost.amount_total"));
    const auto total = bill.total + shipping;
    const auto *customer = host.store().find("customer", str(invoice.get("customer")));
    const auto balance = customer ? whole(customer->object->root().get("balance")) : 0;
    const auto use = useBalance(total, balance);
    return json.with(invoice, {{"amount_due", use.due},
                               {"amount_remaining", use.due},
                               {"amount_shipping", shipping},
                               {"lines", listOf(json, lines, "/v1/invoices/" + id + "/lines")},
                               {"starting_balance", balance},
                               {"subtotal", bill.subtotal},
                               {"subtotal_excluding_tax", bill.subtotalWithoutTax},
                               {"total", total},
                               {"total_discount_amounts", discountAmounts(json, bill.discounts)},
                               {"total_excluding_tax", bill.totalWithoutTax + shipping},
                               {"total_pretax_credit_amounts", pretaxCredits(json, bill.discounts)},
                               {"total_taxes", taxAmounts(json, bill.taxes)}});
}

Value draftInvoice(ApiHost &host, const ApiCall &call, const InvoicePlan &plan)
{
    const JsonMaker json = call.json();
    const Value &who = plan.customer;
    const Value &sub = plan.subscription;
    const auto now = host.now(who).seconds();
    const auto copy = [&](const char *name) {
        return sub.isObject() && !sub.get(name).isUndefined() ? sub.get(name) : Value::null();
    };
    const auto id = plan.id.empty() ? host.newId("in_") : plan.id;
    const Value rates = sub.get("default_tax_rates");
    const Value invoice =
        json.with(blankObject(json, "invoice"),
                  {{"id", id},
                   {"account_country", "US"},
                   {"account_name", "Tidewire double"},
                   {"attempt_count", 0},
                   {"attempted", false},
                   {"auto_advance", plan.advances},
                   {"automatically_finalizes_at", orNull(plan.finalizesAt)},
                   {"billing_reason", plan.billingReason},
                   {"collection_method", sub.isObject() ? sub.get("collection_method")
                                                        : json.text("charge_automatically")},
                   {"created", now},
                   {"currency", plan.currency},
                   {"customer", who.get("id")},
                   {"customer_address", who.get("address")},
                   {"customer_email", who.get("email")},
                   {"customer_name", who.get("name")},
                   {"customer_phone", who.get("phone")},
                   {"customer_shipping", who.get("shipping")},
                   {"customer_tax_exempt",
                    given(who.get("tax_exempt")) ? who.get("tax_exempt") : json.text("none")},
                   {"customer_tax_ids", json.array({})},
                   {"default_payment_method", nullptr},
                   {"default_tax_rates", rates.isArray() ? rates : json.array({})},
                   {"description",
                    plan.description.empty() ? copy("description") : json.text(plan.description)},
                   {"discounts", texts(json, plan.discounts)},
                   {"issuer", json.object({{"type", "self"}})},
                   {"metadata", json.object({})},
                   {"parent", subscriptionParent(json, sub)},
                   {"period_end", plan.period.end == 0 ? now : plan.period.end},
                   {"period_start", plan.period.start == 0 ? now : plan.period.start},
                   {"status", "draft"},
                   {"test_clock",
                    who.get("test_clock").isUndefined() ? Value::null() : who.get("test_clock")},
                   {"webhooks_delivered_at", now}});
    return priced(host, call, invoice, plan.lines);
}

Value keepInvoice(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    for (const auto &line : invoice.find("lines.data").items()) {
        const auto item = str(line.find("parent.invoice_item_details.invoice_item"));
        const Value held = item.empty() ? Value() : host.get(call, "invoiceitem", item);
        if (held.isObject())
            host.change(call, held, {{"invoice", invoice.get("id")}}, {});
    }
    const Value kept = host.create(call, shelved(host, call, invoice), "invoice.created");
    arm(host, kept);
    return kept;
}

Value replaceInvoice(ApiHost &host, const ApiCall &call, const Value &before, const Value &after,
                     std::string_view event)
{
    const Value now = shelved(host, call, after);
    const auto to = [&](std::string_view name) { return JsonMaker::Member(name, now.get(name)); };
    const Value kept = host.change(call, before,
                                   {to("account_tax_ids"),
                                    to("amount_due"),
                                    to("amount_overpaid"),
                                    to("amount_paid"),
                                    to("amount_paid_off_stripe"),
                                    to("amount_remaining"),
                                    to("amount_shipping"),
                                    to("attempt_count"),
                                    to("attempted"),
                                    to("auto_advance"),
                                    to("automatically_finalizes_at"),
                                    to("collection_method"),
                                    to("confirmation_secret"),
                                    to("custom_fields"),
                                    to("customer_address"),
                                    to("customer_email"),
                                    to("customer_name"),
                                    to("customer_phone"),
                                    to("customer_shipping"),
                                    to("default_payment_method"),
                                    to("default_source"),
                                    to("default_tax_rates"),
                                    to("description"),
                                    to("discounts"),
                                    to("due_date"),
                                    to("effective_at"),
                                    to("ending_balance"),
                                    to("footer"),
                                    to("hosted_invoice_url"),
                                    to("invoice_pdf"),
                                    to("issuer"),
                                    to("last_finalization_error"),
                                    to("lines"),
                                    to("metadata"),
                                    to("next_payment_attempt"),
                                    to("number"),
                                    to("on_behalf_of"),
                                    to("payment_settings"),
                                    to("post_payment_credit_notes_amount"),
                                    to("pre_payment_credit_notes_amount"),
                                    to("receipt_number"),
                                    to("rendering"),
                                    to("shipping_cost"),
                                    to("shipping_details"),
                                    to("starting_balance"),
                                    to("statement_descriptor"),
                                    to("status"),
                                    to("status_details"),
                                    to("status_transitions"),
                                    to("subtotal"),
                                    to("subtotal_excluding_tax"),
                                    to("total"),
                                    to("total_discount_amounts"),
                                    to("total_excluding_tax"),
                                    to("total_pretax_credit_amounts"),
                                    to("total_taxes")},
                                   event);
    rearm(host, before, kept);
    return kept;
}

std::vector<Value> linesOf(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    Value lines = invoice.find("lines.data");
    if (yes(invoice.find("lines.has_more")))
        lines = host.get(call, kLineShelf, shelfOf(str(invoice.get("id")))).get("data");
    return {lines.items().begin(), lines.items().end()};
}

std::vector<Value> pendingItems(ApiHost &host, const ApiCall &call, const std::string &customer,
                                const std::string &subscription, std::string_view currency)
{
    return allOf(host, call, "invoiceitem", [&](const Value &item) {
        const auto of = str(item.find("parent.subscription_details.subscription"));
        return item.get("invoice").isNull() && str(item.get("customer")) == customer &&
               (of.empty() || of == subscription) && item.get("currency").text() == currency;
    });
}

std::string subscriptionOf(const Value &invoice)
{
    return str(invoice.find("parent.subscription_details.subscription"));
}

} // namespace tw::stripe::billing
