// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Expression.h"
#include "core/expr/ReadTrace.h"

#include <QtTest>

#include <algorithm>

using namespace tw;

namespace {

constexpr const char *kInput = R"({
    "id": "ch_1", "amount": 1099, "currency": "eur", "note": null,
    "card": {"last4": "4242", "brand": "visa"},
    "tags": {"a": 1, "b": 2},
    "empty": {},
    "lines": [{"id": 1, "amount": 5, "deep": {"x": 1}}, {"id": 2, "amount": -3}]
})";

/// "lines.amount", sorted; "!" behind what was missing each time, "…" behind what was taken whole.
std::string readsOf(std::string_view text, Environment environment = {})
{
    const auto input = parseJson(kInput);
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return compiled.error().message;
    expr::ReadTrace trace;
    environment.reads = &trace;
    Arena arena;
    (void)compiled->evaluate(arena, input->root(), environment);
    std::vector<std::string> all;
    for (const auto &read : trace.reads()) {
        std::string path = read.root.empty() ? "" : '$' + read.root;
        for (const std::string &step : read.steps)
            path += (path.empty() ? "" : ".") + step;
        path += read.whole ? "…" : read.found == 0 ? "!" : "";
        all.push_back(path);
    }
    std::sort(all.begin(), all.end());
    std::string joined;
    for (const std::string &path : all)
        joined += (joined.empty() ? "" : " ") + path;
    return joined;
}

} // namespace

/// A trace tells what an evaluation reads of its input, no more and no less.
class tst_ReadTrace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatIsRead_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("reads");
        const auto row = [](const char *name, const char *text, const char *reads) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(reads);
        };
        row("nothing", "1 + 1", "");
        row("a field", "id", "id");
        row("a path", "card.last4", "card card.last4");
        row("a missing field", "card.country", "card card.country!");
        row("a field of an empty object", "empty.x", "empty empty.x!");
        row("behind a missing field", "shipping.name.first", "shipping!");
        row("null is found", "note", "note");
        row("each line", "lines.amount", "lines lines.amount");
        row("missing in some lines only", "lines.deep.x", "lines lines.deep lines.deep.x");
        row("an object as a whole", "card", "card…");
        row("the input as a whole", "$", "…");
        row("only the branch that is taken", "amount > 0 ? id : currency", "amount id");
        row("only the side that is needed", "id ?? currency", "id");
        row("a sum", "$sum(lines.amount) / 100", "lines lines.amount");
        row("a filter", "lines[amount > 0].id", "lines lines.amount lines.id");
        row("a comparison with a text", "lines[id = 2].amount", "lines lines.amount lines.id");
        row("an object for each line", "lines[amount > 0].{\"n\": id, \"d\": deep.x}",
            "lines lines.amount lines.deep lines.deep.x lines.id");
        row("a list of objects", "lines.{\"n\": id, \"a\": amount / 100}",
            "lines lines.amount lines.id");
        row("an order", "lines^(>amount).id", "lines lines.amount lines.id");
        row("a group", "lines{$string(id): $sum(amount)}", "lines lines.amount lines.id");
        row("a lambda", "$map(lines, function($l) { $l.amount * 2 })", "lines lines.amount");
        row("a chain of lambdas",
            "$sum($map($filter(lines, function($l) { $l.amount > 0 }), "
            "function($l) { $l.id }))",
            "lines lines.amount lines.id");
        row("a reduce", "$reduce(lines.amount, function($a, $b) { $a + $b })",
            "lines lines.amount");
        row("a join", "lines@$l.card@$c.{\"a\": $l.id, \"b\": $c.brand}",
            "card card.brand lines lines.id");
        row("texts side by side", "id & \"/\" & currency & \"/\" & amount", "amount currency id");
        row("a wildcard", "tags.*", "tags tags.a tags.b");
        row("all below", "card.**.brand", "card card.brand card.last4");
        row("lookup", "$lookup(card, \"brand\")", "card card.brand");
        row("keys", "$keys(tags)", "tags tags.a tags.b");
        row("each", "$each(tags, function($v) { $v })", "tags tags.a tags.b");
        row("sift", "$sift(tags, function($v) { $v > 1 })", "tags tags.a tags.b");
        row("spread", "$spread(tags)", "tags tags.a tags.b");
        row("merge", "$merge([tags, {\"c\": 1}])", "tags tags.a tags.b");
        row("a copy", "$clone(card).brand", "card…");
        row("a transform", "card ~> |$|{\"last4\": null}|", "card…");
        row("as text", "$string(card)", "card…");
        row("a comparison of objects", "card = tags", "card… tags…");
        row("a value table", "$mapValue(currency, {\"eur\": \"Euro\"}, id)", "currency id");
        row("a table in the input", "$mapValue(\"a\", tags, 0)", "tags tags.a");
        row("until it fails", "amount + currency & id", "amount currency");
        row("what is built is not input", "{\"x\": {\"y\": id}}.x.y", "id");
        row("a binding", "$event.type & id", "$event.type id");
    }
    void tellsWhatIsRead()
    {
        QFETCH(QString, text);
        QFETCH(QString, reads);
        const auto event = parseJson(R"({"type": "charge.succeeded", "id": "evt_1"})");
        Environment environment;
        environment.bindings.push_back({"event", event->root()});
        QCOMPARE(toQString(readsOf(toUtf8(text), environment)), reads);
    }

    void startsAnewWithEachEvaluation()
    {
        const auto input = parseJson(kInput);
        expr::ReadTrace trace;
        Environment environment;
        environment.reads = &trace;
        Arena arena;
        QVERIFY(Expression::compile("id")->evaluate(arena, input->root(), environment));
        QVERIFY(Expression::compile("lines.amount")->evaluate(arena, input->root(), environment));
        const auto reads = trace.reads();
        QCOMPARE(reads.size(), std::size_t{2});
        QCOMPARE(reads[1].found, 2u);
        QCOMPARE(reads[1].missed, 0u);
    }

    void countsWhatIsMissing()
    {
        const auto input = parseJson(kInput);
        expr::ReadTrace trace;
        Environment environment;
        environment.reads = &trace;
        Arena arena;
        QVERIFY(Expression::compile("lines.deep")->evaluate(arena, input->root(), environment));
        const auto reads = trace.reads();
        QCOMPARE(reads[1].steps, (std::vector<std::string>{"lines", "deep"}));
        QCOMPARE(reads[1].found, 1u);
        QCOMPARE(reads[1].missed, 1u);
    }
};

QTEST_APPLESS_MAIN(tst_ReadTrace)
#include "tst_ReadTrace.moc"
