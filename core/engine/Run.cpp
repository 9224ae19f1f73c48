// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Run.h"

#include <algorithm>
#include <limits>

namespace tw {
namespace {

constexpr std::uint64_t kPrime = 0x100000001b3ULL; // FNV-1a, 64 bit

std::uint64_t mix(std::uint64_t hash, std::string_view bytes)
{
    for (const char byte : bytes)
        hash = (hash ^ static_cast<std::uint8_t>(byte)) * kPrime;
    return (hash ^ 0xff) * kPrime;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t number)
{
    for (int byte = 0; byte < 8; ++byte, number >>= 8)
        hash = (hash ^ (number & 0xff)) * kPrime;
    return hash;
}

RunOutcome outcomeOf(RunState state)
{
    switch (state) {
    case RunState::DeadLettered:
        return RunOutcome::DeadLettered;
    case RunState::Failed:
    case RunState::Cancelled:
        return RunOutcome::Failed;
    case RunState::Open:
    case RunState::Done:
        break;
    }
    return RunOutcome::Done;
}

} // namespace

void Run::indexRecords()
{
    for (std::size_t record = 0; record < earlier.size(); ++record)
        byLineage.emplace(earlier[record].lineage, record);
    for (std::size_t record = 0; record < before.size(); ++record)
        beforeByLineage.emplace(before[record].lineage, record);
}

int Run::takeNumber(int node, int wanted)
{
    const auto step = static_cast<std::uint64_t>(node) << 32;
    while (!numbers.insert(step | static_cast<std::uint32_t>(wanted)).second)
        wanted = wanted == std::numeric_limits<int>::max() ? kFirstHashedNumber : wanted + 1;
    return wanted;
}

const StepRecord *Run::recordBefore(const std::string &step, std::uint64_t lineage) const
{
    const auto [first, last] = beforeByLineage.equal_range(lineage);
    std::size_t newest = 0; // They come in the order of runs.
    for (auto at = first; at != last; ++at) {
        if (before[at->second].step == step)
            newest = std::max(newest, at->second + 1);
    }
    return newest == 0 ? nullptr : &before[newest - 1];
}

const StepRecord *Run::earlierRecord(const std::string &step, std::uint64_t lineage) const
{
    const auto [first, last] = byLineage.equal_range(lineage);
    for (auto at = first; at != last; ++at) {
        if (earlier[at->second].step == step)
            return &earlier[at->second];
    }
    return nullptr;
}

RunSummary Run::summary(Instant finished) const
{
    return {id,      event.flow,         event.trigger,  event.eventId, event.eventType,
            outcomeOf(outcome), event.received, finished,
            resumed && event.replay == 0, event.replay > 0};
}

std::uint64_t lineageOf(std::uint64_t parent, std::string_view step, std::size_t output,
                        std::string_view target, std::size_t wire)
{
    return mix(mix(mix(mix(parent, step), output), target), wire);
}

} // namespace tw
