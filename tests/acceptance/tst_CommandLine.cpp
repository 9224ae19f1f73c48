// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// The command line as PRODUCT promises it: exit codes, streams, JSON forms.
class TestCommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exitCodes_data();
    void exitCodes();
    void evalPrintsTheResult();
    void evalOfNothingPrintsNothing();
    void evalReadsDataAndBindings();
    void evalErrorNamesCodeAndPlace();
    void batchKeepsTheOrderOfLines();
    void batchAnswersABadLineAndGoesOn();
    void everyCommandHasHelpWithAnExample_data();
    void everyCommandHasHelpWithAnExample();
    void theDemoProjectIsSound();
    void validateNamesFileLineColumnAndFix();
    void nodesListsEveryTypeWithItsParameters();
    void nodesExplainsOneType();
    void mapTriesAStepOnTheSamplesOfItsProject();
    void mapNamesWhatFailedWithItsPlace();
    void mapMeasuresAgainstATarget();
    void mappingsAreCheckedAgainstTheRecord();
    void mapShowsWhyAFileCannotBeRead();
    void schemaIsDraft07();
    void webhookVerifyJudgesAllVectors();
    void runLogsInJson();
    void aDamagedJournalIsToldOfAndSetAside();

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

void TestCommandLine::exitCodes_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");

    QTest::newRow("help") << QStringList{"--help"} << 0;
    QTest::newRow("version") << QStringList{"--version"} << 0;
    QTest::newRow("nothing asked for") << QStringList{} << 2;
    QTest::newRow("unknown command") << QStringList{"fly"} << 2;
    QTest::newRow("unknown option") << QStringList{"eval", "1", "--fast"} << 2;
    QTest::newRow("eval without an expression") << QStringList{"eval"} << 2;
    QTest::newRow("eval") << QStringList{"eval", "1 + 1"} << 0;
    QTest::newRow("eval of nonsense") << QStringList{"eval", "1 +"} << 1;
    QTest::newRow("eval of a missing file")
        << QStringList{"eval", "1", "--data", "/no/such/file.json"} << 3;
    QTest::newRow("validate a missing folder") << QStringList{"validate", "/no/such/folder"} << 3;
    QTest::newRow("run a missing folder") << QStringList{"run", "/no/such/folder"} << 3;
    QTest::newRow("run in an unknown environment")
        << QStringList{"run", demoProject(), "--env", "moon"} << 1;
    QTest::newRow("map without a step") << QStringList{"map", demoProject()} << 2;
    QTest::newRow("map a step that is not there") << QStringList{"map", demoProject(), "nope"} << 1;
    QTest::newRow("map a step that maps nothing")
        << QStringList{"map", demoProject(), "skip_zero"} << 1;
    QTest::newRow("map an event that is not there")
        << QStringList{"map", demoProject(), "to_payment", "--event", "/no/such.json"} << 3;
    QTest::newRow("map for a target that is none")
        << QStringList{"map", demoProject(), "to_payment", "--target",
                       demoProject() + "/samples/charge.failed.json"}
        << 1;
    QTest::newRow("sandbox at nonsense") << QStringList{"sandbox", "--stripe", "nowhere"} << 2;
}

void TestCommandLine::exitCodes()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    const Finished done = runTidewire(arguments);
    QCOMPARE(done.code, code);
    QVERIFY2(code == 0 ? !done.out.isEmpty() : !done.err.isEmpty(), done.out + done.err);
}

void TestCommandLine::evalPrintsTheResult()
{
    QCOMPARE(runTidewire({"eval", "--json", "{\"b\": 1, \"a\": [1, 2.50, \"x\"]}"}).out,
             QByteArray("{\"b\":1,\"a\":[1,2.5,\"x\"]}\n"));
}

void TestCommandLine::evalOfNothingPrintsNothing()
{
    const Finished done = runTidewire({"eval", "missing.path"});
    QCOMPARE(done.code, 0);
    QCOMPARE(done.out, QByteArray());
    QCOMPARE(done.err, QByteArray());
}

