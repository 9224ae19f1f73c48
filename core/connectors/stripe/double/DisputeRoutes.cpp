// SPDX-License-Identifier: GPL-3.0-or-later
// Disputes and inquiries.
#include "core/connectors/stripe/double/BalanceBook.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/DisputeTools.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

namespace tw::stripe {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kDisputeFee = 1500;

bool isClosed(const Value &dispute)
{
    const std::string_view status = dispute.get("status").text();
    return status == "won" || status == "lost" || status == "warning_closed";
}

bool isInquiry(const Value &dispute)
{
    return dispute.get("status").text().starts_with("warning_");
}

Value withTransaction(const ApiCall &call, const Value &dispute, const Value &entry)
{
    ArrayBuilder list(call.arena);
    for (const Value &one : dispute.get("balance_transactions").items())
        list.add(one);
    list.add(entry);
    return list.finish();
}

/// The end of a dispute; money that was taken comes back when it was won.
Value closeDispute(ApiHost &host, const ApiCall &call, const Value &dispute, bool won)
{
    const auto json = call.json();
    const bool asksOnly = isInquiry(dispute);
    const Value status = json.text(asksOnly ? "warning_closed" : won ? "won" : "lost");
    Value entries = dispute.get("balance_transactions");
    const bool comesBack = won && !asksOnly;
    if (comesBack)
        entries =
            withTransaction(call, dispute,
                            makeTransaction(host, call, dispute.get("amount").toInt().value_or(0),
                                            0, std::string(dispute.get("currency").text()),
                                            "adjustment", dispute.get("id")));
    const Value closed =
        host.change(call, dispute, {{"balance_transactions", entries}, {"status", status}},
                    "charge.dispute.updated");
    if (comesBack)
        host.tell(call, "charge.dispute.funds_reinstated", closed);
    host.tell(call, "charge.dispute.closed", closed);
    return closed;
}

HttpResponse updateDispute(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "dispute", call.id());
    if (before.isUndefined())
        return answers::missingObject("dispute", call.id());
    if (call.has("evidence") && isClosed(before))
        return answers::refuse(
            {.message = "This dispute is closed: it takes no more evidence.", .param = "evidence"});
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
         {"status", !submits            ? before.get("status")
                    : isInquiry(before) ? json.text("warning_under_review")
                                        : json.text("under_review")}},
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

} // namespace

void openDispute(ApiHost &host, const ApiCall &call, const Value &charge, const TestCard &card)
{
    const auto json = call.json();
    const bool asksOnly = card.acts == TestCard::Acts::Inquires;
    const std::int64_t amount = charge.get("amount").toInt().value_or(0);
    const std::string currency(charge.get("currency").text());
    const std::int64_t now = host.now(charge).seconds();
    Value made = blankObject(json, "dispute");
    const Value details = json.with(made.get("evidence_details"), {{"due_by", now + 7 * kDay},
                                                                   {"has_evidence", false},
                                                                   {"past_due", false},
                                                                   {"submission_count", 0}});
    made = json.with(
        made, {{"id", host.newId("du_")},
               {"object", "dispute"},
               {"amount", amount},
               {"charge", charge.get("id")},
               {"created", now},
               {"currency", currency},
               {"evidence_details", details},
               {"is_charge_refundable", asksOnly},
               {"payment_intent", charge.get("payment_intent")},
               {"reason", card.name == "createDisputeProductNotReceived" ? "product_not_received"
                                                                         : "fraudulent"},
               {"status", asksOnly ? "warning_needs_response" : "needs_response"}});
    if (!asksOnly)
        made = json.with(made,
                         {{"balance_transactions",
                           json.array({makeTransaction(host, call, -amount, kDisputeFee, currency,
                                                       "adjustment", made.get("id"))})}});
    host.change(call, charge, {{"disputed", true}}, "charge.updated");
    made = host.create(call, made, "charge.dispute.created");
    if (!asksOnly)
        host.tell(call, "charge.dispute.funds_withdrawn", made);
}

void addDisputeRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/disputes/{id}", updateDispute);
    routes.add("POST", "/v1/disputes/{id}/close", closeRoute);
}

} // namespace tw::stripe
