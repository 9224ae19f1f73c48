// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/ScheduleTrigger.h"

#include "core/data/Json.h"
#include "core/net/HttpClient.h"
#include "core/net/HttpReply.h"

#include <QTest>

using namespace tw;
using namespace std::chrono_literals;

namespace {

/// Keeps events over triggers, as the journal does over restarts.
class FakeHost final : public TriggerHost
{
public:
    void accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done) override
    {
        if (failures > 0) {
            --failures;
            return done(transientError("store.full", "The disk is full."));
        }
        const bool first = std::none_of(events.begin(), events.end(), [&event](const auto &known) {
            return known.id == event.id;
        });
        repeats += first ? 0 : 1;
        if (first)
            events.push_back(std::move(event));
        done(first ? Acceptance::First : Acceptance::Repeat);
    }
    void newestEvent(std::function<void(Result<std::string>)> done) override
    {
        std::string newest;
        for (const IncomingEvent &event : events)
            newest = std::max(newest, event.id);
        done(newest);
    }
    void refused(const Error &) override {}
    Result<void> receive(const std::string &, std::function<void(HttpRequest, HttpReply)>) override
    {
        return {};
    }

    std::vector<IncomingEvent> events;
    int failures = 0;
    int repeats = 0;
};

} // namespace

class TestScheduleTrigger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPlannedMomentIsOneEvent();
    void missedMomentsAreTreatedAsChosen_data();
    void missedMomentsAreTreatedAsChosen();
    void theFirstStartHasMissedNothing();
    void aClockThatIsSetBackRunsNothingTwice();
    void aClockThatIsSetWhileItRunsLosesAndRepeatsNothing();
    void whatCouldNotBeStoredIsHandedInAgain();
    void brokenSettingsAreToldBeforeTheRun_data();
    void brokenSettingsAreToldBeforeTheRun();

private:
    Result<std::unique_ptr<Trigger>> make(Clock &clock, std::string_view with);

    HttpClient m_http;
};

Result<std::unique_ptr<Trigger>> TestScheduleTrigger::make(Clock &clock, std::string_view with)
{
    const NodeDescriptor node = timer::scheduleTrigger();
    const auto parsed = parseYaml(with);
    std::vector<Diagnostic> findings;
    Settings settings = readSettings(node.params, &parsed.root, "t.yaml", {}, "the test", findings);
    NodeContext context{{clock, m_http, nullptr}, "flow", "tick", settings, nullptr};
    return node.createTrigger(std::move(context));
}

