// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Recognition.h"

#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QFile>
#include <QTest>

using namespace tw;
using namespace tw::analysis;

namespace {

std::string json(const DocumentPtr &document)
{
    return document ? toJson(document->root()) : "-";
}

std::string show(const form::Copy &copy)
{
    return "copy " + copy.source.text();
}

std::string show(const form::Constant &constant)
{
    return "constant " + json(constant.value);
}

std::string show(const form::Convert &convert)
{
    std::string text = "convert " + convert.function + " of " + convert.source.text();
    for (const std::string &argument : convert.arguments)
        text += " | " + argument;
    return text;
}

std::string show(const form::LookupTable &lookup)
{
    std::string text = "table " + lookup.source.text();
    for (const auto &[key, value] : lookup.rows)
        text += " | " + key + "=" + json(value);
    text += " | else " + json(lookup.otherwise);
    return text + (lookup.failsWhenUnknown ? " fails" : "") + (lookup.portable ? " portable" : "");
}

std::string show(const form::Date &date)
{
    return std::string(date.dateOnly ? "date " : "time ") + date.source.text() + " | " + date.zone +
           " | " + date.picture + " | " + std::to_string(date.unit);
}

std::string show(const form::Join &join)
{
    std::string text = "join";
    for (const form::Join::Part &part : join.parts) {
        const bool isText = part.source.root.empty() && part.source.steps.empty();
        text += isText ? " | '" + part.text + "'" : " | " + part.source.text();
    }
    return text;
}

std::string show(const form::Condition &condition)
{
    std::string text = "condition";
    for (const auto &[when, then] : condition.cases)
        text += " | " + when + " => " + then;
    return text + " | else " + condition.otherwise;
}

std::string show(const form::Free &)
{
    return "free";
}

std::string shown(const MapperForm &mapperForm)
{
    return std::visit([](const auto &form) { return show(form); }, mapperForm);
}

/// The result as JSON, "nothing", or the code of the error.
std::string outcome(std::string_view text, const Value &input)
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return "!" + compiled.error().code;
    Environment environment;
    environment.bindings.push_back({"event", input});
    const auto result = compiled->evaluateToDocument(input, environment);
    if (!result)
        return "!" + result.error().code;
    return result->root().isUndefined() ? "nothing" : toJson(result->root());
}

constexpr const char *kSamples[] = {
    R"({})",
    R"({"a":{"b":12,"odd name":"x"},"s":"paid","t":1790858096,"m":1790858096000,"n":null,"f":false})",
    R"({"a":{"b":"12","odd name":null},"s":"open","t":null,"m":null,"n":0,"f":true})",
    R"({"a":[{"b":1},{"b":2.5}],"s":["paid","open"],"t":1.5,"m":-1,"n":"z","f":"yes"})",
    R"([{"a":{"b":7},"s":"paid"},{"a":{"b":8},"s":5}])",
};

void row(const char *name, const char *text, const char *form)
{
    QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(form);
}

/// Draws forms as the mapper would make them; the same seed gives the same forms.
class FormGenerator
{
public:
    explicit FormGenerator(std::uint64_t seed) : m_random(seed) {}

    MapperForm form()
    {
        switch (m_random.below(7)) {
        case 0:
            return form::Copy{source()};
        case 1:
            return form::Constant{constant()};
        case 2:
            return convert();
        case 3:
            return table();
        case 4:
            return date();
        case 5:
            return join();
        default:
            return condition();
        }
    }

private:
    template <std::size_t Size>
    std::string any(const char *const (&words)[Size])
    {
        return words[m_random.below(Size)];
    }
    bool coin() { return m_random.below(2) == 0; }

