// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/WebhookTrigger.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/net/HttpReply.h"
#include "core/net/HttpServer.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <QFile>
#include <QTemporaryDir>
#include <deque>

using namespace tw;
using namespace tw::stripe;

namespace {

constexpr const char *kSecret = "whsec_for_this_test";

/// Takes events as the runtime would, and answers when the test says so.
class FakeHost final : public TriggerHost
{
public:
    void accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done) override
    {
        events.push_back(std::move(event));
        open.push_back(std::move(done));
    }
    void refused(const Error &why) override { refusals.push_back(why.code); }
    Result<void> receive(const std::string &path,
                         std::function<void(HttpRequest, HttpReply)> handler) override
    {
        opened = path;
        m_handler = std::move(handler);
        m_server.setHandler([this](HttpRequest request, HttpReply reply) {
            m_handler(std::move(request), std::move(reply));
        });
        return m_server.listen("127.0.0.1", 0);
    }
    std::string url() const { return m_server.url() + opened; }

    std::vector<IncomingEvent> events;
    std::deque<std::function<void(Result<Acceptance>)>> open;
    std::vector<std::string> refusals;
    std::string opened;

private:
    HttpServer m_server;
    std::function<void(HttpRequest, HttpReply)> m_handler;
};

std::string eventBody(const char *type, bool live = false)
{
    return std::string(R"({"id":"evt_1","object":"event","created":1790000000,"livemode":)") +
           (live ? "true" : "false") + R"(,"type":")" + type +
           R"(","data":{"object":{"amount":5}}})";
}

} // namespace

class TestWebhookTrigger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodDeliveryIsHandedInWithItsBytes();
    void nothingIsAcknowledgedBeforeItIsStored();
    void aRepeatIsAcknowledged();
    void whatCouldNotBeStoredIsAskedForAgain();
    void badDeliveriesNeverReachTheHost_data();
    void badDeliveriesNeverReachTheHost();
    void eventsNobodyAskedForAreAcknowledgedAndLeft();
    void theModeFilters();
    void thinEventsAreTaken();
    void otherMethodsAreRefused();
    void aConnectionWithoutSecretDoesNotStart();
    void whatTheStripeCliForwardsIsTaken();

private:
    std::unique_ptr<Trigger> make(FakeHost &host, std::string_view yaml);
    HttpAnswer post(const FakeHost &host, const std::string &body, std::string header);
    void send(const FakeHost &host, const std::string &body);
    bool waitForAnswer();

    std::string signedNow(const std::string &body) const
    {
        return signDelivery(body, Secret(kSecret), m_clock.now());
    }

    ManualClock m_clock;
    HttpClient m_http;
    std::optional<Result<HttpAnswer>> m_answer;
};

std::unique_ptr<Trigger> TestWebhookTrigger::make(FakeHost &host, std::string_view yaml)
{
    const Services services{m_clock, m_http};
    auto connection =
        StripeConnection::open(services, "stripe",
                               testing::settingsFrom(StripeConnection::params(), "{}",
                                                     {{"webhook_secret", Secret(kSecret)}}));
    const auto node = WebhookTrigger::descriptor();
    auto trigger = WebhookTrigger::create(
        {services, "pay", "in", testing::settingsFrom(node.params, yaml), connection.value()});
    if (!trigger || !(*trigger)->start(host))
        qFatal("the trigger does not start");
    return std::move(trigger).value();
}

HttpAnswer TestWebhookTrigger::post(const FakeHost &host, const std::string &body,
                                    std::string header)
{
    HttpHeaders headers;
    if (!header.empty())
        headers.add("Stripe-Signature", std::move(header));
    return testing::exchange(m_http, "POST", host.url(), std::move(headers), body);
}

void TestWebhookTrigger::send(const FakeHost &host, const std::string &body)
{
    m_answer.reset();
    HttpCall call;
    call.method = "POST";
    call.url = host.url();
    call.headers = {{"Stripe-Signature", signedNow(body)}};
    call.body = body;
    m_http.send(std::move(call), this,
                [this](Result<HttpAnswer> got) { m_answer = std::move(got); });
}

bool TestWebhookTrigger::waitForAnswer()
{
    return QTest::qWaitFor([this] { return m_answer.has_value(); }) && m_answer->has_value();
}

