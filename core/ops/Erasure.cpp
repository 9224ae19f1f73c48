// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Erasure.h"

#include "core/data/Json.h"
#include "core/ops/DeskActions.h"
#include "core/store/SoughtWords.h"

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

std::string_view outcomeOf(const ErasureReport &report)
{
    if (report.open > 0)
        return "open_runs_left";
    return report.isNothing() ? "nothing_found" : "erased";
}

Document reportOf(const ErasureReport &report, bool dryRun)
{
    Document answer;
    ObjectBuilder object(answer.arena());
    object.set("outcome", Value::string(dryRun ? "dry_run" : outcomeOf(report)));
    object.set("runs", Value::integer(report.runs));
    object.set("dead_letters", Value::integer(report.letters));
    object.set("reviews", Value::integer(report.reviews));
    object.set("keys", Value::integer(report.keys));
    object.set("left_open", Value::integer(report.open));
    object.set("written_by_people", Value::integer(report.texts));
    object.set("audit_entries", Value::integer(static_cast<std::int64_t>(report.entries.size())));
    if (report.isNothing())
        object.set("note", Value::string(
            answer.arena(),
            "The journal holds nothing with these words."
                + (report.otherCase == 0 ? std::string()
                                         : ' ' + std::to_string(report.otherCase)
                                               + (report.otherCase == 1 ? " run holds" : " runs hold")
                                               + " them in other letters, large or small: write them as "
                                                 "they stand there.")));
    answer.setRoot(object.finish());
    return answer;
}

/// The proof must not name who was erased.
Result<void> namesNobody(const DeskCall &call, const std::vector<std::string> &words,
                         const std::string &reason)
{
    const SoughtWords sought(words, SoughtWords::Case::IsFree);
    for (const auto &[name, text] : {std::pair("reason", reason), std::pair("who", call.who)}) {
        if (sought.areIn(text))
            return rejectedError("ops.bad_argument",
                                 std::string("\"") + name + "\" holds one of the words: the audit log "
                                     "keeps it for good, and the person would be named there again.");
    }
    return {};
}

} // namespace

std::vector<std::string> wordsOf(const DeskCall &call)
{
    return DeskArguments(call).words("words");
}

bool isDryRun(const DeskCall &call)
{
    return DeskArguments(call).flag("dry_run");
}

bool wantsCopiesRemoved(const DeskCall &call)
{
    return DeskArguments(call).flag("with_copies");
}

Result<ErasureReport> eraseWithProof(Journal &journal, const DeskCall &call, bool alsoOpen)
{
    DeskArguments arguments(call);
    const std::vector<std::string> words = arguments.words("words");
    const std::string reason = arguments.text("reason");
    const bool dryRun = arguments.flag("dry_run");
    auto report = journal.desk().erase({words, call.who, reason, call.at, alsoOpen, dryRun});
    if (!report || dryRun || (alsoOpen && report->isNothing()))
        return report;
    std::string detail = toJson(reportOf(*report, false).root());
    detail.insert(detail.size() - 1, ",\"reason\":");
    std::string quoted;
    appendJsonString(quoted, reason);
    detail.insert(detail.size() - 1, quoted);
    auto noted = journal.desk().audit(
        {0, call.at, call.who, "erase", subjectOf(words) + mentionsOf(*report), detail});
    return noted ? report : Result<ErasureReport>(std::move(noted).error());
}

Result<void> erasePerson(DeskWork &work)
{
    const std::vector<std::string> words = work.arguments.words("words");
    const std::string reason = work.arguments.required("reason");
    work.arguments.flag("with_copies");
    const bool dryRun = work.arguments.flag("dry_run");
    if (work.arguments.error())
        return *work.arguments.error();
    if (words.empty())
        return rejectedError("ops.bad_argument", "\"words\" must name ids or addresses.");
    if (auto fit = namesNobody(work.call, words, reason); !fit)
        return fit;
    auto report = eraseWithProof(work.journal, work.call, false);
    if (!report)
        return std::move(report).error();
    work.answer(reportOf(*report, dryRun));
    return {};
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
    const bool dryRun = isDryRun(call);
    const bool nothing = erased->root().get("outcome").text() == "nothing_found";
    if (!copies.left.empty() && !dryRun)
        object.set("outcome", Value::string("copies_left"));
    else if (nothing && copies.rewritten.size() + copies.removed.size() > 0)
        object.set("outcome", Value::string("erased"));
    answer.setRoot(object.finish());
    if (copies.searched > 0 && !dryRun) {
        auto noted = journal.desk().audit({0, call.at, call.who, "erase.copies",
                                           subjectOf(wordsOf(call)), toJson(told)});
        if (!noted)
            return std::move(noted).error();
    }
    return share(std::move(answer));
}

} // namespace tw::ops
