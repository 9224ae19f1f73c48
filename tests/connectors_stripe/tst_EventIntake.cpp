// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventIntake.h"

#include "core/connectors/stripe/ObjectPaths.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/data/Json.h"
#include "tests/connectors_stripe/StripeTesting.h"
#include "tests/connectors_stripe/TriggerWorld.h"

using namespace tw;
using namespace tw::stripe;

namespace {

constexpr const char *kSecret = "whsec_t";
constexpr const char *kThin =
    R"({"id":"evt_t","object":"v2.core.event","type":"v1.invoice.paid","livemode":false,)"
    R"("created":"2026-09-21T14:13:20.000Z","context":"acct_9",)"
    R"("related_object":{"id":"in_1","type":"invoice","url":"/v1/invoices/in_1"}})";

Document parsed(const std::string &json)
{
    auto made = parseJson(json);
    return made ? std::move(made).value() : Document();
}

std::string keyOf(const char *type, const std::string &object)
{
    return businessKey(type, parsed(object).root());
}

} // namespace

class TestEventIntake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void theKeyIsTheBusinessObject_data();
    void theKeyIsTheBusinessObject();
    void twoEventsOfOneChangeAreOneFact();
    void changesThatStripeMakesAgainAreTwoFacts();
    void objectsAreFoundAgain_data();
    void objectsAreFoundAgain();
    void aThinEventIsFetchedBeforeItIsHandedIn();
    void aThinEventOfSomethingGoneSaysSo();
    void aThinEventCallsNothingButTheApi();
    void theCurrentStateTakesThePlaceOfTheOldOne();
    void whatWasDeletedMeanwhileIsMarked();
    void whatMayNotBeReadIsDeliveredAsSent();
    void whatCannotBeReadNowIsAskedForAgain();
    void whatHasNoIdIsDeliveredAsSent();
    void anObjectOfAConnectedAccountIsReadThere();
    void aKnownEventIsNotFetchedAgain();
    void theLaterStateIsTheNewerOne();
    void aBurstOfEventsIsNoBurstOfCalls();
    void whoDeliversIsToldToComeAgainWhileNothingMayLeave();
    void otherReleasesAreTreatedAsChosen_data();
    void otherReleasesAreTreatedAsChosen();
    void theReleaseAloneCounts();
    void echoesAreAcknowledgedAndLeft();
    void countsGoOnAfterARestart();

private:
    void start(const std::string &yaml, const char *key = "sk_test_1");
    HttpAnswer post(const std::string &body);
    Document handedIn(std::size_t at = 0) const { return parsed(m_host->events.at(at).body); }
    std::string snapshot(const std::string &object, const std::string &more = {}) const
    {
        return testing::EventServer::body("evt_1", "customer.updated", m_clock.now(), object, more);
    }
    std::string at(std::string_view path) const
    {
        return std::string(handedIn().root().find(path).text());
    }

    ManualClock m_clock;
    std::unique_ptr<testing::EventServer> m_server;
    std::unique_ptr<testing::MemoryHost> m_host;
    std::unique_ptr<HttpClient> m_http;
    std::unique_ptr<Trigger> m_trigger;
    std::shared_ptr<Connection> m_connection;
    testing::ClosedGate m_gate; ///< For those who shut it.
};

void TestEventIntake::init()
{
    m_server = std::make_unique<testing::EventServer>();
    m_host = std::make_unique<testing::MemoryHost>();
    m_http = std::make_unique<HttpClient>();
}

void TestEventIntake::cleanup()
{
    m_trigger.reset();
    m_host->stopped();
}

void TestEventIntake::start(const std::string &yaml, const char *key)
{
    const Services services{m_clock, *m_http};
    auto connection = StripeConnection::open(
        services, "stripe",
        testing::settingsFrom(StripeConnection::params(), "base_url: " + m_server->url(),
                              {{"api_key", Secret(key)}, {"webhook_secret", Secret(kSecret)}}));
    m_connection = connection.value();
    const auto node = WebhookTrigger::descriptor();
    auto trigger = WebhookTrigger::create(
        {services, "pay", "in",
         testing::settingsFrom(node.params, "{arrive: webhook, catch_up: false, " + yaml + "}"),
         connection.value()});
    if (!trigger || !(*trigger)->start(*m_host))
        qFatal("the trigger does not start");
    m_trigger = std::move(*trigger);
}

HttpAnswer TestEventIntake::post(const std::string &body)
{
    return testing::exchange(
        *m_http, "POST", m_host->url(),
        {{"Stripe-Signature", signDelivery(body, Secret(kSecret), m_clock.now())}}, body);
}

