// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Decimal.h"

#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QTest>

using namespace tw;

namespace {

Decimal decimal(std::string_view text)
{
    return Decimal::parse(text).value();
}

QString textOf(const Result<Decimal> &result)
{
    return toQString(result ? result->toString() : result.error().code);
}

} // namespace

class TestDecimal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsAreRead_data();
    void textsAreRead();
    void valuesAreReadAsTheirDigits();
    void valuesCarryTheVeryDigits_data();
    void valuesCarryTheVeryDigits();
    void roundingFollowsItsName_data();
    void roundingFollowsItsName();
    void calculationIsExact();
    void whatDoesNotFitIsAnError();
    void orderIsByValue();
    void randomSumsMatchIntegers();
};

void TestDecimal::textsAreRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("read");
    const auto row = [](const char *text, const char *read) {
        QTest::addRow("'%s'", text) << QString::fromUtf8(text) << QString::fromUtf8(read);
    };
    row("10.99", "10.99");
    row("-12.30", "-12.30");
    row("0", "0");
    row("-0.00", "0.00");
    row("0.05", "0.05");
    row("1e3", "1000");
    row("1.5e1", "15");
    row("1.25e1", "12.5");
    row("25e-3", "0.025");
    row("007.50", "7.50");
    row(".5", "0.5");
    row("+3", "3");
    row("123456789012345678901234567890123456", "123456789012345678901234567890123456");
    row("0.000000000000000000000000000000000001", "0.000000000000000000000000000000000001");
    row("1234567890123456789012345678901234567", "data.decimal_overflow");
    row("1e36", "data.decimal_overflow");
    row("1e-37", "data.decimal_overflow");
    row("1e999999999999", "data.decimal_overflow");
    row("0e999999999999", "0");
    for (const char *bad : {"", "-", "+", ".", "1.", "1.2.3", "1,5", "abc", "1e", " 1", "1 ", "--1",
                            "0x10", "NaN", "-.", "+-1", "e5", "Infinity"})
        row(bad, "data.decimal_syntax");
}

void TestDecimal::textsAreRead()
{
    QFETCH(QString, text);
    QFETCH(QString, read);
    QCOMPARE(textOf(Decimal::parse(toUtf8(text))), read);
}

void TestDecimal::valuesAreReadAsTheirDigits()
{
    QCOMPARE(textOf(Decimal::fromValue(Value::number(0.1))), QStringLiteral("0.1"));
    QCOMPARE(textOf(Decimal::fromValue(Value::number(1e21))),
             QStringLiteral("1000000000000000000000"));
    QCOMPARE(textOf(Decimal::fromValue(Value::number(1e-7))), QStringLiteral("0.0000001"));
    QCOMPARE(textOf(Decimal::fromValue(Value::integer(INT64_MIN))),
             QStringLiteral("-9223372036854775808"));
    QCOMPARE(textOf(Decimal::fromValue(Value::unsignedInteger(UINT64_MAX))),
             QStringLiteral("18446744073709551615"));
    QCOMPARE(textOf(Decimal::fromValue(Value::digits("1.00000000000000000000001"))),
             QStringLiteral("1.00000000000000000000001"));
    for (const Value &bad : {Value(), Value::null(), Value::string("5"), Value::number(0.0 / 0.0)})
        QCOMPARE(textOf(Decimal::fromValue(bad)), QStringLiteral("data.decimal_syntax"));
}

void TestDecimal::valuesCarryTheVeryDigits_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("json");
    QTest::addColumn<int>("kind");
    using Kind = Value::Kind;
    const auto row = [](const char *text, const char *json, Kind kind) {
        QTest::addRow("%s", text) << QString::fromUtf8(text) << QString::fromUtf8(json)
                                  << int(kind);
    };
    row("10.99", "10.99", Kind::Double);
    row("10.00", "10", Kind::Int);
    row("-0.50", "-0.5", Kind::Double);
    row("9999999999999.99", "9999999999999.99", Kind::Double);
    row("9223372036854775807", "9223372036854775807", Kind::Int);
    row("12345678901234567.89", "12345678901234567.89", Kind::Digits);
    row("100", "100", Kind::Int);
}

void TestDecimal::valuesCarryTheVeryDigits()
{
    QFETCH(QString, text);
    QFETCH(QString, json);
    QFETCH(int, kind);
    Arena arena;
    const Value value = decimal(toUtf8(text)).toValue(arena);
    QCOMPARE(int(value.kind()), kind);
    QCOMPARE(toQString(toJson(value)), json);
}

