// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"

namespace tw::stripe {

/// What becomes of a refund that is pending, or that its card sends back, a moment later.
void endRefundLater(ApiHost &host, const Value &refund);

void addDisputeRoutes(ApiRoutes &routes); ///< Part of addRefundRoutes.
void addPayoutRoutes(ApiRoutes &routes);  ///< Part of addRefundRoutes.
void addSetupRoutes(ApiRoutes &routes);   ///< Part of addPaymentRoutes.
/// Part of addCustomerRoutes: tax ids, balance, sources, discount.
void addCustomerExtras(ApiRoutes &routes);

} // namespace tw::stripe
