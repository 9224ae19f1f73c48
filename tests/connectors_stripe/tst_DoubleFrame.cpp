// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors_stripe/StripeWorld.h"

#include <optional>
#include <set>

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
    void aMissingObjectInThePathIsNotFound();
    void listsPageBothWays();
    void listsKeepToTheirFilters_data();
    void listsKeepToTheirFilters();
    void idsBecomeObjectsOnlyWhenAsked();
    void whatIsIncludableComesOnlyWhenAsked();
    void searchFindsLater();
    void searchUnderstandsItsQueries_data();
    void searchUnderstandsItsQueries();
    void searchesPage();
    void metadataMergesAndUnsets();
    void aKeyGivesTheFirstAnswerForADay();
    void aRefusalSpendsTheKey();
    void aFailureOfStripeIsTheAnswerOfItsKey();
    void aKeyIsInUseWhileItsCallIsUnderWay();
    void aKeyThatWasRefusedBeforeItBeganIsFree();
    void accountsAreApart();
    void anUpdateTellsWhatWasBefore();
    void eventsAreKeptForThirtyDays();
    void eventsAreFoundByTypeAndDelivery();
    void whatStripeDoesByItselfNamesNoRequest();
    void endpointsAreManaged();
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
    row("no number", "amount=5.5&currency=usd", "parameter_invalid_integer", "amount");
    row("no truth", "amount=500&currency=usd&confirm=perhaps", "", "confirm");
    row("nothing", "amount=500&currency=usd&confirm=", "parameter_invalid_empty", "confirm");
    row("no choice", "amount=500&currency=usd&capture_method=perhaps", "", "capture_method");
    row("metadata with a long key",
        "amount=500&currency=usd&metadata[a123456789b123456789c123456789d123456789e]=1", "",
        "metadata[a123456789b123456789c123456789d123456789e]");
    row("a customer that is not there", "amount=500&currency=usd&customer=cus_gone",
        "resource_missing", "customer");
    row("a method that is not there", "amount=500&currency=usd&payment_method=pm_gone",
        "resource_missing", "payment_method");
    row("too deep", "amount=500&currency=usd&expand[]=a.b.c.d.e", "property_expansion_disallowed",
        "expand");
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
    QCOMPARE(!answer.root().find("error.doc_url").isUndefined(), !code.isEmpty());
    QVERIFY(std::string(answer.root().find("error.request_log_url").text())
                .ends_with(world.last.headers.value("Request-Id")));
}

void TestDoubleFrame::aMissingObjectInThePathIsNotFound()
{
    StripeWorld world;
    const Document answer = world.json("GET", "/v1/customers/cus_gone");
    QCOMPARE(world.last.status, 404);
    QCOMPARE(std::string(answer.root().find("error.param").text()), std::string("id"));
    QCOMPARE(world.call("POST", "/v1/customers/cus_gone", "name=Ana").status, 404);
    const std::string one = world.id("/v1/customers", "name=Ana");
    const std::string two = world.id("/v1/customers", "name=Bea");
    const std::string method =
        world.id("/v1/payment_methods/pm_card_visa/attach", "customer=" + one);
    QCOMPARE(world.call("GET", "/v1/customers/" + one + "/payment_methods/" + method).status, 200);
    QCOMPARE(world.call("GET", "/v1/customers/" + two + "/payment_methods/" + method).status, 404);
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
    const Document gone = world.json("GET", "/v1/customers", "starting_after=cus_gone");
    QCOMPARE(world.last.status, 400);
    QCOMPARE(std::string(gone.root().find("error.param").text()), std::string("starting_after"));
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
    world.pass(1); // The fee is known a moment later.
    QCOMPARE(world.text("/v1/payment_intents/" + intent, "latest_charge.balance_transaction.object",
                        "expand[0]=latest_charge.balance_transaction"),
             std::string("balance_transaction"));
    QCOMPARE(world.text("/v1/payment_intents", "data.0.customer.id", "expand[]=data.customer"),
             customer);
    QCOMPARE(world.call("GET", "/v1/payment_intents", "expand[]=customer").status, 400);
    const std::string refund = world.id("/v1/refunds", "payment_intent=" + intent + "&amount=100");
    QCOMPARE(world.text("/v1/refunds/" + refund, "charge.payment_intent.customer.email",
                        "expand[]=charge.payment_intent.customer"),
             std::string("a@example.com"));
    QCOMPARE(world.text("/v1/refunds", "data.0.charge.payment_intent.customer.email",
                        "expand[]=data.charge.payment_intent.customer"),
             std::string("a@example.com"));
    QCOMPARE(world
                 .call("GET", "/v1/refunds",
                       "expand[]=data.charge.payment_intent.customer.default_source")
                 .status,
             400);
}

