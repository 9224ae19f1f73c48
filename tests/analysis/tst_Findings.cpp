// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Findings.h"
#include "core/base/Text.h"
#include "tests/analysis/FindingTexts.h"
#include "tests/analysis/Shapes.h"
#include "tests/expr/Cases.h"

#include <QtTest>

using namespace tw;
using namespace tw::analysis;
using namespace tw::test;

using Type = Shape::Type;

namespace {

Shape::Field target(const char *kind)
{
    const std::string_view word = kind;
    if (word == "money")
        return optional("Amount__c", shape(Type::Money, "major"));
    if (word == "cents")
        return optional("amount", shape(Type::Money, "minor"));
    if (word == "time")
        return optional("Paid_At__c", shape(Type::Instant, "iso8601"));
    if (word == "date")
        return optional("Paid_On__c", shape(Type::Date));
    if (word == "number")
        return optional("Count__c", shape(Type::Number));
    if (word == "yes or no")
        return optional("Live__c", shape(Type::Boolean));
    if (word == "list")
        return optional("Tags__c", listOfShape(shape(Type::Text)));
    if (word == "short")
        return optional("Name", textUpTo(80));
    if (word == "choice")
        return optional("Status__c", choices({"Completed", "Pending", "Failed"}));
    if (word == "required")
        return need("LastName", shape(Type::Text));
    return optional("Text__c", shape(Type::Text));
}

} // namespace

class tst_Findings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void findsAgainstTheTarget_data();
    void findsAgainstTheTarget();
    void saysNothingAboutSoundExpressions_data();
    void saysNothingAboutSoundExpressions();
    void portableMappingsNameWhatIsOurs();
    void policiesOfTheFieldAnswerForIt();
    void refusedExpressionsKeepTheirPlace_data();
    void refusedExpressionsKeepTheirPlace();
    void fixesLeaveNothingToFind();
    void theBenchmarkMappingsAreSound_data();
    void theBenchmarkMappingsAreSound();

private:
    std::vector<BenchMapping> m_mappings;
};

