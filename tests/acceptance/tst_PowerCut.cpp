// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/net/HttpClient.h"
#include "tests/acceptance/ChaosOrg.h"
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <set>
#include <unistd.h>

using namespace tw;

namespace {

constexpr int kTogether = 32;

QString run(const QString &program, const QStringList &arguments, bool *ok)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    *ok = process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0;
    return QString::fromUtf8(process.readAll());
}

} // namespace

/// The power goes: the runner's folder lies on a file system in an image, the image is copied in the
/// midst of the runner's work - what the kernel had not written is not in it -, and a runner starts on the copy.
/// Everything that was acknowledged before the copy began is there, and the file is sound.
class TestPowerCut : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void whatWasAcknowledgedSurvives();

private:
    bool mount(const QString &image, const QString &at);
    void unmount(const QString &at);
    void write(const QString &name, const QByteArray &text);
    std::unique_ptr<QProcess> start(const QString &data, const QStringList &extra = {});
    void pump();

    QTemporaryDir m_dir;
    QString m_missing; ///< Why it cannot be tried here.
    std::unique_ptr<QProcess> m_runner;
    std::unique_ptr<test::ChaosOrg> m_org;
    std::string m_url;
    std::vector<int> m_acknowledged;
    int m_next = 0;
    int m_inFlight = 0;
    bool m_sending = false;
    HttpClient m_client;
    SystemClock m_clock;
};

bool TestPowerCut::mount(const QString &image, const QString &at)
{
    QDir().mkpath(at);
    bool ok = false;
    const QString said = run("mount", {"-o", "loop", image, at}, &ok);
    if (!ok)
        m_missing = "no loop devices: " + said.trimmed();
    return ok;
}

void TestPowerCut::unmount(const QString &at)
{
    bool ok = false;
    run("umount", {at}, &ok);
}

void TestPowerCut::write(const QString &name, const QByteArray &text)
{
    const QString path = m_dir.filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write a test file");
}

void TestPowerCut::initTestCase()
{
    if (::geteuid() != 0) {
        m_missing = "only root may mount an image";
        return;
    }
    bool ok = false;
    run("truncate", {"-s", "256M", m_dir.filePath("disk.img")}, &ok);
    if (ok)
        run("mkfs.ext4", {"-q", "-F", m_dir.filePath("disk.img")}, &ok);
    if (!ok)
        m_missing = "no mkfs.ext4 here";
    else if (mount(m_dir.filePath("disk.img"), m_dir.filePath("disk")))
        m_missing.clear();
}

void TestPowerCut::cleanupTestCase()
{
    m_sending = false;
    if (m_runner) {
        m_runner->kill();
        m_runner->waitForFinished();
    }
    unmount(m_dir.filePath("disk"));
}

std::unique_ptr<QProcess> TestPowerCut::start(const QString &data, const QStringList &extra)
{
    auto runner = test::startTidewire(
        QStringList{"run", m_dir.filePath("project"), "--env", "power", "--data-dir", data, "--listen",
                    "127.0.0.1:0", "--json"}
            + extra,
        {"TIDEWIRE_SECRET_STRIPE_WEBHOOK_SECRET=whsec_power",
         "TIDEWIRE_SECRET_CRM_ACCESS_TOKEN=00D000000000001!token"});
    const QJsonObject ready = test::awaitLine(*runner, "ready");
    if (ready.isEmpty())
        return nullptr;
    m_url = toUtf8(ready[u"webhooks"][u"objects/changes"].toString());
    return runner;
}

void TestPowerCut::pump()
{
    while (m_sending && m_inFlight < kTogether) {
        const int number = ++m_next;
        ++m_inFlight;
        HttpCall call;
        call.method = "POST";
        call.url = m_url;
        call.headers.add("Content-Type", "application/json");
        call.body = "{\"id\":\"evt_" + std::to_string(number)
            + "\",\"object\":\"event\",\"type\":\"charge.updated\",\"livemode\":false,\"created\":"
              "1790000000,\"data\":{\"object\":{\"id\":\"ch_" + std::to_string(number)
            + "\",\"amount\":" + std::to_string(number) + ",\"pad\":\"" + std::string(2000, 'p')
            + "\"}}}";
        call.headers.add("Stripe-Signature",
                         stripe::signDelivery(call.body, Secret("whsec_power"), m_clock.now()));
        m_client.send(std::move(call), this, [this, number](const Result<HttpAnswer> &answer) {
            --m_inFlight;
            if (answer && answer->status / 100 == 2)
                m_acknowledged.push_back(number);
            const bool failed = !answer || answer->status / 100 != 2;
            m_clock.callAfter(std::chrono::milliseconds(failed ? 20 : 0), this, [this] { pump(); });
        });
    }
}

