// SPDX-License-Identifier: GPL-3.0-or-later
#include "DeskConformance.h"

#include <QTest>

namespace tw::test {
namespace {

using namespace std::chrono_literals;

const Instant kNoon = Instant::fromSeconds(1'790'000'000);

NewRun incoming(const std::string &id, const std::string &body = "{\"amount\":1099}")
{
    NewRun run;
    run.flow = "payments";
    run.flowVersion = "1.0.0+aa";
    run.trigger = "charges";
    run.eventId = id;
    run.eventType = "charge.succeeded";
    run.body = body;
    run.created = kNoon;
    run.received = kNoon;
    run.seed = 7;
    return run;
}

/// In a transaction of its own.
template <typename T>
Result<T> write(Journal &journal, const std::function<Result<T>(Journal &)> &work)
{
    if (auto begun = journal.begin(); !begun)
        return begun.error();
    auto result = work(journal);
    if (!result) {
        journal.rollback();
        return result;
    }
    if (auto committed = journal.commit(); !committed)
        return committed.error();
    return result;
}

AcceptedRun accepted(Journal &journal, const NewRun &run)
{
    return write<AcceptedRun>(journal, [&](Journal &j) { return j.accept(run); })
        .value_or(AcceptedRun{});
}

void put(Journal &journal, const RunChange &change)
{
    QVERIFY(write<Written>(journal, [&](Journal &j) { return j.write(change); }));
}

std::string replayed(Journal &journal, const ReplayOrder &order, std::int64_t *run = nullptr)
{
    const auto result =
        write<AcceptedRun>(journal, [&](Journal &j) { return j.desk().replay(order); });
    if (result && run)
        *run = result->run;
    return result ? "replayed" : result.error().code;
}

std::string changed(Journal &journal, const LetterChange &change)
{
    const auto result = write<void>(journal, [&](Journal &j) { return j.desk().change(change); });
    return result ? "changed" : result.error().code;
}

StepRecord record(const std::string &step, RecordState state, const std::string &outputs = {})
{
    StepRecord record;
    record.step = step;
    record.lineage = 42;
    record.state = state;
    record.at = kNoon;
    record.outputs = outputs;
    return record;
}

LetterRecord letter(const std::string &step, const std::string &cause = "missing amount")
{
    LetterRecord letter{
        step, 42, rejectedError("x.refused", "No."), "{\"a\":1}", 3, kNoon, kNoon + 90 * 24h};
    letter.item = 5;
    letter.cause = cause;
    letter.owner = "finance";
    letter.dueAt = kNoon + 4h;
    return letter;
}

ReviewRecord question(const std::string &cause = {})
{
    ReviewRecord review;
    review.step = "ask";
    review.lineage = 42;
    review.question = "Which account?";
    review.input = "{\"mail\":\"ana@example.com\"}";
    review.candidates = "[1,2]";
    review.cause = cause;
    review.owner = "sales";
    review.askedAt = kNoon;
    review.dueAt = kNoon + 1h;
    review.timeoutExit = "nobody";
    review.escalateAt = kNoon + 30min;
    return review;
}

/// A run that ended with a dead letter at "upsert".
std::int64_t failedRun(Journal &journal, const std::string &id,
                       const std::string &cause = "missing amount")
{
    const std::int64_t run = accepted(journal, incoming(id)).run;
    put(journal, {run,
                  {record("upsert", RecordState::Failed)},
                  {letter("upsert", cause)},
                  RunEnd{RunState::DeadLettered, kNoon + 1s}});
    return run;
}

OpenRun openRun(Journal &journal, std::int64_t run)
{
    const auto runs = journal.openRuns({run});
    return runs && runs->size() == 1 ? runs->front() : OpenRun{};
}

std::vector<LetterRow> lettersOf(Journal &journal, std::int64_t run)
{
    LetterQuery query;
    query.run = run;
    return journal.desk().letters(query).value_or(std::vector<LetterRow>());
}

std::vector<std::int64_t> found(Journal &journal, const RunQuery &query)
{
    std::vector<std::int64_t> numbers;
    const auto rows = journal.desk().runs(query);
    for (const RunRow &row : rows.value_or(std::vector<RunRow>()))
        numbers.push_back(row.run);
    return numbers;
}

using Numbers = std::vector<std::int64_t>;

} // namespace

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

void DeskConformance::aReplayIsARunOfItsOwnAndKnowsWhatWasDone()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    put(*journal,
        {run, {record("upsert", RecordState::Done, "[]")}, {}, RunEnd{RunState::Done, kNoon}});
    std::int64_t again = 0;
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon + 1h}, &again),
             std::string("replayed"));
    QVERIFY(again != run);
    const OpenRun open = openRun(*journal, again);
    QVERIFY(!open.damaged);
    QCOMPARE(open.event.origin, run);
    QCOMPARE(open.event.replay, 1);
    QCOMPARE(open.event.generation, 0);
    QCOMPARE(open.event.seed, std::uint64_t(7));
    QCOMPARE(open.event.received, kNoon);
    QCOMPARE(open.event.body, std::string("{\"amount\":1099}"));
    QCOMPARE(open.event.flowVersion, std::string("1.0.0+aa"));
    QVERIFY(open.steps.empty());
    QCOMPARE(open.originSteps.size(), 1u);
    QVERIFY(open.originSteps.front().state == RecordState::Done);
    QCOMPARE(journal->desk().history(run)->replays.size(), 1u);
    // The event as received is still known as such.
    QVERIFY(!accepted(*journal, incoming("evt_1")).first);
}

