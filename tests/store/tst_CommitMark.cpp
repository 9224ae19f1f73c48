// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/store/CommitMark.h"
#include "core/store/SqliteJournal.h"
#include "tests/support/FaultVfs.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace tw::test {

using std::chrono::minutes;
using std::chrono::seconds;

class tst_CommitMark final : public QObject
{
    Q_OBJECT

    /// A journal with a call in doubt and one that waits, as a kill left it while the clock was
    /// wrong.
    void makeJournal(std::chrono::milliseconds wrongBy)
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = toUtf8(m_folder->filePath(QStringLiteral("journal.db")));
        m_then = SystemClock().now() + wrongBy;
        auto journal = SqliteJournal::open({m_file});
        QVERIFY(journal);
        NewRun event;
        event.flow = event.trigger = "f";
        event.eventId = "evt_1";
        event.body = "{}";
        StepRecord intent;
        intent.step = "write";
        intent.at = m_then;
        StepRecord waits = intent;
        waits.item = 1;
        waits.state = RecordState::Waiting;
        waits.retryAt = m_then + seconds(90);
        waits.error = transientError("x.busy", "Busy."); // A retry, and no time that a step named.
        StepRecord named = waits;
        named.item = 3;
        named.error.reset();
        StepRecord done = intent;
        done.item = 2;
        done.state = RecordState::Done;
        QVERIFY((*journal)->begin());
        QVERIFY((*journal)->accept(event));
        QVERIFY((*journal)->write({1, {intent, waits, done, named}}));
        QVERIFY((*journal)->commit());
        journal->reset();
        CommitMark::Reached reached{0, 0, 1};
        reached.at = m_then;
        CommitMark(CommitMark::nameFor(m_file)).write(reached);
    }

    std::vector<StepRecord> steps()
    {
        auto journal = SqliteJournal::open({m_file});
        if (!journal)
            return {};
        const auto runs = (*journal)->openRuns({1});
        return runs && runs->size() == 1 && !runs->front().damaged ? runs->front().steps
                                                                   : std::vector<StepRecord>();
    }

    void verifyReckoned()
    {
        const auto now = steps();
        QCOMPARE(now.size(), 4u);
        QVERIFY(SystemClock().now() - now[0].at < minutes(1));
        QVERIFY(now[0].at <= SystemClock().now());
        QVERIFY(*now[1].retryAt - now[1].at == seconds(90));
        QVERIFY(now[1].at == now[0].at);
        QVERIFY(now[2].at == m_then);                     // History stays.
        QVERIFY(*now[3].retryAt == m_then + seconds(90)); // A step named it.
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_file;
    Instant m_then;

private Q_SLOTS:
    void timesByTheSameClockStay()
    {
        makeJournal({});
        const auto same = steps();
        QCOMPARE(same.size(), 4u);
        QVERIFY(same[0].at == m_then && *same[1].retryAt == m_then + seconds(90));
    }

    void timesByAnotherClockBeginAnew_data()
    {
        QTest::addColumn<int>("minutesWrong");
        QTest::newRow("it was ten minutes slow") << -10;
        QTest::newRow("it was a day ahead") << 1440;
    }

    void timesByAnotherClockBeginAnew()
    {
        QFETCH(int, minutesWrong);
        makeJournal(minutes(minutesWrong));
        verifyReckoned();
    }

    void aClockThatIsSetMeanwhileMovesSpansAndNothingElse_data()
    {
        QTest::addColumn<int>("hours");
        QTest::newRow("ahead") << 30;
        QTest::newRow("back") << -30;
    }

    /// The test's clock was not set, so the next start finds that it was set to and fro.
    void aClockThatIsSetMeanwhileMovesSpansAndNothingElse()
    {
        QFETCH(int, hours);
        makeJournal({});
        const std::chrono::hours by(hours);
        {
            auto journal = SqliteJournal::open({m_file});
            QVERIFY(journal);
            QVERIFY((*journal)->begin());
            QVERIFY((*journal)->clockWasSet(by));
            QVERIFY((*journal)->commit());
            const auto runs = (*journal)->openRuns({1});
            QVERIFY(runs && !runs->front().damaged);
            const auto &now = runs->front().steps;
            QVERIFY(now[0].at == m_then + by);
            QVERIFY(*now[1].retryAt == m_then + seconds(90) + by);
            QVERIFY(now[2].at == m_then);
            QVERIFY(*now[3].retryAt == m_then + seconds(90));
        }
        const auto marked = CommitMark(CommitMark::nameFor(m_file)).read();
        QVERIFY(marked && CommitMark::hasClockMoved(*marked));
        verifyReckoned();
    }

    void aStartThatFailedDoesNotForgetTheOtherClock()
    {
        makeJournal(minutes(-10));
        {
            FaultVfs vfs;
            auto full = FaultVfs::only(FaultVfs::Call::Write, 1, FaultVfs::Fault::Full);
            full.count = 1'000'000;
            vfs.plan(full);
            QVERIFY(!SqliteJournal::open({m_file}));
        }
        verifyReckoned();
    }

    void aJournalThatIsGoneIsMissed()
    {
        makeJournal({});
        QVERIFY(QFile::remove(toQString(m_file)));
        const auto refused = SqliteJournal::open({m_file});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("store.damaged"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_CommitMark)
#include "tst_CommitMark.moc"
