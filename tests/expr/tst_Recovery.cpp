// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/expr/Parser.h"
#include "tests/expr/Cases.h"
#include "tests/expr/TreeText.h"

#include <QtTest>

using namespace tw;
using namespace tw::test;
using tw::expr::parseRecovering;

namespace {

int holes(const expr::Ast &node)
{
    int count = node.kind == expr::AstKind::Error ? 1 : 0;
    expr::eachPart(node, [&count](const expr::Ast &part) { count += holes(part); });
    return count;
}

bool liesIn(const expr::Ast &node, int size)
{
    bool good = node.start >= 0 && node.start <= node.end && node.end <= size;
    expr::eachPart(node, [&](const expr::Ast &part) { good = good && liesIn(part, size); });
    return good;
}

/// What must hold for any text.
void check(const std::string &text)
{
    const auto recovered = parseRecovering(text);
    QVERIFY2(recovered.tree, text.c_str());
    QVERIFY2(liesIn(*recovered.tree, static_cast<int>(text.size())), text.c_str());
    const auto compiled = Expression::compile(text);
    if (compiled) {
        QVERIFY2(recovered.errors.empty(), text.c_str());
        QVERIFY2(treeText(*recovered.tree) == treeText(compiled->ast()), text.c_str());
        return;
    }
    const ExpressionError &wanted = compiled.error();
    bool found = false;
    for (const ExpressionError &error : recovered.errors) {
        found = found || (error.code == wanted.code && error.position == wanted.position &&
                          error.message == wanted.message);
        QVERIFY2(!error.message.empty(), error.code.c_str());
        QVERIFY2(error.start >= 0 && error.start <= error.end &&
                     error.end <= static_cast<int>(text.size()),
                 (text + " " + error.code).c_str());
    }
    QVERIFY2(found,
             (text + "\nlacks " + wanted.code + " at " + std::to_string(wanted.position) +
              (recovered.errors.empty() ? ""
                                        : "; has " + recovered.errors.front().code + " at " +
                                              std::to_string(recovered.errors.front().position)))
                 .c_str());
}

} // namespace

/// Half-typed text: always a tree, and every independent mistake at its place.
class tst_Recovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsEachMistakeWhereItIs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("errors"); // code and the very characters
        const auto row = [](const char *name, const char *text, const char *errors) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(errors);
        };
        row("nothing", "", "S0207<>");
        row("a dot without a field", "data.object.", "S0207<>");
        row("an operator without its right side", "a + ", "S0207<>");
        row("a missing value in each of three fields",
            "{\"a\": 1 +, \"b\": amount, \"c\": $f(x, ), \"d\": * }", "S0211<,> S0211<)>");
        row("two fields with mistakes", "{\"a\": 1 + , \"ü\": b c, \"d\": = 5}",
            "S0211<,> S0202<c> S0211<=>");
        row("a missing closing bracket", "$sum((a + b)", "S0203<>");
        row("a wrong closing bracket", "$sum(a] + b", "S0202<]>");
        row("a bracket too many", "a) + b", "S0201<)>");
        row("an unclosed call in an object", "{\"a\": (1 + 2, \"b\": = 3}", "S0202<,> S0211<=>");
        row("an unclosed call before a statement", "($a := $f(1; $b := * / ; $a)",
            "S0202<;> S0211<;>");
        row("a string without its quote", "{\"a\": 1 2,\n\"b\": \"open}\n",
            "S0202<2> S0101<\"open}> S0203<>");
        row("an unknown escape", "\"a\\qb\" & = 2", "S0103<q> S0211<=>");
        row("an unknown operator", "a ! b", "S0204<!> S0201<b>");
        row("a wrong assignment", "(a := 1; b := 2)", "S0212<a> S0212<b>");
        row("a wrong parameter", "function($a, b) { = 1 }", "S0208<b> S0211<=>");
        row("literals as steps", "[a.1, b.true]", "S0213<1> S0213<true>");
        row("a predicate behind a grouping", "[$a{b: c}[0], x{y: z}{y: z}]",
            "S0209<$a{b: c}[0]> S0210<x{y: z}{y: z}>");
        row("regular expressions that cannot run", "[$match(a, /(?=b)/), $match(a, /(?!c)/)]",
            "X1003<(?=b)> X1003<(?!c)>");
        row("no colon in a pair", "{\"a\" 5, b, \"c\": 1}", "S0202<5> S0202<,>");
        row("an unclosed comment", "a + /* b", "S0106</>");
    }
    void reportsEachMistakeWhereItIs()
    {
        QFETCH(QString, text);
        QFETCH(QString, errors);
        const std::string written = toUtf8(text);
        const auto recovered = parseRecovering(written);
        QStringList found;
        for (const ExpressionError &error : recovered.errors)
            found += toQString(error.code + "<" +
                               written.substr(static_cast<std::size_t>(error.start),
                                              static_cast<std::size_t>(error.end - error.start)) +
                               ">");
        QCOMPARE(found.join(QLatin1Char(' ')), errors);
        check(written);
    }

    void keepsWhatCanBeRead()
    {
        const auto recovered =
            parseRecovering("data.object.{\"a\": amount + , \"b\": $uppercase(name, \"c\": 1");
        const expr::Ast &path = *recovered.tree;
        QCOMPARE(path.kind, expr::AstKind::Path);
        QCOMPARE(path.items.back()->kind, expr::AstKind::Object);
        const auto &pairs = path.items.back()->pairs;
        QCOMPARE(pairs.size(), 2U);
        QCOMPARE(pairs[0].value->kind, expr::AstKind::Binary);
        QCOMPARE(pairs[0].value->right->kind, expr::AstKind::Error);
        QCOMPARE(pairs[1].value->kind, expr::AstKind::Call);
    }

    void aHoleLiesBetweenItsNeighbours()
    {
        const auto recovered = parseRecovering("data.  + 1");
        const expr::Ast &left = *recovered.tree->left;
        QCOMPARE(left.items.back()->kind, expr::AstKind::Error);
        QCOMPARE(left.items.back()->start, 5);
        QCOMPARE(left.items.back()->end, 7);
    }

    void aTextNestedTooDeeplyEnds()
    {
        for (const char *opener : {"(", "[", "{", "-", "a[", "$f(", "{\"a\":", "a ? ", "|"}) {
            std::string text;
            for (int i = 0; i < 5000; ++i)
                text += opener;
            const auto recovered = parseRecovering(text);
            QVERIFY(recovered.tree);
            QVERIFY(!recovered.errors.empty());
        }
        check(std::string(5000, '!'));
        check(std::string(5000, ')'));
    }

    void theSuiteIsReadAsByTheParser()
    {
        const Suite suite;
        if (suite.cases().empty())
            QSKIP("The JSONata suite is not on this machine (TIDEWIRE_SHARED).");
        for (const SuiteCase &one : suite.cases()) {
            check(one.text);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void anyCutOfAMappingIsRead()
    {
        const auto texts = benchTexts();
        if (texts.empty())
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        for (const std::string &text : texts) {
            QCOMPARE(holes(*parseRecovering(text).tree), 0);
            for (std::size_t i = 0; i < text.size(); ++i) {
                check(text.substr(0, i));
                check(text.substr(0, i) + text.substr(i + 1));
                check(text.substr(i));
                if (QTest::currentTestFailed())
                    return;
            }
        }
    }
};

QTEST_APPLESS_MAIN(tst_Recovery)
#include "tst_Recovery.moc"
