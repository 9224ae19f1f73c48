// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteJournal.h"

#include "core/base/FaultPoint.h"
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSchema.h"
#include "core/store/SqliteSums.h"
#include "core/store/WalCheck.h"

#include <algorithm>
#include <filesystem>
#include <sqlite3.h>
#include <utility>

namespace tw {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;

namespace {

// A passive checkpoint copies this many pages in a few milliseconds; while events wait for their
// answer it is put off until the WAL is some ten megabytes long.
constexpr int kIdleCheckpointPages = 500;
constexpr int kBusyCheckpointPages = 3000;
// With a quota, sooner: when the log has a tenth of its pages.
constexpr int kLogShare = 10;
constexpr int kLeastLogPages = 50;

Error damaged(const std::string &what, const std::string &file)
{
    return internalError("store.damaged", "The journal is damaged: " + what
                                              + " It was left as it is. Set it aside and go "
                                                "on with a backup or an empty one.")
        .at(file);
}

int isSet(void *flag)
{
    return static_cast<const std::atomic<bool> *>(flag)->load() ? 1 : 0;
}

Result<void> configure(Database &database)
{
    auto mode = database.word("PRAGMA journal_mode = WAL");
    if (!mode)
        return std::move(mode).error();
    if (*mode != "wal")
        return configError("store.no_wal", "The data folder cannot hold a write-ahead log. Use a "
                                           "folder on a local disk.");
    return database.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                            "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;"
                            "PRAGMA cache_size = -8000; PRAGMA journal_size_limit = -1;");
}

} // namespace

Result<void> SqliteJournal::checkFile(const std::string &file, const std::atomic<bool> *stop)
{
    auto database = Database::open(file, Access::ReadOnly);
    if (!database)
        return std::move(database).error();
    if (stop)
        sqlite3_progress_handler((*database)->handle(), 10'000, isSet,
                                 const_cast<std::atomic<bool> *>(stop));
    auto word = (*database)->word("PRAGMA integrity_check(1)");
    if (!word)
        return std::move(word).error().at(file);
    if (*word != "ok")
        return damaged(*word + '.', file);
    return {};
}

Result<void> SqliteJournal::checkLog(const std::string &file)
{
    auto log = sqlite::checkWal(file + "-wal");
    if (!log)
        return std::move(log).error();
    const auto reached = CommitMark(CommitMark::nameFor(file)).read();
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    if (reached && reached->newestRun > 0 && (none || size == 0))
        return damaged("its file is empty or gone, and " + std::to_string(reached->newestRun)
                           + " runs were confirmed.",
                       file);
    const bool shorter = reached && reached->salt == log->salt && log->frames < reached->frames;
    if (log->isCutShort || shorter)
        return damaged("its log has lost entries that were confirmed.", file);
    return {};
}

Result<std::unique_ptr<Journal>> SqliteJournal::openReadOnly(const SqliteOptions &options)
{
    auto database = Database::open(options.file, Access::ReadOnly);
    if (!database)
        return std::move(database).error();
    auto version = (*database)->number("PRAGMA user_version");
    if (!version)
        return std::move(version).error().at(options.file);
    if (*version != sqlite::kFormVersion)
        return configError("store.older_format", "The journal has the form of another version of "
                                                 "Tidewire. Start a runner on it once.");
    auto core = std::make_unique<Core>();
    core->database = std::move(*database);
    sqlite::addRowSum(*core->database, core->sum);
    if (auto prepared = core->prepare(); !prepared)
        return std::move(prepared).error().at(options.file);
    core->file = options.file;
    core->seal = options.seal;
    return std::unique_ptr<Journal>(new SqliteJournal(std::move(core)));
}

