// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"
#include "core/runtime/Connectors.h"
#include "core/runtime/Runtime.h"
#include "tests/connectors_stripe/TriggerWorld.h"

#include <QFile>
#include <QTest>
#include <algorithm>

using namespace tw;
using namespace std::chrono_literals;

namespace {

constexpr const char *kFlow = R"(schema: flow/1
id: customers
name: Customers
version: 1.0.0
connections: {stripe: stripe}
steps:
  - id: in
    type: stripe.webhook
    connection: stripe
    with: {events: [customer.*], arrive: poll, start_from: now}
    to: fetch
  - id: fetch
    type: stripe.object.retrieve
    connection: stripe
    with: {object: customer, id: data.object.id}
)";

class OneKey final : public SecretSource
{
public:
    std::optional<Secret> find(const std::string &, const std::string &field) const override
    {
        return field == "api_key" ? std::optional(Secret(key)) : std::nullopt;
    }
    std::string hint(const std::string &, const std::string &) const override { return {}; }
    std::string key = "rk_test_1";
};

std::string fileText(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

HttpResponse refusal(int status, const std::string &code, HttpHeaders headers = {})
{
    HttpResponse answer = jsonResponse(status, R"({"error":{"type":"invalid_request_error",)"
                                               R"("code":")" + code + R"(","message":"No."}})");
    for (const auto &[name, value] : headers)
        answer.headers.set(name, value);
    return answer;
}

} // namespace

/// One account, its list of events and the calls of steps: one gate and one meter for both.
class TestSharedGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatTheListMeetsHoldsTheSteps_data();
    void whatTheListMeetsHoldsTheSteps();
    void whatAStepMeetsHoldsTheList();
    void aPausedConnectionIsNeitherReadNorCalled();
    void theListIsReadAgainAfterARefusedKey();
    void readsOfBothAreOneNumberOverRestarts();

private:
    std::unique_ptr<Runtime> run();
    void inject(Runtime &runtime, const std::string &id);
    /// Time goes on in steps, and what was asked before each is answered.
    void pass(std::chrono::milliseconds span);
    std::string get(const std::string &url); ///< From the admin door.
    int lists() const { return m_server->asked("/v1/events"); }
    int fetches() const { return m_server->asked("/v1/customers/cus_1"); }
    int reads() const
    {
        return static_cast<int>(
            std::count_if(m_server->calls.begin(), m_server->calls.end(),
                          [](const auto &call) { return call.method == "GET"; }));
    }

    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<testing::EventServer> m_server;
    std::unique_ptr<test::TestProject> m_project;
    std::unique_ptr<test::Watcher> m_watcher;
    OneKey m_secrets;
    Registry m_registry{allConnectors()};
};

void TestSharedGate::init()
{
    m_clock = std::make_unique<ManualClock>();
    m_server = std::make_unique<testing::EventServer>();
    m_server->objects["/v1/customers/cus_1"] = R"({"id":"cus_1","object":"customer"})";
    m_project = std::make_unique<test::TestProject>();
    m_watcher = std::make_unique<test::Watcher>();
    m_secrets.key = "rk_test_1";
    m_project->write("tidewire.yaml", "schema: project/1\nname: Test\nconnections:\n"
                                      "  stripe: {type: stripe}\n");
    m_project->write("environments/local.yaml",
                     "schema: environment/1\nname: local\nkind: local\nconnections:\n"
                     "  stripe:\n    type: stripe\n    base_url: " + m_server->url() + '\n');
    m_project->write("flows/payments.flow.yaml", kFlow);
}

