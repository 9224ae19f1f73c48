// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>

using namespace tw;
using namespace tw::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kWrite = R"(  - id: start
    type: fake.trigger
    to: shape
  - id: shape
    type: fake.pure
    to: write
  - id: write
    type: fake.effect
    to: after
  - id: after
    type: fake.effect
)";

constexpr const char *kUpsert = R"(  - id: start
    type: fake.trigger
    to: write
  - id: write
    type: fake.upsert
)";

constexpr const char *kUpsertMany = R"(  - id: start
    type: fake.trigger
    to: write
  - id: write
    type: fake.batch
    stale: skip
    batch: {size: 10, linger: 0s}
)";

constexpr const char *kUnsafe = R"(  - id: start
    type: fake.trigger
    to: write
  - id: write
    type: fake.unsafe
)";

constexpr const char *kTwo = R"(  - id: start
    type: fake.trigger
    to: [left, right]
  - id: left
    type: fake.unsafe
  - id: right
    type: fake.unsafe
)";

Error refusal()
{
    return rejectedError("x.refused", "Amount 12 of \"Ana\" is missing.");
}

ReplayOrder whole(std::int64_t run)
{
    return {run, 0, {}, false, "ana", {}};
}

} // namespace

class tst_EngineReplay final : public QObject
{
    Q_OBJECT

    static LetterRow letterOf(EngineWorld &world)
    {
        const auto rows = world.inJournal<std::vector<LetterRow>>(
            [](Journal &journal) { return journal.desk().letters({}); });
        return rows && !rows->empty() ? rows->front() : LetterRow{};
    }

private Q_SLOTS:
    void aRunKeepsTheVersionItBeganOn()
    {
        EngineWorld world;
        world.start(kWrite);
        world.script("write", {EngineWorld::fails(transientError("x.busy", "Busy."))});
        QCOMPARE(world.send("evt_1"), std::string("first"));
        QTRY_VERIFY(world.told.last("write", StepEvent::Phase::Waiting));
        world.stop();
        // The present version has no step "after".
        world.start(kUnsafe);
        world.calls.clear();
        world.clock.advance(10min);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("after"), 1);
        QCOMPARE(world.send("evt_2"), std::string("first"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("after"), 1);
    }

    void aReplayHasTheKeysOfTheFirstRun()
    {
        EngineWorld world;
        world.start(kWrite);
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        const auto first = world.calls;
        world.calls.clear();
        world.clock.advance(1h);
        QCOMPARE(world.replay(whole(1)), std::string("taken up"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.calls.size(), first.size());
        for (std::size_t at = 0; at < first.size(); ++at) {
            QCOMPARE(world.calls[at].idempotencyKey, first[at].idempotencyKey);
            QCOMPARE(world.calls[at].item, first[at].item);
            QCOMPARE(world.calls[at].seed, first[at].seed);
            QCOMPARE(world.calls[at].runStarted, first[at].runStarted);
            QCOMPARE(world.calls[at].origin, std::int64_t(1));
        }
    }

    void asNewHasOtherKeys()
    {
        EngineWorld world;
        world.start(kWrite);
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        const std::string key = world.calls.back().idempotencyKey;
        world.calls.clear();
        ReplayOrder order = whole(1);
        order.asNew = true;
        QCOMPARE(world.replay(order), std::string("taken up"));
        QVERIFY(world.waitIdle());
        QVERIFY(!world.calls.back().idempotencyKey.empty());
        QVERIFY(world.calls.back().idempotencyKey != key);
    }

    void aKeyThatRanOutIsLookedUpFirst_data()
    {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("it is there: not sent again") << true;
        QTest::newRow("it is not: sent") << false;
    }

    void aKeyThatRanOutIsLookedUpFirst()
    {
        QFETCH(const bool, isThere);
        EngineWorld world;
        world.start(kWrite);
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        world.calls.clear();
        world.clock.advance(24h);
        StepAnswer gone;
        const StepAnswer found = EngineWorld::emits("{\"id\":\"cus_1\"}");
        world.script("write?", {isThere ? found : gone});
        world.script("after?", {isThere ? found : gone});
        world.replay(whole(1));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.lookUps, 2);
        QCOMPARE(world.callsOf("write"), isThere ? 0 : 1);
        QCOMPARE(world.callsOf("after"), isThere ? 0 : 1);
    }

