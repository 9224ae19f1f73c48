// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/RecordUpsert.h"

#include "core/net/HttpServer.h"
#include "core/sandbox/Cast.h"
#include "tests/connectors_salesforce/OrgTesting.h"

using namespace tw;
using namespace tw::salesforce;

namespace {

constexpr const char *kPayments = "{object: Stripe_Payment__c, external_id: Stripe_Payment_Id__c}";

StepCall callWith(std::string_view json)
{
    StepCall call;
    call.input = testing::document(json);
    call.event = call.input;
    return call;
}

} // namespace

class TestRecordUpsert : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRecordIsCreatedThenChanged();
    void nullEmptiesAndAbsentLeavesAlone();
    void decimalsArriveAsTheyWere();
    void keysCannotBreakOut_data();
    void keysCannotBreakOut();
    void messagesWithoutKeyAreRefused_data();
    void messagesWithoutKeyAreRefused();
    void theKeyMayStandInAnotherField();
    void relationshipsByExternalId();
    void refusalsAreTyped_data();
    void refusalsAreTyped();
    void orderedFailuresAreTyped_data();
    void orderedFailuresAreTyped();
    void updateOnlyCreatesNothing();
    void byIdTheRecordIsChangedAndNoneIsMade();
    void aMissingParentHasACodeOfItsOwn();
    void aCutLineMayBeTriedAgain();
    void anAnswerThatDoesNotSayWhatBecameOfItLeavesItOpen_data();
    void anAnswerThatDoesNotSayWhatBecameOfItLeavesItOpen();
    void manyRecordsGoInOneCallAndEachHasItsOwnOutcome();
    void aBatchThatIsRefusedAsAWholeGoesOneByOne();
    void aBatchWithALostAnswerIsUnknownForEachRecord();
    void recordsOfOneKeyHaveOneBatchKey();
    void oneTokenServesAllCalls();
    void anEndedSessionIsRenewedOnceForAll();
    void aTokenThatNeverWorksEndsAfterOneRepeat();
    void refusedSignInIsAnAuthError();
    void aGivenTokenIsNotRenewed();
    void whatIsSentOnTheWire();

private:
    std::unique_ptr<Step> step(testing::Org &org, std::shared_ptr<Connection> connection,
                               std::string_view yaml = kPayments);
    StepAnswer run(Step &step, std::string_view json);
    /// One answer per record, in their order.
    std::vector<StepAnswer> runMany(Step &step, const std::vector<std::string> &records);
    void start(Step &step, std::string_view json);

    std::vector<StepAnswer> m_answers;
};

std::unique_ptr<Step> TestRecordUpsert::step(testing::Org &org,
                                             std::shared_ptr<Connection> connection,
                                             std::string_view yaml)
{
    const auto node = RecordUpsert::descriptor();
    auto made =
        RecordUpsert::create({org.services(), "charges-to-payments", "write",
                              testing::settingsFrom(node.params, yaml), std::move(connection)});
    if (!made)
        qFatal("%s", made.error().text().c_str());
    return std::move(made).value();
}

void TestRecordUpsert::start(Step &step, std::string_view json)
{
    step.process(callWith(json),
                 StepReply([this](StepAnswer answer) { m_answers.push_back(std::move(answer)); }));
}

