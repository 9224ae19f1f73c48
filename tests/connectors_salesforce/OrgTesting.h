// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Text.h"
#include "core/connectors/salesforce/SalesforceConnection.h"
#include "core/connectors/salesforce/SalesforceDouble.h"
#include "core/data/Json.h"
#include "core/data/Yaml.h"
#include "core/base/Encoding.h"

#include <QTest>
#include <optional>

/// What the tests of the Salesforce connector share: a running double and a connection to it.
namespace tw::testing {

inline Settings settingsFrom(const std::vector<Param> &params, std::string_view yaml,
                             const std::map<std::string, Secret> &secrets = {})
{
    const auto parsed = parseYaml(yaml);
    std::vector<Diagnostic> findings;
    Settings settings = readSettings(params, &parsed.root, "test.yaml", {}, "the test", findings);
    for (const auto &finding : findings)
        qFatal("%s", finding.message.c_str());
    for (const auto &[id, secret] : secrets)
        settings.setSecret(id, secret);
    return settings;
}

inline DocumentPtr document(std::string_view json)
{
    auto parsed = parseJson(json);
    if (!parsed)
        qFatal("%s", parsed.error().message.c_str());
    return share(std::move(parsed).value());
}

/// An org on this machine and what is needed to talk to it.
class Org
{
public:
    explicit Org(const std::string &dataDir = {})
    {
        auto made = salesforce::SalesforceDouble::start({clock, "127.0.0.1", 0, 42, dataDir});
        if (!made)
            qFatal("%s", made.error().text().c_str());
        theDouble = std::move(made).value();
    }

    Services services() { return {clock, http}; }

    std::shared_ptr<salesforce::SalesforceConnection>
    connect(std::map<std::string, Secret> secrets = {}, const std::string &more = {})
    {
        std::string yaml = more;
        for (const auto &[id, text] : theDouble->connectionSettings())
            yaml += (id == "auth" && more.find("auth:") != std::string::npos)
                        ? std::string()
                        : id + ": " + yamlScalar(text) + "\n";
        if (secrets.empty())
            secrets = theDouble->connectionSecrets();
        auto opened = salesforce::SalesforceConnection::open(
            services(), "crm",
            settingsFrom(salesforce::SalesforceConnection::params(), yaml, secrets));
        if (!opened)
            qFatal("%s", opened.error().text().c_str());
        return std::dynamic_pointer_cast<salesforce::SalesforceConnection>(opened.value());
    }

    HttpAnswer send(std::string method, const std::string &path, HttpHeaders headers = {},
                    std::string body = {})
    {
        std::optional<Result<HttpAnswer>> answer;
        QObject receiver;
        HttpCall call;
        call.method = std::move(method);
        call.url = theDouble->url() + path;
        call.headers = std::move(headers);
        call.body = std::move(body);
        http.send(std::move(call), &receiver,
                  [&](Result<HttpAnswer> got) { answer = std::move(got); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000) || !*answer)
            return {};
        return std::move(*answer).value();
    }

    std::string token()
    {
        const auto secrets = theDouble->connectionSecrets();
        const auto answer =
            send("POST", "/services/oauth2/token", {},
                 "grant_type=client_credentials&client_id=" +
                     std::string(secrets.at("client_id").reveal()) +
                     "&client_secret=" + std::string(secrets.at("client_secret").reveal()));
        return std::string(document(answer.body)->root().get("access_token").text());
    }

    /// A call behind /services/data/v61.0 with a good token.
    HttpAnswer data(std::string method, const std::string &path, std::string body = {})
    {
        if (m_token.empty())
            m_token = token();
        return send(std::move(method), "/services/data/v61.0" + path,
                    {{"Authorization", "Bearer " + m_token}}, std::move(body));
    }

    void control(const std::string &what, std::string body)
    {
        if (send("POST", "/_double/" + what, {}, std::move(body)).status != 200)
            qFatal("the double refused its orders");
    }

    SystemClock clock;
    HttpClient http;
    std::unique_ptr<sandbox::Double> theDouble;

private:
    std::string m_token;
};

} // namespace tw::testing
