// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/StripeDouble.h"

#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/net/HttpServer.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <QTemporaryDir>

#include <set>

using namespace tw;
using namespace tw::stripe;

namespace {

/// A webhook that judges signatures and answers as the test wants.
class Receiver
{
public:
    explicit Receiver(const Clock &clock) : m_clock(clock)
    {
        m_server.setHandler([this](HttpRequest request, HttpReply reply) {
            const SignatureCheck check{{secret}, m_clock.now()};
            const auto read = readDelivery(request.header("Stripe-Signature"), request.body, check);
            if (!read) {
                ++refused;
                reply.send(jsonResponse(400, "{}"));
                return;
            }
            ids.push_back(std::string(read->root().get("id").text()));
            types.insert(std::string(read->root().get("type").text()));
            const bool fails = failures > 0;
            failures -= fails ? 1 : 0;
            reply.send(jsonResponse(fails ? 503 : 200, "{}"));
        });
        if (!m_server.listen("127.0.0.1", 0))
            qFatal("no port");
    }
    std::string url() const { return m_server.url() + "/hook"; }

    Secret secret{"whsec_receiver"};
    std::vector<std::string> ids;
    std::set<std::string> types;
    int refused = 0;
    int failures = 0;

private:
    const Clock &m_clock;
    HttpServer m_server;
};

} // namespace

class TestStripeDouble : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void keysAreAskedFor();
    void unknownAddressesAnswerInStripesForm();
    void aChargeIsCreatedAndFound();
    void badChargesAreRefused_data();
    void badChargesAreRefused();
    void aDeclineIsAnErrorAndAnEvent();
    void idempotentRequestsAreReplayed();
    void listsArePaged();
    void customersAreChangedAndDeleted();
    void plansAreDeliveredInFull();
    void failedDeliveriesAreTriedAgain();
    void aChangeOverTheApiIsAnEvent();
    void controlOverHttp();
    void faultsComeInOrder();
    void objectsSurviveARestart();

private:
    std::unique_ptr<sandbox::Double> start(const std::string &dataDir = {});
    HttpAnswer call(std::string method, const std::string &path, std::string form = {},
                    HttpHeaders more = {});
    Document json(std::string method, const std::string &path, std::string form = {});

    SystemClock m_clock;
    HttpClient m_http;
    std::unique_ptr<sandbox::Double> m_double;
};

std::unique_ptr<sandbox::Double> TestStripeDouble::start(const std::string &dataDir)
{
    auto made = StripeDouble::start({m_clock, "127.0.0.1", 0, 42, dataDir});
    if (!made)
        qFatal("%s", made.error().text().c_str());
    return std::move(made).value();
}

void TestStripeDouble::init()
{
    m_double = start();
}

HttpAnswer TestStripeDouble::call(std::string method, const std::string &path, std::string form,
                                  HttpHeaders more)
{
    more.set("Authorization", "Bearer sk_test_any");
    if (!form.empty())
        more.set("Content-Type", "application/x-www-form-urlencoded");
    return testing::exchange(m_http, std::move(method), m_double->url() + path, std::move(more),
                             std::move(form));
}

Document TestStripeDouble::json(std::string method, const std::string &path, std::string form)
{
    return testing::jsonOf(call(std::move(method), path, std::move(form)));
}

void TestStripeDouble::keysAreAskedFor()
{
    const std::string url = m_double->url() + "/v1/charges";
    QCOMPARE(testing::exchange(m_http, "GET", url).status, 401);
    QCOMPARE(testing::exchange(m_http, "GET", url, {{"Authorization", "Bearer sk_live_x"}}).status,
             401);
    // Basic with the key as user name, as curl -u sends it.
    const auto basic = QByteArray("sk_test_any:").toBase64().toStdString();
    const auto answer =
        testing::exchange(m_http, "GET", url, {{"Authorization", "Basic " + basic}});
    QCOMPARE(answer.status, 200);
    QVERIFY(answer.headers.value("Request-Id").starts_with("req_"));
    QVERIFY(!answer.headers.value("Stripe-Version").empty());
}

