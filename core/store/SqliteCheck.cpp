// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that looks whether its rows are what they were.
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSums.h"

#include <algorithm>
#include <limits>

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

/// Bodies have sums over what they mean: a run and its body cannot be exchanged.
Result<void> SqliteJournal::checkBodies(RowReport &report)
{
    const bool readable = !report.sealed || m_core->seal;
    const std::string sql = std::string("SELECT ") + kEventColumns +
                            ", body.run FROM body"
                            " LEFT JOIN run ON run.id = body.run LEFT JOIN source ON source.id = "
                            "run.source ORDER BY body.run";
    auto list = m_core->database->prepare(sql.c_str());
    if (!list)
        return std::move(list).error();
    return eachRow(*list, [&](const Statement &row) {
        if (!readable) {
            ++report.locked;
            return;
        }
        const std::int64_t run = row.integer(21);
        const auto event = readEvent(row);
        if (!row.isNull(0) && event && isBodySum(m_core->sum, row.text(10), run, *event))
            ++report.sound["event"];
        else
            report.found("the event of run " + std::to_string(run));
    });
}

Result<void> SqliteJournal::checkSteps(RowReport &report)
{
    const bool readable = !report.sealed || m_core->seal;
    const std::string sql =
        std::string("SELECT ") + kStepColumns + " FROM step ORDER BY run, step, item";
    auto list = m_core->database->prepare(sql.c_str());
    if (!list)
        return std::move(list).error();
    return eachRow(*list, [&](const Statement &row) {
        if (!readable) {
            ++report.locked;
            return;
        }
        const std::int64_t run = row.integer(16);
        const auto record = readStep(row, run);
        if (record && isStepSum(m_core->sum, row.text(14), run, *record))
            ++report.sound["step"];
        else
            report.found("step \"" + row.text(0) + "\" of run " + std::to_string(run));
    });
}

/// Letters and reviews whose stored bytes are as they were, and that the key does not open all the
/// same.
Result<void> SqliteJournal::checkSealed(RowReport &report)
{
    if (!m_core->seal)
        return {};
    const auto tell = [&report](const std::string &name) {
        if (std::find(report.names.begin(), report.names.end(), name) == report.names.end())
            report.found(name);
    };
    LetterQuery letterPage;
    do {
        auto rows = letters(letterPage);
        if (!rows)
            return std::move(rows).error();
        for (const LetterRow &row : *rows) {
            if (row.damaged)
                tell("dead letter " + std::to_string(row.id));
        }
        letterPage.before = rows->empty() ? 0 : rows->back().id;
    } while (letterPage.before > 1);
    ReviewQuery reviewPage;
    do {
        auto rows = reviews(reviewPage);
        if (!rows)
            return std::move(rows).error();
        for (const ReviewRow &row : *rows) {
            if (row.damaged)
                tell("review " + std::to_string(row.id));
        }
        reviewPage.before = rows->empty() ? 0 : rows->back().id;
    } while (reviewPage.before > 1);
    return {};
}

Result<RowReport> SqliteJournal::checkRows()
{
    // One moment of a journal that somebody may be writing to.
    const bool alone = !m_core->database->inTransaction();
    if (alone) {
        if (auto begun = m_core->database->execute("BEGIN"); !begun)
            return std::move(begun).error();
    }
    auto report = lookThrough();
    if (alone)
        (void)m_core->database->execute("ROLLBACK");
    return report;
}

Result<RowReport> SqliteJournal::lookThrough()
{
    RowReport report;
    auto sealed = m_core->database->number(
        "SELECT count(*) FROM keep WHERE area = 'journal' AND name = 'seal'");
    if (!sealed)
        return std::move(sealed).error();
    report.sealed = *sealed > 0 || m_core->seal;
    for (const sqlite::SummedTable &table : sqlite::summedTables()) {
        std::string name = table.key;
        for (std::size_t at = name.find(", "); at != std::string::npos; at = name.find(", ", at))
            name.replace(at, 2, " || ' ' || ");
        const std::string sql = "SELECT " + name + ", length(sum), " +
                                sqlite::isChanged(table.name) + " FROM " + table.name;
        auto list = m_core->database->prepare(sql.c_str());
        if (!list)
            return std::move(list).error();
        const std::string thing = table.thing;
        auto read = eachRow(*list, [&](const Statement &row) {
            if (row.integer(1) == 0)
                ++report.uncovered;
            else if (row.integer(2) != 0)
                report.found(thing + ' ' + row.text(0));
            else
                ++report.sound[thing];
        });
        if (!read)
            return std::move(read).error();
    }
    for (auto check :
         {&SqliteJournal::checkBodies, &SqliteJournal::checkSteps, &SqliteJournal::checkSealed}) {
        if (auto checked = (this->*check)(report); !checked)
            return std::move(checked).error();
    }
    auto entries = m_core->database->number("SELECT count(*) FROM audit");
    if (!entries)
        return std::move(entries).error();
    auto audit = checkAudit();
    if (audit)
        report.sound["audit entry"] += *entries;
    else if (audit.error().code == "store.audit_broken" || audit.error().code == "store.damaged")
        report.found("the audit log: " + audit.error().message);
    else
        return std::move(audit).error();
    return report;
}

} // namespace tw
