// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/connectors/logic/Descriptor.h"
#include "core/flow/CalledFlows.h"
#include "core/flow/FlowShapes.h"

#include <QTest>

namespace tw::test {

/// Calls of other flows, loops and merges: what the checks say, and what messages look like.
class tst_CalledFlows final : public QObject
{
    Q_OBJECT

    using Flows = std::vector<std::pair<std::string, std::string>>;

    struct Library
    {
        explicit Library(const Flows &flows)
        {
            for (const auto &[id, steps] : flows) {
                documents.push_back(std::make_unique<FlowDocument>(
                    "schema: flow/1\nid: " + id + "\nversion: 1.0.0\nsteps:\n" + steps,
                    id + ".flow.yaml"));
                library.emplace(id, documents.back().get());
            }
        }
        std::vector<std::unique_ptr<FlowDocument>> documents;
        FlowLibrary library;
    };

    std::string findingsOf(const Flows &flows)
    {
        const Library known(flows);
        std::string lines;
        for (const Diagnostic &one : validateFlow(*known.documents.front(), m_registry,
                                                  {.flows = &known.library}))
            lines += one.code + ' ' + std::to_string(one.line) + ':' + std::to_string(one.column)
                + ' ' + one.message + (one.fix.empty() ? "\n" : " | " + one.fix + '\n');
        return lines;
    }

    static std::string caller(const std::string &flow)
    {
        return "  - id: start\n    type: flow.called\n    with: {input: {city: text, zip: text}, optional: [zip]}\n"
               "    to: call\n"
               "  - id: call\n    type: call_flow\n    with: {flow: " + flow + "}\n    to: note\n"
               "  - id: note\n    type: log\n    with: {message: 'valid'}\n";
    }

    static std::string called(const std::string &input)
    {
        return "  - id: begin\n    type: flow.called\n    with: {input: {" + input + "}}\n"
               "    to: shape\n"
               "  - id: shape\n    type: map\n    with: {mapping: {valid: 'true', at: city}}\n"
               "    to: back\n"
               "  - id: back\n    type: flow.return\n";
    }

    Registry m_registry{{logic::descriptor()}};

private Q_SLOTS:
    void aGoodCallHasNoFindings()
    {
        QCOMPARE(findingsOf({{"main", caller("check")}, {"check", called("city: text")}}),
                 std::string());
    }

    void anUnknownFlowIsFoundAtItsName()
    {
        QCOMPARE(findingsOf({{"main", caller("chekc")}, {"check", called("city: text")}}),
                 std::string("flow.unknown_flow 11:18 There is no flow \"chekc\" in this project. | "
                             "Did you mean \"check\"?\n"));
    }

    void aFlowThatCannotBeCalledIsFound()
    {
        QVERIFY(findingsOf({{"main", caller("check")},
                            {"check", "  - id: a\n    type: log\n    with: {message: '1'}\n"}})
                    .starts_with("flow.not_callable 11:18"));
    }

    void circlesAreFoundWithTheirWay()
    {
        const std::string found = findingsOf(
            {{"main", caller("one")}, {"one", caller("two")}, {"two", caller("one")}});
        QVERIFY2(found.find("flow.call_circle 11:18 The flows call each other in a circle: main -> "
                            "one -> two -> one.") != std::string::npos,
                 found.c_str());
        QVERIFY(findingsOf({{"main", caller("main")}}).find("main -> main") != std::string::npos);
    }

    void aMissingInputIsAWarning()
    {
        const std::string found = findingsOf(
            {{"main", caller("check")}, {"check", called("city: text, zip: text, land: text")}});
        QVERIFY2(found.find("flow.missing_input 9:5 The flow \"check\" needs the field \"zip\", which "
                            "may be missing here.") != std::string::npos,
                 found.c_str());
        QVERIFY(found.find("\"land\", which the message does not have.") != std::string::npos);
    }

    void acrossNamesALoopAround()
    {
        const auto flow = [](const std::string &across) {
            return "  - id: start\n    type: flow.called\n    to: loop\n"
                   "  - id: loop\n    type: for_each\n    to: {each: one, done: end}\n"
                   "  - id: one\n    type: filter\n    with: {condition: a}\n    to: {pass: all}\n"
                   "  - id: all\n    type: merge\n    with: {across: " + across + "}\n    to: end\n"
                   "  - id: end\n    type: log\n    with: {message: '1'}\n";
        };
        QCOMPARE(findingsOf({{"main", flow("loop")}}), std::string());
        QVERIFY(findingsOf({{"main", flow("one")}}).starts_with("flow.not_a_loop 17:20"));
        QVERIFY(findingsOf({{"main", flow("end")}}).starts_with("flow.not_a_loop 17:20"));
    }

