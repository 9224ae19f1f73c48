// SPDX-License-Identifier: GPL-3.0-or-later
#include "FlowFixtures.h"

#include <QTest>

using namespace tw;
using namespace tw::test;

Q_DECLARE_METATYPE(tw::FlowEdit)

namespace {

using Lines = std::vector<std::string>;

QStringList asList(const Lines &lines)
{
    QStringList list;
    for (const std::string &line : lines)
        list << QString::fromStdString(line);
    return list;
}

edit::AddStep newStep(std::string type, std::string name, CardPosition at)
{
    edit::AddStep step;
    step.type = std::move(type);
    step.name = std::move(name);
    step.at = at;
    return step;
}

DocumentPtr nothing()
{
    return share(Document());
}

} // namespace

class tst_FlowEdit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesOnlyTheLinesItMust_data();
    void changesOnlyTheLinesItMust();
    void refuses_data();
    void refuses();
    void removesAStepWithAllThatNamesIt();
    void removingJoinsNeighbours();
    void keepsCrlf();
    void flowStyleStaysFlowStyle();
    void doesNothingWhenNothingChanges();
    void groupsOfAMappingKeepTheirComments();
    void uniqueIdsForPastedSteps();
};

void tst_FlowEdit::changesOnlyTheLinesItMust_data()
{
    QTest::addColumn<FlowEdit>("change");
    QTest::addColumn<QStringList>("difference");
    const auto row = [](const char *name, FlowEdit change, const Lines &lines) {
        QTest::newRow(name) << change << asList(lines);
    };
    row("one setting", edit::SetSetting{"upsert_payment", {"object"}, json("\"Charge__c\"")},
        {"-      object: Payment__c", "+      object: Charge__c"});
    row("a setting with a comment behind it",
        edit::SetSetting{"orders", {"events"}, json("[\"order.paid\"]")},
        {"-      events: [order.paid, order.failed]   # both kinds",
         "+      events: [order.paid]   # both kinds"});
    row("a setting in a map of one line",
        edit::SetSetting{"skip_zero", {"condition"}, json("\"data.amount >= 10\"")},
        {"-    with: {condition: data.amount > 0}", "+    with: {condition: data.amount >= 10}"});
    row("a new setting", edit::SetSetting{"upsert_payment", {"mode"}, json("\"bulk\"")},
        {"+      mode: bulk"});
    row("the first setting of a step", edit::SetSetting{"archive", {"message"}, json("\"id\"")},
        {"+    with:", "+      message: id"});
    row("one line of a mapping",
        edit::SetSetting{"to_payment", {"mapping", "Amount__c"}, json("\"$toMajor(a, b)\"")},
        {"-        Amount__c: data.amount / 100", "+        Amount__c: $toMajor(a, b)"});
    row("a field of a mapping gets a policy",
        edit::SetSetting{"to_payment", {"mapping", "Amount__c"},
                         json(R"({"value": "a", "if_missing": "default", "default": 0})")},
        {"-        Amount__c: data.amount / 100", "+        Amount__c:", "+          value: a",
         "+          if_missing: default", "+          default: 0"});
    row("a setting taken away keeps its neighbours",
        edit::SetSetting{"to_payment", {"mapping", "Id__c"}, nothing()},
        {"-        Id__c: data.id"});
    row("the name of a step", edit::SetStepField{"skip_zero", "name", json("\"Skip zero\"")},
        {"+    name: Skip zero"});
    row("switched off", edit::SetStepField{"done", "disabled", json("true")},
        {"+    disabled: true"});
    row("switched on again", edit::SetStepField{"archive", "disabled", json("false")},
        {"-    disabled: true"});
    row("retry", edit::SetRetry{"done", RetryPolicy{.times = 2, .first = std::chrono::seconds(5)}},
        {"+    retry: {times: 2, first: 5s}"});
    row("retry with a budget and rules",
        edit::SetRetry{"done",
                       RetryPolicy{.times = 2,
                                   .within = std::chrono::hours(2),
                                   .rules = {{.failure = "lock", .times = 9},
                                             {.failure = "net.timeout",
                                              .first = std::chrono::seconds(30)}}}},
        {"+    retry: {times: 2, within: 2h, for: {lock: {times: 9}, net.timeout: {first: 30s}}}"});
    row("no retry", edit::SetRetry{"upsert_payment", std::nullopt},
        {"-    retry: {times: 5, first: 1s, factor: 2, longest: 15m, jitter: full}"});
    row("move a card", edit::MoveCards{{{"orders", {8, -16}}}},
        {"-  orders: {x: 0, y: 0}", "+  orders: {x: 8, y: -16}"});
    row("move a note keeps its size", edit::MoveCards{{{"how_amounts_work", {8, 8}}}},
        {"-  how_amounts_work: {x: 0, y: 184, w: 448, h: 96}",
         "+  how_amounts_work: {x: 8, y: 8, w: 448, h: 96}"});
    row("place a card that had no position", edit::MoveCards{{{"archive", {0, 400}}}},
        {"+  archive: {x: 0, y: 400}"});
    row("connect the plain exit", edit::Connect{"count_skipped", "out", "done"}, {"+    to: done"});
    row("connect a second target", edit::Connect{"orders", "out", "done"},
        {"-    to: skip_zero", "+    to: [skip_zero, done]"});
    row("connect the failure exit", edit::Connect{"to_payment", "error", "failed_payments"},
        {"+    on_error: failed_payments"});
    row("connect in a map of one line", edit::Connect{"skip_zero", "pass", "done"},
        {"-    to: {pass: to_payment, skip: [count_skipped, archive]}",
         "+    to: {pass: [to_payment, done], skip: [count_skipped, archive]}"});
    row("connect in a map of several lines", edit::Connect{"sort_errors", "other", "done"},
        {"-      other: failed_payments", "+      other: [failed_payments, done]"});
    row("disconnect", edit::Disconnect{"upsert_payment", "out", "done"}, {"-    to: done"});
    row("disconnect one of two", edit::Disconnect{"skip_zero", "skip", "archive"},
        {"-    to: {pass: to_payment, skip: [count_skipped, archive]}",
         "+    to: {pass: to_payment, skip: count_skipped}"});
    row("disconnect the failure exit", edit::Disconnect{"upsert_payment", "error", "sort_errors"},
        {"-    on_error: sort_errors"});
    row("disconnect in a map of several lines",
        edit::Disconnect{"sort_errors", "duplicate", "likely_duplicates"},
        {"-      duplicate: likely_duplicates   # mostly harmless"});
    row("rename", edit::RenameStep{"count_skipped", "count_zero"},
        {"-    to: {pass: to_payment, skip: [count_skipped, archive]}",
         "+    to: {pass: to_payment, skip: [count_zero, archive]}", "-  - id: count_skipped",
         "+  - id: count_zero", "-  count_skipped: {x: 744, y: 192}",
         "+  count_zero: {x: 744, y: 192}"});
    row("the name of the flow", edit::SetFlowField{"name", "Orders"},
        {"-name: 'Orders to payments' # quoted though it need not be",
         "+name: Orders # quoted though it need not be"});
    row("no description", edit::SetFlowField{"description", ""},
        {"-description: Every paid order becomes a record."});
    row("another connection", edit::SetConnection{"mail", "smtp"},
        {"-connections: {web: shop, crm: shop}   # names only",
         "+connections: {web: shop, crm: shop, mail: smtp}   # names only"});
    row("a group changes",
        edit::SetGroup{{"when_it_fails", "Trouble", {"sort_errors"}, true, {}, 0}},
        {"-  - {id: when_it_fails, title: When it fails, steps: [failed_payments, "
         "likely_duplicates, sort_errors]}",
         "+  - {id: when_it_fails, title: Trouble, folded: true, steps: [sort_errors]}"});
    row("a new group", edit::SetGroup{{"", "The start", {"orders", "skip_zero"}, false, {}, 0}},
        {"+  - {id: the_start, title: The start, steps: [orders, skip_zero]}"});
    row("ungroup", edit::SetGroup{{"when_it_fails", "", {}, false, {}, 0}},
        {"-groups:", "-  - {id: when_it_fails, title: When it fails, steps: [failed_payments, "
                     "likely_duplicates, sort_errors]}"});
    row("a new note", edit::SetNote{{"", "Look here", 272, 88, {}, 0}, {16, 24}},
        {"+  - id: note", "+    text: Look here", "+  note: {x: 16, y: 24}"});
    row("a note is removed", edit::SetNote{{"how_amounts_work", "", 0, 0, {}, 0}, {}},
        {"-notes:", "-  - id: how_amounts_work", "-    text: |-", "-      **How amounts work**",
         "-      In minor units.", "-  how_amounts_work: {x: 0, y: 184, w: 448, h: 96}"});
    edit::AddStep step = newStep("map", "To refund", {0, 8});
    step.with = json(R"({"mapping": {"Id__c": "data.id"}})");
    step.afterStep = "done";
    row("a new step in its place", step,
        {"+  - id: to_refund", "+    type: map", "+    name: To refund",
         "+    with:", "+      mapping:", "+        Id__c: data.id", "+  to_refund: {x: 0, y: 8}"});
    row("a step put on a wire",
        edit::InsertOnWire{newStep("filter", "Only EUR", {600, 0}), "skip_zero", "pass",
                           "to_payment", "pass"},
        {"-    to: {pass: to_payment, skip: [count_skipped, archive]}",
         "+    to: {pass: only_eur, skip: [count_skipped, archive]}", "+  - id: only_eur",
         "+    type: filter", "+    name: Only EUR", "+    to: {pass: to_payment}",
         "+  only_eur: {x: 600, y: 0}"});
}

