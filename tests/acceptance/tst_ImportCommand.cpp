// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpReply.h"
#include "core/net/HttpServer.h"
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;
using namespace tw::test;

namespace {

constexpr const char *kFlow = R"(schema: flow/1
id: gadgets
name: Gadgets
version: 1.0.0
connections: {stripe: stripe}
steps:
  - id: start
    type: manual
    to: shape
  - id: shape
    type: map
    with:
      mapping:
        name: '"lamp"'
        weight: "12"
    to: create
  - id: create
    type: stripe.object.create
    connection: stripe
    with: {object: gadget}
)";

/// A small API of a later day, in the form of Stripe's file: customers as they are known, but for a
/// field and a parameter, and gadgets, which nobody knows yet.
QByteArray spec(const QByteArray &more = {}, const QByteArray &version = "2027-03-25.fable")
{
    return R"({"openapi":"3.0.0","info":{"version":")" + version + R"("},"components":{"schemas":{
"gadget":{"x-resourceId":"gadget","properties":{"id":{"type":"string"},
  "object":{"type":"string","enum":["gadget"]},"name":{"type":"string"},
  "owner":{"anyOf":[{"type":"string"},{"$ref":"#/components/schemas/customer"}],
    "x-expansionResources":{"oneOf":[{"$ref":"#/components/schemas/customer"}]}})" + more + R"(}},
"customer":{"x-resourceId":"customer","properties":{"id":{"type":"string"},
  "object":{"type":"string","enum":["customer"]},"mood":{"type":"string","enum":["good","bad"]}}}}},
"paths":{"/v1/gadgets":{"post":{"requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":
  {"properties":{"name":{"type":"string"},"weight":{"type":"integer"}},"required":["name"]}}}},
  "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/gadget"}}}}}},
 "get":{"parameters":[],"responses":{"200":{"content":{"application/json":{"schema":
  {"properties":{"data":{"items":{"$ref":"#/components/schemas/gadget"}}}}}}}}}},
"/v1/customers":{"post":{"requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":
  {"properties":{"email":{"type":"string"},"mood":{"type":"string"}}}}}},
  "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/customer"}}}}}}}}})";
}

QByteArray contentOf(const QString &file)
{
    QFile read(file);
    return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
}

} // namespace

/// A project that knows a newer API than the program, by its command line.
class TestImportCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theDifferenceIsToldAndKept();
    void onceMoreChangesNothing();
    void withoutWritingItIsOnlyShown();
    void theStepsOfTheProjectGoByIt();
    void callsAreMadeByIt();
    void whatIsNoneIsRefusedAndNothingIsLost_data();
    void whatIsNoneIsRefusedAndNothingIsLost();
    void anOlderOneNeedsAWord();
    void aBrokenCatalogueIsAFinding();
    void aWrongExpansionIsToldAtItsPlace_data();
    void aWrongExpansionIsToldAtItsPlace();

private:
    Finished import(const QByteArray &text, const QStringList &more = {})
    {
        write(m_folder->filePath("spec3.json"), text);
        return runTidewire(QStringList{"schema", "import-stripe", m_folder->filePath("spec3.json"),
                                       "--project", m_project} + more);
    }
    QString catalogue() const { return m_project + "/schemas/stripe-catalogue.json"; }
    QJsonArray findings() const
    {
        return QJsonDocument::fromJson(runTidewire({"validate", m_project, "--json"}).out).array();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_project;
};

void TestImportCommand::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_project = m_folder->filePath("project");
    QDir().mkpath(m_project + "/flows");
    QDir().mkpath(m_project + "/environments");
    write(m_project + "/tidewire.yaml", "schema: project/1\nname: Gadgets\nconnections:\n"
                                        "  stripe: {type: stripe}\n");
    write(m_project + "/flows/gadgets.flow.yaml", kFlow);
}

