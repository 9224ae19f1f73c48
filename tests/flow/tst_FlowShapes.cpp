// SPDX-License-Identifier: GPL-3.0-or-later
#include "FlowFixtures.h"

#include "core/base/Text.h"
#include "core/flow/FlowCheck.h"
#include "core/flow/Project.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;
using namespace tw::test;

namespace {

using Type = Shape::Type;

Shape of(Type type, std::string unit = {})
{
    Shape shape;
    shape.type = type;
    shape.unit = std::move(unit);
    return shape;
}

Shape group(std::vector<Shape::Field> fields)
{
    Shape shape = of(Type::Group);
    shape.fields = std::move(fields);
    return shape;
}

/// The shop's trigger tells its shape by the chosen events, the upsert what it takes.
const Registry &shapedRegistry()
{
    static const Registry kRegistry([] {
        std::vector<ConnectorDescriptor> connectors = registry().connectors();
        for (ConnectorDescriptor &connector : connectors) {
            for (NodeDescriptor &node : connector.nodes) {
                if (node.kind == NodeKind::Trigger) {
                    node.outputShape = [](const Settings &settings, const Shape *) {
                        Shape order =
                            group({{"id", of(Type::Id), true, true},
                                   {"amount", of(Type::Money, "minor"), true, true},
                                   {"currency", of(Type::Currency), true, true},
                                   {"note", of(Type::Text), false, true},
                                   {"paid", of(Type::Boolean), true, true},
                                   {"at", of(Type::Instant, "unix_seconds"), true, true}});
                        if (settings.list("events").size() > 1)
                            order.fields.push_back({"reason", of(Type::Text), false, true});
                        return group({{"data", order, true, true}});
                    };
                } else if (node.kind == NodeKind::Action) {
                    node.input = group({{"Id__c", of(Type::Id), true, true},
                                        {"Amount__c", of(Type::Money, "major"), false, true},
                                        {"At__c", of(Type::Instant, "iso8601"), false, true},
                                        {"Made__c", of(Type::Text), false, false},
                                        {"Name", of(Type::Text), true, true}});
                    node.input.fields.push_back(
                        {"extra", group({{"Paid__c", of(Type::Boolean), false, true}}), false,
                         true});
                }
            }
        }
        return connectors;
    }());
    return kRegistry;
}

/// Lines 1 to 9; `rest` begins in line 10.
std::string flow(const std::string &rest)
{
    return "schema: flow/1\nid: a\nconnections: {web: shop}\nsteps:\n  - id: orders\n"
           "    type: shop.webhook\n    connection: web\n    with: {events: [order.paid]}\n"
           "    to: first\n" +
           rest;
}

/// What `lines` leave open of the required fields is mapped behind them.
std::string mapping(std::string lines)
{
    for (const char *field : {"        Id__c:", "        Name:"}) {
        if (lines.find(field) == std::string::npos)
            lines += std::string(field) + " data.id\n";
    }
    return flow(
        "  - id: first\n    type: map\n    with:\n      mapping:\n" + lines +
        "    to: upsert\n  - id: upsert\n    type: shop.record.upsert\n    connection: web\n"
        "    with: {object: A, external_id: Id__c}\n");
}

} // namespace

class tst_FlowShapes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsInsideExpressions_data();
    void findsInsideExpressions();
    void shapesFollowTheWires();
    void whatCannotBeKnownStaysOpen();
    void placesEveryCharacterOfAScalar_data();
    void placesEveryCharacterOfAScalar();
    void portableProjectsSayWhatIsOurs();
};

