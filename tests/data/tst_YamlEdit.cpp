// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Yaml.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "tests/data/YamlEditing.h"

#include <QTest>

using namespace tw;

namespace {

/// A value written as JSON, kept alive for the run of the program.
Value json(std::string_view text)
{
    static std::vector<Document> kept;
    kept.push_back(parseJson(text).value());
    return kept.back().root();
}

YamlPath path(const QString &text)
{
    YamlPath steps;
    for (const QString &step : text.split(QLatin1Char('/'), Qt::SkipEmptyParts))
        steps.push_back(toUtf8(step));
    return steps;
}

const char *kFlow = "# Made by Ada\n"
                    "schema: flow/1\n"
                    "id: demo        # stable\n"
                    "steps:\n"
                    "  # Stripe signs each delivery.\n"
                    "  - id: charges\n"
                    "    type: stripe.webhook\n"
                    "    with: {events: [charge.succeeded], x: 1} # short\n"
                    "    to: to_payment\n"
                    "\n"
                    "  - id: to_payment\n"
                    "    type: map\n"
                    "    with:\n"
                    "      mapping:\n"
                    "        Amount__c: 'data.amount'   # minor\n"
                    "        Note__c: |\n"
                    "          line one\n"
                    "\n"
                    "          line two\n"
                    "    to: upsert\n"
                    "\n"
                    "  # The last one.\n"
                    "  - id: upsert\n"
                    "    type: salesforce.record.upsert\n"
                    "layout: {}\n";

} // namespace

class TestYamlEdit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneScalarChangesOneLine();
    void setting_data();
    void setting();
    void removing_data();
    void removing();
    void insertingAnItem_data();
    void insertingAnItem();
    void renaming();
    void editsOfARealFlow();
    void refusalsNameTheReason();
    void changesCanBeUndone();
};

void TestYamlEdit::oneScalarChangesOneLine()
{
    const QString before = QString::fromUtf8(kFlow);
    for (const char *where : {"id", "steps/0/to", "steps/0/with/x",
                              "steps/1/with/mapping/Amount__c", "steps/2/type", "schema"}) {
        const std::string text =
            applied(kFlow, yamlSet(kFlow, path(QLatin1String(where)), json("\"new value\"")));
        const QStringList now = toQString(text).split(QLatin1Char('\n'));
        const QStringList then = before.split(QLatin1Char('\n'));
        QCOMPARE(now.size(), then.size());
        int different = 0;
        for (int i = 0; i < now.size(); ++i)
            different += now[i] != then[i];
        QCOMPARE(different, 1);
        QVERIFY(text.find("# Made by Ada") == 0 && text.find("# stable") != std::string::npos);
        QVERIFY(text.find("# minor") != std::string::npos &&
                text.find("} # short") != std::string::npos);
    }
}

