// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"
#include "core/connectors/stripe/double/InvoiceBuilder.h"
#include "core/connectors/stripe/double/PeriodMath.h"

namespace tw::stripe::billing {

/// What the owner of a subscription may set in its metadata to say what happens after the last
/// failed attempt, as in Stripe's settings: "cancel" (the default), "unpaid" or "past_due".
constexpr std::string_view kAfterRetries = "tidewire_after_retries";

/// One item of a subscription before it is kept.
struct ItemPlan
{
    std::string id; ///< Empty: a new one.
    Value price;
    std::int64_t quantity = 1;
    Value metadata, taxRates;
    std::vector<std::string> discounts;
};

Cadence cadenceOf(const Value &price);
std::vector<Value> itemsOf(const Value &subscription);
BillingPeriod periodOf(const Value &item);
/// The earliest end of a period of its items.
std::int64_t periodEnd(const Value &subscription);
bool hasEnded(const Value &subscription);

/// The tax rates that a list of ids names, as objects; an empty text is none.
Outcome<Value> ratesIn(ApiHost &host, const ApiCall &call, const Value &list,
                       const std::string &param);
Value makeItem(ApiHost &host, const ApiCall &call, const ItemPlan &plan,
               const std::string &subscription, const BillingPeriod &period, std::int64_t created);
Value withPeriod(const JsonMaker &json, const Value &item, const BillingPeriod &period);
/// The subscription with these items; they are kept, it is not.
Value withItems(ApiHost &host, const ApiCall &call, const Value &subscription,
                const std::vector<Value> &items);
/// Keeps `after` instead of `before` and sets its next deadline.
Value replaceSubscription(ApiHost &host, const ApiCall &call, const Value &before,
                          const Value &after, std::string_view event);

/// What an item costs for a period, as a line of an invoice.
Outcome<LinePlan> itemLine(ApiHost &host, const Value &subscription, const Value &item,
                           const BillingPeriod &period,
                           std::optional<std::int64_t> amount = std::nullopt);
/// An invoice of a subscription for `lines` and what waits for it, not kept yet.
Value subscriptionInvoice(ApiHost &host, const ApiCall &call, const Value &subscription,
                          const Value &customer, std::vector<Value> lines, InvoicePlan plan);
/// Takes discounts of duration "once" away after an invoice had them.
Value spendOnce(ApiHost &host, const ApiCall &call, const Value &subscription);

/// Ends a subscription now: "customer.subscription.deleted". Open invoices are not collected any
/// more.
Value endSubscription(ApiHost &host, const ApiCall &call, const Value &subscription,
                      std::string_view reason, const Value &details = {});

// What follows from what happens to an invoice; nothing when it is of no subscription.
void invoicePaid(ApiHost &host, const ApiCall &call, const Value &invoice);
void invoiceFailed(ApiHost &host, const ApiCall &call, const Value &invoice, bool isLast);
void invoiceProcessing(ApiHost &host, const ApiCall &call, const Value &invoice);
void invoiceOverdue(ApiHost &host, const ApiCall &call, const Value &invoice);

} // namespace tw::stripe::billing
