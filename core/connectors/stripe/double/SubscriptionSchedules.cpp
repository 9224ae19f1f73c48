// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/SubscriptionSchedules.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/SubscriptionCreate.h"
#include "core/connectors/stripe/double/SubscriptionUpdate.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "subscription_schedule";
constexpr std::string_view kUpdated = "subscription_schedule.updated";

bool isOver(const Value &schedule)
{
    const auto status = schedule.get("status").text();
    return status != "not_started" && status != "active";
}

Value replaceSchedule(ApiHost &host, const ApiCall &call, const Value &before, const Value &after,
                      std::string_view event)
{
    const auto to = [&](std::string_view name) { return JsonMaker::Member(name, after.get(name)); };
    const Value kept = host.change(call, before,
                                   {to("canceled_at"), to("completed_at"), to("current_phase"),
                                    to("default_settings"), to("end_behavior"), to("metadata"),
                                    to("phases"), to("released_at"), to("released_subscription"),
                                    to("status"), to("subscription")},
                                   event);
    rearm(host, before, kept);
    return kept;
}

/// When a phase that begins at `start` ends.
Outcome<std::int64_t> endOf(ApiHost &host, const ApiCall &call, const Value &phase,
                            std::int64_t start, const std::string &at)
{
    if (given(phase.get("end_date"))) {
        const auto end = str(phase.get("end_date")) == "now" ? host.now().seconds()
                                                             : whole(phase.get("end_date"));
        if (end <= start)
            return invalid(at + "[end_date]", "A phase must end after it begins.");
        return end;
    }
    if (const Value duration = phase.get("duration"); duration.isObject())
        return boundary(
            start,
            Cadence::of(duration.get("interval").text(), whole(duration.get("interval_count"), 1)),
            1);
    const Value item = phase.find("items.0");
    const Value price = host.get(call, "price", str(item.get("price")));
    return boundary(start,
                    price.isObject()
                        ? cadenceOf(price)
                        : Cadence::of(item.find("price_data.recurring.interval").text(), 1),
                    1);
}

Outcome<Value> phaseItems(ApiHost &host, const ApiCall &call, const Value &phase,
                          const std::string &at, const std::string &customer)
{
    const JsonMaker json = call.json();
    std::vector<Value> items;
    for (const auto &entry : phase.get("items").items()) {
        const auto item =
            itemIn(host, call, json.with(entry, {{"discounts", Value()}}), {},
                   at + "[items][" + std::to_string(items.size()) + "]", {}, customer);
        if (!item)
            return item.error();
        items.push_back(json.object({{"billing_thresholds", nullptr},
                                     {"discounts", json.array({})},
                                     {"metadata", item->metadata},
                                     {"plan", item->price.get("id")},
                                     {"price", item->price.get("id")},
                                     {"quantity", item->quantity},
                                     {"tax_rates", item->taxRates}}));
    }
    if (items.empty())
        return answers::missingParam(at + "[items]");
    return toArray(call.arena, items);
}

Outcome<Value> phasesIn(ApiHost &host, const ApiCall &call, const Value &list, std::int64_t start,
                        const std::string &customer)
{
    const JsonMaker json = call.json();
    std::vector<Value> phases;
    const Value shaped = shapedField(json, kType, "phases", list);
    std::size_t at = 0;
    for (const auto &phase : list.items()) {
        const auto name = "phases[" + std::to_string(at) + "]";
        const Value sent = phase.get("start_date");
        const auto begins = given(sent) && str(sent) != "now" ? whole(sent) : start;
        const auto end = endOf(host, call, phase, begins, name);
        const auto items = phaseItems(host, call, phase, name, customer);
        if (!end || !items)
            return end ? items.error() : end.error();
        const Value price = host.get(call, "price", str(items->find("0.price")));
        phases.push_back(json.with(
            shaped.at(static_cast<std::uint32_t>(at)),
            {{"add_invoice_items", json.array({})},
             {"currency", price.get("currency")},
             {"discounts", json.array({})},
             {"duration", Value()},
             {"end_date", *end},
             {"items", *items},
             {"metadata", mergedMetadata(json, {}, phase.get("metadata"))},
             {"proration_behavior", given(phase.get("proration_behavior"))
                                        ? phase.get("proration_behavior")
                                        : json.text("create_prorations")},
             {"start_date", begins},
             {"trial", Value()},
             {"trial_end", yes(phase.get("trial")) ? Value::integer(*end)
                                                   : orNull(whole(phase.get("trial_end")))}}));
        start = *end;
        ++at;
    }
    return toArray(call.arena, phases);
}

