// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw {

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
};

/// The answer to NewRun: a repeat names the run that the first one started.
struct AcceptedRun
{
    bool first = true;
    std::int64_t run = 0;
};

enum class RunState { Open, Done, Failed, DeadLettered };
enum class RecordState { Intent, Waiting, Done, Dropped, Failed };

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
    std::string outputs; ///< JSON: [{"exit": …, "message": …}].
    std::optional<Error> error;
};

/// A message that nobody took care of, with what is needed to send it again.
struct LetterRecord
{
    std::string step;
    std::uint64_t lineage = 0; ///< The same item at the same step is kept once.
    Error error;
    std::string input;
    int attempts = 1;
    Instant at;
    Instant keepUntil;
    bool holdsKey = false; ///< Later events of the run's key wait until a person decided.
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
    std::vector<StepRecord> steps;
    std::vector<LetterRecord> letters;
    std::optional<RunEnd> end;

    bool isEmpty() const { return steps.empty() && letters.empty() && !end; }
};

struct WrittenLetter
{
    std::int64_t id = 0;
    bool isNew = true; ///< False: it was kept already, before a crash.
};

/// A run to go on with after a restart. `damaged`: the row does not match its checksum.
struct OpenRun
{
    std::int64_t run = 0;
    NewRun event;
    bool damaged = false;
    std::vector<StepRecord> steps;
};

/// What has to be known of an open run before it is taken up; its body stays on the disk.
struct OpenRunHead
{
    std::int64_t run = 0;
    std::string flow;
    std::string key;
    std::int64_t bytes = 0;         ///< Of the body.
    std::optional<Instant> retryAt; ///< The earliest time that one of its items waits for.
};

/// A business key whose later events wait for a person.
struct HeldKey
{
    std::string flow;
    std::string key;
    bool operator==(const HeldKey &) const = default;
};

/// One row of the list of runs.
struct RunRow
{
    std::int64_t run = 0;
    std::string flow;
    std::string trigger;
    std::string eventId;
    std::string eventType;
    RunState state = RunState::Open;
    Instant received;
    Instant finished;
    std::string key{};
};

/// One row of the list of dead letters.
struct LetterRow
{
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::string flow;
    std::string eventId;
    std::string eventType;
    LetterRecord letter;
};

/// What a list shows: newest first. Empty texts and no state mean "all".
struct ListQuery
{
    std::string flow;
    std::optional<RunState> state; ///< Runs only.
    int limit = 100;
    std::int64_t before = 0; ///< Only numbers below; 0 = from the newest.
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

/// How long things are kept. At most `rows` go in one call, so that nothing waits for it.
struct Retention
{
    Instant now;
    std::chrono::hours bodies{7 * 24};
    std::chrono::hours runs{35 * 24};
    int rows = 500;
};

} // namespace tw
