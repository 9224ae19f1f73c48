// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/store/RowReport.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tw {

class Journal;

/// What can be done with the files of a journal that nobody has open: look, copy, set aside, restore.
/// Nothing here ever writes over a journal.
namespace journalFiles {

/// Gives a journal its key, where there is one, before its rows are looked at.
using Unlock = std::function<void(Journal &)>;
/// Whether the journal can be gone on with; Internal `store.damaged` says what is wrong. The report tells
/// of rows that are not what they were: with these it can be gone on, they are told of one by one.
Result<RowReport> check(const std::string &file, const Unlock &unlock = {});
/// Of damaged rows, for a sentence: "dead letter 2, review 3 and 4 more".
std::string namesOf(const RowReport &report);

/// What people and runs still wait for in it.
struct OpenWork
{
    std::int64_t runs = 0;
    std::int64_t letters = 0;
    std::int64_t reviews = 0;
};
Result<OpenWork> openWork(const std::string &file);

/// A copy of the journal, also while it is being written. It is read back, whole, before it gets its
/// name; an earlier file of that name goes only then.
Result<void> backUp(const std::string &file, const std::string &copy);

/// Moves the journal and all that belongs to it out of the way; answers the new name.
Result<std::string> setAside(const std::string &file, Instant now);

/// Puts a backup in the place of a journal that was set aside. Config `store.in_the_way` when there is one.
Result<void> restore(const std::string &backup, const std::string &file);

/// The copies of the journal in a data folder: backups, also those that are being made, and what was
/// set aside.
std::vector<std::string> copies(const std::string &dataDir);
/// Not under way.
bool isWhole(const std::string &copy);
/// The file with all that belongs to it, under another name; and away with all of it.
Result<void> copyAll(const std::string &file, const std::string &copy);
void removeAll(const std::string &file);
/// A compact copy of `fresh` takes the place of `copy` and of what belongs to it.
Result<void> replace(const std::string &fresh, const std::string &copy);

/// Backups in a folder, newest first.
std::vector<std::string> backups(const std::string &folder);
std::string backupName(const std::string &folder, Instant at);

} // namespace journalFiles

} // namespace tw
