// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Step.h"
#include "core/engine/DeployedFlow.h"
#include "core/engine/Lanes.h"
#include "core/engine/RetryTally.h"
#include "core/engine/Gathering.h"
#include "core/engine/RunEvents.h"
#include "core/store/JournalRecords.h"

#include <chrono>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tw {

/// One message at one step, from its arrival until its answer is settled.
struct RunItem
{
    enum class State {
        Ready,
        Held,   ///< In front of a gate; the run may leave the memory.
        Queued, ///< For its turn to be called.
        Claimed,
        Asked,
        Answered,
        Waiting,
        Parked, ///< For a person.
        Due,
        Collected, ///< By its step, until nothing more can come.
        Looping,   ///< Until its elements have ended.
    };

    int node = 0;
    int number = 0; ///< Unique at its step.
    std::uint64_t lineage = 0;
    DocumentPtr input;
    TrailPtr trail;
    int from = 0; ///< The step it came from.
    std::string heldKey;
    State state = State::Ready;
    int attempt = 0;
    bool lookUp = false; ///< An attempt was made and its outcome is unknown: look first.
    RetryTally tally;
    bool inside = false; ///< The gate let it in and has not seen it leave.
    bool alone = false;  ///< A call with others was refused.
    std::int64_t batch = 0;  ///< The call it goes out with; 0: one of its own.
    bool intentKept = false; ///< Claimed: its intent is on disk.
    Instant intentAt;        ///< What its intent says.
    int renewals = 0;        ///< Of an intent that the disk kept for too long.
    bool told = false; ///< The observer heard of it before the run was unloaded.
    Instant wakeAt;    ///< Waiting; of a parked item the end of its time, 0: none.
    std::optional<Instant> doubtSince; ///< An attempt since then may have taken effect.
    bool againAnyway = false;          ///< Looked at: send it, whatever was before.
    std::optional<Instant> waited; ///< What the step asked for with StepReply::later().
    bool isWaitKept = false;       ///< It is in the journal,
    bool isWaitOver = false;       ///< and so is its end.
    bool isSpent = false;          ///< Looping: all elements are sent.
    Instant startedAt;
    std::chrono::steady_clock::time_point started;
};

/// What a run wants to have in the journal, and what may be told and done once it is there.
struct RunBatch
{
    RunChange change;
    std::vector<StepEvent> events;
    std::vector<int> toAsk; ///< Items whose intent is part of the change.
    int failures = 0;       ///< How often the journal refused it.

    bool isEmpty() const { return change.isEmpty() && events.empty() && toAsk.empty(); }
};

/// One accepted event on its way through its flow: a state machine whose durable part is in the
/// journal. Internal to core/engine.
///
/// Answers collect in `pending` while work of the run stands in the engine's queue; when none is
/// left, all of it goes to the journal in one write. One write is open at a time, so that the
/// order of a run's records is the order of what happened. While all its items wait, a run may be
/// dropped from memory and made again from the journal.
struct Run
{
    std::int64_t id = 0;
    DeployedFlow *flow = nullptr;
    Lanes::Lane lane = 0;
    std::size_t bytes = 0; ///< Of the event's body.
    NewRun event;          ///< Without the body once it is parsed.
    DocumentPtr message;
    bool resumed = false;            ///< Accepted by a process before this one.
    std::vector<StepRecord> earlier; ///< Records from before the run was taken up.
    std::vector<StepRecord> before;  ///< Of a replay: records of earlier runs of the event.
    std::unordered_multimap<std::uint64_t, std::size_t> byLineage; ///< Of `earlier`,
    std::unordered_multimap<std::uint64_t, std::size_t> beforeByLineage;
    std::vector<ReviewDecision> decisions; ///< Answers to questions that it asked.
    std::map<int, RunItem> items;    ///< Open ones.
    Gathering work;                   ///< The same for collecting steps and loops.
    std::size_t resting = 0;         ///< Items that are held or loop.
    bool isFresh = false;            ///< It went on since it was read back.
    int nextToken = 1;
    std::unordered_set<std::uint64_t> numbers; ///< Taken ones: step, then number.
    int queued = 0;                  ///< Tasks in the engine's queue.
    RunBatch pending;
    bool committing = false;
    bool ending = false;             ///< The end is written or on its way.
    /// Until when a late attempt of this run may still land at a destination.
    std::vector<std::pair<const void *, Instant>> quarantine;
    Instant restsUntil;              ///< Nothing to do, but its key is not free before.
    bool holds = false;              ///< Later events of its key wait for a person.
    RunState outcome = RunState::Done;

    /// What earlier runs of the event did at this place; the newest.
    const StepRecord *recordBefore(const std::string &step, std::uint64_t lineage) const;
    void indexRecords();
    /// Claims a number for an item of a step: `wanted`, or the next one that is free.
    int takeNumber(int node, int wanted);
    const StepRecord *earlierRecord(const std::string &step, std::uint64_t lineage) const;
    RunSummary summary(Instant finished) const;
};

/// The way a message takes, in 64 bits: the same in each process that runs the same event.
std::uint64_t lineageOf(std::uint64_t parent, std::string_view step, std::size_t output,
                        std::string_view target, std::size_t wire);

} // namespace tw
