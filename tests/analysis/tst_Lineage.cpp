// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Lineage.h"
#include "core/base/Text.h"
#include "core/data/Yaml.h"
#include "tests/expr/Cases.h"

#include <QtTest>

#include <map>

using namespace tw;
using namespace tw::analysis;

namespace {

std::string dotted(const std::vector<std::string> &path)
{
    std::string text;
    for (const std::string &name : path)
        text += (text.empty() ? "" : ".") + name;
    return text.empty() ? "$" : text;
}

std::string lineText(const SourceLine &line)
{
    static constexpr const char *kKinds[] = {"copied ", "computed ", "decides "};
    std::string text = kKinds[static_cast<int>(line.kind)] + line.source.text();
    for (std::size_t i = 0; i < line.through.size(); ++i)
        text += (i == 0 ? " through " : ", ") + line.through[i];
    return text;
}

/// One line of text for each target, as a person would write down the picture.
std::string picture(const Lineage &lineage)
{
    std::string text;
    for (const TargetLineage &target : lineage.targets) {
        text += (text.empty() ? "" : "\n") + dotted(target.path);
        if (target.isList)
            text += " [for each " + target.listSource.text() + "]";
        if (target.dynamicName)
            text += " [name worked out]";
        if (target.untraceable)
            text += " [cannot be traced]";
        if (target.constant)
            text += " [constant]";
        for (std::size_t i = 0; i < target.lines.size(); ++i)
            text += (i == 0 ? " <- " : "; ") + lineText(target.lines[i]);
    }
    for (const SourcePath &path : lineage.unused)
        text += "\nunused " + path.text();
    return text;
}

std::string pictureOf(std::string_view expression, const LineageOptions &options = {})
{
    const auto compiled = Expression::compile(expression);
    return compiled ? picture(lineageOf(*compiled, options)) : compiled.error().message;
}

} // namespace

/// Lineage draws what a person would draw.
class tst_Lineage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawsTheLines_data();
    void drawsTheLines();
    void drawsTheBenchmarkMapping_data();
    void drawsTheBenchmarkMapping();
    void drawsTheDemoMapping_data();
    void drawsTheDemoMapping();
    void theDemoMappingHasNoOtherField();
    void aSchemaTellsLists();
    void placesAreWhereTheTextNamesThem();
    void functionsOnTheWayAreKnown();
    void wildcardsCover_data();
    void wildcardsCover();
    void pathsAreWrittenAsTheLanguageNeedsThem();
    void hostileTextEnds();

private:
    const std::map<std::string, std::string> &demoMapping();
    std::map<std::string, std::string> m_demo;
};