void TestYamlEdit::setting_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("result");
    const auto row = [](const char *name, const char *text, const char *where, const char *value,
                        const char *result, const char *before = "") {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(where)
                            << QString::fromUtf8(value) << QString::fromUtf8(before)
                            << QString::fromUtf8(result);
    };
    row("a scalar keeps the comment behind it", "a: 1   # one\nb: 2\n", "a", "3",
        "a: 3   # one\nb: 2\n");
    row("CR LF line ends stay", "a: 1\r\nb: 2\r\n", "b", "{\"c\":1}", "a: 1\r\nb:\r\n  c: 1\r\n");
    row("a missing final newline stays missing", "a: 1\nb: 2", "b", "3", "a: 1\nb: 3");
    row("a key is added at the end", "a: 1\nb: 2\n", "c", "\"x\"", "a: 1\nb: 2\nc: x\n");
    row("a key is added without a final newline", "a: 1", "b", "2", "a: 1\nb: 2");
    row("a key is added before its successor", "a: 1\n# about c\nc: 3\n", "b", "2",
        "a: 1\nb: 2\n# about c\nc: 3\n", "x/c");
    row("a key is added before the first key of an item", "- b: 1\n  c: 2\n", "0/a", "0",
        "- a: 0\n  b: 1\n  c: 2\n", "b");
    row("a flow map takes one more", "w: {a: 1, b: 2} # c\n", "w/c", "[1,\"x\"]",
        "w: {a: 1, b: 2, c: [1, x]} # c\n");
    row("a flow map takes one more at its place", "w: {a: 1, c: 2}\n", "w/b", "true",
        "w: {a: 1, b: true, c: 2}\n", "c");
    row("only the value inside a flow map changes", "w: { a: 'x', b:  2 }\n", "w/b", "{\"k\":null}",
        "w: { a: 'x', b:  {k: null} }\n");
    row("a text inside brackets is quoted where needed", "w: {a: 1}\n", "w/a", "\"x, y\"",
        "w: {a: \"x, y\"}\n");
    row("an empty flow map is filled", "w: {}  # none\nz: 1\n", "w/a", "1",
        "w: {a: 1}  # none\nz: 1\n");
    row("an empty map grows into a block for a block", "w: {}\nz: 1\n", "w/a", "{\"b\":1}",
        "w:\n  a:\n    b: 1\nz: 1\n");
    row("a null becomes a map", "w: # later\nz: 1\n", "w/a", "1", "w: # later\n  a: 1\nz: 1\n");
    row("a null becomes a scalar", "w:\nz: 1\n", "w", "1", "w: 1\nz: 1\n");
    row("a written null becomes a scalar", "w: ~ # c\nz: null\n", "z", "1", "w: ~ # c\nz: 1\n");
    row("a key named like null is not taken for the value", "w:\n'null': 1\n", "w", "2",
        "w: 2\n'null': 1\n");
    row("a block becomes a scalar", "w: # c\n  a: 1\n  b: 2\nz: 1\n", "w", "5", "w: 5 # c\nz: 1\n");
    row("a scalar becomes a block", "w: 5 # c\nz: 1\n", "w", "{\"a\":[{\"b\":1}]}",
        "w: # c\n  a:\n    - b: 1\nz: 1\n");
    row("a literal becomes a scalar", "w: |- # c\n  a\n\n  b\n\nz: 1\n", "w", "5",
        "w: 5 # c\n\nz: 1\n");
    row("a literal becomes another", "w: |\n  a\nz: 1\n", "w", "\"x\\ny\"",
        "w: |-\n  x\n  y\nz: 1\n");
    row("a folded text over lines is replaced", "w: >-\n  a\n  b\nz: 1\n", "w", "\"c\"",
        "w: c\nz: 1\n");
    row("a value on the next line moves up", "w:\n  'long'\nz: 1\n", "w", "2", "w: 2\nz: 1\n");
    row("a plain text over lines is replaced", "w: a\n  b\n  c # d\nz: 1\n", "w", "2",
        "w: 2 # d\nz: 1\n");
    row("a list without extra indent keeps its column", "w:\n- a: 1\n- b\nz: 1\n", "w",
        "[{\"c\":1},{\"d\":2}]", "w:\n- c: 1\n- d: 2\nz: 1\n");
    row("an item is replaced", "w:\n- a: 1\n- b # c\nz: 1\n", "w/1", "{\"k\":1,\"l\":2}",
        "w:\n- a: 1\n- # c\n  k: 1\n  l: 2\nz: 1\n");
    row("a block item is replaced by a scalar", "w:\n  - a: 1\n    b: 2\n  - x\n", "w/0", "7",
        "w:\n  - 7\n  - x\n");
    row("a key inside an item is added", "w:\n  - a: 1\n  - x\n", "w/0/b", "2",
        "w:\n  - a: 1\n    b: 2\n  - x\n");
    row("missing maps on the way are made", "w:\n  a: 1\n", "w/b/c", "2",
        "w:\n  a: 1\n  b:\n    c: 2\n");
    row("an empty file takes its first key", "", "a", "1", "a: 1\n");
    row("a file of comments takes its first key", "# hello", "a", "1", "# hello\na: 1\n");
    row("an equal value changes nothing", "a: 0x10 # hex\n", "a", "16", "a: 0x10 # hex\n");
    row("a quoted key is found", "\"a b\": 1\n'c': 2\n", "a b", "3", "\"a b\": 3\n'c': 2\n");
    row("a comment inside a block is not the value", "w:\n  # c\n  a: 1\n", "w/a", "2",
        "w:\n  # c\n  a: 2\n");
    row("a byte order mark stays",
        "\xEF\xBB\xBF"
        "a: 1\n",
        "a", "2",
        "\xEF\xBB\xBF"
        "a: 2\n");
    row("letters beyond ASCII do not shift places", "ä: ö # ü\nß: 1\n", "ß", "2",
        "ä: ö # ü\nß: 2\n");
    row("a long text at the end of a file without newline", "a: 1", "a", "\"x\\ny\\n\"",
        "a: \"x\\ny\\n\"");
    row("a path through a scalar leads nowhere", "a: 1\n", "a/b", "1", "yaml.no_such_path");
    row("an index behind the end leads nowhere", "a: [1]\n", "a/1", "1", "yaml.no_such_path");
    row("a broken file is not edited", "a: [1\n", "a", "1", "yaml.not_editable");
}

