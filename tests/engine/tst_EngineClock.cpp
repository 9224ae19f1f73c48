// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;
using namespace std::chrono_literals;

/// Somebody sets the machine's clock while the engine runs.
class tst_EngineClock final : public QObject
{
    Q_OBJECT

    static std::string flow(const std::string &type)
    {
        return "  - id: start\n    type: fake.trigger\n    to: write\n"
               "  - id: write\n    type: " + type + "\n"
            + (type == "fake.call" ? "    connection: a\n" : "")
            + "    retry: {times: 3, first: 60s, factor: 1, jitter: none}\n";
    }

    static StepAnswer fails(bool unknown, std::optional<std::chrono::milliseconds> after = {})
    {
        Error error = transientError("net.reset", "The line was cut.");
        error.outcomeUnknown = unknown;
        error.retryAfter = after;
        return EngineWorld::fails(error);
    }

    static void pass(EngineWorld &world, std::chrono::milliseconds span)
    {
        world.clock.advance(span);
        world.settle();
    }

    static void jumps()
    {
        QTest::addColumn<int>("hours");
        QTest::newRow("ahead") << 30;
        QTest::newRow("back") << -30;
    }

    /// Something happens, so that the engine notices.
    static void set(EngineWorld &world, int hours)
    {
        world.clock.jump(std::chrono::hours(hours));
        const auto before = world.told.runs.size();
        world.send("evt_notice" + std::to_string(before), "{}", "notice");
        QTRY_COMPARE(world.told.runs.size(), before + 1);
    }

private Q_SLOTS:
    void aRetryWaitsAsLongAsBefore_data() { jumps(); }
    void aRetryWaitsAsLongAsBefore()
    {
        QFETCH(int, hours);
        EngineWorld world;
        world.start(flow("fake.effect"));
        world.script("write", {fails(false)});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        set(world, hours);
        pass(world, 59'999ms);
        QCOMPARE(world.callsOf("write"), 2);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 3);
        QVERIFY(world.waitIdle());
        const StepEvent *done = world.told.last("write", Phase::Done);
        QVERIFY(done->at == world.clock.now()); // People read what the clock shows.
    }

    void soItDoesOutsideOfMemoryAndOverARestart_data()
    {
        QTest::addColumn<int>("hours");
        QTest::addColumn<bool>("restart");
        QTest::newRow("ahead") << 30 << false;
        QTest::newRow("back") << -30 << false;
        QTest::newRow("a restart") << 0 << true;
        QTest::newRow("ahead, and a restart") << 30 << true;
        QTest::newRow("back, and a restart") << -30 << true;
    }

    void soItDoesOutsideOfMemoryAndOverARestart()
    {
        QFETCH(int, hours);
        QFETCH(bool, restart);
        EngineLimits limits;
        limits.unloadAfter = 0ms;
        EngineWorld world(limits);
        world.limits["a"] = ConnectionLimits{};
        world.start(flow("fake.call"));
        world.script("write", {fails(false)});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        QTRY_COMPARE(world.engine->activeRuns(), 0u);
        set(world, hours);
        QTRY_COMPARE(world.engine->activeRuns(), 0u);
        if (restart) {
            QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
            world.stop();
            world.start(flow("fake.call"));
        }
        pass(world, 59'999ms);
        QCOMPARE(world.callsOf("write"), 2);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 3);
        QVERIFY(world.waitIdle());
    }

    void aLateAttemptIsWaitedFor_data() { jumps(); }
    void aLateAttemptIsWaitedFor()
    {
        QFETCH(int, hours);
        EngineWorld world;
        world.start(flow("fake.upsert"));
        world.script("write", {fails(true, 1ms)});
        world.send("evt_1", "{\"n\":1}", "ch_1");
        world.send("evt_2", "{\"n\":2}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        set(world, hours);
        pass(world, 29'999ms);
        QCOMPARE(world.callsOf("write"), 2);
        pass(world, 1ms + 60s);
        QTRY_COMPARE(world.told.runs.size(), 3u);
        QCOMPARE(world.callsOf("write"), 4);
    }

    void aWaitThatTheOtherSideAskedForLasts_data() { jumps(); }
    void aWaitThatTheOtherSideAskedForLasts()
    {
        QFETCH(int, hours);
        EngineWorld world;
        world.limits["a"] = ConnectionLimits{};
        world.start(flow("fake.call"));
        const auto gate = world.connection("a");
        gate->reports = true;
        CallReport busy;
        busy.health = CallReport::Health::TooMany;
        busy.retryAfter = 90s;
        gate->tell(busy);
        world.clock.jump(std::chrono::hours(hours));
        world.send("evt_1", "{}", "ch_1");
        QTRY_COMPARE(world.engine->activeRuns(), 0u);
        QCOMPARE(world.callsOf("write"), 0);
        const auto gates = world.engine->gates();
        QCOMPARE(gates.size(), 1u);
        QVERIFY(gates[0].until && *gates[0].until == world.clock.now() + 90s);
        pass(world, 89'999ms);
        QCOMPARE(world.callsOf("write"), 0);
        QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
        world.stop(); // What is left is known to the next process.
        world.start(flow("fake.call"));
        world.settle();
        QCOMPARE(world.callsOf("write"), 0);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 1);
        QVERIFY(world.waitIdle());
    }

    void aNamedMomentIsOneOfTheNewClock_data()
    {
        QTest::addColumn<int>("minutes");
        QTest::addColumn<bool>("unload");
        QTest::newRow("ahead") << 30 << false;
        QTest::newRow("back") << -30 << false;
        QTest::newRow("ahead, not in memory") << 30 << true;
        QTest::newRow("back, not in memory") << -30 << true;
    }

    void aNamedMomentIsOneOfTheNewClock()
    {
        QFETCH(int, minutes);
        QFETCH(bool, unload);
        EngineLimits limits;
        limits.unloadAfter = unload ? 0ms : std::chrono::milliseconds(72h);
        EngineWorld world(limits);
        world.start("  - id: start\n    type: fake.trigger\n    to: pause\n"
                    "  - id: pause\n    type: wait\n    with: {until: until}\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        const Instant due = world.clock.now() + 1h;
        world.send("evt_1", "{\"until\":" + std::to_string(due.msSinceEpoch) + "}", "ch_1");
        QTRY_VERIFY(world.told.last("pause", Phase::Waiting));
        QTRY_COMPARE(world.engine->activeRuns(), unload ? 0u : 1u);
        world.clock.jump(std::chrono::minutes(minutes));
        world.send("evt_2", "{\"until\":\"2020-01-01\"}", "ch_2"); // Was due.
        QTRY_COMPARE(world.callsOf("write"), 1);
        world.clock.advance(due - world.clock.now() - 1ms);
        world.settle();
        QCOMPARE(world.callsOf("write"), 1);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 2);
        QVERIFY(world.waitIdle());
    }

    void aReviewIsDueByTheNewClock_data() { jumps(); }
    void aReviewIsDueByTheNewClock()
    {
        QFETCH(int, hours);
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: check\n"
                    "  - id: check\n    type: fake.ask\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        const Instant due = world.clock.now() + 48h;
        Question question;
        question.text = "Is it right?";
        question.timeout = 48h;
        question.timeoutExit = "out";
        world.script("check", {EngineWorld::asks(question)});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("check", Phase::Waiting));
        set(world, hours);
        QCOMPARE(world.callsOf("write"), 1);
        world.clock.advance(due - world.clock.now() - 1ms);
        world.settle();
        QCOMPARE(world.callsOf("write"), 1);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 2);
        QVERIFY(world.waitIdle());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineClock)
#include "tst_EngineClock.moc"
