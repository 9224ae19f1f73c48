// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that asks people and goes on with their answers.
#include "core/data/Json.h"
#include "core/engine/Engine.h"
#include "core/engine/RecordCodec.h"

#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

namespace {

ReviewRecord reviewOf(const Question &question, const std::string &step, const RunItem &item,
                      Instant now)
{
    ReviewRecord review;
    review.step = step;
    review.item = item.number;
    review.lineage = item.lineage;
    review.question = question.text;
    review.input = jsonText(item.input);
    if (question.proposal)
        review.proposal = jsonText(question.proposal);
    if (question.candidates)
        review.candidates = jsonText(question.candidates);
    review.cause = question.cause;
    review.owner = question.owner;
    review.askedAt = now;
    if (question.timeout.count() > 0)
        review.dueAt = now + question.timeout;
    review.timeoutExit = question.timeoutExit;
    if (question.escalateAfter.count() > 0)
        review.escalateAt = now + question.escalateAfter;
    review.escalateTo = question.escalateTo;
    return review;
}

std::string wordsOf(const ReviewDecision &decision)
{
    std::string words = decision.status == ReviewStatus::TimedOut ? "nobody answered in time"
        : decision.exit + " by " + decision.by;
    if (decision.remember)
        words = "as decided before: " + words;
    return decision.reason.empty() ? words : words + ": " + decision.reason;
}

} // namespace

/// A decision for this cause may be remembered: then nobody is asked again.
void Engine::park(Run &run, int token, StepAnswer answer)
{
    RunItem &item = run.items.at(token);
    item.state = State::Asked;
    Question question = answer.question.value_or(Question{});
    if (question.owner.empty())
        question.owner = run.flow->failures().owner;
    if (question.cause.empty())
        return parked(run.id, token, std::move(question), std::optional<ReviewDecision>());
    m_store.submit<std::optional<ReviewDecision>>(
        this,
        [flow = run.flow->id(), step = nodeOf(run, item).id,
         cause = question.cause](Journal &journal) {
            return journal.desk().remembered(flow, step, cause);
        },
        [this, id = run.id, token, question](Result<std::optional<ReviewDecision>> remembered) {
            parked(id, token, question, std::move(remembered));
        });
}

void Engine::parked(std::int64_t id, int token, Question question,
                    Result<std::optional<ReviewDecision>> remembered)
{
    Run *run = find(id);
    if (!run || run->items.count(token) == 0)
        return;
    RunItem &item = run->items.at(token);
    if (remembered && *remembered) {
        ReviewDecision decision = **remembered;
        const bool proposes = decision.answer == kOwnProposal && question.proposal;
        decision.answer = proposes ? jsonText(question.proposal) : std::string();
        settleReview(*run, token, decision);
    } else {
        ReviewRecord review = reviewOf(question, nodeOf(*run, item).id, item, m_clock.now());
        StepEvent event = eventFor(*run, item, Phase::Waiting);
        event.note = "waits for " + (review.owner.empty() ? std::string("a person") : review.owner);
        if (review.dueAt != Instant{})
            event.retryAt = review.dueAt;
        run->pending.change.steps.push_back(recordFor(*run, item, RecordState::Parked));
        run->pending.change.steps.back().retryAt = event.retryAt;
        item.state = State::Parked;
        item.wakeAt = {};
        if (event.retryAt)
            alarmAt(*run, item, m_time.fromWall(*event.retryAt));
        run->pending.change.reviews.push_back(std::move(review));
        note(*run, item, std::move(event));
    }
    settleDown(*run);
}

void Engine::takeUpParked(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const StepRecord *record = run.earlierRecord(nodeOf(run, item).id, item.lineage);
    for (const ReviewDecision &decision : run.decisions) {
        if (decision.step == record->step && decision.lineage == item.lineage) {
            item.told = false;
            return settleReview(run, token, decision);
        }
    }
    if (record->retryAt && *record->retryAt <= m_clock.now())
        return timeOut(run, token);
    item.state = State::Parked;
    item.wakeAt = {};
    if (record->retryAt)
        alarmAt(run, item, m_time.fromWall(*record->retryAt));
}

void Engine::settleReview(Run &run, int token, const ReviewDecision &decision)
{
    RunItem &item = run.items.at(token);
    DocumentPtr message = item.input;
    if (!decision.answer.empty()) {
        if (auto given = parseJson(decision.answer))
            message = share(std::move(*given));
    }
    StepAnswer answer;
    answer.kind = StepAnswer::Kind::Emitted;
    answer.outputs = {{decision.exit, message}};
    answer.note = wordsOf(decision);
    settle(run, token, std::move(answer), false);
}

void Engine::answered(std::int64_t id)
{
    Run *run = find(id);
    if (!run) {
        // It was dropped from memory: its alarm, if it has one, would come too late.
        m_alarms.remove(id);
        m_ready.push_back({id, true});
        return loadReady();
    }
    m_store.submit<std::vector<OpenRun>>(
        this, [id](Journal &journal) { return journal.openRuns({id}); },
        [this, id](Result<std::vector<OpenRun>> open) {
            Run *known = find(id);
            if (!known || !open || open->empty())
                return;
            for (const ReviewDecision &decision : open->front().reviews) {
                for (auto &[token, item] : known->items) {
                    if (item.state != State::Parked || item.lineage != decision.lineage
                        || nodeOf(*known, item).id != decision.step)
                        continue;
                    item.told = false;
                    settleReview(*known, token, decision);
                    break;
                }
            }
            settleDown(*known);
        });
}

/// Nobody answered. Somebody may have at the last moment: then that counts.
void Engine::timeOut(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    item.state = State::Asked;
    ReviewQuery query;
    query.run = run.id;
    const std::string step = nodeOf(run, item).id;
    m_store.submit<ReviewDecision>(
        this,
        [query, step, lineage = item.lineage, now = m_clock.now()](
            Journal &journal) -> Result<ReviewDecision> {
            auto rows = journal.desk().reviews(query);
            if (!rows)
                return std::move(rows).error();
            for (const ReviewRow &row : *rows) {
                if (row.review.step != step || row.review.lineage != lineage)
                    continue;
                ReviewDecision decision{row.id,  step,       lineage,       row.status, row.exit,
                                        row.answer, row.decidedBy, row.reason, row.decidedAt, false};
                if (row.status != ReviewStatus::Open || row.review.dueAt > now)
                    return decision; // Answered, or given more time meanwhile.
                decision.status = ReviewStatus::TimedOut;
                decision.exit = row.review.timeoutExit;
                decision.at = now;
                if (auto decided = journal.desk().decide(decision); !decided)
                    return std::move(decided).error();
                return decision;
            }
            return internalError("engine.no_review", "The question of this step is not kept.");
        },
        [this, id = run.id, token](Result<ReviewDecision> decision) {
            Run *known = find(id);
            if (!known || known->items.count(token) == 0)
                return;
            if (!decision || decision->status == ReviewStatus::Open) {
                known->items.at(token).state = State::Parked;
                return alarmAt(*known, known->items.at(token),
                               m_time.now() + std::chrono::minutes(1));
            }
            known->items.at(token).told = false;
            settleReview(*known, token, *decision);
            settleDown(*known);
        });
}

} // namespace tw
