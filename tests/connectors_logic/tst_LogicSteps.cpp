// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/connector/KeyMemory.h"
#include "core/connector/Registry.h"
#include "core/connectors/logic/Descriptor.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"

#include <QTest>
#include <set>

namespace tw::test {

/// Keys in memory that answer at once.
class Keys final : public KeyMemory
{
public:
    void claim(BusinessKey key, std::function<void(Result<bool>)> done) override
    {
        last = key;
        done(known.insert(key.key).second);
    }
    std::set<std::string> known;
    BusinessKey last;
};

/// Each logic step by itself: settings in, one message in, answer out.
class tst_LogicSteps final : public QObject
{
    Q_OBJECT

    struct Outcome
    {
        StepAnswer answer;
        std::string exits;    ///< Joined with commas.
        std::string messages; ///< JSON, joined with newlines.
    };

    Settings settingsOf(const NodeDescriptor &node, const std::string &with) const
    {
        std::vector<Diagnostic> findings;
        const YamlParse parsed = parseYaml(with);
        return readSettings(node.params, &parsed.root, "t.yaml", {}, "the step", findings);
    }

    Result<std::unique_ptr<Step>> make(const std::string &type, const std::string &with)
    {
        const NodeDescriptor *node = m_registry.node(type);
        return node->createStep({{m_clock, m_http, &m_keys}, "flow", "step",
                                 settingsOf(*node, with), nullptr});
    }

    static DocumentPtr message(const std::string &json)
    {
        return share(std::move(*parseJson(json)));
    }

