// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeForm.h"

#include "core/data/Json.h"

#include <cmath>

namespace tw::stripe {
namespace {

constexpr int kDeepest = 16;

Error badParameter(const std::string &name, const std::string &what)
{
    Error error = rejectedError("stripe.bad_parameter", "The field \"" + name + "\" " + what);
    error.where = name;
    return error;
}

Result<void> append(FormFields &fields, const std::string &name, const Value &value, int depth)
{
    if (depth > kDeepest)
        return badParameter(name, "lies deeper than Stripe takes it.");
    switch (value.kind()) {
    case Value::Kind::Undefined:
    case Value::Kind::Function:
        return {};
    case Value::Kind::Null:
        fields.emplace_back(name, std::string());
        return {};
    case Value::Kind::Bool:
        fields.emplace_back(name, value.asBool() ? "true" : "false");
        return {};
    case Value::Kind::String:
        fields.emplace_back(name, std::string(value.text()));
        return {};
    case Value::Kind::Array: {
        if (value.size() == 0)
            fields.emplace_back(name, std::string());
        std::size_t index = 0;
        for (const Value &item : value.items()) {
            auto added =
                append(fields, name + '[' + std::to_string(index++) + ']', item, depth + 1);
            if (!added)
                return added;
        }
        return {};
    }
    case Value::Kind::Object:
        if (value.size() == 0)
            fields.emplace_back(name, std::string());
        for (const Member &member : value.members()) {
            const std::string key(member.key.text());
            if (key.empty() || key.find_first_of("[]") != std::string::npos)
                return badParameter(name, "has a field named \"" + key +
                                              "\". Stripe takes no empty names and none with "
                                              "brackets.");
            auto added = append(fields, name + '[' + key + ']', member.value, depth + 1);
            if (!added)
                return added;
        }
        return {};
    default:
        if (value.kind() == Value::Kind::Double && !std::isfinite(value.rawDouble()))
            return badParameter(name, "is no finite number.");
        fields.emplace_back(name, toJson(value));
        return {};
    }
}

} // namespace

Result<FormFields> stripeForm(const Value &params)
{
    if (!params.isObject())
        return rejectedError("stripe.not_an_object",
                             "The message is not an object with fields. Put a mapping before the "
                             "step that names the fields as Stripe does.");
    FormFields fields;
    for (const Member &member : params.members()) {
        const std::string name(member.key.text());
        if (name.empty() || name.find_first_of("[]") != std::string::npos)
            return badParameter(name, "cannot be sent: nest objects instead of writing brackets.");
        if (auto added = append(fields, name, member.value, 1); !added)
            return std::move(added).error();
    }
    return fields;
}

} // namespace tw::stripe
