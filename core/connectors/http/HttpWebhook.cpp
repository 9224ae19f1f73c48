// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/HttpWebhook.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/http/ServiceConnection.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"

#include <QUuid>
#include <charconv>

namespace tw::http {
namespace {

constexpr const char *kStoreRetrySeconds = "5";

std::vector<Param> webhookParams()
{
    return {
        choice("verify", "Proof of the sender")
            .help("How a delivery shows where it comes from. The secret is the connection's.")
            .oneOf({{"hmac", "Signature (HMAC)", "", ""},
                    {"token", "Token in a header", "", ""},
                    {"none", "None: anybody may call", "", ""}})
            .fallback("hmac"),
        text("header", "Header of the proof")
            .help("The header that holds the signature or the token.")
            .fallback("X-Signature")
            .matches("^[A-Za-z0-9-]+$", "a header name such as X-Signature"),
        text("header_form", "Form of the signature header")
            .help("Where the signature stands in it, for example sha256={signature} or "
                  "t={timestamp},v1={signature}.")
            .fallback("{signature}")
            .shownWhen("verify", "hmac"),
        choice("algorithm", "Algorithm")
            .oneOf({{"sha256", "HMAC-SHA256", "", ""},
                    {"sha512", "HMAC-SHA512", "", ""},
                    {"sha1", "HMAC-SHA1 (old)", "", ""}})
            .fallback("sha256")
            .shownWhen("verify", "hmac"),
        choice("encoding", "Spelling")
            .oneOf({{"hex", "Hexadecimal", "", ""}, {"base64", "Base64", "", ""}})
            .fallback("hex")
            .shownWhen("verify", "hmac"),
        text("signed", "What is signed")
            .help("Made of {body}, {timestamp} and {id}, for example {timestamp}.{body}.")
            .fallback("{body}")
            .shownWhen("verify", "hmac"),
        text("timestamp_header", "Header of the time")
            .help("Holds Unix seconds; needed when {timestamp} is signed and not in the signature "
                  "header.")
            .shownWhen("verify", "hmac")
            .advanced(),
        text("id_header", "Header of the id")
            .help("Needed when {id} is signed and not in the signature header.")
            .shownWhen("verify", "hmac")
            .advanced(),
        duration("tolerance", "Greatest age")
            .help("Deliveries signed longer ago are refused as replays, where a time is signed.")
            .fallback("5m")
            .advanced(),
        expression("event_id", "Id of the event")
            .help("An expression over {body, headers, query} of the delivery - unlike the message, which "
                  "is the body alone: deliveries with the same id are one event. Without it every "
                  "delivery is an event of its own.")
            .example("body.id"),
        expression("event_type", "Type of the event")
            .help("An expression over {body, headers, query} of the delivery, for lists and filters.")
            .example("body.type")
            .advanced(),
        choice("method", "Method")
            .oneOf({{"POST", "POST", "", ""}, {"PUT", "PUT", "", ""}})
            .fallback("POST")
            .advanced(),
        text("path", "Path")
            .help("Where the receiver listens for this step; empty for /hooks/<flow>/<step>.")
            .matches("^/[A-Za-z0-9._~/-]*$", "a path such as /hooks/orders")
            .placeholder("/hooks/<flow>/<step>")
            .advanced(),
    };
}

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
    if (stored)
        return jsonResponse(200, R"({"received":true})");
    HttpResponse answer = errorAnswer(503, stored.error());
    answer.headers.set("Retry-After", kStoreRetrySeconds);
    return answer;
}

/// {body, headers, query}: what the id and the type are taken from.
Value requestValue(Arena &arena, const HttpRequest &request, const Value &body)
{
    ObjectBuilder headers(arena);
    for (const auto &[name, value] : request.headers) {
        std::string key(name);
        for (char &c : key)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        headers.set(Value::string(arena, key).text(), Value::string(arena, value));
    }
    ObjectBuilder query(arena);
    for (const auto &[name, value] : formDecode(request.query).value_or(FormFields{}))
        query.set(Value::string(arena, name).text(), Value::string(arena, value));
    ObjectBuilder all(arena);
    all.set("body", body);
    all.set("headers", headers.finish());
    all.set("query", query.finish());
    return all.finish();
}

Result<std::string> textFrom(const std::optional<Expression> &expression, const Value &input,
                             Instant now)
{
    if (!expression)
        return std::string();
    Arena arena;
    Environment environment;
    environment.now = now;
    auto value = expression->evaluate(arena, input, environment);
    if (!value)
        return value.error().toError();
    return plainText(*value);
}

Error noProof(const std::string &header)
{
    return rejectedError("http.no_signature", "The delivery has no header " + header
                                                  + ", so nobody knows who sent it.");
}

/// The body and nothing around it; what stands in it is the sender's affair.
Shape messageShape(const Settings &, const Shape *)
{
    Shape message;
    message.type = Shape::Type::Group;
    message.help = "The message of a webhook is the JSON body itself: write \"id\" for what event_id calls "
                   "\"body.id\". Headers and query are not part of it.";
    message.item = {Shape()};
    message.absent = {"body", "headers", "query"};
    return message;
}

std::string summaryOf(const Settings &settings)
{
    const std::string proof = settings.text("verify");
    return proof == "none" ? "open to anybody" : proof == "token" ? "with a token" : "signed";
}

} // namespace

