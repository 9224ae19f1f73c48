// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "tests/connectors_stripe/StripeWorld.h"

#include <algorithm>

using namespace tw;
using namespace tw::testing;

/// What surprises people at Stripe, so that they meet it on the laptop: the double over HTTP.
class TestDoubleTraps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void metadataOfACustomerStaysThere();
    void metadataOfASessionStaysThere_data();
    void metadataOfASessionStaysThere();
    void aFinishedCheckoutMayBeUnpaid_data();
    void aFinishedCheckoutMayBeUnpaid();
    void aCaptureOfAPartKeepsItsAmount();
    void aChargeCarriesTheRunningTotalOfItsRefunds();
    void eventsCarryNothingIncludable();
    void eventsKeepTheirVersion();
    void manyCustomersMayHaveOneAddress();
    void idsAreCaseSensitive();
    void subscriptionsAreToldBeforeTheyEnd();
    void anUnpaidInvoiceIsPaidOutOfBand();
    void oneSecondHoldsSeveralEvents();
    void refundsInACharge();
    void metadataHasItsBounds_data();
    void metadataHasItsBounds();
    void anUpdateMayFillMetadataUp();
    void payoutsByHandAreNotReconciled();
    void expandGoesFourLevelsDeep();

private:
    /// The newest event of this type; undefined: none.
    static Document newest(StripeWorld &world, const std::string &type)
    {
        Document made;
        const Document page = world.json("GET", "/v1/events", "limit=1&type=" + type);
        made.setRoot(copyInto(made.arena(), page.root().find("data.0")));
        return made;
    }
    static std::int64_t number(const Document &of, std::string_view path)
    {
        return of.root().find(path).toInt().value_or(-1);
    }
    static std::string text(const Document &of, std::string_view path)
    {
        return std::string(of.root().find(path).text());
    }
    static std::string json(const Document &of, std::string_view path)
    {
        return toJson(of.root().find(path));
    }
    static std::string checkout(StripeWorld &world, const std::string &more = {})
    {
        return world.id("/v1/checkout/sessions",
                        "mode=payment&success_url=https%3A%2F%2Fx.example"
                        "&line_items[0][quantity]=1&line_items[0][price_data][currency]=eur"
                        "&line_items[0][price_data][unit_amount]=500"
                        "&line_items[0][price_data][product_data][name]=Shirt" +
                            more);
    }
    static void complete(StripeWorld &world, const std::string &session, const std::string &method)
    {
        world.control("complete",
                      "{\"session\":\"" + session + "\",\"payment_method\":\"" + method + "\"}");
        QCOMPARE(world.last.status, 200);
    }
};

void TestDoubleTraps::metadataOfACustomerStaysThere()
{
    StripeWorld world;
    const std::string customer = world.id("/v1/customers", "name=Ana&metadata[sf_id]=001");
    const std::string intent = world.id(
        "/v1/payment_intents", "amount=700&currency=usd&confirm=true&customer=" + customer +
                                   "&payment_method=pm_card_visa&metadata[order]=7");
    const Document event = newest(world, "charge.succeeded");
    QCOMPARE(text(event, "data.object.customer"), customer);
    QCOMPARE(text(event, "data.object.payment_intent"), intent);
    QCOMPARE(json(event, "data.object.metadata"), std::string(R"({"order":"7"})"));
    const std::string plain = world.id("/v1/payment_intents",
                                       "amount=700&currency=usd&confirm=true&customer=" + customer +
                                           "&payment_method=pm_card_visa");
    QVERIFY(!plain.empty());
    QCOMPARE(json(newest(world, "charge.succeeded"), "data.object.metadata"), std::string("{}"));
}

void TestDoubleTraps::metadataOfASessionStaysThere_data()
{
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QByteArray>("payment");
    QTest::newRow("without a word it stays") << QByteArray("") << QByteArray("{}");
    QTest::newRow("payment_intent_data goes on")
        << QByteArray("&payment_intent_data[metadata][b]=2") << QByteArray(R"({"b":"2"})");
}

void TestDoubleTraps::metadataOfASessionStaysThere()
{
    QFETCH(QByteArray, more);
    QFETCH(QByteArray, payment);
    StripeWorld world;
    complete(world, checkout(world, "&metadata[a]=1" + more.toStdString()), "pm_card_visa");
    QCOMPARE(json(newest(world, "checkout.session.completed"), "data.object.metadata"),
             std::string(R"({"a":"1"})"));
    QCOMPARE(json(newest(world, "payment_intent.succeeded"), "data.object.metadata"),
             payment.toStdString());
    QCOMPARE(json(newest(world, "charge.succeeded"), "data.object.metadata"),
             payment.toStdString());
}

