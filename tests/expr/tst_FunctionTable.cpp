// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Expression.h"
#include "core/expr/FunctionReference.h"

#include <QFile>
#include <QTest>
#include <set>

using namespace tw;

namespace {

/// The result as JSON, empty for nothing, or "error CODE".
std::string outcome(std::string_view text)
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return "does not compile: " + compiled.error().message;
    Environment environment;
    environment.allowEval = true;
    const auto result = compiled->evaluateToDocument(Value::null(), environment);
    if (!result)
        return "error " + result.error().code;
    return result->root().isUndefined() ? "" : toJson(result->root());
}

} // namespace

/// What the function table promises to completion, call tips and the reference page.
class TestFunctionTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyExampleHolds_data()
    {
        QTest::addColumn<QString>("example");
        QTest::addColumn<QString>("result");
        for (const FunctionInfo &info : functionTable())
            QTest::newRow(std::string(info.name).c_str())
                << toQString(info.example) << toQString(info.result);
    }
    void everyExampleHolds()
    {
        QFETCH(QString, example);
        QFETCH(QString, result);
        QVERIFY2(!result.isEmpty(), "an example needs a result to show");
        const QString name = QString::fromUtf8(QTest::currentDataTag());
        QVERIFY2(example.contains(u'$' + name + u'('), "the example shows another function");
        QCOMPARE(toQString(outcome(toUtf8(example))), result);
        // Twice the same, though the clock and the seed are others.
        QCOMPARE(toQString(outcome(toUtf8(example))), result);
    }

    void namesAreSortedAndUnique()
    {
        for (std::size_t i = 1; i < functionTable().size(); ++i)
            QVERIFY(functionTable()[i - 1].name < functionTable()[i].name);
    }

    void everyFunctionIsExplained()
    {
        std::set<FunctionKind> kinds;
        for (const FunctionInfo &info : functionTable()) {
            const std::string name(info.name);
            QVERIFY2(info.help.ends_with('.'), name.c_str());
            QVERIFY2(info.signature.starts_with('<') && info.signature.ends_with('>'),
                     name.c_str());
            QVERIFY2(!signatureInWords(info).empty(), name.c_str());
            kinds.insert(info.kind);
        }
        QCOMPARE(kinds.size(), std::size_t(kFunctionKinds));
    }

    void signaturesReadAsWords_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("form");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const char *form, const char *words) {
            QTest::newRow(name) << QString::fromUtf8(name) << QString::fromUtf8(form)
                                << QString::fromUtf8(words);
        };
        row("substring", "$substring(text?, start, length?)",
            "text: text, the context when left out; start: number; length: number, may be left "
            "out. Gives: text.");
        row("sum", "$sum(array)", "array: list of numbers. Gives: number.");
        row("replace", "$replace(text?, pattern, replacement, limit?)",
            "text: text, the context when left out; pattern: text or function; replacement: text "
            "or function; limit: number, may be left out. Gives: text.");
        row("millis", "$millis()", "Gives: number.");
    }
    void signaturesReadAsWords()
    {
        QFETCH(QString, name);
        QFETCH(QString, form);
        QFETCH(QString, words);
        for (const FunctionInfo &info : functionTable()) {
            if (toQString(info.name) != name)
                continue;
            QCOMPARE(toQString(callForm(info)), form);
            QCOMPARE(toQString(signatureInWords(info)), words);
            return;
        }
        QFAIL("no such function");
    }

    void thePageInTheRepositoryIsTheTable()
    {
        QFile file(QStringLiteral(TIDEWIRE_SOURCE_DIR "/resources/help/functions.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString written = QString::fromUtf8(file.readAll());
        QVERIFY2(written == toQString(functionPage()),
                 "resources/help/functions.md is stale: build the target \"reference\".");
        for (const FunctionInfo &info : functionTable()) {
            QVERIFY(written.contains(QStringLiteral("### $") + toQString(info.name) + u'\n'));
            QVERIFY(written.contains(toQString(info.example)));
        }
    }
};

QTEST_APPLESS_MAIN(TestFunctionTable)
#include "tst_FunctionTable.moc"
