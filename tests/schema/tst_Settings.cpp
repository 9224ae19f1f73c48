// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/schema/JsonSchema.h"
#include "core/schema/SecretRef.h"
#include "core/schema/Settings.h"

#include <QTest>

using namespace tw;

namespace {

std::vector<Param> params()
{
    return {
        text("object", "Object").required().example("Payment__c"),
        integer("size", "Size").fallback("200").range(1, 200),
        boolean("dry", "Dry run").fallback("false"),
        duration("keep", "Keep").fallback("30d"),
        choice("mode", "Mode").oneOf({{"one", {}, {}, {}}, {"bulk", {}, {}, {}}}).fallback("one"),
        text("job", "Job").required().shownWhen("mode", "bulk"),
        choiceList("events", "Events").oneOf({{"a.b", {}, {}, {}}}).open().fallback("[a.b]"),
        mapping("fields", "Fields"),
        text("code", "Code").matches("^[A-Z]{3}$", "Three capitals.").maxLength(3),
        url("address", "Address")};
}

struct Reading
{
    explicit Reading(const std::string &yaml) : tree(parseYaml(yaml))
    {
        settings =
            readSettings(params(), &tree.root, "f.yaml", {7, 3, 0}, "the step \"s\"", findings);
    }
    std::string codes() const
    {
        std::string all;
        for (const Diagnostic &finding : findings)
            all += (all.empty() ? "" : " ") + finding.code + '@' + std::to_string(finding.line) +
                   ':' + std::to_string(finding.column);
        return all;
    }
    YamlParse tree;
    std::vector<Diagnostic> findings;
    Settings settings;
};

} // namespace

class tst_Settings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fillsDefaults();
    void readsEachType();
    void findsProblems_data();
    void findsProblems();
    void askingForNothingGivesNothing();
    void durations_data();
    void durations();
    void secrets_data();
    void secrets();
    void secretReferences();
    void fieldsOfAMappingHaveTwoForms();
    void wordsOfAMappingAreSuggested_data();
    void wordsOfAMappingAreSuggested();
    void schemaOfParams();
    void schemaOfAMappingHasBothForms();
    void referenceTableIsMarkdown();
};

void tst_Settings::fillsDefaults()
{
    const Reading reading("object: A");
    QCOMPARE(reading.codes(), std::string());
    QCOMPARE(reading.settings.integer("size"), 200);
    QVERIFY(!reading.settings.flag("dry"));
    QCOMPARE(reading.settings.duration("keep"), std::chrono::hours(720));
    QCOMPARE(reading.settings.text("mode"), std::string("one"));
    QCOMPARE(reading.settings.list("events"), std::vector<std::string>{"a.b"});
    QVERIFY(!reading.settings.has("fields"));
    std::vector<Diagnostic> findings;
    const Settings quoted = readSettings({text("version", "Version").fallback("\"61.0\"")}, nullptr,
                                         "f.yaml", {}, "s", findings);
    QCOMPARE(quoted.text("version"), std::string("61.0"));
}

void tst_Settings::readsEachType()
{
    const Reading reading("object: 012\nsize: 5\ndry: true\nkeep: 500ms\nmode: bulk\njob: j\n"
                          "events: [a.b, x.*]\nfields: {B: 1, A: b.c}\ncode: EUR\n"
                          "address: https://a.test/x\n");
    QCOMPARE(reading.codes(), std::string());
    QCOMPARE(reading.settings.text("object"), std::string("012"));
    QCOMPARE(reading.settings.integer("size"), 5);
    QVERIFY(reading.settings.flag("dry"));
    QCOMPARE(reading.settings.duration("keep"), std::chrono::milliseconds(500));
    QCOMPARE(reading.settings.list("events"), (std::vector<std::string>{"a.b", "x.*"}));
    QCOMPARE(toJson(reading.settings.value("fields")), std::string(R"({"B":"1","A":"b.c"})"));
}