    void expressionsInALoopMayUseItsWords()
    {
        const std::string flow =
            "  - id: start\n    type: flow.called\n    with: {input: {lines: list, id: text}}\n"
            "    to: loop\n"
            "  - id: loop\n    type: for_each\n    with: {items: lines}\n"
            "    to: {each: shape, done: end}\n"
            "  - id: shape\n    type: map\n    with:\n      mapping:\n        n: $index + 1\n"
            "        of: $total\n        order: $parent.idd\n"
            "  - id: end\n    type: log\n    with: {message: '$index & ok'}\n";
        const std::string found = findingsOf({{"main", flow}});
        QVERIFY2(found.find("map.unknown_field 19:") != std::string::npos, found.c_str());
        QVERIFY2(found.find("map.unknown_variable 22:") != std::string::npos, found.c_str());
        QCOMPARE(std::count(found.begin(), found.end(), '\n'), 2);
    }

    void shapesFollowMessages()
    {
        const Library known({{"main",
            "  - id: start\n    type: flow.called\n"
            "    with: {input: {city: text, lines: list}}\n    to: [call, loop]\n"
            "  - id: call\n    type: call_flow\n    with: {flow: check}\n    to: both\n"
            "  - id: loop\n    type: for_each\n    with: {items: lines}\n    to: {done: both}\n"
            "  - id: both\n    type: merge\n    to: lists\n"
            "  - id: lists\n    type: batch\n    to: end\n"
            "  - id: end\n    type: log\n    with: {message: '1'}\n"},
            {"check", called("city: text")}});
        const FlowShapes shapes(known.documents.front()->flow(), m_registry, {}, &known.library);
        const Shape *list = shapes.input("end");
        QVERIFY(list && list->type == Shape::Type::List);
        const Shape *merged = shapes.input("lists");
        QVERIFY(merged && merged->find("call") && merged->find("loop"));
        QVERIFY(merged->find("call")->shape.find("valid"));
        QVERIFY(merged->find("loop")->shape.find("failed"));
        QVERIFY(merged->find("loop")->shape.find("input")->shape.find("lines"));
    }

    void stepsOfCalledFlowsStandBehindTheirCall()
    {
        const Library known({{"main", caller("check")}, {"check", called("city: text")}});
        const auto flow = expandCalls(*known.documents.front(), m_registry, known.library);
        QVERIFY(flow);
        std::string steps;
        for (const PlacedStep &step : flow->steps) {
            steps += step.step.id + (step.isEntry ? "!" : "");
            for (const Wire &wire : step.step.wires)
                steps += ' ' + wire.exit + ">" + wire.to;
            steps += '\n';
        }
        QCOMPARE(steps, std::string("start out>call\ncall out>call.begin\n"
                                    "call.begin! out>call.shape\ncall.shape out>call.back\n"
                                    "call.back out>note\nnote\n"));
        const std::string version = flow->version(*known.documents.front());
        QVERIFY(version.starts_with("1.0.0+") && version.find("+check@1.0.0+") != std::string::npos);
        const auto kept = documentsOf(flow->text(*known.documents.front()), "kept.yaml");
        QCOMPARE(kept.size(), 2u);
        QCOMPARE(kept.back()->text(), known.documents.back()->text());
    }

    void expansionRefusesWhatChecksFind()
    {
        const auto codeOf = [this](const Flows &flows) {
            const Library known(flows);
            const auto flow = expandCalls(*known.documents.front(), m_registry, known.library);
            return flow ? std::string() : flow.error().code + " at " + flow.error().where;
        };
        QCOMPARE(codeOf({{"main", caller("x")}}),
                 std::string("flow.unknown_flow at main.flow.yaml:11:18"));
        QCOMPARE(codeOf({{"main", caller("main")}}),
                 std::string("flow.call_circle at main.flow.yaml:11:18"));
        QCOMPARE(codeOf({{"main", caller("one")}, {"one", caller("two")}, {"two", caller("one")}}),
                 std::string("flow.call_circle at two.flow.yaml:11:18"));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_CalledFlows)
#include "tst_CalledFlows.moc"
