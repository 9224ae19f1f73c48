// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/TriggerChains.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "tests/connectors_stripe/StripeWorld.h"

#include <algorithm>
#include <set>

using namespace tw;
using namespace tw::testing;

/// The door by which people and programs drive the Stripe double.
class TestDoubleControl : public QObject
{
    Q_OBJECT

    struct Delivery
    {
        std::string signature, body;
    };
    std::vector<Delivery> m_got;
    std::unique_ptr<HttpServer> m_receiver;
    std::string listen();

private Q_SLOTS:
    void everyTriggerMakesItsEvent_data();
    void everyTriggerMakesItsEvent();
    void anEventWithoutAChainIsMadeUp();
    void endpointsGetWhatTheyAskFor();
    void aRolledSecretSignsBesideTheOldOne();
    void mischiefOfDeliveries();
    void anEndpointGetsItsVersion();
    void faultsOfCalls_data();
    void faultsOfCalls();
    void statesAreSavedAndLoaded();
};

std::string TestDoubleControl::listen()
{
    m_got.clear();
    m_receiver = std::make_unique<HttpServer>();
    m_receiver->setHandler([this](const HttpRequest &request, HttpReply reply) {
        m_got.push_back({std::string(request.header("Stripe-Signature")), request.body});
        reply.send(textResponse(200, "ok"));
    });
    if (!m_receiver->listen("127.0.0.1", 0))
        qFatal("no receiver");
    return m_receiver->url() + "/hook";
}

void TestDoubleControl::everyTriggerMakesItsEvent_data()
{
    QTest::addColumn<QString>("event");
    StripeWorld world;
    const HttpAnswer answer =
        exchange(world.http, "GET", world.theDouble->url() + "/_tidewire/triggers");
    const Document names = jsonOf(answer);
    QCOMPARE(names.root().get("triggers").size(), 121u);
    for (const Value &name : names.root().get("triggers").items())
        QTest::addRow("%s", std::string(name.text()).c_str()) << toQString(name.text());
}

void TestDoubleControl::everyTriggerMakesItsEvent()
{
    QFETCH(QString, event);
    StripeWorld world;
    const Document told = world.control("trigger", "{\"event\":\"" + event.toStdString() + "\"}");
    QCOMPARE(world.last.status, 200);
    QStringList types;
    for (const Value &type : told.root().get("events").items())
        types.append(toQString(type.text()));
    QVERIFY2(types.contains(toQString(stripe::TriggerChains::eventOf(event.toStdString()))),
             qPrintable(types.join(u' ') + toQString(world.last.body)));
    for (const Value &call : told.root().get("calls").items())
        QVERIFY2(call.get("status").toInt().value_or(0) < 500,
                 std::string(call.get("call").text()).c_str());
}

void TestDoubleControl::anEventWithoutAChainIsMadeUp()
{
    StripeWorld world;
    const Document told =
        world.control("trigger", R"({"event":"radar.early_fraud_warning.created"})");
    QCOMPARE(world.last.status, 200);
    QVERIFY(told.root().get("made_up").asBool());
    QCOMPARE(world.text("/v1/events", "data.0.data.object.object"),
             std::string("radar.early_fraud_warning"));
    // What a made-up event tells of, and what that belongs to, can be asked for.
    const Document refund = world.control("trigger", R"({"event":"refund.failed"})");
    QVERIFY(refund.root().get("made_up").asBool());
    const std::string id = world.text("/v1/events", "data.0.data.object.id");
    QCOMPARE(world.text("/v1/refunds/" + id, "status"), std::string("failed"));
    const std::string charge = world.text("/v1/refunds/" + id, "charge");
    QCOMPARE(world.text("/v1/charges/" + charge, "id"), charge);
    world.control("trigger", R"({"event":"zebra.born"})");
    QCOMPARE(world.last.status, 400);
}

