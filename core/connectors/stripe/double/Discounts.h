// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"
#include "core/connectors/stripe/double/InvoiceMath.h"

namespace tw::stripe::billing {

/// What a discount hangs on: the fields of the discount object that name it.
struct DiscountOwner
{
    std::string customer = {}, subscription = {}, subscriptionItem = {}, invoice = {};
    std::string invoiceItem = {}, session = {};
};

/// The coupon that one of `discounts[]` stands for (coupon, promotion code or discount), if it can
/// be redeemed now by the customer.
Outcome<Value> couponIn(ApiHost &host, const ApiCall &call, const Value &entry,
                        const std::string &customer);

/// Makes a discount for each of `discounts[]` and answers their ids; counts redemptions unless it
/// is for a preview. An empty text is no discount.
Outcome<std::vector<std::string>> redeem(ApiHost &host, const ApiCall &call, const Value &discounts,
                                         const DiscountOwner &owner, std::int64_t now,
                                         bool counts = true);

/// A coupon as far as sums go, under a name.
BillDiscount offOf(const Value &coupon, const std::string &name);

/// The discount as far as sums go; nothing when it has ended, its coupon is of another currency, or
/// does not apply to the product.
std::optional<BillDiscount> billed(ApiHost &host, const std::string &discount,
                                   std::string_view currency, std::string_view product,
                                   std::int64_t now);

/// The ids in a `discounts` field of an object.
std::vector<std::string> idsIn(const Value &list);

} // namespace tw::stripe::billing