void tst_Settings::findsProblems_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("codes");
    const auto row = [](const char *name, const char *yaml, const char *codes) {
        QTest::newRow(name) << QByteArray(yaml) << QByteArray(codes);
    };
    row("nothing at all", "", "flow.missing_setting@7:3");
    row("an empty value", "object: ''", "flow.missing_setting@1:9");
    row("an unknown key", "object: a\nsise: 1", "flow.unknown_key@2:1");
    row("a number with quotes", "object: a\nsize: '1'", "flow.wrong_type@2:7");
    row("half a number", "object: a\nsize: 1.5", "flow.wrong_type@2:7");
    row("too large", "object: a\nsize: 201", "flow.out_of_bounds@2:7");
    row("yes is not true", "object: a\ndry: yes", "flow.wrong_type@2:6");
    row("a choice that is none", "object: a\nmode: too", "flow.unknown_choice@2:7");
    row("needed only with this mode", "object: a\nmode: bulk", "flow.missing_setting@7:3");
    row("a pattern", "object: a\ncode: eur", "flow.bad_pattern@2:7");
    row("too long", "object: a\ncode: EURO", "flow.too_long@2:7");
    row("no address", "object: a\naddress: ftp://x", "flow.bad_address@2:10");
    row("a password in an address", "object: a\naddress: https://u:p@x.test",
        "flow.secret_in_text@2:10");
    row("a key", "object: sk_live_4eC39HqLyjWDarjtT1zdp7dc", "flow.secret_in_text@1:9");
    row("a secret reference where none belongs", "object: ${secret:a/b}",
        "flow.misplaced_secret@1:9");
    row("a list for a text", "object: [a]", "flow.wrong_type@1:9");
    row("a text for a list", "object: a\nevents: a.b", "flow.wrong_type@2:9");
    row("a field without expression", "object: a\nfields: {A: }", "flow.wrong_type@2:10");
    row("a field with an empty expression", "object: a\nfields: {A: ''}", "flow.wrong_type@2:13");
    row("a list as expression", "object: a\nfields: {A: [b]}", "flow.wrong_type@2:13");
    row("a group without value", "object: a\nfields: {A: {list: one}}",
        "flow.missing_setting@2:13");
    row("a group with an unknown key", "object: a\nfields: {A: {value: b, if_misssing: fail}}",
        "flow.unknown_key@2:24");
    row("a word that is no policy", "object: a\nfields: {A: {value: b, if_missing: faill}}",
        "flow.unknown_choice@2:36");
    row("a word that is no list policy", "object: a\nfields: {A: {value: b, list: all}}",
        "flow.unknown_choice@2:30");
    row("a default without a policy", "object: a\nfields: {A: {value: b, default: 0}}",
        "flow.unused_setting@2:24");
    row("a default with another policy",
        "object: a\nfields: {A: {value: b, if_missing: fail, default: 0}}",
        "flow.unused_setting@2:42");
    row("no default where one is asked for",
        "object: a\nfields: {A: {value: b, if_missing: default}}", "flow.missing_setting@2:36");
    row("an empty default", "object: a\nfields: {A: {value: b, if_missing: default, default: }}",
        "flow.missing_setting@2:45");
    row("a separator that joins nothing",
        "object: a\nfields: {A: {value: b, list: first, separator: x}}",
        "flow.unused_setting@2:37");
    row("a list as value of a group", "object: a\nfields: {A: {value: [b]}}",
        "flow.wrong_type@2:21");
    row("a default without end",
        "object: a\nfields: {A: {value: b, if_missing: default, default: .inf}}",
        "flow.not_finite@2:54");
    row("a default that is no number",
        "object: a\nfields: {A: {value: b, if_missing: default, default: .NaN}}",
        "flow.not_finite@2:54");
    row("a default beyond all numbers inside a list",
        "object: a\nfields: {A: {value: b, if_missing: default, default: [1, {x: -1e999}]}}",
        "flow.not_finite@2:62");
    row("a key in a default",
        "object: a\nfields: {A: {value: b, if_missing: default, default: "
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc}}",
        "flow.secret_in_text@2:54");
    row("a key in an expression",
        "object: a\nfields: {A: {value: "
        "'\"sk_live_4eC39HqLyjWDarjtT1zdp7dc\"'}}",
        "flow.secret_in_text@2:21");
    row("a target with an empty part", "object: a\nfields: {a..b: x}", "flow.bad_target@2:10");
    row("a field and its group", "object: a\nfields: {a.b: x, c: y, a: z}", "flow.bad_target@2:24");
}

