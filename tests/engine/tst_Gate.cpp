// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Gate.h"

#include <QTest>

using namespace std::chrono_literals;

namespace tw::test {

using Health = CallReport::Health;

class tst_Gate final : public QObject
{
    Q_OBJECT

    struct World
    {
        explicit World(ConnectionLimits limits = {}) : gate("crm", limits, clock, 1) {}

        bool goes(const std::string &endpoint = {}) const { return gate.ask(endpoint).go; }
        /// A call that leaves and is answered so.
        void call(Health health, std::optional<std::chrono::milliseconds> retryAfter = {},
                  std::optional<CallReport::Day> day = {})
        {
            gate.begin({});
            gate.told({health, retryAfter, {}, day, "said so"});
            gate.ended();
        }
        void calls(int count, Health health)
        {
            for (int i = 0; i < count; ++i)
                call(health);
        }
        std::chrono::milliseconds left() const { return *gate.view().until - clock.now(); }
        void waitForTheLook() { clock.advance(left()); }

        ManualClock clock;
        Gate gate;
    };

    static Health healthOf(char letter)
    {
        switch (letter) {
        case 'n':
            return Health::NoAnswer;
        case 'f':
            return Health::Failing;
        case 'm':
            return Health::TooMany;
        case 'd':
            return Health::DayUsedUp;
        case 's':
            return Health::SignedOut;
        default:
            return Health::Fine;
        }
    }

    /// Letters are calls with their answers (+ fine, n none, f failing, m too many, d day used up,
    /// s signed out), "." is a second, ">" goes on to when the gate looks.
    static void play(World &world, const QString &story)
    {
        for (const QChar letter : story) {
            if (letter == u'.')
                world.clock.advance(1s);
            else if (letter == u'>')
                world.waitForTheLook();
            else
                world.call(healthOf(letter.toLatin1()));
        }
    }

private Q_SLOTS:
    void theStateFollowsFromTheAnswers_data()
    {
        QTest::addColumn<QString>("story");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("cause");
        const auto row = [](const char *name, const QString &story, const char *state,
                            const char *cause) {
            QTest::newRow(name) << story << QString::fromLatin1(state)
                                << QString::fromLatin1(cause);
        };
        const auto repeat = [](const char *part, int times) {
            return QString::fromLatin1(part).repeated(times);
        };
        row("it begins closed", {}, "closed", "none");
        row("good answers change nothing", repeat("+", 50), "closed", "none");
        row("nineteen calls are too few to judge", repeat("+n", 9) + u'n', "closed", "none");
        row("half of twenty failed", repeat("+n", 10), "open", "outage");
        row("less than half failed", repeat("++n", 20), "closed", "none");
        row("failures of half a minute ago do not count",
            repeat("+n", 9) + repeat(".", 30) + repeat("+n", 9), "closed", "none");
        row("answers that say failing count too", repeat("+f", 10), "open", "outage");
        row("three in a row and apart", QStringLiteral("n.n.n"), "open", "outage");
        row("three in a row in one moment", QStringLiteral("nnn"), "closed", "none");
        row("ten in a row in one moment", repeat("n", 10), "open", "outage");
        row("a good one between", QStringLiteral("n.n.+n"), "closed", "none");
        row("open turns half-open by itself", QStringLiteral("n.n.n>"), "half-open", "outage");
        row("a good look closes it", QStringLiteral("n.n.n>+"), "closed", "none");
        row("a bad look opens it again", QStringLiteral("n.n.n>n"), "open", "outage");
        row("after a good look old failures are forgotten",
            repeat("+n", 10) + QStringLiteral(">+n"), "closed", "none");
        row("too many is no outage", repeat("m", 30), "paused", "rate_limit");
        row("too many is over after a while", QStringLiteral("m>"), "closed", "none");
        row("a refused sign-in pauses at once", QStringLiteral("+s"), "paused", "sign_in");
        row("the sign-in is looked at later", QStringLiteral("s>"), "half-open", "sign_in");
        row("a sign-in that works again", QStringLiteral("s>+"), "closed", "none");
        row("a sign-in that is refused again", QStringLiteral("s>s"), "paused", "sign_in");
        row("the day is used up", QStringLiteral("d"), "paused", "day_budget");
        row("the day has room again", QStringLiteral("d>+"), "closed", "none");
        row("a look that meets an outage", QStringLiteral("s>n"), "open", "outage");
        row("a late good answer does not close it", QStringLiteral("n.n.n+"), "open", "outage");
    }

