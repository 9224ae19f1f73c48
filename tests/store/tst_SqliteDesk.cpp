// SPDX-License-Identifier: GPL-3.0-or-later
#include "DeskConformance.h"

#include "core/base/Text.h"
#include "core/store/RowSeal.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace tw::test {
namespace {

/// Not a cipher, but what the store can tell of one: other bytes, bound to their place.
class TestSeal final : public RowSeal
{
public:
    std::string seal(std::string_view plain, std::string_view place) override
    {
        std::string bytes = "\x01" + std::string(place) + '\x02';
        for (const char letter : plain)
            bytes += static_cast<char>(letter ^ 0x55);
        return bytes;
    }
    Result<std::string> open(std::string_view bytes, std::string_view place) override
    {
        if (bytes.empty() || bytes.front() != '\x01')
            return std::string(bytes);
        const std::string head = "\x01" + std::string(place) + '\x02';
        if (bytes.substr(0, head.size()) != head)
            return internalError("test.moved", "Not from this place.");
        std::string plain;
        for (const char letter : bytes.substr(head.size()))
            plain += static_cast<char>(letter ^ 0x55);
        return plain;
    }
};

} // namespace

class tst_SqliteDesk final : public DeskConformance
{
    Q_OBJECT

protected:
    std::unique_ptr<Journal> open() override
    {
        SqliteOptions options{m_file};
        options.seal = m_seal.get();
        auto journal = SqliteJournal::open(options);
        if (!journal)
            qFatal("%s", journal.error().text().c_str());
        return std::move(*journal);
    }
    void clear() override
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = toUtf8(m_folder->filePath(QStringLiteral("journal.db")));
    }

    std::unique_ptr<RowSeal> m_seal;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_file;

private:
    void change(const char *sql)
    {
        auto database = sqlite::Database::open(m_file, sqlite::Access::ReadWrite);
        QVERIFY(database);
        QVERIFY((*database)->execute(sql));
    }

    static void audited(Journal &journal, const char *action, const std::string &detail = "{}")
    {
        QVERIFY(journal.begin());
        QVERIFY(journal.desk().audit({0, {1}, "ana", action, "run 1", detail}));
        QVERIFY(journal.commit());
    }

    /// Three entries as versions before 5 chained them: over the texts themselves.
    void writeEarlierLog(const std::string &person)
    {
        open();
        QByteArray previous;
        QByteArray sql;
        int number = 0;
        for (const char *action : {"one", "two", "three"}) {
            const QByteArray detail
                = ++number == 2 ? "{\"reason\":\"test " + QByteArray::fromStdString(person) + "\"}" : QByteArray("{}");
            QCryptographicHash hash(QCryptographicHash::Sha256);
            for (const QByteArray &part : {previous, QByteArray::number(number), QByteArray("1"),
                                           QByteArray("ana"), QByteArray(action), QByteArray("run 1"), detail})
                hash.addData(QByteArray::number(part.size()) + ':' + part);
            previous = hash.result().toHex();
            sql += "INSERT INTO audit (number, at, who, action, subject, detail, hash) VALUES ("
                + QByteArray::number(number) + ", 1, 'ana', '" + action + "', 'run 1', '" + detail + "', '"
                + previous + "');";
        }
        sql += "INSERT INTO keep (area, name, value, at) VALUES ('audit', 'head', '3 " + previous + "', 1);";
        change(sql.constData());
    }

    /// Whether the bytes stand anywhere in the files of the journal.
    bool isOnDisk(const QByteArray &bytes) const
    {
        for (const char *end : {"", "-wal"}) {
            QFile file(toQString(m_file + end));
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains(bytes))
                return true;
        }
        return false;
    }

    static std::int64_t closedRun(Journal &journal, const std::string &id, const std::string &body)
    {
        NewRun run;
        run.flow = "f";
        run.trigger = "t";
        run.eventId = id;
        run.body = body;
        (void)journal.begin();
        const auto accepted = journal.accept(run);
        RunChange change;
        change.run = accepted->run;
        change.end = RunEnd{};
        (void)journal.write(change);
        (void)journal.commit();
        return accepted->run;
    }

