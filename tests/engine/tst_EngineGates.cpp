// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include <QTest>
#include <algorithm>
#include <set>

using namespace std::chrono_literals;

namespace tw::test {

using Phase = StepEvent::Phase;

class tst_EngineGates final : public QObject
{
    Q_OBJECT

    static std::string flow(const std::string &type = "fake.call", const std::string &more = {})
    {
        return "  - id: start\n    type: fake.trigger\n    to: write\n"
               "  - id: write\n    type: " + type + "\n    connection: a\n" + more;
    }
    static const char *twoWays()
    {
        return "  - id: start\n    type: fake.trigger\n    to: pick\n"
               "  - id: pick\n    type: filter\n    with: {condition: to = \"a\"}\n"
               "    to: {pass: slow, skip: fast}\n"
               "  - id: slow\n    type: fake.call\n    connection: a\n"
               "  - id: fast\n    type: fake.call\n    connection: b\n";
    }
    static void sendMany(EngineWorld &world, int from, int to, const std::string &body = "{}")
    {
        int accepted = 0;
        for (int number = from; number < to; ++number)
            world.sendLater(
                "evt_" + std::to_string(number),
                [&accepted](const Result<Acceptance> &result) { accepted += result.has_value(); },
                body, "ch_" + std::to_string(number));
        QTRY_COMPARE_WITH_TIMEOUT(accepted, to - from, 20'000);
    }
    /// Virtual time goes on in steps, with real moments for the journal between them.
    template <typename Until>
    static bool pass(EngineWorld &world, std::chrono::milliseconds span,
                     std::chrono::milliseconds step, Until until)
    {
        const Instant end = world.clock.now() + span;
        while (world.clock.now() < end && !until()) {
            QTest::qWait(2);
            world.clock.advance(step);
        }
        QTest::qWait(20);
        return until();
    }
    static bool allDone(const EngineWorld &world, std::size_t runs)
    {
        return world.told.runs.size() == runs
            && std::all_of(world.told.runs.begin(), world.told.runs.end(), [](const auto &run) {
                   return run.outcome == RunOutcome::Done;
               });
    }
    static StepAnswer down() { return EngineWorld::fails(transientError("net.timeout", "No answer.")); }
    static StepAnswer ok() { return EngineWorld::emits("{}"); }
    static StepAnswer tooMany(std::chrono::milliseconds wait)
    {
        Error error = transientError("crm.busy", "Slow down.");
        error.cause = ErrorCause::RateLimit;
        error.retryAfter = wait;
        return EngineWorld::fails(error);
    }

private Q_SLOTS:
    void anOutageMakesNoStormAndLosesNothing_data()
    {
        QTest::addColumn<QString>("type");
        QTest::newRow("one by one") << "fake.call";
        QTest::newRow("in batches") << "fake.many";
    }

    void anOutageMakesNoStormAndLosesNothing()
    {
        QFETCH(QString, type);
        EngineWorld world;
        world.limits["a"].concurrency = 10;
        bool isDown = true;
        world.world = [&isDown](const StepCall &) { return isDown ? down() : ok(); };
        world.start(flow(type.toStdString()));
        sendMany(world, 0, 300);
        pass(world, 1h, 5s, [] { return false; });
        const auto calls = world.engine->counts().calls;
        QVERIFY2(calls <= 60, std::to_string(calls).c_str());
        QVERIFY(calls >= 15); // Somebody looked each five minutes at most.
        QVERIFY(world.told.letters.empty());
        QVERIFY(world.engine->gates().at(0).state != GateState::Closed);
        QVERIFY(!world.engine->isIdle());
        isDown = false;
        QVERIFY(pass(world, 30min, 1s, [&] { return world.told.runs.size() == 300; }));
        QVERIFY(allDone(world, 300));
        QVERIFY(world.told.gates.back().state == GateState::Closed);
    }

    void anOutageIsAWarningAndAPauseIsNot()
    {
        EngineWorld world;
        bool isDown = true;
        world.world = [&isDown](const StepCall &) { return isDown ? down() : ok(); };
        world.start(flow());
        QTest::ignoreMessage(QtWarningMsg, "connection a: held, No answer.");
        sendMany(world, 0, 20);
        QVERIFY(pass(world, 10min, 1s, [&] {
            return world.engine->gates().at(0).cause == GateCause::Outage;
        }));
        isDown = false;
        QTest::ignoreMessage(QtInfoMsg, "connection a: flowing");
        QVERIFY(pass(world, 30min, 1s, [&] { return world.told.runs.size() == 20; }));
        QTest::ignoreMessage(QtInfoMsg, "connection a: held, moving house");
        world.engine->pauseConnection("a", "ana", "moving house", [](const Result<void> &) {});
        QTRY_VERIFY(world.told.gates.back().state == GateState::Paused);
    }

    void aQuietOutageLosesNothing()
    {
        EngineWorld world;
        const Instant end = world.clock.now() + 1h;
        world.world = [&](const StepCall &) { return world.clock.now() < end ? down() : ok(); };
        world.start(flow());
        for (int minute = 0; minute < 20; ++minute) {
            sendMany(world, minute, minute + 1);
            pass(world, 5min, 10s, [] { return false; });
        }
        QVERIFY(pass(world, 30min, 10s, [&] { return world.told.runs.size() == 20; }));
        QVERIFY(allDone(world, 20));
        QVERIFY(world.told.letters.empty());
    }

    void oneCallLooksAndTheOthersWait()
    {
        EngineWorld world;
        world.world = [](const StepCall &) { return down(); };
        world.start(flow());
        sendMany(world, 0, 50);
        QTRY_VERIFY(world.engine->gates().at(0).state == GateState::Open);
        QTest::qWait(50);
        world.holdEffects = true;
        const auto before = world.calls.size();
        for (int second = 0; second < 20; ++second) {
            world.clock.advance(1s);
            QTest::qWait(5);
        }
        QCOMPARE(world.calls.size(), before + 1);
        QCOMPARE(world.held.size(), 1u);
        world.holdEffects = false;
        world.world = {};
        world.answerHeld(ok());
        QVERIFY(pass(world, 20min, 1s, [&] { return world.told.runs.size() == 50; }));
    }

    /// A record that breaks the other side each time must not keep the others back for ever.
    void aPoisonousRecordIsFoundOut()
    {
        EngineWorld world;
        world.world = [](const StepCall &call) {
            return call.input->root().get("bad").isUndefined() ? ok() : down();
        };
        world.start(flow());
        sendMany(world, 0, 1, "{\"bad\":1}");
        pass(world, 10s, 500ms, [] { return false; });
        sendMany(world, 1, 30);
        QVERIFY(pass(world, 10min, 1s, [&] { return world.told.runs.size() >= 29; }));
        QVERIFY(pass(world, 25h, 30s, [&] { return world.told.letters.size() == 1; }));
        QCOMPARE(world.told.letters[0].input, std::string("{\"bad\":1}"));
    }

    void oneDestinationDoesNotSlowAnother_data()
    {
        QTest::addColumn<bool>("isPaused");
        QTest::newRow("one is paused") << true;
        QTest::newRow("one does not answer") << false;
    }

    void oneDestinationDoesNotSlowAnother()
    {
        QFETCH(bool, isPaused);
        EngineLimits limits;
        limits.activeRuns = 40;
        EngineWorld world(limits);
        world.start(twoWays());
        if (isPaused)
            world.engine->pauseConnection("a", "anna", "year end", [](const auto &) {});
        else
            world.holdEffects = true;
        sendMany(world, 0, 500, "{\"to\":\"a\"}");
        QTest::qWait(200);
        QVERIFY(world.engine->activeRuns() <= 30);
        const std::size_t stuck = world.held.size();
        sendMany(world, 500, 700, "{\"to\":\"b\"}");
        const auto answerNew = [&] {
            while (world.held.size() > stuck) {
                auto reply = std::move(world.held.back());
                world.held.pop_back();
                reply->drop("done");
            }
            return world.told.runs.size() == 200;
        };
        QVERIFY(QTest::qWaitFor(answerNew, 10'000));
        QCOMPARE(world.callsOf("fast"), 200);
        QVERIFY(world.engine->activeRuns() <= 40);
        if (isPaused)
            QCOMPARE(world.callsOf("slow"), 0);
    }

    void aPausedConnectionHoldsItsQueueOverRestarts()
    {
        EngineLimits limits;
        limits.activeRuns = 20;
        EngineWorld world(limits);
        world.limits["a"].concurrency = 1;
        world.start(flow());
        bool isKept = false;
        world.engine->pauseConnection("a", "anna", "year end",
                                      [&](const Result<void> &result) { isKept = result.has_value(); });
        QTRY_VERIFY(isKept);
        for (int number = 0; number < 100; ++number)
            QCOMPARE(world.send("evt_" + std::to_string(number),
                                "{\"n\":" + std::to_string(number) + "}", "ch_1"),
                     std::string("first"));
        for (int number = 100; number < 200; ++number)
            QCOMPARE(world.send("evt_" + std::to_string(number),
                                "{\"n\":" + std::to_string(number) + "}"),
                     std::string("first"));
        for (int restart = 0; restart < 3; ++restart) {
            world.clock.advance(10h);
            QTest::qWait(50);
            QVERIFY(world.engine->activeRuns() <= 20);
            QCOMPARE(world.calls.size(), 0u);
            world.stop();
            world.start(flow());
        }
        QTRY_COMPARE(world.engine->gates().at(0).queued, 101u); // Of one key, the first.
        const GateStatus status = world.engine->gates().at(0);
        QVERIFY(status.state == GateState::Paused && status.cause == GateCause::Person);
        QCOMPARE(status.by, std::string("anna"));
        QCOMPARE(status.why, std::string("year end"));
        world.engine->resumeConnection("a", "anna", [](const auto &) {});
        QTRY_COMPARE_WITH_TIMEOUT(world.told.runs.size(), 200u, 60'000);
        std::vector<std::int64_t> ofOneKey;
        std::vector<std::int64_t> ofOthers;
        for (const StepCall &call : world.calls)
            (*call.input->root().get("n").toInt() < 100 ? ofOneKey : ofOthers).push_back(call.run);
        QCOMPARE(ofOneKey.size(), 100u);
        QVERIFY(std::is_sorted(ofOneKey.begin(), ofOneKey.end()));
        QVERIFY(std::is_sorted(ofOthers.begin(), ofOthers.end()));
        QCOMPARE(world.engine->gates().at(0).queued, 0u);
    }

    void aRefusedSignInWaitsForSomebody_data()
    {
        QTest::addColumn<QString>("type");
        QTest::newRow("one by one") << "fake.call";
        QTest::newRow("in batches") << "fake.many";
    }

    void aRefusedSignInWaitsForSomebody()
    {
        QFETCH(QString, type);
        EngineWorld world;
        bool isOut = true;
        world.world = [&isOut](const StepCall &) {
            return isOut ? EngineWorld::fails(authError("crm.login", "The secret has expired."))
                         : ok();
        };
        world.start(flow(type.toStdString(), "    retry: {times: 1}\n"));
        sendMany(world, 0, 40);
        pass(world, 72h, 10min, [] { return false; });
        QVERIFY(world.told.letters.empty());
        QVERIFY(world.engine->counts().calls < 500); // At most one in seven minutes, and the first.
        QVERIFY(world.told.gates.at(0).cause == GateCause::SignIn);
        QCOMPARE(world.told.gates.at(0).why, std::string("The secret has expired."));
        world.stop();
        world.start(flow(type.toStdString(), "    retry: {times: 1}\n"));
        QVERIFY(world.engine->gates().at(0).cause == GateCause::SignIn);
        isOut = false;
        world.engine->resumeConnection("a", "anna", [](const auto &) {});
        QVERIFY(pass(world, 5min, 1s, [&] { return world.told.runs.size() == 40; }));
        QVERIFY(allDone(world, 40));
    }

    void theDaysReserveIsNotTouched()
    {
        EngineWorld world;
        world.limits["a"].dailyReserve = 0.2;
        world.limits["a"].concurrency = 4;
        std::int64_t used = 0;
        std::int64_t most = 0;
        world.start(flow());
        auto connection = world.connection("a");
        connection->reports = true;
        world.world = [&](const StepCall &) {
            most = std::max(most, ++used);
            connection->tell({CallReport::Health::Fine, {}, {}, CallReport::Day{used, 1000}, {}});
            return ok();
        };
        sendMany(world, 0, 900);
        QTRY_VERIFY_WITH_TIMEOUT(world.engine->gates().at(0).cause == GateCause::DayBudget, 60'000);
        pass(world, 12h, 5min, [] { return false; });
        QVERIFY2(most <= 800 && most >= 750, std::to_string(most).c_str());
        QVERIFY(world.engine->gates().at(0).cause == GateCause::DayBudget);
        used = 0; // The other side's day is over.
        QVERIFY(pass(world, 2h, 10s, [&] { return world.told.runs.size() == 900; }));
        QVERIFY(allDone(world, 900));
        connection.reset();
    }

    void theWaitThatWasAskedForHoldsOverRestarts()
    {
        EngineWorld world;
        world.limits["a"].concurrency = 4;
        Instant notBefore;
        int violations = 0;
        int answers = 0;
        std::set<std::int64_t> done;
        world.world = [&](const StepCall &call) {
            violations += world.clock.now() < notBefore;
            if (++answers % 7 != 0) {
                done.insert(call.run);
                return ok();
            }
            notBefore = world.clock.now() + 30s;
            return tooMany(30s);
        };
        world.start(flow("fake.call", "    retry: {times: 2}\n"));
        sendMany(world, 0, 120);
        for (int restart = 0; restart < 20; ++restart) {
            pass(world, 7s, 1s, [] { return false; });
            world.stop();
            world.start(flow("fake.call", "    retry: {times: 2}\n"));
        }
        QVERIFY(pass(world, 3h, 1s, [&] { return world.engine->isIdle(); }));
        QCOMPARE(violations, 0);
        QVERIFY(world.told.letters.empty());
        QCOMPARE(done.size(), 120u);
    }

    void attemptsSpreadAndGrow()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.world = [](const StepCall &) { return down(); };
        sendMany(world, 0, 200);
        QVERIFY(pass(world, 2min, 100ms, [&] { return world.told.runs.size() == 200; }));
        double earlier = 0;
        for (int attempt = 1; attempt <= 4; ++attempt) {
            std::vector<double> gaps;
            for (const StepEvent &event : world.told.steps) {
                if (event.phase == Phase::Waiting && event.attempt == attempt)
                    gaps.push_back(static_cast<double>((*event.retryAt - event.at).count()));
            }
            QCOMPARE(gaps.size(), 200u);
            std::sort(gaps.begin(), gaps.end());
            QVERIFY(gaps[189] >= 1.5 * gaps[10]);
            QVERIFY(gaps[100] > earlier);
            earlier = gaps[100];
        }
    }

    void tenTimesTheRateIsWorkedOffInBoundedMemory()
    {
        EngineLimits limits;
        limits.activeRuns = 50;
        EngineWorld world(limits);
        world.limits["a"].rates = {{{}, 10, 0}};
        world.start(flow());
        std::map<std::int64_t, int> inTenSeconds;
        world.world = [&](const StepCall &) {
            ++inTenSeconds[world.clock.now().seconds() / 10];
            return ok();
        };
        std::size_t most = 0;
        for (int second = 0; second < 20; ++second) {
            sendMany(world, second * 100, second * 100 + 100);
            most = std::max(most, world.engine->activeRuns());
            world.clock.advance(1s);
        }
        QVERIFY(pass(world, 10min, 100ms, [&] { return world.told.runs.size() == 2000; }));
        QVERIFY2(most <= 50, std::to_string(most).c_str());
        QVERIFY(allDone(world, 2000));
        QVERIFY(inTenSeconds.size() >= 19);
        for (const auto &[tens, calls] : inTenSeconds)
            QVERIFY2(calls <= 130, std::to_string(calls).c_str()); // The clock moves while they leave.
    }

    void aBatchThatIsRefusedAsAWholeGoesOneByOneThroughTheGate()
    {
        EngineWorld world;
        world.limits["a"].concurrency = 2;
        world.start(flow("fake.many", "    batch: {size: 100, linger: 0s}\n    retry: {times: 0}\n"));
        world.engine->pauseConnection("a", "anna", "fill it", [](const auto &) {});
        sendMany(world, 0, 50);
        std::size_t most = 0;
        world.world = [&](const StepCall &) {
            StepAnswer answer = ok();
            if (world.batchSizes.back() > 1)
                answer.kind = StepAnswer::Kind::Alone;
            return answer;
        };
        world.engine->resumeConnection("a", "anna", [](const auto &) {});
        QVERIFY(pass(world, 10min, 1s, [&] {
            most = std::max<std::size_t>(most, static_cast<std::size_t>(
                                                   world.engine->gates().at(0).inFlight));
            return world.told.runs.size() == 50;
        }));
        QVERIFY(allDone(world, 50));
        QVERIFY(most <= 2);
    }

    void refusalsForTheRateCostNoTry()
    {
        EngineWorld world;
        int left = 30;
        world.world = [&left](const StepCall &) { return left-- > 0 ? tooMany(1s) : ok(); };
        world.start(flow("fake.call", "    retry: {times: 1}\n"));
        sendMany(world, 0, 1);
        QVERIFY(pass(world, 12h, 10s, [&] { return world.told.runs.size() == 1; }));
        QVERIFY(allDone(world, 1));
    }

    void nothingLeavesOnceThePauseIsOnDisk()
    {
        EngineWorld world;
        world.start(flow());
        sendMany(world, 0, 200);
        std::size_t calls = 0;
        world.engine->pauseConnection("a", "anna", "year end",
                                      [&](const auto &) { calls = world.calls.size(); });
        const auto before = world.calls.size();
        QTRY_VERIFY(world.engine->gates().at(0).inFlight == 0);
        QTest::qWait(50);
        QCOMPARE(world.calls.size(), before);
        QCOMPARE(calls, before);
        world.stop();
        world.start(flow());
        world.engine->resumeConnection("a", "anna", [](const auto &) {});
        QTRY_VERIFY_WITH_TIMEOUT(world.engine->isIdle(), 60'000);
        QVERIFY(world.told.letters.empty());
        QCOMPARE(world.calls.size(), 200u);
        for (const StepCall &call : world.calls)
            QCOMPARE(call.attempt, 1);
    }

    void aCancelledRunLeavesTheQueue()
    {
        EngineWorld world;
        world.start(flow());
        world.engine->pauseConnection("a", "anna", "year end", [](const auto &) {});
        sendMany(world, 0, 3);
        QTRY_COMPARE(world.engine->gates().at(0).queued, 3u);
        world.engine->cancel(2);
        QTRY_COMPARE(world.engine->gates().at(0).queued, 2u);
        QTRY_COMPARE(world.told.runs.size(), 1u);
        world.engine->resumeConnection("a", "anna", [](const auto &) {});
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
    }

    void aTriggersCallGoesBehindTheStepsThatWait()
    {
        EngineWorld world;
        world.limits["a"].concurrency = 1;
        world.holdEffects = true;
        world.start(flow());
        sendMany(world, 0, 3);
        QTRY_COMPARE(world.held.size(), 1u);
        QObject receiver;
        bool isGone = false;
        world.connection("a")->door().enter(CallGate::Caller::Trigger, "events", &receiver,
                                            [&isGone] { isGone = true; });
        for (int number = 0; number < 3; ++number) {
            QTRY_COMPARE(world.held.size(), 1u);
            QVERIFY(!isGone);
            world.answerHeld(ok());
        }
        QTRY_VERIFY(isGone);
        QCOMPARE(world.engine->gates().at(0).inFlight, 1);
        sendMany(world, 3, 4); // The one place is the trigger's until its answer came.
        world.settle();
        QVERIFY(world.held.empty());
        world.connection("a")->door().ended();
        QTRY_COMPARE(world.held.size(), 1u);
    }

    void aTriggersCallIsNotKeptForEver()
    {
        EngineWorld world;
        world.limits["a"].concurrency = 1;
        world.holdEffects = true;
        world.start(flow());
        sendMany(world, 0, 3);
        QTRY_COMPARE(world.held.size(), 1u);
        QObject receiver;
        bool isGone = false;
        world.connection("a")->door().enter(CallGate::Caller::Trigger, "events", &receiver,
                                            [&isGone] { isGone = true; });
        world.clock.advance(61s);
        world.settle();
        QVERIFY(!isGone); // No place is free.
        world.answerHeld(ok());
        QTRY_COMPARE(world.held.size(), 1u);
        world.answerHeld(ok());
        QTRY_COMPARE(world.held.size(), 1u);
        world.answerHeld(ok());
        QTRY_VERIFY(isGone);
    }

    void whoIsGoneTakesNoPlace()
    {
        EngineWorld world;
        world.start(flow());
        world.engine->pauseConnection("a", "anna", "year end", [](const auto &) {});
        auto receiver = std::make_unique<QObject>();
        bool isGone = false;
        world.connection("a")->door().enter(CallGate::Caller::Trigger, {}, receiver.get(),
                                            [&isGone] { isGone = true; });
        receiver.reset();
        world.engine->resumeConnection("a", "anna", [](const auto &) {});
        world.settle();
        QVERIFY(!isGone);
        QCOMPARE(world.engine->gates().at(0).inFlight, 0);
    }

    void aFurtherCallOfAStepWaitsForItsTurnAndNotForAnOutage()
    {
        EngineWorld world;
        world.limits["a"].rates = {{{}, 1, 1}};
        world.start(flow());
        world.connection("a")->reports = true;
        QObject receiver;
        int gone = 0;
        const auto further = [&] {
            world.connection("a")->door().enter(CallGate::Caller::Step, {}, &receiver,
                                                [&gone] { ++gone; });
        };
        further();
        further();
        QCOMPARE(gone, 1); // One a second.
        world.settle();
        world.clock.advance(1s);
        QTRY_COMPARE(gone, 2);
        CallReport out;
        out.health = CallReport::Health::SignedOut;
        world.connection("a")->tell(out);
        world.settle();
        QVERIFY(world.engine->gates().at(0).state != GateState::Closed);
        world.clock.advance(1s);
        further();
        QTRY_COMPARE(gone, 3);
        QCOMPARE(world.engine->gates().at(0).inFlight, 0);
    }

    void readsAreCountedOverARestart()
    {
        EngineWorld world;
        world.start(flow());
        for (int number = 0; number < 3; ++number)
            world.connection("a")->reads(world.clock.now());
        world.connection("a")->tell({});
        world.settle();
        world.clock.advance(2s);
        world.settle();
        world.stop();
        world.start(flow());
        QCOMPARE(world.engine->gates().at(0).readsThisMonth, 3u);
        world.connection("a")->reads(world.clock.now());
        QCOMPARE(world.engine->gates().at(0).readsThisMonth, 4u);
    }

    void onlyConnectionsOfRunningFlowsCanBePaused()
    {
        EngineWorld world;
        world.start(flow());
        std::string code;
        world.engine->pauseConnection("c", "anna", "", [&](const Result<void> &result) {
            code = result ? std::string() : result.error().code;
        });
        QCOMPARE(code, std::string("engine.no_connection"));
        QCOMPARE(world.engine->gates().size(), 1u);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineGates)
#include "tst_EngineGates.moc"
