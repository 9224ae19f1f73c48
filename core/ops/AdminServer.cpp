// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/AdminServer.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"
#include "core/ops/AdminRoutes.h"
#include "core/ops/CoverageJson.h"
#include "core/ops/DeskJson.h"

#include <QHostAddress>
#include <algorithm>
#include <charconv>

namespace tw::ops {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kConnections = "/v1/connections";

/// `note`: what is worth telling of the named one besides.
std::string connectionsJson(const std::vector<GateStatus> &gates, const std::string &named = {},
                            const std::string &note = {})
{
    Arena arena;
    ArrayBuilder list(arena);
    for (const GateStatus &gate : gates) {
        ObjectBuilder object(arena);
        object.set("connection", Value::string(arena, gate.connection));
        object.set("state", Value::string(toString(gate.state)));
        object.set("calls", Value::string(wordOf(gate.state)));
        object.set("cause", Value::string(toString(gate.cause)));
        if (!gate.why.empty())
            object.set("why", Value::string(arena, gate.why));
        if (!gate.by.empty())
            object.set("by", Value::string(arena, gate.by));
        if (gate.since)
            object.set("since", Value::string(arena, isoTime(*gate.since)));
        if (gate.until)
            object.set("until", Value::string(arena, isoTime(*gate.until)));
        object.set("queued", Value::integer(static_cast<std::int64_t>(gate.queued)));
        object.set("in_flight", Value::integer(gate.inFlight));
        object.set("concurrency", Value::integer(gate.concurrency));
        object.set("calls_last_minute", Value::integer(gate.callsLastMinute));
        object.set("failures_last_minute", Value::integer(gate.failuresLastMinute));
        if (gate.tokens)
            object.set("tokens", Value::number(*gate.tokens));
        if (gate.dayUsed)
            object.set("day_used", Value::integer(*gate.dayUsed));
        if (gate.dayLimit)
            object.set("day_limit", Value::integer(*gate.dayLimit));
        if (gate.dayReserve)
            object.set("day_reserve", Value::integer(*gate.dayReserve));
        if (gate.readsThisMonth > 0 || gate.readAllowance > 0)
            object.set("reads_this_month",
                       Value::integer(static_cast<std::int64_t>(gate.readsThisMonth)));
        if (gate.readAllowance > 0)
            object.set("read_allowance",
                       Value::integer(static_cast<std::int64_t>(gate.readAllowance)));
        if (gate.dayUsedUpAt)
            object.set("day_used_up_at", Value::string(arena, isoTime(*gate.dayUsedUpAt)));
        if (gate.connection == named && !note.empty())
            object.set("note", Value::string(arena, note));
        list.add(object.finish());
    }
    return toJson(list.finish());
}

/// Why a pause or its end changes nothing; empty: it does.
std::string whyNothing(const std::vector<GateStatus> &gates, const std::string &name, bool pause)
{
    for (const GateStatus &gate : gates) {
        if (gate.connection != name)
            continue;
        const bool isPaused = gate.state == GateState::Paused;
        if (pause && isPaused)
            return "Nothing to do: " + name + " is paused already, by " + gate.by + ": " + gate.why;
        if (!pause && gate.state == GateState::Closed)
            return "Nothing to do: " + name + " is not paused, its calls are flowing.";
    }
    return {};
}

/// Of a connection that is not paused and yet held, which a person wants to go on.
std::string whyStillHeld(const std::vector<GateStatus> &gates, const std::string &name)
{
    for (const GateStatus &gate : gates) {
        if (gate.connection == name && gate.state != GateState::Paused)
            return name + " was not paused; its calls are held because of "
                + std::string(toString(gate.cause)) + ". The next call looks whether it is over.";
    }
    return {};
}

HttpResponse errorAnswer(int status, const Error &error)
{
    std::string body = R"({"error":{"code":)";
    appendJsonString(body, error.code);
    body += R"(,"message":)";
    appendJsonString(body, error.message);
    return jsonResponse(status, body + "}}");
}

int statusOf(const Error &error)
{
    if (error.code == "ops.no_such_page" || error.code.starts_with("store.no_"))
        return 404;
    if (error.code == "ops.bad_argument" || error.code == "ops.unknown_action")
        return 400;
    if (error.kind == ErrorKind::Rejected)
        return 409;
    return error.kind == ErrorKind::Transient ? 503 : 500;
}

/// On the store thread.
Result<DeskCounts> countDesk(Journal &journal, Instant now)
{
    DeskCounts counts;
    auto usage = journal.usage();
    auto desk = journal.desk().counts(now);
    if (!usage || !desk)
        return usage ? std::move(desk).error() : std::move(usage).error();
    counts.usage = *usage;
    if (auto sources = readCoverage(journal))
        counts.sources = std::move(*sources);
    counts.mayAccept = journal.mayAccept().has_value();
    counts.lettersOpen = desk->lettersOpen;
    counts.lettersOverdue = desk->lettersOverdue;
    counts.reviewsOpen = desk->reviewsOpen;
    counts.reviewsOverdue = desk->reviewsOverdue;
    return counts;
}

/// The door speaks plain HTTP: on a network, whoever listens reads its token and may do all it allows.
Result<void> mayBeOpenTo(const std::string &address, bool withoutTls)
{
    std::string host = address.substr(0, address.rfind(':'));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    QHostAddress parsed;
    if (!parsed.setAddress(toQString(host)) || parsed.isLoopback())
        return {}; // What is no address is refused where it is opened.
    const std::string risk = "The admin door at " + address
        + " can be reached from other machines without TLS: its token goes over the network in clear.";
    if (!withoutTls)
        return configError("runtime.open_admin",
                           risk + " Keep it on 127.0.0.1 behind a proxy with TLS or a tunnel, or say "
                                  "--admin-without-tls.");
    qCWarning(log::net).noquote() << toQString(risk);
    return {};
}

} // namespace

