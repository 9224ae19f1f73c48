// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/HttpDouble.h"

#include "core/base/Random.h"
#include "core/data/Json.h"

namespace tw::http {

Result<std::unique_ptr<sandbox::Double>> HttpDouble::start(const sandbox::DoubleOptions &options)
{
    std::unique_ptr<HttpDouble> made(new HttpDouble(options));
    if (auto opened = made->m_server.listen(options.address, options.port); !opened)
        return std::move(opened).error();
    return std::unique_ptr<sandbox::Double>(std::move(made));
}

HttpDouble::HttpDouble(const sandbox::DoubleOptions &options)
    : m_clock(options.clock),
      m_secret(Random(options.seed * 31 + 7).text(32, "abcdefghijklmnopqrstuvwxyz0123456789"))
{
    m_server.setHandler([this](const HttpRequest &request, HttpReply reply) {
        handle(request, std::move(reply));
    });
}

std::map<std::string, std::string> HttpDouble::connectionSettings() const
{
    return {{"base_url", url()}, {"allow_private", "true"}};
}

std::map<std::string, Secret> HttpDouble::connectionSecrets() const
{
    return {{"token", m_secret}, {"webhook_secret", m_secret}};
}

void HttpDouble::handle(const HttpRequest &request, HttpReply reply)
{
    if (request.path.starts_with("/_double/"))
        return reply.send(control(request));
    const auto fault = m_faults.take();
    if (!fault)
        return reply.send(carryOut(request));
    const bool hasEffect = fault->effect == sandbox::Fault::Effect::After
        || (fault->status == 0 && !fault->drop);
    HttpResponse answer = hasEffect ? carryOut(request) : HttpResponse();
    if (fault->status != 0)
        answer = jsonResponse(fault->status, R"({"error":"The double was told to answer so."})");
    sandbox::sendWithFault(std::move(reply), std::move(answer), *fault, m_clock, this);
}

HttpResponse HttpDouble::control(const HttpRequest &request)
{
    if (request.method == "POST" && request.path == "/_double/faults") {
        const auto order = parseJson(request.body);
        return order && m_faults.load(order->root())
            ? jsonResponse(200, R"({"ok":true})")
            : jsonResponse(400, R"({"error":"Send {\"next\": [...]}."})");
    }
    if (request.method == "GET" && request.path == "/_double/calls") {
        std::string list = "[";
        for (const sandbox::HeldRecord &call : m_calls) {
            list += list.size() > 1 ? "," : "";
            appendJson(list, call.fields->root());
        }
        return jsonResponse(200, list + ']');
    }
    return jsonResponse(404, R"({"error":"The double has POST faults and GET calls."})");
}

HttpResponse HttpDouble::carryOut(const HttpRequest &request)
{
    const std::string key(request.header("Idempotency-Key"));
    if (const auto known = m_answers.find(key); !key.empty() && known != m_answers.end())
        return jsonResponse(200, known->second);
    Document call;
    Arena &arena = call.arena();
    ObjectBuilder builder(arena);
    builder.set("method", Value::string(arena, request.method));
    builder.set("path", Value::string(arena, request.path));
    builder.set("query", Value::string(arena, request.query));
    const auto body = parseJson(request.body);
    builder.set("body", body ? copyInto(arena, body->root()) : Value::string(arena, request.body));
    call.setRoot(builder.finish());
    const std::string answer = toJson(call.root());
    const std::string number = std::to_string(m_calls.size() + 1);
    m_calls.push_back({request.method, number, 1, share(std::move(call))});
    if (!key.empty())
        m_answers.emplace(key, answer);
    return jsonResponse(200, answer);
}

} // namespace tw::http