StepAnswer TestRecordUpsert::run(Step &step, std::string_view json)
{
    m_answers.clear();
    start(step, json);
    if (!QTest::qWaitFor([this] { return !m_answers.empty(); }, 20'000))
        return {};
    return m_answers.front();
}

std::vector<StepAnswer> TestRecordUpsert::runMany(Step &step,
                                                  const std::vector<std::string> &records)
{
    std::vector<StepAnswer> answers(records.size());
    std::size_t missing = records.size();
    std::vector<StepCall> calls;
    std::vector<StepReply> replies;
    for (std::size_t at = 0; at < records.size(); ++at) {
        calls.push_back(callWith(records[at]));
        replies.emplace_back([&answers, &missing, at](StepAnswer answer) {
            answers[at] = std::move(answer);
            --missing;
        });
    }
    step.processBatch(calls, std::move(replies));
    if (!QTest::qWaitFor([&missing] { return missing == 0; }, 20'000))
        qFatal("a batch was not answered");
    return answers;
}

void TestRecordUpsert::manyRecordsGoInOneCallAndEachHasItsOwnOutcome()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    QCOMPARE(upsert->batchLimit(), std::size_t(200));
    run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Amount__c":1})");
    org.control("faults", R"({"next":[{"code":"UNABLE_TO_LOCK_ROW"}]})");
    const auto answers = runMany(*upsert, {R"({"Stripe_Payment_Id__c":"ch_0"})",
                                           R"({"Stripe_Payment_Id__c":"ch_1","Amount__c":10.99})",
                                           R"({"Amount__c":5})",
                                           R"({"Stripe_Payment_Id__c":"ch_2","No_Such__c":1})",
                                           R"({"Stripe_Payment_Id__c":"ch_3"})"});
    QCOMPARE(answers[0].error.code, std::string("salesforce.unable_to_lock_row"));
    QVERIFY(answers[0].error.kind == ErrorKind::Transient && !answers[0].error.outcomeUnknown);
    QCOMPARE(answers[1].note, std::string("record updated"));
    const Value changed = answers[1].outputs.at(0).message->root();
    QVERIFY(!changed.get("created").asBool() && changed.get("success").asBool());
    QCOMPARE(std::string(changed.get("key").text()), std::string("ch_1"));
    QCOMPARE(toJson(changed.find("fields.Amount__c")), std::string("10.99"));
    QCOMPARE(answers[2].error.code, std::string("salesforce.missing_key"));
    QCOMPARE(answers[3].error.code, std::string("salesforce.invalid_field"));
    QVERIFY(answers[3].error.kind == ErrorKind::Rejected || answers[3].error.kind == ErrorKind::Config);
    QCOMPARE(answers[4].note, std::string("record created"));
    QCOMPARE(int(org.theDouble->records().size()), 2);
}

void TestRecordUpsert::aBatchThatIsRefusedAsAWholeGoesOneByOne()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    org.control("faults", R"({"next":[{"status":400,"code":"JSON_PARSER_ERROR"}]})");
    const auto answers = runMany(*upsert, {R"({"Stripe_Payment_Id__c":"ch_1"})",
                                           R"({"Stripe_Payment_Id__c":"ch_2"})"});
    QVERIFY(answers[0].kind == StepAnswer::Kind::Alone);
    QVERIFY(answers[1].kind == StepAnswer::Kind::Alone);
    org.control("faults", R"({"next":[{"status":503}]})");
    const auto busy = runMany(*upsert, {R"({"Stripe_Payment_Id__c":"ch_3"})",
                                        R"({"Stripe_Payment_Id__c":"ch_4"})"});
    QVERIFY(busy[0].error.kind == ErrorKind::Transient && busy[1].error.kind == ErrorKind::Transient);
    QVERIFY(org.theDouble->records().empty());
}

void TestRecordUpsert::aBatchWithALostAnswerIsUnknownForEachRecord()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    run(*upsert, R"({"Stripe_Payment_Id__c":"ch_0"})");
    org.control("faults", R"({"next":[{"drop":true,"effect":"after"}]})");
    const auto answers = runMany(*upsert, {R"({"Stripe_Payment_Id__c":"ch_1"})",
                                           R"({"Stripe_Payment_Id__c":"ch_2"})"});
    for (const StepAnswer &answer : answers)
        QVERIFY(answer.error.kind == ErrorKind::Transient && answer.error.outcomeUnknown);
    QCOMPARE(int(org.theDouble->records().size()), 3); // and sent once
}

