// SPDX-License-Identifier: GPL-3.0-or-later
#include "TemplateSteps.h"

#include "core/data/Json.h"

#include <QTest>
#include <algorithm>

namespace tw::test {

using namespace std::chrono_literals;
using FieldsOfRecord = std::map<std::string, std::string>;

/// The subscription life cycle and the reminders of failed payments. Stripe's events come when and
/// in what order the test wants, and time passes when it says so.
class tst_TemplatesOfBilling final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allOrdersOfEventsEndInOneState();
    void aSubscriptionWaitsForItsAccount();
    void anInvoiceOfNoSubscriptionIsLeftAlone();

    void remindersComeOnTheirDaysAndOnce();
    void nothingIsRemindedAfterThePayment();
    void aFailureThatComesAfterThePaymentStartsNothing();
    void whatWasPaidAtOnceLeavesNoTrace();
};

void tst_TemplatesOfBilling::allOrdersOfEventsEndInOneState()
{
    TemplateTrial trial("stripe-subscription-lifecycle");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    payWith(trial.stripe, customer, "pm_card_visa");
    const std::string price = monthlyPrice(trial.stripe, "eur", 1250);
    const Strings types{"customer.subscription.created", "customer.subscription.updated",
                        "invoice.paid", "customer.subscription.deleted"};
    // All of it in one second: no clock can tell what was first.
    std::vector<std::pair<std::string, Strings>>
        orders; // subscription, its events as they will come
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        const std::string subscription = trial.stripe.make(
            "/v1/subscriptions", {{"customer", customer}, {"items[0][price]", price}});
        const Document made = trial.stripe.call("GET", "/v1/subscriptions/" + subscription);
        trial.stripe.make(
            "/v1/subscriptions/" + subscription,
            {{"items[0][id]", std::string(made.root().find("items.data.0.id").text())},
             {"items[0][quantity]", "3"},
             {"proration_behavior", "none"}});
        trial.stripe.call("DELETE", "/v1/subscriptions/" + subscription);
        Strings events;
        for (const std::size_t at : order) {
            events.push_back(trial.stripe.event(types[at], subscription));
            QVERIFY2(!events.back().empty(), types[at].c_str());
        }
        orders.emplace_back(subscription, events);
    } while (std::next_permutation(order.begin(), order.end()));

    std::vector<FieldsOfRecord> states;
    for (const auto &[subscription, events] : orders) {
        const int before = trial.ended;
        for (const std::string &event : events)
            QCOMPARE(trial.give(event), std::string("stored"));
        QVERIFY(trial.until([&] { return trial.ended == before + 4; }));
        auto record =
            trial.record("Stripe_Subscription__c", "Stripe_Subscription_Id__c", subscription);
        QVERIFY(!record.id.empty());
        QCOMPARE(record.fields.erase("Latest_Invoice_Id__c"), 1u);
        record.fields.erase("Stripe_Subscription_Id__c");
        states.push_back(record.fields);
    }
    QCOMPARE(states.size(), 24u);
    for (const FieldsOfRecord &state : states)
        QCOMPARE(state, states.front());
    const FieldsOfRecord &last = states.front();
    QCOMPARE(last.at("Status__c"), std::string("Canceled"));
    QCOMPARE(last.at("Quantity__c"), std::string("3"));
    QCOMPARE(last.at("Recurring_Amount__c"), std::string("37.5"));
    QCOMPARE(last.at("Currency__c"), std::string("EUR"));
    QCOMPARE(last.at("Latest_Invoice_Status__c"), std::string("paid"));
    QCOMPARE(last.at("Will_End__c"), std::string("false"));
    QVERIFY(last.at("Ended_At__c") != "null");
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfBilling::aSubscriptionWaitsForItsAccount()
{
    TemplateTrial trial("stripe-subscription-lifecycle");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.make("/v1/customers", {{"name", "Late Ltd"}});
    payWith(trial.stripe, customer, "pm_card_visa");
    const std::string price = monthlyPrice(trial.stripe, "jpy", 1250);
    const std::string subscription = trial.stripe.make(
        "/v1/subscriptions", {{"customer", customer}, {"items[0][price]", price}});
    QCOMPARE(trial.give(trial.stripe.event("customer.subscription.created", subscription)),
             std::string("stored"));
    QVERIFY(trial.until([&] { return trial.waits["upsert"] > 0; }));
    QCOMPARE(trial.failures["upsert"], std::string("salesforce.parent_not_found"));
    QCOMPARE(trial.records("Stripe_Subscription__c").size(), 0u);
    QCOMPARE(trial
                 .salesforce("PATCH", "/sobjects/Account/Stripe_Customer_Id__c/" + customer,
                             R"({"Name":"Late Ltd"})")
                 .first,
             201);
    trial.clock.advance(10min);
    QVERIFY(trial.until([&] { return trial.ended == 1; }));
    const auto record =
        trial.record("Stripe_Subscription__c", "Stripe_Subscription_Id__c", subscription);
    QCOMPARE(value(record, "Recurring_Amount__c"), std::string("1250"));
    QCOMPARE(value(record, "Account__c"),
             trial.record("Account", "Stripe_Customer_Id__c", customer).id);
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfBilling::anInvoiceOfNoSubscriptionIsLeftAlone()
{
    TemplateTrial trial("stripe-subscription-lifecycle");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    const std::string invoice = trial.stripe.make("/v1/invoices", {{"customer", customer}});
    trial.stripe.make(
        "/v1/invoiceitems",
        {{"customer", customer}, {"invoice", invoice}, {"amount", "900"}, {"currency", "eur"}});
    trial.stripe.make("/v1/invoices/" + invoice + "/finalize", {});
    trial.stripe.make("/v1/invoices/" + invoice + "/pay", {{"paid_out_of_band", "true"}});
    QVERIFY(trial.handle(trial.stripe.event("invoice.paid", invoice)));
    QCOMPARE(trial.records("Stripe_Subscription__c").size(), 0u);
    QCOMPARE(trial.notes, Strings{"Invoice " + invoice + " belongs to no subscription"});
}

void tst_TemplatesOfBilling::remindersComeOnTheirDaysAndOnce()
{
    TemplateTrial trial("stripe-failed-payment-dunning");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    payWith(trial.stripe, customer, "pm_card_chargeCustomerFail");
    const std::string invoice = triedInvoice(trial.stripe, customer, 12345);
    const std::string failure = trial.stripe.event("invoice.payment_failed", invoice);
    QVERIFY(!failure.empty());
    // 21 September 2026, 14:13:20 UTC: the test clock's beginning.
    QCOMPARE(trial.give(failure), std::string("stored"));
    QVERIFY(trial.until([&] { return trial.waits["wait_for_day"] == 1; }));
    const auto record = [&] {
        return trial.record("Stripe_Invoice__c", "Stripe_Invoice_Id__c", invoice);
    };
    QCOMPARE(value(record(), "Status__c"), std::string("Open"));
    QCOMPARE(value(record(), "Amount_Remaining__c"), std::string("123.45"));
    QCOMPARE(value(record(), "Dunning_Stage__c"), std::string("(nothing)"));

    const auto reminders = [&] { return trial.records("Stripe_Reminder__c"); };
    const auto toDay = [&](int day, std::chrono::minutes before) {
        // The first day at 09:00 in Berlin was 07:00 UTC, some hours before the failure.
        const Instant first = Instant::fromSeconds(1'790'000'000 - 1'790'000'000 % 86'400) + 7h;
        trial.clock.advance(first + 24h * day + -before - trial.clock.now());
    };
    toDay(3, 1min);
    QCOMPARE(reminders().size(), 0u);
    toDay(3, 0min);
    QVERIFY(trial.until([&] { return trial.waits["wait_for_day"] == 2; }));
    QCOMPARE(reminders().size(), 1u);
    QCOMPARE(value(reminders().front(), "Reminder_Key__c"), invoice + "/1");
    QCOMPARE(value(reminders().front(), "Day__c"), std::string("3"));
    QCOMPARE(value(reminders().front(), "Amount__c"), std::string("123.45"));
    QCOMPARE(value(record(), "Dunning_Stage__c"), std::string("Reminder 1"));

    // Stripe tries again and tells it, twice; then the computer is switched off for a day.
    trial.stripe.make("/v1/invoices/" + invoice + "/pay", {});
    std::string again;
    for (const QuietStripe::Event &event : trial.stripe.events) {
        if (event.type == "invoice.payment_failed")
            again = event.json;
    }
    QVERIFY(again != failure);
    QVERIFY(trial.handle(again));
    QCOMPARE(trial.give(again), std::string("stored"));
    QCOMPARE(value(record(), "Attempts__c") > "1", true);
    trial.stop();
    toDay(6, 0min);
    trial.waits.clear();
    QCOMPARE(trial.start(), std::string());

    toDay(7, 0min);
    QVERIFY(trial.until([&] { return reminders().size() == 2; }));
    QVERIFY(trial.until([&] { return value(record(), "Dunning_Stage__c") == "Reminder 2"; }));
    toDay(14, 0min);
    QVERIFY(trial.until([&] { return trial.waits["wait_for_the_end"] == 1; }));
    QCOMPARE(reminders().size(), 3u);
    QCOMPARE(value(record(), "Dunning_Stage__c"), std::string("Reminder 3"));
    QCOMPARE(trial.records("Case").size(), 0u);
    const int ended = trial.ended;
    toDay(21, 0min);
    QVERIFY(trial.until([&] { return trial.ended == ended + 1; }));
    QCOMPARE(reminders().size(), 3u);
    for (const auto &reminder : reminders())
        QCOMPARE(reminder.writes, 1);
    QCOMPARE(trial.records("Case").size(), 1u);
    QCOMPARE(value(trial.records("Case").front(), "Stripe_Invoice_Id__c"), invoice);
    QCOMPARE(value(record(), "Dunning_Stage__c"), std::string("With a person"));
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfBilling::nothingIsRemindedAfterThePayment()
{
    TemplateTrial trial("stripe-failed-payment-dunning");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    payWith(trial.stripe, customer, "pm_card_chargeCustomerFail");
    const std::string invoice = triedInvoice(trial.stripe, customer, 5000);
    QCOMPARE(trial.give(trial.stripe.event("invoice.payment_failed", invoice)),
             std::string("stored"));
    QVERIFY(trial.until([&] { return trial.waits["wait_for_day"] == 1; }));
    trial.clock.advance(4 * 24h);
    QVERIFY(trial.until([&] { return trial.waits["wait_for_day"] == 2; }));
    QCOMPARE(trial.records("Stripe_Reminder__c").size(), 1u);

    // Paid by bank transfer: that is invoice.paid, too, and no payment attempt.
    trial.stripe.make("/v1/invoices/" + invoice + "/pay", {{"paid_out_of_band", "true"}});
    QVERIFY(trial.stripe.event("invoice.payment_succeeded", invoice).empty() ||
            trial.give(trial.stripe.event("invoice.payment_succeeded", invoice)) ==
                "runtime.no_trigger");
    QVERIFY(trial.handle(trial.stripe.event("invoice.paid", invoice)));
    const auto record = trial.record("Stripe_Invoice__c", "Stripe_Invoice_Id__c", invoice);
    QCOMPARE(value(record, "Status__c"), std::string("Paid"));
    QCOMPARE(value(record, "Dunning_Stage__c"), std::string("Ended"));
    QVERIFY(value(record, "Paid_At__c") != "null");

    const int ended = trial.ended;
    trial.clock.advance(4 * 24h);
    QVERIFY(trial.until([&] { return trial.waits["wait_for_day"] == 3; }));
    trial.clock.advance(7 * 24h);
    QVERIFY(trial.until([&] { return trial.waits["wait_for_the_end"] == 1; }));
    trial.clock.advance(7 * 24h);
    QVERIFY(trial.until([&] { return trial.ended == ended + 1; }));
    QCOMPARE(trial.records("Stripe_Reminder__c").size(), 1u);
    QCOMPARE(trial.records("Case").size(), 0u);
    QCOMPARE(value(trial.record("Stripe_Invoice__c", "Stripe_Invoice_Id__c", invoice),
                   "Dunning_Stage__c"),
             std::string("Ended"));
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfBilling::aFailureThatComesAfterThePaymentStartsNothing()
{
    TemplateTrial trial("stripe-failed-payment-dunning");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    payWith(trial.stripe, customer, "pm_card_chargeCustomerFail");
    const std::string invoice = triedInvoice(trial.stripe, customer, 5000);
    payWith(trial.stripe, customer, "pm_card_visa");
    trial.stripe.make("/v1/invoices/" + invoice + "/pay", {});
    QVERIFY(trial.handle(trial.stripe.event("invoice.paid", invoice)));
    QVERIFY(trial.handle(trial.stripe.event("invoice.payment_failed", invoice)));
    QCOMPARE(trial.waits["wait_for_day"], 0);
    QCOMPARE(trial.records("Stripe_Invoice__c").size(), 0u);
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfBilling::whatWasPaidAtOnceLeavesNoTrace()
{
    TemplateTrial trial("stripe-failed-payment-dunning");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    payWith(trial.stripe, customer, "pm_card_visa");
    const std::string nothingToPay = triedInvoice(trial.stripe, customer, 0);
    const std::string paid = triedInvoice(trial.stripe, customer, 700);
    for (const std::string &invoice : {nothingToPay, paid})
        QVERIFY(trial.handle(trial.stripe.event("invoice.paid", invoice)));
    QCOMPARE(trial.records("Stripe_Invoice__c").size(), 0u);
    QCOMPARE(trial.notes, (Strings{"Invoice " + nothingToPay + " needed no reminder",
                                   "Invoice " + paid + " needed no reminder"}));
    QCOMPARE(trial.letters.size(), 0u);
}

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_TemplatesOfBilling)
#include "tst_TemplatesOfBilling.moc"
