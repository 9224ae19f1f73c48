// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"
#include "tests/connectors_stripe/BillingBench.h"

#include <QTest>

#include <algorithm>

using namespace tw;
using tw::testing::BillingBench;

namespace {

constexpr std::int64_t kDay = 86'400;

std::string text(const Value &value, std::string_view path)
{
    const Value found = value.find(path);
    return found.isString() ? std::string(found.text()) : toJson(found);
}

std::int64_t number(const Value &value, std::string_view path)
{
    return value.find(path).toInt().value_or(-999'999);
}

using Texts = std::vector<std::string>;

/// The events of one object's kind, in order.
Texts about(const Texts &types, std::string_view prefix)
{
    Texts found;
    for (const auto &type : types) {
        if (type.starts_with(prefix))
            found.push_back(type);
    }
    return found;
}

} // namespace

class TestDoubleBilling : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aSubscriptionIsBilledAndPaid();
    void theFirstPaymentDecidesTheStatus_data();
    void theFirstPaymentDecidesTheStatus();
    void anIncompleteSubscriptionIsPaidLater();
    void anIncompleteSubscriptionExpires();
    void aTrialCostsNothingAndEnds();
    void aTrialWithoutACardMayEndTheSubscription();
    void anUpgradeIsProrated_data();
    void anUpgradeIsProrated();
    void anotherIntervalStartsTheCycleAnew();
    void anUpgradeThatCannotBePaidChangesNothing();
    void renewalsThatFailAreTriedAgain_data();
    void renewalsThatFailAreTriedAgain();
    void aLatePaymentRevives();
    void aCancellationWaitsForTheEndOfThePeriod();
    void aCancellationNowMayCreditTheRest();
    void aYearOnATestClock();
    void aPauseOfCollectionVoids();
    void currenciesOfACustomerDoNotMix();
    void aDeletedCustomerEndsItsSubscriptions();
    void listsAreFiltered();
    void whatIsShownOnlyWhenAsked();
    void expandReachesIntoBilling();
    void deadlinesSurviveARestart();
    void aSchedulePassesItsPhases();
    void aScheduleFollowsItsSubscription();
    void aCouponCountsAndEnds();
    void aCouponOfOneProductAndAFirstPurchase();
    void aPaymentThatNeedsAnotherStep();
    void taxesOnAnInvoice_data();
    void taxesOnAnInvoice();
    void anInvoiceOutOfBand();
    void anInvoiceOfNothing();
    void aBalanceIsUsedAndGivenBack();
    void aDraftTakesWhatWaits();
    void linesOfADraftChange();
    void manyLinesArePaged();
    void aPreviewKeepsNothing();
    void aCreditNoteOnAnOpenInvoice();
    void aCreditNoteOnAPaidInvoiceRefunds();
    void decimalsAndLookupKeysOfPrices();
    void checkoutForOnePayment();
    void checkoutWithADelayedMethod_data();
    void checkoutWithADelayedMethod();
    void checkoutForASubscription();
    void checkoutForASetup();
    void aCheckoutSessionExpires();
    void aPaymentLinkMakesSessions();
    void aQuoteBecomesASubscription();
    void aQuoteOfOnePriceBecomesAnInvoice();
    void objectsHaveTheirShapes();

private:
    std::string product(const std::string &name = "Gold");
    std::string price(std::int64_t amount, const std::string &currency = "usd",
                      const std::string &interval = "month");
    Document subscribe(const std::string &customer, const std::string &price,
                       const std::string &more = {});
    std::string clockOf(std::int64_t at);
    void advance(const std::string &clock, std::int64_t to);
    std::string idOf(const Document &made) { return text(made.root(), "id"); }

    std::unique_ptr<BillingBench> m;
};

void TestDoubleBilling::init()
{
    m = std::make_unique<BillingBench>();
}

void TestDoubleBilling::cleanup()
{
    m.reset();
}

std::string TestDoubleBilling::product(const std::string &name)
{
    return idOf(m->post("/v1/products", "name=" + name));
}

std::string TestDoubleBilling::price(std::int64_t amount, const std::string &currency,
                                     const std::string &interval)
{
    const auto recurring = interval.empty() ? std::string() : "&recurring[interval]=" + interval;
    return idOf(m->post("/v1/prices", "product=" + product() + "&currency=" + currency +
                                          "&unit_amount=" + std::to_string(amount) + recurring));
}

Document TestDoubleBilling::subscribe(const std::string &customer, const std::string &price,
                                      const std::string &more)
{
    return m->post("/v1/subscriptions",
                   "customer=" + customer + "&items[0][price]=" + price + more);
}

std::string TestDoubleBilling::clockOf(std::int64_t at)
{
    return idOf(m->post("/v1/test_helpers/test_clocks", "frozen_time=" + std::to_string(at)));
}

void TestDoubleBilling::advance(const std::string &clock, std::int64_t to)
{
    const auto moving = m->post("/v1/test_helpers/test_clocks/" + clock + "/advance",
                                "frozen_time=" + std::to_string(to));
    QCOMPARE(text(moving.root(), "status"), std::string("advancing"));
    m->clock.advance(std::chrono::seconds(1));
    QCOMPARE(text(m->object("test_helpers.test_clock", clock), "status"), std::string("ready"));
    QCOMPARE(number(m->object("test_helpers.test_clock", clock), "frozen_time"), to);
}

void TestDoubleBilling::aSubscriptionIsBilledAndPaid()
{
    const auto who = m->customer("pm_card_visa");
    const auto gold = price(1500);
    const auto before = m->events.size();
    const auto sub = subscribe(who, gold, "&items[0][quantity]=2&metadata[order]=7");
    QCOMPARE(m->status, 200);
    QCOMPARE(text(sub.root(), "status"), std::string("active"));
    QCOMPARE(about(m->typesSince(before), "customer.s"),
             (Texts{"customer.subscription.created", "customer.subscription.updated"}));
    QCOMPARE(about(m->typesSince(before), "invoice"),
             (Texts{"invoice.created", "invoice.finalized", "invoice_payment.paid",
                    "invoice.updated", "invoice.paid", "invoice.payment_succeeded"}));
    const auto types = m->typesSince(before);
    const auto at = [&](const char *type) {
        return std::find(types.begin(), types.end(), type) - types.begin();
    };
    QVERIFY(at("customer.subscription.created") < at("invoice.created"));
    QVERIFY(at("invoice.finalized") < at("payment_intent.created"));
    QVERIFY(at("payment_intent.succeeded") < at("invoice.paid"));
    QVERIFY(at("invoice.payment_succeeded") < at("customer.subscription.updated"));

    const Value invoice = m->object("invoice", text(sub.root(), "latest_invoice"));
    QCOMPARE(text(invoice, "status"), std::string("paid"));
    QCOMPARE(number(invoice, "amount_paid"), 3000);
    QCOMPARE(number(invoice, "amount_remaining"), 0);
    QCOMPARE(text(invoice, "billing_reason"), std::string("subscription_create"));
    QCOMPARE(text(invoice, "parent.subscription_details.metadata.order"), std::string("7"));
    QCOMPARE(text(invoice, "parent.subscription_details.subscription"), idOf(sub));
    QVERIFY(text(invoice, "number").ends_with("-0001"));
    QCOMPARE(number(invoice, "lines.data.0.quantity"), 2);
    QVERIFY(sub.root().get("current_period_end").isUndefined());
    QCOMPARE(number(sub.root(), "items.data.0.current_period_start"),
             number(sub.root(), "created"));
}

