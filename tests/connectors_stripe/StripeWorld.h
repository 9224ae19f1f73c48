// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Encoding.h"
#include "core/connectors/stripe/double/StripeDouble.h"
#include "core/net/HttpServer.h"
#include "tests/connectors_stripe/ObjectCheck.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <memory>

namespace tw::testing {

/// The Stripe double over HTTP, as its clients see it, with a clock that stands still.
class StripeWorld
{
public:
    explicit StripeWorld(const std::string &dataDir = {})
    {
        auto started = stripe::StripeDouble::start({clock, "127.0.0.1", 0, 1, dataDir});
        if (!started)
            qFatal("%s", started.error().text().c_str());
        theDouble = std::move(*started);
    }

    HttpAnswer call(const std::string &method, const std::string &path,
                    const std::string &form = {}, HttpHeaders headers = {})
    {
        headers.set("Authorization", "Bearer sk_test_world");
        if (method == "POST")
            headers.set("Content-Type", "application/x-www-form-urlencoded");
        const bool inQuery = method != "POST" && !form.empty();
        return exchange(http, method,
                        theDouble->url() + path + (inQuery ? '?' + form : std::string()),
                        std::move(headers), inQuery ? std::string() : form);
    }
    /// The body of an answer with this status; undefined otherwise.
    Document json(const std::string &method, const std::string &path, const std::string &form = {},
                  HttpHeaders headers = {})
    {
        last = call(method, path, form, std::move(headers));
        Document answer = jsonOf(last);
        check.all(answer.root());
        return answer;
    }
    std::string id(const std::string &path, const std::string &form)
    {
        const Document made = json("POST", path, form);
        if (last.status != 200)
            qWarning("%s", last.body.c_str());
        return std::string(made.root().get("id").text());
    }
    std::string text(const std::string &path, const std::string &field,
                     const std::string &form = {})
    {
        return std::string(json("GET", path, form).root().find(field).text());
    }
    std::int64_t number(const std::string &path, const std::string &field)
    {
        return json("GET", path).root().find(field).toInt().value_or(-1);
    }
    Document control(const std::string &what, const std::string &order)
    {
        last = exchange(http, "POST", theDouble->url() + "/_tidewire/" + what, {}, order);
        return jsonOf(last);
    }
    /// Types of the events since the last time, oldest first.
    std::vector<std::string> news()
    {
        std::vector<std::string> types;
        const Document page = json("GET", "/v1/events",
                                   seen.empty() ? "limit=100" : "limit=100&ending_before=" + seen);
        const auto items = page.root().get("data").items();
        for (auto at = items.rbegin(); at != items.rend(); ++at)
            types.emplace_back(at->get("type").text());
        if (!items.empty())
            seen = items.front().get("id").text();
        return types;
    }

    /// Time goes by; also for what Stripe does by itself.
    void pass(std::int64_t seconds)
    {
        control("clock", "{\"advance\":" + std::to_string(seconds) + '}');
    }
    /// What is wrong with the objects that were answered, a line each.
    std::string wrongObjects() const
    {
        std::string lines;
        for (const std::string &problem : check.problems)
            lines += problem + '\n';
        return lines;
    }

    ManualClock clock;
    ObjectCheck check;
    HttpClient http;
    std::unique_ptr<sandbox::Double> theDouble;
    HttpAnswer last;
    std::string seen;
};

} // namespace tw::testing
