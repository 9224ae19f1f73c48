// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Yaml.h"

#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTest>

using namespace tw;

namespace {

std::string tree(std::string_view text)
{
    const YamlParse parse = parseYaml(text);
    if (!parse.problems.empty())
        return parse.problems.front().code + ": " + parse.problems.front().message;
    Arena arena;
    return toJson(parse.root.toValue(arena));
}

QString place(const TextPosition &at)
{
    return QStringLiteral("%1:%2").arg(at.line).arg(at.column);
}

QString source(std::string_view text, const YamlNode &node)
{
    return toQString(text.substr(node.at.offset, node.end - node.at.offset));
}

constexpr std::string_view kTraps[] = {"on",
                                       "off",
                                       "yes",
                                       "No",
                                       "y",
                                       "N",
                                       "true",
                                       "False",
                                       "null",
                                       "Null",
                                       "~",
                                       "",
                                       " ",
                                       "a ",
                                       " a",
                                       "012",
                                       "0o17",
                                       "0x1F",
                                       "0b101",
                                       "1e3",
                                       "1E3",
                                       "1.5",
                                       ".5",
                                       "5.",
                                       "-1",
                                       "+1",
                                       "1_000",
                                       "1,000",
                                       "12:30",
                                       "190:20:30.15",
                                       "2001-12-14",
                                       "2001-12-14t21:59:43.10-05:00",
                                       ".inf",
                                       "-.INF",
                                       ".nan",
                                       "<<",
                                       "=",
                                       "- a",
                                       "-",
                                       "---",
                                       "...",
                                       "? a",
                                       "a: b",
                                       "a:",
                                       ":a",
                                       "a #b",
                                       "#a",
                                       "&a",
                                       "*a",
                                       "!a",
                                       "|",
                                       ">",
                                       "'a'",
                                       "\"a\"",
                                       "%a",
                                       "@a",
                                       "`a",
                                       "{a",
                                       "[a",
                                       "}a",
                                       "]a",
                                       ",a",
                                       "tab\tx",
                                       "line\nbreak",
                                       "line\r\nbreak",
                                       "\x7f",
                                       "\x01",
                                       "\xC2\x85",
                                       "\xE2\x80\xA8",
                                       "\xEF\xBB\xBF",
                                       "\\",
                                       "a\\b",
                                       "it's",
                                       "1.4.0",
                                       "plain text",
                                       "charge.succeeded",
                                       "30d",
                                       "data.amount > 0",
                                       "$toMajor(a, b)",
                                       "a:b",
                                       "https://x.example/y?z=1",
                                       "öß€",
                                       "😀",
                                       "0",
                                       "1",
                                       "0.1",
                                       "1e",
                                       "0x",
                                       "1.2e+3",
                                       "e3",
                                       "Infinity",
                                       "NaN",
                                       "x\xC2\xA0y",
                                       "\xEF\xBF\xBE"};

} // namespace

class TestYaml : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void meaning_data();
    void meaning();
    void everyNodeKnowsItsPlace();
    void columnsCountCharacters();
    void refusals_data();
    void refusals();
    void limitsAreKept();
    void hostileTextsAreRefusedQuickly_data();
    void hostileTextsAreRefusedQuickly();
    void everyTruncationIsJudged();
    void writtenScalarsReadBack();
    void otherReadersSeeTheSameText();
    void plainWhereItIsSafe();
    void valuesAreWrittenReadably_data();
    void valuesAreWrittenReadably();
    void randomValuesReadBack();
};

