// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceConnection.h"

#include "core/connector/LimitParams.h"
#include "core/connectors/salesforce/OrgAddress.h"
#include "core/connectors/salesforce/SalesforceLimits.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"

#include <QPointer>

#include <algorithm>

namespace tw::salesforce {

namespace {

// Salesforce allows 25 calls of more than 20 s at once in an org, for everybody together.
constexpr const char *kConcurrency = "20";
constexpr const char *kReserve = "20";

Error missing(const std::string &name, const char *what)
{
    return configError("salesforce.incomplete_connection",
                       "The connection \"" + name + "\" has no " + what + '.');
}

bool sessionEnded(const HttpAnswer &answer)
{
    if (answer.status != 401)
        return false;
    const auto refusals = readRefusals(answer.body);
    return std::any_of(refusals.begin(), refusals.end(),
                       [](const Refusal &refusal) { return refusal.code == "INVALID_SESSION_ID"; });
}

} // namespace

std::vector<Param> SalesforceConnection::params()
{
    return {
        url("base_url", "My Domain address")
            .help("The address of the org, such as https://acme.my.salesforce.com or "
                  "https://acme--qa.sandbox.my.salesforce.com. A Lightning address is understood "
                  "too.")
            .required()
            .placeholder("https://acme.my.salesforce.com"),
        choice("auth", "Sign in with")
            .help(
                "Client credentials of an External Client App renew themselves. An access token is "
                "for trying things out and ends after some hours.")
            .oneOf({{"client_credentials", "Client credentials",
                     "Consumer key and secret of an External Client App with a Run As user.", ""},
                    {"access_token", "Access token", "A session that was made elsewhere.", ""}})
            .fallback("client_credentials"),
        secret("client_id", "Consumer key")
            .help("From the OAuth settings of the External Client App.")
            .shownWhen("auth", "client_credentials"),
        secret("client_secret", "Consumer secret")
            .help("From the OAuth settings of the External Client App.")
            .shownWhen("auth", "client_credentials"),
        secret("access_token", "Access token")
            .help("For example from \"sf org display\" of the Salesforce CLI.")
            .shownWhen("auth", "access_token"),
        duration("max_server_time", "Longest work on a call")
            .help("How long Salesforce may go on with a call whose answer was lost. Nothing more is "
                  "written about the same business object before, so that a late write cannot "
                  "replace newer data.")
            .fallback("30s")
            .advanced(),
        concurrencyParam(kConcurrency),
        rateParam(),
        dailyReserveParam(kReserve),
        text("api_version", "API version")
            .help("The org must offer it; newer orgs keep older versions.")
            .fallback("61.0")
            .matches("^v?[0-9]{2,3}\\.0$", "a version such as 61.0")
            .advanced(),
    };
}

Result<std::shared_ptr<Connection>> SalesforceConnection::open(Services services, std::string name,
                                                               Settings settings)
{
    auto address = orgAddress(settings.text("base_url"));
    if (!address)
        return std::move(address).error();
    if (settings.text("auth") == "access_token") {
        if (settings.secret("access_token").isEmpty())
            return missing(name, "access token");
    } else {
        if (settings.secret("client_id").isEmpty())
            return missing(name, "consumer key (client_id)");
        if (settings.secret("client_secret").isEmpty())
            return missing(name, "consumer secret (client_secret)");
        if (isCommonLoginHost(*address))
            return configError("salesforce.needs_my_domain",
                               "Client credentials work only on the My Domain address of the org, "
                               "not on " +
                                   *address + ". Find it in Setup under My Domain.");
    }
    return std::shared_ptr<Connection>(std::make_shared<SalesforceConnection>(
        services, std::move(name), std::move(settings), std::move(address).value()));
}

SalesforceConnection::SalesforceConnection(Services services, std::string name, Settings settings,
                                           std::string address)
    : Connection(std::move(name), std::move(settings)),
      m_clock(services.clock),
      m_http(services.http),
      m_address(std::move(address))
{
    if (!usesClientCredentials()) {
        m_token = this->settings().secret("access_token");
        m_instance = m_address;
    }
}

bool SalesforceConnection::usesClientCredentials() const
{
    return settings().text("auth") != "access_token";
}

ConnectionLimits SalesforceConnection::limits() const
{
    return limitsFrom(settings(), {});
}

Attempt SalesforceConnection::attempt(std::string action, std::string object) const
{
    return {std::move(action), std::move(object), m_address, m_clock.now()};
}

void SalesforceConnection::send(Call call, QObject *receiver, Callback done)
{
    perform(std::make_shared<const Call>(std::move(call)), receiver, std::move(done), false);
}

void SalesforceConnection::withToken(TokenCallback then)
{
    if (!m_token.isEmpty()) {
        then({});
        return;
    }
    m_waiting.push_back(std::move(then));
    if (!m_signingIn)
        requestToken();
}

void SalesforceConnection::requestToken()
{
    m_signingIn = true;
    ++m_signIns;
    HttpCall call;
    call.method = "POST";
    call.url = m_address + "/services/oauth2/token";
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                    {"Accept", "application/json"}};
    call.body =
        formEncode({{"grant_type", "client_credentials"},
                    {"client_id", std::string(settings().secret("client_id").reveal())},
                    {"client_secret", std::string(settings().secret("client_secret").reveal())}});
    call.repeatable = true;
    m_http.send(std::move(call), this,
                [this](const Result<HttpAnswer> &answer) { tokenAnswered(answer); });
}

