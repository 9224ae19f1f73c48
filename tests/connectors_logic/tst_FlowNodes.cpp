// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/connector/Registry.h"
#include "core/connectors/logic/Descriptor.h"
#include "core/connectors/logic/DueTime.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"

#include <QTest>

namespace tw::test {

using namespace std::chrono_literals;

/// The steps that rule the flow, each by itself: settings and one message in, answer out.
class tst_FlowNodes final : public QObject
{
    Q_OBJECT

    std::vector<Diagnostic> findings;

    Result<std::unique_ptr<Step>> make(const std::string &type, const std::string &with)
    {
        const NodeDescriptor *node = m_registry.node(type);
        findings.clear();
        const YamlParse parsed = parseYaml(with);
        const Settings settings
            = readSettings(node->params, &parsed.root, "t.yaml", {}, "the step", findings);
        if (node->check)
            node->check(settings, findings);
        return node->createStep({{m_clock, m_http, nullptr}, "flow", "step", settings, nullptr});
    }

    static DocumentPtr message(const std::string &json)
    {
        return share(std::move(*parseJson(json)));
    }

    StepCall callWith(const std::string &input) const
    {
        StepCall call;
        call.step = "step";
        call.input = message(input);
        call.event = call.input;
        call.runStarted = m_clock.now();
        return call;
    }

    StepAnswer run(const std::string &type, const std::string &with, const StepCall &call)
    {
        auto step = make(type, with);
        StepAnswer given;
        if (!step) {
            given.kind = StepAnswer::Kind::Failed;
            given.error = step.error();
            return given;
        }
        (*step)->process(call, StepReply([&given](StepAnswer answer) { given = std::move(answer); }));
        return given;
    }

    StepAnswer run(const std::string &type, const std::string &with, const std::string &input)
    {
        return run(type, with, callWith(input));
    }

    static std::string json(const DocumentPtr &document)
    {
        std::string text;
        appendJson(text, document->root());
        return text;
    }

    ManualClock m_clock{Instant{1'774'000'000'000}}; // 2026-03-20T09:46:40Z
    HttpClient m_http;
    Registry m_registry{{logic::descriptor()}};

private Q_SLOTS:
    void aWaitIsDue_data()
    {
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("due"); // Empty: at once; a code: fails.
        const auto row = [](const char *name, const char *with, const char *input, const char *due) {
            QTest::newRow(name) << QString::fromUtf8(with) << QString::fromUtf8(input)
                                << QString::fromUtf8(due);
        };
        row("after a span", "for: 90s", "{}", "2026-03-20T09:48:10Z");
        row("after a span, at a time of day", "{for: 3d, at: '09:00'}", "{}",
            "2026-03-24T09:00:00Z");
        row("at a time of day by the clocks of a zone",
            "{for: 1d, at: '18:30', zone: Europe/Berlin}", "{}", "2026-03-21T17:30:00Z");
        row("after the clocks went forward", "{for: 14d, at: '18:30', zone: Europe/Berlin}", "{}",
            "2026-04-03T16:30:00Z");
        row("at milliseconds", "until: $toMillis(due)", R"({"due":"2026-04-01T00:00:00Z"})",
            "2026-04-01T00:00:00Z");
        row("at a time with an offset", "until: due", R"({"due":"2026-04-01T09:00:00+02:00"})",
            "2026-04-01T07:00:00Z");
        row("at a time without an offset", "{until: due, zone: Europe/Berlin}",
            R"({"due":"2026-04-01T09:00:00"})", "2026-04-01T07:00:00Z");
        row("on a day", "until: due", R"({"due":"2026-04-01"})", "2026-04-01T00:00:00Z");
        row("on a day, at a time of day", "{until: due, at: '08:15', zone: America/New_York}",
            R"({"due":"2026-04-01"})", "2026-04-01T12:15:00Z");
        row("at a time that the clocks skip", "{until: due, at: '02:30', zone: Europe/Berlin}",
            R"({"due":"2026-03-29"})", "2026-03-29T01:30:00Z");
        row("never longer than allowed", "{until: due, at_most: 7d}", R"({"due":"2027-01-01"})",
            "2026-03-27T09:46:40Z");
        row("shorter than allowed", "{for: 1h, at_most: 7d}", "{}", "2026-03-20T10:46:40Z");
        row("in the past", "until: due", R"({"due":"2020-01-01"})", "");
        row("seconds", "until: due", R"({"due":1790000000})", "logic.no_time");
        row("no time", "until: due", "{}", "logic.no_time");
        row("some words", "until: due", R"({"due":"tomorrow"})", "logic.no_time");
        row("a day that does not exist", "until: due", R"({"due":"2026-02-30"})", "logic.no_time");
    }

