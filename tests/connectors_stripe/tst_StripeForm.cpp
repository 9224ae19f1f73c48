// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeForm.h"

#include "tests/connectors_stripe/StripeTesting.h"

using namespace tw;

class TestStripeForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messagesBecomeForms_data();
    void messagesBecomeForms();
    void whatCannotBeSentIsTold_data();
    void whatCannotBeSentIsTold();
};

void TestStripeForm::messagesBecomeForms_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("form");
    const auto row = [](const char *name, const char *message, const char *form) {
        QTest::newRow(name) << QByteArray(message) << QByteArray(form);
    };
    row("texts, numbers, truth", R"({"name":"Ana & Co","amount":1099,"live":false})",
        "name=Ana+%26+Co&amount=1099&live=false");
    row("what is nested", R"({"metadata":{"order":"7"},"address":{"city":"Lyon"}})",
        "metadata%5Border%5D=7&address%5Bcity%5D=Lyon");
    row("lists of objects", R"({"items":[{"price":"p1","quantity":2},{"price":"p2"}]})",
        "items%5B0%5D%5Bprice%5D=p1&items%5B0%5D%5Bquantity%5D=2&items%5B1%5D%5Bprice%5D=p2");
    row("null unsets", R"({"phone":null,"metadata":{"a":null}})", "phone=&metadata%5Ba%5D=");
    row("empty unsets, too", R"({"metadata":{},"preferred_locales":[]})",
        "metadata=&preferred_locales=");
    row("an empty text stays one", R"({"description":""})", "description=");
    row("digits stay as they are",
        R"({"unit_amount_decimal":0.123456789012,"big":12345678901234567890123})",
        "unit_amount_decimal=0.123456789012&big=12345678901234567890123");
    row("letters beyond ASCII", "{\"name\":\"Zo\xC3\xAB\"}", "name=Zo%C3%AB");
    row("nothing", "{}", "");
}

void TestStripeForm::messagesBecomeForms()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, form);
    const auto parsed = parseJson(message.toStdString());
    QVERIFY(parsed);
    const auto fields = stripe::stripeForm(parsed->root());
    QVERIFY(fields);
    QCOMPARE(QByteArray::fromStdString(formEncode(*fields)), form);
}

void TestStripeForm::whatCannotBeSentIsTold_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("no object") << QByteArray("[1]") << QByteArray("stripe.not_an_object");
    QTest::newRow("brackets") << QByteArray(R"({"metadata[a]":"x"})")
                              << QByteArray("stripe.bad_parameter");
    QTest::newRow("brackets inside")
        << QByteArray(R"({"metadata":{"a]":"x"}})") << QByteArray("stripe.bad_parameter");
    QTest::newRow("no name") << QByteArray(R"({"":"x"})") << QByteArray("stripe.bad_parameter");
    QTest::newRow("too deep") << QByteArray("{\"a\":") + QByteArray(20, '[') + QByteArray(20, ']') +
                                     "}"
                              << QByteArray("stripe.bad_parameter");
}

void TestStripeForm::whatCannotBeSentIsTold()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, code);
    const auto parsed = parseJson(message.toStdString());
    QVERIFY(parsed);
    const auto fields = stripe::stripeForm(parsed->root());
    QVERIFY(!fields);
    QCOMPARE(QByteArray::fromStdString(fields.error().code), code);
}

QTEST_GUILESS_MAIN(TestStripeForm)
#include "tst_StripeForm.moc"
