// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace tw {

/// Who may run: of each lane one run at a time, in the order in which they entered.
///
/// A lane stands for one business object of one flow and is known by a 64-bit hash of the two; two
/// objects that share a hash would only wait for each other. Runs that wait cost their numbers and
/// nothing else. A held lane lets nobody begin. Plain data, used on the engine's thread.
class Lanes
{
public:
    using Run = std::int64_t;
    using Lane = std::uint64_t; ///< 0: the run has a lane of its own.

    void reserve(std::size_t lanes) { m_lanes.reserve(lanes); }

    static Lane of(std::string_view flow, std::string_view key); ///< 0 for an empty key.
    /// Of the replays of one event, where no key keeps them in a row: what one of them did, the next
    /// one has to know.
    static Lane ofReplays(Run origin);

    /// True: the run may begin now. False: leave() or release() will name it.
    bool enter(Run run, Lane lane);
    /// As enter(), but before all that wait, and also when the lane is held.
    bool enterFirst(Run run, Lane lane);
    /// The run has ended, whether it had begun or still waited. Answers who may begin now.
    std::optional<Run> leave(Run run, Lane lane);

    void hold(Lane lane); ///< The run that has begun goes on; nobody begins after it.
    std::optional<Run> release(Lane lane);

    bool isHeld(Lane lane) const;
    bool hasWaiting(Lane lane) const; ///< Somebody waits for the run that has begun.
    std::size_t waiting() const { return m_behind.size() + m_firstWaiting; }
    std::size_t waitingHeld() const; ///< Of these, those whose lane is held and free.

private:
    struct Queue
    {
        Run begun = 0;
        Run first = 0; ///< Of those that wait.
        Run last = 0;
        bool held = false;
    };

    std::optional<Run> next(std::unordered_map<Lane, Queue>::iterator lane);

    std::unordered_map<Lane, Queue> m_lanes;
    std::unordered_map<Run, Run> m_behind; ///< Who stands behind a waiting run.
    std::unordered_set<Run> m_gone;        ///< Left while they waited.
    std::size_t m_firstWaiting = 0;        ///< Lanes with somebody waiting.
};

} // namespace tw
