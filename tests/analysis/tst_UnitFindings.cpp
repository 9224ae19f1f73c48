// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Findings.h"
#include "core/base/Text.h"
#include "tests/analysis/FindingTexts.h"
#include "tests/analysis/Shapes.h"

#include <QtTest>

using namespace tw;
using namespace tw::analysis;
using namespace tw::test;

using Type = Shape::Type;

/// Units go with values through functions, and mistakes are told where they are made.
class tst_UnitFindings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void unitsArriveAtTheTarget_data();
    void unitsArriveAtTheTarget();
    void saysNothing_data();
    void saysNothing();
};

void tst_UnitFindings::finds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("fixed");
    const auto row = [](const char *name, const char *text, const char *found, const char *fixed) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(found)
                            << QString::fromUtf8(fixed);
    };
    row("a hundredth as a power", "data.object.amount / $power(10, 2)",
        "map.hundred «data.object.amount / $power(10, 2)»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a hundredth as a negative power", "data.object.amount * $power(10, -2)",
        "map.hundred «data.object.amount * $power(10, -2)»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a hundredth as a fraction", "data.object.amount * (1 / 100)",
        "map.hundred «data.object.amount * (1 / 100)»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a hundredth in front", "0.01 * data.object.amount",
        "map.hundred «0.01 * data.object.amount»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a hundredth before $toMajor", "$toMajor(data.object.amount * 0.01, data.object.currency)",
        "map.hundred «data.object.amount * 0.01»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a power before $toMajor, chained",
        "data.object.amount / $power(10, 2) ~> $toMajor(data.object.currency)",
        "map.hundred «data.object.amount / $power(10, 2)»",
        "data.object.amount ~> $toMajor(data.object.currency)");
    row("cents converted", "$convertCurrency(data.object.amount, \"usd\", \"eur\", $event.rates)",
        "map.minor_units «data.object.amount»",
        "$convertCurrency($toMajor(data.object.amount, \"usd\"), \"usd\", \"eur\", $event.rates)");
    row("cents with decimals", "$formatNumber(data.object.amount, \"#,##0.00\")",
        "map.minor_units «data.object.amount»",
        "$formatNumber($toMajor(data.object.amount, data.object.currency), \"#,##0.00\")");
    row("a sum over two units", "$sum([data.object.amount, data.object.total_eur])",
        "map.minor_units «data.object.amount»",
        "$sum([$toMajor(data.object.amount, data.object.currency), data.object.total_eur])");
    row("the larger of two units", "$max([data.object.total_eur, data.object.amount_refunded])",
        "map.minor_units «data.object.amount_refunded»",
        "$max([data.object.total_eur, $toMajor(data.object.amount_refunded, "
        "data.object.currency)])");
    row("an average of appended lists",
        "$average($append(data.object.lines.data.amount, data.object.total_eur))",
        "map.minor_units «data.object.lines.data.amount»", "");
    row("the later of seconds and milliseconds", "$max([data.object.created, $millis()])",
        "map.seconds_as_millis «data.object.created»",
        "$max([data.object.created * 1000, $millis()])");
    row("money and time in one sum", "$sum([data.object.amount, data.object.created])",
        "map.wrong_type «[data.object.amount, data.object.created]»", "");
    row("money added to a time", "data.object.created + data.object.amount",
        "map.wrong_type «data.object.created + data.object.amount»", "");
    row("money as a date", "$sfDate(data.object.amount)", "map.wrong_type «data.object.amount»",
        "");
    row("money as a time", "$sfDateTime(data.object.total_eur)",
        "map.wrong_type «data.object.total_eur»", "");
    row("money as milliseconds", "$fromMillis(data.object.amount)",
        "map.wrong_type «data.object.amount»", "");
    row("a time as money", "$toMajor(data.object.created, data.object.currency)",
        "map.wrong_type «data.object.created»", "");
    row("a time as major money", "$toMinor(data.object.created, data.object.currency)",
        "map.wrong_type «data.object.created»", "");
    row("a text time as seconds", "$sfDate(data.object.booked_at)",
        "map.wrong_type «data.object.booked_at»",
        "$sfDate($floor($toMillis(data.object.booked_at) / 1000))");
    row("seconds read as text", "$toMillis(data.object.created)",
        "map.wrong_type «data.object.created»", "data.object.created * 1000");
    row("seconds written out and read again", "$fromMillis($number($string(data.object.created)))",
        "map.seconds_as_millis «$number($string(data.object.created))»",
        "$fromMillis($number($string(data.object.created)) * 1000)");
    row("chained seconds", "data.object.created ~> $fromMillis()",
        "map.seconds_as_millis «data.object.created»",
        "data.object.created * 1000 ~> $fromMillis()");
}

