// SPDX-License-Identifier: GPL-3.0-or-later
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
