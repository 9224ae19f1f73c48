// SPDX-License-Identifier: GPL-3.0-or-later
// Stripe's conventions: `x-resourceId` names an object, an expandable field is `anyOf [string,
// $ref]` with `x-expansionResources`, what an empty text unsets has an `anyOf` with `enum: [""]`,
// open enumerations carry `x-stripeBypassValidation`.
#include "core/connectors/stripe/facts/SchemaReader.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr int kDeepest = 24;
constexpr std::size_t kMostChoices = 300, kMostObjects = 100;
/// Bytes, about: ten times what the whole of Stripe's file makes. Ends files whose schemas
/// multiply.
constexpr std::size_t kMostCost = 128u << 20;
constexpr std::size_t kLongestName = 255;

using Kind = ApiField::Kind;
using Unit = ApiField::Unit;

bool isIn(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Minor units by name: a test holds the rule against what Stripe's own types say (field-hints).
bool namesAnAmount(std::string_view name)
{
    return name.ends_with("amount") || name.starts_with("amount_") || name.ends_with("_balance") ||
           name == "maximum_amount_capturable" ||
           isIn(name,
                {"amounts", "application_fee", "balance", "fee", "net", "refunded", "subtotal",
                 "subtotal_excluding_tax", "tax", "total", "total_excluding_tax", "unit_cost"});
}

/// Times of parameters that the file does not mark as such.
bool namesATime(std::string_view name)
{
    return name.ends_with("_at") ||
           isIn(name,
                {"arrival_date", "available_on", "backdate_start_date", "billing_cycle_anchor",
                 "created", "due_date", "end", "end_date", "frozen_time", "proration_date",
                 "redeem_by", "start", "start_date", "timestamp", "trial_end"});
}

Unit unitOf(const ApiField &field, std::string_view format)
{
    if (field.kind == Kind::Integer)
        return format == "unix-time" || namesATime(field.name) ? Unit::UnixTime
               : namesAnAmount(field.name)                     ? Unit::MinorAmount
                                                               : Unit::None;
    if (field.kind != Kind::Text)
        return Unit::None;
    if (format == "decimal" || field.name.ends_with("_decimal") || field.name == "fx_rate")
        return Unit::Decimal;
    if (format == "currency" || field.name == "currency" ||
        (field.name.ends_with("_currency") && field.name != "token_currency"))
        return Unit::Currency;
    if (field.name == "country" || field.name.ends_with("_country"))
        return Unit::Country;
    if (field.name == "email" || field.name.ends_with("_email"))
        return Unit::Email;
    if (field.name == "url" || field.name.ends_with("_url"))
        return Unit::Url;
    return Unit::None;
}

bool isListObject(const std::vector<ApiField> &fields)
{
    const auto has = [&fields](std::string_view name) {
        return std::any_of(fields.begin(), fields.end(),
                           [name](const ApiField &field) { return field.name == name; });
    };
    return has("data") && has("has_more");
}

/// Members of objects that Stripe sends only when `expand` names them, besides lists that are not
/// always there. The files do not mark them.
bool isLeftOut(const ApiField &field)
{
    const bool isTax = field.name == "tax" && field.find("automatic_tax");
    if (field.kind == Kind::Group && (isTax || isListObject(field.fields)))
        return true;
    return isIn(field.name, {"applies_to", "cash_balance", "confirmation_secret",
                             "currency_options", "invoice_credit_balance", "tiers"});
}

void become(ApiField &field, ApiField other)
{
    other.nullable = other.nullable || field.nullable;
    field = std::move(other);
}

bool isUnsetting(const Value &way)
{
    const Value list = way.get("enum");
    return list.isArray() && list.size() == 1 && list.at(0).isString() && list.at(0).size() == 0;
}

void addChoices(std::vector<std::string> &choices, const std::vector<std::string> &others)
{
    for (const std::string &other : others) {
        if (std::find(choices.begin(), choices.end(), other) == choices.end())
            choices.push_back(other);
    }
}

/// What only one form has is not required.
void addForm(std::vector<ApiField> &fields, std::vector<ApiField> others, bool isFirst)
{
    for (ApiField &field : fields) {
        const bool isShared = std::any_of(others.begin(), others.end(), [&](const auto &one) {
            return one.name == field.name && one.required;
        });
        field.required = field.required && isShared;
    }
    for (ApiField &other : others) {
        const auto known = std::find_if(fields.begin(), fields.end(),
                                        [&](const auto &one) { return one.name == other.name; });
        if (known == fields.end()) {
            other.required = other.required && isFirst;
            fields.push_back(std::move(other));
        } else if (known->kind == Kind::Text && !known->choices.empty()) {
            known->openChoices = known->openChoices || other.choices.empty();
            addChoices(known->choices, other.choices);
        }
    }
}

/// `created` as a time or as {gt, gte, lt, lte}: of all of them the same unit.
void takeRange(ApiField &field)
{
    const bool isRange =
        field.kinds.size() == 2 && !field.fields.empty() &&
        std::all_of(field.fields.begin(), field.fields.end(), [](const ApiField &bound) {
            return bound.kind == Kind::Integer && isIn(bound.name, {"gt", "gte", "lt", "lte"});
        });
    if (!isRange)
        return;
    field.unit = namesAnAmount(field.name) ? Unit::MinorAmount : Unit::UnixTime;
    for (ApiField &bound : field.fields)
        bound.unit = field.unit;
}

void takeCustomAmounts(ApiField &group)
{
    for (ApiField &field : group.fields)
        field.unit = field.kind == Kind::Integer ? Unit::MinorAmount : field.unit;
}

} // namespace