void TestDecimal::roundingFollowsItsName_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("scale");
    QTest::addColumn<QString>("halfEven");
    QTest::addColumn<QString>("halfUp");
    QTest::addColumn<QString>("down");
    const auto row = [](const char *text, int scale, const char *even, const char *up,
                        const char *down) {
        QTest::addRow("%s to %d", text, scale)
            << QString::fromUtf8(text) << scale << QString::fromUtf8(even) << QString::fromUtf8(up)
            << QString::fromUtf8(down);
    };
    row("2.5", 0, "2", "3", "2");
    row("3.5", 0, "4", "4", "3");
    row("-2.5", 0, "-2", "-3", "-2");
    row("0.125", 2, "0.12", "0.13", "0.12");
    row("1.005", 2, "1.00", "1.01", "1.00");
    row("1.0050001", 2, "1.01", "1.01", "1.00");
    row("0.4", 0, "0", "0", "0");
    row("7", 2, "7.00", "7.00", "7.00");
}

void TestDecimal::roundingFollowsItsName()
{
    QFETCH(QString, text);
    QFETCH(int, scale);
    const Decimal number = decimal(toUtf8(text));
    using Rounding = Decimal::Rounding;
    QTEST(textOf(number.rescaled(scale, Rounding::HalfEven)), "halfEven");
    QTEST(textOf(number.rescaled(scale, Rounding::HalfUp)), "halfUp");
    QTEST(textOf(number.rescaled(scale, Rounding::Down)), "down");
    if (number.scale() > scale)
        QCOMPARE(textOf(number.rescaled(scale, Rounding::Exact)),
                 QStringLiteral("data.decimal_inexact"));
}

void TestDecimal::calculationIsExact()
{
    QCOMPARE(textOf(add(decimal("1.10"), decimal("2.2"))), QStringLiteral("3.30"));
    QCOMPARE(textOf(subtract(decimal("0.3"), decimal("0.1"))), QStringLiteral("0.2"));
    QCOMPARE(textOf(multiply(decimal("19.99"), decimal("100"))), QStringLiteral("1999.00"));
    QCOMPARE(textOf(multiply(decimal("-1.5"), decimal("0.2"))), QStringLiteral("-0.30"));
    QCOMPARE(decimal("19.99").toUnits(2).value(), std::int64_t(1999));
    QCOMPARE(decimal("19.9900").toUnits(2).value(), std::int64_t(1999));
}

void TestDecimal::whatDoesNotFitIsAnError()
{
    const Decimal wide = decimal("999999999999999999999999999999999999");
    const QString overflow = QStringLiteral("data.decimal_overflow");
    QCOMPARE(textOf(add(wide, decimal("1"))), overflow);
    QCOMPARE(textOf(add(wide, decimal("0.1"))), overflow);
    QCOMPARE(textOf(multiply(wide, decimal("10"))), overflow);
    QCOMPARE(textOf(multiply(wide, wide)), overflow);
    QCOMPARE(textOf(wide.rescaled(1, Decimal::Rounding::HalfEven)), overflow);
    QVERIFY(!wide.toUnits(0));
    QVERIFY(!decimal("9223372036854775808").toUnits(0));
    QCOMPARE(decimal("-9223372036854775808").toUnits(0).value(), INT64_MIN);
}

void TestDecimal::orderIsByValue()
{
    QVERIFY(compare(decimal("1.10"), decimal("1.1")) == std::strong_ordering::equal);
    QVERIFY(compare(decimal("-2"), decimal("-1.999")) == std::strong_ordering::less);
    QVERIFY(compare(decimal("0.00"), decimal("0")) == std::strong_ordering::equal);
    QVERIFY(compare(decimal("10"), decimal("9.99")) == std::strong_ordering::greater);
    QVERIFY(compare(decimal("999999999999999999999999999999999999"),
                    decimal("0.000000000000000000000000000000000001")) ==
            std::strong_ordering::greater);
    QVERIFY(compare(decimal("-1"), decimal("0")) == std::strong_ordering::less);
}

void TestDecimal::randomSumsMatchIntegers()
{
    Random random(21);
    for (int i = 0; i < 20'000; ++i) {
        const auto a = static_cast<std::int64_t>(random.below(2'000'000'000)) - 1'000'000'000;
        const auto b = static_cast<std::int64_t>(random.below(2'000'000'000)) - 1'000'000'000;
        const Decimal left(a, 2);
        const Decimal right(b, 2);
        QCOMPARE(textOf(add(left, right)), toQString(Decimal(a + b, 2).toString()));
        QCOMPARE(textOf(multiply(left, right)), toQString(Decimal(a * b, 4).toString()));
        QVERIFY(compare(left, right) == (a <=> b));
        QCOMPARE(textOf(Decimal::parse(left.toString())), toQString(left.toString()));
    }
}

QTEST_GUILESS_MAIN(TestDecimal)
#include "tst_Decimal.moc"
