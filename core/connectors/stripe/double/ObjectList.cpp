// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/ObjectList.h"

#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
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
    std::int64_t number = 0;
    const auto text = value.text();
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!value.isString() || problem != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::vector<std::string> typesAsked(const Value &params)
{
    std::vector<std::string> types;
    if (params.get("type").isString())
        types.emplace_back(params.get("type").text());
    for (const auto &item : params.get("types").items())
        types.emplace_back(item.text());
    return types;
}

bool fitsTime(const Value &range, const Value &created)
{
    const auto at = created.toInt().value_or(0);
    if (range.isUndefined())
        return true;
    if (const auto exact = whole(range))
        return at == *exact;
    const auto gt = whole(range.get("gt")), gte = whole(range.get("gte"));
    const auto lt = whole(range.get("lt")), lte = whole(range.get("lte"));
    return (!gt || at > *gt) && (!gte || at >= *gte) && (!lt || at < *lt) && (!lte || at <= *lte);
}

bool fits(const Value &object, std::string_view type, const Value &params)
{
    for (const auto *name : {"email", "customer"}) {
        const Value wanted = params.get(name);
        if (wanted.isString() && object.get(name).text() != wanted.text())
            return false;
    }
    const auto types = typesAsked(params);
    if (type == "event" && !types.empty() && !matchesEvent(types, object.get("type").text()))
        return false;
    return fitsTime(params.get("created"), object.get("created"));
}

bool isKnown(std::string_view type, std::string_view param)
{
    for (const auto *name : {"limit", "starting_after", "ending_before", "created"}) {
        if (param == name)
            return true;
    }
    if (param == "type" || param == "types")
        return type == "event";
    if (param == "email")
        return type == "customer";
    return param == "customer" && (type == "charge" || type == "payment_intent" ||
                                   type == "invoice" || type == "subscription");
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

HttpResponse listObjects(Arena &arena, const std::vector<DocumentPtr> &objects,
                         std::string_view type, const std::string &url, const Value &params)
{
    for (const auto &member : params.members()) {
        if (!isKnown(type, member.key.text()))
            return answers::unknownParam(member.key.text());
    }
    const Value limitText = params.get("limit");
    const auto limit = limitText.isUndefined() ? kPage : whole(limitText).value_or(0);
    if (limit < 1 || limit > kLargestPage)
        return answers::badParam("limit", "The limit must be a whole number from 1 to 100.");
    std::vector<Value> matching;
    for (const auto &object : objects) {
        if (fits(object->root(), type, params))
            matching.push_back(object->root());
    }
    const auto count = static_cast<std::size_t>(limit);
    if (const Value cursor = params.get("ending_before"); cursor.isString()) {
        const auto index = indexOf(matching, cursor);
        if (!index)
            return answers::missingObject(type, cursor.text());
        const std::size_t from = *index > count ? *index - count : 0;
        return pageAnswer(arena, matching, from, *index, from > 0, url);
    }
    std::size_t from = 0;
    if (const Value cursor = params.get("starting_after"); cursor.isString()) {
        const auto index = indexOf(matching, cursor);
        if (!index)
            return answers::missingObject(type, cursor.text());
        from = *index + 1;
    }
    const std::size_t to = std::min(from + count, matching.size());
    return pageAnswer(arena, matching, from, to, to < matching.size(), url);
}

} // namespace tw::stripe