void TestCommandLine::evalReadsDataAndBindings()
{
    const QString bindings = write(QStringLiteral("bindings.json"), "{\"rate\": 3}");
    const Finished done = runTidewire({"eval", "amount * $rate", "--data", "-", "--bindings", bindings},
                                      "{\"amount\": 14}");
    QCOMPARE(done.out, QByteArray("42\n"));
}

void TestCommandLine::evalErrorNamesCodeAndPlace()
{
    const Finished done = runTidewire({"eval", "--json", "\"a\" + 1"});
    QCOMPARE(done.code, 1);
    QCOMPARE(done.out, QByteArray());
    const QJsonObject error = QJsonDocument::fromJson(done.err).object();
    QCOMPARE(error[u"code"].toString(), QStringLiteral("T2001"));
    QVERIFY(error[u"position"].isDouble());
    QVERIFY(!error[u"message"].toString().isEmpty());
}

void TestCommandLine::batchKeepsTheOrderOfLines()
{
    QByteArray input;
    for (int i = 0; i < 50; ++i) {
        input += "{\"id\":" + QByteArray::number(i) + ",\"expr\":\"n * 2\",\"data\":{\"n\":"
            + QByteArray::number(i) + "}}\n";
    }
    input += R"({"id":"u","expr":"nothing"})" "\n" R"({"id":"b","expr":"$x","bindings":{"x":[1]}})" "\n";
    const QList<QByteArray> lines = runTidewire({"eval", "--batch"}, input).out.split('\n');
    QCOMPARE(lines.size(), 53);
    for (int i = 0; i < 50; ++i)
        QCOMPARE(QJsonDocument::fromJson(lines[i]).object()[u"result"].toInt(-1), i * 2);
    QCOMPARE(lines[50], QByteArray(R"({"id":"u","undefined":true})"));
    QCOMPARE(lines[51], QByteArray(R"({"id":"b","result":[1]})"));
}

void TestCommandLine::batchAnswersABadLineAndGoesOn()
{
    const Finished done = runTidewire({"eval", "--batch"},
                                      "not json\n{\"id\":1,\"expr\":\"1 +\"}\n{\"id\":2,\"expr\":\"2\"}\n");
    const QList<QByteArray> lines = done.out.split('\n');
    QCOMPARE(done.code, 0);
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0].contains("\"error\""));
    QVERIFY(lines[1].contains("\"code\":\"S0207\""));
    QCOMPARE(lines[2], QByteArray(R"({"id":2,"result":2})"));
}

void TestCommandLine::everyCommandHasHelpWithAnExample_data()
{
    QTest::addColumn<QStringList>("command");
    for (const char *name : {"run", "validate", "eval", "functions", "explain", "map", "sandbox", "nodes", "schema"})
        QTest::newRow(name) << QStringList{QString::fromLatin1(name)};
    QTest::newRow("webhook verify") << QStringList{"webhook", "verify"};
    QTest::newRow("webhook send") << QStringList{"webhook", "send"};
    for (const char *action : {"set", "list", "remove"})
        QTest::newRow(action) << QStringList{"secrets", QString::fromLatin1(action)};
}

void TestCommandLine::everyCommandHasHelpWithAnExample()
{
    QFETCH(QStringList, command);
    const Finished done = runTidewire(command + QStringList{"--help"});
    QCOMPARE(done.code, 0);
    QVERIFY(done.out.contains("Example:\n  tidewire " + command.join(u' ').toUtf8())
            || done.out.contains("| tidewire " + command.join(u' ').toUtf8()));
}

void TestCommandLine::theDemoProjectIsSound()
{
    const Finished done = runTidewire({"validate", demoProject(), "--json"});
    QCOMPARE(done.out, QByteArray("[]\n"));
    QCOMPARE(done.code, 0);
}

void TestCommandLine::validateNamesFileLineColumnAndFix()
{
    const QString file = write(QStringLiteral("bad.flow.yaml"),
                               "schema: flow/1\nid: bad\nname: Bad\nsteps:\n  - id: one\n"
                               "    type: filtre\n    to: nowhere\n");
    const Finished done = runTidewire({"validate", file, "--json"});
    QCOMPARE(done.code, 1);
    QJsonObject unknown;
    for (const QJsonValue &finding : QJsonDocument::fromJson(done.out).array()) {
        if (finding[u"code"].toString() == QStringLiteral("flow.unknown_type"))
            unknown = finding.toObject();
    }
    QCOMPARE(unknown[u"file"].toString(), file);
    QCOMPARE(unknown[u"line"].toInt(), 6);
    QCOMPARE(unknown[u"column"].toInt(), 11);
    QVERIFY(unknown[u"fix"].toString().contains(QStringLiteral("filter")));
}