void TestDoubleBilling::theFirstPaymentDecidesTheStatus_data()
{
    QTest::addColumn<QByteArray>("card");
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<int>("answer");
    QTest::addColumn<QByteArray>("status");
    const auto row = [](const char *name, const char *card, const char *more, int answer,
                        const char *status) {
        QTest::newRow(name) << QByteArray(card) << QByteArray(more) << answer << QByteArray(status);
    };
    row("a card that works", "pm_card_visa", "", 200, "active");
    row("a declined card leaves it incomplete", "pm_card_chargeCustomerFail", "", 200,
        "incomplete");
    row("no card is refused", "", "", 400, "");
    row("no card, to be paid later", "", "&payment_behavior=default_incomplete", 200, "incomplete");
    row("default_incomplete charges nothing", "pm_card_visa",
        "&payment_behavior=default_incomplete", 200, "incomplete");
    row("an error keeps nothing", "pm_card_chargeCustomerFail",
        "&payment_behavior=error_if_incomplete", 402, "");
    row("error_if_incomplete that works", "pm_card_visa", "&payment_behavior=error_if_incomplete",
        200, "active");
    row("another step is needed", "pm_card_authenticationRequired", "", 200, "incomplete");
    row("by invoice", "", "&collection_method=send_invoice&days_until_due=30", 200, "active");
    row("a trial asks for nothing", "", "&trial_period_days=14", 200, "trialing");
}

void TestDoubleBilling::theFirstPaymentDecidesTheStatus()
{
    QFETCH(QByteArray, card);
    QFETCH(QByteArray, more);
    QFETCH(int, answer);
    QFETCH(QByteArray, status);
    const auto sub = subscribe(m->customer(card.toStdString()), price(900), more.toStdString());
    QCOMPARE(m->status, answer);
    QCOMPARE(int(m->store().list("subscription").size()), answer == 200 ? 1 : 0);
    if (answer == 200)
        QCOMPARE(text(sub.root(), "status"), status.toStdString());
    else
        QVERIFY(m->store().list("invoice").empty());
}

void TestDoubleBilling::anIncompleteSubscriptionIsPaidLater()
{
    const auto sub = subscribe(m->customer("pm_card_visa"), price(900),
                               "&payment_behavior=default_incomplete"
                               "&payment_settings[save_default_payment_method]=on_subscription");
    const auto invoice = text(sub.root(), "latest_invoice");
    const Value secret = m->object("invoice", invoice).find("confirmation_secret.client_secret");
    QVERIFY(secret.isString());
    const auto intent =
        text(m->store().list("invoice_payment").front()->root(), "payment.payment_intent");
    m->post("/v1/payment_intents/" + intent + "/confirm", "payment_method=pm_card_visa");
    QCOMPARE(text(m->object("invoice", invoice), "status"), std::string("paid"));
    const Value after = m->object("subscription", idOf(sub));
    QCOMPARE(text(after, "status"), std::string("active"));
    QVERIFY(text(after, "default_payment_method").starts_with("pm_"));
    QCOMPARE(text(m->events.back().previous->root(), "status"), std::string("incomplete"));
}

void TestDoubleBilling::anIncompleteSubscriptionExpires()
{
    const auto sub = subscribe(m->customer("pm_card_chargeCustomerFail"), price(900));
    m->clock.advance(std::chrono::hours(23) - std::chrono::seconds(1));
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("incomplete"));
    m->clock.advance(std::chrono::seconds(1));
    const Value after = m->object("subscription", idOf(sub));
    QCOMPARE(text(after, "status"), std::string("incomplete_expired"));
    QCOMPARE(text(m->object("invoice", text(after, "latest_invoice")), "status"),
             std::string("void"));
    QCOMPARE(m->countOf("payment_intent.canceled"), 1);
}

void TestDoubleBilling::aTrialCostsNothingAndEnds()
{
    const auto start = m->clock.now().seconds();
    const auto sub = subscribe(m->customer("pm_card_visa"), price(900), "&trial_period_days=10");
    const Value first = m->object("invoice", text(sub.root(), "latest_invoice"));
    QCOMPARE(number(first, "total"), 0);
    QCOMPARE(text(first, "status"), std::string("paid"));
    QCOMPARE(m->countOf("invoice.paid"), 1);
    QCOMPARE(m->countOf("invoice.payment_succeeded"), 0);
    QCOMPARE(number(sub.root(), "trial_end"), start + 10 * kDay);
    m->clock.advance(std::chrono::hours(24 * 7 - 1));
    QCOMPARE(m->countOf("customer.subscription.trial_will_end"), 0);
    m->clock.advance(std::chrono::hours(1));
    QCOMPARE(m->countOf("customer.subscription.trial_will_end"), 1);
    m->clock.advance(std::chrono::hours(24 * 3));
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("active"));
    QCOMPARE(number(m->object("subscription", idOf(sub)), "items.data.0.current_period_start"),
             start + 10 * kDay);
    m->clock.advance(std::chrono::minutes(61));
    QCOMPARE(m->countOf("invoice.payment_succeeded"), 1);
    QCOMPARE(m->countOf("customer.subscription.trial_will_end"), 1);
}

void TestDoubleBilling::aTrialWithoutACardMayEndTheSubscription()
{
    const char *cases[][2] = {{"cancel", "canceled"}, {"pause", "paused"}};
    for (const auto &[wish, status] : cases) {
        const auto sub = subscribe(
            m->customer(""), price(900),
            std::string(
                "&trial_period_days=5&trial_settings[end_behavior][missing_payment_method]=") +
                wish);
        QVERIFY(sub.root().get("pending_setup_intent").isString());
        m->clock.advance(std::chrono::hours(24 * 5));
        QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string(status));
    }
    QCOMPARE(m->countOf("customer.subscription.deleted"), 1);
    QCOMPARE(m->countOf("customer.subscription.paused"), 1);
}

void TestDoubleBilling::anUpgradeIsProrated_data()
{
    QTest::addColumn<QByteArray>("currency");
    QTest::addColumn<QByteArray>("behaviour");
    QTest::addColumn<int>("credit");
    QTest::addColumn<int>("charge");
    QTest::addColumn<int>("invoices");
    QTest::newRow("prorations wait")
        << QByteArray("usd") << QByteArray("create_prorations") << -500 << 1000 << 1;
    QTest::newRow("billed at once")
        << QByteArray("usd") << QByteArray("always_invoice") << -500 << 1000 << 2;
    QTest::newRow("none") << QByteArray("usd") << QByteArray("none") << 0 << 0 << 1;
    QTest::newRow("yen") << QByteArray("jpy") << QByteArray("always_invoice") << -500 << 1000 << 2;
    QTest::newRow("dinars") << QByteArray("kwd") << QByteArray("always_invoice") << -500 << 1000
                            << 2;
}