void TestEventIntake::theKeyIsTheBusinessObject_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("key");
    const auto row = [](const char *name, const char *type, const char *object, const char *key) {
        QTest::newRow(name) << QByteArray(type) << QByteArray(object) << QByteArray(key);
    };
    row("a charge belongs to its payment", "charge.succeeded",
        R"({"id":"ch_1","payment_intent":"pi_1"})", "pi_1");
    row("also where that is expanded", "charge.refunded",
        R"({"id":"ch_1","payment_intent":{"id":"pi_1","object":"payment_intent"}})", "pi_1");
    row("a payment is itself", "payment_intent.succeeded",
        R"({"id":"pi_1","latest_charge":"ch_1"})", "pi_1");
    row("an old charge has no payment", "charge.succeeded",
        R"({"id":"ch_1","payment_intent":null})", "ch_1");
    row("a refund belongs to the payment", "refund.created",
        R"({"id":"re_1","charge":"ch_1","payment_intent":"pi_1"})", "pi_1");
    row("a refund of an old charge", "charge.refund.updated",
        R"({"id":"re_1","charge":{"id":"ch_1"},"payment_intent":null})", "ch_1");
    row("a dispute belongs to the payment", "charge.dispute.created",
        R"({"id":"dp_1","charge":"ch_1","payment_intent":"pi_1"})", "pi_1");
    row("an invoice is itself", "invoice.paid", R"({"id":"in_1","customer":"cus_1"})", "in_1");
    row("one to come belongs to its subscription", "invoice.upcoming",
        R"({"customer":"cus_1","parent":{"subscription_details":{"subscription":"sub_1"}}})",
        "sub_1");
    row("also as older versions write it", "invoice.upcoming",
        R"({"customer":"cus_1","subscription":"sub_1"})", "sub_1");
    row("a credit note belongs to its invoice", "credit_note.created",
        R"({"id":"cn_1","invoice":"in_1"})", "in_1");
    row("a subscription is itself", "customer.subscription.updated",
        R"({"id":"sub_1","customer":"cus_1"})", "sub_1");
    row("a customer's source is the customer's", "customer.source.updated",
        R"({"id":"card_1","customer":"cus_1"})", "cus_1");
    row("a discount has no id to go by", "customer.discount.created",
        R"({"id":"di_1","customer":"cus_1","subscription":null})", "cus_1");
    row("a balance has nobody", "balance.available", R"({"object":"balance"})", "");
}

void TestEventIntake::theKeyIsTheBusinessObject()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, key);
    QCOMPARE(keyOf(type.constData(), object.toStdString()), key.toStdString());
}

void TestEventIntake::twoEventsOfOneChangeAreOneFact()
{
    const std::string cause = R"("request":{"id":"req_1","idempotency_key":null})";
    const std::string object = R"({"id":"cus_1","name":"A"})";
    const auto fact = [&](const char *id, std::int64_t second, const std::string &of,
                          const std::string &why) {
        return readEvent(testing::EventServer::body(id, "customer.updated",
                                                    Instant::fromSeconds(second), of, why))
            ->fact;
    };
    const std::string first = fact("evt_1", 1000, object, cause);
    QVERIFY(!first.empty());
    QCOMPARE(fact("evt_2", 1000, object, cause), first);
    QCOMPARE(fact("evt_2", 1001, object, cause), first); // The second says nothing.
    QVERIFY(fact("evt_2", 1000, R"({"id":"cus_1","name":"B"})", cause) != first);
    QVERIFY(fact("evt_2", 1000, R"({"id":"cus_2","name":"A"})", cause) != first);
    QVERIFY(fact("evt_2", 1000, object, R"("request":{"id":"req_2","idempotency_key":null})") !=
            first);
    QVERIFY(readEvent(testing::EventServer::body("evt_3", "invoice.upcoming", m_clock.now(),
                                                 R"({"customer":"cus_1"})"))
                ->fact.empty());
}

