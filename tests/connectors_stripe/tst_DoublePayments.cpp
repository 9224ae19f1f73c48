// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors_stripe/StripeWorld.h"

#include <QTemporaryDir>

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
    void setupIntentsAreChangedUntilTheyAreDone();
    void feesAreKnownAMomentLater();
    void bankDebitsTakeTime_data();
    void bankDebitsTakeTime();
    void stepsFitTheirState_data();
    void stepsFitTheirState();
    void aChargeCapturedByItselfEndsItsPayment();
    void aPendingRefundEndsOrIsCancelled();
    void moneyOfADisputeComesAndGoes();
    void anInquiryTakesNoMoney();
    void moneyBecomesAvailable();
    void payoutsMoveWhatIsAvailable();
    void whatWasToHappenHappensAfterARestart();
    void customersHaveTaxIdsAndABalance();
    void declinesSayWhatToDo();
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
    const std::string id = pay(world, "refundFail", "&capture_method=automatic");
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
    world.pass(1);
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

void TestDoublePayments::feesAreKnownAMomentLater()
{
    StripeWorld world;
    const std::string id = pay(world, "visa");
    const std::string charge = world.text("/v1/payment_intents/" + id, "latest_charge");
    QVERIFY(world.json("GET", "/v1/charges/" + charge).root().get("balance_transaction").isNull());
    world.news();
    world.pass(1);
    QCOMPARE(world.news(), (std::vector<std::string>{"charge.updated"}));
    const Document event = world.json("GET", "/v1/events", "type=charge.updated");
    QVERIFY(event.root().find("data.0.data.previous_attributes.balance_transaction").isNull());
    const std::string entry = world.text("/v1/charges/" + charge, "balance_transaction");
    QCOMPARE(world.number("/v1/balance_transactions/" + entry, "fee"), 88);
    QCOMPARE(world.number("/v1/balance_transactions/" + entry, "net"), 2000 - 88);
    // Who asks for it gets it at once.
    const std::string now = pay(world, "visa", "&capture_method=automatic");
    QVERIFY(!world
                 .text("/v1/charges/" + world.text("/v1/payment_intents/" + now, "latest_charge"),
                       "balance_transaction")
                 .empty());
}

void TestDoublePayments::bankDebitsTakeTime_data()
{
    QTest::addColumn<QString>("account");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<QStringList>("events");
    const auto row = [](const char *account, const char *status, const char *failure,
                        const char *charge, const char *intent) {
        QTest::newRow(account) << QString::fromLatin1(account) << QString::fromLatin1(status)
                               << QString::fromLatin1(failure)
                               << (*charge ? QStringList{QString::fromLatin1(charge),
                                                         QString::fromLatin1(intent)}
                                           : QStringList());
    };
    row("pm_usBankAccount_success", "succeeded", "", "charge.succeeded",
        "payment_intent.succeeded");
    row("pm_sepaDebit", "succeeded", "", "charge.succeeded", "payment_intent.succeeded");
    row("pm_usBankAccount_accountClosed", "requires_payment_method", "account_closed",
        "charge.failed", "payment_intent.payment_failed");
    row("pm_sepaDebit_fails", "requires_payment_method", "insufficient_funds", "charge.failed",
        "payment_intent.payment_failed");
    row("pm_usBankAccount_processing", "processing", "", "", "");
}

void TestDoublePayments::bankDebitsTakeTime()
{
    QFETCH(QString, account);
    QFETCH(QString, status);
    QFETCH(QString, failure);
    QFETCH(QStringList, events);
    StripeWorld world;
    const std::string id =
        world.id("/v1/payment_intents",
                 "amount=2000&currency=eur&confirm=true&payment_method=" + account.toStdString());
    QCOMPARE(world.text("/v1/payment_intents/" + id, "status"), std::string("processing"));
    QCOMPARE(world.news(), (std::vector<std::string>{"payment_intent.created", "charge.pending",
                                                     "payment_intent.processing"}));
    QCOMPARE(world.call("POST", "/v1/payment_intents/" + id + "/confirm").status, 400);
    world.pass(60);
    QCOMPARE(toQString(world.text("/v1/payment_intents/" + id, "status")), status);
    QCOMPARE(toQString(world.text("/v1/payment_intents/" + id, "last_payment_error.code")),
             failure);
    QStringList told;
    for (const std::string &type : world.news())
        told.append(toQString(type));
    QCOMPARE(told, events);
}

