// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Clockwork.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

/// Under this type the store holds the names of notices that were given.
constexpr std::string_view kNotices = "_notice";
constexpr std::string_view kTypes[] = {"subscription_schedule", "subscription", "invoice",
                                       "checkout.session"};
/// Timers are not asked to wait for longer: they look again.
constexpr std::chrono::hours kLongestWait{24};

bool isOnTestClock(const Value &object)
{
    return given(object.get("test_clock"));
}

void waitFor(ApiHost &host, const Value &object, std::int64_t due)
{
    const auto left = std::chrono::milliseconds(due * 1000 - host.now(object).msSinceEpoch);
    const auto wait =
        std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0), kLongestWait);
    const auto type = std::string(object.get("object").text());
    host.later(object, wait, [&host, type, id = str(object.get("id")), due](const ApiCall &call) {
        const Value current = host.get(call, type, id);
        // Whoever changed the moment set a timer of its own.
        if (current.isUndefined() || nextDue(host, current) != due)
            return;
        if (host.now(current).seconds() < due)
            waitFor(host, current, due);
        else
            wake(host, call, current);
    });
}

} // namespace

std::optional<std::int64_t> nextDue(ApiHost &host, const Value &object)
{
    const auto type = object.get("object").text();
    if (type == "invoice")
        return invoiceDue(host, object);
    if (type == "subscription")
        return subscriptionDue(host, object);
    if (type == "subscription_schedule")
        return scheduleDue(object);
    return type == "checkout.session" ? sessionDue(object) : std::nullopt;
}

void wake(ApiHost &host, const ApiCall &call, const Value &object)
{
    const auto type = object.get("object").text();
    const auto now = host.now(object).seconds();
    if (type == "invoice")
        wakeInvoice(host, call, object, now);
    else if (type == "subscription")
        wakeSubscription(host, call, object, now);
    else if (type == "subscription_schedule")
        wakeSchedule(host, call, object, now);
    else if (type == "checkout.session")
        wakeSession(host, call, object, now);
}

void arm(ApiHost &host, const Value &object)
{
    if (isOnTestClock(object))
        return;
    if (const auto due = nextDue(host, object))
        waitFor(host, object, *due);
}

void rearm(ApiHost &host, const Value &before, const Value &after)
{
    if (nextDue(host, before) != nextDue(host, after))
        arm(host, after);
}

void armAll(ApiHost &host, const ApiCall &call)
{
    for (const auto type : kTypes) {
        for (const auto &object : allOf(host, call, type, [](const Value &) { return true; }))
            arm(host, object);
    }
    resumeTestClocks(host, call);
}

bool noticeGiven(ApiHost &host, const std::string &key)
{
    return host.store().find(kNotices, "_" + key) != nullptr;
}

bool noticeDue(ApiHost &host, const ApiCall &call, const std::string &key)
{
    if (noticeGiven(host, key))
        return false;
    host.create(call, call.json().object({{"id", "_" + key}, {"object", kNotices}}), {});
    return true;
}

} // namespace tw::stripe::billing
