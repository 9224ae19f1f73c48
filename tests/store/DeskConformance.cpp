// SPDX-License-Identifier: GPL-3.0-or-later
#include "DeskConformance.h"
#include "DeskFixture.h"

namespace tw::test {

void DeskConformance::init()
{
    clear();
}

void DeskConformance::aFactUnderASecondEventIdIsARepeatWithinItsWindow()
{
    auto journal = open();
    NewRun first = incoming("evt_1");
    first.fact = "charge.succeeded|ch_1|paid";
    first.factWindow = 35 * 24h;
    const auto run = accepted(*journal, first).run;
    NewRun second = first;
    second.eventId = "evt_2";
    second.received = kNoon + 34 * 24h;
    journal = open();
    const AcceptedRun repeat = accepted(*journal, second);
    QVERIFY(!repeat.first);
    QCOMPARE(repeat.run, run);
    NewRun otherState = second;
    otherState.fact = "charge.succeeded|ch_1|refunded";
    QVERIFY(accepted(*journal, otherState).first);
    NewRun late = second;
    late.eventId = "evt_3";
    late.received = kNoon + 36 * 24h;
    QVERIFY(accepted(*journal, late).first);
}

void DeskConformance::keptValuesComeWithTheEventAndAreReplaced()
{
    {
        const auto journal = open();
        NewRun run = incoming("evt_1");
        run.keep = {{"cdc", "replay", "AAAB", kNoon}};
        accepted(*journal, run);
        run.keep = {{"cdc", "replay", "AAAC", kNoon}};
        QVERIFY(!accepted(*journal, run).first); // a repeat moves the cursor, too
        QVERIFY(write<void>(*journal, [](Journal &j) {
            return j.keep({"gate", "stripe", "{}", kNoon});
        }));
    }
    const auto journal = open();
    const auto kept = journal->kept("cdc");
    QVERIFY(kept && kept->size() == 1);
    QCOMPARE(kept->front().value, std::string("AAAC"));
    QVERIFY(write<void>(*journal, [](Journal &j) {
        return j.keep({"gate", "stripe", {}, kNoon});
    }));
    QVERIFY(journal->kept("gate")->empty());
}

void DeskConformance::flowTextsStayAsTheyWereFirstKept()
{
    const auto journal = open();
    const auto keep = [&](const std::string &version, const std::string &text) {
        QVERIFY(write<void>(*journal, [&](Journal &j) {
            return j.keepFlow({"payments", version, text, kNoon});
        }));
    };
    keep("1+aa", "one");
    keep("1+aa", "another");
    keep("1+bb", "two");
    QCOMPARE(journal->flowText("payments", "1+aa")->value_or("-"), std::string("one"));
    QVERIFY(!journal->flowText("payments", "9")->has_value());
    QCOMPARE(journal->flowVersions("payments")->size(), 2u);
}

void DeskConformance::runsAreFoundByBusinessIdStepTimeAndState()
{
    const auto journal = open();
    NewRun run = incoming("evt_1");
    run.ids = " ch_1 cus_7 ";
    const auto first = accepted(*journal, run).run;
    put(*journal,
        {first, {record("upsert", RecordState::Done)}, {}, RunEnd{RunState::Done, kNoon}});
    RunChange more;
    more.run = first;
    more.ids = "a01A ";
    put(*journal, more);
    NewRun other = incoming("evt_2");
    other.ids = " ch_12 ";
    other.key = "ch_12";
    other.received = kNoon + 1h;
    const auto second = accepted(*journal, other).run;
    const auto byId = [&](const std::string &id) {
        RunQuery query;
        query.id = id;
        return found(*journal, query);
    };
    QCOMPARE(byId("ch_1"), Numbers{first}); // not ch_12
    QCOMPARE(byId("cus_7"), Numbers{first});
    QCOMPARE(byId("a01A"), Numbers{first});
    QCOMPARE(byId("evt_2"), Numbers{second});
    QCOMPARE(byId("ch_12"), Numbers{second});
    RunQuery step;
    step.step = "upsert";
    QCOMPARE(found(*journal, step), Numbers{first});
    RunQuery late;
    late.from = kNoon + 1min;
    QCOMPARE(found(*journal, late), Numbers{second});
    RunQuery open;
    open.state = RunState::Open;
    QCOMPARE(found(*journal, open), Numbers{second});
}

void DeskConformance::idsAreFoundByTheirBeginning()
{
    const auto journal = open();
    NewRun run = incoming("evt_1");
    run.ids = " ch_1 cus_7 ";
    run.key = "ch_1";
    accepted(*journal, run);
    run.eventId = "evt_12";
    run.ids = " ch_12 ";
    run.key = "order 12";
    accepted(*journal, run);
    const auto ids = [&](const std::string &beginning, int limit = 10) {
        return journal->desk().idsBeginning(beginning, limit).value_or(std::vector<std::string>{"?"});
    };
    using Texts = std::vector<std::string>;
    QCOMPARE(ids("ch_1"), (Texts{"ch_1", "ch_12"}));
    QCOMPARE(ids("ch_12"), Texts{"ch_12"});
    QCOMPARE(ids("ch_"), (Texts{"ch_1", "ch_12"}));
    QCOMPARE(ids("ch_", 1), Texts{"ch_1"});
    QCOMPARE(ids("cu"), Texts{"cus_7"});
    QCOMPARE(ids("evt_1"), (Texts{"evt_1", "evt_12"}));
    QCOMPARE(ids("order"), Texts{"order 12"});
    QCOMPARE(ids("CH_"), Texts{});
    QCOMPARE(ids("h_1"), Texts{});
}

/// More runs than are looked through one by one: a back end may keep an index, and must keep it true.
void DeskConformance::idsOfManyRunsAreFoundAndGoWithThem()
{
    auto journal = open();
    constexpr int kRuns = 700;
    QVERIFY(journal->begin());
    for (int i = 1; i <= kRuns; ++i) {
        NewRun run = incoming("evt_" + std::to_string(i));
        run.ids = " ch_" + std::to_string(i) + " cus_all ";
        run.key = "key_" + std::to_string(i);
        QVERIFY(journal->accept(run));
    }
    QVERIFY(journal->commit());
    const auto byId = [&](const std::string &id) {
        RunQuery query;
        query.id = id;
        query.limit = 2 * kRuns;
        return found(*journal, query);
    };
    for (int look = 0; look < 5; ++look) {
        QCOMPARE(byId("ch_3"), Numbers{3});
        QCOMPARE(byId("key_699"), Numbers{699});
        QCOMPARE(byId("evt_400"), Numbers{400});
        QCOMPARE(byId("cus_all").size(), std::size_t(kRuns));
        QCOMPARE(journal->desk().idsBeginning("ch_69", 20)->size(), 11u);
        QCOMPARE(journal->desk().idsBeginning("cus", 20)->size(), 1u);
        journal->maintain(false);
        if (look == 2)
            journal = open();
    }
    RunChange later;
    later.run = 5;
    later.ids = "a01A ";
    put(*journal, later);
    later.run = 695;
    put(*journal, later);
    QCOMPARE(byId("a01A"), (Numbers{695, 5}));
    for (const std::int64_t run : {3, 4})
        put(*journal, {run, {}, {}, RunEnd{RunState::Done, kNoon}});
    QVERIFY(write<ErasureReport>(*journal, [](Journal &j) {
        return j.desk().erase({{"ch_3 "}, "ana", "asked for", kNoon});
    }));
    QCOMPARE(byId("ch_3"), Numbers{});
    QCOMPARE(byId("key_3"), Numbers{});
    QCOMPARE(byId("evt_3"), Numbers{3});
    Retention retention;
    retention.now = kNoon + 400 * 24h;
    QVERIFY(write<int>(*journal, [&](Journal &j) { return j.forget(retention); }));
    QCOMPARE(byId("ch_4"), Numbers{});
    QCOMPARE(journal->desk().idsBeginning("ch_4", 200)->front(), std::string("ch_40"));
}

void DeskConformance::anOpenRunKnowsWhatItWaitsFor()
{
    const auto journal = open();
    NewRun run = incoming("evt_1");
    run.key = "ch_1";
    const auto failed = accepted(*journal, run).run;
    LetterRecord holding = letter("upsert");
    holding.holdsKey = true;
    put(*journal, {failed, {}, {holding}, RunEnd{RunState::DeadLettered, kNoon}});
    run.eventId = "evt_2";
    const auto behind = accepted(*journal, run).run;
    run.eventId = "evt_3";
    run.key = "ch_2";
    const auto other = accepted(*journal, run).run;
    put(*journal, {other, {}, {}, {}, {question()}});
    const auto row = [&](std::int64_t number) { return journal->desk().history(number)->row; };
    QCOMPARE(row(behind).waitsForRun, failed);
    QCOMPARE(row(behind).waitsForLetter, lettersOf(*journal, failed).front().id);
    QCOMPARE(row(failed).waitsForLetter, std::int64_t(0));
    QCOMPARE(row(other).waitsForLetter, std::int64_t(0));
    QVERIFY(row(other).waitsForReview != 0);
    const auto rows = journal->desk().runs({});
    QCOMPARE(rows->at(1).waitsForRun, failed);
    QVERIFY(write<void>(*journal, [](Journal &j) { return j.releaseKey({"payments", "ch_1"}); }));
    QCOMPARE(row(behind).waitsForLetter, std::int64_t(0));
}

void DeskConformance::whatIsAssignedIsEscalatedFromThen()
{
    const auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    const std::int64_t id = lettersOf(*journal, run).front().id;
    const auto due = [&](Instant before) {
        LetterQuery query;
        query.escalateBefore = before;
        return journal->desk().letters(query)->size();
    };
    QCOMPARE(due(kNoon), 1u);
    QVERIFY(journal->desk().nextEscalations("payments")->oldestLetter == kNoon);
    LetterChange change;
    change.id = id;
    change.owner = "bob";
    change.escalateFrom = kNoon + 2h;
    QCOMPARE(changed(*journal, change), std::string("changed"));
    QCOMPARE(due(kNoon + 1h), 0u);
    QCOMPARE(due(kNoon + 2h), 1u);
    QVERIFY(journal->desk().nextEscalations("payments")->oldestLetter == kNoon + 2h);
    QVERIFY(!journal->desk().nextEscalations("refunds")->oldestLetter);
    change.escalateFrom.reset();
    change.escalated = true;
    QCOMPARE(changed(*journal, change), std::string("changed"));
    QVERIFY(!journal->desk().nextEscalations("payments")->oldestLetter);
    put(*journal, {run, {}, {}, {}, {question()}});
    QVERIFY(journal->desk().nextEscalations("payments")->nextReview == kNoon + 30min);
    ReviewChange later;
    later.id = journal->desk().reviews({})->front().id;
    for (const auto from : {5h, 2h}) {
        later.escalateFrom = kNoon + from;
        QVERIFY(write<void>(*journal, [&](Journal &j) { return j.desk().change(later); }));
        QVERIFY(journal->desk().nextEscalations("payments")->nextReview == kNoon + from + 30min);
    }
}

void DeskConformance::aReviewIsAskedOnceAndAnsweredOnce()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    RunChange ask;
    ask.run = run;
    ask.reviews = {question()};
    put(*journal, ask);
    put(*journal, ask); // after a crash
    const auto rows = journal->desk().reviews({});
    QVERIFY(rows && rows->size() == 1);
    QCOMPARE(rows->front().review.question, std::string("Which account?"));
    QCOMPARE(rows->front().review.input, std::string("{\"mail\":\"ana@example.com\"}"));
    ReviewDecision decision;
    decision.review = rows->front().id;
    decision.exit = "approved";
    decision.answer = "{\"account\":2}";
    decision.by = "ana";
    decision.at = kNoon + 1min;
    const auto decide = [&] {
        const auto done =
            write<std::int64_t>(*journal, [&](Journal &j) { return j.desk().decide(decision); });
        return done ? std::to_string(*done) : done.error().code;
    };
    QCOMPARE(decide(), std::to_string(run));
    QCOMPARE(decide(), std::string("store.review_closed"));
    decision.review = 99;
    QCOMPARE(decide(), std::string("store.no_review"));
}

