// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/DeskReport.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <set>

namespace tw::runner {
namespace {

using Columns = std::vector<std::string>;

const Columns &columnsOf(const std::string &action)
{
    static const std::map<std::string, Columns> kColumns{
        {"runs.list", {"run", "state", "flow", "key", "received", "replay_of", "waits_for"}},
        {"letters.list", {"id", "status", "run", "cause_id", "step", "error.code", "owner", "due"}},
        {"letters.groups", {"count", "cause_id", "cause", "owner", "due"}},
        {"reviews.list", {"id", "status", "question", "owner", "due", "flow", "event"}},
        {"connections.list", {"connection", "calls", "cause", "until", "queued", "in_flight",
                              "calls_last_minute", "day_used", "day_limit",
                              "reads_this_month", "read_allowance", "why"}},
        {"connections.pause", {"connection", "calls", "cause", "queued", "by", "why"}},
        {"connections.resume", {"connection", "calls", "cause", "queued"}},
        {"coverage.list", {"source", "received", "backfilled", "duplicates", "missing", "gaps",
                           "last_event", "checked_to", "reads", "trouble"}},
        {"audit.list", {"number", "at", "who", "action", "subject", "detail"}}};
    static const Columns kNone;
    const auto found = kColumns.find(action);
    return found == kColumns.end() ? kNone : found->second;
}

std::string cell(const Value &value)
{
    if (value.isUndefined() || value.isNull())
        return "-";
    return value.isString() ? std::string(value.text()) : toJson(value);
}

/// Times without fractions, one line each: lists are to be looked over.
std::string shortCell(const Value &value)
{
    static const QRegularExpression kTime(
        QStringLiteral(R"(^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z$)"));
    std::string text = cell(value);
    std::replace(text.begin(), text.end(), '\n', ' ');
    const auto time = kTime.match(toQString(text));
    return time.hasMatch() ? toUtf8(time.captured(1)) + 'Z' : text;
}

/// What may go below its row or be shortened where the terminal is narrow.
bool isProse(const std::string &column)
{
    static const std::set<std::string> kProse{"flow",  "type",   "cause", "error.code", "step",
                                              "question", "why", "detail", "subject",   "event", "trouble",
                                              "waits_for"};
    return kProse.contains(column);
}

void showList(Output &out, Columns columns, const Value &rows)
{
    if (rows.size() == 0)
        return out.message("Nothing.");
    // Seldom there, and worth a column only then.
    const std::span<const Value> all = rows.items();
    for (const char *seldom : {"waits_for", "reads_this_month", "read_allowance"}) {
        if (std::all_of(all.begin(), all.end(),
                        [seldom](const Value &row) { return row.get(seldom).isUndefined(); }))
            std::erase(columns, seldom);
    }
    std::vector<std::vector<std::string>> cells;
    std::vector<std::string> titles;
    for (const std::string &column : columns) {
        std::string title = column.substr(column.find('.') == std::string::npos
                                              ? 0 : column.find('.') + 1);
        std::replace(title.begin(), title.end(), '_', ' ');
        titles.push_back(out.faint(title));
    }
    cells.push_back(std::move(titles));
    for (const Value &row : rows.items()) {
        std::vector<std::string> line;
        for (const std::string &column : columns)
            line.push_back(shortCell(row.find(column)));
        cells.push_back(std::move(line));
    }
    std::vector<bool> prose;
    for (const std::string &column : columns)
        prose.push_back(isProse(column));
    out.line(fittedTable(std::move(cells), std::move(prose)));
}

/// "run 13", "runs 13, 14".
std::string counted(const std::string &what, const Value &numbers)
{
    std::string text = what + (numbers.size() == 1 ? " " : "s ");
    for (std::size_t at = 0; at < numbers.size(); ++at)
        text += (at == 0 ? "" : ", ") + toJson(numbers.items()[at]);
    return text;
}

/// What a decision did, as a sentence; empty where its answer is to be shown.
std::string sentence(const std::string &action, const Value &answer)
{
    if (action == "runs.replay")
        return "Run " + toJson(answer.get("run")) + " runs the event once more.";
    if (action == "letters.replay")
        return "Sent again by " + counted("run", answer.get("runs")) + '.';
    if (action == "letters.discard")
        return "Discarded: " + counted("dead letter", answer.get("discarded")) + '.';
    return {};
}

/// Short members side by side with their names, then payloads, then lists.
void showOne(Output &out, const Value &thing)
{
    std::vector<std::vector<std::string>> lines;
    for (const Member &member : thing.members()) {
        if (!member.value.isObject() && !member.value.isArray())
            lines.push_back({out.faint(member.key.text()), cell(member.value)});
    }
    if (!lines.empty())
        out.line(table(lines));
    for (const Member &member : thing.members()) {
        if (!member.value.isObject() && !member.value.isArray())
            continue;
        if (member.value.size() == 0)
            continue;
        out.line("");
        out.line(out.bold(member.key.text()));
        out.line(toJson(member.value, JsonStyle::Pretty));
    }
}

} // namespace

void showDesk(Output &out, const std::string &action, const Value &answer)
{
    if (out.isJson())
        return out.json(answer);
    if (answer.isArray())
        return showList(out, columnsOf(action), answer);
    if (action == "audit.verify")
        return out.line("The audit log is as it was written.");
    if (const std::string done = sentence(action, answer); !done.empty())
        return out.line(done);
    showOne(out, answer);
}

} // namespace tw::runner