void TestDoublePayments::stepsFitTheirState_data()
{
    QTest::addColumn<QString>("more");
    QTest::addColumn<QString>("step");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("state");
    const auto row = [](const char *more, const char *step, int status, const char *state) {
        QTest::addRow("%s, then %s", more, step)
            << QString::fromLatin1(more) << QString::fromLatin1(step) << status
            << QString::fromLatin1(state);
    };
    const char *bare = "currency=usd";
    const char *ready = "payment_method=pm_card_visa";
    const char *held = "payment_method=pm_card_visa&confirm=true&capture_method=manual";
    const char *asked = "payment_method=pm_card_threeDSecure2Required&confirm=true";
    const char *paid = "payment_method=pm_card_visa&confirm=true";
    row(bare, "", 200, "requires_payment_method");
    row(bare, "/confirm", 400, "requires_payment_method");
    row(bare, "/capture", 400, "requires_payment_method");
    row(bare, "/cancel", 200, "canceled");
    row(ready, "", 200, "requires_confirmation");
    row(ready, "/confirm", 200, "succeeded");
    row(ready, "/capture", 400, "requires_confirmation");
    row(ready, "/cancel", 200, "canceled");
    row(held, "", 200, "requires_capture");
    row(held, "/confirm", 400, "requires_capture");
    row(held, "/capture", 200, "succeeded");
    row(held, "/cancel", 200, "canceled");
    row(asked, "", 200, "requires_action");
    row(asked, "/capture", 400, "requires_action");
    row(asked, "/cancel", 200, "canceled");
    row(paid, "", 200, "succeeded");
    row(paid, "/confirm", 400, "succeeded");
    row(paid, "/capture", 400, "succeeded");
    row(paid, "/cancel", 400, "succeeded");
}

void TestDoublePayments::stepsFitTheirState()
{
    QFETCH(QString, more);
    QFETCH(QString, step);
    QFETCH(int, status);
    QFETCH(QString, state);
    StripeWorld world;
    std::string form = "amount=2000&" + more.toStdString();
    if (form.find("currency") == std::string::npos)
        form += "&currency=usd";
    const std::string path = "/v1/payment_intents/" + world.id("/v1/payment_intents", form);
    const Document answer = world.json("POST", path + step.toStdString());
    QCOMPARE(world.last.status, status);
    if (status == 400)
        QCOMPARE(std::string(answer.root().find("error.code").text()),
                 std::string("payment_intent_unexpected_state"));
    QCOMPARE(toQString(world.text(path, "status")), state);
}

void TestDoublePayments::aChargeCapturedByItselfEndsItsPayment()
{
    StripeWorld world;
    const std::string id = pay(world, "visa", "&capture_method=manual");
    const std::string charge = world.text("/v1/payment_intents/" + id, "latest_charge");
    QCOMPARE(world.call("POST", "/v1/charges/" + charge + "/capture", "amount=1500").status, 200);
    QCOMPARE(world.text("/v1/payment_intents/" + id, "status"), std::string("succeeded"));
    QCOMPARE(world.number("/v1/payment_intents/" + id, "amount_received"), 1500);
    QCOMPARE(world.number("/v1/charges/" + charge, "amount_refunded"), 500);
    QCOMPARE(world.call("POST", "/v1/charges/" + charge + "/capture").status, 400);
    world.id("/v1/refunds", "charge=" + charge);
    QCOMPARE(world.number("/v1/charges/" + charge, "amount_refunded"), 2000);
}

void TestDoublePayments::aPendingRefundEndsOrIsCancelled()
{
    StripeWorld world;
    const std::string first =
        world.id("/v1/refunds", "payment_intent=" + pay(world, "pendingRefund"));
    QCOMPARE(world.text("/v1/refunds/" + first, "status"), std::string("pending"));
    world.pass(5);
    QCOMPARE(world.text("/v1/refunds/" + first, "status"), std::string("succeeded"));
    QCOMPARE(world.call("POST", "/v1/refunds/" + first + "/cancel").status, 400);
    const std::string second =
        world.id("/v1/refunds", "payment_intent=" + pay(world, "pendingRefund"));
    const std::string charge = world.text("/v1/refunds/" + second, "charge");
    QCOMPARE(world.call("POST", "/v1/refunds/" + second + "/cancel").status, 200);
    QCOMPARE(world.number("/v1/charges/" + charge, "amount_refunded"), 0);
    QVERIFY(!world.json("GET", "/v1/charges/" + charge).root().get("refunded").asBool());
    world.pass(5);
    QCOMPARE(world.text("/v1/refunds/" + second, "status"), std::string("canceled"));
    const Document failed =
        world.json("POST", "/v1/payment_intents",
                   "amount=2000&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined");
    const std::string bad(failed.root().find("error.charge").text());
    QCOMPARE(
        std::string(
            world.json("POST", "/v1/refunds", "charge=" + bad).root().find("error.code").text()),
        std::string("charge_not_refundable"));
}

