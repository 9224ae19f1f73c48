// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BillingTools.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/data/Json.h"

#include <algorithm>
#include <charconv>

namespace tw::stripe::billing {

std::int64_t whole(const Value &value, std::int64_t otherwise)
{
    if (!value.isString())
        return value.toInt().value_or(otherwise);
    std::int64_t number = otherwise;
    std::from_chars(value.text().data(), value.text().data() + value.text().size(), number);
    return number;
}

std::string str(const Value &value)
{
    if (value.isString())
        return std::string(value.text());
    return value.isObject() ? std::string(value.get("id").text()) : std::string();
}

bool yes(const Value &value)
{
    return value.isBool() ? value.asBool() : value.isString() && value.text() == "true";
}

bool given(const Value &value)
{
    return !value.isUndefined() && !value.isNull() && !(value.isString() && value.size() == 0);
}

Value orNull(std::int64_t number)
{
    return number == 0 ? Value::null() : Value::integer(number);
}

Value orNull(const JsonMaker &json, const std::string &text)
{
    return text.empty() ? Value::null() : json.text(text);
}

Value toArray(Arena &arena, const std::vector<Value> &items)
{
    ArrayBuilder builder(arena);
    for (const auto &item : items)
        builder.add(item);
    return builder.finish();
}

Value texts(const JsonMaker &json, const std::vector<std::string> &items)
{
    ArrayBuilder builder(json.arena());
    for (const auto &item : items)
        builder.add(json.text(item));
    return builder.finish();
}

Value listOf(const JsonMaker &json, const std::vector<Value> &items, const std::string &url)
{
    return json.object({{"object", "list"},
                        {"data", toArray(json.arena(), items)},
                        {"has_more", false},
                        {"url", url}});
}

Value taken(const ApiCall &call, std::string_view type, std::string_view name,
            const Value &otherwise)
{
    const Value sent = call.params.get(name);
    return sent.isUndefined() ? otherwise : shapedField(call.json(), type, name, sent);
}

Value kept(const ApiCall &call, std::string_view type, const Value &before, std::string_view name)
{
    return taken(call, type, name, before.get(name));
}

Outcome<Value> needed(ApiHost &host, const ApiCall &call, std::string_view type,
                      const std::string &id, std::string_view param)
{
    const Value object = host.get(call, type, id);
    if (!object.isUndefined())
        return object;
    return answers::refuse({.code = "resource_missing",
                            .message = "No such " + std::string(type) + ": '" + id + "'",
                            .param = std::string(param)});
}

Outcome<Value> named(ApiHost &host, const ApiCall &call, std::string_view type)
{
    const Value object = host.get(call, type, call.id());
    if (!object.isUndefined())
        return object;
    return answers::missingObject(type, call.id());
}

HttpResponse invalid(std::string_view param, std::string message, std::string code)
{
    return answers::refuse(
        {.code = std::move(code), .message = std::move(message), .param = std::string(param)});
}

HttpResponse deletedAnswer(const ApiCall &call, const Value &object)
{
    return answers::ok(call.json().object(
        {{"id", object.get("id")}, {"object", object.get("object")}, {"deleted", true}}));
}

ApiCall ownCall(const ApiCall &like, Arena &arena)
{
    return ApiCall{"POST", {}, sandbox::JsonMaker(arena).object({}), {}, like.account, {}, arena};
}

namespace {

Value asText(const JsonMaker &json, const Value &value)
{
    if (value.isBool())
        return json.text(value.asBool() ? "true" : "false");
    if (value.isNumber())
        return json.text(toJson(value));
    if (value.isArray()) {
        ArrayBuilder builder(json.arena());
        for (const auto &item : value.items())
            builder.add(asText(json, item));
        return builder.finish();
    }
    if (!value.isObject())
        return value;
    ObjectBuilder builder(json.arena());
    for (const auto &member : value.members()) {
        if (!member.value.isNull() && !member.value.isUndefined())
            builder.set(member.key.text(), asText(json, member.value));
    }
    return builder.finish();
}

} // namespace

Value formOf(const JsonMaker &json, std::initializer_list<JsonMaker::Member> members)
{
    return asText(json, json.object(members));
}

Value bodyOf(const ApiCall &call, const HttpResponse &answer)
{
    const auto body = parseJsonInto(call.arena, answer.body);
    return body ? *body : Value();
}

HttpResponse pageOf(const ApiCall &call, const std::vector<Value> &items, const std::string &url)
{
    const auto limit = call.number("limit", 10);
    if (limit < 1 || limit > 100)
        return answers::badParam("limit", "The limit must be a number from 1 to 100.");
    const auto placeOf = [&](std::string_view param) {
        const auto id = call.text(param);
        return std::find_if(items.begin(), items.end(),
                            [&](const Value &item) { return item.get("id").text() == id; });
    };
    auto first = items.begin(), last = items.end();
    for (const auto *cursor : {"starting_after", "ending_before"}) {
        if (call.has(cursor) && placeOf(cursor) == items.end())
            return answers::missingObject("object", call.text(cursor));
    }
    if (call.has("starting_after"))
        first = placeOf("starting_after") + 1;
    bool more = last - first > limit;
    if (call.has("ending_before")) {
        last = placeOf("ending_before");
        more = last - first > limit;
        first = more ? last - limit : first;
    } else if (more) {
        last = first + limit;
    }
    return answers::ok(call.json().object({{"object", "list"},
                                           {"data", toArray(call.arena, {first, last})},
                                           {"has_more", more},
                                           {"url", url}}));
}

std::vector<Value> allOf(ApiHost &host, const ApiCall &call, std::string_view type,
                         const std::function<bool(const Value &)> &wanted)
{
    std::vector<Value> found;
    for (const auto &object : host.store().list(type)) {
        if (wanted(object->root()))
            found.push_back(copyInto(call.arena, object->root()));
    }
    std::reverse(found.begin(), found.end());
    return found;
}

} // namespace tw::stripe::billing
