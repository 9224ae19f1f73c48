// SPDX-License-Identifier: GPL-3.0-or-later
#include "CrmDouble.h"

#include "core/base/Text.h"
#include "core/connectors/logic/Descriptor.h"
#include "core/engine/Engine.h"
#include "core/net/HttpClient.h"
#include "core/store/SqliteJournal.h"
#include "tests/support/FaultVfs.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <deque>

using namespace std::chrono_literals;

namespace tw::test {

namespace {

const std::string kFlow = "schema: flow/1\nid: orders\nname: Orders\nversion: 1.0.0\n"
                          "connections: {crm: crm}\nsteps:\n"
                          "  - id: start\n    type: crm.trigger\n    to: shape\n"
                          "  - id: shape\n    type: map\n    to: entry\n    with:\n      mapping:\n"
                          "        Key__c: object\n        Status__c: state\n"
                          "        Sequence__c: sequence\n        Amount__c: amount\n"
                          "  - id: entry\n    type: crm.entry\n    connection: crm\n    to: state\n"
                          "  - id: state\n    type: crm.state\n    connection: crm\n"
                          "    batch: {size: 20, linger: 500ms}\n";

constexpr auto kOutageNotBefore = 20min;
constexpr auto kOutage = 1h;
// A look each 150 to 300 s, more often in the first minutes.
constexpr int kMostLooks = 32;

struct Told final : RunObserver
{
    int letters = 0;
    int stale = 0;
    void deadLettered(const DeadLetter &) override { ++letters; }
    void stepChanged(const StepEvent &event) override
    {
        stale += event.phase == StepEvent::Phase::Dropped && event.step == "state";
    }
};

/// Takes the deliveries of a plan through an engine. Nothing waits for a real clock: time goes on
/// to the next moment at which something is due, when all that can be done now is done.
class PlanRun
{
public:
    PlanRun(const EventPlan &plan, CrmDouble &crm, ManualClock &clock)
        : m_plan(plan),
          m_crm(crm),
          m_clock(clock),
          m_registry({crm.descriptor(), logic::descriptor()})
    {}

    void start();
    bool finish(); ///< False: it does not get on.
    void killAt(const std::vector<std::size_t> &deliveries)
    {
        m_kills.assign(deliveries.begin(), deliveries.end());
    }
    Result<std::int64_t> storedRuns();

    Told told;
    int first = 0;
    int repeats = 0;
    int refused = 0;
    int inDoubt = 0; ///< Records that were on their way when it was killed.

private:
    bool isDone() const;
    bool isBusy() const { return !m_unanswered.empty() || !m_engine->isResting(); }
    void sendDue();
    void send(std::size_t delivery);
    bool passTime();
    void kill();

