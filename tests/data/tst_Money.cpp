// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Money.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QFile>
#include <QTest>
#include <map>
#include <set>

using namespace tw;

namespace {

Document rules()
{
    QFile file(QStringLiteral(TIDEWIRE_SOURCE_DIR "/resources/stripe/currency-rules.json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return parseJson(file.readAll().toStdString()).value();
}

QString textOf(const Result<Money> &money)
{
    return toQString(money ? money->text() : money.error().code);
}

} // namespace

class TestMoney : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTableSaysWhatTheRulesFileSays();
    void examplesOfTheRulesFile_data();
    void examplesOfTheRulesFile();
    void amountsReadAsPeopleWriteThem_data();
    void amountsReadAsPeopleWriteThem();
    void unlistedCurrenciesHaveTwoDecimals();
    void badCodesAreRefused();
    void digitsBelowTheMinorUnitAreRefused();
    void currenciesNeverMeet();
};

void TestMoney::theTableSaysWhatTheRulesFileSays()
{
    const Document document = rules();
    const Value root = document.root();
    std::map<std::string, CurrencyRule> expected;
    const auto named = [&expected](std::string_view code) -> CurrencyRule & {
        CurrencyRule &rule = expected[std::string(code)];
        rule.code = code;
        return rule;
    };
    for (const Value &code : root.get("zero_decimal").items())
        named(code.text()).exponent = 0;
    for (const Value &code : root.get("three_decimal").items()) {
        named(code.text()).exponent = 3;
        named(code.text()).multipleOf =
            root.get("three_decimal_amount_multiple_of").toInt().value_or(0);
    }
    for (const Member &special : root.get("special").members()) {
        CurrencyRule &rule = named(special.key.text());
        rule.exponent = static_cast<int>(special.value.get("exponent").toInt().value_or(-1));
        rule.multipleOf = special.value.get("amount_multiple_of").toInt().value_or(1);
        rule.payoutMultipleOf = special.value.get("payout_amount_multiple_of").toInt().value_or(1);
    }
    for (const Member &minimum : root.get("minimum_charge_major").members())
        named(minimum.key.text()).minimumCharge = minimum.value.text();

    const auto listed = listedCurrencies();
    QVERIFY(expected.size() > 40);
    QCOMPARE(listed.size(), expected.size());
    for (const CurrencyRule &rule : listed) {
        QVERIFY2(expected.contains(rule.code), rule.code.c_str());
        const CurrencyRule &wanted = expected[rule.code];
        QVERIFY2(rule.exponent == wanted.exponent && rule.multipleOf == wanted.multipleOf &&
                     rule.payoutMultipleOf == wanted.payoutMultipleOf &&
                     rule.minimumCharge == wanted.minimumCharge,
                 rule.code.c_str());
        QCOMPARE(currencyRule(rule.code)->exponent, wanted.exponent);
    }
}

void TestMoney::examplesOfTheRulesFile_data()
{
    QTest::addColumn<QString>("currency");
    QTest::addColumn<qlonglong>("minor");
    QTest::addColumn<QString>("major");
    const Document document = rules();
    for (const Value &example : document.root().get("examples").items()) {
        const auto minor = example.at(1).toInt().value_or(0);
        const QString code = toQString(example.at(0).text());
        QTest::addRow("%lld %s", static_cast<long long>(minor), qPrintable(code))
            << code << qlonglong(minor) << toQString(example.at(2).text());
    }
}

void TestMoney::examplesOfTheRulesFile()
{
    QFETCH(QString, currency);
    QFETCH(qlonglong, minor);
    QFETCH(QString, major);
    const Decimal expected = Decimal::parse(toUtf8(major)).value();
    const Money money = Money::fromMinor(minor, toUtf8(currency)).value();
    QVERIFY(compare(money.major(), expected) == std::strong_ordering::equal);
    if (minor != 0)
        QCOMPARE(textOf(money), major + QLatin1Char(' ') + currency.toUpper());
    QCOMPARE(Money::fromMajor(expected, toUtf8(currency))->minor(), std::int64_t(minor));
}

void TestMoney::amountsReadAsPeopleWriteThem_data()
{
    QTest::addColumn<qlonglong>("minor");
    QTest::addColumn<QString>("currency");
    QTest::addColumn<QString>("text");
    const auto row = [](qlonglong minor, const char *currency, const char *text) {
        QTest::newRow(text) << minor << QString::fromUtf8(currency) << QString::fromUtf8(text);
    };
    row(1099, "USD", "10.99 USD");
    row(1099, "jpy", "1099 JPY");
    row(1099, "KWD", "1.099 KWD");
    row(500, "ugx", "5 UGX");
    row(550, "ugx", "5.50 UGX");
    row(-500, "isk", "-5 ISK");
    row(0, "usd", "0.00 USD");
    row(-5, "eur", "-0.05 EUR");
    row(INT64_MIN, "usd", "-92233720368547758.08 USD");
}

void TestMoney::amountsReadAsPeopleWriteThem()
{
    QFETCH(qlonglong, minor);
    QFETCH(QString, currency);
    QFETCH(QString, text);
    QCOMPARE(textOf(Money::fromMinor(minor, toUtf8(currency))), text);
}

void TestMoney::unlistedCurrenciesHaveTwoDecimals()
{
    const auto rule = currencyRule("bgn").value();
    QCOMPARE(toQString(rule.code), QStringLiteral("BGN"));
    QCOMPARE(rule.exponent, 2);
    QCOMPARE(rule.multipleOf, std::int64_t(1));
}

void TestMoney::badCodesAreRefused()
{
    for (const char *code : {"", "us", "usdd", "u$d", "US1", "Ü5"})
        QCOMPARE(textOf(Money::fromMinor(1, code)), QStringLiteral("data.bad_currency"));
}

void TestMoney::digitsBelowTheMinorUnitAreRefused()
{
    const auto major = [](const char *text, const char *currency) {
        return textOf(Money::fromMajor(Decimal::parse(text).value(), currency));
    };
    QCOMPARE(major("19.99", "usd"), QStringLiteral("19.99 USD"));
    QCOMPARE(major("19.990", "usd"), QStringLiteral("19.99 USD"));
    QCOMPARE(major("19.999", "usd"), QStringLiteral("data.money_precision"));
    QCOMPARE(major("0.5", "jpy"), QStringLiteral("data.money_precision"));
    QCOMPARE(major("1.0994", "kwd"), QStringLiteral("data.money_precision"));
    QCOMPARE(major("92233720368547758.08", "usd"), QStringLiteral("data.decimal_overflow"));
}

void TestMoney::currenciesNeverMeet()
{
    const Money dollars = Money::fromMinor(110, "usd").value();
    QCOMPARE(textOf(add(dollars, Money::fromMinor(220, "USD").value())),
             QStringLiteral("3.30 USD"));
    QCOMPARE(textOf(add(dollars, Money::fromMinor(1, "eur").value())),
             QStringLiteral("data.currency_mismatch"));
    QCOMPARE(textOf(add(dollars, Money::fromMinor(INT64_MAX, "usd").value())),
             QStringLiteral("data.decimal_overflow"));
}

QTEST_GUILESS_MAIN(TestMoney)
#include "tst_Money.moc"
