// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/SubscriptionStates.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/InvoiceStates.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kUpdated = "customer.subscription.updated";

Value setStatus(ApiHost &host, const ApiCall &call, const Value &sub, std::string_view status)
{
    return replaceSubscription(host, call, sub, call.json().with(sub, {{"status", status}}),
                               kUpdated);
}

Value ofInvoice(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const auto id = subscriptionOf(invoice);
    return id.empty() ? Value() : host.get(call, "subscription", id);
}

/// Whether an invoice of the subscription waits for its money still.
bool owes(ApiHost &host, const std::string &subscription)
{
    for (const auto &invoice : host.store().list("invoice")) {
        const Value &root = invoice->root();
        if (subscriptionOf(root) == subscription && str(root.get("status")) == "open" &&
            yes(root.get("attempted")))
            return true;
    }
    return false;
}

void afterLastRetry(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const auto wish = sub.get("metadata").get(kAfterRetries).text();
    if (wish == "unpaid")
        setStatus(host, call, sub, "unpaid");
    else if (wish != "past_due")
        endSubscription(host, call, sub, "payment_failed");
}

Value onceLeft(ApiHost &host, const ApiCall &call, const Value &list, std::int64_t now)
{
    const JsonMaker json = call.json();
    std::vector<Value> left;
    for (const auto &entry : list.items()) {
        const Value discount = host.get(call, "discount", str(entry));
        const auto *coupon = host.store().find("coupon", str(discount.find("source.coupon")));
        if (!coupon || str(coupon->object->root().get("duration")) != "once") {
            left.push_back(entry);
            continue;
        }
        // The draft that has it just now keeps it: it was made before this moment.
        const Value ended = host.change(call, discount, {{"end", now + 1}}, {});
        host.tell(call, "customer.discount.deleted", ended);
    }
    return toArray(json.arena(), left);
}

} // namespace

Cadence cadenceOf(const Value &price)
{
    const Value recurring = price.get("recurring");
    return Cadence::of(recurring.get("interval").text(), whole(recurring.get("interval_count"), 1));
}

std::vector<Value> itemsOf(const Value &subscription)
{
    const Value items = subscription.find("items.data");
    return {items.items().begin(), items.items().end()};
}

BillingPeriod periodOf(const Value &item)
{
    return {whole(item.get("current_period_start")), whole(item.get("current_period_end"))};
}

std::int64_t periodEnd(const Value &subscription)
{
    std::int64_t end = 0;
    for (const auto &item : itemsOf(subscription)) {
        const auto own = periodOf(item).end;
        end = end == 0 ? own : std::min(end, own);
    }
    return end;
}

bool hasEnded(const Value &subscription)
{
    const auto status = subscription.get("status").text();
    return status == "canceled" || status == "incomplete_expired";
}

Outcome<Value> ratesIn(ApiHost &host, const ApiCall &call, const Value &list,
                       const std::string &param)
{
    std::vector<Value> rates;
    for (const auto &entry : list.items()) {
        const auto rate = needed(host, call, "tax_rate", str(entry), param);
        if (!rate)
            return rate.error();
        rates.push_back(*rate);
    }
    return toArray(call.arena, rates);
}

Value makeItem(ApiHost &host, const ApiCall &call, const ItemPlan &plan,
               const std::string &subscription, const BillingPeriod &period, std::int64_t created)
{
    const JsonMaker json = call.json();
    const bool metered = plan.price.find("recurring.usage_type").text() == "metered";
    return json.with(blankObject(json, "subscription_item"),
                     {{"id", plan.id.empty() ? host.newId("si_") : plan.id},
                      {"created", created},
                      {"current_period_end", period.end},
                      {"current_period_start", period.start},
                      {"discounts", texts(json, plan.discounts)},
                      {"metadata", plan.metadata.isObject() ? plan.metadata : json.object({})},
                      {"plan", planOf(json, plan.price)},
                      {"price", plan.price},
                      {"quantity", metered ? Value() : Value::integer(plan.quantity)},
                      {"subscription", subscription},
                      {"tax_rates", plan.taxRates.isArray() ? plan.taxRates : json.array({})}});
}

Value withPeriod(const JsonMaker &json, const Value &item, const BillingPeriod &period)
{
    return json.with(item,
                     {{"current_period_end", period.end}, {"current_period_start", period.start}});
}

