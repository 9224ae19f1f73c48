// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// What an operator asks of the desk that must not go wrong quietly: replays that are ordered
/// twice, rehearsals that are believed, versions and ids that are named by their beginning.
class TestOperatorDesk : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString path(const QString &name) const { return m_folder->filePath(name); }
    QString data() const { return path("data"); }

    Finished told(const QStringList &arguments) const
    {
        return runTidewire(arguments + QStringList{"--data-dir", data()});
    }

    QJsonDocument desk(const QStringList &arguments, int code = 0) const
    {
        const Finished done = told(arguments + QStringList("--json"));
        if (done.code != code)
            qWarning("%d: %s", done.code, done.err.constData());
        return done.code == code ? QJsonDocument::fromJson(done.out) : QJsonDocument();
    }

    void runDemo()
    {
        const Finished done = told({"run", demoProject(), "--demo", "6"});
        QVERIFY2(done.code == 0, done.err);
    }

    QString firstDone() const
    {
        return QString::number(
            desk({"runs", "list", "--state", "done"}).array().at(0)["run"].toInt());
    }

    /// A flow that posts charges to a service, without keys.
    QString orders(const QByteArray &version, const QByteArray &content)
    {
        const QString project = path("orders");
        write(project + "/tidewire.yaml", "schema: project/1\nname: Orders\nconnections:\n"
                                          "  stripe: {type: stripe}\n  shop: {type: http}\n");
        write(project + "/environments/local.yaml",
              "schema: environment/1\nname: local\nkind: local\nconnections:\n"
              "  stripe: {double: true}\n  shop: {double: true}\n");
        write(project + "/flows/order.flow.yaml",
              "schema: flow/1\nid: order\nname: Order\nversion: " + version +
                  "\nconnections: {stripe: stripe, shop: http}\nsteps:\n"
                  "  - id: charges\n    type: stripe.webhook\n    connection: stripe\n"
                  "    with: {events: [charge.succeeded]}\n    to: post\n"
                  "  - id: post\n    type: http.request\n    connection: shop\n"
                  "    with: {path: /orders, body: expression, content: '" +
                  content + "', idempotency_key: false}\n");
        return project;
    }

    void runCharge(const QString &project, const QByteArray &id)
    {
        QFile sample(demoProject() + "/samples/charge.succeeded.json");
        QVERIFY(sample.open(QIODevice::ReadOnly));
        QByteArray event = sample.readAll();
        event.replace("evt_1TwWUtaReMhYNMS8wt0n1cEm", id);
        write(path("event.json"), event);
        const Finished done = told({"run", project, "--event", path("event.json"), "--until-idle"});
        QVERIFY2(done.code == 0, done.err);
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void anEventIsReplayedOnceAtATime_data()
    {
        QTest::addColumn<bool>("isRunning");
        QTest::newRow("beside a runner") << true;
        QTest::newRow("without one") << false;
    }

    void anEventIsReplayedOnceAtATime()
    {
        QFETCH(bool, isRunning);
        runDemo();
        std::unique_ptr<QProcess> runner;
        if (isRunning) {
            runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
            awaitLine(*runner, "ready");
            QVERIFY(!desk({"connections", "pause", "crm", "--reason", "a test"}).isEmpty());
        }
        const QString done = firstDone();
        const QString first = QString::number(desk({"runs", "replay", done})["run"].toInt());
        const Finished again = told({"runs", "replay", done});
        QCOMPARE(again.code, 1);
        QVERIFY2(again.err.contains("Run " + first.toUtf8()) &&
                     again.err.contains("has not ended yet"),
                 again.err);
        QCOMPARE(told({"runs", "replay", done, "--as-new"}).code, 1);
        QCOMPARE(told({"runs", "replay", first}).code, 1);
        const QString failed = QString::number(
            desk({"dead-letters", "list"}).array().at(0).toObject().value("run").toInt());
        const QString letter = QString::number(
            desk({"dead-letters", "list"}).array().at(0).toObject().value("id").toInt());
        QVERIFY(!desk({"runs", "replay", failed}).isEmpty());
        const Finished besides = told({"dead-letters", "replay", letter});
        QCOMPARE(besides.code, 1);
        QVERIFY2(besides.err.contains("has not ended yet"), besides.err);
        if (!runner)
            return;
        QVERIFY(!desk({"connections", "resume", "crm"}).isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(desk({"runs", "list", "--state", "open"}).array().size(), 0,
                                  20'000);
        QVERIFY(!desk({"runs", "replay", done}).isEmpty());
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void whatWaitsForARunnerSaysSo()
    {
        runDemo();
        const Finished run = told({"runs", "replay", firstDone()});
        QVERIFY2(run.out.contains("Run ") && run.out.contains("once more"), run.out);
        QVERIFY2(run.err.contains("No runner works on"), run.err);
        const QString letter = QString::number(
            desk({"dead-letters", "list"}).array().at(0).toObject().value("id").toInt());
        const Finished sent = told({"dead-letters", "replay", letter});
        QVERIFY2(sent.out.startsWith("Sent again by run "), sent.out);
        QVERIFY2(sent.err.contains("No runner works on"), sent.err);
        QVERIFY(desk({"audit", "list"}).array().size() == 2);
    }

    void aVersionIsNamedByItsBeginning()
    {
        runDemo();
        const Finished wrong = told({"runs", "replay", "1", "--version", "9"});
        QCOMPARE(wrong.code, 1);
        QVERIFY2(wrong.err.contains("\n  1.0.0+"), wrong.err);
        QVERIFY(!desk({"runs", "replay", "1", "--version", "1.0.0"}).isEmpty());
    }

    void aRunIsFoundByTheBeginningOfAnId()
    {
        runDemo();
        const QJsonObject run = desk({"runs", "list"}).array().at(0).toObject();
        const QString event = run.value("event").toString();
        QCOMPARE(desk({"runs", "list", "--id", event.left(event.size() - 3)})
                     .array()
                     .at(0)
                     .toObject()["run"],
                 run.value("run"));
        const Finished many = told({"runs", "list", "--id", "evt_"});
        QCOMPARE(many.code, 2);
        QVERIFY2(many.err.contains("More than one id begins with evt_"), many.err);
        QCOMPARE(desk({"runs", "list", "--id", "Stripe_Payment_Id__c"}).array().size(), 0);
    }

    /// Runs on several versions, records without a name of their own: whatever is compared, what is
    /// the same is told to be the same.
    void aRehearsalNamesRecordsTheSame()
    {
        runCharge(orders("1.0.0", R"({"amount": data.object.amount})"), "evt_first");
        const QString project = orders("1.1.0", R"({"amount": data.object.amount + 0})");
        runCharge(project, "evt_second");
        for (const char *limit : {"1", "2", "1000"}) {
            const QJsonObject same = desk({"runs", "shadow", project, "--flow", "order", "--limit",
                                           limit, "--expect-same"})
                                         .object();
            QCOMPARE(same.value("same").toInt(), qMin(2, QByteArray(limit).toInt()));
        }
        orders("1.2.0", R"({"amount": data.object.amount + 1})");
        const auto differences = [&](const char *limit) {
            return desk({"runs", "shadow", project, "--limit", limit})
                .object()["differences"]
                .toArray();
        };
        QCOMPARE(differences("2").size(), 2);
        QCOMPARE(differences("1").at(0), differences("2").at(1));
        QCOMPARE(differences("1").at(0)["fields"][0]["field"].toString(), QString("body.amount"));
        const Finished table = told({"runs", "shadow", project});
        QVERIFY2(table.out.contains("evt_second") && table.out.contains("item "), table.out);
        QVERIFY2(table.err.isEmpty(), table.err);
    }

    void replaysDoNotCountAmongTheNewestRuns()
    {
        const QString project = orders("1.0.0", R"({"amount": data.object.amount})");
        runCharge(project, "evt_first");
        for (int i = 0; i < 2; ++i) {
            QVERIFY(!desk({"runs", "replay", "1"}).isEmpty());
            QCOMPARE(told({"run", project, "--until-idle"}).code, 0);
        }
        const QJsonObject report =
            desk({"runs", "shadow", project, "--limit", "1", "--expect-same"}).object();
        QCOMPARE(report.value("events").toInt(), 1);
    }

    void nothingComparedIsNotTheSame()
    {
        QCOMPARE(told({"run", demoProject(), "--until-idle"}).code, 0);
        const Finished shadow = told({"runs", "shadow", demoProject(), "--expect-same"});
        QCOMPARE(shadow.code, 1);
        QVERIFY2(shadow.err.contains("Nothing was compared"), shadow.err);
        QCOMPARE(told({"runs", "shadow", demoProject()}).code, 0);
    }

    void rehearsalsAreMasked()
    {
        runDemo();
        const QJsonObject run = desk({"runs", "show", "1"}).object();
        const QByteArray email =
            run["body"]["data"]["object"]["billing_details"]["email"].toString().toUtf8();
        QVERIFY(email.contains('@'));
        const QStringList rerun{"runs", "rerun", "1", "--project", demoProject()};
        QVERIFY(told(rerun).out.contains(email));
        for (const QStringList &how :
             {QStringList{"--masked"}, QStringList{"--masked", "--json"}}) {
            const Finished masked = told(rerun + how);
            QCOMPARE(masked.code, 0);
            QVERIFY2(masked.out.contains("***") && !masked.out.contains(email), masked.out);
        }
        for (const QStringList &other :
             {QStringList{"dead-letters", "preview", "1", "--project", demoProject()},
              QStringList{"runs", "shadow", demoProject()}}) {
            const Finished masked = told(other + QStringList{"--masked"});
            QVERIFY2(masked.code != 2 && !masked.out.contains(email), masked.err + masked.out);
        }
    }

    void aRehearsalLogsTheRunThatItTells()
    {
        runDemo();
        const QString last =
            QString::number(desk({"runs", "list", "--state", "done"}).array().at(0)["run"].toInt());
        QVERIFY(last != "1");
        const QStringList rerun{"runs", "rerun", last, "--project", demoProject()};
        QVERIFY2(told(rerun).err.isEmpty(), told(rerun).err);
        const Finished logged = told(rerun + QStringList{"--log", "text"});
        QVERIFY2(logged.err.contains("run " + last.toUtf8() + ':'), logged.err);
        QVERIFY2(!logged.err.contains("run 1:"), logged.err);
    }
};

QTEST_GUILESS_MAIN(TestOperatorDesk)
#include "tst_OperatorDesk.moc"
