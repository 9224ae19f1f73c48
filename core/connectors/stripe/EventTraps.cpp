// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventTraps.h"

#include "core/connectors/stripe/facts/EventTypes.h"

#include <algorithm>
#include <iterator>

namespace tw::stripe {
namespace {

/// Two types that a trigger asks for, by name or wildcard.
struct Pair
{
    std::string_view one, other;
    Severity severity;
    const char *code, *message, *fix;
};

constexpr Pair kPairs[] = {
    {"invoice.paid", "invoice.payment_succeeded", Severity::Warning, "stripe.two_events_one_fact",
     "A payment of an invoice comes as invoice.paid and as invoice.payment_succeeded, so the flow "
     "runs twice for it.",
     "Keep invoice.paid: it also comes for invoices settled otherwise or with nothing to pay."},
    {"charge.refunded", "refund.created", Severity::Info, "stripe.two_events_one_fact",
     "A refund comes as charge.refunded, with the charge and its running total, and as "
     "refund.created, with the refund.",
     "Keep one of them, or tell them apart by $.type."},
    {"payment_intent.succeeded", "charge.succeeded", Severity::Info, "stripe.two_events_one_fact",
     "A payment comes as payment_intent.succeeded and as charge.succeeded, in either order.",
     "Keep one of them, or tell them apart by $.type."},
    {"customer.created", "customer.subscription.created", Severity::Info, "stripe.any_order",
     "customer.created may come after customer.subscription.created, so the customer may not be "
     "known yet where the subscription arrives.",
     "Write the customer there as well (an upsert), or let the flow wait for it."},
};

/// A type that a trigger names without the one that completes it. One that is part of a wildcard
/// is left: the group was wanted whole.
struct Alone
{
    std::string_view type, without;
    const char *code, *message, *fix;
};

constexpr Alone kAlone[] = {
    {"checkout.session.completed", "checkout.session.async_payment_succeeded",
     "stripe.may_be_unpaid",
     "checkout.session.completed also comes for methods that pay later: then payment_status is "
     "\"unpaid\", and checkout.session.async_payment_succeeded follows.",
     "Take that event too, and look at data.object.payment_status."},
    {"invoice.payment_failed", "invoice.paid", "stripe.not_final",
     "invoice.payment_failed is one attempt that failed, not the end: Stripe tries again, and the "
     "invoice may be paid later.",
     "Take invoice.paid too, or customer.subscription.updated for what becomes of it."},
    {"customer.subscription.deleted", "customer.subscription.updated", "stripe.end_only",
     "customer.subscription.deleted comes when a subscription has ended. One that was cancelled to "
     "the end of its period comes as customer.subscription.updated with cancel_at_period_end.",
     "Take that event too where the cancellation is to be known before the end."},
    {"charge.refund.updated", "refund.updated", "stripe.only_some_methods",
     "charge.refund.updated comes for refunds of some payment methods only.",
     "Take refund.updated, which comes for all."},
    {"invoice.upcoming", "", "stripe.no_id_yet",
     "The invoice of invoice.upcoming is not made yet and has no id.",
     "Take the subscription as the key, not data.object.id."},
    {"charge.captured", "", "stripe.captured_in_part",
     "Where less was captured than authorised, the amount of charge.captured is still what was "
     "authorised.",
     "Map amount_captured."},
};

Diagnostic finding(Severity severity, const char *code, const char *message, const char *fix)
{
    Diagnostic made;
    made.severity = severity;
    made.code = code;
    made.path = "events";
    made.message = message;
    made.fix = fix;
    return made;
}

} // namespace

void checkEventTraps(const std::vector<std::string> &events, std::vector<Diagnostic> &findings)
{
    for (const Pair &pair : kPairs) {
        if (matchesEvent(events, pair.one) && matchesEvent(events, pair.other))
            findings.push_back(finding(pair.severity, pair.code, pair.message, pair.fix));
    }
    for (const Alone &alone : kAlone) {
        const bool named = std::find(events.begin(), events.end(), alone.type) != events.end();
        if (named && (alone.without.empty() || !matchesEvent(events, alone.without)))
            findings.push_back(finding(Severity::Info, alone.code, alone.message, alone.fix));
    }
}

} // namespace tw::stripe
