// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"

#include <QTest>

using namespace tw;
using namespace tw::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kAsk = R"(  - id: start
    type: fake.trigger
    to: ask
  - id: ask
    type: fake.ask
    to: {out: write, second: other}
  - id: write
    type: fake.effect
  - id: other
    type: fake.effect
)";

Question question(std::chrono::milliseconds timeout = 0ms, const std::string &cause = {})
{
    Question question;
    question.text = "Which account?";
    question.owner = "sales";
    question.timeout = timeout;
    question.timeoutExit = "second";
    question.cause = cause;
    return question;
}

} // namespace

class tst_EngineReviews final : public QObject
{
    Q_OBJECT

    static ReviewRow reviewOf(EngineWorld &world)
    {
        const auto rows = world.inJournal<std::vector<ReviewRow>>(
            [](Journal &journal) { return journal.desk().reviews({}); });
        return rows && !rows->empty() ? rows->front() : ReviewRow{};
    }

    static void decide(EngineWorld &world, const std::string &exit, const std::string &answer = {},
                       bool remember = false)
    {
        ReviewDecision decision;
        decision.review = reviewOf(world).id;
        decision.exit = exit;
        decision.answer = answer;
        decision.by = "ana";
        decision.remember = remember;
        const auto run = world.inJournal<std::int64_t>(
            [decision](Journal &journal) { return journal.desk().decide(decision); });
        QVERIFY(run);
        world.engine->answered(*run);
    }

private Q_SLOTS:
    void theItemWaitsAndGoesOnWithTheAnswer()
    {
        EngineWorld world;
        world.start(kAsk);
        world.script("ask", {EngineWorld::asks(question())});
        world.send("evt_1");
        QTRY_COMPARE(reviewOf(world).review.question, std::string("Which account?"));
        QCOMPARE(reviewOf(world).review.owner, std::string("sales"));
        QCOMPARE(world.callsOf("write"), 0);
        decide(world, "out", "{\"account\":2}");
        QTRY_COMPARE(world.callsOf("write"), 1);
        QCOMPARE(jsonText(world.calls.back().input), std::string("{\"account\":2}"));
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.last("ask", StepEvent::Phase::Done)->note, std::string("out by ana"));
    }

    void theQuestionIsNotAskedAgainAfterARestart()
    {
        EngineWorld world;
        world.start(kAsk);
        world.script("ask", {EngineWorld::asks(question())});
        world.send("evt_1");
        QTRY_VERIFY(reviewOf(world).id > 0);
        world.stop();
        world.start(kAsk);
        QTRY_COMPARE(world.engine->openRuns(), 1u);
        QCOMPARE(world.callsOf("ask"), 1);
        decide(world, "second");
        QTRY_COMPARE(world.callsOf("other"), 1);
        QCOMPARE(world.callsOf("ask"), 1);
        QVERIFY(world.waitIdle());
    }

    void anAnswerGivenWhileTheRunnerWasDownCounts()
    {
        EngineWorld world;
        world.start(kAsk);
        world.script("ask", {EngineWorld::asks(question())});
        world.send("evt_1");
        QTRY_VERIFY(reviewOf(world).id > 0);
        ReviewDecision decision;
        decision.review = reviewOf(world).id;
        decision.exit = "out";
        QVERIFY(world.inJournal<std::int64_t>(
            [decision](Journal &journal) { return journal.desk().decide(decision); }));
        world.stop();
        world.start(kAsk);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
        world.stop();
        world.start(kAsk); // And it is not done a second time.
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("write"), 1);
    }

    void whenTheTimeIsOverItLeavesByTheDeclaredExit()
    {
        EngineWorld world;
        world.start(kAsk);
        world.script("ask", {EngineWorld::asks(question(1h))});
        world.send("evt_1");
        QTRY_VERIFY(reviewOf(world).id > 0);
        world.stop();
        world.start(kAsk);
        QTRY_VERIFY(world.clock.hasPending());
        world.clock.advance(59min);
        QTest::qWait(20);
        QCOMPARE(world.callsOf("other"), 0);
        world.clock.advance(2min);
        QTRY_COMPARE(world.callsOf("other"), 1);
        QVERIFY(world.waitIdle());
        QVERIFY(reviewOf(world).status == ReviewStatus::TimedOut);
    }

    void aRememberedDecisionAnswersTheNextQuestion()
    {
        EngineWorld world;
        world.start(kAsk);
        const auto asks = [](const std::string &cause, const char *proposal) {
            Question one = question(0ms, cause);
            one.proposal = share(std::move(*parseJson(proposal)));
            return EngineWorld::asks(one);
        };
        world.script("ask", {asks("ana@example.com", "{\"order\":1}"),
                             asks("ana@example.com", "{\"order\":2}"),
                             asks("bob@example.com", "{\"order\":3}")});
        world.send("evt_1");
        QTRY_VERIFY(reviewOf(world).id > 0);
        decide(world, "out", "{\"order\":1}", true);
        QTRY_COMPARE(world.callsOf("write"), 1);
        world.send("evt_2");
        QTRY_COMPARE(world.callsOf("write"), 2); // The way is remembered, not the record.
        QCOMPARE(jsonText(world.calls.back().input), std::string("{\"order\":2}"));
        world.send("evt_3");
        QTRY_COMPARE(reviewOf(world).id, std::int64_t(2));
        QCOMPARE(world.callsOf("write"), 2);
    }

    void aParkedRunLeavesTheMemoryAndHoldsItsKey()
    {
        EngineWorld world;
        world.start(kAsk);
        world.script("ask", {EngineWorld::asks(question())});
        world.send("evt_1", "{}", "ch_1");
        QTRY_VERIFY(reviewOf(world).id > 0);
        QTRY_COMPARE(world.engine->activeRuns(), 0u);
        world.send("evt_2", "{}", "ch_1");
        QCOMPARE(world.callsOf("ask"), 1); // Its turn comes after the answer.
        decide(world, "out");
        QTRY_COMPARE(world.callsOf("ask"), 2);
        QVERIFY(world.waitIdle());
    }
};

QTEST_GUILESS_MAIN(tst_EngineReviews)
#include "tst_EngineReviews.moc"
