// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/data/Value.h"
#include "core/store/Journal.h"

#include <functional>
#include <string>
#include <vector>

namespace tw::ops {

/// One question or decision of a person: an action ("letters.replay") with its arguments, a JSON
/// object. desk.md beside this file lists the actions, their arguments and answers.
struct DeskCall
{
    std::string action;
    DocumentPtr arguments; ///< Null: none.
    std::string who;
    Instant at;
};

/// What a running engine has to be told once the transaction is on disk.
struct DeskOutcome
{
    DocumentPtr answer;
    std::vector<std::int64_t> newRuns;      ///< Replays to take up.
    std::vector<std::int64_t> answeredRuns; ///< Runs that go on with an answer.
    std::vector<HeldKey> releasedKeys;
    std::vector<OpenRun> cancelledRuns; ///< As they were.
};

/// Does what was asked, inside the caller's transaction; every change leaves an audit entry in it.
/// Used in a running engine (Engine::inJournal) and on a journal that nobody runs. Errors: Rejected
/// `ops.unknown_action`, `ops.bad_argument` and those of the journal: nothing of the call is kept.
/// `registry` tells what steps take, to hold inputs against; null: nobody knows.
Result<DeskOutcome> performDesk(Journal &journal, const DeskCall &call,
                                const Registry *registry = nullptr);

/// The answer with a sentence more in its `note`.
DocumentPtr withNote(const DocumentPtr &answer, const std::string &note);

/// Whether the action changes something.
bool isChange(const std::string &action);

} // namespace tw::ops
