// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/ops/DeclaredInput.h"
#include "core/ops/DeskActions.h"
#include "core/ops/DeskJson.h"
#include "core/ops/GivenInput.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace tw::ops {
namespace {

std::string subjectOf(std::int64_t id)
{
    return "dead letter " + std::to_string(id);
}

Result<LetterRow> letterOf(DeskWork &work, std::int64_t id)
{
    LetterQuery query;
    query.id = id;
    auto rows = work.desk().letters(query);
    if (!rows)
        return std::move(rows).error();
    if (rows->empty())
        return rejectedError("store.no_letter",
                             "There is no dead letter " + std::to_string(id) + '.');
    return std::move(rows->front());
}

/// A cause by its text, or by the beginning of its id or of its text.
Result<std::string> wholeCause(DeskWork &work, const std::string &given)
{
    if (given.empty())
        return given;
    auto groups = work.desk().letterGroups({});
    if (!groups)
        return std::move(groups).error();
    std::set<std::string> found;
    for (const LetterGroup &group : *groups) {
        if (group.cause == given)
            return given;
        if (group.cause.starts_with(given) || fingerprint(group.cause).starts_with(given))
            found.insert(group.cause);
    }
    if (found.size() < 2)
        return found.empty() ? given : *found.begin();
    std::string list;
    for (const std::string &cause : found)
        list += "\n  " + causeId(cause) + "  " + cause;
    return rejectedError("ops.bad_argument", "More than one cause begins like that:" + list);
}

/// The one letter that is named, or all open ones of a cause, oldest first.
Result<std::vector<LetterRow>> chosenLetters(DeskWork &work)
{
    const std::int64_t id = work.arguments.number("id");
    const std::string cause = work.arguments.text("cause");
    if (work.arguments.error())
        return *work.arguments.error();
    if (id == 0 && cause.empty())
        return rejectedError("ops.bad_argument", "Either \"id\" or \"cause\" must be given.");
    if (id != 0 && !cause.empty())
        return rejectedError("ops.bad_argument", "\"id\" and \"cause\" must not both be given: it is "
                                                 "one letter, or all open ones of a cause.");
    if (id != 0) {
        auto one = letterOf(work, id);
        if (!one)
            return std::move(one).error();
        return std::vector<LetterRow>{std::move(*one)};
    }
    auto whole = wholeCause(work, cause);
    if (!whole)
        return std::move(whole).error();
    LetterQuery query;
    query.cause = *whole;
    query.flow = work.arguments.text("flow");
    query.status = LetterStatus::Open;
    query.limit = std::numeric_limits<int>::max();
    auto rows = work.desk().letters(query);
    if (rows)
        std::reverse(rows->begin(), rows->end());
    if (rows && rows->empty())
        return rejectedError("store.no_letter", "There is no open dead letter with this cause.");
    return rows;
}

void answerIds(DeskWork &work, const char *name, const std::vector<std::int64_t> &ids)
{
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const std::int64_t id : ids)
        list.add(Value::integer(id));
    ObjectBuilder object(answer.arena());
    object.set(name, list.finish());
    answer.setRoot(object.finish());
    work.answer(std::move(answer));
}

} // namespace

Result<void> listLetters(DeskWork &work)
{
    DeskArguments &arguments = work.arguments;
    LetterQuery query;
    query.flow = arguments.text("flow");
    auto cause = wholeCause(work, arguments.text("cause"));
    if (!cause)
        return std::move(cause).error();
    query.cause = *cause;
    query.owner = arguments.text("owner");
    query.run = arguments.number("run");
    query.dueBefore = arguments.instant("due_before");
    query.limit = static_cast<int>(arguments.number("limit", 100));
    query.before = arguments.number("before");
    if (const auto status
        = arguments.oneOf("status", {"open", "replayed", "resolved", "discarded"}))
        query.status = static_cast<LetterStatus>(*status);
    if (arguments.error())
        return *arguments.error();
    auto rows = work.desk().letters(query);
    if (!rows)
        return std::move(rows).error();
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const LetterRow &row : *rows)
        list.add(toValue(answer.arena(), row, false));
    answer.setRoot(list.finish());
    work.answer(std::move(answer));
    return {};
}

Result<void> groupLetters(DeskWork &work)
{
    auto groups = work.desk().letterGroups(work.arguments.text("flow"));
    if (!groups)
        return std::move(groups).error();
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const LetterGroup &group : *groups)
        list.add(toValue(answer.arena(), group));
    answer.setRoot(list.finish());
    work.answer(std::move(answer));
    return {};
}

Result<void> showLetter(DeskWork &work)
{
    const std::int64_t id = work.arguments.requiredNumber("id");
    if (work.arguments.error())
        return *work.arguments.error();
    auto row = letterOf(work, id);
    if (!row)
        return std::move(row).error();
    Document answer;
    answer.setRoot(toValue(answer.arena(), *row, true));
    work.answer(std::move(answer));
    return {};
}

