// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/EventDelivery.h"
#include "core/connectors/stripe/double/StripeApi.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/net/HttpServer.h"
#include "core/sandbox/Double.h"
#include "core/sandbox/FaultPlan.h"

namespace tw::stripe {

/// Stands in for Stripe: `/v1` over HTTP on this machine, an event log, and webhooks that receive
/// signed deliveries with retries.
///
/// Driven in the process through Double, from outside by JSON over HTTP under `/_double/`: POST
/// deliver, webhooks, faults; GET state, deliveries, records. Events of a plan use only currencies
/// of the sample CRM picklist; poisoned ones carry a currency outside it (`sek`, `nok`, `isk`,
/// `ugx`) and a card ending of eight digits.
class StripeDouble final : public QObject, public sandbox::Double
{
public:
    static Result<std::unique_ptr<sandbox::Double>> start(const sandbox::DoubleOptions &options);
    ~StripeDouble() override;

    std::string connector() const override { return "stripe"; }
    std::string url() const override { return m_server.url(); }
    std::map<std::string, std::string> connectionSettings() const override;
    std::map<std::string, Secret> connectionSecrets() const override;
    std::vector<sandbox::HeldRecord> records() const override { return m_store.records(); }
    void addWebhook(sandbox::WebhookTarget target) override;
    void deliver(const sandbox::DeliveryPlan &plan,
                 std::function<void(const sandbox::DeliveryReport &)> progress,
                 std::function<void()> done) override;

private:
    /// One event of a plan before it is sent.
    struct Planned
    {
        Document event;
        bool repeat = false;
        bool forged = false;
    };
    struct Totals
    {
        std::size_t accepted = 0, refused = 0, unanswered = 0, repeats = 0, forged = 0;
    };

    explicit StripeDouble(const sandbox::DoubleOptions &options);

    Result<void> open(const sandbox::DoubleOptions &options);
    void handle(HttpRequest request, HttpReply reply);
    void control(const HttpRequest &request, HttpReply reply);
    void controlDeliver(const Value &order, HttpReply reply);
    HttpResponse controlWebhook(const Value &order);
    HttpResponse state() const;
    HttpResponse deliveries() const;
    HttpResponse heldRecords() const;

    std::vector<Planned> prepare(const sandbox::DeliveryPlan &plan);
    std::vector<std::string> typesOf(const sandbox::DeliveryPlan &plan) const;
    void announce(const std::string &account, const ObjectNews &news);
    void syncEndpoints();
    void sendEvent(const Value &event, bool repeat, bool forged, int attempts,
                   const std::function<void(const sandbox::DeliveryReport &)> &done);
    void note(const sandbox::DeliveryReport &report);

    Clock &m_clock;
    std::string m_apiKey;
    Secret m_webhookSecret;
    StripeStore m_store;
    SampleFactory m_factory;
    StripeApi m_api;
    std::map<std::string, std::string>
        m_endpoints; ///< Id of a webhook endpoint, where it is delivered.
    EventDelivery m_delivery;
    sandbox::FaultPlan m_faults;
    std::vector<sandbox::DeliveryReport> m_reports;
    Totals m_totals;
    HttpServer m_server;
};

} // namespace tw::stripe
