// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that keeps what people decided, so that nobody can change it unseen,
// and so that a person can be taken out of it.
#include "core/store/SoughtWords.h"
#include "core/store/SqliteCore.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <QRandomGenerator>
#include <array>
#include <map>

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

namespace {

constexpr int kEarlierForm = 8; ///< In `erased`: the hash is over texts that are gone.
constexpr std::array<int, 3> kFields{AuditEntry::Who, AuditEntry::Subject, AuditEntry::Detail};
constexpr std::string_view kMentions = " (audit entries ";

using Words = std::array<std::string, 3>;

/// Of all parts, each with its length.
std::string hashOf(std::initializer_list<std::string_view> parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::string_view part : parts) {
        const std::string length = std::to_string(part.size()) + ':';
        hash.addData(QByteArrayView(length.data(), static_cast<qsizetype>(length.size())));
        hash.addData(QByteArrayView(part.data(), static_cast<qsizetype>(part.size())));
    }
    return hash.result().toHex().toStdString();
}

std::string newSalt()
{
    std::array<quint32, 4> random;
    QRandomGenerator::system()->fillRange(random.data(), static_cast<qsizetype>(random.size()));
    return QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random)
        .toHex()
        .toStdString();
}

Words split(const std::string &text)
{
    Words words;
    std::size_t from = 0;
    for (std::string &word : words) {
        const std::size_t end = std::min(text.find(' ', from), text.size());
        word = text.substr(from, end - from);
        from = std::min(end + 1, text.size());
    }
    return words;
}

std::string joined(const Words &words)
{
    return words[0] + ' ' + words[1] + ' ' + words[2];
}

/// An entry with what its proof needs.
struct Row
{
    AuditEntry entry;
    Words salts;
    std::string prints; ///< Fingerprints of the texts; empty: of an earlier form.

    const std::string &textOf(std::size_t field) const
    {
        return field == 0 ? entry.who : field == 1 ? entry.subject : entry.detail;
    }
    std::string &textOf(std::size_t field)
    {
        return field == 0 ? entry.who : field == 1 ? entry.subject : entry.detail;
    }
    bool isEarlier() const { return prints.empty() || (entry.erased & kEarlierForm) != 0; }
};

Row readRow(const Statement &row)
{
    return {{row.integer(0), row.instant(1), row.text(2), row.text(3), row.text(4), row.text(5),
             row.text(6), static_cast<int>(row.integer(9))},
            split(row.text(7)),
            row.text(8)};
}

constexpr const char *kColumns =
    "SELECT number, at, who, action, subject, detail, hash, salts, prints, erased FROM audit";

std::string printOf(const std::string &salt, const std::string &text)
{
    return hashOf({salt, text});
}

/// Covers the entry, its number and the hash before it. Texts count by their fingerprints.
std::string chained(const Row &row, const std::string &previous)
{
    const AuditEntry &entry = row.entry;
    const std::string number = std::to_string(entry.number);
    const std::string at = std::to_string(entry.at.msSinceEpoch);
    if (row.isEarlier())
        return hashOf({previous, number, at, entry.who, entry.action, entry.subject, entry.detail});
    return hashOf({previous, number, at, entry.action, row.prints});
}

/// What the entry of an erasure says of one of an earlier form: what is left of it stays provable.
std::string restOf(const Row &row)
{
    return hashOf({std::to_string(row.entry.number), std::to_string(row.entry.at.msSinceEpoch),
                   row.entry.action, row.prints, row.entry.hash})
        .substr(0, 32);
}

std::string mentionOf(const Row &row)
{
    return std::to_string(row.entry.number) + (row.isEarlier() ? ':' + restOf(row) : std::string());
}