void tst_Lineage::drawsTheLines_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *expression, const char *expected) {
        QTest::newRow(name) << QString::fromUtf8(expression) << QString::fromUtf8(expected);
    };
    row("a path is copied", "data.object.id", "$ <- copied data.object.id");
    row("the input as a whole", "$", "$ <- copied $");
    row("a constant has no line", "\"EUR\"", "$ [constant]");
    row("now is a constant", "$now()", "$ [constant]");
    row("an operator computes", "amount / 100", "$ <- computed amount through /");
    row("texts side by side", "first & \" \" & last",
        "$ <- computed first through &; computed last through &");
    row("a function computes", "$uppercase(currency)", "$ <- computed currency through $uppercase");
    row("outermost last", "$round($sum(lines.amount) / 100)",
        "$ <- computed lines.amount through $sum, /, $round");
    row("an omitted argument is the context", "name.$uppercase()",
        "$ <- computed name through $uppercase");
    row("also before written ones", "name.$substring(0, 3)",
        "$ <- computed name through $substring");
    row("not when all are written", "customer.$substring($$.name, 3)",
        "$ <- computed name through $substring\nunused customer");
    row("an optional argument is not the context", "a.$string(b)",
        "$ <- computed a.b through $string");
    row("a condition decides", "livemode ? \"live\" : \"test\"", "$ <- decides livemode");
    row("both branches give the value", "a ? b : c", "$ <- copied b; copied c; decides a");
    row("what gives the value is not said to decide", "$exists(a) ? a : null", "$ <- copied a");
    row("an assertion decides", "($assert(o.amount > 3, \"small\"); o.currency)",
        "$ <- copied o.currency; decides o.amount through >");
    row("in its own block alone", "{\"a\": ($assert(x); y), \"b\": z}",
        "a <- copied y; decides x\nb <- copied z");
    row("an error tells of what it names", "a ? b : $error(c)",
        "$ <- copied b; decides a; decides c");
    row("a fallback is copied as well", "a ?? b", "$ <- copied a; copied b");
    row("a false one too", "a ?: b", "$ <- copied a; copied b");
    row("risk only decides", "outcome.score > 65 ? \"High\" : \"Normal\"",
        "$ <- decides outcome.score through >");
    row("a filter decides", "lines[amount > 0].id",
        "$ <- copied lines.id; decides lines.amount through >");
    row("an index does not", "lines[0].id", "$ <- copied lines.id");
    row("an order decides", "lines^(>amount).id", "$ <- copied lines.id; decides lines.amount");
    row("fields of an object", "{\"a\": x, \"b\": {\"c\": y.z}}",
        "a <- copied x\nb.c <- copied y.z");
    row("an object for each line", "lines[amount > 0].{\"Id\": id, \"Price\": amount / 100}",
        "$ [for each lines] <- decides lines.amount through >\nId <- copied lines.id\n"
        "Price <- computed lines.amount through /");
    row("a list below a field", "{\"items\": [lines.{\"n\": name}]}",
        "items [for each lines]\nitems.n <- copied lines.name");
    row("a map makes a list", "$map(lines, function($l) { {\"n\": $l.name} })",
        "$ [for each lines]\nn <- copied lines.name");
    row("a map of values", "$map(lines, function($l, $i) { $l.amount * $i })",
        "$ [for each lines] <- computed lines.amount through *");
    row("a map with a function of the language", "$map(names, $uppercase)",
        "$ [for each names] <- computed names through $uppercase");
    row("a list filter", "$filter(lines, function($l) { $l.amount > 0 }).id",
        "$ <- copied lines.id; decides lines.amount through >");
    row("the single one", "$single(lines, function($l) { $l.main }).id",
        "$ <- copied lines.id; decides lines.main");
    row("a reduce", "$reduce(lines.amount, function($a, $v) { $a + $v }, 0)",
        "$ <- computed lines.amount through +");
    row("a sort with a function", "$sort(lines, function($a, $b) { $a.n > $b.n }).id",
        "$ <- copied lines.id; decides lines.n through >");
    row("each field", "$each(metadata, function($v, $k) { $k & \"=\" & $v })",
        "$ [for each metadata] <- computed metadata.* through $each, &");
    row("some fields", "$sift(metadata, function($v) { $v != \"\" })",
        "$ <- copied metadata; decides metadata.* through !=");
    row("names of fields", "$keys(metadata)", "$ <- computed metadata.* through $keys");
    row("grouping", "lines{product: $sum(amount)}",
        "* [name worked out] <- computed lines.amount through $sum; decides lines.product");
    row("a field with a computed name", "{type: amount}",
        "* [name worked out] <- copied amount; decides type");
    row("looking up a fixed name", "$lookup(metadata, \"account\")",
        "$ <- copied metadata.account");
    row("looking up a computed name", "$lookup(metadata, type)",
        "$ <- copied metadata.*; decides type");
    row("a lookup table", "$lookup({\"a\": \"A\"}, status) ?? \"?\"", "$ <- decides status");
    row("a value table", "$mapValue(status, {\"paid\": \"Closed\"}, \"Open\")",
        "$ <- computed status through $mapValue");
    row("a default of a value table", "$mapValue(status, {\"paid\": \"Closed\"}, other)",
        "$ <- copied other; computed status through $mapValue");
    row("money has a currency", "$toMajor(amount, currency)",
        "$ <- computed amount through $toMajor; computed currency through $toMajor");
    row("all fields", "billing.*", "$ <- copied billing.*");
    row("all below", "**.id", "$ <- copied **.id");
    row("a variable is followed", "($c := charge.card; {\"last4\": $c.last4})",
        "last4 <- copied charge.card.last4");
    row("what nobody uses is known", "($unused := a.b; c)", "$ <- copied c\nunused a.b");
    row("a block has its own variables", "($x := a; ($x := b; $x) & $x)",
        "$ <- computed a through &; computed b through &");
    row("a condition may bind", "($x := a; c ? $x := b : 0; $x)",
        "$ <- copied a; copied b\nunused c");
    row("a lambda", "($f := function($p) { $p / 100 }; $f(amount))",
        "$ <- computed amount through /");
    row("a lambda sees its surroundings",
        "($r := rate; $f := function($p) { $p * $r }; $f(amount))",
        "$ <- computed rate through *; computed amount through *");
    row("a partial application", "($f := $substring(?, 0, 3); $f(name))",
        "$ <- computed name through $substring");
    row("a chain", "name ~> $trim() ~> $uppercase", "$ <- computed name through $trim, $uppercase");
    row("a composed function", "($f := $trim ~> $uppercase; $f(name))",
        "$ <- computed name through $trim, $uppercase");
    row("recursion ends",
        "($depth := function($n) { $n.child ? 1 + $depth($n.child) : $n.value }; $depth(tree))",
        "$ <- copied tree.value; computed tree.child.child.** through +;"
        " computed tree.child.value through +; decides tree.child.child; decides tree.child");
    row("a transform", "$ ~> |card|{\"last4\": \"****\"}|", "$ <- copied $\ncard.last4 [constant]");
    row("the parent", "lines.product.{\"order\": %.%.id, \"name\": name}",
        "order <- copied id\nname <- copied lines.product.name");
    row("a join",
        "loans@$l.books@$b[$l.isbn = $b.isbn].{\"who\": $l.customer, \"title\": $b.title}",
        "$ [for each books] <- decides loans.isbn through =; decides books.isbn through =\n"
        "who <- copied loans.customer\ntitle <- copied books.title");
    row("grouping over a join", "loans@$l.books@$b[$l.isbn = $b.isbn]{$l.customer: $b.title}",
        "$ <- decides loans.isbn through =; decides books.isbn through =\n"
        "* [name worked out] <- copied books.title; decides loans.customer");
    row("an index variable is no source", "lines#$i.{\"n\": $i, \"id\": id}",
        "n [constant]\nid <- copied lines.id");
    row("a binding is a source", "$event.data.id", "$ <- copied $event.data.id");
    row("an unknown variable", "$secret & name", "$ [cannot be traced] <- computed name through &");
    row("evaluated text", "$eval(code)",
        "$ [cannot be traced] <- computed code through $eval\nunused $\nunused $event");
    row("merged objects", "$merge([{\"a\": x}, flag ? {\"b\": y}])",
        "$ <- decides flag\na <- copied x\nb <- copied y");
    row("of a merge, the later one as well", "$merge([{\"a\": x}, {\"a\": y}])",
        "a <- copied x; copied y");
}

