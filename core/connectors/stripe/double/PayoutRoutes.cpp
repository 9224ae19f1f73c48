// SPDX-License-Identifier: GPL-3.0-or-later
// Payouts and the balance.
#include "core/connectors/stripe/double/BalanceBook.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/PayoutTools.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <algorithm>
#include <iterator>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kSoon{2};
constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kOwnBank = "ba_1TwDoubleBank";

/// Bank accounts of Stripe's test mode that send payouts back: token, number, why.
struct TestBank
{
    std::string_view token, number, failure;
};

constexpr TestBank kBanks[] = {
    {"btok_us_noAccount", "000111111116", "no_account"},
    {"btok_us_accountClosed", "000111111113", "account_closed"},
    {"btok_us_insufficientFunds", "000222222227", "insufficient_funds"},
    {"btok_us_debitNotAuthorized", "000333333335", "debit_not_authorized"},
    {"btok_us_invalidCurrency", "000444444440", "invalid_currency"},
};

const TestBank *bankNamed(std::string_view named)
{
    const auto *found = std::find_if(std::begin(kBanks), std::end(kBanks), [&](const auto &bank) {
        return bank.token == named || bank.number == named;
    });
    return found == std::end(kBanks) ? nullptr : found;
}

/// What went out comes back: cancelled, refused or reversed.
Value takenBack(ApiHost &host, const ApiCall &call, const Value &payout, const std::string &type)
{
    return makeTransaction(host, call, payout.get("amount").toInt().value_or(0), 0,
                           std::string(payout.get("currency").text()), type, payout.get("id"));
}

void endPayout(ApiHost &host, const ApiCall &call, const std::string &id)
{
    Value payout = host.get(call, "payout", id);
    if (payout.isUndefined() || payout.get("status").text() != "pending")
        return;
    if (const TestBank *bank = bankNamed(payout.get("destination").text())) {
        const Value back = takenBack(host, call, payout, "payout_failure");
        payout = host.change(call, payout,
                             {{"failure_balance_transaction", back.get("id")},
                              {"failure_code", bank->failure},
                              {"failure_message",
                               "The bank refused the payout: " + std::string(bank->failure) + '.'},
                              {"status", "failed"}},
                             "payout.updated");
        host.tell(call, "payout.failed", payout);
        return;
    }
    payout = host.change(call, payout, {{"status", "paid"}}, "payout.updated");
    host.tell(call, "payout.paid", payout);
    if (payout.get("automatic").asBool())
        host.tell(call, "payout.reconciliation_completed",
                  host.change(call, payout, {{"reconciliation_status", "completed"}}, {}));
}

