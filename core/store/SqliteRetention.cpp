// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that keeps the file small: what is old, what is too much, whether there
// is room for more.
#include "core/store/SqliteCore.h"

#include "core/base/Log.h"
#include "core/base/Text.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

namespace tw {

using sqlite::Statement;

namespace {

constexpr std::int64_t kLookAgainMs = 500;

std::int64_t steadyMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Error noRoom(std::string message)
{
    Error error = transientError("store.full", std::move(message));
    error.retryAfter = std::chrono::seconds(30);
    return error;
}

// Closed runs that a letter or a replay still needs stay whole.
constexpr const char *kClosedBodies
    = "SELECT body.run, max(run.received, run.finished), run.state,"
      " EXISTS (SELECT 1 FROM letter WHERE letter.run = body.run AND letter.status < 2)"
      " FROM body JOIN run ON run.id = body.run ORDER BY body.run";

} // namespace

Result<JournalUsage> SqliteJournal::usage()
{
    sqlite::Database &database = *m_core->database;
    auto pages = database.number("PRAGMA page_count");
    auto free = database.number("PRAGMA freelist_count");
    auto size = database.number("PRAGMA page_size");
    for (auto *number : {&pages, &free, &size}) {
        if (!*number)
            return std::move(*number).error();
    }
    std::error_code none;
    const auto wal = std::filesystem::file_size(m_core->file + "-wal", none);
    return JournalUsage{(*pages - *free) * *size, *pages * *size,
                        none ? 0 : static_cast<std::int64_t>(wal), m_core->quotaBytes,
                        m_core->intakeBytes};
}

Result<void> SqliteJournal::setSeal(RowSeal *seal)
{
    m_core->seal = seal;
    if (!seal || !std::exchange(m_core->toReckon, false))
        return {};
    return reckonAnew(SystemClock().now());
}

bool SqliteJournal::hasClockMoved() const
{
    return m_core->clockMoved;
}

/// Whether another event may come. Looked at twice a second and whenever so much has come in that
/// it might matter.
Result<void> SqliteJournal::room(std::size_t bytes)
{
    Core &core = *m_core;
    if (core.intakeBytes == 0 && core.reserveBytes == 0)
        return {};
    const std::int64_t margin = core.reserveBytes > 0 && core.intakeBytes > 0
        ? std::min(core.reserveBytes, core.intakeBytes / 9)
        : std::max(core.reserveBytes, core.intakeBytes / 9);
    core.sinceLook += static_cast<std::int64_t>(bytes);
    const std::int64_t now = steadyMs();
    const bool look = std::exchange(core.lookForRoom, false) || now - core.lookedAt >= kLookAgainMs
        || core.sinceLook > margin / 4;
    if (look) {
        core.lookedAt = now;
        core.sinceLook = 0;
        if (auto looked = lookForRoom(); !looked)
            return looked;
    }
    return core.noRoom ? Result<void>(*core.noRoom) : Result<void>();
}

Result<void> SqliteJournal::lookForRoom()
{
    const auto before = std::exchange(m_core->noRoom, std::nullopt);
    auto used = usage();
    if (!used)
        return std::move(used).error();
    std::error_code none;
    const auto disk = std::filesystem::space(m_core->file, none);
    if (m_core->intakeBytes > 0 && used->usedBytes >= m_core->intakeBytes) {
        m_core->noRoom = noRoom("The journal has reached its quota. Events are refused until old "
                                "ones go; raise the quota or shorten the retention.");
    } else if (!none && static_cast<std::int64_t>(disk.available) // a small disk: a twentieth
                   < std::min(m_core->reserveBytes, static_cast<std::int64_t>(disk.capacity / 20))) {
        m_core->noRoom = noRoom("The disk is almost full. Events are refused until there is space "
                                "again.");
    }
    if (m_core->noRoom && !before)
        qCWarning(log::store).noquote() << toQString("intake is closed: " + m_core->noRoom->message);
    else if (!m_core->noRoom && before)
        qCInfo(log::store) << "intake is open again";
    return {};
}

Result<bool> SqliteJournal::isOverBytes(const Retention &retention)
{
    if (retention.bytes <= 0)
        return false;
    auto used = usage();
    if (!used)
        return std::move(used).error();
    return used->usedBytes > retention.bytes;
}

Result<int> SqliteJournal::forgetBodies(const Retention &retention)
{
    auto over = isOverBytes(retention);
    if (!over)
        return std::move(over).error();
    auto list = m_core->database->prepare(kClosedBodies);
    if (!list)
        return std::move(list).error();
    auto remove = m_core->database->prepare("DELETE FROM body WHERE run = ?1");
    if (!remove)
        return std::move(remove).error();
    std::vector<std::int64_t> old;
    while (static_cast<int>(old.size()) < retention.rows) {
        auto row = list->step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            break;
        const bool isOld = list->instant(1) + retention.bodies <= retention.now;
        if (!isOld && !*over)
            break; // Runs are numbered in the order of arrival.
        const bool closed = list->integer(2) != static_cast<int>(RunState::Open);
        if (closed && list->integer(3) == 0)
            old.push_back(list->integer(0));
    }
    list->reset();
    for (const std::int64_t run : old) {
        if (auto removed = remove->bind(1, run).run(); !removed)
            return std::move(removed).error();
    }
    return static_cast<int>(old.size());
}

Result<int> SqliteJournal::forgetRuns(const Retention &retention)
{
    auto list = m_core->database->prepare(
        "SELECT id, max(received, finished), state,"
        " EXISTS (SELECT 1 FROM letter WHERE letter.run = run.id AND letter.status < 2)"
        " FROM run ORDER BY id");
    if (!list)
        return std::move(list).error();
    std::vector<std::int64_t> old;
    while (static_cast<int>(old.size()) < retention.rows) {
        auto row = list->step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done || list->instant(1) + retention.runs > retention.now)
            break;
        const bool closed = list->integer(2) != static_cast<int>(RunState::Open);
        if (closed && list->integer(3) == 0)
            old.push_back(list->integer(0));
    }
    list->reset();
    if (!old.empty() && old.back() == m_core->newestRun) // Else its absence would look like damage.
        m_core->mark->write({m_core->reached.salt, m_core->reached.frames, 0}, true);
    for (const std::int64_t run : old) {
        if (auto forgotten = forgetIds(run); !forgotten)
            return std::move(forgotten).error();
    }
    for (const char *sql : {"DELETE FROM step WHERE run = ?1", "DELETE FROM body WHERE run = ?1",
                            "DELETE FROM review WHERE run = ?1", "DELETE FROM run WHERE id = ?1"}) {
        auto remove = m_core->database->prepare(sql);
        if (!remove)
            return std::move(remove).error();
        for (const std::int64_t run : old) {
            if (auto removed = remove->bind(1, run).run(); !removed)
                return std::move(removed).error();
        }
    }
    if (!old.empty() && old.back() == m_core->newestRun)
        m_core->newestRun = newestRun().value_or(0);
    return static_cast<int>(old.size());
}

/// Letters go first: what they needed may go with them.
Result<int> SqliteJournal::forget(const Retention &retention)
{
    int rows = 0;
    for (const char *sql :
         {"DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE keep_until <= ?1 LIMIT ?2)",
          "DELETE FROM newest WHERE guard IN (SELECT guard FROM newest WHERE seen <= ?1 - 3024000000"
          " LIMIT ?2)", // 35 days
          "DELETE FROM claim WHERE (flow, step, key) IN"
          " (SELECT flow, step, key FROM claim WHERE until <= ?1 LIMIT ?2)"}) {
        auto remove = m_core->database->prepare(sql);
        if (!remove)
            return std::move(remove).error();
        if (auto removed = remove->bind(1, retention.now).bind(2, retention.rows).run(); !removed)
            return std::move(removed).error();
        rows += m_core->database->changes();
    }
    auto bodies = forgetBodies(retention);
    if (!bodies)
        return bodies;
    auto runs = forgetRuns(retention);
    if (!runs)
        return runs;
    m_core->lookForRoom = true;
    return rows + *bodies + *runs;
}

} // namespace tw
