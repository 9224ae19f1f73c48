// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors_stripe/StripeWorld.h"

using namespace tw;
using namespace tw::testing;
using namespace std::chrono_literals;

/// What all calls of the Stripe double have in common.
class TestDoubleFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anUnknownCallIsToldApartFromOneThatStripeHas();
    void parametersAreHeldAgainstTheCatalogue_data();
    void parametersAreHeldAgainstTheCatalogue();
    void listsPageBothWays();
    void idsBecomeObjectsOnlyWhenAsked();
    void whatIsIncludableComesOnlyWhenAsked();
    void searchFindsLater();
    void searchUnderstandsItsQueries_data();
    void searchUnderstandsItsQueries();
    void metadataMergesAndUnsets();
    void aKeyGivesTheFirstAnswerForADay();
    void aKeyThatWasRefusedBeforeItBeganIsFree();
    void accountsAreApart();
    void anUpdateTellsWhatWasBefore();
    void versionsAndRequestIdsAreAnswered();
};

void TestDoubleFrame::anUnknownCallIsToldApartFromOneThatStripeHas()
{
    StripeWorld world;
    QCOMPARE(world.call("GET", "/v1/zebras").status, 404);
    QVERIFY(world.last.body.find("does not") == std::string::npos);
    const auto honest = world.call("POST", "/v1/topups", "amount=500&currency=usd");
    QCOMPARE(honest.status, 404);
    QVERIFY(honest.body.find("its double does not") != std::string::npos);
    QCOMPARE(exchange(world.http, "GET", world.theDouble->url() + "/v1/customers").status, 401);
}

void TestDoubleFrame::parametersAreHeldAgainstTheCatalogue_data()
{
    QTest::addColumn<QString>("form");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("param");
    const auto row = [](const char *name, const char *form, const char *code, const char *param) {
        QTest::newRow(name) << QString::fromLatin1(form) << QString::fromLatin1(code)
                            << QString::fromLatin1(param);
    };
    row("unknown", "amount=500&currency=usd&zebra=1", "parameter_unknown", "zebra");
    row("unknown inside", "amount=500&currency=usd&shipping[zebra]=1", "parameter_unknown",
        "shipping[zebra]");
    row("missing", "currency=usd", "parameter_missing", "amount");
    row("no number", "amount=5.5&currency=usd", "parameter_invalid", "amount");
    row("no truth", "amount=500&currency=usd&confirm=perhaps", "parameter_invalid", "confirm");
    row("too little", "amount=5&currency=usd", "amount_too_small", "amount");
    row("no such expansion", "amount=500&currency=usd&expand[]=zebra",
        "property_expansion_disallowed", "expand");
}

void TestDoubleFrame::parametersAreHeldAgainstTheCatalogue()
{
    QFETCH(QString, form);
    QFETCH(QString, code);
    QFETCH(QString, param);
    StripeWorld world;
    const Document answer = world.json("POST", "/v1/payment_intents", form.toStdString());
    QCOMPARE(world.last.status, 400);
    QCOMPARE(toQString(answer.root().find("error.code").text()), code);
    QCOMPARE(toQString(answer.root().find("error.param").text()), param);
    QCOMPARE(std::string(answer.root().find("error.type").text()),
             std::string("invalid_request_error"));
}

void TestDoubleFrame::listsPageBothWays()
{
    StripeWorld world;
    std::vector<std::string> made;
    for (int at = 0; at < 23; ++at)
        made.push_back(
            world.id("/v1/customers", "email=page@example.com&name=n" + std::to_string(at)));
    std::vector<std::string> forward;
    std::string cursor;
    while (true) {
        const Document page = world.json("GET", "/v1/customers",
                                         "email=page@example.com&limit=5" +
                                             (cursor.empty() ? "" : "&starting_after=" + cursor));
        for (const Value &item : page.root().get("data").items())
            forward.emplace_back(item.get("id").text());
        cursor = forward.back();
        if (!page.root().get("has_more").asBool())
            break;
    }
    std::vector<std::string> reversed(made.rbegin(), made.rend());
    QCOMPARE(forward, reversed);
    // Backwards: a page holds what is next to the cursor, newest first.
    const Document back = world.json("GET", "/v1/customers",
                                     "email=page@example.com&limit=5&ending_before=" + made[3]);
    QCOMPARE(std::string(back.root().find("data.4.id").text()), made[4]);
    QCOMPARE(std::string(back.root().find("data.0.id").text()), made[8]);
    QVERIFY(back.root().get("has_more").asBool());
    QCOMPARE(world.call("GET", "/v1/customers", "starting_after=cus_gone").status, 404);
    QCOMPARE(world.call("GET", "/v1/customers", "limit=101").status, 400);
}

