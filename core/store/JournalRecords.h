// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// A small thing that outlives a restart: a cursor, the state of a connection. `value` is the
/// owner's own text.
struct Kept
{
    std::string area; ///< Who owns it: "gate", "stripe.cursor".
    std::string name; ///< Unique within its area.
    std::string value;
    Instant at;
};

/// One version of a flow as it ran: the text of its file, and of the flows that it calls.
struct KeptFlow
{
    std::string flow;
    std::string version;
    std::string text;
    Instant at;
};

/// Where a run begins that repeats a part of an earlier one: at this step, as this item.
struct RunEntry
{
    std::string step;
    int item = 0;
    std::uint64_t lineage = 0;
    std::string input; ///< JSON.
};

/// An event as the journal takes it in: one run of one flow. `body` is kept byte for byte.
struct NewRun
{
    std::string flow;
    std::string flowVersion;
    std::string trigger;
    std::string eventId;
    std::string eventType;
    std::string body;
    Instant created;
    Instant received;
    bool live = false;
    std::uint64_t seed = 0;
    std::string key{}; ///< The business object it is about; empty: none.
    std::string ids{}; ///< Business ids that it can be found by, one space before and after each.
    /// Names what happened where a source may report one fact under two event ids; empty: none.
    /// Within `factWindow` a second event of the same fact is a repeat.
    std::string fact{};
    std::chrono::milliseconds factWindow{0};
    std::vector<Kept> keep{}; ///< Written with the event, also with a repeat: the source's cursor.
    int replay = 0;           ///< 0: as received; else the n-th replay of the event.
    std::int64_t origin = 0;  ///< The run as received that this one replays.
    int generation = 0;       ///< Part of its effects' keys; rises when they are to happen anew.
    std::optional<RunEntry> entry{}; ///< Not from the trigger on.
    std::int64_t number = 0; ///< What its run is to be called, where it is told again; 0: the next.
};

/// The answer to NewRun: a repeat names the run that the first one started.
struct AcceptedRun
{
    bool first = true;
    std::int64_t run = 0;
};

enum class RunState {
    Open,
    Done,
    Failed,
    DeadLettered,
    Cancelled, ///< A person ended it before its time.
};
enum class RecordState {
    Intent,
    Waiting,
    Done,
    Dropped,
    Failed,
    Parked, ///< A review of the same run, step and lineage has the question.
};

/// What is known about one item at one step with an effect. Written again with each change; the last
/// one counts. `lineage` names the way the item came and is the same after a restart.
struct StepRecord
{
    std::string step;
    int item = 0;
    std::uint64_t lineage = 0;
    RecordState state = RecordState::Intent;
    int attempt = 1;
    Instant at;
    std::optional<Instant> retryAt; ///< Waiting.
    std::string note;
    /// JSON. Done: [{"exit": …, "message": …}]. Intent and Waiting: what earlier tries used up of
    /// the retry policy, empty before the first failure.
    std::string outputs;
    std::optional<Error> error;
    /// Intent: what it is about to write, and how new that is. An intent older than one of the same
    /// guard that was written before is stale (Written::stale). Failed: what surely was not written, so
    /// that its intent counts no more.
    std::string guard{};
    Instant guardTime{};
};

/// Whether its retryAt ends a span (a retry), and is no moment that a step or a review named.
inline bool isSpan(const StepRecord &record)
{
    return record.state == RecordState::Waiting && record.error;
}

/// A message that nobody took care of, with what is needed to send it again.
struct LetterRecord
{
    std::string step;
    std::uint64_t lineage = 0; ///< The same item at the same step is kept once.
    Error error;
    std::string input;
    int attempts = 1;
    Instant at{};
    Instant keepUntil{};
    bool holdsKey = false; ///< Later events of the run's key wait until a person decided.
    int item = 0;          ///< Of the step, for the keys of its effects.
    std::string cause{};   ///< The same for all letters that one fault put here.
    std::string owner{};
    Instant dueAt{};
};

