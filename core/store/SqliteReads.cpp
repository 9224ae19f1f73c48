// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteCore.h"

#include <limits>

namespace tw {

using sqlite::Reset;
using sqlite::Statement;

namespace {

Error readError(const Statement &row, int firstColumn)
{
    Error error;
    error.kind = errorKindFromString(row.text(firstColumn)).value_or(ErrorKind::Internal);
    error.code = row.text(firstColumn + 1);
    error.message = row.text(firstColumn + 2);
    error.where = row.text(firstColumn + 3);
    error.evidence = row.text(firstColumn + 4);
    return error;
}

StepRecord readStep(const Statement &row)
{
    StepRecord record;
    record.step = row.text(0);
    record.item = static_cast<int>(row.integer(1));
    record.lineage = static_cast<std::uint64_t>(row.integer(2));
    record.state = static_cast<RecordState>(row.integer(3));
    record.attempt = static_cast<int>(row.integer(4));
    record.at = row.instant(5);
    if (!row.isNull(6))
        record.retryAt = row.instant(6);
    record.note = row.text(7);
    record.outputs = row.text(8);
    if (!row.isNull(9)) {
        record.error = readError(row, 9);
        record.error->outcomeUnknown = row.integer(15) != 0;
    }
    return record;
}

NewRun readEvent(const Statement &row)
{
    NewRun event;
    event.flow = row.text(1);
    event.trigger = row.text(2);
    event.eventId = row.text(3);
    event.eventType = row.text(4);
    event.flowVersion = row.text(5);
    event.created = row.instant(6);
    event.received = row.instant(7);
    event.live = row.integer(8) != 0;
    event.seed = static_cast<std::uint64_t>(row.integer(9));
    event.body = row.text(11);
    event.key = row.text(12);
    return event;
}

std::int64_t upperBound(const ListQuery &query)
{
    return query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
}

} // namespace

Result<void> SqliteJournal::readSteps(std::vector<OpenRun> &runs, const std::string &ids)
{
    Statement &list = m_core->openSteps;
    const Reset atEnd(list);
    list.bind(1, ids);
    auto run = runs.begin(); // Both lists are in the order of runs.
    for (;;) {
        auto row = list.step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return {};
        const std::int64_t number = list.integer(16);
        while (run != runs.end() && run->run < number)
            ++run;
        if (run == runs.end() || run->run != number)
            continue;
        StepRecord record = readStep(list);
        if (list.text(14) != stepSum(m_core->sum, number, record))
            run->damaged = true;
        run->steps.push_back(std::move(record));
    }
}

Result<std::string> SqliteJournal::flowOf(std::int64_t source)
{
    Statement &find = m_core->flowOfSource;
    const Reset atEnd(find);
    auto row = find.bind(1, source).step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? find.text(0) : std::string();
}

/// Two plain walks over two indexes instead of a question per run: a start reads this before the
/// first event.
Result<void> SqliteJournal::readRetries(std::vector<OpenRunHead> &heads)
{
    if (heads.empty())
        return {};
    Statement &list = m_core->openWaits;
    const Reset atEnd(list);
    list.bind(1, heads.front().run).bind(2, heads.back().run);
    auto head = heads.begin();
    for (;;) {
        auto row = list.step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return {};
        const std::int64_t run = list.integer(0);
        while (head != heads.end() && head->run < run)
            ++head;
        if (head != heads.end() && head->run == run)
            head->retryAt = list.instant(1);
    }
}

Result<std::vector<OpenRunHead>> SqliteJournal::openRunHeads(std::int64_t after, int limit)
{
    Statement &list = m_core->openHeads;
    const Reset atEnd(list);
    list.bind(1, after).bind(2, limit);
    std::vector<OpenRunHead> heads;
    std::map<std::int64_t, std::string> flows;
    for (;;) {
        auto row = list.step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            break;
        const std::int64_t source = list.integer(1);
        auto flow = flows.find(source);
        if (flow == flows.end()) {
            auto name = flowOf(source);
            if (!name)
                return std::move(name).error();
            flow = flows.emplace(source, std::move(*name)).first;
        }
        heads.push_back({list.integer(0), flow->second, list.text(2), list.integer(3), {}});
    }
    if (auto read = readRetries(heads); !read)
        return std::move(read).error();
    return heads;
}

Result<std::vector<OpenRun>> SqliteJournal::openRuns(const std::vector<std::int64_t> &wanted)
{
    std::string ids = "[";
    for (const std::int64_t run : wanted)
        ids += (ids.size() > 1 ? "," : "") + std::to_string(run);
    ids += ']';
    std::vector<OpenRun> runs;
    {
        Statement &list = m_core->openRuns;
        const Reset atEnd(list);
        list.bind(1, ids);
        for (;;) {
            auto row = list.step();
            if (!row)
                return std::move(row).error();
            if (*row == Statement::Row::Done)
                break;
            OpenRun run;
            run.run = list.integer(0);
            run.event = readEvent(list);
            run.damaged = list.text(10) != bodySum(m_core->sum, run.event);
            runs.push_back(std::move(run));
        }
    }
    if (auto steps = readSteps(runs, ids); !steps)
        return std::move(steps).error();
    return runs;
}

Result<std::vector<HeldKey>> SqliteJournal::heldKeys()
{
    auto list = m_core->database->prepare(
        "SELECT DISTINCT source.flow, run.key FROM letter JOIN run ON run.id = letter.run"
        " JOIN source ON source.id = run.source WHERE letter.holds = 1 AND run.state <> 0"
        " ORDER BY 1, 2");
    if (!list)
        return std::move(list).error();
    std::vector<HeldKey> keys;
    for (;;) {
        auto row = list->step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return keys;
        keys.push_back({list->text(0), list->text(1)});
    }
}

Result<std::vector<RunRow>> SqliteJournal::runs(const ListQuery &query)
{
    auto list = m_core->database->prepare(
        "SELECT run.id, source.flow, source.trigger, run.event_id, run.event_type, run.state,"
        " run.received, run.finished, run.key FROM run JOIN source ON source.id = run.source"
        " WHERE run.id < ?1 AND (?2 = '' OR source.flow = ?2) AND (?3 < 0 OR run.state = ?3)"
        " ORDER BY run.id DESC LIMIT ?4");
    if (!list)
        return std::move(list).error();
    list->bind(1, upperBound(query)).bind(2, query.flow)
        .bind(3, query.state ? static_cast<int>(*query.state) : -1).bind(4, query.limit);
    std::vector<RunRow> rows;
    for (;;) {
        auto row = list->step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return rows;
        rows.push_back({list->integer(0), list->text(1), list->text(2), list->text(3),
                        list->text(4), static_cast<RunState>(list->integer(5)), list->instant(6),
                        list->instant(7), list->text(8)});
    }
}

Result<std::vector<LetterRow>> SqliteJournal::letters(const ListQuery &query)
{
    auto list = m_core->database->prepare(
        "SELECT letter.id, letter.run, coalesce(source.flow, ''), coalesce(run.event_id, ''),"
        " coalesce(run.event_type, ''), letter.step, letter.lineage, letter.attempts, letter.at,"
        " letter.keep_until, letter.error_kind, letter.error_code, letter.error_message,"
        " letter.error_place, letter.error_evidence, letter.input, letter.holds FROM letter"
        " LEFT JOIN run ON run.id = letter.run LEFT JOIN source ON source.id = run.source"
        " WHERE letter.id < ?1 AND (?2 = '' OR source.flow = ?2)"
        " ORDER BY letter.id DESC LIMIT ?3");
    if (!list)
        return std::move(list).error();
    list->bind(1, upperBound(query)).bind(2, query.flow).bind(3, query.limit);
    std::vector<LetterRow> rows;
    for (;;) {
        auto row = list->step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return rows;
        rows.push_back({list->integer(0), list->integer(1), list->text(2), list->text(3),
                        list->text(4),
                        LetterRecord{list->text(5), static_cast<std::uint64_t>(list->integer(6)),
                                     readError(*list, 10), list->text(15),
                                     static_cast<int>(list->integer(7)), list->instant(8),
                                     list->instant(9), list->integer(16) != 0}});
    }
}

} // namespace tw
