// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/InvoiceMath.h"

#include "core/connectors/stripe/double/PriceMath.h"

#include <algorithm>

namespace tw::stripe {

namespace {

constexpr int kPercentScale = 4;
constexpr std::int64_t kHundredPercent = 1'000'000; ///< At that scale.

std::int64_t partsOf(const Decimal &percent)
{
    return percent.toUnits(kPercentScale, Decimal::Rounding::HalfUp).value_or(std::int64_t(0));
}

void addTo(std::vector<DiscountShare> &sums, const DiscountShare &share)
{
    const auto known = std::find_if(
        sums.begin(), sums.end(), [&](const auto &sum) { return sum.discount == share.discount; });
    if (known == sums.end())
        sums.push_back(share);
    else
        known->amount += share.amount;
}

void addTo(std::vector<TaxShare> &sums, const TaxShare &share)
{
    const auto known = std::find_if(sums.begin(), sums.end(),
                                    [&](const auto &sum) { return sum.rate == share.rate; });
    if (known == sums.end()) {
        sums.push_back(share);
    } else {
        known->amount += share.amount;
        known->taxable += share.taxable;
    }
}

/// Takes one discount off the lines at `members`, spread by what is left of each.
class Spread
{
public:
    Spread(std::vector<std::int64_t> &left, Bill &bill, std::int64_t multipleOf)
        : m_left(left), m_bill(bill), m_multipleOf(multipleOf)
    {}

    void take(const BillDiscount &discount, const std::vector<std::size_t> &members)
    {
        std::vector<std::size_t> taken;
        std::int64_t base = 0;
        for (const auto member : members) {
            if (discount.percentOff ? m_left[member] == 0 : m_left[member] <= 0)
                continue;
            taken.push_back(member);
            base += m_left[member];
        }
        const std::int64_t off = std::min(discount.amountOff, base);
        const std::int64_t percent =
            discount.percentOff ? std::min(partsOf(*discount.percentOff), kHundredPercent) : 0;
        // Cut by running sums, so that the parts add up however they are rounded.
        std::int64_t passed = 0, whole = 0;
        for (const auto member : taken) {
            passed += m_left[member];
            const std::int64_t upTo = discount.percentOff
                                          ? share(passed, percent, kHundredPercent, m_multipleOf)
                                      : passed == base ? off
                                                       : share(off, passed, base, m_multipleOf);
            const std::int64_t part = upTo - whole;
            whole = upTo;
            m_left[member] -= part;
            if (part != 0)
                addTo(m_bill.lines[member].discounts, {discount.discount, part});
        }
        if (taken.empty())
            return;
        addTo(m_bill.discounts, {discount.discount, whole});
        m_bill.discount += whole;
    }

private:
    std::vector<std::int64_t> &m_left;
    Bill &m_bill;
    std::int64_t m_multipleOf;
};

std::int64_t inclusiveParts(const std::vector<BillTax> &taxes)
{
    std::int64_t parts = 0;
    for (const auto &tax : taxes)
        parts += tax.inclusive ? partsOf(tax.percent) : 0;
    return parts;
}

std::vector<TaxShare> taxesOn(std::int64_t net, const std::vector<BillTax> &taxes,
                              std::int64_t multipleOf)
{
    const std::int64_t inclusive = inclusiveParts(taxes);
    std::vector<TaxShare> shares;
    std::int64_t included = 0;
    for (const auto &tax : taxes) {
        if (!tax.inclusive)
            continue;
        const auto amount =
            share(net, partsOf(tax.percent), kHundredPercent + inclusive, multipleOf);
        included += amount;
        shares.push_back({tax.rate, true, amount, 0});
    }
    const std::int64_t base = net - included;
    for (auto &known : shares)
        known.taxable = base;
    for (const auto &tax : taxes) {
        if (!tax.inclusive)
            shares.push_back({tax.rate, false,
                              share(base, partsOf(tax.percent), kHundredPercent, multipleOf),
                              base});
    }
    return shares;
}

} // namespace

Bill billOf(const std::vector<BillLine> &lines, const std::vector<BillDiscount> &discounts,
            std::int64_t multipleOf)
{
    Bill bill;
    bill.lines.resize(lines.size());
    std::vector<std::int64_t> left;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        left.push_back(lines[i].amount);
        bill.subtotal += lines[i].amount;
        if (lines[i].discountable)
            open.push_back(i);
    }
    Spread spread(left, bill, multipleOf);
    for (const auto i : open) {
        for (const auto &discount : lines[i].discounts)
            spread.take(discount, {i});
    }
    for (const auto &discount : discounts) {
        auto members = open;
        std::erase_if(members, [&](std::size_t i) {
            return !discount.products.empty() &&
                   std::find(discount.products.begin(), discount.products.end(),
                             lines[i].product) == discount.products.end();
        });
        spread.take(discount, members);
    }

    std::int64_t exclusive = 0, includedBefore = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        bill.lines[i].taxes = taxesOn(left[i], lines[i].taxes, multipleOf);
        for (const auto &tax : bill.lines[i].taxes) {
            addTo(bill.taxes, tax);
            bill.tax += tax.amount;
            exclusive += tax.inclusive ? 0 : tax.amount;
        }
        for (const auto &tax : taxesOn(lines[i].amount, lines[i].taxes, multipleOf))
            includedBefore += tax.inclusive ? tax.amount : 0;
    }
    bill.subtotalWithoutTax = bill.subtotal - includedBefore;
    bill.total = bill.subtotal - bill.discount + exclusive;
    bill.totalWithoutTax = bill.total - bill.tax;
    return bill;
}

BalanceUse useBalance(std::int64_t total, std::int64_t starting, std::int64_t minimum)
{
    const std::int64_t sum = total + starting;
    if (sum <= 0 || sum < minimum)
        return {0, sum};
    return {sum, 0};
}

} // namespace tw::stripe
