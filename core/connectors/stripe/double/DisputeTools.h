// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/TestCards.h"

namespace tw::stripe {

/// The bank of the card takes a charge back, or asks about it first. Events as Stripe sends them.
void openDispute(ApiHost &host, const ApiCall &call, const Value &charge, const TestCard &card);

} // namespace tw::stripe
