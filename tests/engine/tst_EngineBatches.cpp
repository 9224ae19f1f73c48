// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>
#include <set>

namespace tw::test {

class tst_EngineBatches final : public QObject
{
    Q_OBJECT

    static std::string flow(const std::string &batch)
    {
        return "  - id: start\n    type: fake.trigger\n    to: write\n"
               "  - id: write\n    type: fake.batch\n    batch: " + batch + "\n"
               "    retry: {times: 3, first: 1s, factor: 1, jitter: none}\n";
    }
    static std::string body(int number) { return "{\"n\":" + std::to_string(number) + "}"; }
    static void sendMany(EngineWorld &world, int from, int to)
    {
        int accepted = 0;
        for (int number = from; number < to; ++number)
            world.sendLater(
                "evt_" + std::to_string(number),
                [&accepted](const Result<Acceptance> &result) { accepted += result.has_value(); },
                body(number), "ch_" + std::to_string(number));
        QTRY_COMPARE(accepted, to - from);
    }

private Q_SLOTS:
    void aLoneEventGoesAtOnceAndOthersJoinTheNextCall()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("{size: 10, linger: 0s}"));
        sendMany(world, 0, 1);
        QTRY_COMPARE(world.batchSizes, (std::vector<std::size_t>{1}));
        sendMany(world, 1, 8);
        QTest::qWait(30);
        QCOMPARE(world.batchSizes.size(), 1u);
        world.answerHeld(EngineWorld::emits("{}"));
        QTRY_COMPARE(world.batchSizes, (std::vector<std::size_t>{1, 7}));
        while (!world.held.empty())
            world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.size(), 8u);
        QCOMPARE(world.engine->counts().calls, 2u);
        QCOMPARE(world.engine->counts().effects, 8u);
    }

    void eachRunGetsItsOwnOutcome()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("{size: 3, linger: 0s}"));
        sendMany(world, 0, 1);
        QTRY_COMPARE(world.held.size(), 1u);
        sendMany(world, 1, 4); // full: goes beside the first
        QTRY_COMPARE(world.batchSizes, (std::vector<std::size_t>{1, 3}));
        world.answerHeld(EngineWorld::emits("{}"));
        world.answerHeld(EngineWorld::emits("{\"ok\":1}"));
        world.answerHeld(EngineWorld::fails(rejectedError("x.y", "No.")));
        world.answerHeld(EngineWorld::fails(transientError("x.locked", "Locked.")));
        QTRY_COMPARE(world.told.runs.size(), 3u);
        QCOMPARE(world.told.letters.size(), 1u);
        QCOMPARE(world.told.letters[0].input, body(2));
        world.holdEffects = false;
        world.clock.advance(std::chrono::seconds(1));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.size(), 4u);
        QCOMPARE(jsonText(world.calls.back().input), body(3));
        QCOMPARE(world.calls.back().attempt, 2);
    }

    void aCallLeavesOnlyWithAllItsIntentsInTheJournal()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("{size: 5, linger: 0s}"));
        sendMany(world, 0, 1);
        QTRY_COMPARE(world.held.size(), 1u);
        sendMany(world, 1, 6);
        QTRY_COMPARE(world.held.size(), 6u);
        world.stop(); // A crash with both calls on their way.
        world.calls.clear();
        world.holdEffects = false;
        world.start(flow("{size: 5, linger: 0s}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.calls.size(), 6u);
        for (const StepCall &call : world.calls)
            QCOMPARE(call.attempt, 2); // each had its intent kept
    }

    void theTimeToLingerIsASetting()
    {
        EngineWorld world;
        world.start(flow("{size: 100, linger: 500ms}"));
        sendMany(world, 0, 1);
        QTRY_COMPARE(world.told.runs.size(), 1u);
        sendMany(world, 1, 4);
        QTest::qWait(30);
        QCOMPARE(world.told.runs.size(), 1u);
        world.clock.advance(std::chrono::milliseconds(500));
        QTRY_COMPARE(world.told.runs.size(), 4u);
        QCOMPARE(world.batchSizes, (std::vector<std::size_t>{1, 3}));
    }

    void aBacklogOfOneKeyDoesNotLinger()
    {
        EngineWorld world;
        world.start(flow("{size: 100, linger: 500ms}"));
        for (int number = 0; number < 5; ++number)
            world.send("evt_" + std::to_string(number), body(number), "ch_1");
        QTRY_COMPARE(world.told.runs.size(), 4u); // somebody waited for each of them
        world.clock.advance(std::chrono::milliseconds(500));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.size(), 5u);
    }

    void aRecordIsNeverTwiceOnItsWay()
    {
        EngineWorld world;
        world.order = "order: none\n";
        world.batchKeys = true;
        world.holdEffects = true;
        world.start(flow("{size: 2, linger: 0s}"));
        for (int number = 0; number < 5; ++number)
            world.send("evt_" + std::to_string(number), "{\"n\":1}");
        world.send("evt_5", "{\"n\":2}");
        world.send("evt_6", "{\"n\":3}");
        while (world.told.runs.size() < 7) {
            std::multiset<std::string> onTheirWay;
            for (std::size_t at = world.calls.size() - world.held.size(); at < world.calls.size();
                 ++at)
                onTheirWay.insert(jsonText(world.calls[at].input));
            QVERIFY(onTheirWay.count("{\"n\":1}") <= 1);
            if (!world.held.empty())
                world.answerHeld(EngineWorld::emits("{}"));
            QTest::qWait(10);
        }
        QCOMPARE(world.calls.size(), 7u);
    }

    void aCancelledRunLeavesItsBatch()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(flow("{size: 10, linger: 0s}"));
        sendMany(world, 0, 4);
        QTRY_VERIFY(!world.held.empty());
        world.engine->cancel(3);
        const auto allTold = [&world] {
            if (!world.held.empty())
                world.answerHeld(EngineWorld::emits("{}"));
            return world.told.runs.size() >= 4;
        };
        QVERIFY(QTest::qWaitFor(allTold, 20'000));
        QVERIFY(world.waitIdle());
        sendMany(world, 4, 6);
        QTRY_VERIFY(!world.held.empty());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineBatches)
#include "tst_EngineBatches.moc"