void tst_UnitFindings::finds()
{
    QFETCH(QString, text);
    QFETCH(QString, found);
    QFETCH(QString, fixed);
    Surroundings here = chargeSurroundings();
    here.bindings["event"].fields.push_back(need("rates", shape(Type::Group)));
    const auto findings = findingsOf(toUtf8(text), here);
    QCOMPARE(brief(toUtf8(text), findings).join(QStringLiteral("; ")), found);
    QVERIFY(!findings.front().fix.empty());
    if (fixed.isEmpty())
        return;
    const std::string better = repaired(toUtf8(text), findings.front().fixes.at(0));
    QCOMPARE(toQString(better), fixed);
    QCOMPARE(brief(better, findingsOf(better, here)), QStringList{});
}

void tst_UnitFindings::unitsArriveAtTheTarget_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("found");
    const auto row = [](const char *name, const char *text, const char *found) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(found);
    };
    row("converted money is major", "$convertCurrency(data.object.total_eur, \"eur\", \"usd\", {})",
        "");
    row("cents through text", "$number($string(data.object.amount))",
        "map.minor_units «$number($string(data.object.amount))»");
    row("cents through a picture", "$number($formatNumber(data.object.amount, \"0\"))",
        "map.minor_units «$number($formatNumber(data.object.amount, \"0\"))»");
    row("cents through a variable", "($text := $string(data.object.amount); $number($text))",
        "map.minor_units «$number($text)»");
    row("the larger of two amounts", "$max([data.object.amount, data.object.amount_refunded])",
        "map.minor_units «$max([data.object.amount, data.object.amount_refunded])»");
    row("euros through text", "$number($string(data.object.total_eur))", "");
    row("a difference, halved", "(data.object.amount - data.object.amount_refunded) / 2",
        "map.minor_units «(data.object.amount - data.object.amount_refunded) / 2»");
}

void tst_UnitFindings::unitsArriveAtTheTarget()
{
    QFETCH(QString, text);
    QFETCH(QString, found);
    Surroundings here = chargeSurroundings();
    here.target = optional("Amount__c", shape(Type::Money, "major"));
    const auto findings = findingsOf(toUtf8(text), here);
    QStringList units;
    for (const QString &line : brief(toUtf8(text), findings)) {
        if (line.startsWith(QStringLiteral("map.")))
            units << line;
    }
    QCOMPARE(units.join(QStringLiteral("; ")), found);
}

void tst_UnitFindings::saysNothing_data()
{
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const char *text) {
        QTest::newRow(name) << QString::fromUtf8(text);
    };
    row("a tenth of the amount", "data.object.amount / $power(10, 1)");
    row("a percentage of euros", "data.object.total_eur / 100");
    row("cents without decimals", "$formatNumber(data.object.amount, \"#,##0\")");
    row("euros with decimals", "$formatNumber(data.object.total_eur, \"#,##0.00\")");
    row("amounts of one unit", "$sum([data.object.amount, data.object.amount_refunded])");
    row("an amount and a number", "$max([data.object.amount, 100])");
    row("a span of time", "$millis() - data.object.created * 1000");
    row("seconds written out", "\"at \" & $string(data.object.created)");
    row("chained money", "data.object.amount ~> $toMajor(data.object.currency)");
    row("a chain whose context comes first", "data.object.id ~> $substring(1, 2)");
}

void tst_UnitFindings::saysNothing()
{
    QFETCH(QString, text);
    QCOMPARE(brief(toUtf8(text), findingsOf(toUtf8(text), chargeSurroundings())), QStringList{});
}

QTEST_APPLESS_MAIN(tst_UnitFindings)
#include "tst_UnitFindings.moc"
