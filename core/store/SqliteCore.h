// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/RowSum.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tw {

/// What SqliteJournal keeps between calls: the connection, its statements, known sources.
/// Internal to core/store; statements go before the connection.
struct SqliteJournal::Core
{
    using SourceKey = std::pair<std::string, std::string>;

    Result<void> prepare();

    std::unique_ptr<sqlite::Database> database;
    sqlite::Statement begin, commit, rollback;
    sqlite::Statement findSource, addSource;
    sqlite::Statement addRun, findRun, addBody, endRun;
    sqlite::Statement putStep, addLetter, findLetter;
    sqlite::Statement claim;
    sqlite::Statement openHeads, openWaits, flowOfSource, openRuns, openSteps;

    RowSum sum;
    std::map<SourceKey, std::int64_t> sources;    ///< Committed.
    std::map<SourceKey, std::int64_t> newSources; ///< Of the open transaction.
    int walPages = 0;
    std::optional<Error> stopped;
};

/// A step row's checksum: the same when it is written and when it is read.
std::string stepSum(RowSum &sum, std::int64_t run, const StepRecord &record);
/// A body's checksum covers what the event is known by, so that rows cannot be swapped.
std::string bodySum(RowSum &sum, const NewRun &event);

} // namespace tw
