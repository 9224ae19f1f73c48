// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that keeps small things: values of others, flow texts, the audit log.
#include "core/store/SqliteCore.h"

#include <QByteArray>
#include <QCryptographicHash>

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

namespace {

/// Covers the entry, its number and the hash before it, each with its length.
std::string chained(const AuditEntry &entry, const std::string &previous)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::string &part :
         {previous, std::to_string(entry.number), std::to_string(entry.at.msSinceEpoch), entry.who,
          entry.action, entry.subject, entry.detail}) {
        const std::string length = std::to_string(part.size()) + ':';
        hash.addData(QByteArrayView(length.data(), static_cast<qsizetype>(length.size())));
        hash.addData(QByteArrayView(part.data(), static_cast<qsizetype>(part.size())));
    }
    return hash.result().toHex().toStdString();
}

AuditEntry readEntry(const Statement &row)
{
    return {row.integer(0), row.instant(1), row.text(2), row.text(3),
            row.text(4),    row.text(5),    row.text(6)};
}

constexpr const char *kAuditColumns = "SELECT number, at, who, action, subject, detail, hash"
                                      " FROM audit";

Error broken(std::int64_t number, const char *how)
{
    return rejectedError("store.audit_broken",
                         "Entry " + std::to_string(number) + " of the audit log " + how
                             + ". The entries before it are as they were written.");
}

} // namespace

Result<void> SqliteJournal::keep(const Kept &kept)
{
    if (!kept.value.empty())
        return m_core->putKept.bind(1, kept.area).bind(2, kept.name).bind(3, kept.value)
            .bind(4, kept.at).run();
    auto remove
        = m_core->database->prepare("DELETE FROM keep WHERE area = ?1 AND name = ?2");
    if (!remove)
        return std::move(remove).error();
    return remove->bind(1, kept.area).bind(2, kept.name).run();
}

Result<std::vector<Kept>> SqliteJournal::kept(const std::string &area)
{
    auto list = m_core->database->prepare(
        "SELECT name, value, at FROM keep WHERE area = ?1 ORDER BY name");
    if (!list)
        return std::move(list).error();
    list->bind(1, area);
    std::vector<Kept> all;
    auto read = eachRow(*list, [&](const Statement &row) {
        all.push_back({area, row.text(0), row.text(1), row.instant(2)});
    });
    return read ? Result<std::vector<Kept>>(std::move(all)) : std::move(read).error();
}

Result<void> SqliteJournal::keepFlow(const KeptFlow &flow)
{
    auto add = m_core->database->prepare("INSERT INTO flow (flow, version, text, at)"
                                         " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
    if (!add)
        return std::move(add).error();
    return add->bind(1, flow.flow).bind(2, flow.version).bind(3, flow.text).bind(4, flow.at).run();
}

Result<std::optional<std::string>> SqliteJournal::flowText(const std::string &flow,
                                                           const std::string &version)
{
    auto find = m_core->database->prepare(
        "SELECT text FROM flow WHERE flow = ?1 AND version = ?2");
    if (!find)
        return std::move(find).error();
    auto row = find->bind(1, flow).bind(2, version).step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? std::optional(find->text(0)) : std::nullopt;
}

Result<std::vector<KeptFlow>> SqliteJournal::flowVersions(const std::string &flow)
{
    auto list = m_core->database->prepare("SELECT version, text, at FROM flow WHERE flow = ?1"
                                          " ORDER BY at DESC, version DESC");
    if (!list)
        return std::move(list).error();
    list->bind(1, flow);
    std::vector<KeptFlow> all;
    auto read = eachRow(*list, [&](const Statement &row) {
        all.push_back({flow, row.text(0), row.text(1), row.instant(2)});
    });
    return read ? Result<std::vector<KeptFlow>>(std::move(all)) : std::move(read).error();
}

Result<AuditEntry> SqliteJournal::audit(AuditEntry entry)
{
    auto last = m_core->database->prepare(
        "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
    if (!last)
        return std::move(last).error();
    auto row = last->step();
    if (!row)
        return std::move(row).error();
    const bool first = *row == Statement::Row::Done;
    entry.number = first ? 1 : last->integer(0) + 1;
    entry.hash = chained(entry, first ? std::string() : last->text(1));
    last->reset();
    auto add = m_core->database->prepare("INSERT INTO audit (number, at, who, action, subject,"
                                         " detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    if (!add)
        return std::move(add).error();
    auto added = add->bind(1, entry.number).bind(2, entry.at).bind(3, entry.who)
                     .bind(4, entry.action).bind(5, entry.subject).bind(6, entry.detail)
                     .bind(7, entry.hash).run();
    if (!added)
        return std::move(added).error();
    // How far the log reached, beside it: entries taken from its end are missed.
    auto head = keep({"audit", "head", std::to_string(entry.number) + ' ' + entry.hash, entry.at});
    return head ? Result<AuditEntry>(std::move(entry)) : std::move(head).error();
}

Result<std::vector<AuditEntry>> SqliteJournal::auditLog(std::int64_t after, int limit)
{
    auto list = m_core->database->prepare(
        (std::string(kAuditColumns) + " WHERE number > ?1 ORDER BY number LIMIT ?2").c_str());
    if (!list)
        return std::move(list).error();
    list->bind(1, after).bind(2, limit);
    std::vector<AuditEntry> entries;
    auto read = eachRow(*list, [&](const Statement &row) { entries.push_back(readEntry(row)); });
    return read ? Result<std::vector<AuditEntry>>(std::move(entries)) : std::move(read).error();
}

Result<void> SqliteJournal::checkAudit()
{
    auto list = m_core->database->prepare((std::string(kAuditColumns) + " ORDER BY number").c_str());
    if (!list)
        return std::move(list).error();
    std::optional<Error> found;
    std::int64_t expected = 1;
    std::string previous;
    auto read = eachRow(*list, [&](const Statement &row) {
        if (found)
            return;
        const AuditEntry entry = readEntry(row);
        if (entry.number != expected)
            found = broken(expected, "is missing");
        else if (chained(entry, previous) != entry.hash)
            found = broken(expected, "was changed");
        previous = entry.hash;
        ++expected;
    });
    if (!read)
        return read;
    if (found)
        return *found;
    auto head = kept("audit");
    if (!head)
        return std::move(head).error();
    const std::string reached = std::to_string(expected - 1) + ' ' + previous;
    if (!head->empty() && head->front().value != reached)
        return broken(expected, "is missing at the end");
    return {};
}

} // namespace tw