void TestDoubleFrame::idsBecomeObjectsOnlyWhenAsked()
{
    StripeWorld world;
    const std::string customer = world.id("/v1/customers", "email=a@example.com");
    const std::string intent = world.id(
        "/v1/payment_intents", "amount=500&currency=usd&payment_method=pm_card_visa&confirm=true"
                               "&customer=" +
                                   customer);
    QCOMPARE(world.text("/v1/payment_intents/" + intent, "customer"), customer);
    QCOMPARE(world.text("/v1/payment_intents/" + intent, "customer.email", "expand[]=customer"),
             std::string("a@example.com"));
    QCOMPARE(world.text("/v1/payment_intents/" + intent, "latest_charge.balance_transaction.object",
                        "expand[0]=latest_charge.balance_transaction"),
             std::string("balance_transaction"));
    QCOMPARE(world.text("/v1/payment_intents", "data.0.customer.id", "expand[]=data.customer"),
             customer);
    QCOMPARE(world.call("GET", "/v1/payment_intents", "expand[]=customer").status, 400);
}

void TestDoubleFrame::whatIsIncludableComesOnlyWhenAsked()
{
    StripeWorld world;
    const Document customer = world.json("POST", "/v1/customers", "email=a@example.com");
    for (const char *name : {"sources", "subscriptions", "tax_ids"})
        QVERIFY2(customer.root().get(name).isUndefined(), name);
    for (const Member &member : customer.root().members())
        QVERIFY2(!member.key.text().starts_with('_'), "a mark of the double came out");
}

void TestDoubleFrame::searchFindsLater()
{
    StripeWorld world;
    const std::string id = world.id("/v1/customers", "email=find@example.com&metadata[sf]=001");
    const auto found = [&] {
        return world.json("GET", "/v1/customers/search", "query=metadata%5B%27sf%27%5D%3A%27001%27")
            .root()
            .get("data")
            .size();
    };
    QCOMPARE(found(), 0u);
    world.control("clock", R"({"advance":59})");
    QCOMPARE(found(), 0u);
    world.control("clock", R"({"advance":1})");
    QCOMPARE(found(), 1u);
    QCOMPARE(world.text("/v1/customers", "data.0.id", "email=find@example.com"), id);
}

void TestDoubleFrame::searchUnderstandsItsQueries_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<int>("found");
    QTest::newRow("a text") << QByteArray("email:'b@x.org'") << 1;
    QTest::newRow("in another case") << QByteArray("email:'B@X.org'") << 1;
    QTest::newRow("a part") << QByteArray("email~'x.org'") << 3;
    QTest::newRow("and") << QByteArray("email~'x.org' AND metadata['tier']:'gold'") << 2;
    QTest::newRow("side by side") << QByteArray("email~'x.org' metadata['tier']:'gold'") << 2;
    QTest::newRow("or") << QByteArray("email:'a@x.org' OR email:'b@x.org'") << 2;
    QTest::newRow("not") << QByteArray("email~'x.org' -metadata['tier']:'gold'") << 1;
    QTest::newRow("null") << QByteArray("email~'x.org' AND metadata['tier']:null") << 1;
    QTest::newRow("a number") << QByteArray("created>0 AND email~'x.org'") << 3;
    QTest::newRow("an escaped mark") << QByteArray("name:'O\\'Hara'") << 1;
    QTest::newRow("both joined") << QByteArray("email:'a' AND name:'b' OR name:'c'") << -1;
    QTest::newRow("nonsense") << QByteArray("email") << -1;
}

void TestDoubleFrame::searchUnderstandsItsQueries()
{
    QFETCH(QByteArray, query);
    QFETCH(int, found);
    StripeWorld world;
    world.id("/v1/customers", "email=a@x.org&metadata[tier]=gold&name=O%27Hara");
    world.id("/v1/customers", "email=b@x.org&metadata[tier]=gold");
    world.id("/v1/customers", "email=c@x.org");
    world.control("clock", R"({"advance":100})");
    const Document page =
        world.json("GET", "/v1/customers/search", "query=" + percentEncode(query.toStdString()));
    QCOMPARE(world.last.status, found < 0 ? 400 : 200);
    if (found >= 0)
        QCOMPARE(static_cast<int>(page.root().get("data").size()), found);
}