void TestScheduleTrigger::everyPlannedMomentIsOneEvent()
{
    ManualClock clock(Instant{1'800'000'030'000});
    FakeHost host;
    auto trigger = make(clock, "every: 1m");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QVERIFY(host.events.empty());
    clock.advance(29s);
    QVERIFY(host.events.empty());
    clock.advance(1s);
    QCOMPARE(host.events.size(), std::size_t(1));
    QCOMPARE(host.events.front().id, std::string("2027-01-15T08:01:00.000Z"));
    const auto body = parseJson(host.events.front().body);
    QVERIFY(body);
    QCOMPARE(body->root().get("unix").toInt().value_or(0), 1'800'000'060);
    for (int i = 0; i < 4; ++i)
        clock.advance(60s);
    QCOMPARE(host.events.size(), std::size_t(5));
    QCOMPARE(host.repeats, 0);
}

void TestScheduleTrigger::missedMomentsAreTreatedAsChosen_data()
{
    QTest::addColumn<QByteArray>("policy");
    QTest::addColumn<int>("events");
    QTest::newRow("once for all of them") << QByteArray("once") << 1;
    QTest::newRow("each of them") << QByteArray("each") << 5;
    QTest::newRow("none of them") << QByteArray("skip") << 0;
}

void TestScheduleTrigger::missedMomentsAreTreatedAsChosen()
{
    QFETCH(QByteArray, policy);
    QFETCH(int, events);
    FakeHost host;
    const std::string with = "every: 1m\nmissed: " + policy.toStdString();
    ManualClock before(Instant{1'800'000'000'000});
    {
        auto trigger = make(before, with);
        QVERIFY(trigger);
        QVERIFY((*trigger)->start(host));
        before.advance(60s);
    }
    QCOMPARE(host.events.size(), std::size_t(1));
    ManualClock after(before.now() + 5min + 30s);
    auto trigger = make(after, with);
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QCOMPARE(host.events.size(), std::size_t(1 + events));
    after.advance(30s);
    QCOMPARE(host.events.size(), std::size_t(2 + events));
    QCOMPARE(host.repeats, 0);
}

void TestScheduleTrigger::theFirstStartHasMissedNothing()
{
    ManualClock clock;
    FakeHost host;
    auto trigger = make(clock, "cron: '0 8 * * *'\nmissed: each");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    QVERIFY(host.events.empty());
}

void TestScheduleTrigger::aClockThatIsSetBackRunsNothingTwice()
{
    FakeHost host;
    ManualClock clock(Instant{1'800'000'000'000});
    {
        auto trigger = make(clock, "every: 1m");
        QVERIFY(trigger);
        QVERIFY((*trigger)->start(host));
        clock.advance(60s);
        clock.advance(60s);
    }
    QCOMPARE(host.events.size(), std::size_t(2));
    ManualClock earlier(Instant{1'800'000'000'000});
    auto trigger = make(earlier, "every: 1m\nmissed: each");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    earlier.advance(60s);
    earlier.advance(60s);
    QCOMPARE(host.events.size(), std::size_t(2));
    earlier.advance(60s);
    QCOMPARE(host.events.size(), std::size_t(3));
    QCOMPARE(host.repeats, 0);
}

void TestScheduleTrigger::aClockThatIsSetWhileItRunsLosesAndRepeatsNothing()
{
    FakeHost host;
    ManualClock clock(Instant{1'800'000'000'000});
    auto trigger = make(clock, "every: 1m\nmissed: each");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    clock.advance(60s);
    QCOMPARE(host.events.size(), std::size_t(1));
    clock.jump(-10min); // What was planned for these minutes has run.
    clock.advance(10min);
    QCOMPARE(host.events.size(), std::size_t(1));
    clock.advance(1min);
    QCOMPARE(host.events.size(), std::size_t(2));
    clock.jump(5min);
    clock.advance(1min);
    QCOMPARE(host.events.size(), std::size_t(8));
    for (std::size_t at = 1; at < host.events.size(); ++at)
        QCOMPARE(host.events[at].created - host.events[at - 1].created, 1min);
    QCOMPARE(host.repeats, 0);
}

void TestScheduleTrigger::whatCouldNotBeStoredIsHandedInAgain()
{
    ManualClock clock(Instant{1'800'000'000'000});
    FakeHost host;
    host.failures = 2;
    auto trigger = make(clock, "every: 1m");
    QVERIFY(trigger);
    QVERIFY((*trigger)->start(host));
    clock.advance(60s);
    QVERIFY(host.events.empty());
    clock.advance(10s);
    QCOMPARE(host.events.size(), std::size_t(1));
    QCOMPARE(host.events.front().id, std::string("2027-01-15T08:01:00.000Z"));
}

void TestScheduleTrigger::brokenSettingsAreToldBeforeTheRun_data()
{
    QTest::addColumn<QByteArray>("with");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("neither") << QByteArray("{}") << QByteArray("timer.no_schedule");
    QTest::newRow("both") << QByteArray("cron: '@daily'\nevery: 1m") << QByteArray("timer.no_schedule");
    QTest::newRow("too often") << QByteArray("every: 10ms") << QByteArray("timer.too_often");
    QTest::newRow("a bad line") << QByteArray("cron: 'x'") << QByteArray("timer.bad_cron");
    QTest::newRow("no such zone") << QByteArray("cron: '@daily'\nzone: Europe/Nowhere")
                                  << QByteArray("timer.unknown_zone");
    QTest::newRow("a day that never comes") << QByteArray("cron: '0 0 31 2 *'") << QByteArray("timer.never");
}

void TestScheduleTrigger::brokenSettingsAreToldBeforeTheRun()
{
    QFETCH(QByteArray, with);
    QFETCH(QByteArray, code);
    ManualClock clock;
    const auto trigger = make(clock, with.toStdString());
    QVERIFY(!trigger);
    QCOMPARE(trigger.error().code, code.toStdString());
}

QTEST_GUILESS_MAIN(TestScheduleTrigger)
#include "tst_ScheduleTrigger.moc"
