// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Surroundings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// One thing that could stand at the cursor.
struct Completion
{
    enum class Kind { Field, Function, Variable, Value, Keyword };
    Kind kind = Kind::Field;
    std::string label;  ///< What the list shows: "amount", "$toMajor".
    std::string insert; ///< What is put in: "amount", "$toMajor(", "`odd name`".
    std::string detail; ///< At the right edge: "money, minor units", "(amount, currency)".
    std::string help;
};

/// All that fits at the cursor, best first, and the part of the text that accepting replaces.
struct Completions
{
    std::vector<Completion> items;
    int start = 0; ///< UTF-8 offsets.
    int end = 0;
};

/// The call around the cursor.
struct CallTip
{
    std::string function; ///< "$toMajor".
    std::vector<std::string> arguments;
    int active = 0; ///< Index of the argument that is being typed.
    std::string help;
    int start = 0; ///< Of the call.
};

/// Both work on half-typed text: whatever stands before the cursor decides; nothing has to compile.
/// `cursor` is a UTF-8 offset. Pure; any thread.
Completions completionsAt(std::string_view text, int cursor, const Surroundings &surroundings);
std::optional<CallTip> callTipAt(std::string_view text, int cursor);

} // namespace tw::analysis
