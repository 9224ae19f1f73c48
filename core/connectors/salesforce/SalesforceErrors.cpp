// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceErrors.h"

#include "core/data/Json.h"
#include "core/net/RetryAfter.h"

#include <algorithm>
#include <cctype>
#include <span>

namespace tw::salesforce {

namespace {

constexpr std::size_t kEvidenceBytes = 4096;
constexpr std::chrono::minutes kLongWait{15};
constexpr int kEdgeMisrouted = 420;
constexpr std::string_view kMissingParent = "parent not found"; ///< No code of Salesforce's own.

struct Advice
{
    std::string_view code, text;
};

/// What to do about the codes that people meet most; others take the advice of their class.
constexpr Advice kAdvice[] = {
    {"DUPLICATES_DETECTED",
     "A duplicate rule found a match: compare the records, then link or merge "
     "them."},
    {"DUPLICATE_VALUE", "Another record has the same value in a unique field."},
    {"FIELD_CUSTOM_VALIDATION_EXCEPTION", "A validation rule of the org forbids it: change the "
                                          "mapping, or ask the admin."},
    {"INACTIVE_OWNER_OR_USER", "Choose an active owner."},
    {"INVALID_CROSS_REFERENCE_KEY", "The record that it points to does not exist in this org."},
    {"INVALID_FIELD", "Compare the names in the mapping with the fields of the object; the "
                      "integration user must be allowed to see them."},
    {"INVALID_FIELD_FOR_INSERT_UPDATE",
     "Leave the field out of the mapping, or let the integration "
     "user write it."},
    {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Map to one of the values of the picklist, or add "
                                                "the value in Salesforce."},
    {"NOT_FOUND", "Check the name of the object, and that the external id field is marked as one."},
    {kMissingParent,
     "The record that it points to is not in Salesforce, or not there yet: create it, "
     "then send this one again."},
    {"REQUIRED_FIELD_MISSING", "Map a value for it, or filter these records."},
    {"STRING_TOO_LONG", "Shorten the value in the mapping, for example with $substring."},
};

constexpr Advice kTokenAdvice[] = {
    {"user hasn't approved this consumer", "Pre-authorise the External Client App for the "
                                           "integration user (policies, permission sets)."},
    {"audience is invalid", "Use the log-in address of the org."},
    {"invalid assertion", "The key does not fit the certificate of the app."},
    {"expired authorization code", "Check the clock of this computer."},
    {"no client credentials user enabled",
     "Set a Run As user in the policies of the External Client "
     "App."},
    {"request not supported on this domain", "Use the My Domain address of the org, not "
                                             "login.salesforce.com or test.salesforce.com."},
    {"ip restricted",
     "Allow this computer's address in the log-in IP ranges or the app's policies."},
    {"inactive user", "Activate the integration user, or choose another."},
    {"expired access/refresh token", "Sign in again."},
    {"invalid client credentials", "Check the consumer key and secret of the External Client App."},
    {"client identifier invalid", "Check the consumer key of the External Client App; a new one "
                                  "takes some minutes to work."},
};

std::string_view lookUp(std::span<const Advice> table, std::string_view key)
{
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Advice &advice) { return advice.code == key; });
    return found == table.end() ? std::string_view() : found->text;
}

std::string_view adviceFor(std::string_view code, ErrorClass what)
{
    if (const auto known = lookUp(kAdvice, code); !known.empty())
        return known;
    switch (what) {
    case ErrorClass::RefreshSession:
        return "Sign in again.";
    case ErrorClass::RetrySoon:
    case ErrorClass::RetryOthersFirst:
        return "It will be tried again.";
    case ErrorClass::WaitLong:
        return "It will be tried again in a quarter of an hour.";
    case ErrorClass::FixData:
        return "Change the mapping, or filter these records.";
    case ErrorClass::Duplicate:
        return "Decide which record is the right one.";
    case ErrorClass::FixFlow:
        return "Check the settings of the step and the mapping.";
    case ErrorClass::FixAccess:
        return "Ask the Salesforce admin to give the integration user access.";
    case ErrorClass::RecordAccess:
        return "The integration user may not change this record; ask the "
               "Salesforce admin.";
    case ErrorClass::OrgCode:
        return "Automation inside the org failed; ask the Salesforce admin.";
    case ErrorClass::Gone:
        return "The record is deleted or locked.";
    }
    return {};
}

ErrorKind kindFor(ErrorClass what)
{
    switch (what) {
    case ErrorClass::RefreshSession:
    case ErrorClass::FixAccess:
        return ErrorKind::Auth;
    case ErrorClass::RetrySoon:
    case ErrorClass::RetryOthersFirst:
    case ErrorClass::WaitLong:
        return ErrorKind::Transient;
    case ErrorClass::FixData:
    case ErrorClass::Duplicate:
    case ErrorClass::FixFlow:
    case ErrorClass::RecordAccess:
    case ErrorClass::OrgCode:
    case ErrorClass::Gone:
        break;
    }
    return ErrorKind::Rejected;
}

/// The class of an answer without a code that is known: by status alone.
ErrorClass classOfStatus(int status)
{
    if (status == 401)
        return ErrorClass::RefreshSession;
    if (status == 403)
        return ErrorClass::FixAccess;
    if (status == 408 || status == 409 || status == kEdgeMisrouted || status == 429 ||
        status >= 500)
        return ErrorClass::RetrySoon;
    return status == 410 ? ErrorClass::Gone : ErrorClass::FixFlow;
}