void tst_Settings::findsProblems()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, codes);
    const Reading reading(yaml.toStdString());
    QCOMPARE(reading.codes(), codes.toStdString());
    QVERIFY(!reading.findings[0].fix.empty());
}

void tst_Settings::askingForNothingGivesNothing()
{
    const Settings none;
    QVERIFY(none.value("x").isUndefined());
    QVERIFY(none.text("x").empty() && none.list("x").empty() && none.secret("x").isEmpty());
    QCOMPARE(none.duration("x").count(), 0);
    Settings some;
    some.setSecret("key", Secret("s"));
    QVERIFY(some.has("key") && some.secret("key").matches("s"));
}

void tst_Settings::durations_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("ms");
    QTest::newRow("milliseconds") << QByteArray("500ms") << qint64(500);
    QTest::newRow("seconds") << QByteArray("30s") << qint64(30'000);
    QTest::newRow("minutes") << QByteArray("15m") << qint64(900'000);
    QTest::newRow("days") << QByteArray("30d") << qint64(2'592'000'000);
    for (const char *bad : {"", "5", "s", "-1s", "1.5h", "1 h", "1w", "99999999999999d", "1h30m"})
        QTest::addRow("not \"%s\"", bad) << QByteArray(bad) << qint64(-1);
}

void tst_Settings::durations()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, ms);
    const auto span = parseDuration(text.toStdString());
    QCOMPARE(span ? span->count() : -1, ms);
    if (span)
        QCOMPARE(durationText(*span), text.toStdString());
}

void tst_Settings::secrets_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("secret");
    const auto row = [](const char *text, bool secret) {
        QTest::newRow(text) << QByteArray(text) << secret;
    };
    row("sk_live_4eC39HqLyjWDarjtT1zdp7dc", true);
    row("the key sk_test_4eC39HqLyjWDarjtT1zdp7dc in a sentence", true);
    row("rk_live_51Abcdefgh", true);
    row("whsec_8f3a9bcd12", true);
    row("00D5g00000ABCDE!AQ4AQFakeTokenFakeTokenFakeToken1234", true);
    row("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", true);
    row("-----BEGIN RSA PRIVATE KEY-----", true);
    row("Xk3vQ9pLz7TnB2mWc8RyD4hJf6GsA1oE", true);
    row("${secret:stripe/api_key}", false);
    row("ch_3MmlLrLkdIwHu7ix0snN0B15", false);
    row("evt_test_65R9Ijk8dKEYZcXeRWn16R9A7j1FSQ3w3TGDPLLGSM4CW0", false);
    row("Stripe_Payment_External_Identifier__c", false);
    row("0015g00000XyZabAAF", false);
    row("9f1c2d3e-4b5a-6978-8899-aabbccddeeff", false);
    row("data.object.payment_method_details.card.last4", false);
    row("https://example--qa.sandbox.my.salesforce.com", false);
    row("$toMajor(data.object.application_fee_amount, data.object.currency)", false);
    row("getPaymentMethodDetailsForThreeDSecure2Authentication", false);
}

void tst_Settings::secrets()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, secret);
    QCOMPARE(looksLikeSecret(text.toStdString()), secret);
}

void tst_Settings::secretReferences()
{
    const auto ref = parseSecretRef("${secret:my-crm/api_key}");
    QVERIFY(ref.has_value());
    QCOMPARE(ref->connection, std::string("my-crm"));
    QCOMPARE(ref->field, std::string("api_key"));
    QCOMPARE(ref->text(), std::string("${secret:my-crm/api_key}"));
    for (const char *bad : {"", "${secret:}", "${secret:a}", "${secret:a/}", "${secret:a/b/c}",
                            "x${secret:a/b}", "${secret:a/b} ", "${other:a/b}"})
        QVERIFY2(!parseSecretRef(bad), bad);
}

