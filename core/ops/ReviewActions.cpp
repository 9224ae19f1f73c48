// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/ops/DeclaredInput.h"
#include "core/ops/DeskActions.h"
#include "core/ops/DeskJson.h"
#include "core/ops/GivenInput.h"

#include <algorithm>

namespace tw::ops {
namespace {

std::string subjectOf(std::int64_t id)
{
    return "review " + std::to_string(id);
}

Result<ReviewRow> reviewOf(DeskWork &work, std::int64_t id)
{
    ReviewQuery query;
    query.id = id;
    auto rows = work.desk().reviews(query);
    if (!rows)
        return std::move(rows).error();
    if (rows->empty())
        return rejectedError("store.no_review", "There is no review " + std::to_string(id) + '.');
    return std::move(rows->front());
}

/// What an answer looks like: one of the candidates, the proposal, or what the step got.
std::vector<std::string> expectedOf(const ReviewRecord &review)
{
    std::vector<std::string> expected{review.proposal};
    if (const auto candidates = parseJson(review.candidates)) {
        for (const Value &candidate : candidates->root().items())
            expected.push_back(toJson(candidate));
    }
    if (review.proposal.empty())
        expected.push_back(review.input);
    return expected;
}

/// For the audit log, which must not say what is in it: whether the answer is what was proposed.
std::string answerNote(const ReviewRecord &review, const std::string &given)
{
    const auto plain = [](const std::string &json) { // Without what is the same in another writing.
        const auto value = parseJson(json);
        return value ? toJson(value->root()) : json;
    };
    const std::string proposal = review.proposal.empty() ? review.input : review.proposal;
    const std::string answer = plain(given.empty() ? proposal : given);
    const char *kind = review.proposal.empty() ? "input" : "proposal";
    if (answer != plain(proposal)) {
        const std::vector<std::string> offered = expectedOf(review);
        const bool isCandidate = std::any_of(
            offered.begin() + 1, offered.end(), [&](const std::string &one) { return plain(one) == answer; });
        kind = isCandidate ? "candidate" : "own";
    }
    return std::string(",\"answer\":\"") + kind + "\",\"proposed_sha256\":\"" + fingerprint(plain(proposal))
        + "\",\"answer_sha256\":\"" + fingerprint(answer) + '"';
}

Result<void> decide(DeskWork &work, const char *exit)
{
    ReviewDecision decision;
    decision.review = work.arguments.requiredNumber("id");
    decision.exit = exit;
    decision.reason = work.arguments.text("reason");
    decision.remember = work.arguments.flag("remember");
    decision.by = work.call.who;
    decision.at = work.call.at;
    if (work.arguments.error())
        return *work.arguments.error();
    auto row = reviewOf(work, decision.review);
    if (!row)
        return std::move(row).error();
    if (decision.remember && row->review.cause.empty())
        return rejectedError("ops.bad_argument",
                             "Decisions of this review cannot be remembered: the step does not say "
                             "by what (\"remember_by\").");
    const bool own = work.arguments.json("answer").has_value();
    if (decision.remember && own)
        return rejectedError("ops.bad_argument",
                             "An answer of its own is for this record alone and cannot be "
                             "remembered. Leave out \"answer\" or \"remember\".");
    if (own) {
        const auto declared = takenBehind(work.journal, work.registry, row->run, row->review.step);
        auto fits = fitsAnswer(*work.arguments.json("answer"), expectedOf(row->review), declared,
                               work.arguments.flag("as_is"));
        if (!fits)
            return fits;
    }
    decision.answer = work.arguments.json("answer").value_or(
        decision.exit == "approved" ? row->review.proposal : std::string());
    auto run = work.desk().decide(decision);
    if (!run)
        return std::move(run).error();
    work.outcome.answeredRuns.push_back(*run);
    if (auto shown = showReview(work); !shown)
        return shown;
    std::string detail = "{\"reason\":";
    appendJsonString(detail, decision.reason);
    if (decision.exit == "approved" || own)
        detail += answerNote(row->review, own ? decision.answer : std::string());
    detail += decision.remember ? ",\"remember\":true}" : "}";
    return work.note(subjectOf(decision.review), detail);
}

} // namespace

Result<void> listReviews(DeskWork &work)
{
    DeskArguments &arguments = work.arguments;
    ReviewQuery query;
    query.flow = arguments.text("flow");
    query.owner = arguments.text("owner");
    query.run = arguments.number("run");
    query.dueBefore = arguments.instant("due_before");
    query.limit = static_cast<int>(arguments.number("limit", 100));
    query.before = arguments.number("before");
    if (const auto status
        = arguments.oneOf("status", {"open", "decided", "timed_out", "withdrawn"}))
        query.status = static_cast<ReviewStatus>(*status);
    if (arguments.error())
        return *arguments.error();
    auto rows = work.desk().reviews(query);
    if (!rows)
        return std::move(rows).error();
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const ReviewRow &row : *rows)
        list.add(toValue(answer.arena(), row, false));
    answer.setRoot(list.finish());
    work.answer(std::move(answer));
    return {};
}

