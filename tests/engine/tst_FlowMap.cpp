// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/FlowMap.h"

#include <QTest>

namespace tw::test {

class tst_FlowMap final : public QObject
{
    Q_OBJECT

    using Steps = std::vector<int>;

    static FlowMap::Step step(const char *id, Steps targets)
    {
        FlowMap::Step one;
        one.id = id;
        one.targets = std::move(targets);
        return one;
    }

    static FlowMap::Step loop(const char *id, Steps elements, Steps done)
    {
        FlowMap::Step one = step(id, elements);
        one.loops = true;
        one.targets.insert(one.targets.end(), done.begin(), done.end());
        one.elements = std::move(elements);
        one.done = std::move(done);
        return one;
    }

    static FlowMap::Step collector(const char *id, Steps targets, Collects collects, int across = -1)
    {
        FlowMap::Step one = step(id, std::move(targets));
        one.collects = collects;
        one.across = across;
        return one;
    }

private Q_SLOTS:
    void aBodyEndsWhereTheEndOfTheLoopComesIn()
    {
        // 0 start -> 1 loop; each -> 2 -> 3, done -> 3
        const FlowMap map({step("start", {1}), loop("loop", {2}, {3}), step("a", {3}), step("b", {})});
        QVERIFY(map.isInBody(2, 1));
        QVERIFY(!map.isInBody(3, 1));
        QVERIFY(!map.isInBody(1, 1));
        QVERIFY(map.reaches(0, 3));
        QVERIFY(!map.reaches(3, 0));
    }

    void aSpentLoopBringsNothingToItsBody()
    {
        const FlowMap map({loop("loop", {1}, {2}), collector("in", {}, Collects::PerElement),
                           collector("behind", {}, Collects::PerElement)});
        QCOMPARE(map.collectorsBehind({0, false}), (Steps{1, 2}));
        QCOMPARE(map.collectorsBehind({0, true}), Steps{2});
        QCOMPARE(map.collectorsBehind({1, false}), Steps{1});
    }

    void scopesFollowTheLoopsAround()
    {
        // 0 outer -> 1 inner -> 2 merge, 3 merge across inner, 4 batch, 5 behind the batch
        const FlowMap map({loop("outer", {1}, {}), loop("inner", {2, 3, 4}, {}),
                           collector("merge", {}, Collects::PerElement),
                           collector("across", {}, Collects::PerElement, 1),
                           collector("batch", {5}, Collects::PerRun),
                           collector("later", {}, Collects::PerElement)});
        QCOMPARE(map.scope(2), (Steps{0, 1}));
        QCOMPARE(map.scope(3), Steps{0});
        QCOMPARE(map.scope(4), Steps{});
        QCOMPARE(map.scope(5), Steps{});
    }

    void aWireFromOutsideOfALoopLeavesNoScope()
    {
        const FlowMap map({step("start", {1, 2}), loop("loop", {2}, {}),
                           collector("merge", {}, Collects::PerElement)});
        QCOMPARE(map.scope(2), Steps{});
    }

    void positionsCountElementsAndWaysThatMeet()
    {
        // 0 start -> 1 left, 2 right, 4 log; left and right -> 3
        const FlowMap map({step("start", {1, 2, 4}), step("left", {3}), step("right", {3}),
                           step("both", {}), step("log", {})});
        const auto ways = std::make_shared<const std::vector<int>>(std::vector<int>{1, 2, 4});
        QVERIFY(map.meet(*ways));
        QVERIFY(!map.meet({1, 4}));
        const TrailPtr right = behindWay(nullptr, 0, 1, ways);
        QCOMPARE(map.position(right.get(), 3), std::string("0.1"));
        QCOMPARE(map.position(right.get(), 2), std::string("0")); // Nothing else comes there.
        QCOMPARE(map.position(nullptr, 3), std::string("0"));
        const TrailPtr element = insideLoop(nullptr, {0, 7, 17, false, nullptr});
        QCOMPARE(map.position(element.get(), 3), std::string("0.17"));
    }

    void numbersFollowPositions()
    {
        QCOMPARE(itemNumber("0"), 0);
        QCOMPARE(itemNumber("0.17"), 18);
        QVERIFY(itemNumber("0.1.2") >= kFirstHashedNumber);
        QVERIFY(itemNumber("0.1.2") != itemNumber("0.2.1"));
        const FlowMap map({step("a", {})});
        QCOMPARE(map.position(behindEntry(0, 0).get(), 0), std::string("0"));
        QCOMPARE(map.position(behindEntry(0, 18).get(), 0), std::string("0.17"));
        QVERIFY(map.position(behindEntry(0, kFirstHashedNumber + 5).get(), 0).starts_with("0.#"));
    }

    void stepsInACircleStandStill()
    {
        const FlowMap map({step("a", {1}), collector("b", {0}, Collects::PerElement)});
        QVERIFY(map.scope(1).empty());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_FlowMap)
#include "tst_FlowMap.moc"
