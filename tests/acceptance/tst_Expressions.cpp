// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// Expressions on the command line: errors under the very characters, what explains them, and the
/// reference of functions.
class TestExpressions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void caretsStandUnderTheFault_data();
    void caretsStandUnderTheFault();
    void longLinesAreCutAroundTheFault();
    void controlCharactersDoNotReachTheTerminal();
    void errorsSayWhatToDo_data();
    void errorsSayWhatToDo();
    void jsonErrorsStayAsScriptsKnowThem();
    void anExpressionMayComeFromAFile();
    void badRequestsKeepTheirId();
    void bindingsAreOneObjectOfNames();
    void portableReportsOurOwnFunctions();
    void functionsAreListedAndExplained();
    void explainTellsLinesTypeAndForm();
    void explainReportsAnErrorAsEvalDoes();

private:
    QString write(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write a test file");
        return file.fileName();
    }
    QTemporaryDir m_dir;
};

void TestExpressions::caretsStandUnderTheFault_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("marked");
    const auto row = [](const char *name, const char *text, const char *marked) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(marked);
    };
    row("an unknown function: its name alone", "1 + $toMajr(amount, \"usd\")",
        " at 1:5\n  1 | 1 + $toMajr(amount, \"usd\")\n    |     ^^^^^^^\n");
    row("a function without its dollar", "sum(1)", " at 1:1\n  1 | sum(1)\n    | ^^^\n");
    row("the end of the text", "1 +  ", " at 1:4\n  1 | 1 +\n    |    ^\n");
    row("the second line", "a &\n  b c\n", " at 2:5\n  2 |   b c\n    |     ^\n");
    row("a line with Windows ends", "a &\r\nb c\r\n", " at 2:3\n  2 | b c\n    |   ^\n");
    row("behind a tab", "\ta b", " at 1:4\n  1 |     a b\n    |       ^\n");
    row("behind a tab in the middle", "a &\tb c", " at 1:7\n  1 | a & b c\n    |       ^\n");
    row("behind wide characters", "\"\u652F\u6255\" b",
        " at 1:6\n  1 | \"\u652F\u6255\" b\n    |        ^\n");
    row("behind combining characters", "\"e\u0301\" b",
        " at 1:6\n  1 | \"e\u0301\" b\n    |     ^\n");
    row("behind emoji", "\"\U0001F600\" b", " at 1:5\n  1 | \"\U0001F600\" b\n    |      ^\n");
    row("a wide name", "$\u652F\u6255(1)", " at 1:1\n  1 | $\u652F\u6255(1)\n    | ^^^^^\n");
    row("line ten has a wider margin", "1\n+\n1\n+\n1\n+\n1\n+\n1\n b",
        " at 10:2\n  10 |  b\n     |  ^\n");
}

void TestExpressions::caretsStandUnderTheFault()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, marked);
    const Finished done = runTidewire({"eval", QString::fromUtf8(text)});
    QCOMPARE(done.code, 1);
    QCOMPARE(done.out, QByteArray());
    QVERIFY2((done.err + '\n').contains(marked), done.err.constData());
}

void TestExpressions::longLinesAreCutAroundTheFault()
{
    const QString text = QStringLiteral("\"") + QString(5000, u'x') + QStringLiteral("\" b & \"") +
                         QString(5000, u'y') + QStringLiteral("\"");
    const Finished done = runTidewire({"eval", text});
    const QList<QByteArray> lines = done.err.split('\n');
    QVERIFY(lines.size() >= 3);
    const QString shown = QString::fromUtf8(lines[1]);
    QVERIFY(shown.size() < 120);
    QVERIFY(shown.contains(QStringLiteral("\u2026xx")) && shown.endsWith(u'\u2026'));
    QCOMPARE(shown.at(lines[2].indexOf('^')), u'b');
}

void TestExpressions::controlCharactersDoNotReachTheTerminal()
{
    const Finished done = runTidewire({"eval", QStringLiteral("\"\x1b[31m\u202E\" b")});
    QCOMPARE(done.code, 1);
    QVERIFY(!done.err.contains('\x1b'));
    QVERIFY(!done.err.contains("\u202E"));
}

void TestExpressions::errorsSayWhatToDo_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, const char *text, const char *words) {
        QTest::newRow(name) << QString::fromUtf8(text) << QByteArray(words);
    };
    row("a mistyped function", "$uppercas(\"x\")", "Did you mean $uppercase?");
    row("a function like no other", "$zzzzzzzz(1)", "tidewire functions");
    row("a wrong argument", "$substring(\"x\", \"y\")", "$substring(text?, start, length?) takes");
    row("a missing argument", "$substring(\"x\")", "Argument 2 (start) of $substring is missing");
    row("a missing argument is shown at the name", "1 + $substring(\"x\")", "    ^^^^^^^^^^\n");
    row("too many arguments", "$substring(\"x\", 1, 2, 3)", "takes no argument 4");
    row("a name that is bound to a number", "($sum := 1; $sum([1]))", "no function");
    row("a text in a sum", "\"1\" + 1", "$number()");
    row("an open string", "\"abc", "Close the string");
    row("a text that ends early", "1 +", "behind the last sign");
}