void TestDoubleTraps::aFinishedCheckoutMayBeUnpaid_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("atOnce");
    QTest::addColumn<QByteArray>("later");
    QTest::newRow("a card") << QByteArray("pm_card_visa") << QByteArray("paid") << QByteArray();
    QTest::newRow("a debit") << QByteArray("pm_sepaDebit") << QByteArray("unpaid")
                             << QByteArray("checkout.session.async_payment_succeeded");
    QTest::newRow("a debit that fails") << QByteArray("pm_sepaDebit_fails") << QByteArray("unpaid")
                                        << QByteArray("checkout.session.async_payment_failed");
}

void TestDoubleTraps::aFinishedCheckoutMayBeUnpaid()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, atOnce);
    QFETCH(QByteArray, later);
    StripeWorld world;
    complete(world, checkout(world), method.toStdString());
    QCOMPARE(text(newest(world, "checkout.session.completed"), "data.object.payment_status"),
             atOnce.toStdString());
    world.news();
    world.pass(30);
    auto types = world.news();
    std::erase_if(types, [](const std::string &type) { return !type.starts_with("checkout."); });
    QCOMPARE(types, later.isEmpty() ? std::vector<std::string>()
                                    : std::vector<std::string>{later.toStdString()});
}

void TestDoubleTraps::aCaptureOfAPartKeepsItsAmount()
{
    StripeWorld world;
    const std::string id =
        world.id("/v1/payment_intents", "amount=2000&currency=usd&confirm=true&capture_method="
                                        "manual&payment_method=pm_card_visa");
    world.json("POST", "/v1/payment_intents/" + id + "/capture", "amount_to_capture=1500");
    const Document event = newest(world, "charge.captured");
    QCOMPARE(number(event, "data.object.amount"), 2000);
    QCOMPARE(number(event, "data.object.amount_captured"), 1500);
    const Document intent = newest(world, "payment_intent.succeeded");
    QCOMPARE(number(intent, "data.object.amount"), 2000);
    QCOMPARE(number(intent, "data.object.amount_received"), 1500);
}

void TestDoubleTraps::aChargeCarriesTheRunningTotalOfItsRefunds()
{
    StripeWorld world;
    const std::string charge = world.id("/v1/charges", "amount=900&currency=usd&source=tok_visa");
    world.id("/v1/refunds", "charge=" + charge + "&amount=200");
    world.id("/v1/refunds", "charge=" + charge + "&amount=300");
    const Document event = newest(world, "charge.refunded");
    QCOMPARE(text(event, "data.object.object"), std::string("charge"));
    QCOMPARE(number(event, "data.object.amount_refunded"), 500);
    QVERIFY(!event.root().find("data.object.refunded").asBool());
    const Document refund = newest(world, "refund.created");
    QCOMPARE(text(refund, "data.object.object"), std::string("refund"));
    QCOMPARE(number(refund, "data.object.amount"), 300);
    const auto types = world.news();
    QVERIFY(std::find(types.begin(), types.end(), "charge.refund.updated") == types.end());
}

void TestDoubleTraps::eventsCarryNothingIncludable()
{
    StripeWorld world;
    const std::string charge = world.id("/v1/charges", "amount=900&currency=usd&source=tok_visa");
    world.id("/v1/refunds", "charge=" + charge + "&amount=200&expand[]=charge.refunds");
    QVERIFY(newest(world, "charge.refunded").root().find("data.object.refunds").isUndefined());
    complete(world, checkout(world, "&expand[]=line_items"), "pm_card_visa");
    QVERIFY(newest(world, "checkout.session.completed")
                .root()
                .find("data.object.line_items")
                .isUndefined());
    const std::string customer =
        world.id("/v1/customers", "name=Ana&expand[]=sources&expand[]=subscriptions");
    const Document made = newest(world, "customer.created");
    QCOMPARE(text(made, "data.object.id"), customer);
    QVERIFY(made.root().find("data.object.sources").isUndefined());
    QVERIFY(made.root().find("data.object.subscriptions").isUndefined());
}

