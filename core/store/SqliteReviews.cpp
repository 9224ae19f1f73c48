// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that keeps questions to people and what they answered.
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSums.h"

#include <limits>

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

namespace {

const std::string &reviewsSql()
{
    static const std::string kSql = "SELECT review.id, review.run, coalesce(source.flow, ''), coalesce(run.event_id, ''),"
      " review.step, review.item, review.lineage, review.status, review.question, review.input,"
      " review.proposal, review.candidates, review.cause, review.owner, review.asked, review.due,"
      " review.timeout_exit, review.escalate_at, review.escalate_to, review.escalated,"
      " review.exit, review.answer, review.decided_by, review.decided_at, review.reason,"
      " coalesce(run.key, ''), review.escalate_from, " + sqlite::isChanged("review") + " FROM review"
      " LEFT JOIN run ON run.id = review.run LEFT JOIN source ON source.id = run.source"
      " WHERE review.id < ?1 AND (?2 = '' OR source.flow = ?2)"
      " AND (?3 < 0 OR review.status = ?3) AND (?4 = '' OR review.owner = ?4)"
      " AND (?5 = 0 OR review.id = ?5) AND (?6 = 0 OR review.run = ?6)"
      " AND (?7 = 0 OR (review.status = 0 AND review.due > 0 AND review.due <= ?7))"
      " AND (?8 = 0 OR (review.status = 0 AND review.escalated = 0 AND review.escalate_at > 0"
      " AND review.escalate_at <= ?8)) ORDER BY review.id DESC LIMIT ?9";
    return kSql;
}

ReviewRow readRow(const Statement &row)
{
    ReviewRow all;
    all.id = row.integer(0);
    all.run = row.integer(1);
    all.flow = row.text(2);
    all.eventId = row.text(3);
    ReviewRecord &review = all.review;
    review.step = row.text(4);
    review.item = static_cast<int>(row.integer(5));
    review.lineage = static_cast<std::uint64_t>(row.integer(6));
    all.status = static_cast<ReviewStatus>(row.integer(7));
    review.question = row.text(8);
    review.input = row.text(9);
    review.proposal = row.text(10);
    review.candidates = row.text(11);
    review.cause = row.text(12);
    review.owner = row.text(13);
    review.askedAt = row.instant(14);
    review.dueAt = row.instant(15);
    review.timeoutExit = row.text(16);
    review.escalateAt = row.instant(17);
    review.escalateTo = row.text(18);
    all.escalated = row.integer(19) != 0;
    all.exit = row.text(20);
    all.answer = row.text(21);
    all.decidedBy = row.text(22);
    all.decidedAt = row.instant(23);
    all.reason = row.text(24);
    all.key = row.text(25);
    all.escalateFrom = row.instant(26);
    all.damaged = row.integer(27) != 0;
    return all;
}

Error noReview(std::int64_t id)
{
    return rejectedError("store.no_review", "There is no review " + std::to_string(id) + '.');
}

Error damagedReview(const ReviewRow &row)
{
    return rejectedError("store.review_damaged",
                         "Review " + std::to_string(row.id) + " does not match its sum: it was changed on "
                             "the disk. Cancel run " + std::to_string(row.run)
                             + " and replay it, or go on with a backup.");
}

Error closedReview(const ReviewRow &row)
{
    const std::string how = row.status == ReviewStatus::TimedOut ? std::string("ran out of time")
        : row.status == ReviewStatus::Withdrawn ? std::string("was withdrawn")
                                                : "was answered by " + row.decidedBy;
    return rejectedError("store.review_closed",
                         "Review " + std::to_string(row.id) + ' ' + how + " already.");
}

} // namespace

