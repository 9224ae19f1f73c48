// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/data/Json.h"
#include "core/runtime/Connectors.h"
#include "core/runtime/Runtime.h"

#include <QTest>
#include <algorithm>

namespace tw::test {

namespace {

constexpr const char *kStatements = R"(schema: flow/1
id: statements
name: Statements
version: 1.0.0
connections: {crm: salesforce}
steps:
  - id: closed
    type: manual
    with: {events: [statement.closed]}
    to: lines
  - id: lines
    type: for_each
    with: {items: data.lines, parallel: 4}
    to: {each: check, done: pause}
  - id: check
    type: call_flow
    with: {flow: check-line}
    to: size
    on_error: refused
  - id: size
    type: branch
    with: {cases: {large: amount > 1000}}
    to: {large: [money, label], other: [money]}
  - id: money
    type: map
    with:
      mapping:
        Stripe_Payment_Id__c: $parent.id & "/" & $string($index)
        Amount__c: $toMajor(amount, "eur")
    to: together
  - id: label
    type: map
    with: {mapping: {Status__c: '"Completed"'}}
    to: together
  - id: together
    type: merge
    to: record
  - id: record
    type: map
    with:
      mapping:
        Stripe_Payment_Id__c: money.Stripe_Payment_Id__c
        Amount__c: money.Amount__c
        Currency__c: '"EUR"'
        Status__c: {value: label.Status__c, if_missing: default, default: Pending}
    to: upsert
  - id: upsert
    type: salesforce.record.upsert
    connection: crm
    with: {object: Stripe_Payment__c, external_id: Stripe_Payment_Id__c}
    to: pairs
    on_error: refused
  - id: pairs
    type: batch
    with: {size: 2, across: lines}
    to: written
  - id: written
    type: log
    with: {message: '$string($count($)) & " written"'}
  - id: refused
    type: dead_letter
  - id: pause
    type: wait
    with: {for: 50ms}
    to: summary
  - id: summary
    type: log
    with: {message: '$string(ok) & " ok, " & $string(failed) & " failed, " & $string(dropped) & " dropped"'}
)";

constexpr const char *kCheckLine = R"(schema: flow/1
id: check-line
name: Check a line
version: 2.0.0
steps:
  - id: begin
    type: flow.called
    with: {input: {amount: number, note: text}, optional: [note]}
    to: charged
  - id: charged
    type: filter
    with: {condition: amount > 0}
    to: {pass: back}
  - id: back
    type: flow.return
)";

struct Notes final : RunObserver
{
    std::vector<std::string> lines; ///< Of steps of type log.
    std::vector<RunSummary> runs;
    std::vector<DeadLetter> letters;

    void stepChanged(const StepEvent &event) override
    {
        if (event.phase == StepEvent::Phase::Done && (event.step == "written" || event.step == "summary"))
            lines.push_back(event.note);
    }
    void runFinished(const RunSummary &run) override { runs.push_back(run); }
    void deadLettered(const DeadLetter &letter) override { letters.push_back(letter); }
};

} // namespace

/// One flow with every step that rules a flow, against the Salesforce double.
class tst_FlowControl final : public QObject
{
    Q_OBJECT

    SystemClock m_clock;
    Registry m_registry{allConnectors()};
    NoSecrets m_secrets;

private Q_SLOTS:
    void aStatementBecomesRecords()
    {
        TestProject project;
        project.write("flows/statements.flow.yaml", kStatements);
        project.write("flows/check-line.flow.yaml", kCheckLine);
        std::string findings;
        for (const Diagnostic &one : project.open()->validate(m_registry))
            findings += one.severity == Severity::Error ? toText(one) + '\n' : std::string();
        QCOMPARE(findings, std::string());
        Notes notes;
        auto runtime = Runtime::start(*project.open(), m_registry, m_clock, m_secrets, notes, {});
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        std::string answer;
        (*runtime)->inject(R"({"id":"st_1","type":"statement.closed","data":{"lines":[
            {"amount":1250},{"amount":0},{"amount":"7"},{"amount":99,"note":"x"},{"amount":2000}]}})",
                           [&answer](const Result<Acceptance> &result) {
                               answer = result ? "stored" : result.error().text();
                           });
        QTRY_COMPARE(answer, std::string("stored"));
        QTRY_COMPARE_WITH_TIMEOUT(notes.runs.size(), 1u, 20'000);
        std::vector<std::string> records;
        for (const auto &record : (*runtime)->doubleOf("salesforce")->records()) {
            const Value fields = record.fields->root();
            std::string amount;
            appendJson(amount, fields.get("Amount__c"));
            if (record.type == "Stripe_Payment__c")
                records.push_back(std::string(fields.get("Stripe_Payment_Id__c").text()) + ' ' + amount
                                  + ' ' + std::string(fields.get("Status__c").text()));
        }
        std::sort(records.begin(), records.end());
        QCOMPARE(records, (std::vector<std::string>{"st_1/0 12.5 Completed", "st_1/3 0.99 Pending",
                                                    "st_1/4 20 Completed"}));
        QCOMPARE(notes.lines, (std::vector<std::string>{"2 written", "1 written",
                                                        "3 ok, 1 failed, 1 dropped"}));
        QCOMPARE(notes.letters.size(), 1u);
        QCOMPARE(notes.letters.front().error.code, std::string("flow.wrong_input"));
        QCOMPARE(notes.runs.front().outcome, RunOutcome::DeadLettered);
    }

    void aFlowThatIsCalledIsStartedByNobodyElse()
    {
        TestProject project;
        project.write("flows/payments.flow.yaml", kCheckLine);
        Notes notes;
        auto runtime = Runtime::start(*project.open(), m_registry, m_clock, m_secrets, notes, {});
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        std::string answer;
        (*runtime)->inject(R"({"id":"st_1","type":"any"})", [&answer](const Result<Acceptance> &result) {
            answer = result ? "stored" : result.error().code;
        });
        QTRY_COMPARE(answer, std::string("runtime.no_trigger"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_FlowControl)
#include "tst_FlowControl.moc"
