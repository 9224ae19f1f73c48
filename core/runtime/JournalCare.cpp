// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/JournalCare.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/runtime/DataFolder.h"
#include "core/runtime/JournalSeal.h"
#include "core/store/JournalDesk.h"
#include "core/store/JournalFiles.h"
#include "core/store/SqliteJournal.h"

#include <algorithm>
#include <filesystem>
#include <limits>
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

/// "Looked at: all pages of the file and its log; by their sums 120 runs, … . "
std::string lookedAt(const RowReport &report)
{
    if (report.isOlderForm)
        return "Looked at were the pages of the file and its log alone: an earlier version wrote it, and its "
               "rows get their sums when a runner starts on it. ";
    std::string rows;
    for (const auto &[thing, number] : report.sound)
        rows += (rows.empty() ? "" : ", ") + std::to_string(number) + ' '
            + (number == 1              ? thing
               : thing.ends_with("try") ? thing.substr(0, thing.size() - 1) + "ies"
                                        : thing + 's');
    return std::string("Looked at were all pages of the file and its log") + (rows.empty() ? "" : ", and by their sums ")
        + rows + ". "
        + (report.uncovered == 0 ? ""
                                 : count(report.uncovered, "row") + " of an earlier version "
                   + (report.uncovered == 1 ? "has no sum and was" : "have no sums and were")
                   + " not covered. ");
}

Error damagedRows(const RowReport &report)
{
    return internalError("store.damaged",
                         "The journal holds " + count(report.damaged, "row")
                             + " that " + (report.damaged == 1 ? "is" : "are")
                             + " not as written: " + journalFiles::namesOf(report)
                             + ". Nothing was changed; they are marked where they are shown, and not gone on "
                               "with. Set it aside to go on with a backup or an empty one.");
}

/// What people decided in a journal, as far as it can still be read.
struct Decisions
{
    bool isRead = false;
    std::vector<AuditEntry> log;
    std::vector<LetterRow> letters;
    std::vector<ReviewRow> reviews;
};

Result<Decisions> decisionsOf(Journal &journal)
{
    constexpr int kAll = std::numeric_limits<int>::max();
    auto log = journal.desk().auditLog(0, kAll);
    LetterQuery everyLetter;
    everyLetter.limit = kAll;
    auto letters = journal.desk().letters(everyLetter);
    ReviewQuery everyReview;
    everyReview.limit = kAll;
    auto reviews = journal.desk().reviews(everyReview);
    if (!log || !letters || !reviews)
        return !log ? log.error() : !letters ? letters.error() : reviews.error();
    return Decisions{true, std::move(*log), std::move(*letters), std::move(*reviews)};
}

Decisions decisionsIn(const std::string &file)
{
    SqliteOptions options{file};
    options.readOnly = true;
    auto journal = SqliteJournal::open(options);
    return journal ? decisionsOf(**journal).value_or(Decisions()) : Decisions();
}

/// Numbers of what was closed and is open again, for a sentence.
template <typename Rows, typename Open>
std::string openAgain(const Rows &before, const Rows &now, Open open, const std::string &name)
{
    std::string numbers;
    int found = 0;
    for (const auto &row : now) {
        const auto was = std::find_if(before.begin(), before.end(), [&](const auto &one) {
            return one.id == row.id && one.run == row.run;
        });
        if (row.status != open || was == before.end() || was->status == open)
            continue;
        if (++found <= 20)
            numbers += (found > 1 ? ", " : "") + std::to_string(row.id);
    }
    if (found == 0)
        return {};
    return ' ' + (found == 1 ? "The " + name : "The " + name + 's') + ' ' + numbers
        + (found > 20 ? " and " + std::to_string(found - 20) + " more" : "")
        + (found == 1 ? " is open again: decide about it" : " are open again: decide about them")
        + " once more, and mind what was sent already.";
}

struct Restored
{
    std::string backup;
    std::string aside;
    std::string by;
    Instant at;
};