void TestYamlEdit::setting()
{
    QFETCH(QString, text);
    QFETCH(QString, where);
    QFETCH(QString, value);
    QFETCH(QString, before);
    const std::string source = toUtf8(text);
    const auto outcome = yamlSet(source, path(where), json(toUtf8(value)), path(before));
    QTEST(toQString(applied(source, outcome)), "result");
}

void TestYamlEdit::removing_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("where");
    QTest::addColumn<bool>("prune");
    QTest::addColumn<QString>("result");
    const auto row = [](const char *name, const char *text, const char *where, bool prune,
                        const char *result) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(where) << prune
                            << QString::fromUtf8(result);
    };
    row("a key goes with the comments above it", "a: 1\n# about b\n# more\nb: 2 # x\nc: 3\n", "b",
        true, "a: 1\nc: 3\n");
    row("a key goes with its block", "a:\n  b:\n    c: 1\n  d: 2\n", "a/b", true, "a:\n  d: 2\n");
    row("an empty parent goes as well", "a:\n  b:\n    c: 1\nd: 2\n", "a/b/c", true, "d: 2\n");
    row("an empty parent stays when asked", "a:\n  b: 1\nd: 2\n", "a/b", false, "a: {}\nd: 2\n");
    row("the last key of a file without final newline", "a: 1\nb: 2", "b", true, "a: 1");
    row("the first key of an item", "- a: 1\n  b: 2\n- c\n", "0/a", true, "- b: 2\n- c\n");
    row("the only key of an item leaves an empty map", "- a: 1\n- c\n", "0/a", true, "- {}\n- c\n");
    row("the only key of a file leaves an empty map", "a: 1\n", "a", true, "{}\n");
    row("an item goes with its comment and blank line",
        "s:\n  - a: 1\n\n  # two\n  - b: 2\n    # inside\n\n  - c: 3\n", "s/1", true,
        "s:\n  - a: 1\n\n  - c: 3\n");
    row("the last item", "s:\n  - a: 1\n\n  - c: 3\nz: 1\n", "s/1", true, "s:\n  - a: 1\n\nz: 1\n");
    row("the only item leaves an empty list", "s:\n  - a: 1\nz: 1\n", "s/0", true, "s: []\nz: 1\n");
    row("the first of a flow map", "w: {a: 1, b: 2}\n", "w/a", true, "w: {b: 2}\n");
    row("the last of a flow map", "w: {a: 1, b: 2}\n", "w/b", true, "w: {a: 1}\n");
    row("the only one of a flow map", "w: {a: 1}\nz: 1\n", "w/a", true, "z: 1\n");
    row("the only one of a flow map that stays", "w: {a: 1}\nz: 1\n", "w/a", false,
        "w: {}\nz: 1\n");
    row("one of a flow list", "w: [a, b, c] # d\n", "w/1", true, "w: [a, c] # d\n");
    row("the only one of a flow list", "w: [a]\n", "w/0", true, "w: []\n");
    row("CR LF line ends", "a: 1\r\nb: 2\r\nc: 3\r\n", "b", true, "a: 1\r\nc: 3\r\n");
    row("nothing there", "a: 1\n", "b", true, "yaml.no_such_path");
}

void TestYamlEdit::removing()
{
    QFETCH(QString, text);
    QFETCH(QString, where);
    QFETCH(bool, prune);
    const std::string source = toUtf8(text);
    QTEST(toQString(applied(source, yamlRemove(source, path(where), prune))), "result");
}

void TestYamlEdit::insertingAnItem_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("where");
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("block");
    QTest::addColumn<QString>("result");
    const auto row = [](const char *name, const char *text, const char *where, int index,
                        const char *block, const char *result) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(where) << index
                            << QString::fromUtf8(block) << QString::fromUtf8(result);
    };
    row("at the end", "s:\n  - a: 1\nz: 1\n", "s", 1, "b: 2\nc: 3\n",
        "s:\n  - a: 1\n  - b: 2\n    c: 3\nz: 1\n");
    row("at the front, above the comment of the first", "s:\n  # one\n  - a: 1\n", "s", 0, "b: 2",
        "s:\n  - b: 2\n  # one\n  - a: 1\n");
    row("between, with the blank line that items have", "s:\n  - a: 1\n\n  - c: 3\n", "s", 1,
        "b: 2", "s:\n  - a: 1\n\n  - b: 2\n\n  - c: 3\n");
    row("at the end, with the blank line that items have", "s:\n  - a: 1\n\n  - c: 3\n", "s", 2,
        "b: 2", "s:\n  - a: 1\n\n  - c: 3\n\n  - b: 2\n");
    row("without extra indent", "s:\n- a\n- b\nz: 1\n", "s", 2, "c", "s:\n- a\n- b\n- c\nz: 1\n");
    row("into a flow list", "s: [a, b]\n", "s", 1, "x", "s: [a, x, b]\n");
    row("at the end of a flow list", "s: [a, b] # c\n", "s", 2, "x", "s: [a, b, x] # c\n");
    row("into an empty list", "s: [] # none\nz: 1\n", "s", 0, "a: 1\nb: 2",
        "s: # none\n  - a: 1\n    b: 2\nz: 1\n");
    row("into a missing list", "a: 1\nz: 1\n", "s", 0, "b: 2", "a: 1\ns:\n  - b: 2\nz: 1\n");
    row("into a null", "s:\nz: 1\n", "s", 0, "b: 2", "s:\n  - b: 2\nz: 1\n");
    row("behind a literal block", "s:\n  - a: |\n      x\n      y\n\nz: 1\n", "s", 1, "b: 2",
        "s:\n  - a: |\n      x\n      y\n  - b: 2\n\nz: 1\n");
    row("with CR LF", "s:\r\n  - a\r\n", "s", 1, "b: 1\nc: 2",
        "s:\r\n  - a\r\n  - b: 1\r\n    c: 2\r\n");
    row("without a final newline", "s:\n  - a", "s", 1, "b", "s:\n  - a\n  - b");
    row("behind the end", "s:\n  - a\n", "s", 2, "b", "yaml.no_such_path");
}

