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

    /// Held by each trigger that reads the account's list of events: they share its read allowance.
    std::shared_ptr<const int> joinReaders() const { return m_readers; }
    int readers() const { return static_cast<int>(m_readers.use_count()) - 1; }

private:
    std::vector<Secret> m_webhookSecrets;
    std::shared_ptr<const int> m_readers = std::make_shared<const int>(0);
};

} // namespace tw::stripe