    SourcePath source()
    {
        static constexpr const char *kNames[] = {"a",   "b",  "s",    "t",     "odd name",
                                                 "1st", "in", "null", "a.b\"", "\u00E9t\u00E9",
                                                 "$x",  "and"};
        SourcePath path;
        path.root = m_random.below(5) == 0 ? "event" : "";
        for (std::uint64_t n = m_random.below(3) + (path.root.empty() ? 1 : 0); n > 0; --n)
            path.steps.push_back(any(kNames));
        return path;
    }
    DocumentPtr constant()
    {
        static constexpr const char *kValues[] = {"\"\"",
                                                  "\"paid\"",
                                                  "\"a \\\"quote\\\" \\\\ \\n \u00E9\"",
                                                  "0",
                                                  "-1.5",
                                                  "1e21",
                                                  "true",
                                                  "false",
                                                  "null",
                                                  "[]",
                                                  "[1,\"x\",[2]]",
                                                  "{}",
                                                  "{\"a\":{\"b\":[null]}}",
                                                  "12345.678"};
        return share(std::move(*parseJson(any(kValues))));
    }
    std::string expression()
    {
        static constexpr const char *kTexts[] = {"a",          "a.b[0]",
                                                 "a ? b",      "a ? b : c",
                                                 "a ?? b",     "x = a ?? b",
                                                 "a ?: b",     "($x := 1)",
                                                 "a and b",    "\"t\"",
                                                 "$sum(a.b)",  "not_a_function",
                                                 "(a; b)",     "a.(b; c)",
                                                 "a = 1 or b", "function($v) { $v }",
                                                 "{\"a\": b}", "s in [\"x\", \"y\"]",
                                                 "-a",         "a ~> $sum()"};
        return any(kTexts);
    }
    MapperForm convert()
    {
        static constexpr const char *kFunctions[] = {"toMajor", "uppercase", "substring", "round"};
        static constexpr const char *kOperators[] = {"+", "-", "*", "/", "%"};
        if (coin())
            return form::Convert{any(kOperators), source(), {coin() ? "100" : "-0.5"}};
        form::Convert made{any(kFunctions), source(), {}};
        for (std::uint64_t n = m_random.below(3); n > 0; --n)
            made.arguments.push_back(expression());
        return made;
    }
    MapperForm table()
    {
        static constexpr const char *kKeys[] = {"paid", "open", "", "a b", "\"", "\u00E9"};
        form::LookupTable made;
        made.source = source();
        for (const char *key : kKeys) {
            if (coin())
                made.rows.emplace_back(key, constant());
        }
        made.portable = coin();
        made.failsWhenUnknown = m_random.below(4) == 0;
        if (!made.failsWhenUnknown && coin())
            made.otherwise = constant();
        return made;
    }
    MapperForm date()
    {
        static constexpr const char *kZones[] = {"Europe/Berlin", "+02:00"};
        form::Date made;
        made.source = source();
        made.unit = coin() ? 1000 : coin() ? 1 : 60000;
        made.dateOnly = made.unit != 60000 && coin();
        if (made.unit == 60000 || (!made.dateOnly && coin()))
            made.picture = "[D01].[M01].[Y]";
        const bool zoned = !made.picture.empty() || made.dateOnly;
        if (zoned && coin())
            made.zone = made.unit == 1000 && made.dateOnly ? any(kZones) : "+0200";
        return made;
    }
    MapperForm join()
    {
        form::Join made;
        for (std::uint64_t n = m_random.below(4) + 2; n > 0; --n) {
            form::Join::Part part;
            if (coin())
                part.text = coin() ? " - " : "";
            else
                part.source = source();
            made.parts.push_back(std::move(part));
        }
        return made;
    }
    MapperForm condition()
    {
        form::Condition made;
        for (std::uint64_t n = m_random.below(3) + 1; n > 0; --n)
            made.cases.emplace_back(expression(), expression());
        if (coin())
            made.otherwise = coin() ? "a" : "$sum(a.b)";
        return made;
    }

    Random m_random;
};

} // namespace

/// What the mapper may draw for a text, and that drawing never changes what a text means.
class TestRecognition : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recognisesTheShape_data();
    void recognisesTheShape();
    void meaningIsKept_data() { recognisesTheShape_data(); }
    void meaningIsKept();
    void formsComeBackFromTheirText();
    void theDemoFlowIsDrawn_data();
    void theDemoFlowIsDrawn();
};

