// SPDX-License-Identifier: GPL-3.0-or-later
#include "JournalConformance.h"

#include "core/base/Text.h"
#include "core/store/FileCheck.h"
#include "core/store/RowSum.h"
#include "core/store/Sqlite.h"
#include "core/store/SqliteJournal.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace tw::test {

class tst_SqliteJournal final : public JournalConformance
{
    Q_OBJECT

protected:
    std::unique_ptr<Journal> open() override
    {
        auto journal = SqliteJournal::open({m_file});
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
    void change(const char *sql)
    {
        auto database = sqlite::Database::open(m_file, sqlite::Access::ReadWrite);
        QVERIFY(database);
        QVERIFY((*database)->execute(sql));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_file;

private Q_SLOTS:
    void aFullDiskRefusesEventsAndRecovers()
    {
        auto opened = SqliteJournal::open({m_file});
        QVERIFY(opened);
        auto &journal = static_cast<SqliteJournal &>(**opened);
        QVERIFY(accepted(journal, event("evt_0", std::string(4000, 'x'))).first);
        journal.setQuota(1); // No page more than there are.
        std::vector<std::string> acknowledged{"evt_0"};
        std::optional<Error> full;
        for (int number = 1; number < 200 && !full; ++number) {
            const std::string id = "evt_" + std::to_string(number);
            QVERIFY(journal.begin());
            const auto taken = journal.accept(event(id, std::string(4000, 'x')));
            if (!taken) {
                full = taken.error();
                journal.rollback();
            } else if (journal.commit()) {
                acknowledged.push_back(id);
            }
        }
        QVERIFY(full);
        QVERIFY(full->kind == ErrorKind::Transient);
        QCOMPARE(full->code, std::string("store.full"));
        const auto kept = allOpen(journal);
        QVERIFY(kept);
        QCOMPARE(kept->size(), acknowledged.size());
        journal.setQuota(1ll << 30);
        QVERIFY(accepted(journal, event("evt_after")).first);
    }

    void aFlippedBitInABodyIsNoticed()
    {
        std::int64_t run = 0;
        {
            const auto journal = open();
            run = accepted(*journal, event("evt_1", "{\"amount\":1099}")).run;
        }
        change("UPDATE body SET bytes = CAST(replace(bytes, '1099', '1098') AS BLOB)");
        const auto runs = allOpen(*open());
        QCOMPARE(runs->front().run, run);
        QVERIFY(runs && runs->size() == 1);
        QVERIFY(runs->front().damaged);
    }

    void aChangedRecordIsNoticed()
    {
        std::int64_t run = 0;
        {
            const auto journal = open();
            run = accepted(*journal, event("evt_1")).run;
            StepRecord record;
            record.step = "upsert";
            record.outputs = "[]";
            written(*journal, {run, {record}, {}, {}});
        }
        change("UPDATE step SET state = 2");
        const auto runs = allOpen(*open());
        QCOMPARE(runs->front().run, run);
        QVERIFY(runs && runs->front().damaged);
    }

    void aDamagedFileIsRefusedAndLeftAlone()
    {
        {
            const auto journal = open();
            for (int number = 0; number < 200; ++number)
                accepted(*journal, event("evt_" + std::to_string(number), std::string(3000, 'y')));
        }
        QFile file(toQString(m_file));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 size = file.size();
        for (qint64 at = 8192; at + 4096 < size; at += 4096) {
            file.seek(at);
            file.write(QByteArray(64, '\x5a'));
        }
        file.close();
        const auto refused = SqliteJournal::open({m_file});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("store.damaged"));
        QCOMPARE(QFile(toQString(m_file)).size(), size);
    }

    void aLargeFileIsCheckedBesideTheWork()
    {
        {
            const auto journal = open();
            for (int number = 0; number < 200; ++number)
                accepted(*journal, event("evt_" + std::to_string(number), std::string(3000, 'y')));
        }
        std::optional<Error> found;
        const auto check = [&] {
            return std::make_unique<FileCheck>(m_file, [&](const Error &error) { found = error; });
        };
        check(); // Broken off at once: nothing to say.
        QVERIFY(!found);
        QFile file(toQString(m_file));
        QVERIFY(file.open(QIODevice::ReadWrite));
        for (qint64 at = 8192; at + 4096 < file.size(); at += 4096) {
            file.seek(at);
            file.write(QByteArray(64, '\x5a'));
        }
        file.close();
        const auto running = check();
        QTRY_VERIFY(found);
        QCOMPARE(found->code, std::string("store.damaged"));
    }

    void aTextFileIsNoJournal()
    {
        QFile file(toQString(m_file));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(5000, 'a'));
        file.close();
        const auto refused = SqliteJournal::open({m_file});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("store.damaged"));
    }

    void aJournalOfALaterVersionIsRefused()
    {
        open();
        change("PRAGMA user_version = 99");
        const auto refused = SqliteJournal::open({m_file});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("store.newer_format"));
    }

    void aJournalOfVersion1IsBroughtToThisForm()
    {
        QFile old(QStringLiteral(TIDEWIRE_SOURCE_DIR "/tests/store/journal_v1.sql"));
        QVERIFY(old.open(QIODevice::ReadOnly));
        change((old.readAll() + "PRAGMA user_version = 1;").constData());
        RowSum sums;
        {
            auto database = sqlite::Database::open(m_file, sqlite::Access::ReadWrite);
            QVERIFY(database);
            auto body = (*database)->prepare("INSERT INTO body VALUES (?1, ?2, ?3)");
            QVERIFY(body);
            for (const std::int64_t run : {1, 2}) {
                const std::string id = "evt_" + std::to_string(run);
                const std::string sum = sums.of({"payments", "charges", id, "{\"a\":1}"});
                QVERIFY(body->bind(1, run).bindBlob(2, sum).bindBlob(3, "{\"a\":1}").run());
            }
        }
        auto journal = open();
        const auto heads = journal->openRunHeads(0, 10);
        QVERIFY(heads && heads->size() == 1);
        QVERIFY(heads->front().run == 2 && heads->front().key.empty());
        QCOMPARE(heads->front().retryAt->msSinceEpoch, 1'790'000'009'000);
        const auto runs = allOpen(*journal);
        QVERIFY(!runs->front().damaged && runs->front().steps.size() == 1);
        QCOMPARE(runs->front().event.body, std::string("{\"a\":1}"));
        QVERIFY(!accepted(*journal, event("evt_1")).first);
        NewRun keyed = event("evt_3");
        keyed.key = "ch_3";
        QVERIFY(accepted(*journal, keyed).first);
        journal.reset();
        QCOMPARE(allOpen(*open())->back().event.key, std::string("ch_3"));
    }

    void aHundredThousandOpenRunsAreListedInAMoment()
    {
        constexpr int kRuns = 100'000;
        auto journal = open();
        for (int number = 0; number < kRuns;) {
            QVERIFY(journal->begin());
            for (int end = number + 5000; number < end; ++number) {
                NewRun one = event("evt_" + std::to_string(number), std::string(400, 'x'));
                one.key = "cus_NffrFeUfNV2Hib_" + std::to_string(number / 3);
                QVERIFY(journal->accept(one));
            }
            QVERIFY(journal->commit());
        }
        journal.reset();
        journal = open();
        QElapsedTimer spent;
        spent.start();
        std::int64_t last = 0;
        std::size_t seen = 0;
        for (;;) {
            const auto page = journal->openRunHeads(last, 10'000);
            QVERIFY(page);
            if (page->empty())
                break;
            seen += page->size();
            last = page->back().run;
        }
        QCOMPARE(seen, std::size_t(kRuns));
        qInfo("%d heads in %lld ms", kRuns, static_cast<long long>(spent.elapsed()));
        QVERIFY(spent.elapsed() < 1000); // some 50 ms when nothing else uses the machine
    }

    void theLogIsCheckpointedBetweenTransactions()
    {
        const auto journal = open();
        for (int number = 0; number < 600; ++number) {
            accepted(*journal, event("evt_" + std::to_string(number), std::string(4000, 'z')));
            journal->maintain(false);
        }
        const QFile log(toQString(m_file + "-wal"));
        QVERIFY2(log.size() < 8'000'000, qPrintable(QString::number(log.size())));
        QVERIFY(QFile(toQString(m_file)).size() > 1'000'000);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_SqliteJournal)
#include "tst_SqliteJournal.moc"
