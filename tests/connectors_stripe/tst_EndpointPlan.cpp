// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EndpointPlan.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/double/StripeDouble.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "tests/connectors_stripe/StripeTesting.h"
#include "tests/connectors_stripe/TriggerWorld.h"

#include <set>

using namespace tw;
using namespace tw::stripe;
using Action = EndpointPlan::Action;

namespace {

EndpointWish wish()
{
    EndpointWish made;
    made.project = "shop";
    made.flow = "pay";
    made.step = "in";
    made.environment = "production";
    made.url = "https://hooks.example.com/hooks/pay/in";
    made.events = {"refund.*", "charge.succeeded"};
    made.apiVersion = kApiVersion;
    made.receipts = {"r1"};
    return made;
}

Endpoint endpoint()
{
    Endpoint made;
    made.id = "we_1";
    made.project = "shop";
    made.flow = "pay/in";
    made.environment = "production";
    made.url = "https://hooks.example.com/hooks/pay/in";
    made.events = {"refund.updated", "refund.failed", "refund.created", "charge.succeeded"};
    made.apiVersion = kApiVersion;
    made.status = "enabled";
    made.receipt = "r1";
    return made;
}

} // namespace

class TestEndpointPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void aPlanSaysWhatDiffers_data();
    void aPlanSaysWhatDiffers();
    void endpointsOfOthersAreLeftAlone();
    void ofSeveralTheOneWithItsSecretStays();
    void thinEventsAreMadeByHand();
    void publishingTwentyTimesLeavesOneEndpoint();
    void whatCanBeChangedIsChangedInPlace();
    void anotherVersionReplacesIt();
    void aSecretThatCannotBeKeptLeavesNothing();
    void aLostAnswerIsMadeGood();

private:
    Result<std::string> publish(EndpointWish asked);
    std::vector<Endpoint> listed();

    ManualClock m_clock;
    HttpClient m_http;
    std::unique_ptr<sandbox::Double> m_stripe;
    std::unique_ptr<StripeReads> m_reads;
    std::unique_ptr<EndpointDesk> m_desk;
    std::vector<std::string> m_receipts, m_secrets;
    bool m_keeps = true;
};

void TestEndpointPlan::init()
{
    m_receipts.clear();
    m_secrets.clear();
    m_keeps = true;
    m_stripe = StripeDouble::start({m_clock, "127.0.0.1", 0, 1, {}}).value();
    const Services services{m_clock, m_http};
    auto connection = StripeConnection::open(services, "stripe",
                                             testing::settingsFrom(StripeConnection::params(),
                                                                   "base_url: " + m_stripe->url(),
                                                                   m_stripe->connectionSecrets()));
    m_reads = std::make_unique<StripeReads>(
        services, std::dynamic_pointer_cast<StripeConnection>(connection.value()));
    m_desk = std::make_unique<EndpointDesk>(*m_reads);
}

std::vector<Endpoint> TestEndpointPlan::listed()
{
    std::optional<Result<std::vector<Endpoint>>> answer;
    m_desk->list([&](Result<std::vector<Endpoint>> found) { answer = std::move(found); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }) || !*answer)
        qFatal("the endpoints cannot be listed");
    return **answer;
}

Result<std::string> TestEndpointPlan::publish(EndpointWish asked)
{
    asked.receipts = m_receipts;
    auto plan = planEndpoint(std::move(asked), listed());
    if (!plan)
        return std::move(plan).error();
    std::optional<Result<std::string>> answer;
    m_desk->apply(
        std::move(*plan),
        [this](const Secret &secret, const std::string &receipt) -> Result<void> {
            if (!m_keeps)
                return configError("vault.no_key", "There is no key.");
            m_secrets.emplace_back(secret.reveal());
            m_receipts.push_back(receipt);
            return {};
        },
        [&](Result<std::string> id) { answer = std::move(id); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }))
        qFatal("no answer");
    return *answer;
}

void TestEndpointPlan::aPlanSaysWhatDiffers_data()
{
    QTest::addColumn<QByteArray>("what");
    QTest::addColumn<int>("action");
    QTest::newRow("nothing") << QByteArray() << int(Action::Keep);
    QTest::newRow("its address") << QByteArray("url") << int(Action::Update);
    QTest::newRow("its events") << QByteArray("events") << int(Action::Update);
    QTest::newRow("it is disabled") << QByteArray("status") << int(Action::Update);
    QTest::newRow("its version") << QByteArray("api_version") << int(Action::Replace);
    QTest::newRow("nobody knows its secret") << QByteArray("secret") << int(Action::Replace);
}

void TestEndpointPlan::aPlanSaysWhatDiffers()
{
    QFETCH(QByteArray, what);
    QFETCH(int, action);
    Endpoint there = endpoint();
    if (what == "url")
        there.url = "https://old.example.com/hooks/pay/in";
    else if (what == "events")
        there.events.pop_back();
    else if (what == "status")
        there.status = "disabled";
    else if (what == "api_version")
        there.apiVersion = "2025-03-31.basil";
    else if (what == "secret")
        there.receipt = "r2";
    const auto plan = planEndpoint(wish(), {there});
    QVERIFY(plan);
    QCOMPARE(int(plan->action), action);
    QCOMPARE(int(plan->differences.size()), what.isEmpty() ? 0 : 1);
    if (!what.isEmpty())
        QCOMPARE(plan->differences[0].what, what.toStdString());
}

