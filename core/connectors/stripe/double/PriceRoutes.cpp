// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/data/Money.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "price";
constexpr int kMostDecimals = 12;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// unit_amount and unit_amount_decimal as Stripe answers them: the whole number is null where the
/// decimal is not whole.
struct Amounts
{
    Value wholeAmount, decimal;
};

Outcome<Amounts> amountsIn(const JsonMaker &json, const Value &params, const char *wholeName,
                           const char *decimalName, const std::string &param)
{
    const Value wholeText = params.get(wholeName), decimalText = params.get(decimalName);
    if (given(wholeText) && given(decimalText))
        return invalid(param, std::string("Send either ") + wholeName + " or " + decimalName +
                                  ", not both.");
    if (!given(wholeText) && !given(decimalText))
        return Amounts{Value::null(), Value::null()};
    const auto number = Decimal::parse(given(wholeText) ? wholeText.text() : decimalText.text());
    if (!number || number->isNegative() || number->scale() > kMostDecimals)
        return invalid(param,
                       "The amount must be a number of at least 0 in the smallest unit of "
                       "the currency, with up to twelve decimals where they are allowed.",
                       "parameter_invalid_integer");
    const auto units = number->toUnits(0);
    return Amounts{units ? Value::integer(*units) : Value::null(), json.text(number->toString())};
}

Outcome<Value> tiersIn(const JsonMaker &json, const Value &params)
{
    std::vector<Value> tiers;
    std::int64_t below = 0;
    for (const auto &tier : params.get("tiers").items()) {
        const auto unit = amountsIn(json, tier, "unit_amount", "unit_amount_decimal", "tiers");
        const auto flat = amountsIn(json, tier, "flat_amount", "flat_amount_decimal", "tiers");
        if (!unit || !flat)
            return unit ? flat.error() : unit.error();
        const bool last = tier.get("up_to").text() == "inf";
        const auto upTo = whole(tier.get("up_to"));
        if (!last && upTo <= below)
            return invalid("tiers", "Each tier must reach further than the one before it.");
        below = last ? below : upTo;
        tiers.push_back(json.object({{"flat_amount", flat->wholeAmount},
                                     {"flat_amount_decimal", flat->decimal},
                                     {"unit_amount", unit->wholeAmount},
                                     {"unit_amount_decimal", unit->decimal},
                                     {"up_to", last ? Value::null() : Value::integer(upTo)}}));
    }
    if (tiers.empty() || !tiers.back().get("up_to").isNull())
        return invalid("tiers", "The last tier must have up_to=inf.");
    return toArray(json.arena(), tiers);
}

/// Takes the key from the price that has it, or refuses.
Outcome<Value> claimLookupKey(ApiHost &host, const ApiCall &call, const Value &params,
                              const std::string &self)
{
    const Value key = params.get("lookup_key");
    if (!given(key))
        return Value::null();
    for (const auto &other : allOf(host, call, kType, [&](const Value &price) {
             return str(price.get("lookup_key")) == key.text() && str(price.get("id")) != self;
         })) {
        if (!yes(params.get("transfer_lookup_key")))
            return invalid("lookup_key",
                           "A price (" + str(other.get("id")) +
                               ") already uses that lookup key. Send "
                               "transfer_lookup_key=true to take it over.",
                           "resource_already_exists");
        host.change(call, other, {{"lookup_key", nullptr}}, "price.updated");
    }
    return key;
}

Outcome<std::string> productFor(ApiHost &host, const ApiCall &call, const Value &params,
                                const std::string &param)
{
    if (const Value data = params.get("product_data"); data.isObject()) {
        auto made = makeProduct(host, call, data);
        if (!made)
            return made.error();
        return str(made->get("id"));
    }
    const auto id = str(params.get("product"));
    if (id.empty())
        return answers::missingParam(param.empty() ? "product" : param + "[product]");
    const auto found = needed(host, call, "product", id, param.empty() ? "product" : param);
    if (!found)
        return found.error();
    return id;
}

Value recurringOf(const JsonMaker &json, const Value &params)
{
    const Value sent = params.get("recurring");
    if (!sent.isObject())
        return Value::null();
    const Value shaped = shapedField(json, kType, "recurring", sent);
    return json.with(
        shaped, {{"interval_count", std::max<std::int64_t>(1, whole(sent.get("interval_count")))},
                 {"meter", orNull(json, str(sent.get("meter")))},
                 {"usage_type",
                  given(sent.get("usage_type")) ? sent.get("usage_type") : json.text("licensed")}});
}

Value customAmount(const JsonMaker &json, const Value &params)
{
    const Value custom = params.get("custom_unit_amount");
    return yes(custom.get("enabled"))
               ? json.object({{"maximum", orNull(whole(custom.get("maximum")))},
                              {"minimum", orNull(whole(custom.get("minimum")))},
                              {"preset", orNull(whole(custom.get("preset")))}})
               : Value::null();
}