std::unique_ptr<Runtime> TestSharedGate::run()
{
    RuntimeOptions options;
    options.dataDir = m_project->path("data");
    options.admin = "127.0.0.1:0";
    const int before = lists();
    auto runtime =
        Runtime::start(*m_project->open(), m_registry, *m_clock, m_secrets, *m_watcher, options);
    if (!runtime)
        qFatal("%s", runtime.error().text().c_str());
    if (!testing::waitUntil([&] { return lists() > before; }, 20'000))
        qFatal("the list is not read");
    pass(1s);
    return std::move(*runtime);
}

void TestSharedGate::inject(Runtime &runtime, const std::string &id)
{
    bool isTaken = false;
    runtime.inject(testing::EventServer::body(id, "customer.updated", m_clock->now(),
                                              R"({"id":"cus_1","object":"customer"})"),
                   [&isTaken](const Result<Acceptance> &taken) { isTaken = taken.has_value(); });
    QTRY_VERIFY(isTaken);
}

std::string TestSharedGate::get(const std::string &url)
{
    HttpClient http;
    HttpCall call;
    call.url = url;
    if (const auto file = parseJson(fileText(m_project->path("data") + "/admin.json")))
        call.headers.set("Authorization",
                         "Bearer " + std::string(file->root().get("token").text()));
    std::optional<std::string> body;
    http.send(std::move(call), this, [&body](Result<HttpAnswer> answer) {
        body = answer ? answer->body : answer.error().text();
    });
    return testing::waitUntil([&body] { return body.has_value(); }, 20'000) ? *body : std::string();
}

void TestSharedGate::pass(std::chrono::milliseconds span)
{
    const Instant end = m_clock->now() + span;
    do {
        m_clock->advance(std::min<std::chrono::milliseconds>(1s, end - m_clock->now()));
        for (int i = 0; i < 3; ++i)
            QTest::qWait(2); // Journal and server answer from other threads.
    } while (m_clock->now() < end);
}

void TestSharedGate::whatTheListMeetsHoldsTheSteps_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<bool>("isHeld");
    QTest::newRow("too many calls of the account") << 429 << QByteArray("rate_limit")
                                                   << QByteArray("global-rate") << true;
    QTest::newRow("too many at a time") << 429 << QByteArray("rate_limit")
                                        << QByteArray("global-concurrency") << true;
    QTest::newRow("no reason given") << 429 << QByteArray("rate_limit") << QByteArray() << true;
    QTest::newRow("too many of this class alone") << 429 << QByteArray("rate_limit")
                                                  << QByteArray("endpoint-rate") << false;
    QTest::newRow("one object's own limit") << 429 << QByteArray("rate_limit")
                                            << QByteArray("resource-specific") << false;
    QTest::newRow("a lock") << 429 << QByteArray("lock_timeout") << QByteArray() << false;
    QTest::newRow("a key that is refused") << 401 << QByteArray("api_key_expired") << QByteArray()
                                           << true;
    QTest::newRow("a right that is missing") << 403 << QByteArray("no_right") << QByteArray()
                                             << false;
}

void TestSharedGate::whatTheListMeetsHoldsTheSteps()
{
    QFETCH(int, status);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, reason);
    QFETCH(bool, isHeld);
    const auto runtime = run();
    HttpHeaders headers{{"Retry-After", "40"}};
    if (!reason.isEmpty())
        headers.set("Stripe-Rate-Limited-Reason", reason.toStdString());
    m_server->next = {refusal(status, code.toStdString(), headers)};
    const int before = lists();
    for (int second = 0; lists() == before && second < 60; ++second)
        pass(1s);
    QCOMPARE(lists(), before + 1);
    QTRY_COMPARE(runtime->gates().at(0).state != GateState::Closed, isHeld);
    inject(*runtime, "evt_1");
    pass(10s);
    QCOMPARE(fetches(), isHeld ? 0 : 1);
    pass(60s);
    QTRY_COMPARE(fetches(), 1);
    QTRY_COMPARE(int(m_watcher->runs.size()), 1);
    QVERIFY(m_watcher->letters.empty());
}

void TestSharedGate::whatAStepMeetsHoldsTheList()
{
    const auto runtime = run();
    pass(15s); // The list was read just now.
    m_server->next = {refusal(429, "rate_limit", {{"Retry-After", "120"},
                                                  {"Stripe-Rate-Limited-Reason", "global-rate"}})};
    inject(*runtime, "evt_1");
    QTRY_COMPARE(fetches(), 1);
    QTRY_VERIFY(runtime->gates().at(0).cause == GateCause::RateLimit);
    const int before = lists();
    pass(100s); // Six readings would have been due.
    QCOMPARE(lists(), before);
    QCOMPARE(fetches(), 1);
    pass(30s);
    QTRY_VERIFY(lists() > before);
    QTRY_COMPARE(fetches(), 2);
    QTRY_COMPARE(int(m_watcher->runs.size()), 1);
}

void TestSharedGate::aPausedConnectionIsNeitherReadNorCalled()
{
    const auto runtime = run();
    std::optional<Result<void>> changed;
    const auto done = [&](Result<void> told) { changed = std::move(told); };
    runtime->pauseConnection("stripe", "ana", "deployment", done);
    QTRY_VERIFY(changed);
    const int before = lists();
    inject(*runtime, "evt_1");
    pass(2min);
    QCOMPARE(lists(), before);
    QCOMPARE(fetches(), 0);
    changed.reset();
    runtime->resumeConnection("stripe", "ana", done);
    QTRY_VERIFY(changed);
    QTRY_COMPARE(fetches(), 1);
    QTRY_VERIFY(lists() > before); // It stood at the gate and need not wait for its next time.
}

void TestSharedGate::theListIsReadAgainAfterARefusedKey()
{
    // Only the trigger uses the connection: its own call must be the one that looks.
    std::string flow(kFlow);
    flow.replace(flow.find("    to: fetch\n"), std::string::npos, "    to: keep\n  - id: keep\n"
                                                                  "    type: filter\n"
                                                                  "    with: {condition: \"true\"}\n");
    m_project->write("flows/payments.flow.yaml", flow);
    const auto runtime = run();
    m_server->next = {refusal(401, "api_key_expired"), refusal(401, "api_key_expired")};
    pass(16s);
    QTRY_VERIFY(runtime->gates().at(0).cause == GateCause::SignIn);
    m_server->add("evt_1", "customer.updated", m_clock->now());
    pass(5min);
    QTRY_COMPARE(m_watcher->first, std::vector<std::string>{"evt_1"});
    QTRY_VERIFY(runtime->gates().at(0).state == GateState::Closed);
}

void TestSharedGate::readsOfBothAreOneNumberOverRestarts()
{
    m_secrets.key = "rk_live_1";
    std::string environment = "schema: environment/1\nname: local\nkind: production\n"
                              "connections:\n  stripe:\n    type: stripe\n    base_url: ";
    m_project->write("environments/local.yaml", environment + m_server->url() + '\n');
    const auto meterOf = [](const Runtime &runtime) {
        return static_cast<int>(runtime.gates().at(0).readsThisMonth);
    };
    int before = 0;
    {
        const auto runtime = run();
        inject(*runtime, "evt_1");
        inject(*runtime, "evt_2");
        QTRY_COMPARE(fetches(), 2);
        QVERIFY(lists() > 0);
        QTRY_COMPARE(meterOf(*runtime), reads());
        QCOMPARE(int(runtime->gates().at(0).readAllowance), 10'000);
        const std::string metrics = get(runtime->ready().admin + "/metrics");
        for (const std::string &line :
             {"tidewire_connection_reads_month{connection=\"stripe\"} " + std::to_string(reads()),
              std::string("tidewire_connection_read_allowance_month{connection=\"stripe\"} 10000")})
            QVERIFY2(metrics.find(line) != std::string::npos, metrics.c_str());
        const std::string list = get(runtime->ready().admin + "/v1/connections");
        QVERIFY2(list.find("\"read_allowance\":10000") != std::string::npos, list.c_str());
        pass(3s); // Kept within a second.
        before = reads();
    }
    const auto runtime = run();
    inject(*runtime, "evt_3");
    QTRY_COMPARE(fetches(), 3);
    QTRY_COMPARE(meterOf(*runtime), reads());
    QVERIFY(reads() > before);
}

QTEST_GUILESS_MAIN(TestSharedGate)
#include "tst_SharedGate.moc"
