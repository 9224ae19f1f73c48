// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/base/Text.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/net/HttpClient.h"
#include "core/runtime/Connectors.h"
#include "core/runtime/Runtime.h"
#include "tests/net/RawClient.h"
#include "tests/support/FaultVfs.h"

#include <QTest>
#include <QUrl>

using namespace std::chrono_literals;

namespace tw::test {

namespace {

const Secret kSecret("whsec_door");

class DoorSecret final : public SecretSource
{
public:
    std::optional<Secret> find(const std::string &, const std::string &) const override
    {
        return kSecret;
    }
    std::string hint(const std::string &, const std::string &) const override { return {}; }
};

std::string charge(const std::string &event, const std::string &object, Instant created,
                   const std::string &more = {})
{
    return "{\"id\":\"" + event + "\",\"type\":\"charge.succeeded\",\"created\":"
        + std::to_string(created.seconds()) + ",\"data\":{\"object\":{\"id\":\"" + object
        + "\",\"amount\":1099,\"currency\":\"usd\",\"created\":1790000000" + more + "}}}";
}

} // namespace

/// The webhook address of a running system in bad times: senders that hold on to their line, full and
/// broken disks, hostile bodies, wrong clocks, events that come days late. Virtual time.
class tst_WebhookDoor final : public QObject
{
    Q_OBJECT

    Result<std::unique_ptr<Runtime>> start()
    {
        RuntimeOptions options;
        options.dataDir = m_project->path("data");
        auto runtime = Runtime::start(*m_project->open(), m_registry, m_clock, m_secrets, m_watcher,
                                      std::move(options));
        if (runtime)
            m_url = (*runtime)->ready().webhooks.at("payments/charges");
        return runtime;
    }

    HttpCall callWith(const std::string &body, Instant signedAt) const
    {
        HttpCall call;
        call.method = "POST";
        call.url = m_url;
        call.headers.add("Stripe-Signature", stripe::signDelivery(body, kSecret, signedAt));
        call.body = body;
        return call;
    }

    /// Status of the answer; -1: none.
    int post(const std::string &body, std::optional<Instant> signedAt = {})
    {
        return exchange(callWith(body, signedAt.value_or(m_clock.now())));
    }

