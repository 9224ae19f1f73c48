// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceErrors.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QFile>
#include <QTest>

using namespace tw;
using namespace tw::salesforce;

class TestSalesforceErrors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyClassifiedCodeIsKnown();
    void reactions_data();
    void reactions();
    void theSentenceNamesObjectFieldAndFix();
    void usedUpAllowancesWaitLong();
    void retryAfterIsHonoured();
    void evidenceIsCutBetweenCharacters();
    void tokenRefusalsAdvise_data();
    void tokenRefusalsAdvise();
};

void TestSalesforceErrors::everyClassifiedCodeIsKnown()
{
    const QString root =
        qEnvironmentVariable("TIDEWIRE_SHARED", QStringLiteral(TIDEWIRE_SOURCE_DIR "/../shared"));
    QFile file(root + QStringLiteral("/salesforce/errors/error-codes.json"));
    if (!file.open(QIODevice::ReadOnly))
        QSKIP("the list of error codes is not here");
    const auto list = parseJson(file.readAll().toStdString());
    for (const auto &group : list->root().get("classes").members()) {
        if (group.key.text() == "not-an-error")
            continue;
        for (const auto &code : group.value.get("codes").items())
            QVERIFY2(errorClass(code.text()), std::string(code.text()).c_str());
    }
    QVERIFY(!errorClass("NO_SUCH_CODE"));
}

void TestSalesforceErrors::reactions_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("published");
    QTest::newRow("a row lock is tried again") << 400 << "UNABLE_TO_LOCK_ROW"
                                               << "transient"
                                               << "salesforce.unable_to_lock_row";
    QTest::newRow("a busy server is tried again") << 503 << "SERVER_UNAVAILABLE"
                                                  << "transient"
                                                  << "salesforce.server_unavailable";
    QTest::newRow("a proxy's page with 502 is tried again") << 502 << ""
                                                            << "transient"
                                                            << "salesforce.unavailable";
    QTest::newRow("too many requests are tried again") << 429 << ""
                                                       << "transient"
                                                       << "salesforce.unavailable";
    QTest::newRow("no route to the host is tried again") << 420 << ""
                                                         << "transient"
                                                         << "salesforce.unavailable";
    QTest::newRow("the daily limit is tried again") << 403 << "REQUEST_LIMIT_EXCEEDED"
                                                    << "transient"
                                                    << "salesforce.request_limit_exceeded";
    QTest::newRow("a validation rule refuses the record")
        << 400 << "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        << "rejected"
        << "salesforce.field_custom_validation_exception";
    QTest::newRow("a duplicate rule refuses the record") << 400 << "DUPLICATES_DETECTED"
                                                         << "rejected"
                                                         << "salesforce.duplicate_record";
    QTest::newRow("an unknown field refuses the record") << 400 << "INVALID_FIELD"
                                                         << "rejected"
                                                         << "salesforce.invalid_field";
    QTest::newRow("an unknown code refuses the record") << 400 << "SOMETHING_NEW"
                                                        << "rejected"
                                                        << "salesforce.something_new";
    QTest::newRow("an ended session pauses the connection") << 401 << "INVALID_SESSION_ID"
                                                            << "auth"
                                                            << "salesforce.invalid_session_id";
    QTest::newRow("a locked org pauses the connection") << 403 << "ORG_LOCKED"
                                                        << "auth"
                                                        << "salesforce.org_locked";
    QTest::newRow("one record out of reach refuses the record")
        << 400 << "INSUFFICIENT_ACCESS_OR_READONLY"
        << "rejected"
        << "salesforce.insufficient_access_or_readonly";
}

void TestSalesforceErrors::reactions()
{
    QFETCH(int, status);
    QFETCH(QString, code);
    QFETCH(QString, kind);
    QFETCH(QString, published);
    const std::string body = code.isEmpty() ? "<html>busy</html>"
                                            : R"([{"message":"said so","errorCode":")" +
                                                  toUtf8(code) + R"(","fields":[]}])";
    const Error error = toError(status, body, {}, {"write", "Account", "https://acme"});
    QCOMPARE(toQString(toString(error.kind)), kind);
    QCOMPARE(toQString(error.code), published);
    QCOMPARE(error.evidence, body);
}

void TestSalesforceErrors::theSentenceNamesObjectFieldAndFix()
{
    const Error error =
        toError(400,
                R"-([{"message":"Card Last 4: data value too large: 42424242 (max length=4)",)-"
                R"-("errorCode":"STRING_TOO_LONG","fields":["Card_Last4__c"]}])-",
                {}, {"write", "Stripe_Payment__c", "https://acme"});
    QCOMPARE(
        error.message,
        std::string("Salesforce refused to write Stripe_Payment__c (field Card_Last4__c): Card "
                    "Last 4: data value too large: 42424242 (max length=4). Shorten the value in "
                    "the mapping, for example with $substring."));
}

void TestSalesforceErrors::usedUpAllowancesWaitLong()
{
    const Error error = toError(
        403,
        R"([{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}])", {},
        {"write", "Account", ""});
    QVERIFY(error.retryAfter == std::chrono::minutes(15));
}

void TestSalesforceErrors::retryAfterIsHonoured()
{
    QVERIFY(toError(429, "", "7", {}).retryAfter == std::chrono::seconds(7));
    QVERIFY(!toError(429, "", "soon", {}).retryAfter);
}

void TestSalesforceErrors::evidenceIsCutBetweenCharacters()
{
    std::string body;
    while (body.size() < 10'000)
        body += "é日";
    const std::string evidence = evidenceOf(body);
    QVERIFY(evidence.size() <= 4096 && evidence.size() > 4090);
    QVERIFY(toUtf8(toQString(evidence)) == evidence);
}

void TestSalesforceErrors::tokenRefusalsAdvise_data()
{
    QTest::addColumn<QString>("description");
    QTest::addColumn<QString>("word");
    QTest::newRow("no Run As user") << "no client credentials user enabled"
                                    << "Run As";
    QTest::newRow("a log-in host") << "request not supported on this domain"
                                   << "My Domain";
    QTest::newRow("not approved") << "user hasn't approved this consumer"
                                  << "Pre-authorise";
    QTest::newRow("something else") << "the moon is full"
                                    << "External Client App";
}

void TestSalesforceErrors::tokenRefusalsAdvise()
{
    QFETCH(QString, description);
    QFETCH(QString, word);
    const Error error = toTokenError(400, R"({"error":"invalid_grant","error_description":")" +
                                              toUtf8(description) + "\"}");
    QVERIFY(error.kind == ErrorKind::Auth);
    QCOMPARE(error.code, std::string("salesforce.invalid_grant"));
    QVERIFY(error.message.find(toUtf8(word)) != std::string::npos);
    QVERIFY(toTokenError(503, "").kind == ErrorKind::Transient);
}

QTEST_GUILESS_MAIN(TestSalesforceErrors)
#include "tst_SalesforceErrors.moc"