std::string lastOf(std::string_view reference)
{
    return std::string(reference.substr(reference.rfind('/') + 1));
}

bool isTrue(const Value &value)
{
    return value.isBool() && value.asBool();
}

SchemaReader::SchemaReader(const Value &spec) : m_schemas(spec.find("components.schemas")) {}

bool SchemaReader::isTooMuch() const
{
    return m_cost > kMostCost;
}

ApiField SchemaReader::read(std::string_view name, const Value &schema, int depth, bool isObject)
{
    m_cost += sizeof(ApiField) + name.size();
    ApiField field;
    field.name = name.substr(0, kLongestName);
    field.nullable = isTrue(schema.get("nullable"));
    if (depth > kDeepest || isTooMuch())
        return field;
    if (const Value reference = schema.get("$ref"); reference.isString())
        takeReference(field, lastOf(reference.text()), depth, isObject);
    else if (const Value any = schema.get("anyOf"); any.isArray())
        takeChoice(field, schema, any, depth, isObject);
    else
        takePlain(field, schema, depth, isObject);
    return field;
}

std::vector<ApiField> SchemaReader::members(const Value &schema, int depth, bool isObject)
{
    std::set<std::string_view> required;
    for (const Value &name : schema.get("required").items())
        required.insert(name.text());
    std::vector<ApiField> fields;
    for (const Member &member : schema.get("properties").members()) {
        const std::string_view name = member.key.text();
        if (name.empty() || isTooMuch())
            continue;
        ApiField field = read(name, member.value, depth + 1, isObject);
        field.required = required.count(name) > 0;
        field.includable = isObject && !field.required && isLeftOut(field);
        fields.push_back(std::move(field));
    }
    if (isListObject(fields)) {
        for (ApiField &field : fields) // Of a list it is a path, not an address.
            field.unit = field.name == "url" ? Unit::None : field.unit;
    }
    return fields;
}

bool SchemaReader::isResource(const Value &schema)
{
    return schema.get("x-resourceId").isString() ||
           schema.find("properties.object").get("enum").isArray();
}

/// Objects with a name of their own are named, other schemas are written out.
void SchemaReader::takeReference(ApiField &field, const std::string &name, int depth, bool isObject)
{
    const Value target = schema(name);
    if (isResource(target) && isObject) {
        field.kind = Kind::Group;
        addObjects(field, name, 0);
        return;
    }
    if (!m_open.insert(name).second)
        return; // It holds itself: anything.
    become(field, read(field.name, target, depth + 1, isObject));
    m_open.erase(name);
}

/// Old files have names for choices of objects: payment_source.
void SchemaReader::addObjects(ApiField &field, const std::string &name, int depth)
{
    if (name.empty() || name.starts_with("deleted_") || depth > 3)
        return;
    const Value ways = schema(name).get("anyOf");
    for (const Value &way : ways.items())
        addObjects(field, lastOf(way.get("$ref").text()), depth + 1);
    if (ways.isArray() || field.expandsTo.size() >= kMostObjects || name.size() > kLongestName)
        return;
    m_cost += sizeof(std::string) + name.size();
    if (std::find(field.expandsTo.begin(), field.expandsTo.end(), name) == field.expandsTo.end())
        field.expandsTo.push_back(name);
}

bool SchemaReader::isNamed(const Value &way) const
{
    return way.get("$ref").isString() && isResource(schema(lastOf(way.get("$ref").text())));
}

