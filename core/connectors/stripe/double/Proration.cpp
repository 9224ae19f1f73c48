// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Proration.h"

#include "core/connectors/stripe/double/PriceMath.h"

#include <algorithm>

namespace tw::stripe {

std::int64_t proratedAmount(std::int64_t amount, const BillingPeriod &part,
                            const BillingPeriod &whole, std::int64_t multipleOf)
{
    const std::int64_t length = whole.end - whole.start;
    if (length <= 0)
        return 0;
    return share(amount, std::clamp<std::int64_t>(part.end - part.start, 0, length), length,
                 multipleOf);
}

std::vector<ProrationPart> prorate(const std::optional<ProratedItem> &before,
                                   const std::optional<ProratedItem> &after, std::int64_t at,
                                   std::int64_t multipleOf)
{
    std::vector<ProrationPart> parts;
    const auto side = [&](const ProratedItem &item, bool credit) {
        const BillingPeriod rest{std::clamp(at, item.period.start, item.period.end),
                                 item.period.end};
        const auto amount = proratedAmount(item.amount, rest, item.period, multipleOf);
        parts.push_back({credit, credit ? -amount : amount, rest});
    };
    if (before)
        side(*before, true);
    if (after)
        side(*after, false);
    return parts;
}

} // namespace tw::stripe
