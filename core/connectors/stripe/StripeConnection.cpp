// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeConnection.h"

#include "core/connector/LimitParams.h"
#include "core/connectors/stripe/StripeErrors.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"

namespace tw::stripe {

namespace {

// Stripe bounds calls at a time, too, and does not say how many; slow ones are what meets it.
constexpr const char *kConcurrency = "20";

} // namespace

std::vector<Param> StripeConnection::params()
{
    return {
        secret("api_key", "Secret key")
            .help("A restricted key (rk_) with the rights that the flows need, or the account's "
                  "secret key (sk_). Developers > API keys in the Stripe Dashboard.")
            .matches("^(sk|rk)_(test|live)_[A-Za-z0-9]+$",
                     "a key that begins with rk_test_, rk_live_, sk_test_ or sk_live_"),
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
        text("api_version", "API version")
            .help("Sent with every call. Events come in the version of their endpoint instead.")
            .fallback(kApiVersion)
            .matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}(\\.[a-z]+)?$",
                     "a version such as 2026-10-28.endive")
            .advanced(),
    };
}

Result<std::shared_ptr<Connection>> StripeConnection::open(Services, std::string name,
                                                           Settings settings)
{
    return std::shared_ptr<Connection>(
        std::make_shared<StripeConnection>(std::move(name), std::move(settings)));
}

StripeConnection::StripeConnection(std::string name, Settings settings)
    : Connection(std::move(name), std::move(settings)),
      m_webhookSecrets(splitSecrets(this->settings().secret("webhook_secret")))
{}

ConnectionLimits StripeConnection::limits() const
{
    return limitsFrom(settings(), knownLimits(isLiveKey()));
}

bool StripeConnection::isLiveKey() const
{
    const auto key = apiKey().reveal();
    return key.starts_with("sk_live_") || key.starts_with("rk_live_");
}

} // namespace tw::stripe
