// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventFeed.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/double/StripeDouble.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "tests/connectors_stripe/StripeTesting.h"
#include "tests/connectors_stripe/TriggerWorld.h"

using namespace tw;
using namespace tw::stripe;
using namespace std::chrono_literals;

namespace {

constexpr const char *kOwnKey = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrsa";

std::string idAt(int number)
{
    return "evt_" + std::to_string(100'000 + number);
}

} // namespace

class TestEventFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { stop(); }

    void tenThousandEventsEndComplete();
    void nothingIsLostOrTwiceAfterARestartInTheMiddle();
    void aFullDiskSkipsNothing();
    void theFirstStartBeginsAsChosen_data();
    void theFirstStartBeginsAsChosen();
    void whatHappenedBeforeTheFirstReadingIsNotForgotten();
    void aListWithoutOlderEventsIsReadFromItsBeginning();
    void eventsOfOneSecondAreAllTaken();
    void whatIsListedLateIsTaken();
    void aPlaceTooOldLeavesAGap();
    void aQuietMonthIsNoGap();
    void aPlaceThatStripeDoesNotKnowGoesOnByTime();
    void whatNoEndpointTookComesFirst();
    void whatIsYoungIsLeftToItsDelivery();
    void deliveriesAloneAreCaughtUpAtTheStart();
    void ownWritesAreLeft();
    void othersAreLeft_data();
    void othersAreLeft();
    void aConnectedAccountIsAskedFor();
    void theListIsAskedForTypes_data();
    void theListIsAskedForTypes();
    void aLimitIsWaitedFor();
    void anOutageIsToldOnceAndOver();
    void aKeyWithoutTheRightIsTold();
    void oneReadingAtATime();
    void aDeadLineIsWaitedFor();
    void aHostileListHurtsNobody_data();
    void aHostileListHurtsNobody();
    void aPauseIsRespected();
    void readsAreCountedByMonth();
    void aUsedUpAllowanceSlowsReading();
    void paymentsMakeRoomForReads();
    void readersOfOneAccountTakeTurns();
    void eventsOfTheOtherModeAreLeft();
    void withoutCatchUpTheGapIsTold();

private:
    void start(std::string_view yaml, const char *key = "sk_test_1");
    void stop();
    /// The clock goes on and the reading that is due then ends.
    void pass(std::chrono::milliseconds span);
    bool settles();

    std::unique_ptr<ManualClock> m_time;
    std::unique_ptr<testing::EventServer> m_server;
    std::unique_ptr<testing::MemoryHost> m_host;
    std::unique_ptr<HttpClient> m_http;
    std::unique_ptr<Trigger> m_trigger;
    std::shared_ptr<Connection> m_connection;
    testing::ClosedGate m_gate; ///< For those who shut it.
    ReadMeter m_before; ///< What the connection has counted already.
};

void TestEventFeed::init()
{
    m_time = std::make_unique<ManualClock>();
    m_server = std::make_unique<testing::EventServer>();
    m_host = std::make_unique<testing::MemoryHost>();
    m_http = std::make_unique<HttpClient>();
    m_before = {};
}

void TestEventFeed::start(std::string_view yaml, const char *key)
{
    const Services services{*m_time, *m_http};
    auto connection = StripeConnection::open(
        services, "stripe",
        testing::settingsFrom(StripeConnection::params(), "base_url: " + m_server->url(),
                              {{"api_key", Secret(key)}, {"webhook_secret", Secret("whsec_t")}}));
    m_connection = connection.value();
    m_connection->goOnCounting(m_before);
    const auto node = WebhookTrigger::descriptor();
    auto trigger = WebhookTrigger::create(
        {services, "pay", "in", testing::settingsFrom(node.params, yaml), connection.value()});
    if (!trigger)
        qFatal("%s", trigger.error().message.c_str());
    m_trigger = std::move(*trigger);
    if (!m_trigger->start(*m_host))
        qFatal("the trigger does not start");
    QVERIFY(settles());
}

void TestEventFeed::stop()
{
    m_trigger.reset();
    m_host->stopped();
}

