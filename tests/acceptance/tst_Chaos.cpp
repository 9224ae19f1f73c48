// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/FaultPoint.h"
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/net/HttpClient.h"
#include "tests/acceptance/ChaosOrg.h"
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <unistd.h>

using namespace tw;

namespace {

constexpr int kObjects = 60;
constexpr int kEventsPerCycle = 150;

struct Delivery
{
    int object = 0;
    int number = 0;
};

int setting(const char *name, int fallback)
{
    const int value = qEnvironmentVariableIntValue(name);
    return value > 0 ? value : fallback;
}

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16(0);
}

} // namespace

/// kill -9 of `tidewire run` again and again under load, while the org misbehaves, the source
/// repeats and mixes up events, the clock jumps from one start to the next, the runner stands still now and
/// then, and the disk is full for a while: every acknowledged event that is no older than those before
/// it takes effect, in the order of acceptance of its object, nothing late lands over newer data, and
/// nobody who asked to wait is asked again before. TIDEWIRE_CHAOS_CYCLES (20) sets the number of kills of both rows together,
/// TIDEWIRE_CHAOS_SEED the dice; with a TIDEWIRE_CHAOS_SERVER_TIME (2500 ms; the org's slowest answer
/// takes 1.5 s) that is too short it has to fail.
class TestChaos : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void acknowledgedEventsTakeEffectOnceAndInOrder_data();
    void acknowledgedEventsTakeEffectOnceAndInOrder();

private:
    void writeProject(const QByteArray &batch);
    void write(const QString &name, const QByteArray &text);
    void startRunner(bool untilIdle = false);
    void killRunner();
    void standStill();
    void fillDisk();
    bool mountSmallDisk();
    void disturb();
    void plan(int events);
    void pump();
    void send(Delivery delivery);
    void answered(Delivery delivery, const Result<HttpAnswer> &answer);
    void check() const;
    static std::vector<int> newest(std::vector<int> accepted);

    const int m_cycles = setting("TIDEWIRE_CHAOS_CYCLES", 20) / 2;
    Random m_random{std::uint64_t(setting("TIDEWIRE_CHAOS_SEED", 4711))};
    std::unique_ptr<test::ChaosOrg> m_org;
    std::unique_ptr<QTemporaryDir> m_dir;
    quint16 m_port = 0;
    std::unique_ptr<QProcess> m_runner;
    std::string m_url;
    std::string m_secret = "whsec_" + randomToken(16);
    QStringList m_environment;
    std::vector<std::deque<Delivery>> m_waiting; ///< Per object: one is on its way at a time.
    std::vector<bool> m_busy;
    std::vector<std::vector<int>> m_accepted; ///< Per object, in the order of acceptance.
    int m_left = 0;
    int m_events = 0;
    int m_acknowledged = 0;
    int m_kills = 0;
    int m_killAt = 0;
    int m_stops = 0;
    int m_fulls = 0;
    int m_refusals = 0;   ///< 503 of the runner.
    int m_jumps = 0;
    std::int64_t m_offset = 0; ///< Of the runner's clock and the source's.
    std::vector<std::pair<int, void (TestChaos::*)()>> m_disturbances; ///< From so many acknowledgements on.
    QString m_disk; ///< A small one of its own; empty: none to be had.
    HttpClient m_client;
    SystemClock m_clock;
};

void TestChaos::write(const QString &name, const QByteArray &text)
{
    const QString path = m_dir->filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write a test file");
}

void TestChaos::writeProject(const QByteArray &batch)
{
    write("tidewire.yaml", "schema: project/1\nname: Chaos\nconnections:\n  stripe: {type: stripe}\n"
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
          + "    batch: " + batch + "\n"
          "    with: {object: Thing__c, external_id: Key__c}\n");
    write("environments/chaos.yaml",
          "schema: environment/1\nname: chaos\nkind: sandbox\nconnections:\n"
          "  stripe:\n    webhook_secret: ${secret:stripe/webhook_secret}\n"
          "  crm:\n    base_url: " + QByteArray::fromStdString(m_org->url())
              + "\n    auth: access_token\n    access_token: ${secret:crm/access_token}\n"
                "    max_server_time: "
              + QByteArray::number(setting("TIDEWIRE_CHAOS_SERVER_TIME", 2500)) + "ms\n");
    m_environment = {"TIDEWIRE_SECRET_STRIPE_WEBHOOK_SECRET=" + toQString(m_secret),
                     "TIDEWIRE_SECRET_CRM_ACCESS_TOKEN=00D000000000001!token"};
}