/// Whether the texts that are there are those that were written, and the hash is that of the entry.
bool isAsWritten(const Row &row, const std::string &previous)
{
    if (!row.prints.empty()) {
        const Words prints = split(row.prints);
        for (std::size_t field = 0; field < kFields.size(); ++field) {
            const bool gone = (row.entry.erased & kFields[field]) != 0;
            if (gone ? !row.textOf(field).empty()
                     : printOf(row.salts[field], row.textOf(field)) != prints[field])
                return false;
        }
    }
    // Of an earlier form that lost texts only what an erasure said of the rest can be shown.
    return (row.entry.erased & kEarlierForm) != 0 || chained(row, previous) == row.entry.hash;
}

Error broken(std::int64_t number, const std::string &how)
{
    return rejectedError("store.audit_broken",
                         "Entry " + std::to_string(number) + " of the audit log " + how +
                             ". The entries before it are as they were written.");
}

/// The entries that an erasure took texts from, out of the subject of its own entry.
void readMentions(const AuditEntry &entry, std::map<std::int64_t, std::string> &mentioned)
{
    if (entry.action != "erase")
        return;
    const std::size_t begin = entry.subject.find(kMentions);
    if (begin == std::string::npos)
        return;
    std::size_t from = begin + kMentions.size();
    while (from < entry.subject.size()) {
        const std::size_t end =
            std::min(entry.subject.find_first_of(" )", from), entry.subject.size());
        const std::string mention = entry.subject.substr(from, end - from);
        mentioned[std::strtoll(mention.c_str(), nullptr, 10)] = mention;
        from = end + 1;
    }
}

} // namespace

std::string mentionsOf(const ErasureReport &report)
{
    if (report.entries.empty())
        return {};
    std::string text(kMentions);
    for (const std::string &mention : report.entries)
        text += (text.ends_with(' ') ? "" : " ") + mention;
    return text + ')';
}