Outcome<bool> amountFits(const Value &params, const Amounts &amounts, const CurrencyRule &rule,
                         bool tiered)
{
    if (tiered || params.get("custom_unit_amount").isObject())
        return true;
    if (amounts.decimal.isNull())
        return answers::missingParam("unit_amount");
    if (amounts.wholeAmount.isNumber() && *amounts.wholeAmount.toInt() % rule.multipleOf != 0)
        return invalid("unit_amount", "Amounts in " + rule.code + " must be divisible by " +
                                          std::to_string(rule.multipleOf) + '.');
    return true;
}

HttpResponse createPrice(ApiHost &host, const ApiCall &call)
{
    const auto made = makePrice(host, call, call.params, {});
    return made ? answers::ok(*made) : made.error();
}

HttpResponse updatePrice(ApiHost &host, const ApiCall &call)
{
    const auto price = named(host, call, kType);
    if (!price)
        return price.error();
    const auto key = claimLookupKey(host, call, call.params, call.id());
    if (!key)
        return key.error();
    const auto keep = [&](std::string_view name) { return kept(call, kType, *price, name); };
    const auto behaviour = str(price->get("tax_behavior"));
    if (call.has("tax_behavior") && behaviour != "unspecified" &&
        behaviour != call.text("tax_behavior"))
        return invalid("tax_behavior", "The tax behaviour of a price cannot change once it is set. "
                                       "Make a new price.");
    return answers::ok(
        host.change(call, *price,
                    {{"active", keep("active")},
                     {"lookup_key", call.has("lookup_key") ? *key : price->get("lookup_key")},
                     {"metadata", mergedMetadata(call.json(), price->get("metadata"),
                                                 call.params.get("metadata"))},
                     {"nickname", keep("nickname")},
                     {"tax_behavior", keep("tax_behavior")}},
                    "price.updated"));
}

} // namespace

Outcome<Value> makePrice(ApiHost &host, const ApiCall &call, const Value &params,
                         const std::string &param)
{
    const JsonMaker json = call.json();
    const auto rule = currencyRule(str(params.get("currency")));
    if (!rule)
        return invalid("currency", "Invalid currency: " + rule.error().message);
    const auto amounts = amountsIn(json, params, "unit_amount", "unit_amount_decimal",
                                   param.empty() ? "unit_amount" : param + "[unit_amount]");
    if (!amounts)
        return amounts.error();
    const bool tiered = params.get("billing_scheme").text() == "tiered";
    if (const auto fits = amountFits(params, *amounts, *rule, tiered); !fits)
        return fits.error();
    Value tiers;
    if (tiered) {
        const auto read = tiersIn(json, params);
        if (!read)
            return read.error();
        tiers = *read;
    }
    const auto product = productFor(host, call, params, param);
    if (!product)
        return product.error();
    const auto key = claimLookupKey(host, call, params, {});
    if (!key)
        return key.error();
    const Value recurring = recurringOf(json, params);
    const Value transform = params.get("transform_quantity");
    return host.create(
        call,
        json.with(blankObject(json, kType),
                  {{"id", host.newId("price_")},
                   {"active", !params.get("active").isString() || yes(params.get("active"))},
                   {"billing_scheme", tiered ? "tiered" : "per_unit"},
                   {"created", host.now().seconds()},
                   {"currency", lower(rule->code)},
                   {"custom_unit_amount", customAmount(json, params)},
                   {"lookup_key", *key},
                   {"metadata", mergedMetadata(json, {}, params.get("metadata"))},
                   {"nickname", orNull(json, str(params.get("nickname")))},
                   {"product", *product},
                   {"recurring", recurring},
                   {"tax_behavior", given(params.get("tax_behavior")) ? params.get("tax_behavior")
                                                                      : json.text("unspecified")},
                   {"tiers", tiers},
                   {"tiers_mode",
                    tiered ? shapedField(json, kType, "tiers_mode", params.get("tiers_mode"))
                           : Value::null()},
                   {"transform_quantity",
                    transform.isObject() ? shapedField(json, kType, "transform_quantity", transform)
                                         : Value::null()},
                   {"type", recurring.isNull() ? "one_time" : "recurring"},
                   {"unit_amount", amounts->wholeAmount},
                   {"unit_amount_decimal", amounts->decimal}}),
        "price.created");
}

Outcome<Value> priceIn(ApiHost &host, const ApiCall &call, const Value &holder,
                       const std::string &param)
{
    if (const Value data = holder.get("price_data"); data.isObject())
        return makePrice(host, call, data, param + "[price_data]");
    std::string id;
    for (const auto *path : {"price", "pricing.price", "plan"}) {
        if (id.empty())
            id = str(holder.find(path));
    }
    if (id.empty())
        return answers::missingParam(param + "[price]");
    const auto price = needed(host, call, kType, id, param + "[price]");
    if (price && !yes(price->get("active")))
        return invalid(param + "[price]",
                       "The price " + id + " is inactive. Activate it, or send another.");
    return price;
}

void addPriceRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/prices", createPrice);
    routes.add("POST", "/v1/prices/{id}", updatePrice);
}

} // namespace tw::stripe::billing
