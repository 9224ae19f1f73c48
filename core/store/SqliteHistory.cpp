// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that answers questions about runs.
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSums.h"

#include <limits>
#include <map>

namespace tw {

using sqlite::eachRow;
using sqlite::Reset;
using sqlite::Statement;

namespace {

#define TW_RUN_COLUMNS                                                                             \
    "run.id, source.flow, source.trigger, run.event_id, run.event_type, run.state,"               \
    " run.received, run.finished, run.key, run.flow_version, run.ids, run.replay, run.origin"

#define TW_RUN_WISHES                                                                              \
    " WHERE run.id < ?1 AND (?2 = '' OR source.flow = ?2) AND (?3 < 0 OR run.state = ?3)"          \
    " AND (?5 = '' OR EXISTS (SELECT 1 FROM step WHERE step.run = run.id AND step.step = ?5))"     \
    " AND run.received >= ?6 AND run.received <= ?7 AND (?8 = 0 OR run.origin = ?8)"               \
    " ORDER BY run.id DESC LIMIT ?9"

const std::string &changedRun()
{
    static const std::string kChanged
        = sqlite::isChanged("run") + " OR " + sqlite::isChanged("source");
    return kChanged;
}

constexpr const char *kRuns = " FROM run JOIN source ON source.id = run.source" TW_RUN_WISHES;

// In the table of ids, among the newest runs that are not in it yet, or by their event.
constexpr const char *kRunsById
    = " FROM (SELECT run FROM known WHERE id = ?4"
      " UNION SELECT id FROM run WHERE id > (SELECT coalesce(max(CAST(value AS INTEGER)), 0)"
      " FROM keep WHERE area = 'ids') AND (key = ?4 OR instr(ids, ' ' || ?4 || ' ') > 0)"
      " UNION SELECT event.id FROM source CROSS JOIN run AS event ON event.source = source.id"
      " AND event.event_id = ?4) AS wanted CROSS JOIN run ON run.id = wanted.run"
      " JOIN source ON source.id = run.source" TW_RUN_WISHES;

RunRow readRow(const Statement &row)
{
    return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4),
            static_cast<RunState>(row.integer(5)), row.instant(6), row.instant(7), row.text(8),
            row.text(9), row.text(10), static_cast<int>(row.integer(11)), row.integer(12),
            row.integer(13) != 0};
}

} // namespace

/// What open runs wait for: keys that letters hold, and questions of their own.
Result<void> SqliteJournal::findWaits(std::vector<RunRow *> rows)
{
    std::erase_if(rows, [](const RunRow *row) { return row->state != RunState::Open; });
    if (rows.empty())
        return {};
    struct Holder
    {
        std::int64_t letter = 0;
        std::int64_t run = 0;
    };
    std::map<std::pair<std::string, std::string>, Holder> holders; // by flow and key
    auto held = m_core->database->prepare(
        "SELECT source.flow, run.key, letter.id, run.id FROM letter JOIN run ON run.id = letter.run"
        " JOIN source ON source.id = run.source WHERE letter.holds = 1 AND run.state <> 0");
    if (!held)
        return std::move(held).error();
    auto read = eachRow(*held, [&holders](const Statement &row) {
        holders.try_emplace({row.text(0), row.text(1)}, Holder{row.integer(2), row.integer(3)});
    });
    if (!read)
        return read;
    auto asks = m_core->database->prepare(
        "SELECT id FROM review WHERE run = ?1 AND status = 0 ORDER BY id LIMIT 1");
    if (!asks)
        return std::move(asks).error();
    for (RunRow *row : rows) {
        const auto holder = holders.find({row->flow, row->key});
        if (holder != holders.end() && row->origin == 0) { // Replays go through.
            row->waitsForLetter = holder->second.letter;
            row->waitsForRun = holder->second.run;
        }
        const Reset atEnd(*asks);
        auto question = asks->bind(1, row->run).step();
        if (!question)
            return std::move(question).error();
        if (*question == Statement::Row::There)
            row->waitsForReview = asks->integer(0);
    }
    return {};
}

