// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/SourceCoverage.h"
#include "core/ops/CoverageJson.h"
#include "core/ops/DeskActions.h"
#include "core/ops/DeskJson.h"
#include "core/ops/Metrics.h"

#include "core/data/Json.h"

namespace tw::ops {
namespace {

Value value(Arena &arena, const std::string &source, const SourceCoverage &coverage)
{
    ObjectBuilder object(arena);
    const auto count = [&object](const char *name, std::uint64_t number) {
        object.set(name, Value::integer(static_cast<std::int64_t>(number)));
    };
    const auto time = [&object, &arena](const char *name, Instant at) {
        if (at.msSinceEpoch != 0)
            object.set(name, Value::string(arena, isoTime(at)));
    };
    const auto words = [&object, &arena](const char *name, const std::string &text) {
        if (!text.empty())
            object.set(name, Value::string(arena, text));
    };
    const std::size_t slash = source.find('/');
    object.set("source", Value::string(arena, source));
    object.set("flow", Value::string(arena, source.substr(0, slash)));
    object.set("trigger", Value::string(arena, source.substr(slash + 1)));
    count("received", coverage.received);
    count("backfilled", coverage.backfilled);
    count("duplicates", coverage.duplicates);
    count("seen", coverage.seen);
    count("ignored", coverage.ignored);
    count("own", coverage.own);
    count("missing", coverage.refused);
    count("gaps", coverage.gaps.size());
    count("other_versions", coverage.otherVersions);
    time("since", coverage.since);
    time("checked_to", coverage.checkedTo);
    time("last_read", coverage.lastRead);
    time("last_event", coverage.lastEvent);
    words("last_event_id", coverage.lastEventId);
    object.set("lag_seconds", Value::number(static_cast<double>(coverage.lagMs) / 1000));
    object.set("longest_lag_seconds",
               Value::number(static_cast<double>(coverage.longestLagMs) / 1000));
    words("month", coverage.month);
    count("reads", coverage.reads);
    if (coverage.readAllowance > 0)
        count("read_allowance", coverage.readAllowance);
    words("trouble", coverage.trouble);
    ArrayBuilder missing(arena);
    for (const std::string &id : coverage.missing)
        missing.add(Value::string(arena, id));
    object.set("missing_events", missing.finish());
    ArrayBuilder gaps(arena);
    for (const SourceCoverage::Gap &gap : coverage.gaps) {
        ObjectBuilder one(arena);
        one.set("from", Value::string(arena, isoTime(gap.from)));
        one.set("to", Value::string(arena, isoTime(gap.to)));
        one.set("why", Value::string(arena, gap.why));
        gaps.add(one.finish());
    }
    object.set("gap_times", gaps.finish());
    ObjectBuilder versions(arena);
    for (const auto &[version, events] : coverage.versions)
        versions.set(version, Value::integer(static_cast<std::int64_t>(events)));
    object.set("versions", versions.finish());
    return object.finish();
}

} // namespace

Result<std::map<std::string, SourceCoverage>> readCoverage(Journal &journal)
{
    auto kept = journal.kept(SourceCoverage::kArea);
    if (!kept)
        return std::move(kept).error();
    std::map<std::string, SourceCoverage> all;
    for (const Kept &one : *kept) {
        if (auto coverage = coverageFrom(one.value))
            all.emplace(one.name, std::move(*coverage));
    }
    return all;
}

Result<void> listCoverage(DeskWork &work)
{
    const std::string flow = work.arguments.text("flow");
    auto all = readCoverage(work.journal);
    if (!all)
        return std::move(all).error();
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const auto &[source, coverage] : *all) {
        if (flow.empty() || source.starts_with(flow + '/'))
            list.add(value(answer.arena(), source, coverage));
    }
    answer.setRoot(list.finish());
    work.answer(std::move(answer));
    return {};
}

std::string Metrics::text(const std::map<std::string, SourceCoverage> &sources)
{
    std::string out;
    const auto family = [&](const char *name, const char *help, const char *type, auto number) {
        out += std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
        for (const auto &[source, coverage] : sources) {
            const std::size_t slash = source.find('/');
            out +=
                name +
                labels({{"flow", source.substr(0, slash)}, {"trigger", source.substr(slash + 1)}}) +
                ' ';
            appendNumber(out, static_cast<double>(number(coverage)));
            out += '\n';
        }
    };
    if (sources.empty())
        return out;
    using C = const SourceCoverage &;
    family("tidewire_source_received_total", "Events first seen as a delivery.", "counter",
           [](C c) { return c.received; });
    family("tidewire_source_backfilled_total", "Events first seen in the source's list.", "counter",
           [](C c) { return c.backfilled; });
    family("tidewire_source_duplicates_total", "Deliveries of known events.", "counter",
           [](C c) { return c.duplicates; });
    family("tidewire_source_missing_total", "Listed events that were refused for good.", "counter",
           [](C c) { return c.refused; });
    family("tidewire_source_own_total", "Echoes of own writes, left.", "counter",
           [](C c) { return c.own; });
    family("tidewire_source_gaps", "Times of which the source can tell nothing any more.", "gauge",
           [](C c) { return c.gaps.size(); });
    family("tidewire_source_other_versions_total", "Events of another version than expected.",
           "counter", [](C c) { return c.otherVersions; });
    family("tidewire_source_lag_seconds", "Of the last event, from happening to being stored.",
           "gauge", [](C c) { return static_cast<double>(c.lagMs) / 1000; });
    family("tidewire_source_last_event_timestamp_seconds", "When the newest event happened.",
           "gauge", [](C c) { return c.lastEvent.seconds(); });
    family("tidewire_source_checked_timestamp_seconds", "The list was read through to here.",
           "gauge", [](C c) { return c.checkedTo.seconds(); });
    family("tidewire_source_reads_month", "Reads of this month.", "gauge",
           [](C c) { return c.reads; });
    family("tidewire_source_read_allowance_month", "What the source allows; 0: not known.", "gauge",
           [](C c) { return c.readAllowance; });
    family("tidewire_source_trouble", "1: the list cannot be read now.", "gauge",
           [](C c) { return c.trouble.empty() ? 0 : 1; });
    return out;
}

} // namespace tw::ops
