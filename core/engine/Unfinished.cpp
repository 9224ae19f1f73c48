// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Unfinished.h"

#include "core/connector/ReadMeter.h"

#include <algorithm>

namespace tw {
namespace {

std::uint32_t indexOf(std::vector<std::string> &flows, std::string &&flow)
{
    const auto found = std::find(flows.begin(), flows.end(), flow);
    if (found != flows.end())
        return static_cast<std::uint32_t>(found - flows.begin());
    flows.push_back(std::move(flow));
    return static_cast<std::uint32_t>(flows.size() - 1);
}

} // namespace

Result<Unfinished> readUnfinished(Journal &journal, int page)
{
    auto newest = journal.newestRun();
    if (!newest)
        return std::move(newest).error();
    auto held = journal.heldKeys();
    if (!held)
        return std::move(held).error();
    auto gates = journal.kept(kGateArea);
    if (!gates)
        return std::move(gates).error();
    auto meters = journal.kept(ReadMeter::kArea);
    if (!meters)
        return std::move(meters).error();
    gates->insert(gates->end(), meters->begin(), meters->end());
    Unfinished left{*newest, {}, {}, std::move(*held), std::move(*gates),
                    journal.hasClockMoved()};
    std::int64_t last = 0;
    for (;;) {
        auto heads = journal.openRunHeads(last, page);
        if (!heads)
            return std::move(heads).error();
        for (OpenRunHead &head : *heads) {
            const Lanes::Lane lane = Lanes::of(head.flow, head.key);
            left.runs.push_back({head.run, lane, indexOf(left.flows, std::move(head.flow)),
                                 static_cast<std::uint32_t>(head.bytes), head.retryAt, head.origin});
        }
        if (static_cast<int>(heads->size()) < page)
            return left;
        last = heads->back().run;
    }
}

} // namespace tw
