// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/InvoiceMath.h"
#include "core/connectors/stripe/double/PriceMath.h"
#include "core/data/Json.h"

#include <QTest>

using namespace tw;
using namespace tw::stripe;

namespace {

Decimal decimal(const char *text)
{
    return Decimal::parse(text).value_or(Decimal());
}

BillTax tax(const char *percent, bool inclusive = false)
{
    return {"txr_" + std::string(percent), decimal(percent), inclusive};
}

BillDiscount percentOff(const char *percent)
{
    return {"di_percent", decimal(percent), 0};
}

BillDiscount amountOff(std::int64_t amount)
{
    return {"di_amount", std::nullopt, amount};
}

std::vector<BillLine> linesOf(const std::vector<std::int64_t> &amounts)
{
    std::vector<BillLine> lines;
    for (const auto amount : amounts)
        lines.push_back({amount, true, {}, {}});
    return lines;
}

std::int64_t sumOf(const Bill &bill)
{
    std::int64_t sum = 0;
    for (const auto &line : bill.lines) {
        for (const auto &part : line.discounts)
            sum += part.amount;
    }
    return sum;
}

} // namespace

class TestInvoiceMath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pricesOfAQuantity_data();
    void pricesOfAQuantity();
    void taxesAreWholeMinorUnits_data();
    void taxesAreWholeMinorUnits();
    void inclusiveAndExclusiveTaxOnOneLine();
    void partsOfADiscountAddUp_data();
    void partsOfADiscountAddUp();
    void anAmountOffIsNeverMoreThanThereIs();
    void discountsOfALineComeFirst();
    void linesThatAreNotDiscountableAreLeftAlone();
    void aDiscountMayBeOfSomeProducts();
    void aCreditIsDiscountedLikeItsCharge();
    void threeDecimalCurrenciesKeepTheirLastDigit();
    void theBalanceIsUsed_data();
    void theBalanceIsUsed();
    void largeAmountsStayExact();
};

void TestInvoiceMath::pricesOfAQuantity_data()
{
    QTest::addColumn<QByteArray>("price");
    QTest::addColumn<qint64>("quantity");
    QTest::addColumn<qint64>("amount");
    const auto row = [](const char *name, const char *price, qint64 quantity, qint64 amount) {
        QTest::newRow(name) << QByteArray(price) << quantity << amount;
    };
    row("a whole amount", R"({"unit_amount":1099,"unit_amount_decimal":"1099"})", 3, 3297);
    row("a decimal is rounded once, at the end", R"({"unit_amount_decimal":"0.05"})", 250, 13);
    row("half a cent is rounded up", R"({"unit_amount_decimal":"0.5"})", 1, 1);
    row("twelve decimals", R"({"unit_amount_decimal":"0.000000000001"})", 1'000'000'000'000, 1);
    row("none of it", R"({"unit_amount":1099,"unit_amount_decimal":"1099"})", 0, 0);
    const char *graduated =
        R"({"billing_scheme":"tiered","tiers_mode":"graduated","tiers":[)"
        R"({"up_to":5,"unit_amount":700,"unit_amount_decimal":"700","flat_amount":null},)"
        R"({"up_to":10,"unit_amount":650,"unit_amount_decimal":"650","flat_amount":100,)"
        R"("flat_amount_decimal":"100"},)"
        R"({"up_to":null,"unit_amount":600,"unit_amount_decimal":"600"}]})";
    row("graduated within the first tier", graduated, 5, 3500);
    row("graduated into the second tier", graduated, 6, 3500 + 650 + 100);
    row("graduated beyond all tiers", graduated, 12, 3500 + 5 * 650 + 100 + 2 * 600);
    const char *volume = R"({"billing_scheme":"tiered","tiers_mode":"volume","tiers":[)"
                         R"({"up_to":5,"unit_amount":700,"unit_amount_decimal":"700"},)"
                         R"({"up_to":null,"unit_amount":600,"unit_amount_decimal":"600"}]})";
    row("volume at the border", volume, 5, 3500);
    row("volume beyond it counts all", volume, 6, 3600);
    const char *packs = R"({"unit_amount":500,"unit_amount_decimal":"500",)"
                        R"("transform_quantity":{"divide_by":10,"round":"up"}})";
    row("packs are rounded up", packs, 11, 1000);
}

