// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/SubscriptionStates.h"

namespace tw::stripe::billing {

/// POST /v1/subscriptions with `call.params`: the subscription, its first invoice, and the attempt
/// to collect it. Answers the subscription as it is then.
Outcome<Value> createSubscription(ApiHost &host, const ApiCall &call);

/// Reads one entry of `items[]`; `currency` "" takes any.
Outcome<ItemPlan> itemIn(ApiHost &host, const ApiCall &call, const Value &entry,
                         const std::string &currency, const std::string &param,
                         const std::string &subscription, const std::string &customer);

/// Charges before anything is kept: the intent that was paid, or the refusal.
Outcome<Value> chargeFirst(ApiHost &host, const ApiCall &call, const Value &draft,
                           const std::string &method);

/// Keeps a draft, finalises it and collects it at once; "" for `method`: by the default one.
/// `paid`: an intent that was paid before.
Value billNow(ApiHost &host, const ApiCall &call, const Value &draft, bool attempts,
              const Value &paid = {});

} // namespace tw::stripe::billing