Result<void> SqliteJournal::writeReview(std::int64_t run, const ReviewRecord &review)
{
    const std::string place = reviewPlace(run, review.step, review.lineage);
    const std::string question = m_core->sealed(review.question, place);
    const std::string input = m_core->sealed(review.input, place);
    const std::string proposal = m_core->sealed(review.proposal, place);
    const std::string candidates = m_core->sealed(review.candidates, place);
    return m_core->addReview.bind(1, run).bind(2, review.step).bind(3, review.item)
        .bind(4, static_cast<std::int64_t>(review.lineage)).bind(5, question).bind(6, input)
        .bind(7, proposal).bind(8, candidates).bind(9, review.cause).bind(10, review.owner)
        .bind(11, review.askedAt).bind(12, review.dueAt).bind(13, review.timeoutExit)
        .bind(14, review.escalateAt).bind(15, review.escalateTo).run();
}

Result<std::vector<ReviewRow>> SqliteJournal::reviews(const ReviewQuery &query)
{
    auto list = m_core->database->prepare(reviewsSql().c_str());
    if (!list)
        return std::move(list).error();
    list->bind(1, query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max())
        .bind(2, query.flow).bind(3, query.status ? static_cast<int>(*query.status) : -1)
        .bind(4, query.owner).bind(5, query.id).bind(6, query.run)
        .bind(7, query.dueBefore.value_or(Instant{}))
        .bind(8, query.escalateBefore.value_or(Instant{})).bind(9, query.limit);
    std::vector<ReviewRow> rows;
    auto read = eachRow(*list, [&rows](const Statement &row) { rows.push_back(readRow(row)); });
    if (!read)
        return std::move(read).error();
    for (ReviewRow &row : rows) {
        const std::string place = reviewPlace(row.run, row.review.step, row.review.lineage);
        for (std::string *text : {&row.review.question, &row.review.input, &row.review.proposal,
                                  &row.review.candidates, &row.answer}) {
            if (!m_core->openOrDrop(*text, place))
                row.damaged = true;
        }
    }
    return rows;
}

Result<void> SqliteJournal::change(const ReviewChange &change)
{
    ReviewQuery query;
    query.id = change.id;
    auto found = reviews(query);
    if (!found)
        return std::move(found).error();
    if (found->empty())
        return noReview(change.id);
    const ReviewRow &row = found->front();
    if (row.status != ReviewStatus::Open)
        return closedReview(row);
    auto update = m_core->database->prepare(
        "UPDATE review SET owner = ?2, due = ?3, escalated = ?4, escalate_at = ?5, escalate_from = ?6"
        " WHERE id = ?1");
    if (!update)
        return std::move(update).error();
    const std::string owner = change.owner.value_or(row.review.owner);
    const Instant since = row.escalateFrom == Instant{} ? row.review.askedAt : row.escalateFrom;
    const Instant escalateAt = change.escalateFrom && row.review.escalateAt != Instant{}
        ? *change.escalateFrom + (row.review.escalateAt - since)
        : row.review.escalateAt;
    return update->bind(1, change.id).bind(2, owner)
        .bind(3, change.dueAt.value_or(row.review.dueAt))
        .bind(4, change.escalated.value_or(row.escalated) ? 1 : 0)
        .bind(5, escalateAt).bind(6, change.escalateFrom.value_or(row.escalateFrom)).run();
}

Result<EscalationTimes> SqliteJournal::nextEscalations(const std::string &flow)
{
    auto find = m_core->database->prepare(
        "SELECT (SELECT min(max(letter.at, letter.escalate_from)) FROM letter"
        " JOIN run ON run.id = letter.run JOIN source ON source.id = run.source"
        " WHERE letter.status = 0 AND letter.escalated = 0 AND source.flow = ?1),"
        " (SELECT min(escalate_at) FROM review WHERE status = 0 AND escalated = 0"
        " AND escalate_at > 0)");
    if (!find)
        return std::move(find).error();
    if (auto row = find->bind(1, flow).step(); !row)
        return std::move(row).error();
    EscalationTimes times;
    if (!find->isNull(0))
        times.oldestLetter = find->instant(0);
    if (!find->isNull(1))
        times.nextReview = find->instant(1);
    return times;
}

