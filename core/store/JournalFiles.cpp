// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/JournalFiles.h"

#include "core/base/Text.h"
#include "core/store/CommitMark.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"
#include "core/store/SqliteSchema.h"

#include <QDateTime>
#include <QTimeZone>
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace tw::journalFiles {

namespace fs = std::filesystem;

namespace {

constexpr const char *kParts[] = {"", "-wal", "-shm", "-mark"};

bool isPart(std::string_view name)
{
    return name.ends_with("-wal") || name.ends_with("-shm") || name.ends_with("-mark");
}

std::string stamp(Instant at)
{
    const auto time = QDateTime::fromMSecsSinceEpoch(at.msSinceEpoch, QTimeZone::utc());
    return toUtf8(time.toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'")));
}

Error failure(const std::string &what, const std::error_code &why)
{
    return transientError("store.io", what + ": " + why.message() + ".");
}

Result<void> syncFile(const std::string &name)
{
    const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (!synced)
        return transientError("store.io", "The disk did not confirm " + name + ".");
    return {};
}

Result<void> publish(const std::string &from, const std::string &to)
{
    if (auto synced = syncFile(from); !synced)
        return synced;
    std::error_code why;
    fs::rename(from, to, why);
    if (why)
        return failure("The file " + to + " could not be put in its place", why);
    return syncFile(fs::path(to).parent_path().string());
}

/// Reads every row; what needs a key is read by the sums of what stands there.
Result<void> readBack(const std::string &file)
{
    auto journal = SqliteJournal::open({file});
    if (!journal)
        return std::move(journal).error();
    auto report = (*journal)->checkRows();
    if (!report)
        return std::move(report).error();
    if (report->damaged > 0)
        return internalError("store.damaged", "Rows of the copy do not match their checksums: "
                                                  + namesOf(*report) + '.');
    return {};
}

/// A file from before there were sums has none; one that has them and calls itself older was changed.
Result<bool> isOlderForm(const std::string &file)
{
    auto database = sqlite::Database::open(file, sqlite::Access::ReadOnly);
    if (!database)
        return std::move(database).error();
    auto version = (*database)->number("PRAGMA user_version");
    auto sums = (*database)->number(
        "SELECT count(*) FROM pragma_table_info('letter') WHERE name = 'sum'");
    if (!version || !sums)
        return !version ? std::move(version).error() : std::move(sums).error();
    if (*version < sqlite::kFirstWithSums && *sums > 0)
        return internalError("store.damaged", "The journal is damaged: it is not of the version that it "
                                              "names. It was left as it is.")
            .at(file);
    return *version < sqlite::kFormVersion;
}

/// Has the tables of its version, all runs that its mark tells of, and rows as they were written.
Result<RowReport> checkContent(const std::string &file, const Unlock &unlock)
{
    auto older = isOlderForm(file);
    if (!older)
        return std::move(older).error();
    if (*older) {
        RowReport report;
        report.isOlderForm = true;
        return report;
    }
    SqliteOptions options{file};
    options.readOnly = true;
    auto journal = SqliteJournal::open(options);
    if (!journal && journal.error().code == "store.sql")
        return internalError("store.damaged", journal.error().message).at(file);
    if (!journal)
        return std::move(journal).error();
    const auto reached = CommitMark(CommitMark::nameFor(file)).read();
    auto newest = (*journal)->newestRun();
    if (!newest)
        return std::move(newest).error();
    if (reached && reached->newestRun > *newest)
        return internalError("store.damaged", "The journal is damaged: it has lost its newest runs. It "
                                              "was left as it is.")
            .at(file);
    if (unlock)
        unlock(**journal);
    return (*journal)->checkRows();
}

} // namespace

void removeAll(const std::string &file)
{
    std::error_code ignored;
    for (const char *part : kParts)
        fs::remove(file + part, ignored);
}

Result<RowReport> check(const std::string &file, const Unlock &unlock)
{
    if (auto whole = SqliteJournal::checkLog(file); !whole)
        return std::move(whole).error();
    std::error_code none;
    if (!fs::exists(file, none))
        return RowReport();
    if (auto sound = SqliteJournal::checkFile(file); !sound)
        return std::move(sound).error();
    return checkContent(file, unlock);
}

std::string namesOf(const RowReport &report)
{
    constexpr std::size_t kShown = 10;
    std::string names;
    for (std::size_t at = 0; at < std::min(kShown, report.names.size()); ++at)
        names += (at > 0 ? ", " : "") + report.names[at];
    const std::int64_t more = report.damaged - static_cast<std::int64_t>(kShown);
    return names + (more > 0 ? " and " + std::to_string(more) + " more" : std::string());
}

Result<OpenWork> openWork(const std::string &file)
{
    auto database = sqlite::Database::open(file, sqlite::Access::ReadOnly);
    if (!database)
        return std::move(database).error();
    OpenWork work;
    const std::pair<std::int64_t *, const char *> counts[]
        = {{&work.runs, "SELECT count(*) FROM run WHERE state = 0"},
           {&work.letters, "SELECT count(*) FROM letter WHERE status = 0"},
           {&work.reviews, "SELECT count(*) FROM review WHERE status = 0"}};
    for (const auto &[count, sql] : counts) {
        auto number = (*database)->number(sql);
        if (!number)
            return std::move(number).error();
        *count = *number;
    }
    return work;
}

Result<void> backUp(const std::string &file, const std::string &copy)
{
    const std::string part = copy + ".part";
    removeAll(part);
    {
        auto database = sqlite::Database::open(file, sqlite::Access::ReadOnly);
        if (!database)
            return std::move(database).error();
        sqlite::makePrivate(part);
        auto into = (*database)->prepare("VACUUM INTO ?1");
        if (!into)
            return std::move(into).error();
        if (auto copied = into->bind(1, part).run(); !copied)
            return copied;
    }
    // The restore test: on a copy of the copy, because opening a journal changes its files.
    const std::string trial = copy + ".trial";
    removeAll(trial);
    std::error_code why;
    fs::copy_file(part, trial, why);
    auto readable = why ? Result<void>(failure("The backup could not be tried", why)) : readBack(trial);
    removeAll(trial);
    if (!readable) {
        removeAll(part);
        return readable;
    }
    return publish(part, copy);
}

Result<std::string> setAside(const std::string &file, Instant now)
{
    std::string name = file + ".damaged-" + stamp(now);
    for (int number = 2; fs::exists(name); ++number)
        name = file + ".damaged-" + stamp(now) + "-" + std::to_string(number);
    // The log before the file, or a new journal would throw it away; the mark last: it tells of the rest.
    for (const char *part : {"-wal", "-shm", "", "-mark"}) {
        if (!fs::exists(file + part))
            continue;
        std::error_code why;
        fs::rename(file + part, name + part, why);
        if (why)
            return failure("The file " + file + part + " could not be set aside", why);
    }
    if (auto synced = syncFile(fs::path(file).parent_path().string()); !synced)
        return std::move(synced).error();
    return name;
}

Result<void> restore(const std::string &backup, const std::string &file)
{
    for (const char *part : kParts) {
        if (fs::exists(file + part))
            return configError("store.in_the_way",
                               "There is a journal already. Set it aside before a backup is restored.")
                .at(file + part);
    }
    const std::string copy = file + ".part";
    removeAll(copy);
    std::error_code why;
    fs::copy_file(backup, copy, why);
    if (why)
        return failure("The backup " + backup + " could not be copied", why);
    if (auto sound = SqliteJournal::checkFile(copy); !sound) {
        removeAll(copy);
        return sound;
    }
    return publish(copy, file);
}

std::vector<std::string> copies(const std::string &dataDir)
{
    std::vector<std::string> names;
    std::error_code none;
    for (const auto &entry : fs::directory_iterator(dataDir + "/backups", none)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind("journal-", 0) == 0 && !isPart(name))
            names.push_back(entry.path().string());
    }
    for (const auto &entry : fs::directory_iterator(dataDir, none)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind("journal.db.damaged-", 0) == 0 && !isPart(name))
            names.push_back(entry.path().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool isWhole(const std::string &copy)
{
    return !copy.ends_with(".part") && !copy.ends_with(".trial");
}

Result<void> copyAll(const std::string &file, const std::string &copy)
{
    for (const char *part : {"", "-wal", "-mark"}) {
        std::error_code why;
        if (fs::exists(file + part) && !fs::copy_file(file + part, copy + part, why))
            return failure("The file " + file + part + " could not be copied", why);
    }
    return {};
}

Result<void> replace(const std::string &fresh, const std::string &copy)
{
    const std::string next = copy + ".erased";
    if (auto made = backUp(fresh, next); !made)
        return made;
    removeAll(copy); // Before the new file has the name: a log of the old one must not meet it.
    return publish(next, copy);
}

std::vector<std::string> backups(const std::string &folder)
{
    std::vector<std::string> names;
    std::error_code none;
    for (const auto &entry : fs::directory_iterator(folder, none)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind("journal-", 0) == 0 && entry.path().extension() == ".db")
            names.push_back(entry.path().string());
    }
    std::sort(names.rbegin(), names.rend());
    return names;
}

std::string backupName(const std::string &folder, Instant at)
{
    return folder + "/journal-" + stamp(at) + ".db";
}

} // namespace tw::journalFiles
