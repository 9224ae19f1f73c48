// SPDX-License-Identifier: GPL-3.0-or-later
#include "FlowFixtures.h"

#include "core/base/Text.h"
#include "core/flow/PlacedLayout.h"
#include "core/flow/Project.h"
#include "core/flow/SecretSource.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <set>

using namespace tw;
using namespace tw::test;

namespace {

class Folder
{
public:
    Folder()
    {
        write("tidewire.yaml", "schema: project/1\nname: Orders\nowner: Ops\nconnections:\n"
                               "  web: {type: shop}\n  crm: {type: shop}\n");
        write("flows/orders-to-payments.flow.yaml", fullFlow());
    }
    void write(const char *name, const std::string &text)
    {
        const QString path = m_folder.filePath(QString::fromUtf8(name));
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(text.data(), static_cast<qint64>(text.size()));
    }
    std::string path(const char *name = "") const
    {
        return toUtf8(m_folder.filePath(QString::fromUtf8(name)));
    }

private:
    QTemporaryDir m_folder;
};

} // namespace

class tst_Project : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensAFolder();
    void opensASingleFlow();
    void saysWhatIsNoProject();
    void localEnvironmentIsAlwaysThere();
    void readsAnEnvironment();
    void refusesUnknownAndBrokenEnvironments();
    void readsWhatIsPrivate();
    void findsWhatIsWrong_data();
    void findsWhatIsWrong();
    void secretsComeFromTheEnvironment();
    void placesStepsWithoutAPosition();
};

void tst_Project::opensAFolder()
{
    Folder folder;
    folder.write("samples/b.json", "{}");
    folder.write("samples/a.json", "{}");
    folder.write("samples/notes.txt", "");
    for (const char *name : {"", "tidewire.yaml"}) {
        const auto project = Project::open(folder.path(name));
        QVERIFY2(project, project ? "" : project.error().text().c_str());
        QCOMPARE((*project)->name(), std::string("Orders"));
        QCOMPARE((*project)->owner(), std::string("Ops"));
        QCOMPARE((*project)->connections().at("crm"), std::string("shop"));
        QVERIFY((*project)->flow("orders-to-payments"));
        QVERIFY(!(*project)->flow("nothing"));
        QCOMPARE((*project)->sampleFiles(),
                 (std::vector<std::string>{folder.path("samples/a.json"),
                                           folder.path("samples/b.json")}));
        const auto found = (*project)->validate(registry());
        QVERIFY2(found.empty(), told(found).c_str());
    }
}

void tst_Project::opensASingleFlow()
{
    Folder folder;
    const auto project = Project::open(folder.path("flows/orders-to-payments.flow.yaml"));
    QVERIFY(project.has_value());
    QVERIFY((*project)->isSingleFlow());
    QCOMPARE((*project)->connections().size(), std::size_t(2));
    QCOMPARE((*project)->environmentNames(), std::vector<std::string>{"local"});
    QVERIFY((*project)->validate(registry()).empty());
}

void tst_Project::saysWhatIsNoProject()
{
    QTemporaryDir empty;
    const auto project = Project::open(toUtf8(empty.path()));
    QVERIFY(!project);
    QCOMPARE(project.error().code, std::string("flow.no_project"));
    const auto missing = Project::open(toUtf8(empty.filePath(QStringLiteral("no"))));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, std::string("flow.no_such_file"));
}

void tst_Project::localEnvironmentIsAlwaysThere()
{
    Folder folder;
    const auto project = Project::open(folder.path());
    const auto local = (*project)->environment("local");
    QVERIFY(local.has_value());
    QCOMPARE(local->kind, std::string("local"));
    QCOMPARE(local->connections.size(), std::size_t(2));
    QVERIFY(local->connections.at("web").useDouble);
    QCOMPARE(local->connections.at("web").type, std::string("shop"));
}

