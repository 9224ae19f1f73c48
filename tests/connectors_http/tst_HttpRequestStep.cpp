// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/HttpRequestStep.h"

#include "core/connectors/http/HttpDouble.h"
#include "tests/connectors_http/HttpTesting.h"

using namespace tw;
using namespace tw::testing;

/// Calls of the step against the connector's own double, over real HTTP.
class TestHttpRequestStep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void valuesStayInsideTheirSegment_data();
    void valuesStayInsideTheirSegment();
    void aMissingPathValueCallsNothing();
    void brokenPathsAreToldBeforeTheRun_data();
    void brokenPathsAreToldBeforeTheRun();
    void queriesRepeatListsAndLeaveOutWhatIsMissing();
    void bodiesAreWhatTheSettingSays_data();
    void bodiesAreWhatTheSettingSays();
    void aLineBreakCannotAddAHeader();
    void aRepeatOfTheSameCallIsCarriedOutOnce();
    void answersDecideWhatHappens_data();
    void answersDecideWhatHappens();
    void alsoFineStatusesAreNoFailure();
    void aLostAnswerSaysSo();
    void aCrashBehindACallWithoutKeyLeavesItsOutcomeOpen();
    void privateAddressesAreRefusedUnlessAllowed();
    void plainHttpIsRefusedUnlessAllowed();

private:
    StepAnswer run(std::string_view with, std::string_view message, const std::string &key = "key-1");
    std::unique_ptr<Step> make(std::string_view with);
    Value lastCall() const;
    void order(const std::string &faults);

    SystemClock m_clock;
    std::unique_ptr<HttpClient> m_http;
    std::unique_ptr<sandbox::Double> m_double;
    std::shared_ptr<Connection> m_connection;
};

void TestHttpRequestStep::init()
{
    m_http = std::make_unique<HttpClient>();
    auto started = http::HttpDouble::start({m_clock, "127.0.0.1", 0, 1, {}});
    QVERIFY(started);
    m_double = std::move(*started);
    auto connection = connectTo({m_clock, *m_http, nullptr},
                                "base_url: " + m_double->url() + "/api/\nallow_private: true\n");
    QVERIFY(connection);
    m_connection = std::move(*connection);
}

std::unique_ptr<Step> TestHttpRequestStep::make(std::string_view with)
{
    const NodeDescriptor node = http::HttpRequestStep::descriptor();
    auto step = node.createStep({{m_clock, *m_http, nullptr}, "flow", "call",
                                 settingsFrom(node.params, with), m_connection});
    if (!step)
        qFatal("%s", step.error().text().c_str());
    return std::move(*step);
}

StepAnswer TestHttpRequestStep::run(std::string_view with, std::string_view message,
                                    const std::string &key)
{
    const auto step = make(with);
    StepCall call;
    call.idempotencyKey = key;
    call.input = share(std::move(parseJson(message).value()));
    std::optional<StepAnswer> answer;
    step->process(call, StepReply([&answer](StepAnswer got) { answer = std::move(got); }));
    if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 20'000))
        qFatal("no answer");
    return std::move(*answer);
}

Value TestHttpRequestStep::lastCall() const
{
    const auto calls = m_double->records();
    return calls.empty() ? Value() : calls.back().fields->root();
}

void TestHttpRequestStep::order(const std::string &faults)
{
    HttpCall call;
    call.method = "POST";
    call.url = m_double->url() + "/_double/faults";
    call.body = faults;
    int status = 0;
    m_http->send(std::move(call), this, [&status](Result<HttpAnswer> answer) {
        status = answer ? answer->status : -1;
    });
    QTRY_COMPARE(status, 200);
}

void TestHttpRequestStep::valuesStayInsideTheirSegment_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("a plain id") << QByteArray("A1") << QByteArray("/api/orders/A1/lines");
    QTest::newRow("a slash") << QByteArray("a/b") << QByteArray("/api/orders/a%2Fb/lines");
    QTest::newRow("a climb") << QByteArray("..") << QByteArray("/api/orders/%2E%2E/lines");
    QTest::newRow("a query") << QByteArray("a?x=1") << QByteArray("/api/orders/a%3Fx%3D1/lines");
    QTest::newRow("letters beyond ASCII") << QByteArray("ü") << QByteArray("/api/orders/%C3%BC/lines");
}

