// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;

class tst_EngineUnknown final : public QObject
{
    Q_OBJECT

    static std::string flow(const std::string &type, const std::string &policy = {})
    {
        return "  - id: start\n    type: fake.trigger\n    to: write\n"
               "  - id: write\n    type: " + type + "\n"
               "    retry: {times: 3, first: 1s, factor: 1, jitter: none}\n"
            + (policy.empty() ? std::string() : "    on_unknown: " + policy + '\n');
    }

    static StepAnswer cut()
    {
        Error error = transientError("net.reset", "The line was cut.");
        error.outcomeUnknown = true;
        return EngineWorld::fails(error);
    }

    static void advance(EngineWorld &world, int ms)
    {
        world.clock.advance(std::chrono::milliseconds(ms));
        QTest::qWait(30);
    }

private Q_SLOTS:
    void aDestinationThatKnowsOurKeysIsAskedAgainAtOnce()
    {
        EngineWorld world;
        world.start(flow("fake.effect"));
        world.script("write", {cut()});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        advance(world, 1000);
        QTRY_COMPARE(world.callsOf("write"), 2);
        QVERIFY(world.waitIdle());
    }

    void aKeySendsNothingWhileALateAttemptMayStillLand()
    {
        EngineWorld world;
        world.start(flow("fake.upsert"));
        world.script("write", {cut()});
        world.send("evt_1", "{\"n\":1}", "ch_1");
        world.send("evt_2", "{\"n\":2}", "ch_1");
        world.send("evt_3", "{\"n\":3}", "ch_2");
        QTRY_COMPARE(world.told.runs.size(), 1u); // another key goes on
        advance(world, 29'999);
        QCOMPARE(world.callsOf("write"), 2);
        advance(world, 1);
        QTRY_COMPARE(world.told.runs.size(), 3u);
        QCOMPARE(world.callsOf("write"), 4);
        QCOMPARE(jsonText(world.calls[2].input), std::string("{\"n\":1}"));
    }

    void aRestartKeepsTheQuarantine()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("fake.upsert"));
        world.send("evt_1", "{}", "ch_1");
        world.send("evt_2", "{}", "ch_2");
        QTRY_COMPARE(world.held.size(), 2u);
        world.answerHeld(EngineWorld::emits("{}"));
        QTRY_COMPARE(world.told.runs.size(), 1u);
        world.stop();
        world.holdEffects = false;
        world.clock.advance(std::chrono::seconds(10));
        world.start(flow("fake.upsert"));
        world.send("evt_3", "{}", "ch_2");
        world.send("evt_4", "{}", "ch_1");
        world.send("evt_5", "{}", "ch_3");
        QTRY_COMPARE(world.told.runs.size(), 3u); // evt_3 and evt_5
        advance(world, 20'999); // a second more than the quarantine: the intent is older than the call
        QCOMPARE(world.callsOf("write"), 4);
        advance(world, 1);
        QTRY_COMPARE(world.told.runs.size(), 5u);
        QCOMPARE(world.calls[4].attempt, 2);
    }

    void anUnsafeEffectIsAPersonsDecisionAfterACrash()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("fake.unsafe"));
        world.send("evt_1", "{\"n\":1}", "ch_1");
        world.send("evt_2", "{\"n\":2}", "ch_1");
        QTRY_COMPARE(world.held.size(), 1u);
        world.stop();
        world.holdEffects = false;
        world.start(flow("fake.unsafe"));
        QTRY_COMPARE(world.told.letters.size(), 1u);
        QCOMPARE(world.told.letters[0].error.code, std::string("engine.outcome_unknown"));
        QCOMPARE(world.told.letters[0].input, std::string("{\"n\":1}"));
        QCOMPARE(world.callsOf("write"), 1);
        world.stop(); // The rest of the quarantine outlives another restart, the letter is told once.
        world.start(flow("fake.unsafe"));
        QTest::qWait(30);
        QCOMPARE(world.callsOf("write"), 1);
        advance(world, 31'000);
        QTRY_COMPARE(world.told.runs.size(), 2u);
        QVERIFY(world.told.runs[0].outcome == RunOutcome::DeadLettered);
        QVERIFY(world.told.runs[1].outcome == RunOutcome::Done);
        QCOMPARE(world.callsOf("write"), 2);
        QCOMPARE(world.told.letters.size(), 1u);
    }

    void anUnsafeEffectWhoseAnswerIsLostIsNotRepeated()
    {
        EngineWorld world;
        world.start(flow("fake.unsafe"));
        world.script("write", {cut()});
        world.send("evt_1", "{}", "ch_1");
        QTRY_COMPARE(world.told.letters.size(), 1u);
        QCOMPARE(world.told.letters[0].error.code, std::string("engine.outcome_unknown"));
        advance(world, 30'000);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
    }

    void anUnsafeEffectThatWasRefusedIsTriedAgain()
    {
        EngineWorld world;
        world.start(flow("fake.unsafe"));
        world.script("write", {EngineWorld::fails(transientError("net.connect", "Nobody there."))});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        advance(world, 1000);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
    }

    void aLookUpFindsWhatTookPlace()
    {
        EngineWorld world;
        world.start(flow("fake.unsafe", "look_up"));
        world.script("write", {cut()});
        world.script("write?", {EngineWorld::emits("{\"found\":true}")});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        advance(world, 30'000);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
        QCOMPARE(world.lookUps, 1);
        QVERIFY(world.told.runs.at(0).outcome == RunOutcome::Done);
    }

    void aLookUpThatFindsNothingSendsAgain()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("fake.unsafe", "look_up"));
        world.send("evt_1", "{}", "ch_1");
        QTRY_COMPARE(world.held.size(), 1u);
        world.stop();
        world.holdEffects = false;
        StepAnswer nothing;
        world.script("write?", {EngineWorld::fails(transientError("net.connect", "Busy.")), nothing});
        world.start(flow("fake.unsafe", "look_up"));
        QTest::qWait(30);
        QCOMPARE(world.lookUps, 0); // not before a late attempt must have landed
        advance(world, 31'000);
        QTRY_COMPARE(world.lookUps, 1);
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        advance(world, 1000);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.lookUps, 2);
        QCOMPARE(world.callsOf("write"), 2);
        QVERIFY(world.told.runs.at(0).outcome == RunOutcome::Done);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineUnknown)
#include "tst_EngineUnknown.moc"
