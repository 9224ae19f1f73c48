// SPDX-License-Identifier: GPL-3.0-or-later
#include "OrgTesting.h"

#include "core/connectors/salesforce/RecordUpsert.h"
#include "core/connectors/salesforce/SalesforceErrors.h"
#include "core/connectors/salesforce/SalesforceLimits.h"

#include <QTest>

namespace tw::salesforce {

using Health = CallReport::Health;

namespace {

HttpAnswer answerOf(int status, const std::string &code, const std::string &message)
{
    HttpAnswer answer;
    answer.status = status;
    if (!code.empty())
        answer.body = "[{\"message\":\"" + message + "\",\"errorCode\":\"" + code + "\"}]";
    return answer;
}

} // namespace

class TestSalesforceLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersTellOfTheOrg_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("message");
        QTest::addColumn<int>("health");
        const auto row = [](const char *name, int status, const char *code, const char *message,
                            Health health) {
            QTest::newRow(name) << status << QString::fromLatin1(code)
                                << QString::fromLatin1(message) << static_cast<int>(health);
        };
        row("written", 201, "", "", Health::Fine);
        row("a record that is refused", 400, "REQUIRED_FIELD_MISSING", "Name", Health::Fine);
        row("a row lock is the record's", 400, "UNABLE_TO_LOCK_ROW", "busy", Health::Fine);
        row("no such object", 404, "NOT_FOUND", "", Health::Fine);
        row("several matches", 300, "", "", Health::Fine);
        row("the day is used up", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.",
            Health::DayUsedUp);
        row("too many long calls", 403, "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentPerOrgLongTxn Limit exceeded.", Health::TooMany);
        row("too many calls at a time", 403, "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", Health::TooMany);
        row("a limit that is not the day's", 429, "REQUEST_LIMIT_EXCEEDED", "Not now.",
            Health::TooMany);
        row("too many requests", 429, "", "", Health::TooMany);
        row("a full storage is no matter of calls", 400, "STORAGE_LIMIT_EXCEEDED", "", Health::Fine);
        row("the session ended", 401, "INVALID_SESSION_ID", "", Health::SignedOut);
        row("the interface is switched off", 403, "API_DISABLED_FOR_ORG", "", Health::SignedOut);
        row("a record out of reach", 400, "INSUFFICIENT_ACCESS", "", Health::Fine);
        row("busy", 503, "SERVER_UNAVAILABLE", "", Health::Failing);
        row("no route to the host", 420, "", "", Health::Failing);
        row("maintenance", 503, "ORG_IN_MAINTENANCE", "", Health::Failing);
        row("a proxy's page", 502, "", "", Health::Failing);
    }

    void answersTellOfTheOrg()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(QString, message);
        const CallReport report
            = callReport(answerOf(status, toUtf8(code), toUtf8(message)), Instant());
        QTEST(static_cast<int>(report.health), "health");
        QCOMPARE(report.why.empty(), report.health == Health::Fine);
    }

    void aLimitIsNotTheRecordsFault_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("cause");
        QTest::newRow("row lock") << 400 << "UNABLE_TO_LOCK_ROW" << static_cast<int>(ErrorCause::Lock);
        QTest::newRow("day") << 403 << "REQUEST_LIMIT_EXCEEDED"
                             << static_cast<int>(ErrorCause::RateLimit);
        QTest::newRow("rate") << 429 << "" << static_cast<int>(ErrorCause::RateLimit);
        QTest::newRow("outage") << 503 << "" << static_cast<int>(ErrorCause::Other);
    }

    void aLimitIsNotTheRecordsFault()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        const HttpAnswer answer = answerOf(status, toUtf8(code), "so");
        const Error error = toError(answer.status, answer.body, {}, {});
        QVERIFY(error.kind == ErrorKind::Transient);
        QTEST(static_cast<int>(error.cause), "cause");
    }

    void theWaitMayBeADate()
    {
        HttpAnswer answer = answerOf(503, "", "");
        answer.headers.set("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT");
        const Instant now = Instant::fromSeconds(1'792'567'650);
        QVERIFY(callReport(answer, now).retryAfter == std::chrono::seconds(30));
    }

    void noAnswerIsAnOutage()
    {
        const CallReport report = callReport(transientError("net.connect", "No connection."), {});
        QVERIFY(report.health == Health::NoAnswer);
    }

    void theDayIsReadFromTheHeader_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<int>("used");
        QTest::addColumn<int>("limit");
        QTest::newRow("plain") << "api-usage=18/5000" << 18 << 5000;
        QTest::newRow("with the usage of an app")
            << "api-usage=25/5000; per-app-api-usage=17/250(appName=sample)" << 25 << 5000;
        QTest::newRow("behind another") << "x=1; api-usage=7/100" << 7 << 100;
        QTest::newRow("nothing") << "" << -1 << -1;
        QTest::newRow("no limit") << "api-usage=18" << -1 << -1;
        QTest::newRow("no number") << "api-usage=many/5000" << -1 << -1;
        QTest::newRow("below nothing") << "api-usage=-1/5000" << -1 << -1;
        QTest::newRow("a limit of nothing") << "api-usage=1/0" << -1 << -1;
        QTest::newRow("more than fits") << "api-usage=99999999999999999999/5000" << -1 << -1;
    }

    void theDayIsReadFromTheHeader()
    {
        QFETCH(QString, field);
        const auto day = parseLimitInfo(toUtf8(field));
        QTEST(day ? static_cast<int>(day->used) : -1, "used");
        QTEST(day ? static_cast<int>(day->limit) : -1, "limit");
    }

    void eachCallIsReportedBeforeItsAnswer_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<int>("health");
        QTest::newRow("well") << "" << static_cast<int>(Health::Fine);
        QTest::newRow("the day is used up")
            << R"({"code":"REQUEST_LIMIT_EXCEEDED"})" << static_cast<int>(Health::DayUsedUp);
        QTest::newRow("too many at a time")
            << R"({"code":"REQUEST_LIMIT_EXCEEDED","reason":"concurrent"})"
            << static_cast<int>(Health::TooMany);
        QTest::newRow("too many") << R"({"status":429,"retry_after":7})"
                                  << static_cast<int>(Health::TooMany);
        QTest::newRow("down") << R"({"status":503})" << static_cast<int>(Health::Failing);
        QTest::newRow("cut") << R"({"drop":true,"times":9})" << static_cast<int>(Health::NoAnswer);
        QTest::newRow("a lock") << R"({"code":"UNABLE_TO_LOCK_ROW"})"
                                << static_cast<int>(Health::Fine);
    }

    void eachCallIsReportedBeforeItsAnswer()
    {
        QFETCH(QString, fault);
        testing::Org org;
        const auto connection = org.connect();
        std::vector<CallReport> reports;
        connection->onReport([&](const CallReport &report) { reports.push_back(report); });
        org.control("day", R"({"used":77,"limit":1000})");
        if (!fault.isEmpty())
            org.control("faults", "{\"next\":[" + toUtf8(fault) + "]}");
        QObject receiver;
        std::size_t known = 0;
        connection->send({"GET", "/sobjects", {}, {}}, &receiver,
                         [&](const Result<HttpAnswer> &) { known = reports.size(); });
        QTRY_COMPARE(known, 1u);
        QTEST(static_cast<int>(reports.front().health), "health");
        if (reports.front().health == Health::Fine && fault.isEmpty()) {
            QCOMPARE(reports.front().day->used, 78);
            QCOMPARE(reports.front().day->limit, 1000);
        }
    }

    void aRefusedSignInIsReported()
    {
        testing::Org org;
        auto secrets = org.theDouble->connectionSecrets();
        secrets.insert_or_assign("client_secret", Secret(std::string("wrong")));
        const auto connection = org.connect(secrets);
        std::vector<CallReport> reports;
        connection->onReport([&](const CallReport &report) { reports.push_back(report); });
        QObject receiver;
        bool isAnswered = false;
        connection->send({"GET", "/sobjects", {}, {}}, &receiver,
                         [&](const Result<HttpAnswer> &) { isAnswered = true; });
        QTRY_VERIFY(isAnswered);
        QCOMPARE(reports.size(), 1u);
        QVERIFY(reports.front().health == Health::SignedOut);
    }

    void aDayOfTheDoubleEnds()
    {
        testing::Org org;
        org.control("day", R"({"used":998,"limit":1000})");
        QCOMPARE(org.data("GET", "/sobjects").status, 200);
        QCOMPARE(org.data("GET", "/sobjects").status, 200);
        const HttpAnswer refused = org.data("GET", "/sobjects");
        QCOMPARE(refused.status, 403);
        QCOMPARE(std::string(refused.headers.value("Sforce-Limit-Info")),
                 std::string("api-usage=1000/1000"));
        org.control("day", R"({"used":0})");
        QCOMPARE(org.data("GET", "/sobjects").status, 200);
    }

    void settingsBoundTheConnection()
    {
        testing::Org org;
        const ConnectionLimits usual = org.connect()->limits();
        QCOMPARE(usual.concurrency, 20);
        QCOMPARE(usual.dailyReserve, 0.2);
        QVERIFY(usual.rates.empty());
        const ConnectionLimits own
            = org.connect({}, "concurrency: 3\nrate: 2.5\ndaily_reserve: 50\n")->limits();
        QCOMPARE(own.concurrency, 3);
        QCOMPARE(own.dailyReserve, 0.5);
        QCOMPARE(own.rates.size(), 1u);
        QCOMPARE(own.rates.front().perSecond, 2.5);
    }
};

} // namespace tw::salesforce

QTEST_GUILESS_MAIN(tw::salesforce::TestSalesforceLimits)
#include "tst_SalesforceLimits.moc"
