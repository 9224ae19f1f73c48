// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/ops/Desk.h"
#include "core/ops/Escalation.h"
#include "core/ops/Metrics.h"
#include "tests/engine/EngineWorld.h"

#include <QTest>

using namespace tw;
using namespace tw::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kWrite = R"(  - id: start
    type: fake.trigger
    to: write
  - id: write
    type: fake.effect
)";

constexpr const char *kAsk = R"(  - id: start
    type: fake.trigger
    to: ask
  - id: ask
    type: fake.ask
)";

} // namespace

/// What waits too long is given to somebody else, once; what happens is counted.
class tst_Escalation final : public QObject
{
    Q_OBJECT

    using Told = std::vector<std::pair<std::string, std::string>>;

    static std::unique_ptr<ops::Escalation> watch(EngineWorld &world, Told &told)
    {
        FlowFailures policy;
        policy.owner = "finance";
        policy.escalateAfter = 8h;
        policy.escalateTo = "head of finance";
        return std::make_unique<ops::Escalation>(
            *world.engine, world.clock, std::map<std::string, FlowFailures>{{"payments", policy}},
            [&told](const std::string &what, const std::string &to) { told.emplace_back(what, to); });
    }

    static int auditEntries(EngineWorld &world)
    {
        const auto entries = world.inJournal<std::vector<AuditEntry>>(
            [](Journal &journal) { return journal.desk().auditLog(0, 100); });
        return entries ? static_cast<int>(entries->size()) : -1;
    }

    static void decide(EngineWorld &world, const std::string &action, const std::string &arguments)
    {
        const ops::DeskCall call{action, share(std::move(*parseJson(arguments))), "ana",
                                 world.clock.now()};
        const auto done = world.inJournal<ops::DeskOutcome>(
            [call](Journal &journal) { return ops::performDesk(journal, call); });
        QVERIFY2(done, done ? "" : done.error().message.c_str());
    }

private Q_SLOTS:
    void aLetterThatNobodyLookedAtIsGivenAwayOnce()
    {
        EngineWorld world;
        world.order = "failures: {owner: finance, due: 4h}\n";
        world.start(kWrite);
        Told told;
        const auto escalation = watch(world, told);
        world.script("write", {EngineWorld::fails(rejectedError("x.refused", "No."))});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        world.clock.advance(7h);
        escalation->look();
        QCOMPARE(auditEntries(world), 0); // A round behind the look.
        QVERIFY(told.empty());
        world.clock.advance(2h);
        escalation->look();
        QTRY_COMPARE(told.size(), 1u);
        QCOMPARE(told.front().first, std::string("dead letter 1"));
        escalation->look();
        QCOMPARE(auditEntries(world), 1);
        const auto letters = world.inJournal<std::vector<LetterRow>>(
            [](Journal &journal) { return journal.desk().letters({}); });
        QCOMPARE(letters->front().letter.owner, std::string("head of finance"));
        QVERIFY(letters->front().escalated);
        QCOMPARE(told.size(), 1u);
    }

    void aReviewIsGivenToWhomItsStepNames()
    {
        EngineWorld world;
        world.start(kAsk);
        Told told;
        const auto escalation = watch(world, told);
        Question question;
        question.text = "Which?";
        question.owner = "sales";
        question.escalateAfter = 1h;
        question.escalateTo = "head of sales";
        world.script("ask", {EngineWorld::asks(question)});
        world.send("evt_1");
        QTRY_COMPARE(world.engine->activeRuns(), 0u);
        world.clock.advance(61min);
        escalation->look();
        QTRY_COMPARE(told.size(), 1u);
        QCOMPARE(told.front().second, std::string("head of sales"));
    }

