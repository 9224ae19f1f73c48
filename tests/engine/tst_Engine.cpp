// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/data/Json.h"
#include "core/engine/EffectKey.h"
#include "core/engine/RecordCodec.h"

#include <QTest>

#include <optional>
#include <set>

namespace tw::test {

using Lines = std::vector<std::string>;
using Phase = StepEvent::Phase;

class tst_Engine final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEventGoesThroughItsStepsAndTheRunIsDone();
    void aRepeatDoesNotRun();
    void anEffectGetsAStableKeyAndTheEvent();
    void anEffectIsAskedOnlyWithItsIntentInTheJournal();
    void aFailureTakesTheErrorExitWithItsInput();
    void aFailureWithoutAnErrorWireIsDeadLettered();
    void aTerminalStepKeepsTheFailedRecord();
    void aBranchSendsTheRecordOneWay();
    void twoWiresFeedTwoSteps();
    void aSwitchedOffStepLetsRecordsPassBy();
    void anEffectThatDropsEndsTheRun();
    void hundredsOfPureStepsInARow();
    void aBusinessKeyIsSeenOnce();
    void onlySoManyEffectsAreInFlight();
    void tooManyOpenRunsMakeTheEngineBusy();
    void aCancelledRunEndsAndItsLateAnswerChangesNothing();
    void anEventThatIsNotJsonIsDeadLettered();
    void stoppingWaitsForCallsInFlight();
    void aStoppingEngineTakesNothing();
    void aStepThatForgetsToAnswerFails();
    void tellsIdleOncePerBusyTime();
};

namespace {

const std::string kWrite = "  - id: start\n"
                           "    type: fake.trigger\n"
                           "    to: write\n"
                           "  - id: write\n"
                           "    type: fake.effect\n";

} // namespace

void tst_Engine::anEventGoesThroughItsStepsAndTheRunIsDone()
{
    EngineWorld world;
    world.start("  - id: start\n    type: fake.trigger\n    to: shape\n"
                "  - id: shape\n    type: fake.pure\n    to: write\n"
                "  - id: write\n    type: fake.effect\n    to: note\n"
                "  - id: note\n    type: fake.pure\n");
    world.script("shape", {EngineWorld::emits("{\"a\":1}")});
    world.script("write", {EngineWorld::emits("{\"id\":\"r1\"}")});
    QCOMPARE(world.send("evt_1"), std::string("first"));
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.trail(), (Lines{"start done", "shape done", "write done", "note done"}));
    QCOMPARE(world.told.runs.size(), 1u);
    QVERIFY(world.told.runs[0].outcome == RunOutcome::Done);
    QCOMPARE(world.told.runs[0].eventId, std::string("evt_1"));
    QCOMPARE(jsonText(world.calls[1].input), std::string("{\"a\":1}"));
    QCOMPARE(jsonText(world.calls[2].input), std::string("{\"id\":\"r1\"}"));
}

void tst_Engine::aRepeatDoesNotRun()
{
    EngineWorld world;
    world.start(kWrite);
    QCOMPARE(world.send("evt_1"), std::string("first"));
    QCOMPARE(world.send("evt_1"), std::string("repeat"));
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("write"), 1);
    QCOMPARE(world.told.accepted.size(), 2u);
    QVERIFY(world.told.accepted[1].second == Acceptance::Repeat);
}

void tst_Engine::anEffectGetsAStableKeyAndTheEvent()
{
    EngineWorld world;
    world.start(kWrite);
    world.send("evt_1", "{\"id\":\"evt_1\",\"amount\":5}");
    QVERIFY(world.waitIdle());
    const StepCall &call = world.calls.at(0);
    QCOMPARE(call.idempotencyKey, effectKey("payments", "evt_1", "write", 0));
    QCOMPARE(jsonText(call.event), std::string("{\"id\":\"evt_1\",\"amount\":5}"));
    QCOMPARE(call.attempt, 1);
    QCOMPARE(call.runStarted, world.clock.now());
}

