// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that answers questions about runs, and takes people out of it.
#include "core/store/SqliteCore.h"

#include <algorithm>
#include <limits>
#include <map>
#include <sqlite3.h>

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

constexpr const char *kRuns
    = "SELECT " TW_RUN_COLUMNS " FROM run JOIN source ON source.id = run.source" TW_RUN_WISHES;

// In the table of ids, among the newest runs that are not in it yet, or by their event.
constexpr const char *kRunsById
    = "SELECT " TW_RUN_COLUMNS " FROM (SELECT run FROM known WHERE id = ?4"
      " UNION SELECT id FROM run WHERE id > (SELECT coalesce(max(CAST(value AS INTEGER)), 0)"
      " FROM keep WHERE area = 'ids') AND (key = ?4 OR instr(ids, ' ' || ?4 || ' ') > 0)"
      " UNION SELECT event.id FROM source CROSS JOIN run AS event ON event.source = source.id"
      " AND event.event_id = ?4) AS wanted CROSS JOIN run ON run.id = wanted.run"
      " JOIN source ON source.id = run.source" TW_RUN_WISHES;

RunRow readRow(const Statement &row)
{
    return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4),
            static_cast<RunState>(row.integer(5)), row.instant(6), row.instant(7), row.text(8),
            row.text(9), row.text(10), static_cast<int>(row.integer(11)), row.integer(12)};
}

bool holdsOne(const std::string &text, const std::vector<std::string> &words)
{
    return std::any_of(words.begin(), words.end(), [&text](const std::string &word) {
        return text.find(word) != std::string::npos;
    });
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
    auto list = m_core->database->prepare(query.id.empty() ? kRuns : kRunsById);
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
        auto find = m_core->database->prepare(
            "SELECT run.id, source.flow, source.trigger, run.event_id, run.event_type,"
            " run.flow_version, run.created, run.received, run.live, run.seed, body.sum,"
            " body.bytes, run.key, run.ids, run.replay, run.origin, run.generation,"
            " run.entry_step, run.entry_item, run.entry_lineage, body.input, run.state,"
            " run.finished FROM run JOIN source ON source.id = run.source"
            " LEFT JOIN body ON body.run = run.id WHERE run.id = ?1");
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
        history.damaged
            = history.bodyKept && !isBodySum(m_core->sum, find->text(10), run, history.event);
        const NewRun &known = history.event;
        history.row = {run, known.flow, known.trigger, known.eventId, known.eventType,
                       static_cast<RunState>(find->integer(21)), known.received,
                       find->instant(22), known.key, known.flowVersion, known.ids, known.replay,
                       known.origin};
    }
    if (auto waits = findWaits({&history.row}); !waits)
        return std::move(waits).error();
    auto steps = stepsOf(run, history.damaged);
    if (!steps)
        return std::move(steps).error();
    history.steps = std::move(*steps);
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

/// 1 when something of the run was taken out.
Result<int> SqliteJournal::eraseRun(std::int64_t run, ErasureReport &report)
{
    if (auto forgotten = forgetIds(run); !forgotten)
        return std::move(forgotten).error();
    static constexpr const char *kStatements[] = {
        "DELETE FROM body WHERE run = ?1",
        "DELETE FROM step WHERE run = ?1",
        "UPDATE run SET key = '', ids = '', state = CASE state WHEN 0 THEN 2 ELSE state END"
        " WHERE id = ?1",
        "UPDATE letter SET input = '', edited = NULL, error_message = 'erased',"
        " error_evidence = '', error_place = '', holds = 0, status = 3 WHERE run = ?1",
        "UPDATE review SET question = 'erased', input = '', proposal = '', candidates = '',"
        " cause = '', answer = '' WHERE run = ?1",
    };
    for (const char *sql : kStatements) {
        auto statement = m_core->database->prepare(sql);
        if (!statement)
            return std::move(statement).error();
        if (auto done = statement->bind(1, run).run(); !done)
            return std::move(done).error();
        const int rows = m_core->database->changes();
        report.letters += sql == kStatements[3] ? rows : 0;
        report.reviews += sql == kStatements[4] ? rows : 0;
    }
    ++report.runs;
    return 1;
}

/// Keys, guards and remembered decisions that name the person; those of open runs stay with them.
Result<void> SqliteJournal::eraseKeys(const std::string &word, ErasureReport &report)
{
    for (const char *sql :
         {"DELETE FROM claim WHERE instr(key, ?1) > 0"
          " AND run NOT IN (SELECT id FROM run WHERE state = 0)",
          "DELETE FROM newest WHERE instr(guard, ?1) > 0",
          "DELETE FROM remembered WHERE instr(cause, ?1) > 0 OR instr(answer, ?1) > 0"}) {
        auto remove = m_core->database->prepare(sql);
        if (!remove)
            return std::move(remove).error();
        if (auto removed = remove->bind(1, word).run(); !removed)
            return removed;
        report.keys += m_core->database->changes();
    }
    return {};
}

Result<ErasureReport> SqliteJournal::erase(const Erasure &erasure)
{
    for (const std::string &word : erasure.words) {
        if (word.size() < 4)
            return rejectedError("store.short_word", "\"" + word + "\" is too short to erase by: "
                                                     "it would hit other people's records.");
    }
    if (auto secure = m_core->database->execute("PRAGMA secure_delete = ON"); !secure)
        return std::move(secure).error();
    std::vector<std::int64_t> all;
    auto list = m_core->database->prepare("SELECT id FROM run ORDER BY id");
    if (!list)
        return std::move(list).error();
    auto listed = eachRow(*list, [&all](const Statement &row) { all.push_back(row.integer(0)); });
    if (!listed)
        return std::move(listed).error();
    m_core->erased = true;
    ErasureReport report;
    for (const std::int64_t run : all) {
        auto known = history(run);
        if (!known)
            return std::move(known).error();
        bool hit = holdsOne(known->event.body, erasure.words)
            || holdsOne(known->row.ids, erasure.words) || holdsOne(known->row.key, erasure.words)
            || (known->event.entry && holdsOne(known->event.entry->input, erasure.words));
        for (const StepRecord &step : known->steps)
            hit = hit || holdsOne(step.outputs, erasure.words) || holdsOne(step.note, erasure.words);
        for (const LetterRow &letter : known->letters)
            hit = hit || holdsOne(letter.letter.input, erasure.words)
                || holdsOne(letter.edited.value_or(""), erasure.words)
                || holdsOne(letter.letter.error.message, erasure.words)
                || holdsOne(letter.letter.error.evidence, erasure.words);
        for (const ReviewRow &review : known->reviews)
            hit = hit || holdsOne(review.review.input + review.review.question
                                      + review.review.proposal + review.review.candidates
                                      + review.answer,
                                  erasure.words);
        if (!hit)
            continue;
        if (known->row.state == RunState::Open && !erasure.alsoOpen) {
            ++report.open;
            continue;
        }
        if (auto erased = eraseRun(run, report); !erased)
            return std::move(erased).error();
    }
    for (const std::string &word : erasure.words) {
        if (auto erased = eraseKeys(word, report); !erased)
            return std::move(erased).error();
    }
    return report;
}

} // namespace tw