void TestDoubleControl::endpointsGetWhatTheyAskFor()
{
    StripeWorld world;
    const std::string url = listen();
    const Document made =
        world.json("POST", "/v1/webhook_endpoints",
                   "url=" + percentEncode(url) + "&enabled_events[]=customer.created");
    const std::string id(made.root().get("id").text());
    const std::string secret(made.root().get("secret").text());
    QVERIFY(secret.starts_with("whsec_"));
    QVERIFY(world.json("GET", "/v1/webhook_endpoints/" + id).root().get("secret").isUndefined());
    world.id("/v1/customers", "name=Ana");
    world.json("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa");
    QTRY_COMPARE(m_got.size(), 1u);
    const auto checked =
        stripe::verifySignature(m_got[0].signature, m_got[0].body,
                                {{Secret(secret)}, world.clock.now(), std::chrono::seconds(300)});
    QVERIFY(checked);
    world.json("POST", "/v1/webhook_endpoints/" + id, "disabled=true");
    world.id("/v1/customers", "name=Bea");
    world.json("POST", "/v1/webhook_endpoints/" + id, "disabled=false&enabled_events[]=*");
    world.id("/v1/customers", "name=Cleo");
    QTRY_COMPARE(m_got.size(), 2u);
    QVERIFY(m_got[1].body.find("Cleo") != std::string::npos);
    QCOMPARE(
        world.call("POST", "/v1/webhook_endpoints", "url=http://example.com&enabled_events[]=*")
            .status,
        400);
    QCOMPARE(world
                 .call("POST", "/v1/webhook_endpoints",
                       "url=https://example.com&enabled_events[]=zebra.born")
                 .status,
             400);
}

void TestDoubleControl::aRolledSecretSignsBesideTheOldOne()
{
    StripeWorld world;
    const std::string url = listen();
    const Secret old = world.theDouble->connectionSecrets().at("webhook_secret");
    world.control("webhooks", "{\"url\":\"" + url + "\"}");
    const Document rolled = world.control("secrets", R"({"overlap":100})");
    const Secret fresh(std::string(rolled.root().get("webhook_secret").text()));
    const auto passes = [&](const Secret &secret) {
        return bool(stripe::verifySignature(
            m_got.back().signature, m_got.back().body,
            {{secret}, world.clock.now() + std::chrono::seconds(200), std::chrono::seconds(3000)}));
    };
    world.id("/v1/customers", "name=Ana");
    QTRY_COMPARE(m_got.size(), 1u);
    QVERIFY(passes(old) && passes(fresh));
    world.control("clock", R"({"advance":101})");
    world.id("/v1/customers", "name=Bea");
    QTRY_COMPARE(m_got.size(), 2u);
    QVERIFY(!passes(old) && passes(fresh));
}

void TestDoubleControl::mischiefOfDeliveries()
{
    StripeWorld world;
    const std::string url = listen();
    world.control("webhooks", "{\"url\":\"" + url + "\",\"events\":[\"customer.created\"]}");
    world.control("faults", R"({"deliveries":{"drop":1}})");
    world.id("/v1/customers", "name=Lost");
    world.control("faults", R"({"deliveries":{"duplicate":1}})");
    world.id("/v1/customers", "name=Twice");
    QTRY_COMPARE(m_got.size(), 2u);
    QCOMPARE(m_got[0].body, m_got[1].body);
    world.control("faults", R"({"deliveries":{"reorder":3}})");
    for (const char *name : {"name=first", "name=second", "name=third"})
        world.id("/v1/customers", name);
    QTRY_COMPARE(m_got.size(), 5u);
    QVERIFY(m_got[2].body.find("first") == std::string::npos);
    world.control("faults", R"({"deliveries":{"delay":5000}})");
    world.id("/v1/customers", "name=Late");
    world.control("faults", R"({"clear":true})");
    world.id("/v1/customers", "name=Prompt");
    QTRY_COMPARE(m_got.size(), 6u);
    QVERIFY(m_got[5].body.find("Prompt") != std::string::npos);
    world.control("clock", R"({"advance":5})");
    QTRY_COMPARE(m_got.size(), 7u);
    QVERIFY(m_got[6].body.find("Late") != std::string::npos);
    // All of them are in the list of events.
    QCOMPARE(world.json("GET", "/v1/events", "type=customer.created&limit=100")
                 .root()
                 .get("data")
                 .size(),
             7u);
}

