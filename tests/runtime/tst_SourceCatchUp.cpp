// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/connectors/stripe/double/StripeDouble.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"
#include "core/runtime/Connectors.h"
#include "core/runtime/DeskDoor.h"
#include "core/runtime/Runtime.h"

#include <QTest>
#include <algorithm>
#include <set>

using namespace tw;
using namespace std::chrono_literals;

namespace {

constexpr const char *kFlow = R"(schema: flow/1
id: charges
name: Charges
version: 1.0.0
connections: {stripe: stripe}
steps:
  - id: in
    type: stripe.webhook
    connection: stripe
    with:
      events: [charge.*]
      start_from: oldest
    to: keep
  - id: keep
    type: filter
    with: {condition: "true"}
)";

/// Of a double that runs beside the runtime.
class DoubleSecrets final : public SecretSource
{
public:
    explicit DoubleSecrets(std::map<std::string, Secret> secrets) : m_secrets(std::move(secrets)) {}
    std::optional<Secret> find(const std::string &, const std::string &field) const override
    {
        const auto found = m_secrets.find(field);
        return found == m_secrets.end() ? std::nullopt : std::optional(found->second);
    }
    std::string hint(const std::string &, const std::string &) const override { return {}; }

private:
    std::map<std::string, Secret> m_secrets;
};

struct WarnedWatcher final : RunObserver
{
    std::vector<std::string> first, warnings;
    std::vector<RunSummary> runs;

    void eventAccepted(const std::string &, const std::string &, const IncomingEvent &event,
                       std::int64_t, Acceptance acceptance) override
    {
        if (acceptance == Acceptance::First)
            first.push_back(event.id);
    }
    void triggerWarned(const std::string &, const std::string &, const Error &what) override
    {
        warnings.push_back(what.code);
    }
    void runFinished(const RunSummary &run) override { runs.push_back(run); }
};

} // namespace

/// A source that is read, with the journal behind it: what a trigger keeps, over restarts.
class TestSourceCatchUp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void eachEventRunsOnceHoweverOftenItIsStopped();
    void aDeliveryAndTheListGiveOneRun();
    void coverageIsToldByDeskAndMetrics();
    void aPausedConnectionIsNotRead();
    void warningsReachWhoWatches();
    void theCommandOfTheStripeCliIsShown();

private:
    std::unique_ptr<Runtime> run();
    void make(int events);
    void roundTrip();
    std::vector<std::string> runs();
    DocumentPtr desk(const char *action);
    std::set<std::string> accepted() const;

    ManualClock m_clock;
    HttpClient m_http;
    std::unique_ptr<sandbox::Double> m_stripe;
    std::unique_ptr<DoubleSecrets> m_secrets;
    std::unique_ptr<test::TestProject> m_project;
    std::unique_ptr<WarnedWatcher> m_watcher;
    Registry m_registry{allConnectors()};
};

void TestSourceCatchUp::init()
{
    m_stripe = stripe::StripeDouble::start({m_clock, "127.0.0.1", 0, 1, {}}).value();
    m_secrets = std::make_unique<DoubleSecrets>(m_stripe->connectionSecrets());
    m_project = std::make_unique<test::TestProject>();
    m_watcher = std::make_unique<WarnedWatcher>();
    m_project->write("tidewire.yaml", "schema: project/1\nname: Test\nconnections:\n"
                                      "  stripe: {type: stripe}\n");
    m_project->write("environments/local.yaml",
                     "schema: environment/1\nname: local\nkind: local\nconnections:\n"
                     "  stripe:\n    type: stripe\n    base_url: " +
                         m_stripe->url() + '\n');
    m_project->write("flows/payments.flow.yaml", kFlow);
}

void TestSourceCatchUp::roundTrip()
{
    HttpCall call;
    call.url = m_stripe->url() + "/v1/events";
    bool answered = false;
    m_http.send(std::move(call), this, [&answered](const Result<HttpAnswer> &) { answered = true; });
    QTRY_VERIFY(answered);
}

std::unique_ptr<Runtime> TestSourceCatchUp::run()
{
    RuntimeOptions options;
    options.dataDir = m_project->path("data");
    options.admin = "127.0.0.1:0";
    auto runtime =
        Runtime::start(*m_project->open(), m_registry, m_clock, *m_secrets, *m_watcher, options);
    if (!runtime)
        qFatal("%s", runtime.error().text().c_str());
    return std::move(*runtime);
}

DocumentPtr TestSourceCatchUp::desk(const char *action)
{
    DeskDoor door(m_project->path("data"), m_clock);
    Document limit;
    ObjectBuilder arguments(limit.arena());
    if (std::string_view(action) == "runs.list")
        arguments.set("limit", Value::integer(1000));
    limit.setRoot(arguments.finish());
    std::optional<Result<DocumentPtr>> answer;
    door.call({action, share(std::move(limit)), "ana", {}},
              [&](Result<DocumentPtr> told) { answer = told; });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }) || !*answer)
        qFatal("the desk does not answer");
    return **answer;
}

/// The events of all runs in the journal.
std::vector<std::string> TestSourceCatchUp::runs()
{
    const auto answer = desk("runs.list");
    std::vector<std::string> events;
    for (const Value &run : answer->root().items())
        events.emplace_back(run.get("event").text());
    return events;
}

void TestSourceCatchUp::make(int events)
{
    sandbox::DeliveryPlan plan;
    plan.events = events;
    plan.types = {"charge.succeeded", "charge.refunded"};
    m_stripe->deliver(plan, {}, {});
}

