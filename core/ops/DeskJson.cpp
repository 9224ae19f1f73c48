// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/DeskJson.h"

#include "core/data/Json.h"
#include "core/ops/DeskActions.h"

#include <QDateTime>
#include <QTimeZone>

namespace tw::ops {
namespace {

constexpr const char *kRunStates[] = {"open", "done", "failed", "dead_lettered", "cancelled"};
constexpr const char *kRecordStates[] = {"asked", "waiting", "done", "dropped", "failed", "parked"};
constexpr const char *kLetterStates[] = {"open", "replayed", "resolved", "discarded"};
constexpr std::string_view kErased = "(erased)";
constexpr const char *kReviewStates[] = {"open", "decided", "timed_out", "withdrawn"};

/// Adds members, leaving out what says nothing.
class Row
{
public:
    explicit Row(Arena &arena) : m_arena(arena), m_object(arena) {}

    Row &number(const char *name, std::int64_t value)
    {
        m_object.set(name, Value::integer(value));
        return *this;
    }
    Row &text(const char *name, std::string_view value)
    {
        if (!value.empty())
            m_object.set(name, Value::string(m_arena, value));
        return *this;
    }
    Row &flag(const char *name, bool value)
    {
        if (value)
            m_object.set(name, Value::boolean(true));
        return *this;
    }
    Row &time(const char *name, Instant at)
    {
        return at == Instant{} ? *this : text(name, isoTime(at));
    }
    Row &json(const char *name, const std::string &text)
    {
        if (text.empty())
            return *this;
        auto value = parseJsonInto(m_arena, text);
        m_object.set(name, value ? *value : Value::string(m_arena, text));
        return *this;
    }
    Row &value(const char *name, const Value &value)
    {
        m_object.set(name, value);
        return *this;
    }
    Value finish() { return m_object.finish(); }

private:
    Arena &m_arena;
    ObjectBuilder m_object;
};

Value errorValue(Arena &arena, const Error &error)
{
    return Row(arena).text("kind", toString(error.kind)).text("code", error.code)
        .text("message", error.message).text("where", error.where)
        .text("evidence", error.evidence).flag("outcome_unknown", error.outcomeUnknown).finish();
}

Value recordValue(Arena &arena, const StepRecord &record)
{
    Row row(arena);
    row.text("step", record.step).number("item", record.item)
        .text("state", kRecordStates[static_cast<int>(record.state)])
        .number("attempt", record.attempt).time("at", record.at)
        .time("retry_at", record.retryAt.value_or(Instant{})).text("note", record.note)
        .json("outputs", record.outputs);
    if (record.error)
        row.value("error", errorValue(arena, *record.error));
    return row.finish();
}

/// What is shown of it may be wrong.
void tellDamage(Row &out, const std::string &name)
{
    out.flag("damaged", true)
        .text("note", name + " does not match its sum: it was changed on the disk. What is shown of it may "
                             "be wrong.");
}

Row runRow(Arena &arena, const RunRow &row)
{
    Row out(arena);
    out.number("run", row.run).text("flow", row.flow).text("version", row.flowVersion)
        .text("trigger", row.trigger).text("event", row.eventId).text("type", row.eventType)
        .text("state", kRunStates[static_cast<int>(row.state)]).time("received", row.received)
        .time("finished", row.state == RunState::Open ? Instant{} : row.finished)
        .text("key", row.key);
    if (row.waitsForLetter != 0)
        out.text("waits_for", "dead letter " + std::to_string(row.waitsForLetter) + " of run "
                                  + std::to_string(row.waitsForRun));
    else if (row.waitsForReview != 0)
        out.text("waits_for", "review " + std::to_string(row.waitsForReview));
    if (row.origin != 0)
        out.number("replay_of", row.origin).number("replay", row.replay);
    if (row.damaged)
        tellDamage(out, "Run " + std::to_string(row.run));
    return out;
}

template <typename Rows, typename... More>
Value list(Arena &arena, const Rows &rows, More... more)
{
    ArrayBuilder all(arena);
    for (const auto &row : rows)
        all.add(toValue(arena, row, more...));
    return all.finish();
}

Value idList(Arena &arena, std::string_view ids)
{
    ArrayBuilder all(arena);
    for (std::size_t from = ids.find_first_not_of(' '); from != std::string_view::npos;) {
        const std::size_t end = std::min(ids.find(' ', from), ids.size());
        all.add(Value::string(arena, ids.substr(from, end - from)));
        from = ids.find_first_not_of(' ', end);
    }
    return all.finish();
}

} // namespace

std::string causeId(const std::string &cause)
{
    return cause.empty() ? std::string() : fingerprint(cause).substr(0, 8);
}

std::string isoTime(Instant at)
{
    return QDateTime::fromMSecsSinceEpoch(at.msSinceEpoch, Qt::UTC)
        .toString(Qt::ISODateWithMs).toStdString();
}

Value toValue(Arena &arena, const RunRow &row)
{
    return runRow(arena, row).value("ids", idList(arena, row.ids)).finish();
}

Value toValue(Arena &arena, const RunHistory &history)
{
    Row row = runRow(arena, history.row);
    row.value("ids", idList(arena, history.row.ids)).time("created", history.event.created)
        .flag("live", history.event.live);
    if (history.event.generation > 0)
        row.number("generation", history.event.generation);
    if (history.event.entry) {
        row.value("entry", Row(arena).text("step", history.event.entry->step)
                               .number("item", history.event.entry->item)
                               .json("input", history.event.entry->input).finish());
    }
    if (history.bodyKept)
        row.json("body", history.event.body);
    else
        row.flag("body_gone", true);
    ArrayBuilder steps(arena);
    for (const StepRecord &record : history.steps)
        steps.add(recordValue(arena, record));
    return row.value("steps", steps.finish())
        .value("dead_letters", list(arena, history.letters, false))
        .value("reviews", list(arena, history.reviews, false))
        .value("replays", list(arena, history.replays)).finish();
}

Value toValue(Arena &arena, const LetterRow &row, bool whole)
{
    const LetterRecord &letter = row.letter;
    Row out(arena);
    out.number("id", row.id).text("status", kLetterStates[static_cast<int>(row.status)])
        .text("flow", row.flow).text("version", row.flowVersion).number("run", row.run)
        .text("step", letter.step).number("item", letter.item).text("event", row.eventId)
        .text("type", row.eventType).text("key", row.key).text("cause_id", causeId(letter.cause)).text("cause", letter.cause)
        .number("attempts", letter.attempts).time("at", letter.at).text("owner", letter.owner)
        .time("due", letter.dueAt).flag("escalated", row.escalated).flag("holds_key", letter.holdsKey)
        .time("keep_until", letter.keepUntil).value("error", errorValue(arena, letter.error))
        .text("decided_by", row.decidedBy).time("decided_at", row.decidedAt)
        .text("reason", row.reason).flag("edited", row.edited.has_value());
    if (row.replayRun != 0)
        out.number("replay_run", row.replayRun);
    if (row.damaged)
        tellDamage(out, "Dead letter " + std::to_string(row.id));
    if (whole) {
        out.json("input", letter.input);
        if (row.edited)
            out.json("edited_input", *row.edited);
    }
    return out.finish();
}

Value toValue(Arena &arena, const LetterGroup &group)
{
    return Row(arena).text("cause_id", causeId(group.cause)).text("cause", group.cause).text("flow", group.flow)
        .number("count", group.count).text("owner", group.owner).time("oldest", group.oldest)
        .time("newest", group.newest).time("due", group.dueAt).finish();
}

Value toValue(Arena &arena, const ReviewRow &row, bool whole)
{
    const ReviewRecord &review = row.review;
    Row out(arena);
    out.number("id", row.id).text("status", kReviewStates[static_cast<int>(row.status)])
        .text("question", review.question).text("flow", row.flow).number("run", row.run)
        .text("step", review.step).text("event", row.eventId).text("key", row.key)
        .text("owner", review.owner).time("asked", review.askedAt).time("due", review.dueAt)
        .text("on_timeout", review.timeoutExit).time("escalate_at", review.escalateAt)
        .text("escalate_to", review.escalateTo).flag("escalated", row.escalated)
        .text("exit", row.exit).text("decided_by", row.decidedBy)
        .time("decided_at", row.decidedAt).text("reason", row.reason);
    if (row.damaged)
        tellDamage(out, "Review " + std::to_string(row.id));
    if (whole) {
        out.json("input", review.input).json("proposal", review.proposal)
            .json("candidates", review.candidates).text("remembered_by", review.cause)
            .json("answer", row.answer);
    }
    return out.finish();
}

Value toValue(Arena &arena, const AuditEntry &entry)
{
    Row row(arena);
    row.number("number", entry.number).time("at", entry.at);
    row.text("who", (entry.erased & AuditEntry::Who) != 0 ? kErased : entry.who)
        .text("action", entry.action)
        .text("subject", (entry.erased & AuditEntry::Subject) != 0 ? kErased : entry.subject);
    if ((entry.erased & AuditEntry::Detail) != 0)
        row.text("detail", kErased);
    else
        row.json("detail", entry.detail);
    return row.text("hash", entry.hash).finish();
}

} // namespace tw::ops