/// The restored journal says itself that it is one, and what log it does not go on with. Answers what was
/// lost, for people.
Result<std::string> noteRestore(const std::string &dataDir, const Restored &what, const Decisions &before)
{
    auto journal = SqliteJournal::open({journalOf(dataDir)});
    if (!journal)
        return std::move(journal).error();
    auto now = decisionsOf(**journal);
    if (!now)
        return std::move(now).error();
    std::size_t common = 0;
    while (common < std::min(before.log.size(), now->log.size())
           && before.log[common].hash == now->log[common].hash)
        ++common;
    const std::size_t lost = before.log.size() - common;
    Document document;
    Arena &arena = document.arena();
    ObjectBuilder detail(arena);
    const auto nameOf = [](const std::string &file) { return fs::path(file).filename().string(); };
    detail.set("backup", Value::string(arena, nameOf(what.backup)));
    detail.set("set_aside", Value::string(arena, nameOf(what.aside)));
    if (before.isRead) {
        detail.set("replaced_entries", Value::integer(static_cast<std::int64_t>(before.log.size())));
        detail.set("replaced_last_hash", Value::string(arena, before.log.empty() ? "" : before.log.back().hash));
        detail.set("decisions_lost", Value::integer(static_cast<std::int64_t>(lost)));
    } else {
        detail.set("replaced_log", Value::string("unreadable"));
    }
    document.setRoot(detail.finish());
    if (auto begun = (*journal)->begin(); !begun)
        return std::move(begun).error();
    auto noted = (*journal)->desk().audit(
        {0, what.at, what.by.empty() ? "somebody" : what.by, "journal.restore", "journal", toJson(document.root())});
    auto committed = noted ? (*journal)->commit() : Result<void>(noted.error());
    if (!committed)
        return std::move(committed).error();
    if (!before.isRead)
        return std::string("What people decided after it cannot be read from the journal that was set aside: "
                           "look through the open dead letters and reviews before a runner starts.");
    if (lost == 0)
        return std::string("No decision of people came after it.");
    return count(static_cast<std::int64_t>(lost), "decision") + " of people came after it and "
        + (lost == 1 ? "is" : "are") + " not in it (from entry " + std::to_string(common + 1)
        + " of the audit log in " + what.aside + ")."
        + openAgain(before.letters, now->letters, LetterStatus::Open, "dead letter")
        + openAgain(before.reviews, now->reviews, ReviewStatus::Open, "review");
}

} // namespace

namespace journalCare {

Result<Checked> check(const std::string &dataDir, KeyPlaces places)
{
    if (auto there = needJournal(dataDir); !there)
        return std::move(there).error();
    places.folder = dataDir;
    std::unique_ptr<JournalSeal> seal;
    std::optional<Error> noKey;
    const auto unlock = [&](Journal &journal) {
        auto attached = JournalSeal::attach(journal, places, false, {});
        if (attached)
            seal = std::move(*attached);
        else
            noKey = attached.error();
    };
    auto report = journalFiles::check(journalOf(dataDir), unlock);
    if (!report)
        return withWayOut(std::move(report).error(), dataDir);
    if (report->damaged > 0)
        return withWayOut(damagedRows(*report), dataDir);
    const auto copies = journalFiles::backups(backupsOf(dataDir));
    const std::string end = lookedAt(*report)
        + (copies.empty() ? std::string("There is no backup yet.")
                          : "The newest backup is " + copies.front() + '.');
    if (report->locked == 0)
        return Checked{"The journal is sound. " + end, true};
    return Checked{"The journal is sealed and its key is not there, so " + count(report->locked, "row")
                       + " with events and steps could not be looked at: "
                       + (noKey ? noKey->message : std::string()) + " The rest is sound. " + end,
                   false};
}

void tellDamagedRows(Journal &journal, const std::string &dataDir)
{
    const auto usage = journal.usage();
    if (usage && usage->fileBytes > kCheckRowsAtOpenBytes)
        return;
    const auto report = journal.checkRows();
    if (!report)
        qCCritical(log::runtime).noquote() << toQString(report.error().text());
    else if (report->damaged > 0)
        qCCritical(log::runtime).noquote() << toQString(
            withWayOut(damagedRows(*report), dataDir.empty() ? "DIR" : dataDir).message);
}

Result<KeyNote> keyOfCopies(const std::string &dataDir, KeyPlaces places)
{
    SqliteOptions options{journalOf(dataDir)};
    options.readOnly = true;
    auto journal = SqliteJournal::open(options);
    if (!journal)
        return std::move(journal).error();
    places.folder = dataDir;
    auto seal = JournalSeal::attach(**journal, places, false, {});
    if (seal && !*seal)
        return KeyNote{};
    const std::string file = KeyStore(places).keyFilePath();
    const std::string keep = "It is sealed, and its key is not in it: keep " + file
        + " and what opens it (the key of this machine, the passphrase, the keychain, or the key that the "
          "environment hands in) apart from the copies. Without them nobody can read it.";
    if (seal)
        return KeyNote{keep, true};
    return KeyNote{"Nobody can read the copy as things are: the journal is sealed, and its key is not here. "
                       + seal.error().message + ' ' + keep,
                   false};
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
    const auto report = journalFiles::check(journalOf(dataDir));
    const bool isSound = report && report->damaged == 0;
    if (auto there = needJournal(dataDir); report && !there)
        return std::move(there).error();
    const std::string held = isSound ? contentOf(dataDir) : std::string();
    if (isSound && !how.force)
        return rejectedError("runtime.journal_sound",
                             "The journal is sound" + held + ". Nothing was done. Set aside, the next "
                             "run would not go on with any of it; --force does it all the same.");
    const Decisions before = how.restore ? decisionsIn(journalOf(dataDir)) : Decisions();
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
    auto lost = noteRestore(dataDir, {copies.front(), *name, how.by, clock.now()}, before);
    if (!lost)
        return std::move(lost).error();
    return done + "The backup " + copies.front()
        + " took its place: ask the sources to send again what came after it. " + *lost;
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
