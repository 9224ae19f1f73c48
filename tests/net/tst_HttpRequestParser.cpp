// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpRequestParser.h"

#include "tests/net/HttpCatalogue.h"

#include <QTest>

using namespace tw;

namespace {

struct Outcome
{
    std::vector<int> statuses;
    std::string lastBody;
    std::vector<HttpRequest> requests;
};

HttpLimits smallLimits()
{
    HttpLimits limits;
    limits.headBytes = 512;
    limits.bodyBytes = 64;
    limits.headerCount = 20;
    return limits;
}

void collect(HttpRequestParser &parser, Outcome &outcome)
{
    while (parser.state() == HttpRequestParser::State::Done) {
        outcome.requests.push_back(parser.take());
        outcome.statuses.push_back(200);
        outcome.lastBody = outcome.requests.back().body;
        parser.next();
    }
}

/// Feeds `bytes` cut at the given places.
Outcome parse(const std::string &bytes, const std::vector<std::size_t> &cuts = {})
{
    HttpRequestParser parser(smallLimits());
    Outcome outcome;
    std::size_t from = 0;
    for (const std::size_t cut : cuts) {
        parser.feed(std::string_view(bytes).substr(from, cut - from));
        collect(parser, outcome);
        from = cut;
    }
    parser.feed(std::string_view(bytes).substr(from));
    collect(parser, outcome);
    if (parser.state() == HttpRequestParser::State::Failed)
        outcome.statuses.push_back(parser.errorStatus());
    return outcome;
}

void addRows()
{
    QTest::addColumn<int>("index");
    const auto cases = test::wireCases();
    for (std::size_t i = 0; i < cases.size(); ++i)
        QTest::newRow(cases[i].name) << static_cast<int>(i);
}

} // namespace

class tst_HttpRequestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judgesTheCatalogue_data() { addRows(); }
    void judgesTheCatalogue()
    {
        QFETCH(int, index);
        const test::WireCase wire = test::wireCases().at(static_cast<std::size_t>(index));
        const Outcome outcome = parse(wire.bytes);
        QCOMPARE(outcome.statuses, wire.statuses);
        QCOMPARE(outcome.lastBody, wire.lastBody);
    }

    void judgesTheSameHoweverTheBytesAreCut_data() { addRows(); }
    void judgesTheSameHoweverTheBytesAreCut()
    {
        QFETCH(int, index);
        const test::WireCase wire = test::wireCases().at(static_cast<std::size_t>(index));
        std::vector<std::size_t> everywhere;
        for (std::size_t cut = 1; cut < wire.bytes.size(); ++cut) {
            everywhere.push_back(cut);
            const Outcome outcome = parse(wire.bytes, {cut});
            QCOMPARE(outcome.statuses, wire.statuses);
            QCOMPARE(outcome.lastBody, wire.lastBody);
        }
        QCOMPARE(parse(wire.bytes, everywhere).statuses, wire.statuses);
    }

    void keepsTargetPathQueryAndFieldsAsTheyCame()
    {
        const Outcome outcome = parse("GET /a%2Fb/../c?x=%20&y HTTP/1.1\r\nHost: h:8\r\n"
                                      "X-One: 1\r\nx-one: 2\r\n\r\n");
        QCOMPARE(outcome.requests.size(), 1u);
        const HttpRequest &request = outcome.requests.front();
        QCOMPARE(request.method, "GET");
        QCOMPARE(request.target, "/a%2Fb/../c?x=%20&y");
        QCOMPARE(request.path, "/a%2Fb/../c");
        QCOMPARE(request.query, "x=%20&y");
        QCOMPARE(request.header("X-ONE"), "1");
        QCOMPARE(request.headers.values("x-One").size(), 2u);
        QVERIFY(request.keepAlive);
    }

    void takesPathAndQueryOutOfAnAbsoluteTarget()
    {
        const Outcome outcome = parse("GET http://other:1/p?q HTTP/1.1\r\nHost: a\r\n\r\n");
        QCOMPARE(outcome.requests.at(0).path, "/p");
        QCOMPARE(outcome.requests.at(0).query, "q");
    }

    void doesNotTakeTrailerFieldsForHeaderFields()
    {
        const Outcome outcome = parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                                      "\r\n0\r\nX-Admin: yes\r\n\r\n");
        QCOMPARE(outcome.requests.size(), 1u);
        QVERIFY(!outcome.requests.front().headers.contains("X-Admin"));
    }

    void asksForTheBodyOnceWhenTheClientWaits()
    {
        HttpRequestParser parser(smallLimits());
        parser.feed(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
        QVERIFY(parser.wantsContinue());
        QVERIFY(!parser.wantsContinue());
        parser.feed("x");
        QCOMPARE(parser.state(), HttpRequestParser::State::Done);
    }

    void doesNotAskForABodyThatIsAlreadyThere()
    {
        HttpRequestParser parser(smallLimits());
        parser.feed(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nx");
        QVERIFY(!parser.wantsContinue());
    }

    void refusesFramingThatCarriesNothing()
    {
        HttpLimits limits = smallLimits();
        limits.headBytes = 100;
        HttpRequestParser parser(limits);
        parser.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunk = "1;" + std::string(80, 'a') + "\r\nx\r\n";
        int fed = 0;
        while (parser.state() == HttpRequestParser::State::Body && ++fed < 64)
            parser.feed(chunk);
        QCOMPARE(parser.errorStatus(), 413);
        QVERIFY(fed < 20);
    }
};

QTEST_GUILESS_MAIN(tst_HttpRequestParser)
#include "tst_HttpRequestParser.moc"
