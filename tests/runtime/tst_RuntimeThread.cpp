// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/runtime/Connectors.h"
#include "core/runtime/RuntimeThread.h"

#include <QTest>

namespace tw::test {

class tst_RuntimeThread final : public QObject
{
    Q_OBJECT

    Registry m_registry{allConnectors()};
    NoSecrets m_secrets;

private Q_SLOTS:
    void aRunIsToldInBatchesOnTheOwnersThread()
    {
        TestProject project;
        RuntimeThread thread(m_registry, m_secrets);
        ReadyInfo ready;
        std::vector<std::string> failures;
        std::size_t runs = 0, steps = 0, reports = 0;
        bool idle = false, delivered = false, stopped = false, otherThread = false;
        std::vector<sandbox::HeldRecord> records;
        connect(&thread, &RuntimeThread::started, this, [&](const ReadyInfo &info) { ready = info; });
        connect(&thread, &RuntimeThread::failed, this,
                [&](const Error &error) { failures.push_back(error.text()); });
        connect(&thread, &RuntimeThread::happened, this, [&](const RuntimeNews &news) {
            otherThread = otherThread || QThread::currentThread() != this->thread();
            runs += news.runs.size();
            steps += news.steps.size();
            reports += news.reports.size();
            idle = news.idle;
        });
        connect(&thread, &RuntimeThread::deliveryDone, this, [&] { delivered = true; });
        connect(&thread, &RuntimeThread::stopped, this, [&] { stopped = true; });
        connect(&thread, &RuntimeThread::recordsRead, this,
                [&](const QString &, const std::vector<sandbox::HeldRecord> &read) { records = read; });

        thread.start({project.folder(), {}, {}});
        QTRY_VERIFY2(!ready.listen.empty() || !failures.empty(), "no answer");
        QVERIFY2(failures.empty(), failures.empty() ? "" : failures.front().c_str());
        sandbox::DeliveryPlan plan;
        plan.events = 5;
        plan.types = {"charge.succeeded"};
        thread.deliver(plan);
        QTRY_VERIFY_WITH_TIMEOUT(delivered && runs == 5 && idle, 20'000);
        QCOMPARE(reports, 5u);
        QVERIFY(steps >= 5 * 4);
        QVERIFY(!otherThread);
        thread.readRecords("salesforce");
        QTRY_VERIFY(records.size() >= 5);
        thread.stop();
        QTRY_VERIFY(stopped);
        QVERIFY(!thread.isRunning());
    }

    void unsavedTextIsWhatRuns()
    {
        TestProject project;
        RuntimeThread thread(m_registry, m_secrets);
        std::vector<std::string> codes;
        connect(&thread, &RuntimeThread::failed, this,
                [&](const Error &error) { codes.push_back(error.code); });
        std::string text = TestProject::flowText();
        text.replace(text.find("type: filter"), 12, "type: filtr");
        thread.start({project.folder(), {{"payments", text}}, {}});
        QTRY_COMPARE(codes.size(), 1u);
        QCOMPARE(codes[0], std::string("flow.unknown_type"));
    }

    void itEndsInTheMiddleOfWork()
    {
        TestProject project;
        for (int round = 0; round < 3; ++round) {
            RuntimeThread thread(m_registry, m_secrets);
            bool started = false;
            connect(&thread, &RuntimeThread::started, this, [&] { started = true; });
            thread.start({project.folder(), {}, {}});
            QTRY_VERIFY(started);
            sandbox::DeliveryPlan plan;
            plan.events = 200;
            plan.types = {"charge.succeeded"};
            thread.deliver(plan);
        }
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_RuntimeThread)
#include "tst_RuntimeThread.moc"
