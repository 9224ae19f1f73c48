// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"

#include "core/data/Decimal.h"

namespace tw::stripe {

namespace {

using sandbox::JsonMaker;

Value blankOf(const JsonMaker &json, const ApiField &field);

Value blankGroup(const JsonMaker &json, const std::vector<ApiField> &fields)
{
    ObjectBuilder builder(json.arena());
    for (const auto &field : fields) {
        if (field.required)
            builder.set(field.name, blankOf(json, field));
    }
    return builder.finish();
}

Value blankOf(const JsonMaker &json, const ApiField &field)
{
    using Kind = ApiField::Kind;
    if (field.nullable)
        return Value::null();
    switch (field.kind) {
    case Kind::Text:
        return json.text(field.choices.empty() ? std::string() : field.choices.front());
    case Kind::Integer:
    case Kind::Number:
        return Value::integer(0);
    case Kind::Boolean:
        return Value::boolean(false);
    case Kind::Map:
        return json.object({});
    case Kind::Group:
        return blankGroup(json, field.fields);
    case Kind::List:
        return json.array({});
    case Kind::Any:
        break;
    }
    return Value::null();
}

Value numberOf(const JsonMaker &json, const Value &param)
{
    const auto number = Decimal::parse(param.text());
    return number ? number->toValue(json.arena()) : param;
}

Value groupOf(const JsonMaker &json, const ApiField &field, const Value &param)
{
    ObjectBuilder builder(json.arena());
    for (const auto &member : field.fields) {
        const Value sent = param.get(member.name);
        if (!sent.isUndefined())
            builder.set(member.name, shapedLike(json, member, sent));
        else if (member.required)
            builder.set(member.name, blankOf(json, member));
    }
    return builder.finish();
}

} // namespace

Value blankObject(const JsonMaker &json, std::string_view type)
{
    const ApiField *object = ApiCatalogue::builtIn().object(type);
    const Value blank = object ? blankGroup(json, object->fields) : json.object({});
    return json.with(blank, {{"object", type}});
}

Value shapedLike(const JsonMaker &json, const ApiField &field, const Value &param)
{
    using Kind = ApiField::Kind;
    if (param.isString() && param.size() == 0 && (field.nullable || field.kind != Kind::Text))
        return field.nullable ? Value::null() : blankOf(json, field);
    switch (field.kind) {
    case Kind::Integer:
    case Kind::Number:
        return param.isString() ? numberOf(json, param) : param;
    case Kind::Boolean:
        return param.isString() ? Value::boolean(param.text() == "true") : param;
    case Kind::Group:
        return param.isObject() ? groupOf(json, field, param) : param;
    case Kind::List: {
        if (!param.isArray() || field.fields.empty())
            return param;
        ArrayBuilder builder(json.arena());
        for (const auto &item : param.items())
            builder.add(shapedLike(json, field.fields.front(), item));
        return builder.finish();
    }
    default:
        return param;
    }
}

Value shapedField(const JsonMaker &json, std::string_view type, std::string_view field,
                  const Value &param)
{
    const ApiField *object = ApiCatalogue::builtIn().object(type);
    const ApiField *known = object ? object->find(field) : nullptr;
    return known ? shapedLike(json, *known, param) : param;
}

} // namespace tw::stripe
