// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;

class tst_EngineOrder final : public QObject
{
    Q_OBJECT

    const std::string kWrite = "  - id: start\n    type: fake.trigger\n    to: write\n"
                               "  - id: write\n    type: fake.effect\n"
                               "    retry: {times: 3, first: 60s, factor: 1, jitter: none}\n";

    static std::string body(int number)
    {
        return "{\"n\":" + std::to_string(number) + "}";
    }

    /// What "write" was asked to write, in order.
    static std::vector<std::string> written(const EngineWorld &world)
    {
        std::vector<std::string> all;
        for (const StepCall &call : world.calls)
            all.push_back(jsonText(call.input));
        return all;
    }

    static StepAnswer busy() { return EngineWorld::fails(transientError("net.timeout", "Busy.")); }

private Q_SLOTS:
    void runsOfOneKeyGoOneAfterTheOther()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(kWrite);
        for (int number = 1; number <= 3; ++number)
            world.send("evt_" + std::to_string(number), body(number), "ch_1");
        world.send("evt_4", body(4), "ch_2");
        QTRY_COMPARE(world.held.size(), 2u);
        QCOMPARE(written(world), (std::vector<std::string>{body(1), body(4)}));
        world.answerHeld(EngineWorld::emits("{}"));
        QTRY_COMPARE(world.callsOf("write"), 3);
        QCOMPARE(written(world).back(), body(2));
        QCOMPARE(world.told.runs.size(), 1u); // the first one's end was told before
        world.answerHeld(EngineWorld::emits("{}"));
        world.answerHeld(EngineWorld::emits("{}"));
        QTRY_COMPARE(world.callsOf("write"), 4);
        QCOMPARE(written(world).back(), body(3));
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.size(), 4u);
    }

    void runsWithoutAKeyGoBesideEachOther()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(kWrite);
        for (int number = 1; number <= 3; ++number)
            world.send("evt_" + std::to_string(number));
        QTRY_COMPARE(world.held.size(), 3u);
    }

    void aFlowMaySayThatOrderDoesNotMatter()
    {
        EngineWorld world;
        world.order = "order: none\n";
        world.holdEffects = true;
        world.start(kWrite);
        world.send("evt_1", body(1), "ch_1");
        world.send("evt_2", body(2), "ch_1");
        QTRY_COMPARE(world.held.size(), 2u);
    }

    void aFlowMayOrderByAnExpression()
    {
        EngineWorld world;
        world.order = "order: {by: customer.id}\n";
        world.holdEffects = true;
        world.start(kWrite);
        world.send("evt_1", "{\"customer\":{\"id\":\"cus_1\"}}", "ch_1");
        world.send("evt_2", "{\"customer\":{\"id\":\"cus_1\"}}", "ch_2");
        world.send("evt_3", "{\"customer\":{\"id\":\"cus_2\"}}", "ch_3");
        world.send("evt_4", "{}", "ch_3"); // no customer: the trigger's key counts
        QTRY_COMPARE(world.held.size(), 3u);
        QTest::qWait(20);
        QCOMPARE(world.held.size(), 3u);
    }

    void aRunThatWaitsForARetryHoldsOnlyItsOwnKey()
    {
        EngineWorld world;
        world.start(kWrite);
        world.script("write", {busy()});
        world.send("evt_1", body(1), "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        world.send("evt_2", body(2), "ch_1");
        world.send("evt_3", body(3), "ch_2");
        QTRY_COMPARE(world.told.runs.size(), 1u);
        QTRY_COMPARE(world.engine->activeRuns(), 0u); // the one that waits is not in memory
        QCOMPARE(world.engine->openRuns(), 2u);
        world.clock.advance(std::chrono::seconds(60));
        QVERIFY(world.waitIdle());
        QCOMPARE(written(world),
                 (std::vector<std::string>{body(1), body(3), body(1), body(2)}));
        // What was told before the run left the memory is not told again.
        QCOMPARE(world.told.trail(),
                 (std::vector<std::string>{"start done", "write waiting", "start done",
                                           "write done", "write done", "start done",
                                           "write done"}));
    }

    void anEventNeverOvertakesAnOlderOneThatARestartFound()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(kWrite);
        for (int number = 1; number <= 3; ++number)
            world.send("evt_" + std::to_string(number), body(number), "ch_1");
        QTRY_COMPARE(world.held.size(), 1u);
        world.stop();
        world.calls.clear();
        world.holdEffects = false;
        world.start(kWrite);
        world.send("evt_4", body(4), "ch_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(written(world), (std::vector<std::string>{body(1), body(2), body(3), body(4)}));
    }

    void aDeadLetterLetsLaterEventsPass()
    {
        EngineWorld world;
        world.start(kWrite);
        world.script("write", {EngineWorld::fails(rejectedError("x.y", "No."))});
        world.send("evt_1", body(1), "ch_1");
        world.send("evt_2", body(2), "ch_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.size(), 1u);
        QCOMPARE(world.told.runs.size(), 2u);
    }

    void aDeadLetterHoldsItsKeyUntilAPersonDecides()
    {
        EngineWorld world;
        world.order = "order: {after_failure: hold}\n";
        world.start(kWrite);
        world.script("write", {EngineWorld::fails(rejectedError("x.y", "No."))});
        world.send("evt_1", body(1), "ch_1");
        world.send("evt_2", body(2), "ch_1");
        world.send("evt_3", body(3), "ch_2");
        QVERIFY(world.waitIdle());
        QCOMPARE(written(world), (std::vector<std::string>{body(1), body(3)}));
        world.stop();
        world.start(kWrite); // A restart does not forget it.
        world.send("evt_4", body(4), "ch_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
        bool released = false;
        world.engine->release({"payments", "ch_1"},
                              [&](const Result<void> &result) { released = result.has_value(); });
        QTRY_VERIFY(released);
        QVERIFY(world.waitIdle());
        QTRY_COMPARE(written(world),
                     (std::vector<std::string>{body(1), body(3), body(2), body(4)}));
        world.stop();
        world.start(kWrite);
        world.send("evt_5", body(5), "ch_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 5);
    }

    void aWaitingRunMayBeCancelled()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(kWrite);
        for (int number = 1; number <= 3; ++number)
            world.send("evt_" + std::to_string(number), body(number), "ch_1");
        QTRY_COMPARE(world.held.size(), 1u);
        world.engine->cancel(2);
        QTRY_COMPARE(world.told.runs.size(), 1u);
        QVERIFY(world.told.runs[0].run == 2 && world.told.runs[0].outcome == RunOutcome::Failed);
        world.holdEffects = false;
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(written(world), (std::vector<std::string>{body(1), body(3)}));
    }

    void moreEventsThanFitIntoMemoryAreWorkedOffInOrder()
    {
        EngineLimits limits;
        limits.activeRuns = 4;
        EngineWorld world(limits);
        world.holdEffects = true;
        world.start(kWrite);
        for (int number = 0; number < 40; ++number)
            world.send("evt_" + std::to_string(number), body(number),
                       "ch_" + std::to_string(number % 10));
        QTRY_COMPARE(world.held.size(), 4u);
        QVERIFY(world.engine->activeRuns() <= 4);
        QCOMPARE(world.engine->openRuns(), 40u);
        for (int number = 0; number < 40; ++number) {
            QTRY_VERIFY(!world.held.empty());
            world.answerHeld(EngineWorld::emits("{}"));
            QVERIFY(world.engine->activeRuns() <= 4);
        }
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.size(), 40u);
        std::map<std::string, int> last;
        for (const RunSummary &run : world.told.runs) {
            const int number = std::stoi(run.eventId.substr(4));
            const std::string key = std::to_string(number % 10);
            QVERIFY(last.count(key) == 0 || last[key] < number);
            last[key] = number;
        }
    }

    void bytesOfOpenRunsMakeTheEngineBusy()
    {
        EngineLimits limits;
        limits.openBytes = 1000;
        EngineWorld world(limits);
        world.holdEffects = true;
        world.start(kWrite);
        const std::string large = "{\"a\":\"" + std::string(600, 'x') + "\"}";
        QCOMPARE(world.send("evt_1", large), std::string("first"));
        QCOMPARE(world.send("evt_2", large), std::string("engine.busy"));
        QTRY_COMPARE(world.held.size(), 1u);
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.send("evt_2", large), std::string("first"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineOrder)
#include "tst_EngineOrder.moc"
