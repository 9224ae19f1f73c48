// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Batches.h"

#include <QTest>

namespace tw::test {

class tst_Batches final : public QObject
{
    Q_OBJECT

    static constexpr Instant kStart{1'000'000};
    static Instant after(int ms) { return kStart + std::chrono::milliseconds(ms); }
    static Batches::Entry entry(int number, const std::string &key = {}, Instant since = kStart)
    {
        return {number, 1, key.empty() ? std::to_string(number) : key, since};
    }

private Q_SLOTS:
    void aLoneItemGoesAtOnce()
    {
        Batches batches(3, std::chrono::milliseconds(250));
        QVERIFY(batches.take(kStart, false).empty());
        batches.add(entry(1));
        QVERIFY(batches.due() <= kStart);
        QCOMPARE(batches.take(kStart, false).size(), 1u);
        QCOMPARE(batches.calls(), 1);
        QVERIFY(!batches.due());
    }

    void aFullBatchGoesEvenWhenACallIsOnItsWay()
    {
        Batches batches(3, std::chrono::milliseconds(250));
        batches.add(entry(1));
        batches.take(kStart, false);
        for (int number = 2; number <= 5; ++number)
            batches.add(entry(number));
        const auto call = batches.take(kStart, false);
        QCOMPARE(call.size(), 3u);
        QCOMPARE(call.front().run, 2);
        QVERIFY(batches.take(kStart, false).empty());
        QCOMPARE(batches.waiting().size(), 1u);
    }

    void aTrickleLeavesOncePerLinger()
    {
        Batches batches(200, std::chrono::milliseconds(250));
        int calls = 0;
        for (int ms = 0; ms < 10'000; ms += 10) { // 100 a second, answers after 50 ms
            batches.add(entry(ms, {}, after(ms)));
            const auto call = batches.take(after(ms), false);
            if (call.empty())
                continue;
            ++calls;
            batches.returned(call);
        }
        QVERIFY2(calls >= 39 && calls <= 41, qPrintable(QString::number(calls)));
    }

    void aSlowCallDoesNotMakeOthersWaitLongerThanTheLinger()
    {
        Batches batches(200, std::chrono::milliseconds(250));
        batches.add(entry(1));
        batches.take(kStart, false);
        batches.add(entry(2, {}, after(10)));
        QVERIFY(batches.take(after(259), false).empty());
        QVERIFY(batches.due() == after(260));
        QCOMPARE(batches.take(after(260), false).size(), 1u);
    }

    void withoutALingerTheAnswerOfTheLastCallIsTheSignal()
    {
        Batches batches(200, std::chrono::milliseconds(0));
        batches.add(entry(1));
        const auto first = batches.take(kStart, false);
        batches.add(entry(2));
        batches.add(entry(3));
        QVERIFY(batches.take(after(5000), false).empty());
        QVERIFY(!batches.due());
        batches.returned(first);
        QCOMPARE(batches.take(after(5000), false).size(), 2u);
    }

    void hurryLeavesNoTimeForCompany()
    {
        Batches batches(200, std::chrono::milliseconds(250));
        batches.add(entry(1));
        batches.returned(batches.take(kStart, false));
        batches.add(entry(2));
        QVERIFY(batches.take(after(1), false).empty());
        QCOMPARE(batches.take(after(1), true).size(), 1u);
    }

    void aKeyIsNeverTwiceOnItsWay()
    {
        Batches batches(4, std::chrono::milliseconds(0));
        batches.add(entry(1, "a"));
        batches.add(entry(2, "a"));
        batches.add(entry(3, "b"));
        const auto first = batches.take(kStart, false);
        QCOMPARE(first.size(), 2u);
        QCOMPARE(first[1].run, 3);
        for (int number = 4; number < 8; ++number)
            batches.add(entry(number, "b"));
        QVERIFY(batches.take(after(1000), true).empty()); // all wait for a or b
        batches.returned(first);
        const auto second = batches.take(after(1000), false);
        QCOMPARE(second.size(), 2u);
        QVERIFY(second[0].run == 2 && second[1].run == 4);
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Batches)
#include "tst_Batches.moc"
