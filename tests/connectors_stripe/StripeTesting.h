// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"
#include "core/schema/Settings.h"

#include <QFile>
#include <QString>
#include <QTest>
#include <optional>

/// What the tests of the Stripe connector share.
namespace tw::testing {

inline QString sharedFile(const char *name)
{
    const QString root =
        qEnvironmentVariable("TIDEWIRE_SHARED", QStringLiteral(TIDEWIRE_SOURCE_DIR "/../shared"));
    return root + QLatin1Char('/') + QString::fromLatin1(name);
}

/// Reads a JSON file; undefined when it is not there.
inline Document jsonFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Document();
    auto parsed = parseJson(file.readAll().toStdString());
    return parsed ? std::move(parsed).value() : Document();
}

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

/// Sends a call and waits for its answer; status 0 when there was none.
inline HttpAnswer exchange(HttpClient &client, HttpCall call)
{
    std::optional<Result<HttpAnswer>> answer;
    QObject receiver;
    client.send(std::move(call), &receiver,
                [&](Result<HttpAnswer> got) { answer = std::move(got); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000) || !*answer)
        return {};
    return std::move(*answer).value();
}

inline HttpAnswer exchange(HttpClient &client, std::string method, std::string url,
                           HttpHeaders headers = {}, std::string body = {})
{
    HttpCall call;
    call.method = std::move(method);
    call.url = std::move(url);
    call.headers = std::move(headers);
    call.body = std::move(body);
    return exchange(client, std::move(call));
}

inline Document jsonOf(const HttpAnswer &answer)
{
    auto parsed = parseJson(answer.body);
    return parsed ? std::move(parsed).value() : Document();
}

} // namespace tw::testing
