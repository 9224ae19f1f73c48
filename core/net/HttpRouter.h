// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpReply.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// What the `{name}` segments of a route matched, each percent-decoded by itself: a %2F in a value
/// stays in the value.
class HttpPathParams
{
public:
    void add(std::string name, std::string value);
    std::string_view operator[](std::string_view name) const; ///< Empty if there is none.

private:
    std::vector<std::pair<std::string, std::string>> m_values;
};

/// Finds the handler for a method and path. Unknown paths get 404 and wrong methods 405 with Allow,
/// both without a body. HEAD is answered by the handler of GET. First route added wins.
///
/// A value: fill it, then hand it to HttpServer::setHandler(std::move(router).handler()).
class HttpRouter
{
public:
    using RouteHandler = std::function<void(HttpRequest, const HttpPathParams &, HttpReply)>;

    /// `pattern`: "/hooks/stripe" or "/sobjects/{object}/{field}/{value}".
    void add(std::string method, std::string_view pattern, RouteHandler handler);
    void setFallback(HttpHandler handler); ///< Instead of the 404.

    void handle(HttpRequest request, HttpReply reply) const;
    HttpHandler handler() &&;

private:
    struct Segment
    {
        std::string text;
        bool isParam = false;
    };
    struct Route
    {
        std::string method;
        std::vector<Segment> segments;
        RouteHandler handler;
    };

    static std::optional<HttpPathParams> match(const Route &route,
                                               const std::vector<std::string> &segments);

    std::vector<Route> m_routes;
    HttpHandler m_fallback;
};

} // namespace tw