void DeskConformance::anAnsweredReviewComesWithItsRun()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    RunChange ask;
    ask.run = run;
    ask.steps = {record("ask", RecordState::Parked)};
    ask.reviews = {question()};
    put(*journal, ask);
    QVERIFY(openRun(*journal, run).reviews.empty());
    ReviewDecision decision;
    decision.review = journal->desk().reviews({})->front().id;
    decision.exit = "approved";
    decision.answer = "{\"account\":2}";
    QVERIFY(write<std::int64_t>(*journal, [&](Journal &j) { return j.desk().decide(decision); }));
    const OpenRun back = openRun(*journal, run);
    QCOMPARE(back.reviews.size(), 1u);
    QCOMPARE(back.reviews.front().step, std::string("ask"));
    QCOMPARE(back.reviews.front().lineage, std::uint64_t(42));
    QCOMPARE(back.reviews.front().exit, std::string("approved"));
    QCOMPARE(back.reviews.front().answer, std::string("{\"account\":2}"));
}

void DeskConformance::aDecisionIsRememberedByItsCause()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    RunChange ask;
    ask.run = run;
    ask.reviews = {question("ana@example.com")};
    put(*journal, ask);
    ReviewDecision decision;
    decision.review = journal->desk().reviews({})->front().id;
    decision.exit = "approved";
    decision.answer = "{\"account\":2}";
    decision.by = "ana";
    decision.remember = true;
    QVERIFY(write<std::int64_t>(*journal, [&](Journal &j) { return j.desk().decide(decision); }));
    const auto known = journal->desk().remembered("payments", "ask", "ana@example.com");
    QVERIFY(known && known->has_value());
    QCOMPARE((*known)->answer, std::string()); // What one record said is not for others.
    QCOMPARE((*known)->by, std::string("ana"));
    QVERIFY(!journal->desk().remembered("payments", "ask", "bob@example.com")->has_value());
    QVERIFY(write<void>(*journal, [](Journal &j) {
        return j.desk().forgetRemembered("payments", "ask", "ana@example.com");
    }));
    QVERIFY(!journal->desk().remembered("payments", "ask", "ana@example.com")->has_value());
}