void tst_Engine::anEffectIsAskedOnlyWithItsIntentInTheJournal()
{
    EngineWorld world;
    world.holdEffects = true;
    world.start(kWrite);
    world.send("evt_1");
    QTRY_COMPARE(world.held.size(), 1u);
    std::vector<StepRecord> records;
    bool read = false;
    world.store->submit<std::vector<OpenRun>>(
        this, [](Journal &journal) { return journal.openRuns({1}); },
        [&](Result<std::vector<OpenRun>> open) {
            read = true;
            records = open->at(0).steps;
        });
    QTRY_VERIFY(read);
    QCOMPARE(records.size(), 1u);
    QVERIFY(records[0].state == RecordState::Intent);
}

void tst_Engine::aFailureTakesTheErrorExitWithItsInput()
{
    EngineWorld world;
    world.start(kWrite + "    on_error: lane\n"
                         "  - id: lane\n    type: fake.pure\n");
    Error error = rejectedError("salesforce.duplicate_record", "There is one already.");
    error.evidence = "[{}]";
    world.script("write", {EngineWorld::fails(error)});
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.trail(), (Lines{"start done", "write failed", "lane done"}));
    const QString trace = QString::number(lineageOf(1, "start.out", 0, "write", 0), 16);
    QCOMPARE(jsonText(world.calls.at(1).input),
             std::string("{\"error\":{\"kind\":\"rejected\",\"code\":\"salesforce.duplicate_record\","
                         "\"message\":\"There is one already.\",\"step\":\"write\",\"item\":0,"
                         "\"trace\":\"") + trace.rightJustified(16, u'0').toStdString() + "\",\"attempts\":1,"
                         "\"evidence\":\"[{}]\"},\"input\":{\"amount\":1099}}");
    QVERIFY(world.told.letters.empty());
    QVERIFY(world.told.runs[0].outcome == RunOutcome::Done);
}

void tst_Engine::aFailureWithoutAnErrorWireIsDeadLettered()
{
    EngineWorld world;
    world.start(kWrite);
    world.script("write", {EngineWorld::fails(rejectedError("x.refused", "Refused."))});
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.letters.size(), 1u);
    const DeadLetter &letter = world.told.letters[0];
    QVERIFY(letter.id > 0);
    QCOMPARE(letter.step, std::string("write"));
    QCOMPARE(letter.input, std::string("{\"amount\":1099}"));
    QCOMPARE(letter.error.code, std::string("x.refused"));
    QCOMPARE(letter.eventId, std::string("evt_1"));
    QVERIFY(world.told.runs[0].outcome == RunOutcome::DeadLettered);
}

void tst_Engine::aTerminalStepKeepsTheFailedRecord()
{
    EngineWorld world;
    world.start(kWrite + "    on_error: box\n"
                         "  - id: box\n    type: dead_letter\n"
                         "    with: {reason: '\"Amount \" & input.amount & \" was refused\"'}\n");
    world.script("write", {EngineWorld::fails(rejectedError("x.refused", "Refused."))});
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.trail(), (Lines{"start done", "write failed", "box done"}));
    QCOMPARE(world.told.letters.size(), 1u);
    QCOMPARE(world.told.letters[0].step, std::string("write"));
    QCOMPARE(world.told.letters[0].error.code, std::string("x.refused"));
    QCOMPARE(world.told.letters[0].error.message, std::string("Amount 1099 was refused"));
    QCOMPARE(world.told.letters[0].input, std::string("{\"amount\":1099}"));
    QVERIFY(world.told.runs[0].outcome == RunOutcome::DeadLettered);
}

void tst_Engine::aBranchSendsTheRecordOneWay()
{
    EngineWorld world;
    world.start("  - id: start\n    type: fake.trigger\n    to: sort\n"
                "  - id: sort\n    type: branch\n"
                "    with:\n      cases:\n        large: amount > 1000\n        small: amount > 0\n"
                "    to: {large: one, small: two, other: three}\n"
                "  - id: one\n    type: fake.pure\n"
                "  - id: two\n    type: fake.pure\n"
                "  - id: three\n    type: fake.pure\n");
    world.send("evt_1", "{\"amount\":5000}");
    world.send("evt_2", "{\"amount\":5}");
    world.send("evt_3", "{\"amount\":0}");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("one"), 1);
    QCOMPARE(world.callsOf("two"), 1);
    QCOMPARE(world.callsOf("three"), 1);
    QCOMPARE(world.told.last("sort", Phase::Done)->exits, Lines{"other"});
}

