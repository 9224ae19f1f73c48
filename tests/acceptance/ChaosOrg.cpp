// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/ChaosOrg.h"

#include "core/data/Json.h"

#include <memory>

namespace tw::test {

ChaosOrg::ChaosOrg(std::uint64_t seed, int faultyPercent) : m_random(seed), m_faulty(faultyPercent)
{
    m_server.setHandler([this](HttpRequest request, HttpReply reply) {
        handle(std::move(request), std::move(reply));
    });
    if (!m_server.listen("127.0.0.1", 0))
        qFatal("no port for the org");
}

void ChaosOrg::handle(HttpRequest request, HttpReply reply)
{
    ++m_calls;
    if (static_cast<int>(m_random.below(100)) >= m_faulty)
        return reply.send(apply(request));
    ++m_faults;
    const auto kind = m_random.below(4);
    if (kind == 0)
        return reply.send(jsonResponse(500, R"([{"errorCode":"UNKNOWN_EXCEPTION","message":"Not now."}])"));
    if (kind == 3) {
        ++m_late;
        const std::chrono::milliseconds wait(200 + static_cast<int>(m_random.below(1300)));
        const auto held = std::make_shared<HttpReply>(std::move(reply));
        m_clock.callAfter(wait, this, [this, held, request = std::move(request)] {
            --m_late;
            held->send(apply(request));
        });
        return;
    }
    HttpResponse answer = apply(request);
    if (kind == 1)
        answer = jsonResponse(500, R"([{"errorCode":"UNKNOWN_EXCEPTION","message":"Sorry."}])");
    else
        answer.cutAfter = 10;
    reply.send(std::move(answer));
}

void ChaosOrg::write(const std::string &key, const Value &fields)
{
    auto &order = m_written[key];
    m_records += order.empty();
    order.push_back(static_cast<int>(fields.get("Number__c").toInt().value_or(-1)));
}

HttpResponse ChaosOrg::apply(const HttpRequest &request)
{
    const auto body = parseJson(request.body);
    if (!body || request.method != "PATCH")
        return jsonResponse(400, R"([{"errorCode":"JSON_PARSER_ERROR","message":"No."}])");
    if (request.path.find("/composite/sobjects/") == std::string::npos) {
        write(request.path.substr(request.path.rfind('/') + 1), body->root());
        return jsonResponse(200, R"({"id":"a00000000000001AAA","success":true,"created":false})");
    }
    std::string results = "[";
    for (const Value &record : body->root().get("records").items()) {
        write(std::string(record.get("Key__c").text()), record);
        results += results.size() > 1 ? "," : "";
        results += R"({"id":"a00000000000001AAA","success":true,"created":false,"errors":[]})";
    }
    return jsonResponse(200, results + "]");
}

} // namespace tw::test
