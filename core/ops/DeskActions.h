// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/Desk.h"
#include "core/ops/DeskArguments.h"
#include "core/store/JournalDesk.h"

// The actions of the desk, by what they are about. Internal to core/ops.
namespace tw::ops {

/// One call while it is performed.
struct DeskWork
{
    Journal &journal;
    const DeskCall &call;
    DeskArguments arguments;
    const Registry *registry = nullptr;
    DeskOutcome outcome{};

    JournalDesk &desk() { return journal.desk(); }
    /// Leaves an entry in the audit log; `detail` is a JSON object.
    Result<void> note(const std::string &subject, const std::string &detail = "{}");
    void answer(Document document) { outcome.answer = share(std::move(document)); }
};

/// Adds a sentence to the answer: what a person should know besides.
void addNote(DeskWork &work, const std::string &note);
/// SHA-256 in hexadecimal digits: tells in the audit log whether two texts are the same, not what they say.
std::string fingerprint(std::string_view text);

using DeskAction = Result<void> (*)(DeskWork &);

Result<void> listRuns(DeskWork &work);
Result<void> showRun(DeskWork &work);
Result<void> replayRun(DeskWork &work);
Result<void> cancelRun(DeskWork &work);
Result<void> listLetters(DeskWork &work);
Result<void> groupLetters(DeskWork &work);
Result<void> showLetter(DeskWork &work);
Result<void> editLetter(DeskWork &work);
Result<void> assignLetter(DeskWork &work);
Result<void> replayLetters(DeskWork &work);
Result<void> discardLetters(DeskWork &work);
Result<void> listReviews(DeskWork &work);
Result<void> showReview(DeskWork &work);
Result<void> approveReview(DeskWork &work);
Result<void> rejectReview(DeskWork &work);
Result<void> assignReview(DeskWork &work);
Result<void> forgetDecision(DeskWork &work);
Result<void> listAudit(DeskWork &work);
Result<void> verifyAudit(DeskWork &work);
Result<void> erasePerson(DeskWork &work);
Result<void> showUsage(DeskWork &work);
Result<void> listCoverage(DeskWork &work);

} // namespace tw::ops
