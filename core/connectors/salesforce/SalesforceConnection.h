// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"
#include "core/connector/Connection.h"
#include "core/connectors/salesforce/SalesforceErrors.h"
#include "core/net/HttpClient.h"
#include "core/schema/Param.h"

#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tw::salesforce {

/// One org and the user that flows act as. Gets its access token when the first call needs it, once
/// for all calls that wait (single flight); when Salesforce says that the session ended, it gets a
/// new one and repeats that call once. Calls go to the instance that the token answer names. Lives
/// on the engine's thread; whoever calls send() keeps it alive.
class SalesforceConnection final : public QObject, public Connection
{
public:
    struct Call
    {
        std::string method = "GET";
        std::string path; ///< Behind /services/data/vXX.0, already encoded: "/sobjects/Account".
        HttpHeaders headers;
        std::string body; ///< JSON.
    };
    using Callback = std::function<void(Result<HttpAnswer>)>;

    static std::vector<Param> params();
    static Result<std::shared_ptr<Connection>> open(Services services, std::string name,
                                                    Settings settings);

    /// Use open(), which checks the settings.
    SalesforceConnection(Services services, std::string name, Settings settings,
                         std::string address);

    /// `done` gets every answer of Salesforce except an ended session that could be renewed. An
    /// error means no answer, or no token. Dropped when `receiver` is gone.
    void send(Call call, QObject *receiver, Callback done);

    ConnectionLimits limits() const override;
    bool reportsCalls() const override { return true; }

    /// For the sentence of a failure.
    Attempt attempt(std::string action, std::string object) const;
    const std::string &address() const { return m_address; }
    /// How many token requests were made, for the connection's page and for tests.
    int signIns() const { return m_signIns; }

private:
    using TokenCallback = std::function<void(Result<void>)>;

    bool usesClientCredentials() const;
    void withToken(TokenCallback then);
    void requestToken();
    void tokenAnswered(const Result<HttpAnswer> &answer);
    Result<void> takeToken(const HttpAnswer &answer);
    void perform(std::shared_ptr<const Call> call, QObject *receiver, Callback done, bool isRepeat);
    void answered(std::shared_ptr<const Call> call, QObject *receiver, Callback done, bool isRepeat,
                  int session, Result<HttpAnswer> answer);
    HttpCall httpCall(const Call &call) const;

    Clock &m_clock;
    HttpClient &m_http;
    std::string m_address;  ///< Where tokens come from.
    std::string m_instance; ///< Where calls go; from the token answer.
    Secret m_token;
    int m_session = 0; ///< Rises with each token, so that one 401 refreshes once.
    int m_signIns = 0;
    bool m_signingIn = false;
    std::vector<TokenCallback> m_waiting;
};

} // namespace tw::salesforce
