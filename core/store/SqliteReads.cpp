// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteCore.h"

namespace tw {

using sqlite::Reset;
using sqlite::Statement;

Result<StepRecord> SqliteJournal::readStep(const Statement &row, std::int64_t run)
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
    if (!m_core->seal)
        return record;
    const std::string place = stepPlace(run, record.step, record.item);
    for (std::string *text : {&record.note, &record.outputs,
                              record.error ? &record.error->evidence : nullptr}) {
        if (!text)
            continue;
        auto plain = m_core->opened(std::move(*text), place);
        if (!plain)
            return std::move(plain).error();
        *text = std::move(*plain);
    }
    return record;
}

Result<NewRun> SqliteJournal::readEvent(const Statement &row)
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
    event.key = row.text(12);
    event.ids = row.text(13);
    event.replay = static_cast<int>(row.integer(14));
    event.origin = row.integer(15);
    event.generation = static_cast<int>(row.integer(16));
    const std::string place = m_core->seal ? bodyPlace(row.integer(0)) : std::string();
    auto body = m_core->opened(row.text(11), place);
    if (!body)
        return std::move(body).error();
    event.body = std::move(*body);
    if (!row.isNull(17)) {
        auto input = m_core->opened(row.text(20), place);
        if (!input)
            return std::move(input).error();
        event.entry = RunEntry{row.text(17), static_cast<int>(row.integer(18)),
                               static_cast<std::uint64_t>(row.integer(19)), std::move(*input)};
    }
    return event;
}

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
        auto record = readStep(list, number);
        if (!record)
            return std::move(record).error();
        if (!isStepSum(m_core->sum, list.text(14), number, *record))
            run->damaged = true;
        run->steps.push_back(std::move(*record));
    }
}

/// What earlier runs of the same event did: a replay must not do it twice.
Result<void> SqliteJournal::readOrigins(std::vector<OpenRun> &runs)
{
    for (OpenRun &run : runs) {
        if (run.event.origin == 0)
            continue;
        Statement &list = m_core->originSteps;
        const Reset atEnd(list);
        list.bind(1, run.event.origin).bind(2, run.run).bind(3, run.event.generation);
        for (;;) {
            auto row = list.step();
            if (!row)
                return std::move(row).error();
            if (*row == Statement::Row::Done)
                break;
            auto record = readStep(list, list.integer(16));
            if (!record)
                return std::move(record).error();
            run.originSteps.push_back(std::move(*record));
        }
    }
    return {};
}

Result<void> SqliteJournal::readReviews(std::vector<OpenRun> &runs, const std::string &ids)
{
    Statement &list = m_core->answeredReviews;
    const Reset atEnd(list);
    list.bind(1, ids);
    auto run = runs.begin();
    for (;;) {
        auto row = list.step();
        if (!row)
            return std::move(row).error();
        if (*row == Statement::Row::Done)
            return {};
        while (run != runs.end() && run->run < list.integer(0))
            ++run;
        if (run == runs.end() || run->run != list.integer(0))
            continue;
        ReviewDecision decision;
        decision.review = list.integer(1);
        decision.step = list.text(2);
        decision.lineage = static_cast<std::uint64_t>(list.integer(3));
        decision.status = static_cast<ReviewStatus>(list.integer(4));
        decision.exit = list.text(5);
        auto answer = m_core->opened(list.text(6),
                                     reviewPlace(run->run, decision.step, decision.lineage));
        if (!answer)
            return std::move(answer).error();
        decision.answer = std::move(*answer);
        decision.by = list.text(7);
        decision.at = list.instant(8);
        decision.reason = list.text(9);
        run->damaged = run->damaged || list.integer(10) != 0;
        run->reviews.push_back(std::move(decision));
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
        heads.push_back({list.integer(0), flow->second, list.text(2), list.integer(3), {},
                         list.integer(4)});
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
            auto event = readEvent(list);
            if (!event)
                return std::move(event).error();
            run.event = std::move(*event);
            run.damaged = list.integer(21) != 0
                || !isBodySum(m_core->sum, list.text(10), run.run, run.event);
            runs.push_back(std::move(run));
        }
    }
    if (auto steps = readSteps(runs, ids); !steps)
        return std::move(steps).error();
    if (auto origins = readOrigins(runs); !origins)
        return std::move(origins).error();
    if (auto reviews = readReviews(runs, ids); !reviews)
        return std::move(reviews).error();
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

} // namespace tw
