// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/StripeReads.h"

#include <QObject>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tw::stripe {

/// The webhook endpoint that one trigger wants in one environment.
struct EndpointWish
{
    std::string project, flow, step, environment;
    std::string url;
    std::vector<std::string> events; ///< As the trigger asks for them; wildcards are spelled out.
    std::string apiVersion;
    /// Receipts of endpoints whose secret is stored: see EndpointDesk::apply().
    std::vector<std::string> receipts;
};

/// An endpoint as Stripe has it.
struct Endpoint
{
    std::string id, url, apiVersion, status, flow, environment, project, receipt;
    std::vector<std::string> events;
    std::int64_t created = 0;
};

/// What it takes to have exactly one endpoint for a wish, and that one as wished.
struct EndpointPlan
{
    enum class Action {
        Keep,
        Create,
        Update,
        Replace, ///< Version and secret cannot be changed: a new one, then the old one goes.
    };
    struct Difference
    {
        std::string what, have, want;
    };

    Action action = Action::Create;
    EndpointWish wish;
    std::optional<Endpoint> current;
    std::vector<Difference> differences;
    std::vector<Endpoint> surplus; ///< Further ones of this trigger and environment.

    bool changesNothing() const { return action == Action::Keep && surplus.empty(); }
};
std::string_view toString(EndpointPlan::Action action);

/// Error Config `stripe.thin_endpoint`: thin events need an event destination, which is made by
/// hand.
Result<EndpointPlan> planEndpoint(EndpointWish wish, const std::vector<Endpoint> &existing);

/// Reads and changes the webhook endpoints of an account. Thread with an event loop; what it is
/// given outlives it.
class EndpointDesk final : public QObject
{
public:
    explicit EndpointDesk(StripeReads &reads) : m_reads(reads) {}

    using Listed = std::function<void(Result<std::vector<Endpoint>>)>;
    /// All of the account, in pages.
    void list(Listed done);

    /// Keeps the secret of a new endpoint where the project's secrets are. The receipt names it in
    /// the endpoint's metadata: an endpoint without a receipt that was kept is one whose answer was
    /// lost, and is replaced.
    using KeepSecret =
        std::function<Result<void>(const Secret &secret, const std::string &receipt)>;
    /// Carries a plan out; `done` with the endpoint's id. A new one whose secret could not be kept
    /// is taken away again. The old one goes last, so no event is without an endpoint.
    void apply(EndpointPlan plan, KeepSecret keep, std::function<void(Result<std::string>)> done);

private:
    struct Work;
    using WorkPtr = std::shared_ptr<Work>;

    void listFrom(const std::string &after, std::shared_ptr<std::vector<Endpoint>> found,
                  Listed done);
    void create(const WorkPtr &work);
    void update(const WorkPtr &work);
    void removeRest(const WorkPtr &work);

    StripeReads &m_reads;
};

} // namespace tw::stripe
