// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/CommitMark.h"
#include "core/store/RowSeal.h"
#include "core/store/RowSum.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tw {

/// What SqliteJournal keeps between calls: the connection, its statements, known sources.
/// Internal to core/store; statements go before the connection.
struct SqliteJournal::Core
{
    using SourceKey = std::pair<std::string, std::string>;

    Result<void> prepare();

    std::unique_ptr<sqlite::Database> database;
    sqlite::Statement begin, commit, rollback;
    sqlite::Statement findSource, addSource;
    sqlite::Statement addRun, findRun, findFact, addBody, endRun, addIds, resolveLetter;
    sqlite::Statement putStep, addLetter, findLetter;
    sqlite::Statement claim;
    sqlite::Statement openHeads, openWaits, flowOfSource, openRuns, openSteps;
    sqlite::Statement originSteps, answeredReviews, addReview, putKept, putNewest;
    sqlite::Statement takeBackNewest, addKnown;

    /// Payloads on their way to a row and back. Opening fails when the key is not the right one.
    std::string sealed(std::string_view plain, std::string_view place)
    {
        return seal && !plain.empty() ? seal->seal(plain, place) : std::string(plain);
    }
    Result<std::string> opened(std::string bytes, std::string_view place)
    {
        return seal && !bytes.empty() ? seal->open(bytes, place) : Result<std::string>(bytes);
    }

    RowSeal *seal = nullptr;
    std::string file;
    std::int64_t quotaBytes = 0;    ///< Of the file; 0: no bound.
    std::int64_t intakeBytes = 0;   ///< Events are refused beyond it; 0: no bound.
    std::int64_t reserveBytes = 0;  ///< Free space that the disk must have for more events.
    std::int64_t lookedAt = 0;      ///< Steady clock, ms: when there was last a look,
    std::int64_t sinceLook = 0;     ///< and how many bytes came since.
    bool lookForRoom = true;        ///< Something changed: look before the next event.
    std::optional<Error> noRoom;    ///< What the last look found.
    RowSum sum;
    std::map<SourceKey, std::int64_t> sources;    ///< Committed.
    std::map<SourceKey, std::int64_t> newSources; ///< Of the open transaction.
    /// Of a letter or a review: what cannot be opened is damaged, and left out.
    bool openOrDrop(std::string &text, const std::string &place);
    Result<void> openMark(const std::string &name);
    void setMark();
    /// The time that the rows are written by.
    Instant now() const { return openedAt + (SystemClock().upTime() - openedUp) + setBy; }

    int mostWalPages = 1 << 30; ///< The quota wants the log copied at this length at the latest.
    int walPages = 0;  ///< Since the last checkpoint; what the log is worth copying.
    int walFrames = 0; ///< Of the log as of the last commit.
    std::unique_ptr<CommitMark> mark;
    CommitMark::Reached reached;
    bool clockMoved = false; ///< Before it was opened.
    Instant openedAt;
    std::chrono::milliseconds openedUp{0}; ///< The same.
    std::chrono::milliseconds setBy{0};    ///< The clock, since then.
    std::chrono::milliseconds newSetBy{0}; ///< Of the open transaction.
    bool toReckon = false;   ///< Times of sealed rows, once they can be read.
    bool isOpen = false;     ///< To the end.
    std::int64_t newestRun = 0; ///< Of the open transaction.
    std::optional<std::int64_t> indexedUpTo;     ///< The newest run whose ids are in `known`.
    std::chrono::milliseconds indexAgainAt{0};   ///< By upTime(), after a failure.
    bool erased = false; ///< The log still holds what was taken out.
    std::optional<Error> stopped;
};

/// Where sealed values stand.
std::string bodyPlace(std::int64_t run);
std::string stepPlace(std::int64_t run, const std::string &step, int item);
std::string letterPlace(std::int64_t run, const std::string &step, std::uint64_t lineage);
std::string reviewPlace(std::int64_t run, const std::string &step, std::uint64_t lineage);

Error readError(const sqlite::Statement &row, int firstColumn);

/// What readEvent() reads, of a run and its body; 21 columns.
inline constexpr const char *kEventColumns
    = "run.id, source.flow, source.trigger, run.event_id, run.event_type, run.flow_version, run.created,"
      " run.received, run.live, run.seed, body.sum, body.bytes, run.key, run.ids, run.replay, run.origin,"
      " run.generation, run.entry_step, run.entry_item, run.entry_lineage, body.input";
/// What readStep() reads, and the run; 17 columns.
inline constexpr const char *kStepColumns
    = "step, item, lineage, step.state, attempt, at, retry_at, note, outputs, error_kind, error_code,"
      " error_message, error_place, error_evidence, sum, unknown, run";

/// The checksum of a step row: everything in it.
std::string stepSum(RowSum &sum, std::int64_t run, const StepRecord &record);
/// The checksum of a body covers what its run was accepted with, so that rows cannot be swapped.
std::string bodySum(RowSum &sum, std::int64_t run, const NewRun &event);
/// Whether a stored checksum is that of the row. Rows of earlier builds have one over fewer fields.
bool isStepSum(RowSum &sum, const std::string &stored, std::int64_t run, const StepRecord &record);
bool isBodySum(RowSum &sum, const std::string &stored, std::int64_t run, const NewRun &event);

} // namespace tw
