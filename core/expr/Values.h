// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Run.h"

#include <cmath>

namespace tw::expr {

/// JSONata's idea of true; undefined counts as false.
bool truth(const Value &value);

inline double numberOf(const Value &value)
{
    if (value.kind() == Value::Kind::Double)
        return value.rawDouble();
    if (value.kind() == Value::Kind::Int)
        return static_cast<double>(value.rawInt());
    return value.toDouble();
}

/// Whole doubles within the exact range become integers, which print and compare faster.
inline Value numeric(double number)
{
    return Value::number(number);
}

/// What `$string` makes of a value; numbers are rounded to 15 significant digits. Lives in the
/// arena.
std::string_view stringOf(Run &run, const Value &value, bool pretty = false);
/// Appends a number the same way to a buffer of at least 40 bytes; returns its length.
std::size_t printNumber(char *to, const Value &number);

/// `=`: deep, without regard to the order of keys.
bool sameValue(const Value &a, const Value &b);
/// The same number for values that sameValue() calls the same.
std::size_t sameHash(const Value &value);

/// An array of the value's items, or of the value; nothing for undefined. No copy of items.
inline Value asArray(Run &run, const Value &value)
{
    if (value.isArray())
        return value;
    if (value.isUndefined())
        return Value::array(nullptr, 0, Value::Sequence);
    auto *one = run.make<Value>();
    *one = value;
    return Value::array(one, 1, Value::Sequence);
}

/// About how long the value is as JSON; anything above `limit` once that is passed. What is shared
/// inside counts as often as it would be written.
std::uint64_t sizeUpTo(const Value &value, std::uint64_t limit);

/// Two values as one array, as grouping and array constructors join them.
Value appended(Run &run, const Value &first, const Value &second);

/// An object's members in the order in which JavaScript, and so the reference, goes through them:
/// keys that are whole numbers first, ascending. Objects keep and print the order they came in;
/// only what names or lists members ($keys, $each, $spread, $sift, $string, `*`, `**`) uses this.
std::span<const Member> inReferenceOrder(Run &run, const Value &object);

/// How deeply arrays and objects are nested, counted no further than `limit`.
int nesting(const Value &value, int limit);

} // namespace tw::expr
