// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace tw::expr {

/// Why a regular expression cannot be used, for the person who wrote it. `start` and `end` are
/// offsets into the pattern of the very construct.
struct RegexProblem
{
    std::string what;    ///< "looks ahead with (?=b), which …"
    std::string instead; ///< What to write in its place.
    std::size_t start = 0;
    std::size_t end = 0;

    std::string sentence() const { return what + ' ' + instead; }
};

/// The first construct that would need more than linear time, such as a look-ahead.
std::optional<RegexProblem> unsupportedIn(std::string_view pattern);
/// Of a pattern that RE2 has refused.
RegexProblem problemOf(std::string_view pattern, const re2::RE2 &refused);

} // namespace tw::expr
