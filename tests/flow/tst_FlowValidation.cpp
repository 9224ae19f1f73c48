// SPDX-License-Identifier: GPL-3.0-or-later
#include "FlowFixtures.h"

#include <QTest>

using namespace tw;
using namespace tw::test;

namespace {

const std::string kHead = "schema: flow/1\nid: bad\nconnections: {web: shop}\nsteps:\n";
const std::string kTrigger = "  - id: orders\n    type: shop.webhook\n    connection: web\n"
                             "    with: {events: [order.paid]}\n";

} // namespace

class tst_FlowValidation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWithPlaceAndFix_data();
    void findsWithPlaceAndFix();
    void suggestsWhatWasMeant_data();
    void suggestsWhatWasMeant();
    void commasInBracesAskForQuotes();
    void saysWhatItAsksFor();
    void soundFlowsHaveNoFindings();
};

void tst_FlowValidation::findsWithPlaceAndFix_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("findings");
    const auto row = [](const char *name, const std::string &text, const QStringList &findings) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << findings;
    };
    // Lines 1 to 4 are kHead, the trigger stands in lines 5 to 8, `to:` of it in line 9.
    const auto flow = [&](const char *name, const std::string &rest, const QStringList &findings) {
        row(name, kHead + kTrigger + rest, findings);
    };
    const auto one = [](const char *finding) { return QStringList{QString::fromUtf8(finding)}; };
    row("an empty file", "", one("flow.wrong_type 1:1"));
    row("a list instead of a flow", "- a\n", one("flow.wrong_type 1:1"));
    row("broken YAML", kHead + "  - id: [\n", one("yaml.syntax 6:1"));
    row("one key twice", "schema: flow/1\nid: a\nid: b\n", one("yaml.duplicate_key 3:1"));
    row("an anchor", "schema: flow/1\nid: &a b\n", one("yaml.alias 2:5"));
    row("no format", "id: a\nsteps:\n" + kTrigger,
        {QStringLiteral("flow.schema_version 1:1"),
         QStringLiteral("flow.unknown_connection 5:17")});
    row("a format of the future", "schema: flow/2\nid: X\nwhatever: 1\n",
        one("flow.schema_version 1:9"));
    row("a newer minor format is a warning",
        "schema: flow/1.3\nid: a\nconnections: {web: shop}\nsteps:\n" + kTrigger,
        one("flow.schema_version 1:9"));
    row("no id", "schema: flow/1\nconnections: {web: shop}\nsteps:\n" + kTrigger,
        one("flow.missing_setting 1:1"));
    row("an id that cannot be",
        "schema: flow/1\nid: Bad Id\nconnections: {web: shop}\nsteps:\n" + kTrigger,
        one("flow.bad_id 2:5"));
    row("an unknown key of the flow", kHead + kTrigger + "stepps: []\n",
        one("flow.unknown_key 9:1"));
    row("nothing begins the flow", kHead + "  - id: a\n    type: log\n",
        one("flow.no_trigger 4:1"));
    row("an unknown connector",
        "schema: flow/1\nid: a\nconnections: {web: shop, x: shopp}\nsteps:\n" + kTrigger,
        one("flow.unknown_connector 3:29"));
    flow("an unknown type", "    to: a\n  - id: a\n    type: filtre\n",
         one("flow.unknown_type 11:11"));
    flow("no type", "    to: a\n  - id: a\n", one("flow.missing_setting 10:5"));
    flow("an unknown key of a step", "    to: a\n  - id: a\n    type: log\n    wth: {}\n",
         one("flow.unknown_key 12:5"));
    flow("an unknown setting", "    to: a\n  - id: a\n    type: log\n    with: {mesage: id}\n",
         one("flow.unknown_key 12:12"));
    flow("a missing setting", "    to: a\n  - id: a\n    type: filter\n",
         one("flow.missing_setting 10:5"));
    flow("a setting without a value",
         "    to: a\n  - id: a\n    type: filter\n    with:\n      condition:\n",
         one("flow.missing_setting 13:7"));
    flow("a wire to nowhere", "    to: nowhere\n", one("flow.dangling_wire 9:9"));
    flow("a failure wire to nowhere", "    on_error: nowhere\n", one("flow.dangling_wire 9:15"));
    flow("one of two targets is nowhere", "    to: [a, b]\n  - id: a\n    type: log\n",
         one("flow.dangling_wire 9:13"));
    flow("a circle",
         "    to: a\n  - id: a\n    type: log\n    to: b\n  - id: b\n    type: log\n    to: a\n",
         one("flow.cycle 15:9"));
    flow("a step that leads to itself", "    to: a\n  - id: a\n    type: log\n    to: a\n",
         one("flow.cycle 12:9"));
    flow("two steps with one id", "    to: a\n  - id: a\n    type: log\n  - id: a\n    type: log\n",
         one("flow.duplicate_id 12:9"));
    flow("a note with the id of a step", "notes:\n  - {id: orders, text: hi}\n",
         one("flow.duplicate_id 10:5"));
    flow("a step id with a capital", "    to: A\n  - id: A\n    type: log\n",
         one("flow.bad_id 10:9"));
    flow("a step without an id", "  - type: log\n", one("flow.missing_setting 9:5"));
    flow("a step that nothing leads to", "  - id: a\n    type: log\n",
         one("flow.unreachable_step 9:5"));
    flow("a step that nothing leads to, and those behind it",
         "  - id: a\n    type: log\n    to: b\n  - id: b\n    type: log\n",
         one("flow.unreachable_step 9:5"));
    flow("a wire to nowhere, and those behind it",
         "    to: first\n  - id: frst\n    type: log\n    to: b\n  - id: b\n    type: log\n",
         one("flow.dangling_wire 9:9"));
    flow("a wire to nowhere, and a step that it was not meant for",
         "    to: first\n  - id: x\n    type: log\n  - id: frst\n    type: log\n",
         {QStringLiteral("flow.dangling_wire 9:9"), QStringLiteral("flow.unreachable_step 10:5")});
    row("an unknown connector, and the steps that use it",
        "schema: flow/1\nid: a\nconnections: {web: shopp}\nsteps:\n" + kTrigger,
        one("flow.unknown_connector 3:20"));
    flow("a key in a name", "    name: sk_live_4eC39HqLyjWDarjtT1zdp7dc\n",
         one("flow.secret_in_text 9:11"));
    flow("a key in an expression",
         "    to: a\n  - id: a\n    type: log\n    with: {message: "
         "'\"sk_live_4eC39HqLyjWDarjtT1\"'}\n",
         one("flow.secret_in_text 12:21"));
    flow("an unknown exit",
         "    to: a\n  - id: a\n    type: filter\n    with: {condition: a}\n"
         "    to: {pas: b}\n  - id: b\n    type: log\n",
         one("flow.unknown_exit 13:15"));
    flow("an exit that must be named",
         "    to: a\n  - id: a\n    type: filter\n    with: {condition: a}\n    to: b\n  - id: b\n"
         "    type: log\n",
         one("flow.unknown_exit 13:9"));
    flow("an exit that follows from the settings",
         "    to: a\n  - id: a\n    type: branch\n    with: {cases: {big: a > 1}}\n"
         "    to: {big: b, small: b}\n  - id: b\n    type: log\n",
         one("flow.unknown_exit 13:25"));
    flow("a wire out of a last step",
         "    to: a\n  - id: a\n    type: dead_letter\n    to: b\n  - id: b\n    type: log\n",
         one("flow.unknown_exit 12:9"));
    flow("a failure of a step that cannot fail",
         "    to: a\n  - id: a\n    type: filter\n    with: {condition: a}\n    on_error: b\n"
         "  - id: b\n    type: log\n",
         one("flow.unknown_exit 13:15"));
    flow("a wire into the beginning", "    to: a\n  - id: a\n    type: log\n    on_error: orders\n",
         {QStringLiteral("flow.wire_into_trigger 12:15"), QStringLiteral("flow.cycle 12:15")});
    const std::string ordered = "schema: flow/1\nid: a\nconnections: {web: shop}\n";
    row("an order that is neither a map nor none", ordered + "order: any\nsteps:\n" + kTrigger,
        one("flow.bad_order 4:8"));
    row("an order by an expression that cannot be read",
        ordered + "order: {by: \"data.(\"}\nsteps:\n" + kTrigger, one("flow.expression 4:20"));
    row("an order with an unknown key", ordered + "order: {per: data.id}\nsteps:\n" + kTrigger,
        one("flow.unknown_key 4:9"));
    row("a failure that neither passes nor holds",
        ordered + "order: {after_failure: stop}\nsteps:\n" + kTrigger, one("flow.bad_order 4:24"));
    row("failures without a time that can be read",
        ordered + "failures: {owner: fin, due: soon}\nsteps:\n" + kTrigger,
        one("flow.bad_failures 4:29"));
    row("an escalation to nobody",
        ordered + "failures: {escalate: {after: 8h}}\nsteps:\n" + kTrigger,
        one("flow.bad_failures 4:22"));
    flow("another word for old events",
         "    to: a\n  - id: a\n    type: log\n    stale: drop\n",
         {QStringLiteral("flow.bad_stale 12:12"), QStringLiteral("flow.not_an_effect 12:12")});
    flow("an unknown outcome of a step that changes nothing",
         "    to: a\n  - id: a\n    type: log\n    on_unknown: ask\n",
         one("flow.not_an_effect 12:17"));
    flow("another word for unknown outcomes",
         "    to: a\n  - id: a\n    type: log\n    on_unknown: hope\n",
         {QStringLiteral("flow.bad_on_unknown 12:17"), QStringLiteral("flow.not_an_effect 12:17")});
    flow("a batch of nothing",
         "    to: a\n  - id: a\n    type: log\n    batch: {size: 0, linger: soon}\n",
         {QStringLiteral("flow.not_an_effect 12:12"), QStringLiteral("flow.bad_batch 12:19"),
          QStringLiteral("flow.bad_batch 12:30")});
    row("an unknown connection",
        kHead + "  - id: orders\n    type: shop.webhook\n    connection: wep\n"
                "    with: {events: [order.paid]}\n",
        one("flow.unknown_connection 7:17"));
    row("a connection of another type",
        "schema: flow/1\nid: a\nconnections: {web: shop, l: logic}\nsteps:\n"
        "  - id: orders\n    type: shop.webhook\n    connection: l\n"
        "    with: {events: [order.paid]}\n",
        one("flow.wrong_connection 7:17"));
    row("no connection",
        kHead + "  - id: orders\n    type: shop.webhook\n    with: {events: [order.paid]}\n",
        one("flow.connection_missing 5:5"));
    flow("a connection that is not used",
         "    to: a\n  - id: a\n    type: log\n    connection: web\n",
         one("flow.unused_connection 12:17"));
    flow("a bad retry",
         "    to: a\n  - id: a\n    type: log\n    retry: {times: -1, first: soon, factor: 0.5, "
         "jitter: some}\n",
         {QStringLiteral("flow.bad_retry 12:20"), QStringLiteral("flow.bad_retry 12:31"),
          QStringLiteral("flow.bad_retry 12:45"), QStringLiteral("flow.bad_retry 12:58")});
    flow("waits that shrink",
         "    to: a\n  - id: a\n    type: log\n    retry: {first: 1h, longest: 1m}\n",
         one("flow.bad_retry 12:33"));
    flow("a retry rule for a failure that does not exist",
         "    to: a\n  - id: a\n    type: log\n    retry: {for: {locked: {times: 3}}}\n",
         one("flow.bad_retry 12:19"));
    flow("retry rules with wrong values",
         "    to: a\n  - id: a\n    type: log\n"
         "    retry: {within: ever, for: {lock: {times: 200, wait: 1s}, net.timeout: 5}}\n",
         {QStringLiteral("flow.bad_retry 12:21"), QStringLiteral("flow.bad_retry 12:47"),
          QStringLiteral("flow.unknown_key 12:52"), QStringLiteral("flow.bad_retry 12:76")});
    flow("a retry rule whose waits shrink",
         "    to: a\n  - id: a\n    type: log\n    retry: {for: {lock: {longest: 500ms}}}\n",
         one("flow.bad_retry 12:35"));
    flow("a retry at the beginning", "    retry: {times: 2}\n", one("flow.bad_retry 9:12"));
    flow("an expression that cannot be read",
         "    to: a\n  - id: a\n    type: log\n    with: {message: a + b)}\n",
         one("flow.expression 12:26"));
    flow("every error of an expression",
         "    to: a\n  - id: a\n    type: log\n    with: {message: '{\"a\": 1 + , \"b\": 2 & }'}\n",
         {QStringLiteral("flow.expression 12:32"), QStringLiteral("flow.expression 12:43")});
    flow("a regular expression that looks ahead",
         "    to: a\n  - id: a\n    type: log\n    with: {message: \"$match(a, /b(?=c)/)\"}\n",
         one("flow.expression 12:34"));
    flow("a default without end",
         "    to: a\n  - id: a\n    type: map\n    with:\n      mapping:\n"
         "        A__c: {value: a, if_missing: default, default: .inf}\n",
         one("flow.not_finite 14:56"));
    flow("an expression in quotes",
         "    to: a\n  - id: a\n    type: log\n    with: {message: '''ü'' & b)'}\n",
         one("flow.expression 12:31"));
    flow("an expression over several lines",
         "    to: a\n  - id: a\n    type: log\n    with:\n      message: |-\n        a +\n        "
         "b)\n",
         one("flow.expression 15:10"));
    flow("a folded expression",
         "    to: a\n  - id: a\n    type: map\n    with:\n      mapping:\n        A__c: >-\n"
         "          a +\n          b)\n",
         one("flow.expression 16:12"));
    flow("an expression in a group of a mapping",
         "    to: a\n  - id: a\n    type: map\n    with:\n      mapping:\n"
         "        A__c: {value: a + b), if_missing: fail}\n",
         one("flow.expression 14:28"));
    flow("a setting of a group of a mapping",
         "    to: a\n  - id: a\n    type: map\n    with:\n      mapping:\n"
         "        A__c:\n          value: a\n          if_missing: never\n",
         one("flow.unknown_choice 16:23"));
    flow("a condition of a case",
         "    to: a\n  - id: a\n    type: branch\n    with: {cases: {big: a)}}\n",
         one("flow.expression 12:26"));
    flow("a choice that is none",
         "    to: a\n  - id: a\n    type: shop.record.upsert\n    connection: web\n"
         "    with: {object: O, external_id: E, mode: many}\n",
         one("flow.unknown_choice 13:45"));
    flow("text where a number belongs",
         "    to: a\n  - id: a\n    type: repeat\n    with: {times: \"3\", step: orders}\n",
         one("flow.wrong_type 12:19"));
    flow("a number out of bounds",
         "    to: a\n  - id: a\n    type: repeat\n    with: {times: 9, step: orders}\n",
         one("flow.out_of_bounds 12:19"));
    flow("a setting that names no step",
         "    to: a\n  - id: a\n    type: repeat\n    with: {times: 1, step: nobody}\n",
         one("flow.unknown_reference 12:28"));
    flow("what only the type knows",
         "    to: a\n  - id: a\n    type: repeat\n    with: {times: 4, step: orders}\n",
         one("logic.unlucky 12:19"));
    flow("a span that is none",
         "    to: a\n  - id: a\n    type: dead_letter\n    with: {keep: 3 weeks}\n",
         one("flow.bad_duration 12:18"));
    flow("a span that is too short",
         "    to: a\n  - id: a\n    type: dead_letter\n    with: {keep: 1s}\n",
         one("flow.out_of_bounds 12:18"));
    flow("a list where a text belongs",
         "    to: a\n  - id: a\n    type: log\n    with: {message: [a]}\n",
         one("flow.wrong_type 12:21"));
    flow("settings that are a list", "    to: a\n  - id: a\n    type: log\n    with: [a]\n",
         one("flow.wrong_type 12:11"));
    flow("a group with a stranger", "groups:\n  - {id: g, title: G, steps: [nobody]}\n",
         one("flow.unknown_reference 10:31"));
    flow("a position that is none", "layout:\n  orders: {x: left, y: 0}\n",
         one("flow.wrong_type 10:15"));
    flow("a position of nobody", "layout:\n  nobody: {x: 0, y: 0}\n",
         one("flow.unknown_reference 10:3"));
    flow("steps that are no maps", "  - just text\n", one("flow.wrong_type 9:5"));
    flow("the failure exit inside to", "    to: {error: a}\n  - id: a\n    type: log\n",
         {QStringLiteral("flow.unknown_key 9:10"), QStringLiteral("flow.unreachable_step 10:5")});
}

