// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/Cron.h"

#include "core/connectors/timer/Schedule.h"

#include <QDateTime>
#include <QTest>
#include <QTimeZone>

using namespace tw;
using namespace tw::timer;

namespace {

Instant at(const QString &text)
{
    return {QDateTime::fromString(text, Qt::ISODate).toMSecsSinceEpoch()};
}

QString text(std::optional<Instant> instant)
{
    return instant ? QDateTime::fromMSecsSinceEpoch(instant->msSinceEpoch, Qt::UTC).toString(Qt::ISODate)
                   : QStringLiteral("never");
}

} // namespace

class TestCron : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNextMoment_data();
    void theNextMoment();
    void brokenLinesNameTheirField_data();
    void brokenLinesNameTheirField();
    void aDayOfTheClockChangeHasEachTimeOnce();
    void intervalsAreCountedFrom1970();
    void theNewestMissedMomentsAreKept();
};

void TestCron::theNextMoment_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QByteArray>("zone");
    QTest::addColumn<QString>("after");
    QTest::addColumn<QString>("next");
    const auto row = [](const char *name, const char *line, const char *zone, const char *after,
                        const char *next) {
        QTest::newRow(name) << QString::fromLatin1(line) << QByteArray(zone)
                            << QString::fromLatin1(after) << QString::fromLatin1(next);
    };
    row("later the same day", "30 14 * * *", "UTC", "2026-03-02T14:29:59Z", "2026-03-02T14:30:00Z");
    row("a moment is not after itself", "30 14 * * *", "UTC", "2026-03-02T14:30:00Z", "2026-03-03T14:30:00Z");
    row("working days jump the weekend", "0 8 * * mon-fri", "UTC", "2026-03-06T08:00:00Z", "2026-03-09T08:00:00Z");
    row("Sunday is 7 as well", "0 0 * * 7", "UTC", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z");
    row("steps", "*/20 * * * *", "UTC", "2026-03-02T10:41:00Z", "2026-03-02T11:00:00Z");
    row("steps from a number", "5/20 * * * *", "UTC", "2026-03-02T10:26:00Z", "2026-03-02T10:45:00Z");
    row("lists and ranges", "0,30 9-10 * * *", "UTC", "2026-03-02T10:30:00Z", "2026-03-03T09:00:00Z");
    row("the end of a year", "0 0 1 jan *", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    row("the 31st skips short months", "0 0 31 * *", "UTC", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z");
    row("29 February", "0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z");
    row("30 February never comes", "0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", "never");
    row("both days restricted: either fits", "0 0 13 * fri", "UTC", "2026-03-02T00:00:00Z", "2026-03-06T00:00:00Z");
    row("@monthly", "@monthly", "UTC", "2026-03-02T00:00:00Z", "2026-04-01T00:00:00Z");
    row("the zone's clocks in winter", "0 8 * * *", "Europe/Berlin", "2026-01-10T00:00:00Z", "2026-01-10T07:00:00Z");
    row("the zone's clocks in summer", "0 8 * * *", "Europe/Berlin", "2026-07-10T00:00:00Z", "2026-07-10T06:00:00Z");
    row("a zone whose day began yesterday", "0 9 * * *", "Asia/Tokyo", "2026-07-10T00:30:00Z", "2026-07-11T00:00:00Z");
    row("a time that spring skips comes after the gap", "30 2 * * *", "Europe/Berlin",
        "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z");
    row("a time that autumn repeats comes first", "30 2 * * *", "Europe/Berlin",
        "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z");
    row("and not again", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
}

void TestCron::theNextMoment()
{
    QFETCH(QString, line);
    QFETCH(QByteArray, zone);
    QFETCH(QString, after);
    QFETCH(QString, next);
    const QTimeZone clocks(zone);
    if (!clocks.isValid())
        QSKIP("the system has no time zone data");
    const auto cron = Cron::parse(line.toStdString());
    QVERIFY(cron);
    QCOMPARE(text(cron->next(at(after), clocks)), next);
}

void TestCron::brokenLinesNameTheirField_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("four fields") << QByteArray("* * * *") << QByteArray("five fields");
    QTest::newRow("minute 60") << QByteArray("60 * * * *") << QByteArray("minute");
    QTest::newRow("hour 24") << QByteArray("0 24 * * *") << QByteArray("hour");
    QTest::newRow("day 0") << QByteArray("0 0 0 * *") << QByteArray("day of the month");
    QTest::newRow("month 13") << QByteArray("0 0 1 13 *") << QByteArray("month");
    QTest::newRow("weekday 8") << QByteArray("0 0 * * 8") << QByteArray("day of the week");
    QTest::newRow("a range that falls") << QByteArray("0 9-8 * * *") << QByteArray("hour");
    QTest::newRow("step 0") << QByteArray("*/0 * * * *") << QByteArray("minute");
    QTest::newRow("no step") << QByteArray("*/ * * * *") << QByteArray("minute");
    QTest::newRow("a sign") << QByteArray("-1 * * * *") << QByteArray("minute");
    QTest::newRow("a word") << QByteArray("0 0 * * someday") << QByteArray("day of the week");
    QTest::newRow("only commas") << QByteArray(", * * * *") << QByteArray("minute");
    QTest::newRow("nothing") << QByteArray() << QByteArray("five fields");
    QTest::newRow("an unknown short form") << QByteArray("@often") << QByteArray("five fields");
}

void TestCron::brokenLinesNameTheirField()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, word);
    const auto cron = Cron::parse(line.toStdString());
    QVERIFY(!cron);
    QVERIFY2(cron.error().message.find(word.toStdString()) != std::string::npos,
             cron.error().message.c_str());
}

