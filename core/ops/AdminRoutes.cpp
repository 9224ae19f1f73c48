// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/AdminRoutes.h"

#include "core/data/Json.h"
#include "core/base/Encoding.h"

namespace tw::ops {
namespace {

/// `{}` stands for the number that becomes the argument `id`.
struct Route
{
    const char *method;
    const char *path;
    const char *action;
    const char *id; ///< Name of the argument, or null.
};

constexpr Route kRoutes[] = {
    {"GET", "/v1/runs", "runs.list", nullptr},
    {"GET", "/v1/runs/{}", "runs.show", "run"},
    {"POST", "/v1/runs/{}/replay", "runs.replay", "run"},
    {"POST", "/v1/runs/{}/cancel", "runs.cancel", "run"},
    {"GET", "/v1/dead-letters", "letters.list", nullptr},
    {"GET", "/v1/dead-letters/groups", "letters.groups", nullptr},
    {"GET", "/v1/dead-letters/{}", "letters.show", "id"},
    {"POST", "/v1/dead-letters/{}/edit", "letters.edit", "id"},
    {"POST", "/v1/dead-letters/{}/assign", "letters.assign", "id"},
    {"POST", "/v1/dead-letters/{}/replay", "letters.replay", "id"},
    {"POST", "/v1/dead-letters/{}/discard", "letters.discard", "id"},
    {"POST", "/v1/dead-letters/replay", "letters.replay", nullptr},
    {"POST", "/v1/dead-letters/discard", "letters.discard", nullptr},
    {"GET", "/v1/reviews", "reviews.list", nullptr},
    {"GET", "/v1/reviews/{}", "reviews.show", "id"},
    {"POST", "/v1/reviews/{}/approve", "reviews.approve", "id"},
    {"POST", "/v1/reviews/{}/reject", "reviews.reject", "id"},
    {"POST", "/v1/reviews/{}/assign", "reviews.assign", "id"},
    {"POST", "/v1/reviews/forget", "reviews.forget", nullptr},
    {"GET", "/v1/audit", "audit.list", nullptr},
    {"GET", "/v1/audit/verify", "audit.verify", nullptr},
    {"POST", "/v1/erase", "erase", nullptr},
    {"GET", "/v1/usage", "usage", nullptr},
    {"GET", "/v1/coverage", "coverage.list", nullptr},
};

/// What a running engine does itself (AdminServer): there is no journal action behind it.
std::optional<AdminRequest> connectionRequestOf(const DeskCall &call, const Value &arguments)
{
    if (call.action == "connections.list")
        return AdminRequest{"GET", "/v1/connections", {}};
    if (call.action != "connections.pause" && call.action != "connections.resume")
        return std::nullopt;
    Arena arena;
    ObjectBuilder body(arena);
    body.set("who", Value::string(arena, call.who));
    body.set("reason", Value::string(arena, arguments.get("reason").text()));
    return AdminRequest{"POST", "/v1/connections/"
                            + encodePathSegment(arguments.get("name").text())
                            + call.action.substr(call.action.find('.')).replace(0, 1, "/"),
                        toJson(body.finish())};
}

/// The number in the place of `{}`; empty text for a path without one; nothing when it differs.
std::optional<std::string> matches(std::string_view pattern, std::string_view path)
{
    const std::size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos)
        return pattern == path ? std::optional<std::string>("") : std::nullopt;
    const std::string_view before = pattern.substr(0, hole);
    const std::string_view after = pattern.substr(hole + 2);
    if (path.size() <= before.size() + after.size() || !path.starts_with(before)
        || !path.ends_with(after))
        return std::nullopt;
    const std::string_view middle
        = path.substr(before.size(), path.size() - before.size() - after.size());
    if (middle.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return std::string(middle);
}

const Route *routeOf(const HttpRequest &request, std::string &number)
{
    for (const Route &route : kRoutes) {
        if (request.method != route.method)
            continue;
        if (auto found = matches(route.path, request.path)) {
            number = std::move(*found);
            return &route;
        }
    }
    return nullptr;
}

} // namespace

Result<DeskCall> callOf(const HttpRequest &request, Instant now)
{
    std::string number;
    const Route *route = routeOf(request, number);
    if (!route)
        return rejectedError("ops.no_such_page", "There is nothing at " + request.method + ' '
                                                     + request.path + '.');
    DeskCall call;
    call.action = route->action;
    call.at = now;
    Document arguments;
    Arena &arena = arguments.arena();
    ObjectBuilder object(arena);
    const auto query = formDecode(request.query);
    if (!query)
        return rejectedError("ops.bad_argument", "The query of the address cannot be read.");
    for (const auto &[name, value] : *query)
        object.set(name, Value::string(arena, value));
    if (!request.body.empty()) {
        auto body = parseJsonInto(arena, request.body, {.doubledKeys = false});
        if (!body)
            return rejectedError("ops.bad_argument", "The body is not sound JSON. " + body.error().message);
        if (!body->isObject())
            return rejectedError("ops.bad_argument", "The body must be a JSON object.");
        for (const Member &member : body->members()) {
            if (member.key.text() == "who")
                call.who = member.value.text();
            else
                object.set(member.key.text(), member.value);
        }
    }
    if (route->id)
        object.set(route->id, Value::integer(std::stoll("0" + number.substr(0, 18))));
    arguments.setRoot(object.finish());
    call.arguments = share(std::move(arguments));
    return call;
}

std::optional<AdminRequest> requestOf(const DeskCall &call)
{
    const Value arguments = call.arguments ? call.arguments->root() : Value();
    if (call.action.starts_with("connections."))
        return connectionRequestOf(call, arguments);
    for (const Route &route : kRoutes) {
        const Value id = route.id ? arguments.get(route.id) : Value();
        if (call.action != route.action || (route.id && id.isUndefined()))
            continue;
        AdminRequest request{route.method, route.path, {}};
        if (route.id)
            request.target.replace(request.target.find("{}"), 2,
                                   std::to_string(id.toInt().value_or(0)));
        Arena arena;
        ObjectBuilder rest(arena);
        FormFields query;
        for (const Member &member : arguments.members()) {
            if (route.id && member.key.text() == route.id)
                continue;
            rest.set(member.key.text(), member.value);
            query.emplace_back(member.key.text(), member.value.isString()
                                   ? std::string(member.value.text()) : toJson(member.value));
        }
        if (request.method == "GET") {
            if (!query.empty())
                request.target += '?' + formEncode(query);
        } else {
            rest.set("who", Value::string(arena, call.who));
            request.body = toJson(rest.finish());
        }
        return request;
    }
    return std::nullopt;
}

} // namespace tw::ops
