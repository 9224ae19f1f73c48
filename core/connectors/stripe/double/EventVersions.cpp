// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/EventVersions.h"

namespace tw::stripe {
namespace {

constexpr std::string_view kBasil = "2025-03-31";

Value idOf(const Value &value)
{
    return value.isObject() ? value.get("id") : value;
}

Value older(const sandbox::JsonMaker &json, const Value &object)
{
    const std::string_view type = object.get("object").text();
    if (type == "subscription") {
        const Value item = object.find("items.data.0");
        return json.with(object, {{"current_period_start", item.get("current_period_start")},
                                  {"current_period_end", item.get("current_period_end")}});
    }
    if (type != "invoice")
        return object;
    const Value details = object.find("parent.subscription_details");
    const Value payment = object.find("payments.data.0.payment");
    const auto orNull = [](const Value &value) {
        return value.isUndefined() ? Value::null() : value;
    };
    return json.with(object, {{"subscription", orNull(idOf(details.get("subscription")))},
                              {"payment_intent", orNull(idOf(payment.get("payment_intent")))},
                              {"charge", orNull(idOf(payment.get("charge")))},
                              {"paid", object.get("status").text() == "paid"},
                              {"paid_out_of_band", false},
                              {"parent", Value()},
                              {"payments", Value()}});
}

} // namespace

Value eventInVersion(const sandbox::JsonMaker &json, const Value &event, std::string_view version)
{
    if (version.empty() || version == event.get("api_version").text())
        return event;
    Value data = event.get("data");
    if (version.substr(0, kBasil.size()) < kBasil)
        data = json.with(data, {{"object", older(json, data.get("object"))}});
    return json.with(event, {{"api_version", version}, {"data", data}});
}

} // namespace tw::stripe
