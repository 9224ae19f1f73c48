// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// The kinds that a value may be of, one bit each.
using Kinds = unsigned;
constexpr Kinds kText = 1;
constexpr Kinds kNumber = 2;
constexpr Kinds kBoolean = 4;
constexpr Kinds kNull = 8;
constexpr Kinds kList = 16;
constexpr Kinds kGroup = 32;
constexpr Kinds kFunction = 64;
constexpr Kinds kMissing = 128;
constexpr Kinds kAnyKind = 255;

/// The kind of one letter of "snblaof"; none for others.
Kinds kindOf(char letter);

/// One parameter of a signature in JSONata's notation.
struct Parameter
{
    Kinds takes = 0;
    bool context = false;  ///< `-`: the context stands in for it.
    bool optional = false; ///< `?`
    bool many = false;     ///< `+`
    Kinds items = 0;       ///< Of a list, "a<n>": what is in it; 0 = anything.
};

/// "<s-nn?:s>" as its parameters.
std::vector<Parameter> parametersOf(std::string_view signature);
/// What a function of this signature gives; everything when that is not a plain value.
Kinds resultKinds(std::string_view signature);

/// Whether a call with these arguments gets the context as its first one: `$uppercase()`,
/// `$substring(0, 3)`.
bool takesContext(std::string_view signature, const std::vector<Kinds> &arguments);

/// Why no values of these kinds can be the arguments of a function with this signature.
struct Misfit
{
    std::size_t argument = 0; ///< The first that does not fit; one behind the last: it is missing.
    bool inList = false;      ///< A list is due there, of other items.
};
std::optional<Misfit> misfitOf(std::string_view signature, const std::vector<Kinds> &arguments);

} // namespace tw::analysis
