// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/JsonSchema.h"

#include "core/schema/MappingForm.h"
#include "core/schema/ParamCheck.h"
#include "core/schema/Settings.h"

#include <initializer_list>

namespace tw {
namespace {

constexpr std::string_view kDurationPattern = "^[0-9]+(ms|s|m|h|d)$";
constexpr std::string_view kSecretPattern = "^\\$\\{secret:[A-Za-z0-9_-]+/[A-Za-z0-9_-]+\\}$";
constexpr std::string_view kCaseIdPattern = "^[a-z][a-z0-9_]{0,63}$";

/// A schema under construction; the keywords in the order in which they are set.
class Keywords
{
public:
    explicit Keywords(Arena &arena) : m_arena(arena), m_object(arena) {}

    Keywords &set(std::string_view name, const Value &value)
    {
        m_object.set(name, value);
        return *this;
    }
    Keywords &text(std::string_view name, std::string_view value)
    {
        if (!value.empty())
            m_object.set(name, Value::string(m_arena, value));
        return *this;
    }
    Keywords &type(std::initializer_list<std::string_view> names)
    {
        if (names.size() == 1)
            return text("type", *names.begin());
        ArrayBuilder types(m_arena);
        for (const std::string_view name : names)
            types.add(Value::string(m_arena, name));
        return set("type", types.finish());
    }
    Keywords &choices(const std::vector<Param::Choice> &choices)
    {
        ArrayBuilder values(m_arena);
        for (const Param::Choice &choice : choices)
            values.add(Value::string(m_arena, choice.value));
        return values.size() > 0 ? set("enum", values.finish()) : *this;
    }
    Value finish() { return m_object.finish(); }

private:
    Arena &m_arena;
    ObjectBuilder m_object;
};

void addBounds(Keywords &schema, const Param &param)
{
    if (param.lowest())
        schema.set("minimum", Value::number(*param.lowest()));
    if (param.highest())
        schema.set("maximum", Value::number(*param.highest()));
}

void addText(Keywords &schema, const Param &param)
{
    schema.type({"string", "number", "boolean"});
    if (param.longest())
        schema.set("maxLength", Value::integer(*param.longest()));
    schema.text("pattern", param.pattern());
}

Value expressionSchema(Arena &arena)
{
    return Keywords(arena).type({"string", "number", "boolean"}).finish();
}

Value words(Arena &arena, std::span<const std::string_view> choices)
{
    ArrayBuilder values(arena);
    for (const std::string_view choice : choices)
        values.add(Value::string(arena, choice));
    return values.finish();
}

/// `{properties: {name: {const: word}}, required: [name]}`: true where a group says that word.
Value saysSchema(Arena &arena, std::string_view name, std::string_view word)
{
    ObjectBuilder properties(arena);
    properties.set(name, Keywords(arena).set("const", Value::string(arena, word)).finish());
    return Keywords(arena)
        .set("properties", properties.finish())
        .set("required", words(arena, {&name, 1}))
        .finish();
}

/// The group form of one field of a mapping.
Value mappingGroupSchema(Arena &arena)
{
    const auto plain = [&arena](std::string_view help) {
        return Keywords(arena).type({"string"}).text("description", help);
    };
    ObjectBuilder properties(arena);
    properties.set("value", Keywords(arena)
                                .type({"string", "number", "boolean"})
                                .text("description", "The expression that fills the field.")
                                .finish());
    properties.set("if_missing",
                   plain("What the field gets when the expression gives nothing or null.")
                       .set("enum", words(arena, mapping_form::kIfMissing))
                       .finish());
    properties.set(
        "default",
        Keywords(arena).text("description", "The value for \"if_missing: default\".").finish());
    properties.set(
        "list",
        plain("What becomes of a list.").set("enum", words(arena, mapping_form::kList)).finish());
    properties.set("separator", plain("Stands between the items for \"list: join\".").finish());
    properties.set("note", plain("For people; never sent.").finish());
    constexpr std::string_view kValue = "value";
    constexpr std::string_view kDefault = "default";
    ObjectBuilder needs(arena);
    needs.set("default", saysSchema(arena, "if_missing", "default"));
    needs.set("separator", saysSchema(arena, "list", "join"));
    return Keywords(arena)
        .type({"object"})
        .set("properties", properties.finish())
        .set("required", words(arena, {&kValue, 1}))
        .set("additionalProperties", Value::boolean(false))
        .set("dependencies", needs.finish())
        .set("if", saysSchema(arena, "if_missing", "default"))
        .set("then", Keywords(arena).set("required", words(arena, {&kDefault, 1})).finish())
        .finish();
}

/// Any field of a mapping: an expression or a group.
Value mappingFieldSchema(Arena &arena)
{
    ArrayBuilder forms(arena);
    forms.add(expressionSchema(arena));
    forms.add(mappingGroupSchema(arena));
    return Keywords(arena).set("anyOf", forms.finish()).finish();
}

void addList(Keywords &schema, Arena &arena, const Param &param)
{
    Keywords item(arena);
    item.type({"string"});
    if (!param.hasOpenChoices())
        item.choices(param.choices());
    schema.type({"array"}).set("items", item.finish());
    if (param.isRequired())
        schema.set("minItems", Value::integer(1));
}

void addType(Keywords &schema, Arena &arena, const Param &param)
{
    switch (param.type()) {
    case Param::Type::Number:
    case Param::Type::Integer:
        schema.type({param.type() == Param::Type::Integer ? "integer" : "number"});
        addBounds(schema, param);
        return;
    case Param::Type::Boolean:
        schema.type({"boolean"});
        return;
    case Param::Type::Choice:
        schema.type({"string"});
        if (!param.hasOpenChoices())
            schema.choices(param.choices());
        return;
    case Param::Type::ChoiceList:
        addList(schema, arena, param);
        return;
    case Param::Type::Duration:
        schema.type({"string"}).text("pattern", kDurationPattern);
        return;
    case Param::Type::Mapping:
        schema.type({"object"}).set("additionalProperties", mappingFieldSchema(arena));
        return;
    case Param::Type::Fields:
        schema.type({"object"}).set(
            "additionalProperties", Keywords(arena).type({"string"}).choices(param.choices()).finish());
        return;
    case Param::Type::Cases:
        schema.type({"object"})
            .set("propertyNames", Keywords(arena).text("pattern", kCaseIdPattern).finish())
            .set("additionalProperties", expressionSchema(arena));
        return;
    case Param::Type::Secret:
        schema.type({"string"}).text("pattern", kSecretPattern);
        return;
    case Param::Type::Url:
        schema.type({"string"}).text("pattern", "^https?://[^@/]+");
        return;
    case Param::Type::Expression:
    case Param::Type::Text:
    case Param::Type::LongText:
    case Param::Type::FieldName:
    case Param::Type::StepRef:
        addText(schema, param);
        return;
    }
}

void addShapeType(Keywords &schema, Arena &arena, const Shape &shape, std::string_view name)
{
    if (shape.nullable && !name.empty())
        schema.type({name, "null"});
    else
        schema.text("type", name);
    switch (shape.type) {
    case Shape::Type::Instant:
        if (name == "string")
            schema.text("format", "date-time");
        break;
    case Shape::Type::Date:
        schema.text("format", "date");
        break;
    case Shape::Type::Email:
        schema.text("format", "email");
        break;
    case Shape::Type::Url:
        schema.text("format", "uri");
        break;
    default:
        break;
    }
    if (shape.maxLength)
        schema.set("maxLength", Value::integer(*shape.maxLength));
    if (!shape.choices.empty()) {
        ArrayBuilder values(arena);
        for (const std::string &choice : shape.choices)
            values.add(Value::string(arena, choice));
        if (shape.nullable)
            values.add(Value::null());
        schema.set("enum", values.finish());
    }
}

std::string_view jsonType(const Shape &shape)
{
    switch (shape.type) {
    case Shape::Type::Any:
        return {};
    case Shape::Type::Number:
        return "number";
    case Shape::Type::Integer:
        return "integer";
    case Shape::Type::Boolean:
        return "boolean";
    case Shape::Type::Instant:
        return shape.unit == "unix_seconds" ? "integer" : "string";
    case Shape::Type::Money:
        return shape.unit == "minor" ? "integer" : "number";
    case Shape::Type::List:
        return "array";
    case Shape::Type::Group:
        return "object";
    default:
        return "string";
    }
}

void addFields(Keywords &schema, Arena &arena, const Shape &shape)
{
    ObjectBuilder properties(arena);
    ArrayBuilder required(arena);
    for (const Shape::Field &field : shape.fields) {
        properties.set(field.name, schemaOf(arena, field.shape));
        if (field.required)
            required.add(Value::string(arena, field.name));
    }
    schema.set("properties", properties.finish());
    if (required.size() > 0)
        schema.set("required", required.finish());
}

} // namespace

Value schemaOf(Arena &arena, const Param &param)
{
    Keywords schema(arena);
    schema.text("title", param.title()).text("description", param.helpText());
    addType(schema, arena, param);
    if (param.defaultText()) {
        std::vector<Diagnostic> ignored;
        schema.set("default", ParamCheck(arena, param, {}, ignored).fallback());
    }
    if (!param.exampleText().empty()) {
        ArrayBuilder examples(arena);
        examples.add(Value::string(arena, param.exampleText()));
        schema.set("examples", examples.finish());
    }
    return schema.finish();
}

Value schemaOfSettings(Arena &arena, const std::vector<Param> &params)
{
    ObjectBuilder properties(arena);
    ArrayBuilder required(arena);
    for (const Param &param : params) {
        properties.set(param.id(), schemaOf(arena, param));
        if (param.isRequired() && !param.defaultText() && param.shownWhenId().empty())
            required.add(Value::string(arena, param.id()));
    }
    Keywords schema(arena);
    schema.type({"object"}).set("properties", properties.finish());
    if (required.size() > 0)
        schema.set("required", required.finish());
    return schema.set("additionalProperties", Value::boolean(false)).finish();
}

Value schemaOf(Arena &arena, const Shape &shape)
{
    Keywords schema(arena);
    schema.text("title", shape.title).text("description", shape.help);
    addShapeType(schema, arena, shape, jsonType(shape));
    schema.text("x-unit", shape.unit);
    if (shape.type == Shape::Type::List && !shape.item.empty())
        schema.set("items", schemaOf(arena, shape.item.front()));
    if (shape.type == Shape::Type::Group)
        addFields(schema, arena, shape);
    return schema.finish();
}

} // namespace tw