void TestStripeDouble::unknownAddressesAnswerInStripesForm()
{
    const auto answer = call("GET", "/v1/nothing");
    QCOMPARE(answer.status, 404);
    const Document body = testing::jsonOf(answer);
    QCOMPARE(std::string(body.root().find("error.type").text()),
             std::string("invalid_request_error"));
    QCOMPARE(std::string(json("GET", "/v1/charges/ch_none").root().find("error.code").text()),
             std::string("resource_missing"));
}

void TestStripeDouble::aChargeIsCreatedAndFound()
{
    const Document made =
        json("POST", "/v1/charges", "amount=1099&currency=usd&source=tok_visa&metadata[order]=7");
    QCOMPARE(made.root().get("amount").toInt().value_or(0), 1099);
    QCOMPARE(std::string(made.root().find("metadata.order").text()), std::string("7"));
    const std::string id(made.root().get("id").text());
    QCOMPARE(toJson(json("GET", "/v1/charges/" + id).root()), toJson(made.root()));
    QCOMPARE(std::string(json("GET", "/v1/charges").root().find("data.0.id").text()), id);
}

void TestStripeDouble::badChargesAreRefused_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<QByteArray>("param");
    QTest::newRow("no amount") << QByteArray("currency=usd&source=tok_visa")
                               << QByteArray("amount");
    QTest::newRow("a fraction") << QByteArray("amount=1.5&currency=usd&source=tok_visa")
                                << QByteArray("amount");
    QTest::newRow("no currency code")
        << QByteArray("amount=5&currency=dollars&source=tok_visa") << QByteArray("currency");
    QTest::newRow("KWD not a multiple of ten")
        << QByteArray("amount=1001&currency=kwd&source=tok_visa") << QByteArray("amount");
    QTest::newRow("half a Uganda shilling")
        << QByteArray("amount=550&currency=ugx&source=tok_visa") << QByteArray("amount");
    QTest::newRow("an unknown parameter")
        << QByteArray("amount=5&currency=usd&source=tok_visa&colour=red") << QByteArray("colour");
    QTest::newRow("nobody pays") << QByteArray("amount=5&currency=usd") << QByteArray("source");
}

void TestStripeDouble::badChargesAreRefused()
{
    QFETCH(QByteArray, form);
    QFETCH(QByteArray, param);
    const auto answer = call("POST", "/v1/charges", form.toStdString());
    QCOMPARE(answer.status, 400);
    QCOMPARE(std::string(testing::jsonOf(answer).root().find("error.param").text()),
             param.toStdString());
}

void TestStripeDouble::aDeclineIsAnErrorAndAnEvent()
{
    const auto answer =
        call("POST", "/v1/charges", "amount=500&currency=eur&source=tok_chargeDeclined");
    QCOMPARE(answer.status, 402);
    QCOMPARE(std::string(testing::jsonOf(answer).root().find("error.code").text()),
             std::string("card_declined"));
    QCOMPARE(std::string(json("GET", "/v1/events").root().find("data.0.type").text()),
             std::string("charge.failed"));
}

void TestStripeDouble::idempotentRequestsAreReplayed()
{
    const std::string form = "amount=700&currency=usd&source=tok_visa";
    const auto first = call("POST", "/v1/charges", form, {{"Idempotency-Key", "k1"}});
    const auto again = call("POST", "/v1/charges", form, {{"Idempotency-Key", "k1"}});
    QCOMPARE(again.body, first.body);
    QCOMPARE(std::string(again.headers.value("Idempotent-Replayed")), std::string("true"));
    const auto other =
        call("POST", "/v1/charges", form + "&description=x", {{"Idempotency-Key", "k1"}});
    QCOMPARE(other.status, 400);
    QCOMPARE(std::string(testing::jsonOf(other).root().find("error.type").text()),
             std::string("idempotency_error"));
    QCOMPARE(int(json("GET", "/v1/charges").root().get("data").size()), 1);
}

