// SPDX-License-Identifier: GPL-3.0-or-later
// Refunds, disputes, payouts and the balance.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/PayoutTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <algorithm>
#include <map>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kSoon{2};
constexpr std::int64_t kDay = 86'400;

/// A refund that comes back: the charge counts it no more.
void failRefund(ApiHost &host, const ApiCall &call, const std::string &id)
{
    const Value refund = host.get(call, "refund", id);
    if (refund.isUndefined() || refund.get("status").text() == "failed")
        return;
    const std::int64_t amount = refund.get("amount").toInt().value_or(0);
    const std::string currency(refund.get("currency").text());
    const Value back =
        makeTransaction(host, call, amount, 0, currency, "refund_failure", refund.get("id"));
    const Value failed = host.change(call, refund,
                                     {{"failure_balance_transaction", back.get("id")},
                                      {"failure_reason", "expired_or_canceled_card"},
                                      {"status", "failed"}},
                                     "refund.updated");
    host.tell(call, "refund.failed", failed);
    const Value charge = host.get(call, "charge", refund.get("charge").text());
    if (charge.isObject())
        host.change(
            call, charge,
            {{"amount_refunded", charge.get("amount_refunded").toInt().value_or(0) - amount},
             {"refunded", false}},
            "charge.updated");
}

HttpResponse createRefund(ApiHost &host, const ApiCall &call)
{
    std::string chargeId = call.text("charge");
    if (const std::string intent = call.text("payment_intent");
        chargeId.empty() && !intent.empty()) {
        const Value payment = host.get(call, "payment_intent", intent);
        if (payment.isUndefined())
            return answers::missingObject("payment_intent", intent);
        chargeId = payment.get("latest_charge").text();
        if (chargeId.empty())
            return answers::refuse({.message = "The payment has no successful charge to refund.",
                                    .param = "payment_intent"});
    }
    if (chargeId.empty())
        return answers::missingParam("charge");
    const Value charge = host.get(call, "charge", chargeId);
    if (charge.isUndefined())
        return answers::missingObject("charge", chargeId);
    const auto isTrue = [&charge](const char *name) {
        return charge.get(name).isBool() && charge.get(name).asBool();
    };
    if (isTrue("disputed"))
        return answers::refuse({.code = "charge_disputed",
                                .message = "Charge " + chargeId +
                                           " has been charged back; it cannot be " + "refunded."});
    if (isTrue("refunded"))
        return answers::refuse({.code = "charge_already_refunded",
                                .message = "Charge " + chargeId + " has already been refunded."});
    const std::int64_t captured = charge.get("amount_captured").toInt().value_or(0);
    const std::int64_t before = charge.get("amount_refunded").toInt().value_or(0) -
                                (charge.get("amount").toInt().value_or(0) - captured);
    const std::int64_t left = captured - std::max<std::int64_t>(0, before);
    const std::int64_t amount = call.number("amount", left);
    if (amount < 1 || amount > left)
        return answers::refuse({.message = "Refund amount (" + std::to_string(amount) +
                                           ") is greater than unrefunded amount on charge (" +
                                           std::to_string(left) + ").",
                                .param = "amount"});
    const auto json = call.json();
    const std::string currency(charge.get("currency").text());
    const std::string method(charge.get("payment_method").text());
    const TestCard *card = method.empty() ? testCard("visa") : cardOf(host, call, method);
    const bool waits = card->acts == TestCard::Acts::DelaysRefunds;
    const std::string id = host.newId("re_");
    const Value paid = makeTransaction(host, call, -amount, 0, currency, "refund", json.text(id));
    Value made = blankObject(json, "refund");
    made = json.with(made, {{"id", id},
                            {"object", "refund"},
                            {"amount", amount},
                            {"balance_transaction", paid.get("id")},
                            {"charge", chargeId},
                            {"created", host.now(charge).seconds()},
                            {"currency", currency},
                            {"customer", charge.get("customer")},
                            {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                            {"payment_intent", charge.get("payment_intent")},
                            {"reason", orNull(call.params.get("reason"))},
                            {"status", waits ? "pending" : "succeeded"}});
    made = host.create(call, made, {});
    host.change(call, charge,
                {{"amount_refunded", charge.get("amount_refunded").toInt().value_or(0) + amount},
                 {"refunded", amount == left}},
                "charge.refunded");
    host.tell(call, "refund.created", made);
    if (card->acts == TestCard::Acts::FailsRefunds)
        host.later(made, kSoon, [&host, id](const ApiCall &own) { failRefund(host, own, id); });
    if (waits)
        host.later(made, kSoon, [&host, id](const ApiCall &own) {
            const Value now = host.get(own, "refund", id);
            if (now.isObject())
                host.change(own, now, {{"status", "succeeded"}}, "refund.updated");
        });
    return answers::ok(made);
}

HttpResponse updateRefund(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "refund", call.id());
    if (before.isUndefined())
        return answers::missingObject("refund", call.id());
    const auto json = call.json();
    return answers::ok(host.change(
        call, before,
        {{"metadata", mergedMetadata(json, before.get("metadata"), call.params.get("metadata"))}},
        "refund.updated"));
}

