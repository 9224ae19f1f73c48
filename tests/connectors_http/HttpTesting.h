// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/http/ServiceConnection.h"
#include "core/data/Json.h"
#include "core/schema/Settings.h"

#include <QTest>
#include <optional>

/// What the tests of the web service connector share.
namespace tw::testing {

inline Settings settingsFrom(const std::vector<Param> &params, std::string_view yaml,
                             const std::map<std::string, Secret> &secrets = {})
{
    const auto parsed = parseYaml(yaml);
    std::vector<Diagnostic> findings;
    Settings settings = readSettings(params, &parsed.root, "test.yaml", {}, "the test", findings);
    for (const auto &finding : findings) {
        if (finding.severity == Severity::Error)
            qFatal("%s", finding.message.c_str());
    }
    for (const auto &[id, secret] : secrets)
        settings.setSecret(id, secret);
    return settings;
}

inline Result<std::shared_ptr<Connection>> connectTo(const Services &services, std::string_view yaml,
                                                     const std::map<std::string, Secret> &secrets = {})
{
    return http::ServiceConnection::open(services, "shop",
                                         settingsFrom(http::ServiceConnection::params(), yaml, secrets));
}

} // namespace tw::testing