/// A record that is named by its external id and is not there shares the code of wrong field names.
bool isMissingParent(const std::vector<Refusal> &refusals)
{
    return !refusals.empty() && refusals.front().code == "INVALID_FIELD" &&
           refusals.front().message.starts_with("Foreign key external ID:");
}

std::string publicCode(std::string_view code, int status)
{
    if (code == kMissingParent)
        return "salesforce.parent_not_found";
    if (code == "DUPLICATES_DETECTED")
        return "salesforce.duplicate_record";
    if (code.empty())
        return status == 429 || status == kEdgeMisrouted || status >= 500
                   ? "salesforce.unavailable"
                   : "salesforce.http_" + std::to_string(status);
    std::string text = "salesforce.";
    for (const char c : code)
        text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const auto &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string withFullStop(std::string text)
{
    if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos)
        text += '.';
    return text;
}

std::string sentence(const std::vector<Refusal> &refusals, int status, const Attempt &attempt,
                     std::string_view advice, const char *does = "refused")
{
    std::string text = std::string("Salesforce ") + does + " to " + attempt.action + ' ' + attempt.object;
    if (refusals.empty())
        return text + " with HTTP status " + std::to_string(status) + ". " + std::string(advice);
    const auto &first = refusals.front();
    if (!first.fields.empty())
        text += " (field " + joined(first.fields) + ')';
    text += ": " + withFullStop(first.message);
    if (refusals.size() > 1)
        text += " There are " + std::to_string(refusals.size() - 1) + " more errors.";
    return text + ' ' + std::string(advice);
}

ErrorCause causeOf(std::string_view code, int status)
{
    if (code == "UNABLE_TO_LOCK_ROW")
        return ErrorCause::Lock;
    const bool isLimit =
        status == 429 || code == "REQUEST_LIMIT_EXCEEDED" || code == "TOO_MANY_APEX_REQUESTS";
    return isLimit ? ErrorCause::RateLimit : ErrorCause::Other;
}

Refusal refusalFrom(const Value &entry)
{
    Refusal refusal;
    refusal.code = entry.get("errorCode").isString() ? entry.get("errorCode").text()
                                                     : entry.get("statusCode").text();
    refusal.message = entry.get("message").text();
    for (const auto &field : entry.get("fields").items())
        refusal.fields.emplace_back(field.text());
    return refusal;
}

} // namespace

std::vector<Refusal> readRefusals(std::string_view body)
{
    std::vector<Refusal> refusals;
    const auto parsed = parseJson(body);
    if (!parsed)
        return refusals;
    const Value &root = parsed->root();
    const Value list = root.isArray() ? root : root.get("errors");
    for (const auto &entry : list.items()) {
        if (entry.isObject())
            refusals.push_back(refusalFrom(entry));
    }
    return refusals;
}

Error toError(int status, std::string_view body, std::string_view retryAfter,
              const Attempt &attempt)
{
    const auto refusals = readRefusals(body);
    const std::string code = refusals.empty()            ? std::string()
                             : isMissingParent(refusals) ? std::string(kMissingParent)
                                                         : refusals.front().code;
    const ErrorClass byStatus = classOfStatus(status);
    ErrorClass what = errorClass(code).value_or(byStatus);
    // A busy server is busy whatever the body says; its codes for that are all retried anyway.
    if (status >= 500 && kindFor(what) != ErrorKind::Transient)
        what = ErrorClass::RetrySoon;
    Error error;
    error.kind = kindFor(what);
    error.code = publicCode(code, status);
    error.message = sentence(refusals, status, attempt, adviceFor(code, what));
    error.where = attempt.host;
    error.evidence = evidenceOf(body);
    error.cause = causeOf(code, status);
    // A gateway speaks; what is behind it may still be at work.
    error.outcomeUnknown = status == 502 || status == 504;
    error.retryAfter = parseRetryAfter(retryAfter, attempt.now);
    if (what == ErrorClass::WaitLong && !error.retryAfter)
        error.retryAfter = kLongWait;
    return error;
}

Error expectedError(const Refusal &refusal, const Attempt &attempt)
{
    constexpr int kBadRequest = 400;
    const ErrorClass what = errorClass(refusal.code).value_or(ErrorClass::FixFlow);
    return rejectedError(publicCode(refusal.code, kBadRequest),
                         sentence({refusal}, kBadRequest, attempt, adviceFor(refusal.code, what),
                                  "would refuse"));
}

Error toTokenError(int status, std::string_view body)
{
    const auto parsed = parseJson(body);
    const Value root = parsed ? parsed->root() : Value();
    const std::string code(root.get("error").text());
    const std::string description(root.get("error_description").text());
    Error error;
    const bool busy = status == 429 || status == kEdgeMisrouted || status >= 500;
    error.kind = busy ? ErrorKind::Transient : ErrorKind::Auth;
    error.cause = status == 429 ? ErrorCause::RateLimit : ErrorCause::Other;
    error.code = busy ? "salesforce.unavailable"
                      : "salesforce." + (code.empty() ? "http_" + std::to_string(status) : code);
    const auto advice = lookUp(kTokenAdvice, description);
    error.message =
        "Salesforce refused to sign in: " +
        withFullStop(description.empty() ? "HTTP status " + std::to_string(status) : description) +
        ' ' +
        std::string(advice.empty() ? "Check the connection's settings and the External Client App."
                                   : advice);
    error.evidence = evidenceOf(body);
    return error;
}

std::string evidenceOf(std::string_view body)
{
    if (body.size() <= kEvidenceBytes)
        return std::string(body);
    std::size_t end = kEvidenceBytes;
    while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xC0) == 0x80)
        --end;
    return std::string(body.substr(0, end));
}

} // namespace tw::salesforce
