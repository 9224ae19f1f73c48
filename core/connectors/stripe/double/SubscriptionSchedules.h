// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

namespace tw::stripe::billing {

/// Schedules: phases that make, change and end a subscription at their times.
void addScheduleRoutes(ApiRoutes &routes);

} // namespace tw::stripe::billing