void tst_FlowValidation::findsWithPlaceAndFix()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, findings);
    const FlowDocument document(text.toStdString(), "bad.flow.yaml");
    const auto found = validateFlow(document, registry());
    QStringList seen;
    for (const std::string &line : brief(found))
        seen << QString::fromStdString(line);
    QVERIFY2(seen == findings, (seen.join(u'\n').toStdString() + '\n' + told(found)).c_str());
    for (const Diagnostic &finding : found) {
        QCOMPARE(finding.file, std::string("bad.flow.yaml"));
        QVERIFY(!finding.message.empty());
        if (!finding.code.starts_with("yaml."))
            QVERIFY2(!finding.fix.empty(), finding.code.c_str());
    }
}

void tst_FlowValidation::suggestsWhatWasMeant_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("word");
    const auto row = [](const char *name, const std::string &rest, const char *word) {
        QTest::newRow(name) << QByteArray::fromStdString(kHead + kTrigger + rest)
                            << QByteArray(word);
    };
    row("a type", "    to: a\n  - id: a\n    type: filtr\n", "filter");
    row("a key", "    to: a\n  - id: a\n    type: log\n    onerror: b\n", "on_error");
    row("a setting", "    to: a\n  - id: a\n    type: log\n    with: {massage: b}\n", "message");
    row("a target", "    to: shipped\n  - id: shiped\n    type: log\n", "shiped");
    row("an exit",
        "    to: a\n  - id: a\n    type: filter\n    with: {condition: a}\n"
        "    to: {skipp: b}\n  - id: b\n    type: log\n",
        "skip");
}

