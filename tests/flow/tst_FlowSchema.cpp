// SPDX-License-Identifier: GPL-3.0-or-later
// The published schemas, judged by another program's checker (python3-jsonschema).
#include "FlowFixtures.h"

#include "core/flow/FlowSchema.h"
#include "core/flow/NodeReference.h"

#include <QProcess>
#include <QTest>

using namespace tw;
using namespace tw::test;

namespace {

constexpr char kCheck[] = R"(
import json, sys, jsonschema
lines = sys.stdin.read().splitlines()
schema = json.loads(lines[0])
jsonschema.Draft7Validator.check_schema(schema)
for line in lines[1:]:
    print("yes" if jsonschema.Draft7Validator(schema).is_valid(json.loads(line)) else "no")
)";

std::string asJson(const std::string &yaml)
{
    Arena arena;
    return toJson(parseYaml(yaml).root.toValue(arena));
}

/// "yes" or "no" for each document; empty where the checker is not installed.
QStringList judged(const std::string &schema, const std::vector<std::string> &documents)
{
    QProcess python;
    python.start(QStringLiteral("/usr/bin/python3"),
                 {QStringLiteral("-c"), QString::fromUtf8(kCheck)});
    std::string input = schema + '\n';
    for (const std::string &document : documents)
        input += asJson(document) + '\n';
    python.write(input.data(), static_cast<qint64>(input.size()));
    python.closeWriteChannel();
    if (!python.waitForFinished(60'000) || python.exitCode() != 0) {
        const QByteArray why = python.readAllStandardError();
        if (!why.contains("No module named"))
            qWarning("%s", why.constData());
        return {};
    }
    return QString::fromUtf8(python.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts);
}

bool hasChecker()
{
    return judged("{}", {"a: 1"}).size() == 1;
}

} // namespace

class tst_FlowSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsSoundFlows();
    void refusesBadFlows();
    void judgesEnvironments();
    void judgesProjects();
    void demoFlowHasTheSchemaShape();
    void referencePageTellsEverything();
};

void tst_FlowSchema::acceptsSoundFlows()
{
    if (!hasChecker())
        QSKIP("python3-jsonschema is not installed");
    Arena arena;
    const QStringList answers =
        judged(toJson(flowSchema(arena, registry())),
               {fullFlow(), terseFlow(), longFlow(5), FlowDocument::blank("a", "A").text()});
    QCOMPARE(answers, QStringList(4, QStringLiteral("yes")));
}

void tst_FlowSchema::refusesBadFlows()
{
    if (!hasChecker())
        QSKIP("python3-jsonschema is not installed");
    const std::string head = "schema: flow/1\nid: a\nsteps:\n  - id: s\n";
    const std::vector<std::string> bad{
        "id: a\n",
        "schema: flow/2\nid: a\n",
        "schema: flow/1\nid: A b\n",
        "schema: flow/1\nid: a\nstepps: []\n",
        head,
        head + "    type: filtr\n",
        head + "    type: filter\n",
        head + "    type: filter\n    with: {}\n",
        head + "    type: filter\n    with: {condition: a, more: b}\n",
        head + "    type: filter\n    with: {condition: a}\n    to: b\n",
        head + "    type: filter\n    with: {condition: a}\n    to: {pas: b}\n",
        head + "    type: filter\n    with: {condition: a}\n    on_error: b\n",
        head + "    type: dead_letter\n    to: b\n",
        head + "    type: dead_letter\n    with: {keep: 3 weeks}\n",
        head + "    type: log\n    retry: {times: -1}\n",
        head + "    type: log\n    retry: {for: {locked: {times: 1}}}\n",
        head + "    type: log\n    retry: {for: {lock: {jitter: full}}}\n",
        head + "    type: log\n    wth: {}\n",
        head + "    type: repeat\n    with: {times: 9}\n",
        head + "    type: repeat\n    with: {times: \"3\"}\n",
        head + "    type: shop.webhook\n    with: {events: [order.paid]}\n",
        head + "    type: shop.webhook\n    connection: w\n    with: {events: [order.lost]}\n",
        head + "    type: shop.webhook\n    connection: w\n    with: {events: [order.paid]}\n"
               "    retry: {times: 1}\n",
        "schema: flow/1\nid: a\nlayout: {s: {x: left}}\n"};
    Arena arena;
    const QStringList answers = judged(toJson(flowSchema(arena, registry())), bad);
    for (qsizetype i = 0; i < answers.size(); ++i)
        QVERIFY2(answers[i] == QStringLiteral("no"), bad[static_cast<std::size_t>(i)].c_str());
    QCOMPARE(answers.size(), static_cast<qsizetype>(bad.size()));
}

void tst_FlowSchema::judgesEnvironments()
{
    if (!hasChecker())
        QSKIP("python3-jsonschema is not installed");
    const std::string head = "schema: environment/1\nname: qa\nkind: qa\nconnections:\n";
    Arena arena;
    const QStringList answers = judged(
        toJson(environmentSchema(arena, registry())),
        {head + "  web: {double: true}\n",
         head + "  web: {api_key: \"${secret:web/api_key}\", base_url: \"https://a.test\"}\n",
         head + "  web: {api_key: sk_live_4eC39HqLyjWDarjtT1zdp7dc}\n", head + "  web: {key: a}\n",
         "schema: environment/1\nkind: moon\n"});
    QCOMPARE(answers.join(u' '), QStringLiteral("yes yes no no no"));
}

void tst_FlowSchema::judgesProjects()
{
    if (!hasChecker())
        QSKIP("python3-jsonschema is not installed");
    const std::string head = "schema: project/1\nconnections:\n  web: {type: shop, title: Web}\n";
    Arena arena;
    const QStringList answers =
        judged(toJson(projectSchema(arena, registry())),
               {head + "mapping: {portable: true}\nprivacy: {mask: [Email], keep: [a.b]}\n",
                "schema: project/1\nconnections: {web: {type: shp}}\n", head + "privacy: all\n",
                head + "privacy: {hide: [Email]}\n", head + "privacy: {mask: [a..b]}\n",
                head + "privacy: {mask: [\"a b\"]}\n", "schema: flow/1\n"});
    QCOMPARE(answers.join(u' '), QStringLiteral("yes no no no no no no"));
}

void tst_FlowSchema::demoFlowHasTheSchemaShape()
{
    Arena arena;
    const Value schema = flowSchema(arena, registry());
    QCOMPARE(schema.find("$schema").text(),
             std::string_view("http://json-schema.org/draft-07/schema#"));
    const Value step = schema.find("definitions.step");
    QCOMPARE(step.find("properties.type.enum").size(), std::uint32_t(8));
    QCOMPARE(step.get("allOf").size(), std::uint32_t(8));
    QCOMPARE(schema.get("properties").size(), std::uint32_t(12));
}

void tst_FlowSchema::referencePageTellsEverything()
{
    const std::string page = referencePage(*registry().node("filter"));
    for (const char *part : {"# filter", "`condition`", "required", "`pass`", "`skip`"})
        QVERIFY2(page.find(part) != std::string::npos, page.c_str());
    const std::string shop = referencePage(*registry().connector("shop"));
    QVERIFY(shop.find("`shop.webhook`") != std::string::npos);
    QVERIFY(shop.find("`api_key`") != std::string::npos);
}

QTEST_GUILESS_MAIN(tst_FlowSchema)
#include "tst_FlowSchema.moc"