/// Until a reading was told as done or failed after everything that was asked.
bool TestEventFeed::settles()
{
    return testing::waitUntil(
        [this] {
            return m_http->inFlight() == 0 && !m_server->calls.empty() && m_time->hasPending();
        },
        20'000);
}

void TestEventFeed::pass(std::chrono::milliseconds span)
{
    m_time->advance(span);
    QVERIFY(settles());
    // Queued answers of the host may ask for the next page.
    for (int i = 0; i < 20; ++i) {
        QCoreApplication::processEvents();
        QVERIFY(settles());
    }
}

void TestEventFeed::tenThousandEventsEndComplete()
{
    constexpr int kEvents = 10'000;
    auto started = StripeDouble::start({*m_time, "127.0.0.1", 0, 1, {}});
    QVERIFY(started);
    sandbox::Double &stripe = **started;
    const Services services{*m_time, *m_http};
    auto settings = testing::settingsFrom(StripeConnection::params(), "base_url: " + stripe.url(),
                                          stripe.connectionSecrets());
    auto connection = StripeConnection::open(services, "stripe", std::move(settings));
    const auto node = WebhookTrigger::descriptor();
    auto trigger = WebhookTrigger::create({services, "pay", "in",
                                           testing::settingsFrom(node.params, "events: [charge.*]"),
                                           connection.value()});
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(*m_host));
    QTRY_COMPARE(m_host->coverage().lastRead.msSinceEpoch, m_time->now().msSinceEpoch);

    // The net between them: one in twenty deliveries gets lost, one in twenty comes twice.
    int number = 0, lost = 0, twice = 0;
    HttpClient line;
    HttpServer net;
    net.setHandler([&](HttpRequest request, HttpReply reply) {
        const int at = number++;
        if (at % 20 == 3) {
            ++lost;
            return reply.send(jsonResponse(200, "{}"));
        }
        const int copies = at % 20 == 7 ? 2 : 1;
        twice += copies == 2;
        auto held = std::make_shared<HttpReply>(std::move(reply));
        for (int copy = 0; copy < copies; ++copy) {
            HttpCall call;
            call.method = "POST";
            call.url = m_host->url();
            call.headers = {{"Stripe-Signature", std::string(request.header("Stripe-Signature"))}};
            call.body = request.body;
            line.send(std::move(call), this, [held, copy](Result<HttpAnswer> answer) {
                if (copy == 0)
                    held->send(jsonResponse(answer ? answer->status : 503, "{}"));
            });
        }
    });
    QVERIFY(net.listen("127.0.0.1", 0));
    stripe.addWebhook({net.url() + "/in", {}, {"charge.*"}});

    std::set<std::string> made;
    bool done = false;
    sandbox::DeliveryPlan plan;
    plan.events = kEvents;
    plan.parallel = 32;
    plan.types = {"charge.succeeded", "charge.failed", "charge.refunded"};
    m_time->advance(1s);
    stripe.deliver(
        plan, [&made](const sandbox::DeliveryReport &report) { made.insert(report.eventId); },
        [&done] { done = true; });
    QVERIFY(testing::waitUntil(
        [&] {
            m_time->advance(0ms);
            return done;
        },
        120'000));
    QCOMPARE(int(made.size()), kEvents);
    QVERIFY(lost >= kEvents / 20);
    QVERIFY(int(m_host->events.size()) <= kEvents - lost);

    m_time->advance(15s);
    QVERIFY(testing::waitUntil([&] { return int(m_host->events.size()) >= kEvents; }, 60'000));
    const auto complete = m_host->ids();
    QCOMPARE(std::set<std::string>(complete.begin(), complete.end()), made);
    QCOMPARE(int(complete.size()), kEvents);
    QTRY_VERIFY_WITH_TIMEOUT(line.inFlight() == 0, 20'000);
    m_time->advance(15s);
    QTRY_VERIFY_WITH_TIMEOUT(m_host->coverage().lastRead == m_time->now(), 60'000);
    const SourceCoverage coverage = m_host->coverage();
    QCOMPARE(int(coverage.received), kEvents - lost);
    QCOMPARE(int(coverage.backfilled), lost);
    QCOMPARE(int(coverage.duplicates), twice);
    QCOMPARE(int(coverage.refused), 0);
    QVERIFY(coverage.gaps.empty());
    trigger->reset();
}

void TestEventFeed::nothingIsLostOrTwiceAfterARestartInTheMiddle()
{
    for (int i = 0; i < 950; ++i)
        m_server->add(idAt(i), "customer.updated",
                      m_time->now() + -(std::chrono::seconds(950 - i)));
    for (const int stopAt : {0, 1, 99, 100, 101, 250, 777}) {
        m_host->room = stopAt;
        start("{events: [customer.*], arrive: poll, start_from: oldest}");
        QTRY_VERIFY(int(m_host->events.size()) >= stopAt || m_host->room == 0);
        stop(); // Whatever was under way is gone, as with a kill.
    }
    m_host->room = -1;
    start("{events: [customer.*], arrive: poll, start_from: oldest}");
    QTRY_COMPARE(int(m_host->events.size()), 950);
    const auto ids = m_host->ids();
    QVERIFY(std::is_sorted(ids.begin(), ids.end()));
    m_server->add(idAt(2000), "customer.updated", m_time->now());
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 951);
}

void TestEventFeed::aFullDiskSkipsNothing()
{
    start("{events: [customer.*], arrive: poll}");
    for (int i = 0; i < 150; ++i)
        m_server->add(idAt(i), "customer.updated", m_time->now() + std::chrono::seconds(i / 10));
    m_host->room = 40;
    pass(15s);
    QCOMPARE(int(m_host->events.size()), 40);
    QVERIFY(m_host->coverage().trouble.empty() || !m_host->coverage().checkedTo.msSinceEpoch == 0);
    m_host->room = -1;
    pass(1s); // The wait after the first failure.
    QTRY_COMPARE(int(m_host->events.size()), 150);
    for (const auto &[id, times] : m_host->handedIn)
        QVERIFY2(times <= 2, id.c_str());
}

void TestEventFeed::theFirstStartBeginsAsChosen_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<int>("expected");
    QTest::newRow("now: nothing of before") << QByteArray("now") << 0;
    QTest::newRow("oldest: all that is listed") << QByteArray("oldest") << 4;
    QTest::newRow("a time: from then on") << QByteArray("2026-09-21T13:46:40Z") << 2;
}

void TestEventFeed::theFirstStartBeginsAsChosen()
{
    QFETCH(QByteArray, from);
    QFETCH(int, expected);
    // The clock of the test shows 2026-09-21 14:13:20.
    for (const int ago : {86'400, 5000, 1200, 60})
        m_server->add(idAt(100'000 - ago), "customer.created",
                      m_time->now() + -std::chrono::seconds(ago));
    start("{events: [customer.*], arrive: poll, start_from: \"" + from.toStdString() + "\"}");
    QTRY_COMPARE(int(m_host->events.size()), expected);
    m_server->add("evt_new", "customer.created", m_time->now() + 1s);
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), expected + 1);
}

void TestEventFeed::whatHappenedBeforeTheFirstReadingIsNotForgotten()
{
    start("{events: [customer.*], arrive: poll}");
    stop();
    m_time->advance(3h);
    m_server->add("evt_meanwhile", "customer.created", m_time->now() + -1h);
    m_time->advance(1h);
    start("{events: [customer.*], arrive: poll}");
    QTRY_COMPARE(int(m_host->events.size()), 1);
}

void TestEventFeed::aListWithoutOlderEventsIsReadFromItsBeginning()
{
    for (int i = 0; i < 333; ++i)
        m_server->add(idAt(i), "customer.created",
                      m_time->now() + -(std::chrono::seconds(400 - i)));
    start("{events: [customer.*], arrive: poll, start_from: oldest}");
    QTRY_COMPARE(int(m_host->events.size()), 333);
    const auto ids = m_host->ids();
    QVERIFY(std::is_sorted(ids.begin(), ids.end()));
}

void TestEventFeed::eventsOfOneSecondAreAllTaken()
{
    start("{events: [customer.*], arrive: poll}");
    const Instant at = m_time->now() + 1s;
    for (int i = 0; i < 130; ++i)
        m_server->add(idAt(i), "customer.updated", at);
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 130);
    for (int i = 130; i < 260; ++i)
        m_server->add(idAt(i), "customer.updated", at); // And some more, listed afterwards.
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 260);
}

void TestEventFeed::whatIsListedLateIsTaken()
{
    m_server->add("evt_a", "customer.updated", m_time->now() + -1h);
    start("{events: [customer.*], arrive: poll}");
    const Instant late = m_time->now() + 30s;
    m_server->add("evt_b", "customer.updated", m_time->now() + 20s);
    m_server->add("evt_c", "customer.updated", m_time->now() + 60s);
    pass(60s);
    QTRY_COMPARE(int(m_host->events.size()), 2);
    m_server->add("evt_late", "customer.updated", late); // Before the newest that was read.
    pass(5min);
    pass(15s);
    QTRY_VERIFY(m_host->has("evt_late"));
    QCOMPARE(int(m_host->events.size()), 3);
}

void TestEventFeed::aPlaceTooOldLeavesAGap()
{
    start("{events: [customer.*], arrive: poll}");
    m_server->add("evt_old", "customer.updated", m_time->now() + 1s);
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
    const Instant readTo = m_host->coverage().checkedTo;
    stop();
    m_time->advance(40 * 24h);
    m_server->forget("evt_old");
    m_server->add("evt_kept", "customer.updated", m_time->now() + -29 * 24h);
    m_server->add("evt_new", "customer.updated", m_time->now() + -1h);
    start("{events: [customer.*], arrive: poll}");
    QTRY_COMPARE(int(m_host->events.size()), 3);
    QTRY_COMPARE(int(m_host->coverage().gaps.size()), 1);
    const SourceCoverage::Gap gap = m_host->coverage().gaps.front();
    QCOMPARE(gap.from.msSinceEpoch, readTo.msSinceEpoch);
    QVERIFY(gap.to > m_time->now() + -30 * 24h && gap.to < m_time->now() + -29 * 24h);
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.events_gone"});
}

void TestEventFeed::aQuietMonthIsNoGap()
{
    m_server->add("evt_old", "customer.updated", m_time->now() + 1s);
    start("{events: [customer.*], arrive: poll, poll_every: 12h}");
    pass(12h);
    QTRY_COMPARE(int(m_host->events.size()), 1);
    m_server->forget("evt_old"); // As it would be after 30 days.
    for (int half = 0; half < 70; ++half)
        pass(12h);
    m_server->add("evt_new", "customer.updated", m_time->now());
    pass(12h);
    QTRY_COMPARE(int(m_host->events.size()), 2);
    QVERIFY(m_host->coverage().gaps.empty());
}

void TestEventFeed::aPlaceThatStripeDoesNotKnowGoesOnByTime()
{
    start("{events: [customer.*], arrive: poll}");
    m_server->add("evt_1", "customer.updated", m_time->now() + 1s);
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
    m_server->forget("evt_1"); // The test data of the account was deleted.
    m_server->add("evt_2", "customer.updated", m_time->now());
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 2);
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.place_unknown"});
    QVERIFY(m_host->coverage().gaps.empty());
}

void TestEventFeed::whatNoEndpointTookComesFirst()
{
    start("{events: [customer.*]}");
    stop();
    for (int i = 0; i < 300; ++i)
        m_server->add(idAt(i), "customer.updated", m_time->now() + std::chrono::seconds(i), "{}",
                      {}, i != 290);
    m_time->advance(10min);
    start("{events: [customer.*]}");
    QTRY_COMPARE(int(m_host->events.size()), 300);
    QCOMPARE(m_host->events.front().id, idAt(290));
}

void TestEventFeed::whatIsYoungIsLeftToItsDelivery()
{
    start("{events: [customer.*]}");
    m_server->add("evt_1", "customer.updated", m_time->now() + 4s);
    m_server->add("evt_2", "customer.updated", m_time->now() + 6s);
    m_server->add("evt_3", "customer.updated", m_time->now() + 14s);
    pass(15s);
    QCOMPARE(m_host->ids(), std::vector<std::string>{"evt_1"});
    pass(15s);
    QCOMPARE(int(m_host->events.size()), 3);
}

void TestEventFeed::deliveriesAloneAreCaughtUpAtTheStart()
{
    start("{events: [customer.*], arrive: webhook}");
    stop();
    m_server->add("evt_missed", "customer.updated", m_time->now() + 1min);
    m_server->add("evt_young", "customer.updated", m_time->now() + 119s);
    m_time->advance(2min);
    start("{events: [customer.*], arrive: webhook}");
    QTRY_COMPARE(m_host->ids(), std::vector<std::string>{"evt_missed"});
    pass(6min);
    QTRY_COMPARE(int(m_host->events.size()), 2);
    const std::size_t asked = m_server->calls.size();
    m_time->advance(24h);
    QCOMPARE(m_http->inFlight(), std::size_t(0)); // Nothing is asked, and nothing was.
    QCOMPARE(m_server->calls.size(), asked);
}

void TestEventFeed::ownWritesAreLeft()
{
    start("{events: [customer.*], arrive: poll}");
    const auto cause = [](const std::string &key) {
        return R"("request":{"id":"req_1","idempotency_key":")" + key + R"("})";
    };
    const std::string object = R"({"id":"cus_1"})";
    m_server->add("evt_own", "customer.updated", m_time->now(), object, cause(kOwnKey));
    m_server->add("evt_part", "customer.updated", m_time->now(), object,
                  cause(std::string(kOwnKey) + "-2"));
    m_server->add("evt_other", "customer.updated", m_time->now(), object,
                  cause("6f1c9a1e-0f4e-4f0e-9a57-0d7a1d1d1d1d"));
    m_server->add("evt_stripe", "customer.updated", m_time->now(), object,
                  R"("request":{"id":null,"idempotency_key":null})");
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 2);
    QVERIFY(m_host->has("evt_other") && m_host->has("evt_stripe"));
    pass(10min);
    QCOMPARE(int(m_host->coverage().own), 2); // Each once, however often it is read.
    stop();
    m_host = std::make_unique<testing::MemoryHost>();
    start("{events: [customer.*], arrive: poll, ignore_own: false, start_from: oldest}");
    QTRY_COMPARE(int(m_host->events.size()), 4);
}

void TestEventFeed::othersAreLeft_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("live only") << QByteArray("mode: live") << QByteArray("evt_live");
    QTest::newRow("the platform's own")
        << QByteArray("{account: own, mode: test}") << QByteArray("evt_test");
}

