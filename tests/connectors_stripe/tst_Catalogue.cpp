// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/Catalogue.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <set>

using namespace tw;
using namespace tw::testing;
using stripe::ApiCatalogue;
using stripe::ApiField;
using stripe::ApiOperation;
using stripe::ApiVerb;

/// What is known of Stripe's calls and objects, and how parameters are held against it.
class TestCatalogue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBuiltInOneIsWhatTheImporterReads();
    void everyCallIsFoundByItsPath();
    void verbsFollowFromPaths_data();
    void verbsFollowFromPaths();
    void fieldsAreWhatStripeSays_data();
    void fieldsAreWhatStripeSays();
    void amountsAndTimesAreThoseOfTheHints();
    void samplesOfStripeFit();
    void theTextGivesTheSameAgain();
    void anOlderVersionHasItsFieldsElsewhere();
    void parametersAreHeldAgainstIt_data();
    void parametersAreHeldAgainstIt();
    void aClosedChoiceIsClosed();
    void expansions_data();
    void expansions();
    void whatIsNoSpecIsRefused_data();
    void whatIsNoSpecIsRefused();
    void aSpecThatHoldsItselfEnds();
};

namespace {

Document spec(const char *name)
{
    return jsonFile(sharedFile(name));
}

const ApiField *fieldAt(const std::vector<ApiField> &fields, const std::string &path)
{
    const std::vector<ApiField> *inside = &fields;
    const ApiField *found = nullptr;
    for (std::size_t from = 0; from <= path.size();) {
        const auto dot = std::min(path.find('.', from), path.size());
        const std::string name = path.substr(from, dot - from);
        found = nullptr;
        for (const ApiField &field : *inside) {
            if (field.name == name || (name == "[]" && field.name.empty()))
                found = &field;
        }
        if (!found)
            return nullptr;
        inside = &found->fields;
        from = dot + 1;
    }
    return found;
}

} // namespace

void TestCatalogue::theBuiltInOneIsWhatTheImporterReads()
{
    const Document file = spec("stripe/openapi-2026-10-28.endive.trimmed.json");
    if (file.root().isUndefined())
        QSKIP("the shared OpenAPI file is not there");
    const auto read = ApiCatalogue::fromOpenApi(file.root());
    QVERIFY(read);
    QCOMPARE(read->text(), ApiCatalogue::builtIn().text());
    QCOMPARE(read->version(), std::string(stripe::kApiVersion));
    QCOMPARE(read->operations().size(), 261u);
}

void TestCatalogue::everyCallIsFoundByItsPath()
{
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    for (const ApiOperation &operation : all.operations()) {
        std::string path = operation.path;
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}') - open + 1, "id_1");
        QCOMPARE(all.find(operation.method, path), &operation);
        QVERIFY2(!operation.object.empty() || operation.path.starts_with("/v2/"), operation.path.c_str());
        const bool pages = fieldAt(operation.params, "limit");
        if (operation.verb == ApiVerb::List && operation.path.starts_with("/v1/") && pages) {
            for (const char *cursor : {"limit", "starting_after", "ending_before"})
                QVERIFY2(fieldAt(operation.params, cursor), operation.path.c_str());
        }
    }
    QVERIFY(!all.find("GET", "/v1/zebras"));
    QVERIFY(!all.find("PUT", "/v1/customers"));
}

