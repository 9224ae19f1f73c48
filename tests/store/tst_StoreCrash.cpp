// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/store/SqliteJournal.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <set>

namespace tw::test {

/// Kills a process that accepts events, over and over, and looks whether it lied to its sender.
class tst_StoreCrash final : public QObject
{
    Q_OBJECT

    /// Lets the child run until it acknowledged about `enough` more events, then kills it.
    static void runAndKill(const QString &file, long first, int enough, std::set<long> &acknowledged)
    {
        QProcess child;
        QByteArray out;
        child.start(QStringLiteral(STORE_CRASH_CHILD), {file, QString::number(first)});
        QVERIFY(child.waitForStarted());
        while (out.count('\n') < enough) {
            QVERIFY2(child.waitForReadyRead(30'000), child.readAllStandardError().constData());
            out += child.readAllStandardOutput();
        }
        child.kill();
        QVERIFY(child.waitForFinished());
        out += child.readAllStandardOutput();
        const QList<QByteArray> lines = out.left(out.lastIndexOf('\n') + 1).split('\n');
        for (const QByteArray &line : lines) {
            if (!line.isEmpty())
                acknowledged.insert(line.toLong());
        }
    }

private Q_SLOTS:
    void everyAcknowledgedEventIsThereAfterAKill()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("journal.db"));
        std::set<long> acknowledged;
        Random random(7);
        constexpr int kKills = 12;
        for (int kill = 0; kill < kKills; ++kill) {
            const long first = acknowledged.empty() ? 1 : *acknowledged.rbegin() + 1000;
            runAndKill(file, first, 1 + static_cast<int>(random.below(400)), acknowledged);
            if (QTest::currentTestFailed())
                return;
            auto journal = SqliteJournal::open({toUtf8(file)});
            QVERIFY2(journal, journal ? "" : journal.error().text().c_str());
            const auto heads = (*journal)->openRunHeads(0, 1'000'000);
            QVERIFY(heads);
            std::vector<std::int64_t> numbers;
            for (const OpenRunHead &head : *heads)
                numbers.push_back(head.run);
            const auto runs = (*journal)->openRuns(numbers);
            QVERIFY(runs);
            std::multiset<std::string> stored;
            for (const OpenRun &run : *runs) {
                QVERIFY2(!run.damaged, run.event.eventId.c_str());
                stored.insert(run.event.eventId);
            }
            for (const long id : acknowledged)
                QCOMPARE(stored.count("evt_" + std::to_string(id)), 1u);
        }
        QVERIFY(acknowledged.size() > kKills);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_StoreCrash)
#include "tst_StoreCrash.moc"
