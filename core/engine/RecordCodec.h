// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Step.h"
#include "core/store/JournalRecords.h"

#include <string>
#include <vector>

namespace tw {

/// Exit on which a terminal step hands a message to the engine to be kept as a dead letter, and what
/// it says there: {"message": …, "reason"?: "…", "keep_ms"?: …}.
inline constexpr std::string_view kDeadLetterExit = "dead_letter";
/// Of a dead letter: a person has to find out whether the step took effect.
inline constexpr std::string_view kOutcomeUnknown = "engine.outcome_unknown";
/// The failure exit of every step that can fail.
inline constexpr std::string_view kErrorExit = "error";

std::string encodeOutputs(const std::vector<StepAnswer::Output> &outputs);
Result<std::vector<StepAnswer::Output>> decodeOutputs(const std::string &json);

/// Which item failed where.
struct FailedAt
{
    std::string step;
    int item = 0;
    std::uint64_t lineage = 0;
    int attempts = 1;
};

/// What leaves through the failure exit: {"error": {kind, code, message, step, item, trace, attempts,
/// evidence}, "input": …}; `trace` is the item's lineage in hexadecimal digits.
DocumentPtr errorMessage(const Error &error, const FailedAt &at, const DocumentPtr &input);

/// The same for all letters that one fault put aside: step, code and the message without what
/// differs from record to record (numbers, ids, what stands in quotes).
std::string causeOf(const std::string &step, const Error &error);

/// A dead letter made of what a terminal step emitted at `step`; of an error message it takes the
/// error, the step that failed and what that step got.
LetterRecord letterOf(const Value &emitted, const std::string &step, Instant now);

/// The JSON text of a message; of no message, "null".
std::string jsonText(const DocumentPtr &message);

} // namespace tw
