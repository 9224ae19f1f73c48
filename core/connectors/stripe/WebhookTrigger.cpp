// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/WebhookTrigger.h"

#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/connector/BusinessIds.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/ObjectShapes.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"
#include "core/net/HttpReply.h"

#include <QByteArray>
#include <QDateTime>
#include <algorithm>

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

HttpResponse storedAnswer(const Result<Acceptance> &stored)
{
    if (stored) {
        return jsonResponse(200, *stored == Acceptance::Repeat
                                     ? R"({"received":true,"repeat":true})"
                                     : R"({"received":true})");
    }
    auto answer = errorAnswer(503, stored.error());
    const auto wait = stored.error().retryAfter;
    const auto seconds = wait ? std::max<std::int64_t>(1, (wait->count() + 999) / 1000) : 0;
    answer.headers.set("Retry-After", wait ? std::to_string(seconds) : kStoreRetrySeconds);
    return answer;
}

Result<Instant> createdAt(const Value &created)
{
    if (const auto seconds = created.toInt(); created.isNumber() && seconds)
        return Instant::fromSeconds(*seconds);
    if (created.isString()) {
        const auto time = QDateTime::fromString(toQString(created.text()), Qt::ISODateWithMs);
        if (time.isValid())
            return Instant{time.toMSecsSinceEpoch()};
    }
    return rejectedError("stripe.bad_body", "The event does not say when it was created.");
}

std::string summaryOf(const Settings &settings)
{
    const auto events = settings.list("events");
    if (events.empty())
        return "no events chosen";
    return events.size() == 1 ? events.front() : std::to_string(events.size()) + " event types";
}

