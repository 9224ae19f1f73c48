// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"

#include <QObject>
#include <memory>

namespace tw::test {

/// What every back end of the journal must do. A back end's test derives from it and opens its
/// journal; open() twice on one place stands for a restart.
class JournalConformance : public QObject
{
    Q_OBJECT

protected:
    virtual std::unique_ptr<Journal> open() = 0; ///< Empty, or what the last one left.
    virtual void clear() = 0;                    ///< The next open() is empty.

    static NewRun event(const std::string &id, const std::string &body = "{}");
    /// Accepts in a transaction of its own.
    static AcceptedRun accepted(Journal &journal, const NewRun &event);
    /// Every open run, whole: its head first, then the rest.
    static Result<std::vector<OpenRun>> allOpen(Journal &journal);
    static void written(Journal &journal, const RunChange &change);

private Q_SLOTS:
    void init();
    void anEventIsFirstOnceAndARepeatAfterwards();
    void theSameIdAtAnotherTriggerOrFlowIsAnotherEvent();
    void theNewestEventIsTheGreatestOfItsTrigger();
    void bytesOfTheEventComeBackAsTheyWere();
    void whatWasNotCommittedIsGone();
    void openRunsComeBackWithTheirRecords();
    void finishedRunsAreNotOpen();
    void theLastRecordOfAnItemCounts();
    void openRunsComeInPages();
    void headsTellKeySizeAndTheEarliestRetry();
    void anUnknownOutcomeIsRemembered();
    void aLetterHoldsItsKeyUntilItIsReleased();
    void aDeadLetterIsKeptOncePerItem();
    void listsShowTheNewestFirst();
    void aKeyBelongsToOneRunWithinItsWindow();
    void retentionKeepsOpenRunsAndForgetsOldOnes();
};

} // namespace tw::test