void SchemaReader::takeChoice(ApiField &field, const Value &schema, const Value &any, int depth,
                              bool isObject)
{
    std::vector<Value> ways;
    for (const Value &way : any.items()) {
        if (isUnsetting(way))
            field.nullable = true;
        else if (ways.size() < kMostObjects)
            ways.push_back(way);
    }
    const auto named =
        std::count_if(ways.begin(), ways.end(), [this](const Value &way) { return isNamed(way); });
    const auto count = static_cast<std::ptrdiff_t>(ways.size());
    const bool isId = count > 1 && ways.front().get("type").text() == "string";
    if (schema.get("x-expansionResources").isObject() || (isId && named == count - 1)) {
        field.kind = Kind::Text;
        addNamed(field, ways);
    } else if (count == 1) {
        become(field, read(field.name, ways.front(), depth + 1, isObject));
    } else if (isObject && count > 0 && named == count) {
        field.kind = Kind::Group;
        addNamed(field, ways);
    } else {
        takeForms(field, ways, depth, isObject);
    }
}

void SchemaReader::addNamed(ApiField &field, const std::vector<Value> &ways)
{
    for (const Value &way : ways)
        addObjects(field, lastOf(way.get("$ref").text()), 0);
}

/// One of several forms. Groups become one group; other kinds stand beside each other.
void SchemaReader::takeForms(ApiField &field, const std::vector<Value> &ways, int depth,
                             bool isObject)
{
    bool isKnown = true;
    for (const Value &way : ways) {
        ApiField form = read(field.name, way, depth + 1, isObject);
        const bool isFirst =
            std::find(field.kinds.begin(), field.kinds.end(), form.kind) == field.kinds.end();
        isKnown =
            isKnown && form.kind != Kind::Any && form.kind != Kind::List && form.expandsTo.empty();
        field.nullable = field.nullable || form.nullable;
        if (form.kind == Kind::Group)
            addForm(field.fields, std::move(form.fields), isFirst);
        if (form.kind == Kind::Text) {
            field.openChoices = field.openChoices || form.openChoices || form.choices.empty();
            addChoices(field.choices, form.choices);
        }
        if (form.kind == Kind::Integer)
            field.unit = form.unit;
        if (isFirst)
            field.kinds.push_back(form.kind);
    }
    if (!isKnown)
        field.kinds.clear();
    if (field.kinds == std::vector{Kind::Group}) {
        field.kind = Kind::Group;
        field.kinds.clear();
    }
    takeRange(field);
}

void SchemaReader::takePlain(ApiField &field, const Value &schema, int depth, bool isObject)
{
    const std::string_view type = schema.get("type").text();
    if (type == "array") {
        field.kind = Kind::List;
        field.fields = {item(field, schema.get("items"), depth, isObject)};
    } else if (schema.get("properties").isObject()) {
        field.kind = Kind::Group;
        field.fields = members(schema, depth, isObject);
        if (field.name == "custom_unit_amount")
            takeCustomAmounts(field);
    } else if (type == "object") {
        takeMap(field, schema, depth, isObject);
    } else if (type == "string") {
        field.kind = Kind::Text;
    } else if (type == "integer") {
        field.kind = Kind::Integer;
    } else if (type == "number") {
        field.kind = Kind::Number;
    } else if (type == "boolean") {
        field.kind = Kind::Boolean;
    }
    takeChoices(field, schema);
    field.unit = unitOf(field, schema.get("format").text());
}

/// Items take their unit from the name of the list.
ApiField SchemaReader::item(const ApiField &list, const Value &schema, int depth, bool isObject)
{
    ApiField item = read(list.name, schema, depth + 1, isObject);
    item.name.clear();
    return item;
}

void SchemaReader::takeMap(ApiField &field, const Value &schema, int depth, bool isObject)
{
    field.kind = Kind::Map;
    const Value values = schema.get("additionalProperties");
    if (!values.isObject() || values.get("type").text() == "string")
        return;
    field.fields = {item(field, values, depth, isObject)};
}

void SchemaReader::takeChoices(ApiField &field, const Value &schema)
{
    field.openChoices = isTrue(schema.get("x-stripeBypassValidation"));
    const Value choices = schema.get("enum");
    for (const Value &choice : choices.items()) {
        if (choice.isString() && choice.size() == 0)
            field.nullable = true;
        else if (choice.isString() && field.choices.size() >= kMostChoices)
            field.openChoices = true;
        else if (choice.isString()) {
            m_cost += sizeof(std::string) + choice.size();
            field.choices.emplace_back(choice.text());
        }
    }
}

} // namespace tw::stripe