void DeskConformance::aReplayCanUseAnotherVersionAndANewGeneration()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    put(*journal, {run, {}, {}, RunEnd{RunState::Done, kNoon}});
    std::int64_t second = 0;
    QCOMPARE(replayed(*journal, {run, 0, "2.0.0+bb", true, "ana", kNoon}),
             std::string("store.no_version"));
    QVERIFY(write<void>(*journal, [](Journal &j) {
        return j.keepFlow({"payments", "2.0.0+bb", "text", kNoon});
    }));
    replayed(*journal, {run, 0, "2.0.0+bb", true, "ana", kNoon}, &second);
    QCOMPARE(openRun(*journal, second).event.flowVersion, std::string("2.0.0+bb"));
    QCOMPARE(openRun(*journal, second).event.generation, 1);
    put(*journal, {second, {}, {}, RunEnd{RunState::Done, kNoon}});
    std::int64_t third = 0;
    replayed(*journal, {second, 0, {}, true, "ana", kNoon}, &third);
    QCOMPARE(openRun(*journal, third).event.generation, 2);
    QCOMPARE(openRun(*journal, third).event.replay, 2);
    QCOMPARE(openRun(*journal, third).event.origin, run);
}

void DeskConformance::anOpenRunIsNotReplayed()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon}), std::string("store.run_open"));
    QCOMPARE(replayed(*journal, {99, 0, {}, false, "ana", kNoon}), std::string("store.no_run"));
}

void DeskConformance::oneReplayOfAnEventAtATime()
{
    const auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    const auto letters = journal->desk().letters({});
    QVERIFY(letters && letters->size() == 1);
    std::int64_t again = 0;
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon}, &again), std::string("replayed"));
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon}), std::string("store.run_open"));
    QCOMPARE(replayed(*journal, {0, letters->front().id, {}, false, "ana", kNoon}),
             std::string("store.run_open"));
    put(*journal, {again, {}, {}, RunEnd{RunState::DeadLettered, kNoon}});
    QCOMPARE(replayed(*journal, {0, letters->front().id, {}, false, "ana", kNoon}),
             std::string("replayed"));
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon}), std::string("store.run_open"));
    QCOMPARE(replayed(*journal, {again, 0, {}, false, "ana", kNoon}), std::string("store.run_open"));
}

void DeskConformance::aVersionIsNamedByItsBeginning()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    put(*journal, {run, {}, {}, RunEnd{RunState::Done, kNoon}});
    for (const char *version : {"1.1.0+aa+price@1.0.0+cc", "1.1.01+dd", "2.0.0+aa", "2.0.0+bb"})
        QVERIFY(write<void>(*journal, [&](Journal &j) {
            return j.keepFlow({"payments", version, "text", kNoon});
        }));
    const auto versionOf = [&](const std::string &wanted) {
        std::int64_t again = 0;
        const std::string code = replayed(*journal, {run, 0, wanted, false, "ana", kNoon}, &again);
        if (again == 0)
            return code;
        const std::string version = openRun(*journal, again).event.flowVersion;
        put(*journal, {again, {}, {}, RunEnd{RunState::Done, kNoon}});
        return version;
    };
    QCOMPARE(versionOf("1.1.0"), std::string("1.1.0+aa+price@1.0.0+cc"));
    QCOMPARE(versionOf("1.1.0+aa"), std::string("1.1.0+aa+price@1.0.0+cc"));
    QCOMPARE(versionOf("2.0.0+b"), std::string("2.0.0+bb"));
    QCOMPARE(versionOf("2.0.0"), std::string("store.no_version"));
    QCOMPARE(versionOf("1.1"), std::string("store.no_version"));
}

void DeskConformance::aReplayWithoutBytesIsRefused()
{
    const auto journal = open();
    const auto run = accepted(*journal, incoming("evt_1")).run;
    put(*journal, {run, {}, {}, RunEnd{RunState::Done, kNoon}});
    Retention retention;
    retention.now = kNoon + 8 * 24h;
    QVERIFY(write<int>(*journal, [&](Journal &j) { return j.forget(retention); }));
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon}), std::string("store.no_body"));
    QVERIFY(!journal->desk().history(run)->bodyKept);
}