void TestCatalogue::verbsFollowFromPaths_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("verb");
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("action");
    const auto row = [](const char *method, const char *path, ApiVerb verb, const char *object,
                        const char *action = "") {
        QTest::addRow("%s %s", method, path)
            << QString::fromLatin1(method) << QString::fromLatin1(path) << int(verb)
            << QString::fromLatin1(object) << QString::fromLatin1(action);
    };
    row("POST", "/v1/customers", ApiVerb::Create, "customer");
    row("GET", "/v1/customers", ApiVerb::List, "customer");
    row("GET", "/v1/customers/cus_1", ApiVerb::Retrieve, "customer");
    row("POST", "/v1/customers/cus_1", ApiVerb::Update, "customer");
    row("DELETE", "/v1/customers/cus_1", ApiVerb::Delete, "customer");
    row("GET", "/v1/customers/search", ApiVerb::Search, "customer");
    row("POST", "/v1/invoices/in_1/finalize", ApiVerb::Action, "invoice", "finalize");
    row("POST", "/v1/invoices/create_preview", ApiVerb::Action, "invoice", "create_preview");
    row("POST", "/v1/payment_methods/pm_1/attach", ApiVerb::Action, "payment_method", "attach");
    row("DELETE", "/v1/subscriptions/sub_1", ApiVerb::Delete, "subscription");
    row("POST", "/v1/customers/cus_1/tax_ids", ApiVerb::Create, "tax_id");
    row("GET", "/v1/account", ApiVerb::Retrieve, "account");
    row("GET", "/v1/checkout/sessions/cs_1/line_items", ApiVerb::List, "item");
    row("POST", "/v1/test_helpers/test_clocks/c_1/advance", ApiVerb::Action,
        "test_helpers.test_clock", "advance");
    row("POST", "/v1/disputes/du_1/close", ApiVerb::Action, "dispute", "close");
}

void TestCatalogue::verbsFollowFromPaths()
{
    QFETCH(QString, method);
    QFETCH(QString, path);
    QFETCH(int, verb);
    QFETCH(QString, object);
    QFETCH(QString, action);
    const auto *operation = ApiCatalogue::builtIn().find(method.toStdString(), path.toStdString());
    QVERIFY(operation);
    QCOMPARE(int(operation->verb), verb);
    QCOMPARE(toQString(operation->object), object);
    QCOMPARE(toQString(operation->action), action);
    QVERIFY(ApiCatalogue::builtIn().find(operation->object, operation->verb, operation->action));
}

void TestCatalogue::fieldsAreWhatStripeSays_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("unit");
    QTest::addColumn<QString>("flags");
    using Kind = ApiField::Kind;
    using Unit = ApiField::Unit;
    const auto row = [](const char *owner, const char *path, Kind kind, Unit unit,
                        const char *flags) {
        QTest::addRow("%s %s", owner, path)
            << QString::fromLatin1(owner) << QString::fromLatin1(path) << int(kind) << int(unit)
            << QString::fromLatin1(flags);
    };
    row("charge", "amount", Kind::Integer, Unit::MinorAmount, "r");
    row("charge", "created", Kind::Integer, Unit::UnixTime, "r");
    row("charge", "currency", Kind::Text, Unit::Currency, "r");
    row("charge", "customer", Kind::Text, Unit::None, "rn");
    row("charge", "metadata", Kind::Map, Unit::None, "r");
    row("charge", "paid", Kind::Boolean, Unit::None, "r");
    row("charge", "billing_details.email", Kind::Text, Unit::Email, "rn");
    row("subscription", "items", Kind::Group, Unit::None, "r");
    row("price", "unit_amount", Kind::Integer, Unit::MinorAmount, "rn");
    row("price", "unit_amount_decimal", Kind::Text, Unit::Decimal, "rn");
    row("payout", "arrival_date", Kind::Integer, Unit::UnixTime, "r");
    row("POST /v1/payment_intents", "amount", Kind::Integer, Unit::MinorAmount, "r");
    row("POST /v1/payment_intents", "currency", Kind::Text, Unit::Currency, "r");
    row("POST /v1/customers", "address", Kind::Group, Unit::None, "n");
    row("POST /v1/customers", "metadata", Kind::Map, Unit::None, "n");
    row("POST /v1/subscriptions", "items", Kind::List, Unit::None, "");
    row("POST /v1/webhook_endpoints", "enabled_events", Kind::List, Unit::None, "r");
}

void TestCatalogue::fieldsAreWhatStripeSays()
{
    QFETCH(QString, owner);
    QFETCH(QString, path);
    QFETCH(int, kind);
    QFETCH(int, unit);
    QFETCH(QString, flags);
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    const auto words = owner.split(u' ');
    const ApiField *field = nullptr;
    if (words.size() == 2) {
        const auto *operation = all.find(words[0].toStdString(), words[1].toStdString());
        QVERIFY(operation);
        field = fieldAt(operation->params, path.toStdString());
    } else {
        field = fieldAt(all.object(owner.toStdString())->fields, path.toStdString());
    }
    QVERIFY(field);
    QCOMPARE(int(field->kind), kind);
    QCOMPARE(int(field->unit), unit);
    QCOMPARE(QString::fromLatin1(field->required ? "r" : "") +
                 QLatin1String(field->nullable ? "n" : ""),
             flags);
}