    Outcome run(const std::string &type, const std::string &with, const std::string &input,
                const std::string &event = "{\"id\":\"evt_1\"}")
    {
        auto step = make(type, with);
        if (!step)
            qFatal("%s", step.error().text().c_str());
        StepCall call;
        call.run = 9;
        call.origin = 7;
        call.step = "step";
        call.input = message(input);
        call.event = message(event);
        call.runStarted = Instant::fromSeconds(1'790'000'000);
        Outcome outcome;
        (*step)->process(call, StepReply([&outcome](StepAnswer answer) {
                             outcome.answer = std::move(answer);
                         }));
        for (const auto &output : outcome.answer.outputs) {
            outcome.exits += (outcome.exits.empty() ? "" : ",") + output.exit;
            std::string json;
            appendJson(json, output.message->root());
            outcome.messages += (outcome.messages.empty() ? "" : "\n") + json;
        }
        return outcome;
    }

    ManualClock m_clock;
    HttpClient m_http;
    Keys m_keys;
    Registry m_registry{{logic::descriptor()}};

private Q_SLOTS:
    void init() { m_keys.known.clear(); }

    void aFilterPassesOrSkips_data()
    {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("exit");
        const auto row = [](const char *name, const char *condition, const char *input,
                            const char *exit) {
            QTest::newRow(name) << QString::fromUtf8(condition) << QString::fromUtf8(input)
                                << QString::fromUtf8(exit);
        };
        row("a true condition passes", "amount > 0", R"({"amount":5})", "pass");
        row("a false condition skips", "amount > 0", R"({"amount":0})", "skip");
        row("a missing field counts as no", "amount > 0", "{}", "skip");
        row("null counts as no", "flag", R"({"flag":null})", "skip");
        row("an empty text counts as no", "name", R"({"name":""})", "skip");
        row("a text counts as yes", "name", R"({"name":"x"})", "pass");
        row("a list counts by its items", "flags", R"({"flags":[false,0,true]})", "pass");
        row("the event is at hand", "$event.id = \"evt_1\"", "{}", "pass");
        row("now is the start of the run", "$millis() = 1790000000000", "{}", "pass");
    }

    void aFilterPassesOrSkips()
    {
        QFETCH(QString, condition);
        QFETCH(QString, input);
        QFETCH(QString, exit);
        std::string with = "condition: ";
        appendJson(with, Value::string(toUtf8(condition)));
        const Outcome outcome = run("filter", with, toUtf8(input));
        QCOMPARE(toQString(outcome.exits), exit);
        QCOMPARE(toQString(outcome.messages), input);
    }

    void aConditionThatFailsIsARejectedRecord()
    {
        const Outcome outcome = run("filter", "condition: amount > \"x\"", R"({"amount":5})");
        QVERIFY(outcome.answer.kind == StepAnswer::Kind::Failed);
        QVERIFY(outcome.answer.error.kind == ErrorKind::Rejected);
        QVERIFY(outcome.answer.error.code.starts_with("expr."));
    }

    void anExpressionMayNotTakeAllMemory()
    {
        const Outcome outcome = run("filter", "condition: $length($pad('x', 1e8)) > 0", "{}");
        QVERIFY(outcome.answer.kind == StepAnswer::Kind::Failed);
        QCOMPARE(outcome.answer.error.code, std::string("expr.D2015"));
    }

    void aConditionThatDoesNotCompileIsFoundAtTheStart()
    {
        const auto step = make("filter", "condition: amount >");
        QVERIFY(!step);
        QVERIFY(step.error().kind == ErrorKind::Config);
        QVERIFY(step.error().where.starts_with("condition"));
    }

    void aBranchTakesTheFirstTrueCase_data()
    {
        QTest::addColumn<int>("amount");
        QTest::addColumn<QString>("exit");
        QTest::newRow("both are true: the first wins") << 5000 << QStringLiteral("large");
        QTest::newRow("only the second is true") << 50 << QStringLiteral("paid");
        QTest::newRow("none is true") << 0 << QStringLiteral("other");
    }

    void aBranchTakesTheFirstTrueCase()
    {
        QFETCH(int, amount);
        QFETCH(QString, exit);
        const Outcome outcome = run("branch", "cases:\n  large: amount > 1000\n  paid: amount > 0\n",
                                    "{\"amount\":" + std::to_string(amount) + "}");
        QCOMPARE(toQString(outcome.exits), exit);
    }

    void aBranchHasOneExitPerCaseAndOther()
    {
        const NodeDescriptor *node = m_registry.node("branch");
        const Settings settings = settingsOf(*node, "cases: {likely_duplicate: a, invalid: b}");
        const auto exits = exitsOf(*node, settings);
        QCOMPARE(exits.size(), 3u);
        QCOMPARE(exits[0].id, std::string("likely_duplicate"));
        QCOMPARE(exits[0].title, std::string("Likely duplicate"));
        QCOMPARE(exits[2].id, std::string("other"));
        QCOMPARE(node->summary(settings), std::string("likely_duplicate, invalid, other"));
    }

    void aReviewAsksWithProposalAndCandidates()
    {
        const Outcome asked = run("review",
                                  "question: '\"Which account for \" & mail & \"?\"'\n"
                                  "proposal: '{\"account\": matches[0].id}'\n"
                                  "candidates: matches\n"
                                  "remember_by: mail\n"
                                  "owner: sales\n"
                                  "timeout: 2h\n"
                                  "on_timeout: rejected\n"
                                  "escalate_after: 1h\n"
                                  "escalate_to: head\n",
                                  R"({"mail":"ana@example.com","matches":[{"id":1},{"id":2}]})");
        QVERIFY(asked.answer.kind == StepAnswer::Kind::Parked);
        const Question &question = *asked.answer.question;
        QCOMPARE(question.text, std::string("Which account for ana@example.com?"));
        QCOMPARE(toJson(question.proposal->root()), std::string(R"({"account":1})"));
        QCOMPARE(toJson(question.candidates->root()), std::string(R"([{"id":1},{"id":2}])"));
        QCOMPARE(question.cause, std::string("ana@example.com"));
        QCOMPARE(question.owner, std::string("sales"));
        QVERIFY(question.timeout == std::chrono::hours(2));
        QCOMPARE(question.timeoutExit, std::string("rejected"));
        QVERIFY(question.escalateAfter == std::chrono::hours(1));
        QCOMPARE(question.escalateTo, std::string("head"));
    }

    void aReviewWithoutAQuestionFails()
    {
        const Outcome asked = run("review", "question: mail\n", "{}");
        QVERIFY(asked.answer.kind == StepAnswer::Kind::Failed);
        QCOMPARE(asked.answer.error.code, std::string("logic.no_question"));
    }

    void aRepeatedKeyIsDropped()
    {
        const char *const with = "key: charge & \"/\" & status\nwindow: 1h\n";
        QCOMPARE(run("deduplicate", with, R"({"charge":"ch_1","status":"a"})").exits,
                 std::string("out"));
        const Outcome repeat = run("deduplicate", with, R"({"charge":"ch_1","status":"a"})");
        QVERIFY(repeat.answer.kind == StepAnswer::Kind::Dropped);
        QCOMPARE(repeat.answer.note, std::string("repeat dropped"));
        QCOMPARE(run("deduplicate", with, R"({"charge":"ch_1","status":"b"})").exits,
                 std::string("out"));
        QCOMPARE(m_keys.last.run, 7);
        QCOMPARE(m_keys.last.key, std::string("ch_1/b"));
        QVERIFY(m_keys.last.window == std::chrono::hours(1));
    }

    void withoutAKeyTheEventIdDecides()
    {
        QCOMPARE(run("deduplicate", "{}", "{}").exits, std::string("out"));
        QCOMPARE(m_keys.last.key, std::string("evt_1"));
        const NodeDescriptor *node = m_registry.node("deduplicate");
        QCOMPARE(node->summary(settingsOf(*node, "{}")), std::string("event ID, 30 days"));
    }

    void cardsSpeakInWords_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const char *type, const char *with, const char *words) {
            QTest::newRow(name) << QString::fromLatin1(type) << QString::fromLatin1(with)
                                << QString::fromUtf8(words);
        };
        row("paths show their last name", "filter", "condition: data.object.amount > 0", "amount > 0");
        row("literals and decimals stay", "filter", "condition: 'a.b > 1.5 and c = \"x.y\"'",
            "b > 1.5 and c = \"x.y\"");
        row("a path as key", "deduplicate", "{key: data.object.id, window: 1h}", "id, 1 hour");
        row("a computed key", "deduplicate", "{key: a & b, window: 2d}", "own key, 2 days");
        row("a message", "log", "message: '\"Payment \" & key & \" is record \" & id'",
            "Payment … is record …");
        row("a message that is a path", "log", "message: data.object.id", "id");
        row("an unclosed quote", "log", "message: 'id & \"'", "id & \"");
        row("how long it is kept", "dead_letter", "keep: 90d", "kept 90 days");
    }