void TestCommandLine::nodesListsEveryTypeWithItsParameters()
{
    const QJsonArray nodes = QJsonDocument::fromJson(runTidewire({"nodes", "--json"}).out).array();
    QStringList types;
    for (const QJsonValue &node : nodes) {
        types += node[u"type"].toString();
        QCOMPARE(node[u"parameters"][u"type"].toString(), QStringLiteral("object"));
        QVERIFY(!node[u"help"].toString().isEmpty());
    }
    for (const char *type : {"stripe.webhook", "salesforce.record.upsert", "filter", "branch", "map",
                             "deduplicate", "log", "dead_letter", "wait", "for_each", "batch",
                             "merge", "call_flow", "flow.called", "flow.return"})
        QVERIFY2(types.contains(QString::fromLatin1(type)), type);
}

void TestCommandLine::nodesExplainsOneType()
{
    const Finished page = runTidewire({"nodes", "filter"});
    QCOMPARE(page.code, 0);
    QVERIFY(page.out.startsWith("# "));
    QVERIFY(page.out.contains("`condition`"));
    const Finished unknown = runTidewire({"nodes", "filtre"});
    QCOMPARE(unknown.code, 1);
    QVERIFY(unknown.err.contains("filter"));
}

void TestCommandLine::mapTriesAStepOnTheSamplesOfItsProject()
{
    const Finished done = runTidewire({"map", demoProject(), "to_payment", "--json"});
    QCOMPARE(done.code, 0);
    const QJsonArray samples = QJsonDocument::fromJson(done.out).object()[u"samples"].toArray();
    QCOMPARE(samples.size(), 4);
    for (const QJsonValue &sample : samples) {
        QCOMPARE(sample[u"fields"].toArray().size(), 15);
        QVERIFY(sample[u"message"][u"Stripe_Payment_Id__c"].toString().startsWith("ch_"));
    }
    const QString file = demoProject() + "/flows/stripe-charge-to-payment.flow.yaml";
    QCOMPARE(runTidewire({"map", file, "to_payment", "--json"}).code, 0);
    const Finished words = runTidewire({"map", demoProject(), "to_payment"});
    QVERIFY(words.out.contains("charge.refunded.json\n"));
    QVERIFY(words.out.contains("Status__c             \"Refunded\"\n"));
}

void TestCommandLine::mapNamesWhatFailedWithItsPlace()
{
    const QString file = write(QStringLiteral("try.flow.yaml"),
                               "schema: flow/1\nid: try\nsteps:\n"
                               "  - id: first\n    type: map\n"
                               "    with: {mapping: {mail: data.mail, n: data.n}}\n    to: second\n"
                               "  - id: second\n    type: map\n    with:\n      mapping:\n"
                               "        Fee__c: {value: fee, if_missing: default, default: 0}\n"
                               "        Sum__c: {value: \"n + mail * 2\", list: one}\n"
                               "        Event__c: $event.id\n");
    const QString event = write(QStringLiteral("event.json"),
                                R"({"id":"evt_1","data":{"mail":"a@b.c","n":1}})");
    const Finished done = runTidewire({"map", file, "second", "--event", event, "--json"});
    QCOMPARE(done.code, 1);
    const QJsonValue sample = QJsonDocument::fromJson(done.out)[u"samples"][0];
    QCOMPARE(sample[u"fields"][0][u"state"].toString(), QStringLiteral("defaulted"));
    QCOMPARE(sample[u"fields"][2][u"value"].toString(), QStringLiteral("evt_1"));
    const QJsonValue error = sample[u"fields"][1][u"error"];
    QCOMPARE(error[u"code"].toString(), QStringLiteral("T2001"));
    QCOMPARE(error[u"part"].toString(), QStringLiteral("mail * 2"));
    QCOMPARE(error[u"value"].toString(), QStringLiteral("\"a@b.c\""));
    QCOMPARE(error[u"line"].toInt(), 13);
    QCOMPARE(error[u"column"].toInt(), 30);
    const Finished words = runTidewire({"map", file, "second", "--event", event});
    QVERIFY(words.out.contains("try.flow.yaml:13:30: Sum__c: The left side of"));
}