void DeskConformance::aLetterIsEditedBesideItsOriginalAndReplayedFromItsStep()
{
    const auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    const std::int64_t id = lettersOf(*journal, run).front().id;
    LetterChange edit;
    edit.id = id;
    edit.edited = "{\"a\":2}";
    QCOMPARE(changed(*journal, edit), std::string("changed"));
    QCOMPARE(lettersOf(*journal, run).front().letter.input, std::string("{\"a\":1}"));
    QCOMPARE(lettersOf(*journal, run).front().edited.value_or("-"), std::string("{\"a\":2}"));
    std::int64_t again = 0;
    QCOMPARE(replayed(*journal, {0, id, {}, false, "ana", kNoon}, &again), std::string("replayed"));
    const OpenRun open = openRun(*journal, again);
    QVERIFY(!open.damaged);
    QVERIFY(open.event.entry.has_value());
    QCOMPARE(open.event.entry->step, std::string("upsert"));
    QCOMPARE(open.event.entry->item, 5);
    QCOMPARE(open.event.entry->lineage, std::uint64_t(42));
    QCOMPARE(open.event.entry->input, std::string("{\"a\":2}"));
    QVERIFY(lettersOf(*journal, run).front().status == LetterStatus::Replayed);
    QCOMPARE(lettersOf(*journal, run).front().replayRun, again);
    LetterChange discard;
    discard.id = id;
    discard.status = LetterStatus::Discarded;
    QCOMPARE(changed(*journal, discard), std::string("store.run_open"));
    // Not a second time while that run is open.
    QCOMPARE(replayed(*journal, {0, id, {}, false, "ana", kNoon}), std::string("store.run_open"));
}

void DeskConformance::aLetterIsResolvedWhenItsReplayEndsWell()
{
    const auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    const std::int64_t id = lettersOf(*journal, run).front().id;
    std::int64_t bad = 0;
    replayed(*journal, {0, id, {}, false, "ana", kNoon}, &bad);
    put(*journal, {bad, {}, {letter("upsert")}, RunEnd{RunState::DeadLettered, kNoon}});
    QVERIFY(lettersOf(*journal, run).front().status == LetterStatus::Replayed);
    std::int64_t good = 0;
    QCOMPARE(replayed(*journal, {0, id, {}, false, "ana", kNoon}, &good), std::string("replayed"));
    put(*journal, {good, {}, {}, RunEnd{RunState::Done, kNoon}});
    QVERIFY(lettersOf(*journal, run).front().status == LetterStatus::Resolved);
    QCOMPARE(replayed(*journal, {0, id, {}, false, "ana", kNoon}),
             std::string("store.letter_closed"));
}

void DeskConformance::aDiscardedLetterIsClosedAndReleasesItsKey()
{
    const auto journal = open();
    NewRun run = incoming("evt_1");
    run.key = "ch_1";
    const auto number = accepted(*journal, run).run;
    LetterRecord holding = letter("upsert");
    holding.holdsKey = true;
    put(*journal, {number, {}, {holding}, RunEnd{RunState::DeadLettered, kNoon}});
    QCOMPARE(journal->heldKeys()->size(), 1u);
    LetterChange discard;
    discard.id = lettersOf(*journal, number).front().id;
    discard.status = LetterStatus::Discarded;
    discard.by = "ana";
    discard.reason = "a test charge";
    discard.at = kNoon + 1h;
    QCOMPARE(changed(*journal, discard), std::string("changed"));
    const LetterRow row = lettersOf(*journal, number).front();
    QVERIFY(row.status == LetterStatus::Discarded);
    QCOMPARE(row.decidedBy, std::string("ana"));
    QCOMPARE(row.reason, std::string("a test charge"));
    QVERIFY(journal->heldKeys()->empty());
    QCOMPARE(changed(*journal, discard), std::string("store.letter_closed"));
    LetterChange unknown = discard;
    unknown.id = 99;
    QCOMPARE(changed(*journal, unknown), std::string("store.no_letter"));
}

void DeskConformance::lettersAreGroupedByCause()
{
    const auto journal = open();
    for (const char *id : {"evt_1", "evt_2", "evt_3"})
        failedRun(*journal, id);
    failedRun(*journal, "evt_4", "unknown currency");
    const auto groups = journal->desk().letterGroups("payments");
    QVERIFY(groups && groups->size() == 2);
    QCOMPARE(groups->front().cause, std::string("missing amount"));
    QCOMPARE(groups->front().count, 3);
    QCOMPARE(groups->front().owner, std::string("finance"));
    QCOMPARE(groups->front().dueAt, kNoon + 4h);
    LetterQuery query;
    query.cause = "unknown currency";
    QCOMPARE(journal->desk().letters(query)->size(), 1u);
    QVERIFY(journal->desk().letterGroups("other")->empty());
}

void DeskConformance::lettersAreFoundByOwnerAndDueTime()
{
    const auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    LetterChange assign;
    assign.id = lettersOf(*journal, run).front().id;
    assign.owner = "ops";
    assign.dueAt = kNoon + 10h;
    QCOMPARE(changed(*journal, assign), std::string("changed"));
    LetterQuery mine;
    mine.owner = "ops";
    QCOMPARE(journal->desk().letters(mine)->size(), 1u);
    mine.owner = "finance";
    QVERIFY(journal->desk().letters(mine)->empty());
    LetterQuery due;
    due.dueBefore = kNoon + 9h;
    QVERIFY(journal->desk().letters(due)->empty());
    due.dueBefore = kNoon + 10h;
    QCOMPARE(journal->desk().letters(due)->size(), 1u);
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
