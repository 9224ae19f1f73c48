// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventReading.h"
#include "core/connectors/stripe/ObjectStep.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/TriggerSettings.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/data/Json.h"
#include "tests/connectors_stripe/ScriptedStripe.h"
#include "tests/connectors_stripe/StripeTesting.h"
#include "tests/connectors_stripe/TriggerWorld.h"

using namespace tw;
using namespace tw::stripe;

namespace {

constexpr const char *kSecret = "whsec_t";

std::string invoiceWith(const std::string &lines)
{
    return R"({"id":"in_1","object":"invoice","lines":)" + lines + '}';
}

/// A list of so many lines from `first` on.
std::string lines(int first, int count, bool more,
                  const std::string &url = "/v1/invoices/in_1/lines")
{
    std::string data;
    for (int at = first; at < first + count; ++at)
        data += (at == first ? "" : ",") + std::string(R"({"id":"il_)") + std::to_string(at) +
                R"(","amount":1})";
    return R"({"object":"list","data":[)" + data + R"(],"has_more":)" + (more ? "true" : "false") +
           R"(,"url":")" + url + "\"}";
}

} // namespace

/// What people overlook in Stripe's events, met by the trigger: what it says before it runs, and
/// what it does with what comes. (What the double does to meet the same: tst_DoubleTraps.)
class TestTraps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void choosingEvents_data();
    void choosingEvents();
    void thePickerTells_data();
    void thePickerTells();
    void aCutListIsToldOnceOfAKind();
    void aWholeListIsNotTold();
    void theCurrentStateHasTheListsToTheirEnd();
    void aThinEventsObjectToo();
    void aListThatCannotBeReadOnIsTold();
    void aListThatIsNotThereNowIsAskedForAgain();
    void aListWithoutEndEnds();
    void aListLeadsNowhereButToTheApi();
    void aRetrievedObjectHasItsListsToTheirEnd();
    void aRetrievedListThatCannotBeReadOnIsNoted();
    void aRetrievedListIsWaitedFor();
    void whatIsNewInTheApiIsNoError_data();
    void whatIsNewInTheApiIsNoError();
    void anUpgradeOvernightIsToldOnce();
    void aBodyWrittenAnewBreaksTheSignature();
    void testEventsAtALiveAddressAreLeft();
    void idsDifferByCase();
    void keysFitTheirEnvironment_data();
    void keysFitTheirEnvironment();
    void anOrganisationsKeyNeedsAnAccount();
    void aLiveAccountIsReadSeldomEnough();

private:
    void start(const std::string &yaml, const char *key = "sk_test_1");
    HttpAnswer post(const std::string &body, const std::string &signedBody);
    HttpAnswer post(const std::string &body) { return post(body, body); }
    std::string event(const char *id, const char *type, const std::string &object,
                      const std::string &more = {}) const
    {
        return testing::EventServer::body(id, type, m_clock.now(), object, more);
    }
    std::size_t linesHandedIn() const;
    bool saysThatMoreFollow() const;

    ManualClock m_clock;
    std::unique_ptr<testing::EventServer> m_server;
    std::unique_ptr<testing::MemoryHost> m_host;
    std::unique_ptr<HttpClient> m_http;
    std::unique_ptr<Trigger> m_trigger;
};

void TestTraps::init()
{
    m_server = std::make_unique<testing::EventServer>();
    m_host = std::make_unique<testing::MemoryHost>();
    m_http = std::make_unique<HttpClient>();
}

void TestTraps::cleanup()
{
    m_trigger.reset();
    m_host->stopped();
}

void TestTraps::start(const std::string &yaml, const char *key)
{
    const Services services{m_clock, *m_http};
    auto connection = StripeConnection::open(
        services, "stripe",
        testing::settingsFrom(StripeConnection::params(), "base_url: " + m_server->url(),
                              {{"api_key", Secret(key)}, {"webhook_secret", Secret(kSecret)}}));
    const auto node = WebhookTrigger::descriptor();
    auto trigger = WebhookTrigger::create(
        {services, "pay", "in",
         testing::settingsFrom(node.params, "{arrive: webhook, catch_up: false, " + yaml + "}"),
         connection.value()});
    if (!trigger || !(*trigger)->start(*m_host))
        qFatal("the trigger does not start");
    m_trigger = std::move(*trigger);
}

