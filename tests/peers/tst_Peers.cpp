// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/connectors/salesforce/SalesforceDouble.h"
#include "core/connectors/stripe/double/StripeDouble.h"

#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <QUrl>

using namespace tw;

/// The official clients, pinned in package.json, against our doubles. `npm ci` in this folder, or a
/// folder named by TIDEWIRE_PEERS_DIR, makes them available.
class TestPeers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void stripeSdkWorksWithTheDouble();
    void stripeSdkDrivesBilling();
    void jsforceWorksWithTheDouble();

private:
    void run(const QString &script, const QStringList &arguments);

    QString m_node, m_folder;
    SystemClock m_clock;
};

void TestPeers::initTestCase()
{
    m_node = QStandardPaths::findExecutable(QStringLiteral("node"));
    if (m_node.isEmpty())
        QSKIP("node is not installed: the peer tests need node 20 or newer");
    const QString sources = QStringLiteral(TIDEWIRE_SOURCE_DIR "/tests/peers");
    m_folder = qEnvironmentVariable("TIDEWIRE_PEERS_DIR", sources);
    if (!QFileInfo::exists(m_folder + QStringLiteral("/node_modules/stripe")) ||
        !QFileInfo::exists(m_folder + QStringLiteral("/node_modules/jsforce")))
        QSKIP("the peers are not installed: run \"npm ci --ignore-scripts\" in tests/peers");
    // Modules are looked up beside the script, so a foreign folder gets copies.
    for (const auto *name : {"stripe.mjs", "stripe_billing.mjs", "salesforce.mjs"}) {
        const QString file = QLatin1Char('/') + QString::fromLatin1(name);
        if (m_folder != sources) {
            QFile::remove(m_folder + file);
            QVERIFY(QFile::copy(sources + file, m_folder + file));
        }
    }
}

void TestPeers::run(const QString &script, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setWorkingDirectory(m_folder);
    process.start(m_node, QStringList{script} + arguments);
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(process.state() == QProcess::NotRunning, 60'000);
    const QByteArray output = process.readAll();
    QVERIFY2(process.exitCode() == 0, output.constData());
    QVERIFY2(output.contains("all good"), output.constData());
}

void TestPeers::stripeSdkWorksWithTheDouble()
{
    const auto started = stripe::StripeDouble::start({m_clock, "127.0.0.1", 0, 7, {}});
    QVERIFY(started);
    const QUrl url(toQString((*started)->url()));
    run(QStringLiteral("stripe.mjs"),
        {url.host(), QString::number(url.port()), QStringLiteral("whsec_peer_secret")});
}

void TestPeers::stripeSdkDrivesBilling()
{
    const auto started = stripe::StripeDouble::start({m_clock, "127.0.0.1", 0, 7, {}});
    QVERIFY(started);
    const QUrl url(toQString((*started)->url()));
    run(QStringLiteral("stripe_billing.mjs"), {url.host(), QString::number(url.port())});
}

void TestPeers::jsforceWorksWithTheDouble()
{
    const auto started = salesforce::SalesforceDouble::start({m_clock, "127.0.0.1", 0, 7, {}});
    QVERIFY(started);
    const auto secrets = (*started)->connectionSecrets();
    run(QStringLiteral("salesforce.mjs"),
        {toQString((*started)->url()), toQString(secrets.at("client_id").reveal()),
         toQString(secrets.at("client_secret").reveal())});
}

QTEST_GUILESS_MAIN(TestPeers)
#include "tst_Peers.moc"