void TestDoubleFrame::metadataMergesAndUnsets()
{
    StripeWorld world;
    const std::string id = world.id("/v1/customers", "metadata[a]=1&metadata[b]=2&phone=5");
    const auto metadata = [&] {
        return toJson(world.json("GET", "/v1/customers/" + id).root().get("metadata"));
    };
    world.json("POST", "/v1/customers/" + id, "metadata[b]=3&metadata[c]=4");
    QCOMPARE(metadata(), std::string(R"({"a":"1","b":"3","c":"4"})"));
    world.json("POST", "/v1/customers/" + id, "metadata[a]=&phone=");
    QCOMPARE(metadata(), std::string(R"({"b":"3","c":"4"})"));
    QVERIFY(world.json("GET", "/v1/customers/" + id).root().get("phone").isNull());
    world.json("POST", "/v1/customers/" + id, "metadata=");
    QCOMPARE(metadata(), std::string("{}"));
}

void TestDoubleFrame::aKeyGivesTheFirstAnswerForADay()
{
    StripeWorld world;
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    const std::string form = "amount=500&currency=usd&source=tok_visa";
    const Document first = world.json("POST", "/v1/charges", form, key);
    QVERIFY(!world.last.headers.contains("Idempotent-Replayed"));
    const Document again = world.json("POST", "/v1/charges", form, key);
    QCOMPARE(toJson(again.root()), toJson(first.root()));
    QCOMPARE(std::string(world.last.headers.value("Idempotent-Replayed")), std::string("true"));
    QCOMPARE(world.call("POST", "/v1/charges", form + "&description=x", key).status, 400);
    const HttpHeaders other{{"Idempotency-Key", "k2"}};
    const std::string declined = "amount=500&currency=usd&source=tok_chargeDeclined";
    QCOMPARE(world.call("POST", "/v1/charges", declined, other).status, 402);
    QCOMPARE(
        world.call("POST", "/v1/charges", declined, other).headers.value("Idempotent-Replayed"),
        std::string_view("true"));
    world.control("clock", R"({"advance":86400})");
    const Document next = world.json("POST", "/v1/charges", form, key);
    QVERIFY(next.root().get("id").text() != first.root().get("id").text());
}

void TestDoubleFrame::aKeyThatWasRefusedBeforeItBeganIsFree()
{
    StripeWorld world;
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    QCOMPARE(world.call("POST", "/v1/charges", "amount=x&currency=usd&source=tok_visa", key).status,
             400);
    QCOMPARE(
        world.call("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa", key).status,
        200);
}

void TestDoubleFrame::accountsAreApart()
{
    StripeWorld world;
    const HttpHeaders other{{"Stripe-Account", "acct_2"}};
    const Document made = world.json("POST", "/v1/customers", "email=a@example.com", other);
    const std::string id(made.root().get("id").text());
    QCOMPARE(world.call("GET", "/v1/customers/" + id).status, 404);
    QCOMPARE(world.call("GET", "/v1/customers/" + id, {}, other).status, 200);
    const Document events = world.json("GET", "/v1/events", {}, other);
    QCOMPARE(std::string(events.root().find("data.0.account").text()), std::string("acct_2"));
    QCOMPARE(world.news().size(), 0u);
}

void TestDoubleFrame::anUpdateTellsWhatWasBefore()
{
    StripeWorld world;
    const std::string id = world.id("/v1/customers", "name=Ana&metadata[a]=1&address[city]=Lyon");
    world.json("POST", "/v1/customers/" + id, "name=Bea&metadata[b]=2&address[city]=Nice",
               {{"Idempotency-Key", "mine"}});
    const Document event = world.json("GET", "/v1/events", "type=customer.updated");
    const Value one = event.root().find("data.0");
    QCOMPARE(toJson(one.find("data.previous_attributes.metadata")), std::string(R"({"b":null})"));
    QCOMPARE(toJson(one.find("data.previous_attributes.address")),
             std::string(R"({"city":"Lyon"})"));
    QCOMPARE(one.find("data.previous_attributes.name").text(), std::string_view("Ana"));
    QCOMPARE(one.find("request.idempotency_key").text(), std::string_view("mine"));
    QVERIFY(one.find("request.id").text().starts_with("req_"));
    world.news();
    world.json("POST", "/v1/customers/" + id, "name=Bea");
    QVERIFY(world.news().empty()); // Nothing changed.
}

void TestDoubleFrame::versionsAndRequestIdsAreAnswered()
{
    StripeWorld world;
    const auto answer = world.call("GET", "/v1/account", {}, {{"Stripe-Version", "2024-06-20"}});
    QCOMPARE(answer.headers.value("Stripe-Version"), std::string_view("2024-06-20"));
    QVERIFY(answer.headers.value("Request-Id").starts_with("req_"));
    QVERIFY(!world.call("GET", "/v1/account").headers.value("Stripe-Version").empty());
}

QTEST_GUILESS_MAIN(TestDoubleFrame)
#include "tst_DoubleFrame.moc"
