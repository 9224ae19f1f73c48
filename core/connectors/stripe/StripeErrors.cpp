// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeErrors.h"

#include "core/connectors/stripe/ErrorAdvice.h"
#include "core/data/Json.h"
#include "core/net/RetryAfter.h"

namespace tw::stripe {
namespace {

using Health = CallReport::Health;

constexpr std::size_t kEvidenceBytes = 4096;

constexpr double kLive = 100;
constexpr double kTest = 25;
constexpr double kEachEndpoint = 25;

std::string_view reasonOf(const HttpAnswer &answer)
{
    return answer.headers.value("Stripe-Rate-Limited-Reason");
}

/// A 429 without a reason is about the object, not about calls: somebody else writes it.
ErrorCause causeOf(const HttpAnswer &answer, std::string_view code)
{
    if (answer.status != 429)
        return ErrorCause::Other;
    return code == "lock_timeout" && reasonOf(answer).empty() ? ErrorCause::Lock
                                                              : ErrorCause::RateLimit;
}

ErrorKind kindOf(const HttpAnswer &answer)
{
    if (answer.status == 401)
        return ErrorKind::Auth;
    if (answer.status == 429)
        return ErrorKind::Transient;
    const std::string_view says = answer.headers.value("Stripe-Should-Retry");
    if (says == "true")
        return ErrorKind::Transient;
    if (says == "false")
        return ErrorKind::Rejected;
    return answer.status == 409 || answer.status >= 500 ? ErrorKind::Transient
                                                        : ErrorKind::Rejected;
}

std::string_view adviceFor(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Auth:
        return "Check the key of the connection.";
    case ErrorKind::Transient:
        return "It will be tried again.";
    default:
        return "Look at its answer, and change what is sent.";
    }
}

} // namespace

Error toError(const HttpAnswer &answer, Instant now)
{
    const auto parsed = parseJson(answer.body);
    const Value problem = parsed ? parsed->root().get("error") : Value();
    const std::string_view code = problem.get("code").text();
    const std::string_view type = problem.get("type").text();
    Error error;
    error.kind = kindOf(answer);
    error.cause = causeOf(answer, code);
    error.code = !code.empty() ? "stripe." + std::string(code)
        : !type.empty()        ? "stripe." + std::string(type)
                               : "stripe.http_" + std::to_string(answer.status);
    const std::string_view said = problem.get("message").text();
    std::string_view advice = answer.status == 403
        ? "Give the restricted key the right that this call needs (Dashboard, API keys)."
        : adviceForCode(code, problem.get("decline_code").text());
    if (advice.empty())
        advice = adviceFor(error.kind);
    error.message = "Stripe refused the call: "
        + (said.empty() ? "HTTP status " + std::to_string(answer.status) + '.' : std::string(said))
        + ' ' + std::string(advice);
    std::string more(answer.headers.value("Request-Id"));
    if (const auto url = problem.get("doc_url").text(); !url.empty())
        more += (more.empty() ? "" : ", ") + std::string(url);
    if (!more.empty())
        error.message += " (" + more + ')';
    error.where = problem.get("param").text();
    error.retryAfter = parseRetryAfter(answer.headers.value("Retry-After"), now);
    error.evidence = answer.body.substr(0, kEvidenceBytes);
    return error;
}

CallReport callReport(const Result<HttpAnswer> &answer, const std::string &endpoint, Instant now)
{
    if (!answer)
        return callReportOf(answer.error());
    if (answer->status < 400)
        return {};
    const Error error = toError(*answer, now);
    CallReport report;
    report.why = error.message;
    report.retryAfter = error.retryAfter;
    const std::string_view reason = reasonOf(*answer);
    if (answer->status >= 500) {
        report.health = Health::Failing;
    } else if (error.kind == ErrorKind::Auth) {
        report.health = Health::SignedOut;
    } else if (error.cause == ErrorCause::RateLimit && reason != "resource-specific") {
        report.health = Health::TooMany;
        report.endpoint = reason.starts_with("endpoint-") ? endpoint : std::string();
    }
    return report;
}

ConnectionLimits knownLimits(bool isLive)
{
    ConnectionLimits limits;
    limits.rates = {{{}, isLive ? kLive : kTest, 0}, {"files", 20, 0}, {"search", 20, 0},
                    {"payouts", 15, 0}};
    limits.perEndpoint = kEachEndpoint;
    return limits;
}

} // namespace tw::stripe
