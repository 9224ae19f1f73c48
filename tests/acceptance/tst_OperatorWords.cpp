// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace tw::test;

/// What a runner and its desk say to the person in front of them, and what they refuse.
class TestOperatorWords : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString path(const QString &name) const { return m_folder->filePath(name); }
    QString data() const { return path("data"); }

    static QJsonObject sample()
    {
        QFile file(demoProject() + "/samples/charge.succeeded.json");
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                              : QJsonObject();
    }

    /// A file with an event that Salesforce refuses: its picklist has no such currency.
    QString chargeIn(const QString &currency)
    {
        QJsonObject event = sample();
        QJsonObject inner = event.value("data").toObject();
        QJsonObject charge = inner.value("object").toObject();
        charge.insert("currency", currency);
        charge.insert("id", "ch_" + currency);
        inner.insert("object", charge);
        event.insert("data", inner);
        event.insert("id", "evt_" + currency);
        const QString file = path(currency + ".json");
        write(file, QJsonDocument(event).toJson());
        return file;
    }

    Finished runRefused(const QStringList &currencies, const QStringList &more = {})
    {
        QStringList arguments{"run", demoProject(), "--data-dir", data(), "--until-idle"};
        for (const QString &currency : currencies)
            arguments << "--event" << chargeIn(currency);
        return runTidewire(arguments + more);
    }

    /// What a person sees in a terminal that is so wide.
    static QStringList seen(const QStringList &arguments, int columns)
    {
        int ours = -1;
        int its = -1;
        winsize size{};
        size.ws_col = static_cast<unsigned short>(columns);
        if (::openpty(&ours, &its, nullptr, nullptr, &size) != 0)
            return {};
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove("COLUMNS");
        environment.insert("NO_COLOR", "1");
        program.setProcessEnvironment(environment);
        program.setChildProcessModifier([its] { ::dup2(its, 1); });
        program.start(qEnvironmentVariable("TIDEWIRE_PROGRAM", TIDEWIRE_PROGRAM), arguments);
        QByteArray shown;
        if (program.waitForFinished(60'000)) {
            ::fcntl(ours, F_SETFL, O_NONBLOCK);
            char part[4096];
            for (ssize_t got = 0; (got = ::read(ours, part, sizeof part)) > 0;)
                shown.append(part, got);
        }
        ::close(ours);
        ::close(its);
        return QString::fromUtf8(shown).remove('\r').split('\n', Qt::SkipEmptyParts);
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aPipeGetsTablesInFull()
    {
        QCOMPARE(runRefused({"nok", "ugx", "sek"}).code, 0);
        const Finished groups = runTidewire({"dead-letters", "groups", "--data-dir", data()});
        for (const char *currency : {"NOK", "UGX", "SEK"})
            QCOMPARE(groups.out.count(currency), 1);
        QVERIFY2(!groups.out.contains("…"), groups.out);
        QCOMPARE(groups.out.count('\n'), 4); // A row is a line.
    }

    void aTerminalGetsTablesThatFit()
    {
        QCOMPARE(runRefused({"nok", "ugx"}).code, 0);
        const QStringList groups{"dead-letters", "groups", "--data-dir", data()};
        const QStringList wide = seen(groups, 300);
        QCOMPARE(wide.size(), 3);
        QVERIFY2(wide.join('\n').contains("NOK"), qPrintable(wide.join('\n')));
        const QStringList narrow = seen(groups, 70);
        QCOMPARE(narrow.size(), 5); // The cause stands below its row, and is not cut.
        QCOMPARE(narrow.filter(QRegularExpression("^ +cause .*NOK")).size(), 1);
        QCOMPARE(narrow.filter(QRegularExpression("^ +cause .*UGX")).size(), 1);
        for (const QStringList &list : {QStringList{"runs", "list"}, {"dead-letters", "list"}}) {
            for (const QString &line : seen(list + QStringList{"--data-dir", data()}, 100))
                QVERIFY2(line.size() <= 100 || line.startsWith("      "), qPrintable(line));
        }
    }

    void deadLettersAreInEveryLog_data()
    {
        QTest::addColumn<QStringList>("mode");
        QTest::newRow("plain") << QStringList{};
        QTest::newRow("json") << QStringList{"--json"};
        QTest::newRow("log json") << QStringList{"--log", "json"};
        QTest::newRow("json, log json") << QStringList{"--json", "--log", "json"};
    }

    void deadLettersAreInEveryLog()
    {
        QFETCH(QStringList, mode);
        const Finished done = runRefused({"nok"}, mode);
        QCOMPARE(done.code, 0);
        QCOMPARE(done.err.count("put aside as dead letter 1: "), 1);
        for (const QByteArray &line : done.err.split('\n')) {
            if (!line.contains("put aside as dead letter 1: "))
                continue;
            QVERIFY2(line.contains("warning"), line);
            QVERIFY2(line.contains("upsert_payment") && line.contains("evt_nok"), line);
        }
    }

    void aWrongCorrectionIsRefused_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("no number") << QByteArray("\"Amount__c\": ") << QByteArray("\"Amount__c\": \"twelve\", \"x\": ")
                                   << QByteArray("\"Amount__c\" must be a number, and is the text \"twelve\"");
        QTest::newRow("too large") << QByteArray("\"Amount__c\": ") << QByteArray("\"Amount__c\": 1e400, \"x\": ")
                                   << QByteArray("\"Amount__c\" has a number");
        QTest::newRow("twice") << QByteArray("\"Amount__c\": ") << QByteArray("\"Amount__c\": 1, \"Amount__c\": ")
                               << QByteArray("\"Amount__c\" stands here a second time");
        QTest::newRow("another record") << QByteArray("\"ch_nok\"") << QByteArray("\"ch_other\"")
                                        << QByteArray("\"Stripe_Payment_Id__c\" says which record is written");
        QTest::newRow("a choice that there is not") << QByteArray("\"NOK\"") << QByteArray("\"UGX\"")
                                                    << QByteArray("\"Currency__c\" must be one of ");
    }

    void aWrongCorrectionIsRefused()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, told);
        QCOMPARE(runRefused({"nok"}).code, 0);
        const QStringList where{"--data-dir", data()};
        QByteArray input = runTidewire(QStringList{"dead-letters", "show", "1", "--input"} + where).out;
        QVERIFY2(input.contains(from), input);
        write(path("input.json"), input.replace(from, to));
        const QStringList edit{"dead-letters", "edit", "1", "--input", path("input.json"), "--new-fields"};
        const Finished refused = runTidewire(edit + where);
        QVERIFY(refused.code != 0);
        QVERIFY2(refused.err.contains(told), refused.err);
        // A runner at work says the same.
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        QVERIFY(!awaitLine(*runner, "ready").isEmpty());
        QVERIFY2(runTidewire(edit + where).err.contains(told), refused.err);
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void aPreviewSaysWhatWouldBeRefused()
    {
        QCOMPARE(runRefused({"nok"}).code, 0);
        const QStringList preview{"dead-letters", "preview", "1", "--project", demoProject(), "--data-dir", data()};
        const Finished refused = runTidewire(preview);
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.out.contains("Would be refused: ") && refused.out.contains("picklist field: NOK"),
                 refused.out);
        const QByteArray input
            = runTidewire({"dead-letters", "show", "1", "--input", "--data-dir", data()}).out;
        write(path("input.json"), QByteArray(input).replace("\"NOK\"", "\"EUR\""));
        QCOMPARE(runTidewire({"dead-letters", "edit", "1", "--input", path("input.json"), "--data-dir", data()}).code, 0);
        const Finished fine = runTidewire(preview);
        QCOMPARE(fine.code, 0);
        QVERIFY2(!fine.out.contains("refused"), fine.out);
    }

    void aChangedConnectionIsTold()
    {
        auto runner = startTidewire({"run", demoProject(), "--data-dir", data(), "--json"});
        QVERIFY(!awaitLine(*runner, "ready").isEmpty());
        QCOMPARE(runTidewire({"connections", "pause", "crm", "--reason", "a test", "--data-dir", data()}).code, 0);
        const QJsonObject told = awaitLine(*runner, "connection");
        QCOMPARE(told.value("name").toString(), QString("crm"));
        QCOMPARE(told.value("cause").toString(), QString("person"));
        runner->terminate();
        QVERIFY(runner->waitForFinished(20'000));
    }

    void anEventGoesToAWebhookOnlyByName()
    {
        write(path("flow.yaml"),
              "schema: flow/1\nid: orders\nname: Orders\nversion: 1.0.0\nconnections: {shop: http}\nsteps:\n"
              "  - id: hook\n    type: http.webhook\n    connection: shop\n    with: {verify: none}\n    to: note\n"
              "  - id: note\n    type: log\n    with: {message: '\"done\"'}\n");
        QDir(m_folder->path()).mkpath("project/flows");
        QDir(m_folder->path()).mkpath("project/environments");
        QVERIFY(QFile::rename(path("flow.yaml"), path("project/flows/orders.flow.yaml")));
        write(path("project/tidewire.yaml"), "schema: project/1\nname: shop\nconnections: {shop: {type: http}}\n");
        write(path("project/environments/local.yaml"),
              "schema: environment/1\nname: local\nkind: local\nconnections: {shop: {double: true}}\n");
        write(path("event.json"), R"({"id":"evt_1","type":"order.paid"})");
        const QStringList run{"run", path("project"), "--event", path("event.json"), "--until-idle", "--json"};
        const Finished nobody = runTidewire(run);
        QCOMPARE(nobody.code, 1);
        QVERIFY2(nobody.err.contains("orders/hook") && nobody.err.contains("--step"), nobody.err);
        for (const QStringList &name : {QStringList{"--flow", "orders"}, {"--step", "hook"}}) {
            const Finished named = runTidewire(run + name);
            QVERIFY2(named.code == 0, named.err);
            QCOMPARE(named.out.count("\"event\":\"accepted\""), 1);
        }
        QCOMPARE(runTidewire(run + QStringList{"--step", "hok"}).code, 1);
    }

    void aSecretThatNothingReadsIsNotStored()
    {
        const QString project = copyOfDemo(path("project"));
        const Finished refused = runTidewire({"secrets", "set", "nosuch/field", "--project", project}, "x");
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("nosuch/field") && refused.err.contains("stripe/api_key"), refused.err);
        QVERIFY(!QFile::exists(project + "/secrets.sealed"));
        QCOMPARE(runTidewire({"secrets", "set", "stripe/nokey", "--project", project}, "x").code, 1);
        QCOMPARE(runTidewire({"secrets", "set", "stripe/api_key", "--project", project}, "x").code, 0);
    }

    void aCommandThatThereIsNotIsNamed()
    {
        const Finished all = runTidewire({"frobnicate"});
        QCOMPARE(all.code, 2);
        QVERIFY2(all.err.contains("There is no command \"frobnicate\"") && all.err.contains("validate"), all.err);
        const Finished near = runTidewire({"runs", "lst"});
        QCOMPARE(near.code, 2);
        QVERIFY2(near.err.contains("no command \"lst\" of \"runs\"") && near.err.contains("Did you mean \"list\"?"),
                 near.err);
    }

    void helpIsAboutItsCommand()
    {
        for (const QStringList &command :
             {QStringList{"runs"}, {"dead-letters"}, {"reviews"}, {"connections"}, {"audit"}, {"journal"},
              {"webhook"}, {"secrets"}, {"journal", "check"}, {"journal", "backup"}}) {
            const Finished help = runTidewire(command + QStringList{"--help"});
            QCOMPARE(help.code, 0);
            QVERIFY2(help.out.contains(("tidewire " + command.join(' ')).toUtf8()), help.out);
            QVERIFY2(!help.out.contains("--demo"), help.out);
        }
        QVERIFY(!runTidewire({"journal", "check", "--help"}).out.contains("REQUIRED"));
        QCOMPARE(runTidewire({"journal", "check"}).code, 2);
        QCOMPARE(runTidewire({"journal", "check", data()}).code,
                 runTidewire({"journal", "check", "--data-dir", data()}).code);
    }
};

QTEST_GUILESS_MAIN(TestOperatorWords)
#include "tst_OperatorWords.moc"
