// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/RetryTally.h"

#include <QTest>
#include <algorithm>

using namespace std::chrono_literals;

namespace tw::test {

class tst_RetryTally final : public QObject
{
    Q_OBJECT

    static Error failure(const QString &what)
    {
        Error error = transientError("net.timeout", "No answer.");
        if (what == u"lock")
            error.cause = ErrorCause::Lock;
        if (what == u"rate")
            error.cause = ErrorCause::RateLimit;
        if (what == u"refused")
            error = rejectedError("crm.no_parent", "The account is not there yet.");
        if (what == u"auth")
            error = authError("crm.login", "Who are you?");
        return error;
    }
    static RetryPolicy plain(int times)
    {
        RetryPolicy policy;
        policy.times = times;
        policy.jitter = RetryPolicy::Jitter::None;
        return policy;
    }

private Q_SLOTS:
    void eachFailureHasItsOwnNumberOfTries_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("named");
        QTest::addColumn<int>("times");
        QTest::addColumn<int>("tries");
        QTest::newRow("what may pass is tried as often as the policy says") << "down" << "" << 3 << 3;
        QTest::newRow("a lock has patience") << "lock" << "" << 3 << 10;
        QTest::newRow("more patience if the policy has more") << "lock" << "" << 20 << 20;
        QTest::newRow("a policy of no tries tries no lock") << "lock" << "" << 0 << 0;
        QTest::newRow("a policy of no tries tries no limit") << "rate" << "" << 0 << 0;
        QTest::newRow("a rule for locks counts") << "lock" << "lock" << 3 << 5;
        QTest::newRow("a rule for limits counts") << "rate" << "rate_limit" << 3 << 5;
        QTest::newRow("a rule for a code counts") << "down" << "net.timeout" << 3 << 5;
        QTest::newRow("the code goes before the class") << "lock" << "net.timeout" << 3 << 5;
        QTest::newRow("a refusal is final") << "refused" << "" << 3 << 0;
        QTest::newRow("unless its code is named") << "refused" << "crm.no_parent" << 3 << 5;
        QTest::newRow("a refused sign-in is never tried by itself") << "auth" << "crm.login" << 3 << 0;
    }

    void eachFailureHasItsOwnNumberOfTries()
    {
        QFETCH(QString, what);
        QFETCH(QString, named);
        QFETCH(int, times);
        RetryPolicy policy = plain(times);
        policy.within = 10'000h;
        if (!named.isEmpty())
            policy.rules = {{named.toStdString(), 5, {}, {}, {}}};
        Random random(1);
        RetryTally tally;
        int tries = 0;
        while (tries < 1000 && tally.next(policy, failure(what), 0ms, false, random))
            ++tries;
        QTEST(tries, "tries");
    }

    void aLimitIsWaitedForUntilTheBudgetEnds()
    {
        RetryPolicy policy = plain(1);
        policy.within = 1h;
        Random random(1);
        RetryTally tally;
        std::chrono::milliseconds waited{0};
        while (const auto wait = tally.next(policy, failure(QStringLiteral("rate")), 100ms, false, random))
            waited += *wait + 100ms;
        QCOMPARE(waited.count(), std::chrono::milliseconds(1h).count());
    }

    void theLastTryIsMadeWhenTheBudgetEnds()
    {
        RetryPolicy policy = plain(50);
        policy.within = 10s;
        Random random(1);
        RetryTally tally;
        QList<int> waits;
        while (const auto wait = tally.next(policy, failure(QStringLiteral("down")), 0ms, false, random))
            waits << static_cast<int>(wait->count());
        QCOMPARE(waits, (QList<int>{1000, 2000, 4000, 3000}));
    }

    void aWaitBeyondTheBudgetIsNotBegun()
    {
        RetryPolicy policy = plain(50);
        policy.within = 10s;
        Error error = failure(QStringLiteral("rate"));
        error.retryAfter = 11s;
        Random random(1);
        QVERIFY(!RetryTally().next(policy, error, 0ms, false, random));
    }

    void anOutageOfTheWholeDestinationCostsNoTriesButTime()
    {
        RetryPolicy policy = plain(1);
        policy.within = 1h;
        Random random(1);
        RetryTally tally;
        int tries = 0;
        while (tally.next(policy, failure(QStringLiteral("down")), 0ms, true, random))
            ++tries;
        QVERIFY(tries > 10);
        QVERIFY(!RetryTally().next(plain(0), failure(QStringLiteral("down")), 0ms, true, random));
    }

    void whatWasAskedForIsTheLeast()
    {
        Error error = failure(QStringLiteral("rate"));
        error.retryAfter = 90s;
        Random random(1);
        for (int i = 0; i < 200; ++i) {
            RetryTally tally;
            const auto wait = tally.next(RetryPolicy(), error, 0ms, false, random);
            QVERIFY(wait && *wait >= 90s && *wait <= 99s);
        }
    }

    void waitsGrowAndSpread()
    {
        Random random(7);
        for (int tries = 0; tries < 4; ++tries) {
            std::vector<std::int64_t> gaps;
            for (int i = 0; i < 400; ++i) {
                RetryTally tally;
                std::optional<std::chrono::milliseconds> wait;
                for (int earlier = 0; earlier <= tries; ++earlier)
                    wait = tally.next(RetryPolicy(), failure(QStringLiteral("down")), 0ms, false, random);
                gaps.push_back(wait->count());
            }
            std::sort(gaps.begin(), gaps.end());
            QVERIFY(static_cast<double>(gaps[379]) >= 1.5 * static_cast<double>(gaps[20]));
            QVERIFY(gaps[200] >= 300 << tries && gaps[200] <= 700 << tries);
        }
    }

    void itTravelsAsText()
    {
        RetryPolicy policy = plain(4);
        Random random(1);
        RetryTally tally;
        QVERIFY(RetryTally::read(tally.text(), 9).isEmpty());
        QVERIFY(tally.next(policy, failure(QStringLiteral("down")), 500ms, false, random));
        QVERIFY(tally.next(policy, failure(QStringLiteral("lock")), 500ms, false, random));
        RetryTally read = RetryTally::read(tally.text(), 9);
        QCOMPARE(read.text(), tally.text());
        QCOMPARE(*read.next(policy, failure(QStringLiteral("down")), 0ms, false, random), 2000ms);
    }

    void aRecordOfAnOlderBuildCountsItsAttempts()
    {
        Random random(1);
        RetryTally tally = RetryTally::read("", 3);
        QVERIFY(tally.next(plain(4), failure(QStringLiteral("down")), 0ms, false, random));
        QVERIFY(!tally.next(plain(4), failure(QStringLiteral("down")), 0ms, false, random));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_RetryTally)
#include "tst_RetryTally.moc"
