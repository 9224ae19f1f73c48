// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"
#include "tests/connectors_stripe/StripeWorld.h"

using namespace tw;
using namespace tw::testing;

/// Payments, refunds, disputes and payouts of the Stripe double, through its calls alone.
class TestDoublePayments : public QObject
{
    Q_OBJECT

    std::string pay(StripeWorld &world, const std::string &card, const std::string &more = {});

private Q_SLOTS:
    void cardsDecideWhatHappens_data();
    void cardsDecideWhatHappens();
    void aCustomerWhoIsAskedGoesOn();
    void captureTakesAPart();
    void refundsAddUp();
    void aRefundComesBack();
    void disputesAreWonAndLost_data();
    void disputesAreWonAndLost();
    void amountsKeepTheRulesOfTheirCurrency_data();
    void amountsKeepTheRulesOfTheirCurrency();
    void aPayoutIsTheSumOfItsTransactions();
    void methodsAreAttachedAndDetached();
    void setupIntentsKeepTheCard();
    void objectsHaveTheShapeOfTheCatalogue();
};

std::string TestDoublePayments::pay(StripeWorld &world, const std::string &card,
                                    const std::string &more)
{
    const Document made =
        world.json("POST", "/v1/payment_intents",
                   "amount=2000&currency=usd&confirm=true&payment_method=pm_card_" + card + more);
    return std::string(made.root().get("id").text());
}

void TestDoublePayments::cardsDecideWhatHappens_data()
{
    QTest::addColumn<QString>("card");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("state");
    QTest::addColumn<QStringList>("events");
    const QStringList went{QStringLiteral("payment_intent.created"),
                           QStringLiteral("charge.succeeded"),
                           QStringLiteral("payment_intent.succeeded")};
    const QStringList failed{QStringLiteral("payment_intent.created"),
                             QStringLiteral("charge.failed"),
                             QStringLiteral("payment_intent.payment_failed")};
    const auto row = [](const char *card, int status, const char *code, const char *state,
                        const QStringList &events) {
        QTest::newRow(card) << QString::fromLatin1(card) << status << QString::fromLatin1(code)
                            << QString::fromLatin1(state) << events;
    };
    row("visa", 200, "", "succeeded", went);
    row("mastercard", 200, "", "succeeded", went);
    row("chargeDeclined", 402, "card_declined", "requires_payment_method", failed);
    row("chargeDeclinedInsufficientFunds", 402, "card_declined", "requires_payment_method", failed);
    row("chargeDeclinedExpiredCard", 402, "expired_card", "requires_payment_method", failed);
    row("chargeDeclinedIncorrectCvc", 402, "incorrect_cvc", "requires_payment_method", failed);
    row("chargeDeclinedProcessingError", 402, "processing_error", "requires_payment_method",
        failed);
    row("threeDSecure2Required", 200, "", "requires_action",
        {QStringLiteral("payment_intent.created"),
         QStringLiteral("payment_intent.requires_action")});
}

void TestDoublePayments::cardsDecideWhatHappens()
{
    QFETCH(QString, card);
    QFETCH(int, status);
    QFETCH(QString, code);
    QFETCH(QString, state);
    QFETCH(QStringList, events);
    StripeWorld world;
    const Document made = world.json(
        "POST", "/v1/payment_intents",
        "amount=2000&currency=usd&confirm=true&payment_method=pm_card_" + card.toStdString());
    QCOMPARE(world.last.status, status);
    QCOMPARE(toQString(made.root().find("error.code").text()), code);
    const Value intent = status == 200 ? made.root() : made.root().find("error.payment_intent");
    QCOMPARE(toQString(intent.get("status").text()), state);
    QStringList told;
    for (const std::string &type : world.news())
        told.append(toQString(type));
    QCOMPARE(told, events);
}

void TestDoublePayments::aCustomerWhoIsAskedGoesOn()
{
    StripeWorld world;
    const std::string good = pay(world, "threeDSecure2Required");
    world.control("authenticate", "{\"intent\":\"" + good + "\"}");
    QCOMPARE(world.text("/v1/payment_intents/" + good, "status"), std::string("succeeded"));
    const std::string bad = pay(world, "threeDSecure2Required");
    world.control("authenticate", "{\"intent\":\"" + bad + "\",\"succeed\":false}");
    QCOMPARE(world.text("/v1/payment_intents/" + bad, "status"),
             std::string("requires_payment_method"));
}