void tst_FlowShapes::findsInsideExpressions_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("findings");
    const auto row = [](const char *name, const std::string &text, const char *findings) {
        QTest::newRow(name) << QByteArray::fromStdString(text)
                            << QString::fromUtf8(findings).split(u'|', Qt::SkipEmptyParts);
    };
    row("a sound mapping",
        mapping("        Id__c: data.id\n        Amount__c: $toMajor(data.amount, data.currency)\n"
                "        At__c: $sfDateTime(data.at)\n        Name: data.note ?? \"none\"\n"),
        "");
    row("a misspelt field in a plain scalar", mapping("        Id__c: data.di\n"),
        "map.unknown_field 14:21");
    row("cents into a currency field", mapping("        Amount__c: data.amount\n"),
        "map.minor_units 14:20");
    row("a name that the target does not have", mapping("        Amount: 1\n"),
        "map.unknown_target 14:9");
    row("a field that only the target writes", mapping("        Made__c: data.note\n"),
        "map.read_only 14:9");
    row("a required field that is not mapped",
        flow("  - id: first\n    type: map\n    with:\n      mapping:\n        Id__c: data.id\n"
             "    to: note\n  - id: note\n    type: log\n    to: upsert\n"
             "  - id: upsert\n    type: shop.record.upsert\n    connection: web\n"
             "    with: {object: A, external_id: Id__c}\n"),
        "map.required_unmapped 14:9");
    row("in the group form",
        mapping("        Amount__c: {value: data.amount, if_missing: leave}\n"),
        "map.minor_units 14:28");
    row("a default answers for a missing value",
        mapping("        Name: {value: data.note, if_missing: default, default: none}\n"), "");
    row("a default of the wrong type",
        mapping("        extra.Paid__c: {value: data.paid, if_missing: default, default: maybe}\n"),
        "map.wrong_type 14:73");
    row("a list for a single value",
        mapping("        Name: {value: data.note, if_missing: fail, list: always}\n"),
        "map.wrong_type 14:58");
    row("a required field without one", mapping("        Name: data.note\n"),
        "map.required_optional 14:15");
    row("a field in a group of the target", mapping("        extra.Paid__c: '\"yes\"'\n"),
        "map.wrong_type 14:25");
    row("in a single-quoted scalar", mapping("        Id__c: 'data.note & '' '' & data.idd'\n"),
        "map.unknown_field 14:42");
    row("in a double-quoted scalar with escapes",
        mapping("        Id__c: \"data.note & \\\"\\u00e9 \\\" & data.idd\"\n"),
        "map.unknown_field 14:48");
    row("in a folded scalar",
        mapping("        Id__c: >-\n          data.note &\n          data.idd\n"),
        "map.unknown_field 16:16");
    row("in a literal scalar",
        mapping("        Id__c: |-\n          data.note &\n            data.idd\n"),
        "map.unknown_field 16:18");
    row("in a condition behind a filter",
        flow("  - id: first\n    type: filter\n    with: {condition: data.amount > 0}\n"
             "    to: {pass: second}\n  - id: second\n    type: filter\n"
             "    with: {condition: data.amont > 0}\n"),
        "map.unknown_field 16:28");
    row("in the cases of a branch",
        flow("  - id: first\n    type: branch\n    with:\n      cases:\n"
             "        big: data.amount > 100\n        odd: data.paid = \"true\"\n"),
        "map.compare_types 15:14");
    row("behind a map, by its own fields",
        flow("  - id: first\n    type: map\n    with: {mapping: {total: data.amount}}\n"
             "    to: second\n  - id: second\n    type: log\n"
             "    with: {message: $string(total) & totl & $event.data.idd}\n"),
        "map.unknown_field 16:38|map.unknown_field 16:57");
    row("at the failure exit",
        flow("  - id: first\n    type: map\n    with: {mapping: {total: data.amount}}\n"
             "    on_error: sort\n  - id: sort\n    type: branch\n    with:\n      cases:\n"
             "        a: error.cod = \"x\"\n        b: error.kind = \"refused\"\n"
             "        c: input.data.amount > 0\n"),
        "map.unknown_field 18:18|map.choice_unknown 19:25");
    row("a switched-off step passes on what it gets",
        flow("  - id: first\n    type: map\n    disabled: true\n"
             "    with: {mapping: {total: data.amount}}\n    to: second\n"
             "  - id: second\n    type: log\n    with: {message: data.id}\n"),
        "");
    row("a function that flows refuse",
        flow("  - id: first\n    type: log\n    with: {message: $eval(data.note)}\n"),
        "map.eval 12:21");
}

void tst_FlowShapes::findsInsideExpressions()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, findings);
    const FlowDocument document(text.toStdString());
    const auto found = validateFlow(document, shapedRegistry());
    QStringList lines;
    for (const std::string &line : brief(found))
        lines << toQString(line);
    QVERIFY2(lines == findings, (lines.join(u'|') + u'\n' + toQString(told(found))).toUtf8());
    for (const Diagnostic &one : found) {
        QVERIFY(!one.step.empty());
        QVERIFY(one.severity == (one.code == "map.eval" ? Severity::Error : Severity::Warning));
    }
}

void tst_FlowShapes::shapesFollowTheWires()
{
    const FlowDocument document(
        flow("  - id: first\n    type: map\n    with:\n      mapping:\n"
             "        amount.major: $toMajor(data.amount, data.currency)\n"
             "        tags: {value: data.note, list: always}\n        note: data.note\n"
             "    to: [second, third]\n  - id: second\n    type: log\n    to: third\n"
             "  - id: third\n    type: log\n"));
    const FlowShapes shapes(document.flow(), shapedRegistry());
    QVERIFY(shapes.event() && shapes.event()->find("data"));
    const Shape *input = shapes.input("third");
    QVERIFY(input);
    QCOMPARE(input->find("amount")->shape.find("major")->shape.unit, std::string("major"));
    QVERIFY(input->find("tags")->shape.type == Type::List);
    QVERIFY(input->find("tags")->required);
    QVERIFY(!input->find("note")->required);
}

