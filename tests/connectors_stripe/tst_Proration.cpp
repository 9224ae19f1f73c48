// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/PriceMath.h"
#include "core/connectors/stripe/double/Proration.h"

#include <QDateTime>
#include <QTest>

using namespace tw::stripe;

namespace {

std::int64_t at(const char *iso)
{
    auto moment = QDateTime::fromString(QLatin1String(iso), Qt::ISODate);
    moment.setTimeSpec(Qt::UTC);
    return moment.toSecsSinceEpoch();
}

QByteArray iso(std::int64_t seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(Qt::ISODate).toLatin1();
}

constexpr std::int64_t kDay = 86'400;

} // namespace

class TestProration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void periodsFollowTheirAnchor_data();
    void periodsFollowTheirAnchor();
    void aMomentLiesInOnePeriod_data();
    void aMomentLiesInOnePeriod();
    void anchorsOnADayOfTheMonth_data();
    void anchorsOnADayOfTheMonth();
    void changesAreProrated_data();
    void changesAreProrated();
    void newAndRemovedItemsHaveOneSide();
    void aMomentOutsideCountsAsTheNearestEnd();
    void partsOfAPeriodNeverExceedTheWhole();
};

void TestProration::periodsFollowTheirAnchor_data()
{
    QTest::addColumn<QByteArray>("anchor");
    QTest::addColumn<QByteArray>("interval");
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("n");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *anchor, const char *interval, int count,
                        int n, const char *expected) {
        QTest::newRow(name) << QByteArray(anchor) << QByteArray(interval) << count << n
                            << QByteArray(expected);
    };
    row("a month", "2026-01-15T10:00:00Z", "month", 1, 1, "2026-02-15T10:00:00Z");
    row("the 31st in February", "2026-01-31T10:00:00Z", "month", 1, 1, "2026-02-28T10:00:00Z");
    row("the 31st in March again", "2026-01-31T10:00:00Z", "month", 1, 2, "2026-03-31T10:00:00Z");
    row("the 31st in a leap year", "2028-01-31T10:00:00Z", "month", 1, 1, "2028-02-29T10:00:00Z");
    row("a quarter over new year", "2026-11-30T00:00:00Z", "month", 3, 1, "2027-02-28T00:00:00Z");
    row("a year from a leap day", "2028-02-29T12:30:00Z", "year", 1, 1, "2029-02-28T12:30:00Z");
    row("four years from a leap day", "2028-02-29T12:30:00Z", "year", 1, 4, "2032-02-29T12:30:00Z");
    row("two weeks", "2026-03-28T01:00:00Z", "week", 2, 1, "2026-04-11T01:00:00Z");
    row("days", "2026-03-28T01:00:00Z", "day", 10, 3, "2026-04-27T01:00:00Z");
    row("a month back", "2026-03-31T00:00:00Z", "month", 1, -1, "2026-02-28T00:00:00Z");
}

void TestProration::periodsFollowTheirAnchor()
{
    QFETCH(QByteArray, anchor);
    QFETCH(QByteArray, interval);
    QFETCH(int, count);
    QFETCH(int, n);
    QFETCH(QByteArray, expected);
    const auto cadence = Cadence::of(interval.constData(), count);
    QCOMPARE(iso(boundary(at(anchor.constData()), cadence, n)), expected);
}

void TestProration::aMomentLiesInOnePeriod_data()
{
    QTest::addColumn<QByteArray>("moment");
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("at the anchor")
        << QByteArray("2026-01-31T00:00:00Z") << QByteArray("2026-01-31T00:00:00Z")
        << QByteArray("2026-02-28T00:00:00Z");
    QTest::newRow("a second before the end")
        << QByteArray("2026-02-27T23:59:59Z") << QByteArray("2026-01-31T00:00:00Z")
        << QByteArray("2026-02-28T00:00:00Z");
    QTest::newRow("at the end it is the next one")
        << QByteArray("2026-02-28T00:00:00Z") << QByteArray("2026-02-28T00:00:00Z")
        << QByteArray("2026-03-31T00:00:00Z");
    QTest::newRow("years later") << QByteArray("2036-07-04T00:00:00Z")
                                 << QByteArray("2036-06-30T00:00:00Z")
                                 << QByteArray("2036-07-31T00:00:00Z");
    QTest::newRow("before the anchor")
        << QByteArray("2025-12-15T00:00:00Z") << QByteArray("2025-11-30T00:00:00Z")
        << QByteArray("2025-12-31T00:00:00Z");
}

