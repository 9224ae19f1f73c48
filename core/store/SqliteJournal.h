// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"
#include "core/store/JournalDesk.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace tw {

namespace sqlite {
class Statement;
}

class RowSeal;
class SoughtWords;

inline constexpr std::int64_t kCheckAtOpenBytes = 64ll << 20;
/// Up to this size all rows are looked at before a runner works on them: some tens of milliseconds.
inline constexpr std::int64_t kCheckRowsAtOpenBytes = 8ll << 20;

struct SqliteOptions
{
    std::string file;
    /// Beyond it all writes fail with store.full, beyond nine tenths of it events do: what is open
    /// can still be brought to its end. 0 = no quota.
    std::int64_t quotaBytes = 0;
    /// Events are refused, with store.full, while the disk has less free space than this.
    std::int64_t reserveBytes = 0;
    /// Beside a runner that works on the file: nothing is written, checked or made newer. Config
    /// `store.older_format` when its form is not that of this program.
    bool readOnly = false;
    RowSeal *seal = nullptr; ///< Null: payloads are kept as they are. Must outlive the journal.
    /// Files up to this size are checked while opening; larger ones by the caller, see FileCheck.
    std::int64_t checkAtOpenBytes = kCheckAtOpenBytes;
};

/// Journal in one SQLite file in WAL mode with synchronous=FULL: a commit is one fsync of the WAL.
///
/// Owns the connection; one thread at a time. Checkpoints are passive and run in maintain(), never
/// inside a commit. See journal.md beside this file for the tables.
class SqliteJournal final : public Journal, public JournalDesk
{
public:
    static Result<std::unique_ptr<Journal>> open(const SqliteOptions &options);
    static Result<std::unique_ptr<Journal>> openReadOnly(const SqliteOptions &options);
    /// Looks through a whole file on a connection of its own; Internal `store.damaged`. Ends early,
    /// without a finding, when `stop` becomes true.
    static Result<void> checkFile(const std::string &file,
                                  const std::atomic<bool> *stop = nullptr);
    /// Whether the log beside the file still has all that was confirmed; Internal `store.damaged`. To
    /// be asked before the file is opened: SQLite drops what it cannot read.
    static Result<void> checkLog(const std::string &file);
    ~SqliteJournal() override;