Result<std::unique_ptr<Journal>> SqliteJournal::open(const SqliteOptions &options)
{
    if (options.readOnly)
        return openReadOnly(options);
    std::error_code none;
    const auto size = std::filesystem::file_size(options.file, none);
    const bool check = !none && size > 0
        && static_cast<std::int64_t>(size) <= options.checkAtOpenBytes;
    if (auto whole = checkLog(options.file); !whole)
        return std::move(whole).error();
    auto database = Database::open(options.file, Access::ReadWrite);
    if (!database)
        return std::move(database).error();
    // A file that turns out to be damaged is not touched, not even by closing it.
    sqlite3_db_config((*database)->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (auto configured = configure(**database); !configured)
        return std::move(configured).error().at(options.file);
    if (check) {
        if (auto sound = checkFile(options.file); !sound)
            return std::move(sound).error();
    }
    auto core = std::make_unique<Core>();
    core->database = std::move(*database);
    sqlite::addRowSum(*core->database, core->sum);
    if (auto migrated = sqlite::migrate(*core->database); !migrated)
        return std::move(migrated).error().at(options.file);
    auto prepared = sqlite::keepSums(*core->database);
    if (prepared)
        prepared = core->prepare();
    if (!prepared) {
        if (prepared.error().code == "store.sql") // Its tables are not those of its version.
            return damaged(prepared.error().message, options.file);
        return std::move(prepared).error().at(options.file);
    }
    if (auto whole = core->openMark(options.file); !whole)
        return std::move(whole).error();
    std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(core)));
    journal->m_core->seal = options.seal;
    journal->m_core->reserveBytes = options.reserveBytes;
    if (options.quotaBytes > 0)
        journal->setQuota(options.quotaBytes);
    auto sealed = journal->m_core->database->number(
        "SELECT count(*) FROM keep WHERE area = 'journal' AND name = 'seal'");
    if (!sealed)
        return std::move(sealed).error();
    journal->m_core->toReckon = journal->m_core->clockMoved && *sealed > 0 && !options.seal;
    if (journal->m_core->clockMoved && !journal->m_core->toReckon) {
        if (auto reckoned = journal->reckonAnew(SystemClock().now()); !reckoned)
            return std::move(reckoned).error().at(options.file);
    }
    journal->m_core->isOpen = true;
    sqlite3_db_config(journal->m_core->database->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0,
                      nullptr);
    return std::unique_ptr<Journal>(std::move(journal));
}

SqliteJournal::SqliteJournal(std::unique_ptr<Core> core) : m_core(std::move(core)) {}

SqliteJournal::~SqliteJournal()
{
    if (m_core->database->inTransaction())
        rollback();
    // Whoever closes the file last takes the log away. A file that could not be opened to the end is
    // still as the process before left it, and so is its clock.
    if (m_core->isOpen)
        m_core->mark->write({0, 0, m_core->reached.newestRun, m_core->now()});
}

/// A journal that ends before what its mark tells has lost its end.
Result<void> SqliteJournal::Core::openMark(const std::string &name)
{
    mark = std::make_unique<CommitMark>(CommitMark::nameFor(name));
    auto newest = database->number("SELECT max(id) FROM run");
    if (!newest)
        return std::move(newest).error();
    const auto last = mark->read();
    openedAt = SystemClock().now();
    openedUp = SystemClock().upTime();
    clockMoved = last && CommitMark::hasClockMoved(*last);
    if (last && last->newestRun > *newest)
        return damaged("its newest run is " + std::to_string(*newest) + ", and "
                           + std::to_string(last->newestRun) + " was confirmed.",
                       name);
    file = name;
    reached.newestRun = newestRun = *newest;
    sqlite3_wal_hook(
        database->handle(),
        [](void *context, sqlite3 *, const char *, int frames) {
            auto *core = static_cast<Core *>(context);
            core->walPages = core->walFrames = frames;
            return SQLITE_OK;
        },
        this);
    return {};
}

/// Times by another clock are worth nothing: what may still land may have left just before the end of
/// the process before, and who had to wait begins to wait. All of it in one commit, which also sets the
/// mark to the clock of today.
Result<void> SqliteJournal::reckonAnew(Instant now)
{
    if (auto begun = begin(); !begun)
        return begun;
    auto reckoned = reckon([now](StepRecord &record) {
        if (record.retryAt && isSpan(record))
            record.retryAt = now + (*record.retryAt - record.at);
        record.at = now;
    });
    return reckoned ? commit() : reckoned;
}

Result<void> SqliteJournal::clockWasSet(std::chrono::milliseconds span)
{
    auto reckoned = reckon([span](StepRecord &record) {
        if (record.retryAt && isSpan(record))
            record.retryAt = *record.retryAt + span;
        record.at = record.at + span;
    });
    if (reckoned)
        m_core->newSetBy += span; // Else the next start sees that the mark is by another clock.
    return reckoned;
}

/// Changes the times of what runs are in doubt about or wait for.
Result<void> SqliteJournal::reckon(const std::function<void(StepRecord &)> &change)
{
    std::vector<std::int64_t> doubtful;
    {
        auto list = m_core->database->prepare(
            "SELECT run.id FROM run JOIN step ON step.run = run.id WHERE run.state = 0"
            " AND (step.state < 2 OR step.unknown = 1) GROUP BY run.id ORDER BY run.id");
        if (!list)
            return std::move(list).error();
        auto read = sqlite::eachRow(
            *list, [&](const Statement &row) { doubtful.push_back(row.integer(0)); });
        if (!read)
            return read;
    }
    for (const std::int64_t run : doubtful) {
        auto open = openRuns({run});
        if (!open)
            return std::move(open).error();
        for (StepRecord &record : open->front().damaged ? std::vector<StepRecord>() : open->front().steps) {
            if (record.state > RecordState::Waiting && !(record.error && record.error->outcomeUnknown))
                continue;
            change(record);
            if (auto written = writeStep(run, record); !written)
                return written;
        }
    }
    return {};
}