void TestRecognition::recognisesTheShape_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("form");

    row("a path", "a.b", "copy a.b");
    row("a path with blanks and line breaks", "  a\n . b ", "copy a.b");
    row("a path in parentheses", "((a.b))", "copy a.b");
    row("a path in quotes", "a.\"odd name\"", "copy a.`odd name`");
    row("a path in backquotes that it does not need", "`a`.`b`", "copy a.b");
    row("a path from the context", "$.a.b", "copy a.b");
    row("a path from the root", "$$.a.b", "copy a.b");
    row("a path from a binding", "$event.s", "copy $event.s");
    row("a binding", "$event", "copy $event");
    row("a function is no binding", "$sum", "free");
    row("the whole input", "$", "free");
    row("a wildcard", "a.*", "free");
    row("a wildcard in backquotes is a name", "a.`*`", "free");
    row("an index", "a[0].b", "free");
    row("a list that stays one", "a.b[]", "free");
    row("a comment", "a /* of last year */", "free");
    row("what looks like a comment", "\"a /* b */\"", "constant \"a /* b */\"");
    row("half a text", "a.", "free");
    row("nothing", "", "free");

    row("a text", "\"x\"", "constant \"x\"");
    row("a text in single quotes", "'it \"is\"'", "constant \"it \\\"is\\\"\"");
    row("a number", "1.50", "constant 1.5");
    row("a negative number", "- 5", "constant -5");
    row("true", "true", "constant true");
    row("null", "null", "constant null");
    row("a list of constants", "[1, 'x', [true]]", "constant [1,\"x\",[true]]");
    row("an object of constants", "{'a': {\"b\": null}}", "constant {\"a\":{\"b\":null}}");
    row("an object with a source", "{'a': s}", "free");
    row("an object with one key twice", "{'a': 1, 'a': 2}", "free");
    row("a range", "[1..3]", "free");

    row("a function", "$uppercase(s)", "convert uppercase of s");
    row("a function with arguments", "$substring( s , 0,2 )", "convert substring of s | 0 | 2");
    row("an argument in parentheses", "$substring(s, (1 + 1))", "convert substring of s | 1 + 1");
    row("a source among the arguments", "$toMajor(a.b, s)", "convert toMajor of a.b | s");
    row("an operator with a number", "a.b / 100", "convert / of a.b | 100");
    row("an operator with a negative number", "a.b * -1", "convert * of a.b | -1");
    row("an operator with a source", "a.b / t", "free");
    row("a number first", "100 - a.b", "free");
    row("an unknown function", "$upper(s)", "free");
    row("a function of a function", "$trim($uppercase(s))", "free");
    row("a function of a constant", "$uppercase('x')", "free");
    row("a function with a function", "$map(a, function($v) { $v })", "free");
    row("a function of nothing", "$now()", "free");
    row("a function as a step", "s.$uppercase()", "free");
    row("a result that is cut", "$split(s, 'a')[0]", "free");

    row("a table", "$mapValue(s, {'paid': 'Closed', \"open\": 1}, 'Other')",
        "table s | paid=\"Closed\" | open=1 | else \"Other\"");
    row("a table without a rest", "$mapValue(s, {'paid': true})", "table s | paid=true | else -");
    row("a table whose rest is null", "$mapValue(s, {'paid': true}, null)",
        "table s | paid=true | else null");
    row("a table with its rest behind", "$mapValue(s, {'paid': true}) ?? false",
        "table s | paid=true | else false");
    row("a portable table", "$lookup({'paid': 1}, s) ?? 2", "table s | paid=1 | else 2 portable");
    row("a portable table without a rest", "$lookup({'paid': 1}, s)",
        "table s | paid=1 | else - portable");
    row("a table that fails", "$mapValue(s, {'paid': 1}) ?? $error('No entry for ' & s)",
        "table s | paid=1 | else - fails");
    row("a table that fails in other words", "$mapValue(s, {'paid': 1}) ?? $error('oh')", "free");
    row("a table with a computed row", "$mapValue(s, {'paid': a.b}, 1)",
        "convert mapValue of s | {'paid': a.b} | 1");
    row("a table with a computed rest", "$mapValue(s, {'paid': 1}, s)",
        "convert mapValue of s | {'paid': 1} | s");

    row("a time", "$sfDateTime(t)", "time t |  |  | 1000");
    row("a date", "$sfDate(t)", "date t |  |  | 1000");
    row("a date in a zone", "$sfDate(t, 'Europe/Berlin')", "date t | Europe/Berlin |  | 1000");
    row("a date in a computed zone", "$sfDate(t, s)", "convert sfDate of t | s");
    row("milliseconds", "$fromMillis(m)", "time m |  |  | 1");
    row("milliseconds as a date", "$fromMillis(m, '[Y0001]-[M01]-[D01]')", "date m |  |  | 1");
    row("seconds by a picture", "$fromMillis(t * 1000, '[D01].[M01].[Y]')",
        "time t |  | [D01].[M01].[Y] | 1000");
    row("seconds by a picture in a zone", "$fromMillis(t * 1000, '[H01]:[m01]', '+0200')",
        "time t | +0200 | [H01]:[m01] | 1000");
    row("seconds without a picture", "$fromMillis(t * 1000)",
        "time t |  | [Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t] | 1000");

    row("a join", "s & ' ' & a.b", "join | s | ' ' | a.b");
    row("a join in parentheses", "s & (' ' & a.b)", "join | s | ' ' | a.b");
    row("a join of texts", "'a' & 'b'", "join | 'a' | 'b'");
    row("a join with a function", "s & $uppercase(s)", "free");
    row("a join with a number", "s & 1", "free");

    row("a condition", "f ? s : 'none'", "condition | f => s | else 'none'");
    row("a condition without a rest", "f ? s", "condition | f => s | else ");
    row("a chain", "f ? 1 : n ? 2 : 3", "condition | f => 1 | n => 2 | else 3");
    row("a chain in parentheses", "(f ? (1) : (n ? 2 : (3)))",
        "condition | f => 1 | n => 2 | else 3");
    row("a condition in a case", "(f ? n : s) ? 1 : 2", "condition | f ? n : s => 1 | else 2");
    row("a condition without a rest in a value", "f ? (n ? 1) : 2",
        "condition | f => n ? 1 | else 2");
    row("a default in a case", "(f ?? n) ? 1 : 2", "condition | f ?? n => 1 | else 2");
    row("an assignment", "$x := 1", "free");
    row("two statements", "($x := a; $x.b)", "free");
    row("a pipe", "s ~> $uppercase()", "free");
    row("a lambda", "function($x) { $x }", "free");
}

