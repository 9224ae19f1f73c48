// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers as text, shared by the JSON reader and writer, Value and Decimal. Pure functions.
namespace tw::number {

/// The value of a number text as 0.DIGITS times ten to the `exponent`; `digits` carries neither
/// leading nor trailing zeros and is empty for zero. `exponent` is held within +-10^9.
struct Shape
{
    bool negative = false;
    std::string digits;
    std::int64_t exponent = 0;

    bool operator==(const Shape &) const = default;
};

/// `text` must follow the JSON number grammar (isJsonNumber()).
Shape shapeOf(std::string_view text);
Shape shapeOf(const Value &number);

/// The length of the JSON number that `text` begins with; 0 when it begins with none.
std::size_t jsonNumberLength(std::string_view text);
inline bool isJsonNumber(std::string_view text)
{
    return !text.empty() && jsonNumberLength(text) == text.size();
}

/// What stands behind the 'e' of a number, held within +-10^9.
std::int64_t readExponent(std::string_view text);

/// The nearest double; infinite or zero beyond its range.
double toDouble(std::string_view text);

/// A value for a sound JSON number: Int or UInt when whole and within 64 bits, Double when its
/// shortest digits mean the same, else Digits pointing at `text`.
Value fromText(std::string_view text);

constexpr std::size_t kLongest = 32; ///< Room that write() may need.
/// Writes as JavaScript does (ECMA-262, Number::toString) and returns the end.
char *write(char *to, double number);

} // namespace tw::number
