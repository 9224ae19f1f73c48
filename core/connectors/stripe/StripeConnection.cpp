// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeConnection.h"

#include "core/base/Encoding.h"
#include "core/connector/LimitParams.h"
#include "core/connectors/stripe/StripeErrors.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"

namespace tw::stripe {

namespace {

// Stripe bounds calls at a time, too, and does not say how many; slow ones are what meets it.
constexpr const char *kConcurrency = "20";
// docs.stripe.com/rate-limits: of live data, averaged over thirty days.
constexpr ReadAllowance kReadAllowance{10'000, 500};

/// A call of a trigger that stands at the gate, and what becomes of it first.
struct Standing
{
    bool isOver = false;
};

} // namespace

std::vector<Param> StripeConnection::params(const std::string &version)
{
    return {
        secret("api_key", "Secret key")
            .help("A restricted key (rk_) with the rights that the flows need, or the account's "
                  "secret key (sk_). Developers > API keys in the Stripe Dashboard.")
            .matches("^((sk|rk)_(test|live)|sk_org_(test|live))_[A-Za-z0-9]+$",
                     "a key that begins with rk_test_, rk_live_, sk_test_, sk_live_ or sk_org_"),
        secret("webhook_secret", "Webhook secret")
            .help("Begins with whsec_; shown on the endpoint's page in the Stripe Dashboard, or "
                  "printed by the Stripe CLI. While a secret is rolled, write both, separated by a "
                  "comma."),
        url("base_url", "Address of the API")
            .help("Another server in Stripe's place: the built-in double, or a proxy.")
            .fallback("https://api.stripe.com")
            .advanced(),
        concurrencyParam(kConcurrency),
        rateParam(),
        text("account", "Connected account")
            .help(
                "Act for this account (Stripe Connect): acct_…. Empty for the account of the key.")
            .matches("^acct_[A-Za-z0-9]+$", "an account id such as acct_1032D82eZvKYlo2C")
            .advanced(),
        text("context", "Context")
            .help("For keys of an organisation (sk_org_): the account, or a path such as "
                  "acct_a/acct_b, that calls are for.")
            .matches("^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$", "account ids with slashes between them")
            .advanced(),
        text("api_version", "API version")
            .help("Sent with every call. Events come in the version of their endpoint instead.")
            .fallback(version.c_str())
            .matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}(\\.[a-z]+)?$",
                     "a version such as 2026-10-28.endive")
            .advanced(),
    };
}

Result<std::shared_ptr<Connection>> StripeConnection::open(Services services, std::string name,
                                                           Settings settings)
{
    const std::string_view key = settings.secret("api_key").reveal();
    if (key.starts_with("sk_org_") && settings.text("context").empty())
        return configError("stripe.no_context",
                           "The connection \"" + name +
                               "\" has a key of an organisation. Name the "
                               "account that calls are for as its \"context\".");
    return std::shared_ptr<Connection>(
        std::make_shared<StripeConnection>(services, std::move(name), std::move(settings)));
}

StripeConnection::StripeConnection(Services services, std::string name, Settings settings)
    : Connection(std::move(name), std::move(settings)),
      m_clock(services.clock),
      m_http(services.http),
      m_webhookSecrets(splitSecrets(this->settings().secret("webhook_secret")))
{
    if (isLiveKey())
        meter().setAllowance(kReadAllowance);
}

ConnectionLimits StripeConnection::limits() const
{
    return limitsFrom(settings(), knownLimits(isLiveKey()));
}

bool StripeConnection::isLiveKey() const
{
    const std::string_view key = apiKey().reveal();
    return key.find("_live_") != std::string_view::npos;
}

bool StripeConnection::isRestrictedKey() const
{
    return apiKey().reveal().starts_with("rk_");
}

void StripeConnection::send(StripeCall call, QObject *receiver, Callback done)
{
    if (call.object.empty() || call.method == "GET")
        return leave(std::move(call), receiver, std::move(done));
    const auto [place, isFirst] = m_busy.try_emplace(call.object);
    if (!isFirst) {
        place->second.push_back({std::move(call), receiver, std::move(done)});
        return;
    }
    leave(std::move(call), receiver, std::move(done));
}