void DeskConformance::reviewsAreFoundWhenTheirTimeIsOver()
{
    const auto journal = open();
    RunChange ask;
    ask.run = accepted(*journal, incoming("evt_1")).run;
    ask.reviews = {question()};
    put(*journal, ask);
    ReviewQuery due;
    due.dueBefore = kNoon + 59min;
    QVERIFY(journal->desk().reviews(due)->empty());
    due.dueBefore = kNoon + 1h;
    QCOMPARE(journal->desk().reviews(due)->size(), 1u);
    ReviewQuery escalate;
    escalate.escalateBefore = kNoon + 30min;
    QCOMPARE(journal->desk().reviews(escalate)->size(), 1u);
    ReviewChange told;
    told.id = journal->desk().reviews(escalate)->front().id;
    told.escalated = true;
    told.owner = "head of sales";
    told.dueAt = kNoon + 2h;
    QVERIFY(write<void>(*journal, [&](Journal &j) { return j.desk().change(told); }));
    QVERIFY(journal->desk().reviews(escalate)->empty());
    QVERIFY(journal->desk().reviews(due)->empty());
}

void DeskConformance::anIntentOlderThanOneBeforeIsStale()
{
    auto journal = open();
    const auto intent = [&](const std::string &id, Instant created, const std::string &guard) {
        RunChange change;
        change.run = accepted(*journal, incoming(id)).run;
        change.steps = {record("other", RecordState::Intent),
                        record("upsert", RecordState::Intent)};
        change.steps[1].guard = guard;
        change.steps[1].guardTime = created;
        const auto written = write<Written>(*journal, [&](Journal &j) { return j.write(change); });
        return written ? written->stale : std::vector<std::size_t>{99};
    };
    using Stale = std::vector<std::size_t>;
    QCOMPARE(intent("evt_1", kNoon + 10s, "ch_1"), Stale{});
    QCOMPARE(intent("evt_2", kNoon, "ch_1"), Stale{1});
    QCOMPARE(intent("evt_3", kNoon, "ch_2"), Stale{});
    journal = open();
    QCOMPARE(intent("evt_4", kNoon + 9s, "ch_1"), Stale{1});
    QCOMPARE(intent("evt_5", kNoon + 10s, "ch_1"), Stale{}); // the same age is new enough
    QCOMPARE(intent("evt_6", kNoon + 11s, "ch_1"), Stale{});
}