HttpResponse cancelRefund(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "refund", call.id());
    if (before.isUndefined())
        return answers::missingObject("refund", call.id());
    if (before.get("status").text() != "pending" &&
        before.get("status").text() != "requires_action")
        return answers::refuse({.message = "Only a refund that is pending can be cancelled."});
    return answers::ok(host.change(call, before, {{"status", "canceled"}}, "refund.updated"));
}

/// The end of a dispute; money that was taken comes back when it was won.
Value closeDispute(ApiHost &host, const ApiCall &call, const Value &dispute, bool won)
{
    const Value closed =
        host.change(call, dispute, {{"status", won ? "won" : "lost"}}, "charge.dispute.updated");
    if (won) {
        makeTransaction(host, call, closed.get("amount").toInt().value_or(0), 0,
                        std::string(closed.get("currency").text()), "adjustment", closed.get("id"));
        host.tell(call, "charge.dispute.funds_reinstated", closed);
    }
    host.tell(call, "charge.dispute.closed", closed);
    return closed;
}

bool isClosed(const Value &dispute)
{
    const std::string_view status = dispute.get("status").text();
    return status == "won" || status == "lost" || status == "warning_closed";
}

HttpResponse updateDispute(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "dispute", call.id());
    if (before.isUndefined())
        return answers::missingObject("dispute", call.id());
    if (call.has("evidence") && isClosed(before))
        return answers::refuse({.message = "This dispute is closed: it takes no more evidence."});
    const auto json = call.json();
    Value evidence = before.get("evidence");
    for (const Member &member : call.params.get("evidence").members())
        evidence = json.with(evidence, {{member.key.text(), orNull(member.value)}});
    const bool submits = call.has("evidence") && call.flag("submit", true);
    Value details = before.get("evidence_details");
    if (call.has("evidence"))
        details = json.with(details, {{"has_evidence", true}});
    if (submits)
        details = json.with(details, {{"submission_count",
                                       details.get("submission_count").toInt().value_or(0) + 1}});
    const Value made = host.change(
        call, before,
        {{"evidence", evidence},
         {"evidence_details", details},
         {"metadata", call.has("metadata") ? mergedMetadata(json, before.get("metadata"),
                                                            call.params.get("metadata"))
                                           : before.get("metadata")},
         {"status", submits ? json.text("under_review") : before.get("status")}},
        "charge.dispute.updated");
    // Stripe's test words decide (docs.stripe.com/testing#evidence).
    const std::string word(evidence.get("uncategorized_text").text());
    if (submits && (word == "winning_evidence" || word == "losing_evidence"))
        return answers::ok(closeDispute(host, call, made, word == "winning_evidence"));
    return answers::ok(made);
}

HttpResponse closeRoute(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "dispute", call.id());
    if (before.isUndefined())
        return answers::missingObject("dispute", call.id());
    if (isClosed(before))
        return answers::refuse({.message = "This dispute is closed already."});
    return answers::ok(closeDispute(host, call, before, false));
}

