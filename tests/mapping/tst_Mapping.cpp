// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/Yaml.h"
#include "core/mapping/Mapping.h"
#include "core/schema/MappingForm.h"

#include <QTest>

using namespace tw;

namespace {

Result<Mapping> mappingOf(const std::string &yaml)
{
    Arena arena;
    const YamlParse parsed = parseYaml(yaml);
    return Mapping::fromSettings(parsed.root.toValue(arena));
}

std::string join(const std::vector<std::string> &names, const char *between)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : between) + name;
    return text;
}

} // namespace

/// A mapping as data: both written forms in, the shortest form out.
class tst_Mapping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAndWritesTheShortestForm_data();
    void readsAndWritesTheShortestForm();
    void refusesWhatCannotBeMeant_data();
    void refusesWhatCannotBeMeant();
    void keepsTheOrderOfTheFile();
    void targetNamesArePaths_data();
    void targetNamesArePaths();
    void theStepDecidesForFieldsThatSayNothing();
};

void tst_Mapping::readsAndWritesTheShortestForm_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("setting");
    const auto row = [](const char *name, const char *yaml, const char *setting) {
        QTest::newRow(name) << QByteArray(yaml) << QByteArray(setting);
    };
    row("an expression alone", "F: amount / 100", R"("amount / 100")");
    row("a number without quotes", "F: 12", R"("12")");
    row("a group that says nothing more", "F: {value: a}", R"("a")");
    row("leave", "F: {value: a, if_missing: leave}", R"({"value":"a","if_missing":"leave"})");
    row("clear", "F: {value: a, if_missing: clear}", R"({"value":"a","if_missing":"clear"})");
    row("fail", "F: {value: a, if_missing: fail}", R"({"value":"a","if_missing":"fail"})");
    row("a default in another order", "F: {default: 0, if_missing: default, value: a}",
        R"({"value":"a","if_missing":"default","default":0})");
    row("a default that is a list", "F: {value: a, if_missing: default, default: [x, 1]}",
        R"({"value":"a","if_missing":"default","default":["x",1]})");
    row("always a list", "F: {value: a, list: always}", R"({"value":"a","list":"always"})");
    row("the first", "F: {value: a, list: first}", R"({"value":"a","list":"first"})");
    row("the last", "F: {value: a, list: last}", R"({"value":"a","list":"last"})");
    row("just one", "F: {value: a, list: one}", R"({"value":"a","list":"one"})");
    row("joined", "F: {value: a, list: join}", R"({"value":"a","list":"join"})");
    row("joined by the usual separator", "F: {value: a, list: join, separator: '; '}",
        R"({"value":"a","list":"join"})");
    row("joined by a comma", "F: {value: a, list: join, separator: ','}",
        R"({"value":"a","list":"join","separator":","})");
    row("a note", "F: {value: a, note: agreed with finance}",
        R"({"value":"a","note":"agreed with finance"})");
}

void tst_Mapping::readsAndWritesTheShortestForm()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, setting);
    const auto mapping = mappingOf(yaml.toStdString());
    QVERIFY2(mapping, mapping ? "" : mapping.error().text().c_str());
    QCOMPARE(mapping->fields.size(), 1u);
    const Document written = Mapping::toSetting(mapping->fields[0]);
    QCOMPARE(toJson(written.root()), setting.toStdString());
    const auto again = mappingOf("F: " + toJson(written.root()));
    QVERIFY(again);
    QCOMPARE(toJson(Mapping::toSetting(again->fields[0]).root()), setting.toStdString());
}