void TestEventIntake::changesThatStripeMakesAgainAreTwoFacts()
{
    const auto fact = [](std::int64_t second) {
        return readEvent(testing::EventServer::body(
                             "evt_1", "customer.updated", Instant::fromSeconds(second),
                             R"({"id":"cus_1","delinquent":true})", R"("request":{"id":null})"))
            ->fact;
    };
    QCOMPARE(fact(5), fact(5));
    QVERIFY(fact(5) != fact(86'405));
}

void TestEventIntake::objectsAreFoundAgain_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("path");
    const auto row = [](const char *object, const char *path) {
        QTest::newRow(path) << QByteArray(object) << QByteArray(path);
    };
    row(R"({"id":"ch_1","object":"charge"})", "/v1/charges/ch_1");
    row(R"({"id":"cs_1","object":"checkout.session"})", "/v1/checkout/sessions/cs_1");
    row(R"({"id":"clock_1","object":"test_helpers.test_clock"})",
        "/v1/test_helpers/test_clocks/clock_1");
    row(R"({"id":"card_1","object":"card","customer":{"id":"cus_1"}})",
        "/v1/customers/cus_1/sources/card_1");
    row(R"({"id":"../x","object":"charge"})", "/v1/charges/..%2Fx");
    row(R"({"object":"invoice","customer":"cus_1"})", "");
}

void TestEventIntake::objectsAreFoundAgain()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, path);
    QCOMPARE(pathOf(parsed(object.toStdString()).root()), path.toStdString());
}

void TestEventIntake::aThinEventIsFetchedBeforeItIsHandedIn()
{
    m_server->objects["/v2/core/events/evt_t"] =
        R"({"id":"evt_t","object":"v2.core.event","type":"v1.invoice.paid","livemode":false,)"
        R"("created":"2026-09-21T14:13:20.000Z","changes":{"before":{"status":"open"}},)"
        R"("related_object":{"id":"in_1","type":"invoice","url":"/v1/invoices/in_1"}})";
    m_server->objects["/v1/invoices/in_1"] =
        R"({"id":"in_1","object":"invoice","status":"paid","customer":"cus_Rb1Tw2Tw3Tw4Tw"})";
    start("events: [v1.invoice.paid]");
    QCOMPARE(post(kThin).status, 200);
    QCOMPARE(int(m_host->events.size()), 1);
    QCOMPARE(at("data.object.status"), std::string("paid"));
    QCOMPARE(at("changes.before.status"), std::string("open"));
    QCOMPARE(m_host->events[0].key, std::string("in_1"));
    QVERIFY(m_host->events[0].ids.find("cus_Rb1Tw2Tw3Tw4Tw") != std::string::npos);
    for (const auto &call : m_server->calls) {
        QCOMPARE(std::string(call.headers.value("Stripe-Context")), std::string("acct_9"));
        QCOMPARE(std::string(call.headers.value("Stripe-Version")), std::string(kApiVersion));
    }
}

void TestEventIntake::aThinEventOfSomethingGoneSaysSo()
{
    m_server->objects["/v2/core/events/evt_t"] = kThin;
    start("events: [v1.invoice.paid]");
    QCOMPARE(post(kThin).status, 200);
    QCOMPARE(at("data.object.id"), std::string("in_1"));
    QVERIFY(handedIn().root().find("data.object.deleted").asBool());
}

void TestEventIntake::aThinEventCallsNothingButTheApi()
{
    std::string hostile = kThin;
    hostile.replace(hostile.find("/v1/invoices/in_1"), 17, "@127.0.0.1:1/v1/x");
    m_server->objects["/v2/core/events/evt_t"] = hostile;
    start("events: [v1.invoice.paid]");
    QCOMPARE(post(hostile).status, 200);
    QCOMPARE(int(m_server->calls.size()), 1);
    QCOMPARE(int(m_host->events.size()), 1);
}

void TestEventIntake::theCurrentStateTakesThePlaceOfTheOldOne()
{
    m_server->objects["/v1/customers/cus_1"] =
        R"({"id":"cus_1","object":"customer","name":"Now","tax":{"x":1}})";
    start("events: [customer.*], deliver: current, expand: [tax, default_source]");
    QCOMPARE(post(snapshot(R"({"id":"cus_1","object":"customer","name":"Then"})",
                           R"("api_version":"2026-10-28.endive")"))
                 .status,
             200);
    QCOMPARE(at("data.object.name"), std::string("Now"));
    QCOMPARE(at("fetched.event_api_version"), std::string("2026-10-28.endive"));
    QCOMPARE(m_server->calls.back().query,
             std::string("expand%5B%5D=tax&expand%5B%5D=default_source"));
}

void TestEventIntake::whatWasDeletedMeanwhileIsMarked()
{
    start("events: [customer.*], deliver: current");
    QCOMPARE(post(snapshot(R"({"id":"cus_1","object":"customer","name":"Then"})")).status, 200);
    QCOMPARE(at("data.object.id"), std::string("cus_1"));
    QCOMPARE(at("data.object.object"), std::string("customer"));
    QVERIFY(handedIn().root().find("data.object.deleted").asBool());
    QVERIFY(handedIn().root().find("data.object.name").isUndefined());
}