void SalesforceConnection::tokenAnswered(const Result<HttpAnswer> &answer)
{
    m_signingIn = false;
    Result<void> outcome;
    if (!answer)
        outcome = answer.error();
    else if (answer->status != 200)
        outcome = toTokenError(answer->status, answer->body);
    else
        outcome = takeToken(*answer);
    if (!outcome) {
        Error error = std::move(outcome).error();
        error.outcomeUnknown = false; // No call was made yet.
        outcome = std::move(error).at("connection " + name());
        report(callReportOf(outcome.error()));
    }
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &then : waiting)
        then(outcome);
}

Result<void> SalesforceConnection::takeToken(const HttpAnswer &answer)
{
    const auto parsed = parseJson(answer.body);
    const Value root = parsed ? parsed->root() : Value();
    const auto token = root.get("access_token").text();
    const auto instance = orgAddress(root.get("instance_url").text());
    if (token.empty() || !instance)
        return authError("salesforce.bad_token_answer",
                         "The server at " + m_address +
                             " gave no access token. Check that the address is that of an org.");
    m_token = Secret(std::string(token));
    holds(m_token);
    m_instance = *instance;
    ++m_session;
    return {};
}

HttpCall SalesforceConnection::httpCall(const Call &call) const
{
    std::string version = settings().text("api_version");
    if (!version.starts_with('v'))
        version.insert(0, 1, 'v');
    HttpCall http;
    http.method = call.method;
    http.url = m_instance + "/services/data/" + version + call.path;
    http.headers = call.headers;
    http.headers.set("Authorization", "Bearer " + std::string(m_token.reveal()));
    http.headers.set("Accept", "application/json");
    if (!call.body.empty())
        http.headers.set("Content-Type", "application/json; charset=UTF-8");
    http.body = call.body;
    http.timeout = std::chrono::minutes(2);
    // A write that is sent again while its first attempt may still be at work could land after newer
    // data: the engine decides, not the client.
    http.repeatable = call.method == "GET";
    return http;
}

void SalesforceConnection::perform(std::shared_ptr<const Call> call, QObject *receiver,
                                   Callback done, bool isRepeat)
{
    withToken([this, call = std::move(call), receiver = QPointer<QObject>(receiver),
               done = std::move(done), isRepeat](const Result<void> &signedIn) {
        if (!receiver)
            return;
        if (!signedIn) {
            done(signedIn.error());
            return;
        }
        const int session = m_session;
        m_http.send(httpCall(*call), receiver,
                    [this, call, receiver, done, isRepeat, session](Result<HttpAnswer> answer) {
                        answered(call, receiver, done, isRepeat, session, std::move(answer));
                    });
    });
}

void SalesforceConnection::answered(std::shared_ptr<const Call> call, QObject *receiver,
                                    Callback done, bool isRepeat, int session,
                                    Result<HttpAnswer> answer)
{
    const bool renew = answer && sessionEnded(*answer) && usesClientCredentials() && !isRepeat;
    if (!renew) {
        report(callReport(answer, m_clock.now()));
        done(std::move(answer));
        return;
    }
    // Another call may have renewed the session while this one was on its way.
    if (session == m_session)
        m_token = Secret();
    perform(std::move(call), receiver, std::move(done), true);
}

} // namespace tw::salesforce
