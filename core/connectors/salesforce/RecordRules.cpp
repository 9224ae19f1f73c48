// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/RecordRules.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/data/Number.h"
#include "core/sandbox/Cast.h"

#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>
#include <cctype>

namespace tw::salesforce {

namespace {

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const auto &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

bool isOneOf(std::string_view type, std::initializer_list<std::string_view> types)
{
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool isNumeric(const FieldInfo &field)
{
    return isOneOf(field.type, {"currency", "double", "percent", "int", "long"});
}

std::string_view tokenOf(const Value &value)
{
    switch (value.kind()) {
    case Value::Kind::Bool:
        return value.asBool() ? "VALUE_TRUE" : "VALUE_FALSE";
    case Value::Kind::Int:
    case Value::Kind::UInt:
        return "VALUE_NUMBER_INT";
    case Value::Kind::Double:
    case Value::Kind::Digits:
        return "VALUE_NUMBER_FLOAT";
    case Value::Kind::String:
        return "VALUE_STRING";
    case Value::Kind::Array:
        return "START_ARRAY";
    case Value::Kind::Object:
        return "START_OBJECT";
    default:
        return "VALUE_NULL";
    }
}

Refusal wrongType(const FieldInfo &field, const Value &value)
{
    const std::string shown =
        value.isString() || value.isNumber() || value.isBool()
            ? " value " + (value.isString() ? std::string(value.text()) : toJson(value))
            : std::string();
    return {"JSON_PARSER_ERROR",
            "Cannot deserialize instance of " + field.type + " from " +
                std::string(tokenOf(value)) + shown +
                " or request may be missing a required field at [" + field.name + ']',
            {}};
}

Refusal noColumn(std::string_view name, const Describe &object)
{
    return {"INVALID_FIELD",
            "No such column '" + std::string(name) + "' on sobject of type " + object.name(),
            {}};
}

Refusal missingFields(const std::vector<std::string> &names)
{
    return {"REQUIRED_FIELD_MISSING", "Required fields are missing: [" + joined(names) + ']',
            names};
}

Refusal readOnlyFields(const std::vector<std::string> &names)
{
    return {"INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: " + joined(names) +
                ". Please check the security settings of this field and verify that it "
                "is read/write for your profile or permission set.",
            names};
}

std::optional<Refusal> checkNumber(const FieldInfo &field, const Value &value)
{
    const bool isText = value.isString() && number::isJsonNumber(value.text());
    if (!value.isNumber() && !isText)
        return wrongType(field, value);
    const auto shape = isText ? number::shapeOf(value.text()) : number::shapeOf(value);
    if (field.type == "int" && shape.exponent < static_cast<std::int64_t>(shape.digits.size()))
        return wrongType(field, value);
    const int whole = field.precision > 0 ? field.precision - field.scale : 18;
    if (shape.exponent > whole)
        return Refusal{"NUMBER_OUTSIDE_VALID_RANGE",
                       field.label + ": value outside of valid range on numeric field: " +
                           (isText ? std::string(value.text()) : toJson(value)),
                       {field.name}};
    return std::nullopt;
}

std::optional<Refusal> checkTime(const FieldInfo &field, const Value &value)
{
    static const QRegularExpression kDate(QStringLiteral("^\\d{4}-\\d{2}-\\d{2}$"));
    static const QRegularExpression kZoned(
        QStringLiteral("^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?"
                       "(Z|[+-]\\d{2}:?\\d{2})?$"));
    const QString text = toQString(value.text());
    const bool isDay =
        kDate.match(text).hasMatch() && QDate::fromString(text, Qt::ISODate).isValid();
    // A datetime field takes a bare day as well, and reads it as midnight.
    const bool isTime = kZoned.match(text).hasMatch() &&
                        QDateTime::fromString(text.left(19), Qt::ISODate).isValid();
    const bool good = value.isString() && (field.type == "date" ? isDay : isDay || isTime);
    return good ? std::nullopt : std::optional(wrongType(field, value));
}

std::optional<Refusal> checkText(const FieldInfo &field, const Value &value)
{
    if (!value.isString())
        return wrongType(field, value);
    const QString text = toQString(value.text());
    if (field.length > 0 && text.size() > field.length)
        return Refusal{"STRING_TOO_LONG",
                       field.label + ": data value too large: " + std::string(value.text()) +
                           " (max length=" + std::to_string(field.length) + ')',
                       {field.name}};
    static const QRegularExpression kEmail(QStringLiteral("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$"));
    if (field.type == "email" && !text.isEmpty() && !kEmail.match(text).hasMatch())
        return Refusal{"INVALID_EMAIL_ADDRESS",
                       field.label + ": invalid email address: " + std::string(value.text()),
                       {field.name}};
    return std::nullopt;
}

std::optional<Refusal> checkPicklist(const FieldInfo &field, const Value &value)
{
    if (auto refusal = checkText(field, value))
        return refusal;
    const bool known = std::find(field.picklist.begin(), field.picklist.end(), value.text()) !=
                       field.picklist.end();
    if (known || !field.restrictedPicklist || value.size() == 0)
        return std::nullopt;
    return Refusal{"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                   field.label +
                       ": bad value for restricted picklist field: " + std::string(value.text()),
                   {field.name}};
}

bool isWellFormedId(std::string_view id)
{
    if (id.size() != 15 && id.size() != 18)
        return false;
    if (!std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; }))
        return false;
    return id.size() == 15 || sandbox::withCheckSuffix(std::string(id.substr(0, 15))) == id;
}

} // namespace

