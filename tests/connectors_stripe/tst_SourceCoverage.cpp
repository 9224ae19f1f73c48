// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/SourceCoverage.h"

#include <QTest>

using namespace tw;

class TestSourceCoverage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsKeptComesBack();
    void countingGoesOnOverRestarts();
    void readsBelongToTheirMonth();
    void gapsThatTouchAreOne();
    void listsStayBounded();
    void membersOfLaterVersionsAreLeft();
};

void TestSourceCoverage::whatIsKeptComesBack()
{
    SourceCoverage coverage;
    coverage.received = 5;
    coverage.backfilled = 3;
    coverage.own = 2;
    coverage.miss("evt_1");
    coverage.note({Instant::fromSeconds(10), Instant::fromSeconds(20), "It was gone."});
    coverage.versions["2026-10-28.endive"] = 8;
    coverage.lastEventId = "evt_9";
    coverage.lagMs = 1234;
    coverage.trouble = "No \"line\".";
    const auto back = coverageFrom(toJson(coverage));
    QVERIFY(back);
    QCOMPARE(toJson(*back), toJson(coverage));
    QCOMPARE(int(back->refused), 1);
    QCOMPARE(back->gaps.front().why, std::string("It was gone."));
    QVERIFY(!coverageFrom("nonsense"));
}

void TestSourceCoverage::countingGoesOnOverRestarts()
{
    SourceCoverage before, now;
    before.received = 100;
    before.versions["a"] = 2;
    before.since = Instant::fromSeconds(1);
    before.checkedTo = Instant::fromSeconds(500);
    before.miss("evt_1");
    now.since = Instant::fromSeconds(900);
    now.received = 3; // Deliveries came before the journal had answered.
    now.versions["a"] = 1;
    now.goOnFrom(before);
    QCOMPARE(int(now.received), 103);
    QCOMPARE(int(now.versions["a"]), 3);
    QCOMPARE(now.since.seconds(), 1);
    QCOMPARE(now.checkedTo.seconds(), 500);
    QCOMPARE(now.missing, std::vector<std::string>{"evt_1"});
}

void TestSourceCoverage::readsBelongToTheirMonth()
{
    SourceCoverage before;
    const Instant september = Instant::fromSeconds(1'790'000'000);
    before.countRead(september);
    before.countRead(september);
    QCOMPARE(before.month, std::string("2026-09"));
    QCOMPARE(int(before.reads), 2);
    SourceCoverage same, later;
    same.countRead(september);
    same.goOnFrom(before);
    QCOMPARE(int(same.reads), 3);
    later.countRead(september + std::chrono::hours(15 * 24));
    later.goOnFrom(before);
    QCOMPARE(int(later.reads), 1);
    QCOMPARE(later.month, std::string("2026-10"));
}

void TestSourceCoverage::gapsThatTouchAreOne()
{
    SourceCoverage coverage;
    const auto at = [](int second) { return Instant::fromSeconds(second); };
    coverage.note({at(10), at(20), "a"});
    coverage.note({at(20), at(30), "a"});
    coverage.note({at(25), at(40), "b"});
    coverage.note({at(50), at(60), "b"});
    QCOMPARE(int(coverage.gaps.size()), 3);
    QCOMPARE(coverage.gaps[0].to.seconds(), 30);
}

void TestSourceCoverage::listsStayBounded()
{
    SourceCoverage coverage;
    for (int i = 0; i < 500; ++i) {
        coverage.miss("evt_" + std::to_string(i));
        coverage.note({Instant::fromSeconds(10 * i), Instant::fromSeconds(10 * i + 1), "x"});
    }
    QCOMPARE(int(coverage.refused), 500);
    QCOMPARE(coverage.missing.size(), SourceCoverage::kMostMissing);
    QCOMPARE(coverage.missing.back(), std::string("evt_499"));
    QVERIFY(coverage.gaps.size() <= 20);
}

void TestSourceCoverage::membersOfLaterVersionsAreLeft()
{
    const auto read = coverageFrom(R"({"received":4,"shape":[1],"missing":{},"lag_ms":"x"})");
    QVERIFY(read);
    QCOMPARE(int(read->received), 4);
}

QTEST_GUILESS_MAIN(TestSourceCoverage)
#include "tst_SourceCoverage.moc"
