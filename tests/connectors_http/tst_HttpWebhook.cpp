// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/HttpWebhook.h"

#include "core/analysis/Findings.h"
#include "core/net/HttpServer.h"
#include "tests/connectors_http/HttpTesting.h"

#include <deque>
#include <optional>

using namespace tw;
using namespace tw::testing;
using namespace tw::http;

namespace {

/// Takes events as the runtime would, and answers at once.
class FakeHost final : public TriggerHost
{
public:
    void accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done) override
    {
        events.push_back(std::move(event));
        if (isFull)
            return done(transientError("store.full", "The disk is full."));
        done(Acceptance::First);
    }
    void refused(const Error &why) override { refusals.push_back(why.code); }
    Result<void> receive(const std::string &path,
                         std::function<void(HttpRequest, HttpReply)> handler) override
    {
        opened = path;
        m_server.setHandler(std::move(handler));
        return m_server.listen("127.0.0.1", 0);
    }
    std::string url() const { return m_server.url() + opened; }

    std::vector<IncomingEvent> events;
    std::vector<std::string> refusals;
    std::string opened;
    bool isFull = false;

private:
    HttpServer m_server;
};

const Secret kSecret("It's a secret to everybody");

} // namespace

class TestHttpWebhook : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signaturesAreThoseOfTheStandards();
    void signaturesOfKnownSendersHold_data();
    void signaturesOfKnownSendersHold();
    void badDeliveriesNeverReachTheHost_data();
    void badDeliveriesNeverReachTheHost();
    void oldDeliveriesAreRefused();
    void theIdComesFromTheDelivery();
    void withoutAnIdEachDeliveryIsNew();
    void whatCouldNotBeStoredIsAskedForAgain();
    void theMessageIsTheBodyAlone();
    void aWrongMethodIsCounted();
    void brokenSettingsAreToldBeforeTheRun_data();
    void brokenSettingsAreToldBeforeTheRun();

private:
    Result<std::unique_ptr<Trigger>> make(std::string_view with);
    int post(const FakeHost &host, const std::string &body, HttpHeaders headers);

    ManualClock m_clock;
    HttpClient m_http;
};

Result<std::unique_ptr<Trigger>> TestHttpWebhook::make(std::string_view with)
{
    const Services services{m_clock, m_http, nullptr};
    auto connection = connectTo(services, "base_url: https://shop.example", {{"webhook_secret", kSecret}});
    const NodeDescriptor node = HttpWebhook::descriptor();
    return node.createTrigger({services, "flow", "hook", settingsFrom(node.params, with), *connection});
}

