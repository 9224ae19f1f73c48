// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

class StripeConnection;

/// Receives Stripe's webhook deliveries. The signature is judged on the raw bytes before anything
/// reads them; 2xx is answered only after the host has the event on disk; a delivery that could not
/// be stored gets 503, so that Stripe sends it again. Bad ones get 400 with the reason and are
/// counted. Lives on the engine's thread; the host takes the handler down when the trigger goes.
class WebhookTrigger final : public Trigger
{
public:
    static NodeDescriptor descriptor();
    static Result<std::unique_ptr<Trigger>> create(NodeContext context);

    Result<void> start(TriggerHost &host) override;

private:
    enum class Mode { Any, Test, Live };

    WebhookTrigger(NodeContext context, std::shared_ptr<const StripeConnection> connection);

    void receive(HttpRequest request, HttpReply reply);
    Result<IncomingEvent> read(const HttpRequest &request) const;
    bool wants(const IncomingEvent &event) const;

    Clock &m_clock;
    std::shared_ptr<const StripeConnection> m_connection;
    std::vector<std::string> m_events;
    std::string m_path;
    std::chrono::seconds m_tolerance;
    Mode m_mode = Mode::Any;
    TriggerHost *m_host = nullptr;
};

/// What the bytes of a delivery say about themselves: snapshot events and thin notifications
/// (`v2.core.event`). Error Rejected `stripe.bad_body`.
Result<IncomingEvent> readEvent(std::string_view body);

} // namespace tw::stripe
