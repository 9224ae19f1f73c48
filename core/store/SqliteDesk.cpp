// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that deals with dead letters and replays.
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSums.h"

#include <algorithm>
#include <limits>

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

namespace {

const std::string &lettersSql()
{
    static const std::string kSql = "SELECT letter.id, letter.run, coalesce(source.flow, ''), coalesce(run.event_id, ''),"
      " coalesce(run.event_type, ''), letter.step, letter.lineage, letter.attempts, letter.at,"
      " letter.keep_until, letter.error_kind, letter.error_code, letter.error_message,"
      " letter.error_place, letter.error_evidence, letter.input, letter.holds, letter.item,"
      " letter.cause, letter.owner, letter.due, letter.status, letter.edited, letter.decided_by,"
      " letter.decided_at, letter.reason, letter.replay_run, letter.escalated,"
      " coalesce(run.flow_version, ''), coalesce(run.key, ''), letter.escalate_from, "
        + sqlite::isChanged("letter") + " FROM letter"
      " LEFT JOIN run ON run.id = letter.run LEFT JOIN source ON source.id = run.source"
      " WHERE letter.id < ?1 AND (?2 = '' OR source.flow = ?2)"
      " AND (?3 < 0 OR letter.status = ?3) AND (?4 = '' OR letter.cause = ?4)"
      " AND (?5 = '' OR letter.owner = ?5) AND (?6 = 0 OR letter.id = ?6)"
      " AND (?7 = 0 OR letter.run = ?7) AND (?8 = 0 OR (letter.due > 0 AND letter.due <= ?8))"
      " AND (?10 = 0 OR (letter.escalated = 0"
      " AND max(letter.at, letter.escalate_from) <= ?10))"
      " ORDER BY letter.id DESC LIMIT ?9";
    return kSql;
}

Error noLetter(std::int64_t id)
{
    return rejectedError("store.no_letter",
                         "There is no dead letter " + std::to_string(id) + '.');
}

Error closedLetter(const LetterRow &row)
{
    const char *what = row.status == LetterStatus::Discarded ? "was discarded" : "has been resolved";
    return rejectedError("store.letter_closed", "Dead letter " + std::to_string(row.id) + ' ' + what
                                                    + ": nothing can be done about it any more.");
}

Error openRunError(std::int64_t run)
{
    return rejectedError("store.run_open",
                         "Run " + std::to_string(run) + " has not ended yet: wait for its end.");
}

Error openReplayError(std::int64_t run)
{
    return rejectedError("store.run_open", "Run " + std::to_string(run)
                                               + ", another replay of this event, has not ended yet: "
                                                 "wait for its end, or cancel it.");
}

Error damagedLetter(const LetterRow &row)
{
    return rejectedError("store.letter_damaged",
                         "Dead letter " + std::to_string(row.id) + " does not match its sum: it was "
                             "changed on the disk, and nothing of it is sent. Discard it and replay run "
                             + std::to_string(row.run) + ", or go on with a backup.");
}

bool isClosed(const LetterRow &row)
{
    return row.status == LetterStatus::Discarded || row.status == LetterStatus::Resolved;
}

} // namespace

Result<std::vector<LetterRow>> SqliteJournal::letters(const LetterQuery &query)
{
    auto list = m_core->database->prepare(lettersSql().c_str());
    if (!list)
        return std::move(list).error();
    list->bind(1, query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max())
        .bind(2, query.flow).bind(3, query.status ? static_cast<int>(*query.status) : -1)
        .bind(4, query.cause).bind(5, query.owner).bind(6, query.id).bind(7, query.run)
        .bind(8, query.dueBefore.value_or(Instant{})).bind(9, query.limit)
        .bind(10, query.escalateBefore.value_or(Instant{}));
    std::vector<LetterRow> rows;
    auto read = eachRow(*list, [&](const Statement &row) {
        LetterRow letter;
        letter.id = row.integer(0);
        letter.run = row.integer(1);
        letter.flow = row.text(2);
        letter.eventId = row.text(3);
        letter.eventType = row.text(4);
        LetterRecord &record = letter.letter;
        record = {row.text(5), static_cast<std::uint64_t>(row.integer(6)), readError(row, 10),
                  row.text(15), static_cast<int>(row.integer(7)), row.instant(8), row.instant(9),
                  row.integer(16) != 0, static_cast<int>(row.integer(17)), row.text(18),
                  row.text(19), row.instant(20)};
        letter.status = static_cast<LetterStatus>(row.integer(21));
        if (!row.isNull(22))
            letter.edited = row.text(22);
        letter.decidedBy = row.text(23);
        letter.decidedAt = row.instant(24);
        letter.reason = row.text(25);
        letter.replayRun = row.integer(26);
        letter.escalated = row.integer(27) != 0;
        letter.flowVersion = row.text(28);
        letter.key = row.text(29);
        letter.escalateFrom = row.instant(30);
        letter.damaged = row.integer(31) != 0;
        const std::string place = letterPlace(letter.run, record.step, record.lineage);
        for (std::string *text : {&record.input, &record.error.evidence,
                                  letter.edited ? &*letter.edited : nullptr}) {
            if (text && !m_core->openOrDrop(*text, place))
                letter.damaged = true;
        }
        rows.push_back(std::move(letter));
    });
    if (!read)
        return std::move(read).error();
    return rows;
}

