// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Expression.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace tw;

namespace {

/// The result as JSON, or "!CODE", optionally with what it has cost.
std::string outcome(const std::string &text, Budget budget = {}, BudgetUse *use = nullptr)
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return "!" + compiled.error().code;
    Environment environment;
    environment.budget = budget;
    environment.use = use;
    Arena arena;
    const auto result = compiled->evaluate(arena, Value::null(), environment);
    if (!result)
        return "!" + result.error().code;
    return result->isUndefined() ? "nothing" : toJson(*result);
}

} // namespace

/// Hostile expressions end with a code, at the same place on every machine, before they cost much;
/// and what is only large is not taken for hostile.
class tst_Budgets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hostileExpressionsEndWithTheirCode_data();
    void hostileExpressionsEndWithTheirCode();
    void harmlessExpressionsAreNotStopped_data();
    void harmlessExpressionsAreNotStopped();
    void costGrowsNoFasterThanTheWork_data();
    void costGrowsNoFasterThanTheWork();
    void stepsAndBytesAreTheSameEveryTime();
    void theSuiteHasItsOwnCode();
    void wallClockStopsWhatIsSlow();
    void unusableRegularExpressionsAreRefusedWithTheirPlace_data();
    void unusableRegularExpressionsAreRefusedWithTheirPlace();
};

void tst_Budgets::hostileExpressionsEndWithTheirCode_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, const char *text, const char *code) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(code);
    };
    row("a text of a hundred million characters", "$pad('x', 1e8)", "!D2015");
    row("the same in front", "$pad('x', -1e8)", "!D2015");
    row("padding wider than any text", "$pad('x', 1e300)", "!D2015");
    row("nested quantifiers, long text", "$contains($pad('', 200000, 'a') & 'b', /^(a+)+$/)",
        "false");
    row("alternatives that overlap", "$contains($pad('', 50000, 'a') & 'b', /^(a|aa)+$/)", "false");
    row("a broken filler", "$length($pad('x', 5, $substring('\xf0\x9f\x98\x80', 0, 1)))", "5");
    row("a large text split at its lines",
        "$count($split($join([1..10000].('line ' & $ & $pad('', 90, 'x')), '\n'), /\\n/))",
        "10000");
    row("a part of a time ten million digits wide", "$length($fromMillis(0, '[s,99999999]'))",
        "1000");
    row("a width beyond all numbers", "$length($fromMillis(0, '[s,99999999999999]'))", "1000");
    row("a range beyond ten million", "[1..1e8]", "!D2014");
    row("many ranges", "[1..9000000].[1..9000000]", "!D2015");
    row("a text doubled sixty times", "$reduce([1..60], function($a, $x){$a & $a}, 'xxxxxxxx')",
        "!D2015");
    row("a list doubled sixty times",
        "$count($reduce([1..60], function($a, $x){$append($a, $a)}, [1, 2]))", "!D2015");
    row("an object that names itself twice",
        "$length($string($reduce([1..60], function($a, $x){{'l': $a, 'r': $a}}, 1)))", "!D1012");
    row("replacing every letter by a long text",
        "$replace($pad('', 100000, 'a'), 'a', $pad('', 100000, 'b'))", "!D2015");
    row("replacing by a regular expression",
        "$replace($pad('', 100000, 'a'), /a/, $pad('', 100000, 'b'))", "!D2015");
    row("replacing by a function",
        "$replace($pad('', 100000, 'a'), /a/, function($m){$pad('', 100000, 'b')})", "!D2015");
    row("joining with a long separator",
        "$join($split($pad('', 100000, 'a'), ''), $pad('', 100000))", "!D2015");
    row("recursion without end", "($f := function($n){1 + $f($n)}; $f(1))", "!D1011");
    row("recursion by way of $map", "($f := function($n){$map([$n], $f)[0] + 1}; $f(1))", "!D1011");
    row("tail recursion without end", "($f := function(){$f()}; $f())", "!D1012");
    row("two functions that call each other at their ends",
        "($f := function(){$g()}; $g := function(){$f()}; $f())", "!D1012");
    row("lists within lists as text", "$string($reduce([1..100000], function($a, $x){[[$a]]}))",
        "!D1011");
    row("lists within lists as result", "$reduce([1..100000], function($a, $x){[[$a]]})", "!D1011");
    row("objects within objects as result", "$reduce([1..100000], function($a, $x){{'a': $a}}, 1)",
        "!D1011");
    row("a product of ranges", "$count([1..10000].($x := $; [1..10000].($x * $)))", "!D2015");
    row("sorting by a slow function", "$sort([1..20000], function($a, $b){$sum([1..1000]) < $b})",
        "!D2015");
    row("grouping by every item", "[1..300000]{$string($): $pad('', 1000)}", "!D2015");
    row("a result that names itself twice",
        "$reduce([1..40], function($a, $x){{'l': $a, 'r': $a}}, 1)", "!D2015");
    row("a result of many large texts", "($t := $pad('', 100000, 'x'); [1..300].$t)", "!D2015");
    row("a list appended to itself, then to others",
        "($a := [1..100]; $b := $append($a, 1); $c := $append($a, 2); $d := $append($b, 3); "
        "$string([$b[100], $c[100], $d[100], $d[101], $count($a), $count($b)]))",
        "\"[1,2,1,3,100,101]\"");
    row("a text continued twice",
        "($a := $pad('', 600, 'x'); $b := $a & '1'; $c := $b & '2'; $d := $b & '3'; $e := $c & "
        "'4'; "
        "$substring($c, 599) & ' ' & $substring($d, 599) & ' ' & $substring($e, 599) & ' ' & "
        "$length($a))",
        "\"x12 x13 x124 600\"");
    row("Roman numerals of a huge number", "$formatInteger(1e15, 'I')", "!D2015");
    row("and of the largest", "$length($formatInteger(1e8, 'I'))", "100000");
}