    void theStateFollowsFromTheAnswers()
    {
        QFETCH(QString, story);
        World world;
        play(world, story);
        QTEST(QString::fromLatin1(toString(world.gate.view().state).data()), "state");
        QTEST(QString::fromLatin1(toString(world.gate.view().cause).data()), "cause");
        QCOMPARE(world.goes(), world.gate.view().state == GateState::Closed
                     || world.gate.view().state == GateState::HalfOpen);
    }

    void oneCallLooksAtATime()
    {
        World world;
        play(world, QStringLiteral("n.n.n"));
        QVERIFY(!world.goes());
        QCOMPARE(world.gate.ask({}).at, world.gate.view().until);
        world.waitForTheLook();
        QVERIFY(world.goes());
        world.gate.begin({});
        QVERIFY(!world.goes());
        QVERIFY(!world.gate.ask({}).at); // Until it comes back.
        world.gate.told({});
        world.gate.ended();
        QVERIFY(world.goes());
    }

    void aLookThatLeftWithoutACallIsLookedAtAgain()
    {
        World world;
        play(world, QStringLiteral("n.n.n>"));
        world.gate.begin({});
        world.gate.ended(); // The record was refused before anything was sent.
        QVERIFY(world.goes());
        QVERIFY(world.gate.isBlocked());
    }

    void blocksGrowWithChanceUpToACap()
    {
        std::vector<std::int64_t> firsts;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            ManualClock clock;
            Gate gate("crm", {}, clock, seed);
            for (int i = 0; i < 10; ++i)
                gate.told({Health::NoAnswer, {}, {}, {}, {}});
            firsts.push_back((*gate.view().until - clock.now()).count());
        }
        const auto [least, most] = std::minmax_element(firsts.begin(), firsts.end());
        QVERIFY(*least >= 500 && *most <= 1000 && *most - *least > 300);

        World world;
        play(world, QStringLiteral("n.n.n"));
        std::chrono::milliseconds cap{1000};
        for (int look = 0; look < 15; ++look) {
            QVERIFY(world.left() >= cap / 2 && world.left() <= cap);
            play(world, QStringLiteral(">n"));
            cap = std::min<std::chrono::milliseconds>(2 * cap, 5min);
        }
    }

    void aRelapseGoesOnWhereTheLastOneWas()
    {
        World world;
        play(world, QStringLiteral("n.n.n>n>n>n>+"));
        play(world, QString(10, u'n'));
        QVERIFY(world.left() >= 8s);
        play(world, QStringLiteral(">+") + QString(31, u'.') + QString(10, u'n'));
        QVERIFY(world.left() <= 1s);
    }

    void afterAnOutageCallsBeginWithOne()
    {
        World world({.rates = {}, .concurrency = 16});
        QCOMPARE(world.gate.status().concurrency, 16);
        play(world, QStringLiteral("n.n.n>+"));
        QCOMPARE(world.gate.status().concurrency, 1);
        world.calls(7, Health::Fine);
        QCOMPARE(world.gate.status().concurrency, 8);
        world.calls(8, Health::Fine);
        QCOMPARE(world.gate.status().concurrency, 8); // Beyond half it grows slowly.
        world.calls(200, Health::Fine);
        QCOMPARE(world.gate.status().concurrency, 16);
    }