private Q_SLOTS:
    void aChangedAuditLogIsNoticed_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("entry");
        QTest::newRow("a word changed") << "UPDATE audit SET who = 'bob' WHERE number = 2" << "2";
        QTest::newRow("one taken out") << "DELETE FROM audit WHERE number = 2" << "2";
        QTest::newRow("the first taken out") << "DELETE FROM audit WHERE number = 1" << "1";
        QTest::newRow("the last taken out") << "DELETE FROM audit WHERE number = 3" << "3";
        QTest::newRow("all taken out") << "DELETE FROM audit" << "1";
        QTest::newRow("two swapped")
            << "UPDATE audit SET number = 9 WHERE number = 1;"
               "UPDATE audit SET number = 1 WHERE number = 2;"
               "UPDATE audit SET number = 2 WHERE number = 9" << "1";
        QTest::newRow("the hash made to fit alone")
            << "UPDATE audit SET detail = '{\"a\":1}', hash = '00' WHERE number = 3" << "3";
    }

    void aChangedAuditLogIsNoticed()
    {
        QFETCH(const QString, sql);
        QFETCH(const QString, entry);
        {
            const auto journal = open();
            for (const char *action : {"one", "two", "three"})
                audited(*journal, action);
        }
        change(sql.toUtf8().constData());
        const auto checked = open()->desk().checkAudit();
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, std::string("store.audit_broken"));
        QVERIFY(toQString(checked.error().message).contains(QStringLiteral("Entry %1 ").arg(entry)));
    }

    void anErasedEntryStaysProvable_data()
    {
        QTest::addColumn<bool>("isEarlier");
        QTest::newRow("as it is written now") << false;
        QTest::newRow("as earlier versions wrote it") << true;
    }

    void anErasedEntryStaysProvable()
    {
        QFETCH(const bool, isEarlier);
        const std::string person = "Jane.Roe@x.example";
        if (isEarlier)
            writeEarlierLog(person);
        {
            const auto journal = open();
            if (!isEarlier) {
                audited(*journal, "one");
                audited(*journal, "two", "{\"reason\":\"test " + person + "\"}");
                audited(*journal, "three");
            }
            QVERIFY(journal->desk().checkAudit());
            QVERIFY(journal->begin());
            const auto report = journal->desk().erase({{"jane.roe@X.example"}, "ana", "asked", {}});
            QVERIFY(report);
            QCOMPARE(report->entries.size(), 1u);
            QVERIFY(journal->desk().audit({0, {}, "ana", "erase", "a person" + mentionsOf(*report), "{}"}));
            QVERIFY(journal->commit());
            journal->maintain(false);
            const auto sound = journal->desk().checkAudit();
            QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
            const auto log = journal->desk().auditLog(0, 10);
            QCOMPARE(log->at(1).erased & AuditEntry::Detail, int(AuditEntry::Detail));
            QCOMPARE(log->at(1).detail, std::string());
            QCOMPARE(log->at(1).action, std::string("two"));
            QVERIFY(!isOnDisk(QByteArray::fromStdString(person)));
        }
        const auto broken = [this](const char *sql) {
            QFile::remove(toQString(m_file + ".was"));
            QVERIFY(QFile::copy(toQString(m_file), toQString(m_file + ".was")));
            change(sql);
            const auto checked = open()->desk().checkAudit();
            QVERIFY2(!checked && checked.error().code == "store.audit_broken", sql);
            for (const char *part : {"", "-wal", "-shm", "-mark"})
                QFile::remove(toQString(m_file + part));
            QVERIFY(QFile::rename(toQString(m_file + ".was"), toQString(m_file)));
        };
        // Nobody else can take words out, or change what is left of an entry that lost some.
        broken("UPDATE audit SET erased = erased | 4, detail = '' WHERE number = 3");
        broken("UPDATE audit SET who = 'bob' WHERE number = 2");
        broken("UPDATE audit SET at = 7 WHERE number = 2");
        broken("UPDATE audit SET action = 'reviews.approve' WHERE number = 2");
        broken("UPDATE audit SET subject = 'a person' WHERE number = 4");
        QVERIFY(open()->desk().checkAudit());
    }

    void whatPeopleWroteOfThePersonGoes()
    {
        const auto journal = open();
        const auto run = closedRun(*journal, "evt_1", "{}");
        RunChange change;
        change.run = run;
        change.letters.push_back({"write", 1, rejectedError("x.y", "No."), "{\"a\":1}", 1, {}, Instant{1}});
        QVERIFY(journal->begin());
        QVERIFY(journal->write(change));
        LetterChange discard;
        discard.id = 1;
        discard.status = LetterStatus::Discarded;
        discard.by = "roe.jane";
        discard.reason = "Jane Roe asked";
        QVERIFY(journal->desk().change(discard));
        QVERIFY(journal->keep({"gate", "crm", "{\"why\":\"Jane Roe\"}", {}}));
        const Erasure look{{"Jane Roe"}, "ana", "asked", {}, false, true};
        const auto would = journal->desk().erase(look);
        QCOMPARE(would->texts, 2);
        QCOMPARE(journal->desk().letters({})->front().reason, std::string("Jane Roe asked"));
        const auto report = journal->desk().erase({{"Jane Roe"}, "ana", "asked", {}});
        QVERIFY(journal->commit());
        QCOMPARE(report->texts, 2);
        QCOMPARE(report->runs, 0);
        const LetterRow letter = journal->desk().letters({})->front();
        QCOMPARE(letter.reason, std::string("(erased)"));
        QCOMPARE(letter.decidedBy, std::string("roe.jane"));
        QVERIFY(!letter.damaged);
        QCOMPARE(journal->kept("gate")->front().value, std::string("{\"why\":\"(erased)\"}"));
    }

    void addressesAreFoundInAnyCaseAndIdsAsTheyAre()
    {
        const auto journal = open();
        closedRun(*journal, "evt_1", "{\"mail\":\"Maya@X.example\",\"id\":\"cus_AbCd\"}");
        closedRun(*journal, "evt_2", "{\"link\":\"to=maya%40x.example\"}");
        const auto look = [&](const std::string &word) {
            return *journal->desk().erase({{word}, "ana", "asked", {}, false, true});
        };
        QCOMPARE(look("MAYA@x.EXAMPLE").runs, 2);
        QCOMPARE(look("cus_AbCd").runs, 1);
        QCOMPARE(look("cus_abcd").runs, 0);
        QCOMPARE(look("cus_abcd").otherCase, 1);
        QVERIFY(look("cus_abcd").isNothing());
        QVERIFY(journal->desk().history(1)->bodyKept);
    }

    void anErasedPersonIsNotInTheFileEither()
    {
        const auto journal = open();
        const QByteArray name("ana.unique@example.com");
        closedRun(*journal, "evt_1", "{\"mail\":\"" + name.toStdString() + "\"}");
        QVERIFY(isOnDisk(name) || m_seal);
        QVERIFY(journal->begin());
        QVERIFY(journal->desk().erase({{name.toStdString()}, "ana", "asked", {}}));
        QVERIFY(journal->commit());
        journal->maintain(false);
        QVERIFY(!isOnDisk(name));
    }

    void eventsAreRefusedBeforeTheQuotaAndOpenRunsStillEnd()
    {
        SqliteOptions options{m_file};
        options.quotaBytes = 2'000'000;
        auto opened = SqliteJournal::open(options);
        QVERIFY(opened);
        Journal &journal = **opened;
        std::vector<std::int64_t> open;
        std::optional<Error> full;
        for (int n = 0; n < 2000 && !full; ++n) {
            NewRun run;
            run.flow = "f";
            run.trigger = "t";
            run.eventId = std::to_string(n);
            run.body = std::string(20'000, 'x');
            QVERIFY(journal.begin());
            const auto taken = journal.accept(run);
            if (taken)
                open.push_back(taken->run);
            else
                full = taken.error();
            QVERIFY(journal.commit());
        }
        QVERIFY(full);
        QCOMPARE(full->code, std::string("store.full"));
        QVERIFY(full->kind == ErrorKind::Transient && full->retryAfter);
        for (const std::int64_t run : open) {
            StepRecord record;
            record.step = "s";
            record.state = RecordState::Done;
            record.outputs = std::string(500, 'y');
            RunChange change;
            change.run = run;
            change.steps = {record};
            change.end = RunEnd{};
            QVERIFY(journal.begin());
            QVERIFY(journal.write(change));
            QVERIFY(journal.commit());
        }
        Retention retention;
        retention.bytes = 1'000'000;
        int gone = 1;
        while (gone > 0) {
            QVERIFY(journal.begin());
            gone = journal.forget(retention).value_or(0);
            QVERIFY(journal.commit());
        }
        closedRun(journal, "after", "{}"); // It takes events again.
        QVERIFY(journal.desk().history(open.back() + 1));
    }
};

