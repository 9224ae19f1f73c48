// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Findings.h"
#include "core/base/Text.h"
#include "tests/analysis/FindingTexts.h"
#include "tests/analysis/Shapes.h"
#include "tests/expr/Cases.h"

#include <QtTest>

#include <algorithm>
#include <cstdio>

using namespace tw;
using namespace tw::analysis;
using namespace tw::test;

namespace {

bool saysAlwaysFails(const ExpressionFinding &finding)
{
    return finding.message.starts_with("This call always fails") ||
           finding.message.starts_with("This object always fails");
}

} // namespace

/// Calls that fail whatever arrives are told while somebody types, and no call that can go well.
class tst_CallFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsThatAlwaysFail_data();
    void callsThatAlwaysFail();
    void callsThatMayGoWell_data();
    void callsThatMayGoWell();
    void theEvaluatorsSentenceIsTold();
    void whatIsReachedSometimesIsAWarning();
    void divisionsByZeroAreWarnedOf();
    void forgottenDollarsAreAdded();
    void evaluationsAreFew();
    void noOpenCaseIsAccused();
    void noBenchmarkMappingIsAccused();
};

void tst_CallFailures::callsThatAlwaysFail_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("found");
    const auto row = [](const char *name, const char *text, const char *found) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(found);
    };
    row("too many arguments", "$sqrt(data.object.amount, 2)",
        "expr.T0410 «$sqrt(data.object.amount, 2)»");
    row("too few arguments", "$pad(data.object.id)", "expr.T0410 «$pad(data.object.id)»");
    row("a literal of the wrong type", "$substring(data.object.id, \"3\")",
        "expr.T0410 «$substring(data.object.id, \"3\")»");
    row("a computed text where a number is due", "$round(data.object.id & \"0\")",
        "expr.T0410 «$round(data.object.id & \"0\")»");
    row("a list that holds a text", "$sum([data.object.amount, \"5\"])",
        "expr.T0412 «$sum([data.object.amount, \"5\"])»");
    row("one text in place of a list of numbers", "$max(\"5\")", "expr.T0412 «$max(\"5\")»");
    row("no function where one is due", "$map(data.object.tags, \"upper\")",
        "expr.T0410 «$map(data.object.tags, \"upper\")»");
    row("a missing function", "$filter(data.object.tags)",
        "expr.T0410 «$filter(data.object.tags)»");
    row("an own function of ours", "$toMajor(data.object.amount, 2)",
        "expr.T0410 «$toMajor(data.object.amount, 2)»");
    row("a chain", "data.object.id ~> $substring(\"3\")",
        "expr.T0410 «data.object.id ~> $substring(\"3\")»");
    row("a chain without parentheses", "\"x\" ~> $number", "expr.D3030 «\"x\" ~> $number»");
    row("a lambda with a signature", "($f := function($n)<n:n>{ $n }; $f(\"a\"))",
        "expr.T0410 «$f(\"a\")»");
    row("a lambda called where it stands", "function($n)<n:n>{ $n + 1 }(data.object.id & \"\")",
        "expr.T0410 «function($n)<n:n>{ $n + 1 }(data.object.id & \"\")»");
    row("a lambda with too many arguments", "($f := function($n)<n:n>{ $n }; $f(1, 2))",
        "expr.T0410 «$f(1, 2)»");
    row("a constant that is no number", "$number(\"abc\")", "expr.D3030 «$number(\"abc\")»");
    row("an unknown currency", "$toMajor(1099, \"xxx\")", "expr.X1011 «$toMajor(1099, \"xxx\")»");
    row("a broken picture", "$formatNumber(1, \"0.0.0\")",
        "expr.D3081 «$formatNumber(1, \"0.0.0\")»");
    row("an unknown currency for an amount", "$toMajor(data.object.amount, \"uss\")",
        "expr.X1011 «\"uss\"»");
    row("the same behind a chain", "data.object.amount ~> $toMajor(\"uss\")",
        "expr.X1011 «\"uss\"»");
    row("and for the context", "data.object.amount.$toMajor(\"uss\")", "expr.X1011 «\"uss\"»");
    row("a currency to convert to",
        "$convertCurrency(12, data.object.currency, \"euro\", {\"EUR\": 1})",
        "expr.X1011 «\"euro\"»");
    row("an unknown zone", "$sfDate(data.object.created, \"Europe/Berln\")",
        "expr.X1016 «\"Europe/Berln\"»");
    row("a broken picture of a number", "$formatNumber(data.object.created, \"0.0.0\")",
        "expr.D3081 «\"0.0.0\"»");
    row("a broken picture of a time", "$fromMillis(data.object.created * 1000, \"[Q]\")",
        "expr.D3132 «\"[Q]\"»");
    row("a base beyond the letters", "$formatBase(data.object.amount, 99)", "expr.D3100 «99»");
    row("an empty text to replace", "$replace(data.object.id, \"\", \"x\")", "expr.D3010 «\"\"»");
    row("a key twice", "{\"a\": data.object.id, \"b\": 1, \"a\": 2}", "expr.D1009 «\"a\"»");
    row("a list of numbers to join", "$join([data.object.amount])",
        "expr.T0412 «$join([data.object.amount])»");
    row("the inner of two", "$string($sqrt(-4)) & data.object.id", "expr.D3060 «$sqrt(-4)»");
    row("a constant with a lambda", "$map([1, 2], function($v) { $v + \"a\" })",
        "expr.T2002 «$map([1, 2], function($v) { $v + \"a\" })»");
    row("by the schema alone", "$each(data.object.id, $string)",
        "expr.T0410 «$each(data.object.id, $string)»");
    row("a text of the source among numbers", "$sum(data.object.description)",
        "expr.T0412 «$sum(data.object.description)»");
    row("two of them", "$sqrt(-1) + $number(\"x\")",
        "expr.D3060 «$sqrt(-1)»; expr.D3030 «$number(\"x\")»");
}