/// A question to a person: the item is parked until it is answered or `dueAt` has passed.
struct ReviewRecord
{
    std::string step;
    int item = 0;
    std::uint64_t lineage = 0; ///< The same item at the same step asks once.
    std::string question;
    std::string input;        ///< JSON: what the step got.
    std::string proposal;     ///< JSON: what goes on when a person agrees; empty: the input.
    std::string candidates;   ///< JSON list to choose from; empty: none.
    std::string cause;        ///< Decisions are remembered by it; empty: never.
    std::string owner;
    Instant askedAt;
    Instant dueAt;            ///< Then it leaves by `timeoutExit`. 0: it waits for ever.
    std::string timeoutExit;
    Instant escalateAt;       ///< Told to `escalateTo` when still open. 0: never.
    std::string escalateTo;
};

/// The end of a run.
struct RunEnd
{
    RunState state = RunState::Done;
    Instant finished;
};

/// Everything that one run writes at one time; all of it or nothing.
struct RunChange
{
    std::int64_t run = 0;
    std::vector<StepRecord> steps{};
    std::vector<LetterRecord> letters{};
    std::optional<RunEnd> end{};
    std::vector<ReviewRecord> reviews{};
    std::string ids{}; ///< Further business ids that its effects brought to light.

    bool isEmpty() const
    {
        return steps.empty() && letters.empty() && !end && reviews.empty() && ids.empty();
    }
};

struct WrittenLetter
{
    std::int64_t id = 0;
    bool isNew = true; ///< False: it was kept already, before a crash.
};

/// Answer of a remembered decision: what each record itself proposes.
inline constexpr std::string_view kOwnProposal = "proposal";

enum class ReviewStatus { Open, Decided, TimedOut, Withdrawn };

/// What a person (or the clock) answered.
struct ReviewDecision
{
    std::int64_t review = 0;
    std::string step;
    std::uint64_t lineage = 0;
    ReviewStatus status = ReviewStatus::Decided;
    std::string exit;
    std::string answer; ///< JSON that goes on; empty: the proposal or the input.
    std::string by;
    std::string reason;
    Instant at;
    bool remember = false; ///< The same for later questions with this cause.
};

/// What became of a RunChange.
struct Written
{
    std::vector<WrittenLetter> letters; ///< One for each, in order.
    std::vector<std::size_t> stale;     ///< Indexes of intents that came too late.
};

/// A run to go on with after a restart. `damaged`: the row does not match its checksum.
struct OpenRun
{
    std::int64_t run = 0;
    NewRun event;
    bool damaged = false;
    std::vector<StepRecord> steps;
    std::vector<StepRecord> originSteps{}; ///< Of a replay: what earlier runs of the event did.
    std::vector<ReviewDecision> reviews{}; ///< Answered ones.
};

/// What has to be known of an open run before it is taken up; its body stays on the disk.
struct OpenRunHead
{
    std::int64_t run = 0;
    std::string flow;
    std::string key;
    std::int64_t bytes = 0;         ///< Of the body.
    std::optional<Instant> retryAt; ///< The earliest time that one of its items waits for.
    std::int64_t origin = 0;        ///< Of a replay.
};

/// A business key whose later events wait for a person.
struct HeldKey
{
    std::string flow;
    std::string key;
    bool operator==(const HeldKey &) const = default;
};

/// A business key that shall be seen once within a window.
struct KeyClaim
{
    std::string flow;
    std::string step;
    std::string key;
    std::int64_t run = 0; ///< The same run may claim its key again: after a restart.
    Instant now;
    std::chrono::milliseconds window{0};
};

/// What the journal takes up on the disk.
struct JournalUsage
{
    std::int64_t usedBytes = 0; ///< Pages that hold something.
    std::int64_t fileBytes = 0; ///< All pages; freed ones are used again before the file grows.
    std::int64_t walBytes = 0;
    std::int64_t quotaBytes = 0;  ///< What the file may become; 0: no bound.
    std::int64_t intakeBytes = 0; ///< Events are refused beyond it; the rest is for their runs.
};

/// How long things are kept. At most `rows` go in one call, so that nothing waits for it.
struct Retention
{
    Instant now;
    std::chrono::hours bodies{7 * 24};
    std::chrono::hours runs{35 * 24};
    int rows = 500;
    std::int64_t bytes = 0; ///< Bodies of closed runs go, oldest first, while more is used; 0: never.
};

} // namespace tw
