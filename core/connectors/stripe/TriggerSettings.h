// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/Descriptor.h"
#include "core/connectors/stripe/facts/Catalogue.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tw::stripe {

class StripeConnection;

/// What a Stripe trigger was told, with what follows from its connection. A value.
struct TriggerSettings
{
    enum class Mode { Any, Test, Live };
    enum class Deliver { AsSent, Current };
    enum class OtherVersion { Warn, Refuse, Refetch };
    enum class Start { Now, Oldest, At };
    /// How far Stripe's list of events is read.
    enum class Feed { Never, AtStart, Always };

    std::vector<std::string> events;
    Mode mode = Mode::Any;
    std::string account; ///< "acct_…", "own" (none but the key's), empty: any.
    bool ignoreOwn = true;
    Deliver deliver = Deliver::AsSent;
    std::vector<std::string> expand;
    std::string madeFor;
    OtherVersion otherVersion = OtherVersion::Warn;

    bool takesWebhooks = true;
    Feed feed = Feed::Never;
    std::chrono::milliseconds pollEvery{0};
    bool isPollChosen = false; ///< By a person; else readers of one live account take turns.
    bool catchUp = true;
    Start start = Start::Now;
    Instant startAt;

    std::string path;
    std::chrono::seconds tolerance{0};
    bool forward = false; ///< Start the Stripe CLI.

    static std::vector<Param> params(const CataloguePtr &catalogue = builtInCatalogue());
    static void check(const CataloguePtr &catalogue, const Settings &settings,
                      std::vector<Diagnostic> &findings);
    /// What a restricted key needs for it.
    static std::vector<Right> rights(const Settings &settings);
    static std::string summary(const Settings &settings);
    /// Errors: Config `stripe.no_webhook_secret`, `stripe.no_key`, `stripe.thin_not_listed`.
    static Result<TriggerSettings> from(const NodeContext &context,
                                        const StripeConnection &connection);

    /// Where the receiver listens for a step.
    static std::string pathFor(const NodeContext &context);

    bool wantsType(const std::string &type) const;
    bool wantsMode(bool live) const;
    bool wantsAccount(const std::string &of) const;
    /// Types of data.object that come, for what is known of versions.
    std::vector<std::string> objects() const;
};

} // namespace tw::stripe