    /// Who is given something gets as long as the flow gives, from then or from the time that was set.
    void whatIsAssignedIsEscalatedAnew_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<int>("notBefore"); // Hours after the letter was kept.
        QTest::newRow("to somebody") << R"({"id":1,"owner":"bob"})" << 14;
        QTest::newRow("with a time") << R"({"id":1,"owner":"bob","due":"2h"})" << 16;
        QTest::newRow("more time") << R"({"id":1,"due":"3h"})" << 17;
    }

    void whatIsAssignedIsEscalatedAnew()
    {
        QFETCH(QString, arguments);
        QFETCH(int, notBefore);
        EngineWorld world;
        world.order = "failures: {owner: finance}\n";
        world.start(kWrite);
        Told told;
        const auto escalation = watch(world, told);
        world.script("write", {EngineWorld::fails(rejectedError("x.refused", "No."))});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        world.clock.advance(7h);
        decide(world, "letters.assign", arguments.toStdString());
        const auto lookAt = [&](std::chrono::milliseconds since) {
            world.clock.advance(since);
            escalation->look();
            (void)auditEntries(world); // Rounds behind it.
            (void)auditEntries(world);
        };
        lookAt(std::chrono::hours(notBefore) - 7h - 1min);
        QCOMPARE(told.size(), 0u);
        lookAt(2h);
        QTRY_COMPARE(told.size(), 1u);
    }

    void anAssignedReviewIsEscalatedAnew()
    {
        EngineWorld world;
        world.start(kAsk);
        Told told;
        const auto escalation = watch(world, told);
        Question question;
        question.text = "Which?";
        question.escalateAfter = 1h;
        question.escalateTo = "boss";
        world.script("ask", {EngineWorld::asks(question)});
        world.send("evt_1");
        QTRY_COMPARE(world.engine->activeRuns(), 0u);
        world.clock.advance(50min);
        decide(world, "reviews.assign", R"({"id":1,"owner":"bob","due":"4h"})");
        world.clock.advance(3h);
        escalation->look();
        (void)auditEntries(world);
        QCOMPARE(auditEntries(world), 1); // The assignment alone.
        QVERIFY(told.empty());
        decide(world, "reviews.assign", R"({"id":1,"owner":"ana"})");
        world.clock.advance(61min);
        escalation->look();
        QTRY_COMPARE(told.size(), 1u);
    }

    void whatIsDueSoonIsLookedAtThen()
    {
        EngineWorld world;
        world.start(kAsk);
        Told told;
        const auto escalation = watch(world, told);
        world.clock.advance(1s); // It has seen that there is nothing.
        QCOMPARE(auditEntries(world), 0);
        Question question;
        question.text = "Which?";
        question.escalateAfter = 8s;
        question.escalateTo = "boss";
        world.script("ask", {EngineWorld::asks(question)});
        world.send("evt_1");
        QTRY_VERIFY(world.told.last("ask", StepEvent::Phase::Waiting));
        const Instant asked = world.clock.now();
        ops::WaitBell bell(world.told);
        bell.wakes(*escalation);
        StepEvent step;
        step.phase = StepEvent::Phase::Waiting;
        bell.stepChanged(step);
        while (told.empty() && world.clock.now() < asked + 20s) {
            world.clock.advance(500ms);
            (void)auditEntries(world);
            (void)auditEntries(world);
        }
        QCOMPARE(told.size(), 1u);
        QVERIFY((world.clock.now() - asked) <= 9s);
    }

    void theBellPassesEverythingOn()
    {
        test::Told next;
        ops::WaitBell bell(next);
        bell.eventAccepted("f", "t", {}, 1, Acceptance::First);
        bell.stepChanged({});
        bell.deadLettered({});
        bell.runFinished({});
        bell.connectionChanged({});
        bell.idle();
        QCOMPARE(next.accepted.size() + next.steps.size() + next.letters.size() + next.runs.size()
                     + next.gates.size(),
                 5u);
        QCOMPARE(next.idles, 1);
    }

    void runsBehindAFailedOneAreCounted()
    {
        EngineWorld world;
        world.order = "order: {after_failure: hold}\n";
        world.start(kWrite);
        world.script("write", {EngineWorld::fails(rejectedError("x.refused", "No."))});
        world.send("evt_1", "{}", "ch_1");
        QTRY_COMPARE(world.told.letters.size(), 1u);
        world.send("evt_2", "{}", "ch_1");
        world.send("evt_3", "{}", "ch_1");
        world.send("evt_4", "{}", "ch_2");
        QTRY_COMPARE(world.told.runs.size(), 2u);
        QCOMPARE(world.engine->runsHeld(), 2u);
        ops::EngineGauges gauges;
        gauges.inLine = world.engine->runsInLine();
        gauges.held = world.engine->runsHeld();
        const std::string text = ops::Metrics(world.told).text(gauges, {});
        QVERIFY(text.find("\ntidewire_runs_held 2\n") != std::string::npos);
        decide(world, "letters.discard", R"({"id":1,"reason":"x"})");
        QCOMPARE(world.engine->runsHeld(), 2u); // Until the engine is told.
        bool released = false;
        world.engine->release({"payments", "ch_1"}, [&](const Result<void> &) { released = true; });
        QTRY_VERIFY(released);
        QVERIFY(world.waitIdle());
        QCOMPARE(world.engine->runsHeld(), 0u);
    }

    void whatHappensIsCounted()
    {
        EngineWorld world;
        ops::Metrics metrics(world.told);
        metrics.eventAccepted("f", "t", {}, 1, Acceptance::First);
        metrics.eventAccepted("f", "t", {}, 1, Acceptance::Repeat);
        StepEvent step;
        step.flow = "f";
        step.step = "say \"hi\"\n";
        step.phase = StepEvent::Phase::Failed;
        step.error = rejectedError("x.refused", "No.");
        metrics.stepChanged(step);
        step.replayed = true; // Told once already.
        metrics.stepChanged(step);
        RunSummary run;
        run.flow = "f";
        run.received = Instant{1000};
        run.finished = Instant{1400};
        metrics.runFinished(run);
        const std::string text = metrics.text({3, 2, 4, 0, 10, 2}, {});
        const auto has = [&text](const char *line) {
            return text.find(std::string("\n") + line + '\n') != std::string::npos;
        };
        QVERIFY(has("tidewire_events_accepted_total{flow=\"f\",trigger=\"t\"} 1"));
        QVERIFY(has("tidewire_events_repeated_total{flow=\"f\",trigger=\"t\"} 1"));
        QVERIFY(has("tidewire_step_failures_total{flow=\"f\",step=\"say \\\"hi\\\"\\n\",code=\"x.refused\"} 1"));
        QVERIFY(has("tidewire_run_seconds_bucket{flow=\"f\",le=\"0.25\"} 0"));
        QVERIFY(has("tidewire_run_seconds_bucket{flow=\"f\",le=\"0.5\"} 1"));
        QVERIFY(has("tidewire_run_seconds_bucket{flow=\"f\",le=\"+Inf\"} 1"));
        QVERIFY(has("tidewire_open_runs 3"));
        QVERIFY(has("tidewire_calls_per_1000_events 500"));
        QCOMPARE(world.told.runs.size(), 1u); // And passed on.
    }
};

QTEST_GUILESS_MAIN(tst_Escalation)
#include "tst_Escalation.moc"
