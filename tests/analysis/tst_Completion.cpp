// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Completion.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "tests/analysis/Shapes.h"
#include "tests/expr/Cases.h"

#include <QtTest>

#include <algorithm>

using namespace tw;
using namespace tw::test;
using namespace tw::analysis;
using Type = Shape::Type;

namespace {

Surroundings surroundings()
{
    Surroundings around;
    around.input = group({
        need("id", shape(Type::Id)),
        need("created", shape(Type::Instant, "unix_seconds")),
        need(
            "data",
            group({need(
                "object",
                group({need("amount", shape(Type::Money, "minor")),
                       need("amount_refunded", shape(Type::Money, "minor")),
                       need("currency", shape(Type::Currency)),
                       need("status", choices({"succeeded", "pending", "failed"})),
                       need("livemode", shape(Type::Boolean)), need("odd name", shape(Type::Text)),
                       need("lines", listOfShape(group(
                                         {need("quantity", shape(Type::Integer)),
                                          need("price", group({need("nickname",
                                                                    shape(Type::Text))}))})))}))})),
    });
    around.bindings["event"] =
        group({need("type", shape(Type::Text)), need("id", shape(Type::Id))});
    return around;
}

struct Typed
{
    std::string text;
    int cursor = 0;
};

/// The bar is the cursor.
Typed typed(const QString &marked)
{
    std::string text = toUtf8(marked);
    const std::size_t bar = text.find('|');
    text.erase(bar, 1);
    return {std::move(text), static_cast<int>(bar)};
}

QStringList labels(const Completions &all)
{
    QStringList found;
    for (const Completion &item : all.items)
        found += toQString(item.label);
    return found;
}

Completions at(const QString &marked, const Surroundings &around = surroundings())
{
    const Typed place = typed(marked);
    return completionsAt(place.text, place.cursor, around);
}

/// The text after the first completion of this label was accepted.
QString accepted(const QString &marked, const QString &label)
{
    const Typed place = typed(marked);
    const Completions all = completionsAt(place.text, place.cursor, surroundings());
    for (const Completion &item : all.items) {
        if (toQString(item.label) == label)
            return toQString(place.text.substr(0, static_cast<std::size_t>(all.start)) +
                             item.insert + place.text.substr(static_cast<std::size_t>(all.end)));
    }
    return QStringLiteral("not offered");
}

} // namespace