void tst_Lineage::drawsTheLines()
{
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    QCOMPARE(toQString(pictureOf(toUtf8(expression))), expected);
}

void tst_Lineage::drawsTheBenchmarkMapping_data()
{
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *field, const char *expected) {
        QTest::newRow(field) << QString::fromUtf8(expected);
    };
    row("External_Id__c", "copied data.object.id");
    row("Name", "computed data.object.id through $substring, &");
    row("Amount__c", "computed data.object.amount through /");
    row("Refunded__c", "computed data.object.amount_refunded through /");
    row("CurrencyIsoCode", "computed data.object.currency through $uppercase");
    row("Status__c", "decides data.object.status");
    row("Payment_Date__c", "computed data.object.created through *, $fromMillis");
    row("Account__c", "copied data.object.metadata.salesforce_account_id");
    row("Opportunity__c", "copied data.object.metadata.salesforce_opportunity_id");
    row("Payer__c", "computed data.object.billing_details.name through $trim");
    row("Payer_Email__c", "computed data.object.receipt_email through $lowercase; "
                          "computed data.object.billing_details.email through $lowercase");
    row("Card__c", "computed data.object.payment_method_details.card.brand through $uppercase, &; "
                   "computed data.object.payment_method_details.card.last4 through &; "
                   "computed data.object.payment_method_details.card.exp_month through $string, "
                   "$pad, &; "
                   "computed data.object.payment_method_details.card.exp_year through &");
    row("Risk__c", "decides data.object.outcome.risk_score through >");
    row("Live__c", "copied data.object.livemode");
    row("Address__c", "computed data.object.billing_details.address.line1 through $join; "
                      "computed data.object.billing_details.address.line2 through $join; "
                      "computed data.object.billing_details.address.postal_code through &, $join; "
                      "computed data.object.billing_details.address.city through &, $join; "
                      "computed data.object.billing_details.address.country through $join");
}

