// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceLimits.h"

#include "core/connectors/salesforce/SalesforceErrors.h"

#include <charconv>

namespace tw::salesforce {
namespace {

using Health = CallReport::Health;

constexpr std::string_view kUsage = "api-usage=";

bool readNumber(std::string_view &text, std::int64_t &into)
{
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (problem != std::errc() || into < 0)
        return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

/// One code stands for two limits: calls of the day, and long calls at a time.
bool isAboutConcurrency(const Refusal &refusal)
{
    return refusal.message.find("Concurrent") != std::string::npos;
}

Health healthOf(const HttpAnswer &answer, const std::vector<Refusal> &refusals, const Error &error)
{
    const std::string code = refusals.empty() ? std::string() : refusals.front().code;
    const bool isLimit = code == "REQUEST_LIMIT_EXCEEDED";
    // The end of the day comes as 403 and names no time.
    if (isLimit && answer.status == 403 && answer.headers.value("Retry-After").empty()
        && !isAboutConcurrency(refusals.front()))
        return Health::DayUsedUp;
    if (isLimit || answer.status == 429 || code == "TOO_MANY_APEX_REQUESTS")
        return Health::TooMany;
    if (error.kind == ErrorKind::Auth)
        return Health::SignedOut;
    const bool maintenance = code == "ORG_IN_MAINTENANCE"
        || code == "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE";
    return maintenance || answer.status >= 500 || answer.status == 420 ? Health::Failing
                                                                       : Health::Fine;
}

} // namespace

std::optional<CallReport::Day> parseLimitInfo(std::string_view field)
{
    const auto at = field.find(kUsage);
    if (at == std::string_view::npos)
        return std::nullopt;
    field.remove_prefix(at + kUsage.size());
    CallReport::Day day;
    if (!readNumber(field, day.used) || !field.starts_with('/'))
        return std::nullopt;
    field.remove_prefix(1);
    return readNumber(field, day.limit) && day.limit > 0 ? std::optional(day) : std::nullopt;
}

CallReport callReport(const Result<HttpAnswer> &answer, Instant now)
{
    if (!answer)
        return callReportOf(answer.error());
    CallReport report;
    report.day = parseLimitInfo(answer->headers.value("Sforce-Limit-Info"));
    if (answer->status < 400)
        return report;
    const auto refusals = readRefusals(answer->body);
    const Error error = toError(answer->status, answer->body, answer->headers.value("Retry-After"),
                                {"answer", "the call", {}, now});
    report.health = healthOf(*answer, refusals, error);
    if (report.health == Health::Fine)
        return report;
    // For a day that is used up the gate has its own patience.
    if (report.health != Health::DayUsedUp)
        report.retryAfter = error.retryAfter;
    report.why = error.message;
    return report;
}

} // namespace tw::salesforce