void TestDoublePayments::captureTakesAPart()
{
    StripeWorld world;
    const std::string id = pay(world, "visa", "&capture_method=manual");
    QCOMPARE(world.text("/v1/payment_intents/" + id, "status"), std::string("requires_capture"));
    QCOMPARE(world.call("POST", "/v1/payment_intents/" + id + "/capture", "amount_to_capture=2001")
                 .status,
             400);
    world.news();
    QCOMPARE(world.call("POST", "/v1/payment_intents/" + id + "/capture", "amount_to_capture=1500")
                 .status,
             200);
    QCOMPARE(world.number("/v1/payment_intents/" + id, "amount_received"), 1500);
    QCOMPARE(world.news(),
             (std::vector<std::string>{"charge.captured", "payment_intent.succeeded"}));
    QCOMPARE(world.call("POST", "/v1/payment_intents/" + id + "/cancel").status, 400);
}

void TestDoublePayments::refundsAddUp()
{
    StripeWorld world;
    const std::string id = pay(world, "visa");
    const std::string charge = world.text("/v1/payment_intents/" + id, "latest_charge");
    world.news();
    QVERIFY(!world.id("/v1/refunds", "payment_intent=" + id + "&amount=500").empty());
    QCOMPARE(world.news(), (std::vector<std::string>{"charge.refunded", "refund.created"}));
    QVERIFY(!world.id("/v1/refunds", "charge=" + charge + "&amount=1000").empty());
    QCOMPARE(world.call("POST", "/v1/refunds", "charge=" + charge + "&amount=501").status, 400);
    QVERIFY(!world.json("GET", "/v1/charges/" + charge).root().get("refunded").asBool());
    QVERIFY(!world.id("/v1/refunds", "charge=" + charge).empty());
    QVERIFY(world.json("GET", "/v1/charges/" + charge).root().get("refunded").asBool());
    const Document over = world.json("POST", "/v1/refunds", "charge=" + charge);
    QCOMPARE(std::string(over.root().find("error.code").text()),
             std::string("charge_already_refunded"));
    QCOMPARE(world.json("GET", "/v1/refunds", "charge=" + charge).root().get("data").size(), 3u);
}

void TestDoublePayments::aRefundComesBack()
{
    StripeWorld world;
    const std::string id = pay(world, "refundFail");
    const std::string refund = world.id("/v1/refunds", "payment_intent=" + id);
    QCOMPARE(world.text("/v1/refunds/" + refund, "status"), std::string("succeeded"));
    world.news();
    world.control("clock", R"({"advance":60})");
    QCOMPARE(world.text("/v1/refunds/" + refund, "status"), std::string("failed"));
    QCOMPARE(world.news(),
             (std::vector<std::string>{"refund.updated", "refund.failed", "charge.updated"}));
}

void TestDoublePayments::disputesAreWonAndLost_data()
{
    QTest::addColumn<QString>("evidence");
    QTest::addColumn<QString>("status");
    QTest::newRow("won") << QStringLiteral("winning_evidence") << QStringLiteral("won");
    QTest::newRow("lost") << QStringLiteral("losing_evidence") << QStringLiteral("lost");
    QTest::newRow("open") << QStringLiteral("a letter") << QStringLiteral("under_review");
}

void TestDoublePayments::disputesAreWonAndLost()
{
    QFETCH(QString, evidence);
    QFETCH(QString, status);
    StripeWorld world;
    pay(world, "createDispute");
    const std::string id = world.text("/v1/disputes", "data.0.id");
    QVERIFY(!id.empty());
    QCOMPARE(world.text("/v1/disputes/" + id, "status"), std::string("needs_response"));
    world.json("POST", "/v1/disputes/" + id,
               "evidence[uncategorized_text]=" + percentEncode(evidence.toStdString()));
    QCOMPARE(world.text("/v1/disputes/" + id, "status"), status.toStdString());
    const std::string charge = world.text("/v1/disputes/" + id, "charge");
    QCOMPARE(
        std::string(
            world.json("POST", "/v1/refunds", "charge=" + charge).root().find("error.code").text()),
        std::string("charge_disputed"));
}

void TestDoublePayments::amountsKeepTheRulesOfTheirCurrency_data()
{
    QTest::addColumn<QString>("amount");
    QTest::addColumn<QString>("currency");
    QTest::addColumn<int>("status");
    const auto row = [](const char *amount, const char *currency, int status) {
        QTest::addRow("%s %s", amount, currency)
            << QString::fromLatin1(amount) << QString::fromLatin1(currency) << status;
    };
    row("1099", "usd", 200);
    row("1099", "jpy", 200);
    row("49", "jpy", 400);
    row("1090", "kwd", 200);
    row("1099", "kwd", 400);
    row("50000", "ugx", 200);
    row("50050", "ugx", 400);
    row("50000", "isk", 200);
    row("1099", "xyz1", 400);
    row("1234567890123", "usd", 400);
}

