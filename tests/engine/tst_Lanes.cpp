// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/engine/Lanes.h"

#include <QTest>
#include <map>
#include <set>
#include <vector>

namespace tw::test {

class tst_Lanes final : public QObject
{
    Q_OBJECT

    static constexpr Lanes::Lane kLane = 7;

private Q_SLOTS:
    void ofOneLaneOneRunBeginsAtATime()
    {
        Lanes lanes;
        QVERIFY(lanes.enter(1, kLane));
        QVERIFY(!lanes.enter(2, kLane));
        QVERIFY(!lanes.enter(3, kLane));
        QVERIFY(lanes.enter(4, 8)); // another object
        QVERIFY(lanes.hasWaiting(kLane) && !lanes.hasWaiting(8));
        QCOMPARE(lanes.waiting(), 2u);
        QVERIFY(lanes.leave(1, kLane) == 2);
        QVERIFY(lanes.leave(2, kLane) == 3);
        QVERIFY(!lanes.leave(3, kLane));
        QCOMPARE(lanes.waiting(), 0u);
        QVERIFY(lanes.enter(5, kLane));
    }

    void runsWithoutAKeyDoNotWaitForEachOther()
    {
        Lanes lanes;
        QCOMPARE(Lanes::of("payments", ""), Lanes::Lane(0));
        QVERIFY(lanes.enter(1, 0));
        QVERIFY(lanes.enter(2, 0));
        QVERIFY(!lanes.leave(1, 0));
    }

    void theSameKeyOfAnotherFlowIsAnotherLane()
    {
        QVERIFY(Lanes::of("payments", "ch_1") != Lanes::of("refunds", "ch_1"));
        QVERIFY(Lanes::of("payments", "ch_1") != Lanes::of("payments", "ch_2"));
        QVERIFY(Lanes::of("ab", "c") != Lanes::of("a", "bc"));
        QCOMPARE(Lanes::of("payments", "ch_1"), Lanes::of("payments", "ch_1"));
    }

    void whoWaitsBehindAHeldLaneIsCounted()
    {
        Lanes lanes;
        lanes.enter(1, kLane);
        lanes.hold(kLane);
        lanes.enter(2, kLane);
        QCOMPARE(lanes.waitingHeld(), 0u); // The first one is still at it.
        lanes.leave(1, kLane);
        lanes.enter(3, kLane);
        lanes.enter(4, 8);
        lanes.enter(5, 8);
        QCOMPARE(lanes.waitingHeld(), 2u);
        lanes.leave(3, kLane);
        QCOMPARE(lanes.waitingHeld(), 1u);
        QVERIFY(lanes.release(kLane) == 2);
        QCOMPARE(lanes.waitingHeld(), 0u);
    }

    void replaysOfOneEventHaveALaneOfTheirOwn()
    {
        QCOMPARE(Lanes::ofReplays(7), Lanes::ofReplays(7));
        QVERIFY(Lanes::ofReplays(7) != Lanes::ofReplays(8));
        QVERIFY(Lanes::ofReplays(7) != 0);
    }

    void whoLeavesWhileWaitingIsPassedOver()
    {
        Lanes lanes;
        lanes.enter(1, kLane);
        lanes.enter(2, kLane);
        lanes.enter(3, kLane);
        QVERIFY(!lanes.leave(2, kLane));
        QVERIFY(lanes.leave(1, kLane) == 3);
        lanes.enter(4, kLane);
        QVERIFY(!lanes.leave(4, kLane));
        QVERIFY(!lanes.leave(3, kLane));
        QVERIFY(lanes.enter(5, kLane));
    }

    void aHeldLaneLetsNobodyBeginUntilItIsReleased()
    {
        Lanes lanes;
        lanes.enter(1, kLane);
        lanes.hold(kLane);
        lanes.enter(2, kLane);
        QVERIFY(!lanes.leave(1, kLane));
        QVERIFY(!lanes.enter(3, kLane));
        QVERIFY(lanes.isHeld(kLane));
        QVERIFY(lanes.release(kLane) == 2);
        QVERIFY(!lanes.release(kLane));
        QVERIFY(lanes.leave(2, kLane) == 3);
    }

    void aLaneIsHeldBeforeItsFirstRun()
    {
        Lanes lanes;
        lanes.hold(kLane);
        QVERIFY(!lanes.enter(1, kLane));
        QVERIFY(lanes.release(kLane) == 1);
        QVERIFY(!lanes.leave(1, kLane));
        lanes.hold(kLane);
        QVERIFY(!lanes.release(kLane));
        QVERIFY(lanes.enter(2, kLane));
    }

    /// 50,000 random steps beside a slow model that is plainly right.
    void aRandomWalkKeepsTheOrderOfEachLane()
    {
        Random random(11);
        Lanes lanes;
        std::map<Lanes::Lane, std::vector<Lanes::Run>> model; // begun first
        std::set<Lanes::Lane> held;
        std::map<Lanes::Lane, Lanes::Run> begun;
        Lanes::Run next = 1;
        const auto begins = [&](Lanes::Lane lane) -> std::optional<Lanes::Run> {
            if (begun[lane] != 0 || held.count(lane) > 0 || model[lane].empty())
                return std::nullopt;
            return begun[lane] = model[lane].front();
        };
        for (int step = 0; step < 50'000; ++step) {
            const Lanes::Lane lane = 1 + random.below(5);
            auto &runs = model[lane];
            switch (random.below(8)) {
            case 0:
                lanes.hold(lane);
                held.insert(lane);
                break;
            case 1:
                held.erase(lane);
                QVERIFY(lanes.release(lane) == begins(lane));
                break;
            case 2: case 3: case 4:
                runs.push_back(next);
                QCOMPARE(lanes.enter(next, lane), begins(lane).has_value());
                ++next;
                break;
            default:
                if (runs.empty())
                    break;
                const auto at = random.below(runs.size());
                const Lanes::Run run = runs[at];
                runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(at));
                const bool hadBegun = begun[lane] == run;
                if (hadBegun)
                    begun[lane] = 0;
                QVERIFY(lanes.leave(run, lane) == (hadBegun ? begins(lane) : std::nullopt));
            }
        }
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Lanes)
#include "tst_Lanes.moc"
