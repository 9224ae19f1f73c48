// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/Yaml.h"
#include "core/mapping/CompiledMapping.h"

#include <QTest>

using namespace tw;

namespace {

Shape shape(Shape::Type type, bool nullable = false)
{
    Shape made;
    made.type = type;
    made.nullable = nullable;
    return made;
}

Shape group(std::vector<Shape::Field> fields)
{
    Shape made = shape(Shape::Type::Group);
    made.fields = std::move(fields);
    return made;
}

Shape payment()
{
    return group({{"Id", shape(Shape::Type::Id), false, false},
                  {"Key__c", shape(Shape::Type::Text), true, true},
                  {"Amount__c", shape(Shape::Type::Money, true), true, true},
                  {"Note__c", shape(Shape::Type::Text), false, true},
                  {"Extra", shape(Shape::Type::Group), false, true},
                  {"address",
                   group({{"city", shape(Shape::Type::Text), true, true},
                          {"zip", shape(Shape::Type::Text), false, true}}),
                   false, true}});
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

std::string words(const Coverage &coverage)
{
    return std::to_string(coverage.mapped) + '/' + std::to_string(coverage.total) +
           " open:" + joined(coverage.openRequired) + " unknown:" + joined(coverage.unknown) +
           " missing:" + joined(coverage.mayBeMissing);
}

Mapping mappingOf(const std::string &yaml)
{
    Arena arena;
    const YamlParse parsed = parseYaml(yaml);
    auto mapping = Mapping::fromSettings(parsed.root.toValue(arena));
    if (!mapping)
        qFatal("%s", mapping.error().text().c_str());
    return std::move(*mapping);
}

} // namespace

/// How far a mapping covers a target.
class tst_Coverage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsAndNames_data();
    void countsAndNames();
    void openFieldsAreNamed();
    void samplesShowWhatMayBeMissing();
};

void tst_Coverage::countsAndNames_data()
{
    QTest::addColumn<QByteArray>("mapping");
    QTest::addColumn<QByteArray>("coverage");
    const auto row = [](const char *name, const char *mapping, const char *coverage) {
        QTest::newRow(name) << QByteArray(mapping) << QByteArray(coverage);
    };
    row("nothing mapped", "{}", "0/6 open:Key__c,Amount__c unknown: missing:");
    row("all that is required", "{Key__c: a, Amount__c: b}", "2/6 open: unknown: missing:");
    row("a field that is not there", "{Key__c: a, Amont__c: b}",
        "1/6 open:Amount__c unknown:Amont__c missing:");
    row("a field that cannot be written", "{Id: a, Key__c: a, Amount__c: b}",
        "2/6 open: unknown:Id missing:");
    row("a group needs what it requires once it is sent",
        "{Key__c: a, Amount__c: b, address.zip: z}", "3/6 open:address.city unknown: missing:");
    row("a group mapped as a whole", "{Key__c: a, Amount__c: b, address: z}",
        "4/6 open: unknown: missing:");
    row("an open group takes anything", "{Key__c: a, Amount__c: b, Extra.any.thing: c}",
        "2/6 open: unknown: missing:");
    row("a field below a plain field", "{Key__c.x: a, Amount__c: b}",
        "1/6 open:Key__c unknown:Key__c.x missing:");
}

void tst_Coverage::countsAndNames()
{
    QFETCH(QByteArray, mapping);
    QFETCH(QByteArray, coverage);
    QCOMPARE(words(coverageOf(mappingOf(mapping.toStdString()), payment())),
             coverage.toStdString());
}

void tst_Coverage::openFieldsAreNamed()
{
    const Coverage coverage = coverageOf(mappingOf("{Name: a, address.city: b}"), payment());
    std::vector<std::string> open = coverage.open;
    open.insert(open.end(), coverage.openRequired.begin(), coverage.openRequired.end());
    QCOMPARE(static_cast<int>(open.size()), coverage.total - coverage.mapped);
    QVERIFY(std::ranges::find(coverage.open, "address.zip") != coverage.open.end());
    QVERIFY(std::ranges::find(coverage.open, "Amount__c") == coverage.open.end());
}

void tst_Coverage::samplesShowWhatMayBeMissing()
{
    const auto compiled =
        CompiledMapping::compile(mappingOf("{Key__c: key, Amount__c: amount, Note__c: note}"));
    QVERIFY(compiled);
    const auto coverage = [&](std::initializer_list<const char *> samples) {
        std::vector<DocumentPtr> documents;
        for (const char *sample : samples)
            documents.push_back(share(std::move(*parseJson(sample))));
        return joined(coverageOf(compiled->mapping(), payment(), compiled->preview(documents, {}))
                          .mayBeMissing);
    };
    QCOMPARE(coverage({R"({"key":"a","amount":1})"}), std::string());
    QCOMPARE(coverage({R"({"key":"a","amount":1})", "{}"}), std::string("Key__c,Amount__c"));
    QCOMPARE(coverage({R"({"key":null,"amount":null})"}), std::string("Key__c"));
}

QTEST_GUILESS_MAIN(tst_Coverage)
#include "tst_Coverage.moc"