void tst_Findings::finds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("found");
    QTest::addColumn<QString>("fixed");
    const auto row = [](const char *name, const char *text, const char *found, const char *fixed) {
        QTest::newRow(name) << QString::fromUtf8(text) << QStringList{QString::fromUtf8(found)}
                            << QString::fromUtf8(fixed);
    };
    row("a misspelt field", "data.object.amuont", "map.unknown_field «amuont»",
        "data.object.amount");
    row("a field looked for at the top", "receipt_email", "map.unknown_field «receipt_email»",
        "data.object.receipt_email");
    row("a misspelt field below a list", "data.object.lines.data.descripton",
        "map.unknown_field «descripton»", "data.object.lines.data.description");
    row("a misspelt field of a variable", "($o := data.object; $o.curency)",
        "map.unknown_field «curency»", "($o := data.object; $o.currency)");
    row("a field inside a text", "data.object.id.name", "map.unknown_field «name»", "");
    row("a misspelt field of $event", "$event.data.object.livemod", "map.unknown_field «livemod»",
        "$event.data.object.livemode");
    row("a misspelt function", "$uppercse(data.object.id)", "map.unknown_variable «$uppercse»",
        "$uppercase(data.object.id)");
    row("a hundredth", "data.object.amount / 100", "map.hundred «data.object.amount / 100»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a hundredth in a context", "data.object.{\"a\": amount / 100}",
        "map.hundred «amount / 100»", "data.object.{\"a\": $toMajor(amount, currency)}");
    row("a hundredth by multiplying", "data.object.amount * 0.01",
        "map.hundred «data.object.amount * 0.01»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a hundredth of another currency", "data.object.presentment_amount / 100",
        "map.hundred «data.object.presentment_amount / 100»",
        "$toMajor(data.object.presentment_amount, data.object.presentment_currency)");
    row("a hundredth of a sum", "$sum(data.object.lines.data.amount) / 100",
        "map.hundred «$sum(data.object.lines.data.amount) / 100»",
        "$toMajor($sum(data.object.lines.data.amount), data.object.currency)");
    row("a hundredth without a currency nearby", "($a := data.object.amount; $a / 100)",
        "map.hundred «$a / 100»",
        "($a := data.object.amount; $toMajor($a, $$.data.object.currency))");
    row("a hundred of major units", "data.object.total_eur * 100",
        "map.hundred «data.object.total_eur * 100»",
        "$toMinor(data.object.total_eur, data.object.currency)");
    row("cents and euros added", "data.object.amount + data.object.total_eur",
        "map.minor_units «data.object.amount»",
        "$toMajor(data.object.amount, data.object.currency) + data.object.total_eur");
    row("cents and euros compared", "data.object.total_eur > data.object.amount",
        "map.minor_units «data.object.amount»",
        "data.object.total_eur > $toMajor(data.object.amount, data.object.currency)");
    row("major units made major again", "$toMajor(data.object.total_eur, data.object.currency)",
        "map.major_units «data.object.total_eur»", "data.object.total_eur");
    row("minor units made minor again", "$toMinor(data.object.amount, data.object.currency)",
        "map.minor_units «data.object.amount»", "data.object.amount");
    row("seconds as milliseconds", "$fromMillis(data.object.created)",
        "map.seconds_as_millis «data.object.created»", "$fromMillis(data.object.created * 1000)");
    row("milliseconds as seconds", "$sfDateTime(data.object.created * 1000)",
        "map.seconds_as_millis «data.object.created * 1000»", "$sfDateTime(data.object.created)");
    row("seconds beside milliseconds", "data.object.created > $millis()",
        "map.seconds_as_millis «data.object.created»", "data.object.created * 1000 > $millis()");
    row("divided before $toMajor", "$toMajor(data.object.amount / 100, data.object.currency)",
        "map.hundred «data.object.amount / 100»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("a time without a zone", "$toMillis(\"2024-01-01T00:00:00\")",
        "map.naive_time «\"2024-01-01T00:00:00\"»", "$toMillis(\"2024-01-01T00:00:00Z\")");
    row("a picture without a zone",
        "$toMillis(data.object.description, \"[D01].[M01].[Y0001] [H01]:[m01]\")",
        "map.naive_time «\"[D01].[M01].[Y0001] [H01]:[m01]\"»", "");
    row("compared with a time without a zone", "data.object.booked_at > \"2024-01-01T00:00:00\"",
        "map.naive_time «\"2024-01-01T00:00:00\"»",
        "data.object.booked_at > \"2024-01-01T00:00:00Z\"");
    row("arithmetic with several", "data.object.lines.data.quantity * 2",
        "map.one_element_list «data.object.lines.data.quantity»",
        "$sum(data.object.lines.data.quantity) * 2");
    row("a text function with several", "$uppercase(data.object.lines.data.description)",
        "map.one_element_list «data.object.lines.data.description»",
        "$uppercase((data.object.lines.data.description)[0])");
    row("arithmetic with text", "data.object.description * 2",
        "map.wrong_type «data.object.description»", "$number(data.object.description) * 2");
    row("a text function with a number", "$uppercase(data.object.amount)",
        "map.wrong_type «data.object.amount»", "$uppercase($string(data.object.amount))");
    row("a number function with text", "$round(data.object.description)",
        "map.wrong_type «data.object.description»", "$round($number(data.object.description))");
    row("a choice that the source does not know", "data.object.status = \"suceeded\"",
        "map.choice_unknown «\"suceeded\"»", "data.object.status = \"succeeded\"");
    row("a choice among others", "data.object.status in [\"failed\", \"pendng\"]",
        "map.choice_unknown «\"pendng\"»", "data.object.status in [\"failed\", \"pending\"]");
    row("a table key that the source does not know",
        "$mapValue(data.object.status, {\"succeded\": \"a\"}, \"b\")",
        "map.choice_unknown «\"succeded\"»",
        "$mapValue(data.object.status, {\"succeeded\": \"a\"}, \"b\")");
    row("a currency in the wrong case", "data.object.currency = \"EUR\"",
        "map.choice_unknown «\"EUR\"»", "data.object.currency = \"eur\"");
    row("a currency in the wrong case after all", "$uppercase(data.object.currency) in [\"usd\"]",
        "map.choice_unknown «\"usd\"»", "$uppercase(data.object.currency) in [\"USD\"]");
    row("a number with too many digits", "data.object.created & 9007199254740993",
        "map.inexact_number «9007199254740993»", "data.object.created & \"9007199254740993\"");
    row("a number compared with text", "data.object.amount = \"100\"",
        "map.compare_types «data.object.amount = \"100\"»", "data.object.amount = 100");
    row("yes or no compared with text", "data.object.livemode = \"true\"",
        "map.compare_types «data.object.livemode = \"true\"»", "data.object.livemode = true");
    row("$eval", "$eval(\"1\")", "map.eval «$eval(\"1\")»", "");
}

