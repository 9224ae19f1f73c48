// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace tw::test;

namespace {

const QByteArray kToken = "tok-7f3a9c-canary";

/// A service that echoes the headers of a call: /refuse with 422, everything else with 200. On a thread
/// of its own, because programs are waited for.
class EchoService final : public QThread
{
public:
    EchoService() { start(); while (m_port == 0) yieldCurrentThread(); }
    ~EchoService() override
    {
        quit();
        wait();
    }
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port.load()); }
    int calls() const { return m_calls; }

private:
    void run() override
    {
        QTcpServer server;
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(*socket); });
        });
        server.listen(QHostAddress::LocalHost);
        m_port = server.serverPort();
        exec();
    }
    void answer(QTcpSocket &socket)
    {
        const QByteArray call = socket.peek(1 << 20);
        const qsizetype end = call.indexOf("\r\n\r\n");
        const qsizetype at = call.toLower().indexOf("content-length:");
        const qsizetype size = at < 0 ? 0 : call.mid(at + 15, call.indexOf("\r\n", at) - at - 15).trimmed().toLongLong();
        if (end < 0 || call.size() < end + 4 + size)
            return;
        socket.read(call.size());
        ++m_calls;
        const QJsonObject echo{{"you_sent", QString::fromUtf8(call.left(end))}};
        const QByteArray body = QJsonDocument(echo).toJson(QJsonDocument::Compact);
        socket.write((call.contains(" /refuse") ? "HTTP/1.1 422 Unprocessable\r\n" : "HTTP/1.1 200 OK\r\n")
                     + QByteArray("Content-Type: application/json\r\nX-Echo: Bearer " + kToken
                                  + "\r\nContent-Length: ")
                     + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    std::atomic<quint16> m_port = 0;
    std::atomic<int> m_calls = 0;
};

} // namespace

