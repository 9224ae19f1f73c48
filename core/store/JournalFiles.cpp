// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/JournalFiles.h"

#include "core/base/Text.h"
#include "core/store/CommitMark.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

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

Result<bool> isSealed(Journal &journal)
{
    auto kept = journal.kept("journal");
    if (!kept)
        return std::move(kept).error();
    return std::any_of(kept->begin(), kept->end(), [](const Kept &one) { return one.name == "seal"; });
}

/// Reads every row that a restart would read.
Result<void> readBack(const std::string &file)
{
    auto journal = SqliteJournal::open({file});
    if (!journal)
        return std::move(journal).error();
    auto sealed = isSealed(**journal); // Checksums are of what was sealed.
    if (!sealed)
        return std::move(sealed).error();
    std::int64_t last = 0;
    for (;;) {
        auto heads = (*journal)->openRunHeads(last, 200);
        if (!heads)
            return std::move(heads).error();
        if (heads->empty())
            return {};
        std::vector<std::int64_t> numbers;
        for (const OpenRunHead &head : *heads)
            numbers.push_back(head.run);
        auto runs = (*journal)->openRuns(numbers);
        if (!runs)
            return std::move(runs).error();
        const bool whole = runs->size() == numbers.size()
            && (*sealed || std::none_of(runs->begin(), runs->end(), [](const OpenRun &run) { return run.damaged; }));
        if (!whole)
            return internalError("store.damaged", "Rows of the copy do not match their checksums.");
        last = numbers.back();
    }
}

/// Has the tables of its version, and all runs that its mark tells of.
Result<void> reachesItsMark(const std::string &file)
{
    SqliteOptions options{file};
    options.readOnly = true;
    auto journal = SqliteJournal::open(options);
    if (!journal && journal.error().code == "store.older_format")
        return {};
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
    return {};
}

} // namespace

void removeAll(const std::string &file)
{
    std::error_code ignored;
    for (const char *part : kParts)
        fs::remove(file + part, ignored);
}

Result<void> check(const std::string &file)
{
    if (auto whole = SqliteJournal::checkLog(file); !whole)
        return whole;
    std::error_code none;
    if (!fs::exists(file, none))
        return {};
    if (auto sound = SqliteJournal::checkFile(file); !sound)
        return sound;
    return reachesItsMark(file);
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
