// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/PeriodMath.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tw::stripe {

/// What one item of a subscription costs for a whole period.
struct ProratedItem
{
    std::int64_t amount = 0, quantity = 1;
    BillingPeriod period;
};

/// One side of a proration: a credit for time that was paid and not used (negative), or a charge
/// for the rest of the period.
struct ProrationPart
{
    bool credit = false;
    std::int64_t amount = 0;
    BillingPeriod period;
    bool operator==(const ProrationPart &) const = default;
};

/// Splits a change of an item at `at` by the second. Without `before` the item is new, without
/// `after` it goes. A moment outside of a period counts as its nearest end.
std::vector<ProrationPart> prorate(const std::optional<ProratedItem> &before,
                                   const std::optional<ProratedItem> &after, std::int64_t at,
                                   std::int64_t multipleOf = 1);

/// The part of `amount` that falls on `part` of `whole`.
std::int64_t proratedAmount(std::int64_t amount, const BillingPeriod &part,
                            const BillingPeriod &whole, std::int64_t multipleOf = 1);

} // namespace tw::stripe
