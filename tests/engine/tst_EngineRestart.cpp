// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;

class tst_EngineRestart final : public QObject
{
    Q_OBJECT

    const std::string kTwoWrites = "  - id: start\n    type: fake.trigger\n    to: shape\n"
                                   "  - id: shape\n    type: fake.pure\n    to: first\n"
                                   "  - id: first\n    type: fake.effect\n    to: between\n"
                                   "  - id: between\n    type: fake.pure\n    to: second\n"
                                   "  - id: second\n    type: fake.effect\n";

private Q_SLOTS:
    void aRunGoesOnAfterTheLastAnswerInTheJournal()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(kTwoWrites);
        world.send("evt_1");
        QTRY_COMPARE(world.callsOf("first"), 1);
        world.answerHeld(EngineWorld::emits("{\"id\":\"r1\"}"));
        QTRY_COMPARE(world.callsOf("second"), 1);
        const std::string key = world.calls.back().idempotencyKey;
        world.stop();

        world.told = {};
        world.holdEffects = false;
        world.start(kTwoWrites);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("first"), 1);
        QCOMPARE(world.callsOf("second"), 2);
        QCOMPARE(world.calls.back().idempotencyKey, key);
        QCOMPARE(world.calls.back().attempt, 2);
        QCOMPARE(jsonText(world.calls.back().input), std::string("{\"id\":\"r1\"}"));
        QVERIFY(world.told.last("first", Phase::Done)->replayed);
        QVERIFY(!world.told.last("second", Phase::Done)->replayed);
        QCOMPARE(world.told.runs.size(), 1u);
    }

    void anEventThatWasOnlyAcceptedRunsAfterTheRestart()
    {
        EngineWorld world;
        world.start(kTwoWrites);
        bool accepted = false;
        world.sendLater("evt_1", [&](const Result<Acceptance> &result) {
            accepted = result.has_value();
        });
        world.stop(); // The store still writes what was handed to it; nobody heard the answer.
        QVERIFY(!accepted);
        world.start(kTwoWrites);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("second"), 1);
        QCOMPARE(world.send("evt_1"), std::string("repeat"));
    }

    void aFinishedRunDoesNotComeBack()
    {
        EngineWorld world;
        world.start(kTwoWrites);
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        world.stop();
        world.start(kTwoWrites);
        QVERIFY(world.engine->isIdle());
        QCOMPARE(world.callsOf("first"), 1);
    }

    void itemsKeepTheirKeysWhenAnswersComeInAnotherOrder()
    {
        const std::string steps = "  - id: start\n    type: fake.trigger\n    to: [left, right]\n"
                                  "  - id: left\n    type: fake.effect\n    to: both\n"
                                  "  - id: right\n    type: fake.effect\n    to: both\n"
                                  "  - id: both\n    type: fake.effect\n";
        EngineWorld world;
        world.holdEffects = true;
        world.start(steps);
        world.send("evt_1");
        QTRY_COMPARE(world.held.size(), 2u);
        std::swap(world.held[0], world.held[1]); // right answers first
        world.answerHeld(EngineWorld::emits("{\"from\":\"right\"}"));
        QTRY_COMPARE(world.callsOf("both"), 1);
        const std::string rightKey = world.calls.back().idempotencyKey;
        world.stop();

        world.calls.clear();
        world.start(steps);
        QTRY_COMPARE(world.held.size(), 2u); // left again, both(right) again
        std::map<std::string, std::string> keys;
        for (int number = 0; number < 3; ++number) {
            QTRY_VERIFY(!world.held.empty());
            world.answerHeld(EngineWorld::emits("{\"from\":\"left\"}"));
        }
        QVERIFY(world.waitIdle());
        for (const StepCall &call : world.calls) {
            if (call.step == "both")
                keys[jsonText(call.input)] = call.idempotencyKey;
        }
        QCOMPARE(keys.size(), 2u);
        QCOMPARE(keys["{\"from\":\"right\"}"], rightKey);
        QVERIFY(keys["{\"from\":\"left\"}"] != rightKey);
    }

    void aRepeatAfterItsClaimPassesForTheSameRun()
    {
        const std::string steps = "  - id: start\n    type: fake.trigger\n    to: once\n"
                                  "  - id: once\n    type: deduplicate\n    with: {key: charge}\n"
                                  "    to: write\n"
                                  "  - id: write\n    type: fake.effect\n";
        EngineWorld world;
        world.holdEffects = true;
        world.start(steps);
        world.send("evt_1", "{\"charge\":\"ch_1\"}");
        QTRY_COMPARE(world.callsOf("write"), 1);
        world.stop();
        world.holdEffects = false;
        world.start(steps);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
        world.send("evt_2", "{\"charge\":\"ch_1\"}");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
    }

    void aDeadLetterIsToldOnce()
    {
        const std::string steps = "  - id: start\n    type: fake.trigger\n    to: [bad, slow]\n"
                                  "  - id: bad\n    type: fake.pure\n"
                                  "  - id: slow\n    type: fake.effect\n";
        EngineWorld world;
        world.holdEffects = true;
        world.start(steps);
        const auto refusal = EngineWorld::fails(rejectedError("x.y", "No."));
        world.script("bad", {refusal, refusal});
        world.send("evt_1");
        QTRY_COMPARE(world.told.letters.size(), 1u);
        QTRY_COMPARE(world.held.size(), 1u);
        world.stop();
        world.holdEffects = false;
        world.start(steps);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.size(), 1u);
        QVERIFY(world.told.runs.back().outcome == RunOutcome::DeadLettered);
    }

    void aBacklogLargerThanOnePageIsWorkedOff()
    {
        EngineLimits limits;
        limits.openRuns = 8;
        EngineWorld world(limits);
        world.resumePage = 3;
        world.holdEffects = true;
        world.start(kTwoWrites);
        for (int event = 0; event < 8; ++event)
            QCOMPARE(world.send("evt_" + std::to_string(event)), std::string("first"));
        world.stop();
        world.holdEffects = false;
        world.start(kTwoWrites);
        QTRY_COMPARE(world.told.runs.size(), 8u);
        QVERIFY(world.waitIdle());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineRestart)
#include "tst_EngineRestart.moc"
