// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"

#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/data/JsonText.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace tw;

namespace {

QString sharedFolder()
{
    const QString set = qEnvironmentVariable("TIDEWIRE_SHARED");
    return set.isEmpty() ? QStringLiteral(TIDEWIRE_SOURCE_DIR "/../shared") : set;
}

std::string content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

std::string errorOf(std::string_view text, const JsonLimits &limits = {})
{
    const auto parsed = parseJson(text, limits);
    return parsed ? std::string("accepted") : parsed.error().code + ": " + parsed.error().message;
}

/// Both readers must say the same about every text.
bool readersAgree(std::string_view text)
{
    const auto fast = parseJson(text);
    Arena arena;
    const auto slow = json::parseSlowly(arena, text, {});
    if (fast.has_value() != slow.has_value())
        return false;
    return !fast || toJson(fast->root()) == toJson(*slow);
}

constexpr std::string_view kSample =
    R"( {"id":"evt_1","amount":-1099,"ratio":0.25,"big":12345678901234567890,"e":1e-7,)"
    R"("tags":["a","b\n\u00e9\ud83d\ude00",true,false,null,[],{}],"nested":{"k":{"k":[[1]]}}} )";

} // namespace

class TestJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDoubledKeyCanBeRefused()
    {
        const auto parse = [](const char *text) { return parseJson(text, {.doubledKeys = false}); };
        QVERIFY(parse(R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]})"));
        const auto doubled = parse("{\"a\":1,\n\"b\":{\"x\":1,\"\\u0078\":2}}");
        QVERIFY(!doubled);
        QCOMPARE(doubled.error().code, std::string("data.json_syntax"));
        QVERIFY2(doubled.error().message.find("Line 2, column 12: The name \"x\"") == 0,
                 doubled.error().message.c_str());
    }

    void numbersStayExact_data();
    void numbersStayExact();
    void numbersAreWrittenAsJavaScriptDoes_data();
    void numbersAreWrittenAsJavaScriptDoes();
    void randomDoublesReadBackEqual();
    void randomDecimalTextsKeepTheirValue();
    void stringsRoundTrip_data();
    void stringsRoundTrip();
    void prettyIsWhatJavaScriptPrints();
    void undefinedMembersAreLeftOut();
    void aRepeatedKeyKeepsItsPlaceAndItsLastValue();
    void neighboursWithLikeKeysStayApart_data();
    void neighboursWithLikeKeysStayApart();
    void aByteOrderMarkIsSkipped();
    void refusalsSayWhereAndWhy_data();
    void refusalsSayWhereAndWhy();
    void limitsAreKept();
    void depthCostsNoStack();
    void everyTruncationIsRefused();
    void randomDamageIsJudgedAlikeByBothReaders();
    void badUtf8IsRefused_data();
    void badUtf8IsRefused();
    void hostileKeysStayFast();
    void suiteFilesWithLoneSurrogatesAreRead();
    void realEventsRoundTrip();
};

void TestJson::numbersStayExact_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<int>("kind");
    using Kind = Value::Kind;
    const auto row = [](const char *text, const char *written, Kind kind) {
        QTest::addRow("%s", text) << QByteArray(text) << QByteArray(written) << int(kind);
    };
    row("0", "0", Kind::Int);
    row("-0", "0", Kind::Double);
    row("-1", "-1", Kind::Int);
    row("9007199254740993", "9007199254740993", Kind::Int);
    row("999999999999999999", "999999999999999999", Kind::Int);
    row("9223372036854775807", "9223372036854775807", Kind::Int);
    row("-9223372036854775808", "-9223372036854775808", Kind::Int);
    row("9223372036854775808", "9223372036854775808", Kind::UInt);
    row("12345678901234567890", "12345678901234567890", Kind::UInt);
    row("18446744073709551615", "18446744073709551615", Kind::UInt);
    row("18446744073709551616", "18446744073709551616", Kind::Digits);
    row("18446744073709552000", "18446744073709552000", Kind::Double);
    row("18446744073709551617", "18446744073709551617", Kind::Digits);
    row("-9223372036854775809", "-9223372036854775809", Kind::Digits);
    row("1e400", "1e400", Kind::Digits);
    row("-1E+400", "-1E+400", Kind::Digits);
    row("1e-400", "1e-400", Kind::Digits);
    row("0e999999999999999999999", "0", Kind::Double);
    row("0.1", "0.1", Kind::Double);
    row("10.99", "10.99", Kind::Double);
    row("1.10", "1.1", Kind::Double);
    row("1.0", "1", Kind::Double);
    row("1e2", "100", Kind::Double);
    row("1e23", "1e+23", Kind::Double);
    row("4.35", "4.35", Kind::Double);
    row("5e-324", "5e-324", Kind::Double);
    row("1.7976931348623157e308", "1.7976931348623157e+308", Kind::Double);
    row("0.30000000000000004", "0.30000000000000004", Kind::Double);
    row("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827",
        Kind::Digits);
    row("123456789012345678901234567890.12", "123456789012345678901234567890.12", Kind::Digits);
    row("0.000000000000000000000000000001", "1e-30", Kind::Double);
}

