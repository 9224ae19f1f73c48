// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kUpdated = "customer.subscription.updated";
constexpr std::int64_t kIncompleteFor = 23 * kHour;
constexpr std::int64_t kTrialNotice = 3 * kDay;
constexpr std::int64_t kUpcomingNotice = 7 * kDay;
constexpr int kMostSteps = 1'000;

std::string trialKey(const Value &sub)
{
    return str(sub.get("id")) + ":trial_will_end:" + std::to_string(whole(sub.get("trial_end")));
}

std::string upcomingKey(const Value &sub)
{
    return str(sub.get("id")) + ":upcoming:" + std::to_string(periodEnd(sub));
}

bool hasUpcoming(const Value &sub)
{
    std::int64_t start = 0;
    for (const auto &item : itemsOf(sub))
        start = std::max(start, periodOf(item).start);
    const auto ends = sub.get("cancel_at").toInt();
    return periodEnd(sub) - start > kUpcomingNotice && (!ends || *ends > periodEnd(sub));
}

/// The next moments of one subscription; 0 where there is none.
struct Moments
{
    std::int64_t expiry = 0, end = 0, trialNotice = 0, trialEnd = 0, upcoming = 0, renewal = 0,
                 collectionResumes = 0;

    std::optional<std::int64_t> first() const
    {
        std::optional<std::int64_t> least;
        for (const auto at :
             {expiry, end, trialNotice, trialEnd, upcoming, renewal, collectionResumes}) {
            if (at != 0 && (!least || at < *least))
                least = at;
        }
        return least;
    }
};

Moments momentsOf(ApiHost &host, const Value &sub)
{
    Moments moments;
    const auto status = str(sub.get("status"));
    if (hasEnded(sub) || status == "paused")
        return moments;
    if (status == "incomplete") {
        moments.expiry = whole(sub.get("created")) + kIncompleteFor;
        return moments;
    }
    moments.end = whole(sub.get("cancel_at"));
    moments.collectionResumes = whole(sub.find("pause_collection.resumes_at"));
    if (status == "trialing") {
        moments.trialEnd = whole(sub.get("trial_end"));
        if (!noticeGiven(host, trialKey(sub)))
            moments.trialNotice = moments.trialEnd - kTrialNotice;
        return moments;
    }
    moments.renewal = periodEnd(sub);
    if (hasUpcoming(sub) && !noticeGiven(host, upcomingKey(sub)))
        moments.upcoming = moments.renewal - kUpcomingNotice;
    return moments;
}

void expire(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const JsonMaker json = call.json();
    const auto now = host.now(sub).seconds();
    const Value invoice = host.get(call, "invoice", str(sub.get("latest_invoice")));
    if (str(invoice.get("status")) == "open")
        voidInvoice(host, call, invoice);
    replaceSubscription(host, call, sub,
                        json.with(sub, {{"ended_at", now}, {"status", "incomplete_expired"}}),
                        kUpdated);
}

/// Moves the items whose period is over into the next one and answers the lines for it.
std::vector<Value> advanceItems(ApiHost &host, const ApiCall &call, const Value &sub,
                                std::int64_t at, std::vector<Value> &items)
{
    std::vector<Value> lines;
    const auto anchor = whole(sub.get("billing_cycle_anchor"));
    for (auto &item : items) {
        if (periodOf(item).end > at)
            continue;
        const auto start = periodOf(item).end;
        const auto period =
            BillingPeriod{start, periodAround(anchor, cadenceOf(item.get("price")), start).end};
        item = withPeriod(call.json(), item, period);
        if (const auto line = itemLine(host, sub, item, period))
            lines.push_back(makeLine(host, call, *line));
    }
    return lines;
}

/// What a pause of collection does to a new invoice.
void applyPause(ApiHost &host, const ApiCall &call, const Value &invoice,
                std::string_view behaviour)
{
    if (behaviour == "keep_as_draft")
        return;
    const Value open = finalizeInvoice(host, call, invoice);
    if (str(open.get("status")) != "open")
        return;
    if (behaviour == "void")
        voidInvoice(host, call, open);
    else
        markUncollectible(host, call, open);
}

