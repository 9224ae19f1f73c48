// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace tw {

/// What a function works on: the chapters of the reference page.
enum class FunctionKind {
    Text,
    Numbers,
    Money,
    Times,
    Lists,
    Objects,
    Logic,
    HigherOrder, ///< Takes a function.
    Matching     ///< One spelling for what people write in many ways.
};
constexpr int kFunctionKinds = 9;

/// One function of the mapping language as people see it: completion, call tips, reference page.
struct FunctionInfo
{
    std::string_view name;      ///< Without the dollar sign.
    std::string_view arguments; ///< "amount, currency"
    std::string_view
        signature;            ///< JSONata notation: "<nn?:n>"; empty when arguments are unchecked.
    std::string_view help;    ///< One sentence.
    std::string_view example; ///< An expression that needs no input.
    std::string_view result;  ///< What the example gives, as JSON; "error D3137" when it must fail.
    bool extension;           ///< Ours, not JSONata's: other engines do not know it.
    FunctionKind kind;
};

/// All functions, sorted by name. Static data.
std::span<const FunctionInfo> functionTable();

} // namespace tw
