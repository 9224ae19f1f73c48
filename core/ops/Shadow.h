// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/Rehearsal.h"

#include <string>
#include <vector>

namespace tw::ops {

/// One field of a record that two versions of a flow fill in differently. JSON texts; empty: not
/// there.
struct FieldDifference
{
    std::string field; ///< "Amount__c", "address.city".
    std::string before;
    std::string after;
    bool operator==(const FieldDifference &) const = default;
};

/// A record that two versions would not write alike.
struct RecordDifference
{
    enum class Kind { Changed, OnlyBefore, OnlyAfter };

    Kind kind = Kind::Changed;
    std::int64_t run = 0;
    std::string eventId;
    std::string step;
    std::string record; ///< RehearsedEffect::name().
    std::vector<FieldDifference> fields; ///< Changed.
};

/// What a changed flow would have done with recorded events.
struct ShadowReport
{
    int events = 0;
    int recordsBefore = 0;
    int recordsAfter = 0;
    int same = 0;
    int failedBefore = 0; ///< Runs that did not end well.
    int failedAfter = 0;
    int leftOut = 0;      ///< Runs that are open, or whose bytes are gone or damaged.
    std::vector<RecordDifference> differences;

    bool isSame() const { return differences.empty() && failedBefore == failedAfter; }
};

/// Compares two rehearsals of the same runs, record by record: in a run, effects of a step that
/// write the same record belong together, in their order; where a step does not tell its record, those
/// with the same key.
ShadowReport compareRehearsals(const std::vector<RehearsedRun> &before,
                               const std::vector<RehearsedRun> &after);

/// Fields in which two JSON values differ; members of objects one by one, lists and the rest whole.
std::vector<FieldDifference> fieldDifferences(const Value &before, const Value &after);

} // namespace tw::ops
