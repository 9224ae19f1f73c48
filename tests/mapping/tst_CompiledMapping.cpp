// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/Yaml.h"
#include "core/mapping/CompiledMapping.h"

#include <QTest>

using namespace tw;

namespace {

Result<CompiledMapping, FieldError> compiledOf(const std::string &yaml)
{
    Arena arena;
    const YamlParse parsed = parseYaml(yaml);
    auto mapping = Mapping::fromSettings(parsed.root.toValue(arena));
    if (!mapping)
        qFatal("%s", mapping.error().text().c_str());
    return CompiledMapping::compile(std::move(*mapping));
}

DocumentPtr documentOf(const std::string &json)
{
    auto parsed = parseJson(json);
    if (!parsed)
        qFatal("%s", parsed.error().text().c_str());
    return share(std::move(*parsed));
}

std::string words(const MappingOutcome &outcome)
{
    std::string text;
    for (const FieldOutcome &field : outcome.fields) {
        constexpr const char *kStates[] = {"filled", "missing", "cleared", "defaulted", "failed"};
        text +=
            (text.empty() ? "" : " ") + field.target + ':' + kStates[static_cast<int>(field.state)];
        if (!field.value.isUndefined())
            text += '=' + toJson(field.value);
    }
    return text;
}

} // namespace

/// Running a mapping: messages, policies, failures with field and place.
class tst_CompiledMapping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void buildsMessages_data();
    void buildsMessages();
    void policiesDecideOnEveryKindOfValue_data();
    void policiesDecideOnEveryKindOfValue();
    void aFailureNamesFieldPartAndValue_data();
    void aFailureNamesFieldPartAndValue();
    void whatDoesNotCompileNamesItsField_data();
    void whatDoesNotCompileNamesItsField();
    void errorsForLogsHoldNoValues_data();
    void errorsForLogsHoldNoValues();
    void allFieldsThatFailAreNamed();
    void anOutcomeTellsEachFieldAndKeepsWhatWorked();
    void runAndOutcomeAgree_data();
    void runAndOutcomeAgree();
    void variablesOfAFieldStayItsOwn();
    void bindingsTimeAndSeedReachEveryField();
    void oneBudgetForAllFields();
    void aGreedyFieldFailsAlone();
    void largeResultsAreRefusedTogether();
    void oneBudgetForAllSamples();
    void samplesBringTheirEvents();
    void theMessageOutlivesEverything();
};

void tst_CompiledMapping::buildsMessages_data()
{
    QTest::addColumn<QByteArray>("mapping");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const char *mapping, const char *input,
                        const char *message) {
        QTest::newRow(name) << QByteArray(mapping) << QByteArray(input) << QByteArray(message);
    };
    row("fields in their order", "{B: b, A: a}", R"({"a":1,"b":2})", R"({"B":2,"A":1})");
    row("nothing mapped", "{}", R"({"a":1})", "{}");
    row("no value, and null", "{A: x, B: a}", R"({"a":null})", R"({"B":null})");
    row("a group", "{m.a: a, m.b: b}", R"({"a":1,"b":2})", R"({"m":{"a":1,"b":2}})");
    row("groups among fields", "{m.a: a, X: b, m.n.c: a}", R"({"a":1,"b":2})",
        R"({"m":{"a":1,"n":{"c":1}},"X":2})");
    row("a group of which nothing is there", "{m.a: x, B: b}", R"({"b":2})", R"({"B":2})");
    row("a dot of the name", R"({'m\.a': a})", R"({"a":1})", R"({"m.a":1})");
    row("a list as input", "{N: $count($), A: '$[0]'}", "[1,2,3]", R"({"N":3,"A":1})");
    row("null as input", "{A: a, B: 1}", "null", R"({"B":1})");
    row("a text as input", "{A: $}", R"("x")", R"({"A":"x"})");
    row("exact numbers", "{A: a}", R"({"a":12345678901234567890123})",
        R"({"A":12345678901234567890123})");
    row("functions are no values", "{A: $sum, B: b}", R"({"b":2})", R"({"B":2})");
    row("sequences become lists", "{A: a.b}", R"({"a":[{"b":1},{"b":[2,3]}]})", R"({"A":[1,2,3]})");
    row("a comment at the end", "{A: \"a /* last */\", B: b}", R"({"a":1,"b":2})",
        R"({"A":1,"B":2})");
    row("steps with a semicolon", "{A: ($x := a; $x + 1)}", R"({"a":1})", R"({"A":2})");
}