HttpAnswer TestTraps::post(const std::string &body, const std::string &signedBody)
{
    return testing::exchange(
        *m_http, "POST", m_host->url(),
        {{"Stripe-Signature", signDelivery(signedBody, Secret(kSecret), m_clock.now())}}, body);
}

std::size_t TestTraps::linesHandedIn() const
{
    const auto event = parseJson(m_host->events.at(0).body);
    return event->root().find("data.object.lines.data").size();
}

bool TestTraps::saysThatMoreFollow() const
{
    const auto event = parseJson(m_host->events.at(0).body);
    return event->root().find("data.object.lines.has_more").asBool();
}

void TestTraps::choosingEvents_data()
{
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<QByteArray>("codes");
    const auto row = [](const char *name, const char *events, const char *codes) {
        QTest::newRow(name) << QByteArray(events) << QByteArray(codes);
    };
    row("access by both events of a paid invoice", "[invoice.paid, invoice.payment_succeeded]",
        "warning stripe.two_events_one_fact");
    row("access by the right one", "[invoice.paid]", "");
    row("a failed payment is not the end", "[invoice.payment_failed]", "info stripe.not_final");
    row("with what may follow", "[invoice.payment_failed, invoice.paid]", "");
    row("the charge with its total, and the refund", "[charge.refunded, refund.created]",
        "info stripe.two_events_one_fact");
    row("refunds of some methods", "[charge.refund.updated]", "info stripe.only_some_methods");
    row("refunds of all methods", "[refund.updated]", "");
    row("an end without its announcement", "[customer.subscription.deleted]",
        "info stripe.end_only");
    row("an end with it", "[customer.subscription.deleted, customer.subscription.updated]", "");
    row("no id yet", "[invoice.upcoming]", "info stripe.no_id_yet");
    row("a checkout that is not paid", "[checkout.session.completed]", "info stripe.may_be_unpaid");
    row("a checkout with what follows",
        "[checkout.session.completed, checkout.session.async_payment_succeeded]", "");
    row("a payment told twice", "[payment_intent.succeeded, charge.succeeded]",
        "info stripe.two_events_one_fact");
    row("a customer after its subscription", "[customer.created, customer.subscription.created]",
        "info stripe.any_order");
    row("also where a group is chosen", "[customer.*]", "info stripe.any_order");
    row("a capture of a part", "[charge.captured]", "info stripe.captured_in_part");
}

void TestTraps::choosingEvents()
{
    QFETCH(QByteArray, events);
    QFETCH(QByteArray, codes);
    std::vector<Diagnostic> findings;
    TriggerSettings::check(
        builtInCatalogue(),
        testing::settingsFrom(TriggerSettings::params(), "events: " + events.toStdString()),
        findings);
    QByteArray found;
    for (const Diagnostic &finding : findings) {
        found += QByteArray(found.isEmpty() ? "" : ", ") +
                 (finding.severity == Severity::Info ? "info " : "warning ") +
                 QByteArray::fromStdString(finding.code);
        QCOMPARE(finding.path, std::string("events"));
        QVERIFY(!finding.message.empty() && !finding.fix.empty());
    }
    QCOMPARE(found, codes);
}

void TestTraps::thePickerTells_data()
{
    QTest::addColumn<QString>("word");
    const auto row = [](const char *type, const char *word) {
        QTest::newRow(type) << QString::fromLatin1(word);
    };
    row("invoice.paid", "out of band");
    row("invoice.payment_succeeded", "attempt");
    row("invoice.payment_failed", "more may follow");
    row("invoice.upcoming", "no id");
    row("invoice.created", "waits for our answer");
    row("charge.refunded", "running total");
    row("charge.refund.updated", "some payment methods");
    row("charge.captured", "part");
    row("charge.updated", "fee");
    row("customer.subscription.deleted", "ended");
    row("customer.subscription.updated", "cancellation to come");
    row("customer.created", "after its subscription");
    row("checkout.session.completed", "unpaid");
    row("v1.checkout.session.completed", "unpaid");
    row("payout.reconciliation_completed", "automatic");
}

void TestTraps::thePickerTells()
{
    QFETCH(QString, word);
    const std::string type(QTest::currentDataTag());
    for (const Param::Choice &choice : eventChoices()) {
        if (choice.value == type) {
            QVERIFY2(toQString(choice.help).contains(word), choice.help.c_str());
            return;
        }
    }
    QFAIL("not in the picker");
}

