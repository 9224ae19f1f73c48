// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Step.h"
#include "core/engine/FlowMap.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tw {

/// What is open in one run, as collecting steps and loops see it: counted when an item comes and
/// goes, so that "nothing more can come" is known at once, however many items there are. Everything
/// in it follows from the run; a restart makes it again. An item that leaves tells of its successors
/// first.
class Gathering
{
public:
    /// Items that a collecting step holds together.
    struct Group
    {
        int step = 0;
        std::uint64_t key = 0;
        std::vector<int> held; ///< Items, in order of arrival.
        int upstream = 0;      ///< Open items that may join it or bring it more.
        std::optional<Instant> until;
        bool isRecorded = false; ///< When it was released does not follow from the run: journaled.
        bool isClosed = false;   ///< Released for good.
        int number = -1;         ///< Of its record.
    };
    enum class Ending { Ok, Failed, Dropped };
    /// One item in a loop, and the elements it sends.
    struct Loop
    {
        struct Element
        {
            int open = 0;
            int aside = 0; ///< Of the open ones, those that wait for other elements.
            bool isReleased = false;
            bool isOk = false;
            bool isFailed = false;
            bool isDropped = false;
        };

        int item = 0;
        int step = 0;
        std::uint64_t instance = 0;
        std::vector<StepAnswer::Output> outputs;
        std::vector<Element> elements;
        std::size_t next = 0; ///< Element to be sent.
        int parallel = 1;
        int running = 0;
        int open = 0;
        bool isSpent() const { return next == elements.size(); }
        LoopCounts counts() const;
    };

    explicit Gathering(const FlowMap *map = nullptr) : m_map(map) {}

    void came(FlowMap::Place place, const ItemTrail *trail);
    void left(FlowMap::Place place, const ItemTrail *trail);
    /// How an item ended for the elements it came of; before left().
    void ended(int step, const ItemTrail *trail, Ending ending);
    /// It goes on to another step: outside of a loop its element has come through.
    void goesOn(int from, int to, const ItemTrail *trail);

    /// The group that an item at a collecting step belongs to.
    Group &groupOf(int step, const ItemTrail *trail);
    void hold(Group &group, int item, const ItemTrail *trail);
    /// The item is about to leave the group.
    void unhold(Group &group, const ItemTrail *trail);
    void forget(std::uint64_t group);

    Loop &begin(Loop loop);
    Loop *find(std::uint64_t instance);
    void sendsElement(Loop &loop);
    void sentElement(Loop &loop, std::size_t element); ///< Its items came.
    void end(std::uint64_t instance) { m_loops.erase(instance); }

    /// A group that nothing can come to any more, if there is one; then a loop that may go on.
    Group *nextQuiet();
    Loop *nextMoved();
    Group *nextDue(Instant now);
    std::optional<Instant> firstDue() const;
    /// Nothing moves and everything open is held: what to release so that the run goes on.
    Loop *anyUnspent();
    Group *anyHeld();
    bool hasUnspent() const { return m_unspent > 0; }

private:
    bool isOf(const ItemTrail::Loop &loop, int step) const { return m_map->isInBody(step, loop.node); }
    void count(const ItemTrail::Loop &loop, int open, int aside);
    void look(Loop &loop, std::size_t element);

    const FlowMap *m_map;
    std::unordered_map<std::uint64_t, Group> m_groups;
    std::unordered_map<std::uint64_t, Loop> m_loops;
    std::deque<std::uint64_t> m_quiet; ///< To be looked at.
    std::deque<std::uint64_t> m_moved;
    std::vector<std::uint64_t> m_timed;
    int m_unspent = 0;
};

} // namespace tw
