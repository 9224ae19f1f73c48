// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/store/DeskRecords.h"

#include <string>

namespace tw::ops {

/// Rows as JSON, as desk.md describes them. Times are ISO 8601 in UTC; what was never set is left
/// out. Payloads (inputs, answers, bodies) are JSON values where they are JSON, else texts.
Value toValue(Arena &arena, const RunRow &row);
Value toValue(Arena &arena, const RunHistory &history);
Value toValue(Arena &arena, const LetterRow &row, bool whole);
Value toValue(Arena &arena, const LetterGroup &group);
Value toValue(Arena &arena, const ReviewRow &row, bool whole);
Value toValue(Arena &arena, const AuditEntry &entry);

/// A short name for the cause of letters: the beginning of its SHA-256.
std::string causeId(const std::string &cause);
std::string isoTime(Instant at);

} // namespace tw::ops