std::variant<Value, Refusal> RecordRules::check(Arena &arena, const Describe &object,
                                                const Value &body, const Record *existing) const
{
    ObjectBuilder fields(arena);
    std::vector<std::string> readOnly;
    for (const auto &member : body.members()) {
        if (member.key.text() == "attributes")
            continue;
        Outcome outcome = checkMember(arena, object, member.key.text(), member.value);
        if (outcome.refusal)
            return *std::move(outcome.refusal);
        const bool writable = existing ? outcome.field->updateable : outcome.field->createable;
        if (!writable)
            readOnly.push_back(outcome.field->name);
        else
            fields.set(outcome.field->name, outcome.value);
    }
    if (!readOnly.empty())
        return readOnlyFields(readOnly);
    const Value made = fields.finish();
    if (auto refusal = checkWhole(object, made, existing))
        return *std::move(refusal);
    return made;
}

std::vector<Refusal> RecordRules::objections(const Describe &object, const Value &body,
                                             const Record *existing) const
{
    std::vector<Refusal> found;
    Arena arena;
    ObjectBuilder sound(arena);
    for (const auto &member : body.members()) {
        if (member.key.text() == "attributes")
            continue;
        Outcome outcome = checkMember(arena, object, member.key.text(), member.value);
        if (outcome.field)
            sound.set(outcome.field->name, outcome.value); // It is there, whatever is wrong with it.
        if (outcome.refusal)
            found.push_back(*std::move(outcome.refusal));
        else if (!(existing ? outcome.field->updateable : outcome.field->createable))
            found.push_back(readOnlyFields({outcome.field->name}));
    }
    if (auto refusal = checkWhole(object, sound.finish(), existing)) {
        if (refusal->code == "REQUIRED_FIELD_MISSING")
            refusal->message = "A new record needs more. " + refusal->message;
        found.push_back(*std::move(refusal));
    }
    return found;
}

RecordRules::Outcome RecordRules::checkMember(Arena &arena, const Describe &object,
                                              std::string_view name, const Value &value) const
{
    const auto *field = object.field(name);
    if (!field) {
        const auto *relation = object.relationship(name);
        if (!relation)
            return {nullptr, {}, noColumn(name, object)};
        return checkRelationship(arena, *relation, value);
    }
    if (value.isNull()) {
        if (!field->nillable)
            return {field,
                    {},
                    field->type == "boolean" ? wrongType(*field, value)
                                             : missingFields({field->name})};
        return {field, value, std::nullopt};
    }
    return {field, value, checkValue(object, *field, value)};
}