void tst_Project::readsAnEnvironment()
{
    Folder folder;
    folder.write("environments/qa.yaml",
                 "schema: environment/1\nname: qa\nkind: qa\nlisten: 127.0.0.1:8787\nconnections:\n"
                 "  web: {double: true}\n  crm:\n    base_url: https://a.test\n"
                 "    api_key: ${secret:crm/api_key}\n    api_version: \"62.0\"\n");
    const auto project = Project::open(folder.path());
    QCOMPARE((*project)->environmentNames(), (std::vector<std::string>{"local", "qa"}));
    auto read = (*project)->environment("qa");
    QVERIFY2(read, read ? "" : read.error().text().c_str());
    const ProjectEnvironment environment = std::move(*read);
    QCOMPARE(environment.listen, std::string("127.0.0.1:8787"));
    QVERIFY(environment.connections.at("web").useDouble);
    const EnvironmentConnection &crm = environment.connections.at("crm");
    QVERIFY(!crm.useDouble);
    std::vector<Diagnostic> findings;
    const Settings settings = readSettings(registry().connector("shop")->connection, crm.with,
                                           environment.file, crm.at, "crm", findings);
    QVERIFY2(findings.empty(), told(findings).c_str());
    QCOMPARE(settings.text("base_url"), std::string("https://a.test"));
    QCOMPARE(settings.text("api_key"), std::string("${secret:crm/api_key}"));
    findings.clear();
    const EnvironmentConnection &web = environment.connections.at("web");
    readSettings(registry().connector("shop")->connection, web.with, environment.file, web.at,
                 "web", findings);
    QCOMPARE(brief(findings), std::vector<std::string>{"flow.missing_setting 6:3"});
}

void tst_Project::refusesUnknownAndBrokenEnvironments()
{
    Folder folder;
    folder.write("environments/bad.yaml", "schema: environment/1\nconnections:\n  wep: {}\n");
    const auto project = Project::open(folder.path());
    const auto unknown = (*project)->environment("moon");
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, std::string("flow.unknown_environment"));
    QVERIFY(unknown.error().message.find("local, bad") != std::string::npos);
    const auto bad = (*project)->environment("bad");
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, std::string("flow.unknown_connection"));
    QVERIFY(bad.error().where.ends_with("bad.yaml:3:3"));
}

void tst_Project::readsWhatIsPrivate()
{
    Folder folder;
    folder.write("tidewire.yaml",
                 "schema: project/1\nconnections:\n  web: {type: shop}\n  crm: {type: shop}\n"
                 "privacy:\n  mask: [SSN__c, customer.tax-no]\n  keep: [shipping.city]\n");
    const auto project = Project::open(folder.path());
    QVERIFY2((*project)->validate(registry()).empty(),
             told((*project)->validate(registry())).c_str());
    QCOMPARE((*project)->privacy().mask, (std::vector<std::string>{"SSN__c", "customer.tax-no"}));
    QCOMPARE((*project)->privacy().keep, (std::vector<std::string>{"shipping.city"}));
}

void tst_Project::findsWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("finding");
    const auto row = [](const char *name, const char *file, const std::string &text,
                        const char *finding) {
        QTest::newRow(name) << QByteArray(file) << QByteArray::fromStdString(text)
                            << QByteArray(finding);
    };
    const std::string project = "schema: project/1\nconnections:\n  web: {type: shop}\n"
                                "  crm: {type: shop}\n";
    const std::string environment = "schema: environment/1\nkind: qa\nconnections:\n"
                                    "  web: {double: true}\n";
    row("a project of the future", "tidewire.yaml", "schema: project/2\n" + project.substr(18),
        "flow.schema_version 1:9");
    row("an unknown key of the project", "tidewire.yaml", project + "ower: me\n",
        "flow.unknown_key 5:1");
    row("an unknown connector", "tidewire.yaml", project + "  x: {type: shp}\n",
        "flow.unknown_connector 5:13");
    row("a connection without a type", "tidewire.yaml", project + "  x: {}\n",
        "flow.missing_setting 5:3");
    row("privacy that is no map", "tidewire.yaml", project + "privacy: all\n",
        "flow.wrong_type 5:10");
    row("an unknown key of privacy", "tidewire.yaml", project + "privacy:\n  hide: [Email]\n",
        "flow.unknown_key 6:3");
    row("fields that are no list", "tidewire.yaml", project + "privacy:\n  mask: Email\n",
        "flow.wrong_type 6:9");
    row("a field that is none", "tidewire.yaml",
        project + "privacy:\n  mask: [Email, customer..id]\n", "flow.bad_field_path 6:17");
    row("a field of several words", "tidewire.yaml", project + "privacy: {keep: [a b]}\n",
        "flow.bad_field_path 5:18");
    row("a list in place of a field", "tidewire.yaml", project + "privacy: {mask: [[a]]}\n",
        "flow.bad_field_path 5:18");
    row("a field that is masked and kept", "tidewire.yaml",
        project + "privacy:\n  mask: [Email]\n  keep: [Phone, Email]\n",
        "flow.privacy_conflict 7:17");
    row("a flow that uses a strange connection", "tidewire.yaml",
        "schema: project/1\nconnections: {web: {type: shop}}\n", "flow.unknown_connection 8:26");
    row("a flow in the wrong file", "flows/other.flow.yaml",
        "schema: flow/1\nid: a\nconnections: {web: shop}\nsteps:\n  - id: o\n"
        "    type: shop.webhook\n    connection: web\n    with: {events: [order.paid]}\n",
        "flow.file_name 2:5");
    row("two flows with one id", "flows/z.flow.yaml", fullFlow(), "flow.duplicate_id 3:5");
    row("a kind that is none", "environments/qa.yaml",
        "schema: environment/1\nkind: mooon\nconnections: {web: {double: true}, crm: {double: "
        "true}}\n",
        "flow.unknown_choice 2:7");
    row("a double in production", "environments/live.yaml",
        "schema: environment/1\nkind: production\nconnections: {web: {double: true}, crm: {double: "
        "false, api_key: '${secret:crm/api_key}'}}\n",
        "flow.double_in_production 3:21");
    row("a key in the file", "environments/qa.yaml",
        environment + "  crm: {api_key: sk_test_4eC39HqLyjWDarjtT1zdp7dc}\n",
        "flow.secret_in_text 5:18");
    row("a setting with the wrong form", "environments/qa.yaml",
        environment + "  crm: {api_key: '${secret:crm/api_key}', api_version: x}\n",
        "flow.bad_pattern 5:56");
    row("a connection nobody describes", "environments/qa.yaml", environment,
        "flow.connection_missing 1:1");
    row("an address that is none", "environments/qa.yaml",
        environment + "  crm: {double: true}\nlisten: everywhere\n", "flow.bad_address 6:9");
    row("broken YAML", "environments/qa.yaml", "a: [\n", "yaml.syntax 2:1");
}

