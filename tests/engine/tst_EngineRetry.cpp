// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;

class tst_EngineRetry final : public QObject
{
    Q_OBJECT

    static StepAnswer busy(std::optional<std::chrono::milliseconds> retryAfter = {})
    {
        Error error = transientError("net.timeout", "No answer.");
        error.retryAfter = retryAfter;
        return EngineWorld::fails(error);
    }

    static std::string flow(const std::string &retry)
    {
        return "  - id: start\n    type: fake.trigger\n    to: write\n"
               "  - id: write\n    type: fake.effect\n"
            + (retry.empty() ? std::string() : "    retry: " + retry + '\n');
    }

    /// Lets the clock go to the announced time of the next try and waits for that call.
    static void waitForTry(EngineWorld &world, int calls)
    {
        const StepEvent *waiting = nullptr;
        QTRY_VERIFY((waiting = world.told.last("write", Phase::Waiting)) && waiting->retryAt
                    && *waiting->retryAt > world.clock.now());
        world.clock.advance(*waiting->retryAt - world.clock.now());
        QTRY_COMPARE(world.callsOf("write"), calls);
    }

private Q_SLOTS:
    void theScheduleIsThatOfTheTable_data()
    {
        QTest::addColumn<QString>("retry");
        QTest::addColumn<QList<int>>("waits");
        QTest::newRow("doubling from one second")
            << QStringLiteral("{times: 4, first: 1s, factor: 2, jitter: none}")
            << QList<int>{1000, 2000, 4000, 8000};
        QTest::newRow("three times as long each time, capped")
            << QStringLiteral("{times: 4, first: 500ms, factor: 3, longest: 5s, jitter: none}")
            << QList<int>{500, 1500, 4500, 5000};
        QTest::newRow("once") << QStringLiteral("{times: 1, first: 10s, factor: 2, jitter: none}")
                              << QList<int>{10'000};
        QTest::newRow("never") << QStringLiteral("{times: 0, first: 1s, factor: 2, jitter: none}")
                               << QList<int>{};
    }

    void theScheduleIsThatOfTheTable()
    {
        QFETCH(QString, retry);
        QFETCH(QList<int>, waits);
        EngineWorld world;
        world.start(flow(retry.toStdString()));
        world.script("write", std::vector<StepAnswer>(10, busy()));
        world.send("evt_1");
        QList<int> seen;
        for (int tries = 1; tries <= waits.size(); ++tries) {
            QTRY_COMPARE(world.callsOf("write"), tries);
            const StepEvent *waiting = nullptr;
            QTRY_VERIFY((waiting = world.told.last("write", Phase::Waiting))
                        && waiting->attempt == tries);
            seen << static_cast<int>((*waiting->retryAt - waiting->at).count());
            world.clock.advance(*waiting->retryAt - world.clock.now() - std::chrono::milliseconds(1));
            QCOMPARE(world.callsOf("write"), tries);
            world.clock.advance(std::chrono::milliseconds(1));
        }
        QVERIFY(world.waitIdle());
        QCOMPARE(seen, waits);
        QCOMPARE(world.callsOf("write"), static_cast<int>(waits.size()) + 1);
        QCOMPARE(world.told.letters.size(), 1u);
        QCOMPARE(world.told.letters[0].attempts, static_cast<int>(waits.size()) + 1);
    }

    void aStepWithoutAPolicyIsTriedFiveTimesWithJitter()
    {
        EngineWorld world;
        world.start(flow({}));
        world.script("write", std::vector<StepAnswer>(10, busy()));
        world.send("evt_1");
        const std::vector<int> longest{1000, 2000, 4000, 8000};
        for (int tries = 1; tries <= 4; ++tries) {
            const StepEvent *waiting = nullptr;
            QTRY_VERIFY((waiting = world.told.last("write", Phase::Waiting))
                        && waiting->attempt == tries);
            const auto wait = *waiting->retryAt - waiting->at;
            QVERIFY(wait.count() >= 0
                    && wait.count() <= longest[static_cast<std::size_t>(tries - 1)]);
            world.clock.advance(wait);
            QTRY_COMPARE(world.callsOf("write"), tries + 1);
        }
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 5);
    }

