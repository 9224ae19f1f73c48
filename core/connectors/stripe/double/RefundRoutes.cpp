// SPDX-License-Identifier: GPL-3.0-or-later
// Refunds.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BalanceBook.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentLists.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kSoon{2};

/// A refund that fails or is cancelled: its money comes back, and the charge counts it no more.
Value sendBack(ApiHost &host, const ApiCall &call, const Value &refund, const std::string &status)
{
    const auto json = call.json();
    const bool fails = status == "failed";
    const std::int64_t amount = refund.get("amount").toInt().value_or(0);
    const Value back =
        makeTransaction(host, call, amount, 0, std::string(refund.get("currency").text()),
                        "refund_failure", refund.get("id"));
    const Value ended =
        host.change(call, refund,
                    {{"failure_balance_transaction", back.get("id")},
                     {"failure_reason", fails ? json.text("expired_or_canceled_card") : Value()},
                     {"status", status}},
                    "refund.updated");
    if (fails)
        host.tell(call, "refund.failed", ended);
    const Value charge = host.get(call, "charge", refund.get("charge").text());
    if (charge.isObject())
        host.change(
            call, charge,
            {{"amount_refunded", charge.get("amount_refunded").toInt().value_or(0) - amount},
             {"refunded", false}},
            "charge.updated");
    return ended;
}

bool isDisputed(ApiHost &host, const std::string &charge)
{
    return host.store().newest("dispute", [&charge](const Value &dispute) {
        return dispute.get("charge").text() == charge &&
               !dispute.get("is_charge_refundable").asBool();
    }) != nullptr;
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
    if (charge.get("status").text() != "succeeded")
        return answers::refuse(
            {.code = "charge_not_refundable",
             .message = "Charge " + chargeId + " did not succeed; there is nothing to refund."});
    if (isTrue("disputed") && isDisputed(host, chargeId))
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
    const TestCard *card = testCard(charge.get("_card").text());
    const bool waits = card && card->acts == TestCard::Acts::DelaysRefunds;
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
    if (waits || (card && card->acts == TestCard::Acts::FailsRefunds))
        endRefundLater(host, made);
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
    return answers::ok(sendBack(host, call, before, "canceled"));
}

} // namespace

void endRefundLater(ApiHost &host, const Value &refund)
{
    host.later(refund, kSoon,
               [&host, id = std::string(refund.get("id").text())](const ApiCall &own) {
                   const Value now = host.get(own, "refund", id);
                   if (now.get("status").text() == "pending")
                       host.change(own, now, {{"status", "succeeded"}}, "refund.updated");
                   else if (now.get("status").text() == "succeeded")
                       sendBack(host, own, now, "failed");
               });
}

void addRefundRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/refunds", createRefund);
    routes.add("POST", "/v1/refunds/{id}", updateRefund);
    routes.add("POST", "/v1/refunds/{id}/cancel", cancelRefund);
    addDisputeRoutes(routes);
    addPayoutRoutes(routes);
    addPaymentListRoutes(routes);
}

} // namespace tw::stripe
