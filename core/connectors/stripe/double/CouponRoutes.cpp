// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/data/Money.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kCodeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

HttpResponse createCoupon(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const bool percent = !call.text("percent_off").empty();
    if (percent == !call.text("amount_off").empty())
        return invalid("percent_off", "You must send exactly one of percent_off and amount_off.");
    if (const auto share = Decimal::parse(call.text("percent_off"));
        percent &&
        (!share || share->isNegative() || share->isZero() || compare(*share, Decimal(100)) > 0))
        return invalid("percent_off", "percent_off must be above 0 and at most 100.");
    if (!percent && !currencyRule(call.text("currency")))
        return invalid("currency", "A coupon with amount_off needs a currency.");
    const std::string duration = call.has("duration") ? call.text("duration") : "once";
    if ((duration == "repeating") != !call.text("duration_in_months").empty())
        return invalid("duration_in_months",
                       "duration_in_months goes with duration=repeating, and only with it.");
    const std::string id =
        call.text("id").empty() ? host.random().text(8, kCodeLetters) : call.text("id");
    if (const auto *known = host.store().find("coupon", id); known && !known->deleted)
        return invalid("id", "Coupon already exists.", "resource_already_exists");
    const auto take = [&](std::string_view name) {
        return taken(call, "coupon", name, Value::null());
    };
    const Value appliesTo = call.params.get("applies_to");
    return answers::ok(
        host.create(call,
                    json.with(blankObject(json, "coupon"),
                              {{"id", id},
                               {"amount_off", take("amount_off")},
                               {"applies_to", appliesTo},
                               {"created", host.now().seconds()},
                               {"currency", percent ? Value::null() : take("currency")},
                               {"duration", duration},
                               {"duration_in_months", take("duration_in_months")},
                               {"max_redemptions", take("max_redemptions")},
                               {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                               {"name", take("name")},
                               {"percent_off", take("percent_off")},
                               {"redeem_by", take("redeem_by")},
                               {"times_redeemed", 0},
                               {"valid", true}}),
                    "coupon.created"));
}

HttpResponse updateCoupon(ApiHost &host, const ApiCall &call)
{
    const auto coupon = named(host, call, "coupon");
    if (!coupon)
        return coupon.error();
    return answers::ok(
        host.change(call, *coupon,
                    {{"metadata", mergedMetadata(call.json(), coupon->get("metadata"),
                                                 call.params.get("metadata"))},
                     {"name", kept(call, "coupon", *coupon, "name")}},
                    "coupon.updated"));
}

HttpResponse deleteCoupon(ApiHost &host, const ApiCall &call)
{
    const auto coupon = named(host, call, "coupon");
    if (!coupon)
        return coupon.error();
    host.remove(call, *coupon, "coupon.deleted");
    return deletedAnswer(call, *coupon);
}

Value restrictionsOf(const JsonMaker &json, const Value &sent)
{
    return json.object(
        {{"first_time_transaction", yes(sent.get("first_time_transaction"))},
         {"minimum_amount", orNull(whole(sent.get("minimum_amount")))},
         {"minimum_amount_currency", orNull(json, str(sent.get("minimum_amount_currency")))}});
}

HttpResponse createPromotionCode(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto coupon =
        needed(host, call, "coupon", call.text("promotion.coupon"), "promotion[coupon]");
    if (!coupon)
        return coupon.error();
    const std::string code =
        call.text("code").empty() ? host.random().text(8, kCodeLetters) : call.text("code");
    const auto taken = [&](const Value &other) {
        return yes(other.get("active")) && str(other.get("code")) == code &&
               str(other.get("customer")) == call.text("customer");
    };
    if (!allOf(host, call, "promotion_code", taken).empty())
        return invalid("code", "An active promotion code with this code already exists.");
    return answers::ok(host.create(
        call,
        json.with(blankObject(json, "promotion_code"),
                  {{"id", host.newId("promo_")},
                   {"active", call.flag("active", true)},
                   {"code", code},
                   {"created", host.now().seconds()},
                   {"customer", orNull(json, call.text("customer"))},
                   {"expires_at", orNull(call.number("expires_at"))},
                   {"max_redemptions", orNull(call.number("max_redemptions"))},
                   {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                   {"promotion", json.object({{"coupon", coupon->get("id")}, {"type", "coupon"}})},
                   {"restrictions", restrictionsOf(json, call.params.get("restrictions"))},
                   {"times_redeemed", 0}}),
        "promotion_code.created"));
}

HttpResponse updatePromotionCode(ApiHost &host, const ApiCall &call)
{
    const auto code = named(host, call, "promotion_code");
    if (!code)
        return code.error();
    return answers::ok(host.change(call, *code,
                                   {{"active", kept(call, "promotion_code", *code, "active")},
                                    {"metadata", mergedMetadata(call.json(), code->get("metadata"),
                                                                call.params.get("metadata"))}},
                                   "promotion_code.updated"));
}

} // namespace

void addCouponRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/coupons", createCoupon);
    routes.add("POST", "/v1/coupons/{id}", updateCoupon);
    routes.add("DELETE", "/v1/coupons/{id}", deleteCoupon);
    routes.add("POST", "/v1/promotion_codes", createPromotionCode);
    routes.add("POST", "/v1/promotion_codes/{id}", updatePromotionCode);
}

} // namespace tw::stripe::billing