    void setQuota(std::int64_t bytes);

    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() override;
    Result<AcceptedRun> accept(const NewRun &event) override;
    Result<Written> write(const RunChange &change) override;
    Result<bool> claim(const KeyClaim &claim) override;
    Result<int> forget(const Retention &retention) override;
    Result<std::string> newestEvent(const std::string &flow, const std::string &trigger) override;
    Result<std::int64_t> newestRun() override;
    Result<std::vector<OpenRunHead>> openRunHeads(std::int64_t after, int limit) override;
    Result<std::vector<OpenRun>> openRuns(const std::vector<std::int64_t> &runs) override;
    Result<std::vector<HeldKey>> heldKeys() override;
    Result<void> releaseKey(const HeldKey &key) override;
    Result<void> keepFlow(const KeptFlow &flow) override;
    Result<std::optional<std::string>> flowText(const std::string &flow,
                                                const std::string &version) override;
    Result<std::vector<KeptFlow>> flowVersions(const std::string &flow) override;
    Result<void> keep(const Kept &kept) override;
    Result<std::vector<Kept>> kept(const std::string &area) override;
    Result<std::vector<RunRow>> runs(const RunQuery &query) override;
    Result<std::vector<std::string>> idsBeginning(const std::string &beginning, int limit) override;
    Result<RunHistory> history(std::int64_t run) override;
    Result<void> cancel(std::int64_t run, Instant at) override;
    Result<AcceptedRun> replay(const ReplayOrder &order) override;
    Result<std::vector<LetterRow>> letters(const LetterQuery &query) override;
    Result<std::vector<LetterGroup>> letterGroups(const std::string &flow) override;
    Result<void> change(const LetterChange &change) override;
    Result<std::vector<ReviewRow>> reviews(const ReviewQuery &query) override;
    Result<void> change(const ReviewChange &change) override;
    Result<std::int64_t> decide(const ReviewDecision &decision) override;
    Result<std::optional<ReviewDecision>> remembered(const std::string &flow,
                                                     const std::string &step,
                                                     const std::string &cause) override;
    Result<void> forgetRemembered(const std::string &flow, const std::string &step,
                                  const std::string &cause) override;
    Result<std::optional<std::int64_t>> claimant(const std::string &flow, const std::string &step,
                                                 const std::string &key) override;
    Result<EscalationTimes> nextEscalations(const std::string &flow) override;
    Result<PeoplesWork> counts(Instant now) override;
    Result<AuditEntry> audit(AuditEntry entry) override;
    Result<std::vector<AuditEntry>> auditLog(std::int64_t after, int limit) override;
    Result<void> checkAudit() override;
    Result<JournalUsage> usage() override;
    Result<void> mayAccept() override { return room(0); }
    Result<void> setSeal(RowSeal *seal) override;
    Result<RowReport> checkRows() override;
    bool hasClockMoved() const override;
    Result<void> clockWasSet(std::chrono::milliseconds span) override;
    Result<ErasureReport> erase(const Erasure &erasure) override;
    JournalDesk &desk() override { return *this; }
    void maintain(bool busy) override;
    void rest() override;

private:
    struct Core;
    Result<void> addKnown(std::int64_t run, const std::vector<std::string> &names);
    Result<void> addLaterIds(std::int64_t run, const std::string &ids);
    Result<std::int64_t> indexedUpTo();
    void indexIds(bool busy);
    Result<void> forgetIds(std::int64_t run);
    Result<void> findWaits(std::vector<RunRow *> rows);
    Result<void> reckonAnew(Instant now);
    Result<void> reckon(const std::function<void(StepRecord &)> &change);
    Result<void> readRetries(std::vector<OpenRunHead> &heads);
    Result<std::string> flowOf(std::int64_t source);
    Result<void> noOtherReplay(std::int64_t source, const NewRun &event);
    Result<std::string> versionNamed(const std::string &flow, const std::string &wanted);
    explicit SqliteJournal(std::unique_ptr<Core> core);
    Result<std::int64_t> sourceOf(const std::string &flow, const std::string &trigger);
    Result<void> writeStep(std::int64_t run, const StepRecord &record);
    Result<bool> isNewest(std::int64_t run, const StepRecord &record);
    Result<WrittenLetter> writeLetter(std::int64_t run, const LetterRecord &letter);
    Result<void> readSteps(std::vector<OpenRun> &runs, const std::string &ids);
    Result<void> readOrigins(std::vector<OpenRun> &runs);
    Result<void> readReviews(std::vector<OpenRun> &runs, const std::string &ids);
    Result<std::vector<StepRecord>> stepsOf(std::int64_t run, bool &damaged);
    Result<StepRecord> readStep(const sqlite::Statement &row, std::int64_t run);
    Result<NewRun> readEvent(const sqlite::Statement &row);
    Result<bool> putRun(const NewRun &event, std::int64_t source);
    Result<void> putBody(const NewRun &event, std::int64_t run);
    Result<std::optional<std::int64_t>> findFact(const NewRun &event);
    Result<void> writeReview(std::int64_t run, const ReviewRecord &review);
    Result<void> applyDecision(const ReviewRow &review, const ReviewDecision &decision);
    Result<void> room(std::size_t bytes);
    Result<void> lookForRoom();
    Result<bool> isOverBytes(const Retention &retention);
    Result<int> forgetBodies(const Retention &retention);
    Result<int> forgetRuns(const Retention &retention);
    Result<void> eraseRun(std::int64_t run, bool dryRun, ErasureReport &report);
    Result<void> eraseElsewhere(bool dryRun, ErasureReport &report);
    Result<void> eraseEntries(const SoughtWords &words, bool dryRun, ErasureReport &report);
    Result<RowReport> lookThrough();
    Result<void> checkBodies(RowReport &report);
    Result<void> checkSteps(RowReport &report);
    Result<void> checkSealed(RowReport &report);

    std::unique_ptr<Core> m_core;
};

} // namespace tw