void TestTraps::aCutListIsToldOnceOfAKind()
{
    start("events: [invoice.paid]");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, true)))).status, 200);
    QCOMPARE(post(event("evt_2", "invoice.paid", invoiceWith(lines(0, 10, true)))).status, 200);
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.list_cut"});
    QCOMPARE(linesHandedIn(), 10u); // As it was sent.
    QVERIFY(m_server->calls.empty());
}

void TestTraps::aWholeListIsNotTold()
{
    start("events: [invoice.paid]");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, false)))).status, 200);
    QVERIFY(m_host->warnings.empty());
}

void TestTraps::theCurrentStateHasTheListsToTheirEnd()
{
    m_server->next.push_back(jsonResponse(200, invoiceWith(lines(0, 10, true))));
    m_server->next.push_back(jsonResponse(200, lines(10, 100, true)));
    m_server->next.push_back(jsonResponse(200, lines(110, 7, false)));
    start("events: [invoice.paid], deliver: current, expand: [customer, lines.data.price]");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, true)),
                        R"("account":"acct_5")"))
                 .status,
             200);
    QCOMPARE(linesHandedIn(), 117u);
    QVERIFY(!saysThatMoreFollow());
    QVERIFY(m_host->warnings.empty());
    QCOMPARE(int(m_server->calls.size()), 3);
    QCOMPARE(m_server->calls[1].path, std::string("/v1/invoices/in_1/lines"));
    QCOMPARE(m_server->calls[1].query,
             std::string("expand%5B%5D=data.price&limit=100&starting_after=il_9"));
    QCOMPARE(m_server->calls[2].query,
             std::string("expand%5B%5D=data.price&limit=100&starting_after=il_109"));
    QCOMPARE(std::string(m_server->calls[2].headers.value("Stripe-Account")),
             std::string("acct_5"));
}

void TestTraps::aThinEventsObjectToo()
{
    const std::string thin =
        R"({"id":"evt_t","object":"v2.core.event","type":"v1.invoice.paid","livemode":false,)"
        R"("created":"2026-09-21T14:13:20.000Z","context":"acct_9",)"
        R"("related_object":{"id":"in_1","type":"invoice","url":"/v1/invoices/in_1"}})";
    m_server->next.push_back(jsonResponse(200, thin));
    m_server->next.push_back(jsonResponse(200, invoiceWith(lines(0, 10, true))));
    m_server->next.push_back(jsonResponse(200, lines(10, 3, false)));
    start("events: [v1.invoice.paid]");
    QCOMPARE(post(thin).status, 200);
    QCOMPARE(linesHandedIn(), 13u);
    QCOMPARE(std::string(m_server->calls.back().headers.value("Stripe-Context")),
             std::string("acct_9"));
}

void TestTraps::aListThatCannotBeReadOnIsTold()
{
    m_server->next.push_back(jsonResponse(200, invoiceWith(lines(0, 10, true))));
    m_server->next.push_back(jsonResponse(403, R"({"error":{"type":"invalid_request_error"}})"));
    start("events: [invoice.paid], deliver: current");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, true)))).status, 200);
    QCOMPARE(linesHandedIn(), 10u);
    QVERIFY(saysThatMoreFollow());
    QCOMPARE(m_host->warnings.back(), std::string("stripe.list_cut"));
}

void TestTraps::aListThatIsNotThereNowIsAskedForAgain()
{
    m_server->next.push_back(jsonResponse(200, invoiceWith(lines(0, 10, true))));
    m_server->next.push_back(jsonResponse(503, R"({"error":{"type":"api_error"}})"));
    start("events: [invoice.paid], deliver: current");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, true)))).status, 503);
    QVERIFY(m_host->events.empty());
}

void TestTraps::aListWithoutEndEnds()
{
    m_server->objects["/v1/invoices/in_1"] = invoiceWith(lines(0, 10, true));
    m_server->objects["/v1/invoices/in_1/lines"] = lines(10, 100, true);
    start("events: [invoice.paid], deliver: current");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, true)))).status, 200);
    QCOMPARE(linesHandedIn(), 1010u);
    QVERIFY(saysThatMoreFollow());
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.list_cut"});
}

