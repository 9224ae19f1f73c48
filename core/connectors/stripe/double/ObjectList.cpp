// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/ObjectList.h"

#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/sandbox/JsonMaker.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tw::stripe {

namespace {

constexpr std::int64_t kPage = 10;
constexpr std::int64_t kLargestPage = 100;

std::optional<std::int64_t> whole(const Value &value)
{
    if (value.isNumber())
        return value.toInt();
    std::int64_t number = 0;
    const auto text = value.text();
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!value.isString() || problem != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::vector<std::string> textsOf(const Value &list)
{
    std::vector<std::string> texts;
    for (const Value &item : list.items())
        texts.emplace_back(item.text());
    if (list.isString())
        texts.emplace_back(list.text());
    return texts;
}

bool fitsRange(const Value &range, const Value &at)
{
    const auto number = at.toInt().value_or(0);
    if (const auto exact = whole(range))
        return number == *exact;
    const auto gt = whole(range.get("gt")), gte = whole(range.get("gte"));
    const auto lt = whole(range.get("lt")), lte = whole(range.get("lte"));
    return (!gt || number > *gt) && (!gte || number >= *gte) && (!lt || number < *lt) &&
           (!lte || number <= *lte);
}

/// An id, or the object that was put in its place.
std::string plainOf(const Value &value)
{
    if (value.isObject())
        return std::string(value.get("id").text());
    if (value.isBool())
        return value.asBool() ? "true" : "false";
    if (const auto number = value.toInt(); value.isNumber() && number)
        return std::to_string(*number);
    return std::string(value.text());
}

bool isCursor(std::string_view name)
{
    return name == "limit" || name == "starting_after" || name == "ending_before" ||
           name == "expand";
}

/// Subscriptions that are over come only when they are asked for.
bool fitsStatus(const Value &object, const ApiOperation &operation, const Value &params)
{
    const Value wanted = params.get("status");
    const std::string_view status = object.get("status").text();
    if (operation.object == "subscription") {
        if (wanted.isUndefined())
            return status != "canceled";
        if (wanted.text() == "all")
            return true;
        if (wanted.text() == "ended")
            return status == "canceled" || status == "incomplete_expired";
    }
    return wanted.isUndefined() || wanted.text() == status;
}

std::optional<std::size_t> indexOf(const std::vector<Value> &objects, const Value &id)
{
    const auto found = std::find_if(objects.begin(), objects.end(), [&](const Value &object) {
        return object.get("id").text() == id.text();
    });
    if (found == objects.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - objects.begin());
}

std::optional<std::int64_t> limitOf(const Value &params)
{
    const Value limit = params.get("limit");
    const auto number = limit.isUndefined() ? kPage : whole(limit).value_or(0);
    return number < 1 || number > kLargestPage ? std::nullopt : std::optional(number);
}

HttpResponse badLimit()
{
    return answers::badParam("limit", "The limit must be a whole number from 1 to 100.");
}

HttpResponse pageAnswer(Arena &arena, const std::vector<Value> &objects, std::size_t from,
                        std::size_t to, bool more, const std::string &url)
{
    const sandbox::JsonMaker json(arena);
    ArrayBuilder data(arena);
    for (std::size_t i = from; i < to; ++i)
        data.add(objects[i]);
    return answers::ok(json.object(
        {{"object", "list"}, {"data", data.finish()}, {"has_more", more}, {"url", url}}));
}

} // namespace

bool fitsFilters(const Value &object, const ApiOperation &operation, const Value &params)
{
    for (const Member &param : params.members()) {
        const std::string_view name = param.key.text();
        if (isCursor(name) || name == "status")
            continue;
        if (operation.object == "event") {
            if ((name == "type" || name == "types") &&
                !matchesEvent(textsOf(param.value), object.get("type").text()))
                return false;
            if (name == "delivery_success" &&
                (param.value.text() == "true") !=
                    (object.get("pending_webhooks").toInt().value_or(0) == 0))
                return false;
            if (name == "type" || name == "types" || name == "delivery_success")
                continue;
        }
        const std::string one(name.substr(0, name.size() - (name.ends_with('s') ? 1 : 0)));
        Value field = object.get(name);
        if (field.isUndefined())
            field = object.get('_' + std::string(name)); // A mark of the double.
        if (param.value.isObject()) {
            if (!fitsRange(param.value, field))
                return false;
        } else if (param.value.isArray()) { // ids[], lookup_keys[]
            const auto wanted = textsOf(param.value);
            const std::string have = plainOf(field.isUndefined() ? object.get(one) : field);
            if (std::find(wanted.begin(), wanted.end(), have) == wanted.end())
                return false;
        } else if (const auto exact = whole(param.value); exact && field.isNumber()) {
            if (field.toInt() != exact)
                return false;
        } else if (plainOf(field) != param.value.text()) {
            return false;
        }
    }
    return fitsStatus(object, operation, params);
}

HttpResponse listObjects(Arena &arena, const std::vector<DocumentPtr> &objects,
                         const ApiOperation &operation, const std::string &url, const Value &params)
{
    const auto limit = limitOf(params);
    if (!limit)
        return badLimit();
    std::vector<Value> matching;
    for (const auto &object : objects) {
        if (fitsFilters(object->root(), operation, params))
            matching.push_back(object->root());
    }
    const auto count = static_cast<std::size_t>(*limit);
    if (const Value cursor = params.get("ending_before"); cursor.isString()) {
        const auto index = indexOf(matching, cursor);
        if (!index)
            return answers::missingObject(operation.object, cursor.text());
        const std::size_t from = *index > count ? *index - count : 0;
        return pageAnswer(arena, matching, from, *index, from > 0, url);
    }
    std::size_t from = 0;
    if (const Value cursor = params.get("starting_after"); cursor.isString()) {
        const auto index = indexOf(matching, cursor);
        if (!index)
            return answers::missingObject(operation.object, cursor.text());
        from = *index + 1;
    }
    const std::size_t to = std::min(from + count, matching.size());
    return pageAnswer(arena, matching, from, to, to < matching.size(), url);
}

HttpResponse searchPage(Arena &arena, const std::vector<Value> &found, const std::string &url,
                        const Value &params)
{
    const auto limit = limitOf(params);
    if (!limit)
        return badLimit();
    const auto from = static_cast<std::size_t>(std::clamp<std::int64_t>(
        whole(params.get("page")).value_or(0), 0, static_cast<std::int64_t>(found.size())));
    const std::size_t to = std::min(from + static_cast<std::size_t>(*limit), found.size());
    const bool more = to < found.size();
    const sandbox::JsonMaker json(arena);
    ArrayBuilder data(arena);
    for (std::size_t at = from; at < to; ++at)
        data.add(found[at]);
    return answers::ok(
        json.object({{"object", "search_result"},
                     {"data", data.finish()},
                     {"has_more", more},
                     {"next_page", more ? json.text(std::to_string(to)) : Value::null()},
                     {"url", url}}));
}

} // namespace tw::stripe
