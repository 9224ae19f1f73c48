// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SalesforceApi that upserts many records of one object by an external id.
#include "core/connectors/salesforce/SalesforceApi.h"

#include "core/data/Json.h"
#include "core/sandbox/JsonMaker.h"

#include <set>

namespace tw::salesforce {

namespace {

constexpr std::size_t kMostRecords = 200;

Value refused(Arena &arena, const Refusal &refusal)
{
    const sandbox::JsonMaker json(arena);
    ArrayBuilder fields(arena);
    for (const auto &field : refusal.fields)
        fields.add(json.text(field));
    return json.object({{"success", false},
                        {"errors", json.array({json.object({{"statusCode", refusal.code},
                                                            {"message", refusal.message},
                                                            {"fields", fields.finish()}})})}});
}

std::string keyOf(const Value &record, const FieldInfo &key)
{
    const Value value = record.get(key.name);
    return value.isString() ? std::string(value.text())
        : value.isNumber()  ? toJson(value)
                            : std::string();
}

/// The record without its attributes.
Value fieldsOf(Arena &arena, const Value &record)
{
    ObjectBuilder fields(arena);
    for (const auto &member : record.members()) {
        if (member.key.text() != "attributes")
            fields.set(member.key.text(), member.value);
    }
    return fields.finish();
}

} // namespace

HttpResponse SalesforceApi::upsertMany(const Call &call)
{
    const Describe *object = m_describes.object(call.path[2]);
    const FieldInfo *key = object ? object->field(call.path[3]) : nullptr;
    if (!key || !key->externalId)
        return notFound();
    if (call.request.method != "PATCH")
        return refuse(405, {"METHOD_NOT_ALLOWED", "HTTP Method not allowed.", {}});
    Arena arena;
    const auto body = parseJsonInto(arena, call.request.body);
    const Value records = body ? body->get("records") : Value();
    if (!records.isArray())
        return refuse(400, {"JSON_PARSER_ERROR", "The HTTP entity body must name records.", {}});
    if (records.size() > kMostRecords)
        return refuse(400, {"EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than "
                                                 "200 records in this call", {}});
    std::multiset<std::string> keys;
    for (const Value &record : records.items())
        keys.insert(lowerCase(keyOf(record, *key)));
    ArrayBuilder results(arena);
    for (const Value &record : records.items()) {
        const bool twice = keys.count(lowerCase(keyOf(record, *key))) > 1;
        results.add(upsertOne(arena, *object, *key, record, twice));
    }
    return jsonResponse(200, toJson(results.finish()));
}

Value SalesforceApi::upsertOne(Arena &arena, const Describe &object, const FieldInfo &key,
                               const Value &record, bool twice)
{
    const sandbox::JsonMaker json(arena);
    if (auto refusal = std::exchange(m_nextRefusal, std::nullopt))
        return refused(arena, *refusal);
    const std::string value = keyOf(record, key);
    if (lowerCase(record.find("attributes.type").text()) != lowerCase(object.name()))
        return refused(arena, {"INVALID_TYPE", "The record is not of the type " + object.name(), {}});
    if (value.empty())
        return refused(arena, {"MISSING_ARGUMENT", key.name + " not specified", {}});
    if (twice)
        return refused(arena, {"DUPLICATE_VALUE", "Duplicate external id specified: " + value, {}});
    const auto matches = m_store.byField(object, key, value);
    if (matches.size() > 1)
        return refused(arena, {"DUPLICATE_EXTERNAL_ID", key.name + ": more than one record found for "
                                   "external id field", {}});
    const Record *existing = matches.empty() ? nullptr : matches.front();
    const auto checked = m_rules.check(arena, object, fieldsOf(arena, record), existing);
    if (const auto *refusal = std::get_if<Refusal>(&checked))
        return refused(arena, *refusal);
    const Record &written = existing ? m_store.update(existing->id, std::get<Value>(checked))
                                     : m_store.create(object, std::get<Value>(checked));
    return json.object({{"id", written.id},
                        {"success", true},
                        {"created", !existing},
                        {"errors", json.array({})}});
}

} // namespace tw::salesforce
