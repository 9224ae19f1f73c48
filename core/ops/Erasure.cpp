// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Erasure.h"

#include "core/data/Json.h"
#include "core/ops/DeskActions.h"

namespace tw::ops {
namespace {

std::string subjectOf(const std::vector<std::string> &words)
{
    return "a person, by " + std::to_string(words.size())
        + (words.size() == 1 ? " word" : " words");
}

Value namesOf(Arena &arena, const std::vector<std::string> &names)
{
    ArrayBuilder list(arena);
    for (const std::string &name : names)
        list.add(Value::string(arena, name));
    return list.finish();
}

Value toValue(Arena &arena, const CopiesErased &copies)
{
    ObjectBuilder object(arena);
    object.set("searched", Value::integer(copies.searched));
    object.set("rewritten", namesOf(arena, copies.rewritten));
    object.set("removed", namesOf(arena, copies.removed));
    object.set("left", namesOf(arena, copies.left));
    return object.finish();
}

Document reportOf(const ErasureReport &report)
{
    Document answer;
    ObjectBuilder object(answer.arena());
    object.set("outcome", Value::string(report.open > 0 ? "open_runs_left" : "erased"));
    object.set("runs", Value::integer(report.runs));
    object.set("dead_letters", Value::integer(report.letters));
    object.set("reviews", Value::integer(report.reviews));
    object.set("keys", Value::integer(report.keys));
    object.set("left_open", Value::integer(report.open));
    if (report.runs + report.keys + report.open == 0)
        object.set("note", Value::string("The journal holds nothing with these words."));
    answer.setRoot(object.finish());
    return answer;
}

} // namespace

std::vector<std::string> wordsOf(const DeskCall &call)
{
    return DeskArguments(call).words("words");
}

bool wantsCopiesRemoved(const DeskCall &call)
{
    return DeskArguments(call).flag("with_copies");
}

Result<void> erasePerson(DeskWork &work)
{
    const std::vector<std::string> words = work.arguments.words("words");
    const std::string reason = work.arguments.required("reason");
    work.arguments.flag("with_copies");
    if (work.arguments.error())
        return *work.arguments.error();
    if (words.empty())
        return rejectedError("ops.bad_argument", "\"words\" must name ids or addresses.");
    auto report = work.desk().erase({words, work.call.who, reason, work.call.at});
    if (!report)
        return std::move(report).error();
    Document answer = reportOf(*report);
    // The proof must not name who was erased.
    std::string detail = toJson(answer.root());
    detail.insert(detail.size() - 1, ",\"reason\":");
    std::string quoted;
    appendJsonString(quoted, reason);
    detail.insert(detail.size() - 1, quoted);
    work.answer(std::move(answer));
    return work.note(subjectOf(words), detail);
}

Result<DocumentPtr> noteCopies(Journal &journal, const DeskCall &call, const DocumentPtr &erased,
                               const CopiesErased &copies)
{
    Document answer;
    Arena &arena = answer.arena();
    ObjectBuilder object(arena);
    for (const Member &member : erased->root().members())
        object.set(member.key.text(), copyInto(arena, member.value));
    const Value told = toValue(arena, copies);
    object.set("copies", told);
    if (!copies.left.empty())
        object.set("outcome", Value::string("copies_left"));
    answer.setRoot(object.finish());
    if (copies.searched > 0) {
        auto noted = journal.desk().audit({0, call.at, call.who, "erase.copies",
                                           subjectOf(wordsOf(call)), toJson(told)});
        if (!noted)
            return std::move(noted).error();
    }
    return share(std::move(answer));
}

} // namespace tw::ops