void TestRecordUpsert::recordsOfOneKeyHaveOneBatchKey()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    const auto keyOf = [&upsert](std::string_view json) { return upsert->batchKey(callWith(json)); };
    QVERIFY(!keyOf(R"({"Stripe_Payment_Id__c":"ch_A"})").empty());
    QCOMPARE(keyOf(R"({"Stripe_Payment_Id__c":"ch_A"})"), keyOf(R"({"Stripe_Payment_Id__c":"CH_a"})"));
    QVERIFY(keyOf(R"({"Stripe_Payment_Id__c":"ch_A"})") != keyOf(R"({"Stripe_Payment_Id__c":"ch_B"})"));
    QCOMPARE(keyOf(R"({"Amount__c":1})"), std::string());
}

void TestRecordUpsert::aRecordIsCreatedThenChanged()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    const auto first = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Amount__c":10.99})");
    QVERIFY2(first.kind == StepAnswer::Kind::Emitted, first.error.text().c_str());
    const Value made = first.outputs.at(0).message->root();
    QVERIFY(made.get("created").asBool());
    QVERIFY(made.get("success").asBool());
    QCOMPARE(int(made.get("id").size()), 18);
    QCOMPARE(std::string(made.get("key").text()), std::string("ch_1"));
    QCOMPARE(std::string(made.get("object").text()), std::string("Stripe_Payment__c"));
    QCOMPARE(std::string(made.get("external_id").text()), std::string("Stripe_Payment_Id__c"));
    QCOMPARE(toJson(made.find("fields.Amount__c")), std::string("10.99"));
    QCOMPARE(first.note, std::string("record created"));
    const auto second = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Status__c":"Refunded"})");
    QVERIFY(!second.outputs.at(0).message->root().get("created").asBool());
    QCOMPARE(second.note, std::string("record updated"));
    const auto held = org.theDouble->records();
    QCOMPARE(int(held.size()), 1);
    QCOMPARE(held[0].writes, 2);
    QCOMPARE(
        toJson(held[0].fields->root()),
        std::string(R"({"Amount__c":10.99,"Stripe_Payment_Id__c":"ch_1","Status__c":"Refunded"})"));
}

void TestRecordUpsert::nullEmptiesAndAbsentLeavesAlone()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Amount__c":5,"Failure_Code__c":"x"})");
    run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Failure_Code__c":null})");
    const auto fields = org.theDouble->records().at(0).fields;
    QVERIFY(fields->root().get("Failure_Code__c").isNull());
    QCOMPARE(fields->root().get("Amount__c").toInt().value_or(0), 5);
}

void TestRecordUpsert::decimalsArriveAsTheyWere()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    for (const char *amount : {"10.99", "1.099", "90071992547409.93", "12345678901234.567890123"}) {
        const auto answer = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Amount__c":)" +
                                             std::string(amount) + "}");
        QVERIFY2(answer.kind == StepAnswer::Kind::Emitted, answer.error.text().c_str());
        QCOMPARE(toJson(org.theDouble->records().at(0).fields->root().get("Amount__c")),
                 std::string(amount));
    }
}

void TestRecordUpsert::keysCannotBreakOut_data()
{
    QTest::addColumn<QString>("key");
    QTest::newRow("a path that climbs") << "a/../../b";
    QTest::newRow("two dots") << "..";
    QTest::newRow("an encoded slash") << "%2F";
    QTest::newRow("blanks and plus signs") << " a + b ";
    QTest::newRow("a query") << "x?updateOnly=true#y";
    QTest::newRow("letters of many scripts") << QString::fromUtf8("Zürich 東京 😀");
    QTest::newRow("a line end") << "a\r\nHost: b";
    QTest::newRow("quotation marks") << "\"'<>&;=";
}

