// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteCore.h"

#include "core/base/FaultPoint.h"

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

/// False: the event is known.
Result<bool> SqliteJournal::putRun(const NewRun &event, std::int64_t source)
{
    Statement &add = m_core->addRun;
    add.clear();
    add.bind(1, source).bind(2, event.received).bind(3, event.created)
        .bind(4, event.live ? 1 : 0).bind(5, static_cast<std::int64_t>(event.seed))
        .bind(6, event.eventId).bind(7, event.eventType).bind(8, event.flowVersion)
        .bind(9, event.key).bind(10, static_cast<std::int64_t>(event.body.size()))
        .bind(11, event.ids).bind(12, event.replay).bind(13, event.origin)
        .bind(14, event.generation);
    if (event.entry) {
        add.bind(15, event.entry->step).bind(16, event.entry->item)
            .bind(17, static_cast<std::int64_t>(event.entry->lineage));
    }
    if (event.number > 0)
        add.bind(18, event.number);
    if (auto added = add.run(); !added)
        return std::move(added).error();
    return m_core->database->changes() > 0;
}

Result<void> SqliteJournal::putBody(const NewRun &event, std::int64_t run)
{
    const std::string sum = bodySum(m_core->sum, run, event);
    Statement &add = m_core->addBody;
    add.clear();
    if (!m_core->seal && !event.entry)
        return add.bind(1, run).bindBlob(2, sum).bindBlob(3, event.body).run();
    const std::string place = bodyPlace(run);
    const std::string body = m_core->sealed(event.body, place);
    const std::string input = event.entry ? m_core->sealed(event.entry->input, place)
                                          : std::string();
    add.bind(1, run).bindBlob(2, sum).bindBlob(3, body);
    if (event.entry)
        add.bindBlob(4, input);
    return add.run();
}

/// The run that the same fact started under another event id.
Result<std::optional<std::int64_t>> SqliteJournal::findFact(const NewRun &event)
{
    if (event.fact.empty())
        return std::optional<std::int64_t>();
    Statement &find = m_core->findFact;
    const Reset atEnd(find);
    const std::string step = '@' + event.trigger;
    auto row = find.bind(1, event.flow).bind(2, step).bind(3, event.fact)
                   .bind(4, event.received).step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? std::optional(find.integer(0)) : std::nullopt;
}

Result<AcceptedRun> SqliteJournal::accept(const NewRun &event)
{
    if (auto space = room(event.body.size()); !space)
        return std::move(space).error();
    auto source = sourceOf(event.flow, event.trigger);
    if (!source)
        return std::move(source).error();
    for (const Kept &kept : event.keep) {
        if (auto written = keep(kept); !written)
            return std::move(written).error();
    }
    auto known = findFact(event);
    if (!known)
        return std::move(known).error();
    if (*known)
        return AcceptedRun{false, **known};
    auto added = putRun(event, *source);
    if (!added)
        return std::move(added).error();
    if (!*added) {
        const Reset atEnd(m_core->findRun);
        auto row = m_core->findRun.bind(1, *source).bind(2, event.eventId).step();
        if (!row)
            return std::move(row).error();
        return AcceptedRun{false, m_core->findRun.integer(0)};
    }
    const std::int64_t run = m_core->newestRun = m_core->database->lastRowId();
    TW_FAULT_POINT("store.insert");
    if (auto body = putBody(event, run); !body)
        return std::move(body).error();
    if (!event.fact.empty()) {
        auto claimed = claim({event.flow, '@' + event.trigger, event.fact, run, event.received,
                              event.factWindow});
        if (!claimed)
            return std::move(claimed).error();
    }
    return AcceptedRun{true, run};
}

