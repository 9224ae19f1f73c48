// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/Receiver.h"

#include "core/data/Json.h"

#include <charconv>

namespace tw {
namespace {

constexpr std::string_view kHealthPath = "/healthz";

} // namespace

Receiver::Receiver()
{
    m_server.setHandler([this](HttpRequest request, HttpReply reply) {
        handle(std::move(request), std::move(reply));
    });
    m_server.onRefused([this](int status, std::string_view why) {
        if (m_refused)
            m_refused(rejectedError("net.http_" + std::to_string(status), std::string(why) + '.'));
    });
}

Result<void> Receiver::add(const std::string &path, HttpHandler handler)
{
    if (path == kHealthPath || !m_handlers.emplace(path, std::move(handler)).second)
        return configError("runtime.path_taken",
                           "Two steps listen on the path " + path + ". Give one another path.");
    return {};
}

void Receiver::remove(const std::string &path)
{
    m_handlers.erase(path);
}

Result<void> Receiver::open(const std::string &address)
{
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    std::uint16_t port = 0;
    const char *end = address.data() + address.size();
    if (colon == std::string::npos
        || std::from_chars(address.data() + colon + 1, end, port).ptr != end)
        return configError("runtime.bad_address", "\"" + address
                                                      + "\" is not an address and a port, such as "
                                                        "127.0.0.1:8787.");
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    if (auto listening = m_server.listen(host, port); !listening) {
        Error error = std::move(listening).error();
        error.kind = ErrorKind::Transient;
        return error;
    }
    return {};
}

HttpResponse Receiver::health() const
{
    if (m_trouble.empty())
        return jsonResponse(200, R"({"status":"ok"})");
    std::string body = R"({"status":"stopped","message":)";
    appendJson(body, Value::string(m_trouble));
    return jsonResponse(503, body + '}');
}

void Receiver::handle(HttpRequest request, HttpReply reply)
{
    if (request.path == kHealthPath)
        return reply.send(health());
    const auto found = m_handlers.find(request.path);
    if (found == m_handlers.end()) {
        const Error why = rejectedError("runtime.no_such_path", "No step listens on this path.");
        if (m_refused)
            m_refused(why);
        std::string body = R"({"error":{"code":)";
        appendJsonString(body, why.code);
        body += R"(,"message":)";
        appendJsonString(body, why.message);
        return reply.send(jsonResponse(404, body + "}}"));
    }
    found->second(std::move(request), std::move(reply));
}

} // namespace tw