void TestHttpRequestStep::valuesStayInsideTheirSegment()
{
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, path);
    const StepAnswer answer = run("path: '/orders/{order.id}/lines'",
                                  R"({"order":{"id":")" + id.toStdString() + "\"}}");
    QCOMPARE(answer.kind, StepAnswer::Kind::Emitted);
    QCOMPARE(lastCall().get("path").text(), std::string_view(path.constData()));
}

void TestHttpRequestStep::aMissingPathValueCallsNothing()
{
    const StepAnswer answer = run("path: '/orders/{id}'", "{}");
    QCOMPARE(answer.kind, StepAnswer::Kind::Failed);
    QCOMPARE(answer.error.code, std::string("http.empty_path_value"));
    QVERIFY(m_double->records().empty());
}

void TestHttpRequestStep::brokenPathsAreToldBeforeTheRun_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("no slash") << QByteArray("orders");
    QTest::newRow("an open brace") << QByteArray("/orders/{id");
    QTest::newRow("a lone closing brace") << QByteArray("/orders/id}");
    QTest::newRow("a query") << QByteArray("/orders?x=1");
    QTest::newRow("a climb") << QByteArray("/orders/../users");
    QTest::newRow("a broken expression") << QByteArray("/orders/{id +}");
}

void TestHttpRequestStep::brokenPathsAreToldBeforeTheRun()
{
    QFETCH(QByteArray, path);
    const auto compiled = PathTemplate::compile(path.toStdString(), "http");
    QVERIFY(!compiled);
    QVERIFY(compiled.error().kind == ErrorKind::Config);
    QCOMPARE(compiled.error().where.substr(0, 4), std::string("path"));
}

void TestHttpRequestStep::queriesRepeatListsAndLeaveOutWhatIsMissing()
{
    const StepAnswer answer
        = run("method: GET\npath: /find\nquery: {name: name, tag: tags, gone: nothing, empty: none}",
              R"({"name":"a b&c","tags":["x","y"],"none":null})");
    QCOMPARE(answer.kind, StepAnswer::Kind::Emitted);
    QCOMPARE(lastCall().get("query").text(), std::string_view("name=a+b%26c&tag=x&tag=y"));
    QCOMPARE(lastCall().get("body").text(), std::string_view());
}

void TestHttpRequestStep::bodiesAreWhatTheSettingSays_data()
{
    QTest::addColumn<QByteArray>("with");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("the message") << QByteArray("path: /x") << QByteArray(R"({"a":1,"b":[2]})");
    QTest::newRow("an expression") << QByteArray("path: /x\nbody: expression\ncontent: '{\"n\": a + 1}'")
                                   << QByteArray(R"({"n":2})");
    QTest::newRow("form fields") << QByteArray("path: /x\nbody: form\ncontent: '{\"n\": a, \"l\": [b, 3]}'")
                                 << QByteArray(R"("n=1&l=2&l=3")");
    QTest::newRow("nothing") << QByteArray("path: /x\nbody: none") << QByteArray(R"("")");
}

void TestHttpRequestStep::bodiesAreWhatTheSettingSays()
{
    QFETCH(QByteArray, with);
    QFETCH(QByteArray, body);
    const StepAnswer answer = run(with.toStdString(), R"({"a":1,"b":[2]})");
    QCOMPARE(answer.kind, StepAnswer::Kind::Emitted);
    QCOMPARE(toJson(lastCall().get("body")), body.toStdString());
}

void TestHttpRequestStep::aLineBreakCannotAddAHeader()
{
    const StepAnswer answer = run("path: /x\nheaders: {X-Name: name}",
                                  R"({"name":"a\r\nX-Admin: yes"})");
    QCOMPARE(answer.kind, StepAnswer::Kind::Failed);
    QVERIFY(answer.error.kind == ErrorKind::Rejected);
    QCOMPARE(answer.error.code, std::string("http.bad_header_value"));
    QVERIFY(m_double->records().empty());
}

