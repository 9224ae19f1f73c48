// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

namespace tw::stripe::billing {

/// Makes a price from `params` of the form of POST /v1/prices or of a `price_data`: with
/// "price.created" and, where `product_data` is sent, its product. `param` is where they stand, for
/// refusals.
Outcome<Value> makePrice(ApiHost &host, const ApiCall &call, const Value &params,
                         const std::string &param);
/// The price that `holder` names as `price`, `pricing[price]`, `plan` or brings as `price_data`.
/// Refuses inactive ones.
Outcome<Value> priceIn(ApiHost &host, const ApiCall &call, const Value &holder,
                       const std::string &param);
Outcome<Value> makeProduct(ApiHost &host, const ApiCall &call, const Value &params);
/// The legacy view of a recurring price.
Value planOf(const JsonMaker &json, const Value &price);

void addPriceRoutes(ApiRoutes &routes);
void addPlanRoutes(ApiRoutes &routes);
void addCouponRoutes(ApiRoutes &routes);
void addRateRoutes(ApiRoutes &routes); ///< Tax rates and shipping rates.

/// A new shipping rate from `params` of the form of POST /v1/shipping_rates.
Value makeShippingRate(ApiHost &host, const ApiCall &call, const Value &params);

} // namespace tw::stripe::billing
