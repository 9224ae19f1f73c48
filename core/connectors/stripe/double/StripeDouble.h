// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/EventDelivery.h"
#include "core/connectors/stripe/double/StripeApi.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/net/HttpServer.h"
#include "core/sandbox/Double.h"
#include "core/sandbox/FaultPlan.h"
#include "core/sandbox/ShiftedClock.h"

namespace tw::stripe {

/// Stands in for Stripe: `/v1` over HTTP on this machine, an event log, and webhooks that receive
/// signed deliveries with retries.
///
/// Driven in the process through Double, from outside by JSON over HTTP under `/_tidewire/`
/// (docs.md of the connector; `/_double/` is the same). Events of a plan use only currencies of the
/// sample CRM picklist; poisoned ones carry a currency outside it (`sek`, `nok`, `isk`, `ugx`) and
/// a card ending of eight digits.
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
        std::size_t accepted = 0, refused = 0, unanswered = 0, repeats = 0, forged = 0, dropped = 0;
    };

    explicit StripeDouble(const sandbox::DoubleOptions &options);

    Result<void> open(const sandbox::DoubleOptions &options);
    void handle(HttpRequest request, HttpReply reply);
    void control(const HttpRequest &request, HttpReply reply);
    void controlDeliver(const Value &order, HttpReply reply);
    HttpResponse controlWebhook(const Value &order);
    HttpResponse controlFaults(const Value &order);
    HttpResponse controlTrigger(const Value &order);
    HttpResponse controlClock(const Value &order);
    HttpResponse controlSearch(const Value &order);
    HttpResponse controlSecret(const Value &order);
    HttpResponse controlPayout(const Value &order);
    HttpResponse controlAuthenticate(const Value &order);
    HttpResponse controlSession(const Value &order, bool settles);
    HttpResponse controlReset();
    HttpResponse controlLoad(const Value &order);
    HttpResponse triggerNames() const;
    HttpResponse saved() const;
    HttpResponse state() const;
    HttpResponse deliveries() const;
    HttpResponse heldRecords() const;

    std::vector<Planned> prepare(const sandbox::DeliveryPlan &plan);
    std::vector<std::string> typesOf(const sandbox::DeliveryPlan &plan) const;
    void announce(const std::string &account, const ObjectNews &news);
    void announceThin(const std::string &type, const Value &related);
    void syncEndpoints();
    void sendEvent(const Value &event, bool repeat, bool forged, int attempts,
                   const std::function<void(const sandbox::DeliveryReport &)> &done);
    std::vector<std::size_t> targetsOf(const Value &event) const;
    void arrived(const std::string &account, const std::string &eventId);
    void wasRefused(const std::string &account, const std::string &eventId);
    void note(const sandbox::DeliveryReport &report);
    /// Through the mischief that was ordered, into the queue.
    void hand(EventDelivery::Parcel parcel);
    void release();
    void addCast();
    void resume();
    std::string seededSecret();

    sandbox::ShiftedClock m_clock;
    std::string m_apiKey;
    Secret m_webhookSecret;
    StripeStore m_store;
    SampleFactory m_factory;
    StripeApi m_api;
    struct Endpoint
    {
        std::string url, apiVersion;
        bool connect = false; ///< Hears of connected accounts.
    };
    std::map<std::string, Endpoint> m_endpoints; ///< Webhook endpoints of the account, by id.
    EventDelivery m_delivery;
    sandbox::FaultPlan m_faults;
    /// What goes wrong on the way of deliveries, by chance.
    struct Mischief
    {
        double drop = 0, duplicate = 0;
        std::size_t reorder = 0; ///< So many are held back and leave in another order.
        std::chrono::milliseconds delay{0};
        std::string apiVersion; ///< Instead of that of the endpoint.
    };
    Mischief m_mischief;
    Random m_dice;
    std::vector<EventDelivery::Parcel> m_heldBack;
    std::vector<sandbox::DeliveryReport> m_reports;
    Totals m_totals;
    HttpServer m_server;
};

} // namespace tw::stripe