void TestEventIntake::whatMayNotBeReadIsDeliveredAsSent()
{
    m_server->next.push_back(jsonResponse(403, R"({"error":{"type":"invalid_request_error"}})"));
    start("events: [customer.*], deliver: current");
    QCOMPARE(post(snapshot(R"({"id":"cus_1","object":"customer","name":"Then"})")).status, 200);
    QCOMPARE(at("data.object.name"), std::string("Then"));
    QCOMPARE(int(m_host->warnings.size()), 1);
}

void TestEventIntake::whatCannotBeReadNowIsAskedForAgain()
{
    m_server->next.push_back(jsonResponse(503, R"({"error":{"type":"api_error"}})"));
    start("events: [customer.*], deliver: current");
    const std::string body = snapshot(R"({"id":"cus_1","object":"customer","name":"Then"})");
    QCOMPARE(post(body).status, 503);
    QVERIFY(m_host->events.empty());
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer","name":"Now"})";
    QCOMPARE(post(body).status, 200);
    QCOMPARE(at("data.object.name"), std::string("Now"));
}

void TestEventIntake::whatHasNoIdIsDeliveredAsSent()
{
    start("events: [invoice.upcoming], deliver: current");
    const std::string body = testing::EventServer::body(
        "evt_1", "invoice.upcoming", m_clock.now(), R"({"object":"invoice","customer":"cus_1"})");
    QCOMPARE(post(body).status, 200);
    QCOMPARE(m_host->events.at(0).body, body);
    QVERIFY(m_server->calls.empty());
}

void TestEventIntake::anObjectOfAConnectedAccountIsReadThere()
{
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer"})";
    start("events: [customer.*], deliver: current");
    post(snapshot(R"({"id":"cus_1","object":"customer"})", R"("account":"acct_5")"));
    QCOMPARE(std::string(m_server->calls.back().headers.value("Stripe-Account")),
             std::string("acct_5"));
}

void TestEventIntake::aKnownEventIsNotFetchedAgain()
{
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer"})";
    start("events: [customer.*], deliver: current");
    const std::string body = snapshot(R"({"id":"cus_1","object":"customer"})");
    post(body);
    QVERIFY(post(body).body.find("repeat") != std::string::npos);
    QCOMPARE(int(m_server->calls.size()), 1);
    QCOMPARE(int(m_host->events.size()), 1);
}

void TestEventIntake::theLaterStateIsTheNewerOne()
{
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer"})";
    start("events: [customer.*], deliver: current");
    const Instant happened = m_clock.now();
    const auto event = [&](const char *id) {
        return testing::EventServer::body(id, "customer.updated", happened,
                                          R"({"id":"cus_1","object":"customer"})");
    };
    m_clock.advance(std::chrono::seconds(60));
    post(event("evt_1"));
    m_clock.advance(std::chrono::seconds(60));
    post(event("evt_2"));
    QCOMPARE(int(m_host->events.size()), 2);
    QVERIFY(m_host->events[0].created < m_host->events[1].created);
    QCOMPARE(handedIn().root().get("created").toInt().value_or(0), happened.seconds());
}

void TestEventIntake::aBurstOfEventsIsNoBurstOfCalls()
{
    m_server->hold = true;
    start("events: [customer.*], deliver: current");
    int answered = 0;
    for (int i = 0; i < 20; ++i) {
        const std::string id = std::to_string(i);
        const std::string body =
            testing::EventServer::body("evt_" + id, "customer.updated", m_clock.now(),
                                       R"({"id":"cus_)" + id + R"(","object":"customer"})");
        HttpCall call;
        call.method = "POST";
        call.url = m_host->url();
        call.headers = {{"Stripe-Signature", signDelivery(body, Secret(kSecret), m_clock.now())}};
        call.body = body;
        m_http->send(std::move(call), this, [&answered](Result<HttpAnswer> answer) {
            answered += answer && answer->status == 200;
        });
    }
    while (answered < 20) {
        QTRY_VERIFY(!m_server->held.empty());
        HttpReply reply = std::move(m_server->held.front());
        m_server->held.erase(m_server->held.begin());
        const int before = answered;
        reply.send(jsonResponse(200, R"({"id":"cus_x","object":"customer"})"));
        QTRY_VERIFY(answered > before);
    }
    QVERIFY(m_server->openMost() <= 4);
    QCOMPARE(int(m_host->events.size()), 20);
}