void tst_Engine::twoWiresFeedTwoSteps()
{
    EngineWorld world;
    world.start("  - id: start\n    type: fake.trigger\n    to: [left, right]\n"
                "  - id: left\n    type: fake.effect\n    to: both\n"
                "  - id: right\n    type: fake.effect\n    to: both\n"
                "  - id: both\n    type: fake.effect\n");
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("both"), 2);
    std::set<std::string> keys;
    for (const StepCall &call : world.calls)
        keys.insert(call.idempotencyKey);
    QCOMPARE(keys.size(), 4u);
    QCOMPARE(world.told.runs.size(), 1u);
}

void tst_Engine::aSwitchedOffStepLetsRecordsPassBy()
{
    EngineWorld world;
    world.start("  - id: start\n    type: fake.trigger\n    to: off\n"
                "  - id: off\n    type: filter\n    disabled: true\n"
                "    with: {condition: amount > 99999}\n    to: {pass: write}\n"
                "  - id: write\n    type: fake.effect\n");
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("write"), 1);
    QCOMPARE(world.told.last("off", Phase::Done)->exits, Lines{"pass"});
}

void tst_Engine::anEffectThatDropsEndsTheRun()
{
    EngineWorld world;
    world.start(kWrite + "    to: after\n  - id: after\n    type: fake.pure\n");
    StepAnswer dropped;
    dropped.note = "nothing changed";
    world.script("write", {dropped});
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.trail(), (Lines{"start done", "write dropped"}));
    QCOMPARE(world.told.last("write", Phase::Dropped)->note, std::string("nothing changed"));
}

void tst_Engine::hundredsOfPureStepsInARow()
{
    constexpr int kDeep = 700;
    std::string steps = "  - id: start\n    type: fake.trigger\n    to: s0\n";
    for (int step = 0; step < kDeep; ++step)
        steps += "  - id: s" + std::to_string(step) + "\n    type: fake.pure\n    to: s"
            + std::to_string(step + 1) + '\n';
    steps += "  - id: s" + std::to_string(kDeep) + "\n    type: fake.effect\n";
    EngineWorld world;
    world.start(steps);
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.calls.size(), static_cast<std::size_t>(kDeep + 1));
}

void tst_Engine::aBusinessKeyIsSeenOnce()
{
    EngineWorld world;
    world.start("  - id: start\n    type: fake.trigger\n    to: once\n"
                "  - id: once\n    type: deduplicate\n    with: {key: charge, window: 1h}\n"
                "    to: write\n"
                "  - id: write\n    type: fake.effect\n");
    world.send("evt_1", "{\"charge\":\"ch_1\"}");
    world.send("evt_2", "{\"charge\":\"ch_1\"}");
    world.send("evt_3", "{\"charge\":\"ch_2\"}");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("write"), 2);
    QCOMPARE(world.told.last("once", Phase::Dropped)->note, std::string("repeat dropped"));
    world.clock.advance(std::chrono::minutes(61));
    world.send("evt_4", "{\"charge\":\"ch_1\"}");
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("write"), 3);
}

void tst_Engine::onlySoManyEffectsAreInFlight()
{
    EngineLimits limits;
    limits.effectsPerFlow = 2;
    EngineWorld world(limits);
    world.holdEffects = true;
    world.start(kWrite);
    for (int event = 0; event < 5; ++event)
        world.send("evt_" + std::to_string(event));
    QTRY_COMPARE(world.held.size(), 2u);
    for (int answered = 0; answered < 5; ++answered) {
        QTRY_VERIFY(!world.held.empty());
        QVERIFY(world.held.size() <= 2);
        world.answerHeld(EngineWorld::emits("{}"));
    }
    QVERIFY(world.waitIdle());
    QCOMPARE(world.callsOf("write"), 5);
}