void tst_Budgets::hostileExpressionsEndWithTheirCode()
{
    QFETCH(QString, text);
    QFETCH(QString, code);
    Budget budget;
    budget.steps = 5'000'000;
    budget.bytes = 64u << 20;
    budget.result = 16u << 20;
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(toQString(outcome(toUtf8(text), budget)), code);
    QVERIFY2(timer.elapsed() < 20'000, "took too long");
}

void tst_Budgets::harmlessExpressionsAreNotStopped_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<uint>("depth");
    QTest::addColumn<QString>("result");
    const auto row = [](const char *name, const char *text, uint depth, const char *result) {
        QTest::newRow(name) << QString::fromUtf8(text) << depth << QString::fromUtf8(result);
    };
    row("a thousand items at a depth of a thousand",
        "$count($map([1..1000], function($v){$v * 2}))", 1000, "1000");
    row("five thousand items at a depth of ten", "$count($map([1..5000], function($v){$v}))", 10,
        "5000");
    row("a thousand items of a path with a function",
        "($f := function($v){$v + 1}; $sum([1..1000].$f($)))", 10, "501500");
    row("functions within predicates", "($f := function($v){$v > 500}; $count([1..1000][$f($)]))",
        10, "500");
    row("tail calls far beyond the depth",
        "($f := function($n, $s){$n = 0 ? $s : $f($n - 1, $s + $n)}; $f(20000, 0))", 20,
        "200010000");
    row("tail calls between two functions",
        "($e := function($n){$n = 0 ? true : $o($n - 1)}; $o := function($n){$n = 0 ? false : "
        "$e($n - 1)}; $e(10000))",
        20, "true");
    row("a constructor over $map",
        "$count($map([1..2000], function($v){{'id': $v, 'all': [1..3], 'n': $string($v)}}))", 20,
        "2000");
    row("a list of thirty thousand built one by one",
        "$count($reduce([1..30000], function($l, $v){$append($l, {'id': $v})}, []))", 10, "30000");
    row("a text of a hundred thousand built one by one",
        "$length($reduce([1..20000], function($t, $v){$t & 'item '}, ''))", 10, "100000");
    row("one list after the other, each dropped",
        "$sum($map([1..2000], function($v){$count([1..1000])}))", 20, "2000000");
}

void tst_Budgets::harmlessExpressionsAreNotStopped()
{
    QFETCH(QString, text);
    QFETCH(uint, depth);
    QFETCH(QString, result);
    Budget budget;
    budget.depth = depth;
    budget.bytes = 64u << 20;
    QCOMPARE(toQString(outcome(toUtf8(text), budget)), result);
}

void tst_Budgets::costGrowsNoFasterThanTheWork_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("a constructor over $map")
        << QStringLiteral("[$map([1..%1], function($v){{'id': $v, 'n': $string($v)}})]");
    QTest::newRow("a constructor within a path") << QStringLiteral("[[1..%1].{'id': $, 'l': [$]}]");
    QTest::newRow("filter and path") << QStringLiteral("[1..%1][$ % 2 = 0].($ * 2)");
    QTest::newRow("grouping") << QStringLiteral("[1..%1]{$string($ % 7): $sum($)}");
    QTest::newRow("adding to a text") << QStringLiteral("$length($join([1..%1].$string($), ','))");
    QTest::newRow("an object as text")
        << QStringLiteral("$length($string([1..%1].{'key': 'text'}))");
    QTest::newRow("distinct") << QStringLiteral("$count($distinct([1..%1]))");
    QTest::newRow("distinct objects") << QStringLiteral("$count($distinct([1..%1].{'a': $}))");
    QTest::newRow("split and join")
        << QStringLiteral("$join($split($pad('', %1, 'a,'), ','), ';')");
    QTest::newRow("appending one by one")
        << QStringLiteral("$count($reduce([1..%1], function($l, $v){$append($l, $v)}, []))");
    QTest::newRow("a text that grows")
        << QStringLiteral("$length($reduce([1..%1], function($t, $v){$t & $v}, ''))");
}