void TestEventFeed::othersAreLeft()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, expected);
    std::string settings = yaml.toStdString();
    if (settings.starts_with('{'))
        settings = settings.substr(1, settings.size() - 2);
    start("{events: [customer.created], arrive: poll, " + settings + "}");
    m_server->add("evt_test", "customer.created", m_time->now());
    m_server->add("evt_connected", "customer.created", m_time->now(), "{}",
                  R"("account":"acct_1")");
    m_server->add("evt_live", "customer.created", m_time->now(), "{}");
    std::string &live = m_server->events.back().json;
    live.replace(live.find("false"), 5, "true");
    m_server->add("evt_type", "customer.deleted", m_time->now());
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
    QCOMPARE(m_host->events.front().id, expected.toStdString());
    QCOMPARE(int(m_host->coverage().ignored), 2);
}

void TestEventFeed::aConnectedAccountIsAskedFor()
{
    start("{events: [customer.created], arrive: poll, account: acct_7}");
    m_server->add("evt_1", "customer.created", m_time->now());
    pass(15s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
    for (const auto &call : m_server->calls)
        QCOMPARE(std::string(call.headers.value("Stripe-Account")), std::string("acct_7"));
    const auto body = parseJson(m_host->events.front().body);
    QCOMPARE(std::string(body->root().get("account").text()), std::string("acct_7"));
}

void TestEventFeed::theListIsAskedForTypes_data()
{
    QTest::addColumn<QByteArray>("patterns");
    QTest::addColumn<QByteArray>("query");
    QTest::newRow("everything") << QByteArray("*") << QByteArray("");
    QTest::newRow("one group") << QByteArray("charge.*") << QByteArray("type=charge.%2A");
    QTest::newRow("two names") << QByteArray("charge.failed charge.succeeded")
                               << QByteArray(
                                      "types%5B%5D=charge.failed&types%5B%5D=charge.succeeded");
    QTest::newRow("a name and a group")
        << QByteArray("payout.paid refund.*")
        << QByteArray("types%5B%5D=payout.paid&types%5B%5D=refund.created&types%5B%5D=refund.failed"
                      "&types%5B%5D=refund.updated");
    QTest::newRow("more than the list can tell apart")
        << QByteArray("customer.* charge.*") << QByteArray("");
    QTest::newRow("thin ones are not in it")
        << QByteArray("v1.invoice.paid payout.paid") << QByteArray("types%5B%5D=payout.paid");
}

void TestEventFeed::theListIsAskedForTypes()
{
    QFETCH(QByteArray, patterns);
    QFETCH(QByteArray, query);
    std::vector<std::string> list;
    for (const QByteArray &one : patterns.split(' '))
        list.push_back(one.toStdString());
    QCOMPARE(formEncode(listedTypes(list)), query.toStdString());
}

void TestEventFeed::aLimitIsWaitedFor()
{
    start("{events: [customer.*], arrive: poll}");
    HttpResponse limit = jsonResponse(429, R"({"error":{"type":"invalid_request_error"}})");
    limit.headers.add("Retry-After", "30");
    m_server->next.push_back(limit);
    m_server->add("evt_1", "customer.updated", m_time->now());
    pass(15s);
    const std::size_t asked = m_server->calls.size();
    pass(29s);
    QCOMPARE(m_server->calls.size(), asked);
    pass(1s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
}

void TestEventFeed::anOutageIsToldOnceAndOver()
{
    start("{events: [customer.*], arrive: poll}");
    for (int i = 0; i < 6; ++i)
        m_server->next.push_back(jsonResponse(500, R"({"error":{"type":"api_error"}})"));
    m_server->add("evt_1", "customer.updated", m_time->now());
    pass(15s);
    const int before = m_server->asked("/v1/events");
    for (int i = 0; i < 6; ++i)
        pass(1s);
    // 1, 2 and 4 seconds lie between the tries.
    QVERIFY(m_server->asked("/v1/events") - before <= 3);
    for (int i = 0; i < 4; ++i)
        pass(40s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
    QCOMPARE(int(m_host->warnings.size()), 1);
    pass(15s);
    QVERIFY(m_host->coverage().trouble.empty());
}

void TestEventFeed::aKeyWithoutTheRightIsTold()
{
    m_server->next.push_back(jsonResponse(
        403, R"({"error":{"type":"invalid_request_error","message":"May not read events."}})"));
    start("{events: [customer.*], arrive: poll}");
    QTRY_COMPARE(int(m_host->warnings.size()), 1);
    pass(2s);
    QVERIFY(m_host->coverage().trouble.find("May not read events.") != std::string::npos);
}

void TestEventFeed::oneReadingAtATime()
{
    start("{events: [customer.*], arrive: poll}");
    m_server->hold = true;
    m_time->advance(15s);
    QTRY_COMPARE(int(m_server->held.size()), 1);
    m_time->advance(15s);
    m_time->advance(60s);
    QCOMPARE(m_http->inFlight(), std::size_t(1));
    QCOMPARE(m_server->openMost(), 1);
}

void TestEventFeed::aDeadLineIsWaitedFor()
{
    start("{events: [customer.*], arrive: poll}");
    m_server->add("evt_1", "customer.updated", m_time->now());
    HttpResponse cut = jsonResponse(200, std::string(1000, ' '));
    cut.cutAfter = 300;
    m_server->next = {cut, cut};
    pass(15s);
    for (int i = 0; i < 4; ++i)
        pass(2s);
    QTRY_COMPARE(int(m_host->events.size()), 1);
}

void TestEventFeed::aHostileListHurtsNobody_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("<html>");
    QTest::newRow("no list") << QByteArray("[1,2]");
    QTest::newRow("no events in it") << QByteArray(R"({"data":[1,null,"x",{}],"has_more":false})");
    QTest::newRow("more, and nothing there") << QByteArray(R"({"data":[],"has_more":true})");
    QTest::newRow("for ever the same page")
        << QByteArray(R"({"data":[{"id":"evt_x","type":"other"}],"has_more":true})");
}

void TestEventFeed::aHostileListHurtsNobody()
{
    QFETCH(QByteArray, body);
    m_server->add("evt_0", "customer.updated", m_time->now() + -1h);
    start("{events: [customer.*], arrive: poll}");
    m_server->add("evt_1", "customer.updated", m_time->now());
    m_server->next.push_back(jsonResponse(200, body.toStdString()));
    pass(15s);
    QVERIFY(m_server->calls.size() < 20);
    pass(15s);
    pass(5min);
    pass(15s);
    QTRY_COMPARE(m_host->ids(), std::vector<std::string>{"evt_1"});
}

void TestEventFeed::aPauseIsRespected()
{
    start("{events: [customer.*], arrive: poll}");
    m_connection->setGate(&m_gate);
    m_server->add("evt_1", "customer.updated", m_time->now());
    const std::size_t asked = m_server->calls.size();
    m_time->advance(15s);
    m_time->advance(5min);
    QCOMPARE(m_server->calls.size(), asked);
    QCOMPARE(m_gate.standing(), std::size_t(1)); // One reading stands there, not one a time.
    m_gate.open();
    QTRY_COMPARE(int(m_host->events.size()), 1);
    QTRY_COMPARE(m_gate.inFlight, 0);
}

void TestEventFeed::readsAreCountedByMonth()
{
    start("{events: [customer.*], arrive: poll}", "rk_live_1");
    pass(2s);
    const std::uint64_t first = m_host->coverage().reads;
    QCOMPARE(first, m_server->calls.size());
    pass(5min);
    pass(5min);
    QCOMPARE(m_host->coverage().reads, m_server->calls.size());
    QCOMPARE(m_host->coverage().month, std::string("2026-09"));
    QCOMPARE(int(m_host->coverage().readAllowance), 10'000);
    m_time->advance(10 * 24h);
    QVERIFY(settles());
    pass(5min);
    QCOMPARE(m_host->coverage().month, std::string("2026-10"));
    QVERIFY(m_host->coverage().reads < 10);
}

void TestEventFeed::aUsedUpAllowanceSlowsReading()
{
    m_before = ReadMeter::from(R"({"month":"2026-09","reads":10000,"transactions":0})");
    start("{events: [customer.*], arrive: poll}", "rk_live_1");
    pass(2s);
    const std::size_t asked = m_server->calls.size();
    pass(5min);
    pass(24min);
    QCOMPARE(m_server->calls.size(), asked);
    pass(1min);
    QVERIFY(m_server->calls.size() > asked);
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.reads_used_up"});
}

void TestEventFeed::paymentsMakeRoomForReads()
{
    m_before = ReadMeter::from(R"({"month":"2026-09","reads":10000,"transactions":20})");
    start("{events: [charge.*], arrive: poll}", "rk_live_1");
    m_server->add("evt_1", "charge.succeeded", m_time->now(), R"({"id":"ch_1","object":"charge"})");
    std::string &live = m_server->events.back().json;
    live.replace(live.find("false"), 5, "true");
    m_time->advance(30min);
    QVERIFY(settles());
    QTRY_COMPARE(m_host->ids(), std::vector<std::string>{"evt_1"});
    QCOMPARE(int(m_connection->reads().allowed()), 21 * 500);
    const std::size_t asked = m_server->calls.size();
    pass(5min);
    QVERIFY(m_server->calls.size() > asked);
}

void TestEventFeed::readersOfOneAccountTakeTurns()
{
    const Services services{*m_time, *m_http};
    auto connection = StripeConnection::open(
        services, "stripe",
        testing::settingsFrom(StripeConnection::params(), "base_url: " + m_server->url(),
                              {{"api_key", Secret("rk_live_1")}}));
    const auto node = WebhookTrigger::descriptor();
    std::vector<std::unique_ptr<testing::MemoryHost>> hosts;
    std::vector<std::unique_ptr<Trigger>> triggers;
    for (int i = 0; i < 3; ++i) {
        auto trigger = WebhookTrigger::create(
            {services, "pay", "in", testing::settingsFrom(node.params, "events: [customer.*]"),
             connection.value()});
        triggers.push_back(std::move(trigger).value());
        hosts.push_back(std::make_unique<testing::MemoryHost>());
    }
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(triggers[i]->start(*hosts[i]));
    pass(1s);
    const std::size_t asked = m_server->calls.size();
    pass(14min);
    QCOMPARE(m_server->calls.size(), asked);
    pass(1min);
    QVERIFY(m_server->calls.size() >= asked + 3);
    triggers.clear();
}

void TestEventFeed::eventsOfTheOtherModeAreLeft()
{
    start("{events: [customer.*], arrive: poll}", "rk_live_1");
    m_server->add("evt_test", "customer.updated", m_time->now());
    m_server->add("evt_live", "customer.updated", m_time->now());
    std::string &live = m_server->events.back().json;
    live.replace(live.find("false"), 5, "true");
    pass(5min);
    QTRY_COMPARE(m_host->ids(), std::vector<std::string>{"evt_live"});
}

void TestEventFeed::withoutCatchUpTheGapIsTold()
{
    start("{events: [customer.*], arrive: poll, catch_up: false}");
    stop();
    m_time->advance(1h);
    m_server->add("evt_missed", "customer.updated", m_time->now() + -30min);
    start("{events: [customer.*], arrive: poll, catch_up: false}");
    m_server->add("evt_new", "customer.updated", m_time->now());
    pass(15s);
    QTRY_COMPARE(m_host->ids(), std::vector<std::string>{"evt_new"});
    QCOMPARE(int(m_host->coverage().gaps.size()), 1);
}

QTEST_GUILESS_MAIN(TestEventFeed)
#include "tst_EventFeed.moc"
