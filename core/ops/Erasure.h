// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/Desk.h"
#include "core/store/DeskRecords.h"

namespace tw::ops {

/// What became of the copies of a journal - backups, journals that were set aside - when a person was
/// taken out. Names are those within the data folder.
struct CopiesErased
{
    int searched = 0;
    std::vector<std::string> rewritten; ///< They held the person and do no longer.
    std::vector<std::string> removed;   ///< They could not be read, and were to go then.
    std::vector<std::string> left;      ///< They could not be read: they may hold the person.
};

/// Adds the proof about the copies to the audit log, and to the answer of `erase`. Inside the caller's
/// transaction.
Result<DocumentPtr> noteCopies(Journal &journal, const DeskCall &call, const DocumentPtr &erased,
                               const CopiesErased &copies);

/// Does what the call asks for in one journal, and leaves the proof in its audit log; with `dry_run`
/// neither. `alsoOpen`: of a copy that nobody runs; one that holds nothing stays as it is.
Result<ErasureReport> eraseWithProof(Journal &journal, const DeskCall &call, bool alsoOpen);

/// What the call asks for.
std::vector<std::string> wordsOf(const DeskCall &call);
bool wantsCopiesRemoved(const DeskCall &call);
bool isDryRun(const DeskCall &call);

} // namespace tw::ops
