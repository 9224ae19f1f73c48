// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/Cast.h"
#include "tests/connectors_salesforce/OrgTesting.h"

#include <QTemporaryDir>
#include <set>

using namespace tw;

/// The double as a client without our connector sees it.
class TestSalesforceDouble : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signInIsChecked_data();
    void signInIsChecked();
    void callsNeedAToken();
    void versionsAndDescribe();
    void theKeyMayNotStandInTheBody();
    void oldVersionsAnswerWithoutBody();
    void recordsAreReadAndDeleted();
    void requiredFieldsAreAskedFor();
    void idsAreSound();
    void queries_data();
    void queries();
    void longResultsArePaged();
    void recordsSurviveARestart();
    void usageIsCounted();

private:
    static std::string payment(testing::Org &org, const std::string &key,
                               const std::string &fields);
};

std::string TestSalesforceDouble::payment(testing::Org &org, const std::string &key,
                                          const std::string &fields)
{
    const auto answer = org.data("PATCH", "/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/" + key,
                                 '{' + fields + '}');
    if (answer.status != 201)
        qFatal("%s", answer.body.c_str());
    return std::string(testing::document(answer.body)->root().get("id").text());
}

void TestSalesforceDouble::signInIsChecked_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<QByteArray>("error");
    QTest::newRow("another grant") << QByteArray("grant_type=password&username=x&password=y")
                                   << QByteArray("unsupported_grant_type");
    QTest::newRow("an unknown client")
        << QByteArray("grant_type=client_credentials&client_id=x&client_secret=y")
        << QByteArray("invalid_client_id");
}

void TestSalesforceDouble::signInIsChecked()
{
    QFETCH(QByteArray, form);
    QFETCH(QByteArray, error);
    testing::Org org;
    const auto answer = org.send("POST", "/services/oauth2/token", {}, form.toStdString());
    QCOMPARE(answer.status, 400);
    QCOMPARE(std::string(testing::document(answer.body)->root().get("error").text()),
             error.toStdString());
}

void TestSalesforceDouble::callsNeedAToken()
{
    testing::Org org;
    const std::string path = "/services/data/v61.0/sobjects/Account/describe";
    QCOMPARE(org.send("GET", path).status, 401);
    const std::string token = org.token();
    const HttpHeaders headers{{"Authorization", "Bearer " + token}};
    QCOMPARE(org.send("GET", path, headers).status, 200);
    org.control("expire-tokens", {});
    const auto answer = org.send("GET", path, headers);
    QCOMPARE(answer.status, 401);
    QCOMPARE(std::string(testing::document(answer.body)->root().at(0).get("errorCode").text()),
             std::string("INVALID_SESSION_ID"));
}

void TestSalesforceDouble::versionsAndDescribe()
{
    testing::Org org;
    const auto versions = testing::document(org.send("GET", "/services/data").body);
    QVERIFY(versions->root().size() > 20);
    for (const char *object : {"Account", "Contact", "Opportunity", "Stripe_Payment__c"}) {
        const auto answer = org.data("GET", std::string("/sobjects/") + object + "/describe");
        QCOMPARE(answer.status, 200);
        const auto describe = testing::document(answer.body);
        QCOMPARE(std::string(describe->root().get("name").text()), std::string(object));
        QVERIFY(describe->root().get("fields").size() > 20);
    }
    QCOMPARE(org.data("GET", "/sobjects/Nothing__c/describe").status, 404);
    QCOMPARE(org.send("GET", "/services/data/v99.0/sobjects",
                      {{"Authorization", "Bearer " + org.token()}})
                 .status,
             404);
    std::set<std::string> names;
    const auto all = testing::document(org.data("GET", "/sobjects").body);
    for (const Value &object : all->root().get("sobjects").items())
        names.emplace(object.get("name").text());
    for (const char *name : {"Account", "Contact", "Opportunity", "Case", "Stripe_Payment__c"})
        QVERIFY2(names.contains(name), name);
    // Each tells its records apart by the beginning of their ids.
    std::set<std::string> prefixes;
    for (const Value &object : all->root().get("sobjects").items())
        prefixes.emplace(object.get("keyPrefix").text());
    QCOMPARE(prefixes.size(), names.size());
}

void TestSalesforceDouble::theKeyMayNotStandInTheBody()
{
    testing::Org org;
    const auto answer = org.data("PATCH", "/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/ch_1",
                                 R"({"Stripe_Payment_Id__c":"ch_1"})");
    QCOMPARE(answer.status, 400);
    QCOMPARE(
        std::string(testing::document(answer.body)->root().at(0).get("message").text()),
        std::string("The Stripe_Payment_Id__c field should not be specified in the sobject data."));
    QCOMPARE(org.data("PATCH", "/sobjects/Stripe_Payment__c/Amount__c/1", "{}").status, 404);
}