void TestRecordUpsert::keysCannotBreakOut()
{
    QFETCH(QString, key);
    testing::Org org;
    const auto upsert = step(org, org.connect());
    std::string json = R"({"Stripe_Payment_Id__c":)";
    appendJsonString(json, toUtf8(key));
    json += "}";
    const auto answer = run(*upsert, json);
    QVERIFY2(answer.kind == StepAnswer::Kind::Emitted, answer.error.text().c_str());
    const auto held = org.theDouble->records();
    QCOMPARE(int(held.size()), 1);
    QCOMPARE(toQString(held[0].fields->root().get("Stripe_Payment_Id__c").text()), key);
    QVERIFY(!run(*upsert, json).outputs.at(0).message->root().get("created").asBool());
}

void TestRecordUpsert::messagesWithoutKeyAreRefused_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("absent") << QByteArray("{}") << QByteArray("salesforce.missing_key");
    QTest::newRow("null") << QByteArray(R"({"Stripe_Payment_Id__c":null})")
                          << QByteArray("salesforce.missing_key");
    QTest::newRow("empty") << QByteArray(R"({"Stripe_Payment_Id__c":""})")
                           << QByteArray("salesforce.missing_key");
    QTest::newRow("an object") << QByteArray(R"({"Stripe_Payment_Id__c":{}})")
                               << QByteArray("salesforce.missing_key");
    QTest::newRow("no record at all") << QByteArray("[1]") << QByteArray("salesforce.not_a_record");
}

void TestRecordUpsert::messagesWithoutKeyAreRefused()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, code);
    testing::Org org;
    const auto answer = run(*step(org, org.connect()), message.toStdString());
    QVERIFY(answer.kind == StepAnswer::Kind::Failed);
    QVERIFY(answer.error.kind == ErrorKind::Rejected);
    QCOMPARE(answer.error.code, code.toStdString());
}

void TestRecordUpsert::theKeyMayStandInAnotherField()
{
    testing::Org org;
    const auto upsert = step(org, org.connect(),
                             "{object: Stripe_Payment__c, external_id: Stripe_Payment_Id__c, "
                             "value_field: charge}");
    const auto answer = run(*upsert, R"({"charge":4711,"Amount__c":1})");
    QVERIFY2(answer.kind == StepAnswer::Kind::Emitted, answer.error.text().c_str());
    QCOMPARE(std::string(answer.outputs.at(0).message->root().get("key").text()),
             std::string("4711"));
}

void TestRecordUpsert::relationshipsByExternalId()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    const auto &buyer = sandbox::cast().front();
    const auto good = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1","Account__r":{)"
                                   R"("Stripe_Customer_Id__c":")" +
                                       buyer.customerId + "\"}}");
    QVERIFY2(good.kind == StepAnswer::Kind::Emitted, good.error.text().c_str());
    QCOMPARE(std::string(org.theDouble->records().at(0).fields->root().get("Account__c").text()),
             buyer.accountId);
    const auto bad = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_2","Account__r":{)"
                                  R"("Stripe_Customer_Id__c":"cus_nobody"}})");
    QCOMPARE(bad.error.code, std::string("salesforce.parent_not_found"));
    QVERIFY(bad.error.message.find("cus_nobody") != std::string::npos);
}

