// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// What a newcomer meets who looks after a runner: full disks, files that are no events, journals that
/// hold something, runs that wait.
class TestOperator : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString path(const QString &name) const { return m_folder->filePath(name); }
    QString data() const { return path("data"); }

    /// The demo whose journal is full after some thirty events.
    QString smallProject()
    {
        const QString project = copyOfDemo(path("project"));
        change(project + "/environments/local.yaml", "kind: local\n",
               "kind: local\njournal: {quota: 300KB}\n");
        return project;
    }

    static QByteArray metric(const QString &url, const QByteArray &name)
    {
        for (const QByteArray &line : fetch(url + "/metrics").second.split('\n')) {
            if (line.startsWith(name + ' '))
                return line.mid(name.size() + 1);
        }
        return {};
    }

    void runDemo()
    {
        const Finished done = runTidewire({"run", demoProject(), "--demo", "6", "--data-dir", data()});
        QVERIFY2(done.code == 0, done.err);
    }

    QJsonDocument desk(QStringList arguments, int code = 0)
    {
        const Finished done = runTidewire(arguments << "--data-dir" << data() << "--json");
        if (done.code != code)
            qWarning("%d: %s", done.code, done.err.constData());
        return done.code == code ? QJsonDocument::fromJson(done.out) : QJsonDocument();
    }

    static QByteArray charge()
    {
        QFile sample(demoProject() + "/samples/charge.succeeded.json");
        return sample.open(QIODevice::ReadOnly) ? sample.readAll() : QByteArray();
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aSoundJournalIsNotSetAsideByAccident()
    {
        runDemo();
        const Finished refused = runTidewire({"journal", "set-aside", data()});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("0 open runs, 1 open dead letter and 0 open reviews"),
                 refused.err);
        QVERIFY2(refused.err.contains("--force"), refused.err);
        QVERIFY(QFile::exists(data() + "/journal.db"));
        const Finished forced = runTidewire({"journal", "set-aside", data(), "--force"});
        QCOMPARE(forced.code, 0);
        QVERIFY2(forced.out.contains("1 open dead letter"), forced.out);
        QVERIFY(!QFile::exists(data() + "/journal.db"));
        QCOMPARE(runTidewire({"journal", "set-aside", data()}).code, 3); // There is none.
    }

    void maskedOutputFollowsTheProject()
    {
        const QStringList show{"dead-letters", "show", "1", "--masked"};
        const auto account = [&] { return desk(show)["input"]["Account__c"].toString(); };
        runDemo();
        const QString plain = account();
        QVERIFY2(plain.startsWith("001"), qPrintable(plain)); // No name of a person's field.
        m_folder = std::make_unique<QTemporaryDir>();
        const QString project = copyOfDemo(path("project"));
        change(project + "/tidewire.yaml", "connections:\n",
               "privacy: {mask: [Account__c]}\nconnections:\n");
        const Finished done = runTidewire({"run", project, "--demo", "6", "--data-dir", data()});
        QVERIFY2(done.code == 0, done.err);
        const QString masked = account();
        QVERIFY2(!masked.isEmpty() && !masked.startsWith("001"), qPrintable(masked));
        // What cannot be understood masks nothing for sure.
        QFile rules(data() + "/privacy.json");
        QVERIFY(rules.open(QIODevice::WriteOnly) && rules.write("{") == 1);
        rules.close();
        QCOMPARE(runTidewire(show + QStringList{"--data-dir", data()}).code, 3);
    }

    void aDemoOnAFullJournalEndsAndSaysHowManyWereRefused()
    {
        const Finished done
            = runTidewire({"run", smallProject(), "--demo", "60", "--data-dir", data()});
        QCOMPARE(done.code, 3);
        QVERIFY2(done.out.contains("deliveries given up"), done.out);
        QVERIFY2(done.out.contains("The journal has reached its quota"), done.out);
        QCOMPARE(done.err.count("Deliveries are answered with 503"), 1);
    }

    void aFullJournalIsNotReadyAndSaysSo()
    {
        const QString project = smallProject();
        auto runner = startTidewire({"run", project, "--data-dir", data(), "--json"});
        const QJsonObject ready = awaitLine(*runner, "ready");
        const QString url = ready.value("admin").toString();
        QCOMPARE(fetch(url + "/readyz").first, 200);
        QCOMPARE(metric(url, "tidewire_deliveries_refused_full_total"), QByteArray("0"));
        QCOMPARE(metric(url, "tidewire_intake_open"), QByteArray("1"));
        const QString stripe = ready.value("doubles").toObject().value("stripe").toString();
        fetch(stripe + "/_double/deliver", {}, {}, R"({"events":60,"poisoned":1})");
        QVERIFY(!awaitLine(*runner, "refused").isEmpty());
        QVERIFY(metric(url, "tidewire_deliveries_refused_full_total").toInt() > 0);
        QCOMPARE(fetch(url + "/healthz").first, 200);
        const auto readiness = fetch(url + "/readyz");
        QCOMPARE(readiness.first, 503);
        QVERIFY2(readiness.second.contains("intake is closed: The journal has reached its quota"),
                 readiness.second);
        QCOMPARE(metric(url, "tidewire_journal_quota_bytes"), QByteArray::number(300 * 1024));
        QCOMPARE(metric(url, "tidewire_intake_open"), QByteArray("0"));
        QVERIFY(metric(url, "tidewire_journal_used_bytes").toInt() > 200'000);
        // People decide all the same.
        QVERIFY(!desk({"dead-letters", "discard", "1", "--reason", "a test"}).isEmpty());
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void anEventFileThatSeveralAskForNeedsAName()
    {
        const QString project = copyOfDemo(path("project"));
        const QString flow = project + "/flows/stripe-charge-to-payment.flow.yaml";
        QVERIFY(QFile::copy(flow, project + "/flows/second.flow.yaml"));
        change(project + "/flows/second.flow.yaml", "id: stripe-charge-to-payment", "id: second");
        write(path("event.json"), charge());
        const QStringList run{"run", project, "--event", path("event.json"), "--until-idle", "--json"};
        const Finished unclear = runTidewire(run);
        QCOMPARE(unclear.code, 2);
        QVERIFY2(unclear.err.contains("second/charges") && unclear.err.contains("--flow"), unclear.err);
        QVERIFY(!unclear.out.contains("\"event\":\"accepted\""));
        const Finished named = runTidewire(run + QStringList{"--step", "second/charges"});
        QVERIFY2(named.code == 0, named.err);
        QCOMPARE(named.out.count("\"event\":\"accepted\""), 1);
        const Finished both = runTidewire(run + QStringList{"--flow", "second", "--flow",
                                                            "stripe-charge-to-payment"});
        QVERIFY2(both.code == 0, both.err);
        QCOMPARE(both.out.count("\"event\":\"accepted\""), 2);
        QVERIFY(both.out.contains("\"flow\":\"second\""));
        const Finished one = runTidewire({"run", project, "--event", path("event.json"), "--flow",
                                          "second", "--until-idle", "--json"});
        QVERIFY2(one.code == 0, one.err);
        QCOMPARE(one.out.count("\"event\":\"accepted\""), 1);
    }

    void aFileThatIsNoEventEndsTheRunAtOnce_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("no JSON") << QByteArray("{\"id\":") << QByteArray("event.json");
        QTest::newRow("no event") << QByteArray("{\"a\":1}") << QByteArray("not an event");
        QTest::newRow("nobody asks for it") << QByteArray(R"({"id":"evt_1","type":"no.such"})")
                                            << QByteArray("No trigger");
    }

    void aFileThatIsNoEventEndsTheRunAtOnce()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, told);
        write(path("event.json"), text);
        for (const QStringList &mode : {QStringList(), {"--until-idle"}, {"--until-idle", "--json"}}) {
            const Finished done
                = runTidewire(QStringList{"run", demoProject(), "--event", path("event.json")} + mode);
            QCOMPARE(done.code, 1);
            QVERIFY2(done.err.contains(told), done.err);
        }
    }

    void theDataFolderMayComeFromTheEnvironment()
    {
        const QStringList variable{"TIDEWIRE_DATA_DIR=" + data()};
        QCOMPARE(runTidewire({"run", demoProject(), "--demo", "3"}, {}, variable).code, 0);
        QVERIFY(QFile::exists(data() + "/journal.db"));
        QCOMPARE(runTidewire({"runs", "list"}, {}, variable).code, 0);
        QCOMPARE(runTidewire({"journal", "check"}, {}, variable).code, 0);
    }

    void aRunIsCancelledAndStaysSo_data()
    {
        QTest::addColumn<bool>("isRunning");
        QTest::newRow("beside a runner") << true;
        QTest::newRow("without one") << false;
    }

    void aRunIsCancelledAndStaysSo()
    {
        QFETCH(bool, isRunning);
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        const QJsonObject ready = awaitLine(*runner, "ready");
        QVERIFY(!desk({"connections", "pause", "crm", "--reason", "a test"}).isEmpty());
        const QString stripe = ready.value("doubles").toObject().value("stripe").toString();
        fetch(stripe + "/_double/deliver", {}, {}, R"({"events":3,"wait":true})");
        if (!isRunning) {
            runner->kill();
            QVERIFY(runner->waitForFinished(20'000));
        }
        QCOMPARE(desk({"runs", "list", "--state", "open"}).array().size(), 3);
        QCOMPARE(desk({"runs", "cancel", "2", "--reason", "a test", "--by", "ana"})
                     .object().value("state").toString(), QString("cancelled"));
        desk({"runs", "cancel", "2", "--reason", "again"}, 1);
        if (!isRunning) {
            runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
            awaitLine(*runner, "ready");
        }
        QVERIFY(!desk({"connections", "resume", "crm"}).isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(desk({"runs", "list", "--state", "open"}).array().size(), 0, 20'000);
        QCOMPARE(desk({"runs", "show", "2"}).object().value("state").toString(), QString("cancelled"));
        QCOMPARE(desk({"runs", "list", "--state", "done"}).array().size(), 2);
        const QJsonArray audit = desk({"audit", "list"}).array();
        QCOMPARE(audit.at(1).toObject().value("action").toString(), QString("runs.cancel"));
        QCOMPARE(audit.at(1).toObject().value("who").toString(), QString("ana"));
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void aPauseOfAPausedConnectionSaysSo()
    {
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        awaitLine(*runner, "ready");
        const auto connections = [this](const QStringList &arguments) {
            return runTidewire(QStringList("connections") + arguments + QStringList{"--data-dir", data()});
        };
        QVERIFY(connections({"list"}).out.contains("flowing"));
        QVERIFY(connections({"resume", "crm"}).err.contains("Nothing to do: crm is not paused"));
        const Finished paused = connections({"pause", "crm", "--reason", "moving house"});
        QVERIFY2(paused.out.contains("held"), paused.out);
        QVERIFY(paused.err.isEmpty());
        const Finished again = connections({"pause", "crm", "--reason", "again"});
        QCOMPARE(again.code, 0);
        QVERIFY2(again.err.contains("Nothing to do: crm is paused already") && again.err.contains("moving house"),
                 again.err);
        QVERIFY(connections({"resume", "crm"}).out.contains("flowing"));
        QCOMPARE(desk({"audit", "list"}).array().size(), 2);
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void whatIsKeptIsForTheOwnerAlone()
    {
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        const QJsonObject ready = awaitLine(*runner, "ready");
        fetch(ready.value("doubles").toObject().value("stripe").toString() + "/_double/deliver", {}, {},
              R"({"events":3,"wait":true})");
        QCOMPARE(runTidewire({"journal", "backup", data()}).code, 0);
        int files = 0;
        QDirIterator all(data(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (all.hasNext()) {
            const QFileInfo file(all.next());
            const auto others = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther;
            QVERIFY2(!(file.permissions() & others), qPrintable(file.filePath()));
            ++files;
        }
        QVERIFY(files >= 7);
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void aRehearsalSaysSoInItsLog()
    {
        runDemo();
        const Finished told = runTidewire({"runs", "rerun", "2", "--project", demoProject(), "--data-dir",
                                           data(), "--log", "json"});
        QCOMPARE(told.code, 0);
        QVERIFY2(told.err.contains("\"rehearsal\":true}"), told.err);
        QCOMPARE(told.err.count('\n'), told.err.count("\"rehearsal\":true}"));
        QVERIFY2(told.out.contains("On version 1.0.0"), told.out);
    }

    void aCauseHasAShortId()
    {
        runDemo();
        const QJsonObject group = desk({"dead-letters", "groups"}).array().at(0).toObject();
        QCOMPARE(desk({"dead-letters", "list", "--cause", group.value("cause_id").toString().left(5)})
                     .array().size(), 1);
    }

    void sizesThatMakeNoSenseAreWarnedOf()
    {
        const QString project = smallProject();
        change(project + "/environments/local.yaml", "quota: 300KB", "quota: 1KB, max_bodies: 2GB");
        const Finished checked = runTidewire({"validate", project, "--json"});
        QCOMPARE(checked.code, 0);
        QByteArrayList found;
        for (const QJsonValue &one : QJsonDocument::fromJson(checked.out).array()) {
            const QJsonObject finding = one.toObject();
            QVERIFY(finding.value("file").toString().endsWith("local.yaml"));
            found << QStringLiteral("%1 %2:%3").arg(finding.value("code").toString())
                         .arg(finding.value("line").toInt()).arg(finding.value("column").toInt()).toUtf8();
        }
        QCOMPARE(found, (QByteArrayList{"flow.small_quota 5:18", "flow.bad_journal 5:35"}));
    }

    void aFileThatIsNoJsonIsNotTakenForAnInput()
    {
        runDemo();
        write(path("input.json"), "{\"a\":");
        const Finished done = runTidewire({"dead-letters", "edit", "1", "--input", path("input.json"),
                                           "--data-dir", data() + "//"});
        QCOMPARE(done.code, 1);
        QVERIFY2(done.err.contains("input.json: Line 1"), done.err);
    }

    void whatWaitsForAPersonIsNamed()
    {
        const QString project = copyOfDemo(path("project"));
        write(project + "/flows/stripe-charge-to-payment.flow.yaml",
              "schema: flow/1\nid: ask\nname: Ask\nversion: 1.0.0\nconnections: {stripe: stripe}\nsteps:\n"
              "  - id: charges\n    type: stripe.webhook\n    connection: stripe\n"
              "    with: {events: [charge.succeeded]}\n    to: ask\n"
              "  - id: ask\n    type: review\n    with: {question: '\"Take it?\"', owner: finance}\n"
              "    to: {approved: note, rejected: note}\n"
              "  - id: note\n    type: log\n    with: {message: '\"done\"'}\n");
        write(path("event.json"), charge());
        const Finished done = runTidewire({"run", project, "--event", path("event.json"), "--data-dir",
                                           data(), "--until-idle"});
        QVERIFY2(done.code == 0, done.err);
        QVERIFY2(done.err.contains("Run 1 does not end yet: ask waits for finance"), done.err);
        QVERIFY2(done.out.contains("review 1  run 1  finance") && done.out.contains("Take it?"), done.out);
        // The next one says it before it ends, too.
        const Finished next = runTidewire({"run", project, "--data-dir", data(), "--until-idle"});
        QVERIFY2(next.code == 0, next.err);
        QCOMPARE(next.out.count("Take it?"), 2);
    }

    void theSummaryTellsOfReplays()
    {
        runDemo();
        QVERIFY(!desk({"runs", "replay", "1"}).isEmpty());
        const Finished done = runTidewire({"run", demoProject(), "--data-dir", data(), "--until-idle"});
        QVERIFY2(done.code == 0, done.err);
        QVERIFY2(done.out.contains("1  replay ended"), done.out);
    }
};

QTEST_GUILESS_MAIN(TestOperator)
#include "tst_Operator.moc"
