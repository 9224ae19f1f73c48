// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"

#include <string>

namespace tw::stripe {

/// What Stripe does once a day: pays out all that the balance holds in a currency, so that
/// `balance_transactions?payout=` lists what it is made of. Undefined: there is nothing to pay out.
Value automaticPayout(ApiHost &host, const ApiCall &call, const std::string &currency);

/// A payout that is pending arrives a moment later, or the bank refuses it.
void endPayoutLater(ApiHost &host, const Value &payout);

} // namespace tw::stripe