void TestEventIntake::whoDeliversIsToldToComeAgainWhileNothingMayLeave()
{
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer"})";
    start("events: [customer.*], deliver: current");
    m_connection->setGate(&m_gate);
    std::vector<HttpAnswer> answers;
    for (int number = 0; number < 6; ++number) { // More than are fetched at a time.
        HttpCall call;
        call.method = "POST";
        call.url = m_host->url();
        call.body =
            testing::EventServer::body("evt_" + std::to_string(number), "customer.updated",
                                       m_clock.now(), R"({"id":"cus_1","object":"customer"})");
        call.headers.set("Stripe-Signature",
                         signDelivery(call.body, Secret(kSecret), m_clock.now()));
        m_http->send(std::move(call), this, [&answers](const Result<HttpAnswer> &answer) {
            answers.push_back(answer.value());
        });
    }
    QTRY_COMPARE(m_gate.standing(), std::size_t(4));
    QVERIFY(answers.empty());
    m_clock.advance(std::chrono::seconds(8));
    QTRY_COMPARE(int(answers.size()), 6);
    for (const HttpAnswer &answer : answers) {
        QCOMPARE(answer.status, 503);
        QVERIFY(!answer.headers.value("Retry-After").empty());
    }
    QVERIFY(m_host->events.empty());
    m_gate.open();
    QTRY_COMPARE(m_gate.inFlight, 0);
    QCOMPARE(post(snapshot(R"({"id":"cus_1","object":"customer"})")).status, 200);
    QCOMPARE(m_server->asked("/v1/customers/cus_1"), 1); // Nobody waits for the others any more.
}

void TestEventIntake::otherReleasesAreTreatedAsChosen_data()
{
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("taken, with a warning") << QByteArray("warn") << 200 << QByteArray("Then");
    QTest::newRow("read again") << QByteArray("refetch") << 200 << QByteArray("Now");
    QTest::newRow("refused") << QByteArray("refuse") << 400 << QByteArray();
}

void TestEventIntake::otherReleasesAreTreatedAsChosen()
{
    QFETCH(QByteArray, choice);
    QFETCH(int, status);
    QFETCH(QByteArray, name);
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer","name":"Now"})";
    start("events: [customer.*], other_version: " + choice.toStdString());
    const std::string body = snapshot(R"({"id":"cus_1","object":"customer","name":"Then"})",
                                      R"("api_version":"2024-11-20.acacia")");
    QCOMPARE(post(body).status, status);
    QCOMPARE(int(m_host->events.size()), status == 200 ? 1 : 0);
    if (status == 200)
        QCOMPARE(at("data.object.name"), name.toStdString());
    else
        QCOMPARE(m_host->refusals, std::vector<std::string>{"stripe.other_version"});
    QCOMPARE(int(m_host->warnings.size()), choice == "warn" ? 1 : 0);
    m_clock.advance(std::chrono::seconds(3));
    QTRY_COMPARE(int(m_host->coverage().otherVersions), 1);
    QCOMPARE(int(m_host->coverage().versions.at("2024-11-20.acacia")), 1);
}

void TestEventIntake::theReleaseAloneCounts()
{
    start("events: [customer.*], other_version: refuse, made_for: 2026-09-30.endive");
    QCOMPARE(post(snapshot("{}", R"("api_version":"2026-10-28.endive")")).status, 200);
    QVERIFY(m_host->warnings.empty());
}

void TestEventIntake::echoesAreAcknowledgedAndLeft()
{
    start("events: [customer.*]");
    const auto answer =
        post(snapshot("{}", R"("request":{"id":"req_1","idempotency_key":)"
                            R"("abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrsq"})"));
    QCOMPARE(answer.status, 200);
    QVERIFY(answer.body.find("ignored") != std::string::npos);
    QVERIFY(m_host->events.empty());
}

void TestEventIntake::countsGoOnAfterARestart()
{
    start("events: [customer.*]");
    post(snapshot("{}"));
    post(snapshot("{}"));
    m_clock.advance(std::chrono::seconds(3));
    QTRY_COMPARE(int(m_host->coverage().duplicates), 1);
    const Instant since = m_host->coverage().since;
    cleanup();
    m_clock.advance(std::chrono::hours(1));
    start("events: [customer.*]");
    post(snapshot("{}"));
    m_clock.advance(std::chrono::seconds(3));
    QTRY_COMPARE(int(m_host->coverage().duplicates), 2);
    QCOMPARE(int(m_host->coverage().received), 1);
    QCOMPARE(m_host->coverage().since.msSinceEpoch, since.msSinceEpoch);
    QCOMPARE(m_host->coverage().lastEventId, std::string("evt_1"));
}

QTEST_GUILESS_MAIN(TestEventIntake)
#include "tst_EventIntake.moc"
