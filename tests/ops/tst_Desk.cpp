// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/ops/AdminRoutes.h"
#include "core/ops/Desk.h"
#include "core/store/JournalDesk.h"
#include "core/store/SqliteJournal.h"

#include <QTemporaryDir>
#include <QTest>

using namespace tw;
using namespace tw::ops;

class tst_Desk final : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Journal> m_journal;
    DeskOutcome m_outcome;

    std::string m_message; ///< Of the last error.

    /// The answer as JSON, or the code of the error.
    std::string desk(const std::string &action, const std::string &arguments = "{}",
                     const std::string &who = "ana")
    {
        auto parsed = parseJson(arguments);
        const DeskCall call{action, share(std::move(*parsed)), who, Instant::fromSeconds(1'790'000'000)};
        (void)m_journal->begin();
        auto outcome = performDesk(*m_journal, call);
        if (!outcome) {
            m_journal->rollback();
            m_message = outcome.error().message;
            return outcome.error().code;
        }
        (void)m_journal->commit();
        m_outcome = *outcome;
        return toJson(outcome->answer->root());
    }

    std::int64_t failedRun(const std::string &id, const std::string &cause, const std::string &key = {})
    {
        NewRun event;
        event.flow = "payments";
        event.flowVersion = "1";
        event.trigger = "charges";
        event.eventId = id;
        event.body = "{\"a\":1}";
        event.key = key;
        (void)m_journal->begin();
        const auto run = m_journal->accept(event);
        RunChange change;
        change.run = run->run;
        LetterRecord letter{"write", 5, rejectedError("x.refused", "No."), "{\"a\":1}"};
        letter.cause = cause;
        letter.keepUntil = Instant::fromSeconds(1'900'000'000);
        letter.holdsKey = !key.empty();
        change.letters = {letter};
        change.end = RunEnd{RunState::DeadLettered, {}};
        (void)m_journal->write(change);
        (void)m_journal->commit();
        return run->run;
    }

    std::string lastAudit()
    {
        const auto log = m_journal->desk().auditLog(0, 100);
        return log && !log->empty() ? log->back().action + ' ' + log->back().detail : std::string();
    }

    /// An open run with one record at "write".
    std::int64_t openRun(RecordState state, bool unknown = false)
    {
        NewRun event;
        event.flow = "payments";
        event.trigger = "charges";
        event.eventId = "evt_open";
        event.body = "{}";
        RunChange change;
        StepRecord record;
        record.step = "write";
        record.state = state;
        if (state == RecordState::Waiting)
            record.error = transientError("x.down", "Down.");
        if (record.error)
            record.error->outcomeUnknown = unknown;
        (void)m_journal->begin();
        const auto run = m_journal->accept(event);
        change.run = run->run;
        change.steps = {record};
        (void)m_journal->write(change);
        (void)m_journal->commit();
        return run->run;
    }

    void ask(std::int64_t run, const std::string &proposal, const std::string &candidates = {})
    {
        ReviewRecord review;
        review.step = "ask";
        review.question = "Which?";
        review.input = R"({"name":"Ana"})";
        review.proposal = proposal;
        review.candidates = candidates;
        RunChange change;
        change.run = run;
        change.reviews = {review};
        (void)m_journal->begin();
        (void)m_journal->write(change);
        (void)m_journal->commit();
    }

    int auditEntries() { return static_cast<int>(m_journal->desk().auditLog(0, 100)->size()); }

private Q_SLOTS:
    void init()
    {
        m_journal.reset();
        const QString file = m_folder.filePath(QStringLiteral("journal.db"));
        for (const char *end : {"", "-wal", "-shm", "-mark"})
            QFile::remove(file + QLatin1String(end));
        m_journal = std::move(*SqliteJournal::open({toUtf8(file)}));
    }

    void unknownActionsAndWrongArgumentsAreRefused()
    {
        QCOMPARE(desk("letters.eat"), std::string("ops.unknown_action"));
        QCOMPARE(desk("runs.show"), std::string("ops.bad_argument"));
        QCOMPARE(desk("runs.show", R"({"run":"x"})"), std::string("ops.bad_argument"));
        QCOMPARE(desk("runs.list", R"({"state":"gone"})"), std::string("ops.bad_argument"));
        QCOMPARE(desk("runs.list", R"({"from":"yesterday"})"), std::string("ops.bad_argument"));
        QCOMPARE(desk("letters.replay", R"({"id":1,"cause":"x"})"), std::string("ops.bad_argument"));
        QCOMPARE(desk("letters.discard", R"({"id":1,"reason":"x"})", ""),
                 std::string("ops.bad_argument"));
    }

    void allLettersOfACauseAreSentAgainOldestFirst()
    {
        failedRun("evt_1", "amount");
        failedRun("evt_2", "currency");
        failedRun("evt_3", "amount");
        QCOMPARE(desk("letters.replay", R"({"cause":"amount"})"), std::string("{\"runs\":[4,5]}"));
        QCOMPARE(m_outcome.newRuns, (std::vector<std::int64_t>{4, 5}));
        QCOMPARE(m_journal->desk().history(4)->row.eventId, std::string("evt_1"));
        QCOMPARE(auditEntries(), 2);
        QCOMPARE(desk("letters.replay", R"({"cause":"amount"})"), std::string("store.no_letter"));
        QCOMPARE(auditEntries(), 2);
    }

    void aLetterIsNotSentAgainWhileItIsOnItsWay()
    {
        failedRun("evt_1", "amount");
        const std::int64_t second = failedRun("evt_2", "amount");
        QVERIFY(m_journal->begin()); // A replay of the second one is open already.
        ReplayOrder order;
        order.run = second;
        const auto whole = m_journal->desk().replay(order);
        QVERIFY(whole && m_journal->commit());
        QCOMPARE(desk("letters.replay", R"({"id":2})"), std::string("store.run_open"));
        QCOMPARE(desk("runs.replay", R"({"run":2})"), std::string("store.run_open"));
        QVERIFY(m_journal->begin());
        QVERIFY(m_journal->write({whole->run, {}, {}, RunEnd{RunState::Cancelled, Instant::fromSeconds(1)}}));
        QVERIFY(m_journal->commit());
        QCOMPARE(desk("letters.replay", R"({"id":2})"), std::string("{\"runs\":[4]}"));
        QCOMPARE(desk("letters.replay", R"({"id":2})"), std::string("store.run_open"));
        QCOMPARE(auditEntries(), 1);
        QCOMPARE(desk("letters.discard", R"({"cause":"amount","reason":"tests"})"),
                 std::string("{\"discarded\":[1]}"));
        QCOMPARE(auditEntries(), 2);
    }

    void ofACauseWhatIsOnItsWayIsLeftOutAndNamed()
    {
        failedRun("evt_1", "amount");
        const std::int64_t second = failedRun("evt_2", "amount");
        QVERIFY(m_journal->begin());
        ReplayOrder order;
        order.run = second;
        QVERIFY(m_journal->desk().replay(order) && m_journal->commit());
        const std::string bulk = desk("letters.replay", R"({"cause":"amount"})");
        QVERIFY2(bulk.starts_with("{\"runs\":[4],\"note\":\"Left out: dead letters 2"), bulk.c_str());
        QCOMPARE(desk("letters.replay", R"({"cause":"amount"})"), std::string("store.run_open"));
        QCOMPARE(auditEntries(), 1);
    }

    void aVersionIsNamedByItsBeginning()
    {
        const std::int64_t run = failedRun("evt_1", "amount");
        (void)m_journal->begin();
        for (const char *version : {"1.0.0+aa11", "1.1.0+bb22+price@1.0.0+cc", "1.10.0+dd", "1.2.0+a", "1.2.0+b"})
            (void)m_journal->keepFlow({"payments", version, "text", Instant{}});
        (void)m_journal->commit();
        const auto replay = [&](const char *version) {
            const std::string answer = desk("runs.replay", "{\"run\":1,\"version\":\"" + std::string(version) + "\"}");
            if (answer.starts_with("store."))
                return answer;
            const std::int64_t made = m_outcome.newRuns.front();
            const std::string used = m_journal->desk().history(made)->event.flowVersion;
            RunChange end;
            end.run = made;
            end.end = RunEnd{RunState::DeadLettered, {}};
            (void)m_journal->begin();
            (void)m_journal->write(end);
            (void)m_journal->commit();
            return used;
        };
        QCOMPARE(run, std::int64_t(1));
        QCOMPARE(replay("1.0"), std::string("1.0.0+aa11"));
        QCOMPARE(replay("1.1.0"), std::string("1.1.0+bb22+price@1.0.0+cc"));
        QCOMPARE(replay("1.1.0+bb"), std::string("1.1.0+bb22+price@1.0.0+cc"));
        QCOMPARE(replay("1.2.0+b"), std::string("1.2.0+b"));
        QCOMPARE(replay("1.2.0"), std::string("store.no_version"));
        QVERIFY2(m_message.find("1.2.0+a") != std::string::npos && m_message.find("1.2.0+b") != std::string::npos
                     && m_message.find("1.0.0") == std::string::npos, m_message.c_str());
        QCOMPARE(replay("2"), std::string("store.no_version"));
        QVERIFY2(m_message.find("1.10.0+dd") != std::string::npos, m_message.c_str());
        QCOMPARE(desk("letters.replay", R"({"cause":"amount","version":"1.0.0"})"), std::string("{\"runs\":[6]}"));
        QCOMPARE(m_journal->desk().history(6)->event.flowVersion, std::string("1.0.0+aa11"));
    }

    void idAndCauseTogetherAreRefusedInTheseWords()
    {
        QCOMPARE(desk("letters.replay", R"({"id":1,"cause":"x"})"), std::string("ops.bad_argument"));
        QVERIFY2(m_message.find("not both") != std::string::npos, m_message.c_str());
        QCOMPARE(desk("letters.replay"), std::string("ops.bad_argument"));
        QVERIFY2(m_message.find("must be given") != std::string::npos, m_message.c_str());
    }

    void aRunIsFoundByTheBeginningOfAnId()
    {
        for (const char *id : {"ch_3PxQaa", "ch_3PxQab", "ch_3PxQaaZZ"}) {
            NewRun event;
            event.flow = "payments";
            event.trigger = "charges";
            event.eventId = std::string("evt_of_") + id;
            event.body = "{}";
            event.ids = ' ' + std::string(id) + ' ';
            (void)m_journal->begin();
            (void)m_journal->accept(event);
            (void)m_journal->commit();
        }
        const auto found = [&](const char *id) {
            return desk("runs.list", "{\"id\":\"" + std::string(id) + "\"}");
        };
        const auto hasRun = [&](const char *id, int run) {
            const std::string answer = found(id);
            return answer.starts_with("[{\"run\":" + std::to_string(run)) && answer.find("},{") == std::string::npos;
        };
        QVERIFY(hasRun("ch_3PxQab", 2));
        QVERIFY(hasRun("ch_3PxQaa", 1)); // Itself, though another one begins so.
        QVERIFY(hasRun("ch_3PxQaaZ", 3));
        QVERIFY(hasRun("evt_of_ch_3PxQab", 2));
        QCOMPARE(found("ch_3PxQ"), std::string("ops.bad_argument"));
        QVERIFY2(m_message.find("ch_3PxQaaZZ") != std::string::npos, m_message.c_str());
        QCOMPARE(found("ch_4"), std::string("[]"));
        QCOMPARE(desk("runs.list", R"({"id":"ch_3PxQaa","state":"failed"})"), std::string("[]"));
    }

    void anOpenRunSaysWhatItWaitsFor()
    {
        failedRun("evt_1", "amount", "ch_1");
        NewRun event;
        event.flow = "payments";
        event.trigger = "charges";
        event.eventId = "evt_2";
        event.body = "{}";
        event.key = "ch_1";
        (void)m_journal->begin();
        const auto run = m_journal->accept(event);
        (void)m_journal->commit();
        const std::string list = desk("runs.list", R"({"state":"open"})");
        QVERIFY2(list.find("\"waits_for\":\"dead letter 1 of run 1\"") != std::string::npos, list.c_str());
        const std::string shown = desk("runs.show", R"({"run":2})");
        QVERIFY2(shown.find("\"waits_for\":\"dead letter 1 of run 1\"") != std::string::npos, shown.c_str());
        desk("letters.discard", R"({"id":1,"reason":"x"})");
        QVERIFY(desk("runs.show", R"({"run":2})").find("waits_for") == std::string::npos);
        ask(run->run, "{}");
        const std::string parked = desk("runs.list", R"({"state":"open"})");
        QVERIFY2(parked.find("\"waits_for\":\"review 1\"") != std::string::npos, parked.c_str());
    }

    void anAssignmentIsForTheFutureAndLoggedAsItIs()
    {
        failedRun("evt_1", "amount");
        ask(openRun(RecordState::Parked), "{}");
        for (const char *action : {"letters.assign", "reviews.assign"}) {
            QCOMPARE(desk(action, R"({"id":1,"due":"2020-01-01T00:00:00Z"})"), std::string("ops.bad_argument"));
            QVERIFY2(m_message.find("still to come") != std::string::npos, m_message.c_str());
            QVERIFY(desk(action, R"({"id":1,"owner":"bob"})").starts_with('{'));
            QVERIFY(desk(action, R"({"id":1,"due":"4h"})").starts_with('{'));
            const std::string entry = lastAudit();
            QVERIFY2(entry.find("\"owner\":\"bob\"") != std::string::npos, entry.c_str());
        }
    }

    /// The log says whether a person agreed with what was proposed, not what the person said.
    void theAuditLogTellsAnAnswerFromTheProposal_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("kind");
        QTest::newRow("as proposed") << "" << "proposal";
        QTest::newRow("the same, written otherwise") << R"(,"answer":{ "mail": "ana@x.example" })" << "proposal";
        QTest::newRow("one of the candidates") << R"(,"answer":{"mail":"eva@x.example"})" << "candidate";
        QTest::newRow("something else") << R"(,"answer":{"mail":"joe@x.example"})" << "own";
    }

    void theAuditLogTellsAnAnswerFromTheProposal()
    {
        QFETCH(QString, answer);
        QFETCH(QString, kind);
        ask(openRun(RecordState::Parked), R"({"mail":"ana@x.example"})", R"([{"mail":"eva@x.example"}])");
        const std::string done = desk("reviews.approve", "{\"id\":1" + answer.toStdString() + '}');
        QVERIFY2(done.starts_with('{'), m_message.c_str());
        const std::string entry = lastAudit();
        QVERIFY2(entry.find("\"answer\":\"" + kind.toStdString() + '"') != std::string::npos, entry.c_str());
        QVERIFY2(entry.find("example") == std::string::npos, entry.c_str());
        const auto sum = [&entry](const char *name) {
            const std::size_t at = entry.find(name);
            return at == std::string::npos ? std::string() : entry.substr(at + std::string(name).size() + 3, 64);
        };
        QCOMPARE(sum("proposed_sha256").size(), 64u);
        QCOMPARE(sum("proposed_sha256") == sum("answer_sha256"), kind.toStdString() == "proposal");
    }

    void aDiscardTellsWhichKeysAreFree()
    {
        failedRun("evt_1", "amount", "ch_1");
        failedRun("evt_2", "amount", "ch_1");
        desk("letters.discard", R"({"id":1,"reason":"x"})");
        QVERIFY(m_outcome.releasedKeys.empty()); // The other one holds it.
        desk("letters.discard", R"({"id":2,"reason":"x"})");
        QCOMPARE(m_outcome.releasedKeys.size(), 1u);
        QCOMPARE(m_outcome.releasedKeys.front().key, std::string("ch_1"));
    }

    void whatFailsLeavesNoEntryInTheAuditLog()
    {
        QCOMPARE(desk("runs.replay", R"({"run":9})"), std::string("store.no_run"));
        QCOMPARE(auditEntries(), 0);
    }

    void aReviewIsApprovedWithItsProposal()
    {
        const std::int64_t run = failedRun("evt_1", "x");
        ReviewRecord review;
        review.step = "ask";
        review.question = "Which?";
        review.input = "{}";
        review.proposal = "{\"account\":1}";
        RunChange change;
        change.run = run;
        change.reviews = {review};
        QVERIFY(m_journal->begin());
        QVERIFY(m_journal->write(change));
        QVERIFY(m_journal->commit());
        QCOMPARE(desk("reviews.approve", R"({"id":1,"remember":true})"),
                 std::string("ops.bad_argument")); // The step does not say by what.
        desk("reviews.approve", R"({"id":1,"reason":"looks right"})");
        QCOMPARE(m_outcome.answeredRuns, std::vector<std::int64_t>{run});
        const ReviewRow row = m_journal->desk().reviews({})->front();
        QCOMPARE(row.exit, std::string("approved"));
        QCOMPARE(row.answer, std::string("{\"account\":1}"));
        QCOMPARE(row.decidedBy, std::string("ana"));
        QCOMPARE(desk("reviews.reject", R"({"id":1})"), std::string("store.review_closed"));
    }

    void aRunThatWaitsIsCancelled()
    {
        const std::int64_t run = openRun(RecordState::Waiting);
        ask(run, {});
        QCOMPARE(desk("runs.cancel", R"({"run":1})"), std::string("ops.bad_argument")); // No reason.
        QCOMPARE(desk("runs.cancel", R"({"run":1,"reason":"a test"})"),
                 std::string(R"({"run":1,"state":"cancelled","outcome_unknown":[]})"));
        QCOMPARE(m_outcome.cancelledRuns.size(), 1u);
        QCOMPARE(lastAudit(), std::string(R"(runs.cancel {"reason":"a test","outcome_unknown":[]})"));
        QVERIFY(m_journal->desk().history(run)->row.state == RunState::Cancelled);
        QVERIFY(m_journal->desk().reviews({})->front().status == ReviewStatus::Withdrawn);
        QVERIFY(m_journal->openRuns({run})->empty());
        QCOMPARE(desk("runs.cancel", R"({"run":1,"reason":"a test"})"),
                 std::string("store.run_closed"));
        // What a runner still writes of it does not change how it ended.
        RunChange late;
        late.run = run;
        late.end = RunEnd{RunState::Done, {}};
        QVERIFY(m_journal->begin());
        QVERIFY(m_journal->write(late));
        QVERIFY(m_journal->commit());
        QVERIFY(m_journal->desk().history(run)->row.state == RunState::Cancelled);
    }

    void aCancelledRunInDoubtSaysSo_data()
    {
        QTest::addColumn<int>("state");
        QTest::newRow("asked without an answer") << static_cast<int>(RecordState::Intent);
        QTest::newRow("an answer that says nothing") << static_cast<int>(RecordState::Waiting);
    }

    void aCancelledRunInDoubtSaysSo()
    {
        QFETCH(const int, state);
        const std::int64_t run = openRun(static_cast<RecordState>(state), true);
        QCOMPARE(desk("runs.cancel", R"({"run":1,"reason":"x"})"), std::string("ops.outcome_unknown"));
        QVERIFY(m_journal->desk().history(run)->row.state == RunState::Open);
        const std::string told = desk("runs.cancel", R"({"run":1,"reason":"x","in_doubt":true})");
        QVERIFY2(told.find("\"outcome_unknown\":[\"write (item 0)\"]") != std::string::npos, told.c_str());
        QVERIFY(lastAudit().find("write (item 0)") != std::string::npos);
    }

    void anEditedInputIsLookedAt_data()
    {
        QTest::addColumn<QString>("input");
        QTest::addColumn<bool>("fits");
        QTest::newRow("a corrected field") << R"("input":{"a":2})" << true;
        QTest::newRow("a field less") << R"("input":{"a":null})" << true;
        QTest::newRow("a text") << "\"input\":\"a\"" << false;
        QTest::newRow("a list") << R"("input":[1])" << false;
        QTest::newRow("nothing in it") << R"("input":{})" << false;
        QTest::newRow("a field that it has not") << R"("input":{"A":2})" << false;
        QTest::newRow("a new field that is meant") << R"("input":{"a":1,"b":2},"new_fields":true)" << true;
        QTest::newRow("a group in place of a number") << R"("input":{"a":{"b":1}})" << false;
        QTest::newRow("a text in place of a number") << R"("input":{"a":"two"})" << false;
        QTest::newRow("a text that is meant") << R"("input":{"a":"two"},"as_is":true)" << true;
        QTest::newRow("a number that is none") << R"("input":{"a":1e400})" << false;
        QTest::newRow("one that is meant") << R"("input":{"a":1e400},"as_is":true)" << false;
    }

    void anEditedInputIsLookedAt()
    {
        QFETCH(const QString, input);
        QFETCH(const bool, fits);
        failedRun("evt_1", "amount");
        const std::string told = desk("letters.edit", "{\"id\":1," + toUtf8(input) + "}");
        QCOMPARE(told != "ops.bad_argument", fits);
        QCOMPARE(auditEntries(), fits ? 1 : 0);
        if (fits)
            QVERIFY(lastAudit().find("before_sha256") != std::string::npos);
    }

    void anAnswerIsOfTheKindOfTheReview()
    {
        const std::int64_t run = failedRun("evt_1", "x");
        ask(run, R"({"account":1})", R"([{"id":"a"},{"id":"b"}])");
        const auto approve = [this](const std::string &answer) {
            return desk("reviews.approve", "{\"id\":1,\"answer\":" + answer + "}");
        };
        QCOMPARE(approve("\"b\""), std::string("ops.bad_argument"));
        QCOMPARE(approve("null"), std::string("ops.bad_argument"));
        QCOMPARE(approve(R"({"acount":1})"), std::string("ops.bad_argument"));
        QCOMPARE(approve(R"({"account":"1"})"), std::string("ops.bad_argument"));
        QCOMPARE(approve(R"({"id":7})"), std::string("ops.bad_argument"));
        QVERIFY(approve(R"({"id":"b"})") != "ops.bad_argument");
    }

    void whatChangesNothingSaysSoAndIsNotLogged()
    {
        const std::int64_t run = failedRun("evt_1", "x");
        ask(run, {});
        const auto nothing = [this](const std::string &action, const std::string &arguments) {
            return desk(action, arguments).find("Nothing to do") != std::string::npos;
        };
        QVERIFY(nothing("letters.edit", R"({"id":1,"input":{"a":1}})"));
        QVERIFY(nothing("reviews.forget", R"({"flow":"payments","step":"ask","cause":"x"})"));
        QVERIFY(!nothing("letters.assign", R"({"id":1,"owner":"ana"})"));
        QVERIFY(nothing("letters.assign", R"({"id":1,"owner":"ana"})"));
        QVERIFY(!nothing("reviews.assign", R"({"id":1,"owner":"bo","due":"4h"})"));
        QVERIFY(lastAudit().find("\"due\":\"2026-") != std::string::npos);
        QVERIFY(nothing("reviews.assign", R"({"id":1,"owner":"bo","due":"4h"})"));
        QCOMPARE(auditEntries(), 2);
    }

    void aCauseIsNamedByItsBeginning()
    {
        failedRun("evt_1", "amount: too much");
        failedRun("evt_2", "amount: too little");
        const std::string groups = desk("letters.groups");
        const std::size_t at = groups.find("cause_id") + 11;
        QCOMPARE(desk("letters.list", R"({"cause":"amount: too m"})").find("evt_2"), std::string::npos);
        QCOMPARE(desk("letters.discard", R"({"cause":"amount","reason":"x"})"),
                 std::string("ops.bad_argument")); // Both.
        QCOMPARE(desk("letters.discard", "{\"cause\":\"" + groups.substr(at, 6) + "\",\"reason\":\"x\"}").size(),
                 std::string("{\"discarded\":[1]}").size());
    }

    void aRequestOfTheAdminDoorIsTheSameCall_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("arguments");
        QTest::newRow("a list") << "runs.list" << R"({"id":"ch_1 & x","limit":5})";
        QTest::newRow("one thing") << "letters.show" << R"({"id":12})";
        QTest::newRow("a change of one") << "letters.discard" << R"({"id":12,"reason":"no"})";
        QTest::newRow("a change of many") << "letters.discard" << R"({"cause":"a b","reason":"no"})";
        QTest::newRow("a payload") << "letters.edit" << R"({"id":1,"input":{"a":[1,null]}})";
        QTest::newRow("a cancelled run") << "runs.cancel" << R"({"run":3,"reason":"r"})";
        QTest::newRow("an erasure") << "erase" << R"({"words":["ana@example.com"],"reason":"r"})";
    }

    void aRequestOfTheAdminDoorIsTheSameCall()
    {
        QFETCH(const QString, action);
        QFETCH(const QString, arguments);
        auto parsed = parseJson(toUtf8(arguments));
        const DeskCall call{toUtf8(action), share(std::move(*parsed)), "ana", {}};
        const auto request = requestOf(call);
        QVERIFY(request.has_value());
        HttpRequest http;
        http.method = request->method;
        const std::size_t mark = request->target.find('?');
        http.path = request->target.substr(0, mark);
        http.query = mark == std::string::npos ? std::string() : request->target.substr(mark + 1);
        http.body = request->body;
        const auto back = callOf(http, {});
        QVERIFY(back);
        QCOMPARE(back->action, call.action);
        QCOMPARE(back->who, request->method == "GET" ? std::string() : call.who);
        for (const Member &member : call.arguments->root().members()) {
            const Value there = back->arguments->root().get(member.key.text());
            const std::string text = there.isString() ? std::string(there.text()) : toJson(there);
            const std::string expected = member.value.isString() ? std::string(member.value.text())
                                                                 : toJson(member.value);
            QCOMPARE(text, expected);
        }
    }
};

QTEST_GUILESS_MAIN(tst_Desk)
#include "tst_Desk.moc"