void TestCommandLine::mapMeasuresAgainstATarget()
{
    const QString target = write(
        QStringLiteral("target.json"),
        R"({"type":"object","required":["Amount__c","Owner__c","Opportunity__c"],"properties":{
            "Amount__c":{"type":"number"},"Owner__c":{"type":"string"},
            "Opportunity__c":{"type":"string"},"Livemode__c":{"type":"boolean","readOnly":true}}})");
    const Finished done =
        runTidewire({"map", demoProject(), "to_payment", "--target", target, "--json"});
    QCOMPARE(done.code, 0);
    const QJsonValue coverage = QJsonDocument::fromJson(done.out)[u"coverage"];
    QVERIFY(coverage[u"open_required"] == QJsonArray{"Owner__c"});
    QVERIFY(coverage[u"unknown"].toArray().contains(QJsonValue("Livemode__c")));
    QVERIFY(coverage[u"may_be_missing"] == QJsonArray{"Opportunity__c"});
    QCOMPARE(coverage[u"mapped"].toInt(), 2);
    QCOMPARE(coverage[u"total"].toInt(), 3);
}

void TestCommandLine::mappingsAreCheckedAgainstTheRecord()
{
    const QString file = write(
        QStringLiteral("record.flow.yaml"),
        "schema: flow/1\nid: record\nconnections: {stripe: stripe, crm: salesforce}\nsteps:\n"
        "  - id: charges\n    type: stripe.webhook\n    connection: stripe\n"
        "    with: {events: [charge.succeeded]}\n    to: map\n"
        "  - id: map\n    type: map\n    with:\n      mapping:\n"
        "        Amount__c: data.object.amount\n        Paid_At__c: data.object.created\n"
        "        Fee: 1\n        Net__c: 2\n        Account__r.Number__c: data.object.id\n"
        "    to: note\n"
        "  - id: note\n    type: log\n    with: {message: Amount__c}\n    to: upsert\n"
        "  - id: upsert\n    type: salesforce.record.upsert\n    connection: crm\n"
        "    with: {object: Stripe_Payment__c, external_id: Stripe_Payment_Id__c}\n");
    const Finished done = runTidewire({"validate", file});
    const QByteArray all = done.out + done.err;
    for (const char *finding : {":14:9: ", ":14:20: ", ":15:21: ", ":16:9: ", ":17:9: "})
        QVERIFY2(all.contains(finding), finding + all);
    QVERIFY2(all.contains("Did you mean \"Fee__c\"?"), all);
    QVERIFY2(all.contains("\"Stripe_Payment_Id__c\" of \"Stripe_Payment__c\" is required"), all);
    QVERIFY2(!all.contains("Account__r"), all);
    const Finished demo = runTidewire({"validate", demoProject()});
    QVERIFY2(demo.code == 0 && demo.out.contains("nothing to fix"), demo.out + demo.err);
    const Finished tried = runTidewire({"map", demoProject(), "to_payment", "--json"});
    QVERIFY(QJsonDocument::fromJson(tried.out)[u"coverage"][u"mapped"].toInt() == 15);
    QVERIFY(QJsonDocument::fromJson(tried.out)[u"findings"].toArray().isEmpty());
}

void TestCommandLine::mapShowsWhyAFileCannotBeRead()
{
    const QString file = write(QStringLiteral("broken.flow.yaml"),
                               "schema: flow/1\nid: broken\nsteps:\n  - id: a\n    with: {x: [1}\n");
    const Finished done = runTidewire({"map", file, "a"});
    QCOMPARE(done.code, 1);
    QVERIFY2(done.err.contains("broken.flow.yaml:5:"), done.err);
    QVERIFY2(!done.err.contains("There is no step"), done.err);
}