/// Ten times the items may cost at most fifteen times the steps and bytes (n log n has room).
void tst_Budgets::costGrowsNoFasterThanTheWork()
{
    QFETCH(QString, text);
    BudgetUse small;
    BudgetUse large;
    const std::string few = outcome(toUtf8(text.arg(2000)), {}, &small);
    const std::string many = outcome(toUtf8(text.arg(20000)), {}, &large);
    QVERIFY2(few[0] != '!' && many[0] != '!', (few + many).substr(0, 40).c_str());
    QVERIFY2(large.steps <= 15 * small.steps + 1000, "steps");
    QVERIFY2(large.bytes <= 15 * small.bytes + 100'000, "bytes");
}

void tst_Budgets::stepsAndBytesAreTheSameEveryTime()
{
    const std::string text = "$map([1..3000], function($v){$string($v) & $join(['a', 'b'], '-')})";
    BudgetUse first;
    const std::string result = outcome(text, {}, &first);
    QVERIFY(result[0] == '[');
    for (int i = 0; i < 3; ++i) {
        BudgetUse again;
        QCOMPARE(outcome(text, {}, &again), result);
        QCOMPARE(again.steps, first.steps);
        QCOMPARE(again.bytes, first.bytes);
    }
    Budget tight;
    tight.steps = first.steps / 2;
    QCOMPARE(outcome(text, tight), std::string("!D1012"));
    tight = {};
    tight.bytes = first.bytes / 2;
    QCOMPARE(outcome(text, tight), std::string("!D2015"));
}

void tst_Budgets::theSuiteHasItsOwnCode()
{
    Budget budget;
    budget.suiteCodes = true;
    QCOMPARE(outcome("($f := function($n){1 + $f($n)}; $f(1))", budget), std::string("!U1001"));
    budget.wallClock = std::chrono::milliseconds(50);
    budget.steps = 0;
    QCOMPARE(outcome("($f := function(){$f()}; $f())", budget), std::string("!U1001"));
}

void tst_Budgets::wallClockStopsWhatIsSlow()
{
    Budget budget;
    budget.steps = 0;
    budget.wallClock = std::chrono::milliseconds(100);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(outcome("($f := function(){$f()}; $f())", budget), std::string("!D1012"));
    QVERIFY2(timer.elapsed() < 5000, "took too long");
}

void tst_Budgets::unusableRegularExpressionsAreRefusedWithTheirPlace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("marked");
    QTest::addColumn<QString>("word");
    const auto row = [](const char *name, const char *text, const char *marked, const char *word) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(marked)
                            << QString::fromUtf8(word);
    };
    row("looking ahead", "$match(s, /a(?=b)/)", "(?=b)", "look-ahead");
    row("looking ahead for nothing", "1 + $match(s, /a(?!(b|\\))+)c/i)", "(?!(b|\\))+)",
        "negative look-ahead");
    row("looking back", "$match(s, /é(?<=a)b/)", "(?<=a)", "look-behind");
    row("looking back for nothing", "$match(s, /(?<!a\\))b/)", "(?<!a\\))", "negative look-behind");
    row("a reference back", "$match(s, /(a)\\1/)", "\\1", "back reference");
    row("a reference to a name", "$match(s, /(?<x>a)\\k<x>/)", "\\k<x>", "back reference");
    row("a quantifier of nothing", "$match(s, /+/)", "+", "nothing to repeat");
    row("a greedy quantifier", "$match(s, /a++b/)", "++", "side by side");
    row("many repetitions", "$match(s, /[0-9]{5,1001}/)", "{5,1001}", "1000 times");
    row("an atomic group", "$match(s, /(?>a+)b/)", "(?>a+)", "atomic group");
    row("a range that runs backwards", "$match(s, /x[z-a]/)", "z-a", "backwards");
    row("another kind of group", "$match(s, /(?#note)a/)", "(?#", "kind of group");
    row("a look-ahead in a class is none", "$match(s, /[(?=b)](?=c)/)", "(?=c)", "look-ahead");
}

void tst_Budgets::unusableRegularExpressionsAreRefusedWithTheirPlace()
{
    QFETCH(QString, text);
    QFETCH(QString, marked);
    QFETCH(QString, word);
    const auto compiled = Expression::compile(toUtf8(text));
    QVERIFY(!compiled);
    const ExpressionError &error = compiled.error();
    QCOMPARE(error.code, std::string("X1003"));
    QVERIFY(error.phase == ExpressionError::Phase::Compile);
    const std::string part = toUtf8(text).substr(static_cast<std::size_t>(error.start),
                                                 static_cast<std::size_t>(error.end - error.start));
    QCOMPARE(toQString(part), marked);
    QVERIFY2(toQString(error.message).contains(word), error.message.c_str());
}

QTEST_APPLESS_MAIN(tst_Budgets)
#include "tst_Budgets.moc"
