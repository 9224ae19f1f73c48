// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Log.h"
#include "core/base/LogSink.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <thread>

using namespace tw;

class TestLogSink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_lines.clear(); }
    void aLineIsOneJsonObject();
    void aLineIsReadableText();
    void levelsDropWhatIsLessImportant_data();
    void levelsDropWhatIsLessImportant();
    void idsAreThoseOfTheScope();
    void idsBelongToTheirThread();
    void nobodyWritesASecondLine_data();
    void nobodyWritesASecondLine();
    void secretsAndPersonalDataNeverShow();
    void longMessagesAreCut();
    void threadsDoNotMixTheirLines();
    void theHandlerBeforeComesBack();

private:
    log::Sink::Options options(log::Form form, log::Level level = log::Level::Debug)
    {
        return {form, level, [this](std::string_view line) { m_lines.emplace_back(line); }};
    }
    QJsonObject object(std::size_t i = 0) const
    {
        return QJsonDocument::fromJson(QByteArray::fromStdString(m_lines.at(i))).object();
    }

    ManualClock m_clock{{1'790'000'000'042}};
    std::vector<std::string> m_lines;
};

void TestLogSink::aLineIsOneJsonObject()
{
    log::Sink sink(m_clock, options(log::Form::Json));
    qCInfo(log::engine) << "Said \"yes\" \\ no";
    QCOMPARE(m_lines.size(), std::size_t(1));
    QVERIFY(m_lines[0].ends_with("}\n"));
    QCOMPARE(object().value(u"time").toString(), QStringLiteral("2026-09-21T14:13:20.042Z"));
    QCOMPARE(object().value(u"level").toString(), QStringLiteral("info"));
    QCOMPARE(object().value(u"area").toString(), QStringLiteral("engine"));
    QCOMPARE(object().value(u"message").toString(), QStringLiteral("Said \"yes\" \\ no"));
    QCOMPARE(object().size(), 4);
    qWarning("from a library");
    QCOMPARE(object(1).value(u"area").toString(), QStringLiteral("qt"));
}

void TestLogSink::aLineIsReadableText()
{
    log::Sink sink(m_clock, options(log::Form::Text));
    const log::Ids ids({"orders", "17", {}, "evt_1"});
    qCWarning(log::net, "late");
    QCOMPARE(m_lines.at(0),
             std::string(
                 "2026-09-21T14:13:20.042Z warning net: late flow=orders run=17 delivery=evt_1\n"));
}

void TestLogSink::levelsDropWhatIsLessImportant_data()
{
    QTest::addColumn<QByteArray>("level");
    QTest::addColumn<int>("lines");
    QTest::newRow("error") << QByteArray("error") << 1;
    QTest::newRow("warning") << QByteArray("warning") << 2;
    QTest::newRow("info") << QByteArray("info") << 3;
    QTest::newRow("debug") << QByteArray("debug") << 4;
}

void TestLogSink::levelsDropWhatIsLessImportant()
{
    QFETCH(QByteArray, level);
    QFETCH(int, lines);
    log::Sink sink(m_clock, options(log::Form::Json, *log::levelFromString(level.toStdString())));
    qDebug("d");
    qInfo("i");
    qWarning("w");
    qCritical("e");
    QCOMPARE(int(m_lines.size()), lines);
    QCOMPARE(object(m_lines.size() - 1).value(u"level").toString(), QStringLiteral("error"));
    QVERIFY(!log::levelFromString("loud"));
}

void TestLogSink::idsAreThoseOfTheScope()
{
    log::Sink sink(m_clock, options(log::Form::Json));
    {
        const log::Ids run({"orders", "17", {}, {}});
        {
            const log::Ids step({{}, {}, "upsert", {}});
            qInfo("inner");
        }
        qInfo("outer");
    }
    qInfo("none");
    QCOMPARE(object(0).value(u"flow").toString(), QStringLiteral("orders"));
    QCOMPARE(object(0).value(u"run").toString(), QStringLiteral("17"));
    QCOMPARE(object(0).value(u"step").toString(), QStringLiteral("upsert"));
    QVERIFY(!object(0).contains(u"delivery"));
    QVERIFY(!object(1).contains(u"step"));
    QCOMPARE(object(1).value(u"run").toString(), QStringLiteral("17"));
    QVERIFY(!object(2).contains(u"run"));
}

