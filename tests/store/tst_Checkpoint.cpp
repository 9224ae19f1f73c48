// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/store/SqliteJournal.h"
#include "tests/support/FaultVfs.h"

#include <QTemporaryDir>
#include <QTest>

namespace tw::test {

/// The moment at which the log is copied into the journal's file, on a disk that fails or loses its
/// power: every event that was acknowledged is there, and the cursor is that of the last one.
class tst_Checkpoint final : public QObject
{
    Q_OBJECT

    /// Enough for a log that is worth copying, too few for the table of ids.
    static constexpr int kEvents = 200;

    struct Place
    {
        QTemporaryDir folder;
        std::string file = toUtf8(folder.filePath(QStringLiteral("journal.db")));
    };

    static NewRun event(int number)
    {
        NewRun run;
        run.flow = run.trigger = "f";
        run.eventId = "evt_" + std::to_string(number);
        run.body = "{\"pad\":\"" + std::string(16000, 'p') + "\"}";
        run.keep = {{"poll", "cursor", std::to_string(number), {}}};
        return run;
    }

    static bool accept(Journal &journal, int number)
    {
        const bool done = journal.begin() && journal.accept(event(number)) && journal.commit();
        if (!done)
            journal.rollback();
        return done;
    }

    static std::unique_ptr<Journal> filled(const std::string &file)
    {
        auto journal = SqliteJournal::open({file});
        for (int number = 1; journal && number <= kEvents; ++number) {
            if (!accept(**journal, number))
                return nullptr;
        }
        return journal ? std::move(*journal) : nullptr;
    }

    /// What is wrong with it; empty: nothing.
    static std::string verdict(const std::string &file, int events)
    {
        const auto journal = SqliteJournal::open({file});
        if (!journal)
            return journal.error().text();
        const auto heads = (*journal)->openRunHeads(0, 10 * kEvents);
        if (!heads || heads->size() != std::size_t(events))
            return "there are " + std::to_string(heads ? heads->size() : 0) + " events";
        std::vector<std::int64_t> numbers;
        for (const OpenRunHead &head : *heads)
            numbers.push_back(head.run);
        const auto runs = (*journal)->openRuns(numbers);
        if (!runs)
            return runs.error().text();
        for (const OpenRun &run : *runs) {
            if (run.damaged)
                return run.event.eventId + " is damaged";
        }
        const auto cursor = (*journal)->kept("poll");
        if (!cursor || cursor->size() != 1 || cursor->front().value != std::to_string(events))
            return "the cursor is not that of the last event";
        return {};
    }

    static std::int64_t callsOfACheckpoint(FaultVfs &vfs, const FaultVfs::Plan &counted)
    {
        const Place place;
        const auto journal = filled(place.file);
        if (!journal)
            return 0;
        FaultVfs::Plan none = counted;
        none.from = 0;
        vfs.plan(none);
        journal->maintain(false);
        return vfs.calls();
    }

private Q_SLOTS:
    void aCallThatFailsInItLosesNothing_data()
    {
        using Call = FaultVfs::Call;
        using Fault = FaultVfs::Fault;
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("fault");
        QTest::newRow("a write fails") << int(Call::Write) << int(Fault::IoError);
        QTest::newRow("the disk is full") << int(Call::Write) << int(Fault::Full);
        QTest::newRow("half a write, then full") << int(Call::Write) << int(Fault::ShortWrite);
        QTest::newRow("a read fails") << int(Call::Read) << int(Fault::IoError);
        QTest::newRow("an fsync fails") << int(Call::Sync) << int(Fault::IoError);
    }

    void aCallThatFailsInItLosesNothing()
    {
        QFETCH(int, call);
        QFETCH(int, fault);
        FaultVfs vfs;
        auto plan = FaultVfs::only(FaultVfs::Call(call), 0, FaultVfs::Fault(fault));
        const std::int64_t calls = callsOfACheckpoint(vfs, plan);
        QVERIFY(calls > 0);
        const std::int64_t stride = std::max<std::int64_t>(1, calls / 5);
        for (std::int64_t at = 1; at <= calls; at += stride) {
            vfs.forget();
            const Place place;
            auto journal = filled(place.file);
            QVERIFY(journal);
            plan.from = at;
            vfs.plan(plan);
            journal->maintain(false);
            QCOMPARE(vfs.failed(), std::int64_t(1));
            vfs.heal();
            // After an fsync that failed nobody knows what the disk has: nothing more is taken.
            const bool goesOn = call != int(FaultVfs::Call::Sync);
            QCOMPARE(accept(*journal, kEvents + 1), goesOn);
            journal.reset();
            const std::string wrong = verdict(place.file, kEvents + (goesOn ? 1 : 0));
            QVERIFY2(wrong.empty(), wrong.c_str());
        }
    }

    void aCallThatFailsWhileIdsAreIndexedLosesNothing_data() { aCallThatFailsInItLosesNothing_data(); }

    void aCallThatFailsWhileIdsAreIndexedLosesNothing()
    {
        QFETCH(int, call);
        QFETCH(int, fault);
        constexpr int kMany = 300; // So many that the table of ids is written.
        FaultVfs vfs;
        auto plan = FaultVfs::only(FaultVfs::Call(call), 0, FaultVfs::Fault(fault));
        for (std::int64_t at = 1;; at += 2) {
            vfs.forget();
            const Place place;
            auto opened = SqliteJournal::open({place.file});
            QVERIFY(opened && (*opened)->begin());
            for (int number = 1; number <= kMany; ++number) {
                NewRun run = event(number);
                run.body = "{}";
                run.ids = " ch_" + std::to_string(number) + ' ';
                QVERIFY((*opened)->accept(run));
            }
            QVERIFY((*opened)->commit());
            plan.from = at;
            vfs.plan(plan);
            (*opened)->maintain(false);
            const bool hasFailed = vfs.failed() > 0;
            vfs.heal();
            if (!hasFailed && at > 1)
                break;
            opened->reset();
            const auto again = SqliteJournal::open({place.file});
            QVERIFY(again);
            for (int number = 1; number <= kMany; number += 13) {
                RunQuery query;
                query.id = "ch_" + std::to_string(number);
                const auto found = (*again)->desk().runs(query);
                QVERIFY(found && found->size() == 1);
                QCOMPARE(found->front().eventId, event(number).eventId);
            }
        }
    }

    void aPowerCutInItLosesNothing()
    {
        FaultVfs vfs;
        const std::int64_t calls = callsOfACheckpoint(vfs, {});
        QVERIFY(calls > 0);
        Random random(3);
        for (int cut = 0; cut < 12; ++cut) {
            vfs.forget();
            const Place place;
            const Place image;
            const auto journal = filled(place.file);
            QVERIFY(journal);
            vfs.heal();
            bool isCut = false;
            vfs.atCall(1 + std::int64_t(random.below(std::uint64_t(calls))), [&] {
                isCut = true;
                vfs.powerCut(toUtf8(image.folder.path()), random);
            });
            journal->maintain(false);
            QVERIFY(isCut);
            const std::string wrong = verdict(image.file, kEvents);
            QVERIFY2(wrong.empty(), wrong.c_str());
        }
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Checkpoint)
#include "tst_Checkpoint.moc"
