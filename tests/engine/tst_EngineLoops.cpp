// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"

#include <QElapsedTimer>
#include <QTest>
#include <algorithm>
#include <set>

namespace tw::test {

using Phase = StepEvent::Phase;

namespace {

std::string listOf(int count)
{
    std::string json = "[";
    for (int number = 0; number < count; ++number)
        json += (number > 0 ? ",{\"n\":" : "{\"n\":") + std::to_string(number) + '}';
    return json + ']';
}

std::string loop(const std::string &with, const std::string &rest)
{
    return "  - id: start\n    type: fake.trigger\n    to: loop\n"
           "  - id: loop\n    type: for_each\n    with: {" + with + "}\n"
           "    to: {each: write, done: after}\n" + rest
        + "  - id: after\n    type: fake.effect\n";
}

const std::string kWrite = "  - id: write\n    type: fake.effect\n";

} // namespace

/// for_each: elements, order, counts, nesting, restarts.
class tst_EngineLoops final : public QObject
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

    static std::map<std::string, std::string> keysOf(const EngineWorld &world,
                                                     const std::string &step)
    {
        std::map<std::string, std::string> keys;
        for (const StepCall &call : world.calls) {
            if (call.step == step)
                keys[jsonText(call.input)] = call.idempotencyKey;
        }
        return keys;
    }

private Q_SLOTS:
    void elementsGoOneAfterTheOtherAndTheEndComesOnce()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(loop("", kWrite));
        world.send("evt_1", listOf(3));
        for (int number = 0; number < 3; ++number) {
            QTRY_COMPARE(world.callsOf("write"), number + 1);
            QCOMPARE(world.held.size(), 1u);
            QCOMPARE(world.callsOf("after"), 0);
            world.answerHeld(EngineWorld::emits("{}"));
        }
        QTRY_COMPARE(world.callsOf("after"), 1);
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write"),
                 (std::vector<std::string>{"{\"n\":0}", "{\"n\":1}", "{\"n\":2}"}));
        QCOMPARE(inputsOf(world, "after").front(),
                 "{\"count\":3,\"ok\":3,\"failed\":0,\"dropped\":0,\"input\":" + listOf(3) + '}');
        QCOMPARE(world.told.runs.front().outcome, RunOutcome::Done);
    }

    void severalElementsAreUnderWayWhenAsked()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(loop("parallel: 2", kWrite));
        world.send("evt_1", listOf(5));
        QTRY_COMPARE(world.held.size(), 2u);
        world.answerHeld(EngineWorld::emits("{}"));
        QTRY_COMPARE(world.callsOf("write"), 3);
        QCOMPARE(world.held.size(), 2u);
        world.holdEffects = false;
        while (!world.held.empty())
            world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 5);
    }

    void anEmptyListGoesStraightToItsEnd()
    {
        EngineWorld world;
        world.start(loop("items: lines", kWrite));
        world.send("evt_1", "{\"id\":7,\"lines\":[]}");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 0);
        QCOMPARE(inputsOf(world, "after").front(),
                 std::string("{\"count\":0,\"ok\":0,\"failed\":0,\"dropped\":0,"
                             "\"input\":{\"id\":7,\"lines\":[]}}"));
    }

    void aListThatIsNotThereFailsAsAWhole()
    {
        EngineWorld world;
        world.start(loop("items: lines", kWrite));
        world.send("evt_1", "{\"id\":7}");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 0);
        QCOMPARE(world.told.letters.at(0).error.code, std::string("logic.not_a_list"));
    }

    void aListBeyondTheLimitFailsAsAWhole()
    {
        EngineWorld world;
        world.start(loop("limit: 2", kWrite));
        world.send("evt_1", listOf(3));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 0);
        QCOMPARE(world.told.letters.at(0).error.code, std::string("logic.too_many"));
    }

    void aMessageThatIsNoListFails()
    {
        EngineWorld world;
        world.start(loop("", kWrite));
        world.send("evt_1", "{\"n\":1}");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.at(0).error.code, std::string("logic.not_a_list"));
    }

    void countsTellFailedAndDroppedElements()
    {
        EngineWorld world;
        world.start(loop("parallel: 10",
                         "  - id: write\n    type: filter\n    with: {condition: n > 0}\n"
                         "    to: {pass: odd}\n"
                         "  - id: odd\n    type: fake.effect\n    retry: {times: 0}\n"));
        world.script("odd", {EngineWorld::emits("{}"),
                             EngineWorld::fails(rejectedError("x.bad", "No.")),
                             EngineWorld::emits("{}")});
        world.send("evt_1", listOf(4));
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "after").front().substr(0, 40),
                 std::string("{\"count\":4,\"ok\":2,\"failed\":1,\"dropped\":1"));
        QCOMPARE(world.told.letters.size(), 1u);
        QCOMPARE(world.told.runs.front().outcome, RunOutcome::DeadLettered);
    }

    void aHandledFailureCountsByWhereItEnds()
    {
        EngineWorld world;
        world.start(loop("", "  - id: write\n    type: fake.effect\n    on_error: box\n"
                             "  - id: box\n    type: fake.pure\n"));
        world.script("write", {EngineWorld::fails(rejectedError("x.bad", "No."))});
        world.send("evt_1", listOf(2));
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "after").front().substr(0, 40),
                 std::string("{\"count\":2,\"ok\":2,\"failed\":0,\"dropped\":0"));
    }

    void expressionsKnowTheLoopsAround()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: orders\n"
                    "  - id: orders\n    type: for_each\n    with: {items: orders}\n"
                    "    to: {each: lines}\n"
                    "  - id: lines\n    type: for_each\n    with: {items: lines}\n"
                    "    to: {each: shape}\n"
                    "  - id: shape\n    type: map\n    with:\n      mapping:\n"
                    "        line: $\n        at: $index\n        of: $total\n"
                    "        order: $parent.id\n        place: $outer.index\n"
                    "        customer: $outer.parent.customer\n"
                    "    to: write\n" + kWrite);
        world.send("evt_1", "{\"customer\":\"c\",\"orders\":[{\"id\":1,\"lines\":[\"a\"]},"
                            "{\"id\":2,\"lines\":[\"b\",\"d\"]}]}");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "write").back(),
                 std::string("{\"line\":\"d\",\"at\":1,\"of\":2,\"order\":2,\"place\":1,"
                             "\"customer\":\"c\"}"));
        QCOMPARE(world.callsOf("write"), 3);
    }

    void theEndOfALoopInALoopComesBeforeTheNextElement()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: outer\n"
                    "  - id: outer\n    type: for_each\n    to: {each: inner, done: all}\n"
                    "  - id: inner\n    type: for_each\n    to: {each: write, done: some}\n" + kWrite
                    + "  - id: some\n    type: fake.effect\n  - id: all\n    type: fake.effect\n");
        world.send("evt_1", "[[1,2],[],[3]]");
        QVERIFY(world.waitIdle());
        std::vector<std::string> order;
        for (const StepCall &call : world.calls)
            order.push_back(call.step);
        QCOMPARE(order, (std::vector<std::string>{"write", "write", "some", "some", "write", "some",
                                                  "all"}));
    }

    void aRestartInTheMiddleGoesOnWithTheNextElement()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(loop("", kWrite));
        world.send("evt_1", listOf(4));
        for (int number = 0; number < 2; ++number) {
            QTRY_COMPARE(world.callsOf("write"), number + 1);
            world.answerHeld(EngineWorld::emits("{}"));
        }
        QTRY_COMPARE(world.callsOf("write"), 3);
        const std::string key = world.calls.back().idempotencyKey;
        world.stop();
        world.calls.clear();
        world.holdEffects = false;
        world.start(loop("", kWrite));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.calls.front().idempotencyKey, key);
        QCOMPARE(world.callsOf("write"), 2);
        QCOMPARE(inputsOf(world, "after").front().substr(0, 40),
                 std::string("{\"count\":4,\"ok\":4,\"failed\":0,\"dropped\":0"));
    }

    void keysDoNotDependOnTheOrderOfAnswers_data()
    {
        QTest::addColumn<int>("shuffle");
        QTest::addColumn<int>("restartAfter");
        for (int shuffle = 0; shuffle < 4; ++shuffle) {
            for (const int restartAfter : {-1, 3, 7, 11})
                QTest::addRow("shuffle %d, restart after %d", shuffle, restartAfter)
                    << shuffle << restartAfter;
        }
    }

    /// A loop in a loop, two ways that meet again, a batch across and a merge per element: the same
    /// event twice, answers in another order and a crash in the middle, gives the same effects.
    void keysDoNotDependOnTheOrderOfAnswers()
    {
        QFETCH(int, shuffle);
        QFETCH(int, restartAfter);
        const std::string steps =
            "  - id: start\n    type: fake.trigger\n    to: [outer, direct]\n"
            "  - id: direct\n    type: fake.effect\n    to: last\n"
            "  - id: outer\n    type: for_each\n    with: {parallel: 10}\n"
            "    to: {each: inner, done: last}\n"
            "  - id: inner\n    type: for_each\n    with: {parallel: 10}\n"
            "    to: {each: [left, right]}\n"
            "  - id: left\n    type: fake.effect\n    to: [both, twice]\n"
            "  - id: right\n    type: fake.effect\n    to: [both, twice]\n"
            "  - id: twice\n    type: fake.effect\n"
            "  - id: both\n    type: merge\n    to: joined\n"
            "  - id: joined\n    type: fake.effect\n    to: pairs\n"
            "  - id: pairs\n    type: batch\n    with: {size: 2}\n    to: bulk\n"
            "  - id: bulk\n    type: fake.effect\n"
            "  - id: last\n    type: fake.effect\n";
        const auto play = [&](EngineWorld &world, int seed, int restart) {
            world.holdEffects = true;
            world.start(steps);
            world.send("evt_1", "[[1,2],[3]]");
            Random random(static_cast<std::uint64_t>(seed));
            for (int answered = 0;; ++answered) {
                if (answered == restart) {
                    world.stop();
                    world.start(steps);
                }
                const bool more = QTest::qWaitFor(
                    [&] { return !world.held.empty() || world.engine->isIdle(); }, 5000);
                QVERIFY(more);
                if (world.engine->isIdle())
                    break;
                QTest::qWait(2); // More may come; which, does not matter.
                const std::size_t chosen = seed == 0 ? 0 : random.next() % world.held.size();
                std::swap(world.held[0], world.held[chosen]);
                std::swap(world.heldCalls[0], world.heldCalls[chosen]);
                const StepCall call = world.heldCalls.front();
                world.answerHeld(EngineWorld::emits(
                    "{\"of\":\"" + call.step + "\",\"in\":" + jsonText(call.input) + '}'));
            }
        };
        EngineWorld plain;
        play(plain, 0, -1);
        EngineWorld world;
        play(world, shuffle, restartAfter);
        for (const char *step : {"direct", "left", "right", "twice", "joined", "bulk", "last"})
            QCOMPARE(keysOf(world, step), keysOf(plain, step));
        std::set<std::pair<std::string, std::string>> all;
        for (const StepCall &call : plain.calls)
            all.emplace(call.step, call.idempotencyKey);
        QCOMPARE(all.size(), plain.calls.size()); // No two effects share a key.
    }

    void elementsBehindOneAnotherWaitForNobodyInABatch()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: outer\n"
                    "  - id: outer\n    type: for_each\n    to: {each: inner, done: after}\n"
                    "  - id: inner\n    type: for_each\n    to: {each: write}\n"
                    "  - id: write\n    type: fake.effect\n    to: lists\n"
                    "  - id: lists\n    type: batch\n    with: {size: 3}\n    to: bulk\n"
                    "  - id: bulk\n    type: fake.effect\n"
                    "  - id: after\n    type: fake.effect\n");
        world.send("evt_1", "[[1,2],[3,4]]");
        QVERIFY(world.waitIdle());
        QCOMPARE(inputsOf(world, "bulk"), (std::vector<std::string>{"[1,2,3]", "[4]"}));
        QCOMPARE(world.calls.back().step, std::string("after"));
        QCOMPARE(inputsOf(world, "after").front().substr(0, 40),
                 std::string("{\"count\":2,\"ok\":2,\"failed\":0,\"dropped\":0"));
    }

    void aThousandElementsTakeLinearTime()
    {
        const auto took = [](int count, const char *with) {
            EngineWorld world;
            world.start(loop(with, "  - id: write\n    type: fake.pure\n    to: lists\n"
                                   "  - id: lists\n    type: batch\n    with: {size: 100}\n"
                                   "    to: bulk\n  - id: bulk\n    type: fake.effect\n"));
            QElapsedTimer timer;
            timer.start();
            world.send("evt_1", listOf(count));
            [&] { QVERIFY(world.waitIdle()); }();
            [&] { QCOMPARE(world.callsOf("bulk"), count / 100); }();
            return timer.elapsed();
        };
        for (const char *with : {"", "parallel: 1000"}) {
            const auto small = std::max<qint64>(took(1000, with), 5);
            const auto large = took(8000, with);
            QVERIFY2(large < 30 * small, qPrintable(QStringLiteral("%1 ms, then %2 ms")
                                                        .arg(small).arg(large)));
        }
    }

    void cancellingARunInALoopEndsIt()
    {
        EngineWorld world;
        world.holdEffects = true;
        world.start(loop("parallel: 5", kWrite));
        world.send("evt_1", listOf(5));
        QTRY_COMPARE(world.held.size(), 5u);
        world.engine->cancel(world.calls.front().run);
        while (!world.held.empty())
            world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.runs.front().outcome, RunOutcome::Failed);
        QCOMPARE(world.callsOf("after"), 0);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineLoops)
#include "tst_EngineLoops.moc"