void TestDoublePayments::amountsKeepTheRulesOfTheirCurrency()
{
    QFETCH(QString, amount);
    QFETCH(QString, currency);
    QFETCH(int, status);
    StripeWorld world;
    QCOMPARE(world
                 .call("POST", "/v1/payment_intents",
                       "amount=" + amount.toStdString() + "&currency=" + currency.toStdString())
                 .status,
             status);
}

void TestDoublePayments::aPayoutIsTheSumOfItsTransactions()
{
    StripeWorld world;
    const std::string first = pay(world, "visa");
    pay(world, "visa");
    world.id("/v1/refunds", "payment_intent=" + first + "&amount=300");
    const Document payout = world.control("payouts", R"({"currency":"usd"})");
    const std::string id(payout.root().get("id").text());
    const Document page =
        world.json("GET", "/v1/balance_transactions", "payout=" + id + "&limit=100");
    std::int64_t net = 0;
    for (const Value &entry : page.root().get("data").items())
        net += entry.get("type").text() == "payout" ? 0 : entry.get("net").toInt().value_or(0);
    QCOMPARE(page.root().get("data").size(), 4u);
    QCOMPARE(net, payout.root().get("amount").toInt().value_or(0));
    QCOMPARE(net, 2000 + 2000 - 2 * 88 - 300);
    world.news();
    world.control("clock", R"({"advance":60})");
    QCOMPARE(world.news(), (std::vector<std::string>{"payout.updated", "payout.paid",
                                                     "payout.reconciliation_completed"}));
    QCOMPARE(world.control("payouts", R"({"currency":"usd"})").root().find("error.type").text(),
             std::string_view("invalid_request_error"));
}

void TestDoublePayments::methodsAreAttachedAndDetached()
{
    StripeWorld world;
    const std::string customer = world.id("/v1/customers", "name=Ana");
    const std::string method =
        world.id("/v1/payment_methods/pm_card_visa/attach", "customer=" + customer);
    QVERIFY(method.starts_with("pm_") && method != "pm_card_visa");
    QCOMPARE(world.json("GET", "/v1/customers/" + customer + "/payment_methods")
                 .root()
                 .get("data")
                 .size(),
             1u);
    world.json("POST", "/v1/customers/" + customer,
               "invoice_settings[default_payment_method]=" + method);
    QCOMPARE(world.last.status, 200);
    world.json("POST", "/v1/payment_methods/" + method + "/detach");
    QCOMPARE(world.json("GET", "/v1/customers/" + customer + "/payment_methods")
                 .root()
                 .get("data")
                 .size(),
             0u);
    QCOMPARE(
        world
            .call("POST", "/v1/payment_methods",
                  "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034")
            .status,
        200);
    QCOMPARE(world.call("POST", "/v1/payment_methods", "type=card&card[number]=1234").status, 402);
}

void TestDoublePayments::setupIntentsKeepTheCard()
{
    StripeWorld world;
    const std::string customer = world.id("/v1/customers", "name=Ana");
    world.news();
    const std::string setup = world.id(
        "/v1/setup_intents", "confirm=true&payment_method=pm_card_visa&customer=" + customer);
    QCOMPARE(world.text("/v1/setup_intents/" + setup, "status"), std::string("succeeded"));
    QCOMPARE(world.news(),
             (std::vector<std::string>{"setup_intent.created", "payment_method.attached",
                                       "setup_intent.succeeded"}));
}

void TestDoublePayments::objectsHaveTheShapeOfTheCatalogue()
{
    StripeWorld world;
    const std::string id = pay(world, "createDispute");
    const std::string other = pay(world, "visa");
    world.id("/v1/refunds", "payment_intent=" + other);
    world.id("/v1/setup_intents", "confirm=true&payment_method=pm_card_visa");
    world.control("payouts", R"({"currency":"usd"})");
    int looked = 0;
    QStringList wrong;
    for (const auto &record : world.theDouble->records()) {
        const auto *shape = stripe::ApiCatalogue::builtIn().object(record.type);
        if (!shape)
            continue;
        ++looked;
        const Value &object = record.fields->root();
        for (const Member &member : object.members()) {
            const std::string name(member.key.text());
            if (!name.starts_with('_') && !shape->find(name))
                wrong.append(toQString(record.type + '.' + name + " is unknown"));
        }
        for (const auto &field : shape->fields) {
            const Value value = object.get(field.name);
            if (field.required && value.isUndefined())
                wrong.append(toQString(record.type + '.' + field.name + " is missing"));
            if (value.isNull() && !field.nullable)
                wrong.append(toQString(record.type + '.' + field.name + " is null"));
        }
    }
    wrong.removeDuplicates();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
    QVERIFY(looked > 20);
}

QTEST_GUILESS_MAIN(TestDoublePayments)
#include "tst_DoublePayments.moc"
