// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/WebhookTrigger.h"

#include "core/connectors/stripe/DeliveredShape.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/VersionMoves.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/data/Json.h"
#include "core/net/HttpReply.h"

#include <algorithm>
#include <cstdlib>

namespace tw::stripe {

namespace {

constexpr const char *kStoreRetrySeconds = "5";

HttpResponse errorAnswer(int status, const Error &error)
{
    std::string body = R"({"error":{"code":)";
    appendJsonString(body, error.code);
    body += R"(,"message":)";
    appendJsonString(body, error.message);
    body += "}}";
    return jsonResponse(status, std::move(body));
}

HttpResponse takenAnswer(const Result<EventIntake::Outcome> &taken)
{
    if (taken) {
        return jsonResponse(
            200, *taken == EventIntake::Outcome::Repeat    ? R"({"received":true,"repeat":true})"
                 : *taken == EventIntake::Outcome::Ignored ? R"({"received":true,"ignored":true})"
                                                           : R"({"received":true})");
    }
    if (taken.error().kind == ErrorKind::Rejected)
        return errorAnswer(400, taken.error());
    auto answer = errorAnswer(503, taken.error());
    const auto wait = taken.error().retryAfter;
    const auto seconds = wait ? std::max<std::int64_t>(1, (wait->count() + 999) / 1000) : 0;
    answer.headers.set("Retry-After", wait ? std::to_string(seconds) : kStoreRetrySeconds);
    return answer;
}

std::vector<NodeSample> nodeSamples()
{
    static constexpr const char *kTypes[] = {"charge.succeeded",
                                             "charge.failed",
                                             "charge.refunded",
                                             "charge.pending",
                                             "charge.dispute.created",
                                             "customer.created",
                                             "customer.updated",
                                             "payment_intent.succeeded",
                                             "invoice.paid",
                                             "invoice.payment_failed",
                                             "refund.created",
                                             "checkout.session.completed",
                                             "customer.subscription.created",
                                             "payout.paid"};
    static constexpr const char *kThinTypes[] = {
        "v1.charge.succeeded", "v1.customer.updated", "v1.invoice.paid",
        "v1.customer.subscription.updated", "v1.payout.paid"};
    std::vector<NodeSample> made;
    for (const char *type : kTypes) {
        made.push_back({type, type, [type] {
                            SampleFactory factory(7, Instant::fromSeconds(1'790'000'000));
                            return share(std::move(factory.event(type).value()));
                        }});
    }
    for (const char *type : kThinTypes) {
        made.push_back({type, type, [type] {
                            SampleFactory factory(7, Instant::fromSeconds(1'790'000'000));
                            const std::string snapshot = std::string(type).substr(3);
                            return thinSample(type, factory.event(snapshot).value().root());
                        }});
    }
    return made;
}

} // namespace

NodeDescriptor WebhookTrigger::descriptor(const CataloguePtr &catalogue)
{
    NodeDescriptor node;
    node.kind = NodeKind::Trigger;
    node.type = "stripe.webhook";
    node.title = "Stripe webhook";
    node.label = "Trigger";
    node.group = "Triggers";
    node.icon = "stripe";
    node.help =
        "Starts the flow for each event of a Stripe account: delivered to the webhook "
        "address, forwarded by the Stripe CLI, or read from the account's list, which also "
        "brings what a delivery missed. A signature is checked first, and Stripe is told "
        "\"received\" only after the event is stored, so nothing is lost when this computer "
        "stops.";
    node.connection = "stripe";
    node.params = TriggerSettings::params(catalogue);
    node.canFail = false;
    node.summary = TriggerSettings::summary;
    node.check = [catalogue](const Settings &settings, std::vector<Diagnostic> &findings) {
        TriggerSettings::check(catalogue, settings, findings);
    };
    node.rights = TriggerSettings::rights;
    SampleFactory factory(7, Instant::fromSeconds(1'790'000'000));
    node.output = eventShape(factory.event("charge.succeeded").value().root(), "charge");
    node.outputShape = [catalogue](const Settings &settings, const Shape *) {
        return deliveredShape(catalogue, settings);
    };
    node.samples = nodeSamples();
    node.errorCodes = {"stripe.bad_signature", "stripe.stale_timestamp", "stripe.no_signature",
                       "stripe.bad_header",    "stripe.bad_body",        "stripe.no_webhook_secret",
                       "stripe.no_key",        "stripe.thin_not_listed", "stripe.other_version",
                       "stripe.events_gone",   "stripe.place_unknown",   "stripe.reads_used_up",
                       "stripe.no_cli",        "stripe.cli_ended",      "stripe.list_cut"};
    node.createTrigger = &WebhookTrigger::create;
    return node;
}

Result<std::unique_ptr<Trigger>> WebhookTrigger::create(NodeContext context)
{
    auto connection = std::dynamic_pointer_cast<StripeConnection>(context.connection);
    if (!connection)
        return configError("stripe.no_connection",
                           "Choose a Stripe connection for the step \"" + context.step + "\".");
    auto settings = TriggerSettings::from(context, *connection);
    if (!settings)
        return std::move(settings).error();
    return std::unique_ptr<Trigger>(
        new WebhookTrigger(context.services, std::move(connection), std::move(*settings)));
}

WebhookTrigger::WebhookTrigger(Services services, std::shared_ptr<StripeConnection> connection,
                               TriggerSettings settings)
    : m_services(services),
      m_connection(std::move(connection)),
      m_settings(std::move(settings)),
      m_reads(services, m_connection),
      m_intake(services, m_settings, m_reads, m_connection->apiVersion()),
      m_secrets(m_connection->webhookSecrets())
{
    if (m_settings.feed != TriggerSettings::Feed::Never)
        m_feed = std::make_unique<EventFeed>(services, m_settings, m_intake, m_reads, m_connection);
}

Result<void> WebhookTrigger::start(TriggerHost &host)
{
    m_host = &host;
    if (m_settings.takesWebhooks) {
        auto opened = host.receive(m_settings.path, [this](HttpRequest request, HttpReply reply) {
            receive(std::move(request), std::move(reply));
        });
        if (!opened)
            return opened;
    }
    m_intake.start(host);
    if (m_feed)
        m_feed->start(host);
    return {};
}

ListenOrder WebhookTrigger::listenOrder(const std::string &url) const
{
    return {url, m_settings.events, m_settings.account, m_connection->isLiveKey(),
            isSameRelease(m_settings.madeFor, kApiVersion)};
}

std::string WebhookTrigger::hint(const std::string &url) const
{
    // A double delivers by itself.
    return m_connection->baseUrl() == "https://api.stripe.com" && !m_settings.forward
               ? listenOrder(url).command()
               : std::string();
}

void WebhookTrigger::opened(const std::string &url)
{
    if (!m_settings.forward)
        return;
    const char *path = std::getenv("PATH");
    auto program = StripeListen::find(path ? path : "");
    if (!program)
        return m_host->warned(program.error());
    m_listen = std::make_unique<StripeListen>(m_services.clock);
    m_listen->start(
        std::move(*program), listenOrder(url), m_connection->apiKey(),
        [this](Secret secret) {
            m_secrets = m_connection->webhookSecrets();
            m_secrets.push_back(std::move(secret));
        },
        [this](const Error &trouble) { m_host->warned(trouble); });
}

void WebhookTrigger::receive(HttpRequest request, HttpReply reply)
{
    if (request.method != "POST") {
        const Error why = rejectedError("stripe.bad_method", "Stripe delivers events by POST.");
        m_host->refused(why);
        auto answer = errorAnswer(405, why);
        answer.headers.set("Allow", "POST");
        reply.send(std::move(answer));
        return;
    }
    auto event = read(request);
    if (!event) {
        m_host->refused(event.error());
        reply.send(errorAnswer(400, event.error()));
        return;
    }
    auto held = std::make_shared<HttpReply>(std::move(reply));
    m_intake.take(std::move(*event), std::move(request.body), EventIntake::Way::Delivery, {},
                  [this, held](const Result<EventIntake::Outcome> &taken) {
                      if (!taken && taken.error().kind == ErrorKind::Rejected)
                          m_host->refused(taken.error());
                      held->send(takenAnswer(taken));
                  });
}

Result<DocumentPtr> WebhookTrigger::read(const HttpRequest &request) const
{
    const auto headers = request.headers.values("Stripe-Signature");
    if (headers.size() > 1)
        return rejectedError("stripe.bad_header",
                             "The request has more than one Stripe-Signature header.");
    const SignatureCheck check{m_secrets, m_services.clock.now(), m_settings.tolerance};
    const auto header = headers.empty() ? std::string_view() : headers.front();
    auto document = readDelivery(header, request.body, check);
    if (!document)
        return std::move(document).error();
    if (auto event = readEvent(document->root(), {}); !event)
        return std::move(event).error();
    return share(std::move(*document));
}

} // namespace tw::stripe