    const EventPlan &m_plan;
    CrmDouble &m_crm;
    ManualClock &m_clock;
    Registry m_registry;
    HttpClient m_http;
    QTemporaryDir m_folder;
    std::size_t m_next = 0;
    std::vector<std::size_t> m_unanswered; ///< Deliveries, in order.
    std::deque<std::size_t> m_kills;
    std::unique_ptr<StoreThread> m_store;
    std::unique_ptr<Engine> m_engine;
};

void PlanRun::start()
{
    auto journal = SqliteJournal::open({toUtf8(m_folder.filePath(QStringLiteral("journal.db")))});
    QVERIFY2(journal, journal ? "" : journal.error().text().c_str());
    auto unfinished = readUnfinished(**journal);
    QVERIFY(unfinished);
    m_store = std::make_unique<StoreThread>(std::move(*journal));
    m_engine = std::make_unique<Engine>(*m_store, m_clock, told, 1);
    auto flow =
        DeployedFlow::create(FlowDocument(kFlow, "orders.flow.yaml"), m_registry,
                             {m_clock, m_http, m_engine.get()}, {{"crm", CrmDouble::connection()}});
    QVERIFY2(flow, flow ? "" : flow.error().text().c_str());
    m_engine->deploy(std::move(*flow));
    m_engine->resume(std::move(*unfinished));
}

/// Tells nobody. What was not acknowledged comes again.
void PlanRun::kill()
{
    m_kills.pop_front();
    inDoubt += m_crm.counts().underWay;
    m_crm.callerDies();
    m_engine.reset();
    m_store.reset();
    start();
    for (const std::size_t delivery : std::exchange(m_unanswered, {}))
        send(delivery);
}

void PlanRun::send(std::size_t delivery)
{
    m_unanswered.push_back(delivery);
    m_engine->accept("orders", "start", m_plan.eventOf(m_plan.deliveries()[delivery]),
                     [this, delivery](const Result<Acceptance> &result) {
                         std::erase(m_unanswered, delivery);
                         refused += !result;
                         first += result && *result == Acceptance::First;
                         repeats += result && *result == Acceptance::Repeat;
                     });
}

void PlanRun::sendDue()
{
    const auto &deliveries = m_plan.deliveries();
    while (m_next < deliveries.size() && deliveries[m_next].at <= m_clock.now())
        send(m_next++);
    // Best with a call on its way; during the outage there are few.
    if (!m_kills.empty() && m_next > m_kills.front() &&
        (m_crm.counts().underWay > 0 || m_next > m_kills.front() + 20))
        kill();
}

bool PlanRun::passTime()
{
    const auto &deliveries = m_plan.deliveries();
    const bool more = m_next < deliveries.size();
    if (!more && !m_clock.hasPending())
        return false;
    auto span = more ? std::max(0ms, deliveries[m_next].at - m_clock.now()) : m_clock.untilNext();
    if (m_clock.hasPending())
        span = std::min(span, m_clock.untilNext());
    m_clock.advance(span);
    return true;
}

bool PlanRun::isDone() const
{
    return m_next == m_plan.deliveries().size() && m_unanswered.empty() && m_engine->isIdle();
}

bool PlanRun::finish()
{
    const Instant patience = m_clock.now() + 48h;
    while (!isDone()) {
        QCoreApplication::processEvents();
        sendDue();
        if (isBusy())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        else if (m_clock.now() > patience || (!isDone() && !passTime()))
            return false;
    }
    return true;
}

Result<std::int64_t> PlanRun::storedRuns()
{
    m_engine.reset();
    m_store.reset();
    auto journal = SqliteJournal::open({toUtf8(m_folder.filePath(QStringLiteral("journal.db")))});
    if (!journal)
        return std::move(journal).error();
    return (*journal)->newestRun();
}

/// The first object for which something else happened than was expected.
std::string difference(const Order &is, const Order &expected)
{
    for (const auto &[object, sequences] : expected) {
        const auto found = is.find(object);
        if (found != is.end() && found->second == sequences)
            continue;
        std::string text = object + ':';
        for (const int sequence : found == is.end() ? std::vector<int>() : found->second)
            text += ' ' + std::to_string(sequence);
        text += "; expected:";
        for (const int sequence : sequences)
            text += ' ' + std::to_string(sequence);
        return text;
    }
    return {};
}

} // namespace

/// Ten thousand events, some of them twice, some too late, and an hour without the other side: what
/// it holds in the end is what it would hold if nothing had happened.
class tst_EngineIdealRun final : public QObject
{
    Q_OBJECT

    static std::vector<std::size_t> spread(int kills, std::size_t deliveries)
    {
        std::vector<std::size_t> at;
        for (int kill = 1; kill <= kills; ++kill)
            at.push_back(deliveries * static_cast<std::size_t>(kill) /
                         static_cast<std::size_t>(kills + 1));
        return at;
    }

    /// A moment soon after `at` with several events on their way.
    static Instant amidCalls(const EventPlan &plan, Instant at)
    {
        const auto &all = plan.deliveries();
        std::size_t next = 0;
        while (next + 5 < all.size() &&
               (all[next].at < at || all[next + 5].at > all[next].at + 500ms))
            ++next;
        return all[next].at + 600ms;
    }

