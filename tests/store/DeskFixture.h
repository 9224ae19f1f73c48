// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"
#include "core/store/JournalDesk.h"

#include <QTest>
#include <functional>

// What the tests of a desk write into a journal, and how they look at it.
namespace tw::test {

using namespace std::chrono_literals;

inline const Instant kNoon = Instant::fromSeconds(1'790'000'000);

inline NewRun incoming(const std::string &id, const std::string &body = "{\"amount\":1099}")
{
    NewRun run;
    run.flow = "payments";
    run.flowVersion = "1.0.0+aa";
    run.trigger = "charges";
    run.eventId = id;
    run.eventType = "charge.succeeded";
    run.body = body;
    run.created = kNoon;
    run.received = kNoon;
    run.seed = 7;
    return run;
}

/// In a transaction of its own.
template <typename T>
inline Result<T> write(Journal &journal, const std::function<Result<T>(Journal &)> &work)
{
    if (auto begun = journal.begin(); !begun)
        return begun.error();
    auto result = work(journal);
    if (!result) {
        journal.rollback();
        return result;
    }
    if (auto committed = journal.commit(); !committed)
        return committed.error();
    return result;
}

inline AcceptedRun accepted(Journal &journal, const NewRun &run)
{
    return write<AcceptedRun>(journal, [&](Journal &j) { return j.accept(run); })
        .value_or(AcceptedRun{});
}

inline void put(Journal &journal, const RunChange &change)
{
    QVERIFY(write<Written>(journal, [&](Journal &j) { return j.write(change); }));
}

inline std::string replayed(Journal &journal, const ReplayOrder &order, std::int64_t *run = nullptr)
{
    const auto result =
        write<AcceptedRun>(journal, [&](Journal &j) { return j.desk().replay(order); });
    if (result && run)
        *run = result->run;
    return result ? "replayed" : result.error().code;
}

inline std::string changed(Journal &journal, const LetterChange &change)
{
    const auto result = write<void>(journal, [&](Journal &j) { return j.desk().change(change); });
    return result ? "changed" : result.error().code;
}

inline StepRecord record(const std::string &step, RecordState state, const std::string &outputs = {})
{
    StepRecord record;
    record.step = step;
    record.lineage = 42;
    record.state = state;
    record.at = kNoon;
    record.outputs = outputs;
    return record;
}

inline LetterRecord letter(const std::string &step, const std::string &cause = "missing amount")
{
    LetterRecord letter{
        step, 42, rejectedError("x.refused", "No."), "{\"a\":1}", 3, kNoon, kNoon + 90 * 24h};
    letter.item = 5;
    letter.cause = cause;
    letter.owner = "finance";
    letter.dueAt = kNoon + 4h;
    return letter;
}

inline ReviewRecord question(const std::string &cause = {})
{
    ReviewRecord review;
    review.step = "ask";
    review.lineage = 42;
    review.question = "Which account?";
    review.input = "{\"mail\":\"ana@example.com\"}";
    review.candidates = "[1,2]";
    review.cause = cause;
    review.owner = "sales";
    review.askedAt = kNoon;
    review.dueAt = kNoon + 1h;
    review.timeoutExit = "nobody";
    review.escalateAt = kNoon + 30min;
    return review;
}

/// A run that ended with a dead letter at "upsert".
inline std::int64_t failedRun(Journal &journal, const std::string &id,
                       const std::string &cause = "missing amount")
{
    const std::int64_t run = accepted(journal, incoming(id)).run;
    put(journal, {run,
                  {record("upsert", RecordState::Failed)},
                  {letter("upsert", cause)},
                  RunEnd{RunState::DeadLettered, kNoon + 1s}});
    return run;
}

inline OpenRun openRun(Journal &journal, std::int64_t run)
{
    const auto runs = journal.openRuns({run});
    return runs && runs->size() == 1 ? runs->front() : OpenRun{};
}

inline std::vector<LetterRow> lettersOf(Journal &journal, std::int64_t run)
{
    LetterQuery query;
    query.run = run;
    return journal.desk().letters(query).value_or(std::vector<LetterRow>());
}

inline std::vector<std::int64_t> found(Journal &journal, const RunQuery &query)
{
    std::vector<std::int64_t> numbers;
    const auto rows = journal.desk().runs(query);
    for (const RunRow &row : rows.value_or(std::vector<RunRow>()))
        numbers.push_back(row.run);
    return numbers;
}

using Numbers = std::vector<std::int64_t>;

} // namespace tw::test
