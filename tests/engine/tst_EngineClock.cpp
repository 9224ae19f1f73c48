// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include <QSemaphore>
#include <QTest>
#include <algorithm>

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

    /// The journal's thread stands still from here until `go`.
    static void holdStore(EngineWorld &world, QSemaphore &entered, QSemaphore &go)
    {
        world.engine->inJournal<bool>(
            [&entered, &go](Journal &) -> Result<bool> {
                entered.release();
                go.acquire();
                return true;
            },
            [](const Result<bool> &) {});
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

    void whatFailsUnderTheNewClockIsKnownToTheNextProcess_data()
    {
        QTest::addColumn<int>("hours");
        QTest::addColumn<bool>("unknown");
        QTest::newRow("ahead") << 30 << false;
        QTest::newRow("back") << -30 << false;
        QTest::newRow("ahead, not known what became of it") << 30 << true;
    }

    void whatFailsUnderTheNewClockIsKnownToTheNextProcess()
    {
        QFETCH(int, hours);
        QFETCH(bool, unknown);
        EngineWorld world;
        world.start(flow("fake.effect"));
        set(world, hours);
        world.script("write", {fails(unknown)});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
        world.stop();
        world.start(flow("fake.effect"));
        pass(world, 59'999ms);
        QCOMPARE(world.callsOf("write"), 2);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 3); // The key of its first attempt is no day old.
        QVERIFY(world.waitIdle());
        QVERIFY(world.told.letters.empty());
    }

    void aLetterInDoubtIsSentAgainWhileItsKeyIsGood()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n    retry: {times: 1, first: 60s}\n");
        set(world, 30);
        world.script("write", {fails(true), fails(true)});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        pass(world, 60s);
        QTRY_COMPARE(world.told.letters.size(), 1u);
        QVERIFY(world.waitIdle());
        ReplayOrder again;
        again.letter = world.inJournal<std::int64_t>([](Journal &journal) -> Result<std::int64_t> {
            return journal.desk().letters({}).value().front().id;
        }).value();
        again.by = "ana";
        QCOMPARE(world.replay(again), std::string("taken up"));
        QTRY_COMPARE(world.callsOf("write"), 4);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.size(), 1u);
    }

    void aCallThatDidNotLeaveGoesAfterTheRestart()
    {
        EngineWorld world;
        world.limits["a"] = ConnectionLimits{};
        world.start(flow("fake.call"));
        set(world, -30);
        const int before = world.callsOf("write");
        const auto gate = world.connection("a");
        gate->reports = true;
        QSemaphore entered, go;
        world.sendLater("evt_1", [&](const Result<Acceptance> &) {
            holdStore(world, entered, go); // Before the intent is on its way there.
        }, "{}", "ch_1");
        QTRY_COMPARE(entered.available(), 1);
        QTRY_VERIFY(world.engine->activeRuns() == 1);
        QCoreApplication::processEvents();
        CallReport busy;
        busy.health = CallReport::Health::TooMany;
        busy.retryAfter = 5s;
        gate->tell(busy);
        go.release();
        QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
        world.settle();
        QCOMPARE(world.callsOf("write"), before);
        QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
        world.stop();
        world.start(flow("fake.call"));
        pass(world, 5s);
        QTRY_COMPARE(world.callsOf("write"), before + 1);
        QVERIFY(world.waitIdle());
    }

    void whatIsNotYetOnTheDiskMovesWithTheClock_data() { jumps(); }
    void whatIsNotYetOnTheDiskMovesWithTheClock()
    {
        QFETCH(int, hours);
        const std::string steps
            = "  - id: start\n    type: fake.trigger\n    to: [first, left, right, last]\n"
              "  - id: first\n    type: fake.effect\n"
              "  - id: last\n    type: fake.effect\n"
              "  - id: left\n    type: fake.effect\n    to: pause\n"
              "  - id: pause\n    type: wait\n    with: {until: until}\n    to: write\n"
              "  - id: write\n    type: fake.effect\n"
              "  - id: right\n    type: fake.effect\n"
              "    retry: {times: 3, first: 60s, factor: 1, jitter: none}\n";
        EngineWorld world;
        world.start(steps);
        world.holdEffects = true;
        const Instant due = world.clock.now() + 96h;
        world.send("evt_1", "{\"until\":" + std::to_string(due.msSinceEpoch) + "}", "ch_1");
        QTRY_COMPARE(world.held.size(), 4u);
        QSemaphore entered, go;
        holdStore(world, entered, go);
        entered.acquire();
        for (const char *step : {"first", "left", "right", "last"}) {
            if (step == std::string("last")) // The first is on its way to the disk, the others wait.
                world.clock.jump(std::chrono::hours(hours));
            const auto at = std::find_if(world.heldCalls.begin(), world.heldCalls.end(),
                                         [&](const StepCall &call) { return call.step == step; });
            QVERIFY(at != world.heldCalls.end());
            std::rotate(world.heldCalls.begin(), at, at + 1);
            const auto reply = world.held.begin() + (at - world.heldCalls.begin());
            std::rotate(world.held.begin(), reply, reply + 1);
            world.answerHeld(step == std::string("right") ? fails(false) : EngineWorld::emits("{\"until\":"
                             + std::to_string(due.msSinceEpoch) + "}"));
            QCoreApplication::processEvents();
        }
        world.holdEffects = false;
        go.release();
        world.settle();
        QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
        const int rights = world.callsOf("right");
        world.stop();
        world.start(steps);
        pass(world, 59'999ms);
        QCOMPARE(world.callsOf("right"), rights);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("right"), rights + 1);
        world.clock.advance(due - world.clock.now() - 1ms);
        world.settle();
        QCOMPARE(world.callsOf("write"), 0);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 1);
        QVERIFY(world.waitIdle());
    }

    void aNamedMomentIsWaitedForByTheClockThatPeopleSee_data()
    {
        QTest::addColumn<bool>("review");
        QTest::newRow("a wait") << false;
        QTest::newRow("a review") << true;
    }

    void aNamedMomentIsWaitedForByTheClockThatPeopleSee()
    {
        QFETCH(bool, review);
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: pause\n"
                    "  - id: pause\n    type: " + std::string(review ? "fake.ask" : "wait")
                    + (review ? "\n" : "\n    with: {until: until}\n") + "    to: write\n"
                      "  - id: write\n    type: fake.effect\n");
        const Instant due = world.clock.now() + 1h;
        Question question;
        question.text = "Is it right?";
        question.timeout = 1h;
        question.timeoutExit = "out";
        if (review)
            world.script("pause", {EngineWorld::asks(question)});
        world.send("evt_1", "{\"until\":" + std::to_string(due.msSinceEpoch) + "}", "ch_1");
        QTRY_VERIFY(world.told.last("pause", Phase::Waiting));
        world.clock.jump(-300ms); // A correction that is no setting of the clock.
        world.clock.advance(due - world.clock.now() - 1ms);
        world.settle();
        QCOMPARE(world.callsOf("write"), 0);
        pass(world, 1ms);
        QTRY_COMPARE(world.callsOf("write"), 1);
        QVERIFY(world.waitIdle());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineClock)
#include "tst_EngineClock.moc"
