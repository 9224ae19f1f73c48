// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/JournalRecords.h"
#include "core/store/RowReport.h"

#include <vector>

namespace tw {

class JournalDesk;
class RowSeal;

/// The durable record of a runtime: accepted events, what their runs did, dead letters, keys.
///
/// One interface for every back end; tests/store holds the conformance suite. Used from one thread
/// at a time (StoreThread). Writes come between begin() and commit(); they are promised to survive a
/// power cut once commit() said so, and not before. Errors: Transient `store.full`, `store.io`
/// (nothing of the transaction is kept; a later one may succeed), Transient `store.stopped` (the
/// disk did not confirm a write: nothing more is taken until a restart), Internal `store.damaged`
/// and `store.sql`.
class Journal
{
public:
    virtual ~Journal() = default;

    virtual Result<void> begin() = 0;
    virtual Result<void> commit() = 0;
    virtual void rollback() = 0;

    /// A repeat of (flow, trigger, event id) changes nothing and names the first run.
    virtual Result<AcceptedRun> accept(const NewRun &event) = 0;
    virtual Result<Written> write(const RunChange &change) = 0;
    /// True: the key is this run's; false: another run has it and the window has not passed.
    virtual Result<bool> claim(const KeyClaim &claim) = 0;
    /// Deletes what is older than asked for; open runs and their records stay. Answers rows deleted.
    virtual Result<int> forget(const Retention &retention) = 0;

    /// The greatest event id, in text order, that this trigger handed in; empty when there is none.
    virtual Result<std::string> newestEvent(const std::string &flow,
                                            const std::string &trigger) = 0;
    /// The number of the newest run; 0 in an empty journal.
    virtual Result<std::int64_t> newestRun() = 0;
    /// Open runs behind `after` in the order of acceptance, at most `limit`. Reads neither bodies
    /// nor finished runs: a hundred thousand open runs take a fraction of a second.
    virtual Result<std::vector<OpenRunHead>> openRunHeads(std::int64_t after, int limit) = 0;
    /// Those of `runs` that are open, whole, in the order of acceptance.
    virtual Result<std::vector<OpenRun>> openRuns(const std::vector<std::int64_t> &runs) = 0;
    /// Keys held by dead letters (LetterRecord::holdsKey) of runs that ended, each once.
    virtual Result<std::vector<HeldKey>> heldKeys() = 0;
    /// A person decided: the letters of this key hold it no longer.
    virtual Result<void> releaseKey(const HeldKey &key) = 0;

    /// The text of a flow as it runs; runs finish on the version they began with. Known ones stay.
    virtual Result<void> keepFlow(const KeptFlow &flow) = 0;
    /// Nothing when the journal never ran that version.
    virtual Result<std::optional<std::string>> flowText(const std::string &flow,
                                                        const std::string &version) = 0;
    /// Versions of a flow that ran, newest first.
    virtual Result<std::vector<KeptFlow>> flowVersions(const std::string &flow) = 0;

    virtual Result<void> keep(const Kept &kept) = 0; ///< Replaces; an empty value removes.
    virtual Result<std::vector<Kept>> kept(const std::string &area) = 0;

    virtual Result<JournalUsage> usage() = 0;
    /// Whether another event may come: Transient `store.full` when the quota or the disk is full.
    virtual Result<void> mayAccept() { return {}; }
    /// Payloads written from now on are sealed, sealed ones can be read. Null: neither. `seal` must
    /// outlive the journal. Of a journal with sealed rows, before anything else is asked.
    virtual Result<void> setSeal(RowSeal *seal) = 0;
    /// What people see and decide; under the same transactions.
    virtual JournalDesk &desk() = 0;

    /// Looks whether every row is what it was when it was written. Sealed ones are opened when the key is
    /// there. Reads all of it.
    virtual Result<RowReport> checkRows() { return RowReport(); }

    /// Whether the clock was set to another time between the last commit before it was opened and
    /// then. What runs are in doubt about or wait for was reckoned anew; times in kept() were not.
    virtual bool hasClockMoved() const { return false; }
    /// The machine's clock was set by so much since the last call or the start: moves the times of open
    /// runs that say how long something lasts.
    virtual Result<void> clockWasSet(std::chrono::milliseconds) { return {}; }

    /// Called between transactions; `busy` when more work is waiting. Keeps the files small.
    virtual void maintain(bool busy) = 0;
    /// Called once when nothing was asked for a while: memory that only made it faster can go.
    virtual void rest() {}
};

} // namespace tw