void TestPowerCut::whatWasAcknowledgedSurvives()
{
    if (!m_missing.isEmpty())
        QSKIP(qPrintable("Power cuts on a loop image are not tried here: " + m_missing));
    const int cuts = std::max(3, qEnvironmentVariableIntValue("TIDEWIRE_CUTS"));
    const auto seed = std::uint64_t(std::max(1, qEnvironmentVariableIntValue("TIDEWIRE_SEED")));
    Random random(seed);
    m_org = std::make_unique<test::ChaosOrg>(1, 0);
    write("project/tidewire.yaml", "schema: project/1\nname: Power\nconnections:\n"
                                   "  stripe: {type: stripe}\n  crm: {type: salesforce}\n");
    write("project/flows/objects.flow.yaml",
          "schema: flow/1\nid: objects\nname: Objects\nversion: 1.0.0\n"
          "connections: {stripe: stripe, crm: salesforce}\nsteps:\n"
          "  - id: changes\n    type: stripe.webhook\n    connection: stripe\n"
          "    with: {events: [charge.updated]}\n    to: shape\n"
          "  - id: shape\n    type: map\n    with:\n      mapping:\n"
          "        Key__c: data.object.id\n        Number__c: data.object.amount\n    to: store\n"
          "  - id: store\n    type: salesforce.record.upsert\n    connection: crm\n"
          "    with: {object: Thing__c, external_id: Key__c}\n");
    write("project/environments/power.yaml",
          "schema: environment/1\nname: power\nkind: sandbox\nconnections:\n"
          "  stripe:\n    webhook_secret: ${secret:stripe/webhook_secret}\n"
          "  crm:\n    base_url: " + QByteArray::fromStdString(m_org->url())
              + "\n    auth: access_token\n    access_token: ${secret:crm/access_token}\n"
                "    max_server_time: 1s\n");
    m_runner = start(m_dir.filePath("disk/data"));
    QVERIFY(m_runner);
    m_sending = true;
    pump();
    std::size_t atLast = 0;
    for (int cut = 0; cut < cuts; ++cut) {
        const std::size_t until = m_acknowledged.size() + 200 + random.below(800);
        QTRY_VERIFY_WITH_TIMEOUT(m_acknowledged.size() >= until, 60'000);
        // The runner stands still while its disk is copied, so that the copy is of one moment: in the
        // midst of whatever it did, without what the kernel still had in memory.
        const std::vector<int> promised = m_acknowledged;
        ::kill(static_cast<pid_t>(m_runner->processId()), SIGSTOP);
        QProcess copy;
        copy.start("cp", {"--sparse=always", m_dir.filePath("disk.img"), m_dir.filePath("cut.img")});
        QTRY_VERIFY_WITH_TIMEOUT(copy.state() == QProcess::NotRunning, 60'000);
        ::kill(static_cast<pid_t>(m_runner->processId()), SIGCONT);
        QCOMPARE(copy.exitCode(), 0);
        atLast = promised.size();

        QVERIFY(mount(m_dir.filePath("cut.img"), m_dir.filePath("cut")));
        const QString file = m_dir.filePath("cut/data/journal.db");
        const std::string mainUrl = m_url;
        auto runner = start(m_dir.filePath("cut/data"));
        m_url = mainUrl;
        const bool started = runner != nullptr;
        if (runner) {
            runner->terminate();
            runner->waitForFinished();
        }
        bool ok = false;
        const QString rows = run("sqlite3", {file, "PRAGMA integrity_check; SELECT event_id FROM run;"}, &ok);
        unmount(m_dir.filePath("cut"));
        QVERIFY2(started, qPrintable(QStringLiteral("cut %1, seed %2: does not start").arg(cut).arg(seed)));
        if (!ok)
            QSKIP("Power cuts on a loop image need the program sqlite3 to look at what is left.");
        const QStringList lines = rows.split(u'\n');
        QCOMPARE(lines.front(), QStringLiteral("ok"));
        const std::set<QString> there(lines.begin() + 1, lines.end());
        for (const int number : promised) {
            QVERIFY2(there.count(QStringLiteral("evt_%1").arg(number)) == 1,
                     qPrintable(QStringLiteral("cut %1, seed %2: event %3 of %4 is missing").arg(cut)
                                    .arg(seed).arg(number).arg(promised.size())));
        }
    }
    m_sending = false;
    qInfo("seed %llu: %d cuts, %zu events acknowledged before the last, 0 missing, integrity ok",
          static_cast<unsigned long long>(seed), cuts, atLast);
}

QTEST_GUILESS_MAIN(TestPowerCut)
#include "tst_PowerCut.moc"