Value itemsForm(const JsonMaker &json, const Value &phase)
{
    std::vector<Value> items;
    for (const auto &item : phase.get("items").items()) {
        std::vector<std::string> rates;
        for (const auto &rate : item.get("tax_rates").items())
            rates.push_back(str(rate));
        items.push_back(formOf(json, {{"metadata", item.get("metadata")},
                                      {"price", item.get("price")},
                                      {"quantity", item.get("quantity")},
                                      {"tax_rates", texts(json, rates)}}));
    }
    return toArray(json.arena(), items);
}

/// The items of a phase as changes of those that the subscription has: what keeps its price stays,
/// the others take each other's places.
Value itemChanges(const JsonMaker &json, const Value &sub, const Value &phase)
{
    std::vector<Value> changes, wanted;
    auto left = itemsOf(sub);
    const Value forms = itemsForm(json, phase);
    for (const auto &form : forms.items()) {
        const auto same = std::find_if(left.begin(), left.end(), [&](const Value &item) {
            return str(item.get("price")) == form.get("price").text();
        });
        if (same == left.end()) {
            wanted.push_back(form);
            continue;
        }
        changes.push_back(json.with(form, {{"id", same->get("id")}}));
        left.erase(same);
    }
    for (const auto &form : wanted) {
        changes.push_back(left.empty() ? form : json.with(form, {{"id", left.front().get("id")}}));
        if (!left.empty())
            left.erase(left.begin());
    }
    for (const auto &item : left)
        changes.push_back(json.object({{"id", item.get("id")}, {"deleted", "true"}}));
    return toArray(json.arena(), changes);
}

Value currentPhase(const JsonMaker &json, const Value &phase)
{
    return json.object(
        {{"end_date", phase.get("end_date")}, {"start_date", phase.get("start_date")}});
}

/// Makes the subscription of a schedule, or brings it to the phase.
Outcome<Value> enter(ApiHost &host, const ApiCall &call, const Value &schedule, const Value &phase)
{
    const JsonMaker json = call.json();
    const auto at = [&](const char *name) {
        const Value own = phase.get(name);
        return given(own) ? own : schedule.get("default_settings").get(name);
    };
    ApiCall inner = call;
    const Value sub = host.get(call, "subscription", str(schedule.get("subscription")));
    if (sub.isUndefined()) {
        inner.params = json.with(
            formOf(json, {{"collection_method", at("collection_method")},
                          {"customer", schedule.get("customer")},
                          {"days_until_due", phase.find("invoice_settings.days_until_due")},
                          {"default_payment_method", at("default_payment_method")},
                          {"description", at("description")},
                          {"metadata", phase.get("metadata")},
                          {"trial_end", phase.get("trial_end")}}),
            {{"items", itemsForm(json, phase)}});
        const auto made = createSubscription(host, inner);
        if (!made)
            return made.error();
        return replaceSubscription(host, call, *made,
                                   json.with(*made, {{"schedule", schedule.get("id")}}), {});
    }
    inner.params =
        json.with(formOf(json, {{"collection_method", at("collection_method")},
                                {"default_payment_method", at("default_payment_method")},
                                {"description", at("description")},
                                {"metadata", phase.get("metadata")},
                                {"proration_behavior", phase.get("proration_behavior")}}),
                  {{"items", itemChanges(json, sub, phase)}});
    return updateSubscription(host, inner, sub);
}