void TestRecordUpsert::refusalsAreTyped_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const char *fields, const char *code) {
        QTest::newRow(name) << QByteArray(fields) << QByteArray("salesforce.") + code;
    };
    row("an unknown field", R"("Colour__c":"red")", "invalid_field");
    row("a formula", R"("Net__c":1)", "invalid_field_for_insert_update");
    row("an automatic name", R"("Name":"x")", "invalid_field_for_insert_update");
    row("a value that is not in the picklist", R"("Currency__c":"SEK")",
        "invalid_or_null_for_restricted_picklist");
    row("a text that is too long", R"("Card_Last4__c":"42424242")", "string_too_long");
    row("a text for a number", R"("Amount__c":"ten")", "json_parser_error");
    row("a number for a text", R"("Failure_Code__c":5)", "json_parser_error");
    row("a text for a checkbox", R"("Livemode__c":"yes")", "json_parser_error");
    row("null for a checkbox", R"("Livemode__c":null)", "json_parser_error");
    row("a date that is none", R"("Payout_Date__c":"2026-02-31")", "json_parser_error");
    row("a time that is none", R"("Paid_At__c":"yesterday")", "json_parser_error");
    row("a number that is too large", R"("Amount__c":123456789012345)",
        "number_outside_valid_range");
    row("an id that is none", R"("Account__c":"acct")", "malformed_id");
    row("an id with a wrong check suffix", R"("Account__c":"0015gHq7LtR2mVxAAA")", "malformed_id");
    row("an account that does not exist", R"("Account__c":"001000000000001")",
        "invalid_cross_reference_key");
    row("an id of another object", R"("Account__c":"003000000000001")",
        "field_integrity_exception");
}

void TestRecordUpsert::refusalsAreTyped()
{
    QFETCH(QByteArray, fields);
    QFETCH(QByteArray, code);
    testing::Org org;
    const auto answer = run(*step(org, org.connect()),
                            R"({"Stripe_Payment_Id__c":"ch_1",)" + fields.toStdString() + "}");
    QVERIFY(answer.kind == StepAnswer::Kind::Failed);
    QVERIFY(answer.error.kind == ErrorKind::Rejected);
    QCOMPARE(answer.error.code, code.toStdString());
    QVERIFY(answer.error.message.find("Stripe_Payment__c") != std::string::npos);
    QVERIFY(answer.error.evidence.find("errorCode") != std::string::npos);
    QVERIFY(org.theDouble->records().empty());
}

void TestRecordUpsert::orderedFailuresAreTyped_data()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const char *fault, const char *kind, const char *code) {
        QTest::newRow(name) << QByteArray(fault) << QString::fromLatin1(kind)
                            << QByteArray("salesforce.") + code;
    };
    row("a locked row", R"({"code":"UNABLE_TO_LOCK_ROW"})", "transient", "unable_to_lock_row");
    row("a busy server", R"({"status":503})", "transient", "server_unavailable");
    row("too many requests", R"({"status":429,"retry_after":3})", "transient", "unavailable");
    row("the daily limit", R"({"code":"REQUEST_LIMIT_EXCEEDED"})", "transient",
        "request_limit_exceeded");
    row("a duplicate rule", R"({"code":"DUPLICATES_DETECTED"})", "rejected", "duplicate_record");
    row("a validation rule", R"({"code":"FIELD_CUSTOM_VALIDATION_EXCEPTION"})", "rejected",
        "field_custom_validation_exception");
    row("a unique field", R"({"code":"DUPLICATE_VALUE"})", "rejected", "duplicate_value");
    row("a required field", R"({"code":"REQUIRED_FIELD_MISSING"})", "rejected",
        "required_field_missing");
    row("several matches", R"({"status":300})", "rejected", "several_matches");
    row("a missing object", R"({"status":404})", "rejected", "not_found");
    row("a disabled interface", R"({"status":403,"code":"API_DISABLED_FOR_ORG"})", "auth",
        "api_disabled_for_org");
}

void TestRecordUpsert::orderedFailuresAreTyped()
{
    QFETCH(QByteArray, fault);
    QFETCH(QString, kind);
    QFETCH(QByteArray, code);
    testing::Org org;
    const auto upsert = step(org, org.connect());
    org.control("faults", "{\"next\":[" + fault.toStdString() + "]}");
    const auto answer = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1"})");
    QVERIFY(answer.kind == StepAnswer::Kind::Failed);
    QCOMPARE(toQString(toString(answer.error.kind)), kind);
    QCOMPARE(answer.error.code, code.toStdString());
    QVERIFY(org.theDouble->records().empty());
    QVERIFY(run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1"})").kind == StepAnswer::Kind::Emitted);
}