void TestYaml::meaning_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("json");
    const auto row = [](const char *name, const char *text, const char *json) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(json);
    };
    row("nothing", "", "null");
    row("comments only", "# a\n\n# b\n", "null");
    row("core schema words", "[true, False, null, ~, yes, on, True]",
        R"([true,false,null,null,"yes","on",true])");
    row("core schema numbers", "[12, -3, +4, 012, 0x1f, 0o17, 1.50, .5, 1., 1e3, -1.5e-7]",
        "[12,-3,4,12,31,15,1.5,0.5,1,1000,-1.5e-7]");
    row("exact numbers", "[12345678901234567890, 1e400, 0.1]", "[12345678901234567890,1e400,0.1]");
    row("no numbers", "[1_000, 12:30, 0x, 1.2.3, 0b1, '12', \"12\", -, +, .]",
        R"(["1_000","12:30","0x","1.2.3","0b1","12","12","-","+","."])");
    row("empty values", "a:\nb: ''\nc: {d}\n", R"({"a":null,"b":"","c":{"d":null}})");
    row("order stays", "z: 1\na: 2\nm: 3\n", R"({"z":1,"a":2,"m":3})");
    row("blocks of text", "a: |\n  x\n   y\n\n  z\nb: >-\n  p\n  q\nc: |+\n  k\n\n",
        R"({"a":"x\n y\n\nz\n","b":"p q","c":"k\n\n"})");
    row("CR LF", "a: 1\r\nb:\r\n  - x\r\n", R"({"a":1,"b":["x"]})");
    row("a document start is allowed", "---\na: 1\n", R"({"a":1})");
    row("a byte order mark is allowed",
        "\xEF\xBB\xBF"
        "a: 1\n",
        R"({"a":1})");
}

void TestYaml::meaning()
{
    QFETCH(QString, text);
    QTEST(toQString(tree(toUtf8(text))), "json");
}

void TestYaml::everyNodeKnowsItsPlace()
{
    const std::string text = "# top\n"
                             "a: one two   # tail\n"
                             "'b': \"x \\\" y\"\n"
                             "c:\n"
                             "  - it''s\n"
                             "  - {k: [1, 'z'], l: }\n"
                             "  -\n"
                             "d: |-\n"
                             "    text\n"
                             "\n"
                             "    more\n"
                             "\n"
                             "e: folded\n"
                             "  over lines # x\n"
                             "f: ~\n"
                             "g:\n"
                             "h: [a,\n"
                             "    b, # c\n"
                             "  ]\n";
    const YamlParse parse = parseYaml(text);
    QVERIFY(parse.problems.empty());
    const YamlNode &root = parse.root;
    const auto at = [&](std::string_view key) { return place(root.find(key)->at); };
    const auto raw = [&](std::string_view key) { return source(text, *root.find(key)); };
    QCOMPARE(place(root.at), QStringLiteral("2:1"));
    QCOMPARE(at("a"), QStringLiteral("2:4"));
    QCOMPARE(raw("a"), QStringLiteral("one two"));
    QCOMPARE(place(root.entry("b")->keyAt), QStringLiteral("3:1"));
    QCOMPARE(raw("b"), QStringLiteral("\"x \\\" y\""));
    QVERIFY(root.find("b")->style == YamlNode::Style::DoubleQuoted);
    QCOMPARE(at("c"), QStringLiteral("5:3"));
    QCOMPARE(source(text, root.find("c")->items[0]), QStringLiteral("it''s"));
    QCOMPARE(source(text, root.find("c")->items[1]), QStringLiteral("{k: [1, 'z'], l: }"));
    const YamlNode *flow = &root.find("c")->items[1];
    QCOMPARE(source(text, *flow->find("k")), QStringLiteral("[1, 'z']"));
    QCOMPARE(place(flow->find("k")->items[1].at), QStringLiteral("6:13"));
    QVERIFY(flow->style == YamlNode::Style::Flow && root.style == YamlNode::Style::Block);
    QCOMPARE(place(root.find("c")->items[2].at), QStringLiteral("7:4"));
    QCOMPARE(raw("d"), QStringLiteral("|-\n    text\n\n    more"));
    QVERIFY(root.find("d")->style == YamlNode::Style::Literal);
    QCOMPARE(raw("e"), QStringLiteral("folded\n  over lines"));
    QCOMPARE(raw("f"), QStringLiteral("~"));
    QCOMPARE(at("g"), QStringLiteral("16:3"));
    QCOMPARE(raw("g"), QString());
    QCOMPARE(raw("h"), QStringLiteral("[a,\n    b, # c\n  ]"));
    QCOMPARE(root.end, text.size() - 1);
}