void DeskConformance::aRefusedWriteMakesNothingStale()
{
    const auto journal = open();
    const auto keep = [&](std::int64_t run, RecordState state, Instant created) {
        RunChange change;
        change.run = run;
        change.steps = {record("upsert", state)};
        change.steps[0].guard = "ch_1";
        change.steps[0].guardTime = created;
        const auto written = write<Written>(*journal, [&](Journal &j) { return j.write(change); });
        return written && written->stale.empty();
    };
    const auto first = accepted(*journal, incoming("evt_1")).run;
    QVERIFY(keep(first, RecordState::Intent, kNoon));
    QVERIFY(keep(first, RecordState::Done, kNoon));
    const auto newer = accepted(*journal, incoming("evt_2")).run;
    const auto late = accepted(*journal, incoming("evt_3")).run;
    QVERIFY(keep(newer, RecordState::Intent, kNoon + 10s));
    QVERIFY(keep(newer, RecordState::Intent, kNoon + 10s)); // Tried twice.
    QVERIFY(!keep(late, RecordState::Intent, kNoon + 5s));
    QVERIFY(keep(newer, RecordState::Failed, kNoon + 10s));
    QVERIFY(keep(late, RecordState::Intent, kNoon + 5s));
    QVERIFY(keep(newer, RecordState::Failed, kNoon + 10s)); // Not its time any more.
    const auto old = accepted(*journal, incoming("evt_4")).run;
    QVERIFY(!keep(old, RecordState::Intent, kNoon + 4s));
    QVERIFY(keep(late, RecordState::Failed, kNoon + 5s));
    QVERIFY(keep(old, RecordState::Intent, kNoon + 4s));
    QVERIFY(!keep(late, RecordState::Intent, kNoon + -1s)); // What was written first still counts.

    const auto twice = accepted(*journal, incoming("evt_5")).run;
    QVERIFY(keep(twice, RecordState::Intent, kNoon + 20s));
    QVERIFY(keep(twice, RecordState::Intent, kNoon + 30s));
    QVERIFY(keep(twice, RecordState::Failed, kNoon + 20s)); // The later write of the same run stays.
    QVERIFY(!keep(old, RecordState::Intent, kNoon + 25s));
    const auto same = accepted(*journal, incoming("evt_6")).run;
    QVERIFY(keep(same, RecordState::Intent, kNoon + 30s)); // Of the same second: both count.
    QVERIFY(keep(twice, RecordState::Failed, kNoon + 30s)); // Another one's by now.
    QVERIFY(!keep(old, RecordState::Intent, kNoon + 25s));
}