/// What a runner keeps for years: no secret in it, nobody who asked to be taken out, and nothing that
/// changed behind its back.
class TestDataCare : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString path(const QString &name) const { return m_folder->filePath(name); }
    QString data() const { return path("data"); }

    QJsonDocument desk(QStringList arguments, int code = 0)
    {
        const Finished done = runTidewire(arguments << "--data-dir" << data() << "--json");
        if (done.code != code)
            qWarning("%d: %s", done.code, done.err.constData());
        return done.code == code ? QJsonDocument::fromJson(done.out) : QJsonDocument();
    }
    void runDemo()
    {
        const Finished done = runTidewire({"run", demoProject(), "--demo", "6", "--data-dir", data()});
        QVERIFY2(done.code == 0, done.err);
    }
    /// Puts other bytes in the place of what stands last in the journal: in its letter.
    void damage(const QByteArray &what, const QByteArray &by)
    {
        QFile file(data() + "/journal.db");
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        QVERIFY(what.size() == by.size() && bytes.contains(what));
        file.seek(0);
        file.write(bytes.replace(what, by));
    }
    bool anyFileHolds(const QByteArray &words) const
    {
        QDirIterator walk(data(), QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext()) {
            QFile file(walk.next());
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains(words))
                return true;
        }
        return false;
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void anEchoedTokenIsNowhere()
    {
        EchoService service;
        write(path("project/tidewire.yaml"),
              "schema: project/1\nname: Shop\nconnections:\n  shop: {type: http}\n");
        write(path("project/environments/local.yaml"),
              "schema: environment/1\nname: local\nkind: local\nconnections:\n  shop: {base_url: \""
                  + service.url().toUtf8() + "\", auth: bearer, allow_private: true}\n");
        write(path("project/flows/order.flow.yaml"),
              "schema: flow/1\nid: order\nname: Order\nversion: 1.0.0\nconnections: {shop: http}\nsteps:\n"
              "  - {id: start, type: http.webhook, connection: shop, with: {verify: none}, to: fine}\n"
              "  - {id: fine, type: http.request, connection: shop, with: {path: /fine}, to: refused}\n"
              "  - {id: refused, type: http.request, connection: shop, with: {path: /refuse}}\n");
        write(path("event.json"), R"({"id":"evt_1","type":"order","order":7})");
        const Finished done = runTidewire(
            {"run", path("project"), "--event", path("event.json"), "--flow", "order", "--until-idle", "--data-dir", data(),
             "--json", "--log", "json"},
            {}, {"TIDEWIRE_SECRET_SHOP_TOKEN=" + kToken});
        QVERIFY2(service.calls() == 2, done.err + done.out);
        QVERIFY2(!(done.out + done.err).contains("7f3a9c"), done.out + done.err);
        const QByteArray run = desk({"runs", "show", "1"}).toJson();
        QVERIFY2(run.contains("you_sent") && run.contains("[secret]") && !run.contains("7f3a9c"), run);
        const QByteArray letter = desk({"dead-letters", "show", "1"}).toJson();
        QVERIFY2(letter.contains("[secret]") && !letter.contains("7f3a9c"), letter);
        QVERIFY(!anyFileHolds("7f3a9c"));
        QVERIFY(!anyFileHolds(kToken.toBase64().left(12)));
    }

    void aChangedLetterIsToldAsDamaged()
    {
        runDemo();
        damage("\"Account__c\"", "\"Account__d\"");
        const Finished check = runTidewire({"journal", "check", data()});
        QCOMPARE(check.code, 1);
        QVERIFY2(check.err.contains("dead letter 1"), check.err);
        const Finished shown = runTidewire({"dead-letters", "show", "1", "--data-dir", data(), "--json"});
        QCOMPARE(shown.code, 1);
        QVERIFY(QJsonDocument::fromJson(shown.out).object().value("damaged").toBool());
        const Finished input = runTidewire({"dead-letters", "show", "1", "--input", "--data-dir", data()});
        QCOMPARE(input.code, 1);
        QVERIFY2(input.out.isEmpty() && input.err.contains("does not match its sum"), input.out + input.err);
        QCOMPARE(runTidewire({"dead-letters", "replay", "1", "--data-dir", data()}).code, 1);
        QVERIFY(runTidewire({"dead-letters", "discard", "1", "--reason", "r", "--data-dir", data()}).code == 0);
        const Finished started = runTidewire({"run", demoProject(), "--until-idle", "--data-dir", data()});
        QVERIFY2(started.err.contains("not as written: dead letter 1"), started.err);
    }

    void aCheckSaysWhatItLookedAt()
    {
        runDemo();
        const Finished check = runTidewire({"journal", "check", data()});
        QCOMPARE(check.code, 0);
        QVERIFY2(check.out.contains("1 dead letter,") && check.out.contains("steps")
                     && check.out.contains("events") && check.out.contains("log"), check.out);
    }

    void aSealedJournalWithoutItsKeyIsTold()
    {
        const QStringList home{"XDG_CONFIG_HOME=" + path("home")};
        const QStringList other{"XDG_CONFIG_HOME=" + path("other")};
        QCOMPARE(runTidewire({"run", demoProject(), "--demo", "6", "--data-dir", data(), "--encrypt"}, {}, home).code, 0);
        const Finished whole = runTidewire({"journal", "check", data()}, {}, home);
        QVERIFY2(whole.code == 0 && whole.out.contains(" events"), whole.out + whole.err);
        const Finished locked = runTidewire({"journal", "check", data()}, {}, other);
        QCOMPARE(locked.code, 1);
        QVERIFY2(locked.err.contains("sealed and its key is not there"), locked.err);
        const Finished backup = runTidewire({"journal", "backup", data()}, {}, home);
        QCOMPARE(backup.code, 0);
        QVERIFY2(backup.err.contains("project.key"), backup.err);
        QVERIFY(QFile::exists(QString::fromUtf8(backup.out.trimmed())));
        const Finished blind = runTidewire({"journal", "backup", data()}, {}, other);
        QCOMPARE(blind.code, 1);
        QVERIFY2(blind.err.contains("Nobody can read the copy"), blind.err);
    }

    void anErasureIsShownBeforeItIsDoneAndReachesTheAuditLog()
    {
        runDemo();
        QVERIFY(!desk({"dead-letters", "discard", "1", "--reason", "test Jane Roe jane@x.example"}).isEmpty());
        const QJsonObject miss = desk({"erase", "nobody@x.example", "--reason", "r"}, 1).object();
        QCOMPARE(miss.value("outcome").toString(), QString("nothing_found"));
        // Its own reason would name the person again.
        for (const QStringList &own : {QStringList{"--reason", "JANE@x.example asked"},
                                       QStringList{"--reason", "r", "--by", "jane@x.example"}})
            QCOMPARE(runTidewire(QStringList{"erase", "jane@x.example", "--data-dir", data()} + own).code, 2);
        const QStringList erase{"erase", "Jane@X.example", "--reason", "GDPR"};
        const QJsonObject would = desk(erase + QStringList{"--dry-run"}).object();
        QCOMPARE(would.value("outcome").toString(), QString("dry_run"));
        QCOMPARE(would.value("audit_entries").toInt(), 1);
        QVERIFY(anyFileHolds("jane@x.example"));
        const QJsonObject done = desk(erase).object();
        QCOMPARE(done.value("outcome").toString(), QString("erased"));
        QVERIFY(!anyFileHolds("jane@x.example"));
        const QByteArray log = desk({"audit", "list"}).toJson();
        QVERIFY2(log.contains("(erased)") && !log.contains("jane@x"), log);
        QVERIFY(!desk({"audit", "verify"}).isEmpty());
        QCOMPARE(desk({"dead-letters", "show", "1"}).object().value("reason").toString(), QString("(erased)"));
    }

    void aScriptDoesNotEraseManyRunsByAccident()
    {
        const Finished many = runTidewire({"run", demoProject(), "--demo", "20", "--data-dir", data()});
        QVERIFY2(many.code == 0, many.err);
        const QStringList erase{"erase", "charge.succeeded", "--reason", "r", "--data-dir", data()};
        const Finished refused = runTidewire(erase);
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("--yes"), refused.err);
        QVERIFY(desk({"runs", "show", "1"}).object().contains("body"));
        QCOMPARE(runTidewire(erase + QStringList{"--yes"}).code, 0);
        QVERIFY(!desk({"runs", "show", "1"}).object().contains("body"));
    }

    void aRestoreSaysWhatItForgets()
    {
        runDemo();
        QCOMPARE(runTidewire({"journal", "backup", data()}).code, 0);
        QVERIFY(!desk({"dead-letters", "assign", "1", "--owner", "bob"}).isEmpty());
        QVERIFY(!desk({"dead-letters", "discard", "1", "--reason", "a test"}).isEmpty());
        const QJsonArray before = desk({"audit", "list"}).array();
        const Finished restored
            = runTidewire({"journal", "set-aside", data(), "--restore", "--force", "--by", "ana"});
        QVERIFY2(restored.code == 0, restored.err);
        QVERIFY2(restored.out.contains("2 decisions of people"), restored.out);
        QVERIFY2(restored.out.contains("The dead letter 1 is open again"), restored.out);
        const QJsonObject entry = desk({"audit", "list"}).array().last().toObject();
        QCOMPARE(entry.value("action").toString(), QString("journal.restore"));
        QCOMPARE(entry.value("who").toString(), QString("ana"));
        const QJsonObject detail = entry.value("detail").toObject();
        QCOMPARE(detail.value("decisions_lost").toInt(), 2);
        QCOMPARE(detail.value("replaced_last_hash"), before.last().toObject().value("hash"));
        QVERIFY(!desk({"audit", "verify"}).isEmpty());
    }

    void withoutAQuotaNoAlertCanFire()
    {
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        const QString url = awaitLine(*runner, "ready").value("admin").toString();
        const QByteArray metrics = fetch(url + "/metrics").second;
        QVERIFY(metrics.contains("tidewire_journal_used_bytes "));
        QVERIFY(!metrics.contains("tidewire_journal_intake_limit_bytes"));
        QVERIFY(!metrics.contains("tidewire_journal_quota_bytes"));
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }
};

QTEST_GUILESS_MAIN(TestDataCare)
#include "tst_DataCare.moc"