void TestDoubleBilling::anUpgradeIsProrated()
{
    QFETCH(QByteArray, currency);
    QFETCH(QByteArray, behaviour);
    QFETCH(int, credit);
    QFETCH(int, charge);
    QFETCH(int, invoices);
    const auto start = std::int64_t(1'775'001'600); // 1 April 2026: a month of 30 days
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    const auto sub = subscribe(who, price(1000, currency.toStdString()));
    advance(clock, start + 15 * kDay);
    const auto better = price(2000, currency.toStdString());
    const auto after = m->post("/v1/subscriptions/" + idOf(sub),
                               "items[0][id]=" + text(sub.root(), "items.data.0.id") +
                                   "&items[0][price]=" + better +
                                   "&proration_behavior=" + behaviour.toStdString());
    QCOMPARE(m->status, 200);
    QCOMPARE(text(after.root(), "items.data.0.price.id"), better);
    QCOMPARE(text(after.root(), "items.data.0.id"), text(sub.root(), "items.data.0.id"));
    std::vector<std::int64_t> amounts;
    for (const auto &item : m->store().list("invoiceitem")) {
        QVERIFY(item->root().get("proration").asBool());
        QCOMPARE(number(item->root(), "period.start"), start + 15 * kDay);
        QCOMPARE(number(item->root(), "period.end"), start + 30 * kDay);
        amounts.push_back(number(item->root(), "amount"));
    }
    std::sort(amounts.begin(), amounts.end());
    if (credit == 0)
        QVERIFY(amounts.empty());
    else
        QCOMPARE(amounts, (std::vector<std::int64_t>{credit, charge}));
    QCOMPARE(int(m->store().list("invoice").size()), invoices);
    const Value latest = m->object("invoice", text(after.root(), "latest_invoice"));
    if (invoices == 2) {
        QCOMPARE(number(latest, "total"), credit + charge);
        QCOMPARE(text(latest, "billing_reason"), std::string("subscription_update"));
        QCOMPARE(text(latest, "status"), std::string("paid"));
    }
    // What waited is part of the renewal.
    advance(clock, start + 30 * kDay + 7200);
    const Value renewal =
        m->object("invoice", text(m->object("subscription", idOf(sub)), "latest_invoice"));
    QCOMPARE(number(renewal, "total"), invoices == 2 ? 2000 : 2000 + credit + charge);
    QCOMPARE(text(renewal, "status"), std::string("paid"));
}

void TestDoubleBilling::anotherIntervalStartsTheCycleAnew()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto sub = subscribe(m->customer("pm_card_visa", "&test_clock=" + clock), price(1000));
    advance(clock, start + 15 * kDay);
    const auto after = m->post("/v1/subscriptions/" + idOf(sub),
                               "items[0][id]=" + text(sub.root(), "items.data.0.id") +
                                   "&items[0][price]=" + price(10'000, "usd", "year"));
    QCOMPARE(number(after.root(), "billing_cycle_anchor"), start + 15 * kDay);
    QCOMPARE(number(after.root(), "items.data.0.current_period_end"),
             start + 15 * kDay + 365 * kDay);
    const Value invoice = m->object("invoice", text(after.root(), "latest_invoice"));
    QCOMPARE(number(invoice, "total"), 10'000 - 500);
    QCOMPARE(text(invoice, "status"), std::string("paid"));
}

void TestDoubleBilling::anUpgradeThatCannotBePaidChangesNothing()
{
    const auto who = m->customer("pm_card_visa");
    const auto sub = subscribe(who, price(1000));
    m->useCard(who, "pm_card_chargeCustomerFail");
    m->post("/v1/subscriptions/" + idOf(sub),
            "items[0][id]=" + text(sub.root(), "items.data.0.id") + "&items[0][quantity]=5" +
                "&proration_behavior=always_invoice&payment_behavior=error_if_incomplete");
    QCOMPARE(m->status, 402);
    QCOMPARE(number(m->object("subscription", idOf(sub)), "items.data.0.quantity"), 1);
    QVERIFY(m->store().list("invoiceitem").empty());
}

void TestDoubleBilling::renewalsThatFailAreTriedAgain_data()
{
    QTest::addColumn<QByteArray>("metadata");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("it is canceled") << QByteArray() << QByteArray("canceled");
    QTest::newRow("it is unpaid") << QByteArray("&metadata[tidewire_after_retries]=unpaid")
                                  << QByteArray("unpaid");
    QTest::newRow("it stays past due")
        << QByteArray("&metadata[tidewire_after_retries]=past_due") << QByteArray("past_due");
}

void TestDoubleBilling::renewalsThatFailAreTriedAgain()
{
    QFETCH(QByteArray, metadata);
    QFETCH(QByteArray, end);
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    const auto sub = subscribe(who, price(1000), metadata.toStdString());
    m->useCard(who, "pm_card_chargeCustomerFail");
    const auto due = start + 30 * kDay;
    advance(clock, due + 3600);
    const auto invoice = text(m->object("subscription", idOf(sub)), "latest_invoice");
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("past_due"));
    QCOMPARE(number(m->object("invoice", invoice), "attempt_count"), 1);
    QCOMPARE(number(m->object("invoice", invoice), "next_payment_attempt"), due + 3600 + 3 * kDay);
    advance(clock, due + 3600 + (3 + 5 + 7) * kDay - 1);
    QCOMPARE(m->countOf("invoice.payment_failed"), 3);
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("past_due"));
    advance(clock, due + 3600 + (3 + 5 + 7) * kDay);
    QCOMPARE(m->countOf("invoice.payment_failed"), 4);
    QVERIFY(m->object("invoice", invoice).get("next_payment_attempt").isNull());
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), end.toStdString());
    QCOMPARE(m->countOf("customer.subscription.deleted"), end == "canceled" ? 1 : 0);
    if (end == "canceled")
        QCOMPARE(text(m->object("subscription", idOf(sub)), "cancellation_details.reason"),
                 std::string("payment_failed"));
    // Unpaid subscriptions go on as drafts that nobody collects.
    advance(clock, start + 62 * kDay);
    const Value later = m->object("subscription", idOf(sub));
    if (end == "unpaid")
        QCOMPARE(text(m->object("invoice", text(later, "latest_invoice")), "status"),
                 std::string("draft"));
}

void TestDoubleBilling::aLatePaymentRevives()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    const auto sub = subscribe(who, price(1000));
    m->useCard(who, "pm_card_chargeCustomerFail");
    advance(clock, start + 31 * kDay);
    const auto invoice = text(m->object("subscription", idOf(sub)), "latest_invoice");
    m->post("/v1/invoices/" + invoice + "/pay");
    QCOMPARE(m->status, 402);
    m->useCard(who, "pm_card_visa");
    const auto paid = m->post("/v1/invoices/" + invoice + "/pay");
    QCOMPARE(text(paid.root(), "status"), std::string("paid"));
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("active"));
}

void TestDoubleBilling::aCancellationWaitsForTheEndOfThePeriod()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto sub = subscribe(m->customer("pm_card_visa", "&test_clock=" + clock), price(1000));
    const auto changed = m->post("/v1/subscriptions/" + idOf(sub),
                                 "cancel_at_period_end=true&cancellation_details[feedback]=unused");
    QCOMPARE(text(changed.root(), "status"), std::string("active"));
    QCOMPARE(number(changed.root(), "cancel_at"), start + 30 * kDay);
    QCOMPARE(text(changed.root(), "cancellation_details.feedback"), std::string("unused"));
    QCOMPARE(m->countOf("customer.subscription.deleted"), 0);
    const auto undone = m->post("/v1/subscriptions/" + idOf(sub), "cancel_at_period_end=false");
    QVERIFY(undone.root().get("cancel_at").isNull());
    m->post("/v1/subscriptions/" + idOf(sub), "cancel_at_period_end=true");
    advance(clock, start + 31 * kDay);
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("canceled"));
    QCOMPARE(number(m->object("subscription", idOf(sub)), "ended_at"), start + 30 * kDay);
    QCOMPARE(m->countOf("customer.subscription.deleted"), 1);
    QCOMPARE(m->countOf("invoice.upcoming"), 0);
    QCOMPARE(int(m->store().list("invoice").size()), 1);
}

void TestDoubleBilling::aCancellationNowMayCreditTheRest()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    const auto sub = subscribe(who, price(1000));
    advance(clock, start + 15 * kDay);
    const auto gone = m->del("/v1/subscriptions/" + idOf(sub), "prorate=true&invoice_now=true");
    QCOMPARE(text(gone.root(), "status"), std::string("canceled"));
    QCOMPARE(text(gone.root(), "cancellation_details.reason"),
             std::string("cancellation_requested"));
    QCOMPARE(number(m->object("customer", who), "balance"), -500);
    m->del("/v1/subscriptions/" + idOf(sub));
    QCOMPARE(m->status, 404);
}

void TestDoubleBilling::aYearOnATestClock()
{
    const auto start = std::int64_t(1'769'817'600); // 31 January 2026
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    const auto sub = subscribe(who, price(1999));
    advance(clock, start + 365 * kDay - 1);
    std::vector<DocumentPtr> invoices = m->store().list("invoice");
    std::reverse(invoices.begin(), invoices.end());
    QCOMPARE(int(invoices.size()), 12);
    std::int64_t sum = 0, expected = start;
    for (const auto &invoice : invoices) {
        const Value &root = invoice->root();
        QCOMPARE(text(root, "status"), std::string("paid"));
        QCOMPARE(number(root, "lines.data.0.period.start"), expected);
        expected = number(root, "lines.data.0.period.end");
        sum += number(root, "amount_paid");
    }
    QCOMPARE(sum, std::int64_t(12 * 1999));
    QCOMPARE(expected, start + 365 * kDay);
    // February ends the period early, March has its 31st again.
    QCOMPARE(number(invoices[0]->root(), "lines.data.0.period.end"), start + 28 * kDay);
    QCOMPARE(number(invoices[1]->root(), "lines.data.0.period.end"), start + 59 * kDay);
    QCOMPARE(m->countOf("invoice.upcoming"), 12);
    for (const auto &event : m->events) {
        if (event.type == "invoice.upcoming")
            QVERIFY(event.object->root().get("id").isUndefined());
    }
    QVERIFY(text(invoices.back()->root(), "number").ends_with("-0012"));
    m->del("/v1/test_helpers/test_clocks/" + clock);
    QVERIFY(m->object("customer", who).isUndefined());
    QVERIFY(m->store().list("invoice").empty());
}

void TestDoubleBilling::aPauseOfCollectionVoids()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto sub = subscribe(m->customer("pm_card_visa", "&test_clock=" + clock), price(1000));
    m->post("/v1/subscriptions/" + idOf(sub),
            "pause_collection[behavior]=void&pause_collection[resumes_at]=" +
                std::to_string(start + 40 * kDay));
    advance(clock, start + 62 * kDay);
    QCOMPARE(m->countOf("invoice.voided"), 1);
    QVERIFY(m->object("subscription", idOf(sub)).get("pause_collection").isNull());
    QCOMPARE(m->countOf("invoice.payment_succeeded"), 2);
}