void TestDoublePayments::moneyOfADisputeComesAndGoes()
{
    StripeWorld world;
    pay(world, "createDispute");
    QCOMPARE(world.news(), (std::vector<std::string>{"payment_intent.created", "charge.succeeded",
                                                     "charge.updated", "charge.dispute.created",
                                                     "charge.dispute.funds_withdrawn",
                                                     "payment_intent.succeeded"}));
    const std::string path = "/v1/disputes/" + world.text("/v1/disputes", "data.0.id");
    world.json("POST", path, "evidence[uncategorized_text]=not%20yet&submit=false");
    QCOMPARE(world.text(path, "status"), std::string("needs_response"));
    QCOMPARE(world.number(path, "evidence_details.submission_count"), 0);
    world.news();
    world.json("POST", path, "evidence[uncategorized_text]=winning_evidence");
    QCOMPARE(world.news(), (std::vector<std::string>{
                               "charge.dispute.updated", "charge.dispute.updated",
                               "charge.dispute.funds_reinstated", "charge.dispute.closed"}));
    const Document won = world.json("GET", path);
    std::int64_t sum = 0;
    for (const Value &entry : won.root().get("balance_transactions").items())
        sum += entry.get("amount").toInt().value_or(0);
    QCOMPARE(won.root().get("balance_transactions").size(), 2u);
    QCOMPARE(sum, 0);
    QCOMPARE(world.call("POST", path + "/close").status, 400);
    QCOMPARE(world.call("POST", path, "evidence[uncategorized_text]=more").status, 400);
}

void TestDoublePayments::anInquiryTakesNoMoney()
{
    StripeWorld world;
    const std::string id = pay(world, "createDisputeInquiry");
    const std::string path = "/v1/disputes/" + world.text("/v1/disputes", "data.0.id");
    QCOMPARE(world.text(path, "status"), std::string("warning_needs_response"));
    QCOMPARE(world.json("GET", path).root().get("balance_transactions").size(), 0u);
    QVERIFY(!world.id("/v1/refunds", "payment_intent=" + id).empty());
    world.json("POST", path + "/close");
    QCOMPARE(world.text(path, "status"), std::string("warning_closed"));
}

void TestDoublePayments::moneyBecomesAvailable()
{
    StripeWorld world;
    const auto sum = [&world](const char *part) {
        return world.number("/v1/balance", part + std::string(".0.amount"));
    };
    pay(world, "visa", "&capture_method=automatic");
    QCOMPARE(sum("pending"), 2000 - 88);
    QCOMPARE(sum("available"), 0);
    world.news();
    world.pass(48 * 3600);
    QCOMPARE(sum("pending"), 0);
    QCOMPARE(sum("available"), 2000 - 88);
    QCOMPARE(world.news(), (std::vector<std::string>{"balance.available"}));
    pay(world, "bypassPending", "&capture_method=automatic");
    QCOMPARE(sum("available"), 2 * (2000 - 88));
}

void TestDoublePayments::payoutsMoveWhatIsAvailable()
{
    StripeWorld world;
    const Document poor = world.json("POST", "/v1/payouts", "amount=1000&currency=usd");
    QCOMPARE(world.last.status, 400);
    QCOMPARE(std::string(poor.root().find("error.code").text()),
             std::string("balance_insufficient"));
    pay(world, "bypassPending", "&capture_method=automatic");
    const auto available = [&world] { return world.number("/v1/balance", "available.0.amount"); };
    const std::string sent = world.id("/v1/payouts", "amount=500&currency=usd");
    QCOMPARE(available(), 1912 - 500);
    world.pass(5);
    QCOMPARE(world.text("/v1/payouts/" + sent, "status"), std::string("paid"));
    QCOMPARE(world.call("POST", "/v1/payouts/" + sent + "/cancel").status, 400);
    const std::string back(
        world.json("POST", "/v1/payouts/" + sent + "/reverse").root().get("id").text());
    QCOMPARE(world.text("/v1/payouts/" + back, "original_payout"), sent);
    QCOMPARE(world.text("/v1/payouts/" + sent, "reversed_by"), back);
    QCOMPARE(available(), 1912);
    const std::string cancelled = world.id("/v1/payouts", "amount=500&currency=usd");
    world.news();
    QCOMPARE(world.call("POST", "/v1/payouts/" + cancelled + "/cancel").status, 200);
    QCOMPARE(world.news(), (std::vector<std::string>{"payout.updated", "payout.canceled"}));
    QCOMPARE(available(), 1912);
    world.pass(5);
    QCOMPARE(world.text("/v1/payouts/" + cancelled, "status"), std::string("canceled"));
    world.news();
    const std::string refused =
        world.id("/v1/payouts", "amount=500&currency=usd&destination=btok_us_accountClosed");
    world.pass(5);
    QCOMPARE(world.text("/v1/payouts/" + refused, "failure_code"), std::string("account_closed"));
    QCOMPARE(world.news(),
             (std::vector<std::string>{"payout.created", "payout.updated", "payout.failed"}));
    QCOMPARE(available(), 1912);
    QCOMPARE(world.call("POST", "/v1/payouts", "amount=1050&currency=huf").status, 400);
}