void TestWebhookTrigger::aGoodDeliveryIsHandedInWithItsBytes()
{
    FakeHost host;
    const auto trigger = make(host, "events: [charge.*]");
    QCOMPARE(host.opened, std::string("/hooks/pay/in"));
    const std::string body = "{ \"id\":\"evt_9\",\r\n \"type\":\"charge.succeeded\", "
                             "\"created\":1790000000, \"livemode\":true }\n";
    send(host, body);
    QTRY_COMPARE(int(host.events.size()), 1);
    QCOMPARE(host.events[0].body, body);
    QCOMPARE(host.events[0].id, std::string("evt_9"));
    QCOMPARE(host.events[0].type, std::string("charge.succeeded"));
    QCOMPARE(host.events[0].created.seconds(), 1'790'000'000);
    QVERIFY(host.events[0].live);
    host.open.front()(Acceptance::First);
    QVERIFY(waitForAnswer());
    QCOMPARE((*m_answer)->status, 200);
    QCOMPARE((*m_answer)->body, std::string(R"({"received":true})"));
}

void TestWebhookTrigger::nothingIsAcknowledgedBeforeItIsStored()
{
    FakeHost host;
    const auto trigger = make(host, "events: [\"*\"]");
    send(host, eventBody("charge.succeeded"));
    QTRY_COMPARE(int(host.open.size()), 1);
    // A second exchange on the same server comes and goes while the first is still held.
    QCOMPARE(post(host, "{}", {}).status, 400);
    QVERIFY(!m_answer);
    host.open.front()(Acceptance::First);
    QVERIFY(waitForAnswer());
    QCOMPARE((*m_answer)->status, 200);
}

void TestWebhookTrigger::aRepeatIsAcknowledged()
{
    FakeHost host;
    const auto trigger = make(host, "events: [\"*\"]");
    send(host, eventBody("charge.succeeded"));
    QTRY_COMPARE(int(host.open.size()), 1);
    host.open.front()(Acceptance::Repeat);
    QVERIFY(waitForAnswer());
    QCOMPARE((*m_answer)->body, std::string(R"({"received":true,"repeat":true})"));
}

void TestWebhookTrigger::whatCouldNotBeStoredIsAskedForAgain()
{
    FakeHost host;
    const auto trigger = make(host, "events: [\"*\"]");
    send(host, eventBody("charge.succeeded"));
    QTRY_COMPARE(int(host.open.size()), 1);
    host.open.front()(transientError("store.full", "The disk is full."));
    QVERIFY(waitForAnswer());
    QCOMPARE((*m_answer)->status, 503);
    QCOMPARE(std::string((*m_answer)->headers.value("Retry-After")), std::string("5"));
}

void TestWebhookTrigger::badDeliveriesNeverReachTheHost_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("code");
    const std::string good = eventBody("charge.succeeded");
    const auto row = [](const char *name, const std::string &body, const std::string &header,
                        const char *code) {
        QTest::newRow(name) << QByteArray::fromStdString(body) << QByteArray::fromStdString(header)
                            << QByteArray(code);
    };
    const auto old = Instant::fromSeconds(m_clock.now().seconds() - 301);
    row("no signature", good, "", "stripe.no_signature");
    row("another secret", good, signDelivery(good, Secret("whsec_other"), m_clock.now()),
        "stripe.bad_signature");
    row("a changed body", good + " ", signedNow(good), "stripe.bad_signature");
    row("an old signature", good, signDelivery(good, Secret(kSecret), old),
        "stripe.stale_timestamp");
    row("signed but not JSON", "id=evt_1", signedNow("id=evt_1"), "stripe.bad_body");
    row("signed but no event", "[1]", signedNow("[1]"), "stripe.bad_body");
    row("signed but empty", "", signedNow(""), "stripe.bad_body");
}

void TestWebhookTrigger::badDeliveriesNeverReachTheHost()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, code);
    FakeHost host;
    const auto trigger = make(host, "events: [\"*\"]");
    const auto answer = post(host, body.toStdString(), header.toStdString());
    QCOMPARE(answer.status, 400);
    const Document json = testing::jsonOf(answer);
    QCOMPARE(std::string(json.root().find("error.code").text()), code.toStdString());
    QVERIFY(json.root().find("error.message").size() > 20);
    QVERIFY(host.events.empty());
    QCOMPARE(host.refusals, std::vector<std::string>{code.toStdString()});
}

