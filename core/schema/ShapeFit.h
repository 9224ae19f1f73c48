// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Shape.h"

#include <optional>
#include <string>

namespace tw {

/// Why `value` is not what `shape` says of this one value - type, form, choice, length - as the
/// rest of a sentence: "must be a number, and is the text \"twelve\"". Nothing where it fits or
/// nobody knows. Numbers may travel as text. Groups and lists are judged by their kind alone.
std::optional<std::string> misfit(const Value &value, const Shape &shape);

/// The kind of a value in the words of people: "a text", "a group of fields".
std::string kindWord(const Value &value);

} // namespace tw