void TestDoubleTraps::eventsKeepTheirVersion()
{
    StripeWorld world;
    world.id("/v1/customers", "name=Ana");
    const Document page =
        world.json("GET", "/v1/events", "limit=1", {{"Stripe-Version", "2024-06-20"}});
    QCOMPARE(world.last.headers.value("Stripe-Version"), std::string_view("2024-06-20"));
    QCOMPARE(text(page, "data.0.api_version"), std::string(stripe::kApiVersion));
}

void TestDoubleTraps::manyCustomersMayHaveOneAddress()
{
    StripeWorld world;
    const std::string one = world.id("/v1/customers", "email=ana%40x.org");
    const std::string two = world.id("/v1/customers", "email=ana%40x.org");
    world.id("/v1/customers", "email=Ana%40x.org");
    QVERIFY(one != two);
    QCOMPARE(world.json("GET", "/v1/customers", "email=ana%40x.org").root().get("data").size(), 2u);
}

void TestDoubleTraps::idsAreCaseSensitive()
{
    StripeWorld world;
    std::string id = world.id("/v1/customers", "name=Ana");
    QCOMPARE(world.call("GET", "/v1/customers/" + id).status, 200);
    std::transform(id.begin() + 4, id.end(), id.begin() + 4, [](unsigned char c) {
        return std::isupper(c) ? std::tolower(c) : std::toupper(c);
    });
    QCOMPARE(world.call("GET", "/v1/customers/" + id).status, 404);
}

void TestDoubleTraps::subscriptionsAreToldBeforeTheyEnd()
{
    StripeWorld world;
    const std::string customer = world.id("/v1/customers", "name=Ana");
    const std::string method =
        world.id("/v1/payment_methods/pm_card_visa/attach", "customer=" + customer);
    const std::string product = world.id("/v1/products", "name=Gold");
    const std::string price = world.id(
        "/v1/prices", "currency=usd&unit_amount=900&recurring[interval]=month&product=" + product);
    const std::string id =
        world.id("/v1/subscriptions", "customer=" + customer + "&default_payment_method=" + method +
                                          "&items[0][price]=" + price);
    const std::string path = "/v1/subscriptions/" + id;
    world.json("POST", path, "cancel_at_period_end=true");
    const Document told = newest(world, "customer.subscription.updated");
    QVERIFY(told.root().find("data.object.cancel_at_period_end").asBool());
    QCOMPARE(text(told, "data.object.status"), std::string("active"));
    QVERIFY(newest(world, "customer.subscription.deleted").root().get("id").isUndefined());
    world.pass(32 * 24 * 3600);
    const Document ended = newest(world, "customer.subscription.deleted");
    QCOMPARE(text(ended, "data.object.id"), id);
    QCOMPARE(text(ended, "data.object.status"), std::string("canceled"));
    QCOMPARE(json(ended, "request.id"), std::string("null")); // Stripe's own doing.
}

void TestDoubleTraps::anUnpaidInvoiceIsPaidOutOfBand()
{
    StripeWorld world;
    const std::string customer = world.id("/v1/customers", "name=Ana");
    world.id("/v1/invoiceitems", "customer=" + customer + "&amount=2500&currency=eur");
    const std::string invoice =
        world.id("/v1/invoices", "customer=" + customer +
                                     "&currency=eur&pending_invoice_items_behavior=include"
                                     "&collection_method=send_invoice&days_until_due=30");
    world.json("POST", "/v1/invoices/" + invoice + "/finalize");
    world.news();
    world.json("POST", "/v1/invoices/" + invoice + "/pay", "paid_out_of_band=true");
    const auto types = world.news();
    QCOMPARE(std::count(types.begin(), types.end(), "invoice.paid"), 1);
    QCOMPARE(std::count(types.begin(), types.end(), "invoice.payment_succeeded"), 0);
}

void TestDoubleTraps::oneSecondHoldsSeveralEvents()
{
    StripeWorld world;
    world.id("/v1/charges", "amount=900&currency=usd&source=tok_visa");
    world.id("/v1/payment_intents",
             "amount=700&currency=usd&confirm=true&payment_method=pm_card_visa");
    const Document page = world.json("GET", "/v1/events", "limit=100");
    const auto events = page.root().get("data").items();
    QVERIFY(events.size() >= 3);
    for (const Value &event : events) {
        QCOMPARE(event.get("created").toInt().value_or(0), world.clock.now().seconds());
        QVERIFY(event.get("id").text() != events.front().get("id").text() ||
                &event == &events.front());
    }
}

