// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Types.h"
#include "core/base/Text.h"
#include "tests/analysis/Shapes.h"

#include <QtTest>

using namespace tw;
using namespace tw::analysis;
using namespace tw::test;

namespace {

/// A type in short: "money/minor", "text?", "list<number>", "integer*", "group{a,b?}".
std::string brief(const Shape &shape, int depth = 0)
{
    std::string text(toString(shape.type));
    if (!shape.unit.empty())
        text += '/' + shape.unit;
    if (shape.type == Shape::Type::List)
        text += '<' + (shape.item.empty() ? "any" : brief(shape.item.front(), depth + 1)) + '>';
    if (shape.type == Shape::Type::Group && depth == 0) {
        text += '{';
        for (const Shape::Field &field : shape.fields)
            text += (text.back() == '{' ? "" : ",") + field.name + ':' +
                    brief(field.shape, depth + 1) + (field.required ? "" : "?");
        text += shape.item.empty() ? "}" : text.back() == '{' ? "*}" : ",*}";
    }
    return text;
}

std::string brief(const Inferred &type)
{
    std::string text = type.isFunction ? "function" : !type.isKnown ? "unknown" : brief(type.shape);
    return text + (type.mayBeMany ? "*" : "") + (type.mayBeMissing ? "?" : "");
}

Surroundings surroundings()
{
    Surroundings made;
    made.input = chargeEvent();
    made.bindings["event"] = chargeEvent();
    return made;
}

} // namespace

class tst_Types : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void infers_data();
    void infers();
    void literalTextsAreKnownChoices();
    void typesEveryNodeThatIsReached();
    void knowsNothingWithoutASource();
    void endsOnRecursion_data();
    void endsOnRecursion();
    void takesTreesWithGaps();
};

