// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/sandbox/Cast.h"
#include "core/sandbox/FaultPlan.h"
#include "core/sandbox/FormTree.h"
#include "core/sandbox/JsonMaker.h"
#include "core/sandbox/RecordLog.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;
using namespace tw::sandbox;

/// What both doubles are built from.
class TestSandboxParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bracketsBecomeTrees_data();
    void bracketsBecomeTrees();
    void faultsAreTakenInOrder();
    void badOrdersAreRefused();
    void aFaultCanDelayAndCut();
    void recordsComeBackAfterARestart();
    void aLineCutByACrashIsDropped();
    void membersOfTheCastAreSound();
    void changesKeepTheRest();
};

void TestSandboxParts::bracketsBecomeTrees_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("plain") << QByteArray("a=1&b=x+y") << QByteArray(R"({"a":"1","b":"x y"})");
    QTest::newRow("nested") << QByteArray("metadata[order]=7&metadata[x]=y")
                            << QByteArray(R"({"metadata":{"order":"7","x":"y"}})");
    QTest::newRow("a numbered list") << QByteArray("items[0][price]=p&items[0][quantity]=2")
                                     << QByteArray(R"({"items":[{"price":"p","quantity":"2"}]})");
    QTest::newRow("an unnumbered list")
        << QByteArray("expand[]=a&expand[]=b") << QByteArray(R"({"expand":["a","b"]})");
    QTest::newRow("an empty text unsets")
        << QByteArray("metadata[k]=") << QByteArray(R"({"metadata":{"k":""}})");
    QTest::newRow("an open bracket is a name")
        << QByteArray("a[b=1") << QByteArray(R"({"a[b":"1"})");
    QTest::newRow("nothing") << QByteArray() << QByteArray("{}");
}

void TestSandboxParts::bracketsBecomeTrees()
{
    QFETCH(QByteArray, form);
    QFETCH(QByteArray, json);
    Arena arena;
    const auto fields = formDecode(form.toStdString());
    QVERIFY(fields);
    QCOMPARE(toJson(formTree(arena, *fields)), json.toStdString());
}

void TestSandboxParts::faultsAreTakenInOrder()
{
    FaultPlan plan;
    const auto order = parseJson(
        R"({"next":[{"status":503,"retry_after":2},{"code":"X","times":2},{"drop":true,"effect":"after"}]})");
    QVERIFY(plan.load(order->root()));
    QCOMPARE(plan.size(), std::size_t(4));
    const auto first = plan.take();
    QCOMPARE(first->status, 503);
    QCOMPARE(*first->retryAfter, std::string("2"));
    QCOMPARE(plan.take()->code, std::string("X"));
    QCOMPARE(plan.take()->code, std::string("X"));
    const auto last = plan.take();
    QVERIFY(last->drop && last->effect == Fault::Effect::After);
    QVERIFY(!plan.take());
}

void TestSandboxParts::badOrdersAreRefused()
{
    FaultPlan plan;
    for (const char *text : {"{}", "[]", R"({"next":5})", R"({"next":[5]})"})
        QVERIFY2(!plan.load(parseJson(text)->root()), text);
    QCOMPARE(plan.size(), std::size_t(0));
}

void TestSandboxParts::aFaultCanDelayAndCut()
{
    ManualClock clock;
    QObject context;
    std::optional<HttpResponse> sent;
    Fault fault;
    fault.drop = true;
    fault.delay = std::chrono::seconds(2);
    sendWithFault(HttpReply([&](HttpResponse answer) { sent = std::move(answer); }),
                  jsonResponse(200, "{}"), fault, clock, &context);
    QVERIFY(!sent);
    clock.advance(std::chrono::seconds(2));
    QVERIFY(sent && sent->cutAfter == std::size_t(0));
}

void TestSandboxParts::recordsComeBackAfterARestart()
{
    QTemporaryDir dir;
    const std::string path = toUtf8(dir.filePath(QStringLiteral("deep/log.jsonl")));
    {
        RecordLog log;
        QVERIFY(log.open(path, [](const Value &) { QFAIL("nothing is there yet"); }));
        for (const char *line : {R"({"n":1})", R"({"n":2,"text":"a\nb"})"})
            log.append(parseJson(line)->root());
    }
    RecordLog log;
    std::vector<std::string> lines;
    QVERIFY(log.open(path, [&](const Value &line) { lines.push_back(toJson(line)); }));
    QCOMPARE(lines, (std::vector<std::string>{R"({"n":1})", R"({"n":2,"text":"a\nb"})"}));
}

void TestSandboxParts::aLineCutByACrashIsDropped()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("log.jsonl"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"n\":1}\n{\"n\":2");
    file.close();
    {
        RecordLog log;
        int lines = 0;
        QVERIFY(log.open(toUtf8(path), [&](const Value &) { ++lines; }));
        QCOMPARE(lines, 1);
        log.append(parseJson(R"({"n":3})")->root());
    }
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("{\"n\":1}\n{\"n\":3}\n"));
}

void TestSandboxParts::membersOfTheCastAreSound()
{
    for (const auto &member : cast()) {
        QCOMPARE(member.accountId.size(), std::size_t(18));
        QCOMPARE(withCheckSuffix(member.accountId.substr(0, 15)), member.accountId);
        QVERIFY(member.customerId.starts_with("cus_"));
        QVERIFY(member.email.ends_with(".example"));
    }
}

void TestSandboxParts::changesKeepTheRest()
{
    Arena arena;
    const JsonMaker json(arena);
    const Value base = json.object({{"a", 1}, {"b", true}, {"c", "x"}});
    QCOMPARE(toJson(json.with(base, {{"b", Value()}, {"d", nullptr}})),
             std::string(R"({"a":1,"c":"x","d":null})"));
    QCOMPARE(toJson(json.withNulls(base, {"a"})), std::string(R"({"a":null,"b":true,"c":"x"})"));
}

QTEST_GUILESS_MAIN(TestSandboxParts)
#include "tst_SandboxParts.moc"
