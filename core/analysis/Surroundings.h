// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Shape.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw::analysis {

/// What is known around an expression before anything runs. A plain value.
struct Surroundings
{
    std::optional<Shape> input; ///< Of `$`; empty: unknown, and nothing is said about fields.
    std::map<std::string, Shape> bindings; ///< By name without the dollar: "event".
    std::optional<Shape::Field> target; ///< The field that the expression fills, when it fills one.
    bool portable = false;         ///< "Portable JSONata only": our own functions are findings.
    bool missingIsHandled = false; ///< The field says itself what it gets when there is no value.
    bool listIsHandled = false;    ///< The field says itself what becomes of a list.
};

/// A part of the text to be replaced: UTF-8 offsets.
struct TextEdit
{
    int start = 0;
    int end = 0;
    std::string text;
};

} // namespace tw::analysis
