// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/SourceCoverage.h"

#include "core/connector/ReadMeter.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kMostGaps = 20;

struct Count
{
    const char *name;
    std::uint64_t SourceCoverage::*place;
};
constexpr Count kCounts[] = {{"received", &SourceCoverage::received},
                             {"backfilled", &SourceCoverage::backfilled},
                             {"duplicates", &SourceCoverage::duplicates},
                             {"seen", &SourceCoverage::seen},
                             {"ignored", &SourceCoverage::ignored},
                             {"own", &SourceCoverage::own},
                             {"refused", &SourceCoverage::refused},
                             {"other_versions", &SourceCoverage::otherVersions},
                             {"reads", &SourceCoverage::reads},
                             {"read_allowance", &SourceCoverage::readAllowance}};

struct Moment
{
    const char *name;
    Instant SourceCoverage::*place;
};
constexpr Moment kMoments[] = {{"since_ms", &SourceCoverage::since},
                               {"checked_to_ms", &SourceCoverage::checkedTo},
                               {"last_read_ms", &SourceCoverage::lastRead},
                               {"last_event_ms", &SourceCoverage::lastEvent}};

struct Word
{
    const char *name;
    std::string SourceCoverage::*place;
};
constexpr Word kWords[] = {{"last_event_id", &SourceCoverage::lastEventId},
                           {"month", &SourceCoverage::month},
                           {"trouble", &SourceCoverage::trouble}};

Instant instantOf(const Value &value)
{
    return Instant{value.toInt().value_or(0)};
}

} // namespace

void SourceCoverage::miss(std::string id)
{
    ++refused;
    if (std::find(missing.begin(), missing.end(), id) != missing.end())
        return;
    missing.push_back(std::move(id));
    if (missing.size() > kMostMissing)
        missing.erase(missing.begin());
}

void SourceCoverage::note(Gap gap)
{
    if (!gaps.empty() && gap.from <= gaps.back().to && gap.why == gaps.back().why) {
        gaps.back().to = std::max(gaps.back().to, gap.to);
        return;
    }
    gaps.push_back(std::move(gap));
    if (gaps.size() > kMostGaps)
        gaps.erase(gaps.begin());
}

void SourceCoverage::goOnFrom(const SourceCoverage &earlier)
{
    const bool sameMonth = month.empty() || earlier.month == month;
    for (const Count &count : kCounts) {
        const bool ofMonth = count.place == &SourceCoverage::reads;
        if (count.place != &SourceCoverage::readAllowance && (!ofMonth || sameMonth))
            this->*count.place += earlier.*count.place;
    }
    for (const Moment &moment : kMoments)
        this->*moment.place = std::max(this->*moment.place, earlier.*moment.place);
    if (earlier.since.msSinceEpoch != 0)
        since = earlier.since;
    if (lastEventId.empty())
        lastEventId = earlier.lastEventId;
    if (month.empty())
        month = earlier.month;
    lagMs = lagMs == 0 ? earlier.lagMs : lagMs;
    longestLagMs = std::max(longestLagMs, earlier.longestLagMs);
    readAllowance = std::max(readAllowance, earlier.readAllowance);
    missing.insert(missing.begin(), earlier.missing.begin(), earlier.missing.end());
    gaps.insert(gaps.begin(), earlier.gaps.begin(), earlier.gaps.end());
    for (const auto &[version, count] : earlier.versions)
        versions[version] += count;
}

void SourceCoverage::countRead(Instant now)
{
    const std::string current = monthOf(now);
    if (month != current) {
        month = current;
        reads = 0;
    }
    ++reads;
}

std::string toJson(const SourceCoverage &coverage)
{
    Arena arena;
    ObjectBuilder object(arena);
    for (const Count &count : kCounts)
        object.set(count.name, Value::integer(static_cast<std::int64_t>(coverage.*count.place)));
    for (const Moment &moment : kMoments)
        object.set(moment.name, Value::integer((coverage.*moment.place).msSinceEpoch));
    for (const Word &word : kWords)
        object.set(word.name, Value::string(arena, coverage.*word.place));
    object.set("lag_ms", Value::integer(coverage.lagMs));
    object.set("longest_lag_ms", Value::integer(coverage.longestLagMs));
    ArrayBuilder missing(arena);
    for (const std::string &id : coverage.missing)
        missing.add(Value::string(arena, id));
    object.set("missing", missing.finish());
    ArrayBuilder gaps(arena);
    for (const SourceCoverage::Gap &gap : coverage.gaps) {
        ObjectBuilder one(arena);
        one.set("from_ms", Value::integer(gap.from.msSinceEpoch));
        one.set("to_ms", Value::integer(gap.to.msSinceEpoch));
        one.set("why", Value::string(arena, gap.why));
        gaps.add(one.finish());
    }
    object.set("gaps", gaps.finish());
    ObjectBuilder versions(arena);
    for (const auto &[version, count] : coverage.versions)
        versions.set(version, Value::integer(static_cast<std::int64_t>(count)));
    object.set("versions", versions.finish());
    return toJson(object.finish());
}

Result<SourceCoverage> coverageFrom(std::string_view json)
{
    const auto parsed = parseJson(json);
    if (!parsed)
        return parsed.error();
    const Value &root = parsed->root();
    SourceCoverage coverage;
    for (const Count &count : kCounts)
        coverage.*count.place = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, root.get(count.name).toInt().value_or(0)));
    for (const Moment &moment : kMoments)
        coverage.*moment.place = instantOf(root.get(moment.name));
    for (const Word &word : kWords)
        coverage.*word.place = root.get(word.name).text();
    coverage.lagMs = root.get("lag_ms").toInt().value_or(0);
    coverage.longestLagMs = root.get("longest_lag_ms").toInt().value_or(0);
    for (const Value &id : root.get("missing").items())
        coverage.missing.emplace_back(id.text());
    for (const Value &gap : root.get("gaps").items())
        coverage.gaps.push_back({instantOf(gap.get("from_ms")), instantOf(gap.get("to_ms")),
                                 std::string(gap.get("why").text())});
    for (const Member &version : root.get("versions").members())
        coverage.versions[std::string(version.key.text())] =
            static_cast<std::uint64_t>(version.value.toInt().value_or(0));
    return coverage;
}

} // namespace tw