void tst_Lineage::drawsTheBenchmarkMapping()
{
    QFETCH(QString, expected);
    const auto mappings = test::benchMappings();
    const test::BenchMapping *mapping15 = test::findMapping(mappings, "mapping15");
    if (!mapping15)
        QSKIP("The benchmark mappings are not on this machine (TIDEWIRE_SHARED).");
    const auto compiled = Expression::compile(mapping15->text);
    QVERIFY(compiled.has_value());
    const Lineage lineage = lineageOf(*compiled);
    QCOMPARE(lineage.targets.size(), std::size_t{15});
    for (const TargetLineage &target : lineage.targets) {
        if (dotted(target.path) != QTest::currentDataTag())
            continue;
        std::string lines;
        for (const SourceLine &line : target.lines)
            lines += (lines.empty() ? "" : "; ") + lineText(line);
        QCOMPARE(toQString(lines), expected);
        return;
    }
    QFAIL("there is no such target");
}

const std::map<std::string, std::string> &tst_Lineage::demoMapping()
{
    if (!m_demo.empty())
        return m_demo;
    const std::string file = TIDEWIRE_SOURCE_DIR
        "/flows/stripe-charge-to-payment/flows/stripe-charge-to-payment.flow.yaml";
    const YamlParse flow = parseYaml(test::readFile(file).value_or(""));
    const YamlNode *steps = flow.root.find("steps");
    for (const YamlNode &step : steps ? steps->items : std::vector<YamlNode>()) {
        const YamlNode *id = step.find("id");
        if (!id || id->scalar != "to_payment")
            continue;
        for (const YamlNode::Entry &field : step.find("with")->find("mapping")->entries)
            m_demo[field.key] =
                field.value.isMap() ? field.value.find("value")->scalar : field.value.scalar;
    }
    return m_demo;
}

void tst_Lineage::drawsTheDemoMapping_data()
{
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *field, const char *expected) {
        QTest::newRow(field) << QString::fromUtf8(expected);
    };
    row("Stripe_Payment_Id__c", "$ <- copied data.object.id");
    row("Amount__c", "$ <- computed data.object.amount through $toMajor; "
                     "computed data.object.currency through $toMajor");
    row("Currency__c", "$ <- computed data.object.currency through $uppercase");
    row("Status__c", "$ <- computed data.object.status through $mapValue; "
                     "decides data.object.disputed; decides data.object.refunded");
    row("Paid_At__c", "$ <- computed data.object.created through $sfDateTime");
    row("Account__c", "$ <- copied data.object.metadata.salesforce_account_id");
    row("Opportunity__c", "$ <- copied data.object.metadata.salesforce_opportunity_id");
    row("Fee__c", "$ <- computed data.object.application_fee_amount through $toMajor; "
                  "computed data.object.currency through $toMajor");
    row("Payment_Methods__c", "$ <- copied data.object.payment_method_details.type");
    row("Card_Last4__c", "$ <- copied data.object.payment_method_details.card.last4");
    row("Failure_Code__c", "$ <- copied data.object.failure_code");
    row("Failure_Message__c", "$ <- computed data.object.failure_message through $substring");
    row("Receipt_Url__c", "$ <- copied data.object.receipt_url");
    row("Livemode__c", "$ <- copied data.object.livemode");
    row("Raw_Event__c", "$ <- computed id through &; computed type through &; "
                        "computed api_version through &");
}

void tst_Lineage::drawsTheDemoMapping()
{
    QFETCH(QString, expected);
    const auto field = demoMapping().find(QTest::currentDataTag());
    QVERIFY(field != demoMapping().end());
    QCOMPARE(toQString(pictureOf(field->second)), expected);
}

void tst_Lineage::theDemoMappingHasNoOtherField()
{
    QCOMPARE(demoMapping().size(), std::size_t{15});
}

void tst_Lineage::aSchemaTellsLists()
{
    const char *text = "data.object.lines.data.{\"Id\": id}";
    QCOMPARE(pictureOf(text), std::string("Id <- copied data.object.lines.data.id"));
    LineageOptions options;
    options.isList = [](const SourcePath &path) { return path.text() == "data.object.lines.data"; };
    QCOMPARE(pictureOf(text, options), std::string("$ [for each data.object.lines.data]\n"
                                                   "Id <- copied data.object.lines.data.id"));
}

