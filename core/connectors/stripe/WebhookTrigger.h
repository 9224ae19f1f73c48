// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"
#include "core/connectors/stripe/EventFeed.h"
#include "core/connectors/stripe/EventIntake.h"
#include "core/connectors/stripe/StripeListen.h"

#include <memory>
#include <string>
#include <vector>

namespace tw::stripe {

class StripeConnection;

/// The events of an account, by whichever way they come: delivered to a webhook, forwarded by the
/// Stripe CLI, or read from the account's list. All go through one intake, so none runs twice.
///
/// Of a delivery the signature is judged on the raw bytes before anything reads them; 2xx is
/// answered only after the host has the event on disk; one that could not be stored gets 503, so
/// that Stripe sends it again. Bad ones get 400 with the reason and are counted. Lives on the
/// engine's thread; the host takes the handler down when the trigger goes.
class WebhookTrigger final : public Trigger
{
public:
    static NodeDescriptor descriptor(const CataloguePtr &catalogue = builtInCatalogue());
    static Result<std::unique_ptr<Trigger>> create(NodeContext context);

    Result<void> start(TriggerHost &host) override;
    void opened(const std::string &url) override;
    std::string hint(const std::string &url) const override;

private:
    WebhookTrigger(Services services, std::shared_ptr<StripeConnection> connection,
                   TriggerSettings settings);

    void receive(HttpRequest request, HttpReply reply);
    Result<DocumentPtr> read(const HttpRequest &request) const;
    ListenOrder listenOrder(const std::string &url) const;

    Services m_services;
    std::shared_ptr<StripeConnection> m_connection;
    TriggerSettings m_settings;
    StripeReads m_reads;
    EventIntake m_intake;
    std::unique_ptr<EventFeed> m_feed;
    std::unique_ptr<StripeListen> m_listen;
    std::vector<Secret> m_secrets;
    TriggerHost *m_host = nullptr;
};

} // namespace tw::stripe