void finish(ApiHost &host, const ApiCall &call, const Value &schedule, std::int64_t now)
{
    const JsonMaker json = call.json();
    const Value sub = host.get(call, "subscription", str(schedule.get("subscription")));
    const bool ends = str(schedule.get("end_behavior")) == "cancel";
    if (sub.isObject()) {
        const Value free =
            replaceSubscription(host, call, sub, json.with(sub, {{"schedule", nullptr}}),
                                ends ? std::string_view() : "customer.subscription.updated");
        if (ends && !hasEnded(free))
            endSubscription(host, call, free, "cancellation_requested");
    }
    const Value after = json.with(
        schedule, {{"completed_at", ends ? Value::integer(now) : Value::null()},
                   {"current_phase", nullptr},
                   {"released_at", ends ? Value::null() : Value::integer(now)},
                   {"released_subscription", ends ? Value::null() : schedule.get("subscription")},
                   {"status", ends ? "completed" : "released"},
                   {"subscription", ends ? schedule.get("subscription") : Value::null()}});
    host.tell(call, ends ? "subscription_schedule.completed" : "subscription_schedule.released",
              replaceSchedule(host, call, schedule, after, {}));
}

Outcome<Value> startPhase(ApiHost &host, const ApiCall &call, const Value &schedule,
                          const Value &phase)
{
    const auto sub = enter(host, call, schedule, phase);
    if (!sub)
        return sub.error();
    const JsonMaker json = call.json();
    return replaceSchedule(host, call, schedule,
                           json.with(schedule, {{"current_phase", currentPhase(json, phase)},
                                                {"status", "active"},
                                                {"subscription", sub->get("id")}}),
                           kUpdated);
}

Outcome<Value> phasesOf(ApiHost &host, const ApiCall &call, const Value &sub)
{
    const JsonMaker json = call.json();
    std::vector<Value> items;
    for (const auto &item : itemsOf(sub))
        items.push_back(
            formOf(json, {{"price", item.find("price.id")}, {"quantity", item.get("quantity")}}));
    const Value phase = json.object(
        {{"end_date", json.text(std::to_string(periodEnd(sub)))},
         {"items", toArray(call.arena, items)},
         {"start_date", json.text(std::to_string(periodOf(itemsOf(sub).front()).start))}});
    return phasesIn(host, call, json.array({phase}), 0, str(sub.get("customer")));
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    Value sub;
    std::string who = call.text("customer");
    if (const auto id = call.text("from_subscription"); !id.empty()) {
        const auto found = needed(host, call, "subscription", id, "from_subscription");
        if (!found)
            return found.error();
        if (given(found->get("schedule")) || hasEnded(*found))
            return invalid("from_subscription",
                           "The subscription has ended or is attached to a schedule already.");
        sub = *found;
        who = str(sub.get("customer"));
    }
    const auto customer = needed(host, call, "customer", who, "customer");
    if (!customer)
        return customer.error();
    const auto now = host.now(*customer).seconds();
    const auto start = call.has("start_date") && call.text("start_date") != "now"
                           ? call.number("start_date")
                           : now;
    const auto phases = sub.isObject()
                            ? phasesOf(host, call, sub)
                            : phasesIn(host, call, call.params.get("phases"), start, who);
    if (!phases)
        return phases.error();
    if (phases->size() == 0)
        return answers::missingParam("phases");
    const Value settings = json.with(blankObject(json, kType).get("default_settings"),
                                     {{"billing_cycle_anchor", "automatic"}});
    const Value sent = taken(call, kType, "default_settings", settings);
    Value schedule = host.create(
        call,
        json.with(
            blankObject(json, kType),
            {{"id", host.newId("sub_sched_")},
             {"created", now},
             {"current_phase", sub.isObject() ? currentPhase(json, phases->at(0)) : Value::null()},
             {"customer", who},
             {"default_settings", sent},
             {"end_behavior", call.has("end_behavior") ? call.text("end_behavior") : "release"},
             {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
             {"phases", *phases},
             {"status", sub.isObject() ? "active" : "not_started"},
             {"subscription", sub.isObject() ? sub.get("id") : Value::null()},
             {"test_clock", customer->get("test_clock").isUndefined()
                                ? Value::null()
                                : customer->get("test_clock")}}),
        "subscription_schedule.created");
    if (sub.isObject())
        replaceSubscription(host, call, sub, json.with(sub, {{"schedule", schedule.get("id")}}),
                            "customer.subscription.updated");
    arm(host, schedule);
    if (!sub.isObject() && start <= now) {
        const auto started = startPhase(host, call, schedule, phases->at(0));
        if (!started) {
            host.remove(call, schedule, "subscription_schedule.aborted");
            return started.error();
        }
        schedule = *started;
    }
    return answers::ok(schedule);
}

Outcome<Value> liveNamed(ApiHost &host, const ApiCall &call)
{
    const auto schedule = named(host, call, kType);
    if (schedule && isOver(*schedule))
        return invalid("id", "The schedule is " + str(schedule->get("status")) +
                                 " and cannot change any more.");
    return schedule;
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto found = liveNamed(host, call);
    if (!found)
        return found.error();
    const auto now = host.now(*found).seconds();
    Value phases = found->get("phases");
    if (call.has("phases")) {
        const auto start = whole(found->find("phases.0.start_date"), now);
        const auto read =
            phasesIn(host, call, call.params.get("phases"), start, str(found->get("customer")));
        if (!read)
            return read.error();
        phases = *read;
    }
    Value schedule = replaceSchedule(
        host, call, *found,
        json.with(*found, {{"default_settings", kept(call, kType, *found, "default_settings")},
                           {"end_behavior", kept(call, kType, *found, "end_behavior")},
                           {"metadata", mergedMetadata(json, found->get("metadata"),
                                                       call.params.get("metadata"))},
                           {"phases", phases}}),
        kUpdated);
    if (!call.has("phases") || str(schedule.get("status")) != "active")
        return answers::ok(schedule);
    for (const auto &phase : phases.items()) {
        if (whole(phase.get("start_date")) > now || whole(phase.get("end_date")) <= now)
            continue;
        const auto started = startPhase(host, call, schedule, phase);
        return started ? answers::ok(*started) : started.error();
    }
    return answers::ok(schedule);
}

HttpResponse release(ApiHost &host, const ApiCall &call)
{
    const auto schedule = liveNamed(host, call);
    if (!schedule)
        return schedule.error();
    finish(host, call, call.json().with(*schedule, {{"end_behavior", "release"}}),
           host.now(*schedule).seconds());
    return answers::ok(host.get(call, kType, call.id()));
}

HttpResponse cancel(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto schedule = liveNamed(host, call);
    if (!schedule)
        return schedule.error();
    const Value after =
        replaceSchedule(host, call, *schedule,
                        json.with(*schedule, {{"canceled_at", host.now(*schedule).seconds()},
                                              {"current_phase", nullptr},
                                              {"status", "canceled"}}),
                        {});
    host.tell(call, "subscription_schedule.canceled", after);
    if (const auto sub = str(schedule->get("subscription")); !sub.empty())
        host.call(call, "DELETE", "/v1/subscriptions/" + sub,
                  formOf(json, {{"invoice_now", call.flag("invoice_now", true)},
                                {"prorate", call.flag("prorate", true)}}));
    return answers::ok(after);
}

} // namespace

