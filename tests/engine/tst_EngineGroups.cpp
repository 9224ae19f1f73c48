// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;
using namespace std::chrono_literals;

/// merge and batch: what belongs together, and when nothing more can come.
class tst_EngineGroups final : public QObject
{
    Q_OBJECT

    static std::vector<std::string> inputsOf(const EngineWorld &world, const std::string &step)
    {
        std::vector<std::string> inputs;
        for (const StepCall &call : world.calls) {
            if (call.step == step)
                inputs.push_back(jsonText(call.input));
        }
        return inputs;
    }

    static std::string twoWays(const std::string &with)
    {
        return "  - id: start\n    type: fake.trigger\n    to: [left, right]\n"
               "  - id: left\n    type: fake.effect\n    retry: {times: 0}\n    to: both\n"
               "  - id: right\n    type: fake.effect\n    retry: {times: 0}\n    to: both\n"
               "  - id: both\n    type: merge\n    with: {" + with + "}\n    to: write\n"
               "  - id: write\n    type: fake.effect\n";
    }

    using Inputs = std::vector<std::string>;

private Q_SLOTS:
    void aMergeWaitsForAllWires()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(twoWays(""));
        world.send("evt_1");
        QTRY_COMPARE(world.held.size(), 2u);
        std::swap(world.held[0], world.held[1]);
        world.answerHeld(EngineWorld::emits("{\"is\":\"right\"}"));
        QTest::qWait(20);
        QCOMPARE(world.callsOf("write"), 0);
        world.answerHeld(EngineWorld::emits("{\"is\":\"left\"}"));
        QTRY_COMPARE(world.callsOf("write"), 1);
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"),
                 Inputs{"{\"left\":{\"is\":\"left\"},\"right\":{\"is\":\"right\"}}"});
    }

    void whatCombines_data()
    {
        QTest::addColumn<QString>("combine");
        QTest::addColumn<QString>("gives");
        QTest::newRow("object") << "object" << "{\"left\":1,\"right\":2}";
        QTest::newRow("list") << "list" << "[1,2]";
        QTest::newRow("first") << "first" << "1";
    }

    void whatCombines()
    {
        QFETCH(QString, combine);
        QFETCH(QString, gives);
        EngineWorld world;
        world.script("left", {EngineWorld::emits("1")});
        world.script("right", {EngineWorld::emits("2")});
        world.start(twoWays("combine: " + combine.toStdString()));
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"), Inputs{gives.toStdString()});
    }

    void aWireByWhichNothingComesIsNotWaitedFor_data()
    {
        QTest::addColumn<QString>("how");
        for (const char *how : {"dropped", "failed", "other exit"})
            QTest::newRow(how) << how;
    }

    void aWireByWhichNothingComesIsNotWaitedFor()
    {
        QFETCH(QString, how);
        StepAnswer dropped;
        EngineWorld world;
        world.script("left", {EngineWorld::emits("1")});
        world.script("right", {how == QStringLiteral("dropped")  ? dropped
                               : how == QStringLiteral("failed")
                                   ? EngineWorld::fails(rejectedError("x.bad", "No."))
                                   : EngineWorld::emits("2", "second")});
        world.start(twoWays(""));
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"), Inputs{"{\"left\":1}"});
    }

    void nothingAtAllHangsNoRun()
    {
        EngineWorld world;
        world.script("left", {StepAnswer{}});
        world.script("right", {StepAnswer{}});
        world.start(twoWays(""));
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 0);
        QCOMPARE(world.told.runs.size(), 1u);
    }

    void aMergeAfterABranchWaitsForTheWayTaken()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: way\n"
                    "  - id: way\n    type: branch\n    with: {cases: {big: amount > 5}}\n"
                    "    to: {big: left, other: right}\n"
                    "  - id: left\n    type: fake.effect\n    to: both\n"
                    "  - id: right\n    type: fake.effect\n    to: both\n"
                    "  - id: both\n    type: merge\n    with: {combine: first}\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.send("evt_1", "{\"amount\":9}");
        world.send("evt_2", "{\"amount\":1}");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"), (Inputs{"{\"amount\":9}", "{\"amount\":1}"}));
    }

    void inALoopEachElementIsMergedByItself()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: loop\n"
                    "  - id: loop\n    type: for_each\n    with: {parallel: 5}\n"
                    "    to: {each: [left, right]}\n"
                    "  - id: left\n    type: fake.effect\n    to: both\n"
                    "  - id: right\n    type: filter\n    with: {condition: $ > 1}\n"
                    "    to: {pass: both}\n"
                    "  - id: both\n    type: merge\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.send("evt_1", "[1,2]");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"), (Inputs{"{\"left\":1}", "{\"left\":2,\"right\":2}"}));
    }

    void acrossALoopAMergeTakesAllElements()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: loop\n"
                    "  - id: loop\n    type: for_each\n    to: {each: one}\n"
                    "  - id: one\n    type: fake.effect\n    to: all\n"
                    "  - id: all\n    type: merge\n    with: {across: loop}\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.send("evt_1", "[1,2,3]");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"), Inputs{"{\"one\":[1,2,3]}"});
    }

    void aMergeBehindTheEndOfALoopHasElementsAndCounts()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: loop\n"
                    "  - id: loop\n    type: for_each\n    to: {each: one, done: all}\n"
                    "  - id: one\n    type: fake.effect\n    to: all\n"
                    "  - id: all\n    type: merge\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.send("evt_1", "[1,2]");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"),
                 Inputs{"{\"one\":[1,2],\"loop\":{\"count\":2,\"ok\":2,\"failed\":0,"
                        "\"dropped\":0,\"input\":[1,2]}}"});
    }

    void anyTakesTheFirstAndDropsTheOthers()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(twoWays("wait_for: any, combine: first"));
        world.send("evt_1");
        QTRY_COMPARE(world.held.size(), 2u);
        std::swap(world.held[0], world.held[1]);
        world.answerHeld(EngineWorld::emits("\"right\""));
        QTRY_COMPARE(world.callsOf("write"), 1);
        const std::string key = world.calls.back().idempotencyKey;
        std::swap(world.held[0], world.held[1]);
        world.stop();

        // Now the other one is answered first: what was sent before stays what it was.
        world.calls.clear();
        world.start(twoWays("wait_for: any, combine: first"));
        QTRY_COMPARE(world.held.size(), 2u);
        QCOMPARE(world.callsOf("left"), 1);
        QCOMPARE(inputsOf(world, "write"), Inputs{"\"right\""});
        QCOMPARE(world.calls.back().idempotencyKey, key);
        world.holdEffects = false;
        while (!world.held.empty())
            world.answerHeld(EngineWorld::emits("\"left\""));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
        QCOMPARE(world.told.last("both", Phase::Dropped)->note, std::string("came too late"));
    }

    void aTimeoutGoesOnWithWhatThereIs()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(twoWays("timeout: 1h"));
        world.send("evt_1");
        QTRY_COMPARE(world.held.size(), 2u);
        world.answerHeld(EngineWorld::emits("1"));
        QTRY_VERIFY(world.told.last("both", Phase::Started));
        QTest::qWait(20);
        world.clock.advance(30min);
        world.stop();
        world.start(twoWays("timeout: 1h"));
        QTRY_COMPARE(world.held.size(), 1u);
        QTest::qWait(20);
        QCOMPARE(world.callsOf("write"), 0);
        world.clock.advance(31min); // The time of the first message counts, not that of the restart.
        QTRY_COMPARE(world.callsOf("write"), 1);
        QCOMPARE(inputsOf(world, "write"), Inputs{"{\"left\":1}"});
        world.answerHeld(EngineWorld::emits("2")); // Too late.
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
    }

    void aTimeoutThatPassedDuringARestartIsKept()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(twoWays("timeout: 1h"));
        world.send("evt_1");
        QTRY_COMPARE(world.held.size(), 2u);
        world.answerHeld(EngineWorld::emits("1"));
        QTRY_VERIFY(world.told.last("both", Phase::Started));
        QTest::qWait(20);
        world.stop();
        world.clock.advance(2h);
        world.start(twoWays("timeout: 1h"));
        QTRY_COMPARE(world.callsOf("write"), 1);
        QCOMPARE(inputsOf(world, "write"), Inputs{"{\"left\":1}"});
        const std::string key = world.calls.back().idempotencyKey;
        world.stop();
        world.calls.clear();
        world.start(twoWays("timeout: 1h"));
        QTRY_COMPARE(world.callsOf("write"), 1);
        QCOMPARE(inputsOf(world, "write"), Inputs{"{\"left\":1}"});
        QCOMPARE(world.calls.back().idempotencyKey, key);
    }

    void aBatchMakesListsInTheOrderOfElements()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start("  - id: start\n    type: fake.trigger\n    to: loop\n"
                    "  - id: loop\n    type: for_each\n    with: {parallel: 5}\n"
                    "    to: {each: one}\n"
                    "  - id: one\n    type: fake.effect\n    to: lists\n"
                    "  - id: lists\n    type: batch\n    with: {size: 2}\n    to: bulk\n"
                    "  - id: bulk\n    type: fake.effect\n");
        world.send("evt_1", "[0,1,2,3,4]");
        QTRY_COMPARE(world.held.size(), 5u);
        for (const char *number : {"4", "3", "2", "1", "0"}) {
            std::swap(world.held.front(), world.held.back());
            world.answerHeld(EngineWorld::emits(number));
        }
        QTRY_COMPARE(world.held.size(), 3u);
        QCOMPARE(world.callsOf("bulk"), 3);
        std::vector<std::size_t> sizes;
        for (const StepCall &call : world.calls) {
            if (call.step == "bulk")
                sizes.push_back(call.input->root().size());
        }
        QCOMPARE(sizes, (std::vector<std::size_t>{2, 2, 1}));
    }

    void aBatchKeepsKindsApartAndLooksAtBytes()
    {
        EngineWorld world;
        const std::string steps = "  - id: start\n    type: fake.trigger\n    to: loop\n"
                                  "  - id: loop\n    type: for_each\n    to: {each: lists}\n"
                                  "  - id: lists\n    type: batch\n"
                                  "    with: {by: c, max_bytes: 40}\n    to: bulk\n"
                                  "  - id: bulk\n    type: fake.effect\n";
        world.start(steps);
        world.send("evt_1", "[{\"c\":\"eur\"},{\"c\":\"usd\"},{\"c\":\"eur\"},{\"c\":\"eur\"},"
                            "{\"c\":\"eur\"}]");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "bulk"),
                 (Inputs{"[{\"c\":\"eur\"},{\"c\":\"eur\"},{\"c\":\"eur\"}]", "[{\"c\":\"usd\"}]",
                         "[{\"c\":\"eur\"}]"}));
    }

    void aRestartBetweenTheElementsOfABatchMakesTheSameLists()
    {
        const std::string steps = "  - id: start\n    type: fake.trigger\n    to: loop\n"
                                  "  - id: loop\n    type: for_each\n    with: {parallel: 3}\n"
                                  "    to: {each: one}\n"
                                  "  - id: one\n    type: fake.effect\n    to: lists\n"
                                  "  - id: lists\n    type: batch\n    with: {size: 2}\n    to: bulk\n"
                                  "  - id: bulk\n    type: fake.unsafe\n";
        EngineWorld world;
        world.holdEffects = true;
        world.start(steps);
        world.send("evt_1", "[0,1,2]");
        QTRY_COMPARE(world.held.size(), 3u);
        std::swap(world.held[0], world.held[2]);
        world.answerHeld(EngineWorld::emits("2"));
        QTest::qWait(20);
        world.stop();
        world.start(steps);
        QTRY_COMPARE(world.held.size(), 2u);
        world.answerHeld(EngineWorld::emits("0"));
        world.answerHeld(EngineWorld::emits("1"));
        QTRY_COMPARE(world.callsOf("bulk"), 2);
        QTRY_COMPARE(world.held.size(), 2u);
        world.answerHeld(EngineWorld::emits("\"first\""));
        QTest::qWait(20);
        world.stop();
        world.start(steps); // The second list was asked for: a person has to look.
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("bulk"), 2);
        QCOMPARE(inputsOf(world, "bulk"), (Inputs{"[0,1]", "[2]"}));
        QCOMPARE(world.told.letters.size(), 1u);
    }

    void aStepThatIsSwitchedOffHoldsNothing()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: [left, right]\n"
                    "  - id: left\n    type: fake.pure\n    to: both\n"
                    "  - id: right\n    type: fake.pure\n    to: both\n"
                    "  - id: both\n    type: merge\n    disabled: true\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.send("evt_1", "1");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"), (Inputs{"1", "1"}));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineGroups)
#include "tst_EngineGroups.moc"
