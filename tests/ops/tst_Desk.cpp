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
        QVERIFY(m_journal->desk().replay(order));
        QVERIFY(m_journal->commit());
        QCOMPARE(desk("letters.replay", R"({"id":2})"), std::string("{\"runs\":[4]}"));
        QCOMPARE(desk("letters.replay", R"({"id":2})"), std::string("store.run_open"));
        QCOMPARE(auditEntries(), 1);
        QCOMPARE(desk("letters.discard", R"({"cause":"amount","reason":"tests"})"),
                 std::string("{\"discarded\":[1]}"));
        QCOMPARE(auditEntries(), 2);
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

    void aRequestOfTheAdminDoorIsTheSameCall_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("arguments");
        QTest::newRow("a list") << "runs.list" << R"({"id":"ch_1 & x","limit":5})";
        QTest::newRow("one thing") << "letters.show" << R"({"id":12})";
        QTest::newRow("a change of one") << "letters.discard" << R"({"id":12,"reason":"no"})";
        QTest::newRow("a change of many") << "letters.discard" << R"({"cause":"a b","reason":"no"})";
        QTest::newRow("a payload") << "letters.edit" << R"({"id":1,"input":{"a":[1,null]}})";
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