void tst_CompiledMapping::buildsMessages()
{
    QFETCH(QByteArray, mapping);
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, message);
    const auto compiled = compiledOf(mapping.toStdString());
    QVERIFY(compiled);
    const auto made = compiled->run(documentOf(input.toStdString())->root(), {});
    QVERIFY2(made, made ? "" : made.error().text().c_str());
    QCOMPARE(toJson((*made)->root()), message.toStdString());
}

void tst_CompiledMapping::policiesDecideOnEveryKindOfValue_data()
{
    QTest::addColumn<QByteArray>("policy");
    QTest::addColumn<QStringList>("results"); ///< nothing, null, "a", ["a","b"], []
    const auto row = [](const char *policy, const QStringList &results) {
        QTest::newRow(policy) << QByteArray(policy) << results;
    };
    const auto list = [](std::initializer_list<const char *> words) {
        QStringList texts;
        for (const char *word : words)
            texts += QString::fromUtf8(word);
        return texts;
    };
    const char *const ab = R"(filled=["a","b"])";
    row("note: x", list({"missing", "cleared=null", R"(filled="a")", ab, "filled=[]"}));
    row("if_missing: leave", list({"missing", "missing", R"(filled="a")", ab, "filled=[]"}));
    row("if_missing: clear",
        list({"cleared=null", "cleared=null", R"(filled="a")", ab, "filled=[]"}));
    row("if_missing: default, default: {x: 1}",
        list({R"(defaulted={"x":1})", R"(defaulted={"x":1})", R"(filled="a")", ab, "filled=[]"}));
    row("if_missing: fail", list({"failed", "failed", R"(filled="a")", ab, "filled=[]"}));
    row("list: always", list({"filled=[]", "cleared=null", R"(filled=["a"])", ab, "filled=[]"}));
    row("list: always, if_missing: leave",
        list({"missing", "missing", R"(filled=["a"])", ab, "filled=[]"}));
    row("list: first",
        list({"missing", "cleared=null", R"(filled="a")", R"(filled="a")", "missing"}));
    row("list: last",
        list({"missing", "cleared=null", R"(filled="a")", R"(filled="b")", "missing"}));
    row("list: join",
        list({"missing", "cleared=null", R"(filled="a")", R"(filled="a; b")", "missing"}));
    row("list: join, separator: '+'",
        list({"missing", "cleared=null", R"(filled="a")", R"(filled="a+b")", "missing"}));
    row("list: one", list({"missing", "cleared=null", R"(filled="a")", "failed", "missing"}));
    row("list: first, if_missing: default, default: 0",
        list({"defaulted=0", "defaulted=0", R"(filled="a")", R"(filled="a")", "defaulted=0"}));
}

void tst_CompiledMapping::policiesDecideOnEveryKindOfValue()
{
    QFETCH(QByteArray, policy);
    QFETCH(QStringList, results);
    const auto compiled = compiledOf("F: {value: v, " + policy.toStdString() + "}");
    QVERIFY(compiled);
    const char *const inputs[] = {"{}", R"({"v":null})", R"({"v":"a"})", R"({"v":["a","b"]})",
                                  R"({"v":[]})"};
    for (std::size_t i = 0; i < std::size(inputs); ++i) {
        const DocumentPtr input = documentOf(inputs[i]);
        const MappingOutcome outcome = compiled->outcome(input->root(), {});
        QCOMPARE("F:" + results[static_cast<int>(i)].toStdString(), words(outcome));
        const auto made = compiled->run(input->root(), {});
        QCOMPARE(made.has_value(), !outcome.failed());
        if (made)
            QCOMPARE(toJson((*made)->root()), toJson(outcome.message->root()));
    }
}

void tst_CompiledMapping::aFailureNamesFieldPartAndValue_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("failure"); ///< code, part, value
    const auto row = [](const char *name, const char *field, const char *input,
                        const char *failure) {
        QTest::newRow(name) << QByteArray(field) << QByteArray(input) << QByteArray(failure);
    };
    row("a text in arithmetic", "\"b & (1 + a * 2)\"", R"({"a":"x"})", "T2001|a * 2|\"x\"");
    row("a list as input", "\"$[0] * 2\"", R"(["secret", 1])", "T2001|$[0] * 2|\"secret\"");
    row("a missing value", "{value: a.b, if_missing: fail}", "{}", "map.missing_value|a.b|nothing");
    row("null where a value must be", "{value: a, if_missing: fail}", R"({"a":null})",
        "map.missing_value|a|null");
    row("too many", "{value: a, list: one}", R"({"a":[1,2]})", "map.several_values|a|[1,2]");
    row("groups cannot be joined", "{value: a, list: join}", R"({"a":[1,{"b":2}]})",
        "map.not_joinable|a|{\"b\":2}");
    row("a division by zero", "a / 0", R"({"a":1})", "expr.not_finite|a / 0|");
    row("a division by zero inside a list", "{value: '[1, a / 0]', list: always}", R"({"a":1})",
        "expr.not_finite|[1, a / 0]|");
}