Value makePayout(ApiHost &host, const ApiCall &call, std::int64_t amount,
                 const std::string &currency, bool automatic)
{
    const auto json = call.json();
    const std::string id = host.newId("po_");
    const Value moved = makeTransaction(host, call, -amount, 0, currency, "payout", json.text(id));
    const std::int64_t now = host.now().seconds();
    const std::string to = call.text("destination");
    Value made = blankObject(json, "payout");
    made =
        json.with(made, {{"id", id},
                         {"object", "payout"},
                         {"amount", amount},
                         {"arrival_date", (now / kDay + 1) * kDay},
                         {"automatic", automatic},
                         {"balance_transaction", moved.get("id")},
                         {"created", now},
                         {"currency", currency},
                         {"description", automatic ? json.text("STRIPE PAYOUT")
                                                   : orNull(call.params.get("description"))},
                         {"destination", to.empty() ? json.text(kOwnBank) : json.text(to)},
                         {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                         {"method", call.text("method").empty() ? "standard" : call.text("method")},
                         {"reconciliation_status", automatic ? "in_progress" : "not_applicable"},
                         {"source_type", "card"},
                         {"statement_descriptor", orNull(call.params.get("statement_descriptor"))},
                         {"status", "pending"},
                         {"type", "bank_account"}});
    made = host.create(call, made, "payout.created");
    endPayoutLater(host, made);
    return made;
}

HttpResponse createPayout(ApiHost &host, const ApiCall &call)
{
    std::string currency = call.text("currency");
    std::transform(currency.begin(), currency.end(), currency.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (auto problem = amountProblem(call.text("amount"), currency))
        return *problem;
    const std::int64_t amount = call.number("amount");
    // Banks take whole units of these two (docs.stripe.com/currencies#special-cases).
    if ((currency == "huf" || currency == "twd") && amount % 100 != 0)
        return answers::badParam("amount", "Payouts in " + currency +
                                               " are in whole units: the amount must be divisible "
                                               "by 100.");
    if (amount > availableIn(host, currency))
        return answers::refuse(
            {.code = "balance_insufficient",
             .message = "You have insufficient funds in your Stripe account for this payout. "
                        "What a card pays is available two days later; that of "
                        "pm_card_bypassPending is at once."});
    return answers::ok(makePayout(host, call, amount, currency, false));
}

HttpResponse cancelPayout(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payout", call.id());
    if (before.isUndefined())
        return answers::missingObject("payout", call.id());
    if (before.get("status").text() != "pending" || before.get("automatic").asBool())
        return answers::refuse(
            {.message = "Only a payout that was made by hand and is pending can be cancelled."});
    takenBack(host, call, before, "payout_cancel");
    const Value made = host.change(call, before, {{"status", "canceled"}}, "payout.updated");
    host.tell(call, "payout.canceled", made);
    return answers::ok(made);
}

/// The bank gives the money back, by a payout in the other direction.
HttpResponse reversePayout(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payout", call.id());
    if (before.isUndefined())
        return answers::missingObject("payout", call.id());
    if (before.get("status").text() != "paid" || before.get("reversed_by").isString() ||
        before.get("original_payout").isString())
        return answers::refuse({.message = "Only a payout that was paid can be reversed, once."});
    const auto json = call.json();
    const std::int64_t amount = before.get("amount").toInt().value_or(0);
    const std::string id = host.newId("po_");
    const Value moved = makeTransaction(
        host, call, amount, 0, std::string(before.get("currency").text()), "payout", json.text(id));
    Value made =
        json.with(before, {{"id", id},
                           {"amount", -amount},
                           {"balance_transaction", moved.get("id")},
                           {"created", host.now().seconds()},
                           {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                           {"original_payout", call.id()},
                           {"status", "pending"}});
    made = host.create(call, made, "payout.created");
    host.change(call, before, {{"reversed_by", id}}, "payout.updated");
    endPayoutLater(host, made);
    return answers::ok(made);
}

HttpResponse updatePayout(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payout", call.id());
    if (before.isUndefined())
        return answers::missingObject("payout", call.id());
    return answers::ok(host.change(call, before,
                                   {{"metadata", mergedMetadata(call.json(), before.get("metadata"),
                                                                call.params.get("metadata"))}},
                                   "payout.updated"));
}

HttpResponse balance(ApiHost &host, const ApiCall &call)
{
    return answers::ok(balanceOf(host, call));
}

} // namespace

void endPayoutLater(ApiHost &host, const Value &payout)
{
    host.later(payout, kSoon,
               [&host, id = std::string(payout.get("id").text())](const ApiCall &own) {
                   endPayout(host, own, id);
               });
}

Value automaticPayout(ApiHost &host, const ApiCall &call, const std::string &currency)
{
    std::int64_t net = 0;
    std::vector<Value> entries;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        const Value entry = host.get(call, "balance_transaction", one->root().get("id").text());
        if (entry.get("currency").text() != currency || !entry.get("_payout").isUndefined())
            continue;
        // Payouts made by hand and what came back of them stay out: they are not reconciled.
        if (entry.get("type").text().starts_with("payout"))
            continue;
        net += entry.get("net").toInt().value_or(0);
        entries.push_back(entry);
    }
    if (net <= 0)
        return {};
    const Value made = makePayout(host, call, net, currency, true);
    entries.push_back(
        host.get(call, "balance_transaction", made.get("balance_transaction").text()));
    for (const Value &entry : entries)
        host.change(call, entry, {{"_payout", made.get("id")}, {"status", "available"}}, {});
    return made;
}

void addPayoutRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/payouts", createPayout);
    routes.add("POST", "/v1/payouts/{id}", updatePayout);
    routes.add("POST", "/v1/payouts/{id}/cancel", cancelPayout);
    routes.add("POST", "/v1/payouts/{id}/reverse", reversePayout);
    routes.add("GET", "/v1/balance", balance);
}

} // namespace tw::stripe
