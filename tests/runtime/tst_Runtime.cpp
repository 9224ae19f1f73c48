// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"
#include "core/runtime/Connectors.h"
#include "core/runtime/Runtime.h"

#include <QRegularExpression>
#include <QTest>
#include <set>

namespace tw::test {

class tst_Runtime final : public QObject
{
    Q_OBJECT

    Result<std::unique_ptr<Runtime>> start(const TestProject &project, RuntimeOptions options = {})
    {
        return Runtime::start(*project.open(), m_registry, m_clock, m_secrets, m_watcher,
                              std::move(options));
    }

    /// Delivers and waits until all of it is worked off.
    std::vector<sandbox::DeliveryReport> deliver(Runtime &runtime,
                                                 const sandbox::DeliveryPlan &plan)
    {
        std::vector<sandbox::DeliveryReport> reports;
        bool done = false;
        runtime.doubleOf("stripe")->deliver(
            plan, [&](const sandbox::DeliveryReport &report) { reports.push_back(report); },
            [&done] { done = true; });
        (void)QTest::qWaitFor([&] { return done && runtime.isIdle(); }, 30'000);
        return reports;
    }

    Result<HttpAnswer> get(const std::string &url)
    {
        std::optional<Result<HttpAnswer>> answer;
        HttpCall call;
        call.url = url;
        m_http.send(call, this, [&](Result<HttpAnswer> got) { answer = std::move(got); });
        (void)QTest::qWaitFor([&] { return answer.has_value(); });
        return answer ? std::move(*answer) : Result<HttpAnswer>(Error{});
    }

    SystemClock m_clock;
    HttpClient m_http;
    Registry m_registry{allConnectors()};
    NoSecrets m_secrets;
    Watcher m_watcher;

private Q_SLOTS:
    void init() { m_watcher = {}; }

    void chargesBecomeRecordsWithExactAmounts()
    {
        TestProject project;
        auto runtime = start(project);
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        sandbox::DeliveryPlan plan;
        plan.events = 12;
        plan.types = {"charge.succeeded"};
        const auto reports = deliver(**runtime, plan);
        QCOMPARE(reports.size(), 12u);
        for (const auto &report : reports)
            QCOMPARE(report.status, 200);
        QCOMPARE(m_watcher.runs.size(), 12u);
        QVERIFY2(m_watcher.letters.empty(), m_watcher.letters.empty()
                     ? "" : m_watcher.letters.front().error.text().c_str());

        std::map<std::string, std::string> held; // charge -> "amount currency"
        for (const auto &record : (*runtime)->doubleOf("salesforce")->records()) {
            if (record.type != "Stripe_Payment__c")
                continue;
            std::string amount;
            appendJson(amount, record.fields->root().get("Amount__c"));
            held[std::string(record.fields->root().get("Stripe_Payment_Id__c").text())]
                = amount + ' ' + std::string(record.fields->root().get("Currency__c").text());
            QCOMPARE(record.writes, 1);
        }
        QCOMPARE(held.size(), 12u);
        int compared = 0;
        for (const auto &charge : (*runtime)->doubleOf("stripe")->records()) {
            if (charge.type != "charge")
                continue;
            const Value root = charge.fields->root();
            const auto found = held.find(std::string(root.get("id").text()));
            if (found == held.end())
                continue;
            // Written by hand: minor units with the point moved, no floating point on the way.
            std::string digits = std::to_string(root.get("amount").toInt().value_or(-1));
            std::string currency(root.get("currency").text());
            const std::size_t decimals = currency == "jpy" ? 0 : currency == "kwd" ? 3 : 2;
            if (decimals > 0) {
                while (digits.size() <= decimals)
                    digits.insert(0, "0");
                digits.insert(digits.size() - decimals, ".");
                while (digits.back() == '0')
                    digits.pop_back();
                if (digits.back() == '.')
                    digits.pop_back();
            }
            for (char &byte : currency)
                byte = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
            QCOMPARE(toQString(found->second), toQString(digits + ' ' + currency));
            ++compared;
        }
        QCOMPARE(compared, 12);
    }

    void repeatsForgeriesAndPoisonedRecordsAreToldApart()
    {
        TestProject project;
        auto runtime = start(project);
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        sandbox::DeliveryPlan plan;
        plan.events = 10;
        plan.types = {"charge.succeeded"};
        plan.repeats = 2;
        plan.forged = 1;
        plan.poisoned = 1;
        const auto reports = deliver(**runtime, plan);
        QCOMPARE(m_watcher.repeats.size(), 2u);
        QCOMPARE(m_watcher.refusals.size(), 1u);
        QCOMPARE(m_watcher.refusals[0].code, std::string("stripe.bad_signature"));
        for (const auto &report : reports)
            QCOMPARE(report.status, report.forged ? 400 : 200);
        QCOMPARE(m_watcher.letters.size(), 1u);
        QCOMPARE(m_watcher.letters[0].step, std::string("upsert"));
        QVERIFY(m_watcher.letters[0].error.kind == ErrorKind::Rejected);
        QVERIFY(!m_watcher.letters[0].error.message.empty());
        const auto runs = m_watcher.runs.size();
        QCOMPARE(runs, m_watcher.first.size());
    }

    void aRestartOnTheSameFolderKnowsWhatItHasSeen()
    {
        TestProject project;
        RuntimeOptions options;
        options.dataDir = project.path("data");
        const std::string event
            = R"({"id":"evt_1","type":"charge.succeeded","created":1790000000,"data":{"object":)"
              R"({"id":"ch_1","amount":1099,"currency":"usd","created":1790000000}}})";
        for (const Acceptance expected : {Acceptance::First, Acceptance::Repeat}) {
            auto runtime = start(project, options);
            QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
            std::optional<Acceptance> got;
            (*runtime)->inject(event, [&got](const Result<Acceptance> &result) {
                if (result)
                    got = *result;
            });
            QTRY_VERIFY(got);
            QVERIFY(*got == expected);
            QTRY_VERIFY((*runtime)->isIdle());
        }
        QCOMPARE(m_watcher.runs.size(), 1u);
    }

    void twoRuntimesDoNotShareAFolder()
    {
        TestProject project;
        RuntimeOptions options;
        options.dataDir = project.path("data");
        const auto first = start(project, options);
        QVERIFY2(first, first ? "" : first.error().text().c_str());
        const auto second = start(project, options);
        QVERIFY(!second);
        QCOMPARE(second.error().code, std::string("runtime.data_in_use"));
    }

    void theReceiverAnswersOnlyForItsPaths()
    {
        TestProject project;
        auto runtime = start(project);
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        const ReadyInfo &ready = (*runtime)->ready();
        QCOMPARE(ready.webhooks.count("payments/charges"), 1u);
        QCOMPARE(ready.doubles.size(), 2u);
        const auto health = get(ready.listen + "/healthz");
        QVERIFY(health && health->status == 200);
        const auto other = get(ready.listen + "/elsewhere");
        QVERIFY(other && other->status == 404);
        QCOMPARE(other->body, std::string(R"({"error":{"code":"runtime.no_such_path",)"
                                          R"("message":"No step listens on this path."}})"));
    }

    void whoIsTurnedAwayAtTheDoorIsCountedAndLoggedInBounds()
    {
        TestProject project;
        RuntimeOptions options;
        options.admin = "127.0.0.1:0";
        auto runtime = start(project, options);
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        const std::string listen = (*runtime)->ready().listen;
        QTest::ignoreMessage(QtWarningMsg, "delivery refused: No step listens on this path. "
                                           "[runtime.no_such_path]");
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^delivery refused")));
        for (int knock = 0; knock < 5; ++knock)
            QVERIFY(get(listen + "/wp-login.php"));
        const auto metrics = get((*runtime)->ready().admin + "/metrics");
        QVERIFY(metrics);
        QVERIFY2(metrics->body.find("tidewire_deliveries_refused_total{flow=\"\",trigger=\"\","
                                    "code=\"runtime.no_such_path\"} 5\n") != std::string::npos,
                 metrics->body.c_str());
    }

    void anOpenAdminDoorNeedsAWord()
    {
        TestProject project;
        RuntimeOptions options;
        options.admin = "0.0.0.0:0";
        const auto refused = start(project, options);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("runtime.open_admin"));
        options.adminWithoutTls = true;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("in clear")));
        QVERIFY(start(project, options));
    }

    void allMissingSecretsAreTold()
    {
        TestProject project;
        project.write("environments/local.yaml",
                      "schema: environment/1\nname: local\nkind: local\nconnections:\n"
                      "  stripe: {webhook_secret: \"${secret:stripe/webhook_secret}\"}\n"
                      "  crm: {client_secret: \"${secret:crm/client_secret}\"}\n");
        const auto runtime = start(project);
        QVERIFY(!runtime);
        for (const char *secret : {"STRIPE_WEBHOOK_SECRET", "CRM_CLIENT_SECRET"})
            QVERIFY2(runtime.error().message.find(secret) != std::string::npos,
                     runtime.error().text().c_str());
    }

    void anEventNobodyAsksForIsRefusedInWords()
    {
        TestProject project;
        auto runtime = start(project);
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        std::vector<std::string> codes;
        const auto note = [&codes](const Result<Acceptance> &result) {
            codes.push_back(result ? "accepted" : result.error().code);
        };
        (*runtime)->inject(R"({"id":"evt_1","type":"payout.paid"})", note);
        (*runtime)->inject(R"({"amount":1})", note);
        (*runtime)->inject("{", note);
        QTRY_COMPARE(codes.size(), 3u);
        QCOMPARE(codes[0], std::string("runtime.no_trigger"));
        QCOMPARE(codes[1], std::string("runtime.no_event"));
        QCOMPARE(codes[2], std::string("data.json_syntax"));
    }

    void whatIsWrongStopsTheStartWithItsPlace_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("find");
        QTest::addColumn<QString>("replace");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *name, const char *file, const char *find,
                            const char *replace, const char *code) {
            QTest::newRow(name) << QString::fromUtf8(file) << QString::fromUtf8(find)
                                << QString::fromUtf8(replace) << QString::fromUtf8(code);
        };
        row("unknown step type", "flow", "type: filter", "type: filtr", "flow.unknown_type");
        row("dangling wire", "flow", "to: upsert", "to: upsrt", "flow.dangling_wire");
        row("broken expression", "flow", "amount > 0", "amount >", "flow.expression");
        row("secret that nobody has", "environment", "stripe: {double: true}",
            "stripe: {webhook_secret: \"${secret:stripe/webhook_secret}\"}",
            "runtime.missing_secret");
    }

    void whatIsWrongStopsTheStartWithItsPlace()
    {
        QFETCH(QString, file);
        QFETCH(QString, find);
        QFETCH(QString, replace);
        QFETCH(QString, code);
        TestProject project;
        QString text = file == QStringLiteral("flow")
            ? QString::fromStdString(TestProject::flowText())
            : QStringLiteral("schema: environment/1\nname: local\nkind: local\nconnections:\n"
                             "  stripe: {double: true}\n  crm: {double: true}\n");
        text.replace(find, replace);
        project.write(file == QStringLiteral("flow") ? "flows/payments.flow.yaml"
                                                     : "environments/local.yaml",
                      text.toStdString());
        const auto runtime = start(project);
        QVERIFY(!runtime);
        QCOMPARE(QString::fromStdString(runtime.error().code), code);
        QVERIFY(runtime.error().kind == ErrorKind::Config);
        QVERIFY2(runtime.error().where.find(".yaml") != std::string::npos,
                 runtime.error().text().c_str());
    }

    void stoppingFinishesWhatIsInFlight()
    {
        TestProject project;
        auto runtime = start(project);
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        bool stopped = false;
        (*runtime)->stop(std::chrono::seconds(10), [&stopped] { stopped = true; });
        QTRY_VERIFY(stopped);
        QVERIFY(!get((*runtime)->ready().listen + "/healthz"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Runtime)
#include "tst_Runtime.moc"