AdminServer::AdminServer(Engine &engine, const Metrics &metrics, Clock &clock, Secret token)
    : m_engine(engine), m_metrics(metrics), m_clock(clock), m_token(std::move(token))
{
    m_server.setHandler([this](HttpRequest request, HttpReply reply) {
        handle(std::move(request), std::move(reply));
    });
}

Result<void> AdminServer::open(const std::string &address, bool withoutTls)
{
    const std::size_t colon = address.rfind(':');
    std::uint16_t port = 0;
    const char *end = address.data() + address.size();
    if (colon == std::string::npos
        || std::from_chars(address.data() + colon + 1, end, port).ptr != end)
        return configError("runtime.bad_address", '"' + address
                                                      + "\" is not an address and a port, such as "
                                                        "127.0.0.1:9464.");
    if (auto allowed = mayBeOpenTo(address, withoutTls); !allowed)
        return allowed;
    return m_server.listen(address.substr(0, colon), port);
}

void AdminServer::handle(HttpRequest request, HttpReply reply)
{
    if (request.headers.contains("Origin"))
        return reply.send(errorAnswer(403, rejectedError("ops.web_page",
                                                         "This door is not for web pages: requests "
                                                         "with an Origin are refused.")));
    if (request.path == "/healthz")
        return health(std::move(reply), true);
    if (request.path == "/readyz")
        return readiness(std::move(reply));
    if (request.path == "/metrics")
        return sendMetrics(std::move(reply));
    if (!request.path.starts_with("/v1/"))
        return reply.send(errorAnswer(404, rejectedError("ops.no_such_page",
                                                         "There is nothing at " + request.path + '.')));
    if (!isAllowed(request)) {
        HttpResponse refusal = errorAnswer(401, authError("ops.no_token", "Send the token of this "
                                                          "runner: \"Authorization: Bearer …\"."));
        refusal.headers.add("WWW-Authenticate", "Bearer");
        return reply.send(std::move(refusal));
    }
    if (isAboutConnections(request))
        return connections(request, std::move(reply));
    perform(std::move(request), std::move(reply));
}

bool AdminServer::isAboutConnections(const HttpRequest &request) const
{
    return request.path == kConnections || request.path.starts_with(std::string(kConnections) + '/');
}

/// GET /v1/connections; POST /v1/connections/<name>/pause and …/resume: the engine's own, with an entry
/// in the audit log behind it.
void AdminServer::connections(const HttpRequest &request, HttpReply reply)
{
    if (request.method == "GET" && request.path == kConnections)
        return reply.send(jsonResponse(200, connectionsJson(m_engine.gates())));
    const std::string rest = request.path.substr(std::min(request.path.size(),
                                                          kConnections.size() + 1));
    const std::size_t slash = rest.find('/');
    const std::string action = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    const auto name = percentDecode(rest.substr(0, slash));
    if (request.method != "POST" || !name || (action != "pause" && action != "resume"))
        return reply.send(errorAnswer(404, rejectedError("ops.no_such_page",
                                                         "There is nothing at " + request.path + '.')));
    auto body = parseJson(request.body.empty() ? "{}" : request.body);
    const std::string who(body ? body->root().get("who").text() : std::string_view());
    const std::string why(body ? body->root().get("reason").text() : std::string_view());
    if (who.empty() || (action == "pause" && why.empty()))
        return reply.send(errorAnswer(400, rejectedError("ops.bad_argument",
                                                         "\"who\" and, for a pause, \"reason\" must "
                                                         "be given.")));
    const auto gates = m_engine.gates();
    if (const std::string nothing = whyNothing(gates, *name, action == "pause"); !nothing.empty())
        return reply.send(jsonResponse(200, connectionsJson(gates, *name, nothing)));
    auto kept = std::make_shared<HttpReply>(std::move(reply));
    const auto done = [this, kept, action, name = *name, who, why,
                       note = action == "resume" ? whyStillHeld(gates, *name) : std::string()](
                          const Result<void> &changed) {
        if (!changed)
            return kept->send(errorAnswer(statusOf(changed.error()), changed.error()));
        std::string detail = "{\"reason\":";
        appendJsonString(detail, why);
        const AuditEntry entry{0, m_clock.now(), who, "connections." + action,
                               "connection " + name, detail + '}'};
        m_engine.inJournal<AuditEntry>(
            [entry](Journal &journal) { return journal.desk().audit(entry); },
            [this, kept, name, note](const Result<AuditEntry> &) {
                kept->send(jsonResponse(200, connectionsJson(m_engine.gates(), name, note)));
            });
    };
    if (action == "pause")
        m_engine.pauseConnection(*name, who, why, done);
    else
        m_engine.resumeConnection(*name, who, done);
}

