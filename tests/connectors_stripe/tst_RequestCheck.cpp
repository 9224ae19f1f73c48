// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"
#include "tests/connectors_stripe/StripeTesting.h"

using namespace tw;
using namespace tw::testing;
using stripe::ApiCatalogue;
using stripe::ApiField;
using stripe::ApiOperation;

/// Parameters are held against what is known of a call before Stripe sees them.
class TestRequestCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parametersAreHeldAgainstIt_data();
    void parametersAreHeldAgainstIt();
    void queriesAreHeldAgainstItToo();
    void messagesHelp();
    void aClosedChoiceIsClosed();
};

void TestRequestCheck::parametersAreHeldAgainstIt_data()
{
    QTest::addColumn<QString>("call");
    QTest::addColumn<QByteArray>("params");
    QTest::addColumn<QString>("problems");
    const auto row = [](const char *call, const char *params, const char *problems) {
        QTest::addRow("%s %s", call, params)
            << QString::fromLatin1(call) << QByteArray(params) << QString::fromLatin1(problems);
    };
    const char *intents = "/v1/payment_intents";
    row(intents, R"({"amount":1099,"currency":"usd"})", "");
    row(intents, R"({"amount":"1099","currency":"usd"})", "");
    row(intents, R"({"amount":10.99,"currency":"usd"})", "type amount");
    row(intents, R"({"amount":"10.99","currency":"usd"})", "type amount");
    row(intents, R"({"amount":"","currency":"usd"})", "missing amount");
    row(intents, R"({"currency":"usd"})", "missing amount");
    row(intents, R"({"amount":null,"currency":"usd"})", "missing amount");
    row(intents, R"({"amount":-5,"currency":"usd"})", "");
    row(intents, R"({"amount":1,"currency":"usd","confirm":true})", "");
    row(intents, R"({"amount":1,"currency":"usd","confirm":"true"})", "");
    row(intents, R"({"amount":1,"currency":"usd","confirm":"yes"})", "type confirm");
    row(intents, R"({"amount":1,"currency":"usd","confirm":1})", "type confirm");
    row(intents, R"({"amount":1,"currency":"usd","metadata":{"a":"b"}})", "");
    row(intents, R"({"amount":1,"currency":"usd","metadata":{"a":{"b":1}}})", "type metadata[a]");
    row(intents, R"({"amount":1,"currency":"usd","metadata":["a"]})", "type metadata");
    row(intents, R"({"amount":1,"currency":"usd","zebra":1})", "unknown zebra");
    row(intents, R"({"amount":1,"currency":"usd","shipping":{"name":"A","address":{"line1":"x"}}})",
        "");
    row(intents, R"({"amount":1,"currency":"usd","shipping":{"name":"A","address":{"zebra":"x"}}})",
        "unknown shipping[address][zebra]");
    row(intents, R"({"amount":1,"currency":"usd","shipping":"home"})", "type shipping");
    row(intents, R"({"amount":1,"currency":"usd","expand":["customer"]})", "");
    row(intents, R"({"amount":1,"currency":{"code":"usd"}})", "type currency");
    row("/v1/subscriptions", R"({"customer":"cus_1","items":[{"price":"p","quantity":2}]})", "");
    row("/v1/subscriptions", R"({"customer":"cus_1","items":[{"price":"p","quantity":"two"}]})",
        "type items[0][quantity]");
    row("/v1/subscriptions", R"({"customer":"cus_1","items":[{"prise":"p"}]})",
        "unknown items[0][prise]");
    row("/v1/subscriptions", R"({"customer":"cus_1","items":{"price":"p"}})", "type items");
    row("/v1/subscriptions", R"({"customer":"cus_1","trial_end":"now"})", "");
    row("/v1/subscriptions", R"({"customer":"cus_1","trial_end":1790000000})", "");
    row("/v1/customers", R"({"address":""})", "");
    row("/v1/customers", R"({"address":null,"metadata":null,"name":""})", "");
    row("/v1/customers", R"({"preferred_locales":["fr"]})", "");
    row("/v1/webhook_endpoints", R"({"url":"https://x","enabled_events":["*"]})", "");
    row("/v1/webhook_endpoints", R"({"url":"https://x"})", "missing enabled_events");
    row("/v1/prices", R"({"currency":"usd","unit_amount_decimal":"0.5","product":"p"})", "");
    row("/v1/prices", R"({"currency":"usd","recurring":{"interval":"month"},"product":"p"})", "");
    row("/v1/prices", R"({"currency":"usd","recurring":{"count":1},"product":"p"})",
        "unknown recurring[count], missing recurring[interval]");
    row(intents, R"({"amount":"99999999999999999999","currency":"usd"})", "type amount");
    row(intents, R"({"amount":"-","currency":"usd"})", "type amount");
    row(intents, R"({"amount":true,"currency":"usd"})", "type amount");
    row(intents, R"({"amount":1,"currency":"euros"})", "type currency");
    row(intents, R"({"amount":1,"currency":true})", "type currency");
    row(intents, R"({"amount":1,"currency":""})", "missing currency");
    row(intents, R"({"amount":1,"currency":"usd","metadata":""})", "type metadata");
    row(intents, R"({"amount":1,"currency":"usd","metadata":{"a":""}})", "");
    row(intents, R"({"amount":1,"currency":"usd","metadata":{"a":7}})", "");
    row(intents, R"({"amount":1,"currency":"usd","confirm":""})", "type confirm");
    row(intents, R"({"amount":1,"currency":"usd","off_session":"true"})", "");
    row(intents, R"({"amount":1,"currency":"usd","off_session":"recurring"})", "");
    row(intents, R"({"amount":1,"currency":"usd","off_session":{}})", "type off_session");
    row(intents, R"({"amount":1,"currency":"usd","shipping":{"name":"A"}})",
        "missing shipping[address]");
    row(intents, R"({"amount":1,"currency":"usd","payment_method_types":["card"]})",
        "unknown payment_method_types");
    row("/v1/subscriptions", R"({"customer":"c","trial_end":"later"})", "choice trial_end");
    row("/v1/subscriptions", R"({"customer":"c","trial_end":{"at":1}})", "type trial_end");
    row("/v1/subscriptions", R"({"customer":"c","items":["p"]})", "type items[0]");
    row("/v1/customers", R"({"preferred_locales":"fr"})", "type preferred_locales");
    row("/v1/customers", R"({"tax_exempt":""})", "");
    row("/v1/customers", R"({"email":{}})", "type email");
    row("/v1/webhook_endpoints", R"({"url":"https://x","enabled_events":["zebra.done"]})",
        "choice enabled_events[0]");
    row("/v1/prices", R"({"currency":"usd","unit_amount_decimal":"half","product":"p"})",
        "type unit_amount_decimal");
    row("/v1/prices", R"({"currency":"usd","currency_options":{"eur":{"unit_amount":"5"}}})", "");
    row("/v1/prices", R"({"currency":"usd","currency_options":{"eur":{"unit_amount":"5.5"}}})",
        "type currency_options[eur][unit_amount]");
    row("/v1/prices", R"({"currency":"usd","currency_options":{"eur":{"zebra":"5"}}})",
        "unknown currency_options[eur][zebra]");
    row("/v1/prices", R"({"currency":"usd","tiers":[{"up_to":"inf"},{"up_to":5},{"up_to":"x"}]})",
        "choice tiers[2][up_to]");
    row("/v1/prices", R"({"currency":"usd","tiers":[{"unit_amount":5}]})",
        "missing tiers[0][up_to]");
    row("/v1/tax_rates", R"({"display_name":"V","inclusive":"false","percentage":"19.5"})", "");
    row("/v1/tax_rates", R"({"display_name":"V","inclusive":"false","percentage":"19,5"})",
        "type percentage");
    row("/v1/tax_rates", R"({"display_name":"V","inclusive":"false","percentage":"5."})",
        "type percentage");
    // Stripe adds values to its enumerations without a new version.
    row("/v1/prices", R"({"currency":"usd","recurring":{"interval":"fortnight"},"product":"p"})",
        "");
}

void TestRequestCheck::parametersAreHeldAgainstIt()
{
    QFETCH(QString, call);
    QFETCH(QByteArray, params);
    QFETCH(QString, problems);
    const auto *operation = ApiCatalogue::builtIn().find("POST", call.toStdString());
    QVERIFY(operation);
    const auto parsed = parseJson(params.toStdString());
    QVERIFY(parsed);
    QStringList found;
    static constexpr const char *kWords[] = {"unknown ", "missing ", "type ", "choice "};
    for (const auto &problem : stripe::checkParams(*operation, parsed->root())) {
        found.append(QLatin1String(kWords[int(problem.what)]) + toQString(problem.param));
        QVERIFY(problem.message.ends_with('.') || problem.message.ends_with('?'));
    }
    QCOMPARE(found.join(QStringLiteral(", ")), problems);
}

void TestRequestCheck::queriesAreHeldAgainstItToo()
{
    const auto *list = ApiCatalogue::builtIn().find("GET", "/v1/charges");
    const auto problemsOf = [list](const char *text) {
        return stripe::checkParams(*list, parseJson(text)->root());
    };
    QVERIFY(problemsOf(R"({"created":{"gte":"1790000000"},"limit":"5"})").empty());
    QVERIFY(problemsOf(R"({"created":"1790000000","expand":["data.customer"]})").empty());
    QCOMPARE(problemsOf(R"({"created":"today"})").at(0).param, std::string("created"));
    QCOMPARE(problemsOf(R"({"created":{"gte":"today"}})").at(0).param, std::string("created[gte]"));
    QCOMPARE(problemsOf(R"({"created":{"since":1}})").at(0).param, std::string("created[since]"));
    QVERIFY(stripe::checkParams(*list, Value()).empty());
}

void TestRequestCheck::messagesHelp()
{
    const auto *create = ApiCatalogue::builtIn().find("POST", "/v1/payment_intents");
    const auto first = [create](const char *text) {
        return stripe::checkParams(*create, parseJson(text)->root()).at(0).message;
    };
    QVERIFY(first(R"({"amount":"10.99","currency":"usd"})").find("$toMinor") != std::string::npos);
    QVERIFY(first(R"({"amount":1,"currency":"usd","captureMethod":"manual"})")
                .ends_with("Did you mean \"capture_method\"?"));
    std::string many = R"({"amount":1,"currency":"usd")";
    for (int at = 0; at < 1000; ++at)
        many += ",\"zebra" + std::to_string(at) + "\":1";
    QVERIFY(stripe::checkParams(*create, parseJson(many + '}')->root()).size() <= 20);
}

void TestRequestCheck::aClosedChoiceIsClosed()
{
    ApiOperation operation;
    ApiField field;
    field.name = "size";
    field.kind = ApiField::Kind::Text;
    field.choices = {"small", "large"};
    operation.params = {field};
    const auto problemsOf = [&](const char *text) {
        return stripe::checkParams(operation, parseJson(text)->root());
    };
    QVERIFY(problemsOf(R"({"size":"small"})").empty());
    const auto problems = problemsOf(R"({"size":"huge"})");
    QCOMPARE(problems.size(), 1u);
    QVERIFY(problems[0].what == stripe::ApiProblem::What::NoChoice);
    QVERIFY(problems[0].message.find("small, large") != std::string::npos);
    operation.params[0].openChoices = true;
    QVERIFY(problemsOf(R"({"size":"huge"})").empty());
}

QTEST_GUILESS_MAIN(TestRequestCheck)
#include "tst_RequestCheck.moc"