void TestDoubleBilling::currenciesOfACustomerDoNotMix()
{
    const auto who = m->customer("pm_card_visa");
    const auto sub = subscribe(who, price(1000));
    QCOMPARE(text(m->object("customer", who), "currency"), std::string("usd"));
    const auto euro = price(1000, "eur");
    subscribe(who, euro);
    QCOMPARE(m->status, 400);
    subscribe(who, price(1000), "&items[1][price]=" + euro);
    QCOMPARE(m->status, 400);
    m->del("/v1/subscriptions/" + idOf(sub));
    subscribe(who, euro);
    QCOMPARE(m->status, 200);
}

void TestDoubleBilling::aDeletedCustomerEndsItsSubscriptions()
{
    const auto who = m->customer("pm_card_visa");
    const auto sub = subscribe(who, price(1000));
    m->del("/v1/customers/" + who);
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("canceled"));
}

void TestDoubleBilling::listsAreFiltered()
{
    const auto who = m->customer("pm_card_visa");
    const auto first = subscribe(who, price(1000));
    m->clock.advance(std::chrono::seconds(10));
    const auto second = subscribe(who, price(2000));
    const auto ids = [&](const std::string &path, const std::string &query) {
        Texts found;
        const Document page = m->list(path, query);
        for (const auto &item : page.root().get("data").items())
            found.push_back(text(item, "id"));
        return found;
    };
    QCOMPARE(ids("/v1/invoices", "subscription=" + idOf(first)),
             (Texts{text(first.root(), "latest_invoice")}));
    QCOMPARE(int(ids("/v1/invoices", "customer=" + who + "&status=paid").size()), 2);
    QCOMPARE(ids("/v1/invoices", "created[gt]=" + std::to_string(number(first.root(), "created"))),
             (Texts{text(second.root(), "latest_invoice")}));
    QCOMPARE(ids("/v1/subscription_items", "subscription=" + idOf(second)),
             (Texts{text(second.root(), "items.data.0.id")}));
    m->post("/v1/prices", "product=" + product() + "&currency=usd&unit_amount=1&lookup_key=a");
    m->post("/v1/prices", "product=" + product() + "&currency=usd&unit_amount=1&lookup_key=b");
    QCOMPARE(int(ids("/v1/prices", "lookup_keys[]=a&lookup_keys[]=b&lookup_keys[]=c").size()), 2);
    QCOMPARE(int(ids("/v1/prices", "type=one_time").size()), 2);
    QCOMPARE(int(ids("/v1/prices", "recurring[interval]=month").size()), 2);
    m->post("/v1/invoiceitems", "customer=" + who + "&amount=100&currency=usd");
    QCOMPARE(int(ids("/v1/invoiceitems", "pending=true").size()), 1);
    QCOMPARE(int(ids("/v1/invoiceitems", "pending=false").size()), 0);
    m->del("/v1/subscriptions/" + idOf(first));
    QCOMPARE(ids("/v1/subscriptions", {}), (Texts{idOf(second)}));
    QCOMPARE(int(ids("/v1/subscriptions", "status=all").size()), 2);
}

void TestDoubleBilling::whatIsShownOnlyWhenAsked()
{
    const auto sub = subscribe(m->customer("pm_card_visa"), price(1000));
    Arena arena;
    const auto call = m->callIn(arena);
    const Value invoice = m->host().get(call, "invoice", text(sub.root(), "latest_invoice"));
    QVERIFY(invoice.get("payments").isUndefined());
    const Value payments = stripe::billingIncludes(m->host(), call, invoice, "payments");
    QCOMPARE(text(payments, "data.0.status"), std::string("paid"));
    QCOMPARE(number(payments, "data.0.amount_paid"), 1000);
    const auto session =
        m->post("/v1/checkout/sessions",
                "mode=payment&success_url=x&line_items[0][price]=" + price(700, "usd", {}));
    QVERIFY(session.root().get("line_items").isUndefined());
    const Value items = stripe::billingIncludes(
        m->host(), call, m->host().get(call, "checkout.session", idOf(session)), "line_items");
    QCOMPARE(number(items, "data.0.amount_total"), 700);
}

void TestDoubleBilling::expandReachesIntoBilling()
{
    const auto sub =
        subscribe(m->customer("pm_card_visa"), price(1000),
                  "&payment_behavior=default_incomplete&expand[]=latest_invoice.payments"
                  "&expand[]=latest_invoice.confirmation_secret");
    QVERIFY2(m->status == 200, m->lastBody.c_str());
    QCOMPARE(text(sub.root(), "latest_invoice.payments.data.0.status"), std::string("open"));
    QVERIFY(sub.root().find("latest_invoice.confirmation_secret.client_secret").isString());
    const auto session =
        m->post("/v1/checkout/sessions", "mode=payment&success_url=x&line_items[0][price]=" +
                                             price(700, "usd", {}) + "&expand[]=line_items");
    QCOMPARE(number(session.root(), "line_items.data.0.amount_total"), 700);
    const auto tiered = m->post(
        "/v1/prices", "product=" + product() +
                          "&currency=usd&billing_scheme=tiered&tiers_mode=graduated&tiers[0]"
                          "[up_to]=5&tiers[0][unit_amount]=700&tiers[1][up_to]=inf&tiers[1]"
                          "[unit_amount_decimal]=0.5&recurring[interval]=month");
    QVERIFY(tiered.root().get("tiers").isUndefined());
    const auto shown = m->list("/v1/prices/" + idOf(tiered), "expand[]=tiers");
    QCOMPARE(int(shown.root().get("tiers").size()), 2);
    QVERIFY(shown.root().find("tiers.1.up_to").isNull());
    const auto listed = m->list("/v1/invoices", "expand[]=data.customer&limit=1");
    QCOMPARE(text(listed.root(), "data.0.customer.name"), std::string("Ana"));
    for (const auto &event : m->events)
        QVERIFY(event.object->root().get("confirmation_secret").isUndefined());
}

void TestDoubleBilling::deadlinesSurviveARestart()
{
    const auto sub = subscribe(m->customer("pm_card_visa"), price(1000), "&trial_period_days=10");
    // The timers are gone, the objects are not.
    m->clock.jump(std::chrono::hours(24 * 11));
    m->restart();
    Arena arena;
    stripe::resumeBilling(m->host(), m->callIn(arena));
    m->clock.advance(std::chrono::seconds(1));
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("active"));
    QCOMPARE(m->countOf("customer.subscription.trial_will_end"), 1);
    QCOMPARE(number(m->object("subscription", idOf(sub)), "items.data.0.current_period_start"),
             number(sub.root(), "trial_end"));
}

