// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceDouble.h"

#include "core/base/Random.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"
#include "core/sandbox/JsonMaker.h"

#include <algorithm>

namespace tw::salesforce {

namespace {

constexpr std::string_view kKeyAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::chrono::hours kTokenLife{2};
constexpr const char *kOrgId = "00D5g000000Tw01EAC";
constexpr const char *kUserId = "0055g00000Tw001AAA";

std::string seededKey(std::uint64_t seed, std::uint64_t purpose, std::size_t length)
{
    return Random(seed * 37 + purpose).text(length, kKeyAlphabet);
}

HttpResponse tokenProblem(std::string_view error, std::string_view description)
{
    Arena arena;
    return jsonResponse(400, toJson(sandbox::JsonMaker(arena).object(
                                 {{"error", error}, {"error_description", description}})));
}

std::string formValue(const FormFields &fields, std::string_view name)
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto &field) { return field.first == name; });
    return found == fields.end() ? std::string() : found->second;
}

/// Segments behind `prefix`, decoded each by itself.
std::vector<std::string> segmentsBehind(std::string_view path, std::string_view prefix)
{
    std::vector<std::string> segments;
    path = path.substr(std::min(prefix.size(), path.size()));
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto slash = std::min(path.find('/'), path.size());
        segments.push_back(percentDecode(path.substr(0, slash)).value_or(std::string()));
        path = path.substr(slash);
    }
    return segments;
}

int statusFor(const sandbox::Fault &fault)
{
    if (fault.status != 0)
        return fault.status;
    if (fault.code == "INVALID_SESSION_ID")
        return 401;
    if (fault.code == "REQUEST_LIMIT_EXCEEDED")
        return 403;
    return fault.code == "SERVER_UNAVAILABLE" ? 503 : 400;
}

std::string codeFor(int status)
{
    switch (status) {
    case 401:
        return "INVALID_SESSION_ID";
    case 403:
        return "REQUEST_LIMIT_EXCEEDED";
    case 404:
        return "NOT_FOUND";
    case 503:
        return "SERVER_UNAVAILABLE";
    default:
        return "UNKNOWN_EXCEPTION";
    }
}

constexpr const char *kDuplicateBody =
    R"([{"duplicateResut":{"allowSave":true,"duplicateRule":"Standard_Rule","matchResults":[]},)"
    R"("errorCode":"DUPLICATES_DETECTED","message":"Use one of these records?"}])";

} // namespace

Result<std::unique_ptr<sandbox::Double>>
SalesforceDouble::start(const sandbox::DoubleOptions &options)
{
    std::unique_ptr<SalesforceDouble> made(new SalesforceDouble(options));
    if (auto opened = made->open(options); !opened)
        return std::move(opened).error();
    return std::unique_ptr<sandbox::Double>(std::move(made));
}

SalesforceDouble::SalesforceDouble(const sandbox::DoubleOptions &options)
    : m_clock(options.clock),
      m_clientId("3MVG9" + seededKey(options.seed, 1, 40)),
      m_clientSecret(seededKey(options.seed, 2, 40)),
      m_store(m_describes, options.clock),
      m_api(m_describes, m_store)
{}

Result<void> SalesforceDouble::open(const sandbox::DoubleOptions &options)
{
    if (auto opened = m_store.open(options.dataDir); !opened)
        return opened;
    m_server.setHandler(
        [this](const HttpRequest &request, HttpReply reply) { handle(request, std::move(reply)); });
    return m_server.listen(options.address, options.port);
}

std::map<std::string, std::string> SalesforceDouble::connectionSettings() const
{
    return {{"base_url", url()}, {"auth", "client_credentials"}};
}

std::map<std::string, Secret> SalesforceDouble::connectionSecrets() const
{
    return {{"client_id", Secret(m_clientId)}, {"client_secret", m_clientSecret}};
}

void SalesforceDouble::handle(const HttpRequest &request, HttpReply reply)
{
    const std::string_view path(request.path);
    if (path == "/services/oauth2/token") {
        reply.send(token(request));
    } else if (path.starts_with("/_double/")) {
        reply.send(control(request));
    } else if (path == "/services/data" || path == "/services/data/") {
        reply.send(SalesforceApi::versions());
    } else if (path.starts_with("/services/data/")) {
        const auto fault = m_faults.take();
        if (!fault) {
            reply.send(data(request));
            return;
        }
        const bool oneRecord = fault->status == 0 && !fault->code.empty()
            && path.find("/composite/sobjects/") != std::string_view::npos;
        if (oneRecord)
            m_api.refuseNextRecord({fault->code, "The double was told to answer so.", {}});
        const bool refuses = !oneRecord && (fault->status != 0 || !fault->code.empty());
        const bool hasEffect =
            fault->effect == sandbox::Fault::Effect::After || (!refuses && !fault->drop);
        HttpResponse answer;
        if (hasEffect)
            answer = data(request);
        if (refuses) {
            answer = faultAnswer(*fault);
            m_api.addLimitInfo(answer);
        }
        sandbox::sendWithFault(std::move(reply), std::move(answer), *fault, m_clock, this);
    } else {
        reply.send(notFound());
    }
}

