// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace tw {

inline constexpr std::int64_t kCheckAtOpenBytes = 64ll << 20;

struct SqliteOptions
{
    std::string file;
    std::int64_t quotaBytes = 0; ///< Beyond it writes fail with store.full; 0 = no quota.
    /// Files up to this size are checked while opening; larger ones by the caller, see FileCheck.
    std::int64_t checkAtOpenBytes = kCheckAtOpenBytes;
};

/// Journal in one SQLite file in WAL mode with synchronous=FULL: a commit is one fsync of the WAL.
///
/// Owns the connection; one thread at a time. Checkpoints are passive and run in maintain(), never
/// inside a commit. See journal.md beside this file for the tables.
class SqliteJournal final : public Journal
{
public:
    static Result<std::unique_ptr<Journal>> open(const SqliteOptions &options);
    /// Looks through a whole file on a connection of its own; Internal `store.damaged`. Ends early,
    /// without a finding, when `stop` becomes true.
    static Result<void> checkFile(const std::string &file,
                                  const std::atomic<bool> *stop = nullptr);
    ~SqliteJournal() override;

    void setQuota(std::int64_t bytes);

    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() override;
    Result<AcceptedRun> accept(const NewRun &event) override;
    Result<std::vector<WrittenLetter>> write(const RunChange &change) override;
    Result<bool> claim(const KeyClaim &claim) override;
    Result<int> forget(const Retention &retention) override;
    Result<std::string> newestEvent(const std::string &flow, const std::string &trigger) override;
    Result<std::int64_t> newestRun() override;
    Result<std::vector<OpenRunHead>> openRunHeads(std::int64_t after, int limit) override;
    Result<std::vector<OpenRun>> openRuns(const std::vector<std::int64_t> &runs) override;
    Result<std::vector<HeldKey>> heldKeys() override;
    Result<void> releaseKey(const HeldKey &key) override;
    Result<std::vector<RunRow>> runs(const ListQuery &query) override;
    Result<std::vector<LetterRow>> letters(const ListQuery &query) override;
    void maintain(bool busy) override;

private:
    struct Core;
    Result<void> readRetries(std::vector<OpenRunHead> &heads);
    Result<std::string> flowOf(std::int64_t source);
    explicit SqliteJournal(std::unique_ptr<Core> core);
    Result<std::int64_t> sourceOf(const std::string &flow, const std::string &trigger);
    Result<void> writeStep(std::int64_t run, const StepRecord &record);
    Result<WrittenLetter> writeLetter(std::int64_t run, const LetterRecord &letter);
    Result<void> readSteps(std::vector<OpenRun> &runs, const std::string &ids);
    Result<int> forgetBodies(const Retention &retention);
    Result<int> forgetRuns(const Retention &retention);

    std::unique_ptr<Core> m_core;
};

} // namespace tw