void tst_CallFailures::callsThatAlwaysFail()
{
    QFETCH(QString, text);
    QFETCH(QString, found);
    const auto findings = findingsOf(toUtf8(text), chargeSurroundings());
    QCOMPARE(brief(toUtf8(text), findings).join(QStringLiteral("; ")), found);
    QVERIFY(saysAlwaysFails(findings.front()));
    QVERIFY(!findings.front().fix.empty());
}

void tst_CallFailures::callsThatMayGoWell_data()
{
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const char *text) {
        QTest::newRow(name) << QString::fromUtf8(text);
    };
    row("nothing passes nearly everywhere", "$sqrt(nothing)");
    row("a condition without else", "$uppercase(data.object.livemode ? \"a\")");
    row("the context as the only argument", "data.object.id.$uppercase()");
    row("the context as the first argument", "data.object.id.$substring(0, 3)");
    row("the context of a chain", "data.object.id ~> $substring(1, 2)");
    row("a partial application", "($first := $substring(?, 0, 3); $first(data.object.id))");
    row("a wrong partial application that nobody calls", "($f := $substring(?, \"a\"); 1)");
    row("a name with a meaning of its own", "($sqrt := function($x, $y) { $x }; $sqrt(\"a\", 1))");
    row("a parameter of that name", "$map(data.object.tags, function($sqrt) { $sqrt(\"a\") })");
    row("a function bound twice",
        "($f := function($n)<n:n>{ $n }; $f := function($s)<s:s>{ $s }; $f(\"a\"))");
    row("a lambda without signature takes any number", "($f := function($a) { $a }; $f(1, 2, 3))");
    row("a lambda of the context", "data.object.amount.(function($n)<n-:n>{ $n }())");
    row("a failure on purpose", "data.object.livemode ? 1 : $error(\"test data\")");
    row("an assertion", "$assert(false, \"never\")");
    row("what the clock says", "$number($now(\"[Y]\"))");
    row("chance", "$formatBase($floor($random() * 10), 10)");
    row("more than the budget of a look", "$count([1..1000000])");
    row("much text", "$length($pad(\"\", 100000000))");
    row("an endless recursion", "($f := function($n) { $f($n) + 1 }; 1)");
    row("a single value where a list is due", "$sum(data.object.amount)");
    row("lists of lists", "$sum([data.object.lines.data.quantity, 1])");
    row("composed functions", "($f := $trim ~> $uppercase; $f(data.object.id))");
    row("a matcher", "$replace(data.object.id, /a/, function($m) { $m.match })");
    row("null handed on by ours", "$exists($toMajor(null, \"usd\"))");
}

void tst_CallFailures::callsThatMayGoWell()
{
    QFETCH(QString, text);
    const auto findings = findingsOf(toUtf8(text), chargeSurroundings());
    const bool accused = std::ranges::any_of(findings, saysAlwaysFails);
    QVERIFY2(!accused, brief(toUtf8(text), findings).join(u'\n').toUtf8().constData());
}

void tst_CallFailures::theEvaluatorsSentenceIsTold()
{
    const auto findings = findingsOf("$pad(data.object.id)", chargeSurroundings());
    QCOMPARE(findings.size(), std::size_t{1});
    QCOMPARE(toQString(findings[0].message),
             QStringLiteral("This call always fails: Argument 2 (width) of $pad is missing: "
                            "$pad(text?, width, character?)."));
    const auto known = findingsOf("$uppercase(5)", chargeSurroundings());
    QCOMPARE(known.size(), std::size_t{1});
    QVERIFY(!known[0].fixes.empty());
    QCOMPARE(toQString(repaired("$uppercase(5)", known[0].fixes[0])),
             QStringLiteral("$uppercase($string(5))"));
}

