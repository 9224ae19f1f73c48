// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/CatalogueRoutes.h"

#include "core/connectors/stripe/double/BillingLists.h"
#include "core/connectors/stripe/double/BlankObject.h"

namespace tw::stripe {

namespace billing {

namespace {

constexpr std::string_view kType = "product";

Value field(const JsonMaker &json, const Value &params, std::string_view name,
            const Value &otherwise)
{
    const Value sent = params.get(name);
    return sent.isUndefined() ? otherwise : shapedField(json, kType, name, sent);
}

HttpResponse createProduct(ApiHost &host, const ApiCall &call)
{
    auto made = makeProduct(host, call, call.params);
    if (!made)
        return made.error();
    Value product = *made;
    if (const Value data = call.params.get("default_price_data"); data.isObject()) {
        const Value form = call.json().with(data, {{"product", product.get("id")}});
        const auto price = makePrice(host, call, form, "default_price_data");
        if (!price)
            return price.error();
        product =
            host.change(call, product, {{"default_price", price->get("id")}}, "product.updated");
    }
    return answers::ok(product);
}

HttpResponse updateProduct(ApiHost &host, const ApiCall &call)
{
    const auto product = named(host, call, kType);
    if (!product)
        return product.error();
    const auto keep = [&](std::string_view name) { return kept(call, kType, *product, name); };
    if (const auto price = call.text("default_price"); !price.empty()) {
        const auto found = needed(host, call, "price", price, "default_price");
        if (!found)
            return found.error();
        if (str(found->get("product")) != call.id())
            return invalid("default_price", "The price belongs to another product. Send a price "
                                            "that was made for this one.");
    }
    return answers::ok(
        host.change(call, *product,
                    {{"active", keep("active")},
                     {"default_price", keep("default_price")},
                     {"description", keep("description")},
                     {"images", keep("images")},
                     {"marketing_features", keep("marketing_features")},
                     {"metadata", mergedMetadata(call.json(), product->get("metadata"),
                                                 call.params.get("metadata"))},
                     {"name", keep("name")},
                     {"package_dimensions", keep("package_dimensions")},
                     {"shippable", keep("shippable")},
                     {"statement_descriptor", keep("statement_descriptor")},
                     {"tax_code", keep("tax_code")},
                     {"tax_details", keep("tax_details")},
                     {"unit_label", keep("unit_label")},
                     {"updated", host.now().seconds()},
                     {"url", keep("url")}},
                    "product.updated"));
}

HttpResponse deleteProduct(ApiHost &host, const ApiCall &call)
{
    const auto product = named(host, call, kType);
    if (!product)
        return product.error();
    for (const auto &price : host.store().list("price")) {
        if (str(price->root().get("product")) == call.id())
            return invalid("id",
                           "This product has one or more prices and cannot be deleted. Set it to "
                           "active=false instead.");
    }
    host.remove(call, *product, "product.deleted");
    return deletedAnswer(call, *product);
}

} // namespace

Outcome<Value> makeProduct(ApiHost &host, const ApiCall &call, const Value &params)
{
    const JsonMaker json = call.json();
    const std::string id = given(params.get("id")) ? str(params.get("id")) : host.newId("prod_");
    if (host.store().find(kType, id))
        return invalid("id", "Product already exists.", "resource_already_exists");
    const auto now = host.now().seconds();
    const Value none = json.array({});
    return host.create(
        call,
        json.with(
            blankObject(json, kType),
            {{"id", id},
             {"active", field(json, params, "active", Value::boolean(true))},
             {"created", now},
             {"default_price", nullptr},
             {"description", field(json, params, "description", Value::null())},
             {"images", field(json, params, "images", none)},
             {"marketing_features", field(json, params, "marketing_features", none)},
             {"metadata", mergedMetadata(json, {}, params.get("metadata"))},
             {"name", str(params.get("name"))},
             {"package_dimensions", field(json, params, "package_dimensions", Value::null())},
             {"shippable", field(json, params, "shippable", Value::null())},
             {"statement_descriptor", field(json, params, "statement_descriptor", Value::null())},
             {"tax_code", field(json, params, "tax_code", Value::null())},
             {"tax_details", field(json, params, "tax_details", Value::null())},
             {"type", field(json, params, "type", json.text("service"))},
             {"unit_label", field(json, params, "unit_label", Value::null())},
             {"updated", now},
             {"url", field(json, params, "url", Value::null())}}),
        "product.created");
}

} // namespace billing

void addCatalogueRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/products", billing::createProduct);
    routes.add("POST", "/v1/products/{id}", billing::updateProduct);
    routes.add("DELETE", "/v1/products/{id}", billing::deleteProduct);
    billing::addPriceRoutes(routes);
    billing::addPlanRoutes(routes);
    billing::addCouponRoutes(routes);
    billing::addRateRoutes(routes);
    billing::addListRoutes(routes, {"/v1/prices", "/v1/products", "/v1/promotion_codes",
                                    "/v1/shipping_rates", "/v1/tax_rates"});
}

} // namespace tw::stripe