Result<void> editLetter(DeskWork &work)
{
    LetterChange change;
    change.id = work.arguments.requiredNumber("id");
    change.edited = work.arguments.json("input").value_or("");
    const GivenRules rules{work.arguments.flag("new_fields"), work.arguments.flag("as_is")};
    if (work.arguments.error())
        return *work.arguments.error();
    auto row = letterOf(work, change.id);
    if (!row)
        return std::move(row).error();
    const std::string before = row->edited.value_or(row->letter.input);
    const std::string &after = change.edited->empty() ? row->letter.input : *change.edited;
    if (!change.edited->empty()) {
        const auto declared = takenBy(work.journal, work.registry, row->run, row->letter.step);
        if (auto fits = fitsInput(*change.edited, row->letter.input, declared, rules); !fits)
            return fits;
    }
    if (auto changed = work.desk().change(change); !changed)
        return changed;
    if (auto shown = showLetter(work); !shown)
        return shown;
    if (before == after) {
        addNote(work, "Nothing to do: this is its input already.");
        return {};
    }
    return work.note(subjectOf(change.id),
                     std::string(R"({"input":")") + (change.edited->empty() ? "original" : "edited")
                         + R"(","before_sha256":")" + fingerprint(before) + R"(","after_sha256":")"
                         + fingerprint(after) + "\"}");
}

Result<void> assignLetter(DeskWork &work)
{
    LetterChange change;
    change.id = work.arguments.requiredNumber("id");
    if (const std::string owner = work.arguments.text("owner"); !owner.empty())
        change.owner = owner;
    change.dueAt = work.arguments.future("due");
    if (work.arguments.error())
        return *work.arguments.error();
    if (!change.owner && !change.dueAt)
        return rejectedError("ops.bad_argument", "\"owner\" or \"due\" must be given.");
    auto row = letterOf(work, change.id);
    if (!row)
        return std::move(row).error();
    const bool same = change.owner.value_or(row->letter.owner) == row->letter.owner
        && change.dueAt.value_or(row->letter.dueAt) == row->letter.dueAt;
    if (!same) { // Who has it now gets as long as the flow gives, from the time that was set.
        change.escalated = false;
        change.escalateFrom = change.dueAt.value_or(work.call.at);
    }
    if (auto changed = work.desk().change(change); !changed)
        return changed;
    std::string detail = "{\"owner\":";
    appendJsonString(detail, change.owner.value_or(row->letter.owner));
    const Instant due = change.dueAt.value_or(row->letter.dueAt);
    detail += ",\"due\":\"" + (due == Instant{} ? std::string() : isoTime(due)) + "\"}";
    if (auto shown = showLetter(work); !shown)
        return shown;
    if (same) {
        addNote(work, "Nothing to do: it is assigned like that already.");
        return {};
    }
    return work.note(subjectOf(change.id), detail);
}

Result<void> replayLetters(DeskWork &work)
{
    auto letters = chosenLetters(work);
    if (!letters)
        return std::move(letters).error();
    ReplayOrder order;
    order.flowVersion = work.arguments.text("version");
    order.asNew = work.arguments.flag("as_new");
    order.by = work.call.who;
    order.at = work.call.at;
    if (work.arguments.error())
        return *work.arguments.error();
    const bool isBulk = work.arguments.number("id") == 0;
    std::optional<Error> refused;
    std::string leftOut;
    for (const LetterRow &letter : *letters) {
        order.letter = letter.id;
        auto run = work.desk().replay(order);
        if (!run && isBulk && run.error().code == "store.run_open") {
            refused = refused ? refused : std::move(run).error().at(subjectOf(letter.id));
            leftOut += (leftOut.empty() ? "" : ", ") + std::to_string(letter.id);
            continue;
        }
        if (!run)
            return std::move(run).error().at(subjectOf(letter.id));
        work.outcome.newRuns.push_back(run->run);
        const std::string detail = "{\"new_run\":" + std::to_string(run->run)
            + (order.asNew ? ",\"as_new\":true}" : "}");
        if (auto noted = work.note(subjectOf(letter.id), detail); !noted)
            return noted;
    }
    if (refused && work.outcome.newRuns.empty())
        return *refused;
    answerIds(work, "runs", work.outcome.newRuns);
    if (refused)
        addNote(work, "Left out: dead letters " + leftOut + ", another replay of whose event has not "
                      "ended yet. Send them when it has.");
    return {};
}

Result<void> discardLetters(DeskWork &work)
{
    auto letters = chosenLetters(work);
    if (!letters)
        return std::move(letters).error();
    LetterChange change;
    change.status = LetterStatus::Discarded;
    change.reason = work.arguments.required("reason");
    change.by = work.call.who;
    change.at = work.call.at;
    if (work.arguments.error())
        return *work.arguments.error();
    std::string detail = "{\"reason\":";
    appendJsonString(detail, change.reason);
    detail += '}';
    std::vector<std::int64_t> ids;
    auto before = work.journal.heldKeys();
    for (const LetterRow &letter : *letters) {
        change.id = letter.id;
        if (auto changed = work.desk().change(change); !changed)
            return std::move(changed).error().at(subjectOf(letter.id));
        if (auto noted = work.note(subjectOf(letter.id), detail); !noted)
            return noted;
        ids.push_back(letter.id);
    }
    auto after = work.journal.heldKeys();
    if (!before || !after)
        return before ? std::move(after).error() : std::move(before).error();
    for (const HeldKey &key : *before) {
        if (std::find(after->begin(), after->end(), key) == after->end())
            work.outcome.releasedKeys.push_back(key);
    }
    answerIds(work, "discarded", ids);
    return {};
}

} // namespace tw::ops
