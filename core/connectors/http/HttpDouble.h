// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpServer.h"
#include "core/sandbox/Double.h"
#include "core/sandbox/FaultPlan.h"

#include <map>

namespace tw::http {

/// Stands in for any web service: takes every call, keeps it as a record, and answers with what it
/// got. A repeat of an Idempotency-Key gets the first answer and is not carried out again. Driven
/// under `/_double/`: POST faults; GET calls. Lives on the thread that made it.
class HttpDouble final : public QObject, public sandbox::Double
{
public:
    static Result<std::unique_ptr<sandbox::Double>> start(const sandbox::DoubleOptions &options);

    std::string connector() const override { return "http"; }
    std::string url() const override { return m_server.url(); }
    std::map<std::string, std::string> connectionSettings() const override;
    std::map<std::string, Secret> connectionSecrets() const override;
    std::vector<sandbox::HeldRecord> records() const override { return m_calls; }

private:
    explicit HttpDouble(const sandbox::DoubleOptions &options);
    void handle(const HttpRequest &request, HttpReply reply);
    HttpResponse control(const HttpRequest &request);
    HttpResponse carryOut(const HttpRequest &request);

    Clock &m_clock;
    Secret m_secret;
    std::vector<sandbox::HeldRecord> m_calls;
    std::map<std::string, std::string> m_answers; ///< Idempotency-Key -> body.
    sandbox::FaultPlan m_faults;
    HttpServer m_server;
};

} // namespace tw::http
