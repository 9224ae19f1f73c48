// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/EventTypes.h"

#include <algorithm>
#include <array>

namespace tw::stripe {

namespace {

struct Words
{
    std::string_view key, text;
};

/// Sentences for the types that people use most; all others are put together from their names.
constexpr Words kSentences[] = {
    {"account.updated", "The account's status or a property of it changed"},
    {"balance.available", "Money became available that can now be paid out"},
    {"charge.captured", "An authorised charge was captured, in whole or in part"},
    {"charge.dispute.closed", "A dispute was decided or withdrawn"},
    {"charge.dispute.created", "A cardholder disputes a charge: evidence is due"},
    {"charge.dispute.funds_reinstated", "A dispute was won and the money came back"},
    {"charge.dispute.funds_withdrawn", "The money of a disputed charge was taken back"},
    {"charge.expired", "An authorisation ran out before it was captured"},
    {"charge.failed", "A charge was declined or failed"},
    {"charge.pending", "A charge was started and waits for the bank"},
    {"charge.refund.updated", "A refund changed; for some payment methods only"},
    {"charge.refunded", "A charge was refunded, in part or whole; it carries the running total"},
    {"charge.succeeded", "A charge went through"},
    {"charge.updated", "A charge changed, for example its fee became known"},
    {"checkout.session.async_payment_failed", "A delayed payment of a checkout failed"},
    {"checkout.session.async_payment_succeeded", "A delayed payment of a checkout arrived"},
    {"checkout.session.completed", "A customer finished a checkout; it may still be unpaid"},
    {"checkout.session.expired", "A checkout was left and expired"},
    {"credit_note.created", "A credit note was issued for an invoice"},
    {"customer.created", "A new customer; may come after its subscription"},
    {"customer.deleted", "A customer was deleted"},
    {"customer.discount.created", "A customer was given a discount"},
    {"customer.subscription.created", "A customer was signed up for a subscription"},
    {"customer.subscription.deleted", "A subscription ended"},
    {"customer.subscription.paused", "A subscription was paused"},
    {"customer.subscription.resumed", "A paused subscription goes on"},
    {"customer.subscription.trial_will_end", "A trial ends within three days"},
    {"customer.subscription.updated",
     "A subscription changed: plan, status, or a cancellation to come"},
    {"customer.updated", "A customer's details changed"},
    {"invoice.created", "A draft invoice was made; finalisation waits for our answer"},
    {"invoice.finalization_failed", "A draft invoice could not be finalised"},
    {"invoice.finalized", "An invoice is final and can be paid"},
    {"invoice.marked_uncollectible", "An invoice was written off"},
    {"invoice.overdue", "An invoice was not paid by its due date"},
    {"invoice.paid", "An invoice is settled, also out of band or with nothing to pay"},
    {"invoice.payment_action_required",
     "The customer must confirm a payment, for example by 3-D Secure"},
    {"invoice.payment_failed", "An attempt to collect an invoice failed; more may follow"},
    {"invoice.payment_succeeded", "An attempt to collect an invoice succeeded"},
    {"invoice.sent", "An invoice was sent to the customer"},
    {"invoice.upcoming", "An invoice will be made soon; it has no id yet"},
    {"invoice.updated", "An invoice changed"},
    {"invoice.voided", "An invoice was voided"},
    {"payment_intent.amount_capturable_updated", "A payment is authorised and can be captured"},
    {"payment_intent.canceled", "A payment was cancelled"},
    {"payment_intent.created", "A payment was started"},
    {"payment_intent.payment_failed", "An attempt to pay failed"},
    {"payment_intent.processing", "A payment is on its way"},
    {"payment_intent.requires_action", "The customer must do something to finish a payment"},
    {"payment_intent.succeeded", "A payment is complete"},
    {"payment_method.attached", "A customer saved a payment method"},
    {"payment_method.detached", "A saved payment method was removed"},
    {"payout.canceled", "A payout was cancelled"},
    {"payout.created", "A payout to the bank was started"},
    {"payout.failed", "A payout could not be delivered"},
    {"payout.paid", "A payout should have reached the bank"},
    {"payout.reconciliation_completed", "The transactions of an automatic payout can now be listed"},
    {"price.created", "A new price"},
    {"product.created", "A new product"},
    {"product.updated", "A product changed"},
    {"radar.early_fraud_warning.created", "A card network warns that a charge may be fraud"},
    {"refund.created", "A refund was started"},
    {"refund.failed", "A refund did not reach the customer"},
    {"refund.updated", "A refund changed"},
    {"review.opened", "A payment was set aside for a person to review"},
    {"setup_intent.succeeded", "A payment method was set up for later use"},
};

constexpr Words kGroups[] = {
    {"account", "Account"},
    {"application_fee", "Application fees"},
    {"apps", "Apps"},
    {"balance", "Balance"},
    {"balance_settings", "Balance"},
    {"billing", "Usage billing"},
    {"billing_portal", "Billing portal"},
    {"capability", "Account"},
    {"cash_balance", "Cash balance"},
    {"charge", "Charges"},
    {"checkout", "Checkout"},
    {"climate", "Climate"},
    {"coupon", "Coupons"},
    {"credit_note", "Credit notes"},
    {"customer", "Customers and subscriptions"},
    {"customer_cash_balance_transaction", "Cash balance"},
    {"entitlements", "Entitlements"},
    {"file", "Files"},
    {"financial_connections", "Bank connections"},
    {"identity", "Identity checks"},
    {"invoice", "Invoices"},
    {"invoice_payment", "Invoices"},
    {"invoiceitem", "Invoices"},
    {"issuing_authorization", "Issuing"},
    {"issuing_card", "Issuing"},
    {"issuing_cardholder", "Issuing"},
    {"issuing_dispute", "Issuing"},
    {"issuing_personalization_design", "Issuing"},
    {"issuing_token", "Issuing"},
    {"issuing_transaction", "Issuing"},
    {"mandate", "Mandates"},
    {"payment_intent", "Payments"},
    {"payment_link", "Payment links"},
    {"payment_method", "Payment methods"},
    {"payout", "Payouts"},
    {"person", "Account"},
    {"plan", "Prices"},
    {"price", "Prices"},
    {"product", "Products"},
    {"promotion_code", "Coupons"},
    {"quote", "Quotes"},
    {"radar", "Fraud"},
    {"refund", "Refunds"},
    {"reporting", "Reports"},
    {"reserve", "Reserves"},
    {"review", "Fraud"},
    {"setup_intent", "Payment methods"},
    {"sigma", "Reports"},
    {"source", "Sources (old)"},
    {"subscription_schedule", "Customers and subscriptions"},
    {"tax", "Tax"},
    {"tax_rate", "Tax"},
    {"terminal", "Terminal"},
    {"test_helpers", "Test clocks"},
    {"three_d_secure", "3-D Secure"},
    {"topup", "Top-ups"},
    {"transfer", "Transfers"},
    {"treasury", "Treasury"},
};

/// Endings that read better than "was <word>".
constexpr Words kVerbs[] = {
    {"updated", "changed"},
    {"canceled", "was cancelled"},
    {"failed", "failed"},
    {"succeeded", "succeeded"},
    {"expired", "expired"},
    {"expiring", "will expire soon"},
    {"processing", "is being processed"},
    {"pending", "is pending"},
    {"available", "became available"},
    {"requires_action", "needs an action of the customer"},
    {"requires_input", "needs input"},
    {"ready", "is ready"},
    {"advancing", "is advancing"},
    {"open", "is open"},
    {"active", "became active"},
    {"unpaid", "became unpaid"},
    {"past_due", "became past due"},
    {"incomplete", "is incomplete"},
    {"trialing", "is in its trial"},
    {"errored", "ended in an error"},
    {"under_review", "is under review"},
    {"upcoming", "is coming up"},
    {"overdue", "is overdue"},
    {"request", "waits for an answer"},
    {"ping", "was pinged"},
    {"chargeable", "can be charged"},
    {"will_be_due", "will be due soon"},
    {"upcoming_deactivation", "will be deactivated soon"},
};

std::string_view lookUp(std::span<const Words> table, std::string_view key)
{
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Words &words) { return words.key == key; });
    return found == table.end() ? std::string_view() : found->text;
}