    void aWaitIsDue()
    {
        QFETCH(QString, with);
        QFETCH(QString, input);
        QFETCH(QString, due);
        const StepAnswer answer = run("wait", toUtf8(with), toUtf8(input));
        if (due.isEmpty())
            QVERIFY(answer.kind == StepAnswer::Kind::Emitted);
        else if (due.startsWith(QStringLiteral("logic")))
            QCOMPARE(toQString(answer.error.code), due);
        else
            QCOMPARE(toQString(answer.note), QStringLiteral("until ") + due);
    }

    void aWaitThatWasWaitedForPasses()
    {
        StepCall call = callWith(R"({"n":1})");
        call.waited = m_clock.now() + -1ms;
        const StepAnswer answer = run("wait", "for: 1h", call);
        QVERIFY(answer.kind == StepAnswer::Kind::Emitted);
        QCOMPARE(json(answer.outputs.front().message), std::string(R"({"n":1})"));
    }

    void settingsOfAWaitAreChecked_data()
    {
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("code");
        QTest::newRow("nothing") << "{}" << "logic.no_time";
        QTest::newRow("both") << "{for: 1h, until: due}" << "logic.no_time";
        QTest::newRow("no time of day") << "{for: 1h, at: noon}" << "logic.no_time";
        QTest::newRow("no zone") << "{for: 1h, zone: Europe/Atlantis}" << "logic.unknown_zone";
    }

    void settingsOfAWaitAreChecked()
    {
        QFETCH(QString, with);
        QFETCH(QString, code);
        QVERIFY(!make("wait", toUtf8(with)));
        QCOMPARE(findings.size(), 1u);
        QCOMPARE(toQString(findings.front().code), code);
    }

    void aLoopTakesLists_data()
    {
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("elements");
        QTest::newRow("the message") << "{}" << "[1,\"a\",{\"b\":[]}]" << "1 \"a\" {\"b\":[]}";
        QTest::newRow("a field") << "items: lines" << R"({"lines":[1,2]})" << "1 2";
        QTest::newRow("a path that collapses") << "items: lines.n" << R"({"lines":[{"n":1}]})" << "1";
        QTest::newRow("a field that may be missing") << "items: '[lines]'" << "{}" << "";
        QTest::newRow("an empty list on the way") << "items: lines.n" << R"({"lines":[]})" << "";
        QTest::newRow("a list of one text") << "items: lines.n" << R"({"lines":[{"n":"a"}]})" << "\"a\"";
        QTest::newRow("a selection without a match")
            << "items: 'lines[n > 5].n'" << R"({"lines":[{"n":1}]})" << "";
        QTest::newRow("a selection of one text")
            << "items: 'lines[n > 5].t'" << R"({"lines":[{"n":9,"t":"a"}]})" << "\"a\"";
        QTest::newRow("one object") << "items: line" << R"({"line":{"n":1}})" << R"({"n":1})";
        QTest::newRow("null") << "items: lines" << R"({"lines":null})" << "";
    }

    void aLoopTakesLists()
    {
        QFETCH(QString, with);
        QFETCH(QString, input);
        QFETCH(QString, elements);
        const StepAnswer answer = run("for_each", toUtf8(with), toUtf8(input));
        QVERIFY(answer.kind == StepAnswer::Kind::Loop);
        QCOMPARE(answer.parallel, 1);
        QStringList all;
        for (const StepAnswer::Output &output : answer.outputs)
            all += toQString(json(output.message));
        QCOMPARE(all.join(QLatin1Char(' ')), elements);
    }