void TestDoubleControl::anEndpointGetsItsVersion()
{
    StripeWorld world;
    const std::string url = listen();
    world.json("POST", "/v1/webhook_endpoints",
               "url=" + percentEncode(url) + "&enabled_events[]=*&api_version=2024-06-20");
    world.control("trigger", R"({"event":"invoice.paid"})");
    QTRY_VERIFY(std::any_of(m_got.begin(), m_got.end(), [](const Delivery &delivery) {
        return delivery.body.find("\"invoice.paid\"") != std::string::npos;
    }));
    for (const Delivery &delivery : m_got) {
        const auto event = parseJson(delivery.body);
        QCOMPARE(event->root().get("api_version").text(), std::string_view("2024-06-20"));
        const Value object = event->root().find("data.object");
        if (object.get("object").text() == "invoice")
            QVERIFY(!object.get("subscription").isUndefined() &&
                    object.get("parent").isUndefined());
    }
    QCOMPARE(world.text("/v1/events", "data.0.api_version"), std::string(stripe::kApiVersion));
}

void TestDoubleControl::faultsOfCalls_data()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("made");
    QTest::newRow("503") << QByteArray(R"({"status":503})") << 503 << 0;
    QTest::newRow("429 with its reason")
        << QByteArray(R"({"status":429,"reason":"endpoint-rate"})") << 429 << 0;
    QTest::newRow("a lock") << QByteArray(R"({"code":"lock_timeout"})") << 429 << 0;
    QTest::newRow("500 after it was done")
        << QByteArray(R"({"status":500,"effect":"after"})") << 500 << 1;
    QTest::newRow("cut before") << QByteArray(R"({"drop":true})") << 0 << 0;
    QTest::newRow("cut after") << QByteArray(R"({"drop":true,"effect":"after"})") << 0 << 1;
}

void TestDoubleControl::faultsOfCalls()
{
    QFETCH(QByteArray, fault);
    QFETCH(int, status);
    QFETCH(int, made);
    StripeWorld world;
    world.control("faults", "{\"next\":[" + fault.toStdString() + "]}");
    QCOMPARE(world.call("POST", "/v1/customers", "email=f@example.com").status, status);
    QCOMPARE(
        static_cast<int>(
            world.json("GET", "/v1/customers", "email=f@example.com").root().get("data").size()),
        made);
}

void TestDoubleControl::statesAreSavedAndLoaded()
{
    StripeWorld world;
    const std::string id = world.id("/v1/customers", "email=keep@example.com");
    const std::string gone = world.id("/v1/customers", "email=gone@example.com");
    world.call("DELETE", "/v1/customers/" + gone);
    const HttpAnswer state =
        exchange(world.http, "GET", world.theDouble->url() + "/_tidewire/save");
    QCOMPARE(state.status, 200);
    world.control("reset", "{}");
    QCOMPARE(world.call("GET", "/v1/customers/" + id).status, 404);
    QVERIFY(world.json("GET", "/v1/customers").root().get("data").size() > 0); // The cast is there.
    world.control("load", state.body);
    QCOMPARE(world.last.status, 200);
    QCOMPARE(world.call("GET", "/v1/customers/" + id).status, 200);
    QVERIFY(world.json("GET", "/v1/customers/" + gone).root().get("deleted").asBool());
    QCOMPARE(world.text("/v1/events", "data.0.type"), std::string("customer.deleted"));
}

QTEST_GUILESS_MAIN(TestDoubleControl)
#include "tst_DoubleControl.moc"