Result<void> SqliteJournal::writeStep(std::int64_t run, const StepRecord &record)
{
    const std::string sum = stepSum(m_core->sum, run, record);
    std::string place, outputs, note, evidence;
    if (m_core->seal) {
        place = stepPlace(run, record.step, record.item);
        outputs = m_core->sealed(record.outputs, place);
        note = m_core->sealed(record.note, place);
        evidence = record.error ? m_core->sealed(record.error->evidence, place) : std::string();
    }
    const bool plain = !m_core->seal;
    Statement &put = m_core->putStep;
    put.clear();
    put.bind(1, run).bind(2, record.step).bind(3, record.item)
        .bind(4, static_cast<std::int64_t>(record.lineage))
        .bind(5, static_cast<int>(record.state)).bind(6, record.attempt).bind(7, record.at)
        .bind(9, plain ? record.note : note).bind(10, plain ? record.outputs : outputs)
        .bindBlob(16, sum)
        .bind(17, record.error && record.error->outcomeUnknown ? 1 : 0);
    if (record.retryAt)
        put.bind(8, *record.retryAt);
    if (record.error) {
        put.bind(11, toString(record.error->kind)).bind(12, record.error->code)
            .bind(13, record.error->message).bind(14, record.error->where)
            .bind(15, plain ? record.error->evidence : evidence);
    }
    return put.run();
}

Result<WrittenLetter> SqliteJournal::writeLetter(std::int64_t run, const LetterRecord &letter)
{
    const auto lineage = static_cast<std::int64_t>(letter.lineage);
    const std::string place = letterPlace(run, letter.step, letter.lineage);
    const std::string input = m_core->sealed(letter.input, place);
    const std::string evidence = m_core->sealed(letter.error.evidence, place);
    Statement &add = m_core->addLetter;
    add.bind(1, run).bind(2, letter.step).bind(3, lineage).bind(4, letter.attempts)
        .bind(5, letter.at).bind(6, letter.keepUntil).bind(7, toString(letter.error.kind))
        .bind(8, letter.error.code).bind(9, letter.error.message).bind(10, letter.error.where)
        .bind(11, evidence).bind(12, input)
        .bind(13, letter.holdsKey ? 1 : 0).bind(14, letter.item).bind(15, letter.cause)
        .bind(16, letter.owner).bind(17, letter.dueAt);
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

/// Notes that what the record is about to write is the newest so far, unless it is not.
Result<bool> SqliteJournal::isNewest(std::int64_t run, const StepRecord &record)
{
    auto noted = m_core->putNewest.bind(1, record.guard).bind(2, record.guardTime)
                     .bind(3, record.at).bind(4, run).run();
    if (!noted)
        return std::move(noted).error();
    return m_core->database->changes() > 0;
}

Result<Written> SqliteJournal::write(const RunChange &change)
{
    Written written;
    for (std::size_t at = 0; at < change.steps.size(); ++at) {
        const StepRecord &record = change.steps[at];
        if (auto step = writeStep(change.run, record); !step)
            return std::move(step).error();
        TW_FAULT_POINT("store.step");
        if (record.guard.empty())
            continue;
        if (record.state == RecordState::Failed) {
            auto back = m_core->takeBackNewest.bind(1, record.guard).bind(2, record.guardTime)
                            .bind(3, change.run).run();
            if (!back)
                return std::move(back).error();
        }
        if (record.state != RecordState::Intent)
            continue;
        auto newest = isNewest(change.run, record);
        if (!newest)
            return std::move(newest).error();
        if (!*newest)
            written.stale.push_back(at);
    }
    for (const LetterRecord &letter : change.letters) {
        auto kept = writeLetter(change.run, letter);
        if (!kept)
            return std::move(kept).error();
        written.letters.push_back(*kept);
    }
    for (const ReviewRecord &review : change.reviews) {
        if (auto asked = writeReview(change.run, review); !asked)
            return std::move(asked).error();
    }
    if (!change.ids.empty()) {
        if (auto added = m_core->addIds.bind(1, change.run).bind(2, change.ids).run(); !added)
            return std::move(added).error();
        if (auto added = addLaterIds(change.run, change.ids); !added)
            return std::move(added).error();
    }
    if (change.end) {
        m_core->endRun.bind(1, change.run).bind(2, static_cast<int>(change.end->state))
            .bind(3, change.end->finished);
        if (auto ended = m_core->endRun.run(); !ended)
            return std::move(ended).error();
        const bool isFirst = m_core->database->changes() > 0; // Else a person had ended it.
        if (isFirst && change.end->state == RunState::Done) {
            if (auto resolved = m_core->resolveLetter.bind(1, change.run).run(); !resolved)
                return std::move(resolved).error();
        }
    }
    return written;
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

} // namespace tw