void TestLogSink::idsBelongToTheirThread()
{
    log::Sink sink(m_clock, options(log::Form::Json));
    const log::Ids ids({"orders", {}, {}, {}});
    std::thread([] { qInfo("elsewhere"); }).join();
    QVERIFY(!object().contains(u"flow"));
}

void TestLogSink::nobodyWritesASecondLine_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("line feed") << QByteArray("\n");
    QTest::newRow("carriage return") << QByteArray("\r");
    QTest::newRow("escape") << QByteArray("\x1b[31m");
    QTest::newRow("null") << QByteArray("\0", 1);
    QTest::newRow("delete") << QByteArray("\x7f");
    QTest::newRow("C1 control") << QByteArray("\xc2\x9b");
    QTest::newRow("line separator") << QByteArray("\xe2\x80\xa8");
    QTest::newRow("right to left override") << QByteArray("\xe2\x80\xae");
    QTest::newRow("half a character") << QByteArray("\xe2\x80");
    QTest::newRow("a surrogate") << QByteArray("\xed\xa0\x80");
    QTest::newRow("overlong") << QByteArray("\xc0\x8a");
}

void TestLogSink::nobodyWritesASecondLine()
{
    QFETCH(QByteArray, bytes);
    const std::string text = "a" + bytes.toStdString() + "b";
    for (const log::Form form : {log::Form::Text, log::Form::Json}) {
        const std::string line =
            log::written({m_clock.now(), log::Level::Info, "net", text, {text, text, text, text}},
                         form, Redactor());
        QVERIFY(line.find(bytes.toStdString()) == std::string::npos ||
                (bytes == "\n" && line.find('\n') == line.size() - 1));
        QVERIFY(line.find("\\") != std::string::npos);
        QVERIFY(form == log::Form::Text ||
                !QJsonDocument::fromJson(QByteArray::fromStdString(line)).isNull());
    }
}

void TestLogSink::secretsAndPersonalDataNeverShow()
{
    log::Sink sink(m_clock, options(log::Form::Json));
    sink.protect(Secret("canary-0c1d"));
    const log::Ids ids({"canary-0c1d", "ana@example.com", {}, {}});
    qInfo("key canary-0c1d, %s", QByteArray("user:canary-0c1d").toBase64().constData());
    qInfo("card 4242424242424242 of bob@example.com");
    for (const std::string &line : m_lines) {
        for (const char *bad :
             {"canary", "Y2FuYXJ5", "NhbmFyeS0wYzFk", "424242424242", "ana@", "bob@"})
            QVERIFY2(line.find(bad) == std::string::npos, line.c_str());
    }
    QVERIFY(m_lines.at(1).find("b***@example.com") != std::string::npos);
}

void TestLogSink::longMessagesAreCut()
{
    log::Sink sink(m_clock, options(log::Form::Json));
    sink.line(log::Level::Info, "net", std::string(1 << 20, 'x'));
    QVERIFY(m_lines.at(0).size() < 20'000);
    QVERIFY(m_lines.at(0).find("bytes cut]") != std::string::npos);
}

void TestLogSink::threadsDoNotMixTheirLines()
{
    log::Sink sink(m_clock, options(log::Form::Json));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([i, &sink] {
            const std::string name = std::to_string(i);
            const log::Ids ids({name, {}, {}, {}});
            for (int n = 0; n < 200; ++n) {
                qInfo("%d", i);
                sink.protect(Secret("secret-" + name));
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(m_lines.size(), std::size_t(800));
    for (std::size_t i = 0; i < m_lines.size(); ++i)
        QCOMPARE(object(i).value(u"flow").toString(), object(i).value(u"message").toString());
}

void TestLogSink::theHandlerBeforeComesBack()
{
    static int before = 0;
    const auto mine = qInstallMessageHandler(
        [](QtMsgType, const QMessageLogContext &, const QString &) { ++before; });
    {
        log::Sink sink(m_clock, options(log::Form::Json));
        qInfo("taken");
    }
    qInfo("back");
    qInstallMessageHandler(mine);
    QCOMPARE(before, 1);
    QCOMPARE(m_lines.size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestLogSink)
#include "tst_LogSink.moc"