Value withItems(ApiHost &host, const ApiCall &call, const Value &subscription,
                const std::vector<Value> &items)
{
    const JsonMaker json = call.json();
    const auto id = str(subscription.get("id"));
    for (const auto &item : items) {
        const Value known = host.get(call, "subscription_item", str(item.get("id")));
        if (known.isUndefined()) {
            host.create(call, item, {});
            continue;
        }
        host.change(call, known,
                    {{"current_period_end", item.get("current_period_end")},
                     {"current_period_start", item.get("current_period_start")},
                     {"discounts", item.get("discounts")},
                     {"metadata", item.get("metadata")},
                     {"plan", item.get("plan")},
                     {"price", item.get("price")},
                     {"quantity", item.get("quantity")},
                     {"tax_rates", item.get("tax_rates")}},
                    {});
    }
    for (const auto &old : itemsOf(subscription)) {
        const bool stays = std::any_of(items.begin(), items.end(), [&](const Value &item) {
            return item.get("id").text() == old.get("id").text();
        });
        const Value known = host.get(call, "subscription_item", str(old.get("id")));
        if (!stays && known.isObject())
            host.remove(call, known, {});
    }
    return json.with(subscription,
                     {{"items", listOf(json, items, "/v1/subscription_items?subscription=" + id)}});
}

Value replaceSubscription(ApiHost &host, const ApiCall &call, const Value &before,
                          const Value &after, std::string_view event)
{
    const auto to = [&](std::string_view name) { return JsonMaker::Member(name, after.get(name)); };
    const Value kept = host.change(call, before,
                                   {to("application_fee_percent"),
                                    to("automatic_tax"),
                                    to("billing_cycle_anchor"),
                                    to("billing_mode"),
                                    to("billing_thresholds"),
                                    to("cancel_at"),
                                    to("cancel_at_period_end"),
                                    to("canceled_at"),
                                    to("cancellation_details"),
                                    to("collection_method"),
                                    to("days_until_due"),
                                    to("default_payment_method"),
                                    to("default_source"),
                                    to("default_tax_rates"),
                                    to("description"),
                                    to("discounts"),
                                    to("ended_at"),
                                    to("invoice_settings"),
                                    to("items"),
                                    to("latest_invoice"),
                                    to("metadata"),
                                    to("next_pending_invoice_item_invoice"),
                                    to("pause_collection"),
                                    to("payment_settings"),
                                    to("pending_invoice_item_interval"),
                                    to("pending_setup_intent"),
                                    to("pending_update"),
                                    to("schedule"),
                                    to("status"),
                                    to("status_details"),
                                    to("trial_end"),
                                    to("trial_settings"),
                                    to("trial_start")},
                                   event);
    rearm(host, before, kept);
    return kept;
}

Outcome<LinePlan> itemLine(ApiHost &host, const Value &subscription, const Value &item,
                           const BillingPeriod &period, std::optional<std::int64_t> amount)
{
    const Value price = item.get("price");
    const bool metered = price.find("recurring.usage_type").text() == "metered";
    auto plan = priceLine(host, price, metered ? 0 : whole(item.get("quantity"), 1), period,
                          metered ? std::optional<std::int64_t>(0) : amount);
    if (!plan)
        return plan;
    LinePlan line = *plan;
    line.subscription = str(subscription.get("id"));
    line.subscriptionItem = str(item.get("id"));
    for (const auto &discount : item.get("discounts").items())
        line.discounts.push_back(str(discount));
    line.metadata = item.get("metadata");
    return line;
}

Value subscriptionInvoice(ApiHost &host, const ApiCall &call, const Value &subscription,
                          const Value &customer, std::vector<Value> lines, InvoicePlan plan)
{
    plan.customer = customer;
    plan.subscription = subscription;
    plan.currency = str(subscription.get("currency"));
    for (const auto &discount : subscription.get("discounts").items())
        plan.discounts.push_back(str(discount));
    for (const auto &item : pendingItems(host, call, str(customer.get("id")),
                                         str(subscription.get("id")), plan.currency))
        plan.lines.push_back(lineOf(host, call, item));
    plan.lines.insert(plan.lines.end(), lines.begin(), lines.end());
    const Value invoice = draftInvoice(host, call, plan);
    const auto days = subscription.get("days_until_due").toInt();
    if (str(subscription.get("collection_method")) != "send_invoice" || !days)
        return invoice;
    return call.json().with(invoice, {{"due_date", whole(invoice.get("created")) + *days * kDay}});
}