    void theWaitThatThePeerAskedForIsHonoured()
    {
        EngineWorld world;
        world.start(flow("{times: 2, first: 1s, factor: 2, jitter: none}"));
        world.script("write", {busy(std::chrono::seconds(90))});
        world.send("evt_1");
        const StepEvent *waiting = nullptr;
        QTRY_VERIFY((waiting = world.told.last("write", Phase::Waiting)));
        QCOMPARE((*waiting->retryAt - waiting->at).count(), 90'000);
        waitForTry(world, 2);
        QVERIFY(world.waitIdle());
        QVERIFY(world.told.runs.at(0).outcome == RunOutcome::Done);
    }

    void theKeyIsTheSameInEachAttempt()
    {
        EngineWorld world;
        world.start(flow("{times: 2, first: 1s, factor: 2, jitter: none}"));
        world.script("write", {busy(), busy()});
        world.send("evt_1");
        waitForTry(world, 2);
        waitForTry(world, 3);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.calls[0].idempotencyKey, world.calls[2].idempotencyKey);
        QCOMPARE(world.calls[2].attempt, 3);
    }

    void onlyTransientFailuresAreTriedAgain_data()
    {
        QTest::addColumn<int>("kind");
        for (const ErrorKind kind : {ErrorKind::Config, ErrorKind::Auth, ErrorKind::Rejected,
                                     ErrorKind::Cancelled, ErrorKind::Internal})
            QTest::newRow(std::string(toString(kind)).c_str()) << static_cast<int>(kind);
    }

    void onlyTransientFailuresAreTriedAgain()
    {
        QFETCH(int, kind);
        EngineWorld world;
        world.start(flow({}));
        Error error = rejectedError("x.y", "No.");
        error.kind = static_cast<ErrorKind>(kind);
        world.script("write", {EngineWorld::fails(error)});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
        QCOMPARE(world.told.letters.size(), 1u);
    }

    void aRestartKeepsTheTimeAndTheCountOfTries()
    {
        const std::string steps = flow("{times: 2, first: 60s, factor: 2, jitter: none}");
        EngineWorld world;
        world.start(steps);
        world.script("write", {busy(), busy(), busy()});
        world.send("evt_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        const Instant at = *world.told.last("write", Phase::Waiting)->retryAt;
        world.stop();
        world.clock.advance(std::chrono::seconds(20));
        world.start(steps);
        QVERIFY(!world.engine->isIdle());
        world.clock.advance(at - world.clock.now() - std::chrono::milliseconds(1));
        QTest::qWait(50);
        QCOMPARE(world.callsOf("write"), 1);
        world.clock.advance(std::chrono::milliseconds(1));
        QTRY_COMPARE(world.callsOf("write"), 2);
        QVERIFY(world.told.last("start", Phase::Done)->replayed);
        QCOMPARE(world.calls[1].attempt, 2);
        waitForTry(world, 3);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.at(0).attempts, 3);
    }

    void aClockThatIsSetAheadWhileItWaitsEndsNoWait()
    {
        EngineWorld world;
        world.start(flow("{times: 2, first: 60s, factor: 2, jitter: none}"));
        world.script("write", {busy()});
        world.send("evt_1");
        QTRY_VERIFY(world.told.last("write", Phase::Waiting));
        world.clock.jump(std::chrono::hours(24));
        world.clock.advance(std::chrono::milliseconds(59'999));
        world.send("evt_2"); // Something that happens meanwhile.
        QTRY_COMPARE(world.told.runs.size(), 1u);
        QCOMPARE(world.callsOf("write"), 2);
        world.clock.advance(std::chrono::milliseconds(1));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 3);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineRetry)
#include "tst_EngineRetry.moc"