void tst_FlowEdit::changesOnlyTheLinesItMust()
{
    QFETCH(FlowEdit, change);
    QFETCH(QStringList, difference);
    FlowDocument document(fullFlow());
    const auto applied = document.apply(change);
    QVERIFY2(applied, applied ? "" : applied.error().text().c_str());
    QCOMPARE(asList(differingLines(fullFlow(), document.text())).join(u'\n'),
             difference.join(u'\n'));
    QVERIFY(!applied->title.empty());
    const std::string after = document.text();
    document.revert(*applied);
    QCOMPARE(document.text(), fullFlow());
    document.reapply(*applied);
    QCOMPARE(document.text(), after);
}

void tst_FlowEdit::refuses_data()
{
    QTest::addColumn<FlowEdit>("change");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, FlowEdit change, const char *code) {
        QTest::newRow(name) << change << QString::fromUtf8(code);
    };
    row("a step that is not there", edit::RemoveSteps{{"nobody"}, false}, "flow.no_such_step");
    row("a wire from nowhere", edit::Connect{"nobody", "out", "done"}, "flow.no_such_step");
    row("a wire to itself", edit::Connect{"done", "out", "done"}, "flow.cycle");
    row("a wire that is not there", edit::Disconnect{"done", "out", "orders"}, "flow.no_such_wire");
    row("an id that is taken", edit::RenameStep{"done", "orders"}, "flow.duplicate_id");
    row("an id that cannot be", edit::RenameStep{"done", "Über"}, "flow.bad_id");
    row("a field that steps have not", edit::SetStepField{"done", "colour", json("1")},
        "flow.no_such_field");
    row("a field that flows have not", edit::SetFlowField{"id", "x"}, "flow.no_such_field");
    row("a place behind the text", edit::ReplaceText{1'000'000, 1, "x"}, "flow.out_of_text");
    row("a card that is not there", edit::MoveCards{{{"nobody", {0, 0}}}}, "flow.no_such_step");
    row("a group of strangers", edit::SetGroup{{"g", "G", {"nobody"}, false, {}, 0}},
        "flow.no_such_step");
    row("a step without a type", newStep("", "x", {}), "flow.unknown_type");
}

