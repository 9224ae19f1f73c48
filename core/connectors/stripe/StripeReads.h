// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Encoding.h"
#include "core/connector/Connection.h"
#include "core/net/HttpClient.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

class QObject;

namespace tw::stripe {

class StripeConnection;
struct StripeCall;

/// The few calls that triggers make by themselves: events and the objects that they are about; and
/// webhook endpoints. They leave through their connection like those of steps, behind them.
/// Engine's thread; `services` must outlive it.
class StripeReads
{
public:
    /// An answer of 2xx.
    struct Answer
    {
        DocumentPtr body;
        std::string requestId;
    };
    using Done = std::function<void(Result<Answer>)>;
    /// For whom a call is made; empty: the key's own account.
    struct Whose
    {
        std::string account; ///< Stripe-Account.
        std::string context; ///< Stripe-Context.
    };

    StripeReads(Services services, std::shared_ptr<StripeConnection> connection);

    /// Called before each GET.
    void onRead(std::function<void()> counted) { m_counted = std::move(counted); }

    bool canCall() const;                          ///< The connection has a key.
    void sawTransaction(const std::string &event); ///< A payment, by the event that tells of it.

    /// `path` begins with /v1/ or /v2/. `done` once, unless `receiver` is gone. Errors: those of
    /// toError() and of the HTTP client; Transient `stripe.held_back` after `patience` at the
    /// connection's gate (0: it waits).
    void get(const std::string &path, const FormFields &query, QObject *receiver, Done done,
             const Whose &whose = {}, std::chrono::milliseconds patience = {});
    /// The body of a POST is a form; `key`: Idempotency-Key. DELETE has neither.
    void post(const std::string &path, const FormFields &form, const std::string &key,
              QObject *receiver, Done done);
    void remove(const std::string &path, QObject *receiver, Done done);

private:
    void send(StripeCall call, QObject *receiver, Done done);

    Services m_services;
    std::shared_ptr<StripeConnection> m_connection;
    std::function<void()> m_counted;
};

/// How long to wait before a call that failed is made again: what the other side said, else longer
/// each time, up to `longest`. `tries` from 1.
std::chrono::milliseconds backOff(const Error &error, int tries,
                                  std::chrono::milliseconds longest = std::chrono::minutes(5));

} // namespace tw::stripe
