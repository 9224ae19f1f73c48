// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Discounts.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/PeriodMath.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

bool isSpent(const Value &limited)
{
    const auto most = limited.get("max_redemptions").toInt();
    return most && whole(limited.get("times_redeemed")) >= *most;
}

bool isOver(const Value &moment, std::int64_t now)
{
    return moment.toInt() && *moment.toInt() <= now;
}

bool hasPaid(ApiHost &host, const std::string &customer)
{
    for (const auto &charge : host.store().list("charge")) {
        if (str(charge->root().get("customer")) == customer && yes(charge->root().get("paid")))
            return true;
    }
    return false;
}

struct Found
{
    Value coupon, promotion;
};

Outcome<Found> findCoupon(ApiHost &host, const ApiCall &call, const Value &entry,
                          const std::string &customer)
{
    const auto now = host.now().seconds();
    if (const auto discount = str(entry.get("discount")); !discount.empty()) {
        const auto known = needed(host, call, "discount", discount, "discounts[0][discount]");
        if (!known)
            return known.error();
        const auto coupon = needed(host, call, "coupon", str(known->find("source.coupon")),
                                   "discounts[0][discount]");
        if (!coupon)
            return coupon.error();
        return Found{*coupon, {}};
    }
    Found found;
    std::string id = str(entry.get("coupon"));
    if (const auto code = str(entry.get("promotion_code")); !code.empty()) {
        const auto promotion =
            needed(host, call, "promotion_code", code, "discounts[0][promotion_code]");
        if (!promotion)
            return promotion.error();
        const auto only = str(promotion->get("customer"));
        if (!yes(promotion->get("active")) || isSpent(*promotion) ||
            isOver(promotion->get("expires_at"), now) || (!only.empty() && only != customer))
            return invalid(
                "discounts[0][promotion_code]",
                "This promotion code cannot be redeemed because it is inactive, used up, "
                "expired or of another customer.");
        if (yes(promotion->find("restrictions.first_time_transaction")) && hasPaid(host, customer))
            return invalid("discounts[0][promotion_code]",
                           "This promotion code is for first transactions, and the customer has "
                           "paid before.");
        found.promotion = *promotion;
        id = str(promotion->find("promotion.coupon"));
    }
    const auto coupon = needed(host, call, "coupon", id, "discounts[0][coupon]");
    if (!coupon)
        return coupon.error();
    if (!yes(coupon->get("valid")) || isSpent(*coupon) || isOver(coupon->get("redeem_by"), now))
        return answers::refuse({.code = "coupon_expired",
                                .message = "Coupon expired: " + id,
                                .param = "discounts[0][coupon]"});
    found.coupon = *coupon;
    return found;
}

Value endOf(const Value &coupon, std::int64_t now)
{
    if (str(coupon.get("duration")) != "repeating")
        return Value::null();
    return Value::integer(
        boundary(now, Cadence::of("month", 1),
                 std::max<std::int64_t>(1, whole(coupon.get("duration_in_months")))));
}

void count(ApiHost &host, const ApiCall &call, const Value &limited, std::string_view event)
{
    if (limited.isUndefined())
        return;
    const auto times = whole(limited.get("times_redeemed")) + 1;
    const auto most = limited.get("max_redemptions").toInt();
    const bool left = !most || times < *most;
    const bool isCoupon = event == "coupon.updated";
    host.change(
        call, limited,
        {{"times_redeemed", times},
         {isCoupon ? "valid" : "active", left && yes(limited.get(isCoupon ? "valid" : "active"))}},
        event);
}

} // namespace

Outcome<Value> couponIn(ApiHost &host, const ApiCall &call, const Value &entry,
                        const std::string &customer)
{
    const auto found = findCoupon(host, call, entry, customer);
    if (!found)
        return found.error();
    return found->coupon;
}

Outcome<std::vector<std::string>> redeem(ApiHost &host, const ApiCall &call, const Value &discounts,
                                         const DiscountOwner &owner, std::int64_t now, bool counts)
{
    const JsonMaker json = call.json();
    std::vector<Found> coupons;
    std::vector<std::string> ids;
    for (const auto &entry : discounts.items()) {
        const auto found = findCoupon(host, call, entry, owner.customer);
        if (!found)
            return found.error();
        coupons.push_back(*found);
    }
    for (const auto &[coupon, promotion] : coupons) {
        ids.push_back(host.newId("di_"));
        host.create(
            call,
            json.with(blankObject(json, "discount"),
                      {{"id", ids.back()},
                       {"checkout_session", orNull(json, owner.session)},
                       {"customer", orNull(json, owner.customer)},
                       {"end", endOf(coupon, now)},
                       {"invoice", orNull(json, owner.invoice)},
                       {"invoice_item", orNull(json, owner.invoiceItem)},
                       {"promotion_code", orNull(json, str(promotion))},
                       {"source", json.object({{"coupon", coupon.get("id")}, {"type", "coupon"}})},
                       {"start", now},
                       {"subscription", orNull(json, owner.subscription)},
                       {"subscription_item", orNull(json, owner.subscriptionItem)}}),
            owner.subscription.empty() || !counts ? std::string_view()
                                                  : "customer.discount.created");
        if (!counts)
            continue;
        count(host, call, coupon, "coupon.updated");
        count(host, call, promotion, "promotion_code.updated");
    }
    return ids;
}

BillDiscount offOf(const Value &coupon, const std::string &name)
{
    BillDiscount off{name, std::nullopt, whole(coupon.get("amount_off"))};
    const auto percent = Decimal::fromValue(coupon.get("percent_off"));
    if (coupon.get("percent_off").isNumber() && percent)
        off.percentOff = *percent;
    off.products = idsIn(coupon.find("applies_to.products"));
    return off;
}

std::optional<BillDiscount> billed(ApiHost &host, const std::string &discount,
                                   std::string_view currency, std::string_view product,
                                   std::int64_t now)
{
    const auto *held = host.store().find("discount", discount);
    if (!held || isOver(held->object->root().get("end"), now))
        return std::nullopt;
    const auto *kept = host.store().find("coupon", str(held->object->root().find("source.coupon")));
    if (!kept)
        return std::nullopt;
    const Value coupon = kept->object->root();
    if (const Value products = coupon.find("applies_to.products");
        products.isArray() && !product.empty() &&
        std::none_of(products.items().begin(), products.items().end(),
                     [&](const Value &known) { return known.text() == product; }))
        return std::nullopt;
    BillDiscount bill = offOf(coupon, discount);
    if (!bill.percentOff && str(coupon.get("currency")) != currency)
        return std::nullopt;
    return bill;
}

std::vector<std::string> idsIn(const Value &list)
{
    std::vector<std::string> ids;
    for (const auto &item : list.items())
        ids.push_back(str(item));
    return ids;
}

} // namespace tw::stripe::billing