void TestDoubleTraps::refundsInACharge()
{
    StripeWorld world;
    const std::string charge = world.id("/v1/charges", "amount=900&currency=usd&source=tok_visa");
    for (int i = 0; i < 12; ++i)
        world.id("/v1/refunds", "charge=" + charge + "&amount=10");
    const Document shown = world.json("GET", "/v1/charges/" + charge, "expand[]=refunds");
    QCOMPARE(shown.root().find("refunds.data").size(), 10u);
    QVERIFY(shown.root().find("refunds.has_more").asBool());
    const Document rest = world.json("GET", text(shown, "refunds.url"),
                                     "starting_after=" + text(shown, "refunds.data.9.id"));
    QCOMPARE(rest.root().get("data").size(), 2u);
    QVERIFY(!rest.root().get("has_more").asBool());
}

void TestDoubleTraps::metadataHasItsBounds_data()
{
    QTest::addColumn<int>("keys");
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("value");
    QTest::addColumn<int>("status");
    QTest::newRow("as much as there may be") << 50 << 40 << 500 << 200;
    QTest::newRow("a key too many") << 51 << 40 << 10 << 400;
    QTest::newRow("a key too long") << 1 << 41 << 10 << 400;
    QTest::newRow("a value too long") << 1 << 10 << 501 << 400;
}

void TestDoubleTraps::metadataHasItsBounds()
{
    QFETCH(int, keys);
    QFETCH(int, key);
    QFETCH(int, value);
    QFETCH(int, status);
    StripeWorld world;
    std::string form = "name=Ana";
    for (int at = 0; at < keys; ++at) {
        std::string name = std::to_string(at);
        name.resize(static_cast<std::size_t>(key), 'k');
        form += "&metadata[" + name + "]=" + std::string(static_cast<std::size_t>(value), 'v');
    }
    QCOMPARE(world.call("POST", "/v1/customers", form).status, status);
}

void TestDoubleTraps::anUpdateMayFillMetadataUp()
{
    StripeWorld world;
    std::string form = "name=Ana";
    for (int at = 0; at < 50; ++at)
        form += "&metadata[k" + std::to_string(at) + "]=v";
    const std::string path = "/v1/customers/" + world.id("/v1/customers", form);
    QCOMPARE(world.call("POST", path, "metadata[one_more]=v").status, 400);
    QCOMPARE(world.call("POST", path, "metadata[k0]=&metadata[one_more]=v").status, 200);
}

void TestDoubleTraps::payoutsByHandAreNotReconciled()
{
    StripeWorld world;
    world.id("/v1/payment_intents",
             "amount=2000&currency=usd&confirm=true&payment_method=pm_card_bypassPending");
    world.pass(5);
    const std::string id = world.id("/v1/payouts", "amount=500&currency=usd");
    world.pass(60);
    QCOMPARE(world.text("/v1/payouts/" + id, "status"), std::string("paid"));
    QCOMPARE(world.text("/v1/payouts/" + id, "reconciliation_status"),
             std::string("not_applicable"));
    const auto types = world.news();
    QCOMPARE(std::count(types.begin(), types.end(), "payout.paid"), 1);
    QCOMPARE(std::count(types.begin(), types.end(), "payout.reconciliation_completed"), 0);
    const Document page = world.json("GET", "/v1/balance_transactions", "payout=" + id);
    for (const Value &entry : page.root().get("data").items())
        QCOMPARE(entry.get("type").text(), std::string_view("payout"));
}

void TestDoubleTraps::expandGoesFourLevelsDeep()
{
    StripeWorld world;
    world.id("/v1/payment_intents",
             "amount=700&currency=usd&confirm=true&payment_method=pm_card_visa");
    const std::string path =
        "/v1/charges/" + text(newest(world, "charge.succeeded"), "data.object.id");
    const std::string four = "payment_intent.latest_charge.payment_intent.latest_charge";
    const Document deep = world.json("GET", path, "expand[]=" + four);
    QCOMPARE(text(deep, four + ".object"), std::string("charge"));
    QCOMPARE(world.call("GET", path, "expand[]=" + four + ".payment_intent").status, 400);
}

QTEST_GUILESS_MAIN(TestDoubleTraps)
#include "tst_DoubleTraps.moc"
