// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/data/Decimal.h"

namespace tw::stripe::billing {

namespace {

HttpResponse createTaxRate(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto percent = Decimal::parse(call.text("percentage"));
    if (!percent || percent->isNegative() || compare(*percent, Decimal(100)) > 0)
        return invalid("percentage", "The percentage must be a number from 0 to 100.");
    const auto take = [&](std::string_view name) {
        return taken(call, "tax_rate", name, Value::null());
    };
    return answers::ok(
        host.create(call,
                    json.with(blankObject(json, "tax_rate"),
                              {{"id", host.newId("txr_")},
                               {"active", call.flag("active", true)},
                               {"country", take("country")},
                               {"created", host.now().seconds()},
                               {"description", take("description")},
                               {"display_name", call.text("display_name")},
                               {"inclusive", call.flag("inclusive")},
                               {"jurisdiction", take("jurisdiction")},
                               {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                               {"percentage", take("percentage")},
                               {"rate_type", "percentage"},
                               {"state", take("state")},
                               {"tax_type", take("tax_type")}}),
                    "tax_rate.created"));
}

HttpResponse updateTaxRate(ApiHost &host, const ApiCall &call)
{
    const auto rate = named(host, call, "tax_rate");
    if (!rate)
        return rate.error();
    const auto keep = [&](std::string_view name) { return kept(call, "tax_rate", *rate, name); };
    return answers::ok(host.change(call, *rate,
                                   {{"active", keep("active")},
                                    {"country", keep("country")},
                                    {"description", keep("description")},
                                    {"display_name", keep("display_name")},
                                    {"jurisdiction", keep("jurisdiction")},
                                    {"metadata", mergedMetadata(call.json(), rate->get("metadata"),
                                                                call.params.get("metadata"))},
                                    {"state", keep("state")},
                                    {"tax_type", keep("tax_type")}},
                                   "tax_rate.updated"));
}

HttpResponse createShippingRate(ApiHost &host, const ApiCall &call)
{
    return answers::ok(makeShippingRate(host, call, call.params));
}

HttpResponse updateShippingRate(ApiHost &host, const ApiCall &call)
{
    const auto rate = named(host, call, "shipping_rate");
    if (!rate)
        return rate.error();
    const auto keep = [&](std::string_view name) {
        return kept(call, "shipping_rate", *rate, name);
    };
    return answers::ok(host.change(call, *rate,
                                   {{"active", keep("active")},
                                    {"metadata", mergedMetadata(call.json(), rate->get("metadata"),
                                                                call.params.get("metadata"))},
                                    {"tax_behavior", keep("tax_behavior")}},
                                   {}));
}

} // namespace

Value makeShippingRate(ApiHost &host, const ApiCall &call, const Value &params)
{
    const JsonMaker json = call.json();
    const auto take = [&](std::string_view name) {
        const Value sent = params.get(name);
        return sent.isUndefined() ? Value::null() : shapedField(json, "shipping_rate", name, sent);
    };
    const Value fixed = params.get("fixed_amount");
    return host.create(
        call,
        json.with(blankObject(json, "shipping_rate"),
                  {{"id", host.newId("shr_")},
                   {"active", true},
                   {"created", host.now().seconds()},
                   {"delivery_estimate", take("delivery_estimate")},
                   {"display_name", take("display_name")},
                   {"fixed_amount", json.object({{"amount", whole(fixed.get("amount"))},
                                                 {"currency", fixed.get("currency")}})},
                   {"metadata", mergedMetadata(json, {}, params.get("metadata"))},
                   {"tax_behavior", given(params.get("tax_behavior")) ? take("tax_behavior")
                                                                      : json.text("unspecified")},
                   {"tax_code", take("tax_code")},
                   {"type", "fixed_amount"}}),
        {});
}

void addRateRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/tax_rates", createTaxRate);
    routes.add("POST", "/v1/tax_rates/{id}", updateTaxRate);
    routes.add("POST", "/v1/shipping_rates", createShippingRate);
    routes.add("POST", "/v1/shipping_rates/{id}", updateShippingRate);
}

} // namespace tw::stripe::billing