/// The rule by names against what the descriptions say.
void TestCatalogue::amountsAndTimesAreThoseOfTheHints()
{
    const Document hints = jsonFile(sharedFile("stripe/field-hints.json"));
    if (hints.root().isUndefined())
        QSKIP("the shared hints are not there");
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    int looked = 0, right = 0;
    QStringList wrong;
    for (const auto &[list, unit] : {std::pair{"minor_amount", ApiField::Unit::MinorAmount},
                                     {"unix_time", ApiField::Unit::UnixTime}}) {
        for (const Value &hint : hints.root().get(list).items()) {
            const std::string path(hint.text());
            for (const std::string &object : all.objects()) {
                if (!path.starts_with(object + '.'))
                    continue;
                const ApiField *field =
                    fieldAt(all.object(object)->fields, path.substr(object.size() + 1));
                if (!field || field->kind != ApiField::Kind::Integer)
                    continue;
                ++looked;
                right += field->unit == unit;
                if (field->unit != unit)
                    wrong.append(toQString(path));
            }
        }
    }
    QVERIFY(looked > 200);
    // Names such as "maximum" or "flat" mean amounts in one place and counts in another.
    QVERIFY2(right * 100 >= looked * 95,
             qPrintable(QStringLiteral("%1 of %2: ").arg(right).arg(looked) + wrong.join(u' ')));
}

void TestCatalogue::samplesOfStripeFit()
{
    const Document fixtures = jsonFile(sharedFile("stripe/fixtures3.json"));
    if (fixtures.root().isUndefined())
        QSKIP("the shared fixtures are not there");
    // The fixtures are of an earlier release: these fields are known to differ.
    const std::set<std::string> known{"charge.invoice", "payment_intent.invoice",
                                      "invoice.subscription", "subscription.plan"};
    QStringList unknown;
    int looked = 0;
    for (const Member &member : fixtures.root().get("resources").members()) {
        const std::string type(member.key.text());
        const ApiField *shape = ApiCatalogue::builtIn().object(type);
        if (!shape || shape->fields.size() < 4)
            continue; // A stub of the trimmed file.
        for (const Member &field : member.value.members()) {
            ++looked;
            const std::string name(field.key.text());
            if (!shape->find(name) && known.count(type + '.' + name) == 0)
                unknown.append(toQString(type + '.' + name));
        }
    }
    QVERIFY(looked > 500);
    QVERIFY2(unknown.size() <= looked / 50, qPrintable(unknown.join(u' ')));
}

void TestCatalogue::theTextGivesTheSameAgain()
{
    const auto again = ApiCatalogue::fromText(ApiCatalogue::builtIn().text());
    QVERIFY(again);
    QCOMPARE(again->text(), ApiCatalogue::builtIn().text());
    for (const char *bad : {"", "{}", "[]", R"({"version":"1","operations":[{"p":"x"}]})",
                            R"({"version":"1","objects":{"a":[{"k":"zz"}]},"operations":[]})"})
        QCOMPARE(ApiCatalogue::fromText(bad).error().code, std::string("stripe.not_a_catalogue"));
}

void TestCatalogue::anOlderVersionHasItsFieldsElsewhere()
{
    const Document file = spec("stripe/openapi-2023-08-16.trimmed.json");
    if (file.root().isUndefined())
        QSKIP("the shared OpenAPI file of 2023 is not there");
    const auto old = ApiCatalogue::fromOpenApi(file.root());
    QVERIFY(old);
    QVERIFY(old->object("subscription")->find("current_period_end"));
    QVERIFY(!ApiCatalogue::builtIn().object("subscription")->find("current_period_end"));
    QVERIFY(old->object("invoice")->find("subscription"));
    QVERIFY(!ApiCatalogue::builtIn().object("invoice")->find("subscription"));
}

