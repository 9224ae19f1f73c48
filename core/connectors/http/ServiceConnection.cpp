// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/ServiceConnection.h"

#include "core/connector/LimitParams.h"
#include "core/net/RetryAfter.h"
#include "core/schema/Param.h"

#include <QByteArray>

namespace tw::http {
namespace {

constexpr std::size_t kEvidenceBytes = 500;
constexpr const char *kConcurrency = "32";

bool isHttps(std::string_view address)
{
    return equalsIgnoringCase(address.substr(0, 8), "https://");
}

std::string base64(std::string_view bytes)
{
    return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toBase64().toStdString();
}

bool isTransient(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

CallReport callReport(const Result<HttpAnswer> &answer, const std::string &baseUrl, Instant now)
{
    if (!answer)
        return callReportOf(answer.error());
    if (answer->status < 400)
        return {};
    CallReport report = callReportOf(toError(*answer, baseUrl, now));
    if (answer->status >= 500)
        report.health = CallReport::Health::Failing;
    else if (answer->status == 408 || answer->status == 425) // It answered, about this call.
        report.health = CallReport::Health::Fine;
    return report;
}

} // namespace

std::vector<Param> ServiceConnection::params()
{
    return {
        url("base_url", "Address")
            .help("Where the service is; the paths of its steps follow it.")
            .required()
            .example("https://api.example.com/v2"),
        choice("auth", "Signs in with")
            .help("How the service knows who calls.")
            .oneOf({{"none", "Nothing", "", ""},
                    {"bearer", "Bearer token", "Authorization: Bearer …", ""},
                    {"basic", "User and password", "Authorization: Basic …", ""},
                    {"header", "Key in a header", "", ""}})
            .fallback("none"),
        text("user", "User").help("Sent with the password.").shownWhen("auth", "basic"),
        text("header_name", "Header of the key")
            .help("Name of the header that holds the key.")
            .fallback("X-API-Key")
            .matches("^[A-Za-z0-9-]+$", "a header name such as X-API-Key")
            .shownWhen("auth", "header"),
        secret("token", "Token, password or key").help("What the chosen way of signing in needs."),
        secret("webhook_secret", "Webhook secret")
            .help("With it the service signs its webhooks, or sends it along as a token."),
        concurrencyParam(kConcurrency),
        rateParam(),
        boolean("allow_private", "Allow private addresses")
            .help("Lets the steps call this computer and the private network, and without TLS. "
                  "Leave it off where an address may come from somebody else.")
            .fallback("false")
            .advanced(),
    };
}

Result<std::shared_ptr<Connection>> ServiceConnection::open(Services services, std::string name,
                                                            Settings settings)
{
    if (settings.text("auth") != "none" && settings.secret("token").isEmpty())
        return configError("http.no_token", "The connection \"" + name
                                                + "\" says how to sign in, but has no token. Give "
                                                  "it one, or set \"auth: none\".");
    const bool isPrivate = settings.flag("allow_private");
    if (!isPrivate && !isHttps(settings.text("base_url")))
        return configError("http.insecure_address",
                           "The connection \"" + name + "\" would send without TLS. Write https://, "
                           "or set \"allow_private: true\" for a service of your own network.");
    HttpClientOptions options;
    if (!isPrivate) {
        options.proxy = ""; // The check below must see the destination, not a proxy.
        options.addressCheck = [](const PeerAddress &peer) { return isPublicAddress(peer.ip); };
    }
    return std::shared_ptr<Connection>(
        std::make_shared<ServiceConnection>(services.clock, std::move(name), std::move(settings),
                                            std::move(options)));
}

ServiceConnection::ServiceConnection(Clock &clock, std::string name, Settings settings,
                                     HttpClientOptions options)
    : Connection(std::move(name), std::move(settings)), m_clock(clock), m_baseUrl(this->settings().text("base_url")),
      m_client(std::move(options))
{
    while (m_baseUrl.ends_with('/'))
        m_baseUrl.pop_back();
}

void ServiceConnection::send(HttpCall call, QObject *receiver, HttpClient::Callback done)
{
    const std::string auth = settings().text("auth");
    const std::string_view token = settings().secret("token").reveal();
    if (auth == "bearer")
        call.headers.set("Authorization", "Bearer " + std::string(token));
    else if (auth == "basic")
        call.headers.set("Authorization",
                         "Basic " + base64(settings().text("user") + ':' + std::string(token)));
    else if (auth == "header")
        call.headers.set(settings().text("header_name"), std::string(token));
    m_client.send(std::move(call), receiver,
                  [this, done = std::move(done)](Result<HttpAnswer> answer) {
                      report(callReport(answer, m_baseUrl, m_clock.now()));
                      done(std::move(answer));
                  });
}

ConnectionLimits ServiceConnection::limits() const
{
    return limitsFrom(settings(), {});
}

Error toError(const HttpAnswer &answer, const std::string &baseUrl, Instant now)
{
    const std::string status = std::to_string(answer.status);
    const std::string code = "http.status_" + status;
    const std::string said = "The service answered " + status + ' '
        + std::string(reasonPhrase(answer.status));
    Error error;
    if (answer.status == 401)
        error = authError(code, said + ". Check the token of the connection.");
    else if (answer.status == 403) // About this call: others may be allowed.
        error = rejectedError(code, said + ". Check the rights that the token of the connection "
                                           "gives.");
    else if (isTransient(answer.status))
        error = transientError(code, said + ". It will be tried again.");
    else
        error = rejectedError(code, said + ". Look at its answer, and change what is sent.");
    error.cause = answer.status == 429 ? ErrorCause::RateLimit : ErrorCause::Other;
    error.retryAfter = parseRetryAfter(answer.headers.value("Retry-After"), now);
    error.evidence = answer.body.substr(0, kEvidenceBytes);
    return std::move(error).at(baseUrl);
}

} // namespace tw::http