void tst_CallFailures::whatIsReachedSometimesIsAWarning()
{
    const Surroundings here = chargeSurroundings();
    QVERIFY(findingsOf("{\"a\": $sqrt(-1)}", here).at(0).severity == Severity::Error);
    QVERIFY(findingsOf("data.object.livemode ? $sqrt(-1) : 1", here).at(0).severity ==
            Severity::Warning);
    QVERIFY(findingsOf("nothing ?? $sqrt(-1)", Surroundings()).at(0).severity == Severity::Warning);
    QVERIFY(findingsOf("$each(data.object.id, $string)", here).at(0).severity == Severity::Warning);
}

void tst_CallFailures::divisionsByZeroAreWarnedOf()
{
    const Surroundings here = chargeSurroundings();
    for (const char *text : {"data.object.created / 0", "data.object.created % 0.0"}) {
        const auto findings = findingsOf(text, here);
        QCOMPARE(findings.size(), std::size_t{1});
        QCOMPARE(findings[0].code, std::string("expr.D1001"));
        QVERIFY(findings[0].severity == Severity::Warning);
    }
    QVERIFY(findingsOf("0 / data.object.created", here).empty());
}

void tst_CallFailures::forgottenDollarsAreAdded()
{
    const std::string text = "sum(data.object.lines.data.quantity)";
    const auto findings = findingsOf(text, Surroundings());
    QCOMPARE(brief(text, findings), QStringList{toQString("expr.T1005 «" + text + "»")});
    QCOMPARE(toQString(repaired(text, findings[0].fixes.at(0))),
             QStringLiteral("$sum(data.object.lines.data.quantity)"));
    QVERIFY(findingsOf("{\"sum\": function($x) { 1 }}.sum(2)", Surroundings()).empty());
}

/// Many calls, calls in calls and a long list end soon.
void tst_CallFailures::evaluationsAreFew()
{
    std::string nested = "1";
    for (int i = 0; i < 150; ++i)
        nested = "$abs(" + nested + ')';
    std::string many = "[";
    for (int i = 0; i < 3000; ++i)
        many += "$pad(\"a\", 20000),";
    many.back() = ']';
    QElapsedTimer timer;
    timer.start();
    QVERIFY(findingsOf(nested, Surroundings()).empty());
    QVERIFY(findingsOf(many, Surroundings()).empty());
    QVERIFY2(timer.elapsed() < 5000, "the findings take long");
}

void tst_CallFailures::noOpenCaseIsAccused()
{
    const Suite suite;
    if (suite.cases().empty())
        QSKIP("The JSONata suite is not on this machine (TIDEWIRE_SHARED).");
    int checked = 0;
    int accused = 0;
    for (const SuiteCase &one : suite.cases()) {
        const auto compiled = Expression::compile(one.text);
        Arena arena;
        if (!compiled || !compiled->evaluate(arena, one.input, one.environment()))
            continue;
        ++checked;
        Surroundings blind;
        Surroundings seeing;
        seeing.input = shapeOf(one.input);
        for (const Member &member : one.test.get("bindings").members()) {
            blind.bindings.emplace(std::string(member.key.text()), Shape());
            seeing.bindings.emplace(std::string(member.key.text()), shapeOf(member.value));
        }
        for (const Surroundings &around : {blind, seeing}) {
            for (const ExpressionFinding &finding : findingsOf(one.text, around)) {
                if (!saysAlwaysFails(finding))
                    continue;
                ++accused;
                std::printf("  %s: %s\n      %s\n", one.name.c_str(), one.text.c_str(),
                            finding.message.c_str());
            }
        }
    }
    std::printf("%d cases give a value\n", checked);
    QVERIFY(checked > 900);
    QCOMPARE(accused, 0);
}

void tst_CallFailures::noBenchmarkMappingIsAccused()
{
    const auto mappings = benchMappings();
    if (mappings.empty())
        QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
    for (const BenchMapping &mapping : mappings) {
        Surroundings here;
        for (int known = 0; known < 2; ++known) {
            const auto findings = findingsOf(mapping.text, here);
            QVERIFY2(!std::ranges::any_of(findings, saysAlwaysFails), mapping.id.c_str());
            here.input = shapeOf(mapping.event()->root());
        }
    }
}

QTEST_APPLESS_MAIN(tst_CallFailures)
#include "tst_CallFailures.moc"
