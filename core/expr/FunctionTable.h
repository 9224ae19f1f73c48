// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace tw {

/// One function of the mapping language as people see it: completion, call tips, reference page.
struct FunctionInfo
{
    std::string_view name;      ///< Without the dollar sign.
    std::string_view arguments; ///< "amount, currency"
    std::string_view
        signature;            ///< JSONata notation: "<nn?:n>"; empty when arguments are unchecked.
    std::string_view help;    ///< One sentence.
    std::string_view example; ///< An expression that needs no input.
    std::string_view result;  ///< What the example gives, as JSON; empty when it varies.
    bool extension;           ///< Ours, not JSONata's: other engines do not know it.
};

/// All functions, sorted by name. Static data.
std::span<const FunctionInfo> functionTable();

} // namespace tw