Result<std::vector<RunRow>> SqliteJournal::runs(const RunQuery &query)
{
    static const std::string kStart = "SELECT " TW_RUN_COLUMNS ", " + changedRun();
    static const std::string kSql = kStart + kRuns;
    static const std::string kSqlById = kStart + kRunsById;
    auto list = m_core->database->prepare((query.id.empty() ? kSql : kSqlById).c_str());
    if (!list)
        return std::move(list).error();
    constexpr auto kEver = std::numeric_limits<std::int64_t>::max();
    list->bind(1, query.before > 0 ? query.before : kEver).bind(2, query.flow)
        .bind(3, query.state ? static_cast<int>(*query.state) : -1)
        .bind(5, query.step).bind(6, query.from.value_or(Instant{}))
        .bind(7, query.to.value_or(Instant{kEver})).bind(8, query.origin).bind(9, query.limit);
    if (!query.id.empty())
        list->bind(4, query.id);
    std::vector<RunRow> rows;
    auto read = eachRow(*list, [&rows](const Statement &row) { rows.push_back(readRow(row)); });
    if (!read)
        return std::move(read).error();
    std::vector<RunRow *> all;
    for (RunRow &row : rows)
        all.push_back(&row);
    auto waits = findWaits(std::move(all));
    return waits ? Result<std::vector<RunRow>>(std::move(rows)) : std::move(waits).error();
}

Result<std::vector<StepRecord>> SqliteJournal::stepsOf(std::int64_t run, bool &damaged)
{
    Statement &list = m_core->openSteps;
    const Reset atEnd(list);
    const std::string ids = '[' + std::to_string(run) + ']';
    list.bind(1, ids);
    std::vector<StepRecord> steps;
    for (;;) {
        auto row = list.step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return steps;
        auto record = readStep(list, run);
        if (!record)
            return std::move(record).error();
        damaged = damaged || !isStepSum(m_core->sum, list.text(14), run, *record);
        steps.push_back(std::move(*record));
    }
}

Result<RunHistory> SqliteJournal::history(std::int64_t run)
{
    RunHistory history;
    {
        static const std::string kSql = "SELECT run.id, source.flow, source.trigger, run.event_id, run.event_type,"
            " run.flow_version, run.created, run.received, run.live, run.seed, body.sum,"
            " body.bytes, run.key, run.ids, run.replay, run.origin, run.generation,"
            " run.entry_step, run.entry_item, run.entry_lineage, body.input, run.state,"
            " run.finished, " + changedRun() + " FROM run JOIN source ON source.id = run.source"
            " LEFT JOIN body ON body.run = run.id WHERE run.id = ?1";
        auto find = m_core->database->prepare(kSql.c_str());
        if (!find)
            return std::move(find).error();
        auto row = find->bind(1, run).step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return rejectedError("store.no_run", "There is no run " + std::to_string(run) + '.');
        auto event = readEvent(*find);
        if (!event)
            return std::move(event).error();
        history.event = std::move(*event);
        history.bodyKept = !find->isNull(10);
        history.damaged = find->integer(23) != 0
            || (history.bodyKept && !isBodySum(m_core->sum, find->text(10), run, history.event));
        const NewRun &known = history.event;
        history.row = {run, known.flow, known.trigger, known.eventId, known.eventType,
                       static_cast<RunState>(find->integer(21)), known.received,
                       find->instant(22), known.key, known.flowVersion, known.ids, known.replay,
                       known.origin, history.damaged};
    }
    if (auto waits = findWaits({&history.row}); !waits)
        return std::move(waits).error();
    auto steps = stepsOf(run, history.damaged);
    if (!steps)
        return std::move(steps).error();
    history.steps = std::move(*steps);
    history.row.damaged = history.damaged;
    LetterQuery ofRun;
    ofRun.run = run;
    ofRun.limit = std::numeric_limits<int>::max();
    auto found = letters(ofRun);
    if (!found)
        return std::move(found).error();
    history.letters = std::move(*found);
    ReviewQuery asked;
    asked.run = run;
    asked.limit = ofRun.limit;
    auto questions = reviews(asked);
    if (!questions)
        return std::move(questions).error();
    history.reviews = std::move(*questions);
    RunQuery again;
    again.origin = run;
    again.limit = 1000;
    auto replays = runs(again);
    if (!replays)
        return std::move(replays).error();
    history.replays = std::move(*replays);
    return history;
}

} // namespace tw
