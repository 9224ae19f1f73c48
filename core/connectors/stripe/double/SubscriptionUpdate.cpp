// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/SubscriptionUpdate.h"

#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceItems.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/SubscriptionCreate.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "subscription";

Value itemRates(const std::vector<Value> &items, const std::string &id)
{
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const Value &item) { return item.get("id").text() == id; });
    return found == items.end() ? Value() : found->get("tax_rates");
}

/// The fields that a call sets as they are.
Value withPlainFields(const ApiCall &call, const Value &sub)
{
    const JsonMaker json = call.json();
    const auto keep = [&](std::string_view name) { return kept(call, kType, sub, name); };
    Value settings = sub.get("payment_settings");
    if (const Value sent = call.params.get("payment_settings"); sent.isObject())
        settings = json.with(settings, {{"save_default_payment_method",
                                         given(sent.get("save_default_payment_method"))
                                             ? sent.get("save_default_payment_method")
                                             : settings.get("save_default_payment_method")}});
    const Value pause = call.params.get("pause_collection");
    Value paused = sub.get("pause_collection");
    if (pause.isObject())
        paused = json.object({{"behavior", pause.get("behavior")},
                              {"resumes_at", orNull(whole(pause.get("resumes_at")))}});
    else if (!pause.isUndefined())
        paused = Value::null();
    return json.with(
        sub, {{"application_fee_percent", keep("application_fee_percent")},
              {"billing_thresholds", keep("billing_thresholds")},
              {"collection_method", keep("collection_method")},
              {"days_until_due", keep("days_until_due")},
              {"default_payment_method", keep("default_payment_method")},
              {"default_source", keep("default_source")},
              {"description", keep("description")},
              {"metadata", mergedMetadata(json, sub.get("metadata"), call.params.get("metadata"))},
              {"pause_collection", paused},
              {"payment_settings", settings},
              {"pending_invoice_item_interval", keep("pending_invoice_item_interval")},
              {"trial_settings", keep("trial_settings")}});
}

Value withCancellation(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const JsonMaker json = call.json();
    const auto now = host.now(sub).seconds();
    Value after = sub;
    if (const Value details = call.params.get("cancellation_details"); details.isObject()) {
        const Value old = sub.get("cancellation_details");
        const auto part = [&](const char *name) {
            return details.get(name).isUndefined() ? old.get(name)
                                                   : orNull(json, str(details.get(name)));
        };
        after = json.with(
            after, {{"cancellation_details", json.with(old, {{"comment", part("comment")},
                                                             {"feedback", part("feedback")}})}});
    }
    if (!call.has("cancel_at_period_end") && !call.has("cancel_at"))
        return after;
    const bool atEnd = call.flag("cancel_at_period_end");
    auto moment = call.number("cancel_at");
    const auto wish = call.text("cancel_at");
    if (atEnd || wish == "min_period_end")
        moment = periodEnd(sub);
    if (wish == "max_period_end") {
        for (const auto &item : itemsOf(sub))
            moment = std::max(moment, periodOf(item).end);
    }
    const Value reason = moment == 0 ? Value::null() : json.text("cancellation_requested");
    return json.with(after, {{"cancel_at", orNull(moment)},
                             {"cancel_at_period_end", atEnd},
                             {"canceled_at", moment == 0 ? Value::null() : Value::integer(now)},
                             {"cancellation_details",
                              json.with(after.get("cancellation_details"), {{"reason", reason}})}});
}

Outcome<Value> withLists(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const JsonMaker json = call.json();
    Value after = sub;
    if (call.has("default_tax_rates")) {
        const auto rates =
            ratesIn(host, call, call.params.get("default_tax_rates"), "default_tax_rates");
        if (!rates)
            return rates.error();
        after = json.with(after, {{"default_tax_rates", *rates}});
    }
    if (call.has("discounts")) {
        // A discount that is named stays the one it is.
        std::vector<std::string> ids;
        for (const auto &entry : call.params.get("discounts").items()) {
            if (given(entry.get("discount"))) {
                ids.push_back(str(entry.get("discount")));
                continue;
            }
            const auto made =
                redeem(host, call, json.array({entry}),
                       {.customer = str(sub.get("customer")), .subscription = str(sub.get("id"))},
                       host.now(sub).seconds());
            if (!made)
                return made.error();
            ids.insert(ids.end(), made->begin(), made->end());
        }
        after = json.with(after, {{"discounts", texts(json, ids)}});
    }
    if (const auto method = call.text("default_payment_method");
        !method.empty() && host.get(call, "payment_method", method).isUndefined())
        return invalid("default_payment_method", "No such PaymentMethod: '" + method + "'",
                       "resource_missing");
    return after;
}