Result<void> showReview(DeskWork &work)
{
    const std::int64_t id = work.arguments.requiredNumber("id");
    if (work.arguments.error())
        return *work.arguments.error();
    auto row = reviewOf(work, id);
    if (!row)
        return std::move(row).error();
    Document answer;
    answer.setRoot(toValue(answer.arena(), *row, true));
    work.answer(std::move(answer));
    return {};
}

Result<void> approveReview(DeskWork &work)
{
    return decide(work, "approved");
}

Result<void> rejectReview(DeskWork &work)
{
    return decide(work, "rejected");
}

Result<void> assignReview(DeskWork &work)
{
    ReviewChange change;
    change.id = work.arguments.requiredNumber("id");
    if (const std::string owner = work.arguments.text("owner"); !owner.empty())
        change.owner = owner;
    change.dueAt = work.arguments.future("due");
    if (work.arguments.error())
        return *work.arguments.error();
    if (!change.owner && !change.dueAt)
        return rejectedError("ops.bad_argument", "\"owner\" or \"due\" must be given.");
    auto row = reviewOf(work, change.id);
    if (!row)
        return std::move(row).error();
    const bool same = change.owner.value_or(row->review.owner) == row->review.owner
        && change.dueAt.value_or(row->review.dueAt) == row->review.dueAt;
    if (!same) { // Who has it now gets as long as the step gives, from the time that was set.
        change.escalated = false;
        change.escalateFrom = change.dueAt.value_or(work.call.at);
    }
    if (auto changed = work.desk().change(change); !changed)
        return changed;
    std::string detail = "{\"owner\":";
    appendJsonString(detail, change.owner.value_or(row->review.owner));
    const Instant due = change.dueAt.value_or(row->review.dueAt);
    detail += ",\"due\":\"" + (due == Instant{} ? std::string() : isoTime(due)) + "\"}";
    if (auto shown = showReview(work); !shown)
        return shown;
    if (same) {
        addNote(work, "Nothing to do: it is assigned like that already.");
        return {};
    }
    return work.note(subjectOf(change.id), detail);
}

Result<void> forgetDecision(DeskWork &work)
{
    const std::string flow = work.arguments.required("flow");
    const std::string step = work.arguments.required("step");
    const std::string cause = work.arguments.required("cause");
    if (work.arguments.error())
        return *work.arguments.error();
    auto known = work.desk().remembered(flow, step, cause);
    if (!known)
        return std::move(known).error();
    if (auto forgotten = work.desk().forgetRemembered(flow, step, cause); !forgotten)
        return forgotten;
    Document answer;
    ObjectBuilder object(answer.arena());
    object.set("forgotten", Value::boolean(known->has_value()));
    answer.setRoot(object.finish());
    work.answer(std::move(answer));
    if (!*known) {
        addNote(work, "Nothing to do: no decision of " + flow + '/' + step
                          + " is remembered for this cause.");
        return {};
    }
    // A cause may name a person; the log is kept for ever.
    return work.note("remembered decision of " + flow + '/' + step,
                     "{\"cause_sha256\":\"" + fingerprint(cause) + "\"}");
}

} // namespace tw::ops
