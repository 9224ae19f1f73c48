// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Encoding.h"
#include "core/connector/Connection.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/net/HttpClient.h"
#include "core/schema/Param.h"

#include <QObject>
#include <QPointer>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tw::stripe {

/// One call of Stripe's API.
struct StripeCall
{
    std::string method = "GET";
    std::string path;           ///< From "/v1/…", already encoded.
    FormFields fields;          ///< Query of GET and DELETE, form of POST.
    std::string json;           ///< Body of a POST to /v2 instead of the form.
    std::string idempotencyKey; ///< POST only; empty: none is sent.
    /// What the call changes, by its id: changes of one object leave one after the other, or Stripe
    /// answers with `lock_timeout`. Empty: in no order.
    std::string object;
    std::string endpoint;         ///< Class of calls for limits: "charges", "search".
    bool accountVersion = false;  ///< Ask in the account's default version, to learn which that is.
    std::string account, context; ///< For whom, instead of what the connection says.

    /// How the call meets the connection's gate.
    enum class Turn {
        First,   ///< The engine let its step through for it.
        Further, ///< One more of the same step.
        Trigger, ///< A trigger's own: steps go before it.
    };
    Turn turn = Turn::First;
    /// Turn::Trigger: how long it may stand at the gate, then `stripe.held_back`; 0: until it goes.
    std::chrono::milliseconds patience{0};
    std::chrono::milliseconds timeout{0}; ///< 0: that of the HTTP client.
    std::size_t largestAnswer = 0;        ///< 0: that of the HTTP client.
};

/// A Stripe account as flows see it: its keys, its webhook secrets, its address and the API version
/// that is asked for. The one way out for calls of its steps and triggers: signs them, lets them
/// wait at its gate, counts reads, reports answers. Lives on the engine's thread, shared by those
/// that name it.
class StripeConnection final : public QObject, public Connection
{
public:
    using Callback = std::function<void(Result<HttpAnswer>)>;

    /// `version`: what calls ask for where the environment says nothing.
    static std::vector<Param> params(const std::string &version = kApiVersion);
    static Result<std::shared_ptr<Connection>> open(Services services, std::string name,
                                                    Settings settings);

    StripeConnection(Services services, std::string name, Settings settings);

    ConnectionLimits limits() const override;
    bool reportsCalls() const override { return true; }

    bool probe(const std::vector<Right> &rights, QObject *receiver, Probed done) override;
    /// Errors Config: `stripe.live_key` outside of production, `stripe.test_key` inside.
    static Result<void> fits(const Settings &settings, const std::string &environmentKind);

    /// `done` gets every answer, whatever its status; an error means that there is none. Dropped
    /// when `receiver` is gone; so is the call, if it stands at the gate then.
    void send(StripeCall call, QObject *receiver, Callback done);
    /// A payment, which the account's read allowance grows with; each id counts once.
    void sawTransaction(const std::string &id) { meter().countTransaction(id, m_clock.now()); }

    const std::vector<Secret> &webhookSecrets() const { return m_webhookSecrets; }
    const Secret &apiKey() const { return settings().secret("api_key"); }
    bool isLiveKey() const;
    bool isRestrictedKey() const;
    std::string baseUrl() const { return settings().text("base_url"); }
    std::string apiVersion() const { return settings().text("api_version"); }

    /// Held by each trigger that reads the account's list of events: they share its read allowance.
    std::shared_ptr<const int> joinReaders() const { return m_readers; }
    int readers() const { return static_cast<int>(m_readers.use_count()) - 1; }

private:
    struct Waiting
    {
        StripeCall call;
        QPointer<QObject> receiver;
        Callback done;
    };

    void leave(StripeCall call, QObject *receiver, Callback done);
    void depart(const StripeCall &call, const QPointer<QObject> &receiver, Callback done);
    void next(const std::string &object);
    HttpCall httpCall(const StripeCall &call) const;

    Clock &m_clock;
    HttpClient &m_http;
    std::vector<Secret> m_webhookSecrets;
    std::shared_ptr<const int> m_readers = std::make_shared<const int>(0);
    /// Behind the call that is on its way for an object.
    std::unordered_map<std::string, std::deque<Waiting>> m_busy;
};

} // namespace tw::stripe
