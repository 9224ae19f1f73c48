// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "test_helpers.test_clock";
constexpr std::string_view kMoving[] = {"subscription_schedule", "subscription", "invoice"};
constexpr std::int64_t kLivesFor = 30 * kDay;
/// So that whoever advances a clock sees it advance.
constexpr std::chrono::milliseconds kBeforeAdvance{20};

bool isOn(const Value &object, const std::string &clock)
{
    return str(object.get("test_clock")) == clock;
}

/// The object of the clock to which something happens next, not after `until`.
struct Next
{
    std::string type, id;
    std::int64_t at = 0;
};

std::optional<Next> nextOn(ApiHost &host, const std::string &clock, std::int64_t until)
{
    std::optional<Next> next;
    for (const auto type : kMoving) {
        const auto objects = host.store().list(type);
        for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
            const Value &root = (*object)->root();
            const auto due = isOn(root, clock) ? nextDue(host, root) : std::nullopt;
            if (due && *due <= until && (!next || *due < next->at))
                next = Next{std::string(type), str(root.get("id")), *due};
        }
    }
    return next;
}

void setTime(ApiHost &host, const ApiCall &call, const std::string &clock, std::int64_t at)
{
    const Value object = host.get(call, kType, clock);
    if (object.isObject() && whole(object.get("frozen_time")) < at)
        host.change(call, object, {{"frozen_time", at}}, {});
}

void runTo(ApiHost &host, const ApiCall &call, const std::string &clock, std::int64_t target)
{
    std::optional<Next> last;
    while (const auto next = nextOn(host, clock, target)) {
        // Something that does not move on would hold the clock for ever.
        if (last && last->id == next->id && last->at == next->at)
            break;
        last = next;
        Arena arena;
        const ApiCall own = ownCall(call, arena);
        setTime(host, own, clock, next->at);
        const Value object = host.get(own, next->type, next->id);
        if (object.isObject())
            wake(host, own, object);
    }
    setTime(host, call, clock, target);
    const Value object = host.get(call, kType, clock);
    if (object.isObject())
        host.tell(call, "test_helpers.test_clock.ready",
                  host.change(call, object,
                              {{"status", "ready"}, {"status_details", call.json().object({})}},
                              {}));
}

void runLater(ApiHost &host, const std::string &clock, std::int64_t target)
{
    host.later({}, kBeforeAdvance,
               [&host, clock, target](const ApiCall &own) { runTo(host, own, clock, target); });
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto now = host.now().seconds();
    return answers::ok(host.create(
        call,
        json.with(blankObject(json, kType), {{"id", host.newId("clock_")},
                                             {"created", now},
                                             {"deletes_after", now + kLivesFor},
                                             {"frozen_time", call.number("frozen_time")},
                                             {"name", orNull(json, call.text("name"))},
                                             {"status", "ready"},
                                             {"status_details", json.object({})}}),
        "test_helpers.test_clock.created"));
}

HttpResponse advance(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto clock = named(host, call, kType);
    if (!clock)
        return clock.error();
    const auto target = call.number("frozen_time");
    if (str(clock->get("status")) != "ready")
        return answers::refuse({.status = 429,
                                .code = "rate_limit",
                                .message =
                                    "The test clock is advancing still. Wait until its status "
                                    "is ready."});
    if (target <= whole(clock->get("frozen_time")))
        return invalid("frozen_time", "A test clock can only move forward.");
    const Value moving =
        host.change(call, *clock,
                    {{"status", "advancing"},
                     {"status_details",
                      json.object({{"advancing", json.object({{"target_frozen_time", target}})}})}},
                    {});
    host.tell(call, "test_helpers.test_clock.advancing", moving);
    runLater(host, call.id(), target);
    return answers::ok(moving);
}

HttpResponse remove(ApiHost &host, const ApiCall &call)
{
    const auto clock = named(host, call, kType);
    if (!clock)
        return clock.error();
    const auto mine = [&](const Value &object) { return isOn(object, call.id()); };
    for (const auto &sub : allOf(host, call, "subscription", mine)) {
        if (!hasEnded(sub))
            endSubscription(host, call, sub, "cancellation_requested");
    }
    for (const auto type : {"subscription", "subscription_schedule", "invoice", "invoiceitem"}) {
        for (const auto &object : allOf(host, call, type, mine))
            host.remove(call, object, {});
    }
    for (const auto &customer : allOf(host, call, "customer", mine))
        host.remove(call, customer, "customer.deleted");
    host.remove(call, *clock, "test_helpers.test_clock.deleted");
    return deletedAnswer(call, *clock);
}

} // namespace

void resumeTestClocks(ApiHost &host, const ApiCall &call)
{
    for (const auto &clock : allOf(host, call, kType, [](const Value &known) {
             return str(known.get("status")) == "advancing";
         }))
        runLater(host, str(clock.get("id")),
                 whole(clock.find("status_details.advancing.target_frozen_time")));
}

void addTestClockRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/test_helpers/test_clocks", create);
    routes.add("POST", "/v1/test_helpers/test_clocks/{id}/advance", advance);
    routes.add("DELETE", "/v1/test_helpers/test_clocks/{id}", remove);
}

} // namespace tw::stripe::billing
