// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceItems.h"
#include "core/connectors/stripe/double/PriceMath.h"
#include "core/connectors/stripe/double/Proration.h"
#include "core/connectors/stripe/double/SubscriptionCreate.h"
#include "core/connectors/stripe/double/SubscriptionUpdate.h"

#include <algorithm>
#include <chrono>

namespace tw::stripe::billing {

namespace {

/// One item before and after the change; undefined where it is new or goes.
struct ItemChange
{
    Value before, after;
    bool isChange() const
    {
        return before.isUndefined() || after.isUndefined() ||
               !equals(before.get("price"), after.get("price")) ||
               whole(before.get("quantity"), 1) != whole(after.get("quantity"), 1);
    }
    bool changesCadence() const
    {
        return before.isObject() && after.isObject() &&
               cadenceOf(before.get("price")) != cadenceOf(after.get("price"));
    }
};

std::string dateText(std::int64_t seconds)
{
    const std::chrono::year_month_day date =
        std::chrono::sys_days(std::chrono::days(seconds / kDay));
    const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(int(date.year())) + '-' + two(unsigned(date.month())) + '-' +
           two(unsigned(date.day()));
}

Outcome<Value> changedItem(ApiHost &host, const ApiCall &call, const Value &sub, const Value &item,
                           const Value &entry, const std::string &at)
{
    const JsonMaker json = call.json();
    Value after = item;
    if (given(entry.get("price")) || given(entry.get("plan")) ||
        entry.get("price_data").isObject()) {
        const auto made = itemIn(host, call, json.with(entry, {{"discounts", Value()}}),
                                 str(sub.get("currency")), at, {}, str(sub.get("customer")));
        if (!made)
            return made.error();
        ItemPlan plan = *made;
        plan.id = str(item.get("id"));
        plan.quantity = whole(item.get("quantity"), 1);
        const Value fresh = makeItem(host, call, plan, str(sub.get("id")), periodOf(item),
                                     whole(item.get("created")));
        after = json.with(item, {{"plan", fresh.get("plan")},
                                 {"price", fresh.get("price")},
                                 {"quantity", fresh.get("quantity")}});
    }
    if (given(entry.get("quantity")))
        after = json.with(after, {{"quantity", whole(entry.get("quantity"))}});
    if (!entry.get("tax_rates").isUndefined()) {
        const auto rates = ratesIn(host, call, entry.get("tax_rates"), at + "[tax_rates]");
        if (!rates)
            return rates.error();
        after = json.with(after, {{"tax_rates", *rates}});
    }
    if (!entry.get("discounts").isUndefined()) {
        const auto made = redeem(host, call, entry.get("discounts"),
                                 {.customer = str(sub.get("customer")),
                                  .subscription = str(sub.get("id")),
                                  .subscriptionItem = str(item.get("id"))},
                                 host.now(sub).seconds());
        if (!made)
            return made.error();
        after = json.with(after, {{"discounts", texts(json, *made)}});
    }
    return json.with(
        after, {{"metadata", mergedMetadata(json, item.get("metadata"), entry.get("metadata"))}});
}

Outcome<std::vector<ItemChange>> changesIn(ApiHost &host, const ApiCall &call, const Value &sub,
                                           const Value &list)
{
    std::vector<ItemChange> changes;
    for (const auto &item : itemsOf(sub))
        changes.push_back({item, item});
    const auto start = host.now(sub).seconds();
    std::size_t count = 0;
    for (const auto &entry : list.items()) {
        const auto at = "items[" + std::to_string(count++) + "]";
        const auto id = str(entry.get("id"));
        const auto known = std::find_if(changes.begin(), changes.end(), [&](const auto &change) {
            return !id.empty() && str(change.before.get("id")) == id;
        });
        if (!id.empty() && known == changes.end())
            return invalid(at + "[id]", "No such subscription item: '" + id + "'",
                           "resource_missing");
        if (known != changes.end() && yes(entry.get("deleted"))) {
            known->after = Value();
            continue;
        }
        if (known != changes.end()) {
            const auto after = changedItem(host, call, sub, known->before, entry, at);
            if (!after)
                return after.error();
            known->after = *after;
            continue;
        }
        const auto made = itemIn(host, call, entry, str(sub.get("currency")), at,
                                 str(sub.get("id")), str(sub.get("customer")));
        if (!made)
            return made.error();
        const auto anchor = whole(sub.get("billing_cycle_anchor"));
        const auto around = periodAround(anchor, cadenceOf(made->price), start);
        const bool isTrial = str(sub.get("status")) == "trialing";
        changes.push_back(
            {Value(),
             makeItem(host, call, *made, str(sub.get("id")),
                      {start, isTrial ? whole(sub.get("trial_end")) : around.end}, start)});
    }
    if (std::all_of(changes.begin(), changes.end(),
                    [](const auto &change) { return change.after.isUndefined(); }))
        return invalid("items", "A subscription needs an item. Cancel it instead.");
    return changes;
}

std::optional<ProratedItem> costOf(const Value &item, const Value &sub)
{
    if (item.isUndefined() || item.find("price.recurring.usage_type").text() == "metered")
        return std::nullopt;
    const auto quantity = whole(item.get("quantity"), 1);
    const auto amount = priceAmount(item.get("price"), quantity);
    if (!amount)
        return std::nullopt;
    // A period that began late (a new item) still costs its share of the whole one.
    const auto own = periodOf(item);
    const auto whole_ = periodAround(whole(sub.get("billing_cycle_anchor")),
                                     cadenceOf(item.get("price")), own.start);
    return ProratedItem{
        *amount, quantity, {own.end == whole_.end ? whole_.start : own.start, own.end}};
}

LinePlan prorationLine(ApiHost &host, const Value &sub, const Value &item,
                       const ProrationPart &part, std::int64_t at)
{
    const auto base = itemLine(host, sub, item, part.period, part.amount);
    LinePlan line = base ? *base : LinePlan();
    line.amount = part.amount;
    line.description = (part.credit ? "Unused part of " : "Remaining part of ") + line.description +
                       " from " + dateText(at);
    line.proration = true;
    line.metadata = Value();
    return line;
}

/// Refuses what the rest of the plan cannot mean; answers when the proration counts from.
Outcome<std::int64_t> prorationTime(const Value &params, const Value &sub, std::int64_t now)
{
    const auto at = whole(params.get("proration_date"), now);
    if (at > now ||
        (given(params.get("proration_date")) && at < periodOf(itemsOf(sub).front()).start))
        return invalid("proration_date", "The proration date must lie in the current period.");
    return at;
}

} // namespace

Outcome<UpdatePlan> planUpdate(ApiHost &host, const ApiCall &call, const Value &sub,
                               const Value &params)
{
    const JsonMaker json = call.json();
    const auto now = host.now(sub).seconds();
    const auto changes = changesIn(host, call, sub, params.get("items"));
    if (!changes)
        return changes.error();
    const auto at = prorationTime(params, sub, now);
    if (!at)
        return at.error();
    const auto status = str(sub.get("status"));
    const bool isTrial = status == "trialing";
    const auto behaviour = str(params.get("proration_behavior"));
    const bool prorates = behaviour != "none" && !isTrial && !hasEnded(sub) && status != "paused";
    const auto trialEnd = params.get("trial_end");
    const bool endsTrial = isTrial && str(trialEnd) == "now";
    const auto newTrial = given(trialEnd) && str(trialEnd) != "now" ? whole(trialEnd) : 0;
    if (newTrial != 0 && newTrial <= now)
        return invalid("trial_end", "The end of the trial must lie in the future, or be 'now'.");
    const bool cadence = !isTrial && std::any_of(changes->begin(), changes->end(),
                                                 [](const auto &c) { return c.changesCadence(); });
    UpdatePlan plan;
    plan.restarts = newTrial == 0 && (endsTrial || cadence ||
                                      params.find("billing_cycle_anchor.type").text() == "now");
    plan.bills = plan.restarts || (prorates && behaviour == "always_invoice");
    const auto step = multipleOf(str(sub.get("currency")));
    for (const auto &change : *changes) {
        const bool moves = change.isChange() || plan.restarts || newTrial != 0;
        if (prorates && moves) {
            const bool billsRest = !plan.restarts && newTrial == 0;
            for (const auto &part :
                 prorate(costOf(change.before, sub),
                         billsRest ? costOf(change.after, sub) : std::nullopt, *at, step)) {
                if (part.amount != 0)
                    plan.prorations.push_back(prorationLine(
                        host, sub, part.credit ? change.before : change.after, part, *at));
            }
        }
        if (change.after.isUndefined())
            continue;
        Value item = change.after;
        if (newTrial != 0)
            item = withPeriod(json, item, {now, newTrial});
        else if (plan.restarts)
            item = withPeriod(json, item, periodAround(now, cadenceOf(item.get("price")), now));
        plan.items.push_back(item);
    }
    const Value begun = plan.restarts ? Value::integer(now) : sub.get("billing_cycle_anchor");
    plan.after =
        json.with(sub, {{"billing_cycle_anchor", newTrial != 0 ? Value::integer(newTrial) : begun},
                        {"status", newTrial != 0 ? std::string("trialing")
                                   : endsTrial   ? std::string("active")
                                                 : status},
                        {"trial_end", newTrial != 0 ? Value::integer(newTrial)
                                      : endsTrial   ? Value::integer(now)
                                                    : sub.get("trial_end")},
                        {"trial_start", newTrial != 0 && !isTrial ? Value::integer(now)
                                                                  : sub.get("trial_start")}});
    if (!plan.restarts)
        return plan;
    for (const auto &item : plan.items) {
        const auto line = itemLine(host, sub, item, periodOf(item));
        if (!line)
            return line.error();
        plan.lines.push_back(makeLine(host, call, *line));
    }
    return plan;
}

void creditUnused(ApiHost &host, const ApiCall &call, const Value &sub, std::int64_t at)
{
    const Value customer = host.get(call, "customer", str(sub.get("customer")));
    for (const auto &item : itemsOf(sub)) {
        for (const auto &part :
             prorate(costOf(item, sub), std::nullopt, at, multipleOf(str(sub.get("currency"))))) {
            if (part.amount != 0)
                makeInvoiceItem(host, call, prorationLine(host, sub, item, part, at), customer,
                                item.get("tax_rates"));
        }
    }
}

} // namespace tw::stripe::billing
