// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Run.h"

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
        return RunOutcome::Failed;
    case RunState::Open:
    case RunState::Done:
        break;
    }
    return RunOutcome::Done;
}

} // namespace

const StepRecord *Run::recordBefore(const std::string &step, std::uint64_t lineage) const
{
    const StepRecord *newest = nullptr;
    for (const StepRecord &record : before) {
        if (record.lineage == lineage && record.step == step)
            newest = &record; // They come in the order of runs.
    }
    return newest;
}

const StepRecord *Run::earlierRecord(const std::string &step, std::uint64_t lineage) const
{
    for (const StepRecord &record : earlier) {
        if (record.lineage == lineage && record.step == step)
            return &record;
    }
    return nullptr;
}

RunSummary Run::summary(Instant finished) const
{
    return {id,      event.flow,         event.trigger,  event.eventId, event.eventType,
            outcomeOf(outcome), event.received, finished};
}

std::uint64_t lineageOf(std::uint64_t parent, std::string_view step, std::size_t output,
                        std::string_view target, std::size_t wire)
{
    return mix(mix(mix(mix(parent, step), output), target), wire);
}

} // namespace tw
