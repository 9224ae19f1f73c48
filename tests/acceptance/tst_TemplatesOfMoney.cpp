// SPDX-License-Identifier: GPL-3.0-or-later
#include "TemplateSteps.h"

#include "core/data/Json.h"
#include "core/store/DeskRecords.h"

#include <QTest>
#include <algorithm>
#include <optional>

namespace tw::test {

using namespace std::chrono_literals;

namespace {

/// 109950 in a currency of two decimals is "1099.5": as JSON writes a number.
std::string major(std::int64_t minor, int decimals)
{
    std::string digits = std::to_string(minor < 0 ? -minor : minor);
    if (digits.size() <= std::size_t(decimals))
        digits.insert(0, std::size_t(decimals) + 1 - digits.size(), '0');
    const std::string whole = digits.substr(0, digits.size() - std::size_t(decimals));
    std::string rest = digits.substr(digits.size() - std::size_t(decimals));
    while (!rest.empty() && rest.back() == '0')
        rest.pop_back();
    return (minor < 0 ? "-" : "") + whole + (rest.empty() ? "" : '.' + rest);
}

/// Sales, fees, a refund and a dispute in one currency.
void sell(QuietStripe &stripe, const std::string &currency, const std::vector<int> &amounts)
{
    std::string charge;
    for (const int amount : amounts)
        charge = stripe.make(
            "/v1/charges",
            {{"amount", std::to_string(amount)}, {"currency", currency}, {"source", "tok_visa"}});
    stripe.make("/v1/refunds",
                {{"charge", charge}, {"amount", std::to_string(amounts.back() / 2 / 10 * 10)}});
    stripe.make("/v1/charges", {{"amount", std::to_string(amounts.front())},
                                {"currency", currency},
                                {"source", "tok_createDispute"}});
}

struct Sums
{
    std::int64_t gross = 0, fee = 0, net = 0, count = 0;
};

/// What the transactions of a payout come to, by type, added up apart from the flow.
std::map<std::string, Sums> sumsOf(QuietStripe &stripe, const std::string &payout)
{
    std::map<std::string, Sums> sums;
    std::string after;
    for (bool more = true; more;) {
        QuietStripe::Fields fields{{"payout", payout}, {"limit", "100"}};
        if (!after.empty())
            fields.emplace_back("starting_after", after);
        const Document page = stripe.call("GET", "/v1/balance_transactions", fields);
        for (const Value &one : page.root().get("data").items()) {
            after = one.get("id").text();
            if (one.get("type").text() == "payout")
                continue;
            Sums &sum = sums[std::string(one.get("type").text())];
            sum.gross += one.get("amount").toInt().value_or(0);
            sum.fee += one.get("fee").toInt().value_or(0);
            sum.net += one.get("net").toInt().value_or(0);
            ++sum.count;
        }
        const Value hasMore = page.root().get("has_more");
        more = hasMore.isBool() && hasMore.asBool();
    }
    return sums;
}

} // namespace

/// Refunds, disputes and payouts. Stripe's events come when and in what order the test wants, and
/// time passes when it says so.
class tst_TemplatesOfMoney final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void severalRefundsAddUpInAnyOrder();
    void aRefundThatFailsOpensACase();
    void aDisputeKeepsItsCaseUntilItIsOver();
    void aCaseIsMadeWithAndWithoutAnAccount();

    void payoutsAddUpToTheCent_data();
    void payoutsAddUpToTheCent();
    void whatIsLeftOverGetsANameAndAPerson();
    void anotherCurrencyIsNeverAdded();
};

