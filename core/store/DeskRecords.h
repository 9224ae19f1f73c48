// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/JournalRecords.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

// What people see and decide: lists of runs, dead letters, reviews, the audit log.
namespace tw {

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
    std::string flowVersion{};
    std::string ids{};
    int replay = 0;
    std::int64_t origin = 0;
    bool damaged = false; ///< It does not match its sum.
    /// Of an open run: what a person has to decide about before it goes on; 0: nothing.
    std::int64_t waitsForLetter = 0; ///< Of the run of its key that failed (`waitsForRun`).
    std::int64_t waitsForRun = 0;
    std::int64_t waitsForReview = 0; ///< Its own.
};

/// What a list of runs shows, newest first. Empty texts and nothing mean "all".
struct RunQuery
{
    std::string flow;
    std::optional<RunState> state;
    int limit = 100;
    std::int64_t before = 0; ///< Only numbers below; 0 = from the newest.
    std::string id;          ///< A business id, event id or key.
    std::string step;        ///< Runs with a record at this step.
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::int64_t origin = 0; ///< Replays of this run.
};

enum class LetterStatus {
    Open,
    Replayed,  ///< A run was started from it and has not ended well so far.
    Resolved,  ///< That run ended well.
    Discarded, ///< A person said that it shall not be sent.
};

/// One dead letter and what became of it.
struct LetterRow
{
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::string flow;
    std::string eventId;
    std::string eventType;
    LetterRecord letter;
    LetterStatus status = LetterStatus::Open;
    std::optional<std::string> edited{}; ///< The input as a person changed it; the original stays.
    std::string decidedBy{};
    Instant decidedAt{};
    std::string reason{};
    std::int64_t replayRun = 0;
    bool escalated = false;
    std::string flowVersion{};
    std::string key{};
    bool damaged = false; ///< It does not match its sum, or cannot be opened: what it says may be wrong.
    Instant escalateFrom{}; ///< LetterChange::escalateFrom
};

struct LetterQuery
{
    std::string flow;
    std::optional<LetterStatus> status;
    std::string cause;
    std::string owner;
    std::int64_t id = 0;  ///< This one alone.
    std::int64_t run = 0; ///< Of this run.
    std::optional<Instant> dueBefore;
    std::optional<Instant> escalateBefore; ///< Kept or assigned by then, and not escalated yet.
    int limit = 100;
    std::int64_t before = 0;
};

/// Open letters of one cause.
struct LetterGroup
{
    std::string cause;
    std::string flow;
    std::string owner; ///< Of the oldest.
    int count = 0;
    Instant oldest;
    Instant newest;
    Instant dueAt; ///< The earliest.
};

/// How much waits for people.
struct PeoplesWork
{
    std::int64_t lettersOpen = 0;
    std::int64_t lettersOverdue = 0;
    std::int64_t reviewsOpen = 0;
    std::int64_t reviewsOverdue = 0;
};

/// A change of one letter. What is not set stays. Only open and replayed letters change.
struct LetterChange
{
    std::int64_t id = 0;
    std::optional<LetterStatus> status;
    std::optional<std::string> edited; ///< Empty: back to the original.
    std::optional<std::string> owner;
    std::optional<Instant> dueAt;
    std::optional<bool> escalated;
    std::optional<Instant> escalateFrom; ///< Counted from then, if it is later than when it was kept.
    std::string by;
    std::string reason;
    Instant at;
};

/// Starts a run of an event once more.
struct ReplayOrder
{
    std::int64_t run = 0;
    std::int64_t letter = 0;  ///< From the step where this letter failed, with its input; 0: whole.
    std::string flowVersion;  ///< Empty: the one that the run had.
    bool asNew = false;       ///< Its effects are to happen anew: the next generation of keys.
    std::string by;
    Instant at;
};

/// One review and what became of it.
struct ReviewRow
{
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::string flow;
    std::string eventId;
    ReviewRecord review;
    ReviewStatus status = ReviewStatus::Open;
    std::string exit{};
    std::string answer{};
    std::string decidedBy{};
    Instant decidedAt{};
    std::string reason{};
    bool escalated = false;
    std::string key{};
    bool damaged = false; ///< As of a letter.
    Instant escalateFrom{}; ///< What `review.escalateAt` counts from; 0: the question.
};

struct ReviewQuery
{
    std::string flow;
    std::optional<ReviewStatus> status;
    std::string owner;
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::optional<Instant> dueBefore;      ///< Open ones whose time is over by then.
    std::optional<Instant> escalateBefore; ///< Open ones to be escalated by then.
    int limit = 100;
    std::int64_t before = 0;
};

/// A change of an open review that does not answer it.
struct ReviewChange
{
    std::int64_t id = 0;
    std::optional<std::string> owner;
    std::optional<Instant> dueAt;
    std::optional<bool> escalated;
    std::optional<Instant> escalateFrom; ///< As long after it as it was to be after the question.
};

/// When something is to be given to somebody else, if nobody looks at it before.
struct EscalationTimes
{
    std::optional<Instant> oldestLetter; ///< Of a flow: since when its first letter waits.
    std::optional<Instant> nextReview;   ///< Of any flow.
};

/// Everything the journal knows of one run. `bodyKept` is false once retention took the bytes.
struct RunHistory
{
    RunRow row;
    NewRun event;
    bool bodyKept = true;
    bool damaged = false;
    std::vector<StepRecord> steps;
    std::vector<LetterRow> letters;
    std::vector<ReviewRow> reviews;
    std::vector<RunRow> replays;
};

/// A decision of a person about what runs, chained: `hash` covers the entry and the hash before it.
struct AuditEntry
{
    std::int64_t number = 0; ///< Given by the journal, without gaps.
    Instant at;
    std::string who;
    std::string action;  ///< "dead_letter.replay".
    std::string subject; ///< "dead letter 12".
    std::string detail;  ///< JSON; no payloads.
    std::string hash{};  ///< 64 hexadecimal digits; given by the journal.
    enum Field { Who = 1, Subject = 2, Detail = 4 };
    int erased = 0; ///< Fields whose words were taken out; they are empty.
};

/// Asks to take a person out of what is kept: runs that hold one of the words lose their bytes.
struct Erasure
{
    std::vector<std::string> words; ///< Business ids, e-mail addresses; at least 4 characters each.
    std::string by;
    std::string reason;
    Instant at;
    bool alsoOpen = false; ///< Of a copy that nobody runs: open runs end as failed.
    bool dryRun = false;   ///< Changes nothing: what would go.
};

struct ErasureReport
{
    int runs = 0;
    int letters = 0;
    int reviews = 0;
    int keys = 0; ///< Claimed keys, guards of records, remembered decisions.
    int open = 0; ///< Runs that are still open and were left alone: erase again when they ended.
    int texts = 0; ///< Letters, reviews and decisions whose names or reasons held a word.
    /// Entries of the audit log that lost words, as the entry of the erasure is to name them.
    std::vector<std::string> entries{};
    int otherCase = 0; ///< Nothing was found: runs that hold the words in other letters, large or small.

    bool isNothing() const
    {
        return runs + letters + reviews + keys + open + texts == 0 && entries.empty();
    }
};

/// Names those entries in the subject of an erasure's own entry; empty: there are none. Without it
/// the log says that words are missing.
std::string mentionsOf(const ErasureReport &report);

} // namespace tw
