// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tw {

/// A note beside the journal of how far it had come: a log that lost its end looks like one that was
/// never longer.
///
/// Written after each commit without waiting for the disk, so it may be older than the journal and is
/// never newer. A note that does not add up says nothing. One thread at a time.
class CommitMark
{
public:
    struct Reached
    {
        std::uint64_t salt = 0;    ///< Generation of the log,
        std::int64_t frames = 0;   ///< and how many frames of it were confirmed.
        std::int64_t newestRun = 0;
        Instant at{};             ///< By the clock that the rows are written by; unset: by the machine's.
        std::int64_t upMs = 0;    ///< Filled in by write(): how long the machine had been up.
    };

    explicit CommitMark(std::string file);
    ~CommitMark();
    CommitMark(const CommitMark &) = delete;
    CommitMark &operator=(const CommitMark &) = delete;

    /// Whether the clock was set to another time since then. Not known of a machine that was down.
    static bool hasClockMoved(const Reached &since);

    static std::string nameFor(const std::string &journal) { return journal + "-mark"; }
    std::optional<Reached> read() const;
    void write(const Reached &reached, bool sync = false); ///< A mark that cannot be written is done without.

private:
    int m_file = -1;
};

} // namespace tw
