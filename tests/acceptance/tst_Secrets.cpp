// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// Secrets of a project through the command line: typed once, sealed at rest, found by `run`.
class TestSecrets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aSecretIsSealedListedAndRemoved();
    void wrongUseIsRefused_data();
    void wrongUseIsRefused();
    void theValueMayBeProtectedByAPassphrase();
    void aLostKeyIsNeverReplacedBehindSealedSecrets();
    void runNamesEveryPlaceWhereASecretWasLookedFor();
    void runFindsSealedSecretsAndCredentials();

private:
    Finished secrets(const QStringList &arguments, const QByteArray &input = {})
    {
        return runTidewire(QStringList{"secrets"} + arguments, input, m_environment);
    }
    QString path(const QString &name) const { return m_folder->filePath(name); }
    bool anyFileHolds(const QByteArray &words) const
    {
        QDirIterator walk(m_folder->path(), QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext()) {
            QFile file(walk.next());
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains(words))
                return true;
        }
        return false;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QStringList m_environment;
    QString m_project;
};

void TestSecrets::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_project = path("project");
    QDir().mkpath(m_project + "/flows");
    QDir().mkpath(m_project + "/environments");
    for (const char *file : {"tidewire.yaml", "flows/stripe-charge-to-payment.flow.yaml",
                             "environments/sandbox.yaml"})
        QVERIFY(QFile::copy(demoProject() + '/' + file, m_project + '/' + file));
    m_environment = {"XDG_CONFIG_HOME=" + path("config"), "XDG_RUNTIME_DIR=" + path("none"),
                     "DBUS_SESSION_BUS_ADDRESS="};
}

void TestSecrets::aSecretIsSealedListedAndRemoved()
{
    const QStringList project{"--project", m_project};
    const Finished stored = secrets(QStringList{"set", "stripe/api_key"} + project, "sk_test_canary\n");
    QVERIFY2(stored.code == 0, stored.err);
    QVERIFY(!(stored.out + stored.err).contains("canary"));
    QCOMPARE(secrets(QStringList{"set", "crm/client_secret", "--json"} + project, "other").code, 0);
    QVERIFY(!anyFileHolds("canary"));
    QVERIFY(!anyFileHolds(QByteArray("sk_test_canary").toBase64()));

    QCOMPARE(secrets(QStringList{"list"} + project).out,
             QByteArray("crm/client_secret\nstripe/api_key\n"));
    const QJsonObject listed
        = QJsonDocument::fromJson(secrets(QStringList{"list", "--json"} + project).out).object();
    QCOMPARE(listed["secrets"].toArray(), QJsonArray({"crm/client_secret", "stripe/api_key"}));

    QCOMPARE(secrets(QStringList{"remove", "stripe/api_key"} + project).code, 0);
    const Finished again = secrets(QStringList{"remove", "stripe/api_key"} + project);
    QCOMPARE(again.code, 1);
    QVERIFY(again.err.contains("stripe/api_key"));
    QCOMPARE(secrets(QStringList{"list"} + project).out, QByteArray("crm/client_secret\n"));
}

void TestSecrets::wrongUseIsRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<int>("code");
    const QStringList none;
    QTest::newRow("no action") << none << QByteArray() << 2;
    QTest::newRow("no name") << QStringList{"set"} << QByteArray("x") << 2;
    QTest::newRow("a name without a field") << QStringList{"set", "stripe"} << QByteArray("x") << 2;
    QTest::newRow("a name that climbs") << QStringList{"set", "../x"} << QByteArray("x") << 2;
    QTest::newRow("a value as an argument")
        << QStringList{"set", "stripe/api_key", "sk_test_1"} << QByteArray("x") << 2;
    QTest::newRow("an empty value") << QStringList{"set", "stripe/api_key"} << QByteArray("\n") << 2;
    QTest::newRow("no project") << QStringList{"set", "a/b", "--project", "/nonexistent"}
                                << QByteArray("x") << 1;
    QTest::newRow("no keychain") << QStringList{"set", "stripe/api_key", "--in", "keychain"}
                                 << QByteArray("x") << 3;
}

void TestSecrets::wrongUseIsRefused()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, input);
    QFETCH(int, code);
    if (!arguments.isEmpty() && !arguments.contains("--project"))
        arguments += {"--project", m_project};
    const Finished done = secrets(arguments, input);
    QCOMPARE(done.code, code);
    QVERIFY(!done.err.isEmpty());
    QVERIFY(!QFile::exists(m_project + "/secrets.sealed"));
}

void TestSecrets::theValueMayBeProtectedByAPassphrase()
{
    m_environment += "TIDEWIRE_PROJECT_PASSPHRASE=horse";
    const Finished stored = secrets({"set", "stripe/api_key", "--project", m_project, "--protect",
                                     "passphrase"}, "sk_test_1");
    QVERIFY2(stored.code == 0, stored.err);
    QVERIFY(!QFile::exists(path("config")));
    m_environment.last() = "TIDEWIRE_PROJECT_PASSPHRASE=donkey";
    const Finished wrong = secrets({"set", "stripe/webhook_secret", "--project", m_project}, "x");
    QCOMPARE(wrong.code, 1);
    QVERIFY(wrong.err.contains("vault.wrong_passphrase"));
}

void TestSecrets::aLostKeyIsNeverReplacedBehindSealedSecrets()
{
    const QStringList project{"--project", m_project};
    QCOMPARE(secrets(QStringList{"set", "stripe/api_key"} + project, "sk_test_1").code, 0);
    QVERIFY(QFile::remove(m_project + "/project.key"));
    const Finished done = secrets(QStringList{"set", "stripe/webhook_secret"} + project, "x");
    QCOMPARE(done.code, 1);
    QVERIFY(done.err.contains("vault.no_key"));
    QVERIFY(!QFile::exists(m_project + "/project.key"));
}

void TestSecrets::runNamesEveryPlaceWhereASecretWasLookedFor()
{
    const Finished done = runTidewire({"run", m_project, "--env", "sandbox", "--listen",
                                       "127.0.0.1:0"}, {}, m_environment);
    QCOMPARE(done.code, 1);
    for (const char *place : {"TIDEWIRE_SECRET_", "systemd credential tidewire.",
                              "secrets.sealed", "keychain", "tidewire secrets set"})
        QVERIFY2(done.err.contains(place), done.err + "lacks " + place);
}

void TestSecrets::runFindsSealedSecretsAndCredentials()
{
    const QStringList project{"--project", m_project};
    QCOMPARE(secrets(QStringList{"set", "stripe/api_key"} + project, "sk_test_1").code, 0);
    QCOMPARE(secrets(QStringList{"set", "stripe/webhook_secret"} + project, "whsec_1").code, 0);
    QCOMPARE(secrets({"set", "crm/client_id", "--data-dir", path("data")}, "3MVG9").code, 0);
    QFile credential(path("tidewire.crm.client_secret"));
    QVERIFY(credential.open(QIODevice::WriteOnly));
    credential.write("from systemd\n");
    credential.close();
    m_environment += "CREDENTIALS_DIRECTORY=" + m_folder->path();
    const auto running = startTidewire({"run", m_project, "--env", "sandbox", "--listen",
                                        "127.0.0.1:0", "--data-dir", path("data"), "--json"},
                                       m_environment);
    QVERIFY(!awaitLine(*running, "ready").isEmpty());
    running->terminate();
    QVERIFY(running->waitForFinished());
    QCOMPARE(running->exitCode(), 0);
}

QTEST_GUILESS_MAIN(TestSecrets)
#include "tst_Secrets.moc"
