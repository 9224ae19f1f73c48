// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/JournalCare.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/runtime/DataFolder.h"
#include "core/store/JournalFiles.h"
#include "core/store/SqliteJournal.h"

#include <filesystem>
#include <pthread.h>

namespace tw {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes kFirstLook{1};
constexpr std::chrono::hours kLookAgain{1};
constexpr std::chrono::hours kDay{24};
constexpr std::size_t kKept = 3;

std::string journalOf(const std::string &dataDir)
{
    return dataDir + "/journal.db";
}

std::string backupsOf(const std::string &dataDir)
{
    return dataDir + "/backups";
}

Result<void> needJournal(const std::string &dataDir)
{
    std::error_code none;
    if (fs::exists(journalOf(dataDir), none))
        return {};
    return configError("runtime.no_journal",
                       "There is no journal in " + dataDir + ". Name the folder that `tidewire run` "
                                                             "was given as --data-dir.");
}

std::string count(std::int64_t number, const std::string &one)
{
    return std::to_string(number) + ' ' + one + (number == 1 ? "" : "s");
}

/// What would be missed, for a sentence: " and holds 3 open runs, …". Empty when it cannot be read.
std::string contentOf(const std::string &dataDir)
{
    const auto content = journalFiles::openWork(journalOf(dataDir));
    if (!content)
        return {};
    return " and holds " + count(content->runs, "open run") + ", "
        + count(content->letters, "open dead letter") + " and "
        + count(content->reviews, "open review");
}

} // namespace

namespace journalCare {

Result<std::string> check(const std::string &dataDir)
{
    if (auto there = needJournal(dataDir); !there)
        return std::move(there).error();
    if (auto sound = journalFiles::check(journalOf(dataDir)); !sound)
        return withWayOut(std::move(sound).error(), dataDir);
    const auto copies = journalFiles::backups(backupsOf(dataDir));
    return "The journal is sound. "
        + (copies.empty() ? std::string("There is no backup yet.")
                          : "The newest backup is " + copies.front() + '.');
}

Result<std::string> backUp(const std::string &dataDir, const Clock &clock)
{
    if (auto there = needJournal(dataDir); !there)
        return std::move(there).error();
    std::error_code why;
    fs::create_directories(backupsOf(dataDir), why);
    const std::string copy = journalFiles::backupName(backupsOf(dataDir), clock.now());
    if (auto made = journalFiles::backUp(journalOf(dataDir), copy); !made)
        return withWayOut(std::move(made).error(), dataDir);
    return copy;
}

Result<std::string> setAside(const std::string &dataDir, const SetAside &how, const Clock &clock)
{
    auto folder = DataFolder::open(dataDir); // Nobody else may work on it.
    if (!folder)
        return std::move(folder).error();
    const auto copies = journalFiles::backups(backupsOf(dataDir));
    if (how.restore && copies.empty())
        return configError("runtime.no_backup", "There is no backup in " + backupsOf(dataDir)
                                                    + ". Without --restore, the next run begins with "
                                                      "an empty journal.");
    const bool isSound = journalFiles::check(journalOf(dataDir)).has_value();
    if (auto there = needJournal(dataDir); isSound && !there)
        return std::move(there).error();
    const std::string held = isSound ? contentOf(dataDir) : std::string();
    if (isSound && !how.force)
        return rejectedError("runtime.journal_sound",
                             "The journal is sound" + held + ". Nothing was done. Set aside, the next "
                             "run would not go on with any of it; --force does it all the same.");
    auto name = journalFiles::setAside(journalOf(dataDir), clock.now());
    if (!name)
        return name;
    std::string done = "The " + std::string(isSound ? "sound " : "") + "journal was set aside as "
        + *name + (held.empty() ? "" : ':' + held.substr(4)) + ". ";
    if (!how.restore)
        return done + "The next run begins with an empty one: ask the sources to send again what they "
                      "sent lately.";
    if (auto restored = journalFiles::restore(copies.front(), journalOf(dataDir)); !restored)
        return std::move(restored).error();
    return done + "The backup " + copies.front()
        + " took its place: ask the sources to send again what came after it.";
}

Error withWayOut(Error error, const std::string &dataDir)
{
    if (error.code != "store.damaged")
        return error;
    const bool copies = !journalFiles::backups(backupsOf(dataDir)).empty();
    error.message += " `tidewire journal set-aside " + dataDir + (copies ? " --restore" : "")
        + "` does that" + (copies ? "." : ", and the next run begins with an empty journal.");
    return error;
}

} // namespace journalCare

Backups::Backups(Clock &clock, std::string dataDir)
    : m_clock(clock), m_dataDir(std::move(dataDir))
{
    m_clock.callAfter(kFirstLook, this, [this] { look(); });
}

Backups::~Backups()
{
    if (m_thread.joinable())
        m_thread.join();
}

void Backups::look()
{
    m_clock.callAfter(kLookAgain, this, [this] { look(); });
    const auto copies = journalFiles::backups(backupsOf(m_dataDir));
    const Instant now = m_clock.now();
    // The names tell the time, and sort by it.
    if (m_busy
        || (!copies.empty()
            && copies.front() > journalFiles::backupName(backupsOf(m_dataDir), now + -kDay)))
        return;
    if (m_thread.joinable())
        m_thread.join();
    m_busy = true;
    m_thread = std::thread([this] {
        pthread_setname_np(pthread_self(), "backup");
        const SystemClock clock;
        if (auto copy = journalCare::backUp(m_dataDir, clock); copy)
            qCInfo(log::runtime).noquote() << toQString("backed up as " + *copy);
        else
            qCCritical(log::runtime).noquote() << toQString(copy.error().text());
        const auto all = journalFiles::backups(backupsOf(m_dataDir));
        std::error_code ignored;
        for (std::size_t at = kKept; at < all.size(); ++at)
            fs::remove(all[at], ignored);
        m_busy = false;
    });
}

} // namespace tw