void tst_Findings::finds()
{
    QFETCH(QString, text);
    QFETCH(QStringList, found);
    QFETCH(QString, fixed);
    const auto findings = findingsOf(toUtf8(text), chargeSurroundings());
    QCOMPARE(brief(toUtf8(text), findings), found);
    QVERIFY(!findings.front().message.empty());
    QVERIFY(!findings.front().fix.empty());
    if (fixed.isEmpty())
        return;
    QVERIFY(!findings.front().fixes.empty());
    QCOMPARE(toQString(repaired(toUtf8(text), findings.front().fixes.front())), fixed);
}

void tst_Findings::findsAgainstTheTarget_data()
{
    QTest::addColumn<QString>("into");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("fixed");
    const auto row = [](const char *name, const char *into, const char *text, const char *found,
                        const char *fixed) {
        QTest::newRow(name) << QString::fromUtf8(into) << QString::fromUtf8(text)
                            << QString::fromUtf8(found) << QString::fromUtf8(fixed);
    };
    row("cents into a currency field", "money", "data.object.amount",
        "map.minor_units «data.object.amount»",
        "$toMajor(data.object.amount, data.object.currency)");
    row("cents in one branch", "money", "data.object.livemode ? data.object.amount : 0",
        "map.minor_units «data.object.amount»",
        "data.object.livemode ? $toMajor(data.object.amount, data.object.currency) : 0");
    row("cents of every currency but one", "money",
        "data.object.currency = \"usd\" ? data.object.amount / 100 : data.object.amount",
        "map.minor_units «data.object.amount»",
        "data.object.currency = \"usd\" ? data.object.amount / 100 : "
        "$toMajor(data.object.amount, data.object.currency)");
    row("cents of one currency", "money",
        "data.object.currency != \"usd\" ? $toMajor(data.object.amount, data.object.currency) : "
        "data.object.amount",
        "map.minor_units «data.object.amount»",
        "data.object.currency != \"usd\" ? $toMajor(data.object.amount, data.object.currency) : "
        "$toMajor(data.object.amount, data.object.currency)");
    row("euros into cents", "cents", "data.object.total_eur",
        "map.major_units «data.object.total_eur»",
        "$toMinor(data.object.total_eur, data.object.currency)");
    row("seconds into a time", "time", "data.object.created",
        "map.seconds_as_millis «data.object.created»", "$sfDateTime(data.object.created)");
    row("seconds into a date", "date", "data.object.created",
        "map.seconds_as_millis «data.object.created»", "$sfDate(data.object.created)");
    row("milliseconds into a time", "time", "$millis()", "map.wrong_type «$millis()»",
        "$sfDateTime($floor($millis() / 1000))");
    row("a time into a date", "date", "data.object.booked_at",
        "map.wrong_type «data.object.booked_at»", "$substring(data.object.booked_at, 0, 10)");
    row("a time without a zone", "time", "\"2024-01-01T00:00:00\"",
        "map.naive_time «\"2024-01-01T00:00:00\"»", "\"2024-01-01T00:00:00Z\"");
    row("several into one text", "text", "data.object.lines.data.description",
        "map.one_element_list «data.object.lines.data.description»",
        "$join(data.object.lines.data.description, \"; \")");
    row("several into one number", "number", "data.object.lines.data.quantity",
        "map.one_element_list «data.object.lines.data.quantity»",
        "$sum(data.object.lines.data.quantity)");
    row("a path that collapses into a list", "list", "data.object.lines.data.description",
        "map.one_element_list «data.object.lines.data.description»",
        "[data.object.lines.data.description]");
    row("text into a number", "number", "data.object.description",
        "map.wrong_type «data.object.description»", "$number(data.object.description)");
    row("a number into text", "text", "data.object.amount", "map.wrong_type «data.object.amount»",
        "$string(data.object.amount)");
    row("text into yes or no", "yes or no", "\"true\"", "map.wrong_type «\"true\"»", "true");
    row("a group into text", "text", "data.object.card", "map.wrong_type «data.object.card»", "");
    row("a text that is too long", "short", "data.object.description",
        "map.text_too_long «data.object.description»",
        "$substring(data.object.description, 0, 80)");
    row("a value that the target does not take", "choice",
        "data.object.livemode ? \"Complete\" : \"Pending\"", "map.choice_unknown «\"Complete\"»",
        "data.object.livemode ? \"Completed\" : \"Pending\"");
    row("a table that gives an unknown value", "choice",
        "$mapValue(data.object.status, {\"succeeded\": \"Done\"}, \"Failed\")",
        "map.choice_unknown «$mapValue(data.object.status, {\"succeeded\": \"Done\"}, \"Failed\")»",
        "");
    row("source choices that the target does not know", "choice", "data.object.status",
        "map.choice_unknown «data.object.status»", "");
    row("required, but optional at the source", "required", "data.object.receipt_email",
        "map.required_optional «data.object.receipt_email»",
        "data.object.receipt_email ?? \"unknown\"");
    row("required, but null at times", "required", "data.object.failure_message",
        "map.required_optional «data.object.failure_message»",
        "data.object.failure_message ?: \"unknown\"");
    row("a function instead of its result", "time", "$now", "map.function_value «$now»", "$now()");
}