void TestCron::aDayOfTheClockChangeHasEachTimeOnce()
{
    const QTimeZone zone("Europe/Berlin");
    if (!zone.isValid())
        QSKIP("the system has no time zone data");
    const auto cron = Cron::parse("*/30 * * * *");
    QVERIFY(cron);
    // Spring: 23 hours, 46 half hours, and those of the skipped hour fall on its end.
    const Schedule schedule(*cron, zone);
    const auto spring = schedule.between(at(QStringLiteral("2026-03-28T22:59:59Z")),
                                         at(QStringLiteral("2026-03-29T21:59:59Z")), 1000);
    QCOMPARE(spring.size(), std::size_t(46));
    // Autumn: 25 hours, of which the repeated one is planned once.
    const auto autumn = schedule.between(at(QStringLiteral("2026-10-24T21:59:59Z")),
                                         at(QStringLiteral("2026-10-25T22:59:59Z")), 1000);
    QCOMPARE(autumn.size(), std::size_t(48));
}

void TestCron::intervalsAreCountedFrom1970()
{
    const Schedule schedule(std::chrono::minutes(15));
    QCOMPARE(text(schedule.next(at(QStringLiteral("2026-03-02T10:07:13Z")))),
             QStringLiteral("2026-03-02T10:15:00Z"));
    QCOMPARE(text(schedule.next(at(QStringLiteral("2026-03-02T10:15:00Z")))),
             QStringLiteral("2026-03-02T10:30:00Z"));
}

void TestCron::theNewestMissedMomentsAreKept()
{
    const Schedule schedule(std::chrono::minutes(1));
    const auto missed = schedule.between(at(QStringLiteral("2020-01-01T00:00:00Z")),
                                         at(QStringLiteral("2026-01-01T00:00:30Z")), 3);
    QCOMPARE(missed.size(), std::size_t(3));
    QCOMPARE(text(missed.front()), QStringLiteral("2025-12-31T23:58:00Z"));
    QCOMPARE(text(missed.back()), QStringLiteral("2026-01-01T00:00:00Z"));
}

QTEST_GUILESS_MAIN(TestCron)
#include "tst_Cron.moc"