bool AdminServer::isAllowed(const HttpRequest &request) const
{
    const std::string_view given = request.header("Authorization");
    return !m_token.isEmpty() && given.starts_with(kBearer)
        && m_token.matches(given.substr(kBearer.size()));
}

void AdminServer::health(HttpReply reply, bool ready) const
{
    if (m_trouble.empty() && ready)
        return reply.send(jsonResponse(200, R"({"status":"ok"})"));
    std::string body = m_trouble.empty() ? R"({"status":"starting","message":)"
                                         : R"({"status":"stopped","message":)";
    appendJsonString(body, m_trouble);
    reply.send(jsonResponse(503, body + '}'));
}

/// Ready is who would take an event at this moment.
void AdminServer::readiness(HttpReply reply)
{
    if (!m_trouble.empty() || !m_ready)
        return health(std::move(reply), m_ready);
    auto kept = std::make_shared<HttpReply>(std::move(reply));
    m_engine.inJournal<std::string>(
        [](Journal &journal) -> Result<std::string> {
            const auto may = journal.mayAccept();
            return may ? std::string() : may.error().message;
        },
        [kept](const Result<std::string> &refusal) {
            const std::string why = refusal ? *refusal : refusal.error().message;
            if (why.empty())
                return kept->send(jsonResponse(200, R"({"status":"ok"})"));
            std::string body = R"({"status":"shut","message":)";
            appendJsonString(body, "intake is closed: " + why);
            kept->send(jsonResponse(503, body + '}'));
        });
}

void AdminServer::sendMetrics(HttpReply reply)
{
    // std::function wants to copy what it holds; a reply cannot be copied.
    auto kept = std::make_shared<HttpReply>(std::move(reply));
    m_engine.inJournal<DeskCounts>(
        [now = m_clock.now()](Journal &journal) { return countDesk(journal, now); },
        [this, kept](const Result<DeskCounts> &desk) {
            const EngineCounts &counts = m_engine.counts();
            const EngineGauges gauges{m_engine.openRuns(), m_engine.activeRuns(), counts.accepted,
                                      counts.refused,      counts.effects,        counts.calls,
                                      m_engine.runsInLine(), m_engine.runsHeld()};
            HttpResponse answer = textResponse(
                200, m_metrics.text(gauges, desk.value_or(DeskCounts{}))
                    + Metrics::text(m_engine.gates())
                    + Metrics::text(desk ? desk->sources : std::map<std::string, SourceCoverage>()));
            answer.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            kept->send(std::move(answer));
        });
}

void AdminServer::perform(HttpRequest request, HttpReply reply)
{
    auto call = callOf(request, m_clock.now());
    if (!call)
        return reply.send(errorAnswer(statusOf(call.error()), call.error()));
    auto kept = std::make_shared<HttpReply>(std::move(reply));
    m_engine.inJournal<DeskOutcome>(
        [call = *call, registry = m_registry](Journal &journal) {
            return performDesk(journal, call, registry);
        },
        [this, kept, call = *call](const Result<DeskOutcome> &outcome) {
            if (!outcome)
                return kept->send(errorAnswer(statusOf(outcome.error()), outcome.error()));
            settleIn(m_engine, *outcome);
            if (m_changed && isChange(call.action))
                m_changed();
            if (call.action == "erase" && m_eraseCopies)
                return eraseCopies(call, outcome->answer, kept);
            kept->send(jsonResponse(200, toJson(outcome->answer->root())));
        });
}

void AdminServer::eraseCopies(const DeskCall &call, const DocumentPtr &erased,
                              std::shared_ptr<HttpReply> reply)
{
    m_eraseCopies(call, [this, call, erased, reply](const CopiesErased &copies) {
        m_engine.inJournal<DocumentPtr>(
            [call, erased, copies](Journal &journal) {
                return noteCopies(journal, call, erased, copies);
            },
            [reply](const Result<DocumentPtr> &answer) {
                reply->send(answer ? jsonResponse(200, toJson((*answer)->root()))
                                   : errorAnswer(statusOf(answer.error()), answer.error()));
            });
    });
}

void settleIn(Engine &engine, const DeskOutcome &outcome)
{
    for (const std::int64_t run : outcome.newRuns) {
        engine.takeUp(run, [](const Result<void> &taken) {
            if (!taken)
                qCWarning(log::engine).noquote() << toQString(taken.error().text());
        });
    }
    for (const OpenRun &run : outcome.cancelledRuns)
        engine.cancelled(run);
    for (const std::int64_t run : outcome.answeredRuns)
        engine.answered(run);
    for (const HeldKey &key : outcome.releasedKeys)
        engine.release(key, [](const Result<void> &) {});
}

} // namespace tw::ops
