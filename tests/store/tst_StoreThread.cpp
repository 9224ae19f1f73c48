// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/StoreThread.h"

#include <QTest>
#include <atomic>
#include <set>

namespace tw::test {

/// A journal in memory that counts transactions and fails when told to.
class ScriptedJournal final : public Journal
{
public:
    struct Script
    {
        std::atomic<int> rests = 0;
        std::atomic<int> commits = 0;
        std::atomic<int> rollbacks = 0;
        std::atomic<bool> fullOnWrite = false;
        std::atomic<bool> commitFails = false;
        std::atomic<bool> hold = false; ///< begin() waits while set.
        std::set<std::string> stored;   ///< Read after the thread has gone.
    };
    explicit ScriptedJournal(Script &script) : m_script(script) {}

    Result<void> begin() override
    {
        m_script.hold.wait(true);
        m_pending.clear();
        return {};
    }
    Result<void> commit() override
    {
        if (m_script.commitFails)
            return transientError("store.stopped", "The disk did not confirm a write.");
        ++m_script.commits;
        m_script.stored.insert(m_pending.begin(), m_pending.end());
        return {};
    }
    void rollback() override
    {
        ++m_script.rollbacks;
        m_pending.clear();
    }
    Result<AcceptedRun> accept(const NewRun &event) override
    {
        if (m_script.fullOnWrite)
            return transientError("store.full", "Full.");
        if (event.eventId == "poison")
            return internalError("store.sql", "No.");
        m_pending.push_back(event.eventId);
        return AcceptedRun{true, ++m_last};
    }
    Result<Written> write(const RunChange &) override { return Written{}; }
    Result<bool> claim(const KeyClaim &) override { return true; }
    Result<int> forget(const Retention &) override { return 0; }
    Result<std::string> newestEvent(const std::string &, const std::string &) override
    {
        return std::string();
    }
    Result<std::int64_t> newestRun() override { return m_last; }
    Result<std::vector<OpenRunHead>> openRunHeads(std::int64_t, int) override
    {
        return std::vector<OpenRunHead>();
    }
    Result<std::vector<OpenRun>> openRuns(const std::vector<std::int64_t> &) override
    {
        return std::vector<OpenRun>();
    }
    Result<std::vector<HeldKey>> heldKeys() override { return std::vector<HeldKey>(); }
    Result<void> releaseKey(const HeldKey &) override { return {}; }
    Result<void> keepFlow(const KeptFlow &) override { return {}; }
    Result<std::optional<std::string>> flowText(const std::string &, const std::string &) override
    {
        return std::optional<std::string>();
    }
    Result<std::vector<KeptFlow>> flowVersions(const std::string &) override
    {
        return std::vector<KeptFlow>();
    }
    Result<void> keep(const Kept &) override { return {}; }
    Result<std::vector<Kept>> kept(const std::string &) override { return std::vector<Kept>(); }
    Result<JournalUsage> usage() override { return JournalUsage{}; }
    Result<void> setSeal(RowSeal *) override { return {}; }
    JournalDesk &desk() override { qFatal("nobody asks it here"); }
    void maintain(bool) override {}
    void rest() override { ++m_script.rests; }

private:
    Script &m_script;
    std::vector<std::string> m_pending;
    std::int64_t m_last = 0;
};

class tst_StoreThread final : public QObject
{
    Q_OBJECT

    struct Answers
    {
        std::vector<std::string> order;
        std::vector<std::string> codes; ///< "" for success.
    };

    static void submit(StoreThread &store, QObject *context, const std::string &id,
                       Answers &answers)
    {
        NewRun event;
        event.eventId = id;
        store.submit<AcceptedRun>(
            context, [event](Journal &journal) { return journal.accept(event); },
            [id, &answers](const Result<AcceptedRun> &result) {
                answers.order.push_back(id);
                answers.codes.push_back(result ? std::string() : result.error().code);
            });
    }

    static void release(ScriptedJournal::Script &script)
    {
        script.hold = false;
        script.hold.notify_all();
    }

private Q_SLOTS:
    void aRestComesOnceAfterWork()
    {
        ScriptedJournal::Script script;
        StoreThread store(std::make_unique<ScriptedJournal>(script));
        QTRY_COMPARE(script.rests.load(), 1);
        Answers answers;
        submit(store, this, "first", answers);
        QTRY_COMPARE(answers.order.size(), std::size_t(1));
        QTRY_COMPARE(script.rests.load(), 2);
        submit(store, this, "second", answers);
        QTRY_COMPARE(script.rests.load(), 3);
        QCOMPARE(answers.order.size(), std::size_t(2));
    }

