// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// How much of what a source has to tell has come through a trigger, as numbers that are kept in
/// the journal (TriggerHost::keep(), area kArea) and shown by `tidewire connections coverage`, the
/// admin door and the metrics. Times that are not known are 0. A value.
struct SourceCoverage
{
    static constexpr const char *kArea = "coverage";

    /// A time of which the source can tell nothing any more.
    struct Gap
    {
        Instant from, to;
        std::string why;
    };

    std::uint64_t received = 0;       ///< First seen as a delivery.
    std::uint64_t backfilled = 0;     ///< First seen in the source's own list.
    std::uint64_t duplicates = 0;     ///< Deliveries of events that were known.
    std::uint64_t seen = 0;           ///< Listed events that were known.
    std::uint64_t ignored = 0;        ///< Not asked for.
    std::uint64_t own = 0;            ///< Echoes of our own writes, left.
    std::uint64_t refused = 0;        ///< Asked for and not taken, for good.
    std::vector<std::string> missing; ///< Ids of refused ones, the last kMostMissing.
    std::vector<Gap> gaps;
    std::uint64_t otherVersions = 0;               ///< Events of another version than expected.
    std::map<std::string, std::uint64_t> versions; ///< Version of events -> how many.

    Instant since;     ///< Counted from then on.
    Instant checkedTo; ///< The source's list was read through to here.
    Instant lastRead;
    Instant lastEvent; ///< When the newest one happened, by the source's clock.
    std::string lastEventId;
    std::int64_t lagMs = 0; ///< Of the event that was taken last: from happening to being stored.
    std::int64_t longestLagMs = 0;

    std::string month;       ///< "2026-12", of the next one.
    std::uint64_t reads = 0; ///< Its own part of what the connection's ReadMeter counts.
    /// Reads that the source allows the connection in a month; 0: no bound known.
    std::uint64_t readAllowance = 0;
    std::string trouble; ///< Why the list cannot be read now, a sentence; empty: it can.

    static constexpr std::size_t kMostMissing = 50;
    void miss(std::string id);
    void note(Gap gap); ///< Gaps that touch become one.
    /// Adds what was counted before, as the journal has it: this began to count from 0.
    void goOnFrom(const SourceCoverage &earlier);
    void countRead(Instant now); ///< In its month.
};

/// JSON and back. Members that are not known are left, so that versions can read each other's.
std::string toJson(const SourceCoverage &coverage);
Result<SourceCoverage> coverageFrom(std::string_view json);

} // namespace tw