void tst_Mapping::refusesWhatCannotBeMeant_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("where");
    const auto row = [](const char *name, const char *yaml, const char *code, const char *where) {
        QTest::newRow(name) << QByteArray(yaml) << QByteArray(code) << QByteArray(where);
    };
    row("a list instead of fields", "[a]", "map.bad_setting", "");
    row("a list as expression", "F: [a]", "map.bad_setting", "F");
    row("a group without expression", "F: {list: first}", "map.bad_setting", "F: value");
    row("an unknown policy", "F: {value: a, if_missing: never}", "map.bad_setting",
        "F: if_missing");
    row("an unknown list policy", "F: {value: a, list: some}", "map.bad_setting", "F: list");
    row("a default that is never used", "F: {value: a, default: 0}", "map.bad_setting", "F");
    row("no default where one is asked for", "F: {value: a, if_missing: default}",
        "map.bad_setting", "F");
    row("a default without end", "F: {value: a, if_missing: default, default: -.inf}",
        "map.bad_setting", "F: default");
    row("a default that is no number", "F: {value: a, if_missing: default, default: {x: [.nan]}}",
        "map.bad_setting", "F: default");
    row("a name with an empty part", "a..b: x", "map.bad_target", "a..b");
    row("a group and a field in it", "{a.b: x, a: y}", "map.target_conflict", "a");
    row("one field written two ways", R"({"a\\b": x, "a\\\\b": y})", "map.target_conflict",
        R"(a\\b)");
}

void tst_Mapping::refusesWhatCannotBeMeant()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, where);
    const auto mapping = mappingOf(yaml.toStdString());
    QVERIFY(!mapping);
    QVERIFY(mapping.error().kind == ErrorKind::Config);
    QCOMPARE(mapping.error().code, code.toStdString());
    QCOMPARE(mapping.error().where, where.toStdString());
}

void tst_Mapping::keepsTheOrderOfTheFile()
{
    const auto mapping = mappingOf("{Z: 1, A: 2, M: {value: 3}}");
    QVERIFY(mapping);
    std::vector<std::string> names;
    for (const MappingField &field : mapping->fields)
        names.push_back(field.target + '=' + field.expression);
    QCOMPARE(join(names, " "), std::string("Z=1 A=2 M=3"));
}

void tst_Mapping::targetNamesArePaths_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("a plain name") << QByteArray("Amount__c") << QByteArray("Amount__c");
    QTest::newRow("a group") << QByteArray("metadata.order") << QByteArray("metadata|order");
    QTest::newRow("groups in groups") << QByteArray("a.b.c") << QByteArray("a|b|c");
    QTest::newRow("a dot of the name") << QByteArray(R"(price\.eur)") << QByteArray("price.eur");
    QTest::newRow("a backslash before a dot") << QByteArray(R"(a\\.b)") << QByteArray(R"(a\|b)");
    QTest::newRow("a backslash by itself") << QByteArray(R"(a\b\)") << QByteArray(R"(a\b\)");
    QTest::newRow("blanks and quotes") << QByteArray(R"(say "hi")") << QByteArray(R"(say "hi")");
}

void tst_Mapping::targetNamesArePaths()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, path);
    const auto read = mapping_form::targetPath(target.toStdString());
    QVERIFY(read);
    QCOMPARE(join(*read, "|"), path.toStdString());
    const auto again = mapping_form::targetPath(mapping_form::targetText(*read));
    QVERIFY(again);
    QCOMPARE(join(*again, "|"), path.toStdString());
}

void tst_Mapping::theStepDecidesForFieldsThatSayNothing()
{
    const std::vector<Param> params{mapping("mapping", "Mapping"), text("if_missing", "If")};
    const auto stepOf = [&](const std::string &yaml) {
        std::vector<Diagnostic> findings;
        const YamlParse parsed = parseYaml(yaml);
        return Mapping::fromStep(readSettings(params, &parsed.root, "f", {}, "s", findings));
    };
    const auto strict =
        stepOf("mapping: {A: a, B: {value: b, if_missing: leave}}\nif_missing: fail\n");
    QVERIFY(strict);
    QVERIFY(strict->fields[0].ifMissing == IfMissing::Fail);
    QVERIFY(strict->fields[1].ifMissing == IfMissing::Leave);
    for (const char *plain : {"mapping: {A: a}", "mapping: {A: a}\nif_missing: as_written"}) {
        const auto written = stepOf(plain);
        QVERIFY(written && written->fields[0].ifMissing == IfMissing::AsIs);
    }
    const auto wrong = stepOf("mapping: {A: a}\nif_missing: default");
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().where, std::string("if_missing"));
}

QTEST_GUILESS_MAIN(tst_Mapping)
#include "tst_Mapping.moc"
