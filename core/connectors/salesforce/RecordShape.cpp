// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/RecordShape.h"

#include <algorithm>

namespace tw::salesforce {

namespace {

using Type = Shape::Type;

Type typeOf(std::string_view type)
{
    constexpr std::pair<std::string_view, Type> kTypes[] = {
        {"string", Type::Text},          {"textarea", Type::Text},  {"phone", Type::Text},
        {"encryptedstring", Type::Text}, {"combobox", Type::Text},  {"base64", Type::Text},
        {"boolean", Type::Boolean},      {"int", Type::Integer},    {"long", Type::Integer},
        {"double", Type::Number},        {"percent", Type::Number}, {"currency", Type::Money},
        {"datetime", Type::Instant},     {"date", Type::Date},      {"picklist", Type::Choice},
        {"multipicklist", Type::Text},   {"id", Type::Id},          {"reference", Type::Id},
        {"email", Type::Email},          {"url", Type::Url},
    };
    for (const auto &[word, known] : kTypes) {
        if (word == type)
            return known;
    }
    return Type::Any;
}

Shape shapeOf(const FieldInfo &field)
{
    Shape shape;
    shape.type = typeOf(field.type);
    shape.nullable = field.nillable;
    if (shape.type == Type::Money)
        shape.unit = "major";
    else if (shape.type == Type::Instant)
        shape.unit = "iso8601";
    // Several values of a multi-select list travel in one text, so its words are not compared.
    if (shape.type == Type::Choice && field.restrictedPicklist)
        shape.choices = field.picklist;
    const bool hasLength =
        shape.type == Type::Text || shape.type == Type::Email || shape.type == Type::Url;
    if (hasLength && field.length > 0)
        shape.maxLength = field.length;
    return shape;
}

} // namespace

Shape recordShape(const Describe &describe)
{
    Shape record;
    record.type = Type::Group;
    record.title = describe.name();
    for (const FieldInfo &field : describe.fields()) {
        const bool writable = field.createable || field.updateable;
        const bool required = field.createable && !field.nillable && !field.defaultedOnCreate;
        record.fields.push_back({field.name, shapeOf(field), required, writable});
        if (!writable || field.relationshipName.empty())
            continue;
        Shape related;
        related.type = Type::Group;
        related.nullable = true;
        related.item = {Shape()};
        record.fields.push_back({field.relationshipName, std::move(related), false, true});
    }
    return record;
}

Shape upsertShape(const Settings &settings)
{
    const Describe *describe = DescribeSet::builtIn().object(settings.text("object"));
    if (!describe)
        return {};
    Shape record = recordShape(*describe);
    if (settings.flag("update_only") || settings.text("external_id") == "Id") {
        for (Shape::Field &field : record.fields)
            field.required = false;
    }
    const std::string external = settings.text("external_id");
    const std::string other = settings.text("value_field");
    const std::string &key = other.empty() ? external : other;
    const auto named = [&record](const std::string &name) {
        return std::find_if(record.fields.begin(), record.fields.end(),
                            [&name](const Shape::Field &field) { return field.name == name; });
    };
    // The key is told by the address, not by the record: no field is needed for it, and read-only
    // ones will do.
    if (const auto field = named(external); field != record.fields.end()) {
        field->required = false;
        field->writable = true;
    }
    if (const auto field = named(key); field != record.fields.end())
        field->required = field->writable = field->isKey = true;
    else if (!key.empty())
        record.fields.push_back({key, Shape(), true, true, true});
    return record;
}

} // namespace tw::salesforce