Value makePayout(ApiHost &host, const ApiCall &call, std::int64_t amount,
                 const std::string &currency, bool automatic)
{
    const auto json = call.json();
    const std::string id = host.newId("po_");
    const Value moved = makeTransaction(host, call, -amount, 0, currency, "payout", json.text(id));
    const std::int64_t now = host.now().seconds();
    Value made = blankObject(json, "payout");
    made =
        json.with(made, {{"id", id},
                         {"object", "payout"},
                         {"amount", amount},
                         {"arrival_date", now + kDay},
                         {"automatic", automatic},
                         {"balance_transaction", moved.get("id")},
                         {"created", now},
                         {"currency", currency},
                         {"description", automatic ? json.text("STRIPE PAYOUT")
                                                   : orNull(call.params.get("description"))},
                         {"destination", "ba_1TwDoubleBank"},
                         {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                         {"method", call.text("method").empty() ? "standard" : call.text("method")},
                         {"reconciliation_status", automatic ? "in_progress" : "not_applicable"},
                         {"source_type", "card"},
                         {"statement_descriptor", orNull(call.params.get("statement_descriptor"))},
                         {"status", "pending"},
                         {"type", "bank_account"}});
    made = host.create(call, made, "payout.created");
    host.later(made, kSoon, [&host, id, automatic](const ApiCall &own) {
        Value now_ = host.get(own, "payout", id);
        if (now_.isUndefined() || now_.get("status").text() != "pending")
            return;
        now_ = host.change(own, now_, {{"status", "paid"}}, "payout.updated");
        host.tell(own, "payout.paid", now_);
        if (automatic)
            host.tell(own, "payout.reconciliation_completed",
                      host.change(own, now_, {{"reconciliation_status", "completed"}}, {}));
    });
    return made;
}

HttpResponse createPayout(ApiHost &host, const ApiCall &call)
{
    const std::string currency = call.text("currency");
    if (auto problem = amountProblem(call.text("amount"), currency))
        return *problem;
    return answers::ok(makePayout(host, call, call.number("amount"), currency, false));
}

HttpResponse cancelPayout(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payout", call.id());
    if (before.isUndefined())
        return answers::missingObject("payout", call.id());
    if (before.get("status").text() != "pending")
        return answers::refuse({.message = "Only a payout that is pending can be cancelled."});
    const Value made = host.change(call, before, {{"status", "canceled"}}, "payout.updated");
    host.tell(call, "payout.canceled", made);
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
    const auto json = call.json();
    std::map<std::string, std::int64_t> pending, available;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        const Value &entry = one->root();
        const std::string currency(entry.get("currency").text());
        const std::int64_t net = entry.get("net").toInt().value_or(0);
        const bool isThere = entry.get("available_on").toInt().value_or(0) <= host.now().seconds();
        (isThere ? available : pending)[currency] += net;
        (isThere ? pending : available)[currency] += 0;
    }
    const auto listOf = [&](const std::map<std::string, std::int64_t> &sums) {
        ArrayBuilder list(call.arena);
        for (const auto &[currency, amount] : sums)
            list.add(json.object({{"amount", amount},
                                  {"currency", currency},
                                  {"source_types", json.object({{"card", amount}})}}));
        return list.finish();
    };
    return answers::ok(json.object({{"object", "balance"},
                                    {"available", listOf(available)},
                                    {"livemode", false},
                                    {"pending", listOf(pending)}}));
}

} // namespace

Value automaticPayout(ApiHost &host, const ApiCall &call, const std::string &currency)
{
    std::int64_t net = 0;
    std::vector<Value> entries;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        const Value entry = host.get(call, "balance_transaction", one->root().get("id").text());
        if (entry.get("currency").text() != currency || entry.get("type").text() == "payout" ||
            !entry.get("_payout").isUndefined())
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

void addRefundRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/refunds", createRefund);
    routes.add("POST", "/v1/refunds/{id}", updateRefund);
    routes.add("POST", "/v1/refunds/{id}/cancel", cancelRefund);
    routes.add("POST", "/v1/disputes/{id}", updateDispute);
    routes.add("POST", "/v1/disputes/{id}/close", closeRoute);
    routes.add("POST", "/v1/payouts", createPayout);
    routes.add("POST", "/v1/payouts/{id}", updatePayout);
    routes.add("POST", "/v1/payouts/{id}/cancel", cancelPayout);
    routes.add("GET", "/v1/balance", balance);
}

} // namespace tw::stripe