void TestHttpRequestStep::aRepeatOfTheSameCallIsCarriedOutOnce()
{
    QCOMPARE(run("path: /x", R"({"a":1})", "same").kind, StepAnswer::Kind::Emitted);
    QCOMPARE(run("path: /x", R"({"a":1})", "same").kind, StepAnswer::Kind::Emitted);
    QCOMPARE(m_double->records().size(), std::size_t(1));
    QCOMPARE(run("path: /x", R"({"a":1})", "other").kind, StepAnswer::Kind::Emitted);
    QCOMPARE(m_double->records().size(), std::size_t(2));
    (void)run("path: /x\nidempotency_key: false", R"({"a":1})", "same");
    QCOMPARE(m_double->records().size(), std::size_t(3));
}

void TestHttpRequestStep::answersDecideWhatHappens_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("not signed in") << 401 << ErrorKind::Auth;
    QTest::newRow("not allowed") << 403 << ErrorKind::Rejected;
    QTest::newRow("not found") << 404 << ErrorKind::Rejected;
    QTest::newRow("not valid") << 422 << ErrorKind::Rejected;
    QTest::newRow("a redirect is not followed") << 302 << ErrorKind::Rejected;
    QTest::newRow("too many calls") << 429 << ErrorKind::Transient;
    QTest::newRow("down") << 503 << ErrorKind::Transient;
}

void TestHttpRequestStep::answersDecideWhatHappens()
{
    QFETCH(int, status);
    QFETCH(ErrorKind, kind);
    order(R"({"next":[{"status":)" + std::to_string(status) + R"(,"retry_after":7}]})");
    const StepAnswer answer = run("path: /x", "{}");
    QCOMPARE(answer.kind, StepAnswer::Kind::Failed);
    QVERIFY(answer.error.kind == kind);
    QCOMPARE(answer.error.code, "http.status_" + std::to_string(status));
}

void TestHttpRequestStep::alsoFineStatusesAreNoFailure()
{
    order(R"({"next":[{"status":404},{"status":410}]})");
    const StepAnswer fine = run("path: /x\nmethod: GET\nalso_fine: '404, 409'", "{}");
    QCOMPARE(fine.kind, StepAnswer::Kind::Emitted);
    QCOMPARE(fine.outputs.front().message->root().get("status").toInt().value_or(0), 404);
    QCOMPARE(run("path: /x\nmethod: GET\nalso_fine: '404, 409'", "{}").kind, StepAnswer::Kind::Failed);
}

void TestHttpRequestStep::aLostAnswerSaysSo()
{
    order(R"({"next":[{"drop":true,"effect":"after"}]})");
    const StepAnswer answer = run("path: /x", "{}");
    QCOMPARE(answer.kind, StepAnswer::Kind::Failed);
    QVERIFY(answer.error.outcomeUnknown);
    QCOMPARE(m_double->records().size(), std::size_t(1));
}

void TestHttpRequestStep::aCrashBehindACallWithoutKeyLeavesItsOutcomeOpen()
{
    order(R"({"next":[{"status":500},{"status":500},{"status":503}]})");
    QVERIFY(run("path: /x\nidempotency_key: false", "{}").error.outcomeUnknown);
    QVERIFY(!run("path: /x", "{}").error.outcomeUnknown);
    QVERIFY(!run("path: /x\nidempotency_key: false", "{}").error.outcomeUnknown);
}

void TestHttpRequestStep::privateAddressesAreRefusedUnlessAllowed()
{
    const std::string port = m_double->url().substr(m_double->url().rfind(':'));
    auto open = connectTo({m_clock, *m_http, nullptr}, "base_url: https://127.0.0.1" + port);
    QVERIFY(open);
    m_connection = std::move(*open);
    const StepAnswer answer = run("path: /x", "{}");
    QCOMPARE(answer.kind, StepAnswer::Kind::Failed);
    QCOMPARE(answer.error.code, std::string("net.address_refused"));
    QVERIFY(m_double->records().empty());
}

void TestHttpRequestStep::plainHttpIsRefusedUnlessAllowed()
{
    const auto open = connectTo({m_clock, *m_http, nullptr}, "base_url: http://api.example.com");
    QVERIFY(!open);
    QCOMPARE(open.error().code, std::string("http.insecure_address"));
}

QTEST_GUILESS_MAIN(TestHttpRequestStep)
#include "tst_HttpRequestStep.moc"
