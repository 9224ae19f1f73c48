// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/ops/DeskActions.h"
#include "core/ops/DeskJson.h"

namespace tw::ops {

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
    if (const auto state = arguments.oneOf("state", {"open", "done", "failed", "dead_lettered"}))
        query.state = static_cast<RunState>(*state);
    if (arguments.error())
        return *arguments.error();
    auto rows = work.desk().runs(query);
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

} // namespace tw::ops
