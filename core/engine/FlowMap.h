// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"
#include "core/engine/ItemTrail.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw {

/// What can be reached from where in a flow: worked out once, when it is deployed. A plain value.
class FlowMap
{
public:
    struct Step
    {
        std::string id;
        Collects collects = Collects::Nothing;
        int across = -1;           ///< The loop whose elements it brings together.
        bool loops = false;
        std::vector<int> targets;  ///< By all exits.
        std::vector<int> elements; ///< By the exit for elements of a loop.
        std::vector<int> done;     ///< By the exit for its end.
    };
    /// Where an open item stands. Spent: in a loop that has sent its last element.
    struct Place
    {
        int step = 0;
        bool spent = false;
    };

    FlowMap() = default;
    explicit FlowMap(std::vector<Step> steps);

    bool reaches(int from, int to) const; ///< Over at least one wire.
    bool leadsTo(int from, int to) const { return from == to || reaches(from, to); }
    /// Whether what leaves to these steps can meet again at one.
    bool meet(const std::vector<int> &targets) const;
    /// Collecting steps that an item at `place` may still bring something to, its own among them.
    const std::vector<int> &collectorsBehind(Place place) const;
    /// Behind the elements of `loop` and not behind its end.
    bool isInBody(int step, int loop) const;
    /// The loops whose elements a collecting step keeps apart, outermost first.
    const std::vector<int> &scope(int collector) const;
    /// Which of its groups an item belongs to; those that are outside of a loop share one.
    std::uint64_t group(int collector, const ItemTrail *trail) const;

    /// The name of an item at `step` among all of its run: "0", "0.17" for an element of a loop. The
    /// same whatever the order of answers, and for a flow with other steps on the way.
    std::string position(const ItemTrail *trail, int step) const;

private:
    using Row = std::vector<bool>;

    void findReach(const std::vector<int> &order);
    void findScopes(const std::vector<int> &order);
    std::vector<int> inOrder() const; ///< Before what it leads to; steps in a circle are left out.
    Row from(const std::vector<int> &targets) const;

    std::vector<Step> m_steps;
    std::vector<Row> m_reach;
    std::vector<std::vector<int>> m_collectors; ///< By step, then by spent loop.
    std::vector<Row> m_body;                    ///< Of loops; others are empty.
    std::vector<std::vector<int>> m_scope;
};

/// The number of an item that stands there: 0 for "0", index + 1 for "0.index", for others a hash from
/// kFirstHashedNumber on.
int itemNumber(const std::string &position);
inline constexpr int kFirstHashedNumber = 1 << 20;
/// Mixes 64-bit numbers into one.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b);

} // namespace tw
