// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

#include <optional>

/// What happens by itself when time passes. The moments follow from the objects alone: nothing is
/// lost when the double stops, it is done late. Objects on a test clock wait until it is advanced.
namespace tw::stripe::billing {

/// When something next happens to a subscription, invoice, schedule or checkout session by itself;
/// it may lie in the past.
std::optional<std::int64_t> nextDue(ApiHost &host, const Value &object);
/// Does what is due to the object at this time of its clock.
void wake(ApiHost &host, const ApiCall &call, const Value &object);

/// Wakes the object when its next moment comes.
void arm(ApiHost &host, const Value &object);
/// The same after a change, if the moment is another one.
void rearm(ApiHost &host, const Value &before, const Value &after);
/// Arms everything that the store holds; for the start of the double.
void armAll(ApiHost &host, const ApiCall &call);

/// Whether a notice under `key` is still to be given; from then on it counts as given.
bool noticeDue(ApiHost &host, const ApiCall &call, const std::string &key);
bool noticeGiven(ApiHost &host, const std::string &key);

// One for each kind of object; `now` is the time of its clock.
std::optional<std::int64_t> invoiceDue(ApiHost &host, const Value &invoice);
void wakeInvoice(ApiHost &host, const ApiCall &call, const Value &invoice, std::int64_t now);
std::optional<std::int64_t> subscriptionDue(ApiHost &host, const Value &subscription);
void wakeSubscription(ApiHost &host, const ApiCall &call, const Value &subscription,
                      std::int64_t now);
std::optional<std::int64_t> scheduleDue(const Value &schedule);
void wakeSchedule(ApiHost &host, const ApiCall &call, const Value &schedule, std::int64_t now);
std::optional<std::int64_t> sessionDue(const Value &session);
void wakeSession(ApiHost &host, const ApiCall &call, const Value &session, std::int64_t now);

void addTestClockRoutes(ApiRoutes &routes);
/// Goes on with advances that a stop of the double cut off.
void resumeTestClocks(ApiHost &host, const ApiCall &call);

} // namespace tw::stripe::billing
