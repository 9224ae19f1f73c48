// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tw::expr {

/// Seconds that clocks in a zone are ahead of UTC at a time, in seconds since 1970. Zones are names
/// of the zone database, "Z", "UTC" or offsets such as "+02:00"; nothing for other words.
std::optional<int> offsetInZone(std::string_view zone, std::int64_t seconds);

/// "'Berlin' is no time zone; …"
std::string noSuchZone(std::string_view zone);

} // namespace tw::expr