void TestSalesforceDouble::oldVersionsAnswerWithoutBody()
{
    testing::Org org;
    const HttpHeaders headers{{"Authorization", "Bearer " + org.token()}};
    const std::string path = "/services/data/v45.0/sobjects/Account/Stripe_Customer_Id__c/" +
                             sandbox::cast().front().customerId;
    const auto answer = org.send("PATCH", path, headers, R"({"Phone":"1"})");
    QCOMPARE(answer.status, 204);
    QVERIFY(answer.body.empty());
}

void TestSalesforceDouble::recordsAreReadAndDeleted()
{
    testing::Org org;
    const std::string id =
        payment(org, "ch_1", R"("Amount__c":10.90,"Paid_At__c":"2026-09-27T11:20:46Z")");
    const auto full = testing::document(org.data("GET", "/sobjects/Stripe_Payment__c/" + id).body);
    QCOMPARE(std::string(full->root().find("attributes.type").text()),
             std::string("Stripe_Payment__c"));
    QCOMPARE(std::string(full->root().get("Status__c").text()), std::string("Pending"));
    QVERIFY(!full->root().get("Livemode__c").asBool());
    QVERIFY(full->root().get("Fee__c").isNull());
    QCOMPARE(std::string(full->root().get("Paid_At__c").text()),
             std::string("2026-09-27T11:20:46.000+0000"));
    QVERIFY(full->root().get("Name").text().starts_with("SP-"));
    const auto some = org.data("GET", "/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/ch_1"
                                      "?fields=Amount__c");
    QCOMPARE(std::string(testing::document(some.body)->root().get("Id").text()), id);
    QCOMPARE(org.data("PATCH", "/sobjects/Stripe_Payment__c/" + id, R"({"Fee__c":0.5})").status,
             204);
    QCOMPARE(org.data("DELETE", "/sobjects/Stripe_Payment__c/" + id).status, 204);
    QCOMPARE(org.data("GET", "/sobjects/Stripe_Payment__c/" + id).status, 404);
    payment(org, "ch_1", "");
}

void TestSalesforceDouble::requiredFieldsAreAskedFor()
{
    testing::Org org;
    const auto answer = org.data("POST", "/sobjects/Contact", R"({"FirstName":"Ana"})");
    QCOMPARE(answer.status, 400);
    const auto error = testing::document(answer.body);
    QCOMPARE(std::string(error->root().at(0).get("errorCode").text()),
             std::string("REQUIRED_FIELD_MISSING"));
    QCOMPARE(std::string(error->root().at(0).get("message").text()),
             std::string("Required fields are missing: [LastName]"));
    QCOMPARE(org.data("POST", "/sobjects/Contact", R"({"LastName":"B","Email":"no"})").status, 400);
    QCOMPARE(
        org.data("POST", "/sobjects/Contact", R"({"LastName":"B","Email":"a@b.example"})").status,
        201);
    const auto twice = org.data("POST", "/sobjects/Account",
                                R"({"Name":"x","Stripe_Customer_Id__c":")" +
                                    sandbox::cast().front().customerId + "\"}");
    QCOMPARE(std::string(testing::document(twice.body)->root().at(0).get("errorCode").text()),
             std::string("DUPLICATE_VALUE"));
}

void TestSalesforceDouble::idsAreSound()
{
    testing::Org org;
    std::set<std::string> ids;
    for (int i = 0; i < 80; ++i) {
        const auto id = payment(org, "ch_" + std::to_string(i), "");
        QVERIFY(id.starts_with("a0P"));
        QCOMPARE(sandbox::withCheckSuffix(id.substr(0, 15)), id);
        QVERIFY(ids.insert(id).second);
    }
    // A published pair of the two forms.
    QCOMPARE(sandbox::withCheckSuffix("0015gK0Qz000001").size(), std::size_t(18));
    QCOMPARE(sandbox::withCheckSuffix("00D5g0000001gPL"), std::string("00D5g0000001gPLEAY"));
}

void TestSalesforceDouble::queries_data()
{
    QTest::addColumn<QString>("soql");
    QTest::addColumn<QString>("keys");
    QTest::newRow("all") << "SELECT Id, Stripe_Payment_Id__c FROM Stripe_Payment__c"
                         << "a b c d";
    QTest::newRow("a text") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c WHERE "
                               "Status__c = 'Failed'"
                            << "b";
    QTest::newRow("a number, exactly")
        << "select stripe_payment_id__c from stripe_payment__c where "
           "amount__c = 10.99"
        << "a";
    QTest::newRow("null") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c WHERE "
                             "Amount__c = null"
                          << "d";
    QTest::newRow("two conditions") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c WHERE "
                                       "Amount__c > 5 AND Livemode__c = false"
                                    << "a c";
    QTest::newRow("a list") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c WHERE "
                               "Stripe_Payment_Id__c IN ('a', 'c', 'z')"
                            << "a c";
    QTest::newRow("a pattern") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c WHERE "
                                  "Status__c LIKE 'comp%'"
                               << "a c";
    QTest::newRow("ordered and limited") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c "
                                            "ORDER BY Amount__c DESC NULLS LAST LIMIT 2"
                                         << "c a";
    QTest::newRow("nothing") << "SELECT Stripe_Payment_Id__c FROM Stripe_Payment__c WHERE "
                                "Stripe_Payment_Id__c = 'it\\'s'"
                             << "";
    QTest::newRow("an unknown field") << "SELECT Colour__c FROM Account"
                                      << "INVALID_FIELD";
    QTest::newRow("an unknown object") << "SELECT Id FROM Nothing"
                                       << "INVALID_TYPE";
    QTest::newRow("no query") << "SELECT FROM WHERE"
                              << "MALFORMED_QUERY";
    QTest::newRow("a text without an end") << "SELECT Id FROM Account WHERE Name = 'x"
                                           << "MALFORMED_QUERY";
    QTest::newRow("something behind it") << "SELECT Id FROM Account GROUP BY Id"
                                         << "MALFORMED_QUERY";
}