void TestYamlEdit::insertingAnItem()
{
    QFETCH(QString, text);
    QFETCH(QString, where);
    QFETCH(int, index);
    QFETCH(QString, block);
    const std::string source = toUtf8(text);
    const auto outcome =
        yamlInsertItem(source, path(where), static_cast<std::size_t>(index), toUtf8(block), {"z"});
    QTEST(toQString(applied(source, outcome)), "result");
}

void TestYamlEdit::renaming()
{
    const auto renamed = [](const char *text, const char *where, const char *name) {
        return toQString(applied(text, yamlRenameKey(text, path(QLatin1String(where)), name)));
    };
    QCOMPARE(renamed("a: 1 # x\nb: 2\n", "a", "c"), QStringLiteral("c: 1 # x\nb: 2\n"));
    QCOMPARE(renamed("w: {'a b': 1}\n", "w/a b", "on"), QStringLiteral("w: {\"on\": 1}\n"));
    QCOMPARE(renamed("a: 1\nb: 2\n", "a", "b"), QStringLiteral("yaml.not_editable"));
    QCOMPARE(renamed("a: 1\n", "b", "c"), QStringLiteral("yaml.no_such_path"));
    QCOMPARE(renamed("a: [1]\n", "a/0", "c"), QStringLiteral("yaml.no_such_path"));
}

void TestYamlEdit::editsOfARealFlow()
{
    std::string text = kFlow;
    text = applied(text, yamlSet(text, path(QStringLiteral("steps/1/with/mapping/Fee__c")),
                                 json("\"data.fee\"")));
    QVERIFY(text.find("          line two\n        Fee__c: data.fee\n    to: upsert\n") !=
            std::string::npos);
    text = applied(
        text, yamlSet(text, path(QStringLiteral("layout/charges")), json(R"({"x":0,"y":64})")));
    QVERIFY2(text.ends_with("layout:\n  charges:\n    x: 0\n    y: 64\n"), text.c_str());
    text = applied(text, yamlRemove(text, path(QStringLiteral("steps/1"))));
    QVERIFY(text.find("    to: to_payment\n\n  # The last one.\n  - id: upsert\n") !=
            std::string::npos);
    text = applied(text, yamlRemove(text, path(QStringLiteral("layout/charges"))));
    QVERIFY(text.ends_with("    type: salesforce.record.upsert\n"));
}

void TestYamlEdit::refusalsNameTheReason()
{
    const auto outcome = yamlSet("a: 1\nb: [\n", {"a"}, Value::integer(1));
    QVERIFY(!outcome && outcome.error().kind == ErrorKind::Config);
    QVERIFY(outcome.error().message.find("line ") != std::string::npos);
    QVERIFY(!yamlSet("a: 1\n", {"a"}, Value::string("\xED\xA0\x80")));
}

void TestYamlEdit::changesCanBeUndone()
{
    std::string text = kFlow;
    const auto changes = yamlSet(text, {"steps", "0", "to"}, Value::string("elsewhere")).value();
    for (const TextChange &change : changes)
        change.applyTo(text);
    QVERIFY(text != kFlow);
    for (auto change = changes.rbegin(); change != changes.rend(); ++change)
        change->inverse().applyTo(text);
    QCOMPARE(text, std::string(kFlow));
}

QTEST_GUILESS_MAIN(TestYamlEdit)
#include "tst_YamlEdit.moc"