void TestDoubleBilling::aSchedulePassesItsPhases()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    const auto low = price(1000), high = price(3000);
    const auto schedule =
        m->post("/v1/subscription_schedules",
                "customer=" + who + "&start_date=" + std::to_string(start + kDay) +
                    "&end_behavior=cancel&phases[0][items][0][price]=" + low +
                    "&phases[0][duration][interval]=month&phases[1][items][0][price]=" + high +
                    "&phases[1][duration][interval]=month");
    QCOMPARE(m->status, 200);
    QCOMPARE(text(schedule.root(), "status"), std::string("not_started"));
    advance(clock, start + 2 * kDay);
    const Value active = m->object("subscription_schedule", idOf(schedule));
    QCOMPARE(text(active, "status"), std::string("active"));
    const auto sub = text(active, "subscription");
    QCOMPARE(text(m->object("subscription", sub), "items.data.0.price.id"), low);
    advance(clock, start + 33 * kDay);
    QCOMPARE(text(m->object("subscription", sub), "items.data.0.price.id"), high);
    QCOMPARE(number(m->object("invoice", text(m->object("subscription", sub), "latest_invoice")),
                    "total"),
             3000);
    advance(clock, start + 70 * kDay);
    QCOMPARE(text(m->object("subscription", sub), "status"), std::string("canceled"));
    QCOMPARE(text(m->object("subscription_schedule", idOf(schedule)), "status"),
             std::string("completed"));
}

void TestDoubleBilling::aScheduleFollowsItsSubscription()
{
    const auto sub = subscribe(m->customer("pm_card_visa"), price(1000));
    const auto form = "from_subscription=" + idOf(sub);
    const auto first = m->post("/v1/subscription_schedules", form);
    QCOMPARE(text(first.root(), "status"), std::string("active"));
    QCOMPARE(text(m->object("subscription", idOf(sub)), "schedule"), idOf(first));
    m->post("/v1/subscription_schedules", form);
    QCOMPARE(m->status, 400);
    const auto released = m->post("/v1/subscription_schedules/" + idOf(first) + "/release");
    QCOMPARE(text(released.root(), "released_subscription"), idOf(sub));
    QVERIFY(m->object("subscription", idOf(sub)).get("schedule").isNull());
    const auto second = m->post("/v1/subscription_schedules", form);
    m->del("/v1/subscriptions/" + idOf(sub));
    QCOMPARE(text(m->object("subscription_schedule", idOf(second)), "status"),
             std::string("canceled"));
    QCOMPARE(m->countOf("subscription_schedule.canceled"), 1);
}