void tst_Project::findsWhatIsWrong()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, finding);
    Folder folder;
    folder.write(file.constData(), text.toStdString());
    const auto project = Project::open(folder.path());
    QVERIFY(project.has_value());
    const auto found = (*project)->validate(registry());
    const auto lines = brief(found);
    QVERIFY2(std::find(lines.begin(), lines.end(), finding.toStdString()) != lines.end(),
             told(found).c_str());
    QCOMPARE(lines.size(), std::size_t(1));
}

void tst_Project::secretsComeFromTheEnvironment()
{
    const EnvironmentSecrets secrets;
    QCOMPARE(EnvironmentSecrets::variableName("my-crm", "api_key"),
             std::string("TIDEWIRE_SECRET_MY_CRM_API_KEY"));
    QVERIFY(!secrets.find("my-crm", "api_key"));
    QVERIFY(secrets.hint("my-crm", "api_key").find("TIDEWIRE_SECRET_MY_CRM_API_KEY") !=
            std::string::npos);
    qputenv("TIDEWIRE_SECRET_MY_CRM_API_KEY", "abc");
    QVERIFY(secrets.find("my-crm", "api_key")->matches("abc"));
    qunsetenv("TIDEWIRE_SECRET_MY_CRM_API_KEY");
}

void tst_Project::placesStepsWithoutAPosition()
{
    std::string text = fullFlow();
    text.resize(text.find("layout:"));
    const FlowDocument document(text);
    const auto places = placedLayout(document.flow(), registry());
    QCOMPARE(places.size(), document.flow().steps.size() + 1);
    QCOMPARE(places, placedLayout(FlowDocument(text).flow(), registry()));
    std::set<std::pair<int, int>> taken;
    for (const auto &[id, at] : places)
        QVERIFY2(taken.insert({at.x, at.y}).second, id.c_str());
    for (const FlowStep &step : document.flow().steps) {
        for (const Wire &wire : step.wires) {
            QVERIFY(places.at(wire.to).x > places.at(step.id).x);
            QVERIFY(wire.exit != "error" || places.at(wire.to).y > places.at(step.id).y);
        }
    }
    const FlowDocument placed(fullFlow());
    const auto kept = placedLayout(placed.flow(), registry());
    for (const auto &[id, at] : placed.flow().layout)
        QCOMPARE(kept.at(id), at);
    QVERIFY(kept.contains("archive"));
}

QTEST_GUILESS_MAIN(tst_Project)
#include "tst_Project.moc"