Result<AuditEntry> SqliteJournal::audit(AuditEntry entry)
{
    auto last =
        m_core->database->prepare("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
    if (!last)
        return std::move(last).error();
    auto found = last->step();
    if (!found)
        return std::move(found).error();
    const bool first = *found == Statement::Row::Done;
    entry.number = first ? 1 : last->integer(0) + 1;
    Row row{std::move(entry), {newSalt(), newSalt(), newSalt()}, {}};
    Words prints;
    for (std::size_t field = 0; field < prints.size(); ++field)
        prints[field] = printOf(row.salts[field], row.textOf(field));
    row.prints = joined(prints);
    row.entry.hash = chained(row, first ? std::string() : last->text(1));
    last->reset();
    auto add = m_core->database->prepare(
        "INSERT INTO audit (number, at, who, action, subject, detail, hash, salts, prints)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    if (!add)
        return std::move(add).error();
    const AuditEntry &made = row.entry;
    const std::string salts = joined(row.salts);
    auto added = add->bind(1, made.number)
                     .bind(2, made.at)
                     .bind(3, made.who)
                     .bind(4, made.action)
                     .bind(5, made.subject)
                     .bind(6, made.detail)
                     .bind(7, made.hash)
                     .bind(8, salts)
                     .bind(9, row.prints)
                     .run();
    if (!added)
        return std::move(added).error();
    // How far the log reached, beside it: entries taken from its end are missed.
    auto head = keep({"audit", "head", std::to_string(made.number) + ' ' + made.hash, made.at});
    return head ? Result<AuditEntry>(std::move(row.entry)) : std::move(head).error();
}

Result<std::vector<AuditEntry>> SqliteJournal::auditLog(std::int64_t after, int limit)
{
    auto list = m_core->database->prepare(
        (std::string(kColumns) + " WHERE number > ?1 ORDER BY number LIMIT ?2").c_str());
    if (!list)
        return std::move(list).error();
    list->bind(1, after).bind(2, limit);
    std::vector<AuditEntry> entries;
    auto read =
        eachRow(*list, [&](const Statement &row) { entries.push_back(readRow(row).entry); });
    return read ? Result<std::vector<AuditEntry>>(std::move(entries)) : std::move(read).error();
}

Result<void> SqliteJournal::checkAudit()
{
    auto list = m_core->database->prepare((std::string(kColumns) + " ORDER BY number").c_str());
    if (!list)
        return std::move(list).error();
    std::optional<Error> found;
    std::int64_t expected = 1;
    std::string previous;
    std::map<std::int64_t, std::string> erased, mentioned;
    auto read = eachRow(*list, [&](const Statement &statement) {
        if (found)
            return;
        const Row row = readRow(statement);
        if (row.entry.number != expected)
            found = broken(expected, "is missing");
        else if (!isAsWritten(row, previous))
            found = broken(expected, "was changed");
        if (row.entry.erased != 0)
            erased[row.entry.number] = mentionOf(row);
        readMentions(row.entry, mentioned);
        previous = row.entry.hash;
        ++expected;
    });
    if (!read)
        return read;
    if (found)
        return *found;
    for (const auto &[number, mention] : erased) {
        const auto said = mentioned.find(number);
        if (said == mentioned.end() || said->second != mention)
            return broken(number, "lost its words, and no erasure says so");
    }
    auto head = kept("audit");
    if (!head)
        return std::move(head).error();
    const std::string reached = std::to_string(expected - 1) + ' ' + previous;
    if (!head->empty() && head->front().value != reached)
        return broken(expected, "is missing at the end");
    return {};
}

/// Takes the words out of the log. The chain goes on to hold; that the texts went is said by the
/// entry that whoever erases adds (mentionsOf).
Result<void> SqliteJournal::eraseEntries(const SoughtWords &words, bool dryRun,
                                         ErasureReport &report)
{
    auto list = m_core->database->prepare((std::string(kColumns) + " ORDER BY number").c_str());
    if (!list)
        return std::move(list).error();
    std::vector<Row> changed;
    std::string previous;
    auto read = eachRow(*list, [&](const Statement &statement) {
        Row row = readRow(statement);
        const std::string before = std::exchange(previous, row.entry.hash);
        int erased = 0;
        for (std::size_t field = 0; field < kFields.size(); ++field) {
            // The subject of an erasure is ours, and the proof of others.
            const bool ours =
                kFields[field] == AuditEntry::Subject && row.entry.action.starts_with("erase");
            if (!ours && words.areIn(row.textOf(field)))
                erased |= kFields[field];
        }
        if (erased == 0)
            return;
        const bool wasTrue = isAsWritten(row, before);
        if (row.prints.empty()) { // Fingerprints of what stays and of what goes.
            Words prints;
            for (std::size_t field = 0; field < prints.size(); ++field) {
                row.salts[field] = newSalt();
                prints[field] = printOf(row.salts[field], row.textOf(field));
            }
            row.prints = joined(prints);
            row.entry.erased |= kEarlierForm;
        }
        row.entry.erased |= erased;
        for (std::size_t field = 0; field < kFields.size(); ++field) {
            if ((erased & kFields[field]) == 0)
                continue;
            row.textOf(field).clear();
            row.salts[field] = "-"; // With it the fingerprint could be tried with guesses.
        }
        if (wasTrue) // What was changed before does not become true by this.
            report.entries.push_back(mentionOf(row));
        changed.push_back(std::move(row));
    });
    if (!read || dryRun)
        return read;
    auto update =
        m_core->database->prepare("UPDATE audit SET who = ?2, subject = ?3, detail = ?4,"
                                  " salts = ?5, prints = ?6, erased = ?7 WHERE number = ?1");
    if (!update)
        return std::move(update).error();
    for (const Row &row : changed) {
        const std::string salts = joined(row.salts);
        auto done = update->bind(1, row.entry.number)
                        .bind(2, row.entry.who)
                        .bind(3, row.entry.subject)
                        .bind(4, row.entry.detail)
                        .bind(5, salts)
                        .bind(6, row.prints)
                        .bind(7, row.entry.erased)
                        .run();
        if (!done)
            return done;
    }
    return {};
}

} // namespace tw