void TestTraps::aListLeadsNowhereButToTheApi()
{
    m_server->objects["/v1/invoices/in_1"] = invoiceWith(lines(0, 10, true, "@127.0.0.1:1/v1/x"));
    start("events: [invoice.paid], deliver: current");
    QCOMPARE(post(event("evt_1", "invoice.paid", invoiceWith(lines(0, 10, true)))).status, 200);
    QCOMPARE(int(m_server->calls.size()), 1);
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.list_cut"});
}

void TestTraps::aRetrievedObjectHasItsListsToTheirEnd()
{
    testing::ScriptedStripe world;
    world.answers = {jsonResponse(200, invoiceWith(lines(0, 10, true))),
                     jsonResponse(200, lines(10, 100, true)),
                     jsonResponse(200, lines(110, 2, false))};
    const auto step = world.make(ObjectStep::retrieve(), "object: invoice\nid: invoice\n"
                                                         "expand: [lines.data.price]");
    const auto answer = world.run(*step, R"({"invoice":"in_1"})");
    QCOMPARE(int(world.asked.size()), 3);
    QCOMPARE(world.asked.at(2).path, std::string("/v1/invoices/in_1/lines"));
    QCOMPARE(world.asked.at(2).field("starting_after"), std::string("il_109"));
    QCOMPARE(world.asked.at(2).field("expand[]"), std::string("data.price"));
    QCOMPARE(answer.kind, StepAnswer::Kind::Emitted);
    QCOMPARE(testing::onlyOutput(answer).find("lines.data").size(), 112u);
    QVERIFY(answer.note.empty());
}

void TestTraps::aRetrievedListThatCannotBeReadOnIsNoted()
{
    testing::ScriptedStripe world;
    world.answers = {jsonResponse(200, invoiceWith(lines(0, 10, true))),
                     jsonResponse(403, R"({"error":{"type":"invalid_request_error"}})")};
    const auto step = world.make(ObjectStep::retrieve(), "object: invoice\nid: invoice");
    const auto answer = world.run(*step, R"({"invoice":"in_1"})");
    QCOMPARE(testing::onlyOutput(answer).find("lines.data").size(), 10u);
    QCOMPARE(answer.note, std::string("not all is read of lines"));
}

void TestTraps::aRetrievedListIsWaitedFor()
{
    testing::ScriptedStripe world;
    world.answers = {jsonResponse(200, invoiceWith(lines(0, 10, true))),
                     jsonResponse(503, R"({"error":{"type":"api_error"}})")};
    const auto step = world.make(ObjectStep::retrieve(), "object: invoice\nid: invoice");
    const auto answer = world.run(*step, R"({"invoice":"in_1"})");
    QCOMPARE(answer.kind, StepAnswer::Kind::Failed);
    QVERIFY(answer.error.kind == ErrorKind::Transient);
}

void TestTraps::whatIsNewInTheApiIsNoError_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("object");
    QTest::newRow("a value") << QByteArray("invoice.paid")
                             << QByteArray(R"({"id":"in_1","object":"invoice","status":"melted"})");
    QTest::newRow("a field") << QByteArray("invoice.paid")
                             << QByteArray(R"({"id":"in_1","object":"invoice","aura":{"x":[1]}})");
    QTest::newRow("a type of event")
        << QByteArray("invoice.melted") << QByteArray(R"({"id":"in_1","object":"invoice"})");
    QTest::newRow("a type of object")
        << QByteArray("invoice.melted") << QByteArray(R"({"id":"x_1","object":"puddle"})");
}

void TestTraps::whatIsNewInTheApiIsNoError()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, object);
    start("events: [invoice.*]");
    const std::string body = event("evt_1", type.constData(), object.toStdString());
    QCOMPARE(post(body).status, 200);
    QCOMPARE(m_host->events.at(0).body, body);
}

void TestTraps::anUpgradeOvernightIsToldOnce()
{
    start("events: [customer.*]");
    const std::string object = R"({"id":"cus_1","object":"customer"})";
    const std::string before = "\"api_version\":\"" + std::string(kApiVersion) + '"';
    const std::string after = R"("api_version":"2099-03-31.newer")";
    post(event("evt_1", "customer.updated", object, before));
    QVERIFY(m_host->warnings.empty());
    m_clock.advance(std::chrono::hours(8));
    post(event("evt_2", "customer.updated", object, after));
    post(event("evt_3", "customer.updated", object, after));
    QCOMPARE(m_host->warnings, std::vector<std::string>{"stripe.other_version"});
}

