// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Connection.h"
#include "core/net/HttpClient.h"

namespace tw::http {

/// A service as its steps see it: address, sign-in, and an HTTP client of its own, which connects to
/// public addresses only unless the environment's connection says `allow_private`. Lives on the
/// engine's thread.
class ServiceConnection final : public Connection
{
public:
    static std::vector<Param> params();
    /// Errors Config: `http.no_token`, `http.insecure_address`.
    static Result<std::shared_ptr<Connection>> open(Services services, std::string name,
                                                    Settings settings);

    ServiceConnection(Clock &clock, std::string name, Settings settings,
                      HttpClientOptions options);

    const std::string &baseUrl() const { return m_baseUrl; } ///< Without a slash at the end.
    const Secret &webhookSecret() const { return settings().secret("webhook_secret"); }

    ConnectionLimits limits() const override;
    bool reportsCalls() const override { return true; }

    /// Signs in and sends; as HttpClient::send().
    void send(HttpCall call, QObject *receiver, HttpClient::Callback done);

private:
    Clock &m_clock;
    std::string m_baseUrl;
    HttpClient m_client;
};

/// What an answer that is no success makes the caller do: Auth for 401, Transient for 408, 425, 429
/// and 5xx (with Retry-After), Rejected for the rest. Codes `http.status_<number>`.
Error toError(const HttpAnswer &answer, const std::string &baseUrl, Instant now);

} // namespace tw::http
