// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/CallReport.h"
#include "core/schema/Settings.h"

namespace tw {

/// Settings with which people bound what a connection sends; the same for every connector.
Param rateParam();                               ///< `rate`
Param concurrencyParam(const char *fallback);    ///< `concurrency`
Param dailyReserveParam(const char *percent);    ///< `daily_reserve`

/// What the connector knows of the other side, with what the person wrote in its place.
ConnectionLimits limitsFrom(const Settings &settings, ConnectionLimits known);

} // namespace tw
