// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::salesforce {

/// What an error code asks of the caller. The sorting of the published codes is ours.
enum class ErrorClass {
    RefreshSession, ///< Get a new token, then the same call once.
    RetrySoon,
    RetryOthersFirst, ///< Rolled back because of another record.
    WaitLong,         ///< An allowance is used up or the org is in maintenance.
    FixData,
    Duplicate,
    FixFlow,
    FixAccess,    ///< An administrator has to act.
    RecordAccess, ///< The user may not touch this one record.
    OrgCode,      ///< A trigger, a flow or a validation inside the org.
    Gone,
};

std::optional<ErrorClass> errorClass(std::string_view code);

/// One refusal as Salesforce tells it, from the error array of an answer or a part of one.
struct Refusal
{
    std::string code; ///< "STRING_TOO_LONG"; empty when the answer was no error array.
    std::string message;
    std::vector<std::string> fields;
};

/// Reads `[{"message","errorCode","fields"}]`, also the `statusCode` form of collections.
std::vector<Refusal> readRefusals(std::string_view body);

/// What was tried, for the sentence.
struct Attempt
{
    std::string action = "write"; ///< "write", "read".
    std::string object;
    std::string host;
    Instant now{}; ///< From which a date in Retry-After counts.
};

/// The error for an answer that is not a success: kind by code and status, code
/// `salesforce.<lower-case code>`, cause (lock, limit), a sentence with object and fields and what to do, evidence and
/// wait.
Error toError(int status, std::string_view body, std::string_view retryAfter,
              const Attempt &attempt);

/// The error that such a refusal would be, before anything was sent.
Error expectedError(const Refusal &refusal, const Attempt &attempt);

/// The error for a refused token request, whose body has another shape.
Error toTokenError(int status, std::string_view body);

/// The first 4 KiB of an answer, cut between characters.
std::string evidenceOf(std::string_view body);

} // namespace tw::salesforce