void TestImportCommand::theDifferenceIsToldAndKept()
{
    const Finished told = import(spec());
    QVERIFY2(told.code == 0, told.err);
    QVERIFY2(told.out.contains("2027-03-25.fable, before: 2026-10-28.endive"), told.out);
    for (const char *line : {"  POST /v1/gadgets\n", "  gadget\n", "  customer.mood: text\n",
                             "  POST /v1/customers, mood: text\n"})
        QVERIFY2(told.out.contains(line), told.out);
    QVERIFY2(told.out.contains("more; --all shows them"), told.out); // What the small one leaves out.
    QVERIFY(contentOf(catalogue()).contains("/v1/gadgets"));
    // From the project's own to a newer one: what is between these two alone.
    const Finished next = import(spec(R"(,"colour":{"type":"string"})", "2027-04-25.fable"),
                                 {"--json"});
    QVERIFY2(next.code == 0, next.err);
    const QJsonObject answer = QJsonDocument::fromJson(next.out).object();
    QCOMPARE(answer["compared_with"].toString(), QString("project"));
    QCOMPARE(answer["version_before"].toString(), QString("2027-03-25.fable"));
    QCOMPARE(answer["new_fields"].toArray(), QJsonArray{"gadget.colour: text"});
    for (const char *none : {"new_calls", "gone_calls", "gone_fields", "changed_fields"})
        QVERIFY2(answer[none].toArray().isEmpty(), none);
    // A type that changes is a change, not a loss and a gain.
    const Finished last = import(spec(R"(,"colour":{"type":"integer"})", "2027-04-25.fable"),
                                 {"--json"});
    QCOMPARE(QJsonDocument::fromJson(last.out).object()["changed_fields"].toArray(),
             QJsonArray{"gadget.colour: text is now whole number"});
}

void TestImportCommand::onceMoreChangesNothing()
{
    QCOMPARE(import(spec()).code, 0);
    const QByteArray before = contentOf(catalogue());
    const auto at = QFileInfo(catalogue()).fileTime(QFileDevice::FileModificationTime);
    const Finished again = import(spec(), {"--json"});
    QCOMPARE(again.code, 0);
    QVERIFY(!QJsonDocument::fromJson(again.out).object()["written"].toBool(true));
    QCOMPARE(contentOf(catalogue()), before);
    QCOMPARE(QFileInfo(catalogue()).fileTime(QFileDevice::FileModificationTime), at);
}

void TestImportCommand::withoutWritingItIsOnlyShown()
{
    const Finished shown = import(spec(), {"--dry-run"});
    QCOMPARE(shown.code, 0);
    QVERIFY(shown.out.contains("POST /v1/gadgets"));
    QVERIFY(!QFile::exists(catalogue()));
}

void TestImportCommand::theStepsOfTheProjectGoByIt()
{
    const auto codes = [this] {
        QStringList all;
        for (const QJsonValue &finding : findings())
            all << finding.toObject()["code"].toString();
        return all;
    };
    QCOMPARE(codes(), QStringList{"flow.unknown_choice"}); // Nobody knows gadgets.
    QCOMPARE(import(spec()).code, 0);
    QCOMPARE(codes(), QStringList());
    // The mapper knows what a gadget takes.
    change(m_project + "/flows/gadgets.flow.yaml", "weight: \"12\"", "wieght: \"12\"");
    const QJsonArray found = findings();
    QCOMPARE(found.size(), 1);
    QVERIFY2(QJsonDocument(found).toJson().contains("weight"), QJsonDocument(found).toJson());
}

void TestImportCommand::callsAreMadeByIt()
{
    std::vector<HttpRequest> asked;
    HttpServer server;
    server.setHandler([&asked](HttpRequest request, HttpReply reply) {
        reply.send(jsonResponse(200, R"({"id":"gad_1","object":"gadget"})"));
        asked.push_back(std::move(request));
    });
    QVERIFY(server.listen("127.0.0.1", 0));
    write(m_project + "/environments/local.yaml",
          "schema: environment/1\nname: local\nkind: local\nconnections:\n  stripe:\n"
          "    type: stripe\n    base_url: " + QByteArray::fromStdString(server.url()) + "\n");
    write(m_folder->filePath("event.json"), R"({"id":"one","type":"manual","created":1790000000})");
    QCOMPARE(import(spec()).code, 0);
    const auto program = startTidewire({"run", m_project, "--data-dir", m_folder->filePath("data"),
                                        "--event", m_folder->filePath("event.json"), "--json"},
                                       {"TIDEWIRE_SECRET_STRIPE_API_KEY=rk_test_1"});
    QVERIFY(!awaitLine(*program, "ready").isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(asked.size(), std::size_t(1), 20'000);
    program->terminate();
    program->waitForFinished();
    QCOMPARE(asked.front().path, std::string("/v1/gadgets"));
    QCOMPARE(asked.front().body, std::string("name=lamp&weight=12"));
    QCOMPARE(std::string(asked.front().headers.value("Stripe-Version")),
             std::string("2027-03-25.fable"));
}

void TestImportCommand::whatIsNoneIsRefusedAndNothingIsLost_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("no JSON") << QByteArray("{\"info\":\n  {\"version\": }}") << QByteArray(":2:15: ");
    QTest::newRow("cut off") << spec().left(700) << QByteArray(":");
    QTest::newRow("another document") << QByteArray("{\"a\": 1}") << QByteArray(":1:1: ");
    QTest::newRow("a list") << QByteArray("[]") << QByteArray(":1:1: ");
    QTest::newRow("a version of no kind") << spec({}, "next") << QByteArray(":1:1: ");
    QTest::newRow("a key in it")
        << spec(R"(,"k":{"type":"string","enum":["sk_live_)" + QByteArray("4eC39HqLyjWDarjtT1zdp7dc") +
                R"("]})")
        << QByteArray(":1:1: ");
    QTest::newRow("nothing") << QByteArray() << QByteArray(":");
}

