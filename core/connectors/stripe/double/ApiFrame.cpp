// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/ApiFrame.h"

#include "core/base/Encoding.h"

#include <charconv>

namespace tw::stripe {
namespace {

std::vector<std::string> splitPath(std::string_view path)
{
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto slash = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, slash));
        path = path.substr(slash);
    }
    return segments;
}

} // namespace

std::string ApiCall::text(std::string_view dottedPath) const
{
    const Value value = params.find(dottedPath);
    return value.isString() ? std::string(value.text()) : std::string();
}

std::int64_t ApiCall::number(std::string_view dottedPath, std::int64_t otherwise) const
{
    const std::string digits = text(dottedPath);
    std::int64_t number = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool isWhole = problem == std::errc() && end == digits.data() + digits.size();
    return digits.empty() || !isWhole ? otherwise : number;
}

bool ApiCall::flag(std::string_view dottedPath, bool otherwise) const
{
    const std::string word = text(dottedPath);
    return word.empty() ? otherwise : word == "true";
}

void ApiRoutes::add(std::string_view method, std::string_view path, Handler handler)
{
    m_routes.push_back({std::string(method), splitPath(path), std::move(handler)});
}

const ApiRoutes::Handler *ApiRoutes::find(std::string_view method,
                                          const std::vector<std::string> &segments,
                                          std::vector<std::string> &ids) const
{
    const Route *best = nullptr;
    int most = -1;
    for (const Route &route : m_routes) {
        if (route.method != method || route.segments.size() != segments.size())
            continue;
        int same = 0;
        bool fits = true;
        for (std::size_t at = 0; at < segments.size() && fits; ++at) {
            const bool isOpen = route.segments[at].starts_with('{');
            fits = isOpen || route.segments[at] == segments[at];
            same += isOpen ? 0 : 1;
        }
        if (fits && same > most) {
            best = &route;
            most = same;
        }
    }
    if (!best)
        return nullptr;
    ids.clear();
    for (std::size_t at = 0; at < segments.size(); ++at) {
        if (best->segments[at].starts_with('{'))
            ids.push_back(segments[at]);
    }
    return &best->handler;
}

} // namespace tw::stripe
