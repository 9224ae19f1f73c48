// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace tw::test {

/// What an engine made of an expression: a canonical text of the result, or an error.
struct Outcome
{
    std::string result;
    std::string code; ///< Empty for a result.
    int position = -1;
    std::string token;
};

/// Whether two outcomes are the same: codes, tokens and places count as far as the reference gives
/// them.
bool agree(const Outcome &own, const Outcome &reference);

/// Why a difference is meant; empty when it is not.
std::string_view whyDeliberate(std::string_view expression, const Outcome &own,
                               const Outcome &reference);

} // namespace tw::test