void TestDoubleBilling::aCouponCountsAndEnds()
{
    const auto start = std::int64_t(1'775'001'600);
    const auto clock = clockOf(start);
    const auto who = m->customer("pm_card_visa", "&test_clock=" + clock);
    m->post("/v1/coupons", "id=HALF&percent_off=50&duration=once&max_redemptions=1");
    const auto code =
        m->post("/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=HALF&code=SPRING");
    const auto sub =
        subscribe(who, price(1001), "&discounts[0][promotion_code]=" + text(code.root(), "id"));
    const Value first = m->object("invoice", text(sub.root(), "latest_invoice"));
    QCOMPARE(number(first, "subtotal"), 1001);
    QCOMPARE(number(first, "total_discount_amounts.0.amount"), 501);
    QCOMPARE(number(first, "amount_paid"), 500);
    QCOMPARE(number(m->object("coupon", "HALF"), "times_redeemed"), 1);
    QVERIFY(!m->object("coupon", "HALF").get("valid").asBool());
    QCOMPARE(m->countOf("customer.discount.created"), 1);
    advance(clock, start + 31 * kDay);
    const Value second =
        m->object("invoice", text(m->object("subscription", idOf(sub)), "latest_invoice"));
    QCOMPARE(number(second, "amount_paid"), 1001);
    subscribe(who, price(500), "&discounts[0][coupon]=HALF");
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::aCouponOfOneProductAndAFirstPurchase()
{
    const auto silver = product("Silver");
    const auto cheap = idOf(m->post("/v1/prices", "product=" + silver +
                                                      "&currency=usd&unit_amount=400"
                                                      "&recurring[interval]=month"));
    m->post("/v1/coupons",
            "id=SILVER&percent_off=50&duration=forever&applies_to[products][0]=" + silver);
    const auto code =
        m->post("/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=SILVER"
                                       "&restrictions[first_time_transaction]=true");
    const auto who = m->customer("pm_card_visa");
    const auto form = "&items[1][price]=" + cheap + "&discounts[0][promotion_code]=" + idOf(code);
    const auto sub = subscribe(who, price(1000), form);
    QCOMPARE(number(m->object("invoice", text(sub.root(), "latest_invoice")), "total"), 1200);
    subscribe(who, price(1000), form);
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::aPaymentThatNeedsAnotherStep()
{
    const auto who = m->customer("pm_card_authenticationRequired");
    const auto sub = subscribe(who, price(1000));
    QCOMPARE(text(sub.root(), "status"), std::string("incomplete"));
    QCOMPARE(m->countOf("invoice.payment_action_required"), 1);
    QCOMPARE(m->countOf("invoice.payment_failed"), 1);
    const auto intent =
        text(m->store().list("invoice_payment").front()->root(), "payment.payment_intent");
    QCOMPARE(text(m->object("payment_intent", intent), "status"), std::string("requires_action"));
    m->post("/v1/payment_intents/" + intent + "/confirm", "payment_method=pm_card_visa");
    QCOMPARE(text(m->object("subscription", idOf(sub)), "status"), std::string("active"));
}

void TestDoubleBilling::taxesOnAnInvoice_data()
{
    QTest::addColumn<bool>("inclusive");
    QTest::addColumn<int>("total");
    QTest::addColumn<int>("tax");
    QTest::newRow("on top") << false << 1190 << 190;
    QTest::newRow("inside") << true << 1000 << 160;
}

void TestDoubleBilling::taxesOnAnInvoice()
{
    QFETCH(bool, inclusive);
    QFETCH(int, total);
    QFETCH(int, tax);
    const auto rate =
        m->post("/v1/tax_rates", std::string("display_name=VAT&percentage=19&inclusive=") +
                                     (inclusive ? "true" : "false"));
    const auto sub =
        subscribe(m->customer("pm_card_visa"), price(1000), "&default_tax_rates[0]=" + idOf(rate));
    const Value invoice = m->object("invoice", text(sub.root(), "latest_invoice"));
    QCOMPARE(number(invoice, "total"), std::int64_t(total));
    QCOMPARE(number(invoice, "total_taxes.0.amount"), std::int64_t(tax));
    QCOMPARE(text(invoice, "total_taxes.0.tax_rate_details.tax_rate"), idOf(rate));
    QCOMPARE(number(invoice, "total_excluding_tax"), std::int64_t(total - tax));
    QCOMPARE(number(invoice, "lines.data.0.taxes.0.taxable_amount"), std::int64_t(total - tax));
}

void TestDoubleBilling::anInvoiceOutOfBand()
{
    const auto who = m->customer("");
    m->post("/v1/invoiceitems", "customer=" + who + "&amount=2500&currency=eur");
    const auto draft = m->post("/v1/invoices", "customer=" + who +
                                                   "&currency=eur&pending_invoice_items_behavior="
                                                   "include&collection_method=send_invoice"
                                                   "&days_until_due=30");
    const auto open = m->post("/v1/invoices/" + idOf(draft) + "/finalize");
    QCOMPARE(text(open.root(), "status"), std::string("open"));
    QCOMPARE(number(open.root(), "due_date"), number(open.root(), "created") + 30 * kDay);
    m->post("/v1/invoices/" + idOf(draft), "description=late");
    QCOMPARE(m->status, 400);
    const auto paid = m->post("/v1/invoices/" + idOf(draft) + "/pay", "paid_out_of_band=true");
    QCOMPARE(text(paid.root(), "status"), std::string("paid"));
    QCOMPARE(number(paid.root(), "amount_paid"), 2500);
    QCOMPARE(m->countOf("invoice.paid"), 1);
    QCOMPARE(m->countOf("invoice.payment_succeeded"), 0);
    QCOMPARE(m->countOf("payment_intent.canceled"), 1);
    m->post("/v1/invoices/" + idOf(draft) + "/pay");
    QCOMPARE(m->status, 400);
    m->del("/v1/invoices/" + idOf(draft));
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::anInvoiceOfNothing()
{
    const auto draft = m->post("/v1/invoices", "customer=" + m->customer(""));
    const auto done = m->post("/v1/invoices/" + idOf(draft) + "/finalize");
    QCOMPARE(text(done.root(), "status"), std::string("paid"));
    QCOMPARE(m->countOf("invoice.paid"), 1);
    QCOMPARE(m->countOf("payment_intent.created"), 0);
}

void TestDoubleBilling::aBalanceIsUsedAndGivenBack()
{
    const auto who = m->customer("pm_card_visa", "&balance=-700");
    m->post("/v1/invoiceitems", "customer=" + who + "&amount=1000&currency=usd");
    const auto draft =
        m->post("/v1/invoices", "customer=" + who + "&pending_invoice_items_behavior=include");
    const auto open = m->post("/v1/invoices/" + idOf(draft) + "/finalize");
    QCOMPARE(number(open.root(), "starting_balance"), -700);
    QCOMPARE(number(open.root(), "ending_balance"), 0);
    QCOMPARE(number(open.root(), "amount_due"), 300);
    QCOMPARE(number(m->object("customer", who), "balance"), 0);
    m->post("/v1/invoices/" + idOf(draft) + "/void");
    QCOMPARE(m->status, 200);
    QCOMPARE(number(m->object("customer", who), "balance"), -700);
    QCOMPARE(int(m->store().list("customer_balance_transaction").size()), 2);
}

void TestDoubleBilling::aDraftTakesWhatWaits()
{
    const auto who = m->customer("pm_card_visa");
    const auto item =
        m->post("/v1/invoiceitems", "customer=" + who + "&currency=usd&unit_amount_decimal=0.5" +
                                        "&quantity=3&metadata[k]=v");
    QCOMPARE(number(item.root(), "amount"), 2);
    const auto alone = m->post("/v1/invoices", "customer=" + who);
    QCOMPARE(number(alone.root(), "total"), 0);
    const auto draft = m->post("/v1/invoices", "customer=" + who +
                                                   "&pending_invoice_items_behavior=include"
                                                   "&auto_advance=true");
    QCOMPARE(number(draft.root(), "total"), 2);
    QCOMPARE(text(m->object("invoiceitem", idOf(item)), "invoice"), idOf(draft));
    m->post("/v1/invoiceitems/" + idOf(item), "amount=4000");
    QCOMPARE(number(m->object("invoice", idOf(draft)), "total"), 4000);
    m->post("/v1/invoiceitems",
            "customer=" + who + "&currency=usd&amount=500&invoice=" + idOf(draft));
    QCOMPARE(number(m->object("invoice", idOf(draft)), "total"), 4500);
    // By itself it is finalised after an hour, and collected.
    m->clock.advance(std::chrono::minutes(61));
    QCOMPARE(text(m->object("invoice", idOf(draft)), "status"), std::string("paid"));
    m->del("/v1/invoiceitems/" + idOf(item));
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::linesOfADraftChange()
{
    const auto draft = m->post("/v1/invoices", "customer=" + m->customer("pm_card_visa"));
    const auto path = "/v1/invoices/" + idOf(draft);
    const auto added = m->post(
        path + "/add_lines", "lines[0][amount]=700&lines[0][description]=Work&lines[1][price_data]"
                             "[currency]=usd&lines[1][price_data][unit_amount]=250&lines[1]"
                             "[price_data][product_data][name]=Part&lines[1][quantity]=2");
    QCOMPARE(m->status, 200);
    QCOMPARE(number(added.root(), "total"), 1200);
    const auto second = text(added.root(), "lines.data.1.id");
    const auto changed = m->post(path + "/lines/" + second, "quantity=4");
    QCOMPARE(number(changed.root(), "amount"), 1000);
    QCOMPARE(number(m->object("invoice", idOf(draft)), "total"), 1700);
    m->post(path + "/remove_lines",
            "lines[0][behavior]=delete&lines[0][id]=" + text(added.root(), "lines.data.0.id"));
    QCOMPARE(number(m->object("invoice", idOf(draft)), "total"), 1000);
    m->post(path + "/finalize");
    m->post(path + "/lines/" + second, "quantity=1");
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::manyLinesArePaged()
{
    const auto who = m->customer("");
    for (int i = 0; i < 23; ++i)
        m->post("/v1/invoiceitems", "customer=" + who + "&currency=usd&amount=100");
    const auto draft =
        m->post("/v1/invoices", "customer=" + who + "&pending_invoice_items_behavior=include");
    QCOMPARE(number(draft.root(), "total"), 2300);
    QCOMPARE(int(draft.root().find("lines.data").size()), 10);
    QVERIFY(draft.root().find("lines.has_more").asBool());
    Texts seen;
    std::string cursor;
    bool more = true;
    while (more) {
        const auto page = m->list("/v1/invoices/" + idOf(draft) + "/lines", "limit=9" + cursor);
        for (const auto &line : page.root().get("data").items())
            seen.push_back(text(line, "id"));
        more = page.root().get("has_more").asBool();
        cursor = "&starting_after=" + seen.back();
    }
    std::sort(seen.begin(), seen.end());
    QCOMPARE(std::unique(seen.begin(), seen.end()) - seen.begin(), 23);
    const auto open = m->post("/v1/invoices/" + idOf(draft) + "/finalize");
    QCOMPARE(number(open.root(), "amount_due"), 2300);
}

void TestDoubleBilling::aPreviewKeepsNothing()
{
    const auto sub = subscribe(m->customer("pm_card_visa"), price(1000));
    const auto better = price(2000);
    const auto events = m->events.size();
    const auto plain = m->post("/v1/invoices/create_preview", "subscription=" + idOf(sub));
    QCOMPARE(number(plain.root(), "total"), 1000);
    QCOMPARE(number(plain.root(), "lines.data.0.period.start"),
             number(sub.root(), "items.data.0.current_period_end"));
    const auto upgrade =
        m->post("/v1/invoices/create_preview",
                "subscription=" + idOf(sub) +
                    "&subscription_details[items][0][id]=" + text(sub.root(), "items.data.0.id") +
                    "&subscription_details[items][0][price]=" + better);
    QCOMPARE(number(upgrade.root(), "total"), 3000);
    QCOMPARE(int(upgrade.root().find("lines.data").size()), 3);
    QCOMPARE(m->events.size(), events);
    QCOMPARE(int(m->store().list("invoice").size()), 1);
}

void TestDoubleBilling::aCreditNoteOnAnOpenInvoice()
{
    const auto who = m->customer("");
    m->post("/v1/invoiceitems", "customer=" + who + "&currency=usd&amount=1000");
    const auto draft =
        m->post("/v1/invoices", "customer=" + who + "&pending_invoice_items_behavior=include");
    const auto open = m->post("/v1/invoices/" + idOf(draft) + "/finalize");
    const auto form = "invoice=" + idOf(draft);
    m->post("/v1/credit_notes", form + "&amount=1001");
    QCOMPARE(m->status, 400);
    const auto preview = m->list("/v1/credit_notes/preview", form + "&amount=400");
    QCOMPARE(number(preview.root(), "total"), 400);
    const auto note = m->post("/v1/credit_notes",
                              form +
                                  "&lines[0][type]=invoice_line_item&lines[0][amount]=400&lines[0]"
                                  "[invoice_line_item]=" +
                                  text(open.root(), "lines.data.0.id"));
    QCOMPARE(m->status, 200);
    QCOMPARE(text(note.root(), "type"), std::string("pre_payment"));
    QVERIFY(text(note.root(), "number").ends_with("-CN-01"));
    QCOMPARE(number(m->object("invoice", idOf(draft)), "amount_remaining"), 600);
    m->post("/v1/credit_notes/" + idOf(note) + "/void");
    QCOMPARE(number(m->object("invoice", idOf(draft)), "amount_remaining"), 1000);
    m->post("/v1/credit_notes", form + "&amount=1000");
    QCOMPARE(text(m->object("invoice", idOf(draft)), "status"), std::string("paid"));
}

void TestDoubleBilling::aCreditNoteOnAPaidInvoiceRefunds()
{
    const auto who = m->customer("pm_card_visa");
    const auto sub = subscribe(who, price(1000));
    const auto invoice = text(sub.root(), "latest_invoice");
    m->post("/v1/credit_notes", "invoice=" + invoice + "&amount=500");
    QCOMPARE(m->status, 400);
    const auto note =
        m->post("/v1/credit_notes", "invoice=" + invoice +
                                        "&amount=500&refund_amount=300&credit_amount=200"
                                        "&reason=order_change");
    QCOMPARE(m->status, 200);
    QCOMPARE(text(note.root(), "type"), std::string("post_payment"));
    QCOMPARE(number(note.root(), "refunds.0.amount_refunded"), 300);
    QCOMPARE(number(m->object("customer", who), "balance"), -200);
    QCOMPARE(number(m->object("invoice", invoice), "post_payment_credit_notes_amount"), 500);
    QCOMPARE(text(m->object("invoice", invoice), "status"), std::string("paid"));
    QCOMPARE(m->countOf("refund.created"), 1);
    QCOMPARE(m->countOf("credit_note.created"), 1);
}

void TestDoubleBilling::decimalsAndLookupKeysOfPrices()
{
    const auto gold = product();
    const auto form = "product=" + gold + "&currency=usd&lookup_key=std";
    const auto fine = m->post("/v1/prices", form + "&unit_amount_decimal=0.000000000001");
    QCOMPARE(text(fine.root(), "unit_amount_decimal"), std::string("0.000000000001"));
    QVERIFY(fine.root().get("unit_amount").isNull());
    m->post("/v1/prices", form + "&unit_amount=100");
    QCOMPARE(m->status, 400);
    const auto next = m->post("/v1/prices", form + "&unit_amount=100&transfer_lookup_key=true");
    QCOMPARE(text(next.root(), "lookup_key"), std::string("std"));
    QCOMPARE(text(next.root(), "unit_amount_decimal"), std::string("100"));
    QVERIFY(m->object("price", idOf(fine)).get("lookup_key").isNull());
    m->post("/v1/prices", "product=" + gold + "&currency=kwd&unit_amount=1001");
    QCOMPARE(m->status, 400);
    m->post("/v1/prices", "product=" + gold + "&currency=ugx&unit_amount=550");
    QCOMPARE(m->status, 400);
    m->post("/v1/prices", "product=prod_none&currency=usd&unit_amount=1");
    QCOMPARE(m->status, 400);
    m->del("/v1/products/" + gold);
    QCOMPARE(m->status, 400);
    const auto made = m->post("/v1/products", "name=Silver&default_price_data[currency]=usd"
                                              "&default_price_data[unit_amount]=700"
                                              "&default_price_data[recurring][interval]=month");
    const auto own = text(made.root(), "default_price");
    QCOMPARE(number(m->object("price", own), "unit_amount"), 700);
    QCOMPARE(text(m->list("/v1/plans/" + own).root(), "interval"), std::string("month"));
}

void TestDoubleBilling::checkoutForOnePayment()
{
    const auto session = m->post(
        "/v1/checkout/sessions",
        "mode=payment&success_url=https%3A%2F%2Fx.example&client_reference_id=order-7&metadata[a]=1"
        "&payment_intent_data[metadata][b]=2&line_items[0][quantity]=3&line_items[0][price_data]"
        "[currency]=usd&line_items[0][price_data][unit_amount]=500&line_items[0][price_data]"
        "[product_data][name]=Shirt");
    QCOMPARE(m->status, 200);
    QCOMPARE(number(session.root(), "amount_total"), 1500);
    QCOMPARE(text(session.root(), "payment_status"), std::string("unpaid"));
    const auto items = m->list("/v1/checkout/sessions/" + idOf(session) + "/line_items");
    QCOMPARE(text(items.root(), "data.0.description"), std::string("Shirt"));
    Arena arena;
    const auto call = m->callIn(arena);
    const Value open = m->host().get(call, "checkout.session", idOf(session));
    QVERIFY(!stripe::completeSession(m->host(), call, open, "pm_card_chargeCustomerFail"));
    QCOMPARE(text(m->object("checkout.session", idOf(session)), "status"), std::string("open"));
    const auto done = stripe::completeSession(m->host(), call, open, "pm_card_visa");
    QVERIFY(done.has_value());
    QCOMPARE(text(*done, "payment_status"), std::string("paid"));
    QCOMPARE(text(*done, "client_reference_id"), std::string("order-7"));
    // Metadata of the session and of the intent are two things.
    const Value intent = m->object("payment_intent", text(*done, "payment_intent"));
    QCOMPARE(toJson(intent.get("metadata")), std::string(R"({"b":"2"})"));
    QCOMPARE(toJson(done->get("metadata")), std::string(R"({"a":"1"})"));
    QCOMPARE(m->events.back().type, std::string("checkout.session.completed"));
    QVERIFY(!stripe::completeSession(m->host(), call, *done, "pm_card_visa"));
}

void TestDoubleBilling::checkoutWithADelayedMethod_data()
{
    QTest::addColumn<bool>("works");
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("the bank pays")
        << true << QByteArray("checkout.session.async_payment_succeeded") << QByteArray("paid");
    QTest::newRow("the bank does not")
        << false << QByteArray("checkout.session.async_payment_failed") << QByteArray("unpaid");
}

void TestDoubleBilling::checkoutWithADelayedMethod()
{
    QFETCH(bool, works);
    QFETCH(QByteArray, event);
    QFETCH(QByteArray, status);
    const auto session = m->post("/v1/checkout/sessions",
                                 "mode=payment&success_url=https%3A%2F%2Fx.example&line_items[0]"
                                 "[price]=" +
                                     price(500, "eur", {}));
    Arena arena;
    const auto call = m->callIn(arena);
    const auto done = stripe::completeSession(
        m->host(), call, m->host().get(call, "checkout.session", idOf(session)),
        works ? "pm_sepaDebit" : "pm_sepaDebit_fails");
    QVERIFY(done.has_value());
    QCOMPARE(text(*done, "status"), std::string("complete"));
    QCOMPARE(text(*done, "payment_status"), std::string("unpaid"));
    m->clock.advance(std::chrono::seconds(10));
    QCOMPARE(m->events.back().type, event.toStdString());
    QCOMPARE(text(m->object("checkout.session", idOf(session)), "payment_status"),
             status.toStdString());
}

void TestDoubleBilling::checkoutForASubscription()
{
    const auto session =
        m->post("/v1/checkout/sessions",
                "mode=subscription&success_url=https%3A%2F%2Fx.example&metadata[a]=1"
                "&subscription_data[metadata][b]=2&line_items[0][price]=" +
                    price(900) + "&line_items[1][price]=" + price(100, "usd", {}));
    QCOMPARE(m->status, 200);
    Arena arena;
    const auto call = m->callIn(arena);
    const auto done = stripe::completeSession(
        m->host(), call, m->host().get(call, "checkout.session", idOf(session)), "pm_card_visa");
    QVERIFY(done.has_value());
    const Value sub = m->object("subscription", text(*done, "subscription"));
    QCOMPARE(text(sub, "status"), std::string("active"));
    QCOMPARE(toJson(sub.get("metadata")), std::string(R"({"b":"2"})"));
    QCOMPARE(text(sub, "customer"), text(*done, "customer"));
    const Value invoice = m->object("invoice", text(*done, "invoice"));
    QCOMPARE(number(invoice, "amount_paid"), 1000);
    QCOMPARE(text(*done, "payment_status"), std::string("paid"));
    m->post("/v1/checkout/sessions",
            "mode=payment&success_url=x&line_items[0][price]=" + price(900));
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::checkoutForASetup()
{
    const auto session = m->post("/v1/checkout/sessions",
                                 "mode=setup&currency=usd&setup_intent_data[metadata][c]=3");
    QCOMPARE(m->status, 200);
    QCOMPARE(text(session.root(), "payment_status"), std::string("no_payment_required"));
    Arena arena;
    const auto call = m->callIn(arena);
    const auto done = stripe::completeSession(
        m->host(), call, m->host().get(call, "checkout.session", idOf(session)), "pm_card_visa");
    QVERIFY(done.has_value());
    const Value intent = m->object("setup_intent", text(*done, "setup_intent"));
    QCOMPARE(text(intent, "status"), std::string("succeeded"));
    QCOMPARE(text(intent, "metadata.c"), std::string("3"));
}

void TestDoubleBilling::aCheckoutSessionExpires()
{
    const auto form = "mode=setup&currency=usd";
    const auto first = m->post("/v1/checkout/sessions", form);
    const auto second = m->post("/v1/checkout/sessions", form);
    m->post("/v1/checkout/sessions/" + idOf(first) + "/expire");
    QCOMPARE(m->events.back().type, std::string("checkout.session.expired"));
    m->post("/v1/checkout/sessions/" + idOf(first) + "/expire");
    QCOMPARE(m->status, 400);
    m->clock.advance(std::chrono::hours(24));
    QCOMPARE(text(m->object("checkout.session", idOf(second)), "status"), std::string("expired"));
    QCOMPARE(m->countOf("checkout.session.expired"), 2);
}

void TestDoubleBilling::aPaymentLinkMakesSessions()
{
    const auto link =
        m->post("/v1/payment_links", "line_items[0][quantity]=2&line_items[0][price]=" +
                                         price(500, "usd", {}) + "&metadata[a]=1");
    QCOMPARE(m->status, 200);
    QCOMPARE(m->events.back().type, std::string("payment_link.created"));
    Arena arena;
    const auto call = m->callIn(arena);
    const auto session =
        stripe::openPaymentLink(m->host(), call, m->host().get(call, "payment_link", idOf(link)));
    QVERIFY(session.has_value());
    QCOMPARE(text(*session, "payment_link"), idOf(link));
    QCOMPARE(number(*session, "amount_total"), 1000);
    QCOMPARE(text(*session, "metadata.a"), std::string("1"));
    m->post("/v1/payment_links/" + idOf(link), "active=false");
    QVERIFY(
        !stripe::openPaymentLink(m->host(), call, m->host().get(call, "payment_link", idOf(link))));
}

void TestDoubleBilling::aQuoteBecomesASubscription()
{
    const auto who = m->customer("pm_card_visa");
    const auto quote =
        m->post("/v1/quotes", "customer=" + who + "&line_items[0][price]=" + price(900) +
                                  "&line_items[0][quantity]=2&line_items[1]"
                                  "[price]=" +
                                  price(500, "usd", {}) + "&expand[]=line_items");
    QCOMPARE(m->status, 200);
    QCOMPARE(number(quote.root(), "amount_total"), 2300);
    QCOMPARE(number(quote.root(), "computed.recurring.amount_total"), 1800);
    QCOMPARE(int(quote.root().find("line_items.data").size()), 2);
    const auto path = "/v1/quotes/" + idOf(quote);
    m->post(path + "/accept");
    QCOMPARE(m->status, 400);
    m->post(path + "/finalize");
    const auto accepted = m->post(path + "/accept");
    QCOMPARE(text(accepted.root(), "status"), std::string("accepted"));
    const Value sub = m->object("subscription", text(accepted.root(), "subscription"));
    QCOMPARE(number(sub, "items.data.0.quantity"), 2);
    QCOMPARE(number(m->object("invoice", text(accepted.root(), "invoice")), "total"), 2300);
    QCOMPARE(m->countOf("quote.accepted"), 1);
    m->post(path + "/cancel");
    QCOMPARE(m->status, 400);
}

void TestDoubleBilling::aQuoteOfOnePriceBecomesAnInvoice()
{
    const auto quote = m->post("/v1/quotes", "customer=" + m->customer("") +
                                                 "&line_items[0][price]=" + price(500, "usd", {}) +
                                                 "&line_items[0][quantity]=3");
    m->post("/v1/quotes/" + idOf(quote) + "/finalize");
    const auto accepted = m->post("/v1/quotes/" + idOf(quote) + "/accept");
    QVERIFY(accepted.root().get("subscription").isNull());
    const Value invoice = m->object("invoice", text(accepted.root(), "invoice"));
    QCOMPARE(text(invoice, "status"), std::string("draft"));
    QCOMPARE(number(invoice, "total"), 1500);
}

namespace {

/// What an object does not have although it always should, or has in a wrong type.
void findProblems(const stripe::ApiField &field, const Value &value, const std::string &at,
                  Texts &problems)
{
    using Kind = stripe::ApiField::Kind;
    if (value.isNull()) {
        if (!field.nullable)
            problems.push_back(at + " is null");
        return;
    }
    const bool fits = field.kind == Kind::Text      ? value.isString() || value.isObject()
                      : field.kind == Kind::Integer ? value.toInt().has_value()
                      : field.kind == Kind::Number  ? value.isNumber()
                      : field.kind == Kind::Boolean ? value.isBool()
                      : field.kind == Kind::List    ? value.isArray()
                      : field.kind == Kind::Any     ? true
                                                    : value.isObject();
    if (!fits) {
        problems.push_back(at + " is " + toJson(value));
        return;
    }
    if (field.kind == Kind::List && !field.fields.empty()) {
        for (const auto &item : value.items())
            findProblems(field.fields.front(), item, at + "[]", problems);
    }
    if (field.kind == Kind::Text && value.isString() && !field.choices.empty() &&
        !field.openChoices &&
        std::find(field.choices.begin(), field.choices.end(), value.text()) == field.choices.end())
        problems.push_back(at + " is " + std::string(value.text()));
    if (field.kind != Kind::Group)
        return;
    // Where another object stands, its own shape counts.
    if (const auto *own = stripe::ApiCatalogue::builtIn().object(value.get("object").text());
        own && field.fields.empty()) {
        findProblems(*own, value, at, problems);
        return;
    }
    for (const auto &member : field.fields) {
        const Value own = value.get(member.name);
        if (!own.isUndefined())
            findProblems(member, own, at + '.' + member.name, problems);
        else if (member.required)
            problems.push_back(at + '.' + member.name + " is missing");
    }
    // Of some objects only the identity is known.
    const bool isStub = field.fields.size() <= 2 && field.find("object");
    for (const auto &member : value.members()) {
        if (!isStub && !field.find(member.key.text()))
            problems.push_back(at + '.' + std::string(member.key.text()) + " is unknown");
    }
}

} // namespace

void TestDoubleBilling::objectsHaveTheirShapes()
{
    // Every kind of object in some of its states.
    aYearOnATestClock();
    init();
    anUpgradeThatCannotBePaidChangesNothing();
    aTrialWithoutACardMayEndTheSubscription();
    aCouponCountsAndEnds();
    aSchedulePassesItsPhases();
    aCreditNoteOnAPaidInvoiceRefunds();
    aCreditNoteOnAnOpenInvoice();
    linesOfADraftChange();
    decimalsAndLookupKeysOfPrices();
    checkoutForASubscription();
    checkoutForASetup();
    aQuoteBecomesASubscription();
    m->post("/v1/payment_links", "line_items[0][quantity]=2&line_items[0][price]=" + price(500));
    m->post("/v1/tax_rates", "display_name=VAT&percentage=19&inclusive=true");
    m->post("/v1/shipping_rates",
            "display_name=Post&fixed_amount[amount]=5&fixed_amount[currency]=usd"
            "&type=fixed_amount");
    for (const auto *type :
         {"product", "price", "coupon", "promotion_code", "tax_rate", "shipping_rate", "discount",
          "subscription", "subscription_item", "subscription_schedule", "test_helpers.test_clock",
          "invoice", "invoiceitem", "invoice_payment", "credit_note",
          "customer_balance_transaction", "checkout.session", "payment_link", "quote"}) {
        const auto objects = m->store().list(type);
        QVERIFY2(!objects.empty(), type);
        const auto *shape = stripe::ApiCatalogue::builtIn().object(type);
        QVERIFY2(shape, type);
        Texts problems;
        for (const auto &object : objects)
            findProblems(*shape, object->root(), type, problems);
        std::sort(problems.begin(), problems.end());
        problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
        std::string all;
        for (const auto &problem : problems)
            all += problem + '\n';
        QVERIFY2(problems.empty(), all.c_str());
    }
}

QTEST_GUILESS_MAIN(TestDoubleBilling)
#include "tst_DoubleBilling.moc"