void TestChaos::startRunner(bool untilIdle)
{
    QStringList arguments{"run", m_dir->path(), "--env", "chaos", "--data-dir",
                          m_dir->filePath("data"), "--listen",
                          QStringLiteral("127.0.0.1:%1").arg(m_port), "--json"};
    if (untilIdle)
        arguments += "--until-idle";
    QStringList environment = m_environment;
#ifdef TIDEWIRE_FAULT_POINTS
    if (m_random.below(3) == 0) {
        constexpr std::int64_t kMinute = 60'000;
        constexpr std::int64_t kOffsets[] = {0, -10 * kMinute, 10 * kMinute, -1440 * kMinute, 1440 * kMinute};
        const std::int64_t before = std::exchange(m_offset, kOffsets[m_random.below(5)]);
        m_jumps += before != m_offset;
    }
    environment += QStringLiteral("TIDEWIRE_FAULT_CLOCK_MS=%1").arg(m_offset);
#endif
    m_runner = test::startTidewire(arguments, environment);
    QJsonObject ready = test::awaitLine(*m_runner, "ready");
    if (ready.isEmpty() && QFile::remove(m_disk + "/ballast")) { // It cannot begin on a full disk.
        m_runner = test::startTidewire(arguments, environment);
        ready = test::awaitLine(*m_runner, "ready");
    }
    QVERIFY2(!ready.isEmpty(), m_runner->readAllStandardError().constData());
    m_url = toUtf8(ready[u"webhooks"][u"objects/changes"].toString());
}

void TestChaos::killRunner()
{
    ::kill(static_cast<pid_t>(m_runner->processId()), SIGKILL);
    m_runner->waitForFinished();
}

void TestChaos::initTestCase()
{
    qInfo("seed %d", setting("TIDEWIRE_CHAOS_SEED", 4711));
}

/// Longer than anything that waits for it.
void TestChaos::standStill()
{
    ++m_stops;
    const auto runner = static_cast<pid_t>(m_runner->processId());
    ::kill(runner, SIGSTOP);
    m_clock.callAfter(std::chrono::milliseconds(200 + int(m_random.below(3000))), m_runner.get(),
                      [runner] { ::kill(runner, SIGCONT); });
}

bool TestChaos::mountSmallDisk()
{
    const QString at = m_dir->filePath("data");
    QDir().mkpath(at);
    return ::geteuid() == 0
        && QProcess::execute("mount", {"-t", "tmpfs", "-o", "size=64m", "tmpfs", at}) == 0;
}

