// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace tw::test;

/// What operators do with a runner's data, from outside: dead letters, replays, rehearsals, the audit
/// log, the admin door, sealed journals.
class TestDeskCommands : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString data() const { return m_folder.filePath("data"); }

    QJsonDocument desk(QStringList arguments, int code = 0)
    {
        arguments += {"--data-dir", data(), "--json"};
        const Finished done = runTidewire(arguments);
        if (done.code != code)
            qWarning("%s", done.err.constData());
        return done.code == code ? QJsonDocument::fromJson(done.out) : QJsonDocument();
    }

    void runDemo(const QStringList &more = {})
    {
        const Finished done = runTidewire(
            QStringList{"run", demoProject(), "--demo", "6", "--data-dir", data()} + more);
        QVERIFY2(done.code == 0, done.err);
    }

    QJsonObject openLetter()
    {
        return desk({"dead-letters", "list", "--status", "open"}).array().at(0).toObject();
    }

    /// The demo with one line of its flow replaced.
    QString changedProject(const QByteArray &line, const QByteArray &by)
    {
        const QString copy = copyOfDemo(m_folder.filePath("changed"));
        change(copy + "/flows/stripe-charge-to-payment.flow.yaml", line, by);
        return copy;
    }

private Q_SLOTS:
    void init() { QDir(data()).removeRecursively(); }

    void runsAreFoundByABusinessId()
    {
        runDemo();
        const QJsonArray all = desk({"runs", "list"}).array();
        QVERIFY(all.size() >= 6);
        // A charge belongs to its payment, as its refunds and disputes do.
        const QString charge = all.at(0).toObject().value("key").toString();
        QVERIFY(charge.startsWith("pi_"));
        const QJsonArray found = desk({"runs", "list", "--id", charge}).array();
        QCOMPARE(found.size(), 1);
        const QJsonObject run
            = desk({"runs", "show", QString::number(found.at(0).toObject().value("run").toInt())})
                  .object();
        QCOMPARE(run.value("key").toString(), charge);
        QVERIFY(run.value("body").toObject().contains("data"));
        QVERIFY(!run.value("steps").toArray().isEmpty());
    }

    void aLetterIsCorrectedAndSentAgainByTheNextRunner()
    {
        runDemo();
        const QJsonObject letter = openLetter();
        const QString id = QString::number(letter.value("id").toInt());
        QVERIFY(letter.value("id").toInt() > 0);
        const QJsonObject whole = desk({"dead-letters", "show", id}).object();
        QJsonObject input = whole.value("input").toObject();
        QVERIFY(!input.isEmpty());
        input.insert("Status__c", "Completed");
        input.insert("Amount__c", 12);
        input.insert("Currency__c", "EUR");
        input.insert("Card_Last4__c", "4242");
        QFile corrected(m_folder.filePath("corrected.json"));
        QVERIFY(corrected.open(QIODevice::WriteOnly));
        corrected.write(QJsonDocument(input).toJson());
        corrected.close();
        QCOMPARE(desk({"dead-letters", "edit", id, "--input", corrected.fileName()})
                     .object().value("edited").toBool(), true);
        const QJsonObject preview
            = desk({"dead-letters", "preview", id, "--project", demoProject()}).object();
        QVERIFY(preview.value("ends_well").toBool());
        QCOMPARE(preview.value("effects").toArray().at(0).toObject().value("would_send").toObject(),
                 input);
        QVERIFY(desk({"dead-letters", "replay", id, "--by", "ana"}).object().contains("runs"));
        const Finished done = runTidewire(
            {"run", demoProject(), "--data-dir", data(), "--until-idle"});
        QVERIFY2(done.code == 0, done.err);
        const QJsonObject after = desk({"dead-letters", "show", id}).object();
        QVERIFY2(after.value("status").toString() == "resolved"
                     || after.value("status").toString() == "replayed",
                 QJsonDocument(after).toJson());
        QCOMPARE(after.value("input").toObject(), whole.value("input").toObject());
        QCOMPARE(after.value("decided_by").toString(), QString("ana"));
        const QJsonArray audit = desk({"audit", "list"}).array();
        QCOMPARE(audit.size(), 2);
        QCOMPARE(audit.at(1).toObject().value("action").toString(), QString("letters.replay"));
        QCOMPARE(runTidewire({"audit", "verify", "--data-dir", data()}).code, 0);
    }

    void aLetterIsDiscardedThroughARunningRunner()
    {
        runDemo();
        const QString id = QString::number(openLetter().value("id").toInt());
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        const QJsonObject ready = awaitLine(*runner, "ready");
        QVERIFY(!ready.value("admin").toString().isEmpty());
        QCOMPARE(runTidewire({"dead-letters", "discard", id, "--data-dir", data()}).code, 2);
        QVERIFY(desk({"dead-letters", "discard", id, "--reason", "a test", "--by", "ana"})
                    .object().contains("discarded"));
        QCOMPARE(desk({"dead-letters", "show", id}).object().value("status").toString(),
                 QString("discarded"));
        desk({"dead-letters", "replay", id}, 1); // It is closed.
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
        QVERIFY(!QFile::exists(data() + "/admin.json"));
    }

    void theAdminDoorTellsHealthAndMetricsAndAsksForItsToken()
    {
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        const QString url = awaitLine(*runner, "ready").value("admin").toString();
        QVERIFY(url.startsWith("http://127.0.0.1:"));
        QCOMPARE(fetch(url + "/healthz").first, 200);
        QCOMPARE(fetch(url + "/readyz").first, 200);
        const auto metrics = fetch(url + "/metrics");
        QCOMPARE(metrics.first, 200);
        QVERIFY(metrics.second.contains("\ntidewire_open_runs 0\n"));
        QCOMPARE(fetch(url + "/v1/runs").first, 401);
        QCOMPARE(fetch(url + "/v1/runs", "wrong").first, 401);
        QFile file(data() + "/admin.json");
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(int(file.permissions() & (QFile::ReadGroup | QFile::ReadOther)), 0);
        const QByteArray token
            = QJsonDocument::fromJson(file.readAll()).object().value("token").toString().toUtf8();
        QCOMPARE(fetch(url + "/v1/runs", token).first, 200);
        const auto fromAPage = fetch(url + "/v1/runs", token, "https://evil.example");
        QCOMPARE(fromAPage.first, 403);
        QCOMPARE(QJsonDocument::fromJson(fromAPage.second).object().value("error").toObject()
                     .value("code").toString(),
                 QString("ops.web_page"));
        QCOMPARE(fetch(url + "/nothing").first, 404);
        QCOMPARE(fetch(url + "/v1/nothing").first, 401);
        QCOMPARE(fetch(url + "/v1/nothing", token).first, 404);
        QCOMPARE(fetch(url + "/v1/runs/99", token).first, 404);
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void aRecordedRunIsToldAgainAsItWas()
    {
        runDemo();
        const QJsonArray runs = desk({"runs", "list"}).array();
        for (const QJsonValue &run : runs) {
            const QString number = QString::number(run.toObject().value("run").toInt());
            const QJsonObject told
                = desk({"runs", "rerun", number, "--project", demoProject()}).object();
            QVERIFY2(told.value("as_recorded").toBool(), QJsonDocument(told).toJson());
            QVERIFY(told.value("steps").toArray().size() > 2);
        }
        // The same again, to the letter.
        const QString first = QString::number(runs.at(0).toObject().value("run").toInt());
        const QStringList again{"runs", "rerun", first, "--project", demoProject(), "--data-dir",
                                data(), "--json"};
        QCOMPARE(runTidewire(again).out, runTidewire(again).out);
    }

    void aShadowReplayNamesTheRecordsThatWouldDiffer()
    {
        runDemo();
        const QJsonObject same = desk({"runs", "shadow", demoProject(), "--expect-same"}).object();
        QVERIFY(same.value("events").toInt() >= 6);
        QCOMPARE(same.value("differences").toArray().size(), 0);
        QVERIFY(same.value("same").toInt() > 0);
        const QString changed = changedProject("Currency__c: $uppercase(data.object.currency)",
                                               "Currency__c: $lowercase(data.object.currency)");
        const QJsonObject report = desk({"runs", "shadow", changed}).object();
        const QJsonArray differences = report.value("differences").toArray();
        QCOMPARE(differences.size(), same.value("same").toInt());
        const QJsonObject one = differences.at(0).toObject();
        QCOMPARE(one.value("kind").toString(), QString("changed"));
        QVERIFY(one.value("record").toString().contains("ch_"));
        const QJsonObject field = one.value("fields").toArray().at(0).toObject();
        QCOMPARE(field.value("field").toString(), QString("Currency__c"));
        QCOMPARE(field.value("after").toString(), field.value("before").toString().toLower());
        desk({"runs", "shadow", changed, "--expect-same"}, 1);
        QCOMPARE(desk({"runs", "list"}).array().size(), same.value("events").toInt());
    }

    void aSealedJournalHoldsNoPayloadAndCanBeRead()
    {
        const QStringList home{"XDG_CONFIG_HOME=" + m_folder.filePath("config")};
        const Finished done = runTidewire(
            {"run", demoProject(), "--demo", "6", "--data-dir", data(), "--encrypt"}, {}, home);
        QVERIFY2(done.code == 0, done.err);
        for (const char *name : {"journal.db", "journal.db-wal"}) {
            QFile file(data() + '/' + name);
            if (file.open(QIODevice::ReadOnly))
                QVERIFY(!file.readAll().contains("billing_details"));
        }
        const Finished shown
            = runTidewire({"runs", "show", "1", "--data-dir", data(), "--json"}, {}, home);
        QCOMPARE(shown.code, 0);
        QVERIFY(shown.out.contains("billing_details"));
        const Finished lost = runTidewire({"runs", "show", "1", "--data-dir", data()}, {},
                                          {"XDG_CONFIG_HOME=" + m_folder.filePath("elsewhere")});
        QVERIFY(lost.code != 0);
        QVERIFY2(lost.err.contains("key"), lost.err);
    }

    void anErasedPersonIsGone()
    {
        runDemo();
        const QJsonObject run = desk({"runs", "list"}).array().at(0).toObject();
        const QString charge = run.value("key").toString();
        QVERIFY(desk({"erase", charge, "--reason", "asked for it", "--by", "ana"})
                    .object().value("runs").toInt() >= 1);
        QCOMPARE(desk({"runs", "list", "--id", charge}).array().size(), 0);
        QFile file(data() + "/journal.db");
        QVERIFY(file.open(QIODevice::ReadOnly) && !file.readAll().contains(charge.toUtf8()));
        const QJsonObject after
            = desk({"runs", "show", QString::number(run.value("run").toInt())}).object();
        QVERIFY(after.value("body_gone").toBool());
        const QJsonArray audit = desk({"audit", "list"}).array();
        QCOMPARE(audit.at(0).toObject().value("action").toString(), QString("erase"));
        QVERIFY(!QJsonDocument(audit).toJson().contains(charge.toUtf8()));
    }

    void anErasedPersonIsGoneFromCopiesToo_data()
    {
        QTest::addColumn<bool>("isRunning");
        QTest::addColumn<QStringList>("more");
        QTest::newRow("without a runner") << false << QStringList();
        QTest::newRow("beside a runner") << true << QStringList();
        QTest::newRow("sealed") << false << QStringList{"--encrypt"};
        QTest::newRow("sealed, beside a runner") << true << QStringList{"--encrypt"};
    }

    void anErasedPersonIsGoneFromCopiesToo()
    {
        QFETCH(bool, isRunning);
        QFETCH(QStringList, more);
        qputenv("XDG_CONFIG_HOME", m_folder.filePath("config").toUtf8());
        runDemo(more);
        const QByteArray charge
            = desk({"runs", "list"}).array().at(0).toObject().value("key").toString().toUtf8();
        const QString backup
            = QString::fromUtf8(runTidewire({"journal", "backup", data()}).out.trimmed());
        QVERIFY(QFile::exists(backup));
        const QString broken = data() + "/journal.db.damaged-20260101T000000Z";
        write(broken, "SQLite format 3" + QByteArray(5000, '\0') + charge);
        std::unique_ptr<QProcess> runner;
        if (isRunning) {
            runner = startTidewire(QStringList{"run", demoProject(), "--data-dir", data(), "--json"});
            awaitLine(*runner, "ready");
        }
        const QStringList erase{"erase", charge, "--reason", "asked for it", "--by", "ana"};
        const Finished partly = runTidewire(erase + QStringList{"--data-dir", data(), "--json"});
        QCOMPARE(partly.code, 1);
        QVERIFY2(partly.err.contains("journal.db.damaged-20260101T000000Z"), partly.err);
        const QJsonObject told = QJsonDocument::fromJson(partly.out).object();
        QCOMPARE(told.value("outcome").toString(), QString("copies_left"));
        const QJsonObject copies = told.value("copies").toObject();
        QCOMPARE(copies.value("searched").toInt(), 2);
        QCOMPARE(copies.value("rewritten").toArray(),
                 QJsonArray{"backups/" + QFileInfo(backup).fileName()});
        QCOMPARE(copies.value("left").toArray(), QJsonArray{QFileInfo(broken).fileName()});
        QFile file(backup);
        QVERIFY(file.open(QIODevice::ReadOnly) && !file.readAll().contains(charge));
        QVERIFY(QFile::exists(broken));

        const QJsonObject whole = desk(erase + QStringList{"--with-copies"}).object();
        QCOMPARE(whole.value("outcome").toString(), QString("erased"));
        QVERIFY(!QFile::exists(broken));
        const QJsonArray audit = desk({"audit", "list"}).array();
        QCOMPARE(audit.last().toObject().value("action").toString(), QString("erase.copies"));
        QVERIFY(!QJsonDocument(audit).toJson().contains(charge));
        if (runner) {
            runner->terminate();
            QVERIFY(runner->waitForFinished(20'000));
        }
        // The copy is as good as before without the person.
        QCOMPARE(runTidewire({"journal", "set-aside", data(), "--force", "--restore"}).code, 0);
        QVERIFY(desk({"runs", "list"}).array().size() >= 6);
        QCOMPARE(desk({"runs", "list", "--id", charge}).array().size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestDeskCommands)
#include "tst_DeskCommands.moc"
