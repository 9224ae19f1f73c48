// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Connection.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/schema/Param.h"

#include <string>
#include <vector>

namespace tw::stripe {

/// A Stripe account as flows see it: its keys, its webhook secrets, its address and the API version
/// that is asked for. Immutable; lives on the engine's thread, shared by the steps that name it.
class StripeConnection final : public Connection
{
public:
    static std::vector<Param> params();
    static Result<std::shared_ptr<Connection>> open(Services services, std::string name,
                                                    Settings settings);

    StripeConnection(std::string name, Settings settings);

    ConnectionLimits limits() const override;

    const std::vector<Secret> &webhookSecrets() const { return m_webhookSecrets; }
    const Secret &apiKey() const { return settings().secret("api_key"); }
    bool isLiveKey() const;
    std::string baseUrl() const { return settings().text("base_url"); }
    std::string apiVersion() const { return settings().text("api_version"); }

private:
    std::vector<Secret> m_webhookSecrets;
};

} // namespace tw::stripe