void TestJson::numbersStayExact()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, written);
    QFETCH(int, kind);
    const Document document = parseJson(text.toStdString()).value();
    QCOMPARE(int(document.root().kind()), kind);
    QCOMPARE(QByteArray::fromStdString(toJson(document.root())), written);
    const Document inArray = parseJson(("[ " + text + " , " + text + "\n]").toStdString()).value();
    QCOMPARE(QByteArray::fromStdString(toJson(inArray.root())),
             "[" + written + "," + written + "]");
    QVERIFY(readersAgree(text.toStdString()));
}

void TestJson::numbersAreWrittenAsJavaScriptDoes_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QByteArray>("written");
    const auto row = [](double number, const char *written) {
        QTest::addRow("%s", written) << number << QByteArray(written);
    };
    row(1e21, "1e+21");
    row(1e20, "100000000000000000000");
    row(123456789012345680000.0, "123456789012345680000");
    row(1.5e300, "1.5e+300");
    row(1e-6, "0.000001");
    row(1e-7, "1e-7");
    row(1.5e-7, "1.5e-7");
    row(0.1 + 0.2, "0.30000000000000004");
    row(-1099.5, "-1099.5");
    row(9007199254740993.0, "9007199254740992");
    row(1.0 / 3, "0.3333333333333333");
    row(-1e-10, "-1e-10");
    row(1.7976931348623157e308, "1.7976931348623157e+308");
}

void TestJson::numbersAreWrittenAsJavaScriptDoes()
{
    QFETCH(double, number);
    QFETCH(QByteArray, written);
    std::string out;
    appendNumber(out, number);
    QCOMPARE(QByteArray::fromStdString(out), written);
}

void TestJson::randomDoublesReadBackEqual()
{
    Random random(11);
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t bits = random.next();
        double number = 0;
        std::memcpy(&number, &bits, sizeof number);
        if (number != number || number - number != 0)
            continue;
        std::string text;
        appendNumber(text, number);
        const Document read = parseJson(text).value();
        QCOMPARE(read.root().toDouble(), number);
        QVERIFY2(read.root().kind() != Value::Kind::Digits || number == 0, text.c_str());
    }
}

void TestJson::randomDecimalTextsKeepTheirValue()
{
    Random random(12);
    for (int i = 0; i < 100'000; ++i) {
        std::string text = random.below(2) ? "-" : "";
        text += std::to_string(random.next() >> random.below(64));
        text += "." + random.text(1 + random.below(12), "0123456789");
        if (random.below(3) == 0)
            text += "e" + std::to_string(static_cast<int>(random.below(700)) - 350);
        const Document read = parseJson(text).value();
        QVERIFY2(equals(read.root(), Value::digits(text)), text.c_str());
        if (read.root().kind() == Value::Kind::Double)
            QCOMPARE(read.root().rawDouble(), QByteArray::fromStdString(text).toDouble());
        QVERIFY2(equals(parseJson(toJson(read.root()))->root(), read.root()), text.c_str());
    }
}

void TestJson::stringsRoundTrip_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("written");
    const auto row = [](const char *name, const char *json, const char *written = nullptr) {
        QTest::newRow(name) << QByteArray(json) << QByteArray(written ? written : json);
    };
    row("plain text stays plain", R"("Payment for invoice 42")");
    row("quotes and backslashes are escaped", R"("a\"b\\c")");
    row("a slash needs no escape", R"("a\/b")", R"("a/b")");
    row("short escapes are used", R"("\b\f\n\r\t")");
    row("other controls become four hex digits", R"("\u0000\u001f\u007f")",
        "\"\\u0000\\u001f\x7f\"");
    row("letters beyond ASCII are written as they are", R"("\u00e9\u20ac")", "\"é€\"");
    row("a surrogate pair is one character", R"("\ud83d\ude00")", "\"😀\"");
    row("a lone high surrogate stays an escape", R"("x\ud800y")");
    row("a lone low surrogate stays an escape", R"("\udfff")");
    row("two high surrogates stay apart", R"("\ud800\ud800\udc00")", "\"\\ud800\xF0\x90\x80\x80\"");
    row("Hangul next to the surrogates is text", "\"\xED\x9F\xBF\"");
    row("long text with a late escape", R"("0123456789012345678901234567890123456789\n")");
}

