// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteCore.h"

namespace tw {

using sqlite::Reset;
using sqlite::Statement;

Result<std::int64_t> SqliteJournal::sourceOf(const std::string &flow, const std::string &trigger)
{
    const Core::SourceKey key(flow, trigger);
    for (const auto *known : {&m_core->sources, &m_core->newSources}) {
        if (const auto found = known->find(key); found != known->end())
            return found->second;
    }
    {
        const Reset atEnd(m_core->findSource);
        auto row = m_core->findSource.bind(1, flow).bind(2, trigger).step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::There) {
            const std::int64_t id = m_core->findSource.integer(0);
            m_core->sources.emplace(key, id);
            return id;
        }
    }
    if (auto added = m_core->addSource.bind(1, flow).bind(2, trigger).run(); !added)
        return std::move(added).error();
    const std::int64_t id = m_core->database->lastRowId();
    m_core->newSources.emplace(key, id);
    return id;
}

Result<AcceptedRun> SqliteJournal::accept(const NewRun &event)
{
    auto source = sourceOf(event.flow, event.trigger);
    if (!source)
        return std::move(source).error();
    Statement &add = m_core->addRun;
    add.bind(1, *source).bind(2, event.received).bind(3, event.created)
        .bind(4, event.live ? 1 : 0).bind(5, static_cast<std::int64_t>(event.seed))
        .bind(6, event.eventId).bind(7, event.eventType).bind(8, event.flowVersion)
        .bind(9, event.key).bind(10, static_cast<std::int64_t>(event.body.size()));
    if (auto added = add.run(); !added)
        return std::move(added).error();
    if (m_core->database->changes() == 0) {
        const Reset atEnd(m_core->findRun);
        auto row = m_core->findRun.bind(1, *source).bind(2, event.eventId).step();
        if (!row)
            return std::move(row).error();
        return AcceptedRun{false, m_core->findRun.integer(0)};
    }
    const std::int64_t run = m_core->database->lastRowId();
    const std::string sum = bodySum(m_core->sum, event);
    m_core->addBody.bind(1, run).bindBlob(2, sum).bindBlob(3, event.body);
    if (auto added = m_core->addBody.run(); !added)
        return std::move(added).error();
    return AcceptedRun{true, run};
}

Result<void> SqliteJournal::writeStep(std::int64_t run, const StepRecord &record)
{
    const std::string sum = stepSum(m_core->sum, run, record);
    Statement &put = m_core->putStep;
    put.clear();
    put.bind(1, run).bind(2, record.step).bind(3, record.item)
        .bind(4, static_cast<std::int64_t>(record.lineage))
        .bind(5, static_cast<int>(record.state)).bind(6, record.attempt).bind(7, record.at)
        .bind(9, record.note).bind(10, record.outputs).bindBlob(16, sum)
        .bind(17, record.error && record.error->outcomeUnknown ? 1 : 0);
    if (record.retryAt)
        put.bind(8, *record.retryAt);
    if (record.error) {
        put.bind(11, toString(record.error->kind)).bind(12, record.error->code)
            .bind(13, record.error->message).bind(14, record.error->where)
            .bind(15, record.error->evidence);
    }
    return put.run();
}

Result<WrittenLetter> SqliteJournal::writeLetter(std::int64_t run, const LetterRecord &letter)
{
    const auto lineage = static_cast<std::int64_t>(letter.lineage);
    Statement &add = m_core->addLetter;
    add.bind(1, run).bind(2, letter.step).bind(3, lineage).bind(4, letter.attempts)
        .bind(5, letter.at).bind(6, letter.keepUntil).bind(7, toString(letter.error.kind))
        .bind(8, letter.error.code).bind(9, letter.error.message).bind(10, letter.error.where)
        .bind(11, letter.error.evidence).bind(12, letter.input)
        .bind(13, letter.holdsKey ? 1 : 0);
    if (auto added = add.run(); !added)
        return std::move(added).error();
    if (m_core->database->changes() > 0)
        return WrittenLetter{m_core->database->lastRowId(), true};
    const Reset atEnd(m_core->findLetter);
    auto row = m_core->findLetter.bind(1, run).bind(2, letter.step).bind(3, lineage).step();
    if (!row)
        return std::move(row).error();
    return WrittenLetter{m_core->findLetter.integer(0), false};
}

