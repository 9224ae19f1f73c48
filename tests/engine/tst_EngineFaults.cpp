// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultWorld.h"

#include "tests/support/FaultVfs.h"

#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/store/SqliteJournal.h"

#include <QDir>
#include <QFile>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

namespace tw::test {

namespace {

constexpr int kEvents = 50;
constexpr int kObjects = 7;

/// Every n-th of a sweep in an everyday run; TIDEWIRE_SWEEP=1 takes each.
int stride(int everyday)
{
    const int wanted = qEnvironmentVariableIntValue("TIDEWIRE_SWEEP");
    return wanted > 0 ? wanted : everyday;
}

std::string folderOf(const QTemporaryDir &folder)
{
    return toUtf8(folder.path());
}

} // namespace

/// The engine and its journal on a disk that fails: no promise is broken, and what was promised runs
/// to its end once the disk is well again.
class tst_EngineFaults final : public QObject
{
    Q_OBJECT

    /// A run of fifty events, cut short where the store stops, then gone on with on a sound disk.
    static void run(FaultVfs &vfs, const FaultVfs::Plan &plan, const QString &what)
    {
        const QTemporaryDir folder;
        Destination destination;
        FaultWorld world(folderOf(folder), destination, kObjects);
        vfs.forget();
        vfs.plan(plan);
        const auto started = world.start();
        if (started && world.deliver(1, kEvents))
            (void)world.finish();
        const bool failed = vfs.failed() > 0;
        world.stop();
        vfs.heal();
        if (failed && started) {
            const std::string between = world.verdict(false);
            QVERIFY2(between.empty(), qPrintable(what + QStringLiteral(": ") + toQString(between)));
        }
        const auto again = world.start();
        QVERIFY2(again, again ? "" : qPrintable(what + QStringLiteral(": ") + toQString(again.error().text())));
        QVERIFY2(world.deliver(1, kEvents), qPrintable(what));
        QVERIFY2(world.finish(), qPrintable(what));
        world.stop();
        const std::string end = world.verdict(true);
        QVERIFY2(end.empty(), qPrintable(what + QStringLiteral(": ") + toQString(end)));
        // Without a stop in between, nothing is asked twice: an outcome that could not be written at
        // once is written later.
        if (started && !world.stopped && world.refused == 0)
            QVERIFY2(destination.repeats() <= kObjects, qPrintable(what));
    }

    static std::int64_t callsOfARun(FaultVfs &vfs, const FaultVfs::Plan &counted)
    {
        const QTemporaryDir folder;
        Destination destination;
        FaultWorld world(folderOf(folder), destination, kObjects);
        FaultVfs::Plan none = counted;
        none.from = 0;
        vfs.plan(none);
        if (!world.start() || !world.deliver(1, kEvents) || !world.finish())
            return 0;
        world.stop();
        return vfs.calls();
    }

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(QStringLiteral("tw.*=false")); }

    void everyCallToTheDiskMayFail_data()
    {
        using Call = FaultVfs::Call;
        using Fault = FaultVfs::Fault;
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("everyday");
        const auto row = [](const char *name, Call call, Fault fault, int count, int everyday) {
            QTest::newRow(name) << static_cast<int>(call) << static_cast<int>(fault) << count
                                << everyday;
        };
        row("a write fails", Call::Write, Fault::IoError, 1, 9);
        row("the disk is full for one write", Call::Write, Fault::Full, 1, 9);
        row("half a write, then full", Call::Write, Fault::ShortWrite, 1, 9);
        row("the disk is full for twenty writes", Call::Write, Fault::Full, 20, 19);
        row("no write works any more", Call::Write, Fault::IoError, 1'000'000, 23);
        row("an fsync fails", Call::Sync, Fault::IoError, 1, 3);
        row("a read fails", Call::Read, Fault::IoError, 1, 5);
        row("no read works any more", Call::Read, Fault::IoError, 1'000'000, 11);
        row("a file does not open", Call::Open, Fault::IoError, 1, 1);
        row("a file does not get shorter", Call::Truncate, Fault::IoError, 1, 1);
        row("a file does not go", Call::Delete, Fault::IoError, 1, 1);
    }