void SqliteJournal::Core::setMark()
{
    if (walFrames <= reached.frames || reached.salt == 0)
        reached.salt = sqlite::saltOf(file + "-wal"); // The log began anew.
    reached.frames = walFrames;
    reached.newestRun = newestRun;
    reached.at = now();
    mark->write(reached);
}

void SqliteJournal::setQuota(std::int64_t bytes)
{
    const auto pageSize = m_core->database->number("PRAGMA page_size").value_or(4096);
    const auto pages = std::max<std::int64_t>(1, bytes / std::max<std::int64_t>(1, pageSize));
    (void)m_core->database->execute(
        ("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
    // The log beside the file is no part of the quota, and is kept small against it.
    m_core->mostWalPages = static_cast<int>(
        std::clamp<std::int64_t>(pages / kLogShare, kLeastLogPages, kBusyCheckpointPages));
    m_core->quotaBytes = bytes;
    m_core->intakeBytes = bytes / 10 * 9;
    m_core->lookForRoom = true;
}

Result<void> SqliteJournal::begin()
{
    if (m_core->stopped)
        return *m_core->stopped;
    return m_core->begin.run();
}

Result<void> SqliteJournal::commit()
{
    auto committed = m_core->commit.run();
    if (!committed) {
        // What a failed commit left in the WAL is unknown: nothing more is written by this process.
        Error error = std::move(committed).error();
        if (error.code == "store.io")
            error.code = "store.stopped";
        if (error.code == "store.stopped" || error.code == "store.damaged")
            m_core->stopped = error;
        rollback();
        return error;
    }
    for (auto &[key, id] : m_core->newSources)
        m_core->sources.emplace(std::move(key), id);
    m_core->newSources.clear();
    m_core->setBy += std::exchange(m_core->newSetBy, {});
    m_core->setMark();
    return {};
}

void SqliteJournal::rollback()
{
    m_core->newSources.clear();
    m_core->newSetBy = {};
    m_core->newestRun = m_core->reached.newestRun;
    if (m_core->database->inTransaction())
        (void)m_core->rollback.run();
}

void SqliteJournal::maintain(bool busy)
{
    indexIds(busy);
    const int limit = std::min(busy ? kBusyCheckpointPages : kIdleCheckpointPages, m_core->mostWalPages);
    if ((m_core->walPages < limit && !m_core->erased) || m_core->stopped)
        return;
    m_core->walPages = 0;
    // What was erased must not survive in the log either.
    const int mode = std::exchange(m_core->erased, false) ? SQLITE_CHECKPOINT_TRUNCATE
                                                          : SQLITE_CHECKPOINT_PASSIVE;
    TW_FAULT_POINT("store.checkpoint");
    const int result = sqlite3_wal_checkpoint_v2(m_core->database->handle(), nullptr, mode,
                                                 nullptr, nullptr);
    TW_FAULT_POINT("store.checkpointed");
    m_core->reached.salt = 0; // The next commit may begin the log anew.
    if (result == SQLITE_IOERR_FSYNC)
        m_core->stopped = sqlite::errorOf(m_core->database->handle());
}

void SqliteJournal::rest()
{
    sqlite3_db_release_memory(m_core->database->handle());
}

Result<std::string> SqliteJournal::newestEvent(const std::string &flow, const std::string &trigger)
{
    auto query = m_core->database->prepare(
        "SELECT max(event_id) FROM run"
        " WHERE source = (SELECT id FROM source WHERE flow = ?1 AND trigger = ?2)");
    if (!query)
        return std::move(query).error();
    auto row = query->bind(1, flow).bind(2, trigger).step();
    if (!row)
        return std::move(row).error();
    return query->isNull(0) ? std::string() : query->text(0);
}

Result<std::int64_t> SqliteJournal::newestRun()
{
    return m_core->database->number("SELECT max(id) FROM run");
}

Result<bool> SqliteJournal::claim(const KeyClaim &claim)
{
    Statement &insert = m_core->claim;
    const sqlite::Reset atEnd(insert);
    insert.bind(1, claim.flow).bind(2, claim.step).bind(3, claim.key).bind(4, claim.run)
        .bind(5, claim.now + claim.window).bind(6, claim.now);
    auto row = insert.step();
    if (!row)
        return std::move(row).error();
    // A row comes back only when the key was free, had expired or was this run's already.
    const bool mine = *row == Statement::Row::There;
    if (mine) {
        if (auto end = insert.step(); !end)
            return std::move(end).error();
    }
    return mine;
}

} // namespace tw
