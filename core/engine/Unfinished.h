// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/Lanes.h"
#include "core/store/Journal.h"

#include <string>
#include <vector>

namespace tw {

/// What an earlier process left open, in the order of acceptance: numbers only, so that the first
/// new event does not wait for a long backlog and yet never overtakes an older one of its key.
struct Unfinished
{
    struct Head
    {
        std::int64_t run = 0;
        Lanes::Lane lane = 0;
        std::uint32_t flow = 0; ///< Index into `flows`.
        std::uint32_t bytes = 0;
        std::optional<Instant> retryAt;
        std::int64_t origin = 0; ///< Of a replay.
    };

    std::int64_t newest = 0;
    std::vector<std::string> flows;
    std::vector<Head> runs;
    std::vector<HeldKey> held;
    std::vector<Kept> gates; ///< What was known of connections.
    bool clockMoved = false; ///< What is written of times is not by the clock of today.
};

/// Area of Journal::keep() for the state of gates; the name is that of the connection.
inline constexpr const char *kGateArea = "gate";

/// Read while nobody writes yet.
Result<Unfinished> readUnfinished(Journal &journal, int page = 10'000);

} // namespace tw