    void whatMustNotHappenTwiceIsNotSentAgain()
    {
        EngineWorld world;
        world.start(kUnsafe);
        world.script("write", {EngineWorld::emits("{\"id\":7}")});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        world.calls.clear();
        world.replay(whole(1));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 0);
        QCOMPARE(jsonText(world.told.last("write", StepEvent::Phase::Done)->outputs.front()),
                 std::string("{\"id\":7}"));
        ReplayOrder order = whole(1);
        order.asNew = true; // A person says that it is to happen again.
        world.replay(order);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
    }

    void anEventIsNotReplayedTwiceAtATime()
    {
        EngineWorld world;
        world.start(kUnsafe);
        world.script("write", {EngineWorld::fails(refusal())});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        const std::int64_t letter = letterOf(world).id;
        world.holdEffects = true;
        world.calls.clear();
        QCOMPARE(world.replay(whole(1)), std::string("taken up"));
        QTRY_COMPARE(world.held.size(), 1u);
        QCOMPARE(world.replay(whole(1)), std::string("store.run_open"));
        QCOMPARE(world.replay({0, letter, {}, false, "ana", {}}), std::string("store.run_open"));
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.replay(whole(1)), std::string("taken up"));
        QVERIFY(world.waitIdle()); // It finds what the first one did.
        QCOMPARE(world.callsOf("write"), 1);
    }

    /// Two records of one event, put aside, sent again together: one after the other, also after a
    /// restart, so that each knows what was done before it.
    void recordsOfOneEventAreSentAgainOneAfterTheOther_data()
    {
        QTest::addColumn<bool>("restart");
        QTest::newRow("while it works") << false;
        QTest::newRow("ordered while nothing ran") << true;
    }

    void recordsOfOneEventAreSentAgainOneAfterTheOther()
    {
        QFETCH(bool, restart);
        EngineWorld world;
        world.start(kTwo);
        world.script("left", {EngineWorld::fails(refusal())});
        world.script("right", {EngineWorld::fails(refusal())});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.size(), 2u);
        world.holdEffects = true;
        world.calls.clear();
        if (restart) {
            for (const std::int64_t letter : {1, 2}) {
                QVERIFY(world.inJournal<AcceptedRun>([letter](Journal &journal) {
                    return journal.desk().replay({0, letter, {}, false, "ana", {}});
                }));
            }
            world.stop();
            world.start(kTwo);
        } else {
            QCOMPARE(world.replay({0, 1, {}, false, "ana", {}}), std::string("taken up"));
            QCOMPARE(world.replay({0, 2, {}, false, "ana", {}}), std::string("taken up"));
        }
        QTRY_COMPARE(world.held.size(), 1u);
        QVERIFY(world.inJournal<bool>([](Journal &) -> Result<bool> { return true; }));
        QCOMPARE(world.held.size(), 1u);
        world.answerHeld(EngineWorld::emits("{}"));
        QTRY_COMPARE(world.held.size(), 1u);
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("left") + world.callsOf("right"), 2);
    }

    void aLetterIsSentAgainFromItsStepWithTheEditedInput()
    {
        EngineWorld world;
        world.start(kWrite);
        world.script("write", {EngineWorld::fails(refusal())});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        const std::string key = world.calls.back().idempotencyKey;
        const LetterRow letter = letterOf(world);
        QCOMPARE(letter.letter.cause,
                 std::string("write: x.refused: Amount # of \"…\" is missing."));
        LetterChange edit;
        edit.id = letter.id;
        edit.edited = "{\"amount\":2}";
        QVERIFY(world.inJournal<bool>([edit](Journal &journal) -> Result<bool> {
            auto changed = journal.desk().change(edit);
            return changed ? Result<bool>(true) : Result<bool>(changed.error());
        }));
        world.calls.clear();
        QCOMPARE(world.replay({0, letter.id, {}, false, "ana", {}}), std::string("taken up"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("shape"), 0);
        QCOMPARE(world.callsOf("write"), 1);
        QCOMPARE(jsonText(world.calls.front().input), std::string("{\"amount\":2}"));
        QCOMPARE(jsonText(world.calls.front().event), std::string("{\"amount\":1099}"));
        QCOMPARE(world.calls.front().idempotencyKey, key);
        QCOMPARE(world.callsOf("after"), 1);
        QVERIFY(letterOf(world).status == LetterStatus::Resolved);
    }

    void aReplayGoesThroughAHeldKeyAndReleasesIt()
    {
        EngineWorld world;
        world.order = "order: {after_failure: hold}\n";
        world.start(kUpsert);
        world.script("write", {EngineWorld::fails(refusal())});
        world.send("evt_1", "{\"n\":1}", "ch_1");
        QTRY_COMPARE(world.told.letters.size(), 1u);
        world.send("evt_2", "{\"n\":2}", "ch_1");
        QCOMPARE(world.callsOf("write"), 1);
        QCOMPARE(world.replay({0, letterOf(world).id, {}, false, "ana", {}}),
                 std::string("taken up"));
        QTRY_COMPARE(world.told.runs.size(), 3u);
        QCOMPARE(jsonText(world.calls.at(1).input), std::string("{\"n\":1}"));
        QCOMPARE(jsonText(world.calls.at(2).input), std::string("{\"n\":2}"));
    }

    void aReplaySurvivesARestart()
    {
        EngineWorld world;
        world.start(kWrite);
        world.script("write", {EngineWorld::fails(refusal())});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        const std::int64_t letter = letterOf(world).id;
        QVERIFY(world.inJournal<AcceptedRun>([letter](Journal &journal) {
            return journal.desk().replay({0, letter, {}, false, "ana", {}});
        }));
        world.stop();
        world.calls.clear();
        world.start(kWrite);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("shape"), 0);
        QCOMPARE(world.callsOf("write"), 1);
        QCOMPARE(world.callsOf("after"), 1);
    }

    void aStepThatIsGoneMakesALetter()
    {
        EngineWorld world;
        world.start(kWrite);
        world.script("after", {EngineWorld::fails(refusal())});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        world.stop();
        world.start(kUnsafe);
        const LetterRow letter = letterOf(world);
        const std::string present = world.engine->flows().front()->version();
        world.replay({0, letter.id, present, false, "ana", {}});
        QTRY_COMPARE(world.told.letters.size(), 2u);
        QCOMPARE(world.told.letters.back().error.code, std::string("engine.no_step"));
    }

    void anOlderEventDoesNotOverwriteWhatANewerOneWrote_data()
    {
        QTest::addColumn<QString>("steps");
        QTest::newRow("one by one") << kUpsert;
        QTest::newRow("in calls of many") << kUpsertMany;
    }

    void anOlderEventDoesNotOverwriteWhatANewerOneWrote()
    {
        QFETCH(const QString, steps);
        EngineWorld world;
        world.start(steps.toStdString());
        world.created = world.clock.now();
        world.send("evt_new", "{\"state\":\"refunded\"}", "ch_1");
        QVERIFY(world.waitIdle());
        world.created = world.clock.now() + -5s;
        world.send("evt_old", "{\"state\":\"paid\"}", "ch_1");
        world.send("evt_other", "{\"state\":\"paid\"}", "ch_2");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
        QCOMPARE(jsonText(world.calls.at(1).event), std::string("{\"state\":\"paid\"}"));
        const StepEvent *dropped = world.told.last("write", StepEvent::Phase::Dropped);
        QVERIFY(dropped);
        QCOMPARE(dropped->note, std::string("a newer event of this record was written already"));
    }

    void aRefusedEventLetsAnOlderOneThrough_data()
    {
        QTest::addColumn<bool>("inDoubt");
        QTest::newRow("surely not written") << false;
        QTest::newRow("an attempt before may still land") << true;
    }

    void aRefusedEventLetsAnOlderOneThrough()
    {
        QFETCH(bool, inDoubt);
        EngineWorld world;
        world.start(kUpsert);
        Error cut = transientError("net.reset", "The line was cut.");
        cut.outcomeUnknown = true;
        const StepAnswer refused = EngineWorld::fails(rejectedError("x.invalid", "No such state."));
        world.script("write", inDoubt ? std::vector{EngineWorld::fails(cut), refused}
                                      : std::vector{refused});
        world.created = world.clock.now();
        world.send("evt_new", "{\"state\":\"lost\"}", "ch_1");
        QTRY_COMPARE(world.callsOf("write"), 1);
        if (inDoubt) {
            QTRY_VERIFY(world.told.last("write", StepEvent::Phase::Waiting));
            world.clock.advance(5min);
        }
        QTRY_COMPARE(world.told.letters.size(), 1u);
        world.clock.advance(5min);
        world.created = world.clock.now() + -15min;
        world.send("evt_old", "{\"state\":\"paid\"}", "ch_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
        QCOMPARE(world.told.last("write", StepEvent::Phase::Dropped) != nullptr, inDoubt);
        QCOMPARE(jsonText(world.calls.back().input).find("paid") != std::string::npos, !inDoubt);
    }

    void aCallGoesWithoutTheRecordsThatAreTooOld()
    {
        EngineWorld world;
        world.start(kUpsertMany);
        world.created = world.clock.now();
        world.send("evt_new", "{\"n\":1}", "ch_1");
        QVERIFY(world.waitIdle());
        world.holdEffects = true;
        world.send("evt_busy", "{\"n\":2}", "ch_2"); // Those that follow wait for its end.
        QTRY_COMPARE(world.held.size(), 1u);
        int accepted = 0;
        const auto count = [&accepted](const Result<Acceptance> &result) {
            accepted += result.has_value();
        };
        for (const int number : {3, 4})
            world.sendLater("evt_" + std::to_string(number), count,
                            "{\"n\":" + std::to_string(number) + "}",
                            "ch_" + std::to_string(number));
        world.created = world.clock.now() + -5s;
        world.sendLater("evt_old", count, "{\"n\":5}", "ch_1");
        QTRY_COMPARE(accepted, 3);
        world.holdEffects = false;
        world.answerHeld(EngineWorld::emits("{}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.batchSizes, (std::vector<std::size_t>{1, 1, 2}));
        QCOMPARE(world.callsOf("write"), 4);
        QCOMPARE(world.told.runs.size(), 5u);
    }

    void aStepMayWriteOlderEvents()
    {
        EngineWorld world;
        world.start(std::string(kUpsert) + "    stale: write\n");
        world.created = world.clock.now();
        world.send("evt_new", "{}", "ch_1");
        QVERIFY(world.waitIdle());
        world.created = world.clock.now() + -5s;
        world.send("evt_old", "{}", "ch_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 2);
    }
};

QTEST_GUILESS_MAIN(tst_EngineReplay)
#include "tst_EngineReplay.moc"
