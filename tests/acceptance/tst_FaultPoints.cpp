// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/FaultPoint.h"
#include "core/base/Text.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/net/HttpClient.h"
#include "tests/acceptance/ChaosOrg.h"
#include "tests/acceptance/Programs.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <deque>
#include <set>

using namespace tw;

namespace {

constexpr int kEvents = 24;
constexpr int kObjects = 6;

struct Point
{
    const char *name;
    int times; ///< What the step of a flow with one call for each event passes it, at least.
    bool batches = false; ///< Only calls that carry many pass it.
};

const Point kPoints[] = {
    {"store.begin", 3}, {"store.begun", 3}, {"store.insert", 3}, {"store.applied", 9},
    {"store.commit", 3}, {"store.committed", 3}, {"store.answer", 3}, {"store.answered", 9},
    {"store.step", 9}, {"store.checkpoint", 1}, {"store.checkpointed", 1},
    {"engine.accepted", 3}, {"engine.acknowledged", 3}, {"engine.intent", 9},
    {"engine.intent_kept", 9}, {"engine.call", 9}, {"engine.called", 9}, {"engine.outcome", 9},
    {"engine.end", 9}, {"engine.ended", 9},
    {"engine.batch", 2, true}, {"engine.batch_called", 2, true}, {"engine.batch_outcome", 5, true},
};

} // namespace

/// kill -9 at every boundary of the journal: before and after a transaction begins, an event is
/// inserted, a commit, an answer, an intent, a call, an outcome, an end, and between the parts of a call
/// that carries many. One run for each, with a restart: nothing lost, nothing twice, order kept. And a
/// runner in the midst of its work that is told to end, or stopped and let go on.
class TestFaultPoints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPointOfTheSourcesIsTried();
    void aKillAtABoundaryBreaksNoPromise_data();
    void aKillAtABoundaryBreaksNoPromise();
    void aRunnerThatIsToldToEndOrToStandStillBreaksNoPromise_data();
    void aRunnerThatIsToldToEndOrToStandStillBreaksNoPromise();

private:
    void prepare(bool many);
    int accepted() const;
    void finishAndCompare();
    void write(const QString &name, const QByteArray &text);
    void startRunner(const QStringList &extra = {}, bool untilIdle = false);
    void pump();
    void send(int number);

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<test::ChaosOrg> m_org;
    std::unique_ptr<QProcess> m_runner;
    std::string m_url;
    std::string m_secret = "whsec_fault";
    quint16 m_port = 0;
    std::deque<int> m_waiting;
    std::vector<std::vector<int>> m_accepted;
    std::vector<bool> m_busy;
    int m_inFlight = 0;
    std::size_t m_pad = 0;
    HttpClient m_client;
    SystemClock m_clock;
};

void TestFaultPoints::write(const QString &name, const QByteArray &text)
{
    const QString path = m_dir->filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write a test file");
}

void TestFaultPoints::everyPointOfTheSourcesIsTried()
{
    std::set<QString> there, tried;
    QDirIterator files(QStringLiteral(TIDEWIRE_SOURCE_DIR "/core"), {"*.cpp"}, QDir::Files,
                       QDirIterator::Subdirectories);
    const QRegularExpression point(QStringLiteral("TW_FAULT_POINT\\(\"([^\"]+)\"\\)"));
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        auto found = point.globalMatch(QString::fromUtf8(file.readAll()));
        while (found.hasNext())
            there.insert(found.next().captured(1));
    }
    for (const Point &one : kPoints)
        tried.insert(QString::fromUtf8(one.name));
    QCOMPARE(there, tried);
}

void TestFaultPoints::startRunner(const QStringList &extra, bool untilIdle)
{
    QStringList arguments{"run", m_dir->path(), "--env", "fault", "--data-dir",
                          m_dir->filePath("data"), "--listen",
                          QStringLiteral("127.0.0.1:%1").arg(m_port), "--json"};
    if (untilIdle)
        arguments += "--until-idle";
    m_runner = test::startTidewire(
        arguments, QStringList{"TIDEWIRE_SECRET_STRIPE_WEBHOOK_SECRET=" + toQString(m_secret),
                               "TIDEWIRE_SECRET_CRM_ACCESS_TOKEN=00D000000000001!token"}
                       + extra);
    const QJsonObject ready = test::awaitLine(*m_runner, "ready");
    if (!ready.isEmpty())
        m_url = toUtf8(ready[u"webhooks"][u"objects/changes"].toString());
}