void tst_Findings::findsAgainstTheTarget()
{
    QFETCH(QString, into);
    QFETCH(QString, text);
    QFETCH(QString, found);
    QFETCH(QString, fixed);
    Surroundings here = chargeSurroundings();
    here.target = target(into.toUtf8().constData());
    const auto findings = findingsOf(toUtf8(text), here);
    QCOMPARE(brief(toUtf8(text), findings), QStringList{found});
    QVERIFY(!findings.front().fix.empty());
    if (fixed.isEmpty())
        return;
    QVERIFY(!findings.front().fixes.empty());
    const std::string better = repaired(toUtf8(text), findings.front().fixes.front());
    QCOMPARE(toQString(better), fixed);
    QCOMPARE(brief(better, findingsOf(better, here)), QStringList{});
}

void tst_Findings::saysNothingAboutSoundExpressions_data()
{
    QTest::addColumn<QString>("into");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const char *into, const char *text) {
        QTest::newRow(name) << QString::fromUtf8(into) << QString::fromUtf8(text);
    };
    row("metadata of any name", "text", "data.object.metadata.what_people_like");
    row("money, converted", "money", "$toMajor(data.object.amount, data.object.currency)");
    row("money by a rule of one's own", "money",
        "data.object.($lowercase(currency) in [\"jpy\"] ? amount : amount / 100)");
    row("a sum, converted", "money",
        "$toMajor($sum(data.object.lines.data.amount), data.object.currency)");
    row("no amount means nothing", "money", "data.object.total_eur ?? 0");
    row("cents as a count", "number", "data.object.amount");
    row("a time", "time", "$fromMillis(data.object.created * 1000)");
    row("a date", "date", "$sfDate(data.object.created)");
    row("a time with an offset", "time", "\"2024-01-01T00:00:00+01:00\"");
    row("a list made a list", "list", "[data.object.lines.data.description]");
    row("a list", "list", "data.object.tags");
    row("one of a list", "text", "data.object.tags[0]");
    row("a text cut to its length", "short", "$substring(data.object.description, 0, 80)");
    row("a table with all values", "choice",
        "$mapValue(data.object.status, {\"succeeded\": \"Completed\"}, \"Pending\")");
    row("required with a default", "required", "data.object.receipt_email ?? \"none\"");
    row("required after a test", "required",
        "$exists(data.object.receipt_email) ? data.object.receipt_email : \"none\"");
    row("null empties a field", "money", "null");
    row("an unknown value", "money", "$parseJson(data.object.description).amount");
    row("amount above nothing", "text", "data.object.amount > 0 ? \"a\" : \"b\"");
    row("equality with null", "text", "data.object.card = null ? \"a\" : \"b\"");
    row("a lambda of a sort", "list",
        "$sort(data.object.lines.data, function($a, $b) { $a.amount > $b.amount }).description[]");
    row("texts and numbers together", "text", "data.object.amount & \" \" & data.object.currency");
}

void tst_Findings::saysNothingAboutSoundExpressions()
{
    QFETCH(QString, into);
    QFETCH(QString, text);
    Surroundings here = chargeSurroundings();
    here.target = target(into.toUtf8().constData());
    QCOMPARE(brief(toUtf8(text), findingsOf(toUtf8(text), here)), QStringList{});
}

