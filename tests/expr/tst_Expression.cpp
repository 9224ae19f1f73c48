// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/data/Money.h"
#include "core/expr/Ast.h"
#include "core/expr/Expression.h"

#include <QElapsedTimer>
#include <QtTest>

#include <atomic>
#include <thread>

using namespace tw;

namespace {

/// The result as JSON, "nothing" for undefined, or "!CODE" for an error.
std::string outcome(std::string_view text, std::string_view input = "null",
                    Environment environment = {})
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return "!" + compiled.error().code;
    const auto document = parseJson(input);
    const auto result = compiled->evaluateToDocument(document->root(), environment);
    if (!result)
        return "!" + result.error().code;
    return result->root().isUndefined() ? "nothing" : toJson(result->root());
}

ExpressionError failure(std::string_view text)
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return compiled.error();
    Arena arena;
    const auto result = compiled->evaluate(arena, Value::null());
    return result ? ExpressionError() : result.error();
}

} // namespace

/// Our own promises about the engine, beyond the conformance suite.
class tst_Expression : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheResult_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("result");
        const auto row = [](const char *name, const char *text, const char *input,
                            const char *result) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(input)
                                << QString::fromUtf8(result);
        };
        row("one match collapses to the item", "a[x=1].y", "{\"a\":[{\"x\":1,\"y\":2},{\"x\":3}]}",
            "2");
        row("no match is nothing", "a[x=9].y", "{\"a\":[{\"x\":1,\"y\":2}]}", "nothing");
        row("[] keeps a single match in a list", "a[x=1].y[]", "{\"a\":[{\"x\":1,\"y\":2}]}",
            "[2]");
        row("a missing field is not null", "a.b", "{\"a\":{\"b\":null}}", "null");
        row("an object drops keys without value", "{\"a\": missing, \"b\": 1}", "{}", "{\"b\":1}");
        row("?? takes the right side for a missing one", "missing ?? 5", "{}", "5");
        row("?? keeps null and false", "[null ?? 5, false ?? 5]", "{}", "[null,false]");
        row("?: takes the right side for a false one", "0 ?: 7", "{}", "7");
        row("& treats nothing as an empty text", "\"a\" & missing & 1", "{}", "\"a1\"");
        row("fifteen digits are printed", "$string(0.1 + 0.2)", "{}", "\"0.3\"");
        row("a parameter that matches nothing takes its argument along",
            "function($a, $b)<j?s>{[$a, $exists($b)]}(\"x\")", "{}", "[\"x\",false]");
        row("a number just below a trillion in words", "$formatInteger(999999999999, \"w\")", "{}",
            "\"nine hundred and ninety-nine billion, nine hundred and ninety-nine million, nine "
            "hundred and ninety-nine thousand, nine hundred and ninety-nine\"");
        row("powers of a thousand in words",
            "[1e3, 1e6, 1e9, 1e12, 1e15, 999999].$formatInteger(\"w\")", "{}",
            "[\"one thousand\",\"one million\",\"one billion\",\"one trillion\",\"one thousand "
            "trillion\",\"nine hundred and ninety-nine thousand, nine hundred and ninety-nine\"]");
        row("a number beyond all words", "$length($formatInteger(1e109, \"w\"))", "{}", "621");
        row("grouping adds up", "a{k: $sum(v)}",
            "{\"a\":[{\"k\":\"x\",\"v\":1},{\"k\":\"y\",\"v\":2},{\"k\":\"x\",\"v\":3}]}",
            "{\"x\":4,\"y\":2}");
        row("sorting is stable and descending", "a^(>v, k).k",
            "{\"a\":[{\"k\":\"b\",\"v\":1},{\"k\":\"a\",\"v\":1},{\"k\":\"c\",\"v\":2}]}",
            "[\"c\",\"a\",\"b\"]");
        row("% is the parent", "a.b.{ 'n': n, 'up': %.name }",
            "{\"a\":{\"name\":\"A\",\"b\":[{\"n\":1},{\"n\":2}]}}",
            "[{\"n\":1,\"up\":\"A\"},{\"n\":2,\"up\":\"A\"}]");
        row("@ joins two lists", "a@$x.b@$y[$y.id = $x.id].{ 'p': $x.p, 'q': $y.q }",
            "{\"a\":[{\"id\":1,\"p\":\"p1\"}],\"b\":[{\"id\":2,\"q\":\"q2\"},{\"id\":1,\"q\":"
            "\"q1\"}]}",
            "{\"p\":\"p1\",\"q\":\"q1\"}");
        row("# numbers the items", "a#$i.{ 'i': $i, 'v': $ }", "{\"a\":[\"x\",\"y\"]}",
            "[{\"i\":0,\"v\":\"x\"},{\"i\":1,\"v\":\"y\"}]");
        row("a transform changes a copy", "$ ~> |a|{'n': n + 1}, 'x'|",
            "{\"a\":{\"n\":1,\"x\":2},\"z\":0}", "{\"a\":{\"n\":2},\"z\":0}");
        row("partial application fills in", "($third := $substring(?, 2, 1); $third('abc'))", "{}",
            "\"c\"");
        row("functions compose", "($f := $trim ~> $uppercase; $f(' a '))", "{}", "\"A\"");
        row("closures see later assignments", "($x := 1; $f := function(){$x}; $x := 2; $f())",
            "{}", "2");
        row("an inner block reads the outer value first", "($x := 1; ($y := $x; $x := 2; $y))",
            "{}", "1");
        row("tail calls need no depth",
            "($f := function($n){$n = 0 ? 'end' : $f($n - 1)}; $f(100000))", "{}", "\"end\"");
        row("large integers are copied exactly", "a", "{\"a\":12345678901234567890}",
            "12345678901234567890");
        row("strings sort by UTF-16 units",
            "$sort([\"\\uFF5E\", \"\\uD83D\\uDE00\"])[0] = \"\\uD83D\\uDE00\"", "{}", "true");
        row("length counts code points", "$length(\"\\uD83D\\uDE00\")", "{}", "1");
        row("a date picture", "$fromMillis(1717761600000, '[D1o] [MNn] [Y0001]')", "{}",
            "\"7th June 2024\"");
        row("a function bound from the text shadows the builtin",
            "($sum := function($x){'mine'}; $sum([1]))", "{}", "\"mine\"");
        row("sfDateTime takes whole doubles", "$sfDateTime(1790858096000 / 1000)", "{}",
            "\"2026-10-01T12:34:56.000Z\"");
        row("sfDateTime refuses fractions", "$sfDateTime(1.5)", "{}", "!X1012");
        row("sfDateTime of nothing is nothing", "$sfDateTime(missing)", "{}", "nothing");
        row("toMajor of null stays null", "[$toMajor(a, 'usd'), $sfDateTime(a), $sfDate(a)]",
            "{\"a\":null}", "[null,null,null]");
        row("toMajor of nothing is nothing", "{\"x\": $toMajor(b, 'usd')}", "{}", "{}");
        row("toMajor refuses fractions", "$toMajor(10.5, 'usd')", "{}", "!X1010");
        row("toMajor refuses what is no currency", "$toMajor(1, 'dollar')", "{}", "!X1011");
        row("toMinor of a decimal is exact", "$toMinor(19.99, 'usd')", "{}", "1999");
        row("mapValue falls back", "$mapValue('x', {'a': 1}, 'none')", "{}", "\"none\"");
        row("parseJson reads embedded documents", "$parseJson(a).b",
            "{\"a\":\"{\\\"b\\\":[1,2]}\"}", "[1,2]");
        row("parseJson refuses what is no JSON", "$parseJson('{')", "{}", "!X1013");
        row("$eval is off", "$eval('1')", "{}", "!X1001");
        row("lookahead is reported when compiling", "$match('a', /a(?=b)/)", "{}", "!X1003");
    }
    void givesTheResult()
    {
        QFETCH(QString, text);
        QFETCH(QString, input);
        QFETCH(QString, result);
        QCOMPARE(toQString(outcome(toUtf8(text), toUtf8(input))), result);
    }

    void reportsThePlace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("position");
        QTest::addColumn<QString>("token");
        const auto row = [](const char *name, const char *text, const char *code, int position,
                            const char *token) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(code) << position
                                << QString::fromUtf8(token);
        };
        row("string without end", "'abc", "S0101", 4, "");
        row("unknown escape", "\"\\q\"", "S0103", 2, "q");
        row("comment without end", "/* x", "S0106", 0, "");
        row("expression ends early", "1 +", "S0207", 3, "(end)");
        row("bracket not closed", "[1,", "S0203", 3, "(end)");
        row("two values side by side", "a b", "S0201", 3, "b");
        row("positions count UTF-16 units", "\xC3\xA9 & \"\xC3\xBC\" 1", "S0201", 9, "1");
        row("literal as a step", "a.1", "S0213", 3, "");
        row("assignment to a literal", "1:=2", "S0212", 1, "1");
        row("operator without left side", ")", "S0211", 1, ")");
        row("binding behind a predicate", "a[1]@$x", "S0215", 5, "");
        row("text times number", "\"a\" * 1", "T2001", 5, "*");
        row("number over text", "1/\"a\"", "T2002", 2, "/");
        row("comparison of two types", "1 > \"a\"", "T2009", 3, ">");
        row("range over text", "[1..\"a\"]", "T2004", 4, "..");
        row("key that is no text", "{1:2}", "T1003", 1, "");
        row("function without dollar", "sum(1)", "T1005", 4, "sum");
        row("unknown function", "$foo(1)", "T1006", 5, "foo");
        row("wrong argument", "$length(1)", "T0410", 8, "length");
        row("array of wrong items", "$sum(\"a\")", "T0412", 5, "sum");
        row("own error", "$error(\"q\")", "D3137", 7, "error");
        row("two equal keys", "{\"a\":1,\"a\":2}", "D1009", 1, "");
    }
    void reportsThePlace()
    {
        QFETCH(QString, text);
        QFETCH(QString, code);
        QFETCH(int, position);
        QFETCH(QString, token);
        const ExpressionError error = failure(toUtf8(text));
        QCOMPARE(toQString(error.code), code);
        QCOMPARE(error.position, position);
        QCOMPARE(toQString(error.token), token);
        QVERIFY(!error.message.empty());
        const Error asError = error.toError();
        const bool compiling = error.phase == ExpressionError::Phase::Compile;
        QVERIFY(asError.kind == (compiling ? ErrorKind::Config : ErrorKind::Rejected));
    }

    void everyCurrencyBecomesMajorUnitsExactly_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("result");
        for (const CurrencyRule &rule : listedCurrencies()) {
            const auto money = Money::fromMinor(1200, rule.code);
            QTest::newRow(rule.code.c_str())
                << toQString("$toMajor(1200, '" + rule.code + "')")
                << toQString(money->major().rescaled(0, Decimal::Rounding::HalfEven)->toString() ==
                                     "1200"
                                 ? "1200"
                             : rule.exponent == 3 ? "1.2"
                                                  : "12");
        }
        QTest::newRow("1099 usd") << QStringLiteral("$toMajor(1099, 'usd')")
                                  << QStringLiteral("10.99");
        QTest::newRow("1099 jpy") << QStringLiteral("$toMajor(1099, 'jpy')")
                                  << QStringLiteral("1099");
        QTest::newRow("1099 kwd") << QStringLiteral("$toMajor(1099, 'kwd')")
                                  << QStringLiteral("1.099");
        QTest::newRow("500 ugx") << QStringLiteral("$toMajor(500, 'ugx')") << QStringLiteral("5");
    }
    void everyCurrencyBecomesMajorUnitsExactly()
    {
        QFETCH(QString, expression);
        QFETCH(QString, result);
        QCOMPARE(toQString(outcome(toUtf8(expression))), result);
    }

    void absentAndInfiniteNumbersAreNoAccident_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("result");
        const auto row = [](const char *name, const char *text, const char *result) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(result);
        };
        row("an absent start takes all", "$substring('hello', absent)", "\"hello\"");
        row("an absent start ends nowhere", "$substring('hello', absent, 2)", "\"\"");
        row("an endless length takes the rest", "$substring('hello', 1, 1/0)", "\"ello\"");
        row("an endless number has no digits", "$formatBase(1/0, 16)", "!D1001");
        row("a year beyond all calendars", "$toMillis('99999999999999999999', '[Y]')", "null");
        row("padding to an absent width", "$pad('x', absent)", "\"x\"");
    }
    void absentAndInfiniteNumbersAreNoAccident()
    {
        QFETCH(QString, text);
        QFETCH(QString, result);
        QCOMPARE(toQString(outcome(toUtf8(text))), result);
    }

    void hostileExpressionsEndQuickly_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *name, const QString &text, const char *code) {
            QTest::newRow(name) << text << QString::fromUtf8(code);
        };
        row("a hundred thousand parentheses", QString(100000, QLatin1Char('(')), "!X1002");
        row("a hundred thousand minus signs", QString(100000, QLatin1Char('-')), "!X1002");
        row("a hundred thousand brackets", QString(100000, QLatin1Char('[')), "!X1002");
        row("huge padding", QStringLiteral("$pad('x', 1e9)"), "!D2015");
        row("exponential regular expression",
            QStringLiteral("$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaab', /^(a+)+$/)"), "nothing");
        row("recursion without end", QStringLiteral("($f := function($n){1 + $f($n)}; $f(1))"),
            "!D1011");
        row("tail recursion without end", QStringLiteral("($f := function(){$f()}; $f())"),
            "!D1012");
        row("doubling a text",
            QStringLiteral("$reduce([1..60], function($a, $x){$a & $a}, 'xxxxxxxx')"), "!D2015");
        row("doubling a list",
            QStringLiteral("$count($reduce([1..60], function($a, $x){$append($a, $a)}, [1,2]))"),
            "!D2015");
        row("too large a range", QStringLiteral("[1..1e9]"), "!D2014");
        row("deep nesting by reduce",
            QStringLiteral("$string($reduce([1..100000], function($a, $x){[[$a]]}))"), "!D1011");
        row("product of ranges", QStringLiteral("[1..10000].(  $x := $; [1..10000].($x * $) )"),
            "!D1012");
    }
    void hostileExpressionsEndQuickly()
    {
        QFETCH(QString, text);
        QFETCH(QString, code);
        QElapsedTimer timer;
        timer.start();
        Environment environment;
        environment.budget.steps = 2'000'000;
        environment.budget.bytes = 64u << 20;
        QCOMPARE(toQString(outcome(toUtf8(text), "null", environment)), code);
        QVERIFY2(timer.elapsed() < 10000, "took too long");
    }

    void budgetsFailAtTheSamePlaceEveryTime()
    {
        Environment environment;
        environment.budget.steps = 777;
        const auto compiled = Expression::compile("$map([1..1000], function($v){ $v * 2 })");
        std::string first;
        for (int i = 0; i < 5; ++i) {
            Arena arena;
            const auto result = compiled->evaluate(arena, Value::null(), environment);
            QVERIFY(!result);
            QCOMPARE(result.error().code, std::string("D1012"));
        }
    }
    void depthDoesNotLeakPerItem()
    {
        Environment environment;
        environment.budget.depth = 1000;
        QCOMPARE(outcome("$count($map([1..5000], function($v){ $v }))", "null", environment),
                 std::string("5000"));
    }

    void anExpressionIsSharedByThreads()
    {
        const auto compiled =
            Expression::compile("$sum(a.v) & '/' & $count(a[v > 1]) & $replace(n, /b+/, 'x')");
        const auto document = parseJson("{\"a\":[{\"v\":1},{\"v\":2}],\"n\":\"abbc\"}");
        std::vector<std::thread> threads;
        std::atomic<int> right = 0;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 500; ++n) {
                    Arena arena;
                    const auto result = compiled->evaluate(arena, document->root());
                    right += result && result->text() == "3/1axc" ? 1 : 0;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(right.load(), 2000);
    }

    void clockAndSeedAreGiven()
    {
        Environment environment;
        environment.now = Instant::fromSeconds(1'790'858'096);
        environment.seed = 7;
        QCOMPARE(outcome("$now()", "null", environment),
                 std::string("\"2026-10-01T12:34:56.000Z\""));
        QCOMPARE(outcome("$millis()", "null", environment), std::string("1790858096000"));
        QCOMPARE(outcome("$shuffle([1..20])", "null", environment),
                 outcome("$shuffle([1..20])", "null", environment));
        QCOMPARE(outcome("$random()", "null", environment),
                 outcome("$random()", "null", environment));
    }
    void bindingsAreSeenAndMayShadow()
    {
        Environment environment;
        environment.bindings.push_back({"rate", Value::number(1.5)});
        QCOMPARE(outcome("2 * $rate", "null", environment), std::string("3"));
        environment.bindings.push_back({"sum", Value::integer(9)});
        QCOMPARE(outcome("$sum", "null", environment), std::string("9"));
    }

    void infinityDoesNotPassUnnoticed()
    {
        const auto compiled = Expression::compile("{'a': {'b': [1, 1/0]}}");
        Arena arena;
        const auto result = compiled->evaluate(arena, Value::null());
        QVERIFY(result.has_value());
        const auto checked = checkFinite(*result);
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, std::string("expr.not_finite"));
        QCOMPARE(checked.error().where, std::string("a.b[1]"));
    }

    void theTreeTellsWhereEverythingStands()
    {
        const std::string text = "{ 'Name': $trim(billing.name) }";
        const auto compiled = Expression::compile(text);
        QVERIFY(compiled.has_value());
        const expr::Ast &object = compiled->ast();
        QVERIFY(object.kind == expr::AstKind::Object);
        const expr::Ast &call = *object.pairs.front().value;
        const auto part = [&text](const expr::Ast &node) {
            return text.substr(static_cast<std::size_t>(node.start),
                               static_cast<std::size_t>(node.end - node.start));
        };
        QCOMPARE(part(call), std::string("$trim(billing.name)"));
        QCOMPARE(part(*call.items.front()), std::string("billing.name"));
    }
};

QTEST_APPLESS_MAIN(tst_Expression)
#include "tst_Expression.moc"