void TestInvoiceMath::pricesOfAQuantity()
{
    QFETCH(QByteArray, price);
    QFETCH(qint64, quantity);
    QFETCH(qint64, amount);
    const auto parsed = parseJson(price.toStdString());
    QVERIFY(parsed.has_value());
    const auto cost = priceAmount(parsed->root(), quantity);
    QVERIFY(cost.has_value());
    QCOMPARE(qint64(*cost), amount);
}

void TestInvoiceMath::taxesAreWholeMinorUnits_data()
{
    QTest::addColumn<qint64>("amount");
    QTest::addColumn<QByteArray>("percent");
    QTest::addColumn<bool>("inclusive");
    QTest::addColumn<qint64>("taxed");
    QTest::addColumn<qint64>("total");
    QTest::newRow("19 % on top") << qint64(1000) << QByteArray("19") << false << qint64(190)
                                 << qint64(1190);
    QTest::newRow("19 % inside") << qint64(1190) << QByteArray("19") << true << qint64(190)
                                 << qint64(1190);
    QTest::newRow("7.7 % on top is rounded half up")
        << qint64(65) << QByteArray("7.7") << false << qint64(5) << qint64(70);
    QTest::newRow("four decimals of a percentage") << qint64(1'000'000) << QByteArray("8.8751")
                                                   << false << qint64(88'751) << qint64(1'088'751);
    QTest::newRow("10 % inside 999 yen")
        << qint64(999) << QByteArray("10") << true << qint64(91) << qint64(999);
    QTest::newRow("a credit has negative tax")
        << qint64(-1000) << QByteArray("19") << false << qint64(-190) << qint64(-1190);
    QTest::newRow("zero rated") << qint64(1000) << QByteArray("0") << false << qint64(0)
                                << qint64(1000);
}

void TestInvoiceMath::taxesAreWholeMinorUnits()
{
    QFETCH(qint64, amount);
    QFETCH(QByteArray, percent);
    QFETCH(bool, inclusive);
    auto lines = linesOf({amount});
    lines[0].taxes.push_back(tax(percent.constData(), inclusive));
    const Bill bill = billOf(lines, {});
    QTEST(qint64(bill.tax), "taxed");
    QTEST(qint64(bill.total), "total");
    QCOMPARE(bill.totalWithoutTax, bill.total - bill.tax);
}

void TestInvoiceMath::inclusiveAndExclusiveTaxOnOneLine()
{
    auto lines = linesOf({1200});
    lines[0].taxes = {tax("20", true), tax("5")};
    const Bill bill = billOf(lines, {});
    // 1200 holds 200; the other tax is on the 1000 that remain.
    QCOMPARE(bill.taxes,
             (std::vector<TaxShare>{{"txr_20", true, 200, 1000}, {"txr_5", false, 50, 1000}}));
    QCOMPARE(bill.total, std::int64_t(1250));
    QCOMPARE(bill.subtotalWithoutTax, std::int64_t(1000));
}

void TestInvoiceMath::partsOfADiscountAddUp_data()
{
    QTest::addColumn<QList<qint64>>("amounts");
    QTest::addColumn<bool>("percent");
    QTest::addColumn<qint64>("off");
    QTest::newRow("a third of three equal cents") << QList<qint64>{1, 1, 1} << true << qint64(1);
    QTest::newRow("ten per cent of odd amounts")
        << QList<qint64>{333, 333, 335} << false << qint64(100);
    QTest::newRow("one cent over many lines") << QList<qint64>{7, 7, 7, 7, 7} << false << qint64(1);
}

void TestInvoiceMath::partsOfADiscountAddUp()
{
    QFETCH(QList<qint64>, amounts);
    QFETCH(bool, percent);
    QFETCH(qint64, off);
    const std::vector<std::int64_t> plain(amounts.begin(), amounts.end());
    const Bill bill = billOf(linesOf(plain), {percent ? percentOff("33.3333") : amountOff(off)});
    QCOMPARE(qint64(bill.discount), off);
    QCOMPARE(qint64(sumOf(bill)), off);
    QCOMPARE(bill.total, bill.subtotal - off);
}

void TestInvoiceMath::anAmountOffIsNeverMoreThanThereIs()
{
    const Bill bill = billOf(linesOf({500, -100}), {amountOff(2000)});
    QCOMPARE(bill.discount, std::int64_t(500));
    QCOMPARE(bill.total, std::int64_t(-100));
    const Bill all = billOf(linesOf({500}), {percentOff("100")});
    QCOMPARE(all.total, std::int64_t(0));
}

void TestInvoiceMath::discountsOfALineComeFirst()
{
    auto lines = linesOf({1000, 1000});
    lines[0].discounts.push_back({"di_line", decimal("50"), 0});
    const Bill bill = billOf(lines, {percentOff("10")});
    QCOMPARE(bill.lines[0].discounts,
             (std::vector<DiscountShare>{{"di_line", 500}, {"di_percent", 50}}));
    QCOMPARE(bill.lines[1].discounts, (std::vector<DiscountShare>{{"di_percent", 100}}));
    QCOMPARE(bill.total, std::int64_t(1350));
}

void TestInvoiceMath::linesThatAreNotDiscountableAreLeftAlone()
{
    auto lines = linesOf({1000, 1000});
    lines[1].discountable = false;
    const Bill bill = billOf(lines, {percentOff("10")});
    QVERIFY(bill.lines[1].discounts.empty());
    QCOMPARE(bill.total, std::int64_t(1900));
}

void TestInvoiceMath::aDiscountMayBeOfSomeProducts()
{
    auto lines = linesOf({1000, 1000, 500});
    lines[0].product = "prod_a";
    lines[1].product = "prod_b";
    auto off = amountOff(1200);
    off.products = {"prod_b"};
    const Bill bill = billOf(lines, {off});
    QVERIFY(bill.lines[0].discounts.empty() && bill.lines[2].discounts.empty());
    QCOMPARE(bill.total, std::int64_t(1500));
}

void TestInvoiceMath::aCreditIsDiscountedLikeItsCharge()
{
    const Bill bill = billOf(linesOf({-500, 1000}), {percentOff("20")});
    QCOMPARE(bill.total, std::int64_t(400));
    QCOMPARE(bill.lines[0].discounts, (std::vector<DiscountShare>{{"di_percent", -100}}));
}

void TestInvoiceMath::threeDecimalCurrenciesKeepTheirLastDigit()
{
    QCOMPARE(multipleOf("kwd"), std::int64_t(10));
    auto lines = linesOf({1000});
    lines[0].taxes.push_back(tax("5.55"));
    const Bill bill = billOf(lines, {percentOff("33.3")}, multipleOf("kwd"));
    QCOMPARE(bill.discount, std::int64_t(330));
    QCOMPARE(bill.tax, std::int64_t(40));
    QCOMPARE(bill.total % 10, std::int64_t(0));
}

void TestInvoiceMath::theBalanceIsUsed_data()
{
    QTest::addColumn<qint64>("total");
    QTest::addColumn<qint64>("balance");
    QTest::addColumn<qint64>("due");
    QTest::addColumn<qint64>("ending");
    QTest::newRow("no balance") << qint64(1000) << qint64(0) << qint64(1000) << qint64(0);
    QTest::newRow("a credit covers a part")
        << qint64(1000) << qint64(-300) << qint64(700) << qint64(0);
    QTest::newRow("a credit covers all")
        << qint64(1000) << qint64(-1500) << qint64(0) << qint64(-500);
    QTest::newRow("a debt comes on top")
        << qint64(1000) << qint64(200) << qint64(1200) << qint64(0);
    QTest::newRow("a negative total becomes credit")
        << qint64(-200) << qint64(0) << qint64(0) << qint64(-200);
    QTest::newRow("too small to charge") << qint64(30) << qint64(0) << qint64(0) << qint64(30);
}

void TestInvoiceMath::theBalanceIsUsed()
{
    QFETCH(qint64, total);
    QFETCH(qint64, balance);
    const auto use = useBalance(total, balance, 50);
    QTEST(qint64(use.due), "due");
    QTEST(qint64(use.ending), "ending");
}

void TestInvoiceMath::largeAmountsStayExact()
{
    // Doubles lose the last digits here.
    QCOMPARE(share(999'999'999'999, 999'999, 1'000'000), std::int64_t(999'998'999'999));
    auto lines = linesOf({999'999'999'999});
    lines[0].taxes.push_back(tax("0.0001"));
    QCOMPARE(billOf(lines, {}).tax, std::int64_t(1'000'000));
}

QTEST_APPLESS_MAIN(TestInvoiceMath)
#include "tst_InvoiceMath.moc"