HttpResponse SalesforceDouble::token(const HttpRequest &request)
{
    ++m_tokenRequests;
    const auto form = formDecode(request.body);
    if (request.method != "POST" || !form)
        return tokenProblem("invalid_request", "must use HTTP POST");
    if (formValue(*form, "grant_type") != "client_credentials")
        return tokenProblem("unsupported_grant_type", "grant type not supported");
    if (formValue(*form, "client_id") != m_clientId)
        return tokenProblem("invalid_client_id", "client identifier invalid");
    if (!m_clientSecret.matches(formValue(*form, "client_secret")))
        return tokenProblem("invalid_client", "invalid client credentials");
    const std::string value = std::string(kOrgId).substr(0, 15) + "!AQ" + randomToken(32);
    m_tokens[value] = m_clock.now() + kTokenLife;
    Arena arena;
    return jsonResponse(200, toJson(sandbox::JsonMaker(arena).object(
                                 {{"access_token", value},
                                  {"scope", "api"},
                                  {"instance_url", url()},
                                  {"id", url() + "/id/" + kOrgId + '/' + kUserId},
                                  {"token_type", "Bearer"},
                                  {"issued_at", std::to_string(m_clock.now().msSinceEpoch)}})));
}

bool SalesforceDouble::isSignedIn(const HttpRequest &request) const
{
    std::string_view authorization = request.header("Authorization");
    for (const std::string_view scheme : {"Bearer ", "OAuth "}) {
        if (authorization.starts_with(scheme))
            authorization.remove_prefix(scheme.size());
    }
    const auto known = m_tokens.find(authorization);
    return known != m_tokens.end() && m_clock.now() < known->second;
}

HttpResponse SalesforceDouble::data(const HttpRequest &request)
{
    if (!isSignedIn(request))
        return refuse(401, {"INVALID_SESSION_ID", "Session expired or invalid", {}});
    const auto segments = segmentsBehind(request.path, "/services/data");
    return m_api.handle(request, segments);
}

HttpResponse SalesforceDouble::faultAnswer(const sandbox::Fault &fault) const
{
    const int status = statusFor(fault);
    if (status == 300)
        return jsonResponse(300, R"(["/services/data/v61.0/sobjects/Case/5005gK0Qz000007AFA",)"
                                 R"("/services/data/v61.0/sobjects/Case/5005gK0Qz000008AFA"])");
    if (fault.code == "DUPLICATES_DETECTED")
        return jsonResponse(status, kDuplicateBody);
    if (status == 429 && fault.code.empty())
        return textResponse(429, "Too many requests");
    const std::string code = fault.code.empty() ? codeFor(status) : fault.code;
    if (code == "REQUEST_LIMIT_EXCEEDED" && fault.reason == "concurrent")
        return refuse(status, {code, "ConcurrentPerOrgLongTxn Limit exceeded.", {}});
    return refuse(status, {code, "The double was told to answer so.", {}});
}

HttpResponse SalesforceDouble::control(const HttpRequest &request)
{
    const std::string_view what = std::string_view(request.path).substr(9);
    if (request.method == "GET" && what == "records")
        return heldRecords();
    if (request.method == "GET" && what == "state")
        return state();
    if (request.method != "POST")
        return notFound();
    if (what == "expire-tokens") {
        m_tokens.clear();
        return state();
    }
    if (what == "day") {
        const auto day = parseJson(request.body);
        const Value order = day ? day->root() : Value();
        m_api.setDay(static_cast<int>(order.get("used").toInt().value_or(m_api.dayUsed())),
                     static_cast<int>(order.get("limit").toInt().value_or(m_api.dayLimit())));
        return state();
    }
    if (what == "faults") {
        const auto order = parseJson(request.body);
        if (!order || !m_faults.load(order->root()))
            return refuse(400, {"JSON_PARSER_ERROR", "Send {\"next\": [{\"status\": 503}]}.", {}});
        return state();
    }
    return notFound();
}

HttpResponse SalesforceDouble::heldRecords() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder list(arena);
    const auto held = records();
    for (const auto &record : held)
        list.add(json.object({{"type", record.type},
                              {"id", record.id},
                              {"writes", record.writes},
                              {"fields", record.fields->root()}}));
    return jsonResponse(200, toJson(json.object({{"records", list.finish()}}), JsonStyle::Pretty));
}

HttpResponse SalesforceDouble::state() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    return jsonResponse(200, toJson(json.object({{"url", url()},
                                                 {"records", records().size()},
                                                 {"tokens", m_tokens.size()},
                                                 {"token_requests", m_tokenRequests},
                                                 {"day_used", m_api.dayUsed()},
                                                 {"day_limit", m_api.dayLimit()},
                                                 {"faults", m_faults.size()}})));
}

} // namespace tw::salesforce