    void cardsSpeakInWords()
    {
        QFETCH(QString, type);
        QFETCH(QString, with);
        QFETCH(QString, words);
        const NodeDescriptor *node = m_registry.node(type.toStdString());
        QCOMPARE(toQString(node->summary(settingsOf(*node, with.toStdString()))), words);
    }

    void anEmptyKeyIsRefused()
    {
        const Outcome outcome = run("deduplicate", "key: charge", "{}");
        QVERIFY(outcome.answer.kind == StepAnswer::Kind::Failed);
        QCOMPARE(outcome.answer.error.code, std::string("logic.no_key"));
    }

    void aMappingBuildsANewMessage_data()
    {
        QTest::addColumn<QString>("mapping");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("result");
        const auto row = [](const char *name, const char *mapping, const char *input,
                            const char *result) {
            QTest::newRow(name) << QString::fromUtf8(mapping) << QString::fromUtf8(input)
                                << QString::fromUtf8(result);
        };
        row("fields in their order", "{B: b, A: a}", R"({"a":1,"b":2})", R"({"B":2,"A":1})");
        row("a missing value is left out", "{A: a, B: b}", R"({"b":2})", R"({"B":2})");
        row("null stays null", "{A: a}", R"({"a":null})", R"({"A":null})");
        row("nothing mapped gives an empty record", "{A: a}", "{}", "{}");
        row("lists and objects are copied", "{A: a}", R"({"a":[1,{"x":2}]})",
            R"({"A":[1,{"x":2}]})");
        row("exact numbers", "{A: a}", R"({"a":12345678901234567890123})",
            R"({"A":12345678901234567890123})");
        row("a list as input is not taken apart", "{Count: $count($)}", "[1,2,3]",
            R"({"Count":3})");
        row("several lines", "{A: \"a & \\n /* note */ b\"}", R"({"a":"x","b":"y"})",
            R"({"A":"xy"})");
        row("a policy of a field", "{A: {value: a, if_missing: default, default: 0}}", "{}",
            R"({"A":0})");
        row("a list that stays one", "{A: {value: a, list: always}}", R"({"a":"x"})",
            R"({"A":["x"]})");
        row("a dot makes a group", "{Account__r.Key__c: a}", R"({"a":1})",
            R"({"Account__r":{"Key__c":1}})");
        row("the policy of the step", "{A: a, B: {value: b, if_missing: leave}}\nif_missing: clear",
            "{}", R"({"A":null})");
        row("names with quotes", "{'say \"hi\"': a}", R"({"a":1})", "{\"say \\\"hi\\\"\":1}");
    }