NodeDescriptor HttpWebhook::descriptor()
{
    NodeDescriptor node;
    node.kind = NodeKind::Trigger;
    node.type = "http.webhook";
    node.title = "Webhook";
    node.label = "Trigger";
    node.group = "Triggers";
    node.icon = "broadcast";
    node.help = "Starts the flow for each JSON message that a service posts to the webhook address. "
                "The message is the body itself. The sender is told \"received\" only after the event "
                "is stored.";
    node.connection = "http";
    node.params = webhookParams();
    node.canFail = false;
    node.outputShape = messageShape;
    node.summary = summaryOf;
    node.errorCodes = {"http.no_signature", "http.bad_signature", "http.stale_timestamp",
                       "http.bad_body", "http.no_webhook_secret"};
    node.createTrigger = &HttpWebhook::create;
    return node;
}

Result<HttpWebhook::Check> HttpWebhook::checkFrom(const Settings &settings)
{
    const std::string proof = settings.text("verify");
    Check check;
    check.proof = proof == "none" ? Proof::None : proof == "token" ? Proof::Token : Proof::Signature;
    check.header = settings.text("header");
    check.timestampHeader = settings.text("timestamp_header");
    check.idHeader = settings.text("id_header");
    check.tolerance = std::chrono::duration_cast<std::chrono::seconds>(settings.duration("tolerance"));
    if (check.proof != Proof::Signature)
        return check;
    auto form = NamedTemplate::compile(settings.text("header_form"), {"signature", "timestamp", "id"});
    if (!form)
        return std::move(form).error().at("header_form");
    if (!form->uses("signature"))
        return configError("http.bad_template", "The form must say where the {signature} stands.")
            .at("header_form");
    auto content = NamedTemplate::compile(settings.text("signed"), {"body", "timestamp", "id"});
    if (!content)
        return std::move(content).error().at("signed");
    if (!content->uses("body"))
        return configError("http.bad_template",
                           "The {body} must be part of what is signed: else anybody could change it.")
            .at("signed");
    if (content->uses("timestamp") && !form->uses("timestamp") && check.timestampHeader.empty())
        return configError("http.bad_template", "Say which header holds the {timestamp}.")
            .at("timestamp_header");
    if (content->uses("id") && !form->uses("id") && check.idHeader.empty())
        return configError("http.bad_template", "Say which header holds the {id}.").at("id_header");
    const std::string algorithm = settings.text("algorithm");
    using Hash = SignatureScheme::Hash;
    check.headerForm = std::move(*form);
    check.scheme = {algorithm == "sha1"         ? Hash::Sha1
                        : algorithm == "sha512" ? Hash::Sha512
                                                : Hash::Sha256,
                    settings.text("encoding") == "base64" ? SignatureScheme::Digits::Base64
                                                          : SignatureScheme::Digits::Hex,
                    std::move(*content)};
    return check;
}

Result<HttpWebhook::Words> HttpWebhook::wordsFrom(const Settings &settings)
{
    Words words;
    for (auto [id, place] : {std::pair("event_id", &words.id), std::pair("event_type", &words.type)}) {
        if (!settings.has(id))
            continue;
        auto compiled = compileSetting(settings.text(id), id);
        if (!compiled)
            return std::move(compiled).error();
        *place = std::move(*compiled);
    }
    return words;
}

Result<std::unique_ptr<Trigger>> HttpWebhook::create(NodeContext context)
{
    auto connection = std::dynamic_pointer_cast<const ServiceConnection>(context.connection);
    if (!connection)
        return configError("http.no_connection", "Choose a web service connection for the step \""
                                                     + context.step + "\".");
    auto check = checkFrom(context.settings);
    if (!check)
        return std::move(check).error();
    if (check->proof != Proof::None && connection->webhookSecret().isEmpty())
        return configError("http.no_webhook_secret",
                           "The connection \"" + connection->name()
                               + "\" has no webhook secret, so deliveries cannot be verified. Give it "
                                 "the one that the sender shows, or set \"verify: none\".");
    auto words = wordsFrom(context.settings);
    if (!words)
        return std::move(words).error();
    return std::unique_ptr<Trigger>(new HttpWebhook(context, std::move(connection), std::move(*check),
                                                    std::move(*words)));
}