Result<std::vector<LetterGroup>> SqliteJournal::letterGroups(const std::string &flow)
{
    // A bare column beside min() is that of the row with the minimum (SQLite, "bare columns").
    auto list = m_core->database->prepare(
        "SELECT letter.cause, coalesce(source.flow, ''), letter.owner, count(*), min(letter.id),"
        " min(letter.at), max(letter.at), min(nullif(letter.due, 0)) FROM letter"
        " LEFT JOIN run ON run.id = letter.run LEFT JOIN source ON source.id = run.source"
        " WHERE letter.status = 0 AND (?1 = '' OR source.flow = ?1)"
        " GROUP BY letter.cause, source.flow ORDER BY count(*) DESC, letter.cause");
    if (!list)
        return std::move(list).error();
    list->bind(1, flow);
    std::vector<LetterGroup> groups;
    auto read = eachRow(*list, [&](const Statement &row) {
        groups.push_back({row.text(0), row.text(1), row.text(2), static_cast<int>(row.integer(3)),
                          row.instant(5), row.instant(6), row.instant(7)});
    });
    return read ? Result<std::vector<LetterGroup>>(std::move(groups)) : std::move(read).error();
}

Result<std::optional<std::int64_t>> SqliteJournal::claimant(const std::string &flow,
                                                           const std::string &step,
                                                           const std::string &key)
{
    auto find = m_core->database->prepare(
        "SELECT run FROM claim WHERE flow = ?1 AND step = ?2 AND key = ?3");
    if (!find)
        return std::move(find).error();
    auto row = find->bind(1, flow).bind(2, step).bind(3, key).step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? std::optional(find->integer(0)) : std::nullopt;
}

Result<PeoplesWork> SqliteJournal::counts(Instant now)
{
    auto count = m_core->database->prepare(
        "SELECT (SELECT count(*) FROM letter WHERE status = 0),"
        " (SELECT count(*) FROM letter WHERE status = 0 AND due > 0 AND due <= ?1),"
        " (SELECT count(*) FROM review WHERE status = 0),"
        " (SELECT count(*) FROM review WHERE status = 0 AND due > 0 AND due <= ?1)");
    if (!count)
        return std::move(count).error();
    if (auto row = count->bind(1, now).step(); !row)
        return std::move(row).error();
    return PeoplesWork{count->integer(0), count->integer(1), count->integer(2), count->integer(3)};
}

Result<void> SqliteJournal::change(const LetterChange &change)
{
    LetterQuery query;
    query.id = change.id;
    auto found = letters(query);
    if (!found)
        return std::move(found).error();
    if (found->empty())
        return noLetter(change.id);
    LetterRow &row = found->front();
    if (isClosed(row))
        return closedLetter(row);
    if (row.damaged && change.status != LetterStatus::Discarded)
        return damagedLetter(row);
    if (change.status && row.replayRun != 0) {
        auto again = history(row.replayRun);
        if (again && again->row.state == RunState::Open)
            return openRunError(row.replayRun);
    }
    if (change.edited) {
        row.edited = *change.edited;
        if (change.edited->empty())
            row.edited.reset();
    }
    auto update = m_core->database->prepare(
        "UPDATE letter SET status = ?2, edited = ?3, owner = ?4, due = ?5, escalated = ?6,"
        " decided_by = ?7, decided_at = ?8, reason = ?9, escalate_from = ?10,"
        " holds = CASE WHEN ?2 = 3 THEN 0 ELSE holds END WHERE id = ?1");
    if (!update)
        return std::move(update).error();
    const std::string edited = row.edited
        ? m_core->sealed(*row.edited, letterPlace(row.run, row.letter.step, row.letter.lineage))
        : std::string();
    const std::string owner = change.owner.value_or(row.letter.owner);
    const std::string by = change.status ? change.by : row.decidedBy;
    const std::string reason = change.status ? change.reason : row.reason;
    update->bind(1, change.id).bind(2, static_cast<int>(change.status.value_or(row.status)))
        .bind(4, owner).bind(5, change.dueAt.value_or(row.letter.dueAt))
        .bind(6, change.escalated.value_or(row.escalated) ? 1 : 0).bind(7, by)
        .bind(8, change.status ? change.at : row.decidedAt).bind(9, reason)
        .bind(10, change.escalateFrom.value_or(row.escalateFrom));
    if (row.edited)
        update->bind(3, edited);
    return update->run();
}