void TestImportCommand::whatIsNoneIsRefusedAndNothingIsLost()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, place);
    QCOMPARE(import(spec()).code, 0);
    const QByteArray before = contentOf(catalogue());
    const Finished refused = import(text);
    QCOMPARE(refused.code, 1);
    QVERIFY2(refused.err.contains("spec3.json" + place), refused.err);
    QVERIFY2(!refused.err.contains("4eC39Hq"), refused.err);
    QCOMPARE(contentOf(catalogue()), before);
    QCOMPARE(QDir(m_project + "/schemas").entryList(QDir::Files).size(), 1);
}

void TestImportCommand::anOlderOneNeedsAWord()
{
    const QByteArray old = spec({}, "2024-06-20");
    const Finished refused = import(old);
    QCOMPARE(refused.code, 1);
    QVERIFY2(refused.err.contains("--older"), refused.err);
    QVERIFY(!QFile::exists(catalogue()));
    QCOMPARE(import(old, {"--older"}).code, 0);
    QVERIFY(QFile::exists(catalogue()));
}

void TestImportCommand::aBrokenCatalogueIsAFinding()
{
    QCOMPARE(import(spec()).code, 0);
    write(catalogue(), "{\n  \"version\": \"x\"\n  oops\n}");
    const QJsonArray found = findings();
    QVERIFY(!found.isEmpty());
    const QJsonObject first = found[0].toObject();
    QCOMPARE(first["code"].toString(), QString("flow.bad_facts"));
    QVERIFY(first["file"].toString().endsWith("schemas/stripe-catalogue.json"));
    QCOMPARE(first["line"].toInt(), 3);
    // It does not run on what the program knows instead.
    const Finished run = runTidewire({"run", m_project, "--until-idle"});
    QCOMPARE(run.code, 1);
    QVERIFY2(run.err.contains("flow.bad_facts"), run.err);
    QCOMPARE(import(spec()).code, 0); // The way out.
    QVERIFY(findings().isEmpty());
}

void TestImportCommand::aWrongExpansionIsToldAtItsPlace_data()
{
    QTest::addColumn<QByteArray>("step");
    QTest::addColumn<QByteArray>("expand");
    QTest::addColumn<QString>("fix");
    QTest::newRow("a slip") << QByteArray("retrieve") << QByteArray("custmer")
                            << QString("Did you mean \"customer\"?");
    QTest::newRow("a nested slip") << QByteArray("retrieve") << QByteArray("payment_intent.custmer")
                                   << QString("Did you mean \"payment_intent.customer\"?");
    QTest::newRow("a list without its prefix")
        << QByteArray("list") << QByteArray("customer")
        << QString("In a list each path begins with \"data.\": write \"data.customer\".");
}

void TestImportCommand::aWrongExpansionIsToldAtItsPlace()
{
    QFETCH(QByteArray, step);
    QFETCH(QByteArray, expand);
    QFETCH(QString, fix);
    const QByteArray right = step == "list" ? "data.balance_transaction" : "balance_transaction";
    write(m_project + "/flows/gadgets.flow.yaml",
          "schema: flow/1\nid: gadgets\nname: Gadgets\nversion: 1.0.0\n"
          "connections: {stripe: stripe}\nsteps:\n  - id: start\n    type: manual\n    to: get\n"
          "  - id: get\n    type: stripe.object." + step + "\n    connection: stripe\n    with:\n"
          "      object: charge\n" + (step == "list" ? "" : "      id: ch\n") +
              "      expand:\n        - " + right + "\n        - " + expand + "\n");
    const QJsonArray found = findings();
    QCOMPARE(found.size(), 1);
    const QJsonObject one = found[0].toObject();
    QCOMPARE(one["code"].toString(), QString("stripe.no_expansion"));
    QCOMPARE(one["line"].toInt(), step == "list" ? 17 : 18);
    QCOMPARE(one["column"].toInt(), 11);
    QCOMPARE(one["fix"].toString(), fix);
}

QTEST_GUILESS_MAIN(TestImportCommand)
#include "tst_ImportCommand.moc"