    void callsOnTheirWayAreLimited()
    {
        World world({.rates = {}, .concurrency = 2});
        world.gate.begin({});
        QVERIFY(world.goes());
        world.gate.begin({});
        QVERIFY(!world.goes());
        QVERIFY(!world.gate.ask({}).at);
        world.gate.ended();
        QVERIFY(world.goes());
    }

    void tooManyHalvesTheCallsOnceASecond()
    {
        World world({.rates = {}, .concurrency = 16});
        world.calls(5, Health::TooMany);
        QCOMPARE(world.gate.status().concurrency, 8);
        world.clock.advance(60s);
        world.calls(5, Health::TooMany);
        QCOMPARE(world.gate.status().concurrency, 4);
        for (int i = 0; i < 10; ++i) {
            world.clock.advance(60s);
            world.call(Health::TooMany);
        }
        QCOMPARE(world.gate.status().concurrency, 1);
    }

    void theWaitThatWasAskedForIsKept()
    {
        World world;
        world.call(Health::TooMany, 90s);
        world.call(Health::TooMany, 30s);
        QCOMPARE(world.left(), 90s);
        world.clock.advance(90s - 1ms);
        QVERIFY(!world.goes());
        world.clock.advance(1ms);
        QVERIFY(world.goes());
    }

    void anOutageThatNamesATimeWaitsForIt()
    {
        World world;
        play(world, QStringLiteral("f.f."));
        world.call(Health::Failing, 20min);
        QCOMPARE(world.left(), 20min);
    }

    void aWaitThatIsAskedForDuringABlockIsKept()
    {
        World world;
        world.calls(10, Health::NoAnswer);
        const auto before = world.left();
        world.call(Health::NoAnswer); // It had left before.
        QCOMPARE(world.left(), before);
        world.call(Health::Failing, 90s);
        QCOMPARE(world.left(), std::chrono::milliseconds(90s));
        world.call(Health::Failing, 10s);
        QCOMPARE(world.left(), std::chrono::milliseconds(90s));
    }

    void withoutATimeTheWaitGrowsWithEachRefusal()
    {
        World world;
        std::chrono::milliseconds cap{500};
        for (int i = 0; i < 10; ++i) {
            world.calls(8, Health::TooMany); // One volley.
            QVERIFY(world.left() >= cap / 2 && world.left() <= cap);
            world.waitForTheLook();
            cap = std::min<std::chrono::milliseconds>(2 * cap, 60s);
        }
        world.call(Health::Fine);
        world.call(Health::TooMany);
        QVERIFY(world.left() <= 500ms);
    }

    void aLimitOfOneClassLeavesOthersAlone()
    {
        World world;
        world.gate.told({Health::TooMany, 10s, "search", {}, "slow down"});
        QVERIFY(!world.goes("search"));
        QVERIFY(world.goes("charges"));
        QVERIFY(!world.gate.isShut());
    }

    void callsPerSecondAreCounted_data()
    {
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<int>("inOneMinute");
        QTest::newRow("all together") << QStringList{QString()} << 10 + 600;
        QTest::newRow("a class with a limit of its own") << QStringList{QStringLiteral("files")} << 2 + 120;
        QTest::newRow("a class without one") << QStringList{QStringLiteral("search")} << 5 + 300;
        QTest::newRow("classes together stay below the whole")
            << QStringList{QStringLiteral("search"), QStringLiteral("list"), QStringLiteral("find")}
            << 10 + 600;
    }

    void callsPerSecondAreCounted()
    {
        QFETCH(QStringList, classes);
        World world({.rates = {{{}, 10, 0}, {"files", 2, 0}}, .perEndpoint = 5});
        int calls = 0;
        for (int ms = 0; ms <= 60'000; ms += 10) {
            for (const QString &name : classes) {
                while (world.goes(name.toStdString())) {
                    world.gate.begin(name.toStdString());
                    world.gate.ended();
                    ++calls;
                }
            }
            world.clock.advance(10ms);
        }
        QTEST(calls, "inOneMinute");
    }