/// Takes all space that is left, for a while.
void TestChaos::fillDisk()
{
    if (m_disk.isEmpty())
        return;
    ++m_fulls;
    const QByteArray ballast = QFile::encodeName(m_disk + "/ballast");
    const int file = ::open(ballast.constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string block(1 << 16, 'b');
    while (::write(file, block.data(), block.size()) > 0) {}
    ::close(file);
    m_clock.callAfter(std::chrono::milliseconds(1500), this,
                      [ballast] { ::unlink(ballast.constData()); });
}

void TestChaos::disturb()
{
    while (!m_disturbances.empty() && m_acknowledged >= m_disturbances.back().first) {
        const auto action = m_disturbances.back().second;
        m_disturbances.pop_back();
        (this->*action)();
    }
}

/// Numbers rise per object; one in ten changes places with the next, one in ten comes twice.
void TestChaos::plan(int events)
{
    m_waiting.assign(kObjects, {});
    m_busy.assign(kObjects, false);
    m_accepted.assign(kObjects, {});
    std::vector<int> last(kObjects, 0);
    for (int event = 0; event < events; ++event) {
        const auto object = m_random.below(kObjects);
        m_waiting[object].push_back({static_cast<int>(object), ++last[object]});
    }
    for (auto &waiting : m_waiting) {
        for (std::size_t at = 0; at + 1 < waiting.size(); ++at) {
            if (m_random.below(10) == 0)
                std::swap(waiting[at], waiting[at + 1]);
        }
        for (std::size_t at = 0; at < waiting.size(); ++at) {
            if (m_random.below(10) > 0)
                continue;
            const Delivery again{waiting[at].object, waiting[at].number};
            const auto place = std::min(waiting.size(), at + 1 + m_random.below(4));
            waiting.insert(waiting.begin() + static_cast<std::ptrdiff_t>(place), again);
            ++at;
        }
        m_left += static_cast<int>(waiting.size());
    }
    m_events = events;
    m_disturbances.clear();
    for (int number = 0; number < 1 + m_cycles / 5; ++number)
        m_disturbances.emplace_back(int(m_random.below(std::uint64_t(events))), &TestChaos::standStill);
    for (int number = 0; number < 1 + m_cycles / 10; ++number)
        m_disturbances.emplace_back(int(m_random.below(std::uint64_t(events))), &TestChaos::fillDisk);
    std::sort(m_disturbances.begin(), m_disturbances.end(),
              [](const auto &one, const auto &other) { return one.first > other.first; });
}

void TestChaos::pump()
{
    for (std::size_t object = 0; object < m_waiting.size(); ++object) {
        if (m_busy[object] || m_waiting[object].empty())
            continue;
        const Delivery next = m_waiting[object].front();
        m_waiting[object].pop_front();
        m_busy[object] = true;
        send(next);
    }
}

void TestChaos::send(Delivery delivery)
{
    const std::string id = std::to_string(delivery.object) + "_" + std::to_string(delivery.number);
    HttpCall call;
    call.method = "POST";
    call.url = m_url;
    call.headers.add("Content-Type", "application/json");
    call.body = "{\"id\":\"evt_" + id + "\",\"object\":\"event\",\"type\":\"charge.updated\","
        "\"livemode\":false,\"created\":" + std::to_string(1'790'000'000 + delivery.number)
        + ",\"data\":{\"object\":{\"id\":\"ch_"
        + std::to_string(delivery.object) + "\",\"amount\":" + std::to_string(delivery.number) + "}}}";
    call.headers.add("Stripe-Signature",
                     stripe::signDelivery(call.body, Secret(m_secret),
                                          m_clock.now() + std::chrono::milliseconds(m_offset)));
    m_client.send(std::move(call), this, [this, delivery](const Result<HttpAnswer> &answer) {
        answered(delivery, answer);
    });
}

void TestChaos::answered(Delivery delivery, const Result<HttpAnswer> &answer)
{
    const auto object = std::size_t(delivery.object);
    m_busy[object] = false;
    if (answer && answer->status / 100 == 2) {
        --m_left;
        auto &accepted = m_accepted[object];
        // A repeat that came before its first one is the first one.
        if (std::find(accepted.begin(), accepted.end(), delivery.number) == accepted.end()) {
            accepted.push_back(delivery.number);
            ++m_acknowledged;
        }
    } else {
        m_waiting[object].push_front(delivery);
        m_refusals += answer && answer->status == 503;
    }
    disturb();
    if (m_kills < m_cycles && m_acknowledged >= m_killAt) {
        m_killAt = m_acknowledged + 1 + int(m_random.below(std::uint64_t(2 * m_events / (m_cycles + 1))));
        m_killAt = std::min(m_killAt, m_events - (m_cycles - m_kills));
        ++m_kills;
        // Not at once: what was acknowledged just now shall be on its way.
        m_clock.callAfter(std::chrono::milliseconds(m_random.below(400)), this, [this] {
            killRunner();
            startRunner();
            pump();
        });
    }
    m_clock.callAfter(std::chrono::milliseconds(answer ? 0 : 20), this, [this] { pump(); });
}

/// What is no older than all that was accepted before it: the rest must not be written.
std::vector<int> TestChaos::newest(std::vector<int> accepted)
{
    int last = 0;
    std::erase_if(accepted, [&last](int number) {
        const bool isOld = number < last;
        last = std::max(last, number);
        return isOld;
    });
    return accepted;
}

/// Repeats of one write in a row are harmless; anything else is not what was accepted.
void TestChaos::check() const
{
    int lost = 0, misordered = 0, repeated = 0, stale = 0, older = 0;
    const auto org = m_org->report();
    for (int object = 0; object < kObjects; ++object) {
        const auto accepted = newest(m_accepted[std::size_t(object)]);
        older += int(m_accepted[std::size_t(object)].size() - accepted.size());
        const auto found = org.written.find("ch_" + std::to_string(object));
        std::vector<int> written = found == org.written.end() ? std::vector<int>() : found->second;
        const auto before = written.size();
        written.erase(std::unique(written.begin(), written.end()), written.end());
        repeated += int(before - written.size());
        for (const int number : accepted)
            lost += std::count(written.begin(), written.end(), number) == 0;
        if (written != accepted) {
            ++misordered;
            const auto [at, expected]
                = std::mismatch(written.begin(), written.end(), accepted.begin(), accepted.end());
            QStringList around;
            for (auto one = at - std::min<std::ptrdiff_t>(3, at - written.begin());
                 one != written.end() && one - at < 4; ++one)
                around += QString::number(*one);
            qInfo("object %d: expected %d as write %d, but it went %s", object,
                  expected == accepted.end() ? 0 : *expected, int(at - written.begin()),
                  qPrintable(around.join(u' ')));
        }
        stale += !accepted.empty() && (written.empty() || written.back() != accepted.back());
    }
    qInfo("%d events (%d older than one before), %d kills, %d jumps of the clock, %d stops, %d times "
          "full (%d refused), %d calls (%d faulty, the slowest took effect after %lld ms): lost %d, objects out of order %d, objects "
          "whose last state is old %d, calls before Retry-After %d, harmless repeats %d",
          m_acknowledged, older, m_kills, m_jumps, m_stops, m_fulls, m_refusals, org.calls, org.faults,
          static_cast<long long>(org.slowestMs), lost, misordered, stale, org.early, repeated);
    QCOMPARE(org.early, 0);
    QCOMPARE(lost, 0);
    QCOMPARE(misordered, 0);
    QCOMPARE(stale, 0);
}

void TestChaos::acknowledgedEventsTakeEffectOnceAndInOrder_data()
{
    QTest::addColumn<QByteArray>("batch");
    QTest::newRow("one call for each event") << QByteArray("{size: 1}");
    QTest::newRow("many records in one call") << QByteArray("{size: 25, linger: 20ms}");
}

void TestChaos::acknowledgedEventsTakeEffectOnceAndInOrder()
{
    QFETCH(QByteArray, batch);
    m_org = std::make_unique<test::ChaosOrg>(m_random.next(), 10);
    m_dir = std::make_unique<QTemporaryDir>();
    writeProject(batch);
    m_port = freePort();
    m_disk = mountSmallDisk() ? m_dir->filePath("data") : QString();
    m_left = m_acknowledged = m_kills = m_stops = m_fulls = m_refusals = m_jumps = 0;
    plan(m_cycles * kEventsPerCycle);
    m_killAt = 20;
    startRunner();
    pump();
    QTRY_COMPARE_WITH_TIMEOUT(m_left, 0, 60'000 + m_cycles * 15'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_kills, m_cycles, 10'000);
    QTest::qWait(500); // the last kill waits for its moment
    killRunner();
    startRunner(true);
    QTRY_COMPARE_WITH_TIMEOUT(m_runner->state(), QProcess::NotRunning, 60'000 + m_cycles * 10'000);
    QCOMPARE(m_runner->exitCode(), 0);
    QTRY_VERIFY(m_org->isQuiet());
    QCOMPARE(m_acknowledged, m_events);
    check();
}

void TestChaos::cleanup()
{
    if (m_runner && m_runner->state() != QProcess::NotRunning)
        killRunner();
    if (!m_disk.isEmpty())
        QProcess::execute("umount", {m_disk});
}

QTEST_GUILESS_MAIN(TestChaos)
#include "tst_Chaos.moc"
