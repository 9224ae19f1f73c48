// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/SubscriptionStates.h"

namespace tw::stripe::billing {

/// What a change of items, trial or anchor makes of a subscription; nothing is kept yet.
struct UpdatePlan
{
    Value after; ///< Without its items kept.
    std::vector<Value> items;
    std::vector<LinePlan> prorations; ///< Invoice items to be.
    std::vector<Value> lines;         ///< Of the new period, where the cycle begins anew.
    bool restarts = false;            ///< The cycle begins now, so it is billed now.
    bool bills = false;               ///< Whether an invoice is made at once.
};

/// `params`: items[], proration_behavior, proration_date, trial_end, billing_cycle_anchor[type].
Outcome<UpdatePlan> planUpdate(ApiHost &host, const ApiCall &call, const Value &subscription,
                               const Value &params);

/// Keeps what was planned, bills what is to be billed. `before` is the subscription as it stands.
Outcome<Value> carryOut(ApiHost &host, const ApiCall &call, const Value &before,
                        const UpdatePlan &plan, std::string_view paymentBehaviour);

/// POST /v1/subscriptions/{id}.
Outcome<Value> updateSubscription(ApiHost &host, const ApiCall &call, const Value &subscription);

/// Credits the unused part of all items, as invoice items that wait.
void creditUnused(ApiHost &host, const ApiCall &call, const Value &subscription, std::int64_t at);

} // namespace tw::stripe::billing