/// Two runs that do the same of one event at a time would not see what the other one did. Letters of
/// one run are apart: each goes on at an item of its own.
Result<void> SqliteJournal::noOtherReplay(std::int64_t source, const NewRun &event)
{
    auto list = m_core->database->prepare(
        "SELECT id FROM run WHERE source = ?1 AND event_id = ?2 AND state = 0 ORDER BY id");
    if (!list)
        return std::move(list).error();
    list->bind(1, source).bind(2, event.eventId);
    std::vector<std::int64_t> open;
    if (auto read = sqlite::eachRow(*list, [&](const Statement &row) { open.push_back(row.integer(0)); });
        !read)
        return read;
    for (const std::int64_t run : open) {
        auto other = openRuns({run});
        if (!other)
            return std::move(other).error();
        const auto &theirs = other->empty() ? std::optional<RunEntry>() : other->front().event.entry;
        const bool apart = event.entry && theirs
            && (theirs->step != event.entry->step || theirs->lineage != event.entry->lineage);
        if (!apart)
            return openReplayError(run);
    }
    return {};
}

/// A version by its beginning, as people write it ("1.1.0" for "1.1.0+4b22bae46d12"); a whole number
/// goes before a part of one. Empty stays empty.
Result<std::string> SqliteJournal::versionNamed(const std::string &flow, const std::string &wanted)
{
    if (wanted.empty())
        return std::string();
    auto all = flowVersions(flow);
    if (!all)
        return std::move(all).error();
    std::vector<std::string> numbers, beginnings, known;
    for (const KeptFlow &one : *all) {
        if (one.version == wanted)
            return wanted;
        known.push_back(one.version);
        if (one.version.starts_with(wanted + '+'))
            numbers.push_back(one.version);
        if (one.version.starts_with(wanted))
            beginnings.push_back(one.version);
    }
    const std::vector<std::string> &fits = numbers.empty() ? beginnings : numbers;
    if (fits.size() == 1)
        return fits.front();
    const std::vector<std::string> &told = fits.empty() ? known : fits;
    constexpr std::size_t kMostTold = 10;
    std::string list;
    for (std::size_t at = 0; at < std::min(kMostTold, told.size()); ++at)
        list += "\n  " + told[at];
    if (told.size() > kMostTold)
        list += "\n  and " + std::to_string(told.size() - kMostTold) + " more";
    if (known.empty())
        return rejectedError("store.no_version", "No version of the flow \"" + flow
                                 + "\" is on record here. Leave the version out.");
    if (fits.empty())
        return rejectedError("store.no_version", "The flow \"" + flow + "\" never ran here as version "
                                 + wanted + ". Start a runner with it once, leave the version out, or "
                                   "choose one that ran, the newest first:" + list);
    return rejectedError("store.no_version", "More than one version of the flow \"" + flow
                             + "\" begins with " + wanted + ". The newest first:" + list);
}

Result<AcceptedRun> SqliteJournal::replay(const ReplayOrder &order)
{
    LetterRow letter;
    std::int64_t repeated = order.run;
    if (order.letter != 0) {
        LetterQuery query;
        query.id = order.letter;
        auto found = letters(query);
        if (!found)
            return std::move(found).error();
        if (found->empty())
            return noLetter(order.letter);
        letter = std::move(found->front());
        if (isClosed(letter))
            return closedLetter(letter);
        if (letter.damaged)
            return damagedLetter(letter);
        repeated = letter.replayRun != 0 ? letter.replayRun : letter.run;
    }
    auto known = history(repeated);
    if (!known)
        return std::move(known).error();
    if (known->row.state == RunState::Open)
        return openRunError(repeated);
    auto version = versionNamed(known->row.flow, order.flowVersion);
    if (!version)
        return std::move(version).error();
    if (!known->bodyKept)
        return rejectedError("store.no_body", "The bytes of this event are no longer kept. Ask its "
                                              "source to send it again.");
    NewRun event = std::move(known->event);
    event.origin = event.origin != 0 ? event.origin : repeated;
    event.generation += order.asNew ? 1 : 0;
    event.flowVersion = version->empty() ? event.flowVersion : *version;
    if (order.letter != 0)
        event.entry = RunEntry{letter.letter.step, letter.letter.item, letter.letter.lineage,
                               letter.edited.value_or(letter.letter.input)};
    else
        event.entry.reset();
    auto source = sourceOf(event.flow, event.trigger);
    if (!source)
        return std::move(source).error();
    auto last = m_core->database->prepare(
        "SELECT max(replay) FROM run WHERE source = ?1 AND event_id = ?2");
    if (!last)
        return std::move(last).error();
    if (auto row = last->bind(1, *source).bind(2, event.eventId).step(); !row)
        return std::move(row).error();
    event.replay = static_cast<int>(last->integer(0)) + 1;
    last->reset();
    if (auto alone = noOtherReplay(*source, event); !alone)
        return std::move(alone).error();
    if (auto added = putRun(event, *source); !added)
        return std::move(added).error();
    const std::int64_t run = m_core->newestRun = m_core->database->lastRowId();
    if (auto body = putBody(event, run); !body)
        return std::move(body).error();
    if (order.letter != 0) {
        auto note = m_core->database->prepare(
            "UPDATE letter SET status = 1, replay_run = ?2, decided_by = ?3, decided_at = ?4,"
            " holds = 0 WHERE id = ?1");
        if (!note)
            return std::move(note).error();
        auto noted = note->bind(1, order.letter).bind(2, run).bind(3, order.by)
                         .bind(4, order.at).run();
        if (!noted)
            return std::move(noted).error();
    }
    return AcceptedRun{true, run};
}

} // namespace tw