void TestWebhookTrigger::eventsNobodyAskedForAreAcknowledgedAndLeft()
{
    FakeHost host;
    const auto trigger = make(host, "events: [charge.succeeded]");
    const std::string body = eventBody("customer.created");
    const auto answer = post(host, body, signedNow(body));
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, std::string(R"({"received":true,"ignored":true})"));
    QVERIFY(host.events.empty());
    QVERIFY(host.refusals.empty());
}

void TestWebhookTrigger::theModeFilters()
{
    FakeHost host;
    const auto trigger = make(host, "{events: [\"*\"], mode: live, path: /my/hook}");
    QCOMPARE(host.opened, std::string("/my/hook"));
    const std::string test = eventBody("charge.succeeded");
    QVERIFY(post(host, test, signedNow(test)).body.find("ignored") != std::string::npos);
    send(host, eventBody("charge.succeeded", true));
    QTRY_COMPARE(int(host.events.size()), 1);
    host.open.front()(Acceptance::First);
    QVERIFY(waitForAnswer());
}

void TestWebhookTrigger::thinEventsAreTaken()
{
    FakeHost host;
    const auto trigger = make(host, "events: [v1.invoice.paid]");
    send(host,
         R"({"id":"evt_t","object":"v2.core.event","type":"v1.invoice.paid","livemode":false,)"
         R"("created":"2026-09-27T11:20:46.250Z"})");
    QTRY_COMPARE(int(host.events.size()), 1);
    QCOMPARE(host.events[0].created.msSinceEpoch, 1'790'508'046'250);
    host.open.front()(Acceptance::First);
    QVERIFY(waitForAnswer());
}

void TestWebhookTrigger::otherMethodsAreRefused()
{
    FakeHost host;
    const auto trigger = make(host, "events: [\"*\"]");
    const auto answer = testing::exchange(m_http, "GET", host.url());
    QCOMPARE(answer.status, 405);
    QCOMPARE(std::string(answer.headers.value("Allow")), std::string("POST"));
}

void TestWebhookTrigger::aConnectionWithoutSecretDoesNotStart()
{
    const Services services{m_clock, m_http};
    auto connection = StripeConnection::open(
        services, "stripe", testing::settingsFrom(StripeConnection::params(), "{}"));
    const auto node = WebhookTrigger::descriptor();
    const auto trigger = WebhookTrigger::create(
        {services, "pay", "in", testing::settingsFrom(node.params, "events: [\"*\"]"),
         connection.value()});
    QVERIFY(!trigger);
    QCOMPARE(trigger.error().code, std::string("stripe.no_webhook_secret"));
    QVERIFY(trigger.error().kind == ErrorKind::Config);
}

void TestWebhookTrigger::whatTheStripeCliForwardsIsTaken()
{
    QTemporaryDir folder;
    QFile program(folder.filePath(QStringLiteral("stripe")));
    QVERIFY(program.open(QIODevice::WriteOnly));
    program.write("#!/bin/sh\ncase \"$*\" in *--print-secret*) echo whsec_ofthecli; exit 0;; esac\n"
                  "echo \"$*\" > " + folder.path().toUtf8() + "/forwarded\nexec sleep 60\n");
    program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    program.close();
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", folder.path().toUtf8() + ':' + path);
    FakeHost host;
    const auto trigger = make(host, "{events: [charge.succeeded], forward: true}");
    trigger->opened(host.url());
    qputenv("PATH", path);
    QFile forwarded(folder.filePath(QStringLiteral("forwarded")));
    QTRY_VERIFY(forwarded.exists());
    QTRY_VERIFY(forwarded.size() > 0);
    QVERIFY(forwarded.open(QIODevice::ReadOnly));
    QVERIFY(forwarded.readAll().contains("--forward-to " + QByteArray::fromStdString(host.url())));
    const std::string body = eventBody("charge.succeeded");
    HttpCall call;
    call.method = "POST";
    call.url = host.url();
    call.headers = {{"Stripe-Signature",
                     signDelivery(body, Secret("whsec_ofthecli"), m_clock.now())}};
    call.body = body;
    m_http.send(std::move(call), this,
                [this](Result<HttpAnswer> got) { m_answer = std::move(got); });
    QTRY_COMPARE(int(host.events.size()), 1);
    host.open.front()(Acceptance::First);
    QVERIFY(waitForAnswer());
}

QTEST_GUILESS_MAIN(TestWebhookTrigger)
#include "tst_WebhookTrigger.moc"
