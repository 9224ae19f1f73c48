// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"
#include "core/store/JournalDesk.h"

#include <QObject>
#include <functional>
#include <memory>

namespace tw::test {

/// What the desk of every back end must do: replays, dead letters, reviews, the audit log, kept
/// values, room. A back end's test derives from it and opens its journal; open() twice on one place
/// stands for a restart.
class DeskConformance : public QObject
{
    Q_OBJECT

protected:
    virtual std::unique_ptr<Journal> open() = 0;
    virtual void clear() = 0;

private Q_SLOTS:
    void init();
    void aFactUnderASecondEventIdIsARepeatWithinItsWindow();
    void keptValuesComeWithTheEventAndAreReplaced();
    void flowTextsStayAsTheyWereFirstKept();
    void runsAreFoundByBusinessIdStepTimeAndState();
    void idsAreFoundByTheirBeginning();
    void idsOfManyRunsAreFoundAndGoWithThem();
    void anOpenRunKnowsWhatItWaitsFor();
    void whatIsAssignedIsEscalatedFromThen();
    void aReplayIsARunOfItsOwnAndKnowsWhatWasDone();
    void aReplayCanUseAnotherVersionAndANewGeneration();
    void anOpenRunIsNotReplayed();
    void anEventIsReplayedOnceAtATime();
    void recordsOfOneRunAreSentAgainTogether();
    void aVersionIsNamedByItsBeginning();
    void aReplayWithoutBytesIsRefused();
    void aLetterIsEditedBesideItsOriginalAndReplayedFromItsStep();
    void aLetterIsResolvedWhenItsReplayEndsWell();
    void aDiscardedLetterIsClosedAndReleasesItsKey();
    void lettersAreGroupedByCause();
    void lettersAreFoundByOwnerAndDueTime();
    void aReviewIsAskedOnceAndAnsweredOnce();
    void anAnsweredReviewComesWithItsRun();
    void aDecisionIsRememberedByItsCause();
    void reviewsAreFoundWhenTheirTimeIsOver();
    void anIntentOlderThanOneBeforeIsStale();
    void aRefusedWriteMakesNothingStale();
    void theAuditLogIsChained();
    void retentionKeepsWhatLettersNeed();
    void bodiesGoByAgeOfTheReplayNotOfTheEvent();
    void tooManyBytesSendTheOldestBodiesAway();
    void anErasedPersonIsGoneAndTheProofStays();
    void anOpenRunIsNotErased();
};

} // namespace tw::test