void tst_CompiledMapping::aFailureNamesFieldPartAndValue()
{
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, failure);
    const auto compiled = compiledOf("{Fine: 1, Bad__c: " + field.toStdString() + ", Last: 2}");
    QVERIFY(compiled);
    const DocumentPtr document = documentOf(input.toStdString());
    const MappingOutcome outcome = compiled->outcome(document->root(), {});
    QVERIFY(outcome.failed());
    QVERIFY(outcome.fields[1].error.has_value());
    const FieldError &error = *outcome.fields[1].error;
    QCOMPARE(error.target, std::string("Bad__c"));
    QCOMPARE(error.error.code + '|' + error.part + '|' + error.error.value, failure.toStdString());
    const std::string &text = compiled->mapping().fields[1].expression;
    QCOMPARE(text.substr(static_cast<std::size_t>(error.error.start),
                         static_cast<std::size_t>(error.error.end - error.error.start)),
             error.part);
    QCOMPARE(toJson(outcome.message->root()), std::string(R"({"Fine":1,"Last":2})"));
    const auto made = compiled->run(document->root(), {});
    QVERIFY(!made);
    QVERIFY(made.error().kind == ErrorKind::Rejected);
    QVERIFY(made.error().where.starts_with("Bad__c"));
    QVERIFY(made.error().message.starts_with("The field Bad__c could not be filled (`"));
}

void tst_CompiledMapping::whatDoesNotCompileNamesItsField_data()
{
    QTest::addColumn<QByteArray>("expression");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("it ends too early") << QByteArray("a +") << QByteArray("S0207");
    QTest::newRow("an open comment") << QByteArray("a /* b") << QByteArray("S0106");
    QTest::newRow("a way out of its block")
        << QByteArray("a), \"Other\": (b") << QByteArray("S0201");
    QTest::newRow("an open text") << QByteArray("\"a") << QByteArray("S0101");
}

void tst_CompiledMapping::whatDoesNotCompileNamesItsField()
{
    QFETCH(QByteArray, expression);
    QFETCH(QByteArray, code);
    Mapping mapping;
    mapping.fields.resize(2);
    mapping.fields[0] = {"Fine", "1", {}, {}, {}, {}, {}};
    mapping.fields[1].target = "Bad__c";
    mapping.fields[1].expression = expression.toStdString();
    const auto compiled = CompiledMapping::compile(std::move(mapping));
    QVERIFY(!compiled);
    QCOMPARE(compiled.error().target, std::string("Bad__c"));
    QCOMPARE(compiled.error().error.code, code.toStdString());
    QVERIFY(compiled.error().toError().kind == ErrorKind::Config);
    QCOMPARE(compiled.error().toError().code, "expr." + code.toStdString());
}

void tst_CompiledMapping::errorsForLogsHoldNoValues_data()
{
    QTest::addColumn<QByteArray>("expression");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const char *expression, const char *message) {
        QTest::newRow(name) << QByteArray(expression) << QByteArray(message);
    };
    row("arithmetic", "mail + 1", "The left side of \"+\" must be a number, but is a text.");
    row("a number that is none", "$number(mail)", "A text cannot be read as a number.");
    row("a number in its place", "1 & $sqrt(-card)",
        "$sqrt is not defined for the negative number a number.");
    row("a function that nobody knows", "$uppercas(mail)", "$uppercas is not a function.");
    row("what the expression says itself", "$error(\"Who is this?\")", "Who is this?");
    row("what it says with data", "$error(\"Who is \" & mail)",
        "The expression refused the record.");
    row("too many of them", "$single([mail, mail])", "$single matched more than one value.");
}

void tst_CompiledMapping::errorsForLogsHoldNoValues()
{
    QFETCH(QByteArray, expression);
    QFETCH(QByteArray, message);
    Mapping mapping;
    mapping.fields.resize(1);
    mapping.fields[0].target = "F";
    mapping.fields[0].expression = expression.toStdString();
    const auto compiled = CompiledMapping::compile(std::move(mapping));
    QVERIFY(compiled);
    const DocumentPtr input = documentOf(R"({"mail":"jane@example.com","card":4242424242424242})");
    const auto made = compiled->run(input->root(), {});
    QVERIFY(!made);
    const std::string said = made.error().text() + made.error().evidence;
    QVERIFY2(said.find("jane") == said.npos && said.find("4242") == said.npos, said.c_str());
    QVERIFY2(made.error().message.starts_with("The field F could not be filled (`"),
             made.error().message.c_str());
    QVERIFY2(made.error().message.ends_with("`): " + message.toStdString()),
             made.error().message.c_str());
}