    void whatIsQueuedTogetherIsCommittedTogetherAndAnsweredInOrder()
    {
        ScriptedJournal::Script script;
        StoreThread store(std::make_unique<ScriptedJournal>(script));
        Answers answers;
        script.hold = true;
        submit(store, this, "first", answers);
        std::vector<std::string> expected{"first"};
        for (int number = 0; number < 50; ++number) {
            expected.push_back(std::to_string(number));
            submit(store, this, expected.back(), answers);
        }
        release(script);
        QTRY_COMPARE(answers.order.size(), expected.size());
        QCOMPARE(answers.order, expected);
        QVERIFY2(script.commits <= 2, qPrintable(QString::number(script.commits)));
    }

    void whatIsSubmittedInOneTurnIsOneCommit()
    {
        ScriptedJournal::Script script;
        StoreThread store(std::make_unique<ScriptedJournal>(script));
        Answers answers;
        {
            const StoreThread::Turn turn(store);
            for (int number = 0; number < 300; ++number) {
                const StoreThread::Turn inner(store);
                submit(store, this, std::to_string(number), answers);
            }
            QCOMPARE(script.commits.load(), 0);
        }
        QTRY_COMPARE(answers.order.size(), 300u);
        QCOMPARE(script.commits.load(), 1);
    }

    void oneBadOperationDoesNotTakeTheOthersWithIt()
    {
        ScriptedJournal::Script script;
        Answers answers;
        {
            StoreThread store(std::make_unique<ScriptedJournal>(script));
            script.hold = true;
            for (const char *id : {"a", "b", "poison", "c"})
                submit(store, this, id, answers);
            release(script);
            QTRY_COMPARE(answers.codes.size(), 4u);
        }
        QCOMPARE(answers.codes, (std::vector<std::string>{"", "", "store.sql", ""}));
        QCOMPARE(script.stored, (std::set<std::string>{"a", "b", "c"}));
    }

    void aFullDiskFailsAllAndTheNextOnesAreTriedAgain()
    {
        ScriptedJournal::Script script;
        StoreThread store(std::make_unique<ScriptedJournal>(script));
        Answers answers;
        script.fullOnWrite = true;
        submit(store, this, "a", answers);
        submit(store, this, "b", answers);
        QTRY_COMPARE(answers.codes.size(), 2u);
        QCOMPARE(answers.codes, (std::vector<std::string>{"store.full", "store.full"}));
        script.fullOnWrite = false;
        submit(store, this, "c", answers);
        QTRY_COMPARE(answers.codes.size(), 3u);
        QCOMPARE(answers.codes.back(), std::string());
    }

    void afterAFailedSyncNothingIsTakenAnyMore()
    {
        ScriptedJournal::Script script;
        StoreThread store(std::make_unique<ScriptedJournal>(script));
        int stopped = 0;
        store.onStopped([&stopped](const Error &) { ++stopped; });
        Answers answers;
        script.commitFails = true;
        submit(store, this, "a", answers);
        QTRY_COMPARE(answers.codes.size(), 1u);
        script.commitFails = false;
        submit(store, this, "b", answers);
        QTRY_COMPARE(answers.codes.size(), 2u);
        QCOMPARE(answers.codes, (std::vector<std::string>{"store.stopped", "store.stopped"}));
        QCOMPARE(script.commits.load(), 0);
        QCOMPARE(stopped, 1);
    }

    void anAnswerDiesWithItsReceiver()
    {
        ScriptedJournal::Script script;
        StoreThread store(std::make_unique<ScriptedJournal>(script));
        Answers gone, here;
        script.hold = true;
        {
            QObject receiver;
            submit(store, &receiver, "a", gone);
        }
        submit(store, this, "b", here);
        release(script);
        QTRY_COMPARE(here.order.size(), 1u);
        QVERIFY(gone.order.empty());
    }

    void whatIsQueuedIsStillWrittenWhenTheStoreGoes()
    {
        ScriptedJournal::Script script;
        Answers answers;
        {
            StoreThread store(std::make_unique<ScriptedJournal>(script));
            for (int number = 0; number < 1000; ++number)
                submit(store, this, std::to_string(number), answers);
        }
        QCOMPARE(script.stored.size(), 1000u);
        QVERIFY(answers.order.empty());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_StoreThread)
#include "tst_StoreThread.moc"