void tst_FlowValidation::suggestsWhatWasMeant()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, word);
    const auto found = validateFlow(FlowDocument(text.toStdString()), registry());
    QVERIFY(!found.empty());
    QVERIFY2(told(found).find("Did you mean \"" + word.toStdString() + '"') != std::string::npos,
             told(found).c_str());
}

void tst_FlowValidation::commasInBracesAskForQuotes()
{
    const std::string text = kHead + kTrigger +
                             "    to: a\n  - id: a\n    type: map\n    with:\n      mapping:\n"
                             "        A__c: {value: $pad(a, 5), if_missing: fail}\n";
    const std::string findings = told(validateFlow(FlowDocument(text), registry()));
    QVERIFY2(findings.find("put an expression with commas in quotes") != std::string::npos,
             findings.c_str());
}

void tst_FlowValidation::saysWhatItAsksFor()
{
    const FlowDocument document(kHead + kTrigger + "    to: a\n  - id: a\n    type: filter\n",
                                "flows/bad.flow.yaml");
    const auto found = validateFlow(document, registry());
    QCOMPARE(found.size(), std::size_t(1));
    QCOMPARE(toText(found[0]),
             std::string("flows/bad.flow.yaml:10:5: error: The step \"a\" needs the setting "
                         "\"condition\" (Keep when). (Add \"condition\".) [flow.missing_setting]"));
    QCOMPARE(found[0].step, std::string("a"));
    QCOMPARE(found[0].path, std::string("steps/a/with/condition"));
}

void tst_FlowValidation::soundFlowsHaveNoFindings()
{
    for (const std::string &text : {fullFlow(), terseFlow(), withCrlf(fullFlow()), longFlow(50)}) {
        const auto found = validateFlow(FlowDocument(text), registry());
        QVERIFY2(found.empty(), told(found).c_str());
    }
}

QTEST_GUILESS_MAIN(tst_FlowValidation)
#include "tst_FlowValidation.moc"