void tst_FlowEdit::refuses()
{
    QFETCH(FlowEdit, change);
    QFETCH(QString, code);
    FlowDocument document(fullFlow());
    const auto applied = document.apply(change);
    QVERIFY(!applied);
    QCOMPARE(QString::fromStdString(applied.error().code), code);
    QCOMPARE(document.text(), fullFlow());
}

void tst_FlowEdit::removesAStepWithAllThatNamesIt()
{
    FlowDocument document(fullFlow());
    QVERIFY(document.apply(edit::RemoveSteps{{"failed_payments", "sort_errors"}, false}));
    QVERIFY2(document.formProblems().empty(), told(document.formProblems()).c_str());
    QCOMPARE(document.flow().steps.size(), std::size_t(8));
    QVERIFY(document.flow().step("upsert_payment")->from("error").empty());
    QVERIFY(!document.flow().layout.contains("sort_errors"));
    QCOMPARE(document.flow().groups[0].steps, std::vector<std::string>{"likely_duplicates"});
    QVERIFY(document.text().find("failed_payments") == std::string::npos);
}

void tst_FlowEdit::removingJoinsNeighbours()
{
    FlowDocument document(fullFlow());
    QVERIFY(document.apply(edit::RemoveSteps{{"to_payment", "upsert_payment"}, true}));
    QCOMPARE(document.flow().step("skip_zero")->from("pass").size(), std::size_t(1));
    QCOMPARE(document.flow().step("skip_zero")->from("pass")[0]->to, std::string("done"));
}

void tst_FlowEdit::keepsCrlf()
{
    FlowDocument document(withCrlf(fullFlow()));
    QVERIFY(document.apply(newStep("map", "New", {8, 8})));
    QVERIFY(document.apply(edit::Connect{"new", "out", "done"}));
    QVERIFY(document.apply(edit::SetSetting{"new", {"mapping", "A__c"}, json("\"data.a\"")}));
    QVERIFY(document.apply(edit::MoveCards{{{"archive", {0, 0}}, {"orders", {0, 8}}}}));
    QVERIFY(document.apply(edit::SetNote{{"", "One\nTwo", 300, 88, {}, 0}, {0, 0}}));
    QVERIFY(document.apply(edit::SetConnection{"mail", "smtp"}));
    std::string plain;
    const std::string &text = document.text();
    for (std::size_t i = 0; i < text.size(); ++i) {
        QVERIFY2(text[i] != '\n' || (i > 0 && text[i - 1] == '\r'), "a line ends without CR");
        if (text[i] != '\r')
            plain += text[i];
    }
    QCOMPARE(withCrlf(plain), text);
    QVERIFY2(document.formProblems().empty(), told(document.formProblems()).c_str());
    QCOMPARE(document.flow().note("note")->text, std::string("One\nTwo"));
}