void TestDoubleFrame::whatIsIncludableComesOnlyWhenAsked()
{
    StripeWorld world;
    const Document customer = world.json("POST", "/v1/customers", "email=a@example.com");
    for (const char *name : {"sources", "subscriptions", "tax_ids"})
        QVERIFY2(customer.root().get(name).isUndefined(), name);
    for (const Member &member : customer.root().members())
        QVERIFY2(!member.key.text().starts_with('_'), "a mark of the double came out");
    const std::string id(customer.root().get("id").text());
    const std::string tax =
        world.id("/v1/customers/" + id + "/tax_ids", "type=eu_vat&value=DE123456789");
    const Document shown = world.json("GET", "/v1/customers/" + id,
                                      "expand[]=tax_ids&expand[]=sources&expand[]=subscriptions");
    QCOMPARE(std::string(shown.root().find("tax_ids.data.0.id").text()), tax);
    QCOMPARE(std::string(shown.root().find("sources.object").text()), std::string("list"));
    QVERIFY(!shown.root().get("subscriptions").isUndefined());
    const std::string charge = world.id("/v1/charges", "amount=500&currency=usd&source=tok_visa");
    world.id("/v1/refunds", "charge=" + charge + "&amount=100");
    QVERIFY(world.json("GET", "/v1/charges/" + charge).root().get("refunds").isUndefined());
    QCOMPARE(world.json("GET", "/v1/charges/" + charge, "expand[]=refunds")
                 .root()
                 .find("refunds.data")
                 .size(),
             1u);
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
    QTest::newRow("a field that is not searched") << QByteArray("balance>0") << -1;
    QTest::newRow("an order of texts") << QByteArray("email>'a'") << -1;
    QTest::newRow("a part of a token") << QByteArray("metadata['tier']~'gold'") << -1;
    QTest::newRow("a short part") << QByteArray("email~'x'") << -1;
    QTest::newRow("eleven clauses")
        << QByteArray("name:'a' name:'a' name:'a' name:'a' name:'a' name:'a' name:'a' name:'a' "
                      "name:'a' name:'a' name:'a'")
        << -1;
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

void TestDoubleFrame::searchesPage()
{
    StripeWorld world;
    std::set<std::string> made, found;
    for (int at = 0; at < 7; ++at)
        made.insert(world.id("/v1/customers", "email=page@x.org"));
    world.pass(60);
    std::string page;
    int pages = 0;
    do {
        const Document answer = world.json("GET", "/v1/customers/search",
                                           "query=email:%27page@x.org%27&limit=3" +
                                               (page.empty() ? "" : "&page=" + page));
        QCOMPARE(std::string(answer.root().get("object").text()), std::string("search_result"));
        for (const Value &item : answer.root().get("data").items())
            found.emplace(item.get("id").text());
        page = answer.root().get("next_page").text();
        QCOMPARE(answer.root().get("has_more").asBool(), !page.empty());
        ++pages;
    } while (!page.empty());
    QCOMPARE(pages, 3);
    QCOMPARE(found, made);
}

void TestDoubleFrame::listsKeepToTheirFilters_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<int>("found");
    QTest::newRow("an address") << QByteArray("email=old@x.org") << 1;
    QTest::newRow("an address in another case") << QByteArray("email=OLD@x.org") << 0;
    QTest::newRow("since") << QByteArray("created[gte]=1790000100&email=new@x.org") << 1;
    QTest::newRow("after") << QByteArray("created[gt]=1790000100&email=new@x.org") << 0;
    QTest::newRow("before") << QByteArray("created[lt]=1790000100&email=old@x.org") << 1;
    QTest::newRow("at") << QByteArray("created=1790000100") << 1;
    QTest::newRow("a filter that there is not") << QByteArray("phone=5") << -1;
}

