// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/CallReport.h"
#include "core/net/HttpClient.h"

#include <string_view>

namespace tw::salesforce {

/// What an answer of the data interface, or its absence, says about the org: limits, sign-in,
/// outages. Refusals of records are good answers.
CallReport callReport(const Result<HttpAnswer> &answer, Instant now);

/// The day of a Sforce-Limit-Info field: "api-usage=18/5000", maybe with more behind it.
std::optional<CallReport::Day> parseLimitInfo(std::string_view field);

} // namespace tw::salesforce
