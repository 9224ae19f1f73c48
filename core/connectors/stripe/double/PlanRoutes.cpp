// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"

namespace tw::stripe::billing {

namespace {

bool isPlan(const Value &price)
{
    return price.get("recurring").isObject();
}

HttpResponse createPlan(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const Value &sent = call.params;
    const Value product = sent.get("product");
    const Value recurring = formOf(json, {{"interval", sent.get("interval")},
                                          {"interval_count", sent.get("interval_count")},
                                          {"meter", sent.get("meter")},
                                          {"trial_period_days", sent.get("trial_period_days")},
                                          {"usage_type", sent.get("usage_type")}});
    const Value form = json.object({{"active", sent.get("active")},
                                    {"billing_scheme", sent.get("billing_scheme")},
                                    {"currency", sent.get("currency")},
                                    {"metadata", sent.get("metadata")},
                                    {"nickname", sent.get("nickname")},
                                    {"product", product.isObject() ? Value() : product},
                                    {"product_data", product.isObject() ? product : Value()},
                                    {"recurring", recurring},
                                    {"tiers", sent.get("tiers")},
                                    {"tiers_mode", sent.get("tiers_mode")},
                                    {"transform_quantity", sent.get("transform_usage")},
                                    {"unit_amount", sent.get("amount")},
                                    {"unit_amount_decimal", sent.get("amount_decimal")}});
    const auto price = makePrice(host, call, form, {});
    if (!price)
        return price.error();
    const Value plan = planOf(json, *price);
    host.tell(call, "plan.created", plan);
    return answers::ok(plan);
}

Outcome<Value> priceOfPlan(ApiHost &host, const ApiCall &call)
{
    const Value price = host.get(call, "price", call.id());
    if (price.isUndefined() || !isPlan(price))
        return answers::missingObject("plan", call.id());
    return price;
}

HttpResponse retrievePlan(ApiHost &host, const ApiCall &call)
{
    const auto price = priceOfPlan(host, call);
    return price ? answers::ok(planOf(call.json(), *price)) : price.error();
}

HttpResponse listPlans(ApiHost &host, const ApiCall &call)
{
    std::vector<Value> plans;
    for (const auto &price : host.store().list("price")) {
        const Value &root = price->root();
        if (isPlan(root) &&
            (!call.has("product") || str(root.get("product")) == call.text("product")) &&
            (!call.has("active") || yes(root.get("active")) == call.flag("active")))
            plans.push_back(planOf(call.json(), copyInto(call.arena, root)));
    }
    return pageOf(call, plans, "/v1/plans");
}

HttpResponse updatePlan(ApiHost &host, const ApiCall &call)
{
    const auto price = priceOfPlan(host, call);
    if (!price)
        return price.error();
    const Value before = planOf(call.json(), *price);
    const Value changed =
        host.change(call, *price,
                    {{"active", kept(call, "price", *price, "active")},
                     {"metadata", mergedMetadata(call.json(), price->get("metadata"),
                                                 call.params.get("metadata"))},
                     {"nickname", kept(call, "price", *price, "nickname")}},
                    "price.updated");
    const Value plan = planOf(call.json(), changed);
    if (!equals(plan, before))
        host.tell(call, "plan.updated", plan);
    return answers::ok(plan);
}

HttpResponse deletePlan(ApiHost &host, const ApiCall &call)
{
    const auto price = priceOfPlan(host, call);
    if (!price)
        return price.error();
    const Value plan = planOf(call.json(), *price);
    host.remove(call, *price, "price.deleted");
    host.tell(call, "plan.deleted", plan);
    return deletedAnswer(call, plan);
}

} // namespace

Value planOf(const JsonMaker &json, const Value &price)
{
    const Value recurring = price.get("recurring");
    if (!recurring.isObject())
        return Value::null();
    return json.with(blankObject(json, "plan"),
                     {{"id", price.get("id")},
                      {"active", price.get("active")},
                      {"amount", price.get("unit_amount")},
                      {"amount_decimal", price.get("unit_amount_decimal")},
                      {"billing_scheme", price.get("billing_scheme")},
                      {"created", price.get("created")},
                      {"currency", price.get("currency")},
                      {"interval", recurring.get("interval")},
                      {"interval_count", recurring.get("interval_count")},
                      {"metadata", price.get("metadata")},
                      {"meter", recurring.get("meter")},
                      {"nickname", price.get("nickname")},
                      {"product", price.get("product")},
                      {"tiers_mode", price.get("tiers_mode")},
                      {"transform_usage", price.get("transform_quantity")},
                      {"trial_period_days", recurring.get("trial_period_days").isUndefined()
                                                ? Value::null()
                                                : recurring.get("trial_period_days")},
                      {"usage_type", recurring.get("usage_type")}});
}

void addPlanRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/plans", createPlan);
    routes.add("GET", "/v1/plans", listPlans);
    routes.add("GET", "/v1/plans/{id}", retrievePlan);
    routes.add("POST", "/v1/plans/{id}", updatePlan);
    routes.add("DELETE", "/v1/plans/{id}", deletePlan);
}

} // namespace tw::stripe::billing