void tst_Lineage::placesAreWhereTheTextNamesThem()
{
    const std::string text = "data.object.{\"Amount\": $toMajor(amount, money.currency)}";
    const auto compiled = Expression::compile(text);
    QVERIFY(compiled.has_value());
    const Lineage lineage = lineageOf(*compiled);
    const TargetLineage &target = lineage.targets.front();
    const auto part = [&text](int start, int end) {
        return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
    };
    QCOMPARE(part(target.start, target.end), std::string("$toMajor(amount, money.currency)"));
    QCOMPARE(part(target.lines[0].start, target.lines[0].end), std::string("amount"));
    QCOMPARE(part(target.lines[1].start, target.lines[1].end), std::string("money.currency"));
}

void tst_Lineage::functionsOnTheWayAreKnown()
{
    const auto compiled =
        Expression::compile("{\"At\": $exists(created) ? $sfDateTime(created) : $now()}");
    QVERIFY(compiled.has_value());
    const Lineage lineage = lineageOf(*compiled);
    QCOMPARE(lineage.targets.front().functions,
             (std::vector<std::string>{"$exists", "$now", "$sfDateTime"}));
}

void tst_Lineage::wildcardsCover_data()
{
    QTest::addColumn<QStringList>("pattern");
    QTest::addColumn<QStringList>("path");
    QTest::addColumn<bool>("covered");
    const auto row = [](const char *name, const char *pattern, const char *path, bool covered) {
        QTest::newRow(name) << QString::fromUtf8(pattern).split(QLatin1Char('.'),
                                                                Qt::SkipEmptyParts)
                            << QString::fromUtf8(path).split(QLatin1Char('.'), Qt::SkipEmptyParts)
                            << covered;
    };
    row("itself", "a.b", "a.b", true);
    row("what is below", "a.b", "a.b.c", true);
    row("not what is above", "a.b", "a", false);
    row("not a neighbour", "a.b", "a.c", false);
    row("the whole input", "", "a.b", true);
    row("any field", "a.*", "a.x", true);
    row("any field and below", "a.*", "a.x.y", true);
    row("not the parent of any field", "a.*", "a", false);
    row("a field of any field", "a.*.c", "a.b.c", true);
    row("another field of any field", "a.*.c", "a.b.d", false);
    row("everything below", "a.**", "a.b.c.d", true);
    row("everything below and itself", "a.**", "a", true);
    row("a name at any depth", "a.**.z", "a.b.c.z", true);
    row("a name at no depth", "a.**.z", "a.z", true);
    row("another name at any depth", "a.**.z", "a.b.c", false);
}

void tst_Lineage::wildcardsCover()
{
    QFETCH(QStringList, pattern);
    QFETCH(QStringList, path);
    QFETCH(bool, covered);
    SourcePath first;
    SourcePath second;
    for (const QString &step : pattern)
        first.steps.push_back(toUtf8(step));
    for (const QString &step : path)
        second.steps.push_back(toUtf8(step));
    QCOMPARE(covers(first, second), covered);
    first.root = "event";
    QVERIFY(!covers(first, second));
}

void tst_Lineage::pathsAreWrittenAsTheLanguageNeedsThem()
{
    QCOMPARE((SourcePath{"", {"a", "b c", "in", "*", "9"}}.text()),
             std::string("a.`b c`.`in`.*.`9`"));
    QCOMPARE((SourcePath{"event", {"id"}}.text()), std::string("$event.id"));
    QCOMPARE((SourcePath{"", {}}.text()), std::string("$"));
}

void tst_Lineage::hostileTextEnds()
{
    std::string doubling = "($a := {\"x\": b, \"y\": c}; ";
    for (int i = 0; i < 200; ++i)
        doubling += "$a := {\"x\": $a, \"y\": $a, type: $a}; ";
    const auto compiled = Expression::compile(doubling + "$a)");
    QVERIFY(compiled.has_value());
    QVERIFY(!lineageOf(*compiled).reads().empty());
    const auto calls = Expression::compile(
        "($f := function($n) { $g($f($n.a)) & $g($f($n.b)) & $f($g($n)) };"
        " $g := function($n) { $f($g($n.c)) & $f($f($n.d)) & $g($f($n)) }; $f($))");
    QVERIFY(calls.has_value());
    QVERIFY(covers(lineageOf(*calls).reads().front(), SourcePath{"", {"a", "b"}}));
}

QTEST_APPLESS_MAIN(tst_Lineage)
#include "tst_Lineage.moc"