/// What is offered at the cursor of half-typed text, and the call around it.
class tst_Completion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offersTheFieldsOfThePlace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("first");
        const auto row = [](const char *name, const char *text, const char *first) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(first);
        };
        const char *object = "amount amount_refunded currency status livemode odd name lines";
        row("behind a path", "data.object.|", object);
        row("behind a path with more text, numbers first", "data.object.| + 1",
            "amount amount_refunded lines currency status livemode odd name");
        row("in the middle of a word", "data.object.am|ount", "amount amount_refunded odd name");
        row("in a block step", "data.object.(|", object);
        row("in an unclosed object", "data.object.{\"a\": |", object);
        row("in a second field", "data.object.{\"a\": amount, \"b\": li|}", "livemode lines");
        row("in a predicate", "data.object.lines[|", "quantity price");
        row("behind a predicate", "data.object.lines[quantity > 1].|", "quantity price");
        row("in a nested call", "$sum(data.object.lines.|", "quantity price");
        row("in a sort term", "data.object.lines^(>|)", "quantity price");
        row("in a lambda of $map", "$map(data.object.lines, function($l) { $l.|", "quantity price");
        row("in a lambda of $filter", "$filter(data.object.lines, function($l) { $l.| > 1 })",
            "quantity price");
        row("deeper in a lambda", "$map(data.object.lines, function($l) { $l.price.| })",
            "nickname");
        row("behind a binding of the flow", "$event.|", "type id");
        row("behind an own variable", "($o := data.object; $o.|", object);
        row("behind the whole input", "data.object.($$.|)", "id created data");
        row("after a mistake in another field", "data.object.{\"a\": 1 +, \"b\": cur|", "currency");
        row("letters in their order", "data.object.amre|", "amount_refunded");
        row("capitals do not matter", "data.object.CURR|", "currency");
    }
    void offersTheFieldsOfThePlace()
    {
        QFETCH(QString, text);
        QFETCH(QString, first);
        const Completions all = at(text);
        QStringList fields;
        for (const Completion &item : all.items) {
            if (item.kind == Completion::Kind::Field)
                fields += toQString(item.label);
        }
        QCOMPARE(fields.join(QLatin1Char(' ')), first);
    }

    void offersTheValuesOfAChoice_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("accepted");
        const auto row = [](const char *name, const char *text, const char *result) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(result);
        };
        row("behind =", "data.object.status = |", "data.object.status = \"pending\"");
        row("before =", "| = data.object.status", "\"pending\" = data.object.status");
        row("inside quotes", "data.object.(status != \"pe|\")",
            "data.object.(status != \"pending\")");
        row("inside an open quote", "data.object[status = \"pe|",
            "data.object[status = \"pending\"");
        row("in a list behind in", "data.object.(status in [\"failed\", |])",
            "data.object.(status in [\"failed\", \"pending\"])");
    }
    void offersTheValuesOfAChoice()
    {
        QFETCH(QString, text);
        QFETCH(QString, accepted);
        QCOMPARE(::accepted(text, QStringLiteral("\"pending\"")), accepted);
    }

    void insertsWhatIsNeeded()
    {
        QCOMPARE(accepted(QStringLiteral("data.object.odd|"), QStringLiteral("odd name")),
                 QStringLiteral("data.object.`odd name`"));
        QCOMPARE(accepted(QStringLiteral("data.object.`odd n|"), QStringLiteral("odd name")),
                 QStringLiteral("data.object.`odd name`"));
        QCOMPARE(accepted(QStringLiteral("$upp|"), QStringLiteral("$uppercase")),
                 QStringLiteral("$uppercase("));
        QCOMPARE(accepted(QStringLiteral("$upp|(x)"), QStringLiteral("$uppercase")),
                 QStringLiteral("$uppercase(x)"));
        QCOMPARE(accepted(QStringLiteral("$mil|"), QStringLiteral("$millis")),
                 QStringLiteral("$millis()"));
        QCOMPARE(accepted(QStringLiteral("($net := 1; $n| * 2)"), QStringLiteral("$net")),
                 QStringLiteral("($net := 1; $net * 2)"));
    }

    void offersWhatIsInScope()
    {
        const QStringList found = labels(at(QStringLiteral(
            "($before := 1; $f := function($x) { ($inner := 2; $| ) }; $after := 3; $f(1))")));
        for (const char *name : {"$before", "$f", "$x", "$inner", "$event", "$", "$$", "$sum"})
            QVERIFY2(found.contains(QLatin1String(name)), name);
        QVERIFY(!found.contains(QStringLiteral("$after")));
        const QStringList stepped =
            labels(at(QStringLiteral("data.object.lines@$l#$i.{\"a\": $|}")));
        QVERIFY(stepped.contains(QStringLiteral("$l")) && stepped.contains(QStringLiteral("$i")));
    }

    void hidesOwnFunctionsFromPortableExpressions()
    {
        Surroundings around = surroundings();
        const Completions all = at(QStringLiteral("$toMaj|"), around);
        QVERIFY(!all.items.empty());
        QCOMPARE(toQString(all.items.front().label), QStringLiteral("$toMajor"));
        QCOMPARE(toQString(all.items.front().detail), QStringLiteral("(amount, currency)"));
        QVERIFY(toQString(all.items.front().help).contains(QStringLiteral("Tidewire")));
        around.portable = true;
        QVERIFY(
            !labels(at(QStringLiteral("$toMaj|"), around)).contains(QStringLiteral("$toMajor")));
    }

    void putsFirstWhatFitsTheTarget()
    {
        Surroundings around = surroundings();
        around.target = need("CurrencyIsoCode", shape(Type::Currency));
        QCOMPARE(labels(at(QStringLiteral("data.object.|"), around)).first(),
                 QStringLiteral("currency"));
        around.target = need("Live__c", shape(Type::Boolean));
        QCOMPARE(labels(at(QStringLiteral("data.object.|"), around)).first(),
                 QStringLiteral("livemode"));
        around.target = need("Amount__c", shape(Type::Money, "major"));
        QCOMPARE(labels(at(QStringLiteral("$to|"), around)).first(), QStringLiteral("$toMajor"));
        around.target = need("Stage__c", choices({"Open", "Won"}));
        QCOMPARE(labels(at(QStringLiteral("data.object.livemode ? |"), around)).first(),
                 QStringLiteral("\"Open\""));
        around.target = need("Record", group({need("Name", shape(Type::Text)),
                                              need("Stage__c", choices({"Open", "Won"}))}));
        QCOMPARE(
            labels(at(QStringLiteral("data.object.{\"Name\": status, \"S|\": 1}"), around)).first(),
            QStringLiteral("Stage__c"));
        QCOMPARE(labels(at(QStringLiteral("data.object.{\"Stage__c\": |}"), around)).first(),
                 QStringLiteral("\"Open\""));
    }

    void offersOperatorsBehindAnOperand()
    {
        QCOMPARE(labels(at(QStringLiteral("data.object.livemode |"))).join(QLatin1Char(' ')),
                 QStringLiteral("and or in"));
        QCOMPARE(labels(at(QStringLiteral("(a) o|"))).join(QLatin1Char(' ')), QStringLiteral("or"));
    }

    void offersNothingWhereNothingFits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("in a comment") << QStringLiteral("a /* am| */");
        QTest::newRow("in a free string") << QStringLiteral("\"am|\"");
        QTest::newRow("in a number") << QStringLiteral("1 + 20|");
        QTest::newRow("in a pattern") << QStringLiteral("$match(id, /am|/)");
        QTest::newRow("a new parameter") << QStringLiteral("function($a, $a|");
        QTest::newRow("a new binding of a step") << QStringLiteral("data@$e|");
    }
    void offersNothingWhereNothingFits()
    {
        QFETCH(QString, text);
        QCOMPARE(labels(at(text)).join(QLatin1Char(' ')), QString());
    }

    void tipsTheCallAround_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("tip"); // function, arguments, active
        const auto row = [](const char *name, const char *text, const char *tip) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(tip);
        };
        row("just opened", "$toMajor(|", "$toMajor(amount, currency) 0");
        row("second argument", "$toMajor(amount, |", "$toMajor(amount, currency) 1");
        row("inside a nested call", "$join([$uppercase(a|), b], \",\")", "$uppercase(text) 0");
        row("behind a nested call", "$join([$uppercase(a), b|], \",\")",
            "$join(array, separator) 0");
        row("commas in a list do not count", "$join([a, b], |)", "$join(array, separator) 1");
        row("commas in strings, patterns and comments do not count",
            "$replace(\"a,(\" /* , */, /,[()]/, |)",
            "$replace(text, pattern, replacement, limit) 2");
        row("inside a lambda", "$map(lines, function($l, $i) { $l.| })", "$map(array, function) 1");
        row("a partial application", "$substring(?, |", "$substring(text, start, length) 1");
        row("behind ~>", "amount ~> $toMajor(|", "$toMajor(amount, currency) 1");
        row("an own function", "($net := function($a, $fee) { $a - $fee }; $net(1, |)",
            "$net($a, $fee) 1");
        row("an own partial application", "($first := $substring(?, 0, ?); $first(|)",
            "$first(text, length) 0");
        row("an open string", "$lookup({\"a\": 1}, \"op|", "$lookup(object, key) 1");
        row("variadic", "$zip(a, b, c, |", "$zip(array1, …) 1");
        row("no call", "data.(a, |", "none");
        row("behind the call", "$sum(a)|", "none");
    }
    void tipsTheCallAround()
    {
        QFETCH(QString, text);
        QFETCH(QString, tip);
        const Typed place = typed(text);
        const auto found = callTipAt(place.text, place.cursor);
        std::string written = "none";
        if (found) {
            written = found->function + "(";
            for (const std::string &argument : found->arguments)
                written += (written.back() == '(' ? "" : ", ") + argument;
            written += ") " + std::to_string(found->active);
        }
        QCOMPARE(toQString(written), tip);
    }

    void anyCutOfAMappingIsAnswered()
    {
        const auto texts = benchTexts();
        if (texts.empty())
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        const Surroundings around = surroundings();
        for (const std::string &text : texts) {
            for (std::size_t i = 0; i <= text.size(); ++i) {
                const std::string shorter = text.substr(0, i);
                const std::string gap = shorter + text.substr(std::min(i + 1, text.size()));
                for (const std::string &half : {shorter, gap, text}) {
                    const int cursor = static_cast<int>(std::min(i, half.size()));
                    const Completions all = completionsAt(half, cursor, around);
                    QVERIFY(all.start >= 0 && all.start <= cursor && cursor <= all.end);
                    QVERIFY(all.end <= static_cast<int>(half.size()));
                    const auto tip = callTipAt(half, cursor);
                    QVERIFY(!tip || (tip->start >= 0 && tip->start < cursor && tip->active >= 0));
                }
            }
        }
    }

    void answersWhileSomebodyTypes()
    {
        const auto texts = benchTexts();
        if (texts.empty())
            QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
        const std::string &longest =
            *std::max_element(texts.begin(), texts.end(),
                              [](const auto &a, const auto &b) { return a.size() < b.size(); });
        const Surroundings around = surroundings();
        QBENCHMARK
        {
            completionsAt(longest, static_cast<int>(longest.size()) - 20, around);
        }
    }
};

QTEST_APPLESS_MAIN(tst_Completion)
#include "tst_Completion.moc"