void TestJson::stringsRoundTrip()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, written);
    for (const QByteArray &around : {QByteArray("%"), QByteArray("{%:[%,%]}"), QByteArray("[%]")}) {
        const QByteArray text = QByteArray(around).replace('%', json);
        const Document document = parseJson(text.toStdString()).value();
        QCOMPARE(QByteArray::fromStdString(toJson(document.root())),
                 QByteArray(around).replace('%', written));
        QVERIFY(readersAgree(text.toStdString()));
    }
}

void TestJson::prettyIsWhatJavaScriptPrints()
{
    const Document document = parseJson(R"({"a":[],"b":{},"c":[1,{"d":[2]}],"e":null})").value();
    QCOMPARE(toQString(toJson(document.root(), JsonStyle::Pretty)),
             QStringLiteral("{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n"
                            "      \"d\": [\n        2\n      ]\n    }\n  ],\n  \"e\": null\n}"));
}

void TestJson::undefinedMembersAreLeftOut()
{
    Arena arena;
    ArrayBuilder array(arena);
    array.add(Value());
    array.add(Value::function(&arena));
    array.add(Value::number(0.0 / 0.0));
    ObjectBuilder object(arena);
    object.set("gone", Value());
    object.set("kept", array.finish());
    object.set("callable", Value::function(&arena));
    QCOMPARE(toJson(object.finish()), std::string(R"({"kept":[null,null,null]})"));
}

void TestJson::aRepeatedKeyKeepsItsPlaceAndItsLastValue()
{
    QCOMPARE(toJson(parseJson(R"({"a":1,"b":2,"a":3,"\u0061":4})")->root()),
             std::string(R"({"a":4,"b":2})"));
    std::string many = "{";
    for (int i = 0; i < 40; ++i)
        many += "\"k" + std::to_string(i % 20) + "\":" + std::to_string(i) + (i < 39 ? "," : "}");
    const Document document = parseJson(many).value();
    QCOMPARE(document.root().size(), 20u);
    QCOMPARE(document.root().members()[3].value.rawInt(), std::int64_t(23));
    QVERIFY(readersAgree(many));
}

void TestJson::neighboursWithLikeKeysStayApart_data()
{
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const char *text) {
        QTest::newRow(name) << QString::fromUtf8(text);
    };
    row("the same keys", R"([{"a":1,"b":2},{"a":3,"b":4},{"a":5,"b":6}])");
    row("another order", R"([{"a":1,"b":2},{"b":3,"a":4},{"a":5,"b":6}])");
    row("one key less", R"([{"a":1,"b":2},{"a":3},{},{"a":5,"b":6}])");
    row("one key more", R"([{"a":1},{"a":2,"b":3},{"a":4,"b":5},{"a":6}])");
    row("a key that begins like another", R"([{"ab":1},{"a":2},{"abc":3},{"ab":4}])");
    row("a repeated key", R"([{"a":1,"b":2},{"a":3,"b":4,"a":5},{"a":6,"a":7},{"a":8,"b":9}])");
    row("escaped keys", R"([{"a\\":1},{"a\\":2},{"a\"":3},{"a\"":4},{"\u0061":5},{"a":6}])");
    row("an escape behind the key", R"([{"a":"x\n","b":1},{"a":"y","b":"\\"},{"a":"z","b":2}])");
    row("nested under one name", R"([{"a":{"a":{"b":1}}},{"a":{"a":{"b":2}}},{"a":{"a":1}}])");
    row("more members than a plain search takes",
        R"([{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":0},)"
        R"({"a":9,"b":8,"c":7,"d":6,"e":5,"f":4,"g":3,"h":2,"i":1,"j":0},)"
        R"({"a":9,"b":8,"c":7,"d":6,"e":5,"f":4,"g":3,"h":2,"j":1,"i":0}])");
    row("no colon", R"([{"a":1},{"a" 1}])");
    row("text behind the key", R"([{"a":1},{"a"b:1}])");
    row("a key without end", R"([{"a":1},{"a)");
}