void tst_Types::infers_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("type");
    const auto row = [](const char *name, const char *text, const char *type) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(type);
    };
    row("a field", "data.object.id", "id");
    row("an amount", "data.object.amount", "money/minor");
    row("an optional field", "data.object.receipt_email", "email?");
    row("a field of a group that may be null", "data.object.card.last4", "text?");
    row("a field below a list", "data.object.lines.data.amount", "money/minor*");
    row("a list itself", "data.object.tags", "list<text>");
    row("one item of a list", "data.object.tags[0]", "text?");
    row("the last item", "data.object.lines.data[-1].amount", "money/minor?");
    row("a filtered list", "data.object.lines.data[quantity > 1].amount", "money/minor*?");
    row("always a list", "data.object.lines.data.amount[]", "list<money/minor>");
    row("a metadata key that no sample has", "data.object.metadata.order", "text?");
    row("a metadata key of a sample", "data.object.metadata.salesforce_account_id", "text?");
    row("an unknown field", "data.object.amuont", "unknown?");
    row("the context", "data.object.($)",
        "group{id:id,amount:money/minor,"
        "amount_refunded:money/minor,currency:currency/lower,presentment_amount:money/minor,"
        "presentment_currency:currency/lower,created:instant/unix_seconds,status:choice,"
        "livemode:boolean,description:text,failure_message:text,receipt_email:email?,"
        "tags:list<text>,metadata:group,card:group,lines:group,total_eur:money/major,"
        "booked_at:instant/iso8601}");
    row("the root", "data.object.($$.id)", "id");
    row("the event", "$event.data.object.currency", "currency/lower");
    row("the parent", "data.object.lines.data.(%.%.currency)", "currency/lower*");
    row("an index binding", "data.object.lines.data#$i.{\"n\": $i}", "group{n:integer}*");
    row("a focus binding", "data.object.lines.data@$l.($l.quantity)", "integer*");
    row("a sorted list", "data.object.lines.data^(>amount).description", "text*");
    row("a wildcard", "data.object.lines.data.period.*", "instant/unix_seconds*?");
    row("a plus keeps the unit", "data.object.amount + data.object.amount_refunded", "money/minor");
    row("a number beside money", "data.object.amount - 10", "money/minor");
    row("a share of money", "data.object.amount * 0.2", "money/minor");
    row("money over money", "data.object.amount / data.object.amount_refunded", "number");
    row("a hundredth of minor units", "data.object.amount / 100", "money/major");
    row("a hundred of major units", "data.object.total_eur * 100", "money/minor");
    row("two units", "data.object.amount + data.object.total_eur", "number");
    row("whole numbers", "1 + 2", "integer");
    row("a division", "1 / 2", "number");
    row("seconds into milliseconds", "data.object.created * 1000", "instant/unix_millis");
    row("seconds later", "data.object.created + 3600", "instant/unix_seconds");
    row("a span of time", "data.object.created - created", "number");
    row("a comparison", "data.object.amount > 0", "boolean");
    row("a comparison with what may be missing", "data.object.metadata.a > 1", "boolean?");
    row("equality always answers", "data.object.metadata.a = \"x\"", "boolean");
    row("texts together", "data.object.id & \"/\" & type", "text");
    row("a range", "[1..3]", "list<integer>");
    row("a condition with both branches", "data.object.livemode ? \"a\" : \"b\"", "text");
    row("a condition without else", "data.object.livemode ? 1", "integer?");
    row("branches of two types", "data.object.livemode ? 1 : \"b\"", "unknown");
    row("a condition that proves presence",
        "data.object.receipt_email ? data.object.receipt_email : \"-\"", "text");
    row("presence by $exists",
        "$exists(data.object.receipt_email) ? data.object.receipt_email : \"-\"", "text");
    row("a rule by currency is the way to major units",
        "data.object.(currency in [\"jpy\"] ? amount : amount / 100)", "money/major");
    row("a default", "data.object.receipt_email ?? \"none\"", "text");
    row("a default keeps the unit", "data.object.lines.data[0].amount ?? 0", "money/minor");
    row("a default for false values", "data.object.failure_message ?: \"-\"", "text");
    row("to major units", "$toMajor(data.object.amount, data.object.currency)", "money/major");
    row("to minor units", "$toMinor(10.5, \"usd\")", "money/minor");
    row("Salesforce time", "$sfDateTime(created)", "instant/iso8601");
    row("Salesforce date", "$sfDate(created)", "date");
    row("milliseconds as time", "$fromMillis(created * 1000)", "instant/iso8601");
    row("a date picture", "$fromMillis(created * 1000, \"[Y0001]-[M01]-[D01]\")", "date");
    row("a time picture without zone",
        "$fromMillis(created * 1000, \"[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01]\")", "instant/naive");
    row("a picture for people", "$fromMillis(created * 1000, \"[D] [MNn]\")", "text");
    row("time as milliseconds", "$toMillis(data.object.booked_at)", "instant/unix_millis");
    row("now", "$now()", "instant/iso8601");
    row("now in milliseconds", "$millis()", "instant/unix_millis");
    row("a sum keeps the unit", "$sum(data.object.lines.data.amount)", "money/minor");
    row("rounding keeps the unit", "$round(data.object.total_eur, 1)", "money/major");
    row("a count is always there", "$count(data.object.lines.data)", "integer");
    row("a number from text", "$number(data.object.description)", "number");
    row("text from a number", "$string(data.object.amount)", "text");
    row("capitals keep the currency", "$uppercase(data.object.currency)", "currency/upper");
    row("a part of a text", "$substring(data.object.description, 0, 10)", "text");
    row("joined texts", "$join(data.object.tags, \", \")", "text");
    row("split", "$split(data.object.description, \" \")", "list<text>");
    row("a context argument", "data.object.description.$uppercase()", "text");
    row("a call behind ~>", "data.object.amount ~> $string()", "text");
    row("a function behind ~>", "data.object.description ~> $uppercase", "text");
    row("two functions put together", "($f := $trim ~> $length; $f(data.object.description))",
        "integer");
    row("a lookup that covers all choices",
        "$lookup({\"succeeded\": 1, \"pending\": 2, \"failed\": 3}, data.object.status)",
        "integer");
    row("a lookup that does not", "$lookup({\"succeeded\": 1}, data.object.status)", "integer?");
    row("a lookup with a default", "$lookup({\"succeeded\": \"a\"}, data.object.status) ?? \"b\"",
        "text");
    row("a value table", "$mapValue(data.object.status, {\"succeeded\": \"Done\"}, \"Open\")",
        "text");
    row("JSON text may hold anything", "$parseJson(data.object.description)", "unknown");
    row("an object", "{\"a\": data.object.amount, \"b\": data.object.receipt_email}",
        "group{a:money/minor,b:email?}");
    row("objects below a list", "data.object.lines.data.{\"q\": quantity}", "group{q:integer}*");
    row("a computed name", "{data.object.id: 1}", "group{*}");
    row("grouping", "data.object.lines.data{currency: $sum(amount)}", "group{*}");
    row("what grouping holds", "data.object.lines.data{\"all\": $sum(amount)}",
        "group{all:money/minor}");
    row("a merge", "$merge([{\"a\": 1}, {\"b\": \"x\"}])", "group{a:integer?,b:text?}");
    row("a variable", "($c := data.object; $c.currency)", "currency/lower");
    row("a lambda", "($f := function($x) { $x.amount * 2 }; $f(data.object))", "money/minor");
    row("a lambda remembers its scope",
        "($r := data.object.currency; $f := function() { $r }; $f())", "currency/lower");
    row("map", "$map(data.object.lines.data, function($l) { $l.amount })", "money/minor*");
    row("map with a built-in function", "$map(data.object.tags, $uppercase)", "text*");
    row("filter", "$filter(data.object.lines.data, function($l) { $l.quantity > 1 }).amount",
        "money/minor*?");
    row("reduce", "$reduce(data.object.lines.data.amount, function($a, $b) { $a + $b }, 0)",
        "money/minor");
    row("sort", "$sort(data.object.tags)", "list<text>");
    row("single", "$single(data.object.lines.data, function($l) { true }).quantity", "integer");
    row("a partial application", "($f := $substring(?, 0, 3); $f(data.object.id))", "text");
    row("a matched text", "$match(data.object.id, /a/).match", "text*?");
    row("each", "$each(data.object.lines.data{currency: $sum(amount)}, function($v, $k) { $v })",
        "money/minor*");
    row("a function", "$uppercase", "function");
    row("an unknown variable", "$nothing", "unknown");
    row("null", "null", "unknown");
    row("an empty block", "()", "unknown?");
}