void TestRecordUpsert::updateOnlyCreatesNothing()
{
    testing::Org org;
    const auto upsert = step(org, org.connect(),
                             "{object: Stripe_Payment__c, external_id: Stripe_Payment_Id__c, "
                             "update_only: true}");
    const auto answer = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1"})");
    QCOMPARE(answer.error.code, std::string("salesforce.not_found"));
    QVERIFY(org.theDouble->records().empty());
}

void TestRecordUpsert::byIdTheRecordIsChangedAndNoneIsMade()
{
    testing::Org org;
    const auto payments = step(org, org.connect());
    const auto made = run(*payments, R"({"Stripe_Payment_Id__c":"ch_1","Amount__c":1})");
    const std::string id(made.outputs.at(0).message->root().get("id").text());
    const auto byId = step(org, org.connect(), "{object: Stripe_Payment__c, external_id: Id}");
    QCOMPARE(byId->batchLimit(), std::size_t(1));
    const auto changed = run(*byId, R"({"Id":")" + id + R"(","Amount__c":2.5})");
    QCOMPARE(changed.note, std::string("record updated"));
    QCOMPARE(changed.outputs.at(0).message->root().get("id").text(), std::string_view(id));
    const auto unknown = run(*byId, R"({"Id":"a0P000000000000AAA","Amount__c":3})");
    QCOMPARE(unknown.error.code, std::string("salesforce.not_found"));
    QCOMPARE(int(org.theDouble->records().size()), 1);
    const Value fields = org.theDouble->records().front().fields->root();
    QCOMPARE(toJson(fields.get("Amount__c")), std::string("2.5"));
}

void TestRecordUpsert::aMissingParentHasACodeOfItsOwn()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    const std::string early =
        R"({"Stripe_Payment_Id__c":"ch_1","Account__r":{"Stripe_Customer_Id__c":"cus_late"}})";
    const auto alone = run(*upsert, early);
    QCOMPARE(alone.error.code, std::string("salesforce.parent_not_found"));
    QVERIFY(alone.error.kind == ErrorKind::Rejected);
    const auto many = runMany(*upsert, {early, R"({"Stripe_Payment_Id__c":"ch_2"})"});
    QCOMPARE(many[0].error.code, std::string("salesforce.parent_not_found"));
    QCOMPARE(many[1].note, std::string("record created"));
    // A name that the object does not have is another matter: no wait mends it.
    QCOMPARE(run(*upsert, R"({"Stripe_Payment_Id__c":"ch_3","No_Such__c":1})").error.code,
             std::string("salesforce.invalid_field"));
}

void TestRecordUpsert::aCutLineMayBeTriedAgain()
{
    testing::Org org;
    const auto upsert = step(org, org.connect());
    run(*upsert, R"({"Stripe_Payment_Id__c":"ch_0"})");
    org.control("faults", R"({"next":[{"drop":true,"effect":"after","times":5}]})");
    const auto answer = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1"})");
    QVERIFY(answer.kind == StepAnswer::Kind::Failed);
    QVERIFY(answer.error.kind == ErrorKind::Transient);
    QVERIFY(answer.error.outcomeUnknown); // the engine waits before it tries again
    for (int tries = 0; tries < 8; ++tries) {
        if (run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1"})").kind == StepAnswer::Kind::Emitted)
            break;
    }
    int records = 0;
    for (const auto &record : org.theDouble->records())
        records += record.fields->root().get("Stripe_Payment_Id__c").text() == "ch_1";
    QCOMPARE(records, 1);
}

