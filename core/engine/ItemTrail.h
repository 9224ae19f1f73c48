// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Step.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tw {

/// What tells an item from the others at the same step of its run: the elements of loops it belongs
/// to, and where it took one of several ways at once. Follows from the event and what steps
/// answered, never from the order in which they did. Immutable, shared by what comes after it.
struct ItemTrail
{
    /// One element of one loop. `across`: the item stands for several of them (see Collects).
    struct Loop
    {
        int node = 0;
        std::uint64_t instance = 0; ///< Lineage of the item that went into the loop.
        std::size_t element = 0;
        bool across = false;
        std::shared_ptr<const LoopFrame> frame;
    };
    struct Turn
    {
        enum class Kind { Element, Way, Done, Group, Entry };

        Kind kind = Kind::Way;
        int node = 0;
        std::size_t index = 0;
        std::shared_ptr<const std::vector<int>> ways; ///< Way: where all messages of the answer went.
    };

    std::vector<Loop> loops; ///< Outermost first.
    std::vector<Turn> turns;

    /// Null when there is none.
    std::shared_ptr<const LoopFrame> frame() const;
    const Loop *inside(int loop) const; ///< Its element of a loop; null when it has none, or several.
};

using TrailPtr = std::shared_ptr<const ItemTrail>; ///< Null: straight from the trigger.

const std::vector<ItemTrail::Loop> &loopsOf(const ItemTrail *trail);
const std::vector<ItemTrail::Turn> &turnsOf(const ItemTrail *trail);

TrailPtr behindWay(const TrailPtr &trail, int node, std::size_t way,
                   std::shared_ptr<const std::vector<int>> ways);
/// Of a replay that begins with an item of this number.
TrailPtr behindEntry(int node, int number);
TrailPtr behindLoop(const TrailPtr &trail, int node);
TrailPtr insideLoop(const TrailPtr &trail, ItemTrail::Loop element);
/// Of what a collecting step makes of `members`, whose common loops are `scope`.
TrailPtr behindGroup(const std::vector<TrailPtr> &members, const std::vector<int> &scope, int node,
                     std::size_t group);
/// An order of items that does not depend on when they came.
bool comesBefore(const ItemTrail *a, const ItemTrail *b, bool &same);

} // namespace tw