void TestCommandLine::schemaIsDraft07()
{
    for (const QString &kind : {QStringLiteral("flow"), QStringLiteral("environment"), QStringLiteral("project")}) {
        const QJsonObject schema = QJsonDocument::fromJson(runTidewire({"schema", kind}).out).object();
        QCOMPARE(schema["$schema"].toString(), QStringLiteral("http://json-schema.org/draft-07/schema#"));
    }
}

void TestCommandLine::runLogsInJson()
{
    const QString event = write(QStringLiteral("ana@example.com"), "{\"type\":\"no.such\"}");
    const Finished done = runTidewire({"run", demoProject(), "--event", event, "--until-idle", "--log",
                                       "json", "--json"});
    QCOMPARE(done.code, 1);
    QVERIFY(done.err.endsWith("}\n"));
    const QJsonObject line = QJsonDocument::fromJson(done.err).object(); // one line, all of it JSON
    QCOMPARE(line[u"level"].toString(), QStringLiteral("warning"));
    QCOMPARE(line[u"area"].toString(), QStringLiteral("run"));
    QVERIFY(line[u"time"].toString().endsWith(u'Z'));
    QVERIFY(line[u"message"].toString().contains(QStringLiteral("a***@example.com")));
    const Finished failed = runTidewire({"run", "/no/such/folder", "--log", "json"});
    QCOMPARE(failed.code, 3);
    QCOMPARE(QJsonDocument::fromJson(failed.err).object()[u"level"].toString(), QStringLiteral("error"));
}

void TestCommandLine::webhookVerifyJudgesAllVectors()
{
    const QString vectors = sharedFile(QStringLiteral("stripe/webhook-vectors.json"));
    if (vectors.isEmpty())
        QSKIP("The signed deliveries (stripe/webhook-vectors.json) are not here.");
    QFile file(vectors);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray cases = QJsonDocument::fromJson(file.readAll()).object()[u"cases"].toArray();
    QCOMPARE(cases.size(), 76);
    QStringList wrong;
    for (const QJsonValue &one : cases) {
        const Finished done = runTidewire(
            {"webhook", "verify", "--secret", one[u"secret"].toString(), "--header",
             one[u"header"].toString(), "--payload", "-", "--at",
             QString::number(one[u"now"].toInteger()), "--tolerance",
             QString::number(one[u"tolerance"].toInteger())},
            one[u"payload"].toString().toUtf8());
        if (done.code != (one[u"valid"].toBool() ? 0 : 1) || (done.code == 1 && done.err.isEmpty()))
            wrong += one[u"name"].toString() + QStringLiteral(": exit %1").arg(done.code);
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void TestCommandLine::aDamagedJournalIsToldOfAndSetAside()
{
    const QTemporaryDir folder;
    const QString data = folder.filePath("data");
    const QStringList run{"run", demoProject(), "--demo", "3", "--data-dir", data};
    QCOMPARE(runTidewire(run).code, 0);
    QCOMPARE(runTidewire({"journal", "check", data}).code, 0);
    const Finished backedUp = runTidewire({"journal", "backup", data});
    QVERIFY2(backedUp.code == 0, backedUp.err.constData());
    QVERIFY(QFile::exists(QString::fromUtf8(backedUp.out.trimmed())));

    QFile file(data + "/journal.db");
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(8192));
    file.write(QByteArray(4096, 'Z'));
    file.close();
    const QByteArray broken = (file.open(QIODevice::ReadOnly), file.readAll());
    file.close();
    QCOMPARE(runTidewire({"journal", "check", data}).code, 1);
    const Finished refused = runTidewire(run);
    QCOMPARE(refused.code, 3);
    QVERIFY2(refused.err.contains(("tidewire journal set-aside " + data + " --restore").toUtf8()),
             refused.err.constData());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), broken);
    file.close();

    const Finished aside = runTidewire({"journal", "set-aside", data, "--restore"});
    QVERIFY2(aside.code == 0, aside.err.constData());
    QCOMPARE(QDir(data).entryList({"journal.db.damaged-*"}).size() > 0, true);
    QCOMPARE(runTidewire({"journal", "check", data}).code, 0);
    QCOMPARE(runTidewire(run).code, 0);
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_CommandLine.moc"
