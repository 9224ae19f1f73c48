// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"

#include <string>

namespace tw::stripe {

/// A transaction of the balance: what a charge earned, a refund, a dispute, a payout. It is kept
/// without event and can be paid out after `daysUntilAvailable` midnights (UTC).
Value makeTransaction(ApiHost &host, const ApiCall &call, std::int64_t amount, std::int64_t fee,
                      const std::string &currency, const std::string &type, const Value &source,
                      int daysUntilAvailable = 0);

/// What can be paid out in a currency now.
std::int64_t availableIn(ApiHost &host, const std::string &currency);
Value balanceOf(ApiHost &host, const ApiCall &call);

/// What Stripe does by itself later (money that becomes available, payouts that arrive, refunds
/// that end) is ordered again for the objects of a store that was kept.
void resumePayments(ApiHost &host, const ApiCall &call);

} // namespace tw::stripe