void DeskConformance::theAuditLogIsChained()
{
    const auto journal = open();
    for (const char *action : {"dead_letter.discard", "connection.pause", "run.replay"}) {
        QVERIFY(write<AuditEntry>(*journal, [&](Journal &j) {
            return j.desk().audit({0, kNoon, "ana", action, "something", "{}"});
        }));
    }
    const auto log = journal->desk().auditLog(0, 10);
    QVERIFY(log && log->size() == 3);
    QCOMPARE(log->back().number, std::int64_t(3));
    QCOMPARE(log->back().hash.size(), 64u);
    QVERIFY(log->front().hash != log->back().hash);
    QCOMPARE(journal->desk().auditLog(2, 10)->size(), 1u);
    QVERIFY(journal->desk().checkAudit());
}

void DeskConformance::retentionKeepsWhatLettersNeed()
{
    const auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    Retention retention;
    retention.now = kNoon + 40 * 24h;
    const auto forget = [&] {
        return write<int>(*journal, [&](Journal &j) { return j.forget(retention); }).value_or(-1);
    };
    QCOMPARE(forget(), 0);
    QVERIFY(journal->desk().history(run)->bodyKept);
    LetterChange discard;
    discard.id = lettersOf(*journal, run).front().id;
    discard.status = LetterStatus::Discarded;
    changed(*journal, discard);
    QVERIFY(forget() > 0);
    QVERIFY(!journal->desk().history(run));
}