void TestDoubleFrame::listsKeepToTheirFilters()
{
    QFETCH(QByteArray, query);
    QFETCH(int, found);
    StripeWorld world;
    world.id("/v1/customers", "email=old@x.org");
    world.pass(100);
    world.id("/v1/customers", "email=new@x.org");
    const Document page = world.json("GET", "/v1/customers", query.toStdString());
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

void TestDoubleFrame::aRefusalSpendsTheKey()
{
    StripeWorld world;
    const std::string charge = world.id("/v1/charges", "amount=500&currency=usd&source=tok_visa");
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    const std::string form = "charge=" + charge + "&amount=501";
    const HttpAnswer first = world.call("POST", "/v1/refunds", form, key);
    QCOMPARE(first.status, 400);
    const HttpAnswer again = world.call("POST", "/v1/refunds", form, key);
    QCOMPARE(again.status, 400);
    QCOMPARE(again.headers.value("Idempotent-Replayed"), std::string_view("true"));
    QCOMPARE(again.headers.value("Original-Request"), first.headers.value("Request-Id"));
    QVERIFY(again.headers.value("Request-Id") != first.headers.value("Request-Id"));
}

void TestDoubleFrame::aFailureOfStripeIsTheAnswerOfItsKey()
{
    StripeWorld world;
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    world.control("faults", R"({"next":[{"status":500,"effect":"after"}]})");
    QCOMPARE(world.call("POST", "/v1/customers", "email=f@x.org", key).status, 500);
    QCOMPARE(world.call("POST", "/v1/customers", "email=f@x.org", key).status, 500);
    QCOMPARE(world.json("GET", "/v1/customers", "email=f@x.org").root().get("data").size(), 1u);
    // What stands in front of Stripe is forgotten.
    const HttpHeaders other{{"Idempotency-Key", "k2"}};
    world.control("faults", R"({"next":[{"status":503,"effect":"after"}]})");
    QCOMPARE(world.call("POST", "/v1/customers", "email=g@x.org", other).status, 503);
    QCOMPARE(world.call("POST", "/v1/customers", "email=g@x.org", other).status, 200);
    QCOMPARE(world.json("GET", "/v1/customers", "email=g@x.org").root().get("data").size(), 1u);
}

void TestDoubleFrame::aKeyIsInUseWhileItsCallIsUnderWay()
{
    StripeWorld world;
    world.control("faults", R"({"next":[{"delay":5000}]})");
    HttpCall slow;
    slow.method = "POST";
    slow.url = world.theDouble->url() + "/v1/customers";
    slow.headers = {{"Authorization", "Bearer sk_test_world"},
                    {"Content-Type", "application/x-www-form-urlencoded"},
                    {"Idempotency-Key", "k1"}};
    slow.body = "email=slow@x.org";
    std::optional<int> answered;
    QObject receiver;
    world.http.send(std::move(slow), &receiver, [&answered](Result<HttpAnswer> answer) {
        answered = answer ? answer->status : 0;
    });
    QTRY_COMPARE(world.json("GET", "/v1/customers", "email=slow@x.org").root().get("data").size(),
                 1u);
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    const Document busy = world.json("POST", "/v1/customers", "email=slow@x.org", key);
    QCOMPARE(world.last.status, 409);
    QCOMPARE(std::string(busy.root().find("error.code").text()),
             std::string("idempotency_key_in_use"));
    QVERIFY(!answered);
    world.pass(5);
    QTRY_VERIFY(answered);
    QCOMPARE(*answered, 200);
    QCOMPARE(world.call("POST", "/v1/customers", "email=slow@x.org", key).status, 200);
    QCOMPARE(world.json("GET", "/v1/customers", "email=slow@x.org").root().get("data").size(), 1u);
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
    QCOMPARE(
        world.call("GET", "/v1/customers/" + id, {}, {{"Stripe-Context", "acct_1/acct_2"}}).status,
        200);
    // A key of one account says nothing of another's.
    const HttpHeaders mine{{"Idempotency-Key", "k"}};
    const HttpHeaders theirs{{"Idempotency-Key", "k"}, {"Stripe-Account", "acct_2"}};
    QCOMPARE(world.call("POST", "/v1/customers", "name=Ana", mine).status, 200);
    QCOMPARE(world.call("POST", "/v1/customers", "name=Bea", theirs).status, 200);
}

void TestDoubleFrame::eventsAreKeptForThirtyDays()
{
    StripeWorld world;
    world.id("/v1/customers", "name=Ana");
    const std::string id = world.text("/v1/events", "data.0.id");
    world.pass(30 * 86'400);
    QCOMPARE(world.call("GET", "/v1/events/" + id).status, 200);
    world.pass(1);
    QCOMPARE(world.call("GET", "/v1/events/" + id).status, 404);
    QCOMPARE(world.json("GET", "/v1/events").root().get("data").size(), 0u);
    QCOMPARE(world.call("GET", "/v1/events", "ending_before=" + id).status, 400);
}

void TestDoubleFrame::eventsAreFoundByTypeAndDelivery()
{
    StripeWorld world;
    HttpServer shop;
    int status = 500;
    shop.setHandler([&status](HttpRequest, HttpReply reply) {
        HttpResponse answer;
        answer.status = status;
        reply.send(std::move(answer));
    });
    QVERIFY(shop.listen("127.0.0.1", 0));
    world.json("POST", "/v1/webhook_endpoints",
               "enabled_events[]=customer.created&url=" +
                   percentEncode("http://127.0.0.1:" + std::to_string(shop.port()) + "/hook"));
    QCOMPARE(world.last.status, 200);
    const std::string id = world.id("/v1/customers", "name=Ana");
    world.json("POST", "/v1/customers/" + id, "name=Bea");
    const auto types = [&world](const std::string &query) {
        std::vector<std::string> found;
        const Document page = world.json("GET", "/v1/events", query);
        for (const Value &event : page.root().get("data").items())
            found.emplace_back(event.get("type").text());
        return found;
    };
    using Types = std::vector<std::string>;
    QCOMPARE(types("delivery_success=false"), (Types{"customer.created"}));
    QCOMPARE(types("delivery_success=true"), (Types{"customer.updated"}));
    QCOMPARE(types("type=customer.*"), (Types{"customer.updated", "customer.created"}));
    QCOMPARE(types("types[]=customer.created&types[]=charge.failed"), (Types{"customer.created"}));
    status = 200;
    world.pass(90);
    QTRY_VERIFY(types("delivery_success=false").empty());
}

void TestDoubleFrame::whatStripeDoesByItselfNamesNoRequest()
{
    StripeWorld world;
    const HttpHeaders key{{"Idempotency-Key", "mine"}};
    world.json("POST", "/v1/charges", "amount=500&currency=usd&source=tok_pendingRefund", key);
    const std::string charge = world.text("/v1/charges", "data.0.id");
    world.id("/v1/refunds", "charge=" + charge);
    world.pass(5);
    const Document page = world.json("GET", "/v1/events", "type=refund.updated");
    QVERIFY(page.root().find("data.0.request.id").isNull());
    QVERIFY(page.root().find("data.0.request.idempotency_key").isNull());
    QCOMPARE(page.root().find("data.0.data.previous_attributes.status").text(),
             std::string_view("pending"));
    const Document made = world.json("GET", "/v1/events", "type=charge.succeeded");
    QCOMPARE(made.root().find("data.0.request.idempotency_key").text(), std::string_view("mine"));
}

void TestDoubleFrame::endpointsAreManaged()
{
    StripeWorld world;
    const Document made =
        world.json("POST", "/v1/webhook_endpoints",
                   "url=https://example.com/a&enabled_events[]=charge.failed&enabled_events[]=*");
    const std::string path = "/v1/webhook_endpoints/" + std::string(made.root().get("id").text());
    QVERIFY(made.root().get("secret").text().starts_with("whsec_"));
    QVERIFY(world.json("GET", path).root().get("secret").isUndefined());
    QCOMPARE(world
                 .call("POST", "/v1/webhook_endpoints",
                       "url=https://example.com/a&enabled_events[]=zebra.born")
                 .status,
             400);
    QCOMPARE(
        world.call("POST", "/v1/webhook_endpoints", "url=http://example.com/a&enabled_events[]=*")
            .status,
        400);
    QCOMPARE(world
                 .call("POST", "/v1/webhook_endpoints",
                       "url=https://example.com/a&enabled_events[]=*&api_version=first")
                 .status,
             400);
    world.json("POST", path, "disabled=true");
    QCOMPARE(world.text(path, "status"), std::string("disabled"));
    QCOMPARE(world.json("GET", "/v1/webhook_endpoints").root().get("data").size(), 1u);
    QVERIFY(world.json("DELETE", path).root().get("deleted").asBool());
    QCOMPARE(world.call("GET", path).status, 404);
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
    QCOMPARE(world.call("GET", "/v1/account", {}, {{"Stripe-Version", "newest"}}).status, 400);
    const Document account = world.json("GET", "/v1/account");
    QCOMPARE(world.text("/v1/accounts/" + std::string(account.root().get("id").text()), "object"),
             std::string("account"));
    QVERIFY2(world.wrongObjects().empty(), world.wrongObjects().c_str());
}

QTEST_GUILESS_MAIN(TestDoubleFrame)
#include "tst_DoubleFrame.moc"