    void whenTheNextMayLeaveIsKnown()
    {
        World world({.rates = {{{}, 0.5, 1}}});
        world.call(Health::Fine);
        QVERIFY(!world.goes());
        QCOMPARE(world.gate.ask({}).at, world.clock.now() + 2s);
        world.clock.advance(2s);
        QVERIFY(world.goes());
    }

    void theReserveOfTheDayIsLeftAlone()
    {
        World world({.rates = {}, .dailyReserve = 0.2});
        std::int64_t used = 0;
        std::int64_t most = 0;
        const auto day = [&] { return CallReport::Day{used, 10'000}; };
        for (int hour = 0; hour < 23 * 60; ++hour) {
            while (world.goes()) {
                world.call(Health::Fine, {}, CallReport::Day{++used, 10'000});
                most = used;
            }
            world.clock.advance(1min);
        }
        QVERIFY(most <= 8000);
        QVERIFY(most >= 7900);
        QVERIFY(world.gate.view().cause == GateCause::DayBudget);
        QCOMPARE(*world.gate.status().dayReserve, 2000);
        used = 10; // A new day begins, and nobody tells.
        world.waitForTheLook();
        world.call(Health::Fine, {}, day());
        QVERIFY(world.goes());
        QVERIFY(world.gate.view().state == GateState::Closed);
    }

    void callsOnTheirWayCountForTheDay()
    {
        World world({.rates = {}, .concurrency = 50, .dailyReserve = 0.2});
        world.call(Health::Fine, {}, CallReport::Day{7940, 10'000});
        int left = 0;
        for (; world.goes(); ++left)
            world.gate.begin({});
        QCOMPARE(left, 10);
    }

    void theEndOfTheDayIsForeseen()
    {
        World world({.rates = {}, .dailyReserve = 0.2});
        for (int minute = 0; minute <= 30; ++minute) {
            world.call(Health::Fine, {}, CallReport::Day{1000 + minute * 10, 10'000});
            world.clock.advance(1min);
        }
        // 10 a minute, 7950 - 1300 left.
        const auto at = world.gate.status().dayUsedUpAt;
        QVERIFY(at);
        const auto minutes = (*at - world.clock.now()).count() / 60'000;
        QVERIFY(minutes >= 660 && minutes <= 665);
    }

    void aPersonsPauseGoesBeforeEverything()
    {
        World world;
        world.gate.pause("anna", "year end");
        play(world, QStringLiteral("+++"));
        QVERIFY(!world.goes());
        QVERIFY(!world.gate.ask({}).at);
        QCOMPARE(world.gate.status().by, std::string("anna"));
        QCOMPARE(world.gate.status().why, std::string("year end"));
        world.gate.resume();
        QVERIFY(world.goes());
    }

    void whoResumesLooksAtOnceButKeepsWaits()
    {
        World world;
        play(world, QStringLiteral("s"));
        QVERIFY(!world.goes());
        world.gate.resume();
        QVERIFY(world.goes());
        QVERIFY(world.gate.isBlocked());
        World limited;
        limited.call(Health::TooMany, 60s);
        limited.gate.resume();
        QVERIFY(!limited.goes());
    }

    void nothingIsForgottenOverARestart_data()
    {
        QTest::addColumn<QString>("story");
        QTest::newRow("nothing to tell") << "+++";
        QTest::newRow("an outage") << "n.n.n>n>n";
        QTest::newRow("a refused sign-in") << "s>s";
        QTest::newRow("a day that is used up") << "d";
        QTest::newRow("too many") << "mm>m";
    }

    void nothingIsForgottenOverARestart()
    {
        QFETCH(QString, story);
        World before;
        play(before, story);
        World after;
        after.clock.advance(before.clock.now() - after.clock.now());
        after.gate.restore(before.gate.text(), before.clock.now());
        QVERIFY(after.gate.view().state == before.gate.view().state);
        QVERIFY(after.gate.view().cause == before.gate.view().cause);
        QCOMPARE(after.gate.view().until, before.gate.view().until);
        QCOMPARE(after.gate.status().why, before.gate.status().why);
        QCOMPARE(after.gate.text(), before.gate.text());
    }

    void aClockThatWasSetChangesNoWait_data()
    {
        QTest::addColumn<qint64>("hours");
        QTest::addColumn<bool>("isKnown");
        QTest::newRow("back, as the times show") << qint64(-30) << false;
        QTest::newRow("back, as the journal knows") << qint64(-30) << true;
        QTest::newRow("ahead, as the journal knows") << qint64(30) << true;
    }

    void aClockThatWasSetChangesNoWait()
    {
        QFETCH(qint64, hours);
        QFETCH(bool, isKnown);
        World before;
        play(before, QStringLiteral("n.n.n"));
        before.call(Health::TooMany, 20min);
        ManualClock clock(before.clock.now() + std::chrono::hours(hours));
        Gate after("crm", {}, clock, 1);
        after.restore(before.gate.text(), before.clock.now(), isKnown);
        QCOMPARE((*after.view().until - clock.now()).count(), before.left().count());
        QCOMPARE((*after.ask({}).at - clock.now()).count(), std::chrono::milliseconds(20min).count());
    }

    void aPauseOutlivesARestart()
    {
        World before;
        before.gate.pause("anna", "year end");
        World after;
        after.gate.restore(before.gate.text(), before.clock.now());
        QCOMPARE(after.gate.status().by, std::string("anna"));
        QVERIFY(!after.goes());
    }

    void aCrashLoopGetsNoMoreCallsThanOneProcess()
    {
        const ConnectionLimits limits{.rates = {{{}, 10, 0}}};
        ManualClock clock;
        std::string kept;
        Instant at = clock.now();
        int calls = 0;
        for (int restart = 0; restart < 100; ++restart) {
            Gate gate("crm", limits, clock, 1);
            if (!kept.empty())
                gate.restore(kept, at);
            for (; gate.ask({}).go; ++calls) {
                gate.begin({});
                gate.ended();
            }
            kept = gate.text();
            at = clock.now();
            clock.advance(100ms);
        }
        QVERIFY(calls <= 10 + 100);
    }

    void whatCannotBeReadIsLikeNothing()
    {
        for (const char *text : {"", "{", "[]", "{\"block\":7}", "{\"block\":{\"cause\":\"rain\"}}"}) {
            World world;
            world.clock.advance(1min);
            world.gate.restore(text, {world.clock.now().msSinceEpoch - 60'000});
            QVERIFY(world.goes());
        }
    }

    void aFailureSaysWhatItSaysAboutTheConnection_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("cause");
        QTest::addColumn<int>("health");
        const auto row = [](const char *name, ErrorKind kind, ErrorCause cause, Health health) {
            QTest::newRow(name) << static_cast<int>(kind) << static_cast<int>(cause)
                                << static_cast<int>(health);
        };
        row("no answer", ErrorKind::Transient, ErrorCause::Other, Health::NoAnswer);
        row("a lock is the record's", ErrorKind::Transient, ErrorCause::Lock, Health::Fine);
        row("a limit", ErrorKind::Transient, ErrorCause::RateLimit, Health::TooMany);
        row("a refusal is an answer", ErrorKind::Rejected, ErrorCause::Other, Health::Fine);
        row("a refused sign-in", ErrorKind::Auth, ErrorCause::Other, Health::SignedOut);
        row("a mistake of ours", ErrorKind::Internal, ErrorCause::Other, Health::Fine);
    }

    void aFailureSaysWhatItSaysAboutTheConnection()
    {
        QFETCH(int, kind);
        QFETCH(int, cause);
        Error error = transientError("a.b", "So.");
        error.kind = static_cast<ErrorKind>(kind);
        error.cause = static_cast<ErrorCause>(cause);
        QTEST(static_cast<int>(callReportOf(error).health), "health");
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Gate)
#include "tst_Gate.moc"
