// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/connector/Registry.h"
#include "core/flow/SecretSource.h"
#include "core/net/HttpClient.h"
#include "core/runtime/Connectors.h"
#include "core/runtime/Runtime.h"
#include "tests/acceptance/Programs.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;

namespace {

/// Gives every connection the one signing secret of the case at hand, and no key.
class OneSecret final : public SecretSource
{
public:
    explicit OneSecret(std::string value) : m_value(std::move(value)) {}
    std::optional<Secret> find(const std::string &, const std::string &field) const override
    {
        return field == "webhook_secret" ? std::optional(m_value) : std::nullopt;
    }
    std::string hint(const std::string &, const std::string &) const override { return {}; }

private:
    Secret m_value;
};

class Counter final : public RunObserver
{
public:
    void eventAccepted(const std::string &, const std::string &, const IncomingEvent &event,
                       std::int64_t, Acceptance) override
    {
        bodies.push_back(event.body);
    }
    void deliveryRefused(const std::string &, const std::string &, const Error &why) override
    {
        refusals.push_back(why.code);
    }
    std::vector<std::string> bodies;
    std::vector<std::string> refusals;
};

} // namespace

/// Every signed delivery of the shared vectors, sent to a running receiver over HTTP: good ones are
/// stored byte for byte and answered 200, bad ones answered 400 with a reason and not stored.
class TestWebhookVectors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void receiverJudges_data();
    void receiverJudges();

private:
    void writeProject(std::int64_t tolerance);
    QString write(const QString &name, const QByteArray &text);

    Registry m_registry{allConnectors()};
    QJsonArray m_cases;
    QTemporaryDir m_dir;
};

void TestWebhookVectors::initTestCase()
{
    const QString path = test::sharedFile(QStringLiteral("stripe/webhook-vectors.json"));
    if (path.isEmpty())
        QSKIP("The signed deliveries (stripe/webhook-vectors.json) are not here.");
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    m_cases = QJsonDocument::fromJson(file.readAll()).object()[u"cases"].toArray();
    QCOMPARE(m_cases.size(), 76);
}

QString TestWebhookVectors::write(const QString &name, const QByteArray &text)
{
    const QString path = m_dir.filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write a test file");
    return path;
}

void TestWebhookVectors::writeProject(std::int64_t tolerance)
{
    write(QStringLiteral("tidewire.yaml"),
          "schema: project/1\nname: Vectors\nconnections:\n  stripe: {type: stripe}\n");
    write(QStringLiteral("environments/vectors.yaml"),
          "schema: environment/1\nname: vectors\nkind: sandbox\nconnections:\n"
          "  stripe: {webhook_secret: \"${secret:stripe/webhook_secret}\"}\n");
    write(QStringLiteral("flows/take.flow.yaml"),
          "schema: flow/1\nid: take\nname: Take\nconnections: {stripe: stripe}\nsteps:\n"
          "  - id: hook\n    type: stripe.webhook\n    connection: stripe\n"
          "    with: {events: [\"*\"], tolerance: " + QByteArray::number(qlonglong(tolerance)) + "s}\n"
          "    to: note\n  - id: note\n    type: log\n    with: {message: id}\n");
}

void TestWebhookVectors::receiverJudges_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < m_cases.size(); ++i)
        QTest::newRow(qPrintable(m_cases[i][u"name"].toString())) << i;
}

void TestWebhookVectors::receiverJudges()
{
    QFETCH(int, index);
    const QJsonValue one = m_cases[index];
    const std::string payload = toUtf8(one[u"payload"].toString());
    writeProject(one[u"tolerance"].toInteger());
    const auto project = Project::open(toUtf8(m_dir.path()));
    QVERIFY2(project, project ? "" : project.error().text().c_str());
    ManualClock clock(Instant::fromSeconds(one[u"now"].toInteger()));
    const OneSecret secrets(toUtf8(one[u"secret"].toString()));
    Counter counter;
    RuntimeOptions options;
    options.environment = "vectors";
    auto runtime = Runtime::start(**project, m_registry, clock, secrets, counter, options);
    QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());

    HttpClient client;
    HttpCall call;
    call.method = "POST";
    call.url = (*runtime)->ready().webhooks.at("take/hook");
    call.headers.add("Content-Type", "application/json");
    call.headers.add("Stripe-Signature", toUtf8(one[u"header"].toString()));
    call.body = payload;
    std::optional<Result<HttpAnswer>> answer;
    client.send(call, this, [&](Result<HttpAnswer> got) { answer = std::move(got); });
    QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000);
    QVERIFY2(*answer, *answer ? "" : answer->error().text().c_str());

    const bool valid = one[u"valid"].toBool();
    QCOMPARE((*answer)->status, valid ? 200 : 400);
    if (valid) {
        QCOMPARE(counter.bodies, std::vector<std::string>{payload});
        QVERIFY(counter.refusals.empty());
    } else {
        QVERIFY(counter.bodies.empty());
        QCOMPARE(counter.refusals.size(), std::size_t(1));
        QVERIFY((*answer)->body.find("\"message\"") != std::string::npos);
        QVERIFY((*runtime)->isIdle());
    }
}

QTEST_GUILESS_MAIN(TestWebhookVectors)
#include "tst_WebhookVectors.moc"
