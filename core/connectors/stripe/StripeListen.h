// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <QObject>
#include <QProcess>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tw::stripe {

/// What the Stripe CLI is to forward, and where to.
struct ListenOrder
{
    std::string url;                 ///< Of the receiver: "http://127.0.0.1:8787/hooks/pay/in".
    std::vector<std::string> events; ///< As the trigger asks for them.
    std::string account;             ///< "acct_…": only that connected account.
    bool live = false;
    bool latest = true; ///< In the newest API version, not in the account's default.

    /// The arguments behind `stripe`; no key is ever among them.
    std::vector<std::string> arguments() const;
    /// The line that a person types.
    std::string command() const;
};

/// An installed Stripe CLI that forwards events while this object lives. The key goes to it in its
/// environment (STRIPE_API_KEY), the signing secret comes from `--print-secret`; a CLI that ends is
/// started again, later each time. Thread with an event loop; `clock` outlives it.
class StripeListen final : public QObject
{
public:
    explicit StripeListen(Clock &clock, QObject *parent = nullptr);
    ~StripeListen() override;

    /// Where it is installed, looking through `path` as a shell would. Error Config
    /// `stripe.no_cli`.
    static Result<std::string> find(const std::string &path);

    /// `key` empty: as whom the CLI is signed in. `onSecret` before anything is forwarded;
    /// `onTrouble` whenever it ended or could not begin, with its last line, secrets taken out.
    void start(std::string program, ListenOrder order, Secret key,
               std::function<void(Secret)> onSecret, std::function<void(const Error &)> onTrouble);

private:
    void askForSecret();
    void secretCame();
    void forward();
    void ended();
    void trouble(const std::string &what, const QByteArray &said);
    QProcess *newProcess();

    Clock &m_clock;
    std::string m_program;
    ListenOrder m_order;
    Secret m_key;
    std::function<void(Secret)> m_onSecret;
    std::function<void(const Error &)> m_onTrouble;
    QProcess *m_process = nullptr; ///< A child of this.
    QByteArray m_lastLines;
    int m_tries = 0;
};

} // namespace tw::stripe
