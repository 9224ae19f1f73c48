// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that takes people out of it.
#include "core/store/SoughtWords.h"
#include "core/store/SqliteCore.h"

#include <sqlite3.h>

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

namespace {

std::string_view textOf(sqlite3_value *value)
{
    const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
    return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// sought(text): whether one of the words is in it; without(text): the text without them.
void addFunctions(sqlite3 *handle, const SoughtWords *words)
{
    auto *data = const_cast<SoughtWords *>(words);
    sqlite3_create_function_v2(
        handle, "sought", 1, SQLITE_UTF8, data,
        [](sqlite3_context *context, int, sqlite3_value **values) {
            const auto *sought = static_cast<SoughtWords *>(sqlite3_user_data(context));
            sqlite3_result_int(context, sought && sought->areIn(textOf(values[0])) ? 1 : 0);
        },
        nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(
        handle, "without", 1, SQLITE_UTF8, data,
        [](sqlite3_context *context, int, sqlite3_value **values) {
            const auto *sought = static_cast<SoughtWords *>(sqlite3_user_data(context));
            std::string text(textOf(values[0]));
            if (sought)
                text = sought->takenOut(std::move(text));
            sqlite3_result_text(context, text.data(), static_cast<int>(text.size()),
                                SQLITE_TRANSIENT);
        },
        nullptr, nullptr, nullptr);
}

struct Step
{
    const char *rows;   ///< "letter WHERE …": what is counted,
    const char *change; ///< and what is done about it.
    int ErasureReport::*count;
};

constexpr Step kOfRun[] = {
    {"letter WHERE run = ?1",
     "UPDATE letter SET input = '', edited = NULL, error_message = 'erased', error_evidence = '',"
     " error_place = '', holds = 0, status = 3 WHERE run = ?1",
     &ErasureReport::letters},
    {"review WHERE run = ?1",
     "UPDATE review SET question = 'erased', input = '', proposal = '', candidates = '', cause = "
     "'',"
     " answer = '' WHERE run = ?1",
     &ErasureReport::reviews},
    {nullptr, "DELETE FROM body WHERE run = ?1", nullptr},
    {nullptr, "DELETE FROM step WHERE run = ?1", nullptr},
    {nullptr,
     "UPDATE run SET key = '', ids = '', state = CASE state WHEN 0 THEN 2 ELSE state END WHERE id "
     "= ?1",
     nullptr},
};

// Keys, guards and remembered decisions that name the person; those of open runs stay with them.
#define TW_CLAIMS "claim WHERE sought(key) AND run NOT IN (SELECT id FROM run WHERE state = 0)"
#define TW_GUARDS "newest WHERE sought(guard)"
#define TW_REMEMBERED "remembered WHERE sought(cause) OR sought(answer)"
// What people wrote: a reason goes whole, because it speaks of whom it names.
#define TW_IF(column)                                                                              \
#column " = CASE WHEN sought(" #column ") THEN '(erased)' ELSE " #column " END"
#define TW_LETTERS                                                                                 \
    "letter WHERE sought(reason) OR sought(decided_by) OR sought(owner) OR sought(cause)"
#define TW_REVIEWS                                                                                 \
    "review WHERE sought(reason) OR sought(decided_by) OR sought(owner) OR sought(escalate_to)"
#define TW_DECISIONS "remembered WHERE sought(reason) OR sought(decided_by)"
#define TW_GATES "keep WHERE area = 'gate' AND sought(value)"

constexpr Step kElsewhere[] = {
    {TW_CLAIMS, "DELETE FROM " TW_CLAIMS, &ErasureReport::keys},
    {TW_GUARDS, "DELETE FROM " TW_GUARDS, &ErasureReport::keys},
    {TW_REMEMBERED, "DELETE FROM " TW_REMEMBERED, &ErasureReport::keys},
    {TW_LETTERS,
     "UPDATE letter SET " TW_IF(reason) ", " TW_IF(decided_by) ", " TW_IF(owner) ", " TW_IF(
         cause) " WHERE sought(reason) OR sought(decided_by) OR sought(owner) OR sought(cause)",
     &ErasureReport::texts},
    {TW_REVIEWS,
     "UPDATE review SET " TW_IF(reason) ", " TW_IF(decided_by) ", " TW_IF(owner) ", " TW_IF(
         escalate_to) " WHERE sought(reason) OR sought(decided_by) OR sought(owner) OR "
                      "sought(escalate_to)",
     &ErasureReport::texts},
    {TW_DECISIONS,
     "UPDATE remembered SET " TW_IF(reason) ", " TW_IF(
         decided_by) " WHERE sought(reason) OR sought(decided_by)",
     &ErasureReport::texts},
    {TW_GATES, "UPDATE keep SET value = without(value) WHERE area = 'gate' AND sought(value)",
     &ErasureReport::texts},
};

bool holdsOne(const RunHistory &run, const SoughtWords &words)
{
    bool hit = words.areIn(run.event.body) || words.areIn(run.row.ids) ||
               words.areIn(run.row.key) || (run.event.entry && words.areIn(run.event.entry->input));
    for (const StepRecord &step : run.steps)
        hit =
            hit || words.areIn(step.outputs) || words.areIn(step.note) ||
            (step.error && (words.areIn(step.error->message) || words.areIn(step.error->evidence)));
    for (const LetterRow &row : run.letters)
        hit = hit || words.areIn(row.letter.input) || words.areIn(row.edited.value_or("")) ||
              words.areIn(row.letter.error.message) || words.areIn(row.letter.error.evidence);
    for (const ReviewRow &row : run.reviews)
        hit = hit || words.areIn(row.review.input) || words.areIn(row.review.question) ||
              words.areIn(row.review.proposal) || words.areIn(row.review.candidates) ||
              words.areIn(row.review.cause) || words.areIn(row.answer);
    return hit;
}

} // namespace

Result<void> SqliteJournal::eraseRun(std::int64_t run, bool dryRun, ErasureReport &report)
{
    if (!dryRun) {
        if (auto forgotten = forgetIds(run); !forgotten)
            return std::move(forgotten).error();
    }
    for (const Step &step : kOfRun) {
        if (dryRun && !step.rows)
            continue;
        const std::string sql =
            dryRun ? std::string("SELECT count(*) FROM ") + step.rows : std::string(step.change);
        auto statement = m_core->database->prepare(sql.c_str());
        if (!statement)
            return std::move(statement).error();
        auto row = statement->bind(1, run).step();
        if (!row)
            return std::move(row).error();
        if (step.count)
            report.*step.count +=
                dryRun ? static_cast<int>(statement->integer(0)) : m_core->database->changes();
    }
    ++report.runs;
    return {};
}

/// Outside of runs: keys, and what people wrote.
Result<void> SqliteJournal::eraseElsewhere(bool dryRun, ErasureReport &report)
{
    for (const Step &step : kElsewhere) {
        const std::string sql =
            dryRun ? std::string("SELECT count(*) FROM ") + step.rows : std::string(step.change);
        auto statement = m_core->database->prepare(sql.c_str());
        if (!statement)
            return std::move(statement).error();
        auto row = statement->step();
        if (!row)
            return std::move(row).error();
        report.*step.count +=
            dryRun ? static_cast<int>(statement->integer(0)) : m_core->database->changes();
    }
    return {};
}

Result<ErasureReport> SqliteJournal::erase(const Erasure &erasure)
{
    for (const std::string &word : erasure.words) {
        if (word.size() < 4)
            return rejectedError("store.short_word", "\"" + word +
                                                         "\" is too short to erase by: "
                                                         "it would hit other people's records.");
    }
    std::vector<std::int64_t> all;
    auto list = m_core->database->prepare("SELECT id FROM run ORDER BY id");
    if (!list)
        return std::move(list).error();
    auto listed = eachRow(*list, [&all](const Statement &row) { all.push_back(row.integer(0)); });
    if (!listed)
        return std::move(listed).error();
    if (!erasure.dryRun) {
        if (auto secure = m_core->database->execute("PRAGMA secure_delete = ON"); !secure)
            return std::move(secure).error();
        m_core->erased = true;
    }
    const SoughtWords words(erasure.words);
    const SoughtWords inAnyCase(erasure.words, SoughtWords::Case::IsFree);
    ErasureReport report;
    int otherCase = 0;
    for (const std::int64_t run : all) {
        auto known = history(run);
        if (!known)
            return std::move(known).error();
        if (!holdsOne(*known, words)) {
            otherCase += holdsOne(*known, inAnyCase);
            continue;
        }
        if (known->row.state == RunState::Open && !erasure.alsoOpen) {
            ++report.open;
            continue;
        }
        if (auto erased = eraseRun(run, erasure.dryRun, report); !erased)
            return std::move(erased).error();
    }
    addFunctions(m_core->database->handle(), &words);
    auto erased = eraseElsewhere(erasure.dryRun, report);
    addFunctions(m_core->database->handle(), nullptr);
    if (erased)
        erased = eraseEntries(words, erasure.dryRun, report);
    if (!erased)
        return std::move(erased).error();
    if (report.isNothing())
        report.otherCase = otherCase;
    return report;
}

} // namespace tw
