// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/CallReport.h"
#include "core/net/HttpClient.h"

#include <string>

namespace tw::stripe {

/// The error for an answer that is no success. Kind: what Stripe says in Stripe-Should-Retry, else by
/// status; cause: a limit, or a lock of the object. Codes `stripe.<code of the answer>`, else
/// `stripe.<type>`.
Error toError(const HttpAnswer &answer, Instant now);

/// What an answer of the API, or its absence, says about the account: limits, sign-in, outages.
/// `endpoint` is the class of the call, for limits that Stripe says are of that class alone.
CallReport callReport(const Result<HttpAnswer> &answer, const std::string &endpoint, Instant now);

/// The documented limits: docs.stripe.com/rate-limits. Classes of calls are named by their
/// collection ("charges", "files", "search").
ConnectionLimits knownLimits(bool isLive);

} // namespace tw::stripe
