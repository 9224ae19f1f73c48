// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/DeskRecords.h"

#include <vector>

namespace tw {

/// The part of a journal that answers to people: what ran, what failed, what waits for them, and what
/// they decided. The same rules as for Journal; writes come between its begin() and commit().
class JournalDesk
{
public:
    virtual ~JournalDesk() = default;

    virtual Result<std::vector<RunRow>> runs(const RunQuery &query) = 0;
    /// At most `limit` different business ids, event ids and keys that begin so, in order of their text.
    virtual Result<std::vector<std::string>> idsBeginning(const std::string &beginning, int limit) = 0;
    /// Rejected `store.no_run`.
    virtual Result<RunHistory> history(std::int64_t run) = 0;
    /// A new open run with the event of an old one. Rejected `store.no_run`, `store.no_body` (its
    /// bytes are gone), `store.no_letter`, `store.letter_closed`, `store.no_version`, and
    /// `store.run_open` while any run of the event is open: two at a time would do things twice. Letters
    /// of one run are different records; their replays may be open together.
    virtual Result<AcceptedRun> replay(const ReplayOrder &order) = 0;

    /// Ends an open run as Cancelled and withdraws its questions; what the engine still writes of it
    /// does not change that. Rejected `store.no_run`, `store.run_closed`.
    virtual Result<void> cancel(std::int64_t run, Instant at) = 0;

    virtual Result<std::vector<LetterRow>> letters(const LetterQuery &query) = 0;
    virtual Result<std::vector<LetterGroup>> letterGroups(const std::string &flow) = 0;
    /// Rejected `store.no_letter`, `store.letter_closed`, `store.letter_damaged` (but to discard it); of a decision `store.run_open` while a replay
    /// of the letter is on its way.
    virtual Result<void> change(const LetterChange &change) = 0;

    virtual Result<std::vector<ReviewRow>> reviews(const ReviewQuery &query) = 0;
    virtual Result<void> change(const ReviewChange &change) = 0;
    /// Answers the run that goes on. Rejected `store.no_review`, `store.review_closed`.
    virtual Result<std::int64_t> decide(const ReviewDecision &decision) = 0;
    /// What a person once decided for questions of this cause, if it was to be remembered.
    virtual Result<std::optional<ReviewDecision>> remembered(const std::string &flow,
                                                             const std::string &step,
                                                             const std::string &cause) = 0;
    virtual Result<void> forgetRemembered(const std::string &flow, const std::string &step,
                                          const std::string &cause) = 0;

    /// The run that claimed a business key within its window, or none.
    virtual Result<std::optional<std::int64_t>> claimant(const std::string &flow,
                                                         const std::string &step,
                                                         const std::string &key) = 0;
    virtual Result<EscalationTimes> nextEscalations(const std::string &flow) = 0;
    virtual Result<PeoplesWork> counts(Instant now) = 0;

    /// Appends; `number` and `hash` of the entry are given here.
    virtual Result<AuditEntry> audit(AuditEntry entry) = 0;
    virtual Result<std::vector<AuditEntry>> auditLog(std::int64_t after, int limit) = 0;
    /// Rejected `store.audit_broken`, naming the first entry that was changed, moved or removed.
    virtual Result<void> checkAudit() = 0;

    /// Overwrites bytes, inputs and answers of runs that hold one of the words, and what people wrote
    /// with one of them. What remains says that there was a run, not what it held. The caller adds an
    /// entry to the audit log, with mentionsOf() in its subject.
    virtual Result<ErasureReport> erase(const Erasure &erasure) = 0;
};

} // namespace tw
