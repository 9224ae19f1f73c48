// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/RecordQuery.h"

#include "core/base/Text.h"
#include "core/data/Decimal.h"
#include "core/sandbox/JsonMaker.h"

#include <QDateTime>

#include <algorithm>
#include <optional>

namespace tw::salesforce {

namespace {

constexpr const char *kUserId = "0055g00000Tw001AAA";

std::string timeText(Instant at)
{
    const auto time = QDateTime::fromMSecsSinceEpoch(at.msSinceEpoch, Qt::UTC);
    return toUtf8(time.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss.zzz"))) + "+0000";
}

std::string autoNumberOf(const Record &record)
{
    std::string digits = std::to_string(record.number);
    digits.insert(0, digits.size() < 6 ? 6 - digits.size() : 0, '0');
    return "SP-" + digits;
}

/// Datetimes come back in one form, whatever was sent.
Value storedTime(Arena &arena, const Value &value)
{
    const auto time = QDateTime::fromString(toQString(value.text()), Qt::ISODateWithMs);
    if (!time.isValid())
        return value;
    return Value::string(arena, timeText({time.toUTC().toMSecsSinceEpoch()}));
}

Value fieldValue(Arena &arena, const FieldInfo &field, const Record &record)
{
    const auto &name = field.name;
    if (name == "Id")
        return Value::string(arena, record.id);
    if (name == "IsDeleted")
        return Value::boolean(record.deleted);
    if (name == "CreatedDate")
        return Value::string(arena, timeText(record.created));
    if (name == "LastModifiedDate" || name == "SystemModstamp")
        return Value::string(arena, timeText(record.modified));
    const Value stored = record.fields->root().get(name);
    if (!stored.isUndefined())
        return field.type == "datetime" && stored.isString() ? storedTime(arena, stored)
                                                             : copyInto(arena, stored);
    if (field.autoNumber)
        return Value::string(arena, autoNumberOf(record));
    if (name == "CreatedById" || name == "LastModifiedById" || name == "OwnerId")
        return Value::string(kUserId);
    if (field.type == "boolean")
        return Value::boolean(false);
    return field.defaultPicklistValue.empty() ? Value::null()
                                              : Value::string(arena, field.defaultPicklistValue);
}

Value attributes(const sandbox::JsonMaker &json, const Record &record, const std::string &version)
{
    return json.object(
        {{"type", record.object},
         {"url", "/services/data/" + version + "/sobjects/" + record.object + '/' + record.id}});
}

std::optional<Instant> instantOf(const Value &value, std::string_view text)
{
    const auto from = value.isString() ? value.text() : text;
    const auto time = QDateTime::fromString(toQString(from), Qt::ISODateWithMs);
    return time.isValid() ? std::optional(Instant{time.toUTC().toMSecsSinceEpoch()}) : std::nullopt;
}

/// Negative, zero or positive; nothing when the two cannot be compared.
std::optional<int> compared(const FieldInfo &field, const Value &value,
                            const Soql::Literal &literal)
{
    if (value.isNull() || literal.kind == Soql::Literal::Kind::Null)
        return value.isNull() && literal.kind == Soql::Literal::Kind::Null ? std::optional(0)
                                                                           : std::nullopt;
    if (value.isBool())
        return (value.asBool() ? "true" : "false") == literal.text ? 0 : 1;
    if (literal.kind == Soql::Literal::Kind::Time) {
        const auto left = instantOf(value, {}), right = instantOf({}, literal.text);
        if (!left || !right)
            return std::nullopt;
        return *left < *right ? -1 : *left == *right ? 0 : 1;
    }
    if (value.isNumber()) {
        const auto left = Decimal::fromValue(value), right = Decimal::parse(literal.text);
        if (!left || !right)
            return std::nullopt;
        const auto order = compare(*left, *right);
        return order < 0 ? -1 : order == 0 ? 0 : 1;
    }
    const std::string left =
        field.caseSensitive ? std::string(value.text()) : lowerCase(value.text());
    const std::string right = field.caseSensitive ? literal.text : lowerCase(literal.text);
    return left.compare(right);
}

/// SOQL's LIKE: % stands for any text, _ for one character; case does not matter.
bool isLike(std::string_view text, std::string_view pattern)
{
    if (pattern.empty())
        return text.empty();
    if (pattern.front() == '%') {
        for (std::size_t skip = 0; skip <= text.size(); ++skip) {
            if (isLike(text.substr(skip), pattern.substr(1)))
                return true;
        }
        return false;
    }
    return !text.empty() && (pattern.front() == '_' || pattern.front() == text.front()) &&
           isLike(text.substr(1), pattern.substr(1));
}

bool fits(const FieldInfo &field, const Value &value, const Soql::Condition &condition)
{
    using Operator = Soql::Operator;
    if (condition.op == Operator::In)
        return std::any_of(
            condition.values.begin(), condition.values.end(),
            [&](const auto &literal) { return compared(field, value, literal) == 0; });
    const auto &literal = condition.values.front();
    if (condition.op == Operator::Like)
        return value.isString() && isLike(lowerCase(value.text()), lowerCase(literal.text));
    const auto order = compared(field, value, literal);
    if (condition.op == Operator::NotEqual)
        return order != 0;
    if (!order)
        return false;
    switch (condition.op) {
    case Operator::Equal:
        return *order == 0;
    case Operator::Less:
        return *order < 0;
    case Operator::LessOrEqual:
        return *order <= 0;
    case Operator::Greater:
        return *order > 0;
    case Operator::GreaterOrEqual:
        return *order >= 0;
    default:
        return false;
    }
}

int orderOf(const FieldInfo &field, const Value &left, const Value &right)
{
    if (left.isNumber() && right.isNumber())
        return left.toDouble() < right.toDouble() ? -1 : left.toDouble() > right.toDouble() ? 1 : 0;
    if (left.isBool() && right.isBool())
        return static_cast<int>(left.asBool()) - static_cast<int>(right.asBool());
    return field.caseSensitive ? left.text().compare(right.text())
                               : lowerCase(left.text()).compare(lowerCase(right.text()));
}

bool comesBefore(Arena &arena, const Describe &object, const std::vector<Soql::Order> &orders,
                 const Record &a, const Record &b)
{
    for (const auto &order : orders) {
        const auto &field = *object.field(order.field);
        const Value left = fieldValue(arena, field, a);
        const Value right = fieldValue(arena, field, b);
        if (left.isNull() != right.isNull())
            return left.isNull() ? !order.nullsLast : order.nullsLast;
        const int direction = left.isNull() ? 0 : orderOf(field, left, right);
        if (direction != 0)
            return order.descending ? direction > 0 : direction < 0;
    }
    return false;
}

Refusal noColumn(const std::string &name, const Describe &object)
{
    return {"INVALID_FIELD",
            "No such column '" + name + "' on entity '" + object.name() +
                "'. If you are attempting to use a custom field, be sure to append the '__c' after "
                "the custom field name.",
            {}};
}

std::optional<Refusal> unknownName(const Soql &query, const Describe &object)
{
    for (const auto &name : query.fields) {
        if (!object.field(name))
            return noColumn(name, object);
    }
    for (const auto &condition : query.where) {
        if (!object.field(condition.field))
            return noColumn(condition.field, object);
    }
    for (const auto &order : query.orderBy) {
        if (!object.field(order.field))
            return noColumn(order.field, object);
    }
    return std::nullopt;
}

} // namespace

Value fullRecord(Arena &arena, const Describe &object, const Record &record,
                 const std::string &version)
{
    const sandbox::JsonMaker json(arena);
    ObjectBuilder builder(arena);
    builder.set("attributes", attributes(json, record, version));
    for (const auto &field : object.fields())
        builder.set(field.name, fieldValue(arena, field, record));
    return builder.finish();
}

std::variant<QueryResult, Refusal> runQuery(const Soql &query, const DescribeSet &describes,
                                            const RecordStore &store)
{
    const auto *object = describes.object(query.object);
    if (!object)
        return Refusal{"INVALID_TYPE", "sObject type '" + query.object + "' is not supported.", {}};
    if (auto refusal = unknownName(query, *object))
        return *std::move(refusal);
    QueryResult result;
    result.object = object;
    result.countOnly = query.count;
    for (const auto &name : query.fields)
        result.fields.push_back(object->field(name));
    Arena arena;
    for (const auto *record : store.all(object->name())) {
        const bool wanted = std::all_of(
            query.where.begin(), query.where.end(), [&](const Soql::Condition &condition) {
                const auto &field = *object->field(condition.field);
                return fits(field, fieldValue(arena, field, *record), condition);
            });
        if (wanted)
            result.records.push_back(record);
    }
    std::stable_sort(result.records.begin(), result.records.end(),
                     [&](const Record *a, const Record *b) {
                         return comesBefore(arena, *object, query.orderBy, *a, *b);
                     });
    const auto skipped = std::min(query.offset, result.records.size());
    result.records.erase(result.records.begin(),
                         result.records.begin() + static_cast<std::ptrdiff_t>(skipped));
    if (query.limit && *query.limit < result.records.size())
        result.records.resize(*query.limit);
    return result;
}

Value queriedRecord(Arena &arena, const QueryResult &result, const Record &record,
                    const std::string &version)
{
    ObjectBuilder builder(arena);
    builder.set("attributes", attributes(sandbox::JsonMaker(arena), record, version));
    for (const auto *field : result.fields)
        builder.set(field->name, fieldValue(arena, *field, record));
    return builder.finish();
}

} // namespace tw::salesforce
