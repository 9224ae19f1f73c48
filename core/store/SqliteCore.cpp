// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSums.h"

namespace tw {

Result<void> SqliteJournal::Core::prepare()
{
    const std::string openRunsSql = std::string("SELECT ") + kEventColumns + ", "
        + sqlite::isChanged("run") + " OR " + sqlite::isChanged("source")
        + " FROM json_each(?1) AS wanted JOIN run ON run.id = wanted.value"
          " JOIN source ON source.id = run.source LEFT JOIN body ON body.run = run.id"
          " WHERE run.state = 0 ORDER BY run.id";
    const std::string openStepsSql = std::string("SELECT ") + kStepColumns
        + " FROM json_each(?1) AS wanted JOIN step ON step.run = wanted.value ORDER BY run, step, item";
    const std::string originStepsSql = std::string("SELECT ") + kStepColumns
        + " FROM step WHERE run IN (SELECT id FROM run WHERE (id = ?1 OR origin = ?1) AND id < ?2"
          " AND generation = ?3) ORDER BY run, step, item";
    const std::string reviewsSql
        = "SELECT review.run, review.id, step, lineage, status, exit, answer, decided_by, decided_at,"
          " reason, " + sqlite::isChanged("review")
        + " FROM json_each(?1) AS wanted JOIN review ON review.run = wanted.value"
          " WHERE status <> 0 ORDER BY review.run, review.id";
    const std::pair<sqlite::Statement *, const char *> all[] = {
        {&begin, "BEGIN IMMEDIATE"},
        {&commit, "COMMIT"},
        {&rollback, "ROLLBACK"},
        {&findSource, "SELECT id FROM source WHERE flow = ?1 AND trigger = ?2"},
        {&addSource, "INSERT INTO source (flow, trigger) VALUES (?1, ?2)"},
        {&addRun, "INSERT INTO run (source, state, received, finished, created, live, seed,"
                  " event_id, event_type, flow_version, key, bytes, ids, replay, origin, generation,"
                  " entry_step, entry_item, entry_lineage, id)"
                  " VALUES (?1, 0, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                  " ?15, ?16, ?17, ?18) ON CONFLICT (source, event_id, replay) DO NOTHING"},
        {&findRun, "SELECT id FROM run WHERE source = ?1 AND event_id = ?2 AND replay = 0"},
        {&findFact, "SELECT run FROM claim WHERE flow = ?1 AND step = ?2 AND key = ?3"
                    " AND until > ?4"},
        {&addBody, "INSERT INTO body (run, sum, bytes, input) VALUES (?1, ?2, ?3, ?4)"},
        {&endRun, "UPDATE run SET state = ?2, finished = ?3 WHERE id = ?1 AND state = 0"},
        {&addIds, "UPDATE run SET ids = ids || ?2 WHERE id = ?1"},
        {&resolveLetter, "UPDATE letter SET status = 2 WHERE replay_run = ?1 AND status = 1"},
        {&putStep, "INSERT OR REPLACE INTO step (run, step, item, lineage, state, attempt, at,"
                   " retry_at, note, outputs, error_kind, error_code, error_message, error_place,"
                   " error_evidence, sum, unknown) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                   " ?11, ?12, ?13, ?14, ?15, ?16, ?17)"},
        {&addLetter, "INSERT INTO letter (run, step, lineage, attempts, at, keep_until, error_kind,"
                     " error_code, error_message, error_place, error_evidence, input, holds, item,"
                     " cause, owner, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                     " ?13, ?14, ?15, ?16, ?17) ON CONFLICT (run, step, lineage) DO NOTHING"},
        {&findLetter, "SELECT id FROM letter WHERE run = ?1 AND step = ?2 AND lineage = ?3"},
        {&claim, "INSERT INTO claim (flow, step, key, run, until) VALUES (?1, ?2, ?3, ?4, ?5)"
                 " ON CONFLICT (flow, step, key) DO UPDATE SET run = excluded.run,"
                 " until = excluded.until WHERE claim.run = excluded.run OR claim.until <= ?6"
                 " RETURNING run"},
        {&openHeads, "SELECT id, source, key, bytes, origin FROM run INDEXED BY run_open"
                     " WHERE state = 0 AND id > ?1 ORDER BY id LIMIT ?2"},
        {&openWaits, "SELECT run, min(retry_at) FROM step INDEXED BY step_waiting"
                     " WHERE state = 1 AND run >= ?1 AND run <= ?2 GROUP BY run ORDER BY run"},
        {&flowOfSource, "SELECT flow FROM source WHERE id = ?1"},
        {&openRuns, openRunsSql.c_str()},
        {&openSteps, openStepsSql.c_str()},
        {&originSteps, originStepsSql.c_str()},
        {&answeredReviews, reviewsSql.c_str()},
        {&addReview, "INSERT INTO review (run, step, item, lineage, status, question, input,"
                     " proposal, candidates, cause, owner, asked, due, timeout_exit, escalate_at,"
                     " escalate_to) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                     " ?13, ?14, ?15) ON CONFLICT (run, step, lineage) DO NOTHING"},
        {&putNewest, "INSERT INTO newest (guard, at, seen, run) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (guard) DO UPDATE SET at = excluded.at, seen = excluded.seen,"
                     " run = excluded.run,"
                     " before = iif(run = excluded.run, before, newest.at)"
                     " WHERE excluded.at >= newest.at"},
        {&takeBackNewest, "UPDATE newest SET at = before, run = 0"
                          " WHERE guard = ?1 AND at = ?2 AND run = ?3"},
        {&addKnown, "INSERT OR IGNORE INTO known (id, run) VALUES (?1, ?2)"},
        {&putKept, "INSERT OR REPLACE INTO keep (area, name, value, at) VALUES (?1, ?2, ?3, ?4)"},
    };
    for (const auto &[statement, sql] : all) {
        auto prepared = database->prepare(sql);
        if (!prepared)
            return std::move(prepared).error();
        *statement = std::move(*prepared);
    }
    return {};
}

bool SqliteJournal::Core::openOrDrop(std::string &text, const std::string &place)
{
    auto plain = opened(std::move(text), place);
    text = plain ? std::move(*plain) : std::string();
    return plain.has_value();
}

namespace {

std::string numbers(std::initializer_list<std::int64_t> all)
{
    std::string text;
    for (const std::int64_t number : all)
        text += std::to_string(number) + '/';
    return text;
}

std::string earlierStepSum(RowSum &sum, std::int64_t run, const StepRecord &record)
{
    const std::string known = std::to_string(run) + '/' + std::to_string(record.item) + '/'
        + std::to_string(record.lineage) + '/' + std::to_string(static_cast<int>(record.state))
        + '/' + std::to_string(record.attempt);
    return sum.of({known, record.step, record.outputs, record.note});
}

/// Rows of version 1 have no key, and a sum without it; those of version 2 no entry.
std::string earlierBodySum(RowSum &sum, const NewRun &event)
{
    if (event.entry)
        return sum.of({event.flow, event.trigger, event.eventId, event.body, event.key,
                       event.entry->step, event.entry->input});
    if (event.key.empty())
        return sum.of({event.flow, event.trigger, event.eventId, event.body});
    return sum.of({event.flow, event.trigger, event.eventId, event.body, event.key});
}

} // namespace

std::string stepSum(RowSum &sum, std::int64_t run, const StepRecord &record)
{
    const std::string known
        = numbers({run, record.item, static_cast<std::int64_t>(record.lineage),
                   static_cast<int>(record.state), record.attempt, record.at.msSinceEpoch,
                   record.retryAt ? record.retryAt->msSinceEpoch : -1});
    if (!record.error)
        return sum.of({known, record.step, record.outputs, record.note});
    const Error &error = *record.error;
    return sum.of({known, record.step, record.outputs, record.note, toString(error.kind),
                   error.code, error.message, error.where, error.evidence,
                   error.outcomeUnknown ? "?" : ""});
}

std::string bodySum(RowSum &sum, std::int64_t run, const NewRun &event)
{
    const std::string known
        = numbers({run, event.created.msSinceEpoch, event.received.msSinceEpoch, event.live,
                   static_cast<std::int64_t>(event.seed), event.replay, event.origin,
                   event.generation});
    if (!event.entry)
        return sum.of({known, event.flow, event.trigger, event.eventId, event.eventType,
                       event.flowVersion, event.body, event.key});
    return sum.of({known, event.flow, event.trigger, event.eventId, event.eventType,
                   event.flowVersion, event.body, event.key, event.entry->step,
                   numbers({event.entry->item, static_cast<std::int64_t>(event.entry->lineage)}),
                   event.entry->input});
}

bool isStepSum(RowSum &sum, const std::string &stored, std::int64_t run, const StepRecord &record)
{
    return stored == stepSum(sum, run, record) || stored == earlierStepSum(sum, run, record);
}

bool isBodySum(RowSum &sum, const std::string &stored, std::int64_t run, const NewRun &event)
{
    return stored == bodySum(sum, run, event) || stored == earlierBodySum(sum, event);
}

std::string bodyPlace(std::int64_t run)
{
    return "body/" + std::to_string(run);
}

std::string stepPlace(std::int64_t run, const std::string &step, int item)
{
    return "step/" + std::to_string(run) + '/' + step + '/' + std::to_string(item);
}

std::string letterPlace(std::int64_t run, const std::string &step, std::uint64_t lineage)
{
    return "letter/" + std::to_string(run) + '/' + step + '/' + std::to_string(lineage);
}

std::string reviewPlace(std::int64_t run, const std::string &step, std::uint64_t lineage)
{
    return "review/" + std::to_string(run) + '/' + step + '/' + std::to_string(lineage);
}

Error readError(const sqlite::Statement &row, int firstColumn)
{
    Error error;
    error.kind = errorKindFromString(row.text(firstColumn)).value_or(ErrorKind::Internal);
    error.code = row.text(firstColumn + 1);
    error.message = row.text(firstColumn + 2);
    error.where = row.text(firstColumn + 3);
    error.evidence = row.text(firstColumn + 4);
    return error;
}

} // namespace tw
