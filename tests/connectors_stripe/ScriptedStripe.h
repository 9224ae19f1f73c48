// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Encoding.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/net/HttpServer.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <deque>
#include <functional>
#include <memory>

namespace tw::testing {

/// A server that answers what a test says, and remembers what it was asked; with a connection to it
/// and a clock that stands still.
class ScriptedStripe
{
public:
    struct Asked
    {
        std::string method, path;
        FormFields fields; ///< Of the query or the form.
        HttpHeaders headers;
        std::string field(std::string_view name) const
        {
            for (const auto &[key, value] : fields) {
                if (key == name)
                    return value;
            }
            return "(none)";
        }
        std::string header(std::string_view name) const { return std::string(headers.value(name)); }
    };
    using Rule = std::function<std::optional<HttpResponse>(const Asked &)>;

    ScriptedStripe()
    {
        m_server.setHandler([this](const HttpRequest &request, HttpReply reply) {
            const bool inQuery = request.method != "POST";
            asked.push_back(
                {request.method, request.path,
                 formDecode(inQuery ? request.query : request.body).value_or(FormFields()),
                 request.headers});
            if (hold) {
                held.push_back(std::move(reply));
                return;
            }
            reply.send(answerTo(asked.back()));
        });
        if (!m_server.listen("127.0.0.1", 0))
            qFatal("no server");
    }

    HttpResponse answerTo(const Asked &call)
    {
        if (rule) {
            if (auto answer = rule(call))
                return *answer;
        }
        if (answers.empty())
            return jsonResponse(500,
                                R"({"error":{"type":"api_error","message":"Nothing scripted."}})");
        HttpResponse next = answers.front();
        answers.pop_front();
        return next;
    }

    static HttpResponse json(int status, std::string body, HttpHeaders headers = {})
    {
        HttpResponse answer = jsonResponse(status, std::move(body));
        for (const auto &[name, value] : headers)
            answer.headers.set(name, value);
        return answer;
    }
    static HttpResponse error(int status, const std::string &type, const std::string &code,
                              HttpHeaders headers = {})
    {
        return json(status,
                    R"({"error":{"type":")" + type + R"(","code":")" + code +
                        R"(","message":"So it is."}})",
                    std::move(headers));
    }

    std::string url() const { return m_server.url(); }

    std::shared_ptr<stripe::StripeConnection> connect(const std::string &more = {},
                                                      const std::string &key = "rk_test_1")
    {
        auto made = stripe::StripeConnection::open({clock, http, nullptr}, "payments",
                                                   settingsFrom(stripe::StripeConnection::params(),
                                                                "base_url: " + url() + '\n' + more,
                                                                {{"api_key", Secret(key)}}));
        if (!made)
            qFatal("%s", made.error().text().c_str());
        return std::dynamic_pointer_cast<stripe::StripeConnection>(*made);
    }

    std::unique_ptr<Step> make(const NodeDescriptor &node, std::string_view with,
                               std::shared_ptr<Connection> connection = {})
    {
        auto step = node.createStep({{clock, http, nullptr},
                                     "flow",
                                     "call",
                                     settingsFrom(node.params, with),
                                     connection ? connection : connect()});
        if (!step)
            qFatal("%s", step.error().text().c_str());
        return std::move(*step);
    }

    StepCall callWith(std::string_view message, const std::string &key = "key")
    {
        StepCall call;
        call.run = call.origin = 7;
        call.idempotencyKey = key;
        call.runStarted = clock.now();
        call.input = share(std::move(parseJson(message).value()));
        return call;
    }

    StepAnswer run(Step &step, const StepCall &call)
    {
        std::optional<StepAnswer> answer;
        step.process(call, StepReply([&answer](StepAnswer got) { answer = std::move(got); }));
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 20'000))
            qFatal("no answer");
        return std::move(*answer);
    }
    StepAnswer run(Step &step, std::string_view message) { return run(step, callWith(message)); }

    ManualClock clock;
    HttpClient http;
    std::deque<HttpResponse> answers;
    Rule rule;
    std::vector<Asked> asked;
    bool hold = false;
    std::deque<HttpReply> held;

private:
    HttpServer m_server;
};

inline Value onlyOutput(const StepAnswer &answer)
{
    return answer.outputs.size() == 1 ? answer.outputs.front().message->root() : Value();
}

} // namespace tw::testing