void TestRecordUpsert::anAnswerThatDoesNotSayWhatBecameOfItLeavesItOpen_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("cutAfter");
    const QByteArray good = R"({"id":"a00000000000001AAA","success":true,"created":true,"errors":[]})";
    QTest::newRow("nothing comes") << 201 << good << 0;
    QTest::newRow("it is cut in its head") << 201 << good << 12;
    QTest::newRow("it is cut in its body") << 201 << good << 150;
    QTest::newRow("a page of somebody between") << 200 << QByteArray("<html>Sign in first</html>") << -1;
    QTest::newRow("half of it") << 201 << good.left(30) << -1;
    QTest::newRow("nothing in it") << 200 << QByteArray() << -1;
    QTest::newRow("other JSON") << 200 << QByteArray(R"({"status":"ok"})") << -1;
    QTest::newRow("a list") << 200 << QByteArray("[]") << -1;
    QTest::newRow("a gateway that got no answer") << 504 << QByteArray("<html>Time-out</html>") << -1;
    QTest::newRow("a gateway that lost its line") << 502 << QByteArray("<html>Bad gateway</html>") << -1;
    QTest::newRow("bytes that are no text") << 200 << QByteArray("\xff\x00\xfe", 3) << -1;
}

void TestRecordUpsert::anAnswerThatDoesNotSayWhatBecameOfItLeavesItOpen()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(int, cutAfter);
    testing::Org org;
    int calls = 0;
    HttpServer server;
    server.setHandler([&](HttpRequest, HttpReply reply) {
        ++calls; // Taken, written, and then the answer is like this.
        HttpResponse answer = jsonResponse(status, body.toStdString());
        if (cutAfter >= 0)
            answer.cutAfter = std::size_t(cutAfter);
        reply.send(std::move(answer));
    });
    QVERIFY(server.listen("127.0.0.1", 0));
    auto opened = SalesforceConnection::open(
        org.services(), "crm",
        testing::settingsFrom(SalesforceConnection::params(),
                              "{base_url: \"" + server.url() + "\", auth: access_token}",
                              {{"access_token", Secret("00D!x")}}));
    QVERIFY(opened);
    const auto upsert = step(org, opened.value());
    std::vector<StepAnswer> answers = runMany(*upsert, {R"({"Stripe_Payment_Id__c":"ch_1"})",
                                                        R"({"Stripe_Payment_Id__c":"ch_2"})"});
    answers.push_back(run(*upsert, R"({"Stripe_Payment_Id__c":"ch_1"})"));
    for (const StepAnswer &answer : answers) {
        QVERIFY(answer.kind == StepAnswer::Kind::Failed);
        QVERIFY(answer.error.kind == ErrorKind::Transient);
        QVERIFY2(answer.error.outcomeUnknown, answer.error.text().c_str());
    }
    QCOMPARE(calls, 2); // The step repeats nothing by itself.
}

void TestRecordUpsert::oneTokenServesAllCalls()
{
    testing::Org org;
    const auto connection = org.connect();
    const auto upsert = step(org, connection);
    m_answers.clear();
    for (int i = 0; i < 40; ++i)
        start(*upsert, R"({"Stripe_Payment_Id__c":"ch_)" + std::to_string(i) + "\"}");
    QTRY_COMPARE_WITH_TIMEOUT(int(m_answers.size()), 40, 20'000);
    for (const auto &answer : m_answers)
        QVERIFY(answer.kind == StepAnswer::Kind::Emitted);
    QCOMPARE(connection->signIns(), 1);
    QCOMPARE(int(org.theDouble->records().size()), 40);
}

void TestRecordUpsert::anEndedSessionIsRenewedOnceForAll()
{
    testing::Org org;
    const auto connection = org.connect();
    const auto upsert = step(org, connection);
    run(*upsert, R"({"Stripe_Payment_Id__c":"ch_0"})");
    org.control("expire-tokens", {});
    m_answers.clear();
    for (int i = 0; i < 20; ++i)
        start(*upsert, R"({"Stripe_Payment_Id__c":"ch_)" + std::to_string(i) + "\"}");
    QTRY_COMPARE_WITH_TIMEOUT(int(m_answers.size()), 20, 20'000);
    for (const auto &answer : m_answers)
        QVERIFY2(answer.kind == StepAnswer::Kind::Emitted, answer.error.text().c_str());
    QCOMPARE(connection->signIns(), 2);
}