void TestStripeDouble::listsArePaged()
{
    for (int i = 0; i < 7; ++i)
        call("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa");
    const Document all = json("GET", "/v1/charges?limit=100");
    QCOMPARE(int(all.root().get("data").size()), 7);
    std::vector<std::string> seen;
    std::string cursor;
    bool more = true;
    while (more) {
        const Document page = json("GET", "/v1/charges?limit=3" + cursor);
        for (const auto &item : page.root().get("data").items())
            seen.emplace_back(item.get("id").text());
        more = page.root().get("has_more").asBool();
        cursor = "&starting_after=" + seen.back();
    }
    QCOMPARE(seen.size(), std::size_t(7));
    const Document before = json("GET", "/v1/charges?limit=2&ending_before=" + seen[3]);
    QCOMPARE(std::string(before.root().find("data.0.id").text()), seen[1]);
    QVERIFY(before.root().get("has_more").asBool());
    QCOMPARE(call("GET", "/v1/charges?limit=0").status, 400);
    QCOMPARE(call("GET", "/v1/charges?starting_after=ch_none").status, 400);
}

void TestStripeDouble::customersAreChangedAndDeleted()
{
    const Document made =
        json("POST", "/v1/customers", "email=ana%40example.com&metadata[a]=1&metadata[b]=2");
    const std::string path = "/v1/customers/" + std::string(made.root().get("id").text());
    const Document changed = json("POST", path, "name=Ana&metadata[a]=");
    QCOMPARE(std::string(changed.root().get("name").text()), std::string("Ana"));
    QVERIFY(changed.root().find("metadata.a").isUndefined());
    QCOMPARE(std::string(changed.root().find("metadata.b").text()), std::string("2"));
    const Document events = json("GET", "/v1/events?type=customer.*");
    QVERIFY(events.root().find("data.0.data.previous_attributes.name").isNull());
    QVERIFY(json("DELETE", path).root().get("deleted").asBool());
    QVERIFY(json("GET", path).root().get("deleted").asBool());
    const auto byMail = json("GET", "/v1/customers?email=ana%40example.com");
    QCOMPARE(int(byMail.root().get("data").size()), 0);
    QCOMPARE(int(json("GET", "/v1/customers?limit=100").root().get("data").size()), 12);
}