void TestJson::neighboursWithLikeKeysStayApart()
{
    QFETCH(QString, text);
    QVERIFY(readersAgree(toUtf8(text)));
    const auto parsed = parseJson(toUtf8(text));
    for (const Value &object : parsed ? parsed->root().items() : std::span<const Value>()) {
        for (const Member &member : object.members())
            QVERIFY(equals(object.get(member.key.text()), member.value));
    }
}

void TestJson::aByteOrderMarkIsSkipped()
{
    QCOMPARE(toJson(parseJson("\xEF\xBB\xBF[1]")->root()), std::string("[1]"));
    QVERIFY(!parseJson("[\xEF\xBB\xBF 1]"));
}

void TestJson::refusalsSayWhereAndWhy_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *json, const char *message) {
        QTest::addRow("%s", json) << QByteArray(json) << QString::fromUtf8(message);
    };
    row("", "Line 1, column 1: The text ends where a JSON value is expected.");
    row("{\"amount\":1 \"x\":2}",
        "Line 1, column 13: Expected ',' or '}' after the value of \"amount\".");
    row("{\n  \"é\": 1,\n  \"b\" 2\n}", "Line 3, column 7: Expected ':' after the name \"b\".");
    row("[1 2]", "Line 1, column 4: Expected ',' or ']' after the list item.");
    row("[1,]", "Line 1, column 4: Expected a value here, found ']'.");
    row("{\"a\":1,}", "Line 1, column 8: Expected a member name in double quotes, found '}'.");
    row("{'a':1}", "Line 1, column 2: Expected a member name in double quotes, found '''.");
    row("[\"é\", tru]", "Line 1, column 7: 'tru' is no JSON value.");
    row("[01]", "'01' is no JSON value.");
    row("[1.]", "'1.' is no JSON value.");
    row("[+1]", "'+1' is no JSON value.");
    row("[.5]", "'.5' is no JSON value.");
    row("[1e]", "'1e' is no JSON value.");
    row("[NaN]", "'NaN' is no JSON value.");
    row("[1] x", "Line 1, column 5: The JSON value is complete, but more text follows.");
    row("{\"a\":{\"b\":[1", "The text ends inside a list: ']' is missing.");
    row("{\"a\":1", "The text ends inside an object: '}' is missing.");
    row("\"abc", "This string has no closing '\"'.");
    row("\"a\\x\"", "This string holds an escape that JSON does not know");
    row("\"\\u12g4\"", "This string holds an escape that JSON does not know");
    row("\"a\tb\"", "A string holds an unescaped control character");
    row("[1}", "Expected ',' or ']'");
    row("{]", "found ']'");
    row("1\"a\"", "more text follows");
    row("\"a\"b", "more text follows");
    row("[1\f,2]", "no JSON value");
    row("[\"a\"\f]", "Expected ',' or ']'");
    row("true false", "more text follows");
}

void TestJson::refusalsSayWhereAndWhy()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, message);
    const QString got = toQString(errorOf(json.toStdString()));
    QVERIFY2(got.startsWith(QStringLiteral("data.json_syntax: Line ")), qPrintable(got));
    QVERIFY2(got.contains(message), qPrintable(got));
    QVERIFY(parseJson(json.toStdString()).error().kind == ErrorKind::Rejected);
}

void TestJson::limitsAreKept()
{
    QVERIFY(parseJson("[[[1]]]", {.bytes = 7, .depth = 3}));
    QVERIFY(errorOf("[[[1]]]", {.bytes = 6, .depth = 3}).starts_with("data.json_too_large"));
    QVERIFY(errorOf("[[[1]]]", {.bytes = 7, .depth = 2}).starts_with("data.json_too_deep"));
    QVERIFY(errorOf("{\"a\":{\"a\":1}}", {.depth = 1}).starts_with("data.json_too_deep"));
}

void TestJson::depthCostsNoStack()
{
    const std::string deep(1'000'000, '[');
    QVERIFY(errorOf(deep).starts_with("data.json_too_deep"));
    const std::string closed = deep + std::string(deep.size(), ']');
    const auto parsed = parseJson(closed, {.depth = 2'000'000});
    QVERIFY(parsed);
    QVERIFY(toJson(parsed->root()) == closed);
}

