// SPDX-License-Identifier: GPL-3.0-or-later
#include "JournalConformance.h"

#include "core/store/JournalDesk.h"

#include <QTest>

namespace tw::test {
namespace {

const Instant kNoon = Instant::fromSeconds(1'790'000'000);

StepRecord record(const std::string &step, int item, RecordState state)
{
    StepRecord record;
    record.step = step;
    record.item = item;
    record.lineage = 0xfedcba9876543210ULL + static_cast<std::uint64_t>(item);
    record.state = state;
    record.at = kNoon;
    return record;
}

LetterRecord letter(const std::string &step, std::uint64_t lineage)
{
    return {step,  lineage, rejectedError("salesforce.required_field_missing", "Amount is missing."),
            "{\"a\":1}", 3, kNoon, kNoon + std::chrono::hours(24)};
}

LetterQuery lettersOf(const std::string &flow)
{
    LetterQuery query;
    query.flow = flow;
    return query;
}

} // namespace

NewRun JournalConformance::event(const std::string &id, const std::string &body)
{
    NewRun run;
    run.flow = "payments";
    run.flowVersion = "1.2.0";
    run.trigger = "charges";
    run.eventId = id;
    run.eventType = "charge.succeeded";
    run.body = body;
    run.created = kNoon;
    run.received = kNoon + std::chrono::milliseconds(1);
    run.live = true;
    run.seed = 0xffffffffffffff01ULL;
    return run;
}

Result<std::vector<OpenRun>> JournalConformance::allOpen(Journal &journal)
{
    const auto heads = journal.openRunHeads(0, 1000);
    if (!heads)
        return heads.error();
    std::vector<std::int64_t> runs;
    for (const OpenRunHead &head : *heads)
        runs.push_back(head.run);
    return journal.openRuns(runs);
}

AcceptedRun JournalConformance::accepted(Journal &journal, const NewRun &event)
{
    if (!journal.begin())
        return {};
    auto result = journal.accept(event);
    if (!result || !journal.commit())
        return {};
    return *result;
}

void JournalConformance::written(Journal &journal, const RunChange &change)
{
    QVERIFY(journal.begin());
    QVERIFY(journal.write(change));
    QVERIFY(journal.commit());
}

void JournalConformance::init()
{
    clear();
}

void JournalConformance::anEventIsFirstOnceAndARepeatAfterwards()
{
    std::int64_t run = 0;
    {
        const auto journal = open();
        const AcceptedRun first = accepted(*journal, event("evt_1"));
        QVERIFY(first.first && first.run > 0);
        const AcceptedRun repeat = accepted(*journal, event("evt_1", "another body"));
        QVERIFY(!repeat.first);
        QCOMPARE(repeat.run, first.run);
        run = first.run;
    }
    const auto reopened = open();
    const AcceptedRun repeat = accepted(*reopened, event("evt_1"));
    QVERIFY(!repeat.first);
    QCOMPARE(repeat.run, run);
}

void JournalConformance::theSameIdAtAnotherTriggerOrFlowIsAnotherEvent()
{
    const auto journal = open();
    QVERIFY(accepted(*journal, event("evt_1")).first);
    NewRun elsewhere = event("evt_1");
    elsewhere.trigger = "refunds";
    QVERIFY(accepted(*journal, elsewhere).first);
    elsewhere.flow = "customers";
    QVERIFY(accepted(*journal, elsewhere).first);
    QVERIFY(!accepted(*journal, elsewhere).first);
}

void JournalConformance::theNewestEventIsTheGreatestOfItsTrigger()
{
    auto journal = open();
    QCOMPARE(journal->newestEvent("payments", "charges").value_or("?"), std::string());
    for (const char *id : {"2026-01-02", "2026-01-03", "2026-01-01"})
        accepted(*journal, event(id));
    NewRun other = event("2027-01-01");
    other.trigger = "refunds";
    accepted(*journal, other);
    journal = open();
    QCOMPARE(journal->newestEvent("payments", "charges").value_or("?"), std::string("2026-01-03"));
}

void JournalConformance::bytesOfTheEventComeBackAsTheyWere()
{
    const std::string body("{\"a\":\"\xc3\xa4\xff\", \"b\":\x00 1}\n", 20);
    std::int64_t run = 0;
    {
        const auto journal = open();
        run = accepted(*journal, event("evt_1", body)).run;
    }
    const auto open1 = allOpen(*open());
    QCOMPARE(open1->front().run, run);
    QVERIFY(open1);
    QCOMPARE(open1->size(), 1u);
    const OpenRun &back = open1->front();
    QVERIFY(!back.damaged);
    QCOMPARE(back.event.body, body);
    QCOMPARE(back.event.flow, std::string("payments"));
    QCOMPARE(back.event.flowVersion, std::string("1.2.0"));
    QCOMPARE(back.event.trigger, std::string("charges"));
    QCOMPARE(back.event.eventId, std::string("evt_1"));
    QCOMPARE(back.event.eventType, std::string("charge.succeeded"));
    QCOMPARE(back.event.created, kNoon);
    QCOMPARE(back.event.received, kNoon + std::chrono::milliseconds(1));
    QCOMPARE(back.event.live, true);
    QCOMPARE(back.event.seed, 0xffffffffffffff01ULL);
}

void JournalConformance::whatWasNotCommittedIsGone()
{
    const auto journal = open();
    QVERIFY(journal->begin());
    QVERIFY(journal->accept(event("evt_1")));
    journal->rollback();
    QCOMPARE(journal->newestRun().value_or(-1), 0);
    QVERIFY(accepted(*journal, event("evt_1")).first);
}

void JournalConformance::openRunsComeBackWithTheirRecords()
{
    std::int64_t run = 0;
    {
        const auto journal = open();
        run = accepted(*journal, event("evt_1")).run;
        StepRecord waiting = record("upsert", 2, RecordState::Waiting);
        waiting.attempt = 3;
        waiting.retryAt = kNoon + std::chrono::seconds(7);
        waiting.error = transientError("net.timeout", "No answer.").at("crm");
        waiting.error->evidence = "503";
        StepRecord done = record("notify", 0, RecordState::Done);
        done.outputs = R"([{"exit":"out","message":{"id":1}}])";
        done.note = "record created";
        written(*journal, {run, {waiting, done}, {}, {}});
    }
    const auto back = allOpen(*open());
    QVERIFY(back && back->size() == 1 && back->front().steps.size() == 2);
    QVERIFY(!back->front().damaged);
    const StepRecord &done = back->front().steps[0];
    QCOMPARE(done.step, std::string("notify"));
    QVERIFY(done.state == RecordState::Done && !done.retryAt && !done.error);
    QCOMPARE(done.outputs, std::string(R"([{"exit":"out","message":{"id":1}}])"));
    QCOMPARE(done.note, std::string("record created"));
    const StepRecord &waiting = back->front().steps[1];
    QCOMPARE(waiting.item, 2);
    QCOMPARE(waiting.lineage, 0xfedcba9876543212ULL);
    QCOMPARE(waiting.attempt, 3);
    QVERIFY(waiting.retryAt == kNoon + std::chrono::seconds(7));
    QVERIFY(waiting.error && waiting.error->kind == ErrorKind::Transient);
    QCOMPARE(waiting.error->code, std::string("net.timeout"));
    QCOMPARE(waiting.error->where, std::string("crm"));
    QCOMPARE(waiting.error->evidence, std::string("503"));
}

void JournalConformance::finishedRunsAreNotOpen()
{
    const auto journal = open();
    const auto first = accepted(*journal, event("evt_1")).run;
    const auto second = accepted(*journal, event("evt_2")).run;
    written(*journal, {first, {}, {}, RunEnd{RunState::Done, kNoon}});
    const auto runs = allOpen(*journal);
    QVERIFY(runs && runs->size() == 1);
    QCOMPARE(runs->front().run, second);
    QVERIFY(!accepted(*journal, event("evt_1")).first); // still known as a repeat
}

void JournalConformance::theLastRecordOfAnItemCounts()
{
    const auto journal = open();
    const auto run = accepted(*journal, event("evt_1")).run;
    written(*journal, {run, {record("upsert", 0, RecordState::Intent)}, {}, {}});
    StepRecord failed = record("upsert", 0, RecordState::Failed);
    failed.error = rejectedError("x.y", "No.");
    written(*journal, {run, {failed}, {}, {}});
    written(*journal, {run, {record("upsert", 0, RecordState::Done)}, {}, {}});
    const auto runs = allOpen(*journal);
    QVERIFY(runs && runs->front().steps.size() == 1);
    QVERIFY(runs->front().steps[0].state == RecordState::Done);
    QVERIFY(!runs->front().steps[0].error);
}

void JournalConformance::openRunsComeInPages()
{
    const auto journal = open();
    std::vector<std::int64_t> numbers;
    for (int number = 0; number < 5; ++number)
        numbers.push_back(accepted(*journal, event("evt_" + std::to_string(number))).run);
    const auto first = journal->openRunHeads(0, 2);
    QVERIFY(first && first->size() == 2);
    QCOMPARE(first->front().run, numbers[0]);
    const auto rest = journal->openRunHeads(first->back().run, 10);
    QVERIFY(rest && rest->size() == 3);
    QCOMPARE(rest->back().run, numbers[4]);
    const auto some = journal->openRuns({numbers[3], numbers[1], 4711});
    QVERIFY(some && some->size() == 2);
    QCOMPARE(some->front().run, numbers[1]);
    QCOMPARE(some->back().event.eventId, std::string("evt_3"));
}

void JournalConformance::headsTellKeySizeAndTheEarliestRetry()
{
    const auto journal = open();
    NewRun about = event("evt_1", "0123456789");
    about.key = "ch_1";
    const auto run = accepted(*journal, about).run;
    accepted(*journal, event("evt_2"));
    StepRecord later = record("upsert", 0, RecordState::Waiting);
    later.retryAt = kNoon + std::chrono::seconds(9);
    StepRecord sooner = record("upsert", 1, RecordState::Waiting);
    sooner.retryAt = kNoon + std::chrono::seconds(7);
    written(*journal, {run, {later, sooner, record("notify", 0, RecordState::Done)}, {}, {}});
    const auto heads = journal->openRunHeads(0, 10);
    QVERIFY(heads && heads->size() == 2);
    QCOMPARE(heads->front().flow, std::string("payments"));
    QCOMPARE(heads->front().key, std::string("ch_1"));
    QCOMPARE(heads->front().bytes, 10);
    QVERIFY(heads->front().retryAt == sooner.retryAt);
    QVERIFY(heads->back().key.empty() && !heads->back().retryAt);
    const auto whole = allOpen(*journal);
    QCOMPARE(whole->front().event.key, std::string("ch_1"));
    QVERIFY(!whole->front().damaged && whole->front().steps.size() == 3);
    QVERIFY(whole->back().steps.empty());
}

void JournalConformance::anUnknownOutcomeIsRemembered()
{
    const auto journal = open();
    const auto run = accepted(*journal, event("evt_1")).run;
    StepRecord waiting = record("upsert", 0, RecordState::Waiting);
    waiting.error = transientError("net.timeout", "No answer.");
    waiting.error->outcomeUnknown = true;
    StepRecord known = record("upsert", 1, RecordState::Failed);
    known.error = rejectedError("x.y", "No.");
    written(*journal, {run, {waiting, known}, {}, {}});
    const auto back = allOpen(*journal);
    QVERIFY(back->front().steps[0].error->outcomeUnknown);
    QVERIFY(!back->front().steps[1].error->outcomeUnknown);
}

void JournalConformance::aLetterHoldsItsKeyUntilItIsReleased()
{
    auto journal = open();
    NewRun about = event("evt_1");
    about.key = "ch_1";
    const auto first = accepted(*journal, about).run;
    about = event("evt_2");
    about.key = "ch_2";
    const auto second = accepted(*journal, about).run;
    LetterRecord holding = letter("upsert", 1);
    holding.holdsKey = true;
    written(*journal, {first, {}, {holding, letter("upsert", 2)}, {}});
    QVERIFY(journal->heldKeys()->empty()); // the run itself goes on
    written(*journal, {first, {}, {}, RunEnd{RunState::DeadLettered, kNoon}});
    written(*journal, {second, {}, {letter("upsert", 1)}, RunEnd{RunState::DeadLettered, kNoon}});
    journal.reset();
    journal = open();
    const auto held = journal->heldKeys();
    QVERIFY(held && held->size() == 1);
    QVERIFY((held->front() == HeldKey{"payments", "ch_1"}));
    QVERIFY(journal->begin());
    QVERIFY(journal->releaseKey({"payments", "ch_1"}));
    QVERIFY(journal->commit());
    QVERIFY(journal->heldKeys()->empty());
    QCOMPARE(journal->desk().letters({})->size(), 3u);
}

void JournalConformance::aDeadLetterIsKeptOncePerItem()
{
    const auto journal = open();
    const auto run = accepted(*journal, event("evt_1")).run;
    QVERIFY(journal->begin());
    const auto first = journal->write({run, {}, {letter("upsert", 1), letter("upsert", 2)}, {}});
    QVERIFY(first && first->letters.size() == 2 && first->letters.front().isNew);
    QVERIFY(journal->commit());
    QVERIFY(journal->begin());
    const auto again = journal->write({run, {}, {letter("upsert", 1)}, {}});
    QVERIFY(again && !again->letters.front().isNew);
    QCOMPARE(again->letters.front().id, first->letters.front().id);
    QVERIFY(journal->commit());
}

void JournalConformance::listsShowTheNewestFirst()
{
    const auto journal = open();
    const auto first = accepted(*journal, event("evt_1")).run;
    const auto second = accepted(*journal, event("evt_2")).run;
    written(*journal, {first, {}, {letter("upsert", 1)}, RunEnd{RunState::DeadLettered, kNoon}});
    const auto runs = journal->desk().runs({});
    QVERIFY(runs && runs->size() == 2);
    QCOMPARE(runs->front().run, second);
    QVERIFY(runs->front().state == RunState::Open);
    RunQuery dead;
    dead.state = RunState::DeadLettered;
    const auto some = journal->desk().runs(dead);
    QVERIFY(some && some->size() == 1 && some->front().run == first);
    const auto letters = journal->desk().letters(lettersOf("payments"));
    QVERIFY(letters && letters->size() == 1);
    QCOMPARE(letters->front().eventId, std::string("evt_1"));
    QCOMPARE(letters->front().letter.input, std::string("{\"a\":1}"));
    QCOMPARE(letters->front().letter.error.message, std::string("Amount is missing."));
    const auto none = journal->desk().letters(lettersOf("other"));
    QVERIFY(none && none->empty());
}

void JournalConformance::aKeyBelongsToOneRunWithinItsWindow()
{
    const auto journal = open();
    const auto claim = [&](std::int64_t run, Instant at, const std::string &key = "ch_1") {
        (void)journal->begin();
        const bool mine
            = journal->claim({"payments", "drop", key, run, at, std::chrono::hours(1)})
                  .value_or(false);
        (void)journal->commit();
        return mine;
    };
    QVERIFY(claim(1, kNoon));
    QVERIFY(!claim(2, kNoon + std::chrono::minutes(59)));
    QVERIFY(claim(1, kNoon + std::chrono::minutes(10))); // the same run again: after a restart
    QVERIFY(claim(2, kNoon, "ch_2"));
    QVERIFY(claim(3, kNoon + std::chrono::minutes(70)));
    QVERIFY(!claim(1, kNoon + std::chrono::minutes(71)));
}

void JournalConformance::retentionKeepsOpenRunsAndForgetsOldOnes()
{
    const auto journal = open();
    const auto old = accepted(*journal, event("evt_1", "old")).run;
    accepted(*journal, event("evt_2", "still open"));
    written(*journal, {old, {record("upsert", 0, RecordState::Done)}, {letter("upsert", 1)},
                       RunEnd{RunState::DeadLettered, kNoon}});
    const auto forget = [&](Instant now) {
        (void)journal->begin();
        const int rows = journal->forget({now, std::chrono::hours(24 * 7),
                                          std::chrono::hours(24 * 35), 100})
                             .value_or(-1);
        (void)journal->commit();
        return rows;
    };
    QCOMPARE(forget(kNoon + std::chrono::hours(2)), 0);
    QCOMPARE(forget(kNoon + std::chrono::hours(24 * 8)), 2); // the body and the letter
    QVERIFY(!accepted(*journal, event("evt_1")).first);
    QCOMPARE(forget(kNoon + std::chrono::hours(24 * 36)), 1);
    const auto runs = allOpen(*journal);
    QVERIFY(runs && runs->size() == 1 && !runs->front().damaged);
    QCOMPARE(runs->front().event.body, std::string("still open"));
}

} // namespace tw::test
