// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeListen.h"

#include "core/base/Text.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;
using namespace tw::stripe;

class TestStripeListen : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void theCommandIsWhatAPersonTypes_data();
    void theCommandIsWhatAPersonTypes();
    void anInstalledProgramIsFound();
    void withoutAProgramAPersonIsToldWhatToDo();
    void theSecretIsReadBeforeAnythingIsForwarded();
    void theKeyIsOnNoCommandLine();
    void aProgramThatEndsIsStartedAgain();
    void aProgramWithoutLoginIsTroubleWithoutSecrets();
    void itEndsWithItsOwner();

private:
    /// A `stripe` that writes down how it was called, and acts as `script` says.
    void install(const QByteArray &script);
    QByteArray calls() const;
    std::string program() const { return toUtf8(m_folder->filePath(QStringLiteral("stripe"))); }

    ManualClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestStripeListen::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestStripeListen::install(const QByteArray &script)
{
    QFile file(m_folder->filePath(QStringLiteral("stripe")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\ncd " + m_folder->path().toUtf8() +
               "\necho \"$*\" >> calls\necho \"$STRIPE_API_KEY\" >> keys\n" + script);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

QByteArray TestStripeListen::calls() const
{
    QFile file(m_folder->filePath(QStringLiteral("calls")));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestStripeListen::theCommandIsWhatAPersonTypes_data()
{
    QTest::addColumn<QList<QByteArray>>("events");
    QTest::addColumn<bool>("live");
    QTest::addColumn<QByteArray>("account");
    QTest::addColumn<QByteArray>("command");
    const QByteArray to = " http://127.0.0.1:8787/hooks/pay/in";
    QTest::newRow("names") << QList<QByteArray>{"charge.succeeded", "charge.failed"} << false
                           << QByteArray()
                           << "stripe listen --forward-to" + to +
                                  " --events charge.succeeded,charge.failed --latest";
    QTest::newRow("everything") << QList<QByteArray>{"*"} << false << QByteArray()
                                << "stripe listen --forward-to" + to + " --latest";
    QTest::newRow("a group is spelled out")
        << QList<QByteArray>{"refund.*"} << false << QByteArray()
        << "stripe listen --forward-to" + to +
               " --events refund.created,refund.failed,refund.updated --latest";
    QTest::newRow("thin ones have their own way")
        << QList<QByteArray>{"v1.invoice.paid"} << false << QByteArray()
        << "stripe listen --forward-thin-to" + to + " --thin-events v1.invoice.paid --latest";
    QTest::newRow("live, of one account")
        << QList<QByteArray>{"payout.paid"} << true << QByteArray("acct_1")
        << "stripe listen --forward-to" + to +
               " --events payout.paid --stripe-account acct_1 --latest --live";
}

void TestStripeListen::theCommandIsWhatAPersonTypes()
{
    QFETCH(QList<QByteArray>, events);
    QFETCH(bool, live);
    QFETCH(QByteArray, account);
    QFETCH(QByteArray, command);
    ListenOrder order{"http://127.0.0.1:8787/hooks/pay/in", {}, account.toStdString(), live, true};
    for (const QByteArray &event : events)
        order.events.push_back(event.toStdString());
    QCOMPARE(order.command(), command.toStdString());
}

void TestStripeListen::anInstalledProgramIsFound()
{
    install("exit 0\n");
    const auto found = StripeListen::find("/nowhere:" + toUtf8(m_folder->path()));
    QVERIFY(found);
    QCOMPARE(*found, program());
}

void TestStripeListen::withoutAProgramAPersonIsToldWhatToDo()
{
    for (const std::string &path : {std::string(), toUtf8(m_folder->path())}) {
        const auto found = StripeListen::find(path);
        QVERIFY(!found);
        QCOMPARE(found.error().code, std::string("stripe.no_cli"));
    }
}

void TestStripeListen::theSecretIsReadBeforeAnythingIsForwarded()
{
    install("case \"$*\" in *--print-secret*) echo whsec_cli123; exit 0;; esac\n"
            "echo 'Ready!'\nexec sleep 60\n");
    StripeListen listen(m_clock);
    std::string secret;
    QByteArray callsBefore;
    listen.start(
        program(), {"http://127.0.0.1:1/in", {"charge.failed"}, {}, false, true}, {},
        [&](const Secret &found) {
            secret = found.reveal();
            callsBefore = calls();
        },
        [](const Error &error) { QFAIL(error.message.c_str()); });
    QTRY_COMPARE(secret, std::string("whsec_cli123"));
    QCOMPARE(callsBefore, QByteArray("listen --print-secret\n"));
    QTRY_COMPARE(calls().count('\n'), 2);
    QVERIFY(calls().endsWith("listen --forward-to http://127.0.0.1:1/in --events charge.failed "
                             "--latest\n"));
}

void TestStripeListen::theKeyIsOnNoCommandLine()
{
    install("case \"$*\" in *--print-secret*) echo whsec_cli123; exit 0;; esac\nexec sleep 60\n");
    StripeListen listen(m_clock);
    listen.start(
        program(), {"http://127.0.0.1:1/in", {"*"}, {}, false, true}, Secret("rk_test_hidden"),
        [](const Secret &) {}, [](const Error &) {});
    QTRY_COMPARE(calls().count('\n'), 2);
    QVERIFY(!calls().contains("hidden"));
    QFile keys(m_folder->filePath(QStringLiteral("keys")));
    QVERIFY(keys.open(QIODevice::ReadOnly));
    QCOMPARE(keys.readAll(), QByteArray("rk_test_hidden\nrk_test_hidden\n"));
}

void TestStripeListen::aProgramThatEndsIsStartedAgain()
{
    install("case \"$*\" in *--print-secret*) echo whsec_cli123; exit 0;; esac\n"
            "echo 'lost the connection'\nexit 1\n");
    StripeListen listen(m_clock);
    std::vector<Error> troubles;
    listen.start(
        program(), {"http://127.0.0.1:1/in", {"*"}, {}, false, true}, {}, [](const Secret &) {},
        [&](const Error &error) { troubles.push_back(error); });
    QTRY_COMPARE(int(troubles.size()), 1);
    QVERIFY(troubles[0].message.find("lost the connection") != std::string::npos);
    QCOMPARE(calls().count('\n'), 2);
    m_clock.advance(std::chrono::seconds(5));
    QTRY_COMPARE(int(troubles.size()), 2);
    m_clock.advance(std::chrono::seconds(5)); // The second wait is longer.
    QCOMPARE(calls().count('\n'), 4);
    m_clock.advance(std::chrono::seconds(5));
    QTRY_COMPARE(int(troubles.size()), 3);
}

void TestStripeListen::aProgramWithoutLoginIsTroubleWithoutSecrets()
{
    install("echo 'bad key sk_test_123abc, and whsec_456' >&2\nexit 1\n");
    StripeListen listen(m_clock);
    std::optional<Error> trouble;
    listen.start(
        program(), {"http://127.0.0.1:1/in", {"*"}, {}, false, true}, {},
        [](const Secret &) { QFAIL("there is no secret"); },
        [&](const Error &error) { trouble = error; });
    QTRY_VERIFY(trouble);
    QVERIFY(trouble->message.find("bad key") != std::string::npos);
    QVERIFY(trouble->message.find("123abc") == std::string::npos);
    QVERIFY(trouble->message.find("456") == std::string::npos);
}

void TestStripeListen::itEndsWithItsOwner()
{
    install("case \"$*\" in *--print-secret*) echo whsec_cli123; exit 0;; esac\n"
            "trap 'echo ended >> calls; exit 0' TERM\necho started >> calls\n"
            "while :; do sleep 0.05; done\n");
    auto listen = std::make_unique<StripeListen>(m_clock);
    listen->start(
        program(), {"http://127.0.0.1:1/in", {"*"}, {}, false, true}, {}, [](const Secret &) {},
        [](const Error &) {});
    QTRY_VERIFY(calls().contains("started"));
    listen.reset();
    QVERIFY(calls().contains("ended"));
}

QTEST_GUILESS_MAIN(TestStripeListen)
#include "tst_StripeListen.moc"