/// The same desk with sealed rows: nothing else may change.
class tst_SealedDesk final : public DeskConformance
{
    Q_OBJECT

protected:
    std::unique_ptr<Journal> open() override
    {
        SqliteOptions options{m_file};
        options.seal = &m_seal;
        auto journal = SqliteJournal::open(options);
        if (!journal)
            qFatal("%s", journal.error().text().c_str());
        return std::move(*journal);
    }
    void clear() override
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = toUtf8(m_folder->filePath(QStringLiteral("journal.db")));
    }

private:
    TestSeal m_seal;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_file;

private Q_SLOTS:
    void noPayloadStandsInTheFile()
    {
        const auto journal = open();
        NewRun run;
        run.flow = "f";
        run.trigger = "t";
        run.eventId = "evt_1";
        run.body = "{\"mark\":\"PLANTED-body\"}";
        run.origin = 1;
        run.entry = RunEntry{"s", 0, 1, "{\"mark\":\"PLANTED-entry\"}"};
        StepRecord record;
        record.step = "s";
        record.state = RecordState::Failed;
        record.note = "PLANTED-note";
        record.outputs = "[\"PLANTED-outputs\"]";
        record.error = rejectedError("x.y", "No.");
        record.error->evidence = "PLANTED-evidence";
        LetterRecord letter{"s", 1, *record.error, "\"PLANTED-input\""};
        ReviewRecord review;
        review.step = "s";
        review.question = "PLANTED-question";
        review.input = review.proposal = review.candidates = "\"PLANTED-review\"";
        QVERIFY(journal->begin());
        const auto accepted = journal->accept(run);
        RunChange change;
        change.run = accepted->run;
        change.steps = {record};
        change.letters = {letter};
        change.reviews = {review};
        QVERIFY(journal->write(change));
        LetterChange edit;
        edit.id = 1;
        edit.edited = "\"PLANTED-edit\"";
        QVERIFY(journal->desk().change(edit));
        ReviewDecision decision;
        decision.review = 1;
        decision.answer = "\"PLANTED-answer\"";
        QVERIFY(journal->desk().decide(decision));
        QVERIFY(journal->commit());
        const auto back = journal->openRuns({accepted->run});
        QVERIFY(back && back->size() == 1 && !back->front().damaged);
        QCOMPARE(back->front().event.body, run.body);
        QCOMPARE(back->front().steps.front().note, record.note);
        for (const char *end : {"", "-wal"}) {
            QFile file(toQString(m_file + end));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(!file.readAll().contains("PLANTED"));
        }
    }
};

} // namespace tw::test

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    tw::test::tst_SqliteDesk plain;
    tw::test::tst_SealedDesk sealed;
    const int first = QTest::qExec(&plain, argc, argv);
    return QTest::qExec(&sealed, argc, argv) | first;
}

#include "tst_SqliteDesk.moc"
