// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <string>
#include <string_view>

namespace tw {

/// How much foreign JSON may cost. Exceeding one is a Rejected error `data.json_too_…`.
struct JsonLimits
{
    std::size_t bytes = 64u << 20;
    std::size_t depth = 512;
    /// False: a repeated key is an error, for what a person wrote. Slower.
    bool doubledKeys = true;
};

/// Parses RFC 8259 text (UTF-8, an optional byte order mark is skipped). simdjson does the work;
/// what it refuses although it is sound JSON (integers beyond 64 bits, exponents beyond double,
/// unpaired surrogate escapes, kept as U+FFFD-free WTF-8) goes through a small parser of our own. A
/// repeated key keeps its first place and its last value, unless the limits say otherwise. Errors: `data.json_syntax` with line and
/// column.
Result<Document> parseJson(std::string_view text, const JsonLimits &limits = {});

/// The same into an arena that exists already; strings are copied into it.
Result<Value> parseJsonInto(Arena &arena, std::string_view text, const JsonLimits &limits = {});

enum class JsonStyle { Compact, Pretty }; ///< Pretty: two spaces, one member a line.

/// Appends JSON text: shortest digits that read back equal, written as JavaScript does; Digits as
/// they came; undefined members and functions are left out (null inside arrays). NaN and infinities
/// become null: the caller that must not lose them checks before.
void appendJson(std::string &out, const Value &value, JsonStyle style = JsonStyle::Compact);
std::string toJson(const Value &value, JsonStyle style = JsonStyle::Compact);

/// A number as JavaScript prints it ("1e+21", "0.000001", "10.99").
void appendNumber(std::string &out, double number);
void appendJsonString(std::string &out, std::string_view text);

} // namespace tw
