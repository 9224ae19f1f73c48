// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BillingLists.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

/// Where a parameter looks when the field has another name; "!" in front: whether it is null.
struct Elsewhere
{
    std::string_view param, field;
};

struct ListRoute
{
    std::string_view path, type;
    std::vector<Elsewhere> elsewhere = {};
};

const std::vector<ListRoute> &listRoutes()
{
    static const std::vector<ListRoute> routes{
        {"/v1/checkout/sessions", "checkout.session", {}},
        {"/v1/credit_notes", "credit_note", {}},
        {"/v1/invoice_payments", "invoice_payment", {}},
        {"/v1/invoiceitems", "invoiceitem", {{"pending", "!invoice"}}},
        {"/v1/invoices", "invoice", {{"subscription", "parent.subscription_details.subscription"}}},
        {"/v1/payment_links", "payment_link", {}},
        {"/v1/prices", "price", {{"lookup_keys", "lookup_key"}}},
        {"/v1/products", "product", {{"ids", "id"}}},
        {"/v1/promotion_codes", "promotion_code", {{"coupon", "promotion.coupon"}}},
        {"/v1/shipping_rates", "shipping_rate", {{"currency", "fixed_amount.currency"}}},
        {"/v1/subscription_items", "subscription_item", {}},
        {"/v1/subscription_schedules", "subscription_schedule", {}},
        {"/v1/tax_rates", "tax_rate", {}},
    };
    return routes;
}

bool isPaging(std::string_view name)
{
    return name == "limit" || name == "starting_after" || name == "ending_before" ||
           name == "expand";
}

bool isRange(const Value &wanted)
{
    return std::any_of(wanted.members().begin(), wanted.members().end(), [](const Member &member) {
        const auto name = member.key.text();
        return name == "gt" || name == "gte" || name == "lt" || name == "lte";
    });
}

bool isWithin(const Value &value, const Value &range)
{
    const auto number = value.toInt();
    if (!number)
        return false;
    const auto bound = [&](const char *name, std::int64_t otherwise) {
        return whole(range.get(name), otherwise);
    };
    return *number >= bound("gte", *number) && *number <= bound("lte", *number) &&
           *number > bound("gt", *number - 1) && *number < bound("lt", *number + 1);
}

bool equalsText(const Value &value, const Value &wanted)
{
    if (value.isBool())
        return value.asBool() == yes(wanted);
    if (value.isNumber())
        return whole(value) == whole(wanted);
    return str(value) == wanted.text();
}

bool fits(const Value &object, const ListRoute &route, const Value &params,
          const std::string &under)
{
    for (const auto &member : params.members()) {
        const auto name = under + std::string(member.key.text());
        const Value wanted = member.value;
        if (isPaging(name))
            continue;
        const auto moved = std::find_if(route.elsewhere.begin(), route.elsewhere.end(),
                                        [&](const auto &entry) { return entry.param == name; });
        const auto field = moved == route.elsewhere.end() ? std::string_view(name) : moved->field;
        if (field.starts_with('!')) {
            if (object.find(field.substr(1)).isNull() != yes(wanted))
                return false;
            continue;
        }
        const Value value = object.find(field);
        const bool isFit =
            wanted.isArray()    ? std::any_of(wanted.items().begin(), wanted.items().end(),
                                              [&](const Value &one) { return equalsText(value, one); })
            : isRange(wanted)   ? isWithin(value, wanted)
            : wanted.isObject() ? fits(object, route, wanted, name + '.')
                                : equalsText(value, wanted);
        if (!isFit)
            return false;
    }
    return true;
}

HttpResponse listOf(ApiHost &host, const ApiCall &call, const ListRoute &route)
{
    std::vector<Value> found;
    for (const auto &object : host.store().list(route.type)) {
        if (fits(object->root(), route, call.params, {}))
            found.push_back(object->root());
    }
    return pageOf(call, found, std::string(route.path));
}

} // namespace

void addListRoutes(ApiRoutes &routes, std::initializer_list<std::string_view> paths)
{
    for (const auto path : paths) {
        for (const auto &route : listRoutes()) {
            if (route.path == path)
                routes.add("GET", path, [&route](ApiHost &host, const ApiCall &call) {
                    return listOf(host, call, route);
                });
        }
    }
}

} // namespace tw::stripe::billing
