// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Shadow.h"

#include "core/data/Json.h"

#include <algorithm>
#include <map>

namespace tw::ops {
namespace {

std::string jsonOf(const Value &value)
{
    return value.isUndefined() ? std::string() : toJson(value);
}

void compare(const std::string &path, const Value &before, const Value &after,
             std::vector<FieldDifference> &found)
{
    if (before.isObject() && after.isObject()) {
        const auto inside = [&path](std::string_view key) {
            return path.empty() ? std::string(key) : path + '.' + std::string(key);
        };
        for (const Member &member : before.members())
            compare(inside(member.key.text()), member.value, after.get(member.key.text()), found);
        for (const Member &member : after.members()) {
            if (before.get(member.key.text()).isUndefined())
                compare(inside(member.key.text()), Value(), member.value, found);
        }
        return;
    }
    const std::string old = jsonOf(before);
    const std::string now = jsonOf(after);
    if (old != now)
        found.push_back({path, old, now});
}

using Key = std::pair<std::string, std::string>; // step, record or key of the effect
using Effects = std::map<Key, std::vector<const RehearsedEffect *>>;

Effects effectsOf(const RehearsedRun &run)
{
    Effects all;
    for (const RehearsedEffect &effect : run.effects)
        all[{effect.step, effect.record.empty() ? '\x1f' + effect.key : effect.record}].push_back(&effect);
    return all;
}

RecordDifference differenceOf(RecordDifference::Kind kind, const RehearsedRun &run,
                              const RehearsedEffect &effect)
{
    return {kind, run.run, run.eventId, effect.step, effect.name(), {}};
}

void compareRuns(const RehearsedRun &before, const RehearsedRun &after, ShadowReport &report)
{
    using Kind = RecordDifference::Kind;
    const Effects old = effectsOf(before);
    const Effects now = effectsOf(after);
    for (const auto &[key, effects] : old) {
        const auto found = now.find(key);
        const std::size_t there = found == now.end() ? 0 : found->second.size();
        for (std::size_t at = 0; at < effects.size(); ++at) {
            if (at >= there) {
                report.differences.push_back(differenceOf(Kind::OnlyBefore, before, *effects[at]));
                continue;
            }
            auto fields = fieldDifferences(effects[at]->sent->root(),
                                           found->second[at]->sent->root());
            if (fields.empty()) {
                ++report.same;
                continue;
            }
            report.differences.push_back(differenceOf(Kind::Changed, before, *effects[at]));
            report.differences.back().fields = std::move(fields);
        }
    }
    for (const auto &[key, effects] : now) {
        const auto found = old.find(key);
        for (std::size_t at = found == old.end() ? 0 : found->second.size(); at < effects.size(); ++at)
            report.differences.push_back(differenceOf(Kind::OnlyAfter, after, *effects[at]));
    }
}

} // namespace

std::vector<FieldDifference> fieldDifferences(const Value &before, const Value &after)
{
    std::vector<FieldDifference> found;
    compare({}, before, after, found);
    return found;
}

ShadowReport compareRehearsals(const std::vector<RehearsedRun> &before,
                               const std::vector<RehearsedRun> &after)
{
    ShadowReport report;
    report.events = static_cast<int>(before.size());
    for (std::size_t at = 0; at < std::min(before.size(), after.size()); ++at) {
        report.recordsBefore += static_cast<int>(before[at].effects.size());
        report.recordsAfter += static_cast<int>(after[at].effects.size());
        report.failedBefore += before[at].outcome != RunOutcome::Done;
        report.failedAfter += after[at].outcome != RunOutcome::Done;
        compareRuns(before[at], after[at], report);
    }
    return report;
}

} // namespace tw::ops
