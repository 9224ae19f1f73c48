// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Format.h"

#include "core/analysis/Lexemes.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Parser.h"
#include "tests/expr/Cases.h"
#include "tests/expr/TreeText.h"

#include <QtTest>

#include <algorithm>

using namespace tw;
using namespace tw::test;
using tw::analysis::formatted;

namespace {

/// What an expression gives for a case, as text.
std::string outcome(const SuiteCase &one, const std::string &text)
{
    Arena arena;
    const Environment environment = one.environment();
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return compiled.error().code;
    const auto result = compiled->evaluate(arena, one.input, environment);
    if (!result)
        return result.error().code;
    return result->isUndefined() ? "nothing" : toJson(*result);
}

std::string treeOf(const std::string &text)
{
    auto tree = expr::parse(text);
    return tree ? treeText(**tree, true) : tree.error().code;
}

std::vector<std::string> commentsOf(const std::string &text)
{
    std::vector<std::string> found;
    for (const auto &lexeme : analysis::lexemesOf(text)) {
        if (lexeme.kind == analysis::Lexeme::Kind::Comment)
            found.emplace_back(lexeme.in(text));
    }
    return found;
}

} // namespace

/// One way to write each thing, without a change of meaning.
class tst_Format : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesTheCanonicalText_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        const auto row = [](const char *name, const char *text, const char *canonical) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(canonical);
        };
        row("operators get blanks", "a+b*c", "a + b * c");
        row("strings get double quotes", "'it''s'", "S0201");
        row("a quote inside is escaped", "'say \"hi\"'", "\"say \\\"hi\\\"\"");
        row("control characters are escaped", "\"a\nb\\u0001\"", "\"a\\nb\\u0001\"");
        row("needless backquotes go", "`a`.`odd name`.`and`", "a.`odd name`.`and`");
        row("a backquote within a name stays bare", "ff`.b + x`y", "ff`.b + x`y");
        row("a signature that cannot be written stays", "function($a,$b)<nn:a/>{$a}/>{$b}",
            "function($a,$b)<nn:a/>{$a}/>{$b}");
        row("a step in quotes is a name", "a.\"b\".'odd name'", "a.b.`odd name`");
        row("needless parentheses go", "((a * b)) + (c)", "a * b + c");
        row("needed parentheses stay", "(a + b) * c", "(a + b) * c");
        row("parentheses of a step stay", "(a.b)[0]", "(a.b)[0]");
        row("parentheses that guide the reader stay", "(a = b) ?? c", "(a = b) ?? c");
        row("what a coalesce would swallow stays apart", "(a ?? b) & c", "(a ?? b) & c");
        row("a condition before a colon stays apart", "x ? (a ? b) : c", "x ? (a ? b) : c");
        row("a list in a list stays in parentheses", "[([1, 2])]", "[([1, 2])]");
        row("a scope stays", "$f(($x := 1))", "$f(($x := 1))");
        row("lists and objects", "{'a':[1,2 , 3],\"b\":{} }", "{\"a\": [1, 2, 3], \"b\": {}}");
        row("a range", "[ 1 .. $count( x ) ]", "[1..$count(x)]");
        row("sorting", "a^( >b , < c )", "a^(>b, c)");
        row("a lambda", "λ($a,$b)<nn:n>{$a+$b}", "function($a, $b)<nn:n> { $a + $b }");
        row("a transform", "x ~> | a | {'b':1} , ['c'] |", "x ~> |a|{\"b\": 1}, [\"c\"]|");
        row("a partial application", "$f( ? ,2)", "$f(?, 2)");
        row("keeping a list", "a [ ] . b[0][]", "a[].b[][0]");
        row("bindings of steps", "a @ $x . b # $i", "a@$x.b#$i");
        row("a regular expression", "$match( x,/a[/]b/i )", "$match(x, /a[/]b/i)");
        row("a division after a kept list", "(a[]) / 2", "(a[]) / 2");
        row("a semicolon at the end goes", "(a; b;)", "(a; b)");
    }
    void writesTheCanonicalText()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto result = formatted(toUtf8(text));
        QCOMPARE(toQString(result ? *result : result.error().code), canonical);
    }

    void breaksWhatDoesNotFit()
    {
        const auto result = formatted(
            "data.object.{\"Status\": "
            "$lookup({\"succeeded\":\"Completed\",\"pending\":\"Pending\"},"
            " status) ?? \"Needs review\", \"Risk\": risk > 65 ? \"High\" : risk > 30 ? "
            "\"Elevated\""
            " : \"Normal\", \"Net\": $map(lines, function($l) { ($net := $l.amount - $l.discount; "
            "$net > 0 ? $net : 0) }), \"Name\": first_name & \" \" & middle_name & \" \" & "
            "last_name}",
            {60, 2});
        QVERIFY(result.has_value());
        QCOMPARE(toQString(*result), QStringLiteral(R"(data.object.{
  "Status": $lookup(
    {"succeeded": "Completed", "pending": "Pending"},
    status
  )
    ?? "Needs review",
  "Risk": risk > 65 ? "High"
    : risk > 30 ? "Elevated"
    : "Normal",
  "Net": $map(lines, function($l) {(
    $net := $l.amount - $l.discount;
    $net > 0 ? $net : 0
  )}),
  "Name": first_name & " " & middle_name & " " & last_name
})"));
        ;
    }

    void keepsComments_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        const auto row = [](const char *name, const char *text, const char *canonical) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(canonical);
        };
        row("before all", "/* head */\na", "/* head */\na");
        row("behind all", "a /* tail */", "a /* tail */");
        row("inside a line", "a+/*why*/b", "a + /*why*/ b");
        row("in a call without arguments", "$f( /* none */ )", "$f(/* none */)");
        row("before a comma", "[a /* x */,b]", "[a /* x */, b]");
        row("at the end of a line", "{\"a\": 1, /* first */\n\"b\": 2}",
            "{\n  \"a\": 1, /* first */\n  \"b\": 2\n}");
        row("on its own line", "{\"a\": 1,\n/* second */\n\"b\": 2}",
            "{\n  \"a\": 1,\n  /* second */\n  \"b\": 2\n}");
        row("before a closing bracket", "{\"a\": 1\n/* end */\n}", "{\n  \"a\": 1\n  /* end */\n}");
        row("in parentheses that go", "(/* x */ a) + b", "a /* x */ + b");
        row("among parameters", "function($a /* x */, $b) { $a }",
            "function($a /* x */, $b) { $a }");
    }
    void keepsComments()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto result = formatted(toUtf8(text));
        QVERIFY(result.has_value());
        QCOMPARE(toQString(*result), canonical);
        QCOMPARE(toQString(*formatted(*result)), canonical);
    }

    void aTextThatDoesNotCompileGivesItsError()
    {
        const auto result = formatted("a + ");
        QVERIFY(!result.has_value());
        QCOMPARE(toQString(result.error().code), QStringLiteral("S0207"));
    }

    void theSuiteKeepsItsMeaning()
    {
        const Suite suite;
        if (suite.cases().empty())
            QSKIP("The JSONata suite is not on this machine (TIDEWIRE_SHARED).");
        int checked = 0;
        int failures = 0;
        const auto problem = [&](const SuiteCase &one, const char *what, const std::string &text) {
            ++failures;
            std::printf("%s: %s\n  %s\n  -> %s\n", one.name.c_str(), what, one.text.c_str(),
                        text.c_str());
        };
        for (const SuiteCase &one : suite.cases()) {
            for (const int width : {96, 20}) {
                const auto first = formatted(one.text, {width, 2});
                if (!first)
                    continue;
                ++checked;
                const auto second = formatted(*first, {width, 2});
                if (!second || *second != *first)
                    problem(one, "is no fixed point", *first);
                else if (treeOf(one.text) != treeOf(*first))
                    problem(one, "is another tree", *first);
                else if (width == 96 && !one.name.starts_with("function-shuffle") &&
                         one.test.get("timelimit").isUndefined() &&
                         outcome(one, one.text) != outcome(one, *first))
                    problem(one, "gives something else", *first);
            }
        }
        std::printf("%d texts checked\n", checked);
        QCOMPARE(failures, 0);
        QVERIFY(checked > 2000);
    }

    void commentsSurviveEverywhere()
    {
        const auto texts = benchTexts();
        if (texts.empty())
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        for (const std::string &text : texts) {
            const auto lexemes = analysis::lexemesOf(text);
            for (const char *comment : {" /* one */ ", " /* one */\n", "\n/* one */\n"}) {
                for (std::size_t i = 0; i <= lexemes.size(); i += 1) {
                    const auto at = static_cast<std::size_t>(
                        i < lexemes.size() ? lexemes[i].start : static_cast<int>(text.size()));
                    const std::string with = text.substr(0, at) + comment + text.substr(at);
                    checkComments(with);
                    if (QTest::currentTestFailed())
                        return;
                }
            }
        }
    }

private:
    static void checkComments(const std::string &text)
    {
        const auto first = formatted(text);
        QVERIFY2(first.has_value(), text.c_str());
        QVERIFY2(commentsOf(*first) == commentsOf(text), first->c_str());
        QVERIFY2(treeOf(text) == treeOf(*first), first->c_str());
        const auto second = formatted(*first);
        QVERIFY2(second.has_value() && *second == *first,
                 (*first + "\n->\n" + (second ? *second : "")).c_str());
    }
};

QTEST_APPLESS_MAIN(tst_Format)
#include "tst_Format.moc"