void TestDoublePayments::whatWasToHappenHappensAfterARestart()
{
    QTemporaryDir dir;
    std::string payout, refund, payment;
    {
        StripeWorld world(dir.path().toStdString());
        pay(world, "bypassPending", "&capture_method=automatic");
        payout = world.id("/v1/payouts", "amount=500&currency=usd");
        refund = world.id("/v1/refunds", "payment_intent=" + pay(world, "pendingRefund"));
        payment = world.id("/v1/payment_intents", "amount=2000&currency=usd&confirm=true"
                                                  "&payment_method=pm_usBankAccount_success");
    }
    StripeWorld world(dir.path().toStdString());
    QCOMPARE(world.text("/v1/payouts/" + payout, "status"), std::string("pending"));
    world.pass(10);
    QCOMPARE(world.text("/v1/payouts/" + payout, "status"), std::string("paid"));
    QCOMPARE(world.text("/v1/refunds/" + refund, "status"), std::string("succeeded"));
    QCOMPARE(world.text("/v1/payment_intents/" + payment, "status"), std::string("succeeded"));
}

void TestDoublePayments::setupIntentsAreChangedUntilTheyAreDone()
{
    StripeWorld world;
    const std::string path =
        "/v1/setup_intents/" + world.id("/v1/setup_intents", "usage=on_session");
    world.json("POST", path, "payment_method=pm_card_visa&description=for%20later&metadata[a]=1");
    QCOMPARE(world.text(path, "status"), std::string("requires_confirmation"));
    QCOMPARE(world.text(path, "metadata.a"), std::string("1"));
    world.json("POST", path + "/confirm");
    QCOMPARE(world.text(path, "status"), std::string("succeeded"));
    QCOMPARE(world.call("POST", path, "description=x").status, 400);
    const Document failed = world.json("POST", "/v1/setup_intents",
                                       "confirm=true&payment_method=pm_card_chargeDeclined");
    QCOMPARE(world.last.status, 402);
    QCOMPARE(world.text("/v1/setup_intents", "data.0.last_setup_error.code"),
             std::string("card_declined"));
    const std::string asked =
        world.id("/v1/setup_intents", "confirm=true&payment_method=pm_card_threeDSecure2Required");
    world.control("authenticate", "{\"intent\":\"" + asked + "\",\"succeed\":false}");
    QCOMPARE(world.text("/v1/setup_intents/" + asked, "last_setup_error.code"),
             std::string("setup_intent_authentication_failure"));
}

void TestDoublePayments::customersHaveTaxIdsAndABalance()
{
    StripeWorld world;
    const std::string id = world.id("/v1/customers", "name=Ana");
    const std::string base = "/v1/customers/" + id;
    world.news();
    const std::string tax = world.id(base + "/tax_ids", "type=eu_vat&value=DE123456789");
    QCOMPARE(world.text(base + "/tax_ids/" + tax, "country"), std::string("DE"));
    QCOMPARE(world.json("GET", base + "/tax_ids").root().get("data").size(), 1u);
    QVERIFY(world.json("DELETE", base + "/tax_ids/" + tax).root().get("deleted").asBool());
    QCOMPARE(world.news(),
             (std::vector<std::string>{"customer.tax_id.created", "customer.tax_id.deleted"}));
    world.id(base + "/balance_transactions", "amount=-500&currency=usd&description=Sorry");
    world.id(base + "/balance_transactions", "amount=200&currency=usd");
    QCOMPARE(world.number(base, "balance"), -300);
    QCOMPARE(world.number(base + "/balance_transactions", "data.0.ending_balance"), -300);
    QCOMPARE(world.call("POST", base + "/balance_transactions", "amount=200&currency=eur").status,
             400);
    const std::string card = world.id(base + "/sources", "source=tok_mastercard");
    QCOMPARE(world.text(base, "default_source"), card);
    QVERIFY(!world.id("/v1/charges", "amount=500&currency=usd&customer=" + id).empty());
    world.json("DELETE", base + "/sources/" + card);
    QCOMPARE(world.text(base, "default_source"), std::string());
}