void tst_CompiledMapping::allFieldsThatFailAreNamed()
{
    const auto compiled = compiledOf("{A: '1', B: '$number(\"x\")', C: {value: gone, if_missing: "
                                     "fail}, D: '\"a\" * 2'}");
    QVERIFY(compiled);
    const auto made = compiled->run(Value::null(), {});
    QVERIFY(!made);
    QVERIFY(made.error().where.starts_with("B"));
    QVERIFY2(made.error().message.ends_with("These failed too: C, D."),
             made.error().message.c_str());
}

void tst_CompiledMapping::anOutcomeTellsEachFieldAndKeepsWhatWorked()
{
    const auto compiled =
        compiledOf("{A: a, B: b * 1, C: {value: c, if_missing: default, default: 7}, D: d, "
                   "E: {value: e, if_missing: fail}}");
    QVERIFY(compiled);
    const DocumentPtr input = documentOf(R"({"a":1,"b":"x","d":null})");
    const MappingOutcome outcome = compiled->outcome(input->root(), {});
    QCOMPARE(words(outcome),
             std::string("A:filled=1 B:failed C:defaulted=7 D:cleared=null E:failed"));
    QCOMPARE(toJson(outcome.message->root()), std::string(R"({"A":1,"C":7,"D":null})"));
    QVERIFY(outcome.fields[1].error && outcome.fields[4].error && !outcome.fields[0].error);
}

void tst_CompiledMapping::runAndOutcomeAgree_data()
{
    QTest::addColumn<QByteArray>("input");
    for (const char *input : {R"({"a":1,"b":[1,2]})", R"({"a":"x"})", "[1]", "[]", "null", "{}",
                              R"({"a":[{"c":1}],"b":{"c":[]}})", "5"})
        QTest::newRow(input) << QByteArray(input);
}

void tst_CompiledMapping::runAndOutcomeAgree()
{
    QFETCH(QByteArray, input);
    const auto compiled =
        compiledOf("{One: a, g.Two: \"a & b\", g.Three: a.c, Four: {value: b, list: always}, "
                   "Five: \"b[$ > 1]\", Six: $count(b), Seven: \"$map(b, function($v) {$v})\"}");
    QVERIFY(compiled);
    const DocumentPtr document = documentOf(input.toStdString());
    const auto made = compiled->run(document->root(), {});
    const MappingOutcome outcome = compiled->outcome(document->root(), {});
    QCOMPARE(made.has_value(), !outcome.failed());
    if (made)
        QCOMPARE(toJson((*made)->root()), toJson(outcome.message->root()));
}

void tst_CompiledMapping::variablesOfAFieldStayItsOwn()
{
    const auto compiled = compiledOf("{A: '$x := 5', B: $x, C: '($x := 6; $x)', D: $x}");
    QVERIFY(compiled);
    const auto made = compiled->run(documentOf("{}")->root(), {});
    QVERIFY(made);
    QCOMPARE(toJson((*made)->root()), std::string(R"({"A":5,"C":6})"));
}

