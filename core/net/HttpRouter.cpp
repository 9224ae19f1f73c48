// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpRouter.h"

#include "core/base/Encoding.h"

#include <memory>

namespace tw {

namespace {

std::vector<std::string_view> splitPath(std::string_view path)
{
    std::vector<std::string_view> segments;
    if (path.starts_with('/'))
        path.remove_prefix(1);
    for (;;) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos)
            return segments;
        path.remove_prefix(slash + 1);
    }
}

std::optional<std::vector<std::string>> decodedSegments(std::string_view path)
{
    std::vector<std::string> decoded;
    for (std::string_view segment : splitPath(path)) {
        std::optional<std::string> text = percentDecode(segment);
        if (!text)
            return std::nullopt;
        decoded.push_back(*std::move(text));
    }
    return decoded;
}

void answer(HttpReply &reply, int status, HttpHeaders headers = {})
{
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    reply.send(std::move(response));
}

bool accepts(std::string_view routeMethod, std::string_view method)
{
    return routeMethod == method || (method == "HEAD" && routeMethod == "GET");
}

} // namespace

void HttpPathParams::add(std::string name, std::string value)
{
    m_values.emplace_back(std::move(name), std::move(value));
}

std::string_view HttpPathParams::operator[](std::string_view name) const
{
    for (const auto &[known, value] : m_values) {
        if (known == name)
            return value;
    }
    return {};
}

void HttpRouter::add(std::string method, std::string_view pattern, RouteHandler handler)
{
    Route route{std::move(method), {}, std::move(handler)};
    for (std::string_view part : splitPath(pattern)) {
        const bool isParam = part.size() > 2 && part.front() == '{' && part.back() == '}';
        if (isParam)
            part = part.substr(1, part.size() - 2);
        route.segments.push_back({std::string(part), isParam});
    }
    m_routes.push_back(std::move(route));
}

void HttpRouter::setFallback(HttpHandler handler)
{
    m_fallback = std::move(handler);
}

std::optional<HttpPathParams> HttpRouter::match(const Route &route,
                                                const std::vector<std::string> &segments)
{
    if (route.segments.size() != segments.size())
        return std::nullopt;
    HttpPathParams params;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const Segment &wanted = route.segments[i];
        if (wanted.isParam && !segments[i].empty())
            params.add(wanted.text, segments[i]);
        else if (wanted.isParam || wanted.text != segments[i])
            return std::nullopt;
    }
    return params;
}

void HttpRouter::handle(HttpRequest request, HttpReply reply) const
{
    const auto segments = decodedSegments(request.path);
    if (!segments)
        return answer(reply, 400);
    std::string allowed;
    for (const Route &route : m_routes) {
        const auto params = match(route, *segments);
        if (!params)
            continue;
        if (accepts(route.method, request.method))
            return route.handler(std::move(request), *params, std::move(reply));
        allowed += (allowed.empty() ? "" : ", ") + route.method;
        if (route.method == "GET")
            allowed += ", HEAD";
    }
    if (!allowed.empty())
        return answer(reply, 405, {{"Allow", allowed}});
    if (m_fallback)
        return m_fallback(std::move(request), std::move(reply));
    answer(reply, 404);
}

HttpHandler HttpRouter::handler() &&
{
    return [router = std::move(*this)](HttpRequest request, HttpReply reply) {
        router.handle(std::move(request), std::move(reply));
    };
}

} // namespace tw
