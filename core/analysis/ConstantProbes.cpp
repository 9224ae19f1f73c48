// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/ConstantProbes.h"

#include <algorithm>
#include <iterator>

namespace tw::analysis {
namespace {

struct Probe
{
    std::string_view function;
    std::size_t parameter;
    std::string_view call; ///< `@` stands for the argument.
    std::size_t most = 9;  ///< With more arguments the others decide.
};

constexpr Probe kProbes[] = {
    {"toMajor", 1, "$toMajor(0, @)"},
    {"toMinor", 1, "$toMinor(0, @)"},
    {"convertCurrency", 1, "$convertCurrency(0, @, @, {})"},
    {"convertCurrency", 2, "$convertCurrency(0, @, @, {})"},
    {"sfDate", 1, "$sfDate(0, @)"},
    {"formatNumber", 1, "$formatNumber(1, @)", 2},
    {"formatInteger", 1, "$formatInteger(1, @)"},
    {"formatBase", 1, "$formatBase(1, @)"},
    {"fromMillis", 1, "$fromMillis(0, @)"},
    {"fromMillis", 2, "$fromMillis(0, \"[Y][Z]\", @)"},
    {"now", 0, "$fromMillis(0, @)"},
    {"now", 1, "$fromMillis(0, \"[Y][Z]\", @)"},
    {"toMillis", 1, "$toMillis(\"\", @)"},
    {"replace", 1, "$replace(\"\", @, \"\")"},
    {"replace", 3, "$replace(\"\", \"a\", \"\", @)"},
    {"split", 2, "$split(\"\", \"a\", @)"},
    {"match", 2, "$match(\"\", /a/, @)"},
};

} // namespace

std::optional<std::string> probeOf(std::string_view function, std::size_t parameter,
                                   std::size_t parameters, std::string_view argument)
{
    const auto *probe = std::find_if(std::begin(kProbes), std::end(kProbes), [&](const Probe &one) {
        return one.function == function && one.parameter == parameter && parameters <= one.most;
    });
    if (probe == std::end(kProbes))
        return std::nullopt;
    std::string text;
    for (const char c : probe->call)
        c == '@' ? text += argument : text += c;
    return text;
}

} // namespace tw::analysis