Result<std::vector<WrittenLetter>> SqliteJournal::write(const RunChange &change)
{
    for (const StepRecord &record : change.steps) {
        if (auto written = writeStep(change.run, record); !written)
            return std::move(written).error();
    }
    std::vector<WrittenLetter> letters;
    for (const LetterRecord &letter : change.letters) {
        auto written = writeLetter(change.run, letter);
        if (!written)
            return std::move(written).error();
        letters.push_back(*written);
    }
    if (change.end) {
        m_core->endRun.bind(1, change.run).bind(2, static_cast<int>(change.end->state))
            .bind(3, change.end->finished);
        if (auto ended = m_core->endRun.run(); !ended)
            return std::move(ended).error();
    }
    return letters;
}

Result<void> SqliteJournal::releaseKey(const HeldKey &key)
{
    auto release = m_core->database->prepare(
        "UPDATE letter SET holds = 0 WHERE holds = 1 AND run IN"
        " (SELECT run.id FROM letter AS held JOIN run ON run.id = held.run"
        " JOIN source ON source.id = run.source"
        " WHERE held.holds = 1 AND source.flow = ?1 AND run.key = ?2)");
    if (!release)
        return std::move(release).error();
    return release->bind(1, key.flow).bind(2, key.key).run();
}

Result<int> SqliteJournal::forgetBodies(const Retention &retention)
{
    auto list = m_core->database->prepare(
        "SELECT body.run, run.received, run.state FROM body JOIN run ON run.id = body.run"
        " ORDER BY body.run");
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
        if (*row == Statement::Row::Done || list->instant(1) + retention.bodies > retention.now)
            break; // Runs are numbered in the order of arrival.
        if (list->integer(2) != static_cast<int>(RunState::Open))
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
    auto list = m_core->database->prepare("SELECT id, received, state FROM run ORDER BY id");
    if (!list)
        return std::move(list).error();
    std::vector<std::int64_t> old;
    while (static_cast<int>(old.size()) < retention.rows) {
        auto row = list->step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done || list->instant(1) + retention.runs > retention.now)
            break;
        if (list->integer(2) != static_cast<int>(RunState::Open))
            old.push_back(list->integer(0));
    }
    list->reset();
    for (const char *sql : {"DELETE FROM step WHERE run = ?1", "DELETE FROM body WHERE run = ?1",
                            "DELETE FROM run WHERE id = ?1"}) {
        auto remove = m_core->database->prepare(sql);
        if (!remove)
            return std::move(remove).error();
        for (const std::int64_t run : old) {
            if (auto removed = remove->bind(1, run).run(); !removed)
                return std::move(removed).error();
        }
    }
    return static_cast<int>(old.size());
}

Result<int> SqliteJournal::forget(const Retention &retention)
{
    auto bodies = forgetBodies(retention);
    if (!bodies)
        return bodies;
    auto runs = forgetRuns(retention);
    if (!runs)
        return runs;
    int others = 0;
    for (const char *sql :
         {"DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE keep_until <= ?1 LIMIT ?2)",
          "DELETE FROM claim WHERE (flow, step, key) IN"
          " (SELECT flow, step, key FROM claim WHERE until <= ?1 LIMIT ?2)"}) {
        auto remove = m_core->database->prepare(sql);
        if (!remove)
            return std::move(remove).error();
        if (auto removed = remove->bind(1, retention.now).bind(2, retention.rows).run(); !removed)
            return std::move(removed).error();
        others += m_core->database->changes();
    }
    return *bodies + *runs + others;
}

} // namespace tw
