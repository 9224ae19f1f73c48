// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>
#include <algorithm>

namespace tw::test {

using Phase = StepEvent::Phase;
using namespace std::chrono_literals;

/// wait: durable times, memory, and the order of keys meanwhile.
class tst_EngineWaits final : public QObject
{
    Q_OBJECT

    static std::string steps(const std::string &with, const std::string &effect = "fake.upsert")
    {
        return "  - id: start\n    type: fake.trigger\n    to: before\n"
               "  - id: before\n    type: " + effect + "\n    to: pause\n"
               "  - id: pause\n    type: wait\n    with: {" + with + "}\n    to: after\n"
               "  - id: after\n    type: " + effect + "\n";
    }

    static std::vector<std::string> trailOf(const EngineWorld &world)
    {
        std::vector<std::string> trail;
        for (const StepCall &call : world.calls)
            trail.push_back(call.step + ' ' + jsonText(call.input));
        return trail;
    }

    using Trail = std::vector<std::string>;

    static bool isWaiting(const EngineWorld &world, int runs = 1)
    {
        return std::count_if(world.told.steps.begin(), world.told.steps.end(),
                             [](const StepEvent &event) {
                                 return event.step == "pause" && event.phase == Phase::Waiting;
                             })
            == runs
            && world.engine->activeRuns() == 0;
    }

private Q_SLOTS:
    void aRunWaitsOutsideOfMemoryAndGoesOn()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1");
        QTRY_VERIFY(isWaiting(world));
        QVERIFY(!world.engine->isIdle());
        world.clock.advance(72h - 1s);
        QTest::qWait(20);
        QCOMPARE(world.callsOf("after"), 0);
        world.clock.advance(1s);
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), (Trail{"before 1", "after 1"}));
        const StepEvent *waiting = world.told.last("pause", Phase::Waiting);
        QVERIFY(!waiting->error && waiting->retryAt);
        QCOMPARE(waiting->attempt, 1);
        QCOMPARE(world.told.trail(),
                 (std::vector<std::string>{"start done", "before done", "pause waiting",
                                           "pause done", "after done"}));
    }

    void theTimeStaysTheSameAfterARestart()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1");
        QTRY_VERIFY(isWaiting(world));
        world.clock.advance(48h);
        world.stop();
        world.start(steps("for: 9d")); // What was promised holds, also when the flow changed.
        QTest::qWait(20);
        world.clock.advance(24h);
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), (Trail{"before 1", "after 1"}));
    }

    void aTimeThatPassedDuringARestartIsDueAtOnce()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1");
        QTRY_VERIFY(isWaiting(world));
        world.stop();
        world.clock.advance(240h);
        world.start(steps("for: 3d"));
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), (Trail{"before 1", "after 1"}));
    }

    void afterTheWaitARestartDoesNotWaitAgain()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1");
        QTRY_VERIFY(isWaiting(world));
        world.holdEffects = true;
        world.clock.advance(72h);
        QTRY_COMPARE(world.callsOf("after"), 1);
        world.stop();
        world.clock.advance(10min); // Quarantine of the attempt that was cut short.
        world.holdEffects = false;
        world.start(steps("for: 3d"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("after"), 2);
    }

    void laterEventsOfTheKeyPassAndTheRunGoesOnBehindThem()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.send("evt_2", "2", "ch_1");
        QTRY_VERIFY(isWaiting(world, 2));
        QCOMPARE(trailOf(world), (Trail{"before 1", "before 2"}));
        world.clock.advance(72h);
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), (Trail{"before 1", "before 2", "after 1", "after 2"}));
    }

    void aRunThatComesBackWaitsForItsTurn()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.holdEffects = true;
        world.send("evt_2", "2", "ch_1");
        QTRY_COMPARE(world.held.size(), 1u);
        world.clock.advance(72h);
        QTest::qWait(30);
        QCOMPARE(trailOf(world), (Trail{"before 1", "before 2"})); // 2 is in the middle of a call.
        world.answerHeld(EngineWorld::emits("2"));
        QTRY_COMPARE(world.callsOf("after"), 1);
        QCOMPARE(trailOf(world).back(), std::string("after 1"));
        world.holdEffects = false;
        world.answerHeld(EngineWorld::emits("1"));
        QTRY_VERIFY(world.engine->activeRuns() == 0);
        world.clock.advance(72h);
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world).back(), std::string("after 2"));
        QCOMPARE(world.told.runs.size(), 2u);
    }

    void withHeldOrderLaterEventsWait()
    {
        EngineWorld world;
        world.start(steps("for: 3d, hold_order: true"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.send("evt_2", "2", "ch_1");
        world.send("evt_3", "3", "ch_2");
        QTRY_VERIFY(isWaiting(world, 2));
        QCOMPARE(trailOf(world), (Trail{"before 1", "before 3"}));
        world.clock.advance(72h);
        QTRY_COMPARE(world.callsOf("before"), 3);
        QCOMPARE(trailOf(world).back(), std::string("before 2"));
        QTRY_VERIFY(world.engine->activeRuns() == 0);
        world.clock.advance(72h);
        QVERIFY(world.waitIdle());
    }

    void afterARestartARunThatWaitsLetsOthersPass()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.stop();
        world.start(steps("for: 3d"));
        world.send("evt_2", "2", "ch_1");
        QTRY_COMPARE(world.callsOf("before"), 2);
        QTRY_VERIFY(world.engine->activeRuns() == 0);
        world.clock.advance(72h);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("after"), 2);
        QCOMPARE(world.told.runs.size(), 2u);
    }

    /// Run 2 was in the middle of a call when the runner died, run 1 only waited: its time has come,
    /// but nothing of the key may be sent before the late attempt of run 2 must have landed.
    void afterARestartAnAttemptInDoubtComesFirst()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.holdEffects = true;
        world.send("evt_2", "2", "ch_1");
        QTRY_COMPARE(world.held.size(), 1u);
        world.clock.advance(72h - 1s);
        world.stop();
        world.calls.clear();
        world.clock.advance(1s);
        world.holdEffects = false;
        // The attempt of run 2 was three days ago by this clock: make it recent.
        world.start(steps("for: 3d"));
        QTRY_VERIFY(world.callsOf("before") + world.callsOf("after") >= 2);
        QCOMPARE(trailOf(world).front(), std::string("before 2"));
        world.clock.advance(72h);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("after"), 2);
    }

    void aRunThatWaitsForARetryKeepsItsKey()
    {
        EngineWorld world;
        world.script("after", {EngineWorld::fails([] {
                         Error error = transientError("x.down", "Down.");
                         error.retryAfter = std::chrono::hours(1);
                         return error;
                     }())});
        world.start(steps("for: 3d"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.clock.advance(72h);
        QTRY_VERIFY(world.told.last("after", Phase::Waiting));
        QTRY_VERIFY(world.engine->activeRuns() == 0);
        world.send("evt_2", "2", "ch_1");
        QTest::qWait(30);
        QCOMPARE(world.callsOf("before"), 1);
        world.clock.advance(2h);
        QTRY_COMPARE(world.callsOf("before"), 2);
        QTRY_VERIFY(world.engine->activeRuns() == 0);
        world.clock.advance(72h);
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), (Trail{"before 1", "after 1", "after 1", "before 2", "after 2"}));
    }

    void elementsOfALoopWaitTogether()
    {
        EngineWorld world;
        const std::string loop = "  - id: start\n    type: fake.trigger\n    to: loop\n"
                                 "  - id: loop\n    type: for_each\n    with: {parallel: 10}\n"
                                 "    to: {each: pause, done: last}\n"
                                 "  - id: pause\n    type: wait\n    with: {until: due}\n"
                                 "    to: after\n"
                                 "  - id: after\n    type: fake.effect\n"
                                 "  - id: last\n    type: fake.effect\n";
        world.start(loop);
        const std::string base = std::to_string(world.clock.now().msSinceEpoch);
        world.send("evt_1", "[{\"due\":" + std::to_string((world.clock.now() + 24h).msSinceEpoch)
                                + "},{\"due\":" + std::to_string((world.clock.now() + 48h).msSinceEpoch)
                                + "},{\"due\":" + base + "}]");
        QTRY_VERIFY(isWaiting(world, 2));
        QCOMPARE(world.callsOf("after"), 1);
        world.clock.advance(24h);
        QTRY_COMPARE(world.callsOf("after"), 2);
        QTRY_VERIFY(world.engine->activeRuns() == 0);
        world.stop();
        world.start(loop);
        QTest::qWait(20);
        world.clock.advance(24h);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("after"), 3);
        QCOMPARE(world.callsOf("last"), 1);
    }

    void elementsThatWaitInTurnAreAllTold()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: loop\n"
                    "  - id: loop\n    type: for_each\n    to: {each: pause}\n"
                    "  - id: pause\n    type: wait\n    with: {until: due}\n    to: after\n"
                    "  - id: after\n    type: fake.effect\n");
        const auto due = [&](std::chrono::hours in) {
            return "{\"due\":" + std::to_string((world.clock.now() + in).msSinceEpoch) + '}';
        };
        world.send("evt_1", '[' + due(24h) + ',' + due(48h) + ']');
        QTRY_VERIFY(isWaiting(world, 1));
        world.clock.advance(24h);
        QTRY_VERIFY(isWaiting(world, 2));
        world.clock.advance(24h);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.trail(),
                 (Trail{"start done", "pause waiting", "pause done", "after done", "pause waiting",
                        "pause done", "after done", "loop done"}));
    }

    void aWaitingRunCanBeCancelled()
    {
        EngineWorld world;
        world.start(steps("for: 3d"));
        world.send("evt_1", "1", "ch_1");
        QTRY_VERIFY(isWaiting(world));
        world.engine->cancel(world.calls.front().run);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.front().outcome, RunOutcome::Failed);
        world.send("evt_2", "2", "ch_1");
        QTRY_COMPARE(world.callsOf("before"), 2);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineWaits)
#include "tst_EngineWaits.moc"