void tst_Engine::tooManyOpenRunsMakeTheEngineBusy()
{
    EngineLimits limits;
    limits.openRuns = 2;
    EngineWorld world(limits);
    world.holdEffects = true;
    world.start(kWrite);
    QCOMPARE(world.send("evt_1"), std::string("first"));
    QCOMPARE(world.send("evt_2"), std::string("first"));
    QCOMPARE(world.send("evt_3"), std::string("engine.busy"));
    QTRY_COMPARE(world.held.size(), 2u);
    world.answerHeld(EngineWorld::emits("{}"));
    QTRY_COMPARE(world.told.runs.size(), 1u);
    QCOMPARE(world.send("evt_3"), std::string("first"));
}

void tst_Engine::aCancelledRunEndsAndItsLateAnswerChangesNothing()
{
    EngineWorld world;
    world.holdEffects = true;
    world.start(kWrite);
    world.send("evt_1");
    QTRY_COMPARE(world.held.size(), 1u);
    world.engine->cancel(world.calls.at(0).run);
    QVERIFY(world.waitIdle());
    QVERIFY(world.told.runs.at(0).outcome == RunOutcome::Failed);
    world.answerHeld(EngineWorld::emits("{}"));
    world.send("evt_2");
    QTRY_COMPARE(world.held.size(), 1u);
    world.answerHeld(EngineWorld::emits("{}"));
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.runs.size(), 2u);
    QVERIFY(!world.told.last("write", Phase::Done)->replayed);
}

void tst_Engine::anEventThatIsNotJsonIsDeadLettered()
{
    EngineWorld world;
    world.start(kWrite);
    QCOMPARE(world.send("evt_1", "no json"), std::string("first"));
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.letters.size(), 1u);
    QCOMPARE(world.told.letters[0].input, std::string("no json"));
    QCOMPARE(world.callsOf("write"), 0);
}

void tst_Engine::stoppingWaitsForCallsInFlight()
{
    EngineWorld world;
    world.holdEffects = true;
    world.start(kWrite);
    world.send("evt_1");
    QTRY_COMPARE(world.held.size(), 1u);
    bool answered = false;
    std::optional<bool> stoppedAfterAnswer;
    world.engine->stop(std::chrono::seconds(10),
                       [&] { stoppedAfterAnswer = answered; });
    // Behind anything that stop() may have queued: a stop that does not wait comes first.
    QMetaObject::invokeMethod(
        world.engine.get(),
        [&] {
            answered = true;
            world.answerHeld(EngineWorld::emits("{}"));
        },
        Qt::QueuedConnection);
    QTRY_VERIFY(stoppedAfterAnswer.has_value());
    QVERIFY(*stoppedAfterAnswer);
    QCOMPARE(world.told.runs.size(), 1u);
}

void tst_Engine::aStoppingEngineTakesNothing()
{
    EngineWorld world;
    world.start(kWrite);
    bool stopped = false;
    world.engine->stop(std::chrono::seconds(10), [&stopped] { stopped = true; });
    QTRY_VERIFY(stopped);
    QCOMPARE(world.send("evt_1"), std::string("engine.stopping"));
}

void tst_Engine::aStepThatForgetsToAnswerFails()
{
    EngineWorld world;
    world.holdEffects = true;
    world.start(kWrite);
    world.send("evt_1");
    QTRY_COMPARE(world.held.size(), 1u);
    world.held.clear();
    QVERIFY(world.waitIdle());
    QCOMPARE(world.told.letters.at(0).error.code, std::string("connector.no_answer"));
}

void tst_Engine::tellsIdleOncePerBusyTime()
{
    EngineWorld world;
    world.start(kWrite);
    QCOMPARE(world.told.idles, 0);
    world.send("evt_1");
    QVERIFY(world.waitIdle());
    QTRY_COMPARE(world.told.idles, 1);
    world.send("evt_1");
    QTRY_COMPARE(world.told.idles, 2);
}

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Engine)
#include "tst_Engine.moc"
