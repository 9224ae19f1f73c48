// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Encoding.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

namespace tw::stripe {

/// A message as Stripe takes it (docs.stripe.com/api, form encoding): brackets for what is nested,
/// numbers with the digits they have, `true` and `false`. A field that is missing is left alone;
/// null is sent as an empty text, which unsets. An empty list or object unsets, too.
///
/// Errors Rejected: `stripe.not_an_object`, `stripe.bad_parameter` (no finite number, a name with
/// brackets in it, deeper than 16).
Result<FormFields> stripeForm(const Value &params);

} // namespace tw::stripe