void tst_TemplatesOfMoney::severalRefundsAddUpInAnyOrder()
{
    TemplateTrial trial("stripe-refunds-and-disputes");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.customerWithAccount();
    const std::string charge = paidCharge(trial.stripe, "pm_card_visa", 10000, "eur", customer);
    Strings refunds;
    for (const char *amount : {"2500", "1999", "5501"})
        refunds.push_back(
            trial.stripe.make("/v1/refunds", {{"charge", charge}, {"amount", amount}}));
    trial.clock.advance(1min);
    Strings told;
    for (const QuietStripe::Event &event : trial.stripe.events) {
        if (event.type == "charge.refunded" || event.type.starts_with("refund."))
            told.push_back(event.json);
    }
    QVERIFY(told.size() >= 6);
    std::reverse(told.begin(), told.end());
    for (const std::string &event : told)
        QCOMPARE(trial.give(event), std::string("stored"));
    QVERIFY(trial.until([&] { return trial.ended == int(told.size()); }));
    QCOMPARE(trial.letters.size(), 0u);
    const auto payment = trial.record("Stripe_Payment__c", "Stripe_Payment_Id__c", charge);
    QCOMPARE(value(payment, "Refunded_Amount__c"), std::string("100"));
    QCOMPARE(value(payment, "Status__c"), std::string("Refunded"));
    const Strings amounts{"25", "19.99", "55.01"};
    for (std::size_t at = 0; at < refunds.size(); ++at) {
        const auto refund = trial.record("Stripe_Refund__c", "Stripe_Refund_Id__c", refunds[at]);
        QCOMPARE(value(refund, "Amount__c"), amounts[at]);
        QCOMPARE(value(refund, "Status__c"), std::string("Succeeded"));
        QCOMPARE(value(refund, "Payment__c"), payment.id);
    }
    QCOMPARE(trial.records("Case").size(), 0u);
}