std::set<std::string> TestSourceCatchUp::accepted() const
{
    return {m_watcher->first.begin(), m_watcher->first.end()};
}

void TestSourceCatchUp::eachEventRunsOnceHoweverOftenItIsStopped()
{
    make(450);
    m_clock.advance(1min); // Younger ones are left to deliveries.
    // What is on its way when a runtime goes is on the disk or not; nobody is told.
    for (const std::size_t enough : {1u, 99u, 150u, 230u}) {
        const auto runtime = run();
        const auto goesOn = [&] {
            m_clock.advance(50ms); // Reads have their rate.
            return m_watcher->first.size() >= enough;
        };
        QTRY_VERIFY(goesOn());
    }
    {
        const auto runtime = run();
        QTRY_COMPARE(int(runs().size()), 450);
        make(3);
        // The reading before may not have ended yet when its time comes.
        const auto goesOn = [this] {
            m_clock.advance(15s);
            return runs().size() == 453;
        };
        QTRY_VERIFY(goesOn());
        QTRY_VERIFY(runtime->isIdle());
    }
    const auto all = runs();
    QCOMPARE(int(all.size()), 453);
    QCOMPARE(int(std::set<std::string>(all.begin(), all.end()).size()), 453);
}

void TestSourceCatchUp::aDeliveryAndTheListGiveOneRun()
{
    const auto runtime = run();
    m_stripe->addWebhook({runtime->ready().webhooks.at("charges/in"), {}, {"charge.*"}});
    make(50);
    QTRY_COMPARE(int(m_watcher->first.size()), 50);
    m_clock.advance(15s);
    make(1);
    m_clock.advance(15s);
    QTRY_COMPARE(int(m_watcher->first.size()), 51);
    QCOMPARE(int(accepted().size()), 51);
    QTRY_COMPARE(int(m_watcher->runs.size()), 51);
}

void TestSourceCatchUp::coverageIsToldByDeskAndMetrics()
{
    make(7);
    m_clock.advance(1min);
    std::string metrics;
    {
        const auto runtime = run();
        QTRY_COMPARE(int(m_watcher->first.size()), 7);
        HttpClient http;
        const auto read = [&] {
            HttpCall call;
            call.url = runtime->ready().admin + "/metrics";
            http.send(std::move(call), this, [&metrics](Result<HttpAnswer> answer) {
                metrics = answer ? answer->body : std::string();
            });
            return metrics.find(
                       "tidewire_source_backfilled_total{flow=\"charges\",trigger=\"in\"} 7") !=
                   std::string::npos;
        };
        QTRY_VERIFY(read());
    }
    QVERIFY(metrics.find("tidewire_source_gaps{flow=\"charges\",trigger=\"in\"} 0") !=
            std::string::npos);
    const auto told = desk("coverage.list"); // Nobody works on it now.
    const Value source = told->root().at(0);
    QCOMPARE(std::string(source.get("source").text()), std::string("charges/in"));
    QCOMPARE(source.get("backfilled").toInt().value_or(-1), 7);
    QVERIFY(!source.get("checked_to").isUndefined());
    QVERIFY(source.get("reads").toInt().value_or(0) > 0);
    const auto runtime = run();
    const auto live = desk("coverage.list"); // Through the runner's door.
    QCOMPARE(live->root().at(0).get("backfilled").toInt().value_or(-1), 7);
}

void TestSourceCatchUp::aPausedConnectionIsNotRead()
{
    const auto runtime = run();
    std::optional<Result<void>> changed;
    const auto done = [&](Result<void> told) { changed = std::move(told); };
    runtime->pauseConnection("stripe", "ana", "deployment", done);
    QTRY_VERIFY(changed);
    QVERIFY(*changed);
    make(2);
    for (int i = 0; i < 20; ++i) {
        m_clock.advance(15s);
        roundTrip(); // What was asked before it has been answered.
    }
    QVERIFY(m_watcher->first.empty());
    changed.reset();
    runtime->resumeConnection("stripe", "ana", done);
    QTRY_VERIFY(changed);
    m_clock.advance(15s);
    QTRY_COMPARE(int(m_watcher->first.size()), 2);
    QTRY_COMPARE(int(m_watcher->runs.size()), 2);
}

void TestSourceCatchUp::warningsReachWhoWatches()
{
    std::string flow(kFlow);
    flow.replace(flow.find("start_from: oldest"), 18,
                 "start_from: oldest\n      made_for: 2025-03-31.basil");
    m_project->write("flows/payments.flow.yaml", flow);
    make(2);
    m_clock.advance(1min);
    const auto runtime = run();
    QTRY_COMPARE(int(m_watcher->first.size()), 2);
    QCOMPARE(m_watcher->warnings, std::vector<std::string>{"stripe.other_version"});
}

void TestSourceCatchUp::theCommandOfTheStripeCliIsShown()
{
    m_project->write("environments/local.yaml", "schema: environment/1\nname: local\nkind: local\n"
                                                "connections:\n  stripe: {type: stripe}\n");
    m_project->write("flows/payments.flow.yaml",
                     std::string(kFlow).replace(std::string(kFlow).find("start_from: oldest"), 18,
                                                "arrive: webhook\n      catch_up: false"));
    const auto runtime = run();
    const std::string url = runtime->ready().webhooks.at("charges/in");
    const std::string hint = runtime->ready().hints.at("charges/in");
    QVERIFY2(hint.starts_with("stripe listen --forward-to " + url + " --events charge."),
             hint.c_str());
}

QTEST_GUILESS_MAIN(TestSourceCatchUp)
#include "tst_SourceCatchUp.moc"