void TestDoublePayments::declinesSayWhatToDo()
{
    StripeWorld world;
    const Document answer = world.json("POST", "/v1/charges",
                                       "amount=500&currency=usd&source=tok_chargeDeclinedLostCard");
    QCOMPARE(world.last.status, 402);
    const Value error = answer.root().get("error");
    QCOMPARE(error.get("type").text(), std::string_view("card_error"));
    QCOMPARE(error.get("decline_code").text(), std::string_view("lost_card"));
    QCOMPARE(error.get("advice_code").text(), std::string_view("do_not_try_again"));
    QVERIFY(error.get("charge").text().starts_with("ch_"));
    QVERIFY(error.get("doc_url").text().ends_with("card-declined"));
    const Document raw =
        world.json("POST", "/v1/charges",
                   "amount=500&currency=usd&source[object]=card&source[number]=4000000000009995"
                   "&source[exp_month]=12&source[exp_year]=2034");
    QCOMPARE(raw.root().find("error.decline_code").text(), std::string_view("insufficient_funds"));
}

/// Every object that the calls of this test case answered.
void TestDoublePayments::objectsHaveTheShapeOfTheCatalogue()
{
    StripeWorld world;
    pay(world, "createDispute");
    pay(world, "createDisputeInquiry");
    pay(world, "threeDSecure2Required");
    pay(world, "chargeDeclined");
    pay(world, "visa", "&capture_method=manual");
    for (int times = 0; times < 4; ++times)
        pay(world, "bypassPending", "&capture_method=automatic");
    const std::string customer = world.id("/v1/customers", "name=Ana&address[city]=Lyon");
    const std::string payment = pay(world, "visa",
                                    "&customer=" + customer +
                                        "&setup_future_usage=off_session&shipping[name]=Ana"
                                        "&shipping[address][city]=Lyon");
    for (const char *account : {"pm_usBankAccount_success", "pm_sepaDebit_fails"})
        world.json("POST", "/v1/payment_intents",
                   std::string("amount=2000&currency=eur&confirm=true&payment_method=") + account);
    world.id("/v1/refunds", "payment_intent=" + payment + "&amount=100&reason=duplicate");
    world.id("/v1/setup_intents", "confirm=true&payment_method=pm_card_visa");
    world.json("POST", "/v1/setup_intents", "confirm=true&payment_method=pm_card_chargeDeclined");
    world.id("/v1/charges", "amount=500&currency=usd&source=tok_visa");
    world.id("/v1/payment_methods",
             "type=us_bank_account&us_bank_account[account_number]=000123456789"
             "&us_bank_account[routing_number]=110000000&us_bank_account[account_holder_type]="
             "individual");
    world.id("/v1/customers/" + customer + "/tax_ids", "type=eu_vat&value=DE123456789");
    world.id("/v1/customers/" + customer + "/balance_transactions", "amount=-5&currency=usd");
    world.id("/v1/customers/" + customer + "/sources", "source=tok_visa");
    world.pass(60);
    world.id("/v1/payouts", "amount=500&currency=usd&destination=btok_us_noAccount");
    world.id("/v1/webhook_endpoints", "url=https://example.com/&enabled_events[]=*");
    world.pass(60);
    world.control("payouts", R"({"currency":"usd"})");
    const std::string dispute = world.text("/v1/disputes", "data.1.id");
    world.json("POST", "/v1/disputes/" + dispute, "evidence[uncategorized_text]=winning_evidence");
    for (const char *list :
         {"charges", "payment_intents", "setup_intents", "refunds", "disputes", "payouts",
          "balance_transactions", "webhook_endpoints", "events", "customers"})
        world.json("GET", std::string("/v1/") + list, "limit=100");
    world.json("GET", "/v1/customers/" + customer,
               "expand[]=sources&expand[]=tax_ids&expand[]=cash_balance");
    world.json("GET", "/v1/customers/" + customer + "/payment_methods");
    world.json("GET", "/v1/customers/" + customer + "/balance_transactions");
    world.json("GET", "/v1/balance");
    QVERIFY2(world.wrongObjects().empty(), world.wrongObjects().c_str());
    QVERIFY(world.check.looked > 100);
}

QTEST_GUILESS_MAIN(TestDoublePayments)
#include "tst_DoublePayments.moc"
