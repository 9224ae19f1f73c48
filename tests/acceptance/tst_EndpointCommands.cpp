// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Clock.h"
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// Webhook endpoints through the command line, against a sandbox of its own.
class TestEndpointCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aPlanShowsAndApplyMakesExactlyOne();
    void theSecretIsStoredAndNeverShown();
    void withoutAKeyAPersonIsToldWhichOne();
    void theCommandOfTheCliIsPrinted();
    void coverageOfAFolderIsShown();

private:
    Finished webhook(const QStringList &arguments, const QStringList &more = {})
    {
        return runTidewire(QStringList{"webhook"} + arguments, {}, m_environment + more);
    }
    QJsonArray answerOf(const Finished &finished) const
    {
        return QJsonDocument::fromJson(finished.out).array();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_sandbox;
    QStringList m_environment;
    QString m_project;
};

void TestEndpointCommands::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_project = copyOfDemo(m_folder->path());
    m_sandbox = startTidewire({"sandbox", "--stripe", "127.0.0.1:0", "--json"});
    const QJsonObject ready = awaitLine(*m_sandbox, "ready");
    const QString url = ready["doubles"].toObject()["stripe"].toString();
    QVERIFY2(!url.isEmpty(), QJsonDocument(ready).toJson());
    write(m_project + "/environments/production.yaml",
          "schema: environment/1\nname: production\nkind: sandbox\nconnections:\n"
          "  stripe:\n    type: stripe\n    base_url: " +
              url.toUtf8() + "\n");
    m_environment = {"XDG_CONFIG_HOME=" + m_folder->filePath("config"),
                     "XDG_RUNTIME_DIR=" + m_folder->filePath("none"),
                     "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent",
                     "TIDEWIRE_SECRET_STRIPE_API_KEY=sk_test_endpoints"};
}

void TestEndpointCommands::cleanup()
{
    if (m_sandbox) {
        m_sandbox->terminate();
        m_sandbox->waitForFinished();
    }
}

void TestEndpointCommands::aPlanShowsAndApplyMakesExactlyOne()
{
    const QStringList common{m_project, "--env", "production", "--url", "https://hooks.example.com",
                             "--json"};
    auto plan = webhook(QStringList{"plan"} + common);
    QVERIFY2(plan.code == 1, plan.err);
    QCOMPARE(answerOf(plan)[0].toObject()["action"].toString(), QString("create"));
    QString id;
    for (int i = 0; i < 5; ++i) {
        const auto applied = webhook(QStringList{"apply"} + common);
        QVERIFY2(applied.code == 0, applied.err);
        const QJsonObject one = answerOf(applied)[0].toObject();
        QCOMPARE(one["action"].toString(), QString(i == 0 ? "create" : "keep"));
        QVERIFY(one["url"].toString().startsWith("https://hooks.example.com/hooks/"));
        QVERIFY(id.isEmpty() || one["id"].toString() == id);
        id = one["id"].toString();
    }
    plan = webhook(QStringList{"plan"} + common);
    QVERIFY2(plan.code == 0, plan.err);
}

void TestEndpointCommands::theSecretIsStoredAndNeverShown()
{
    const auto applied =
        webhook({"apply", m_project, "--env", "production", "--url", "https://hooks.example.com/"});
    QVERIFY2(applied.code == 0, applied.err);
    QVERIFY(!applied.out.contains("whsec_") && !applied.err.contains("whsec_"));
    QVERIFY(applied.out.contains("secret stored as stripe/webhook_secret"));
    const auto list = runTidewire({"secrets", "list", "--project", m_project}, {}, m_environment);
    QVERIFY2(list.out.contains("stripe/webhook_secret"), list.out + list.err);
    QFile sealed(m_project + "/secrets.sealed");
    QVERIFY(sealed.open(QIODevice::ReadOnly));
    QVERIFY(!sealed.readAll().contains("whsec_"));
}

void TestEndpointCommands::withoutAKeyAPersonIsToldWhichOne()
{
    m_environment.removeLast();
    const auto plan =
        webhook({"plan", m_project, "--env", "production", "--url", "https://hooks.example.com"});
    QCOMPARE(plan.code, 1);
    QVERIFY2(plan.err.contains("TIDEWIRE_SECRET_STRIPE_API_KEY"), plan.err);
}

void TestEndpointCommands::theCommandOfTheCliIsPrinted()
{
    const auto printed = webhook({"forward", "--to", "http://127.0.0.1:8787/hooks/pay/in",
                                  "--events", "charge.succeeded,charge.failed", "--print"});
    QCOMPARE(printed.code, 0);
    QCOMPARE(printed.out,
             QByteArray("stripe listen --forward-to http://127.0.0.1:8787/hooks/pay/in "
                        "--events charge.succeeded,charge.failed --latest\n"));
}

void TestEndpointCommands::coverageOfAFolderIsShown()
{
    const QString data = m_folder->filePath("data");
    const auto ran = runTidewire({"run", m_project, "--demo", "5", "--data-dir", data, "--json"},
                                 {}, m_environment);
    QVERIFY2(ran.code == 0, ran.out + ran.err);
    const auto told =
        runTidewire({"connections", "coverage", "--data-dir", data, "--json"}, {}, m_environment);
    QVERIFY2(told.code == 0, told.err);
    const QJsonArray sources = answerOf(told);
    QCOMPARE(sources.size(), 1);
    QVERIFY(sources[0].toObject().contains("received"));
    QVERIFY(sources[0].toObject().contains("checked_to"));
}

QTEST_GUILESS_MAIN(TestEndpointCommands)
#include "tst_EndpointCommands.moc"
