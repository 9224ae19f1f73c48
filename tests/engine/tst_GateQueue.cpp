// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/GateQueue.h"

#include <QTest>

namespace tw::test {

class tst_GateQueue final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theyAreCalledInTheOrderOfAcceptance()
    {
        GateQueue queue;
        for (const std::int64_t run : {7, 3, 9, 3})
            queue.add(run, true);
        QCOMPARE(queue.size(), 3u);
        QCOMPARE(queue.callIn(false)->run, 3);
        QCOMPARE(queue.callIn(false)->run, 7);
        QCOMPARE(queue.callIn(false)->run, 9);
        QVERIFY(!queue.callIn(false));
    }

    void whoWasCalledIsExpectedUntilItComes()
    {
        GateQueue queue;
        queue.add(1, true);
        QVERIFY(!queue.arrived(1));
        queue.callIn(false);
        QCOMPARE(queue.expected(), 1u);
        QVERIFY(queue.arrived(1));
        QVERIFY(!queue.arrived(1));
        QCOMPARE(queue.expected(), 0u);
    }

    void whoEndedIsNotExpected()
    {
        GateQueue queue;
        queue.add(1, true);
        queue.add(2, true);
        queue.callIn(false);
        queue.forget(1);
        queue.forget(2);
        QCOMPARE(queue.expected(), 0u);
        QVERIFY(queue.isEmpty());
    }

    void theLookGoesRound()
    {
        GateQueue queue;
        for (const std::int64_t run : {1, 2, 3})
            queue.add(run, true);
        std::vector<std::int64_t> looked;
        for (int look = 0; look < 5; ++look) {
            looked.push_back(queue.callIn(true)->run);
            queue.arrived(looked.back());
            queue.add(looked.back(), true); // It failed and comes back.
        }
        QCOMPARE(looked, (std::vector<std::int64_t>{1, 2, 3, 1, 2}));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_GateQueue)
#include "tst_GateQueue.moc"