void TestFaultPoints::send(int number)
{
    const int object = number % kObjects;
    ++m_inFlight;
    m_busy[std::size_t(object)] = true;
    HttpCall call;
    call.method = "POST";
    call.url = m_url;
    call.headers.add("Content-Type", "application/json");
    call.body = "{\"id\":\"evt_" + std::to_string(number)
        + "\",\"object\":\"event\",\"type\":\"charge.updated\",\"livemode\":false,\"created\":1790000000,"
          "\"data\":{\"object\":{\"id\":\"ch_" + std::to_string(object) + "\",\"amount\":"
        + std::to_string(number + 1) + ",\"pad\":\"" + std::string(m_pad, 'p') + "\"}}}";
    call.headers.add("Stripe-Signature",
                     stripe::signDelivery(call.body, Secret(m_secret), m_clock.now()));
    m_client.send(std::move(call), this, [this, number, object](const Result<HttpAnswer> &answer) {
        --m_inFlight;
        m_busy[std::size_t(object)] = false;
        if (answer && answer->status / 100 == 2)
            m_accepted[std::size_t(object)].push_back(number + 1);
        else
            m_waiting.push_front(number);
    });
}

/// Those of one object come one after the other, as their order is what counts.
void TestFaultPoints::pump()
{
    for (auto next = m_waiting.begin(); next != m_waiting.end();) {
        if (m_busy[std::size_t(*next % kObjects)]) {
            ++next;
            continue;
        }
        const int number = *next;
        next = m_waiting.erase(next);
        send(number);
    }
}

void TestFaultPoints::prepare(bool many)
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_org = std::make_unique<test::ChaosOrg>(1, 0);
    write("tidewire.yaml", "schema: project/1\nname: Fault\nconnections:\n  stripe: {type: stripe}\n"
                           "  crm: {type: salesforce}\n");
    write("flows/objects.flow.yaml",
          QByteArray("schema: flow/1\nid: objects\nname: Objects\nversion: 1.0.0\n"
          "connections: {stripe: stripe, crm: salesforce}\nsteps:\n"
          "  - id: changes\n    type: stripe.webhook\n    connection: stripe\n"
          "    with: {events: [charge.updated]}\n    to: shape\n"
          "  - id: shape\n    type: map\n    with:\n      mapping:\n"
          "        Key__c: data.object.id\n        Number__c: data.object.amount\n    to: store\n"
          "  - id: store\n    type: salesforce.record.upsert\n    connection: crm\n"
          "    retry: {times: 50, first: 50ms, factor: 2, longest: 1s}\n")
              + (many ? "    batch: {size: 5, linger: 5ms}\n" : "    batch: {size: 1}\n")
              + "    with: {object: Thing__c, external_id: Key__c}\n");
    write("environments/fault.yaml",
          "schema: environment/1\nname: fault\nkind: sandbox\nconnections:\n"
          "  stripe:\n    webhook_secret: ${secret:stripe/webhook_secret}\n"
          "  crm:\n    base_url: " + QByteArray::fromStdString(m_org->url())
              + "\n    auth: access_token\n    access_token: ${secret:crm/access_token}\n"
                "    max_server_time: 300ms\n");
    {
        QTcpServer probe;
        QVERIFY(probe.listen(QHostAddress::LocalHost));
        m_port = probe.serverPort();
    }
    m_waiting.clear();
    for (int number = 0; number < kEvents; ++number)
        m_waiting.push_back(number);
    m_accepted.assign(kObjects, {});
    m_busy.assign(kObjects, false);
    m_pad = 0;
}

void TestFaultPoints::aKillAtABoundaryBreaksNoPromise_data()
{
    QTest::addColumn<QByteArray>("point");
    QTest::addColumn<bool>("many");
    for (const Point &point : kPoints) {
        std::set<int> times{1, point.times};
        for (const int time : times) {
            const QByteArray name = QByteArray(point.name) + ':' + QByteArray::number(time);
            const QByteArray text(point.name);
            const bool single = text.startsWith("engine.call") || text == "engine.outcome";
            if (!point.batches)
                QTest::newRow((name + ", one call for each").constData()) << name << false;
            if (!single) // Calls that carry many have points of their own.
                QTest::newRow((name + ", many in one call").constData()) << name << true;
        }
    }
}