void tst_FlowShapes::whatCannotBeKnownStaysOpen()
{
    const FlowDocument circle(flow("  - id: first\n    type: log\n    to: second\n"
                                   "  - id: second\n    type: log\n    to: first\n"));
    QVERIFY(!FlowShapes(circle.flow(), shapedRegistry()).input("first"));
    const FlowDocument strange(flow("  - id: first\n    type: wibble\n    to: second\n"
                                    "  - id: second\n    type: log\n"));
    const FlowShapes behind(strange.flow(), shapedRegistry());
    QVERIFY(behind.input("first"));
    QVERIFY(!FlowShapes(strange.flow(), registry()).input("first"));
    const FlowDocument longOne(longFlow(500));
    QVERIFY(FlowShapes(longOne.flow(), shapedRegistry()).input("s_0499"));
}

void tst_FlowShapes::placesEveryCharacterOfAScalar_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("plain") << QByteArray("a: one two+three\n");
    QTest::newRow("plain over two lines") << QByteArray("a: one\n  two\n");
    QTest::newRow("single-quoted") << QByteArray("a: 'it''s ''it'''\n");
    QTest::newRow("double-quoted") << QByteArray("a: \"x \\\"q\\\" \\u00e9\\x41 \\U0001f600 z\"\n");
    QTest::newRow("double-quoted with breaks")
        << QByteArray("a: \"x \\n\\n  y\\t z\n  w \\\n   v\"\n");
    QTest::newRow("folded") << QByteArray("a: >-\n  one\n  two\n\n  three\n");
    QTest::newRow("literal") << QByteArray("a: |-\n  one\n    two\n");
    QTest::newRow("letters of many bytes") << QByteArray("a: 'äöü \xF0\x9F\x98\x80 end'\n");
}

/// A letter of the text is found at a place of the file where that letter, or its escape, stands.
void tst_FlowShapes::placesEveryCharacterOfAScalar()
{
    QFETCH(QByteArray, text);
    const std::string file = text.toStdString();
    const YamlParse parsed = parseYaml(file);
    QVERIFY(parsed.problems.empty());
    const YamlNode &scalar = *parsed.root.find("a");
    std::size_t before = scalar.at.offset;
    for (std::size_t i = 0; i < scalar.scalar.size(); ++i) {
        const char letter = scalar.scalar[i];
        if (letter == ' ' || letter == '\n' || letter == '\t' || (letter & 0x80) != 0)
            continue;
        const TextPosition place = placeInScalar(file, scalar, i);
        const bool same = file[place.offset] == letter || file[place.offset] == '\\';
        QVERIFY2(same, (std::to_string(i) + " is at " + std::to_string(place.offset)).c_str());
        QVERIFY(place.offset > before || i == 0);
        before = place.offset;
    }
}

void tst_FlowShapes::portableProjectsSayWhatIsOurs()
{
    QTemporaryDir folder;
    const auto write = [&](const QString &name, const std::string &text) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(text));
    };
    QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("flows")));
    const std::string head = "schema: project/1\nconnections: {web: {type: shop}}\n";
    write(QStringLiteral("flows/a.flow.yaml"),
          mapping("        Name: data.note ?? \"none\"\n"
                  "        Amount__c: $toMajor(data.amount, data.currency)\n"));
    const auto findings = [&](const std::string &more, FlowCheckOptions options = {}) {
        write(QStringLiteral("tidewire.yaml"), head + more);
        auto project = Project::open(toUtf8(folder.path()));
        return project ? (*project)->validate(shapedRegistry(), options)
                       : std::vector<Diagnostic>();
    };
    QVERIFY(findings({}).empty());
    const auto portable = findings("mapping: {portable: true}\n");
    QCOMPARE(brief(portable),
             (std::vector<std::string>{"map.not_portable 14:25", "map.not_portable 15:20"}));
    QVERIFY(!hasErrors(portable));
    QVERIFY(findings("mapping: {portable: false}\n").empty());
    QCOMPARE(findings({}, {.portable = true}).size(), portable.size());
    QCOMPARE(brief(findings("mapping: {portable: often}\n")),
             (std::vector<std::string>{"flow.wrong_type 3:21"}));
    QCOMPARE(brief(findings("mapping: {portabel: true}\n")),
             (std::vector<std::string>{"flow.unknown_key 3:11"}));
}

QTEST_GUILESS_MAIN(tst_FlowShapes)
#include "tst_FlowShapes.moc"
