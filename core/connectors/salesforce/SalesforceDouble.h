// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/salesforce/SalesforceApi.h"
#include "core/net/HttpServer.h"
#include "core/sandbox/Double.h"
#include "core/sandbox/FaultPlan.h"

#include <QObject>
#include <map>

namespace tw::salesforce {

/// Stands in for an org: token requests (client credentials) and the data interface over HTTP on
/// this machine, with the rules of the built-in describe files and some sample accounts.
///
/// Controlled by JSON over HTTP under `/_double/`: POST faults, expire-tokens, day (`used`, `limit`
/// of the calls of 24 hours); GET records (what clients wrote), state. Faults hit requests to the data interface only.
class SalesforceDouble final : public QObject, public sandbox::Double
{
public:
    static Result<std::unique_ptr<sandbox::Double>> start(const sandbox::DoubleOptions &options);

    std::string connector() const override { return "salesforce"; }
    std::string url() const override { return m_server.url(); }
    std::map<std::string, std::string> connectionSettings() const override;
    std::map<std::string, Secret> connectionSecrets() const override;
    std::vector<sandbox::HeldRecord> records() const override { return m_store.written(); }

private:
    explicit SalesforceDouble(const sandbox::DoubleOptions &options);

    Result<void> open(const sandbox::DoubleOptions &options);
    void handle(const HttpRequest &request, HttpReply reply);
    HttpResponse token(const HttpRequest &request);
    HttpResponse data(const HttpRequest &request);
    HttpResponse control(const HttpRequest &request);
    HttpResponse faultAnswer(const sandbox::Fault &fault) const;
    HttpResponse heldRecords() const;
    HttpResponse state() const;
    bool isSignedIn(const HttpRequest &request) const;

    Clock &m_clock;
    std::string m_clientId;
    Secret m_clientSecret;
    DescribeSet m_describes;
    RecordStore m_store;
    SalesforceApi m_api;
    sandbox::FaultPlan m_faults;
    std::map<std::string, Instant, std::less<>> m_tokens; ///< Until when each is good.
    int m_tokenRequests = 0;
    HttpServer m_server;
};

} // namespace tw::salesforce