/// The draft that bills a change at once, with its prorations as lines.
Value draftFor(ApiHost &host, const ApiCall &call, const Value &sub, const Value &customer,
               const UpdatePlan &plan, const std::string &id)
{
    InvoicePlan invoice;
    invoice.id = id;
    invoice.billingReason = "subscription_update";
    return subscriptionInvoice(host, call, sub, customer, plan.lines, invoice);
}

} // namespace

Outcome<Value> carryOut(ApiHost &host, const ApiCall &call, const Value &before,
                        const UpdatePlan &plan, std::string_view paymentBehaviour)
{
    const JsonMaker json = call.json();
    const Value customer = host.get(call, "customer", str(before.get("customer")));
    Value paid;
    if (plan.bills && paymentBehaviour == "error_if_incomplete" &&
        str(before.get("collection_method")) == "charge_automatically") {
        InvoicePlan trial;
        trial.billingReason = "subscription_update";
        std::vector<Value> lines = plan.lines;
        for (const auto &line : plan.prorations)
            lines.push_back(makeLine(host, call, line));
        const Value draft = subscriptionInvoice(host, call, plan.after, customer, lines, trial);
        if (whole(draft.get("amount_due")) > 0) {
            const auto charged = chargeFirst(host, call, draft, methodFor(host, draft));
            if (!charged)
                return charged.error();
            paid = *charged;
        }
    }
    for (const auto &line : plan.prorations)
        makeInvoiceItem(host, call, line, customer, itemRates(plan.items, line.subscriptionItem));
    Value after = withItems(host, call, before, plan.items);
    after = json.with(plan.after, {{"items", after.get("items")}});
    const auto id = plan.bills ? host.newId("in_") : std::string();
    if (plan.bills)
        after = json.with(after, {{"latest_invoice", id}});
    after = replaceSubscription(host, call, before, after, "customer.subscription.updated");
    if (!plan.bills)
        return after;
    const bool sends = str(after.get("collection_method")) == "send_invoice";
    const Value draft = draftFor(host, call, after, customer, plan, id);
    if (sends) {
        Value open = finalizeInvoice(host, call, keepInvoice(host, call, draft));
        if (str(open.get("status")) == "open")
            host.tell(call, "invoice.sent", open);
    } else {
        billNow(host, call, draft, paymentBehaviour != "default_incomplete", paid);
    }
    return spendOnce(host, call, host.get(call, kType, str(before.get("id"))));
}

Outcome<Value> updateSubscription(ApiHost &host, const ApiCall &call, const Value &sub)
{
    if (hasEnded(sub)) {
        const auto canceled = call.has("metadata") || call.has("cancellation_details");
        if (!canceled || call.has("items"))
            return invalid("id",
                           "A canceled subscription can only change its cancellation details "
                           "and metadata.",
                           "invalid_canceled_subscription_fields");
    }
    const auto lists = withLists(host, call, sub);
    if (!lists)
        return lists.error();
    Value after = withPlainFields(call, *lists);
    const Value customer = host.get(call, "customer", str(sub.get("customer")));
    auto plan = planUpdate(host, call, after, call.params);
    if (!plan)
        return plan.error();
    if (const auto extra =
            addExtraItems(host, call, sub, customer, {host.now(sub).seconds(), periodEnd(sub)});
        !extra)
        return extra.error();
    UpdatePlan whole = *plan;
    // The end of a period is that of the new items.
    whole.after = withCancellation(
        host, call,
        call.json().with(whole.after, {{"items", listOf(call.json(), whole.items, {})}}));
    return carryOut(host, call, sub, whole, call.text("payment_behavior"));
}

} // namespace tw::stripe::billing