    static void tell(const EventPlan &plan, const CrmDouble &crm, const PlanRun &run,
                     std::uint64_t seed)
    {
        const auto &counts = crm.counts();
        qInfo("seed %llu: %d events, %d repeats (%d under another id), %d older than what was "
              "written; %d calls, %d of them while it was out, %d x 503, %d without an answer; %d "
              "records landed late, %d answers were lost, %d were open at a kill, %d harmless "
              "repeats",
              static_cast<unsigned long long>(seed), run.first, run.repeats,
              plan.repeatsUnderAnotherId(), plan.olderThanKnown(), counts.calls, counts.whileOut,
              counts.unavailable, counts.unanswered, counts.late, counts.lostAnswers, run.inDoubt,
              counts.repeats);
    }

    static void checkRecords(const EventPlan &plan, const CrmDouble &crm)
    {
        const std::string entries = difference(crm.entryOrder, plan.entryOrder());
        QVERIFY2(entries.empty(), entries.c_str());
        const std::string states = difference(crm.stateOrder, plan.stateOrder());
        QVERIFY2(states.empty(), states.c_str());
        QVERIFY(crm.records() == plan.ideal());
        for (const auto &[place, keys] : crm.keys)
            QVERIFY2(keys.size() == 1, place.c_str());
    }

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(QStringLiteral("tw.*=false")); }

    void theRecordsAreThoseOfTheIdealRun_data()
    {
        QTest::addColumn<int>("objects");
        QTest::addColumn<int>("disorder");
        QTest::addColumn<int>("losesOneIn");
        QTest::addColumn<bool>("isOut");
        QTest::addColumn<int>("kills");
        QTest::newRow("nothing happens") << 300 << 0 << 0 << false << 0;
        QTest::newRow("repeats, latecomers, calls without an answer")
            << 300 << 500 << 200 << false << 0;
        QTest::newRow("repeats, latecomers, an hour's outage") << 300 << 500 << 0 << true << 0;
        QTest::newRow("the same for four objects") << 4 << 500 << 0 << true << 0;
        QTest::newRow("all of it, and the runner is killed 20 times")
            << 300 << 500 << 200 << true << 20;
    }

    void theRecordsAreThoseOfTheIdealRun()
    {
        QFETCH(int, objects);
        QFETCH(int, disorder);
        QFETCH(int, losesOneIn);
        QFETCH(bool, isOut);
        QFETCH(int, kills);
        const auto seed =
            static_cast<std::uint64_t>(std::max(1, qEnvironmentVariableIntValue("TIDEWIRE_SEED")));
        FaultVfs vfs; // Nobody waits for a disk here.
        ManualClock clock;
        EventPlan::Size size;
        size.objects = objects;
        size.repeats = size.latecomers = disorder;
        const Instant start = clock.now();
        const EventPlan plan(seed, start, size);
        CrmDouble crm(clock, seed);
        crm.loses(losesOneIn);
        const Instant out = amidCalls(plan, start + kOutageNotBefore);
        if (isOut)
            crm.isOut(out, out + kOutage);
        PlanRun run(plan, crm, clock);
        run.start();
        run.killAt(spread(kills, plan.deliveries().size()));
        QVERIFY(run.finish());
        tell(plan, crm, run, seed);
        QVERIFY2(clock.now() - start > kOutageNotBefore + kOutage, "it ended too soon");

        QCOMPARE(run.refused, 0);
        QCOMPARE(run.first + run.repeats, static_cast<int>(plan.deliveries().size()));
        QCOMPARE(run.told.letters, 0);
        QVERIFY(kills > 0 || run.told.stale == plan.olderThanKnown());
        checkRecords(plan, crm);
        const auto &counts = crm.counts();
        QCOMPARE(counts.early, 0);
        QVERIFY(counts.repeats <= counts.late + counts.lostAnswers + run.inDoubt);
        QVERIFY(counts.whileOut <= CrmDouble::kConcurrency + kMostLooks);
        QVERIFY(!isOut || (counts.whileOut >= 10 && counts.late > 0 && counts.lostAnswers > 0));
        QCOMPARE(run.storedRuns().value_or(0), std::int64_t(size.changes));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EngineIdealRun)
#include "tst_EngineIdealRun.moc"