void TestStripeDouble::plansAreDeliveredInFull()
{
    Receiver receiver(m_clock);
    m_double->addWebhook({receiver.url(), receiver.secret, {"charge.*"}});
    sandbox::DeliveryPlan plan;
    plan.events = 20;
    plan.repeats = 3;
    plan.forged = 2;
    plan.poisoned = 1;
    int reports = 0, repeats = 0, forged = 0;
    bool done = false;
    m_double->deliver(
        plan,
        [&](const sandbox::DeliveryReport &report) {
            ++reports;
            repeats += report.repeat;
            forged += report.forged && report.status == 400;
        },
        [&] { done = true; });
    QTRY_VERIFY_WITH_TIMEOUT(done, 20'000);
    QCOMPARE(reports, 25);
    QCOMPARE(repeats, 3);
    QCOMPARE(forged, 2);
    QCOMPARE(receiver.refused, 2);
    QCOMPARE(int(receiver.ids.size()), 23);
    QCOMPARE(std::set<std::string>(receiver.ids.begin(), receiver.ids.end()).size(),
             std::size_t(20));
    for (const auto &type : receiver.types)
        QVERIFY2(type.starts_with("charge."), type.c_str());
    int unlisted = 0;
    for (const auto &record : m_double->records()) {
        const auto currency = record.fields->root().get("currency").text();
        unlisted += record.type == "charge" && (currency == "sek" || currency == "isk" ||
                                                currency == "nok" || currency == "ugx");
    }
    QCOMPARE(unlisted, 1);
}

void TestStripeDouble::failedDeliveriesAreTriedAgain()
{
    Receiver receiver(m_clock);
    receiver.failures = 2;
    m_double->addWebhook({receiver.url(), receiver.secret, {}});
    sandbox::DeliveryPlan plan;
    plan.events = 1;
    int status = 0;
    bool done = false;
    m_double->deliver(
        plan, [&](const auto &report) { status = report.status; }, [&] { done = true; });
    QTRY_VERIFY_WITH_TIMEOUT(done, 20'000);
    QCOMPARE(status, 200);
    QCOMPARE(int(receiver.ids.size()), 3);
}

void TestStripeDouble::aChangeOverTheApiIsAnEvent()
{
    Receiver receiver(m_clock);
    const Document endpoint = json("POST", "/v1/webhook_endpoints",
                                   "url=" + receiver.url() + "&enabled_events[]=charge.succeeded");
    receiver.secret = Secret(std::string(endpoint.root().get("secret").text()));
    call("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa");
    QTRY_COMPARE(int(receiver.ids.size()), 1);
    const Document event = json("GET", "/v1/events/" + receiver.ids.front());
    QCOMPARE(std::string(event.root().get("type").text()), std::string("charge.succeeded"));
}

void TestStripeDouble::controlOverHttp()
{
    Receiver receiver(m_clock);
    const std::string base = m_double->url() + "/_double/";
    const auto added = testing::exchange(
        m_http, "POST", base + "webhooks", {},
        R"({"url":")" + receiver.url() + R"(","secret":"whsec_receiver","events":["charge.*"]})");
    QCOMPARE(added.status, 200);
    const auto delivered = testing::exchange(m_http, "POST", base + "deliver", {},
                                             R"({"events":5,"repeats":1,"forged":1,"wait":true})");
    const Document state = testing::jsonOf(delivered);
    QCOMPARE(state.root().find("deliveries.accepted").toInt().value_or(-1), 6);
    QCOMPARE(state.root().find("deliveries.refused").toInt().value_or(-1), 1);
    QCOMPARE(state.root().find("deliveries.waiting").toInt().value_or(-1), 0);
    const Document list = testing::jsonOf(testing::exchange(m_http, "GET", base + "deliveries"));
    QCOMPARE(int(list.root().get("deliveries").size()), 7);
    QCOMPARE(testing::exchange(m_http, "POST", base + "deliver", {}, R"({"types":["x.y"]})").status,
             400);
    QCOMPARE(testing::exchange(m_http, "POST", base + "deliver", {}, "[]").status, 400);
}

void TestStripeDouble::faultsComeInOrder()
{
    testing::exchange(m_http, "POST", m_double->url() + "/_double/faults", {},
                      R"({"next":[{"status":500},{"status":429},{"drop":true}]})");
    QCOMPARE(call("GET", "/v1/account").status, 500);
    const auto limited = call("GET", "/v1/account");
    QCOMPARE(limited.status, 429);
    QCOMPARE(std::string(limited.headers.value("Stripe-Rate-Limited-Reason")),
             std::string("global-rate"));
    QCOMPARE(call("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa").status, 0);
    QCOMPARE(int(json("GET", "/v1/charges").root().get("data").size()), 0);
}

void TestStripeDouble::objectsSurviveARestart()
{
    QTemporaryDir dir;
    m_double = start(toUtf8(dir.path()));
    const Document made = json("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa");
    m_double.reset();
    m_double = start(toUtf8(dir.path()));
    const std::string path = "/v1/charges/" + std::string(made.root().get("id").text());
    QCOMPARE(toJson(json("GET", path).root()), toJson(made.root()));
    const Document next = json("POST", "/v1/charges", "amount=500&currency=usd&source=tok_visa");
    QVERIFY(next.root().get("id").text() != made.root().get("id").text());
}

QTEST_GUILESS_MAIN(TestStripeDouble)
#include "tst_StripeDouble.moc"
