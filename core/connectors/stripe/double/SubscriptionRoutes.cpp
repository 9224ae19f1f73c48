// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BillingLists.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/SubscriptionCreate.h"
#include "core/connectors/stripe/double/SubscriptionSchedules.h"
#include "core/connectors/stripe/double/SubscriptionUpdate.h"

#include <algorithm>

namespace tw::stripe {

namespace billing {

namespace {

constexpr std::string_view kType = "subscription";
constexpr std::string_view kUpdated = "customer.subscription.updated";

HttpResponse answerOf(const Outcome<Value> &made)
{
    return made ? answers::ok(*made) : made.error();
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    return answerOf(createSubscription(host, call));
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const auto sub = named(host, call, kType);
    return sub ? answerOf(updateSubscription(host, call, *sub)) : sub.error();
}

/// Bills what waits for the subscription, before it ends.
void lastInvoice(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const Value customer = host.get(call, "customer", str(sub.get("customer")));
    if (pendingItems(host, call, str(customer.get("id")), str(sub.get("id")),
                     str(sub.get("currency")))
            .empty())
        return;
    InvoicePlan plan;
    plan.billingReason = "subscription_update";
    const Value draft = subscriptionInvoice(host, call, sub, customer, {}, plan);
    billNow(host, call, draft, true);
    const Value current = host.get(call, kType, str(sub.get("id")));
    replaceSubscription(host, call, current,
                        call.json().with(current, {{"latest_invoice", draft.get("id")}}), {});
}

HttpResponse cancel(ApiHost &host, const ApiCall &call)
{
    const auto sub = named(host, call, kType);
    if (!sub)
        return sub.error();
    if (hasEnded(*sub))
        return answers::missingObject(kType, call.id());
    if (call.flag("prorate") && str(sub->get("status")) == "active")
        creditUnused(host, call, *sub, host.now(*sub).seconds());
    if (call.flag("invoice_now"))
        lastInvoice(host, call, *sub);
    const Value current = host.get(call, kType, call.id());
    return answers::ok(endSubscription(host, call, current, "cancellation_requested",
                                       call.params.get("cancellation_details")));
}

HttpResponse resume(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto sub = named(host, call, kType);
    if (!sub)
        return sub.error();
    if (str(sub->get("status")) != "paused")
        return invalid("id", "Only a paused subscription can be resumed.");
    const auto now = host.now(*sub).seconds();
    const bool anew = call.text("billing_cycle_anchor.type") != "unchanged";
    UpdatePlan plan;
    plan.restarts = plan.bills = anew;
    plan.after = json.with(*sub, {{"billing_cycle_anchor",
                                   anew ? Value::integer(now) : sub->get("billing_cycle_anchor")}});
    const auto anchor = whole(plan.after.get("billing_cycle_anchor"));
    for (const auto &item : itemsOf(*sub)) {
        const auto period = periodAround(anchor, cadenceOf(item.get("price")), now);
        plan.items.push_back(withPeriod(json, item, period));
        const auto line = itemLine(host, *sub, plan.items.back(), period);
        if (line)
            plan.lines.push_back(makeLine(host, call, *line));
    }
    if (!anew)
        plan.after = json.with(plan.after, {{"status", "active"}, {"status_details", Value()}});
    const auto done = carryOut(host, call, *sub, plan, {});
    if (!done)
        return done.error();
    const Value after = host.get(call, kType, call.id());
    if (!anew)
        host.tell(call, "customer.subscription.resumed", after);
    return answers::ok(after);
}

HttpResponse pause(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto sub = named(host, call, kType);
    if (!sub)
        return sub.error();
    if (const auto status = str(sub->get("status")); status != "active" && status != "trialing")
        return invalid("id", "Only an active or trialing subscription can be paused.");
    const auto now = host.now(*sub).seconds();
    if (call.text("bill_for.unused_time_from.type") == "now")
        creditUnused(host, call, *sub, now);
    if (call.text("invoicing_behavior") == "invoice")
        lastInvoice(host, call, *sub);
    const Value current = host.get(call, kType, call.id());
    const Value why = json.object({{"subscription", json.object({{"type", "pause_requested"}})},
                                   {"transitioned_at", now},
                                   {"type", "subscription"}});
    const Value paused = replaceSubscription(
        host, call, current,
        json.with(current,
                  {{"status", "paused"}, {"status_details", json.object({{"paused", why}})}}),
        kUpdated);
    host.tell(call, "customer.subscription.paused", paused);
    return answers::ok(paused);
}

HttpResponse migrate(ApiHost &host, const ApiCall &call)
{
    const auto sub = named(host, call, kType);
    if (!sub)
        return sub.error();
    const JsonMaker json = call.json();
    return answers::ok(replaceSubscription(
        host, call, *sub,
        json.with(*sub,
                  {{"billing_mode", json.object({{"flexible", nullptr},
                                                 {"type", "flexible"},
                                                 {"updated_at", host.now(*sub).seconds()}})}}),
        kUpdated));
}

HttpResponse dropDiscount(ApiHost &host, const ApiCall &call)
{
    const auto sub = named(host, call, kType);
    if (!sub)
        return sub.error();
    const auto ids = idsIn(sub->get("discounts"));
    if (ids.empty())
        return answers::missingObject("discount", call.id());
    const Value discount = host.get(call, "discount", ids.front());
    replaceSubscription(host, call, *sub,
                        call.json().with(*sub, {{"discounts", call.json().array({})}}), kUpdated);
    host.remove(call, discount, "customer.discount.deleted");
    return answers::ok(call.json().with(discount, {{"deleted", true}}));
}

/// An item call as the update of its subscription that it is.
HttpResponse changeItems(ApiHost &host, const ApiCall &call, const Value &sub, const Value &entry)
{
    const Value params = call.json().with(call.params, {{"items", call.json().array({entry})}});
    const auto plan = planUpdate(host, call, sub, params);
    if (!plan)
        return plan.error();
    const auto done = carryOut(host, call, sub, *plan, call.text("payment_behavior"));
    if (!done)
        return done.error();
    const auto id = str(entry.get("id"));
    if (yes(entry.get("deleted")))
        return deletedAnswer(call,
                             call.json().object({{"id", id}, {"object", "subscription_item"}}));
    return answers::ok(
        host.get(call, "subscription_item", id.empty() ? str(plan->items.back().get("id")) : id));
}

HttpResponse createItem(ApiHost &host, const ApiCall &call)
{
    const auto sub = needed(host, call, kType, call.text("subscription"), "subscription");
    return sub ? changeItems(host, call, *sub, call.params) : sub.error();
}

HttpResponse updateItem(ApiHost &host, const ApiCall &call)
{
    const auto item = named(host, call, "subscription_item");
    if (!item)
        return item.error();
    const auto sub = needed(host, call, kType, str(item->get("subscription")), "id");
    return sub ? changeItems(host, call, *sub, call.json().with(call.params, {{"id", call.id()}}))
               : sub.error();
}

HttpResponse deleteItem(ApiHost &host, const ApiCall &call)
{
    const auto item = named(host, call, "subscription_item");
    if (!item)
        return item.error();
    const auto sub = needed(host, call, kType, str(item->get("subscription")), "id");
    if (!sub)
        return sub.error();
    return changeItems(host, call, *sub,
                       call.json().object({{"id", call.id()}, {"deleted", true}}));
}

HttpResponse listSubscriptions(ApiHost &host, const ApiCall &call)
{
    // Without a status only those that have not ended are listed.
    const auto status = call.text("status");
    const auto fits = [&](const Value &sub) {
        const bool byStatus =
            status == "all" || (status.empty()      ? str(sub.get("status")) != "canceled"
                                : status == "ended" ? hasEnded(sub)
                                                    : str(sub.get("status")) == status);
        const auto wanted = [&](const char *name) {
            return !call.has(name) || str(sub.get(name)) == call.text(name);
        };
        const auto hasPrice = [&] {
            const auto items = itemsOf(sub);
            return !call.has("price") ||
                   std::any_of(items.begin(), items.end(), [&](const Value &item) {
                       return str(item.get("price")) == call.text("price");
                   });
        };
        return byStatus && wanted("customer") && wanted("collection_method") &&
               wanted("test_clock") && hasPrice();
    };
    const auto inRange = [&](const Value &sub) {
        const auto created = whole(sub.get("created"));
        const Value range = call.params.get("created");
        if (range.isString())
            return created == whole(range);
        return created >= whole(range.get("gte"), created) &&
               created <= whole(range.get("lte"), created) &&
               (range.get("gt").isUndefined() || created > whole(range.get("gt"))) &&
               (range.get("lt").isUndefined() || created < whole(range.get("lt")));
    };
    auto found =
        allOf(host, call, kType, [&](const Value &sub) { return fits(sub) && inRange(sub); });
    std::reverse(found.begin(), found.end());
    return pageOf(call, found, "/v1/subscriptions");
}

} // namespace

} // namespace billing

void addSubscriptionRoutes(ApiRoutes &routes)
{
    routes.add("GET", "/v1/subscriptions", billing::listSubscriptions);
    routes.add("POST", "/v1/subscriptions", billing::create);
    routes.add("POST", "/v1/subscriptions/{id}", billing::update);
    routes.add("DELETE", "/v1/subscriptions/{id}", billing::cancel);
    routes.add("POST", "/v1/subscriptions/{id}/resume", billing::resume);
    routes.add("POST", "/v1/subscriptions/{id}/pause", billing::pause);
    routes.add("POST", "/v1/subscriptions/{id}/migrate", billing::migrate);
    routes.add("DELETE", "/v1/subscriptions/{id}/discount", billing::dropDiscount);
    routes.add("POST", "/v1/subscription_items", billing::createItem);
    routes.add("POST", "/v1/subscription_items/{id}", billing::updateItem);
    routes.add("DELETE", "/v1/subscription_items/{id}", billing::deleteItem);
    billing::addScheduleRoutes(routes);
    billing::addTestClockRoutes(routes);
    billing::addListRoutes(routes, {"/v1/subscription_items", "/v1/subscription_schedules"});
}

} // namespace tw::stripe