std::vector<Param> triggerParams()
{
    return {
        choiceList("events", "Events")
            .help("Which events start the flow. A wildcard such as charge.* takes a whole group.")
            .oneOf(eventChoices())
            .open()
            .required()
            .example("[charge.succeeded, charge.failed]"),
        choice("mode", "Live or test")
            .help("Stripe marks every event as live or test. Others are acknowledged and left.")
            .oneOf({{"any", "Both", "", ""},
                    {"test", "Test events only", "", ""},
                    {"live", "Live events only", "", ""}})
            .fallback("any"),
        text("path", "Path")
            .help("Where the receiver listens for this step; empty for /hooks/<flow>/<step>.")
            .matches("^/[A-Za-z0-9._~/-]*$", "a path such as /hooks/payments")
            .placeholder("/hooks/<flow>/<step>")
            .advanced(),
        duration("tolerance", "Greatest age")
            .help("Deliveries signed longer ago are refused as replays. 0s switches the check off, "
                  "for replaying recorded deliveries.")
            .fallback("5m")
            .advanced(),
    };
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
    std::vector<NodeSample> made;
    for (const char *type : kTypes) {
        made.push_back({type, type, [type] {
                            SampleFactory factory(7, Instant::fromSeconds(1'790'000'000));
                            return share(std::move(factory.event(type).value()));
                        }});
    }
    return made;
}

// Longer than Stripe lists events (30 days) and delivers them again (3 days).
constexpr std::chrono::hours kFactWindow{35 * 24};

/// Stripe may make two events of one change (docs.stripe.com/webhooks, "Handle duplicate events").
/// They tell the same of the same object at the same time, for the same request.
std::string factOf(const IncomingEvent &event, const Value &root)
{
    std::string state = std::to_string(event.created.msSinceEpoch);
    appendJson(state, root.get("data"));
    appendJson(state, root.get("request"));
    const Sha256 sum = sha256({state});
    const auto bytes = QByteArray::fromRawData(reinterpret_cast<const char *>(sum.data()), 16);
    return event.key + '|' + event.type + '|' + bytes.toBase64().toStdString();
}

} // namespace

Result<IncomingEvent> readEvent(std::string_view body)
{
    auto document = parseJson(body);
    if (!document)
        return rejectedError("stripe.bad_body",
                             "The body is not JSON: " + document.error().message);
    const Value &root = document->root();
    const Value id = root.get("id");
    const Value type = root.get("type");
    if (!id.isString() || id.size() == 0 || !type.isString() || type.size() == 0)
        return rejectedError("stripe.bad_body",
                             "The body is not a Stripe event: it has no id or no "
                             "type.");
    const auto created = createdAt(root.get("created"));
    if (!created)
        return created.error();
    const Value live = root.get("livemode");
    const Value object = root.find("data.object.id");
    IncomingEvent event{std::string(id.text()), std::string(type.text()), std::string(body),
                        *created, live.isBool() && live.asBool(),
                        object.isString() ? std::string(object.text()) : std::string()};
    event.ids = businessIds(root.find("data.object"));
    if (!event.key.empty()) {
        event.fact = factOf(event, root);
        event.factWindow = kFactWindow;
    }
    return event;
}

NodeDescriptor WebhookTrigger::descriptor()
{
    NodeDescriptor node;
    node.kind = NodeKind::Trigger;
    node.type = "stripe.webhook";
    node.title = "Stripe webhook";
    node.label = "Trigger";
    node.group = "Triggers";
    node.icon = "stripe";
    node.help = "Starts the flow for each event that Stripe delivers to the webhook address. The "
                "signature is checked first, and Stripe is told \"received\" only after the event "
                "is stored, so nothing is lost when this computer stops.";
    node.connection = "stripe";
    node.params = triggerParams();
    node.canFail = false;
    node.summary = summaryOf;
    SampleFactory factory(7, Instant::fromSeconds(1'790'000'000));
    node.output = eventShape(factory.event("charge.succeeded").value().root(), "charge");
    node.outputShape = [](const Settings &settings, const Shape *) {
        return eventsShape(settings.list("events"));
    };
    node.samples = nodeSamples();
    node.errorCodes = {"stripe.bad_signature", "stripe.stale_timestamp",
                       "stripe.no_signature",  "stripe.bad_header",
                       "stripe.bad_body",      "stripe.no_webhook_secret"};
    node.createTrigger = &WebhookTrigger::create;
    return node;
}

Result<std::unique_ptr<Trigger>> WebhookTrigger::create(NodeContext context)
{
    auto connection = std::dynamic_pointer_cast<const StripeConnection>(context.connection);
    if (!connection)
        return configError("stripe.no_connection",
                           "Choose a Stripe connection for the step \"" + context.step + "\".");
    if (connection->webhookSecrets().empty())
        return configError("stripe.no_webhook_secret",
                           "The connection \"" + connection->name() +
                               "\" has no webhook secret, so deliveries cannot be verified. Copy "
                               "it from the endpoint's page in the Stripe Dashboard.");
    return std::unique_ptr<Trigger>(new WebhookTrigger(std::move(context), std::move(connection)));
}

WebhookTrigger::WebhookTrigger(NodeContext context,
                               std::shared_ptr<const StripeConnection> connection)
    : m_clock(context.services.clock),
      m_connection(std::move(connection)),
      m_events(context.settings.list("events")),
      m_path(context.settings.text("path")),
      m_tolerance(
          std::chrono::duration_cast<std::chrono::seconds>(context.settings.duration("tolerance")))
{
    if (m_path.empty())
        m_path =
            "/hooks/" + encodePathSegment(context.flow) + '/' + encodePathSegment(context.step);
    const std::string mode = context.settings.text("mode");
    m_mode = mode == "live" ? Mode::Live : mode == "test" ? Mode::Test : Mode::Any;
}

Result<void> WebhookTrigger::start(TriggerHost &host)
{
    m_host = &host;
    return host.receive(m_path, [this](HttpRequest request, HttpReply reply) {
        receive(std::move(request), std::move(reply));
    });
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
    if (!wants(*event)) {
        reply.send(jsonResponse(200, R"({"received":true,"ignored":true})"));
        return;
    }
    auto held = std::make_shared<HttpReply>(std::move(reply));
    m_host->accept(std::move(event).value(),
                   [held](Result<Acceptance> stored) { held->send(storedAnswer(stored)); });
}

Result<IncomingEvent> WebhookTrigger::read(const HttpRequest &request) const
{
    const auto headers = request.headers.values("Stripe-Signature");
    if (headers.size() > 1)
        return rejectedError("stripe.bad_header",
                             "The request has more than one Stripe-Signature header.");
    const SignatureCheck check{m_connection->webhookSecrets(), m_clock.now(), m_tolerance};
    const auto header = headers.empty() ? std::string_view() : headers.front();
    if (auto verified = verifySignature(header, request.body, check); !verified)
        return std::move(verified).error();
    return readEvent(request.body);
}

bool WebhookTrigger::wants(const IncomingEvent &event) const
{
    if ((m_mode == Mode::Live && !event.live) || (m_mode == Mode::Test && event.live))
        return false;
    return matchesEvent(m_events, event.type);
}

} // namespace tw::stripe
