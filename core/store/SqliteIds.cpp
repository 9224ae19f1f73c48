// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that knows what runs are found by. The ids of new runs go into the
// table `known` many at a time, behind the work, because each of them lands on another page of its
// tree; who looks for one looks through the newest runs as well.
#include "core/store/SqliteCore.h"

#include <algorithm>
#include <set>

namespace tw {

using sqlite::eachRow;
using sqlite::Reset;
using sqlite::Statement;

namespace {

constexpr std::int64_t kTogether = 256; ///< Runs; as many are looked through without the table.
constexpr std::int64_t kFarBehind = 16384; ///< A search through so many takes milliseconds.
constexpr std::int64_t kManyTogether = 1024;
constexpr std::chrono::seconds kTryAgain{30};
constexpr const char *kArea = "ids";

/// Greater than all texts that begin so: no text holds the last code point there is.
std::string behind(std::string_view beginning)
{
    return std::string(beginning) + "\xf4\x8f\xbf\xbf";
}

/// Its key, and its business ids one by one.
std::vector<std::string> namesOf(std::string_view key, std::string_view ids)
{
    std::vector<std::string> names;
    if (!key.empty())
        names.emplace_back(key);
    for (std::size_t from = ids.find_first_not_of(' '); from != std::string_view::npos;) {
        const std::size_t end = std::min(ids.find(' ', from), ids.size());
        names.emplace_back(ids.substr(from, end - from));
        from = ids.find_first_not_of(' ', end);
    }
    return names;
}

} // namespace

Result<void> SqliteJournal::addKnown(std::int64_t run, const std::vector<std::string> &names)
{
    Statement &add = m_core->addKnown;
    for (const std::string &name : names) {
        if (auto added = add.bind(1, name).bind(2, run).run(); !added)
            return added;
    }
    return {};
}

/// Ids that came later than the run: the table has it already, or will read them with it.
Result<void> SqliteJournal::addLaterIds(std::int64_t run, const std::string &ids)
{
    auto upTo = indexedUpTo();
    if (!upTo)
        return std::move(upTo).error();
    return run <= *upTo ? addKnown(run, namesOf({}, ids)) : Result<void>();
}

Result<std::int64_t> SqliteJournal::indexedUpTo()
{
    if (m_core->indexedUpTo)
        return *m_core->indexedUpTo;
    auto known = m_core->database->number(
        "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM keep WHERE area = 'ids'");
    if (known)
        m_core->indexedUpTo = *known;
    return known;
}

/// Between transactions. What fails is tried again later: it only makes a search slower.
void SqliteJournal::indexIds(bool busy)
{
    const auto upTo = indexedUpTo();
    if (!upTo || m_core->stopped)
        return;
    const std::int64_t left = m_core->newestRun - *upTo;
    const auto upTime = SystemClock().upTime();
    if (left < kTogether || (busy && left < kFarBehind) || upTime < m_core->indexAgainAt)
        return;
    std::int64_t last = *upTo;
    const auto done = [&]() -> Result<void> {
        std::vector<std::pair<std::string, std::int64_t>> names;
        auto list = m_core->database->prepare(
            "SELECT id, key, ids FROM run WHERE id > ?1 ORDER BY id LIMIT ?2");
        if (!list)
            return std::move(list).error();
        list->bind(1, *upTo).bind(2, left < kFarBehind ? kTogether : kManyTogether);
        auto read = eachRow(*list, [&](const Statement &row) {
            last = row.integer(0);
            for (std::string &name : namesOf(row.text(1), row.text(2)))
                names.emplace_back(std::move(name), last);
        });
        if (!read)
            return read;
        std::sort(names.begin(), names.end()); // Neighbours share pages.
        if (auto begun = begin(); !begun)
            return begun;
        for (const auto &[name, run] : names) {
            if (auto added = addKnown(run, {name}); !added)
                return added;
        }
        if (auto kept = keep({kArea, "known", std::to_string(last), m_core->now()}); !kept)
            return kept;
        return commit();
    }();
    if (done) {
        m_core->indexedUpTo = last;
        return;
    }
    rollback();
    m_core->indexAgainAt = upTime + kTryAgain;
}

Result<void> SqliteJournal::forgetIds(std::int64_t run)
{
    std::vector<std::string> names;
    {
        auto find = m_core->database->prepare("SELECT key, ids FROM run WHERE id = ?1");
        if (!find)
            return std::move(find).error();
        auto row = find->bind(1, run).step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::There)
            names = namesOf(find->text(0), find->text(1));
    }
    auto remove = m_core->database->prepare("DELETE FROM known WHERE id = ?1 AND run = ?2");
    if (!remove)
        return std::move(remove).error();
    for (const std::string &name : names) {
        if (auto removed = remove->bind(1, name).bind(2, run).run(); !removed)
            return removed;
    }
    return {};
}

Result<std::vector<std::string>> SqliteJournal::idsBeginning(const std::string &beginning,
                                                             int limit)
{
    const std::string end = behind(beginning);
    std::set<std::string> found;
    const auto most = static_cast<std::size_t>(std::max(limit, 0));
    auto next = m_core->database->prepare(
        "SELECT id FROM known WHERE id >= ?1 AND id < ?2 AND id <> ?3 ORDER BY id LIMIT 1");
    if (!next)
        return std::move(next).error();
    std::string last = beginning; // From id to id: one of them may have many runs.
    for (std::string seen; found.size() < most; seen = last) {
        const Reset atEnd(*next);
        auto row = next->bind(1, last).bind(2, end).bind(3, seen).step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            break;
        last = next->text(0);
        found.insert(last);
    }
    auto newest = m_core->database->prepare(
        "SELECT key, ids FROM run WHERE id > (SELECT coalesce(max(CAST(value AS INTEGER)), 0)"
        " FROM keep WHERE area = 'ids') AND (substr(key, 1, length(?1)) = ?1"
        " OR instr(ids, ' ' || ?1) > 0)");
    if (!newest)
        return std::move(newest).error();
    newest->bind(1, beginning);
    auto read = eachRow(*newest, [&](const Statement &row) {
        for (std::string &name : namesOf(row.text(0), row.text(1))) {
            if (name.starts_with(beginning))
                found.insert(std::move(name));
        }
    });
    if (!read)
        return std::move(read).error();
    auto events = m_core->database->prepare(
        "SELECT DISTINCT run.event_id FROM source CROSS JOIN run ON run.source = source.id"
        " AND run.event_id >= ?1 AND run.event_id < ?2 LIMIT ?3");
    if (!events)
        return std::move(events).error();
    events->bind(1, beginning).bind(2, end).bind(3, limit);
    read = eachRow(*events, [&](const Statement &row) { found.insert(row.text(0)); });
    if (!read)
        return std::move(read).error();
    std::vector<std::string> ids(found.begin(), found.end());
    ids.resize(std::min(ids.size(), most));
    return ids;
}

} // namespace tw
