// SPDX-License-Identifier: GPL-3.0-or-later
// The part of DeskConformance that deals with replays and dead letters.
#include "DeskConformance.h"
#include "DeskFixture.h"

namespace tw::test {

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

void DeskConformance::anEventIsReplayedOnceAtATime()
{
    auto journal = open();
    const auto run = failedRun(*journal, "evt_1");
    const std::int64_t id = lettersOf(*journal, run).front().id;
    const ReplayOrder whole{run, 0, {}, false, "ana", kNoon};
    const ReplayOrder part{0, id, {}, false, "ana", kNoon};
    std::int64_t first = 0;
    QCOMPARE(replayed(*journal, whole, &first), std::string("replayed"));
    journal = open();
    QCOMPARE(replayed(*journal, whole), std::string("store.run_open"));
    QCOMPARE(replayed(*journal, part), std::string("store.run_open"));
    ReplayOrder asNew = whole;
    asNew.asNew = true;
    QCOMPARE(replayed(*journal, asNew), std::string("store.run_open"));
    failedRun(*journal, "evt_2"); // Another event has nothing to do with it.
    QCOMPARE(replayed(*journal, {first + 1, 0, {}, false, "ana", kNoon}), std::string("replayed"));
    put(*journal, {first, {}, {letter("upsert")}, RunEnd{RunState::DeadLettered, kNoon}});
    std::int64_t second = 0;
    QCOMPARE(replayed(*journal, part, &second), std::string("replayed"));
    QCOMPARE(replayed(*journal, whole), std::string("store.run_open"));
    QCOMPARE(replayed(*journal, {first, 0, {}, false, "ana", kNoon}), std::string("store.run_open"));
    // The letter of the first replay is about the same record.
    const std::int64_t same = lettersOf(*journal, first).front().id;
    QCOMPARE(replayed(*journal, {0, same, {}, false, "ana", kNoon}), std::string("store.run_open"));
    put(*journal, {second, {}, {}, RunEnd{RunState::Done, kNoon}});
    QCOMPARE(replayed(*journal, whole), std::string("replayed"));
}

void DeskConformance::recordsOfOneRunAreSentAgainTogether()
{
    const auto journal = open();
    const std::int64_t run = accepted(*journal, incoming("evt_1")).run;
    LetterRecord one = letter("upsert");
    LetterRecord two = letter("upsert");
    two.lineage = 43;
    put(*journal, {run, {}, {one, two}, RunEnd{RunState::DeadLettered, kNoon}});
    std::vector<std::int64_t> letters;
    for (const LetterRow &row : lettersOf(*journal, run))
        letters.push_back(row.id);
    const auto again = [&](std::int64_t id, std::int64_t *number = nullptr) {
        return replayed(*journal, {0, id, {}, false, "ana", kNoon}, number);
    };
    std::int64_t a = 0, b = 0;
    QCOMPARE(again(letters[0], &a), std::string("replayed"));
    QCOMPARE(again(letters[1], &b), std::string("replayed"));
    QCOMPARE(again(letters[0]), std::string("store.run_open"));
    QCOMPARE(replayed(*journal, {run, 0, {}, false, "ana", kNoon}), std::string("store.run_open"));
    put(*journal, {a, {}, {two}, RunEnd{RunState::DeadLettered, kNoon}}); // The newest is told first.
    put(*journal, {b, {}, {one}, RunEnd{RunState::DeadLettered, kNoon}});
    // What failed again may be sent together again, and not beside what it came from.
    QCOMPARE(again(lettersOf(*journal, a).front().id), std::string("replayed"));
    QCOMPARE(again(letters[0]), std::string("store.run_open"));
    QCOMPARE(again(lettersOf(*journal, b).front().id), std::string("replayed"));
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

} // namespace tw::test
