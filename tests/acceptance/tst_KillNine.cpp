// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"
#include "tests/acceptance/Programs.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <deque>

using namespace tw;

namespace {

constexpr int kEvents = 1000;
constexpr int kKills = 20;
constexpr int kParallel = 16;

struct Delivery
{
    std::string charge;
    std::string body;
};

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16(0);
}

} // namespace

/// kill -9 of `tidewire run` in the middle of 1,000 events, twenty times: every acknowledged event
/// has exactly one record in the Salesforce double, which runs in a process of its own.
class TestKillNine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgedEventsBecomeExactlyOneRecord();

private:
    void startRunner(bool untilIdle = false);
    void writeProject(const QJsonObject &salesforce);
    void write(const QString &name, const QByteArray &text);
    void pump();
    void answered(Delivery delivery, const Result<HttpAnswer> &answer);

    QTemporaryDir m_dir;
    quint16 m_port = 0;
    std::unique_ptr<QProcess> m_runner;
    std::string m_url;
    std::string m_secret = "whsec_" + randomToken(16);
    QStringList m_environment;
    std::deque<Delivery> m_waiting;
    QSet<QString> m_acknowledged;
    std::vector<std::size_t> m_killAt;
    int m_inFlight = 0;
    int m_kills = 0;
    HttpClient m_client;
    SystemClock m_clock;
};

void TestKillNine::write(const QString &name, const QByteArray &text)
{
    const QString path = m_dir.filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write a test file");
}

void TestKillNine::writeProject(const QJsonObject &salesforce)
{
    QFile flow(test::demoProject() + "/flows/stripe-charge-to-payment.flow.yaml");
    QVERIFY(flow.open(QIODevice::ReadOnly));
    write("flows/stripe-charge-to-payment.flow.yaml", flow.readAll());
    write("tidewire.yaml", "schema: project/1\nname: Kill\nconnections:\n  stripe: {type: stripe}\n"
                           "  crm: {type: salesforce}\n");
    QByteArray environment = "schema: environment/1\nname: rehearsal\nkind: sandbox\nconnections:\n"
                             "  stripe:\n    webhook_secret: ${secret:stripe/webhook_secret}\n  crm:\n";
    for (auto entry = salesforce.begin(); entry != salesforce.end(); ++entry) {
        const bool secret = entry.key().contains("secret") || entry.key().contains("token")
            || entry.key() == "client_id";
        const QString value = secret ? "${secret:crm/" + entry.key() + "}" : entry->toString();
        environment += "    " + entry.key().toUtf8() + ": " + value.toUtf8() + "\n";
        if (secret) {
            m_environment += "TIDEWIRE_SECRET_CRM_" + entry.key().toUpper() + "="
                + entry->toString();
        }
    }
    m_environment += "TIDEWIRE_SECRET_STRIPE_WEBHOOK_SECRET=" + toQString(m_secret);
    write("environments/rehearsal.yaml", environment);
}

void TestKillNine::startRunner(bool untilIdle)
{
    QStringList arguments{"run",        m_dir.path(), "--env",
                          "rehearsal",  "--data-dir", m_dir.filePath("data"),
                          "--listen",   QStringLiteral("127.0.0.1:%1").arg(m_port),
                          "--json"};
    if (untilIdle)
        arguments += "--until-idle";
    m_runner = test::startTidewire(arguments, m_environment);
    const QJsonObject ready = test::awaitLine(*m_runner, "ready");
    QVERIFY(!ready.isEmpty());
    m_url = toUtf8(ready[u"webhooks"][u"stripe-charge-to-payment/charges"].toString());
}

void TestKillNine::pump()
{
    while (m_inFlight < kParallel && !m_waiting.empty()) {
        Delivery delivery = std::move(m_waiting.front());
        m_waiting.pop_front();
        HttpCall call;
        call.method = "POST";
        call.url = m_url;
        call.headers.add("Content-Type", "application/json");
        call.headers.add("Stripe-Signature",
                         stripe::signDelivery(delivery.body, Secret(m_secret), m_clock.now()));
        call.body = delivery.body;
        ++m_inFlight;
        m_client.send(std::move(call), this,
                      [this, delivery = std::move(delivery)](const Result<HttpAnswer> &answer) {
                          answered(delivery, answer);
                      });
    }
}

void TestKillNine::answered(Delivery delivery, const Result<HttpAnswer> &answer)
{
    --m_inFlight;
    if (answer && answer->status / 100 == 2)
        m_acknowledged += toQString(delivery.charge);
    else
        m_waiting.push_back(std::move(delivery)); // Stripe would send it again
    if (m_kills < kKills && std::size_t(m_acknowledged.size()) >= m_killAt[std::size_t(m_kills)]) {
        ++m_kills;
        ::kill(static_cast<pid_t>(m_runner->processId()), SIGKILL);
        m_runner->waitForFinished();
        startRunner();
    }
    pump();
}

void TestKillNine::acknowledgedEventsBecomeExactlyOneRecord()
{
    auto doubles = test::startTidewire({"sandbox", "--salesforce", "127.0.0.1:0", "--data-dir",
                                        m_dir.filePath("doubles"), "--json"});
    const QJsonObject sandbox = test::awaitLine(*doubles, "ready");
    writeProject(sandbox[u"connections"][u"salesforce"].toObject());
    m_port = freePort();

    Random random(4711);
    for (int kill = 0; kill < kKills; ++kill)
        m_killAt.push_back(std::size_t(kEvents) * std::size_t(kill) / kKills + random.below(kEvents / kKills));
    stripe::SampleFactory samples(4711, m_clock.now());
    for (int i = 0; i < kEvents; ++i) {
        const auto event = samples.event("charge.succeeded");
        QVERIFY(event);
        m_waiting.push_back({std::string(event->root().find("data.object.id").text()),
                             toJson(event->root(), JsonStyle::Pretty)});
    }
    startRunner();
    pump();
    QTRY_COMPARE_WITH_TIMEOUT(int(m_acknowledged.size()), kEvents, 240'000);
    QCOMPARE(m_kills, kKills);

    // A last kill, then a run that ends by itself when nothing is left to do.
    ::kill(static_cast<pid_t>(m_runner->processId()), SIGKILL);
    m_runner->waitForFinished();
    startRunner(true);
    QVERIFY(m_runner->waitForFinished(120'000));
    QCOMPARE(m_runner->exitCode(), 0);

    std::optional<Result<HttpAnswer>> answer;
    HttpCall call;
    call.url = toUtf8(sandbox[u"doubles"][u"salesforce"].toString()) + "/_double/records";
    m_client.send(call, this, [&](Result<HttpAnswer> got) { answer = std::move(got); });
    QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000);
    QVERIFY(*answer);
    const auto held = parseJson((*answer)->body);
    QVERIFY(held);
    QHash<QString, int> records;
    for (const Value &record : held->root().get("records").items())
        ++records[toQString(record.find("fields.Stripe_Payment_Id__c").text())];
    for (const QString &charge : std::as_const(m_acknowledged))
        QVERIFY2(records.value(charge) == 1,
                 qPrintable(QStringLiteral("%1 has %2 records").arg(charge).arg(records.value(charge))));
    QCOMPARE(int(records.size()), kEvents);
    doubles->terminate();
    doubles->waitForFinished();
}

QTEST_GUILESS_MAIN(TestKillNine)
#include "tst_KillNine.moc"