void tst_CompiledMapping::bindingsTimeAndSeedReachEveryField()
{
    const auto compiled = compiledOf("{A: $event.id, B: $millis(), C: $random()}");
    QVERIFY(compiled);
    const DocumentPtr event = documentOf(R"({"id":"evt_1"})");
    Environment environment;
    environment.bindings.push_back({"event", event->root()});
    environment.now = Instant::fromSeconds(1'790'000'000);
    environment.seed = 7;
    const auto one = compiled->run(Value::null(), environment);
    const auto two = compiled->run(Value::null(), environment);
    QVERIFY(one && two);
    QCOMPARE(toJson((*one)->root()), toJson((*two)->root()));
    const char *const expected = "{\"A\":\"evt_1\",\"B\":1790000000000,\"C\":0.";
    QVERIFY(toJson((*one)->root()).starts_with(expected));
}

void tst_CompiledMapping::oneBudgetForAllFields()
{
    const auto compiled = compiledOf("{A: '$sum([1..4000])', B: '$sum($map([1..4000], "
                                     "function($v) {$v})) * \"x\"', C: '$map([1..900000], "
                                     "function($v) {$v})'}");
    QVERIFY(compiled);
    Environment environment;
    environment.budget.steps = 100'000;
    const MappingOutcome outcome = compiled->outcome(Value::null(), environment);
    QVERIFY(!outcome.fields[0].error);
    QCOMPARE(outcome.fields[1].error->error.code, std::string("T2002"));
    QCOMPARE(outcome.fields[2].error->error.code, std::string("D1012"));
}

/// Whichever place it has: the others get their values, and the one that fails is the one to blame.
void tst_CompiledMapping::aGreedyFieldFailsAlone()
{
    const std::string greedy = "'$map([1..900000], function($v) {$v})'";
    const std::string fine = "'$sum($map([1..500], function($v) {$v}))'";
    const auto compiled = compiledOf("{A: " + fine + ", B: " + greedy + ", C: " + fine +
                                     ", D: " + greedy + ", E: " + fine + '}');
    QVERIFY(compiled);
    Environment environment;
    environment.budget.steps = 100'000;
    const MappingOutcome outcome = compiled->outcome(Value::null(), environment);
    for (const std::size_t field : {0U, 2U, 4U})
        QVERIFY(!outcome.fields[field].error);
    for (const std::size_t field : {1U, 3U})
        QCOMPARE(outcome.fields[field].error->error.code, std::string("D1012"));
    const auto refused = compiled->run(Value::null(), environment);
    QVERIFY(!refused);
    QCOMPARE(refused.error().where, std::string("B"));
}

void tst_CompiledMapping::largeResultsAreRefusedTogether()
{
    const std::string large = "'$pad(\"\", 400000, \"x\")'";
    const auto compiled = compiledOf("{A: " + large + ", B: " + large + ", C: " + large + '}');
    QVERIFY(compiled);
    Environment environment;
    environment.budget.result = 1'000'000;
    const MappingOutcome outcome = compiled->outcome(Value::null(), environment);
    QVERIFY(!outcome.fields[0].error && !outcome.fields[1].error);
    QCOMPARE(outcome.fields[2].error->error.code, std::string("D2015"));
}

void tst_CompiledMapping::oneBudgetForAllSamples()
{
    const auto compiled = compiledOf("{A: '$sum($map([1..n], function($v) {$v}))'}");
    QVERIFY(compiled);
    std::vector<DocumentPtr> samples(20, documentOf(R"({"n":1000})"));
    Environment environment;
    environment.budget.steps = 20'000;
    const auto outcomes = compiled->preview(samples, environment);
    QCOMPARE(outcomes.size(), samples.size());
    std::size_t made = 0;
    for (const MappingOutcome &outcome : outcomes) {
        QVERIFY(!outcome.failed());
        made += outcome.message ? 1 : 0;
    }
    QVERIFY2(made > 1 && made < 20, std::to_string(made).c_str());
    QVERIFY(outcomes[0].message && !outcomes[19].message);
    // A sample that is too much by itself has failed, the rest is left out.
    samples.front() = documentOf(R"({"n":1000000})");
    const auto heavy = compiled->preview(samples, environment);
    QCOMPARE(heavy[0].fields[0].error->error.code, std::string("D1012"));
    QVERIFY(!heavy[1].message && heavy[1].fields.empty());
}

void tst_CompiledMapping::samplesBringTheirEvents()
{
    const auto compiled = compiledOf("{A: a, E: $event.id}");
    QVERIFY(compiled);
    const std::vector<MappingSample> samples{
        {documentOf(R"({"a":1})"), documentOf(R"({"id":"one"})")},
        {documentOf(R"({"a":2})"), nullptr}};
    const auto outcomes = compiled->preview(samples, {});
    QCOMPARE(toJson(outcomes[0].message->root()), std::string(R"({"A":1,"E":"one"})"));
    QCOMPARE(toJson(outcomes[1].message->root()), std::string(R"({"A":2})"));
}

void tst_CompiledMapping::theMessageOutlivesEverything()
{
    DocumentPtr message;
    {
        const auto compiled =
            compiledOf("{A: a, 'say \"hi\"': '\"constant\"', C: {value: x, if_missing: default, "
                       "default: [fallback]}}");
        QVERIFY(compiled);
        const auto made =
            compiled->run(documentOf(R"({"a":{"long":"text of the input"}})")->root(), {});
        QVERIFY(made);
        message = *made;
    }
    const std::string expected = "{\"A\":{\"long\":\"text of the input\"},"
                                 "\"say \\\"hi\\\"\":\"constant\",\"C\":[\"fallback\"]}";
    QCOMPARE(toJson(message->root()), expected);
}

QTEST_GUILESS_MAIN(tst_CompiledMapping)
#include "tst_CompiledMapping.moc"