    void everyCallToTheDiskMayFail()
    {
        QFETCH(int, call);
        QFETCH(int, fault);
        QFETCH(int, count);
        QFETCH(int, everyday);
        FaultVfs vfs;
        auto plan = FaultVfs::only(static_cast<FaultVfs::Call>(call), 0,
                                   static_cast<FaultVfs::Fault>(fault));
        plan.count = count;
        const std::int64_t calls = callsOfARun(vfs, plan);
        int runs = 0;
        // How the threads meet differs from run to run: a few more calls than were counted.
        for (std::int64_t at = 1; at <= calls + calls / 10; at += stride(everyday), ++runs) {
            plan.from = at;
            run(vfs, plan, QStringLiteral("call %1 of %2").arg(at).arg(calls));
            if (QTest::currentTestFailed())
                return;
        }
        qInfo("%lld calls, %d of them failed, one in each run", static_cast<long long>(calls), runs);
    }

    void anFsyncThatFailsStopsTheStoreForGood()
    {
        FaultVfs vfs;
        const QTemporaryDir folder;
        Destination destination;
        FaultWorld world(folderOf(folder), destination, kObjects);
        QVERIFY(world.start());
        QVERIFY(world.deliver(1, 10));
        vfs.plan(FaultVfs::only(FaultVfs::Call::Sync, 1));
        QVERIFY(!world.deliver(11, 20));
        QVERIFY(world.stopped);
        const auto before = world.acknowledged.size();
        // The disk is well again, and still nothing is taken: what the log holds is not known.
        vfs.heal();
        const std::int64_t calls = vfs.calls();
        bool answered = false;
        world.engine->accept("payments", "start", {"evt_late", "changed", "{}", {}, false, "o"},
                             [&](const Result<Acceptance> &result) {
                                 answered = true;
                                 QVERIFY(!result);
                                 QCOMPARE(result.error().code, std::string("store.stopped"));
                             });
        QTRY_VERIFY(answered);
        QCOMPARE(vfs.calls(), calls);
        QCOMPARE(world.acknowledged.size(), before);
    }

    void outcomesThatCouldNotBeWrittenAreWrittenLater()
    {
        FaultVfs vfs;
        const QTemporaryDir folder;
        Destination destination;
        FaultWorld world(folderOf(folder), destination, kObjects);
        QVERIFY(world.start());
        // From the first effect on, the disk is full for a while: events in flight cannot be closed.
        bool full = false;
        destination.garbles = [&](const StepCall &) -> std::optional<Error> {
            if (!std::exchange(full, true)) {
                auto plan = FaultVfs::only(FaultVfs::Call::Write, 1, FaultVfs::Fault::Full);
                plan.count = 40;
                vfs.plan(plan);
            }
            return std::nullopt;
        };
        QVERIFY(world.deliver(1, kEvents));
        QVERIFY(world.finish());
        QVERIFY(vfs.failed() > 0);
        QCOMPARE(destination.repeats(), 0);
        world.stop();
        QCOMPARE(world.verdict(true), std::string());
    }

    void aPowerCutLosesNothingThatWasAcknowledged()
    {
        const int cuts = std::max(100, qEnvironmentVariableIntValue("TIDEWIRE_CUTS"));
        const auto seed = static_cast<std::uint64_t>(
            std::max(1, qEnvironmentVariableIntValue("TIDEWIRE_SEED")));
        Random random(seed);
        int promised = 0, unsure = 0;
        for (int cut = 0; cut < cuts; ++cut) {
            cutOnce(random, false, &promised, &unsure);
            if (QTest::currentTestFailed()) {
                qInfo("seed %llu, cut %d", static_cast<unsigned long long>(seed), cut);
                return;
            }
        }
        qInfo("seed %llu: %d cuts, %d events acknowledged before them, 0 missing, %d more were there",
              static_cast<unsigned long long>(seed), cuts, promised, unsure);
    }