void TestRecordUpsert::aTokenThatNeverWorksEndsAfterOneRepeat()
{
    testing::Org org;
    const auto connection = org.connect();
    const auto upsert = step(org, connection);
    org.control("faults", R"({"next":[{"code":"INVALID_SESSION_ID","times":9}]})");
    const auto answer = run(*upsert, R"({"Stripe_Payment_Id__c":"ch_0"})");
    QVERIFY(answer.error.kind == ErrorKind::Auth);
    QCOMPARE(answer.error.code, std::string("salesforce.invalid_session_id"));
    QCOMPARE(connection->signIns(), 2);
}

void TestRecordUpsert::refusedSignInIsAnAuthError()
{
    testing::Org org;
    auto secrets = org.theDouble->connectionSecrets();
    secrets["client_secret"] = Secret("wrong");
    const auto answer = run(*step(org, org.connect(secrets)), R"({"Stripe_Payment_Id__c":"ch_0"})");
    QVERIFY(answer.error.kind == ErrorKind::Auth);
    QCOMPARE(answer.error.code, std::string("salesforce.invalid_client"));
    QVERIFY(answer.error.message.find("secret") != std::string::npos);
    QVERIFY(answer.error.text().find("wrong") == std::string::npos);
}

void TestRecordUpsert::aGivenTokenIsNotRenewed()
{
    testing::Org org;
    const auto connection =
        org.connect({{"access_token", Secret(org.token())}}, "auth: access_token\n");
    const auto upsert = step(org, connection);
    QVERIFY(run(*upsert, R"({"Stripe_Payment_Id__c":"ch_0"})").kind == StepAnswer::Kind::Emitted);
    org.control("expire-tokens", {});
    QVERIFY(run(*upsert, R"({"Stripe_Payment_Id__c":"ch_0"})").error.kind == ErrorKind::Auth);
    QCOMPARE(connection->signIns(), 0);
}

void TestRecordUpsert::whatIsSentOnTheWire()
{
    testing::Org org;
    HttpRequest seen;
    HttpServer server;
    server.setHandler([&](HttpRequest request, HttpReply reply) {
        seen = std::move(request);
        reply.send({204, {}, {}, false, std::nullopt});
    });
    QVERIFY(server.listen("127.0.0.1", 0));
    auto opened = SalesforceConnection::open(
        org.services(), "crm",
        testing::settingsFrom(SalesforceConnection::params(),
                              "{base_url: \"" + server.url() +
                                  "\", auth: access_token, api_version: \"58.0\"}",
                              {{"access_token", Secret("00D!x")}}));
    QVERIFY(opened);
    const auto upsert = step(org, opened.value());
    const auto answer =
        run(*upsert, R"({"Stripe_Payment_Id__c":"a/b","Amount__c":1.50,"Fee__c":null})");
    QVERIFY2(answer.kind == StepAnswer::Kind::Emitted, answer.error.text().c_str());
    QVERIFY(!answer.outputs.at(0).message->root().get("created").asBool());
    QCOMPARE(seen.method, std::string("PATCH"));
    QCOMPARE(seen.target, std::string("/services/data/v58.0/sobjects/Stripe_Payment__c/"
                                      "Stripe_Payment_Id__c/a%2Fb"));
    QCOMPARE(std::string(seen.header("Sforce-Call-Options")),
             std::string("client=tidewire/charges-to-payments"));
    QCOMPARE(std::string(seen.header("Authorization")), std::string("Bearer 00D!x"));
    QCOMPARE(seen.body, std::string(R"({"Amount__c":1.5,"Fee__c":null})"));
}

QTEST_GUILESS_MAIN(TestRecordUpsert)
#include "tst_RecordUpsert.moc"