void renew(ApiHost &host, const ApiCall &call, const Value &sub, std::string_view status)
{
    const JsonMaker json = call.json();
    const auto now = host.now(sub).seconds();
    const Value customer = host.get(call, "customer", str(sub.get("customer")));
    auto items = itemsOf(sub);
    const auto at = status == "active" && str(sub.get("status")) == "trialing"
                        ? whole(sub.get("trial_end"))
                        : periodEnd(sub);
    const BillingPeriod over{periodOf(items.front()).start, at};
    const auto lines = advanceItems(host, call, sub, at, items);
    const auto pause = str(sub.find("pause_collection.behavior"));
    const bool collects = pause.empty() && status != "unpaid";
    InvoicePlan plan;
    plan.id = host.newId("in_");
    plan.billingReason = "subscription_cycle";
    plan.period = over;
    plan.advances = collects;
    plan.finalizesAt = collects ? now + kHour : 0;
    const Value moved = json.with(withItems(host, call, sub, items),
                                  {{"latest_invoice", plan.id}, {"status", status}});
    if (customer.isUndefined()) {
        endSubscription(host, call, sub, "cancellation_requested");
        return;
    }
    const Value draft = subscriptionInvoice(host, call, moved, customer, lines, plan);
    replaceSubscription(host, call, sub, moved, kUpdated);
    const Value invoice = keepInvoice(host, call, draft);
    if (!pause.empty())
        applyPause(host, call, invoice, pause);
    spendOnce(host, call, host.get(call, "subscription", str(sub.get("id"))));
}

void endTrial(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const JsonMaker json = call.json();
    const Value customer = host.get(call, "customer", str(sub.get("customer")));
    const auto wish = str(sub.find("trial_settings.end_behavior.missing_payment_method"));
    const bool pays = str(sub.get("collection_method")) == "send_invoice" ||
                      given(sub.get("default_payment_method")) || !methodOf(customer).empty();
    if (!pays && wish == "cancel") {
        endSubscription(host, call, sub, "cancellation_requested");
        return;
    }
    if (!pays && wish == "pause") {
        const Value paused = replaceSubscription(
            host, call, sub,
            json.with(
                sub,
                {{"status", "paused"},
                 {"status_details",
                  json.object(
                      {{"paused", json.object({{"subscription",
                                                json.object({{"type", "trial_end_without_payment_"
                                                                      "method"}})},
                                               {"transitioned_at", host.now(sub).seconds()},
                                               {"type", "subscription"}})}})}}),
            kUpdated);
        host.tell(call, "customer.subscription.paused", paused);
        return;
    }
    renew(host, call, sub, "active");
}

void tellUpcoming(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const Value customer = host.get(call, "customer", str(sub.get("customer")));
    auto items = itemsOf(sub);
    const auto lines = advanceItems(host, call, sub, periodEnd(sub), items);
    InvoicePlan plan;
    plan.id = "upcoming_" + str(sub.get("id"));
    plan.billingReason = "upcoming";
    plan.period = periodOf(itemsOf(sub).front());
    const Value invoice = subscriptionInvoice(host, call, sub, customer, lines, plan);
    // It is not an invoice yet and has no id.
    host.tell(call, "invoice.upcoming",
              call.json().with(
                  invoice, {{"id", Value()}, {"next_payment_attempt", periodEnd(sub) + kHour}}));
}

bool step(ApiHost &host, const ApiCall &call, const Value &sub, std::int64_t now)
{
    const Moments moments = momentsOf(host, sub);
    const auto first = moments.first();
    if (!first || *first > now)
        return false;
    const auto isNext = [&](std::int64_t at) { return at != 0 && at == *first; };
    if (isNext(moments.expiry)) {
        expire(host, call, sub);
    } else if (isNext(moments.end)) {
        endSubscription(host, call, sub, "cancellation_requested");
    } else if (isNext(moments.collectionResumes)) {
        replaceSubscription(host, call, sub, call.json().with(sub, {{"pause_collection", nullptr}}),
                            kUpdated);
    } else if (isNext(moments.trialNotice)) {
        if (noticeDue(host, call, trialKey(sub)))
            host.tell(call, "customer.subscription.trial_will_end", sub);
        arm(host, sub);
    } else if (isNext(moments.trialEnd)) {
        endTrial(host, call, sub);
    } else if (isNext(moments.upcoming)) {
        if (noticeDue(host, call, upcomingKey(sub)))
            tellUpcoming(host, call, sub);
        arm(host, sub);
    } else {
        renew(host, call, sub, str(sub.get("status")));
    }
    return true;
}

} // namespace

std::optional<std::int64_t> subscriptionDue(ApiHost &host, const Value &subscription)
{
    return momentsOf(host, subscription).first();
}

void wakeSubscription(ApiHost &host, const ApiCall &call, const Value &subscription,
                      std::int64_t now)
{
    const auto id = str(subscription.get("id"));
    for (int steps = 0; steps < kMostSteps; ++steps) {
        const Value current = host.get(call, "subscription", id);
        if (current.isUndefined() || !step(host, call, current, now))
            return;
    }
}

} // namespace tw::stripe::billing
