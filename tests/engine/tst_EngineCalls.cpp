// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineWorld.h"

#include "core/engine/RecordCodec.h"

#include <QTest>

namespace tw::test {

using Phase = StepEvent::Phase;

/// call_flow: another flow in the place of a step.
class tst_EngineCalls final : public QObject
{
    Q_OBJECT

    const std::string kCaller = "  - id: start\n    type: fake.trigger\n    to: verify\n"
                                "  - id: verify\n    type: call_flow\n    with: {flow: check}\n"
                                "    to: write\n    on_error: trouble\n"
                                "  - id: write\n    type: fake.effect\n"
                                "  - id: trouble\n    type: fake.effect\n";
    const std::string kCalled = "  - id: begin\n    type: flow.called\n"
                                "    with: {input: {amount: number, note: text}, optional: [note]}\n"
                                "    to: ask\n"
                                "  - id: ask\n    type: fake.effect\n    retry: {times: 0}\n"
                                "    to: answer\n"
                                "  - id: answer\n    type: flow.return\n"
                                "    with: {value: '{\"valid\": ok}'}\n"
                                "  - id: aside\n    type: fake.effect\n";

    static std::vector<std::string> trailOf(const EngineWorld &world)
    {
        std::vector<std::string> trail;
        for (const StepCall &call : world.calls)
            trail.push_back(call.step + ' ' + jsonText(call.input));
        return trail;
    }

    using Trail = std::vector<std::string>;

private Q_SLOTS:
    void theCalledFlowStandsInThePlaceOfTheCall()
    {
        EngineWorld world;
        world.others = {{"check", kCalled}};
        world.script("verify.ask", {EngineWorld::emits("{\"ok\":true}")});
        world.start(kCaller);
        world.send("evt_1", "{\"amount\":5}");
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), (Trail{"verify.ask {\"amount\":5}", "write {\"valid\":true}"}));
        const std::string version = world.engine->flows().front()->version();
        QVERIFY(version.starts_with("1.0.0+") && version.find("+check@2.1.0+") != std::string::npos);
        QCOMPARE(world.engine->flows().front()->indexOf("verify.aside"), -1);
    }

    void whatFailsThereLeavesByTheFailureExitHere()
    {
        EngineWorld world;
        world.others = {{"check", kCalled}};
        world.script("verify.ask", {EngineWorld::fails(rejectedError("x.bad", "No."))});
        world.start(kCaller);
        world.send("evt_1", "{\"amount\":5}");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.calls.back().step, std::string("trouble"));
        QCOMPARE(world.calls.back().input->root().get("error").get("code").text(),
                 std::string_view("x.bad"));
        QVERIFY(world.told.letters.empty());
    }

    void theContractIsChecked()
    {
        EngineWorld world;
        world.others = {{"check", kCalled}};
        world.start(kCaller);
        world.send("evt_1", "{\"amount\":\"5\",\"note\":7}");
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world).size(), 1u);
        const Value error = world.calls.back().input->root().get("error");
        QCOMPARE(error.get("code").text(), std::string_view("flow.wrong_input"));
        QVERIFY(error.get("message").text().find("\"amount\" (number), \"note\" (text)")
                != std::string_view::npos);
    }

    void aRestartInTheMiddleOfACallGoesOn()
    {
        EngineWorld world;
        world.others = {{"check", kCalled}};
        world.holdEffects = true;
        world.start(kCaller);
        world.send("evt_1", "{\"amount\":5}");
        QTRY_COMPARE(world.held.size(), 1u);
        world.answerHeld(EngineWorld::emits("{\"ok\":true}"));
        QTRY_COMPARE(world.callsOf("write"), 1);
        const std::string key = world.calls.back().idempotencyKey;
        world.stop();
        world.calls.clear();
        world.holdEffects = false;
        world.start(kCaller);
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), Trail{"write {\"valid\":true}"});
        QCOMPARE(world.calls.back().idempotencyKey, key);
    }

    void callsNest()
    {
        EngineWorld world;
        world.others = {{"check", "  - id: begin\n    type: flow.called\n    to: deeper\n"
                                  "  - id: deeper\n    type: call_flow\n    with: {flow: deep}\n"
                                  "    to: answer\n"
                                  "  - id: answer\n    type: flow.return\n"},
                        {"deep", "  - id: begin\n    type: flow.called\n    to: loop\n"
                                 "  - id: loop\n    type: for_each\n"
                                 "    with: {items: list}\n    to: {each: one}\n"
                                 "  - id: one\n    type: fake.effect\n    retry: {times: 0}\n"
                                 "    to: all\n"
                                 "  - id: all\n    type: merge\n"
                                 "    with: {across: loop, combine: list}\n    to: answer\n"
                                 "  - id: answer\n    type: flow.return\n"}};
        world.script("verify.deeper.one", {EngineWorld::emits("1"), EngineWorld::emits("2"),
                                           EngineWorld::fails(rejectedError("x.bad", "No."))});
        world.start(kCaller);
        world.send("evt_1", "{\"list\":[0,0,0]}");
        QVERIFY(world.waitIdle());
        QCOMPARE(world.callsOf("trouble"), 1);
        QCOMPARE(world.callsOf("write"), 1);
        for (const StepCall &call : world.calls) {
            if (call.step == "write")
                QCOMPARE(jsonText(call.input), std::string("[1,2]"));
        }
    }

    void aCallThatIsSwitchedOffPassesOn()
    {
        EngineWorld world;
        world.start("  - id: start\n    type: fake.trigger\n    to: verify\n"
                    "  - id: verify\n    type: call_flow\n    disabled: true\n"
                    "    with: {flow: nowhere}\n    to: write\n"
                    "  - id: write\n    type: fake.effect\n");
        world.send("evt_1", "1");
        QVERIFY(world.waitIdle());
        QCOMPARE(trailOf(world), Trail{"write 1"});
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineCalls)
#include "tst_EngineCalls.moc"
