// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/ops/DeskActions.h"
#include "core/ops/DeskJson.h"

#include <algorithm>

namespace tw::ops {
namespace {

/// Attempts of which nobody knows what became: asked without an answer, or answered with a doubt.
std::vector<std::string> doubtsOf(const OpenRun &run)
{
    std::vector<std::string> found;
    for (const StepRecord &record : run.steps) {
        if (record.state == RecordState::Intent || (record.error && record.error->outcomeUnknown))
            found.push_back(record.step + " (item " + std::to_string(record.item) + ')');
    }
    return found;
}

std::string listed(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// An id by its beginning, if only one begins so.
Result<std::string> wholeId(DeskWork &work, const std::string &given)
{
    constexpr int kMost = 10;
    auto ids = work.desk().idsBeginning(given, kMost + 1);
    if (!ids)
        return std::move(ids).error();
    if (ids->empty() || ids->front() == given)
        return given;
    if (ids->size() == 1)
        return ids->front();
    std::string list;
    for (std::size_t at = 0; at < std::min<std::size_t>(ids->size(), kMost); ++at)
        list += "\n  " + (*ids)[at];
    if (ids->size() > kMost)
        list += "\n  and more";
    return rejectedError("ops.bad_argument", "More than one id begins with " + given + ':' + list);
}

Result<OpenRun> openRun(DeskWork &work, std::int64_t run)
{
    auto known = work.desk().history(run);
    if (!known)
        return std::move(known).error();
    auto open = work.journal.openRuns({run});
    if (!open)
        return std::move(open).error();
    if (open->empty())
        return rejectedError("store.run_closed",
                             "Run " + std::to_string(run) + " has ended already: there is nothing to "
                                                            "cancel.");
    return std::move(open->front());
}

} // namespace

Result<void> listRuns(DeskWork &work)
{
    DeskArguments &arguments = work.arguments;
    RunQuery query;
    query.flow = arguments.text("flow");
    query.id = arguments.text("id");
    query.step = arguments.text("step");
    query.from = arguments.instant("from");
    query.to = arguments.instant("to");
    query.limit = static_cast<int>(arguments.number("limit", 100));
    query.before = arguments.number("before");
    if (const auto state = arguments.oneOf("state", {"open", "done", "failed", "dead_lettered", "cancelled"}))
        query.state = static_cast<RunState>(*state);
    if (arguments.error())
        return *arguments.error();
    auto rows = work.desk().runs(query);
    if (rows && rows->empty() && !query.id.empty() && query.before == 0) {
        auto id = wholeId(work, query.id);
        if (!id)
            return std::move(id).error();
        if (*id != query.id) {
            query.id = *id;
            rows = work.desk().runs(query);
        }
    }
    if (!rows)
        return std::move(rows).error();
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const RunRow &row : *rows)
        list.add(toValue(answer.arena(), row));
    answer.setRoot(list.finish());
    work.answer(std::move(answer));
    return {};
}

Result<void> showRun(DeskWork &work)
{
    const std::int64_t run = work.arguments.requiredNumber("run");
    if (work.arguments.error())
        return *work.arguments.error();
    auto history = work.desk().history(run);
    if (!history)
        return std::move(history).error();
    Document answer;
    answer.setRoot(toValue(answer.arena(), *history));
    work.answer(std::move(answer));
    return {};
}

Result<void> replayRun(DeskWork &work)
{
    ReplayOrder order;
    order.run = work.arguments.requiredNumber("run");
    order.flowVersion = work.arguments.text("version");
    order.asNew = work.arguments.flag("as_new");
    order.by = work.call.who;
    order.at = work.call.at;
    if (work.arguments.error())
        return *work.arguments.error();
    auto run = work.desk().replay(order);
    if (!run)
        return std::move(run).error();
    work.outcome.newRuns.push_back(run->run);
    Document answer;
    ObjectBuilder object(answer.arena());
    object.set("run", Value::integer(run->run));
    answer.setRoot(object.finish());
    const std::string detail = "{\"new_run\":" + std::to_string(run->run)
        + (order.asNew ? ",\"as_new\":true}" : "}");
    work.answer(std::move(answer));
    return work.note("run " + std::to_string(order.run), detail);
}

Result<void> cancelRun(DeskWork &work)
{
    const std::int64_t run = work.arguments.requiredNumber("run");
    const std::string reason = work.arguments.required("reason");
    const bool inDoubt = work.arguments.flag("in_doubt");
    if (work.arguments.error())
        return *work.arguments.error();
    auto open = openRun(work, run);
    if (!open)
        return std::move(open).error();
    const std::vector<std::string> doubts = doubtsOf(*open);
    if (!doubts.empty() && !inDoubt)
        return rejectedError("ops.outcome_unknown",
                             "Nobody knows yet what became of " + listed(doubts) + ": it may have been "
                             "written. Wait until it is known, or cancel with \"in_doubt\" "
                             "(--in-doubt) and look at the other side yourself.");
    if (auto ended = work.desk().cancel(run, work.call.at); !ended)
        return ended;
    work.outcome.cancelledRuns.push_back(std::move(*open));
    Document answer;
    Arena &arena = answer.arena();
    ArrayBuilder list(arena);
    for (const std::string &doubt : doubts)
        list.add(Value::string(arena, doubt));
    ObjectBuilder object(arena);
    object.set("run", Value::integer(run));
    object.set("state", Value::string("cancelled"));
    object.set("outcome_unknown", list.finish());
    if (!doubts.empty())
        object.set("note", Value::string(arena, "It may have been written: " + listed(doubts)
                                                    + ". Look at the other side."));
    answer.setRoot(object.finish());
    ObjectBuilder detail(arena);
    detail.set("reason", Value::string(arena, reason));
    detail.set("outcome_unknown", answer.root().get("outcome_unknown"));
    const std::string noted = toJson(detail.finish());
    work.answer(std::move(answer));
    return work.note("run " + std::to_string(run), noted);
}

} // namespace tw::ops
