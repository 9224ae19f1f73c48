// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpServer.h"

#include "core/net/HttpRouter.h"
#include "tests/net/HttpCatalogue.h"
#include "tests/net/RawClient.h"

#include <QTest>
#include <map>
#include <memory>

using namespace tw;
using test::RawClient;
using namespace std::chrono_literals;

namespace {

const std::string kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

HttpLimits smallLimits()
{
    HttpLimits limits;
    limits.headBytes = 512;
    limits.bodyBytes = 64;
    limits.headerCount = 20;
    return limits;
}

void echo(HttpRequest request, HttpReply reply)
{
    reply.send(textResponse(200, request.method + " " + request.target + "\n" + request.body));
}

std::unique_ptr<HttpServer> started(HttpHandler handler, HttpLimits limits = smallLimits())
{
    auto server = std::make_unique<HttpServer>(limits);
    server->setHandler(std::move(handler));
    const Result<void> listening = server->listen("127.0.0.1", 0);
    return listening ? std::move(server) : nullptr;
}

} // namespace

class tst_HttpServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersTheCatalogue_data()
    {
        QTest::addColumn<int>("index");
        const auto cases = test::wireCases();
        for (std::size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i].name) << static_cast<int>(i);
    }
    void answersTheCatalogue()
    {
        QFETCH(int, index);
        const test::WireCase wire = test::wireCases().at(static_cast<std::size_t>(index));
        std::string lastBody;
        auto server = started([&](HttpRequest request, HttpReply reply) {
            lastBody = request.body;
            echo(std::move(request), std::move(reply));
        });
        RawClient client(server->port());
        client.send(wire.bytes);
        QTRY_COMPARE(client.statuses(), wire.statuses);
        QCOMPARE(lastBody, wire.lastBody);
        if (wire.statuses.back() != 200) {
            QTRY_VERIFY(client.isClosed());
            QVERIFY(client.answers().back().body.starts_with(R"({"error":{"code":"net.refused",)"));
            QVERIFY(client.heard().find("Connection: close") != std::string::npos);
            QTRY_COMPARE(server->connectionCount(), 0u);
        }
    }

    void understandsARequestCutAtEveryByte()
    {
        auto server = started(echo);
        const std::string bytes =
            "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3\r\nabc\r\n0\r\n\r\n";
        RawClient client(server->port());
        std::size_t answered = 0;
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            client.send(bytes.substr(0, cut));
            QCoreApplication::sendPostedEvents();
            client.send(bytes.substr(cut));
            ++answered;
            QTRY_COMPARE(client.statuses().size(), answered);
            QCOMPARE(client.answers().back().body, "POST /p\nabc");
        }
    }

    void answersLaterAndInOrder()
    {
        std::map<std::string, HttpReply> held;
        auto server = started([&](HttpRequest request, HttpReply reply) {
            held.emplace(request.path, std::move(reply));
        });
        RawClient client(server->port());
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(held.count("/1"), 1u);
        QCOMPARE(held.count("/2"), 0u);
        held.at("/1").send(textResponse(200, "one"));
        QTRY_COMPARE(held.count("/2"), 1u);
        held.at("/2").send(textResponse(201, "two"));
        QTRY_COMPARE(client.statuses(), (std::vector<int>{200, 201}));
        QCOMPARE(client.answers().at(1).body, "two");
    }

    void answers500WhenTheReplyDies()
    {
        auto server = started([](HttpRequest, HttpReply) {});
        RawClient client(server->port());
        client.send(kGet + kGet);
        QTRY_COMPARE(client.statuses(), (std::vector<int>{500, 500}));
    }

    void survivesAClientThatLeavesBeforeTheAnswer()
    {
        std::vector<HttpReply> held;
        auto server =
            started([&](HttpRequest, HttpReply reply) { held.push_back(std::move(reply)); });
        RawClient client(server->port());
        client.send(kGet);
        QTRY_COMPARE(held.size(), 1u);
        client.abort();
        QTRY_COMPARE(server->connectionCount(), 0u);
        held.front().send(textResponse(200, "late"));
        QVERIFY(!held.front().isPending());
    }

    void survivesAServerThatGoesBeforeTheAnswer()
    {
        std::vector<HttpReply> held;
        auto server =
            started([&](HttpRequest, HttpReply reply) { held.push_back(std::move(reply)); });
        RawClient client(server->port());
        client.send(kGet);
        QTRY_COMPARE(held.size(), 1u);
        server.reset();
        held.front().send(textResponse(200, "late"));
        QTRY_VERIFY(client.isClosed());
        QVERIFY(client.heard().empty());
    }

    void stopsListeningButAnswersWhatItHas()
    {
        std::vector<HttpReply> held;
        auto server =
            started([&](HttpRequest, HttpReply reply) { held.push_back(std::move(reply)); });
        const std::uint16_t port = server->port();
        RawClient busy(port);
        RawClient idle(port);
        busy.send(kGet);
        QTRY_COMPARE(held.size(), 1u);
        QTRY_COMPARE(server->connectionCount(), 2u);
        server->stopListening();
        QTRY_VERIFY(idle.isClosed());
        RawClient late(port);
        QTRY_VERIFY(late.isClosed());
        held.front().send(textResponse(200, "ok"));
        QTRY_COMPARE(busy.statuses(), std::vector<int>{200});
        QTRY_VERIFY(busy.isClosed());
    }

    void closesAllConnections()
    {
        auto server = started(echo);
        RawClient client(server->port());
        client.send(kGet);
        QTRY_COMPARE(client.statuses().size(), 1u);
        server->close();
        QTRY_VERIFY(client.isClosed());
        QVERIFY(!server->isListening());
    }

    void keepsOrClosesTheConnectionAsAsked_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<bool>("closes");
        QTest::newRow("HTTP/1.1 keeps it")
            << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n\r\n") << false;
        QTest::newRow("HTTP/1.1 with close closes it")
            << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") << true;
        QTest::newRow("HTTP/1.0 closes it") << QByteArray("GET / HTTP/1.0\r\n\r\n") << true;
        QTest::newRow("HTTP/1.0 with keep-alive keeps it")
            << QByteArray("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") << false;
    }
    void keepsOrClosesTheConnectionAsAsked()
    {
        QFETCH(QByteArray, request);
        QFETCH(bool, closes);
        auto server = started(echo);
        RawClient client(server->port());
        client.send(request.toStdString());
        QTRY_COMPARE(client.statuses(), std::vector<int>{200});
        if (closes) {
            QTRY_VERIFY(client.isClosed());
        } else {
            client.send(request.toStdString());
            QTRY_COMPARE(client.statuses().size(), 2u);
        }
    }

    void answersHeadWithTheLengthButNoBody()
    {
        auto server =
            started([](HttpRequest, HttpReply reply) { reply.send(textResponse(200, "12345")); });
        RawClient client(server->port());
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(client.answers(true).size(), 1u);
        QVERIFY(client.heard().find("Content-Length: 5\r\n") != std::string::npos);
        QVERIFY(client.heard().ends_with("\r\n\r\n"));
    }

    void sendsNoLengthWith204()
    {
        auto server = started([](HttpRequest, HttpReply reply) {
            reply.send({204, {}, {}, false, {}});
        });
        RawClient client(server->port());
        client.send(kGet + kGet);
        QTRY_COMPARE(client.statuses(), (std::vector<int>{204, 204}));
        QVERIFY(client.heard().find("Content-Length") == std::string::npos);
    }

    void asksAClientThatWaitsForItsBody()
    {
        auto server = started(echo);
        RawClient client(server->port());
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        QTRY_COMPARE(client.statuses(), std::vector<int>{100});
        client.send("ok");
        QTRY_COMPARE(client.statuses(), (std::vector<int>{100, 200}));
    }

    void refusesTooLargeABodyWithoutAskingForIt()
    {
        auto server = started(echo);
        RawClient client(server->port());
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99\r\n\r\n");
        QTRY_COMPARE(client.statuses(), std::vector<int>{413});
        QVERIFY2(client.heard().find("\"message\":\"The request was refused: the body is too large.\"")
                     != std::string::npos,
                 client.heard().c_str());
    }

    void turnsAnAnswerThatWouldBreakOutInto500()
    {
        auto server = started([](HttpRequest, HttpReply reply) {
            reply.send({200, {{"X", "a\r\nSet-Cookie: b"}}, "x", false, {}});
        });
        RawClient client(server->port());
        client.send(kGet);
        QTRY_COMPARE(client.statuses(), std::vector<int>{500});
        QVERIFY(client.heard().find("Set-Cookie") == std::string::npos);
    }

    void timesOut_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::newRow("a client that says nothing") << QByteArray() << 0;
        QTest::newRow("a head that does not end") << QByteArray("GET / HTTP/1.1\r\nHo") << 408;
        QTest::newRow("a body that does not end")
            << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc") << 408;
        QTest::newRow("chunks that do not end")
            << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab")
            << 408;
        QTest::newRow("a kept connection without a next request")
            << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n\r\n") << 200;
    }
    void timesOut()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        HttpLimits limits = smallLimits();
        limits.headTimeout = 40ms;
        limits.requestTimeout = 60ms;
        limits.idleTimeout = 50ms;
        limits.lingerTimeout = 40ms;
        auto server = started(echo, limits);
        RawClient client(server->port());
        if (!bytes.isEmpty())
            client.send(bytes.toStdString());
        QTRY_COMPARE(server->connectionCount(), 1u);
        QTRY_VERIFY(client.isClosed());
        QCOMPARE(client.statuses(), status == 0 ? std::vector<int>() : std::vector<int>{status});
        QTRY_COMPARE(server->connectionCount(), 0u);
    }

    void doesNotTimeOutWhileTheHandlerWorks()
    {
        HttpLimits limits = smallLimits();
        limits.headTimeout = limits.requestTimeout = limits.idleTimeout = 20ms;
        std::vector<HttpReply> held;
        auto server = started(
            [&](HttpRequest, HttpReply reply) { held.push_back(std::move(reply)); }, limits);
        RawClient patient(server->port());
        patient.send(kGet);
        QTRY_COMPARE(held.size(), 1u);
        RawClient silent(server->port()); // Is timed out meanwhile.
        QTRY_COMPARE(server->connectionCount(), 2u);
        QTRY_VERIFY(silent.isClosed());
        held.front().send(textResponse(200, "done"));
        QTRY_COMPARE(patient.statuses(), std::vector<int>{200});
    }

    void dropsAClientThatDoesNotReadItsAnswer()
    {
        HttpLimits limits = smallLimits();
        limits.writeTimeout = 50ms;
        limits.lingerTimeout = 20s;
        auto server = started(
            [](HttpRequest, HttpReply reply) {
                reply.send(textResponse(200, std::string(32 * 1024 * 1024, 'x')));
            },
            limits);
        QTcpSocket deaf;
        deaf.setReadBufferSize(1);
        deaf.connectToHost(QStringLiteral("127.0.0.1"), server->port());
        deaf.write(kGet.data(), static_cast<qint64>(kGet.size()));
        QTRY_COMPARE(server->connectionCount(), 1u);
        QTRY_COMPARE(server->connectionCount(), 0u);
    }

    void slowClientsDoNotDisturbOthers()
    {
        HttpLimits limits = smallLimits();
        limits.headTimeout = 20s;
        auto server = started(echo, limits);
        std::vector<std::unique_ptr<RawClient>> slow;
        for (int i = 0; i < 200; ++i) {
            slow.push_back(std::make_unique<RawClient>(server->port()));
            slow.back()->send("GET / HT");
        }
        QTRY_COMPARE(server->connectionCount(), 200u);
        RawClient quick(server->port());
        for (std::size_t i = 1; i <= 50; ++i) {
            quick.send(kGet);
            QTRY_COMPARE(quick.statuses().size(), i);
        }
    }

    void refusesConnectionsAboveTheLimit()
    {
        HttpLimits limits = smallLimits();
        limits.connections = 2;
        auto server = started(echo, limits);
        RawClient first(server->port());
        RawClient second(server->port());
        QTRY_COMPARE(server->connectionCount(), 2u);
        RawClient third(server->port());
        third.send(kGet);
        QTRY_COMPARE(third.statuses(), std::vector<int>{503});
        QTRY_VERIFY(third.isClosed());
        first.send(kGet);
        QTRY_COMPARE(first.statuses(), std::vector<int>{200});
        second.abort();
        QTRY_COMPARE(server->connectionCount(), 1u);
        RawClient fourth(server->port());
        fourth.send(kGet);
        QTRY_COMPARE(fourth.statuses(), std::vector<int>{200});
    }

    void letsTheClientSeeARefusalThoughItGoesOnSending()
    {
        auto server = started(echo);
        RawClient client(server->port());
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" +
                    std::string(4000000, 'x'));
        QTRY_COMPARE(client.statuses(), std::vector<int>{413});
        QTRY_VERIFY(client.isClosed());
        QTRY_COMPARE(server->connectionCount(), 0u);
    }

    void answersManyPipelinedRequests()
    {
        auto server = started(echo);
        RawClient client(server->port());
        std::string all;
        for (int i = 0; i < 2000; ++i)
            all += kGet;
        client.send(all);
        QTRY_COMPARE(client.statuses().size(), 2000u);
    }

    void cutsAnAnswerOffWhenADoubleIsToldTo()
    {
        auto server = started([](HttpRequest, HttpReply reply) {
            HttpResponse response = textResponse(200, "0123456789");
            response.cutAfter = 20;
            reply.send(std::move(response));
        });
        RawClient client(server->port());
        client.send(kGet);
        QTRY_VERIFY(client.isClosed());
        QCOMPARE(client.heard().size(), 20u);
    }

    void routesByMethodAndPath_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("an exact path")
            << QByteArray("POST /hooks/stripe") << 200 << QByteArray("hook");
        QTest::newRow("the query does not matter")
            << QByteArray("POST /hooks/stripe?x=/y") << 200 << QByteArray("hook");
        QTest::newRow("a slash more is another path")
            << QByteArray("POST /hooks/stripe/") << 404 << QByteArray();
        QTest::newRow("an unknown path") << QByteArray("GET /nothing") << 404 << QByteArray();
        QTest::newRow("a wrong method") << QByteArray("GET /hooks/stripe") << 405 << QByteArray();
        QTest::newRow("segments with names")
            << QByteArray("PATCH /services/data/v60.0/sobjects/Account/Ext__c/a1") << 200
            << QByteArray("v60.0|Account|Ext__c|a1");
        QTest::newRow("an encoded slash stays in its value")
            << QByteArray("PATCH /services/data/v60.0/sobjects/A/F/a%2F..%2Fb") << 200
            << QByteArray("v60.0|A|F|a/../b");
        QTest::newRow("an encoded name of a route is the same route")
            << QByteArray("POST /hooks/%73tripe") << 200 << QByteArray("hook");
        QTest::newRow("dots are not resolved")
            << QByteArray("POST /x/../hooks/stripe") << 404 << QByteArray();
        QTest::newRow("an empty value matches nothing")
            << QByteArray("PATCH /services/data/v60.0/sobjects/A/F/") << 404 << QByteArray();
        QTest::newRow("broken percent-encoding")
            << QByteArray("POST /hooks/%7") << 400 << QByteArray();
    }
    void routesByMethodAndPath()
    {
        QFETCH(QByteArray, line);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        HttpRouter router;
        router.add("POST", "/hooks/stripe",
                   [](HttpRequest, const HttpPathParams &, HttpReply reply) {
                       reply.send(textResponse(200, "hook"));
                   });
        router.add("PATCH", "/services/data/{version}/sobjects/{object}/{field}/{value}",
                   [](HttpRequest, const HttpPathParams &params, HttpReply reply) {
                       std::string text;
                       for (const char *name : {"version", "object", "field", "value"})
                           text += std::string(text.empty() ? "" : "|") + std::string(params[name]);
                       reply.send(textResponse(200, text));
                   });
        auto server = started(std::move(router).handler());
        RawClient client(server->port());
        client.send(line.toStdString() + " HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(client.statuses(), std::vector<int>{status});
        QCOMPARE(client.answers().front().body, body.toStdString());
        if (status == 405)
            QVERIFY(client.heard().find("Allow: POST\r\n") != std::string::npos);
    }

    void routesHeadToGetAndTheRestToTheFallback()
    {
        HttpRouter router;
        router.add("GET", "/a", [](HttpRequest, const HttpPathParams &, HttpReply reply) {
            reply.send(textResponse(200, "abc"));
        });
        router.setFallback(
            [](HttpRequest, HttpReply reply) { reply.send(jsonResponse(404, "[]")); });
        auto server = started(std::move(router).handler());
        RawClient client(server->port());
        client.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\nHEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(client.answers(true).size(), 2u);
        QCOMPARE(client.answers().front().body, "[]");
    }

    void saysWhyItCannotListen()
    {
        auto server = started(echo);
        HttpServer second;
        const Result<void> inUse = second.listen("127.0.0.1", server->port());
        QVERIFY(!inUse);
        QCOMPARE(inUse.error().code, "net.listen");
        QVERIFY(!second.listen("localhost:80", 0));
        QCOMPARE(server->url(), "http://127.0.0.1:" + std::to_string(server->port()));
    }
};

QTEST_GUILESS_MAIN(tst_HttpServer)
#include "tst_HttpServer.moc"
