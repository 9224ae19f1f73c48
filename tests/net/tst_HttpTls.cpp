// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpClient.h"
#include "core/net/HttpServer.h"
#include "tests/net/SelfSigned.h"

#include <QSignalSpy>
#include <QSslSocket>
#include <QTemporaryFile>
#include <QTest>
#include <memory>

using namespace tw;
using namespace std::chrono_literals;

namespace {

struct TlsServer
{
    explicit TlsServer(const test::SelfSigned &identity, HttpLimits limits = {}) : server(limits)
    {
        certificate.open();
        certificate.write(identity.certificatePem);
        certificate.flush();
        server.setTls(identity.serverConfiguration());
        server.setHandler([this](HttpRequest request, HttpReply reply) {
            ++requests;
            reply.send(textResponse(200, request.body));
        });
        isListening = server.listen("127.0.0.1", 0).has_value();
    }

    HttpClientOptions trusting() const
    {
        HttpClientOptions options;
        options.proxy = "";
        options.caFile = certificate.fileName().toStdString();
        return options;
    }

    HttpServer server;
    QTemporaryFile certificate;
    int requests = 0;
    bool isListening = false;
};

} // namespace

class tst_HttpTls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void speaksTlsWithAPeerItTrusts()
    {
        TlsServer peer(test::SelfSigned::make("IP:127.0.0.1", 1));
        QVERIFY(peer.isListening);
        HttpClient client(peer.trusting());
        for (int i = 0; i < 3; ++i) {
            std::unique_ptr<Result<HttpAnswer>> result;
            HttpCall call;
            call.method = "POST";
            call.url = peer.server.url() + "/x";
            call.body = std::string(200'000, 'x');
            client.send(std::move(call), this, [&](Result<HttpAnswer> answer) {
                result = std::make_unique<Result<HttpAnswer>>(std::move(answer));
            });
            QTRY_VERIFY(result);
            QVERIFY2(*result, result->has_value() ? "" : result->error().text().c_str());
            QCOMPARE((*result)->status, 200);
            QCOMPARE((*result)->body.size(), 200'000u);
            QCOMPARE((*result)->reused, i > 0);
        }
    }

    void refusesAPeerItCannotTrust_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("days");
        QTest::addColumn<bool>("isKnown");
        QTest::newRow("an unknown authority") << QByteArray("IP:127.0.0.1") << 1 << false;
        QTest::newRow("a certificate that has expired") << QByteArray("IP:127.0.0.1") << -1 << true;
        QTest::newRow("a certificate of another host")
            << QByteArray("DNS:other.example") << 1 << true;
    }
    void refusesAPeerItCannotTrust()
    {
        QFETCH(QByteArray, host);
        QFETCH(int, days);
        QFETCH(bool, isKnown);
        TlsServer peer(test::SelfSigned::make(host.toStdString(), days));
        HttpClientOptions options = peer.trusting();
        if (!isKnown)
            options.caFile.clear();
        HttpClient client(options);
        std::unique_ptr<Error> error;
        HttpCall call;
        call.url = peer.server.url();
        client.send(std::move(call), this, [&](Result<HttpAnswer> answer) {
            if (!answer)
                error = std::make_unique<Error>(std::move(answer).error());
        });
        QTRY_VERIFY(error);
        QCOMPARE(error->code, "net.tls");
        QVERIFY(error->kind == ErrorKind::Config);
        QVERIFY(!error->outcomeUnknown);
        QCOMPARE(peer.requests, 0);
    }

    void dropsAClientThatNeverFinishesItsHandshake()
    {
        HttpLimits limits;
        limits.headTimeout = 40ms;
        TlsServer peer(test::SelfSigned::make("IP:127.0.0.1", 1), limits);
        QTcpSocket silent;
        silent.connectToHost(QStringLiteral("127.0.0.1"), peer.server.port());
        QTRY_COMPARE(peer.server.connectionCount(), 1u);
        QTRY_COMPARE(peer.server.connectionCount(), 0u);
    }

    void dropsAClientThatDoesNotSpeakTls()
    {
        TlsServer peer(test::SelfSigned::make("IP:127.0.0.1", 1));
        QTcpSocket plain;
        QSignalSpy disconnected(&plain, &QTcpSocket::disconnected);
        plain.connectToHost(QStringLiteral("127.0.0.1"), peer.server.port());
        plain.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(disconnected.count(), 1);
        QTRY_COMPARE(peer.server.connectionCount(), 0u);
        QCOMPARE(peer.requests, 0);
    }
};

QTEST_GUILESS_MAIN(tst_HttpTls)
#include "tst_HttpTls.moc"