void tst_Findings::portableMappingsNameWhatIsOurs()
{
    Surroundings here = chargeSurroundings();
    here.portable = true;
    const std::string text = "$toMajor(data.object.amount, data.object.currency) ?? 0";
    const auto findings = findingsOf(text, here);
    QCOMPARE(brief(text, findings), (QStringList{QStringLiteral("map.not_portable «$toMajor»"),
                                                 QStringLiteral("map.not_portable «??»")}));
    for (const ExpressionFinding &finding : findings)
        QVERIFY(finding.severity == Severity::Info);
    const std::string other = "data.object.receipt_email ?? \"-\"";
    QCOMPARE(toQString(repaired(other, findingsOf(other, here).front().fixes.front())),
             QStringLiteral("$exists(data.object.receipt_email) ? data.object.receipt_email : "
                            "\"-\""));
    QVERIFY(findingsOf(text, chargeSurroundings()).empty());
    const std::string zone = "$fromMillis(0, \"[H]\", \"Europe/Berlin\")";
    QCOMPARE(brief(zone, findingsOf(zone, here)),
             QStringList{QStringLiteral("map.not_portable «\"Europe/Berlin\"»")});
    const std::string flags = "$match(\"a\", /b(?i)a/)";
    QCOMPARE(brief(flags, findingsOf(flags, here)),
             QStringList{QStringLiteral("map.not_portable «(?i»")});
    QVERIFY(findingsOf("$match(\"a\", /(?:a)\\(?b/i)", here).empty());
}

void tst_Findings::policiesOfTheFieldAnswerForIt()
{
    Surroundings here = chargeSurroundings();
    here.target = target("required");
    here.missingIsHandled = true;
    QVERIFY(findingsOf("data.object.receipt_email", here).empty());
    here.target = target("text");
    here.listIsHandled = true;
    QVERIFY(findingsOf("data.object.lines.data.description", here).empty());
}

void tst_Findings::refusedExpressionsKeepTheirPlace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("found");
    QTest::newRow("an operator without its right side")
        << QStringLiteral("data.object.amount +") << QStringLiteral("expr.S0207 «»");
    QTest::newRow("a bracket too many")
        << QStringLiteral("a + b)") << QStringLiteral("expr.S0201 «)»");
    QTest::newRow("a regular expression that looks ahead")
        << QStringLiteral("$match(data.object.id, /a(?=b)/)")
        << QStringLiteral("map.regex «(?=b)»");
    QTest::newRow("two fields that are each wrong")
        << QStringLiteral("{\"a\": amount + , \"b\": status & }")
        << QStringLiteral("expr.S0211 «,»; expr.S0211 «}»");
}

void tst_Findings::refusedExpressionsKeepTheirPlace()
{
    QFETCH(QString, text);
    QFETCH(QString, found);
    const auto findings = findingsOf(toUtf8(text), chargeSurroundings());
    QCOMPARE(brief(toUtf8(text), findings), found.split(QStringLiteral("; ")));
    QVERIFY(findings.front().severity == Severity::Error);
}

/// Every fix compiles, and takes away the finding that it belongs to.
void tst_Findings::fixesLeaveNothingToFind()
{
    const char *texts[] = {"data.object.amuont / 100", "$fromMillis(created, \"[Y]\")",
                           "data.object.total_eur * 100 + data.object.amount",
                           "$uppercase(data.object.lines.data.amount)",
                           "data.object.status = \"open\" or data.object.livemode = \"true\""};
    for (const std::string text : texts) {
        for (const ExpressionFinding &finding : findingsOf(text, chargeSurroundings())) {
            for (const ExpressionFinding::Fix &fix : finding.fixes) {
                const std::string better = repaired(text, fix);
                for (const ExpressionFinding &left : findingsOf(better, chargeSurroundings())) {
                    QVERIFY2(left.severity != Severity::Error, better.c_str());
                    QVERIFY2(left.code != finding.code || left.start != finding.start,
                             better.c_str());
                }
            }
        }
    }
}

void tst_Findings::theBenchmarkMappingsAreSound_data()
{
    QTest::addColumn<QString>("id");
    m_mappings = benchMappings();
    if (m_mappings.empty())
        QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
    for (const BenchMapping &mapping : m_mappings)
        QTest::newRow(mapping.title.c_str()) << toQString(mapping.id);
}

void tst_Findings::theBenchmarkMappingsAreSound()
{
    QFETCH(QString, id);
    const BenchMapping &mapping = *findMapping(m_mappings, toUtf8(id));
    const auto event = mapping.event();
    QVERIFY(event.has_value());
    Surroundings here;
    here.input = shapeOf(event->root());
    const auto findings = findingsOf(mapping.text, here);
    QVERIFY2(findings.empty(), brief(mapping.text, findings).join(u'\n').toUtf8().constData());
}

QTEST_APPLESS_MAIN(tst_Findings)
#include "tst_Findings.moc"