void TestRecognition::recognisesTheShape()
{
    QFETCH(QString, text);
    QFETCH(QString, form);
    const MapperForm recognised = recognise(toUtf8(text));
    QCOMPARE(toQString(shown(recognised)), form);
    if (form == QStringLiteral("free"))
        QCOMPARE(toQString(writeForm(recognised)), text);
}

void TestRecognition::meaningIsKept()
{
    QFETCH(QString, text);
    const std::string written = writeForm(recognise(toUtf8(text)));
    for (const char *sample : kSamples) {
        const auto input = parseJson(sample);
        QVERIFY(input.has_value());
        QVERIFY2(outcome(written, input->root()) == outcome(toUtf8(text), input->root()),
                 (written + " on " + sample).c_str());
    }
    QCOMPARE(writeForm(recognise(written)), written);
}

void TestRecognition::formsComeBackFromTheirText()
{
    FormGenerator generator(20261122);
    for (int i = 0; i < 20000; ++i) {
        const MapperForm drawn = generator.form();
        const std::string text = writeForm(drawn);
        const MapperForm back = recognise(text);
        QVERIFY2(shown(back) == shown(drawn),
                 (text + "\n drawn " + shown(drawn) + "\n back  " + shown(back)).c_str());
    }
}

void TestRecognition::theDemoFlowIsDrawn_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("form");

    row("Stripe_Payment_Id__c", "data.object.id", "copy data.object.id");
    row("Amount__c", "$toMajor(data.object.amount, data.object.currency)",
        "convert toMajor of data.object.amount | data.object.currency");
    row("Currency__c", "$uppercase(data.object.currency)",
        "convert uppercase of data.object.currency");
    row("Status__c",
        "data.object.disputed ? \"Disputed\" : data.object.refunded ? \"Refunded\" : "
        "$mapValue(data.object.status, {\"succeeded\": \"Completed\", \"pending\": \"Pending\", "
        "\"failed\": \"Failed\"}, \"Pending\")",
        "condition | data.object.disputed => \"Disputed\" | data.object.refunded => \"Refunded\" | "
        "else $mapValue(data.object.status, {\"succeeded\": \"Completed\", \"pending\": "
        "\"Pending\", \"failed\": \"Failed\"}, \"Pending\")");
    row("Paid_At__c", "$sfDateTime(data.object.created)", "time data.object.created |  |  | 1000");
    row("Account__c", "data.object.metadata.salesforce_account_id",
        "copy data.object.metadata.salesforce_account_id");
    row("Opportunity__c", "data.object.metadata.salesforce_opportunity_id",
        "copy data.object.metadata.salesforce_opportunity_id");
    row("Fee__c", "$toMajor(data.object.application_fee_amount, data.object.currency)",
        "convert toMajor of data.object.application_fee_amount | data.object.currency");
    row("Payment_Methods__c", "data.object.payment_method_details.type",
        "copy data.object.payment_method_details.type");
    row("Card_Last4__c", "data.object.payment_method_details.card.last4",
        "copy data.object.payment_method_details.card.last4");
    row("Failure_Code__c", "data.object.failure_code", "copy data.object.failure_code");
    row("Failure_Message__c",
        "data.object.failure_message ? $substring(data.object.failure_message, 0, 255)",
        "condition | data.object.failure_message => $substring(data.object.failure_message, 0, "
        "255) | else ");
    row("Receipt_Url__c", "data.object.receipt_url", "copy data.object.receipt_url");
    row("Livemode__c", "data.object.livemode", "copy data.object.livemode");
    row("Raw_Event__c", "id & \" \" & type & \" \" & api_version",
        "join | id | ' ' | type | ' ' | api_version");
}

void TestRecognition::theDemoFlowIsDrawn()
{
    QFETCH(QString, text);
    QFETCH(QString, form);
    const MapperForm recognised = recognise(toUtf8(text));
    QCOMPARE(toQString(shown(recognised)), form);
    QCOMPARE(toQString(writeForm(recognised)), text);
    QFile file(QStringLiteral(TIDEWIRE_SOURCE_DIR
                              "/flows/stripe-charge-to-payment/samples/charge.succeeded.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto event = parseJson(file.readAll().toStdString());
    QVERIFY(event.has_value());
    QCOMPARE(outcome(writeForm(recognised), event->root()), outcome(toUtf8(text), event->root()));
}

QTEST_APPLESS_MAIN(TestRecognition)
#include "tst_Recognition.moc"