std::string spaced(std::string_view name)
{
    std::string text(name);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '_' || c == '.'; }, ' ');
    return text;
}

std::string verbPhrase(std::string_view ending)
{
    if (const auto known = lookUp(kVerbs, ending); !known.empty())
        return std::string(known);
    if (ending.find('_') != std::string_view::npos)
        return "reports: " + spaced(ending);
    return (ending.ends_with("ed") || ending == "sent" || ending == "paid" ? "was " : "reports: ") +
           spaced(ending);
}

std::string_view withoutVersion(const EventType &type)
{
    return type.name.starts_with("v1.") || type.name.starts_with("v2.") ? type.name.substr(3)
                                                                        : type.name;
}

std::string composed(std::string_view name)
{
    const auto dot = name.rfind('.');
    const std::string noun = spaced(name.substr(0, dot));
    const bool vowel = std::string_view("aeio").find(noun.front()) != std::string_view::npos;
    return (vowel ? "An " : "A ") + noun + ' ' + verbPhrase(name.substr(dot + 1));
}

} // namespace

std::string eventGroup(const EventType &type)
{
    if (type.name.starts_with("v2."))
        return "Thin events, v2";
    const auto name = withoutVersion(type);
    const auto group = lookUp(kGroups, name.substr(0, name.find('.')));
    return (type.thin ? "Thin events: " : "") + std::string(group.empty() ? "Other" : group);
}

std::string eventDescription(const EventType &type)
{
    const auto name = withoutVersion(type);
    const auto sentence = lookUp(kSentences, name);
    return (sentence.empty() ? composed(name) : std::string(sentence)) + '.';
}

} // namespace tw::stripe
