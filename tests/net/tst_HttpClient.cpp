// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpClient.h"

#include "core/base/Encoding.h"
#include "core/net/HttpServer.h"
#include "tests/net/ClientSupport.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include <memory>

using namespace tw;
using namespace tw::test;
using namespace std::chrono_literals;

class tst_HttpClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_requests.clear();
        m_held.clear();
        m_inbox = std::make_unique<Inbox>();
        m_server = std::make_unique<HttpServer>();
        m_server->setHandler([this](HttpRequest request, HttpReply reply) {
            m_requests.push_back(request);
            if (request.path == "/hold")
                m_held.push_back(std::move(reply));
            else if (request.path == "/redirect")
                reply.send({302, {{"Location", "/landed"}}, "", false, {}});
            else if (request.path == "/cut")
                reply.send({200, {}, std::string(1000, 'x'), false, 500});
            else
                reply.send({200,
                            {{"X-Echo", request.method}, {"X-Twice", "1"}, {"x-twice", "2"}},
                            request.body,
                            false,
                            {}});
        });
        QVERIFY(m_server->listen("127.0.0.1", 0));
        m_client = std::make_unique<HttpClient>(noProxy());
    }
    void cleanup()
    {
        m_client.reset();
        m_server.reset();
    }

    void sendsMethodHeadersAndBodyAsGiven_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        for (const char *method :
             {"GET", "DELETE", "OPTIONS", "POST", "PUT", "PATCH", "PROPFIND"}) {
            QTest::addRow("%s without a body", method) << QByteArray(method) << QByteArray();
            QTest::addRow("%s with a body", method)
                << QByteArray(method) << QByteArray("a\0\r\n{}\xff", 7);
        }
        QTest::newRow("a large POST") << QByteArray("POST") << QByteArray(900'000, 'x');
    }
    void sendsMethodHeadersAndBodyAsGiven()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        HttpCall call =
            callTo(m_server->url() + "/x?y=1", method.toStdString(), body.toStdString());
        call.headers = {{"X-A", "one"}, {"X-A", "two"}, {"X-Empty", ""}, {"X-Utf8", "\xc3\xa4"}};
        m_client->send(std::move(call), m_inbox.get(), m_inbox->slot());
        QVERIFY(m_inbox->results.empty());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->answer().status, 200);
        QCOMPARE(m_inbox->answer().body, body.toStdString());
        QCOMPARE(m_inbox->answer().protocol, "HTTP/1.1");
        QCOMPARE(m_inbox->answer().headers.value("x-echo"), method.toStdString());
        QCOMPARE(m_inbox->answer().headers.values("X-Twice").size(), 2u);
        const HttpRequest &request = m_requests.at(0);
        QCOMPARE(request.target, "/x?y=1");
        QCOMPARE(request.body, body.toStdString());
        QCOMPARE(request.headers.values("X-A").size(), 2u);
        QVERIFY(request.headers.contains("X-Empty"));
        QCOMPARE(request.header("X-Utf8"), "\xc3\xa4");
        QCOMPARE(request.header("User-Agent"), "Tidewire");
        QVERIFY(!request.headers.contains("Content-Type"));
        QVERIFY(!request.headers.contains("Cookie"));
    }

    void sendsHead()
    {
        m_client->send(callTo(m_server->url(), "HEAD"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_requests.at(0).method, "HEAD");
        QCOMPARE(m_inbox->answer().headers.value("X-Echo"), "HEAD");
    }

    void sendsThePathAsEncoded_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path : {"/a%2F..%2Fb", "/a/../b", "/./a//b", "/%2E%2E/x",
                                 "/x%00y?a=%2f%26", "/{a}|b", "/a;b=c,d"})
            QTest::newRow(path) << QByteArray(path);
    }
    void sendsThePathAsEncoded()
    {
        QFETCH(QByteArray, path);
        m_client->send(callTo(m_server->url() + path.toStdString()), m_inbox.get(),
                       m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_requests.at(0).target, path.toStdString());
    }

    void refusesWhatWouldBreakOut_data()
    {
        QTest::addColumn<QByteArray>("url"); // %1 is the server.
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("code");
        const auto field = [](const char *title, const QByteArray &name, const QByteArray &value) {
            QTest::newRow(title) << QByteArray("%1/") << QByteArray("GET") << name << value
                                 << QByteArray("net.bad_header");
        };
        field("CRLF in a value", "X", "a\r\nY: b");
        field("LF in a value", "X", "a\nY: b");
        field("CR in a value", "X", "a\rb");
        field("NUL in a value", "X", QByteArray("a\0b", 3));
        field("CRLF in a name", "X\r\nY", "a");
        field("a colon in a name", "X:Y", "a");
        field("an empty name", "", "a");
        field("a length of one's own", "content-length", "1");
        field("an encoding of one's own", "Transfer-Encoding", "chunked");
        field("a Host of one's own", "Host", "b");
        const auto url = [](const char *title, const QByteArray &text) {
            QTest::newRow(title) << text << QByteArray("GET") << QByteArray("A") << QByteArray("a")
                                 << QByteArray("net.bad_url");
        };
        url("a space in the URL", "%1/a b");
        url("CRLF in the URL", "%1/a\r\nX: y");
        url("a file URL", "file:///etc/passwd");
        url("an FTP URL", "ftp://127.0.0.1/");
        url("credentials in the URL", "http://a:b@127.0.0.1/");
        url("a backslash in the host", "http://127.0.0.1\\@x/");
        url("no host", "http:///x");
        url("no scheme", "127.0.0.1/x");
        url("a port that is no port", "http://127.0.0.1:99999/");
        QTest::newRow("a method with a space")
            << QByteArray("%1/") << QByteArray("GET /x HTTP/1.1\r\nX:") << QByteArray("A")
            << QByteArray("a") << QByteArray("net.bad_method");
    }
    void refusesWhatWouldBreakOut()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, code);
        HttpCall call =
            callTo(url.replace("%1", m_server->url().c_str()).toStdString(), method.toStdString());
        call.headers.add(name.toStdString(), value.toStdString());
        m_client->send(std::move(call), m_inbox.get(), m_inbox->slot());
        QVERIFY(m_inbox->results.empty());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->error().code, code.toStdString());
        QVERIFY(m_inbox->error().kind == ErrorKind::Config);
        QVERIFY(m_requests.empty());
    }

    void reusesItsConnection()
    {
        for (std::size_t i = 1; i <= 5; ++i) {
            m_client->send(callTo(m_server->url()), m_inbox.get(), m_inbox->slot());
            QTRY_COMPARE(m_inbox->results.size(), i);
            QCOMPARE(m_inbox->answer(i - 1).reused, i > 1);
        }
        QCOMPARE(m_server->connectionCount(), 1u);
    }

    void sends64AtOnce()
    {
        for (int i = 0; i < 64; ++i)
            m_client->send(callTo(m_server->url() + "/hold"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_held.size(), 64u);
        QCOMPARE(m_server->connectionCount(), 64u);
        m_held.clear(); // Each one answers 500.
        QTRY_COMPARE(m_inbox->results.size(), 64u);
        for (int i = 0; i < 256; ++i)
            m_client->send(callTo(m_server->url()), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 320u);
        QCOMPARE(m_server->connectionCount(), 64u);
        QVERIFY(std::all_of(m_inbox->results.begin() + 64, m_inbox->results.end(),
                            [](const auto &result) { return result && result->status == 200; }));
    }

    void keepsToItsLimitOfConnections()
    {
        HttpClientOptions options = noProxy();
        options.connectionsPerHost = 2;
        HttpClient client(options);
        for (int i = 0; i < 6; ++i)
            client.send(callTo(m_server->url() + "/hold"), m_inbox.get(), m_inbox->slot());
        for (std::size_t answered = 0; answered < 6; ++answered) {
            QTRY_VERIFY(!m_held.empty());
            QVERIFY(m_held.size() <= 2);
            m_held.erase(m_held.begin());
            QTRY_COMPARE(m_inbox->results.size(), answered + 1);
        }
        QCOMPARE(m_server->connectionCount(), 2u);
    }

    void timesOutWithAnUnknownOutcome()
    {
        HttpCall call = callTo(m_server->url() + "/hold", "POST", "x");
        call.timeout = 60ms;
        m_client->send(std::move(call), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->error().code, "net.timeout");
        QVERIFY(m_inbox->error().kind == ErrorKind::Transient);
        QVERIFY(m_inbox->error().outcomeUnknown);
    }

    void anAnswerThatTricklesForEverEndsAtTheTimeOut()
    {
        QTcpServer drip;
        QVERIFY(drip.listen(QHostAddress::LocalHost));
        QTimer drops;
        connect(&drip, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *socket = drip.nextPendingConnection();
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            connect(&drops, &QTimer::timeout, socket, [socket] {
                socket->write("x");
                socket->flush();
            });
        });
        drops.start(1ms);
        HttpCall call = callTo("http://127.0.0.1:" + std::to_string(drip.serverPort()), "POST", "x");
        call.timeout = 150ms;
        m_client->send(std::move(call), m_inbox.get(), m_inbox->slot());
        m_client->send(callTo(m_server->url()), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 2u);
        QCOMPARE(m_inbox->answer(0).status, 200); // The other peer is not held up.
        QCOMPARE(m_inbox->error(1).code, "net.timeout");
        QVERIFY(m_inbox->error(1).outcomeUnknown);
    }

    void saysThatARefusedConnectionSentNothing()
    {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress(QHostAddress::LocalHost)));
        const std::string url = "http://127.0.0.1:" + std::to_string(closed.serverPort());
        closed.close();
        m_client->send(callTo(url + "/secret?token=abc", "POST", "x"), m_inbox.get(),
                       m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->error().code, "net.connect");
        QVERIFY(m_inbox->error().kind == ErrorKind::Transient);
        QVERIFY(!m_inbox->error().outcomeUnknown);
        QVERIFY(m_inbox->error().text().find("token") == std::string::npos);
    }

    void saysThatANameIsNotFound()
    {
        m_client->send(callTo("http://no-such-host.invalid/"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE_WITH_TIMEOUT(m_inbox->results.size(), 1u, 30'000);
        QCOMPARE(m_inbox->error().code, "net.dns");
        QVERIFY(!m_inbox->error().outcomeUnknown);
    }

    void saysThatABrokenAnswerLeavesTheOutcomeUnknown_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("no answer at all") << QByteArray("") << QByteArray("net.reset");
        QTest::newRow("half a head")
            << QByteArray("HTTP/1.1 200 OK\r\nX: y") << QByteArray("net.reset");
        QTest::newRow("half a body")
            << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
            << QByteArray("net.reset");
        QTest::newRow("half a chunk")
            << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc")
            << QByteArray("net.reset");
        QTest::newRow("a broken chunk size")
            << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n")
            << QByteArray("net.reset");
        QTest::newRow("no HTTP") << QByteArray("220 smtp ready\r\n\r\n")
                                 << QByteArray("net.bad_answer");
    }
    void saysThatABrokenAnswerLeavesTheOutcomeUnknown()
    {
        QFETCH(QByteArray, script);
        QFETCH(QByteArray, code);
        ScriptedServer server(script);
        m_client->send(callTo(server.url(), "POST", "x"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QVERIFY(!m_inbox->results.front());
        QCOMPARE(m_inbox->error().code, code.toStdString());
        QVERIFY(m_inbox->error().kind == ErrorKind::Transient);
        QVERIFY(m_inbox->error().outcomeUnknown);
    }

    void saysThatAnAnswerWasCutInMidBody()
    {
        m_client->send(callTo(m_server->url() + "/cut"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->error().code, "net.reset");
    }

    void doesNotRepeatAPostOfItselfWhenAReusedConnectionBreaks_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<bool>("repeatable");
        QTest::addColumn<bool>("isRepeated");
        QTest::newRow("a POST is not repeated") << QByteArray("POST") << false << false;
        QTest::newRow("a PATCH is not repeated") << QByteArray("PATCH") << false << false;
        QTest::newRow("a POST with an idempotency key may be")
            << QByteArray("POST") << true << true;
        QTest::newRow("a PUT may be") << QByteArray("PUT") << false << true;
    }
    void doesNotRepeatAPostOfItselfWhenAReusedConnectionBreaks()
    {
        QFETCH(QByteArray, method);
        QFETCH(bool, repeatable);
        QFETCH(bool, isRepeated);
        int requests = 0;
        HttpServer server;
        server.setHandler([&](HttpRequest, HttpReply reply) {
            HttpResponse response;
            if (++requests == 2)
                response.cutAfter = 0; // Read, perhaps acted upon, and never answered.
            reply.send(std::move(response));
        });
        QVERIFY(server.listen("127.0.0.1", 0));
        m_client->send(callTo(server.url()), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        HttpCall call = callTo(server.url(), method.toStdString(), "pay once");
        call.repeatable = repeatable;
        m_client->send(std::move(call), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 2u);
        QCOMPARE(requests, isRepeated ? 3 : 2);
        QCOMPARE(m_inbox->results.at(1).has_value(), isRepeated);
        if (!isRepeated) {
            QCOMPARE(m_inbox->error(1).code, "net.reset");
            QVERIFY(m_inbox->error(1).outcomeUnknown);
        }
    }

    void stopsAtTheLimitOfTheAnswer()
    {
        HttpCall call = callTo(m_server->url(), "POST", std::string(1000, 'x'));
        call.maxResponseBytes = 1000;
        m_client->send(call, m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QVERIFY(m_inbox->results.at(0));
        call.maxResponseBytes = 999;
        m_client->send(call, m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 2u);
        QCOMPARE(m_inbox->error(1).code, "net.answer_too_large");
    }

    void followsRedirectsOnlyWhenAsked()
    {
        HttpCall call = callTo(m_server->url() + "/redirect");
        m_client->send(call, m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->answer().status, 302);
        QCOMPARE(m_requests.size(), 1u);
        call.followRedirects = true;
        m_client->send(call, m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 2u);
        QCOMPARE(m_inbox->answer(1).status, 200);
        QCOMPARE(m_requests.back().path, "/landed");
        QVERIFY(!m_inbox->answer(1).headers.contains("Location"));
    }

    void doesNotFollowARedirectToAFile()
    {
        ScriptedServer server(
            "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
        HttpCall call = callTo(server.url());
        call.followRedirects = true;
        m_client->send(std::move(call), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QVERIFY(!m_inbox->results.front());
    }

    void asksBeforeItConnects()
    {
        std::vector<PeerAddress> asked;
        HttpClientOptions options = noProxy();
        options.addressCheck = [&](const PeerAddress &peer) {
            asked.push_back(peer);
            return isPublicAddress(peer.ip);
        };
        HttpClient client(options);
        for (const char *host :
             {"127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"}) {
            const std::string url =
                "http://" + std::string(host) + ":" + std::to_string(m_server->port());
            m_inbox->results.clear();
            client.send(callTo(url), m_inbox.get(), m_inbox->slot());
            QTRY_COMPARE(m_inbox->results.size(), 1u);
            QCOMPARE(m_inbox->error().code, "net.address_refused");
            QVERIFY(m_inbox->error().kind == ErrorKind::Config);
        }
        QVERIFY(m_requests.empty());
        QVERIFY(asked.size() >= 5);
        QCOMPARE(asked.front().ip, "127.0.0.1");
        QCOMPARE(asked.front().port, m_server->port());
        QCOMPARE(m_server->connectionCount(), 0u);
    }

    void connectsWhereItMay()
    {
        HttpClientOptions options = noProxy();
        options.addressCheck = [](const PeerAddress &peer) { return peer.ip == "127.0.0.1"; };
        HttpClient client(options);
        client.send(callTo(m_server->url()), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_inbox->answer().status, 200);
    }

    void goesThroughTheProxy()
    {
        HttpClientOptions options;
        options.proxy = m_server->url();
        HttpClient client(options);
        client.send(callTo("http://service.invalid/x"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(m_requests.at(0).target, "http://service.invalid/x");
        QCOMPARE(m_requests.at(0).header("Host"), "service.invalid");
    }

    void abortsWhenTheReceiverDies()
    {
        int calls = 0;
        auto receiver = std::make_unique<QObject>();
        m_client->send(callTo(m_server->url() + "/hold"), receiver.get(),
                       [&](const Result<HttpAnswer> &) { ++calls; });
        QTRY_COMPARE(m_held.size(), 1u);
        receiver.reset();
        QCOMPARE(m_client->inFlight(), 0u);
        QTRY_COMPARE(m_server->connectionCount(), 0u);
        m_client->send(callTo(m_server->url()), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_inbox->results.size(), 1u);
        QCOMPARE(calls, 0);
    }

    void aCallbackMaySendCancelAndDestroyReceivers()
    {
        auto victim = std::make_unique<QObject>();
        int victimCalls = 0;
        for (int i = 0; i < 20; ++i) {
            m_client->send(callTo(m_server->url()), m_inbox.get(), [&](Result<HttpAnswer> result) {
                victim.reset();
                m_client->send(callTo(m_server->url()), m_inbox.get(), m_inbox->slot());
                QVERIFY(result);
            });
            m_client->send(callTo(m_server->url() + "/hold"), victim.get(),
                           [&](const Result<HttpAnswer> &) { ++victimCalls; });
        }
        QTRY_COMPARE(m_inbox->results.size(), 20u);
        QCOMPARE(victimCalls, 0);
        QCOMPARE(m_client->inFlight(), 0u);
    }

    void tellsTheReceiversWhenTheClientIsClosed()
    {
        for (int i = 0; i < 10; ++i)
            m_client->send(callTo(m_server->url() + "/hold"), m_inbox.get(), m_inbox->slot());
        QTRY_COMPARE(m_held.size(), 10u);
        m_client.reset();
        QVERIFY(m_inbox->results.empty());
        QTRY_COMPARE(m_inbox->results.size(), 10u);
        QCOMPARE(m_inbox->error().code, "net.cancelled");
        QVERIFY(m_inbox->error().kind == ErrorKind::Cancelled);
        QTRY_COMPARE(m_server->connectionCount(), 0u);
    }

    void canBeClosedBeforeTheEventLoopTurns()
    {
        m_client->send(callTo(m_server->url()), nullptr, [](const Result<HttpAnswer> &) {});
        m_client->send(callTo("bad"), nullptr, [](const Result<HttpAnswer> &) {});
        m_client.reset();
        QVERIFY(m_requests.empty());
    }

private:
    std::unique_ptr<HttpServer> m_server;
    std::unique_ptr<HttpClient> m_client;
    std::vector<HttpRequest> m_requests;
    std::vector<HttpReply> m_held;
    std::unique_ptr<Inbox> m_inbox;
};

QTEST_GUILESS_MAIN(tst_HttpClient)
#include "tst_HttpClient.moc"
