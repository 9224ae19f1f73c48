// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"

namespace tw::stripe {

/// What customers and charges show only when `expand` asks for it: refunds, sources, subscriptions,
/// tax ids, cash balance. Undefined: there is no such thing here.
Value paymentIncludes(ApiHost &host, const ApiCall &call, const Value &object,
                      std::string_view field);

/// A list inside an object: the first ten of `type` that name `owner` as their `link`.
Value embeddedList(ApiHost &host, const ApiCall &call, std::string_view type, std::string_view link,
                   std::string_view owner, const std::string &url);

void addPaymentListRoutes(ApiRoutes &routes); ///< Part of addRefundRoutes.

} // namespace tw::stripe