Value spendOnce(ApiHost &host, const ApiCall &call, const Value &subscription)
{
    const auto now = host.now(subscription).seconds();
    const Value left = onceLeft(host, call, subscription.get("discounts"), now);
    std::vector<Value> items;
    bool changed = left.size() != subscription.get("discounts").size();
    for (const auto &item : itemsOf(subscription)) {
        const Value own = onceLeft(host, call, item.get("discounts"), now);
        changed = changed || own.size() != item.get("discounts").size();
        items.push_back(call.json().with(item, {{"discounts", own}}));
    }
    if (!changed)
        return subscription;
    const Value with = withItems(host, call, subscription, items);
    return replaceSubscription(host, call, subscription,
                               call.json().with(with, {{"discounts", left}}), {});
}

Value endSubscription(ApiHost &host, const ApiCall &call, const Value &sub, std::string_view reason,
                      const Value &details)
{
    const JsonMaker json = call.json();
    const auto now = host.now(sub).seconds();
    const auto id = str(sub.get("id"));
    const Value why = sub.get("cancellation_details");
    const auto detail = [&](const char *name) {
        const Value sent = details.get(name);
        if (given(sent))
            return sent;
        return why.get(name).isUndefined() ? Value::null() : why.get(name);
    };
    const Value ended = replaceSubscription(
        host, call, sub,
        json.with(sub, {{"canceled_at", given(sub.get("canceled_at")) ? sub.get("canceled_at")
                                                                      : Value::integer(now)},
                        {"cancellation_details",
                         json.with(shapedField(json, "subscription", "cancellation_details",
                                               json.object({})),
                                   {{"comment", detail("comment")},
                                    {"feedback", detail("feedback")},
                                    {"reason", reason}})},
                        {"ended_at", now},
                        {"status", "canceled"}}),
        {});
    for (const auto &invoice : allOf(host, call, "invoice", [&](const Value &known) {
             const auto status = known.get("status").text();
             return subscriptionOf(known) == id && yes(known.get("auto_advance")) &&
                    (status == "draft" || status == "open");
         }))
        replaceInvoice(
            host, call, invoice,
            json.with(invoice, {{"auto_advance", false}, {"next_payment_attempt", nullptr}}),
            "invoice.updated");
    host.tell(call, "customer.subscription.deleted", ended);
    const Value schedule = host.get(call, "subscription_schedule", str(sub.get("schedule")));
    if (const auto status = str(schedule.get("status"));
        status == "active" || status == "not_started")
        host.tell(
            call, "subscription_schedule.canceled",
            host.change(call, schedule,
                        {{"canceled_at", now}, {"current_phase", nullptr}, {"status", "canceled"}},
                        {}));
    return ended;
}

void invoicePaid(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const JsonMaker json = call.json();
    const Value sub = ofInvoice(host, call, invoice);
    if (sub.isUndefined() || hasEnded(sub))
        return;
    const auto status = str(sub.get("status"));
    Value method = sub.get("default_payment_method");
    if (str(sub.find("payment_settings.save_default_payment_method")) == "on_subscription") {
        const Value intent =
            host.get(call, "payment_intent", intentOf(host, str(invoice.get("id"))));
        if (given(intent.get("payment_method")))
            method = json.text(str(intent.get("payment_method")));
    }
    const bool resumes =
        status == "paused" && str(invoice.get("id")) == str(sub.get("latest_invoice"));
    const bool revives =
        status == "incomplete" || resumes ||
        ((status == "past_due" || status == "unpaid") && !owes(host, str(sub.get("id"))));
    const Value after = replaceSubscription(
        host, call, sub,
        json.with(sub, {{"default_payment_method", method},
                        {"status", revives ? std::string("active") : status},
                        {"status_details", resumes ? Value() : sub.get("status_details")}}),
        kUpdated);
    if (resumes)
        host.tell(call, "customer.subscription.resumed", after);
}

void invoiceFailed(ApiHost &host, const ApiCall &call, const Value &invoice, bool isLast)
{
    const Value sub = ofInvoice(host, call, invoice);
    if (sub.isUndefined() || hasEnded(sub))
        return;
    const auto status = str(sub.get("status"));
    const Value late =
        status == "active" || status == "trialing" ? setStatus(host, call, sub, "past_due") : sub;
    if (isLast && str(late.get("status")) == "past_due")
        afterLastRetry(host, call, late);
}

void invoiceProcessing(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const Value sub = ofInvoice(host, call, invoice);
    if (str(sub.get("status")) == "incomplete")
        setStatus(host, call, sub, "active");
}

void invoiceOverdue(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const Value sub = ofInvoice(host, call, invoice);
    if (str(sub.get("status")) == "active")
        setStatus(host, call, sub, "past_due");
}

} // namespace tw::stripe::billing