void tst_Types::infers()
{
    QFETCH(QString, text);
    QFETCH(QString, type);
    const auto compiled = Expression::compile(toUtf8(text));
    QVERIFY2(compiled.has_value(), compiled ? "" : compiled.error().message.c_str());
    QCOMPARE(toQString(brief(typeOf(*compiled, surroundings()))), type);
}

void tst_Types::literalTextsAreKnownChoices()
{
    const auto compiled =
        Expression::compile("data.object.livemode ? $uppercase(\"live\") : data.object.status");
    const Inferred type = typeOf(*compiled, surroundings());
    QCOMPARE(type.shape.choices,
             (std::vector<std::string>{"LIVE", "succeeded", "pending", "failed"}));
    const auto cut = Expression::compile("$substring(data.object.description, 0, 80)");
    QCOMPARE(typeOf(*cut, surroundings()).shape.maxLength.value_or(0), 80);
    const auto joinedTexts = Expression::compile("\"No. \" & data.object.card.last4");
    QCOMPARE(typeOf(*joinedTexts, surroundings()).shape.maxLength.value_or(0), 8);
}

void tst_Types::typesEveryNodeThatIsReached()
{
    const auto compiled =
        Expression::compile("($f := function($x) { $x & data.object.id }; data.object.amount)");
    const TypeMap types = inferTypes(compiled->ast(), surroundings());
    const expr::Ast &lambda = *compiled->ast().items[0]->right;
    QCOMPARE(toQString(brief(types.of(*lambda.right))), QStringLiteral("text"));
    const expr::Ast &path = *compiled->ast().items[1];
    const FieldStep *step = types.step(*path.items[2]);
    QVERIFY(step && step->exists);
    QVERIFY(step->input.shape.find("currency"));
}

void tst_Types::knowsNothingWithoutASource()
{
    const auto compiled = Expression::compile("a.b.c");
    QVERIFY(!typeOf(*compiled, {}).isKnown);
    QVERIFY(!typeOf(*compiled, {}).mayBeMissing);
}

void tst_Types::endsOnRecursion_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("a function that calls itself")
        << QStringLiteral("($f := function($n) { $n > 0 ? $f($n - 1) : 0 }; $f(10))");
    QTest::newRow("two functions that call each other")
        << QStringLiteral("($a := function($n) { $b($n) & $b($n) }; "
                          "$b := function($n) { $a($n) & $a($n) }; $a(1))");
    QString doubling = QStringLiteral("($f0 := function($x) { $x };");
    for (int i = 1; i < 40; ++i)
        doubling +=
            QStringLiteral("$f%1 := function($x) { $f%2($x) + $f%2($x) };").arg(i).arg(i - 1);
    QTest::newRow("calls that double forty times") << doubling + QStringLiteral("$f39(1))");
    QTest::newRow("deep nesting") << QString(400, u'(') + u'1' + QString(400, u')');
}

void tst_Types::endsOnRecursion()
{
    QFETCH(QString, text);
    const auto compiled = Expression::compile(toUtf8(text));
    QVERIFY2(compiled.has_value(), compiled ? "" : compiled.error().message.c_str());
    typeOf(*compiled, surroundings());
}

void tst_Types::takesTreesWithGaps()
{
    const auto compiled = Expression::compile("data.object.amount + 1");
    QVERIFY(compiled.has_value());
    expr::Ast gap;
    gap.kind = expr::AstKind::Dot;
    gap.left = expr::AstPtr(const_cast<expr::Ast *>(&compiled->ast()));
    const TypeMap types = inferTypes(gap, surroundings());
    QVERIFY(!types.of(gap).isKnown);
    QCOMPARE(toQString(brief(types.of(compiled->ast()))), QStringLiteral("money/minor"));
    for (int kind = 0; kind <= static_cast<int>(expr::AstKind::End); ++kind) {
        expr::Ast empty;
        empty.kind = static_cast<expr::AstKind>(kind);
        inferTypes(empty, surroundings());
    }
}

QTEST_APPLESS_MAIN(tst_Types)
#include "tst_Types.moc"