void TestEndpointPlan::endpointsOfOthersAreLeftAlone()
{
    Endpoint environment = endpoint(), flow = endpoint(), project = endpoint(), foreign;
    environment.environment = "qa";
    flow.flow = "pay/other";
    project.project = "another";
    foreign.id = "we_hand_made";
    foreign.url = wish().url;
    const auto plan = planEndpoint(wish(), {environment, flow, project, foreign});
    QCOMPARE(int(plan->action), int(Action::Create));
    QVERIFY(plan->surplus.empty());
}

void TestEndpointPlan::ofSeveralTheOneWithItsSecretStays()
{
    Endpoint older = endpoint(), kept = endpoint();
    older.id = "we_older";
    older.receipt = "lost";
    older.created = 1;
    kept.created = 2;
    const auto plan = planEndpoint(wish(), {older, kept});
    QCOMPARE(int(plan->action), int(Action::Keep));
    QCOMPARE(plan->current->id, std::string("we_1"));
    QCOMPARE(int(plan->surplus.size()), 1);
    QCOMPARE(plan->surplus[0].id, std::string("we_older"));
}

void TestEndpointPlan::thinEventsAreMadeByHand()
{
    EndpointWish thin = wish();
    thin.events.push_back("v1.invoice.paid");
    const auto plan = planEndpoint(thin, {});
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, std::string("stripe.thin_endpoint"));
}

void TestEndpointPlan::publishingTwentyTimesLeavesOneEndpoint()
{
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i) {
        const auto id = publish(wish());
        QVERIFY(id);
        ids.insert(*id);
    }
    QCOMPARE(int(ids.size()), 1);
    const auto all = listed();
    QCOMPARE(int(all.size()), 1);
    QCOMPARE(all[0].url, wish().url);
    QCOMPARE(all[0].events, (std::vector<std::string>{"charge.succeeded", "refund.created",
                                                      "refund.failed", "refund.updated"}));
    QCOMPARE(int(m_secrets.size()), 1);
    QVERIFY(m_secrets[0].starts_with("whsec_"));
    EndpointWish other = wish();
    other.environment = "qa";
    QVERIFY(publish(other));
    QCOMPARE(int(listed().size()), 2);
}

void TestEndpointPlan::whatCanBeChangedIsChangedInPlace()
{
    testing::EventServer stripe;
    stripe.objects["/v1/webhook_endpoints"] =
        R"({"object":"list","has_more":false,"data":[{"id":"we_1","object":"webhook_endpoint",)"
        R"("url":"https://old.example.com/in","enabled_events":["charge.failed"],)"
        R"("status":"disabled","created":5,"api_version":")" +
        std::string(kApiVersion) +
        R"(","metadata":{"tidewire_flow":"pay/in","tidewire_environment":"production",)"
        R"("tidewire_project":"shop","tidewire_receipt":"r1"}}]})";
    stripe.objects["/v1/webhook_endpoints/we_1"] = R"({"id":"we_1"})";
    const Services services{m_clock, m_http};
    const auto connection = StripeConnection::open(
        services, "stripe",
        testing::settingsFrom(StripeConnection::params(), "base_url: " + stripe.url(),
                              {{"api_key", Secret("sk_test_1")}}));
    m_reads = std::make_unique<StripeReads>(
        services, std::dynamic_pointer_cast<StripeConnection>(connection.value()));
    m_desk = std::make_unique<EndpointDesk>(*m_reads);
    m_receipts = {"r1"};
    const auto id = publish(wish());
    QVERIFY(id);
    QCOMPARE(*id, std::string("we_1"));
    QVERIFY(m_secrets.empty()); // Nothing new to keep.
    const auto &change = stripe.calls.back();
    QCOMPARE(change.method, std::string("POST"));
    QVERIFY(!change.headers.value("Idempotency-Key").empty());
    const auto form = formDecode(change.body);
    QVERIFY(form);
    const std::map<std::string, std::string> fields(form->begin(), form->end());
    QCOMPARE(fields.at("url"), wish().url);
    QCOMPARE(fields.at("enabled_events[0]"), std::string("charge.succeeded"));
    QCOMPARE(fields.at("disabled"), std::string("false"));
    QVERIFY(!fields.contains("api_version")); // Stripe does not take it here.
}

void TestEndpointPlan::anotherVersionReplacesIt()
{
    const auto before = publish(wish());
    EndpointWish newer = wish();
    newer.apiVersion = "2025-03-31.basil";
    const auto after = publish(newer);
    QVERIFY(after && *before != *after);
    const auto all = listed();
    QCOMPARE(int(all.size()), 1);
    QCOMPARE(all[0].apiVersion, std::string("2025-03-31.basil"));
    QCOMPARE(int(m_secrets.size()), 2);
}

void TestEndpointPlan::aSecretThatCannotBeKeptLeavesNothing()
{
    m_keeps = false;
    const auto id = publish(wish());
    QVERIFY(!id);
    QCOMPARE(id.error().code, std::string("vault.no_key"));
    QVERIFY(listed().empty());
}

void TestEndpointPlan::aLostAnswerIsMadeGood()
{
    QVERIFY(publish(wish()));
    m_receipts.clear(); // It was made, and nobody heard of it.
    QVERIFY(publish(wish()));
    QCOMPARE(int(listed().size()), 1);
    QCOMPARE(listed()[0].receipt, m_receipts.back());
}

QTEST_GUILESS_MAIN(TestEndpointPlan)
#include "tst_EndpointPlan.moc"