void TestFaultPoints::aKillAtABoundaryBreaksNoPromise()
{
    QFETCH(QByteArray, point);
    QFETCH(bool, many);
#ifndef TIDEWIRE_FAULT_POINTS
    QSKIP("This build has no fault points: configure with TIDEWIRE_FAULT_POINTS=ON.");
#endif
    prepare(many);
    // A checkpoint is worth it when the log has grown.
    m_pad = point.startsWith("store.checkpoint") ? 150'000 : 0;
    startRunner({"TIDEWIRE_FAULT_POINT=" + QString::fromUtf8(point)});
    const bool died = QTest::qWaitFor(
        [this] {
            if (m_runner->state() == QProcess::NotRunning)
                return true;
            pump();
            return false;
        },
        20'000);
    QVERIFY2(died, "The runner never came to this point.");
    QCOMPARE(m_runner->exitStatus(), QProcess::CrashExit);
    QTRY_COMPARE(m_inFlight, 0);

    startRunner();
    finishAndCompare();
}

int TestFaultPoints::accepted() const
{
    std::size_t all = 0;
    for (const auto &ofObject : m_accepted)
        all += ofObject.size();
    return int(all);
}

/// Delivers what is left, lets a last runner finish, and looks at what took effect.
void TestFaultPoints::finishAndCompare()
{
    QVERIFY(m_runner->state() == QProcess::Running);
    QTRY_VERIFY_WITH_TIMEOUT((pump(), m_waiting.empty() && m_inFlight == 0), 20'000);
    m_runner->terminate();
    QVERIFY(m_runner->waitForFinished());
    startRunner({}, true);
    QVERIFY(m_runner->state() == QProcess::NotRunning || m_runner->waitForFinished(30'000));
    QCOMPARE(m_runner->exitCode(), 0);

    for (int object = 0; object < kObjects; ++object) {
        const auto all = m_org->written();
        const auto found = all.find("ch_" + std::to_string(object));
        QVERIFY2(found != all.end(), "lost");
        std::vector<int> written = found->second;
        // The same state twice in a row is what an upsert may do after a crash; nothing else is.
        written.erase(std::unique(written.begin(), written.end()), written.end());
        QCOMPARE(written, m_accepted[std::size_t(object)]);
    }
}

void TestFaultPoints::aRunnerThatIsToldToEndOrToStandStillBreaksNoPromise_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<bool>("many");
    QTest::newRow("to end, one call for each") << SIGTERM << false;
    QTest::newRow("to end, many in one call") << SIGTERM << true;
    QTest::newRow("to stand still, one call for each") << SIGSTOP << false;
    QTest::newRow("to stand still, many in one call") << SIGSTOP << true;
}

void TestFaultPoints::aRunnerThatIsToldToEndOrToStandStillBreaksNoPromise()
{
    QFETCH(int, signal);
    QFETCH(bool, many);
    prepare(many);
    startRunner();
    QVERIFY(m_runner->state() == QProcess::Running);
    QTRY_VERIFY_WITH_TIMEOUT((pump(), accepted() >= 6 && m_inFlight > 0), 20'000);
    const auto process = static_cast<pid_t>(m_runner->processId());
    ::kill(process, signal);
    if (signal == SIGSTOP) {
        // Longer than a call may take: what it had sent counts as lost when it goes on.
        bool isOver = false;
        m_clock.callAfter(std::chrono::milliseconds(1500), this, [&isOver] { isOver = true; });
        QTRY_VERIFY((pump(), isOver));
        QVERIFY(m_inFlight > 0); // Nobody answers, and nobody closes the line.
        ::kill(process, SIGCONT);
    } else {
        QTRY_COMPARE_WITH_TIMEOUT(m_runner->state(), QProcess::NotRunning, 20'000);
        QCOMPARE(m_runner->exitStatus(), QProcess::NormalExit);
        QCOMPARE(m_runner->exitCode(), 0);
        QTRY_COMPARE(m_inFlight, 0);
        startRunner();
    }
    finishAndCompare();
}

QTEST_GUILESS_MAIN(TestFaultPoints)
#include "tst_FaultPoints.moc"