std::optional<std::int64_t> scheduleDue(const Value &schedule)
{
    const auto status = schedule.get("status").text();
    if (status == "not_started")
        return schedule.find("phases.0.start_date").toInt();
    return status == "active" ? schedule.find("current_phase.end_date").toInt() : std::nullopt;
}

void wakeSchedule(ApiHost &host, const ApiCall &call, const Value &schedule, std::int64_t now)
{
    const auto due = scheduleDue(schedule);
    if (!due || *due > now)
        return;
    for (const auto &phase : schedule.get("phases").items()) {
        if (whole(phase.get("start_date")) != *due)
            continue;
        if (const auto started = startPhase(host, call, schedule, phase); started)
            return;
        // A phase that cannot begin ends the schedule: nobody is there to be refused.
        const Value gone = replaceSchedule(
            host, call, schedule,
            call.json().with(schedule, {{"canceled_at", now}, {"status", "canceled"}}), {});
        host.tell(call, "subscription_schedule.aborted", gone);
        return;
    }
    finish(host, call, schedule, now);
}

void addScheduleRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/subscription_schedules", create);
    routes.add("POST", "/v1/subscription_schedules/{id}", update);
    routes.add("POST", "/v1/subscription_schedules/{id}/release", release);
    routes.add("POST", "/v1/subscription_schedules/{id}/cancel", cancel);
}

} // namespace tw::stripe::billing