void TestYaml::columnsCountCharacters()
{
    const YamlParse parse = parseYaml("{äöü: 😀, b: c}\n");
    QCOMPARE(place(parse.root.find("äöü")->at), QStringLiteral("1:7"));
    QCOMPARE(place(parse.root.find("b")->at), QStringLiteral("1:13"));
}

void TestYaml::refusals_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("at");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &text, const char *code, const char *at,
                        const char *message) {
        QTest::newRow(name) << text << QString::fromUtf8(code) << QString::fromUtf8(at)
                            << QString::fromUtf8(message);
    };
    row("a repeated key", "a: 1\nb: 2\na: 3\n", "yaml.duplicate_key", "3:1",
        "line 1 and again in line 3");
    row("a repeated key in other quotes", "x: {ä: 1, 'ä': 2}\n", "yaml.duplicate_key", "1:11",
        "line 1");
    row("an anchor", "a: &x 1\n", "yaml.alias", "1:4", "Anchors");
    row("an alias", "a: 1\nb: *x\n", "yaml.alias", "2:4", "Aliases");
    row("an anchored cycle", "a: &x {b: *x}\n", "yaml.alias", "1:4", "Anchors");
    row("a tag", "a: !!int '1'\n", "yaml.tag", "1:4", "Tags");
    row("a private tag on a list", "a: !mine\n  - b\n", "yaml.tag", "1:4", "Tags");
    row("a second document", "a: 1\n---\nb: 2\n", "yaml.many_documents", "2:1", "second document");
    row("a list as a key", "? [a]\n: 1\n", "yaml.syntax", "1:3", "A key must be a text");
    row("a key that reads as null", "null: 1\n", "yaml.syntax", "1:1", "quotes");
    row("a tab as indentation", "a:\n\tb: 1\n", "yaml.syntax", "2:1", "tab");
    row("a tab behind spaces", "a:\n  \tb: 1\n", "yaml.syntax", "2:3", "tab");
    row("an open bracket", "a: [1, 2\nb: 1\n", "yaml.syntax", "2:2", "");
    row("an open quote", "a: 'x\n", "yaml.syntax", "1:4", "not closed");
    row("an open quote around a key", "a: 1\n\"", "yaml.syntax", "2:1", "not closed");
    row("a colon inside a plain text", "a: b: c\n", "yaml.syntax", "1:5", "quotes");
    row("an operator of an expression in braces", "a: {value: x ?? 0}\n", "yaml.syntax", "1:14",
        "The sign '?' means something else");
    row("a sign that begins a text", "a: %.x\n", "yaml.syntax", "1:4", "in quotes");
    row("a line that fits nowhere", "a:\n    b: 1\n  c: 2\n", "yaml.syntax", "3:3", "indentation");
    row("bytes that are no UTF-8", "a: \xC3(\n", "yaml.syntax", "1:4", "UTF-8");
    row("a control character", "a: x\x04y\n", "yaml.syntax", "1:5", "control");
    row("a lone carriage return", "a: 1\rb: 2\n", "yaml.syntax", "1:5", "carriage return");
}

void TestYaml::refusals()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const YamlParse parse = parseYaml(text.toStdString());
    QVERIFY(!parse.problems.empty());
    const YamlProblem &problem = parse.problems.front();
    QTEST(toQString(problem.code), "code");
    QVERIFY2(toQString(problem.message).contains(message), problem.message.c_str());
    QTEST(place(problem.at), "at");
}

void TestYaml::limitsAreKept()
{
    const auto codeOf = [](std::string_view text, const YamlLimits &limits) {
        const YamlParse parse = parseYaml(text, limits);
        return toQString(parse.problems.empty() ? "" : parse.problems.front().code);
    };
    QCOMPARE(codeOf("a: 12", {.bytes = 5}), QString());
    QCOMPARE(codeOf("a: 123", {.bytes = 5}), QStringLiteral("yaml.too_large"));
    QCOMPARE(codeOf("a: {b: [1]}", {.depth = 3}), QString());
    QCOMPARE(codeOf("a: {b: [1]}", {.depth = 2}), QStringLiteral("yaml.too_deep"));
    QCOMPARE(codeOf("[1, 2, 3]", {.nodes = 4}), QString());
    QCOMPARE(codeOf("[1, 2, 3]", {.nodes = 3}), QStringLiteral("yaml.too_large"));
}