void TestJson::everyTruncationIsRefused()
{
    const Document whole = parseJson(kSample).value();
    QCOMPARE(whole.root().find("nested.k.k.0.0").rawInt(), std::int64_t(1));
    const std::size_t end = kSample.find_last_of('}');
    for (std::size_t length = 0; length <= end; ++length) {
        QVERIFY(!parseJson(kSample.substr(0, length)));
        QVERIFY(readersAgree(kSample.substr(0, length)));
    }
}

void TestJson::randomDamageIsJudgedAlikeByBothReaders()
{
    Random random(13);
    constexpr std::string_view kBytes = "{}[]:,\"\\ \n\f09.-eEtrufalsn\x01\x80\xC3\xA9\xED\xA0u";
    for (int i = 0; i < 60'000; ++i) {
        std::string text(kSample);
        for (std::uint64_t hits = 1 + random.below(3); hits > 0; --hits) {
            const std::size_t at = random.below(text.size());
            const char byte = kBytes[random.below(kBytes.size())];
            if (random.below(3) == 0)
                text.erase(at, 1 + random.below(5));
            else if (random.below(2) == 0)
                text.insert(at, 1, byte);
            else
                text[at] = byte;
        }
        QVERIFY2(readersAgree(text), text.c_str());
    }
}

void TestJson::badUtf8IsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("a lone continuation byte") << QByteArray("\x80");
    QTest::newRow("a cut character") << QByteArray("\xC3");
    QTest::newRow("an overlong slash") << QByteArray("\xC0\xAF");
    QTest::newRow("an overlong three-byte form") << QByteArray("\xE0\x80\x80");
    QTest::newRow("an encoded surrogate") << QByteArray("\xED\xA0\x80");
    QTest::newRow("beyond the last code point") << QByteArray("\xF4\x90\x80\x80");
    QTest::newRow("a byte that never occurs") << QByteArray("\xFF");
}

void TestJson::badUtf8IsRefused()
{
    QFETCH(QByteArray, bytes);
    const std::string text = "[\n\"aé" + bytes.toStdString() + "\"]";
    QCOMPARE(
        toQString(errorOf(text)),
        QStringLiteral("data.json_syntax: Line 2, column 4: The text is not UTF-8 from here on. "
                       "Save or send it as UTF-8."));
}

void TestJson::hostileKeysStayFast()
{
    std::string text = "{";
    for (int i = 0; i < 300'000; ++i) {
        std::string name = "aaaaaaaa" + std::to_string(1'000'000 + i) + "bbbbbbbb";
        text += "\"" + name + "\":1,";
    }
    text += "\"end\":2}";
    const Document document = parseJson(text).value(); // quadratic work would outlast the timeout
    QCOMPARE(document.root().size(), 300'001u);
    QCOMPARE(document.root().get("end").rawInt(), std::int64_t(2));
}

void TestJson::suiteFilesWithLoneSurrogatesAreRead()
{
    const QString groups = sharedFolder() + QStringLiteral("/jsonata/groups/");
    if (!QDir(groups).exists())
        QSKIP("the JSONata suite is not on this machine (set TIDEWIRE_SHARED)");
    for (const char *group : {"function-encodeUrl", "function-encodeUrlComponent"}) {
        const std::string text =
            content(groups + QLatin1String(group) + QStringLiteral("/case002.json"));
        const auto document = parseJson(text);
        QVERIFY(document);
        const std::string again = toJson(document->root());
        QVERIFY(
            QString::fromStdString(again).contains(QStringLiteral("\\ud800"), Qt::CaseInsensitive));
        QVERIFY(equals(parseJson(again)->root(), document->root()));
    }
}

void TestJson::realEventsRoundTrip()
{
    const QDir folder(sharedFolder() + QStringLiteral("/bench/mapping/data"));
    if (!folder.exists())
        QSKIP("the sample events are not on this machine (set TIDEWIRE_SHARED)");
    for (const QString &name : folder.entryList({QStringLiteral("*.json")})) {
        const std::string text = content(folder.filePath(name));
        const Document document = parseJson(text).value();
        for (const JsonStyle style : {JsonStyle::Compact, JsonStyle::Pretty}) {
            const std::string written = toJson(document.root(), style);
            const Document again = parseJson(written).value();
            QVERIFY(equals(again.root(), document.root()));
            QVERIFY(toJson(again.root(), style) == written);
        }
        QVERIFY(readersAgree(text));
    }
}

QTEST_GUILESS_MAIN(TestJson)
#include "tst_Json.moc"