void tst_TemplatesOfMoney::aRefundThatFailsOpensACase()
{
    TemplateTrial trial("stripe-refunds-and-disputes");
    QCOMPARE(trial.start(), std::string());
    const std::string charge = paidCharge(trial.stripe, "pm_card_refundFail", 4200, "kwd");
    const std::string refund =
        trial.stripe.make("/v1/refunds", {{"charge", charge}, {"amount", "1200"}});
    QVERIFY(trial.handle(trial.stripe.event("charge.refunded", charge)));
    QVERIFY(trial.handle(trial.stripe.event("refund.created", refund)));
    QCOMPARE(value(trial.record("Stripe_Payment__c", "Stripe_Payment_Id__c", charge),
                   "Refunded_Amount__c"),
             std::string("1.2"));
    trial.clock.advance(1h);
    QVERIFY(trial.handle(trial.stripe.event("refund.failed", refund)));
    const auto record = trial.record("Stripe_Refund__c", "Stripe_Refund_Id__c", refund);
    QCOMPARE(value(record, "Status__c"), std::string("Failed"));
    QCOMPARE(value(record, "Amount__c"), std::string("1.2"));
    QVERIFY(value(record, "Failure_Reason__c") != "null");
    // Stripe has taken the money back.
    QCOMPARE(value(trial.record("Stripe_Payment__c", "Stripe_Payment_Id__c", charge),
                   "Refunded_Amount__c"),
             std::string("0"));
    const auto work = trial.record("Case", "Stripe_Refund_Id__c", refund);
    QCOMPARE(value(work, "Subject"), std::string("Refund of 1.2 KWD failed"));
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfMoney::aDisputeKeepsItsCaseUntilItIsOver()
{
    TemplateTrial trial("stripe-refunds-and-disputes");
    QCOMPARE(trial.start(), std::string());
    const std::string charge = trial.stripe.make(
        "/v1/charges", {{"amount", "8800"}, {"currency", "usd"}, {"source", "tok_createDispute"}});
    trial.clock.advance(1min);
    const Document held = trial.stripe.call("GET", "/v1/disputes", {{"charge", charge}});
    const std::string dispute(held.root().find("data.0.id").text());
    QVERIFY(!dispute.empty());
    QVERIFY(trial.handle(trial.stripe.event("charge.dispute.created", dispute)));
    auto record = trial.record("Stripe_Dispute__c", "Stripe_Dispute_Id__c", dispute);
    QCOMPARE(value(record, "Status__c"), std::string("Needs response"));
    QCOMPARE(value(record, "Amount__c"), std::string("88"));
    QVERIFY(value(record, "Evidence_Due_At__c") != "null");
    auto work = trial.record("Case", "Stripe_Dispute_Id__c", dispute);
    QCOMPARE(value(work, "Priority"), std::string("High"));
    QVERIFY(value(work, "Description").find("Send evidence in Stripe before ") !=
            std::string::npos);
    QCOMPARE(value(trial.record("Stripe_Payment__c", "Stripe_Payment_Id__c", charge), "Status__c"),
             std::string("Disputed"));

    QCOMPARE(
        trial.salesforce("PATCH", "/sobjects/Case/" + work.id, R"({"Status":"Working"})").first,
        204);
    trial.stripe.make("/v1/disputes/" + dispute, {{"evidence[customer_name]", "Ida"}});
    QVERIFY(trial.handle(trial.stripe.event("charge.dispute.updated", dispute)));
    QCOMPARE(value(trial.record("Case", "Stripe_Dispute_Id__c", dispute), "Status"),
             std::string("Working"));

    trial.stripe.make("/v1/disputes/" + dispute + "/close", {});
    QVERIFY(trial.handle(trial.stripe.event("charge.dispute.closed", dispute)));
    QCOMPARE(value(trial.record("Stripe_Dispute__c", "Stripe_Dispute_Id__c", dispute), "Status__c"),
             std::string("Lost"));
    QCOMPARE(value(trial.record("Case", "Stripe_Dispute_Id__c", dispute), "Status"),
             std::string("Closed"));
    QCOMPARE(trial.records("Case").size(), 1u);
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfMoney::aCaseIsMadeWithAndWithoutAnAccount()
{
    TemplateTrial trial("stripe-refunds-and-disputes");
    QCOMPARE(trial.start(), std::string());
    const std::string known = trial.stripe.customerWithAccount();
    const std::string unknown = trial.stripe.make("/v1/customers", {{"name", "Nobody knows"}});
    for (const std::string &customer : {known, unknown}) {
        const std::string charge =
            paidCharge(trial.stripe, "pm_card_refundFail", 4200, "usd", customer);
        const std::string refund = trial.stripe.make("/v1/refunds", {{"charge", charge}});
        trial.clock.advance(1h);
        QVERIFY(trial.handle(trial.stripe.event("refund.failed", refund)));
        const auto work = trial.record("Case", "Stripe_Refund_Id__c", refund);
        QCOMPARE(value(work, "Subject"), std::string("Refund of 42 USD failed"));
        QCOMPARE(value(work, "AccountId") != "(nothing)", customer == known);
    }
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_TemplatesOfMoney::payoutsAddUpToTheCent_data()
{
    QTest::addColumn<QString>("currency");
    QTest::addColumn<int>("decimals");
    QTest::addColumn<std::vector<int>>("amounts");
    QTest::newRow("euros") << "eur" << 2 << std::vector<int>{1099, 14900, 333, 9901};
    QTest::newRow("dollars, more than a page") << "usd" << 2 << std::vector<int>(130, 1003);
    QTest::newRow("pounds") << "gbp" << 2 << std::vector<int>{777, 123457, 50099};
    QTest::newRow("yen, which have no cents") << "jpy" << 0 << std::vector<int>{14900, 333, 12345};
    QTest::newRow("dinars, which have a thousand")
        << "kwd" << 3 << std::vector<int>{1090, 14900, 777770};
}

void tst_TemplatesOfMoney::payoutsAddUpToTheCent()
{
    QFETCH(QString, currency);
    QFETCH(int, decimals);
    QFETCH(std::vector<int>, amounts);
    TemplateTrial trial("stripe-payout-reconciliation");
    QCOMPARE(trial.start(), std::string());
    sell(trial.stripe, currency.toStdString(), amounts);
    trial.clock.advance(1min);
    const std::string payout = trial.stripe.payOut(currency.toStdString());
    trial.clock.advance(1min);
    const Document paid = trial.stripe.call("GET", "/v1/payouts/" + payout);
    const std::int64_t amount = paid.root().get("amount").toInt().value_or(0);
    QVERIFY(amount > 0);
    QVERIFY(trial.handle(trial.stripe.event("payout.reconciliation_completed", payout)));

    const auto sums = sumsOf(trial.stripe, payout);
    QVERIFY(sums.size() >= 2);
    Sums all;
    for (const auto &[type, sum] : sums) {
        const auto line = trial.record("Stripe_Payout_Line__c", "Line_Key__c",
                                       payout + '/' + type + '/' + currency.toStdString());
        QCOMPARE(value(line, "Gross__c"), major(sum.gross, decimals));
        QCOMPARE(value(line, "Fees__c"), major(sum.fee, decimals));
        QCOMPARE(value(line, "Net__c"), major(sum.net, decimals));
        QCOMPARE(value(line, "Transactions__c"), std::to_string(sum.count));
        all.gross += sum.gross;
        all.fee += sum.fee;
        all.net += sum.net;
        all.count += sum.count;
    }
    QCOMPARE(all.net, amount);
    QCOMPARE(trial.records("Stripe_Payout_Line__c").size(), sums.size());
    const auto record = trial.record("Stripe_Payout__c", "Stripe_Payout_Id__c", payout);
    QCOMPARE(value(record, "Amount__c"), major(amount, decimals));
    QCOMPARE(value(record, "Gross__c"), major(all.gross, decimals));
    QCOMPARE(value(record, "Fees__c"), major(all.fee, decimals));
    QCOMPARE(value(record, "Net__c"), major(amount, decimals));
    QCOMPARE(value(record, "Residual__c"), std::string("0"));
    QCOMPARE(value(record, "Transactions__c"), std::to_string(all.count));
    QCOMPARE(value(record, "Reconciliation__c"), std::string("Matched"));
    QCOMPARE(trial.letters.size(), 0u);
    QCOMPARE(trial.notes.size(), 1u);
}

void tst_TemplatesOfMoney::whatIsLeftOverGetsANameAndAPerson()
{
    TemplateTrial trial("stripe-payout-reconciliation");
    QCOMPARE(trial.start(), std::string());
    sell(trial.stripe, "kwd", {1090, 14900, 777770});
    const std::string payout = trial.stripe.payOut("kwd");
    trial.clock.advance(1min);
    const std::string event = trial.stripe.event("payout.reconciliation_completed", payout);
    // Somewhere ten thousandths of a dinar are missing.
    const Document page = trial.stripe.call("GET", "/v1/balance_transactions",
                                            {{"payout", payout}, {"type", "charge"}});
    const Value one = page.root().find("data.0");
    trial.stripe.plant(std::string(one.get("id").text()),
                       {{"net", one.get("net").toInt().value_or(0) - 10}});
    QCOMPARE(trial.give(event), std::string("stored"));

    const auto reviews = [&] {
        std::optional<std::vector<ReviewRow>> open;
        trial.runtime->openReviews(10, [&open](Result<std::vector<ReviewRow>> rows) {
            open = rows ? std::move(*rows) : std::vector<ReviewRow>();
        });
        trial.until([&open] { return open.has_value(); });
        return *open;
    };
    QVERIFY(trial.until([&] { return reviews().size() == 1; }));
    const std::string question = reviews().front().review.question;
    QVERIFY2(question.find(payout) != std::string::npos, question.c_str());
    QVERIFY2(question.find(": 0.01 KWD are not explained by its ") != std::string::npos,
             question.c_str());
    QCOMPARE(reviews().front().review.owner, std::string("Finance"));
    const auto record = trial.record("Stripe_Payout__c", "Stripe_Payout_Id__c", payout);
    QCOMPARE(value(record, "Residual__c"), std::string("0.01"));
    QCOMPARE(value(record, "Reconciliation__c"), std::string("Residual"));
}

void tst_TemplatesOfMoney::anotherCurrencyIsNeverAdded()
{
    TemplateTrial trial("stripe-payout-reconciliation");
    QCOMPARE(trial.start(), std::string());
    sell(trial.stripe, "eur", {1099, 14900, 5000});
    const std::string payout = trial.stripe.payOut("eur");
    trial.clock.advance(1min);
    const std::string event = trial.stripe.event("payout.reconciliation_completed", payout);
    const Document page = trial.stripe.call("GET", "/v1/balance_transactions",
                                            {{"payout", payout}, {"type", "charge"}});
    const Value one = page.root().find("data.0");
    const std::int64_t net = one.get("net").toInt().value_or(0);
    trial.stripe.plant(std::string(one.get("id").text()), {{"currency", "jpy"}});
    QCOMPARE(trial.give(event), std::string("stored"));
    QVERIFY(trial.until([&] {
        return value(trial.record("Stripe_Payout_Line__c", "Line_Key__c", payout + "/charge/jpy"),
                     "Net__c") == std::to_string(net);
    }));
    const auto record = trial.record("Stripe_Payout__c", "Stripe_Payout_Id__c", payout);
    QCOMPARE(value(record, "Reconciliation__c"), std::string("Other currency"));
    QCOMPARE(value(record, "Residual__c"), major(net, 2));
}

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_TemplatesOfMoney)
#include "tst_TemplatesOfMoney.moc"