Result<void> SqliteJournal::applyDecision(const ReviewRow &row, const ReviewDecision &decision)
{
    auto update = m_core->database->prepare(
        "UPDATE review SET status = ?2, exit = ?3, answer = ?4, decided_by = ?5, decided_at = ?6,"
        " reason = ?7 WHERE id = ?1");
    if (!update)
        return std::move(update).error();
    const std::string answer = m_core->sealed(
        decision.answer, reviewPlace(row.run, row.review.step, row.review.lineage));
    auto updated = update->bind(1, decision.review).bind(2, static_cast<int>(decision.status))
                       .bind(3, decision.exit).bind(4, answer).bind(5, decision.by)
                       .bind(6, decision.at).bind(7, decision.reason).run();
    if (!updated || !decision.remember || row.review.cause.empty())
        return updated;
    auto remember = m_core->database->prepare(
        "INSERT OR REPLACE INTO remembered (flow, step, cause, exit, answer, decided_by,"
        " decided_at, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    if (!remember)
        return std::move(remember).error();
    // The way is remembered, never what this one record said.
    const std::string kept = !decision.answer.empty() && decision.answer == row.review.proposal
        ? std::string(kOwnProposal) : std::string();
    return remember->bind(1, row.flow).bind(2, row.review.step).bind(3, row.review.cause)
        .bind(4, decision.exit).bind(5, kept).bind(6, decision.by).bind(7, decision.at)
        .bind(8, decision.reason).run();
}

Result<void> SqliteJournal::cancel(std::int64_t run, Instant at)
{
    auto known = history(run);
    if (!known)
        return std::move(known).error();
    if (known->row.state != RunState::Open)
        return rejectedError("store.run_closed",
                             "Run " + std::to_string(run) + " has ended already.");
    RunChange change;
    change.run = run;
    change.end = RunEnd{RunState::Cancelled, at};
    if (auto ended = write(change); !ended)
        return std::move(ended).error();
    auto withdraw = m_core->database->prepare(
        "UPDATE review SET status = 3, decided_at = ?2 WHERE run = ?1 AND status = 0");
    if (!withdraw)
        return std::move(withdraw).error();
    return withdraw->bind(1, run).bind(2, at).run();
}

Result<std::int64_t> SqliteJournal::decide(const ReviewDecision &decision)
{
    ReviewQuery query;
    query.id = decision.review;
    auto found = reviews(query);
    if (!found)
        return std::move(found).error();
    if (found->empty())
        return noReview(decision.review);
    if (found->front().status != ReviewStatus::Open)
        return closedReview(found->front());
    // When its time is over it leaves by the way that its flow names: nothing is taken from the row.
    if (found->front().damaged && decision.status == ReviewStatus::Decided)
        return damagedReview(found->front());
    if (auto applied = applyDecision(found->front(), decision); !applied)
        return std::move(applied).error();
    return found->front().run;
}

Result<std::optional<ReviewDecision>> SqliteJournal::remembered(const std::string &flow,
                                                                const std::string &step,
                                                                const std::string &cause)
{
    auto find = m_core->database->prepare(
        "SELECT exit, answer, decided_by, decided_at, reason FROM remembered"
        " WHERE flow = ?1 AND step = ?2 AND cause = ?3");
    if (!find)
        return std::move(find).error();
    auto row = find->bind(1, flow).bind(2, step).bind(3, cause).step();
    if (!row)
        return std::move(row).error();
    if (*row == Statement::Row::Done)
        return std::optional<ReviewDecision>();
    ReviewDecision decision;
    decision.step = step;
    decision.exit = find->text(0);
    decision.answer = find->text(1);
    decision.by = find->text(2);
    decision.at = find->instant(3);
    decision.reason = find->text(4);
    decision.remember = true;
    return std::optional(std::move(decision));
}

Result<void> SqliteJournal::forgetRemembered(const std::string &flow, const std::string &step,
                                             const std::string &cause)
{
    auto remove = m_core->database->prepare(
        "DELETE FROM remembered WHERE flow = ?1 AND step = ?2 AND cause = ?3");
    if (!remove)
        return std::move(remove).error();
    return remove->bind(1, flow).bind(2, step).bind(3, cause).run();
}

} // namespace tw