    void anHourWithoutTheOtherSideEndsAsIfNothingHadBeen()
    {
        constexpr int kMany = 10'000;
        constexpr int kManyObjects = 400;
        FaultVfs vfs; // Nobody waits for a disk here.
        const QTemporaryDir folders[2];
        Destination ideal, tried;
        {
            FaultWorld world(folderOf(folders[0]), ideal, kManyObjects);
            QVERIFY(world.start());
            QVERIFY(world.deliver(1, kMany));
            QVERIFY(world.finish());
        }
        // One in twenty comes later than its followers, one in twenty comes twice.
        Random random(11);
        std::vector<int> numbers;
        for (int number = 1; number <= kMany; ++number)
            numbers.push_back(number);
        for (std::size_t at = 0; at + 30 < numbers.size(); ++at) {
            if (random.below(20) == 0)
                std::swap(numbers[at], numbers[at + 1 + random.below(29)]);
        }
        for (std::size_t at = 0; at < numbers.size(); ++at) {
            if (random.below(20) == 0) {
                const auto place = std::min(numbers.size(), at + 1 + random.below(40));
                numbers.insert(numbers.begin() + static_cast<std::ptrdiff_t>(place), numbers[at++]);
            }
        }
        FaultWorld world(folderOf(folders[1]), tried, kManyObjects);
        Instant outage;
        int refused = 0, gaps = 0;
        std::map<std::string, Instant> notBefore;
        tried.refuses = [&](const StepCall &call) -> std::optional<Error> {
            const Instant now = world.clock.now();
            if (tried.calls.size() == 3000 && outage.msSinceEpoch == 0)
                outage = now;
            const std::string id(call.event->root().get("id").text());
            gaps += now < notBefore[id];
            if (outage.msSinceEpoch == 0 || now - outage > std::chrono::hours(1))
                return std::nullopt;
            Error down = transientError("x.down", "Not now.");
            if (++refused % 3 == 0) {
                down.retryAfter = std::chrono::minutes(2);
                notBefore[id] = now + std::chrono::minutes(2);
            }
            world.step = std::chrono::milliseconds(500);
            return down;
        };
        QVERIFY(world.start());
        QVERIFY(world.deliver(numbers));
        QVERIFY(world.finish());
        QVERIFY(world.clock.now() - outage > std::chrono::hours(1));
        world.stop();
        QCOMPARE(world.verdict(true), std::string());
        QCOMPARE(gaps, 0);
        QCOMPARE(tried.repeats(), 0);
        QCOMPARE(int(world.acknowledged.size()), int(numbers.size()));
        // The same records: what each object holds differs in the order of its parts alone.
        QCOMPARE(tried.written.size(), ideal.written.size());
        for (auto &[object, events] : tried.written) {
            auto &expected = ideal.written[object];
            std::sort(events.begin(), events.end());
            std::sort(expected.begin(), expected.end());
            QCOMPARE(events, expected);
        }
        qInfo("%d events and %zu repeats, %d calls refused in one hour: the same records, no call "
              "repeated, none before Retry-After", kMany, numbers.size() - kMany, refused);
    }

    void aDiskThatLiesIsFoundOut()
    {
        // The same test on a disk whose fsync does nothing must fail: else it shows nothing.
        Random random(5);
        int missing = 0;
        for (int cut = 0; cut < 10; ++cut)
            missing += cutOnce(random, true, nullptr, nullptr);
        QVERIFY(missing > 0);
    }

private:
    /// Takes an image at a random moment of a run and goes on with it as a machine would that got its
    /// power back. Answers how many acknowledged events are missing in it.
    static int cutOnce(Random &random, bool lying, int *promised, int *unsure)
    {
        FaultVfs vfs;
        const QTemporaryDir folder, image;
        Destination destination;
        FaultWorld world(folderOf(folder), destination, kObjects);
        if (!world.start())
            return 0;
        vfs.lie(lying);
        std::atomic<int> known = -1;
        vfs.heal();
        vfs.atCall(1 + static_cast<std::int64_t>(random.below(700)), [&] {
            known = world.acknowledgements.load();
            vfs.powerCut(folderOf(image), random);
        });
        (void)world.deliver(1, kEvents);
        (void)world.finish();
        if (known < 0) {
            known = world.acknowledgements.load();
            vfs.powerCut(folderOf(image), random);
        }
        const std::vector<std::string> acknowledged(world.acknowledged.begin(),
                                                    world.acknowledged.begin() + known);
        world.stop();
        vfs.lie(false);
        vfs.forget();

        Destination after; // What had taken effect before the cut is known to keys: here it is new.
        FaultWorld next(folderOf(image), after, kObjects);
        const auto opened = next.start();
        if (!opened) {
            if (!lying)
                qWarning("%s", opened.error().text().c_str());
            [&] { QVERIFY(lying); }();
            return 1;
        }
        next.acknowledged = acknowledged;
        const auto sound = next.verdict(false);
        int missing = 0;
        for (std::size_t from = 0; (from = sound.find("is gone", from)) != std::string::npos; ++from)
            ++missing;
        if (lying)
            return missing + !sound.empty();
        [&] {
            QVERIFY2(sound.empty(), sound.c_str());
            QVERIFY(next.deliver(1, kEvents));
            QVERIFY(next.finish());
            next.stop();
            QCOMPARE(next.verdict(true, true), std::string());
            const auto rows = SqliteJournal::open({next.file()});
            QVERIFY(rows);
            QCOMPARE((*rows)->newestRun().value_or(0), std::int64_t(kEvents));
        }();
        if (promised)
            *promised += known;
        if (unsure)
            *unsure += kEvents - known;
        return missing;
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineFaults)
#include "tst_EngineFaults.moc"