void tst_FlowEdit::flowStyleStaysFlowStyle()
{
    FlowDocument document(terseFlow());
    QVERIFY(document.apply(edit::MoveCards{{{"done", {496, 0}}, {"keep", {248, 8}}}}));
    QVERIFY(document.apply(edit::SetSetting{"keep", {"condition"}, json("\"x > 1\"")}));
    QVERIFY(document.apply(edit::Connect{"keep", "skip", "done"}));
    QVERIFY2(document.formProblems().empty(), told(document.formProblems()).c_str());
    QCOMPARE(
        asList(differingLines(terseFlow(), document.text())),
        asList({"-- {id: keep, type: filter, with: {condition: '$contains(data.a, b)'}, to: {pass: "
                "done}}",
                "+- {id: keep, type: filter, with: {condition: x > 1}, to: {pass: done, skip: "
                "done}}",
                "-layout: {orders: {x: 0, y: 0}, keep: {x: 248, y: 0}}",
                "+layout: {orders: {x: 0, y: 0}, keep: {x: 248, y: 8}, done: {x: 496, y: 0}}"}));
}

void tst_FlowEdit::doesNothingWhenNothingChanges()
{
    FlowDocument document(fullFlow());
    const std::vector<FlowEdit> edits{
        edit::SetSetting{"orders", {"events"}, json(R"(["order.paid", "order.failed"])")},
        edit::SetSetting{"orders", {"tolerance"}, nothing()},
        edit::SetStepField{"orders", "name", json("\"Order events\"")},
        edit::SetStepField{"orders", "note", nothing()},
        edit::MoveCards{{{"orders", {0, 0}}}},
        edit::Connect{"orders", "out", "skip_zero"},
        edit::SetFlowField{"name", "Orders to payments"},
        edit::SetConnection{"crm", "shop"},
        edit::SetNote{document.flow().notes[0], {0, 184}},
        edit::SetGroup{document.flow().groups[0]},
        edit::RenameStep{"done", "done"}};
    for (const FlowEdit &one : edits) {
        const auto applied = document.apply(one);
        QVERIFY2(applied, applied ? "" : applied.error().text().c_str());
        QVERIFY2(applied->changes.empty(), std::to_string(one.index()).c_str());
    }
    QCOMPARE(document.text(), fullFlow());
}

void tst_FlowEdit::groupsOfAMappingKeepTheirComments()
{
    const std::string head = "schema: flow/1\nid: a\nsteps:\n  - id: map_it\n    type: map\n"
                             "    with:\n      mapping:\n";
    FlowDocument document(head + "        # for finance\n"
                                 "        Fee__c:   # asked for in May\n"
                                 "          value: fee   # minor units\n"
                                 "          if_missing: leave   # not every charge has one\n"
                                 "        Tax__c: {value: tax, list: first}   # one is enough\n");
    QVERIFY(document.apply(
        edit::SetSetting{"map_it", {"mapping", "Fee__c", "value"}, json("\"fee / 100\"")}));
    QVERIFY(document.apply(
        edit::SetSetting{"map_it", {"mapping", "Tax__c", "value"}, json("\"taxes\"")}));
    QVERIFY(document.apply(
        edit::SetSetting{"map_it", {"mapping", "Fee__c", "if_missing"}, json("\"clear\"")}));
    QVERIFY(document.apply(edit::SetSetting{"map_it", {"mapping", "Tax__c", "list"}, nothing()}));
    QCOMPARE(document.text(), head + "        # for finance\n"
                                     "        Fee__c:   # asked for in May\n"
                                     "          value: fee / 100   # minor units\n"
                                     "          if_missing: clear   # not every charge has one\n"
                                     "        Tax__c: {value: taxes}   # one is enough\n");
}

void tst_FlowEdit::uniqueIdsForPastedSteps()
{
    FlowDocument document(fullFlow());
    edit::AddStep step = newStep("log", "", {});
    step.id = "done";
    const auto first = document.apply(step);
    const auto second = document.apply(step);
    QVERIFY(first && second);
    QCOMPARE(first->steps, std::vector<std::string>{"done_2"});
    QCOMPARE(second->steps, std::vector<std::string>{"done_3"});
}

QTEST_GUILESS_MAIN(tst_FlowEdit)
#include "tst_FlowEdit.moc"
