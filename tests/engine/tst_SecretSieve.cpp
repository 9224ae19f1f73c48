// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/engine/RecordCodec.h"

#include <QFile>
#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;

/// What another system echoes of our own secrets goes no further than into the engine.
class tst_SecretSieve final : public QObject
{
    Q_OBJECT

    const std::string kToken = "tok/en\"7f+3a9c-canary";
    const std::string kFlow = "  - id: start\n    type: fake.trigger\n    to: write\n"
                              "  - id: write\n    type: TYPE\n    connection: a\n"
                              "    retry: {times: 1}\n";

    static std::string flow(std::string text, const std::string &type = "fake.call")
    {
        return text.replace(text.find("TYPE"), 4, type);
    }

    /// All bytes of the journal's files.
    static QByteArray journalOf(const EngineWorld &world)
    {
        QByteArray all;
        for (const char *part : {"", "-wal"}) {
            QFile file(toQString(world.journalFile() + part));
            if (file.open(QIODevice::ReadOnly))
                all += file.readAll();
        }
        return all;
    }

    static bool anyHolds(const EngineWorld &world, const std::string &text)
    {
        const auto in = [&text](const std::string &where) {
            return where.find(text) != std::string::npos;
        };
        for (const StepEvent &step : world.told.steps) {
            if (in(step.note) ||
                (step.error && (in(step.error->message) || in(step.error->evidence))))
                return true;
            for (const DocumentPtr &output : step.outputs) {
                if (in(jsonText(output)))
                    return true;
            }
        }
        for (const DeadLetter &letter : world.told.letters) {
            if (in(letter.error.message) || in(letter.error.evidence))
                return true;
        }
        for (const GateStatus &gate : world.told.gates) {
            if (in(gate.why))
                return true;
        }
        return journalOf(world).contains(QByteArray::fromStdString(text));
    }

private Q_SLOTS:
    void whatARefusalEchoesIsNeitherKeptNorTold_data()
    {
        QTest::addColumn<QByteArray>("echo");
        QTest::addColumn<QByteArray>("canary");
        const QByteArray token = QByteArray::fromStdString(kToken);
        QTest::newRow("as it is") << token << token;
        QTest::newRow("percent-encoded") << token.toPercentEncoding() << token.toPercentEncoding();
        const QByteArray basic = ("shop:" + token).toBase64();
        QTest::newRow("in base64") << basic << basic.mid(8, 20);
        QTest::newRow("within JSON")
            << QByteArray("tok/en\\\"7f+3a9c-canary") << QByteArray("7f+3a9c-canary");
        QTest::newRow("cut in its middle") << token.left(15) << token.left(15);
    }

    void whatARefusalEchoesIsNeitherKeptNorTold()
    {
        QFETCH(QByteArray, echo);
        QFETCH(QByteArray, canary);
        EngineWorld world;
        world.secrets = {{"a", kToken}};
        Error refusal = rejectedError("shop.refused", "Refused, with Bearer " + echo.toStdString());
        refusal.evidence = "{\"headers\": \"Bearer " + echo.toStdString();
        world.script("write", {EngineWorld::fails(refusal)});
        world.start(flow(kFlow));
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.size(), 1u);
        QVERIFY(journalOf(world).contains("[secret]"));
        QVERIFY2(!anyHolds(world, canary.toStdString()),
                 world.told.letters[0].error.evidence.c_str());
        QVERIFY(
            world.told.letters[0].error.evidence.starts_with("{\"headers\": \"Bearer [secret]") ||
            echo.startsWith("c2hvcD")); // Of base64 the first letters are the user's.
    }

    void whatASuccessEchoesGoesOnWithoutIt_data()
    {
        QTest::addColumn<QString>("type");
        QTest::newRow("one by one") << "fake.call";
        QTest::newRow("in batches") << "fake.many";
    }

    void whatASuccessEchoesGoesOnWithoutIt()
    {
        QFETCH(QString, type);
        EngineWorld world;
        world.secrets = {{"a", kToken}, {"b", "short"}};
        world.world = [this](const StepCall &) {
            Document body;
            ObjectBuilder object(body.arena());
            object.set("auth", Value::string(body.arena(), "Bearer " + kToken));
            object.set(kToken, Value::integer(7));
            object.set("plain", Value::string("short and true"));
            body.setRoot(object.finish());
            StepAnswer answer;
            answer.kind = StepAnswer::Kind::Emitted;
            answer.outputs = {{"out", share(std::move(body))}};
            answer.note = "sent with " + kToken;
            return answer;
        };
        world.start(flow(kFlow, toUtf8(type)));
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        const StepEvent *done = world.told.last("write", Phase::Done);
        QVERIFY(done);
        QCOMPARE(
            toQString(jsonText(done->outputs.at(0))),
            QStringLiteral(R"({"auth":"Bearer [secret]","[secret]":7,"plain":"short and true"})"));
        QVERIFY(!anyHolds(world, "7f+3a9c-canary"));
    }

    void theTokenOfASessionIsKnownOnceItIsHeld()
    {
        EngineWorld world;
        world.start(flow(kFlow));
        for (int session = 0; session < 40; ++session)
            world.connection("a")->signsInWith(
                Secret("session-token-" + std::to_string(1000 + session)));
        Error refusal = rejectedError("shop.refused", "No.");
        refusal.evidence = "you are session-token-1039, were session-token-1030";
        world.script("write", {EngineWorld::fails(refusal)});
        world.send("evt_1");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.told.letters.at(0).error.evidence,
                 std::string("you are [secret], were [secret]"));
    }

    void whyAConnectionIsHeldDoesNotShowIt()
    {
        EngineWorld world;
        world.secrets = {{"a", kToken}};
        world.start(flow(kFlow));
        world.connection("a")->reports = true;
        CallReport report;
        report.health = CallReport::Health::SignedOut;
        report.why = "It does not know " + kToken + '.';
        world.connection("a")->tell(report);
        world.send("evt_1");
        QTRY_VERIFY(!world.told.gates.empty());
        QTRY_VERIFY(journalOf(world).contains("[secret]"));
        QVERIFY(!anyHolds(world, "7f+3a9c-canary"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_SecretSieve)
#include "tst_SecretSieve.moc"
