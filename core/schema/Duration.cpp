// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Settings.h"

#include <array>
#include <charconv>

namespace tw {
namespace {

struct Unit
{
    std::string_view name;
    std::int64_t ms;
};
// Longest first: durationText() takes the first that divides.
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t kLongest = 3650LL * 86'400'000;

Error badDuration(std::string_view text)
{
    return configError("schema.bad_duration",
                       "\"" + std::string(text.substr(0, 40)) +
                           "\" is not a span of time. Write a whole number and a unit: 500ms, "
                           "30s, 5m, 12h or 30d.");
}

} // namespace

Result<std::chrono::milliseconds> parseDuration(std::string_view text)
{
    std::int64_t count = 0;
    const char *end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, count);
    if (failure != std::errc() || count < 0 || text.empty() || text.front() == '-')
        return badDuration(text);
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    for (const Unit &known : kUnits) {
        if (known.name == unit) {
            if (count > kLongest / known.ms)
                return badDuration(text);
            return std::chrono::milliseconds(count * known.ms);
        }
    }
    return badDuration(text);
}

std::string durationText(std::chrono::milliseconds span)
{
    if (span.count() == 0)
        return "0s";
    for (const Unit &unit : kUnits) {
        if (span.count() % unit.ms == 0)
            return std::to_string(span.count() / unit.ms) + std::string(unit.name);
    }
    return std::to_string(span.count()) + "ms";
}

} // namespace tw