void TestTraps::aBodyWrittenAnewBreaksTheSignature()
{
    start("events: [customer.*]");
    const std::string sent =
        event("evt_1", "customer.updated", R"({"id":"cus_1", "name":"\u00e9"})");
    const std::string anew = toJson(parseJson(sent)->root());
    QVERIFY(anew != sent);
    const HttpAnswer answer = post(anew, sent);
    QCOMPARE(answer.status, 400);
    QVERIFY2(answer.body.find("proxy") != std::string::npos, answer.body.c_str());
    QVERIFY(m_host->events.empty());
    QCOMPARE(m_host->refusals, std::vector<std::string>{"stripe.bad_signature"});
    QCOMPARE(post(sent).status, 200);
}

void TestTraps::testEventsAtALiveAddressAreLeft()
{
    start("events: [customer.*]", "sk_live_1");
    const std::string object = R"({"id":"cus_1","object":"customer"})";
    QCOMPARE(post(event("evt_1", "customer.updated", object)).status, 200);
    QVERIFY(m_host->events.empty());
}

void TestTraps::idsDifferByCase()
{
    QVERIFY(businessKey("customer.updated", parseJson(R"({"id":"cus_aB"})")->root()) !=
            businessKey("customer.updated", parseJson(R"({"id":"cus_Ab"})")->root()));
    start("events: [customer.*]");
    post(event("evt_aB", "customer.updated", R"({"id":"cus_aB","object":"customer"})"));
    post(event("evt_Ab", "customer.updated", R"({"id":"cus_Ab","object":"customer"})"));
    QCOMPARE(int(m_host->events.size()), 2);
}

void TestTraps::keysFitTheirEnvironment_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("environment");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *key, const char *environment, const char *code) {
        QTest::addRow("%s in %s", key, environment)
            << QByteArray(key) << QByteArray(environment) << QByteArray(code);
    };
    row("sk_live_1", "sandbox", "stripe.live_key");
    row("rk_live_1", "sandbox", "stripe.live_key");
    row("sk_org_live_1", "sandbox", "stripe.live_key");
    row("rk_live_1", "production", "");
    row("rk_test_1", "production", "stripe.test_key");
    row("rk_test_1", "sandbox", "");
}

void TestTraps::keysFitTheirEnvironment()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, environment);
    QFETCH(QByteArray, code);
    const auto fits =
        StripeConnection::fits(testing::settingsFrom(StripeConnection::params(), "{}",
                                                     {{"api_key", Secret(key.toStdString())}}),
                               environment.toStdString());
    QCOMPARE(fits ? QByteArray() : QByteArray::fromStdString(fits.error().code), code);
    QVERIFY(fits || fits.error().message.find(key.toStdString()) == std::string::npos);
}

void TestTraps::anOrganisationsKeyNeedsAnAccount()
{
    const Services services{m_clock, *m_http};
    const auto open = [&](const char *yaml) {
        return StripeConnection::open(
            services, "stripe",
            testing::settingsFrom(StripeConnection::params(), yaml,
                                  {{"api_key", Secret("sk_org_test_1")}}));
    };
    const auto without = open("{}");
    QVERIFY(!without);
    QCOMPARE(without.error().code, std::string("stripe.no_context"));
    QVERIFY(open("context: acct_1"));
    start("events: [customer.*]"); // For cleanup().
}

void TestTraps::aLiveAccountIsReadSeldomEnough()
{
    const Services services{m_clock, *m_http};
    const auto reads = [&](const char *key) {
        auto connection = StripeConnection::open(
            services, "stripe",
            testing::settingsFrom(StripeConnection::params(), "{}", {{"api_key", Secret(key)}}));
        const auto node = WebhookTrigger::descriptor();
        const NodeContext context{
            services, "pay", "in",
            testing::settingsFrom(node.params, "{events: [charge.failed], arrive: poll}"),
            *connection};
        const auto made =
            TriggerSettings::from(context, static_cast<const StripeConnection &>(**connection));
        return std::chrono::hours(24 * 31) / made->pollEvery;
    };
    QVERIFY(reads("rk_live_1") < 10'000);
    QVERIFY(reads("rk_test_1") > 10'000); // A test account has no allowance to keep to.
}

QTEST_GUILESS_MAIN(TestTraps)
#include "tst_Traps.moc"