void TestExpressions::errorsSayWhatToDo()
{
    QFETCH(QString, text);
    QFETCH(QByteArray, words);
    const Finished done = runTidewire({"eval", text});
    QCOMPARE(done.code, 1);
    QVERIFY2(done.err.contains(words), done.err.constData());
}

void TestExpressions::jsonErrorsStayAsScriptsKnowThem()
{
    const Finished done = runTidewire({"eval", "--json", "$uppercas(\"x\")"});
    QCOMPARE(done.code, 1);
    QCOMPARE(done.err,
             QByteArray("{\"code\":\"T1006\",\"position\":10,\"message\":\"uppercas is not "
                        "a function.\"}\n"));
    const QString broken = write(QStringLiteral("broken.json"), "{\"a\": }");
    for (const char *option : {"--data", "--bindings"}) {
        const Finished bad = runTidewire({"eval", "1", "--json", option, broken});
        QCOMPARE(bad.code, 1);
        const QJsonObject error = QJsonDocument::fromJson(bad.err).object();
        QVERIFY2(error[u"where"].toString().contains(u"broken.json"), bad.err.constData());
        QVERIFY(!error[u"code"].toString().isEmpty());
    }
}

void TestExpressions::anExpressionMayComeFromAFile()
{
    const QString file = write(QStringLiteral("sum.jsonata"), "/* all */\n$sum(\n  a\n)\n");
    const Finished done = runTidewire({"eval", "--file", file, "--data", "-"}, "{\"a\":[1,2]}");
    QCOMPARE(done.out, QByteArray("3\n"));
    QCOMPARE(runTidewire({"eval", "1", "--file", file}).code, 2);
    QCOMPARE(runTidewire({"eval", "--file", "/no/such/file"}).code, 3);
    const QString marked = write(QStringLiteral("bom.jsonata"), "\xEF\xBB\xBF"
                                                                "1 + 1");
    QCOMPARE(runTidewire({"eval", "--file", marked}).out, QByteArray("2\n"));
    const QString latin = write(QStringLiteral("latin.jsonata"), "1 +\n \"caf\xE9\"");
    for (const char *command : {"eval", "explain"}) {
        const Finished bad = runTidewire({QString::fromLatin1(command), "--file", latin});
        QCOMPARE(bad.code, 1);
        QVERIFY2(bad.err.contains("latin.jsonata:2:6"), bad.err.constData());
        QVERIFY2(bad.err.contains("UTF-8"), bad.err.constData());
    }
}

void TestExpressions::badRequestsKeepTheirId()
{
    const Finished done =
        runTidewire({"eval", "--batch"}, "{\"id\":7,\"expr\":5}\n"
                                         "{\"id\":\"a\",\"expr\":\"1\",\"depth\":\"x\"}\n"
                                         "{\"id\":8,\"expr\":\"1\",\"timelimit\":[]}\n"
                                         "{\"id\":9,\"expr\":\"1\",\"bindings\":[1]}\n"
                                         "{\"id\":10,\"expr\":\"1\"}\n");
    const QList<QByteArray> lines = done.out.split('\n');
    QCOMPARE(lines.size(), 6);
    for (const int i : {0, 1, 2, 3})
        QVERIFY2(lines[i].contains("runner.bad_request"), lines[i].constData());
    QVERIFY(lines[0].startsWith("{\"id\":7,"));
    QVERIFY(lines[1].startsWith("{\"id\":\"a\","));
    QCOMPARE(lines[4], QByteArray("{\"id\":10,\"result\":1}"));
}

void TestExpressions::bindingsAreOneObjectOfNames()
{
    const QString list = write(QStringLiteral("list.json"), "[1]");
    QCOMPARE(runTidewire({"eval", "1", "--bindings", list}).code, 1);
    const QString dollar = write(QStringLiteral("dollar.json"), "{\"$a\": 1}");
    QVERIFY(runTidewire({"eval", "$a", "--bindings", dollar}).err.contains("dollar sign"));
    QVERIFY(runTidewire({"eval", "--batch"}, "{\"id\":1,\"expr\":\"1\",\"bindings\":{\"$a\":1}}\n")
                .out.contains("dollar sign"));
    const QString sound = write(QStringLiteral("sound.json"), "{\"a\": 1}");
    QCOMPARE(runTidewire({"eval", "$a", "--bindings", sound}).out, QByteArray("1\n"));
}

