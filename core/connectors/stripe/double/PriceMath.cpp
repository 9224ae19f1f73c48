// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/PriceMath.h"

#include "core/data/Money.h"

#include <algorithm>

namespace tw::stripe {

namespace {

__extension__ typedef __int128 Wide;

Result<Decimal> decimalIn(const Value &holder, const char *decimalName, const char *wholeName)
{
    if (const Value text = holder.get(decimalName); text.isString())
        return Decimal::parse(text.text());
    return Decimal(holder.get(wholeName).toInt().value_or(0));
}

Result<Decimal> tierCost(const Value &tier, std::int64_t units)
{
    const auto unit = decimalIn(tier, "unit_amount_decimal", "unit_amount");
    if (!unit)
        return unit.error();
    const auto flat = decimalIn(tier, "flat_amount_decimal", "flat_amount");
    if (!flat)
        return flat.error();
    const auto product = multiply(*unit, Decimal(units));
    return product ? add(*product, *flat) : product;
}

Result<std::int64_t> graduated(const Value &tiers, std::int64_t quantity)
{
    Decimal sum;
    std::int64_t below = 0;
    for (const auto &tier : tiers.items()) {
        const auto upTo = tier.get("up_to").toInt().value_or(quantity);
        const auto units = std::min(quantity, upTo) - below;
        if (units <= 0 && below > 0)
            break;
        const auto cost = tierCost(tier, std::max<std::int64_t>(0, units));
        if (!cost)
            return cost.error();
        const auto next = add(sum, *cost);
        if (!next)
            return next.error();
        sum = *next;
        below = std::max(below, upTo);
        if (below >= quantity)
            break;
    }
    return sum.toUnits(0, Decimal::Rounding::HalfUp);
}

Result<std::int64_t> byVolume(const Value &tiers, std::int64_t quantity)
{
    for (const auto &tier : tiers.items()) {
        const auto upTo = tier.get("up_to").toInt();
        if (upTo && *upTo < quantity)
            continue;
        const auto cost = tierCost(tier, quantity);
        if (!cost)
            return cost.error();
        return cost->toUnits(0, Decimal::Rounding::HalfUp);
    }
    return std::int64_t(0);
}

std::int64_t packs(const Value &transform, std::int64_t quantity)
{
    const auto size = std::max<std::int64_t>(1, transform.get("divide_by").toInt().value_or(1));
    const bool up = transform.get("round").text() == "up";
    return up ? (quantity + size - 1) / size : quantity / size;
}

} // namespace

Result<std::int64_t> decimalAmount(const Decimal &decimal, const Decimal &quantity)
{
    const auto product = multiply(decimal, quantity);
    if (!product)
        return product.error();
    return product->toUnits(0, Decimal::Rounding::HalfUp);
}

Result<std::int64_t> priceAmount(const Value &price, std::int64_t quantity)
{
    if (price.get("billing_scheme").text() == "tiered") {
        const Value tiers = price.get("tiers");
        return price.get("tiers_mode").text() == "volume" ? byVolume(tiers, quantity)
                                                          : graduated(tiers, quantity);
    }
    const auto unit = decimalIn(price, "unit_amount_decimal", "unit_amount");
    if (!unit)
        return unit.error();
    const Value transform = price.get("transform_quantity");
    return decimalAmount(*unit,
                         Decimal(transform.isObject() ? packs(transform, quantity) : quantity));
}

std::int64_t share(std::int64_t amount, std::int64_t part, std::int64_t whole,
                   std::int64_t multipleOf)
{
    const Wide divisor = Wide(whole) * multipleOf;
    const Wide product = Wide(amount) * part;
    const Wide size = product < 0 ? -product : product;
    const Wide rounded = (size * 2 + divisor) / (divisor * 2) * multipleOf;
    return static_cast<std::int64_t>(product < 0 ? -rounded : rounded);
}

std::int64_t multipleOf(std::string_view currency)
{
    const auto rule = currencyRule(currency);
    return rule ? rule->multipleOf : 1;
}

} // namespace tw::stripe