    int exchange(HttpCall call)
    {
        m_answer = {};
        int status = 0;
        m_http.send(std::move(call), this, [&](Result<HttpAnswer> got) {
            status = got ? got->status : -1;
            if (got)
                m_answer = std::move(*got);
        });
        (void)QTest::qWaitFor([&] { return status != 0; }, 20'000);
        return status;
    }

    /// Lets the clock go on until it is so.
    bool passTime(const std::function<bool()> &isSo)
    {
        return QTest::qWaitFor([&] {
            m_clock.advance(10ms);
            return isSo();
        }, 10'000);
    }
    bool hasRun(std::size_t runs)
    {
        return passTime([&] { return m_watcher.runs.size() >= runs; }) && m_watcher.runs.size() == runs;
    }

    int health(const Runtime &runtime)
    {
        HttpCall call;
        call.url = runtime.ready().listen + "/healthz";
        return exchange(std::move(call));
    }

    std::unique_ptr<TestProject> m_project;
    ManualClock m_clock;
    HttpClient m_http;
    HttpAnswer m_answer;
    Registry m_registry{allConnectors()};
    DoorSecret m_secrets;
    Watcher m_watcher;
    std::string m_url;

private Q_SLOTS:
    void init()
    {
        m_watcher = {};
        m_project = std::make_unique<TestProject>();
        m_project->write("environments/local.yaml",
                         "schema: environment/1\nname: local\nkind: local\nconnections:\n"
                         "  stripe: {webhook_secret: \"${secret:stripe/webhook_secret}\"}\n"
                         "  crm: {double: true}\n");
    }

    void sendersThatHoldTheirLineDoNotHoldUpOthers()
    {
        auto runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        const QUrl url(toQString(m_url));
        const std::string slow = charge("evt_slow", "ch_slow", m_clock.now());
        const std::string head = "POST " + toUtf8(url.path()) + " HTTP/1.1\r\nHost: a\r\nStripe-Signature: "
            + stripe::signDelivery(slow, kSecret, m_clock.now())
            + "\r\nContent-Length: " + std::to_string(slow.size()) + "\r\n\r\n";
        std::vector<std::unique_ptr<RawClient>> holders;
        for (int number = 0; number < 300; ++number) {
            holders.push_back(std::make_unique<RawClient>(std::uint16_t(url.port())));
            if (number % 3 == 1)
                holders.back()->send(head.substr(0, 20));
            else if (number % 3 == 2)
                holders.back()->send(head + slow.substr(0, 9));
        }
        for (int number = 0; number < 50; ++number) {
            const std::string id = std::to_string(number);
            QCOMPARE(post(charge("evt_" + id, "ch_" + id, m_clock.now())), 200);
        }
        for (const auto &holder : holders)
            QVERIFY(!holder->isClosed() && holder->heard().empty());
        // One of them was only slow; the others go in the midst of it.
        holders.at(2)->send(slow.substr(9));
        QTRY_COMPARE(holders.at(2)->statuses(), std::vector<int>{200});
        for (const auto &holder : holders)
            holder->abort();
        QCOMPARE(post(charge("evt_after", "ch_after", m_clock.now())), 200);
        QVERIFY(hasRun(52u));
        QCOMPARE(m_watcher.first.size(), 52u);
    }

    void aDiskThatTakesNothingIsAnswered503UntilItDoes_data()
    {
        QTest::addColumn<int>("fault");
        QTest::newRow("it is full") << int(FaultVfs::Fault::Full);
        QTest::newRow("half a write, then full") << int(FaultVfs::Fault::ShortWrite);
    }

    void aDiskThatTakesNothingIsAnswered503UntilItDoes()
    {
        QFETCH(int, fault);
        FaultVfs vfs;
        auto runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        QCOMPARE(post(charge("evt_1", "ch_1", m_clock.now())), 200);
        QVERIFY(hasRun(1u));
        auto plan = FaultVfs::only(FaultVfs::Call::Write, 1, FaultVfs::Fault(fault));
        plan.count = 1'000'000;
        vfs.plan(plan);
        for (int attempt = 0; attempt < 3; ++attempt) {
            QCOMPARE(post(charge("evt_2", "ch_2", m_clock.now())), 503);
            QVERIFY(!m_answer.headers.value("Retry-After").empty());
        }
        QVERIFY(vfs.failed() > 0);
        QCOMPARE(m_watcher.first.size(), 1u);
        vfs.heal();
        QCOMPARE(post(charge("evt_2", "ch_2", m_clock.now())), 200);
        QVERIFY(hasRun(2u));
        QCOMPARE(m_watcher.first, (std::vector<std::string>{"evt_1", "evt_2"}));
    }

    void anFsyncThatFailsClosesTheDoorUntilANewStart()
    {
        FaultVfs vfs;
        auto runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        QCOMPARE(health(**runtime), 200);
        vfs.plan(FaultVfs::only(FaultVfs::Call::Sync, 1));
        QCOMPARE(post(charge("evt_1", "ch_1", m_clock.now())), 503);
        QCOMPARE(vfs.failed(), std::int64_t(1));
        vfs.heal(); // Too late: what the disk holds is not known any more.
        QCOMPARE(post(charge("evt_1", "ch_1", m_clock.now())), 503);
        QCOMPARE(health(**runtime), 503);
        QVERIFY(m_watcher.first.empty());
        runtime->reset();
        runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        QCOMPARE(post(charge("evt_1", "ch_1", m_clock.now())), 200);
        QVERIFY(hasRun(1u));
    }

    void hostileBodiesAreRefusedOrDoNoHarm_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        const Instant now = m_clock.now();
        const auto row = [](const char *name, const std::string &body, int status) {
            QTest::newRow(name) << QByteArray::fromStdString(body) << status;
        };
        const auto with = [now](const std::string &more) { return charge("evt_1", "ch_1", now, more); };
        const auto nested = [](std::size_t depth) {
            return ",\"x\":" + std::string(depth, '[') + std::string(depth, ']');
        };
        row("two megabytes", with(",\"x\":\"" + std::string(2'000'000, 'x') + '"'), 413);
        row("nearly one megabyte", with(",\"x\":\"" + std::string(1'000'000, 'x') + '"'), 200);
        row("a hundred thousand lists in one another", with(nested(100'000)), 400);
        row("as deep as it may be", with(nested(500)), 200);
        row("fifty thousand fields", with([] {
            std::string fields;
            for (int number = 0; number < 50'000; ++number)
                fields += ",\"f" + std::to_string(number) + "\":0";
            return fields;
        }()), 200);
        row("one field fifty thousand times", with([] {
            std::string fields;
            for (int number = 0; number < 50'000; ++number)
                fields += ",\"x\":0";
            return fields;
        }()), 200);
        row("a number beyond all numbers", with(",\"x\":1e999999999"), 200);
        row("a number of a hundred thousand digits", with(",\"x\":" + std::string(100'000, '9')), 200);
        row("bytes that are no text", with(",\"x\":\"\xff\xfe\""), 400);
        row("half a character", with(",\"x\":\"\\ud800\""), 200);
        row("a null in a text", with(",\"x\":\"a\\u0000b\""), 200);
        row("a null between", with("") + std::string(1, '\0'), 400);
        row("cut off", with("").substr(0, 60), 400);
        row("names that JavaScript treasures", with(",\"__proto__\":{\"a\":1},\"constructor\":1"), 200);
        row("an id of half a megabyte", charge(std::string(500'000, 'e'), "ch_1", now), 200);
        row("an object id of half a megabyte", charge("evt_1", std::string(500'000, 'o'), now), 200);
        row("a quotation mark in the id", charge("e'\\\" OR 1=1 --", "ch_1", now), 200);
    }

    void hostileBodiesAreRefusedOrDoNoHarm()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        auto runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        QCOMPARE(post(body.toStdString()), status);
        // People are told after the sender is answered.
        QTRY_COMPARE(m_watcher.first.size(), std::size_t(status == 200));
        QCOMPARE(post(charge("evt_good", "ch_good", m_clock.now())), 200);
        // Whatever becomes of it: each run ends, and a restart finds nothing that is open or damaged.
        const std::size_t runs = status == 200 ? 2 : 1;
        QVERIFY(hasRun(runs));
        QVERIFY(m_watcher.runs.back().outcome == RunOutcome::Done
                || m_watcher.runs.front().outcome == RunOutcome::Done);
        runtime->reset();
        runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        QVERIFY(passTime([&] { return (*runtime)->isIdle(); }));
        if (status == 200)
            QCOMPARE(post(body.toStdString()), 200);
        QVERIFY(passTime([&] { return (*runtime)->isIdle(); }));
        QCOMPARE(m_watcher.runs.size(), runs); // The same again is a repeat.
    }

    void aWrongClockRefusesAndASetOneTakes()
    {
        auto runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        const Instant real = m_clock.now();
        const std::string body = charge("evt_1", "ch_1", real);
        m_clock.jump(10min);
        QCOMPARE(post(body, real), 400);
        QCOMPARE(m_watcher.refusals.at(0).code, std::string("stripe.stale_timestamp"));
        m_clock.jump(-10min);
        QCOMPARE(post(body, real), 200);
        m_clock.jump(-10min); // Slow: age is all that counts, and this has none.
        QCOMPARE(post(charge("evt_2", "ch_2", real), real), 200);
        QVERIFY(hasRun(2u));
        m_clock.jump(24h);
        QCOMPARE(post(body), 200); // Delivered again by a sender whose clock is right.
        QCOMPARE(m_watcher.repeats, std::vector<std::string>{"evt_1"});
        QCOMPARE(m_watcher.runs.size(), 2u);
    }

    void whatComesThreeDaysLateOverwritesNothingAndRepeatsNothing()
    {
        auto runtime = start();
        QVERIFY2(runtime, runtime ? "" : runtime.error().text().c_str());
        const Instant day = m_clock.now();
        const std::string first = charge("evt_1", "ch_1", day);
        QCOMPARE(post(first), 200);
        QCOMPARE(post(charge("evt_3", "ch_1", day + 2min, ",\"refunded\":true")), 200);
        QVERIFY(hasRun(2u));
        m_clock.advance(72h);
        QCOMPARE(post(first), 200);
        QCOMPARE(m_watcher.repeats, std::vector<std::string>{"evt_1"});
        // The one between them comes only now: taken, and not written over what came after it.
        QCOMPARE(post(charge("evt_2", "ch_1", day + 1min)), 200);
        QCOMPARE(post(charge("evt_4", "ch_2", day + 1min)), 200); // Nothing newer is known of this one.
        QVERIFY(hasRun(4u));
        std::map<std::string, int> writes;
        for (const auto &record : (*runtime)->doubleOf("salesforce")->records()) {
            if (record.type == "Stripe_Payment__c")
                writes[std::string(record.fields->root().get("Stripe_Payment_Id__c").text())] = record.writes;
        }
        QCOMPARE(writes, (std::map<std::string, int>{{"ch_1", 2}, {"ch_2", 1}}));
        QVERIFY(m_watcher.letters.empty());
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_WebhookDoor)
#include "tst_WebhookDoor.moc"