void TestYaml::hostileTextsAreRefusedQuickly_data()
{
    QTest::addColumn<std::string>("text");
    const auto repeated = [](std::string_view part, int count) {
        std::string out;
        for (int i = 0; i < count; ++i)
            out += part;
        return out;
    };
    QTest::newRow("many brackets") << repeated("[", 1'000'000);
    QTest::newRow("many braces with names") << repeated("{a: ", 100'000);
    QTest::newRow("many dashes") << repeated("- ", 100'000);
    QTest::newRow("many question marks") << repeated("? ", 100'000);
    std::string stairs;
    for (int i = 0; i < 600; ++i)
        stairs += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    QTest::newRow("a long staircase") << stairs;
    std::string bomb = "a: &a [x, x, x]\n";
    for (char c = 'b'; c < 'j'; ++c)
        bomb += std::string(1, c) + ": &" + c + " [*" + char(c - 1) + ", *" + char(c - 1) + "]\n";
    QTest::newRow("an alias bomb") << bomb;
}

void TestYaml::hostileTextsAreRefusedQuickly()
{
    QFETCH(std::string, text);
    QElapsedTimer clock;
    clock.start();
    QVERIFY(!parseYaml(text).problems.empty());
    QVERIFY2(clock.elapsed() < 5000, "a hostile file took more than five seconds");
}

void TestYaml::everyTruncationIsJudged()
{
    const std::string text = "a: 'x' # c\nb:\n  - {k: [1, \"y\"]}\n  - |\n    text\n\nc: é\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const YamlParse parse = parseYaml(std::string_view(text).substr(0, length));
        if (parse.problems.empty())
            QVERIFY(parse.root.end <= length);
    }
}

void TestYaml::writtenScalarsReadBack()
{
    for (const std::string_view text : kTraps) {
        const std::string asValue = "k: " + yamlScalar(text) + "\n";
        const YamlParse parse = parseYaml(asValue);
        QVERIFY2(parse.problems.empty(), asValue.c_str());
        Arena arena;
        const Value read = parse.root.toValue(arena).get("k");
        QVERIFY2(read.isString() && read.text() == text, asValue.c_str());
    }
}

void TestYaml::otherReadersSeeTheSameText()
{
    QProcess python;
    python.start(QStringLiteral("python3"), {QStringLiteral("-c"), QStringLiteral("import yaml")});
    if (!python.waitForFinished() || python.exitStatus() != QProcess::NormalExit ||
        python.exitCode() != 0)
        QSKIP("python3 with PyYAML is not on this machine");
    Arena arena;
    ArrayBuilder list(arena);
    ObjectBuilder keys(arena);
    for (const std::string_view text : kTraps) {
        list.add(Value::string(text));
        keys.set(text, Value::string(text));
    }
    ObjectBuilder object(arena);
    object.set("values", list.finish());
    object.set("keys", keys.finish());
    const Document flow = parseJson(R"(["on","a, b","x: y","{","#a","a:b"])").value();
    const Document numbers = parseJson("[1,-2.5,1e300,1e-7,true,false,null]").value();
    object.set("flow", flow.root());
    object.set("numbers", numbers.root());
    object.set("text", Value::string("two\nlines with: colon\n"));
    const Value all = object.finish();
    python.start(QStringLiteral("python3"),
                 {QStringLiteral("-c"),
                  QStringLiteral("import sys,yaml,json;"
                                 "print(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))")});
    python.write(QByteArray::fromStdString(toYaml(all) + "\n"));
    python.closeWriteChannel();
    QVERIFY(python.waitForFinished());
    const QByteArray errors = python.readAllStandardError();
    const auto read = parseJson(python.readAllStandardOutput().toStdString());
    QVERIFY2(read, errors.constData());
    for (const Member &member : all.members())
        QVERIFY2(equals(read->root().get(member.key.text()), member.value),
                 toJson(read->root().get(member.key.text())).c_str());
}

void TestYaml::plainWhereItIsSafe()
{
    for (const char *text :
         {"charge.succeeded", "30d", "1.4.0", "data.amount > 0", "$toMajor(a, b)", "Payment__c",
          "a:b", "öß€", "plain text", "it's", "a [b]"})
        QCOMPARE(toQString(yamlScalar(text)), QString::fromUtf8(text));
    QCOMPARE(toQString(yamlScalar("on")), QStringLiteral("\"on\""));
    QCOMPARE(toQString(yamlScalar("a\"b: \n\x01")), QStringLiteral("\"a\\\"b: \\n\\x01\""));
}

void TestYaml::valuesAreWrittenReadably_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("yaml");
    const auto row = [](const char *json, const char *yaml) {
        QTest::addRow("%s", json) << QString::fromUtf8(json) << QString::fromUtf8(yaml);
    };
    row("null", "null");
    row("\"on\"", "\"on\"");
    row("{}", "{}");
    row("[]", "[]");
    row("[1,\"a\",null]", "[1, a, null]");
    row(R"({"a":{"b":1,"c":[]},"d":{}})", "a:\n  b: 1\n  c: []\nd: {}");
    row(R"({"a":[{"b":1,"c":{"d":2}},[3,[4,{"e":5}]]]})",
        "a:\n  - b: 1\n    c:\n      d: 2\n  - - 3\n    - - 4\n      - e: 5");
    row(R"({"a":"x\n  y\n","b":["p\nq"]})", "a: |\n  x\n    y\nb: [\"p\\nq\"]");
    row(R"({"y":1,"on":2})", "y: 1\n\"on\": 2");
    row("1e400", "1.0e+400");
    row("1e-7", "1.0e-7");
    row(R"({"list":["aaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbb","cccccccccccccccccccc","dddddddddddddd"]})",
        "list:\n  - aaaaaaaaaaaaaaaaaaaa\n  - bbbbbbbbbbbbbbbbbbbb\n  - cccccccccccccccccccc\n"
        "  - dddddddddddddd");
}

void TestYaml::valuesAreWrittenReadably()
{
    QFETCH(QString, json);
    const Document document = parseJson(toUtf8(json)).value();
    QTEST(toQString(toYaml(document.root())), "yaml");
    QVERIFY(equals(parseJson(tree(toYaml(document.root()) + "\n"))->root(), document.root()) ||
            document.root().toDouble() != 0);
}

namespace {

Value randomValue(Arena &arena, Random &random, int depth)
{
    const auto kind = random.below(depth > 0 ? 7 : 4);
    if (kind == 0)
        return Value::number(static_cast<double>(static_cast<std::int64_t>(random.next())) / 1e7);
    if (kind == 1)
        return random.below(2) ? Value::null() : Value::boolean(random.below(2) == 0);
    if (kind == 2)
        return Value::string(kTraps[random.below(std::size(kTraps))]);
    if (kind == 3)
        return Value::string(arena, random.text(random.below(12), " \n\t:#-'\"ab1,[]{}?.\\\r"));
    if (kind == 4) {
        ArrayBuilder array(arena);
        for (auto count = random.below(5); count > 0; --count)
            array.add(randomValue(arena, random, depth - 1));
        return array.finish();
    }
    ObjectBuilder object(arena);
    for (auto count = random.below(5); count > 0; --count)
        object.set(random.text(random.below(6), "ab: #-'y1\n"),
                   randomValue(arena, random, depth - 1));
    return object.finish();
}

} // namespace

void TestYaml::randomValuesReadBack()
{
    Random random(31);
    for (int i = 0; i < 20'000; ++i) {
        Arena arena;
        const Value value = randomValue(arena, random, 4);
        const std::string text = toYaml(value) + "\n";
        const YamlParse parse = parseYaml(text);
        QVERIFY2(parse.problems.empty(), text.c_str());
        const Value read = parse.root.toValue(arena);
        QVERIFY2(toJson(read) == toJson(value),
                 (text + "\n" + toJson(value) + "\n" + toJson(read)).c_str());
    }
}

QTEST_GUILESS_MAIN(TestYaml)
#include "tst_Yaml.moc"