RecordRules::Outcome RecordRules::checkRelationship(Arena &arena, const FieldInfo &field,
                                                    const Value &value) const
{
    if (value.isNull())
        return {&field, value, std::nullopt};
    if (!value.isObject())
        return {&field, {}, wrongType(field, value)};
    for (const auto &target : field.referenceTo) {
        const auto *parent = m_describes.object(target);
        if (!parent)
            continue;
        for (const auto &member : value.members()) {
            if (member.key.text() == "attributes")
                continue;
            const auto *key = parent->field(member.key.text());
            if (!key || !key->externalId)
                return {&field, {}, noColumn(member.key.text(), *parent)};
            if (!m_store)
                return {&field, value, std::nullopt};
            const auto matches = m_store->byField(*parent, *key, member.value.text());
            if (matches.size() == 1)
                return {&field, Value::string(arena, matches.front()->id), std::nullopt};
            return {&field,
                    {},
                    Refusal{"INVALID_FIELD",
                            "Foreign key external ID: " + lowerCase(member.value.text()) +
                                " not found for field " + key->name + " in entity " + target,
                            {}}};
        }
    }
    return {&field, {}, wrongType(field, value)};
}

std::optional<Refusal> RecordRules::checkValue(const Describe &object, const FieldInfo &field,
                                               const Value &value) const
{
    if (isNumeric(field))
        return checkNumber(field, value);
    if (field.type == "boolean")
        return value.isBool() ? std::nullopt : std::optional(wrongType(field, value));
    if (field.type == "date" || field.type == "datetime")
        return checkTime(field, value);
    if (field.type == "picklist")
        return checkPicklist(field, value);
    if (field.type == "reference" || field.type == "id") {
        if (!value.isString())
            return wrongType(field, value);
        return checkReference(object, field, value.text());
    }
    return checkText(field, value);
}

std::optional<Refusal> RecordRules::checkReference(const Describe &object, const FieldInfo &field,
                                                   std::string_view id) const
{
    const Refusal unknown{
        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", {field.name}};
    if (!isWellFormedId(id))
        return Refusal{"MALFORMED_ID",
                       field.label + ": id value of incorrect type: " + std::string(id),
                       {field.name}};
    if (field.name == "RecordTypeId")
        return object.hasRecordType(id) ? std::nullopt : std::optional(unknown);
    const auto *target = m_describes.byPrefix(id.substr(0, 3));
    const bool fits = target && std::find(field.referenceTo.begin(), field.referenceTo.end(),
                                          target->name()) != field.referenceTo.end();
    if (target && !fits)
        return Refusal{"FIELD_INTEGRITY_EXCEPTION",
                       field.label + ": id value of incorrect type: " + std::string(id),
                       {field.name}};
    // Users and other objects without a describe file are taken on trust.
    return !target || !m_store || m_store->byId(id) ? std::nullopt : std::optional(unknown);
}

std::optional<Refusal> RecordRules::checkWhole(const Describe &object, const Value &fields,
                                               const Record *existing) const
{
    std::vector<std::string> missing;
    for (const auto &field : object.fields()) {
        const Value value = fields.get(field.name);
        if (!existing && field.createable && !field.nillable && !field.defaultedOnCreate &&
            value.isUndefined())
            missing.push_back(field.name);
        if (!m_store || !field.unique || !value.isString())
            continue;
        for (const auto *other : m_store->byField(object, field, value.text())) {
            if (!existing || other->id != existing->id)
                return Refusal{"DUPLICATE_VALUE",
                               "duplicate value found: " + field.name +
                                   " duplicates value on record with id: " + other->id,
                               {}};
        }
    }
    return missing.empty() ? std::nullopt : std::optional(missingFields(missing));
}

} // namespace tw::salesforce