HttpWebhook::HttpWebhook(const NodeContext &context,
                         std::shared_ptr<const ServiceConnection> connection, Check check,
                         Words words)
    : m_clock(context.services.clock), m_connection(std::move(connection)),
      m_check(std::move(check)), m_words(std::move(words)), m_path(context.settings.text("path")),
      m_method(context.settings.text("method"))
{
    if (m_path.empty())
        m_path = "/hooks/" + encodePathSegment(context.flow) + '/' + encodePathSegment(context.step);
}

Result<void> HttpWebhook::start(TriggerHost &host)
{
    m_host = &host;
    return host.receive(m_path, [this](const HttpRequest &request, HttpReply reply) {
        receive(request, std::move(reply));
    });
}

void HttpWebhook::receive(const HttpRequest &request, HttpReply reply)
{
    if (request.method != m_method) {
        const Error why = rejectedError("http.bad_method", "This webhook takes " + m_method + " only.");
        m_host->refused(why);
        HttpResponse answer = errorAnswer(405, why);
        answer.headers.set("Allow", m_method);
        return reply.send(std::move(answer));
    }
    if (auto verified = verify(request); !verified) {
        m_host->refused(verified.error());
        return reply.send(errorAnswer(401, verified.error()));
    }
    auto event = read(request);
    if (!event) {
        m_host->refused(event.error());
        return reply.send(errorAnswer(400, event.error()));
    }
    auto held = std::make_shared<HttpReply>(std::move(reply));
    m_host->accept(std::move(*event),
                   [held](Result<Acceptance> stored) { held->send(storedAnswer(stored)); });
}

Result<void> HttpWebhook::verify(const HttpRequest &request) const
{
    if (m_check.proof == Proof::None)
        return {};
    if (request.headers.values(m_check.header).size() != 1)
        return noProof(m_check.header);
    if (m_check.proof == Proof::Signature)
        return verifySignature(request);
    if (!constantTimeEquals(request.header(m_check.header), m_connection->webhookSecret().reveal()))
        return rejectedError("http.bad_token", "The token of the delivery is not the connection's.");
    return {};
}

Result<void> HttpWebhook::verifySignature(const HttpRequest &request) const
{
    auto values = m_check.headerForm.match(request.header(m_check.header));
    if (!values)
        return rejectedError("http.bad_signature",
                             "The header " + m_check.header + " has another form than the step says.");
    if (!m_check.timestampHeader.empty())
        values->emplace("timestamp", request.header(m_check.timestampHeader));
    if (!m_check.idHeader.empty())
        values->emplace("id", request.header(m_check.idHeader));
    const std::string given = values->at("signature");
    values->insert_or_assign("body", request.body);
    const std::string made = signatureOf(m_check.scheme, m_connection->webhookSecret(),
                                         m_check.scheme.content.fill(*values));
    if (!constantTimeEquals(given, made))
        return rejectedError("http.bad_signature",
                             "The signature does not fit the body. Compare the secret and what is "
                             "signed with the sender's documentation.");
    return m_check.scheme.content.uses("timestamp") ? verifyAge((*values)["timestamp"])
                                                    : Result<void>();
}

Result<void> HttpWebhook::verifyAge(const std::string &timestamp) const
{
    std::int64_t seconds = 0;
    const char *end = timestamp.data() + timestamp.size();
    const auto [read, failure] = std::from_chars(timestamp.data(), end, seconds);
    if (failure != std::errc() || read != end)
        return rejectedError("http.bad_signature", "The time of the delivery is not Unix seconds.");
    const auto age = std::chrono::seconds(m_clock.now().seconds() - seconds);
    if (m_check.tolerance.count() > 0 && std::chrono::abs(age) > m_check.tolerance)
        return rejectedError("http.stale_timestamp",
                             "The delivery was signed " + std::to_string(age.count())
                                 + " seconds ago: it may be a replay. Check both clocks.");
    return {};
}

Result<IncomingEvent> HttpWebhook::read(const HttpRequest &request) const
{
    auto body = parseJson(request.body);
    if (!body)
        return rejectedError("http.bad_body", "The body is not JSON: " + body.error().message);
    Arena arena;
    const Value input = requestValue(arena, request, body->root());
    auto id = textFrom(m_words.id, input, m_clock.now());
    if (!id)
        return std::move(id).error().at("event_id");
    if (m_words.id && id->empty())
        return rejectedError("http.no_event_id", "The delivery has no value for the event's id.");
    auto type = textFrom(m_words.type, input, m_clock.now());
    if (!type)
        return std::move(type).error().at("event_type");
    IncomingEvent event;
    event.id = id->empty() ? QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString() : *id;
    event.type = type->empty() ? "webhook" : *type;
    event.body = request.body;
    event.created = m_clock.now();
    event.live = true;
    return event;
}

} // namespace tw::http
