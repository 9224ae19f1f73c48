// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/ItemTrail.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace tw {
namespace {

std::shared_ptr<ItemTrail> copied(const TrailPtr &trail)
{
    return trail ? std::make_shared<ItemTrail>(*trail) : std::make_shared<ItemTrail>();
}

bool isIn(const std::vector<int> &scope, int loop)
{
    return std::find(scope.begin(), scope.end(), loop) != scope.end();
}

} // namespace

std::shared_ptr<const LoopFrame> ItemTrail::frame() const
{
    const auto inner = std::find_if(loops.rbegin(), loops.rend(),
                                    [](const Loop &loop) { return !loop.across; });
    return inner == loops.rend() ? nullptr : inner->frame;
}

const ItemTrail::Loop *ItemTrail::inside(int loop) const
{
    const auto found = std::find_if(loops.begin(), loops.end(), [loop](const Loop &one) {
        return one.node == loop && !one.across;
    });
    return found == loops.end() ? nullptr : &*found;
}

const std::vector<ItemTrail::Loop> &loopsOf(const ItemTrail *trail)
{
    static const std::vector<ItemTrail::Loop> kNone;
    return trail ? trail->loops : kNone;
}

const std::vector<ItemTrail::Turn> &turnsOf(const ItemTrail *trail)
{
    static const std::vector<ItemTrail::Turn> kNone;
    return trail ? trail->turns : kNone;
}

TrailPtr behindWay(const TrailPtr &trail, int node, std::size_t way,
                   std::shared_ptr<const std::vector<int>> ways)
{
    auto next = copied(trail);
    next->turns.push_back({ItemTrail::Turn::Kind::Way, node, way, std::move(ways)});
    return next;
}

TrailPtr behindEntry(int node, int number)
{
    auto trail = std::make_shared<ItemTrail>();
    trail->turns.push_back(
        {ItemTrail::Turn::Kind::Entry, node, static_cast<std::size_t>(number), nullptr});
    return trail;
}

TrailPtr behindLoop(const TrailPtr &trail, int node)
{
    auto next = copied(trail);
    next->turns.push_back({ItemTrail::Turn::Kind::Done, node, 0, nullptr});
    return next;
}

TrailPtr insideLoop(const TrailPtr &trail, ItemTrail::Loop element)
{
    auto next = copied(trail);
    next->turns.push_back({ItemTrail::Turn::Kind::Element, element.node, element.element, nullptr});
    next->loops.push_back(std::move(element));
    return next;
}

TrailPtr behindGroup(const std::vector<TrailPtr> &members, const std::vector<int> &scope, int node,
                     std::size_t group)
{
    auto next = std::make_shared<ItemTrail>();
    std::set<std::pair<std::uint64_t, std::size_t>> seen;
    for (const TrailPtr &member : members) {
        for (const ItemTrail::Loop &loop : loopsOf(member.get())) {
            if (!seen.emplace(loop.instance, loop.element).second)
                continue;
            next->loops.push_back(loop);
            if (!isIn(scope, loop.node)) {
                next->loops.back().across = true;
                next->loops.back().frame = nullptr;
            }
        }
    }
    // Up to the element that all members come of, their ways are the same.
    if (const TrailPtr first = members.empty() ? nullptr : members.front()) {
        std::size_t common = 0;
        for (std::size_t turn = 0; turn < first->turns.size(); ++turn) {
            const ItemTrail::Turn &one = first->turns[turn];
            if (one.kind == ItemTrail::Turn::Kind::Element && isIn(scope, one.node))
                common = turn + 1;
        }
        next->turns.assign(first->turns.begin(),
                           first->turns.begin() + static_cast<std::ptrdiff_t>(common));
    }
    next->turns.push_back({ItemTrail::Turn::Kind::Group, node, group, nullptr});
    return next;
}

bool comesBefore(const ItemTrail *a, const ItemTrail *b, bool &same)
{
    const auto &left = turnsOf(a);
    const auto &right = turnsOf(b);
    const auto words = [](const ItemTrail::Turn &turn) {
        return std::tuple(turn.node, turn.kind, turn.index);
    };
    for (std::size_t turn = 0; turn < std::min(left.size(), right.size()); ++turn) {
        if (words(left[turn]) != words(right[turn])) {
            same = false;
            return words(left[turn]) < words(right[turn]);
        }
    }
    same = left.size() == right.size();
    return left.size() < right.size();
}

} // namespace tw
