// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceBuilder.h"
#include "core/connectors/stripe/double/InvoiceItems.h"
#include "core/connectors/stripe/double/InvoiceRoutes.h"
#include "core/connectors/stripe/double/SubscriptionCreate.h"
#include "core/connectors/stripe/double/SubscriptionUpdate.h"

namespace tw::stripe::billing {

namespace {

/// What a preview is made of before it is one.
struct Preview
{
    Value subscription;
    std::string currency, reason = "upcoming";
    std::vector<Value> lines;
    BillingPeriod period;
};

Outcome<bool> extraLines(ApiHost &host, const ApiCall &call, Preview &preview, std::int64_t now)
{
    std::size_t count = 0;
    for (const auto &entry : call.params.get("invoice_items").items()) {
        const auto at = "invoice_items[" + std::to_string(count++) + "]";
        if (const auto id = str(entry.get("invoiceitem")); !id.empty()) {
            const auto item = needed(host, call, "invoiceitem", id, at + "[invoiceitem]");
            if (!item)
                return item.error();
            preview.lines.push_back(lineOf(host, call, *item));
            continue;
        }
        const Value form =
            given(entry.get("unit_amount"))
                ? call.json().with(entry, {{"unit_amount_decimal", entry.get("unit_amount")}})
                : entry;
        const auto plan = itemPlan(host, call, form, preview.currency, now, at);
        if (!plan)
            return plan.error();
        preview.currency = preview.currency.empty() ? plan->currency : preview.currency;
        LinePlan line = *plan;
        line.invoiceItem = host.newId("ii_");
        preview.lines.push_back(makeLine(host, call, line));
    }
    return true;
}

/// Lines of the period that follows the running one.
void nextPeriod(ApiHost &host, const ApiCall &call, const Value &sub,
                const std::vector<Value> &items, Preview &preview)
{
    const auto anchor = whole(sub.get("billing_cycle_anchor"));
    for (const auto &item : items) {
        const auto start = periodOf(item).end;
        const BillingPeriod period{start,
                                   periodAround(anchor, cadenceOf(item.get("price")), start).end};
        if (const auto line = itemLine(host, sub, item, period))
            preview.lines.push_back(makeLine(host, call, *line));
    }
    if (!items.empty())
        preview.period = periodOf(items.front());
}

Outcome<Preview> ofSubscription(ApiHost &host, const ApiCall &call, const Value &sub)
{
    Preview preview{sub, str(sub.get("currency")), "upcoming", {}, {}};
    const Value details = call.params.get("subscription_details");
    const bool ends = yes(details.get("cancel_now"));
    if (hasEnded(sub) || (!details.isObject() && given(sub.get("cancel_at")) &&
                          whole(sub.get("cancel_at")) <= periodEnd(sub)))
        return invalid("subscription", "The subscription ends, so no invoice is to come.",
                       "invoice_upcoming_none");
    if (!details.isObject()) {
        nextPeriod(host, call, sub, itemsOf(sub), preview);
        return preview;
    }
    const auto plan = planUpdate(host, call, sub, details);
    if (!plan)
        return plan.error();
    for (const auto &line : plan->prorations)
        preview.lines.push_back(makeLine(host, call, line));
    if (plan->restarts)
        preview.lines.insert(preview.lines.end(), plan->lines.begin(), plan->lines.end());
    else if (!ends && !plan->bills)
        nextPeriod(host, call, sub, plan->items, preview);
    preview.reason = plan->bills ? "subscription_update" : "upcoming";
    return preview;
}

Outcome<Preview> ofNewItems(ApiHost &host, const ApiCall &call, const Value &customer,
                            std::int64_t now)
{
    Preview preview;
    preview.reason = "subscription_create";
    const Value details = call.params.get("subscription_details");
    const bool isTrial = given(details.get("trial_end")) && str(details.get("trial_end")) != "now";
    std::size_t count = 0;
    for (const auto &entry : details.get("items").items()) {
        const auto at = "subscription_details[items][" + std::to_string(count++) + "]";
        const auto item = itemIn(host, call, call.json().with(entry, {{"discounts", Value()}}),
                                 preview.currency, at, {}, str(customer.get("id")));
        if (!item)
            return item.error();
        preview.currency = str(item->price.get("currency"));
        const auto around = periodAround(now, cadenceOf(item->price), now);
        const BillingPeriod period =
            isTrial ? BillingPeriod{now, whole(details.get("trial_end"))} : around;
        auto line = priceLine(host, item->price, item->quantity, period,
                              isTrial ? std::optional<std::int64_t>(0) : std::nullopt);
        if (!line)
            return line.error();
        preview.lines.push_back(makeLine(host, call, *line));
        preview.period = period;
    }
    return preview;
}

HttpResponse createPreview(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    Value sub;
    std::string who = call.text("customer");
    std::string subId = call.text("subscription");
    if (const auto schedule = call.text("schedule"); !schedule.empty()) {
        const auto found = needed(host, call, "subscription_schedule", schedule, "schedule");
        if (!found)
            return found.error();
        subId = str(found->get("subscription"));
        who = str(found->get("customer"));
    }
    if (!subId.empty()) {
        const auto found = needed(host, call, "subscription", subId, "subscription");
        if (!found)
            return found.error();
        sub = *found;
        who = str(sub.get("customer"));
    }
    Value customer = json.object({});
    if (!who.empty()) {
        const auto found = needed(host, call, "customer", who, "customer");
        if (!found)
            return found.error();
        customer = *found;
    } else if (!call.params.get("customer_details").isObject()) {
        return answers::missingParam("customer");
    }
    const auto now = host.now(customer).seconds();
    auto made =
        sub.isObject() ? ofSubscription(host, call, sub) : ofNewItems(host, call, customer, now);
    if (!made)
        return made.error();
    Preview preview = *made;
    if (preview.currency.empty())
        preview.currency = call.text("currency");
    if (preview.currency.empty())
        preview.currency = given(customer.get("currency")) ? str(customer.get("currency")) : "usd";
    if (const auto extra = extraLines(host, call, preview, now); !extra)
        return extra.error();
    InvoicePlan plan;
    plan.id = host.newId("upcoming_in_");
    plan.billingReason = preview.reason;
    plan.period = preview.period;
    plan.customer = customer;
    plan.currency = preview.currency;
    if (call.has("discounts")) {
        const auto discounts =
            redeem(host, call, call.params.get("discounts"), {.customer = who}, now, false);
        if (!discounts)
            return discounts.error();
        plan.discounts = *discounts;
    }
    Value invoice;
    if (sub.isObject()) {
        if (call.has("discounts"))
            sub = json.with(sub, {{"discounts", json.array({})}});
        invoice = subscriptionInvoice(host, call, sub, customer, preview.lines, plan);
    } else {
        plan.lines = preview.lines;
        for (const auto &item : pendingItems(host, call, who, {}, plan.currency))
            plan.lines.push_back(lineOf(host, call, item));
        invoice = draftInvoice(host, call, plan);
    }
    if (invoice.find("lines.data").size() == 0)
        return invalid("customer", "Nothing is to be invoiced for this customer.",
                       "invoice_upcoming_none");
    return answers::ok(invoice);
}

} // namespace

void addInvoicePreviewRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/invoices/create_preview", createPreview);
}

} // namespace tw::stripe::billing