void DeskConformance::bodiesGoByAgeOfTheReplayNotOfTheEvent()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    put(*journal, {run, {}, {}, RunEnd{RunState::Done, kNoon}});
    std::int64_t again = 0;
    replayed(*journal, {run, 0, {}, false, "ana", kNoon}, &again);
    put(*journal, {again, {}, {}, RunEnd{RunState::Done, kNoon + 6 * 24h}});
    Retention retention;
    retention.now = kNoon + 8 * 24h;
    QVERIFY(write<int>(*journal, [&](Journal &j) { return j.forget(retention); }));
    QVERIFY(!journal->desk().history(run)->bodyKept);
    QVERIFY(journal->desk().history(again)->bodyKept);
}

void DeskConformance::tooManyBytesSendTheOldestBodiesAway()
{
    const auto journal = open();
    std::vector<std::int64_t> runs;
    for (int n = 0; n < 40; ++n) {
        const std::string body = "{\"pad\":\"" + std::string(50'000, 'x') + "\"}";
        runs.push_back(accepted(*journal, incoming("evt_" + std::to_string(n), body)).run);
        if (n != 3) // the fourth stays open
            put(*journal, {runs.back(), {}, {}, RunEnd{RunState::Done, kNoon}});
    }
    Retention retention;
    retention.now = kNoon;
    retention.rows = 10;
    retention.bytes = 1'000'000;
    const auto before = journal->usage();
    QVERIFY(before && before->usedBytes > 2'000'000);
    int calls = 0;
    while (write<int>(*journal, [&](Journal &j) { return j.forget(retention); }).value_or(0) > 0)
        QVERIFY(++calls < 20);
    QVERIFY(journal->usage()->usedBytes <= 1'000'000);
    QVERIFY(!journal->desk().history(runs[0])->bodyKept);
    QVERIFY(journal->desk().history(runs[3])->bodyKept);
    QVERIFY(journal->desk().history(runs[39])->bodyKept);
}

void DeskConformance::anErasedPersonIsGoneAndTheProofStays()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1", "{\"mail\":\"ana@example.com\"}")).run;
    put(*journal, {run,
                   {record("upsert", RecordState::Done, "[{\"m\":\"ana@example.com\"}]")},
                   {},
                   RunEnd{RunState::Done, kNoon}});
    const auto other = accepted(*journal, incoming("evt_2", "{\"mail\":\"bob@example.com\"}")).run;
    put(*journal, {other, {}, {}, RunEnd{RunState::Done, kNoon}});
    const auto erase = [&](const std::string &word) {
        return write<ErasureReport>(*journal, [&](Journal &j) {
            return j.desk().erase({{word}, "ana", "asked for it", kNoon});
        });
    };
    const auto report = erase("ana@example.com");
    QVERIFY(report);
    QCOMPARE(report->runs, 1);
    const auto gone = journal->desk().history(run);
    QVERIFY(gone && !gone->bodyKept && gone->steps.empty());
    QVERIFY(journal->desk().history(other)->bodyKept);
    QVERIFY(!accepted(*journal, incoming("evt_1")).first); // still known as seen
    QCOMPARE(erase("ana@example.com")->runs, 0);
    QCOMPARE(erase("an").error().code, std::string("store.short_word"));
}

void DeskConformance::anOpenRunIsNotErased()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1", "{\"mail\":\"ana@example.com\"}")).run;
    const auto report = write<ErasureReport>(*journal, [&](Journal &j) {
        return j.desk().erase({{"ana@example.com"}, "ana", "asked for it", kNoon});
    });
    QVERIFY(report);
    QCOMPARE(report->runs, 0);
    QCOMPARE(report->open, 1);
    QVERIFY(journal->desk().history(run)->bodyKept);
}

} // namespace tw::test