void TestExpressions::portableReportsOurOwnFunctions()
{
    const Finished own = runTidewire({"eval", "--portable", "1 + $toMajor(1099, \"usd\")"});
    QCOMPARE(own.code, 1);
    QCOMPARE(own.out, QByteArray());
    QVERIFY2(own.err.contains("$toMajor"), own.err.constData());
    QVERIFY2(own.err.contains("    ^^^^^^^^"), own.err.constData());
    const Finished json = runTidewire({"eval", "--portable", "--json", "$toMajor(1099, \"usd\")"});
    const QJsonObject error = QJsonDocument::fromJson(json.err).object();
    QCOMPARE(error[u"code"].toString(), QStringLiteral("map.not_portable"));
    QVERIFY(error[u"position"].isDouble());
    const Finished plain = runTidewire({"eval", "--portable", "$uppercase(\"usd\")"});
    QCOMPARE(plain.code, 0);
    QCOMPARE(plain.out, QByteArray());
    QCOMPARE(runTidewire({"eval", "--portable", "$toMajor"}).code, 1);
    QVERIFY(runTidewire({"eval", "--portable", "$map([1], $toMajor)"}).err.contains("$toMajor"));
    QCOMPARE(runTidewire({"eval", "--portable", "1 +"}).code, 1);
    QCOMPARE(runTidewire({"eval", "--portable", "--batch"}).code, 2);
    QCOMPARE(runTidewire({"eval", "--batch", "--data", "x.json"}).code, 2);
}

void TestExpressions::functionsAreListedAndExplained()
{
    const QJsonArray all =
        QJsonDocument::fromJson(runTidewire({"functions", "--json"}).out).array();
    QVERIFY(all.size() > 70);
    for (const QJsonValue &one : all) {
        for (const char *key :
             {"name", "kind", "call", "signature_in_words", "help", "example", "result", "origin"})
            QVERIFY2(!one[QLatin1String(key)].toString().isEmpty(), key);
    }
    QFile page(demoProject() + QStringLiteral("/../../resources/help/functions.md"));
    QVERIFY(page.open(QIODevice::ReadOnly));
    QCOMPARE(runTidewire({"functions", "--markdown"}).out, page.readAll());
    QVERIFY(runTidewire({"functions", "$toMajor"}).out.contains("10.99"));
    const Finished one = runTidewire({"functions", "toMajor", "--json"});
    QCOMPARE(QJsonDocument::fromJson(one.out).object()[u"name"].toString(),
             QStringLiteral("$toMajor"));
    const Finished unknown = runTidewire({"functions", "toMajr"});
    QCOMPARE(unknown.code, 1);
    QVERIFY(unknown.err.contains("$toMajor"));
}

void TestExpressions::explainTellsLinesTypeAndForm()
{
    const QString data = write(QStringLiteral("charge.json"),
                               R"({"amount": 1099, "currency": "usd", "paid": true})");
    const QString text = QStringLiteral("{\"Amount__c\": $toMajor(amount, currency), "
                                        "\"State__c\": paid ? \"yes\" : \"no\"}");
    const Finished done = runTidewire({"explain", text, "--data", data});
    QCOMPARE(done.code, 0);
    QVERIFY2(done.out.contains("Amount__c"), done.out.constData());
    QVERIFY(done.out.contains("computed"));
    QVERIFY(done.out.contains("decides"));
    const QJsonObject told =
        QJsonDocument::fromJson(runTidewire({"explain", text, "--data", data, "--json"}).out)
            .object();
    const QJsonArray targets = told[u"targets"].toArray();
    QCOMPARE(targets.size(), 2);
    QCOMPARE(targets[0][u"path"][0].toString(), QStringLiteral("Amount__c"));
    QCOMPARE(targets[0][u"lines"][0][u"source"].toString(), QStringLiteral("amount"));
    QCOMPARE(targets[1][u"lines"][0][u"kind"].toString(), QStringLiteral("decides"));
    QCOMPARE(told[u"form"].toString(), QStringLiteral("free"));
    QVERIFY(told[u"canonical"].toString().contains(QStringLiteral("$toMajor(amount, currency)")));

    const Finished unknown = runTidewire({"explain", "amout", "--data", data, "--json"});
    const QJsonArray findings = QJsonDocument::fromJson(unknown.out)[u"findings"].toArray();
    QCOMPARE(findings.size(), 1);
    QCOMPARE(findings[0][u"code"].toString(), QStringLiteral("map.unknown_field"));
    QVERIFY(runTidewire({"explain", "amout", "--data", data}).out.contains("^^^^^"));
    QCOMPARE(runTidewire({"explain"}).code, 2);
    QVERIFY(runTidewire({"explain", "--help"}).out.contains("Example:\n  tidewire explain"));
}

void TestExpressions::explainReportsAnErrorAsEvalDoes()
{
    const Finished done = runTidewire({"explain", "a b"});
    QCOMPARE(done.code, 1);
    QCOMPARE(done.err, runTidewire({"eval", "a b"}).err);
}

QTEST_GUILESS_MAIN(TestExpressions)
#include "tst_Expressions.moc"