void StripeConnection::leave(StripeCall call, QObject *receiver, Callback done)
{
    CallGate *const door = gate();
    // A call at the gate goes with its sender; one that others wait behind must not.
    const bool isAwaited = call.method != "GET" && !call.object.empty();
    if (!door || isAwaited || call.turn == StripeCall::Turn::First)
        return depart(call, receiver, std::move(done));
    const auto standing = std::make_shared<Standing>();
    if (call.turn == StripeCall::Turn::Trigger && call.patience.count() > 0)
        m_clock.callAfter(call.patience, receiver, [this, standing, done] {
            if (std::exchange(standing->isOver, true))
                return;
            Error held = transientError("stripe.held_back",
                                        "The connection \"" + name() +
                                            "\" sends nothing for now. It is tried again.");
            held.retryAfter = std::chrono::seconds(5);
            done(std::move(held));
        });
    const auto caller =
        call.turn == StripeCall::Turn::Trigger ? CallGate::Caller::Trigger : CallGate::Caller::Step;
    const std::string endpoint = call.endpoint;
    door->enter(caller, endpoint, receiver,
                [this, standing, call = std::move(call), guard = QPointer<QObject>(receiver),
                 done = std::move(done)] {
                    if (!std::exchange(standing->isOver, true))
                        return depart(call, guard, done);
                    if (call.turn == StripeCall::Turn::Trigger && gate())
                        gate()->ended();
                });
}

void StripeConnection::depart(const StripeCall &call, const QPointer<QObject> &receiver,
                              Callback done)
{
    const bool isRead = call.method == "GET";
    if (isRead)
        meter().countRead(m_clock.now());
    const std::string object = isRead ? std::string() : call.object;
    const bool isTriggers = call.turn == StripeCall::Turn::Trigger;
    // The connection is the receiver: who waits behind the call goes on even if its sender is gone.
    m_http.send(httpCall(call), this,
                [this, object, isTriggers, endpoint = call.endpoint, receiver,
                 done = std::move(done)](Result<HttpAnswer> answer) {
                    report(callReport(answer, endpoint, m_clock.now()));
                    if (isTriggers && gate())
                        gate()->ended();
                    if (receiver)
                        done(std::move(answer));
                    if (!object.empty())
                        next(object);
                });
}

void StripeConnection::next(const std::string &object)
{
    const auto place = m_busy.find(object);
    if (place == m_busy.end())
        return;
    while (!place->second.empty() && !place->second.front().receiver)
        place->second.pop_front();
    if (place->second.empty()) {
        m_busy.erase(place);
        return;
    }
    Waiting waiting = std::move(place->second.front());
    place->second.pop_front();
    leave(std::move(waiting.call), waiting.receiver, std::move(waiting.done));
}

HttpCall StripeConnection::httpCall(const StripeCall &call) const
{
    HttpCall request;
    request.method = call.method;
    request.url = baseUrl() + call.path;
    const std::string fields = formEncode(call.fields);
    if (!call.json.empty()) {
        request.headers.set("Content-Type", "application/json");
        request.body = call.json;
    } else if (call.method == "POST") {
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        request.body = fields;
    } else if (!fields.empty()) {
        request.url += '?' + fields;
    }
    request.headers.set("Authorization", "Bearer " + std::string(apiKey().reveal()));
    request.headers.set("Accept", "application/json");
    if (!call.accountVersion)
        request.headers.set("Stripe-Version", apiVersion());
    const auto whose = [&](const char *header, const std::string &given, const char *setting) {
        const std::string value = given.empty() ? settings().text(setting) : given;
        if (!value.empty())
            request.headers.set(header, value);
    };
    whose("Stripe-Account", call.account, "account");
    whose("Stripe-Context", call.context, "context");
    if (call.timeout.count() > 0)
        request.timeout = call.timeout;
    if (call.largestAnswer > 0)
        request.maxResponseBytes = call.largestAnswer;
    if (!call.idempotencyKey.empty()) {
        request.headers.set("Idempotency-Key", call.idempotencyKey);
        request.repeatable = true;
    }
    return request;
}

} // namespace tw::stripe