void tst_Settings::fieldsOfAMappingHaveTwoForms()
{
    const Reading reading("object: a\nfields:\n  A: b.c\n  g.F:\n    value: fee / 100\n"
                          "    if_missing: default\n    default: {x: [1, 2.50]}\n    list: join\n"
                          "    separator: '; '\n    note: agreed\n");
    QCOMPARE(reading.codes(), std::string());
    QCOMPARE(toJson(reading.settings.value("fields")),
             std::string(R"({"A":"b.c","g.F":{"value":"fee / 100","if_missing":"default",)"
                         R"("default":{"x":[1,2.5]},"list":"join","separator":"; ",)"
                         R"("note":"agreed"}})"));
}

void tst_Settings::wordsOfAMappingAreSuggested_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("fix");
    QTest::newRow("a key") << QByteArray("if_misssing: fail") << QByteArray("\"if_missing\"");
    QTest::newRow("a policy") << QByteArray("if_missing: defualt") << QByteArray("\"default\"");
    QTest::newRow("a list policy") << QByteArray("list: frist") << QByteArray("\"first\"");
    QTest::newRow("nothing near") << QByteArray("if_missing: whatever")
                                  << QByteArray("Write leave, clear, default or fail.");
}

void tst_Settings::wordsOfAMappingAreSuggested()
{
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, fix);
    const Reading reading("object: a\nfields: {A__c: {value: b, " + field.toStdString() + "}}");
    QCOMPARE(reading.findings.size(), 1u);
    QCOMPARE(reading.findings[0].path, std::string("fields/A__c"));
    QVERIFY2(reading.findings[0].fix.find(fix.toStdString()) != std::string::npos,
             reading.findings[0].fix.c_str());
}

void tst_Settings::schemaOfParams()
{
    Arena arena;
    const Value schema = schemaOfSettings(arena, params());
    QCOMPARE(toJson(schema.get("required")), std::string(R"(["object"])"));
    QCOMPARE(toJson(schema.find("properties.size")),
             std::string(
                 R"({"title":"Size","type":"integer","minimum":1,"maximum":200,"default":200})"));
    QCOMPARE(toJson(schema.find("properties.mode.enum")), std::string(R"(["one","bulk"])"));
    QVERIFY(!schema.get("additionalProperties").asBool());
}

void tst_Settings::schemaOfAMappingHasBothForms()
{
    Arena arena;
    const Value forms =
        schemaOfSettings(arena, params()).find("properties.fields.additionalProperties.anyOf");
    QCOMPARE(forms.size(), 2u);
    QCOMPARE(toJson(forms.at(0).get("type")), std::string(R"(["string","number","boolean"])"));
    const Value group = forms.at(1);
    QCOMPARE(toJson(group.get("required")), std::string(R"(["value"])"));
    QCOMPARE(toJson(group.find("properties.if_missing.enum")),
             std::string(R"(["leave","clear","default","fail"])"));
    QCOMPARE(toJson(group.find("properties.list.enum")),
             std::string(R"(["always","first","last","join","one"])"));
    QCOMPARE(toJson(group.find("dependencies.default.properties.if_missing.const")),
             std::string(R"("default")"));
    QVERIFY(!group.get("additionalProperties").asBool());
}

void tst_Settings::referenceTableIsMarkdown()
{
    const std::string table = referenceTable(params());
    QVERIFY(table.find("| `object` | text | required |  | Object. Example: `Payment__c`. |") !=
            std::string::npos);
    QVERIFY(table.find("| `size` | whole number, 1 to 200 | optional | `200` | Size. |") !=
            std::string::npos);
    QCOMPARE(referenceTable({}), std::string("No settings.\n"));
}

QTEST_GUILESS_MAIN(tst_Settings)
#include "tst_Settings.moc"