    void aMappingBuildsANewMessage()
    {
        QFETCH(QString, mapping);
        QFETCH(QString, input);
        QFETCH(QString, result);
        const Outcome outcome = run("map", "mapping: " + toUtf8(mapping), toUtf8(input));
        QVERIFY2(outcome.answer.kind == StepAnswer::Kind::Emitted,
                 outcome.answer.error.text().c_str());
        QCOMPARE(toQString(outcome.messages), result);
    }

    void aFieldThatFailsIsNamed()
    {
        const Outcome outcome = run("map", "mapping: {Fine: a, Amount__c: a * \"x\"}",
                                    R"({"a":1})");
        QVERIFY(outcome.answer.kind == StepAnswer::Kind::Failed);
        QVERIFY(outcome.answer.error.kind == ErrorKind::Rejected);
        QVERIFY(outcome.answer.error.where.starts_with("Amount__c"));
        QVERIFY(outcome.answer.error.message.find("Amount__c") != std::string::npos);
    }

    void aFieldThatMustNotBeMissingFailsTheRecord()
    {
        const Outcome outcome =
            run("map", "mapping: {A: a, B__c: b}\nif_missing: fail", R"({"a":1})");
        QVERIFY(outcome.answer.kind == StepAnswer::Kind::Failed);
        QVERIFY(outcome.answer.error.kind == ErrorKind::Rejected);
        QCOMPARE(outcome.answer.error.code, std::string("map.missing_value"));
        QVERIFY(outcome.answer.error.where.starts_with("B__c"));
    }

    void aMappingThatDoesNotCompileIsFoundAtTheStart()
    {
        const auto step = make("map", "mapping: {Fine: a, B__c: {value: b +}}");
        QVERIFY(!step);
        QVERIFY(step.error().kind == ErrorKind::Config);
        QCOMPARE(step.error().code, std::string("expr.S0207"));
        QVERIFY(step.error().where.starts_with("mapping: B__c"));
    }

    void aLogLinePassesTheRecordAndBecomesItsNote()
    {
        QTest::ignoreMessage(QtInfoMsg, "flow/step run 9: Payment r1");
        const Outcome outcome = run("log", R"(message: '"Payment " & id')", R"({"id":"r1"})");
        QCOMPARE(outcome.exits, std::string("out"));
        QCOMPARE(outcome.messages, std::string(R"({"id":"r1"})"));
        QCOMPARE(outcome.answer.note, std::string("Payment r1"));
    }

    void theLevelOfALineIsTheOneThatWasChosen()
    {
        QTest::ignoreMessage(QtWarningMsg, "flow/step run 9: look");
        run("log", "{message: '\"look\"', level: warning}", "{}");
        QTest::ignoreMessage(QtCriticalMsg, "flow/step run 9: act");
        run("log", "{message: '\"act\"', level: error}", "{}");
    }

    void aDeadLetterCarriesRecordReasonAndTime()
    {
        const Outcome outcome = run("dead_letter", "{reason: '\"No \" & what', keep: 2d}",
                                    R"({"what":"amount"})");
        QCOMPARE(outcome.exits, std::string("dead_letter"));
        QCOMPARE(outcome.messages,
                 std::string(R"({"message":{"what":"amount"},"reason":"No amount",)"
                             R"("keep_ms":172800000})"));
    }

    void aReasonThatFailsDoesNotCostTheRecord()
    {
        const Outcome outcome = run("dead_letter", "reason: what * \"x\"", R"({"what":1})");
        QCOMPARE(outcome.exits, std::string("dead_letter"));
    }

    void everyNodeIsComplete_data()
    {
        QTest::addColumn<QString>("type");
        for (const NodeDescriptor *node : m_registry.nodes())
            QTest::newRow(node->type.c_str()) << toQString(node->type);
    }

    void everyNodeIsComplete()
    {
        QFETCH(QString, type);
        const NodeDescriptor *node = m_registry.node(toUtf8(type));
        QVERIFY(!node->title.empty() && !node->label.empty() && !node->help.empty());
        QVERIFY(!node->icon.empty() && !node->group.empty());
        QVERIFY(node->createStep && node->summary);
        QVERIFY(!node->effect);
        for (const Param &param : node->params)
            QVERIFY2(!param.helpText().empty(), param.id().c_str());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_LogicSteps)
#include "tst_LogicSteps.moc"
