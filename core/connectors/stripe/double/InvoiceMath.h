// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Decimal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw::stripe {

/// A tax rate as far as sums go. `percent` "19" means 19 %.
struct BillTax
{
    std::string rate;
    Decimal percent;
    bool inclusive = false;
};

/// A discount as far as sums go: a percentage, or an amount off the whole.
struct BillDiscount
{
    std::string discount;
    std::optional<Decimal> percentOff;
    std::int64_t amountOff = 0;
    std::vector<std::string> products = {}; ///< Only their lines; empty: all.
};

struct BillLine
{
    std::int64_t amount = 0; ///< Negative: a credit.
    bool discountable = true;
    std::vector<BillDiscount> discounts; ///< Of this line, taken before those of the invoice.
    std::vector<BillTax> taxes;
    std::string product = {};
};

struct DiscountShare
{
    std::string discount;
    std::int64_t amount = 0;
    bool operator==(const DiscountShare &) const = default;
};

struct TaxShare
{
    std::string rate;
    bool inclusive = false;
    std::int64_t amount = 0, taxable = 0;
    bool operator==(const TaxShare &) const = default;
};

struct BilledLine
{
    std::vector<DiscountShare> discounts;
    std::vector<TaxShare> taxes;
};

/// What an invoice comes to. total = subtotal - discounts + exclusive taxes.
struct Bill
{
    std::vector<BilledLine> lines; ///< In the order of what was billed.
    std::vector<DiscountShare> discounts;
    std::vector<TaxShare> taxes;
    std::int64_t subtotal = 0, subtotalWithoutTax = 0, discount = 0, tax = 0;
    std::int64_t total = 0, totalWithoutTax = 0;
};

/// Whole minor units throughout; each part is rounded half up to a multiple of `multipleOf`, and
/// the parts of one discount add up to it exactly. Lines that are not discountable are left alone;
/// an amount off is never more than what there is.
Bill billOf(const std::vector<BillLine> &lines, const std::vector<BillDiscount> &discounts,
            std::int64_t multipleOf = 1);

/// What is left to pay of a total once the customer's balance (negative: a credit) was used.
struct BalanceUse
{
    std::int64_t due = 0, ending = 0;
    bool operator==(const BalanceUse &) const = default;
};

/// An amount below `minimum` is not charged but stays on the balance.
BalanceUse useBalance(std::int64_t total, std::int64_t starting, std::int64_t minimum = 0);

} // namespace tw::stripe