    void aLoopRefusesWhatIsNoList_data()
    {
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("told");
        QTest::newRow("the message") << "{}" << R"({"lines":[]})" << "items";
        QTest::newRow("a text") << "items: data.name" << R"({"data":{"name":"ana"}})" << "\"data.name\" is a text";
        QTest::newRow("a number") << "items: n" << R"({"n":0})" << "\"n\" is a number";
        QTest::newRow("a field that is not there") << "items: data.lines" << R"({"data":{}})"
                                                   << "no field \"data.lines\"";
        QTest::newRow("nothing on the way") << "items: data.lines" << "{}" << "[data.lines]";
    }

    void aLoopRefusesWhatIsNoList()
    {
        QFETCH(QString, with);
        QFETCH(QString, input);
        QFETCH(QString, told);
        const StepAnswer answer = run("for_each", toUtf8(with), toUtf8(input));
        QVERIFY(answer.kind == StepAnswer::Kind::Failed);
        QCOMPARE(answer.error.code, std::string("logic.not_a_list"));
        QVERIFY2(toQString(answer.error.message).contains(told), answer.error.message.c_str());
    }

    void aBatchNamesItsGroups()
    {
        const StepAnswer answer = run("batch", "by: c", R"({"c":"eur"})");
        QVERIFY(answer.kind == StepAnswer::Kind::Held);
        QCOMPARE(answer.key, std::string("eur"));
        const StepAnswer failed = run("batch", "by: c + 1", R"({"c":"eur"})");
        QVERIFY(failed.kind == StepAnswer::Kind::Failed);
    }

    void aMergeSaysHowLongItHolds()
    {
        QVERIFY(!run("merge", "{}", "1").until);
        QVERIFY(run("merge", "timeout: 1h", "1").until == m_clock.now() + 1h);
        QVERIFY(run("merge", "wait_for: any", "1").atOnce);
    }

    void aCalledFlowLooksAtItsInput_data()
    {
        QTest::addColumn<QString>("input");
        QTest::addColumn<bool>("fits");
        QTest::newRow("all") << R"({"a":1,"t":"x","l":[],"g":{},"b":true})" << true;
        QTest::newRow("optional ones") << R"({"a":1,"t":"x","l":[],"g":{},"b":true,"o":null})" << true;
        QTest::newRow("a wrong kind") << R"({"a":"1","t":"x","l":[],"g":{},"b":true})" << false;
        QTest::newRow("a missing one") << R"({"t":"x","l":[],"g":{},"b":true})" << false;
        QTest::newRow("null") << R"({"a":null,"t":"x","l":[],"g":{},"b":true})" << false;
        QTest::newRow("no group") << "[1]" << false;
    }

    void aCalledFlowLooksAtItsInput()
    {
        QFETCH(QString, input);
        QFETCH(bool, fits);
        const StepAnswer answer = run(
            "flow.called",
            "{input: {a: number, t: text, l: list, g: group, b: boolean, o: text}, optional: [o]}",
            toUtf8(input));
        QCOMPARE(answer.kind == StepAnswer::Kind::Emitted, fits);
        if (!fits)
            QCOMPARE(answer.error.code, std::string("flow.wrong_input"));
    }

    void anInputOfAnUnknownKindIsAFinding()
    {
        (void)make("flow.called", "input: {a: numbr}");
        QCOMPARE(findings.front().code, std::string("flow.unknown_choice"));
        QVERIFY(findings.front().fix.find("number") != std::string::npos);
    }

    void aReturnGivesItsValueOrTheMessage()
    {
        QCOMPARE(json(run("flow.return", "{}", "{\"a\":1}").outputs.front().message),
                 std::string("{\"a\":1}"));
        QCOMPARE(json(run("flow.return", "value: a", "{\"a\":1}").outputs.front().message),
                 std::string("1"));
        QCOMPARE(json(run("flow.return", "value: b", "{\"a\":1}").outputs.front().message),
                 std::string("null"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_FlowNodes)
#include "tst_FlowNodes.moc"