void TestProration::aMomentLiesInOnePeriod()
{
    QFETCH(QByteArray, moment);
    QFETCH(QByteArray, start);
    QFETCH(QByteArray, end);
    const auto period =
        periodAround(at("2026-01-31T00:00:00Z"), Cadence::of("month", 1), at(moment.constData()));
    QCOMPARE(iso(period.start), start);
    QCOMPARE(iso(period.end), end);
}

void TestProration::anchorsOnADayOfTheMonth_data()
{
    QTest::addColumn<int>("day");
    QTest::addColumn<int>("month");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("later this month") << 20 << 0 << QByteArray("2026-02-20T08:00:00Z");
    QTest::newRow("today is too late") << 10 << 0 << QByteArray("2026-03-10T08:00:00Z");
    QTest::newRow("the last day") << 31 << 0 << QByteArray("2026-02-28T08:00:00Z");
    QTest::newRow("of one month") << 1 << 1 << QByteArray("2027-01-01T08:00:00Z");
}

void TestProration::anchorsOnADayOfTheMonth()
{
    QFETCH(int, day);
    QFETCH(int, month);
    QFETCH(QByteArray, expected);
    QCOMPARE(iso(nextDayOfMonth(at("2026-02-10T08:00:00Z"), day, month)), expected);
}

void TestProration::changesAreProrated_data()
{
    QTest::addColumn<QByteArray>("currency");
    QTest::addColumn<qint64>("before");
    QTest::addColumn<qint64>("after");
    QTest::addColumn<int>("dayOf30");
    QTest::addColumn<qint64>("credit");
    QTest::addColumn<qint64>("charge");
    const auto row = [](const char *name, const char *currency, qint64 before, qint64 after,
                        int day, qint64 credit, qint64 charge) {
        QTest::newRow(name) << QByteArray(currency) << before << after << day << credit << charge;
    };
    row("half of the month is left", "usd", 1000, 2000, 15, -500, 1000);
    row("at the beginning all of it", "usd", 1000, 2000, 0, -1000, 2000);
    row("at the end nothing", "usd", 1000, 2000, 30, 0, 0);
    row("a third is rounded half up", "usd", 1000, 3999, 20, -333, 1333);
    row("half a cent goes away from zero", "usd", 1001, 2001, 15, -501, 1001);
    row("yen have no decimals", "jpy", 980, 1980, 10, -653, 1320);
    row("dinars end in zero", "kwd", 10'000, 25'000, 20, -3330, 8330);
    row("kronur are whole in life", "isk", 100'000, 250'000, 20, -33'300, 83'300);
}

void TestProration::changesAreProrated()
{
    QFETCH(QByteArray, currency);
    QFETCH(qint64, before);
    QFETCH(qint64, after);
    QFETCH(int, dayOf30);
    QFETCH(qint64, credit);
    QFETCH(qint64, charge);
    const BillingPeriod month{0, 30 * kDay};
    const auto parts = prorate(ProratedItem{before, 1, month}, ProratedItem{after, 1, month},
                               dayOf30 * kDay, multipleOf(currency.constData()));
    QCOMPARE(parts.size(), std::size_t(2));
    QVERIFY(parts[0].credit && !parts[1].credit);
    QCOMPARE(qint64(parts[0].amount), credit);
    QCOMPARE(qint64(parts[1].amount), charge);
    QCOMPARE(parts[1].period, (BillingPeriod{dayOf30 * kDay, 30 * kDay}));
}

void TestProration::newAndRemovedItemsHaveOneSide()
{
    const ProratedItem item{3000, 2, {0, 30 * kDay}};
    const auto added = prorate(std::nullopt, item, 10 * kDay);
    QCOMPARE(added, (std::vector<ProrationPart>{{false, 2000, {10 * kDay, 30 * kDay}}}));
    const auto removed = prorate(item, std::nullopt, 10 * kDay);
    QCOMPARE(removed, (std::vector<ProrationPart>{{true, -2000, {10 * kDay, 30 * kDay}}}));
}

void TestProration::aMomentOutsideCountsAsTheNearestEnd()
{
    const ProratedItem item{3000, 1, {10 * kDay, 40 * kDay}};
    QCOMPARE(prorate(item, std::nullopt, 0).front().amount, std::int64_t(-3000));
    QCOMPARE(prorate(item, std::nullopt, 50 * kDay).front().amount, std::int64_t(0));
}

void TestProration::partsOfAPeriodNeverExceedTheWhole()
{
    QCOMPARE(proratedAmount(1000, {0, 90 * kDay}, {0, 30 * kDay}), std::int64_t(1000));
    QCOMPARE(proratedAmount(1000, {5, 5}, {7, 7}), std::int64_t(0));
}

QTEST_APPLESS_MAIN(TestProration)
#include "tst_Proration.moc"