void TestCatalogue::parametersAreHeldAgainstIt_data()
{
    QTest::addColumn<QString>("call");
    QTest::addColumn<QByteArray>("params");
    QTest::addColumn<QString>("problems");
    const auto row = [](const char *call, const char *params, const char *problems) {
        QTest::addRow("%s", params)
            << QString::fromLatin1(call) << QByteArray(params) << QString::fromLatin1(problems);
    };
    const char *intents = "/v1/payment_intents";
    row(intents, R"({"amount":1099,"currency":"usd"})", "");
    row(intents, R"({"amount":"1099","currency":"usd"})", "");
    row(intents, R"({"amount":10.99,"currency":"usd"})", "type amount");
    row(intents, R"({"amount":"10.99","currency":"usd"})", "type amount");
    row(intents, R"({"amount":"","currency":"usd"})", "type amount");
    row(intents, R"({"currency":"usd"})", "missing amount");
    row(intents, R"({"amount":null,"currency":"usd"})", "type amount, missing amount");
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
    // Stripe adds values to its enumerations without a new version.
    row("/v1/prices", R"({"currency":"usd","recurring":{"interval":"fortnight"},"product":"p"})",
        "");
}

void TestCatalogue::parametersAreHeldAgainstIt()
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

void TestCatalogue::aClosedChoiceIsClosed()
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

void TestCatalogue::expansions_data()
{
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("isList");
    QTest::addColumn<bool>("may");
    const auto row = [](const char *object, const char *path, bool isList, bool may) {
        QTest::addRow("%s %s%s", object, path, isList ? " in a list" : "")
            << QString::fromLatin1(object) << QString::fromLatin1(path) << isList << may;
    };
    row("charge", "customer", false, true);
    row("charge", "customer.default_source", false, true);
    row("charge", "balance_transaction", false, true);
    row("charge", "amount", false, false);
    row("charge", "zebra", false, false);
    row("charge", "customer", true, false);
    row("charge", "data.customer", true, true);
    row("charge", "data.amount", true, false);
    row("subscription", "latest_invoice.payments", false, true);
    row("subscription", "items.data.price.product", false, true);
    row("checkout.session", "line_items", false, true);
}

void TestCatalogue::expansions()
{
    QFETCH(QString, object);
    QFETCH(QString, path);
    QFETCH(bool, isList);
    QFETCH(bool, may);
    QCOMPARE(ApiCatalogue::builtIn().mayExpand(object.toStdString(), path.toStdString(), isList),
             may);
}

void TestCatalogue::whatIsNoSpecIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray("{}");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no version") << QByteArray(
        R"({"components":{"schemas":{}},"paths":{"/v1/a":{"get":{}}}})");
    QTest::newRow("no calls") << QByteArray(
        R"({"info":{"version":"1"},"components":{"schemas":{}},"paths":{}})");
}

void TestCatalogue::whatIsNoSpecIsRefused()
{
    QFETCH(QByteArray, text);
    const auto parsed = parseJson(text.toStdString());
    const auto read = ApiCatalogue::fromOpenApi(parsed->root());
    QVERIFY(!read);
    QCOMPARE(read.error().code, std::string("stripe.not_a_spec"));
}

void TestCatalogue::aSpecThatHoldsItselfEnds()
{
    const auto parsed = parseJson(
        R"({"info":{"version":"1"},"paths":{"/v1/as":{"get":{"parameters":[{"in":"query","name":"f",)"
        R"("schema":{"$ref":"#/components/schemas/loop"}}],"responses":{}}}},"components":{"schemas":{)"
        R"("loop":{"properties":{"self":{"$ref":"#/components/schemas/loop"}}},)"
        R"("a":{"x-resourceId":"a","properties":{"me":{"$ref":"#/components/schemas/a"},)"
        R"("l":{"anyOf":[{"$ref":"#/components/schemas/loop"},{"$ref":"#/components/schemas/loop"}]}}}}}})");
    QVERIFY(parsed);
    const auto read = ApiCatalogue::fromOpenApi(parsed->root());
    QVERIFY(read);
    QVERIFY(read->object("a")->find("me"));
    QVERIFY(read->objectShape("a").find("me"));
}

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_Catalogue.moc"
