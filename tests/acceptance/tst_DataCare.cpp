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
            {"run", path("project"), "--event", path("event.json"), "--until-idle", "--data-dir", data(),
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
};

QTEST_GUILESS_MAIN(TestDataCare)
#include "tst_DataCare.moc"