int TestHttpWebhook::post(const FakeHost &host, const std::string &body, HttpHeaders headers)
{
    HttpCall call;
    call.method = "POST";
    call.url = host.url();
    call.headers = std::move(headers);
    call.body = body;
    int status = 0;
    m_http.send(std::move(call), this, [&status](Result<HttpAnswer> answer) {
        status = answer ? answer->status : -1;
    });
    return QTest::qWaitFor([&status] { return status != 0; }, 20'000) ? status : 0;
}

void TestHttpWebhook::signaturesAreThoseOfTheStandards()
{
    using Hash = SignatureScheme::Hash;
    const Secret key("Jefe");
    const std::string text = "what do ya want for nothing?";
    // RFC 2202 test case 2 and RFC 4231 test case 2.
    QCOMPARE(signatureOf({Hash::Sha1, {}, {}}, key, text),
             std::string("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
    QCOMPARE(signatureOf({Hash::Sha256, {}, {}}, key, text),
             std::string("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    QCOMPARE(signatureOf({Hash::Sha512, {}, {}}, key, text).substr(0, 32),
             std::string("164b7a7bfcf819e2e395fbe73b56e0a3"));
    QCOMPARE(signatureOf({Hash::Sha1, SignatureScheme::Digits::Base64, {}}, key, text),
             std::string("7/zfauXrL6LSdBbV8YTfnCWafHk="));
}

void TestHttpWebhook::signaturesOfKnownSendersHold_data()
{
    QTest::addColumn<QByteArray>("with");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    // The example of GitHub's manual, "Validating webhook deliveries".
    QTest::newRow("GitHub")
        << QByteArray("header: X-Hub-Signature-256\nheader_form: 'sha256={signature}'")
        << QByteArray("\"Hello, World!\"") << QByteArray("X-Hub-Signature-256") << QByteArray();
    QTest::newRow("Base64, as Shopify writes it")
        << QByteArray("header: X-Shopify-Hmac-Sha256\nencoding: base64") << QByteArray("{}")
        << QByteArray("X-Shopify-Hmac-Sha256") << QByteArray();
    QTest::newRow("a token") << QByteArray("verify: token\nheader: X-Token") << QByteArray("{}")
                             << QByteArray("X-Token") << QByteArray("It's a secret to everybody");
}

void TestHttpWebhook::signaturesOfKnownSendersHold()
{
    QFETCH(QByteArray, with);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    if (value.isEmpty()) {
        SignatureScheme scheme;
        scheme.digits = with.contains("base64") ? SignatureScheme::Digits::Base64
                                                : SignatureScheme::Digits::Hex;
        value = QByteArray::fromStdString(signatureOf(scheme, kSecret, body.toStdString()));
        if (with.contains("sha256="))
            value.prepend("sha256=");
    }
    FakeHost host;
    auto trigger = make(with.toStdString());
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QCOMPARE(post(host, body.toStdString(), {{header.toStdString(), value.toStdString()}}), 200);
    QCOMPARE(host.events.size(), std::size_t(1));
    QCOMPARE(host.events.front().body, body.toStdString());
}

void TestHttpWebhook::badDeliveriesNeverReachTheHost_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::newRow("no header") << QByteArray("X-Other") << QByteArray("1") << QByteArray("{}") << 401;
    QTest::newRow("another signature")
        << QByteArray("X-Signature") << QByteArray(64, '0') << QByteArray("{}") << 401;
    QTest::newRow("too short") << QByteArray("X-Signature") << QByteArray("ab") << QByteArray("{}") << 401;
    QTest::newRow("empty") << QByteArray("X-Signature") << QByteArray() << QByteArray("{}") << 401;
    QTest::newRow("well signed, but no JSON")
        << QByteArray("X-Signature")
        << QByteArray::fromStdString(signatureOf({}, kSecret, "not json")) << QByteArray("not json") << 400;
}

void TestHttpWebhook::badDeliveriesNeverReachTheHost()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    FakeHost host;
    auto trigger = make("{}");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QCOMPARE(post(host, body.toStdString(), {{header.toStdString(), value.toStdString()}}), status);
    QVERIFY(host.events.empty());
    QCOMPARE(host.refusals.size(), std::size_t(1));
}

void TestHttpWebhook::oldDeliveriesAreRefused()
{
    FakeHost host;
    auto trigger = make("header_form: 't={timestamp},v1={signature}'\nsigned: '{timestamp}.{body}'");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    const auto headers = [this](std::int64_t age) {
        const std::string time = std::to_string(m_clock.now().seconds() - age);
        return HttpHeaders{{"X-Signature", "t=" + time + ",v1="
                                + signatureOf({}, kSecret, time + ".{}")}};
    };
    QCOMPARE(post(host, "{}", headers(299)), 200);
    QCOMPARE(post(host, "{}", headers(301)), 401);
    QCOMPARE(post(host, "{}", headers(-301)), 401);
    QCOMPARE(host.refusals, (std::vector<std::string>{"http.stale_timestamp", "http.stale_timestamp"}));
}

void TestHttpWebhook::theIdComesFromTheDelivery()
{
    FakeHost host;
    auto trigger = make("verify: none\nevent_id: 'body.id & headers.`x-part` & query.n'\n"
                        "event_type: body.kind\npath: /in");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QCOMPARE(host.opened, std::string("/in"));
    host.opened += "?n=7";
    QCOMPARE(post(host, R"({"id":"o1","kind":"order.paid"})", {{"X-Part", "-b-"}}), 200);
    QCOMPARE(host.events.front().id, std::string("o1-b-7"));
    QCOMPARE(host.events.front().type, std::string("order.paid"));
    QCOMPARE(post(host, "{}", {}), 200);
    host.opened = "/in";
    QCOMPARE(post(host, "{}", {}), 400);
}

void TestHttpWebhook::withoutAnIdEachDeliveryIsNew()
{
    FakeHost host;
    auto trigger = make("verify: none");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QCOMPARE(host.opened, std::string("/hooks/flow/hook"));
    QCOMPARE(post(host, "{}", {}), 200);
    QCOMPARE(post(host, "{}", {}), 200);
    QVERIFY(host.events.at(0).id != host.events.at(1).id);
}

void TestHttpWebhook::whatCouldNotBeStoredIsAskedForAgain()
{
    FakeHost host;
    host.isFull = true;
    auto trigger = make("verify: none");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QCOMPARE(post(host, "{}", {}), 503);
}

void TestHttpWebhook::theMessageIsTheBodyAlone()
{
    const NodeDescriptor node = HttpWebhook::descriptor();
    analysis::Surroundings around;
    around.input = node.outputShape(settingsFrom(node.params, "verify: none"), nullptr);
    const auto wrong = analysis::findingsOf("body.lines", around);
    QCOMPARE(wrong.size(), std::size_t(1));
    QCOMPARE(wrong.front().code, std::string("map.unknown_field"));
    QVERIFY2(wrong.front().fix.find("the JSON body itself") != std::string::npos, wrong.front().fix.c_str());
    QVERIFY(analysis::findingsOf("lines.amount", around).empty());
}

void TestHttpWebhook::aWrongMethodIsCounted()
{
    FakeHost host;
    const auto trigger = make("verify: none");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    HttpCall call;
    call.method = "GET";
    call.url = host.url();
    std::optional<HttpAnswer> answer;
    m_http.send(std::move(call), this, [&answer](const Result<HttpAnswer> &got) {
        if (got)
            answer = *got;
    });
    QTRY_VERIFY(answer);
    QCOMPARE(answer->status, 405);
    QVERIFY2(answer->body.find("http.bad_method") != std::string::npos, answer->body.c_str());
    QCOMPARE(host.refusals, std::vector<std::string>{"http.bad_method"});
}

void TestHttpWebhook::brokenSettingsAreToldBeforeTheRun_data()
{
    QTest::addColumn<QByteArray>("with");
    QTest::newRow("an unknown place") << QByteArray("signed: '{boddy}'");
    QTest::newRow("an open brace") << QByteArray("signed: '{body'");
    QTest::newRow("the body is not signed") << QByteArray("signed: '{id}'\nid_header: X-Id");
    QTest::newRow("no signature in the header") << QByteArray("header_form: 'v1='");
    QTest::newRow("places that touch") << QByteArray("header_form: '{timestamp}{signature}'");
    QTest::newRow("a time from nowhere") << QByteArray("signed: '{timestamp}.{body}'");
    QTest::newRow("a broken expression") << QByteArray("event_id: 'body.'");
}

void TestHttpWebhook::brokenSettingsAreToldBeforeTheRun()
{
    QFETCH(QByteArray, with);
    const auto trigger = make(with.toStdString());
    QVERIFY(!trigger);
    QVERIFY(trigger.error().kind == ErrorKind::Config);
}

QTEST_GUILESS_MAIN(TestHttpWebhook)
#include "tst_HttpWebhook.moc"