void TestSalesforceDouble::queries()
{
    QFETCH(QString, soql);
    QFETCH(QString, keys);
    testing::Org org;
    payment(org, "a", R"("Amount__c":10.99,"Status__c":"Completed")");
    payment(org, "b", R"("Amount__c":2,"Status__c":"Failed")");
    payment(org, "c", R"("Amount__c":300,"Status__c":"Completed")");
    payment(org, "d", "");
    const auto answer = org.data("GET", "/query?q=" + percentEncode(toUtf8(soql)));
    const auto body = testing::document(answer.body);
    if (answer.status != 200) {
        QCOMPARE(toQString(body->root().at(0).get("errorCode").text()), keys);
        return;
    }
    std::string found;
    for (const auto &record : body->root().get("records").items())
        found +=
            (found.empty() ? "" : " ") + std::string(record.get("Stripe_Payment_Id__c").text());
    QCOMPARE(toQString(found), keys);
    QVERIFY(body->root().get("done").asBool());
}

void TestSalesforceDouble::longResultsArePaged()
{
    testing::Org org;
    const std::string token = org.token();
    int written = 0;
    for (int i = 0; i < 2100; ++i) {
        HttpCall call;
        call.method = "PATCH";
        call.url = org.theDouble->url() +
                   "/services/data/v61.0/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/" +
                   std::to_string(i);
        call.headers = {{"Authorization", "Bearer " + token}};
        call.body = "{}";
        org.http.send(std::move(call), this, [&](const Result<HttpAnswer> &answer) {
            written += answer && answer->status == 201;
        });
    }
    QTRY_COMPARE_WITH_TIMEOUT(written, 2100, 30'000);
    const auto count = org.data("GET", "/query?q=SELECT+COUNT()+FROM+Stripe_Payment__c");
    QCOMPARE(testing::document(count.body)->root().get("totalSize").toInt().value_or(0), 2100);
    const auto first =
        testing::document(org.data("GET", "/query?q=SELECT+Id+FROM+Stripe_Payment__c").body);
    QVERIFY(!first->root().get("done").asBool());
    QCOMPARE(int(first->root().get("records").size()), 2000);
    const std::string next(first->root().get("nextRecordsUrl").text());
    const auto second = testing::document(
        org.data("GET", next.substr(std::string("/services/data/v61.0").size())).body);
    QVERIFY(second->root().get("done").asBool());
    QCOMPARE(int(second->root().get("records").size()), 100);
}

void TestSalesforceDouble::recordsSurviveARestart()
{
    QTemporaryDir dir;
    std::string id;
    {
        testing::Org org(toUtf8(dir.path()));
        id = payment(org, "ch_1", R"("Amount__c":1.10)");
        org.data("PATCH", "/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/ch_1",
                 R"({"Fee__c":0.2})");
        payment(org, "ch_2", "");
        org.data("DELETE", "/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/ch_2");
    }
    testing::Org org(toUtf8(dir.path()));
    const auto held = org.theDouble->records();
    QCOMPARE(int(held.size()), 1);
    QCOMPARE(held[0].id, id);
    QCOMPARE(held[0].writes, 2);
    QCOMPARE(toJson(held[0].fields->root().get("Amount__c")), std::string("1.1"));
    QVERIFY(payment(org, "ch_3", "") != id);
    const auto again =
        org.data("PATCH", "/sobjects/Stripe_Payment__c/Stripe_Payment_Id__c/ch_1", "{}");
    QCOMPARE(again.status, 200);
}

void TestSalesforceDouble::usageIsCounted()
{
    testing::Org org;
    org.data("GET", "/limits");
    const auto answer = org.data("GET", "/limits");
    QCOMPARE(std::string(answer.headers.value("Sforce-Limit-Info")),
             std::string("api-usage=2/15000"));
}

QTEST_GUILESS_MAIN(TestSalesforceDouble)
#include "tst_SalesforceDouble.moc"
