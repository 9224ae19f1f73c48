// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"
#include "core/connectors/stripe/double/PeriodMath.h"

#include <optional>

namespace tw::stripe::billing {

/// One line of an invoice before it is priced.
struct LinePlan
{
    std::int64_t amount = 0;
    std::string currency, description;
    BillingPeriod period;
    Value price;                ///< Undefined: a bare amount.
    std::string quantity = "1"; ///< Decimal text.
    std::string unitDecimal;    ///< Empty: that of the price, else the amount.
    Value metadata;
    std::vector<std::string> discounts;
    bool discountable = true;
    bool proration = false;
    std::string subscription, subscriptionItem, invoiceItem;
};

struct InvoicePlan
{
    Value customer;
    Value subscription; ///< Undefined: of no subscription.
    std::string id;     ///< Empty: a new one.
    std::string currency, billingReason = "manual", description;
    std::vector<Value> lines;
    std::vector<std::string> discounts;
    BillingPeriod period;
    bool advances = true;         ///< Finalises and collects by itself.
    std::int64_t finalizesAt = 0; ///< 0: not by itself.
};

Value makeLine(ApiHost &host, const ApiCall &call, const LinePlan &plan);
/// The line that a pending invoice item becomes.
Value lineOf(ApiHost &host, const ApiCall &call, const Value &invoiceItem);
/// What a recurring or one-time price of so many costs as a line. The amount is that of the price
/// unless `amount` says otherwise.
Outcome<LinePlan> priceLine(ApiHost &host, const Value &price, std::int64_t quantity,
                            const BillingPeriod &period,
                            std::optional<std::int64_t> amount = std::nullopt);

/// An invoice object with all its lines and sums, not kept yet.
Value draftInvoice(ApiHost &host, const ApiCall &call, const InvoicePlan &plan);
/// The invoice with these lines and the sums that follow, as long as it is a draft.
Value priced(ApiHost &host, const ApiCall &call, const Value &invoice, std::vector<Value> lines);

/// Keeps a new invoice ("invoice.created") and marks the invoice items that went into it.
Value keepInvoice(ApiHost &host, const ApiCall &call, const Value &invoice);
/// Keeps `after` instead of `before` and sets its next deadline.
Value replaceInvoice(ApiHost &host, const ApiCall &call, const Value &before, const Value &after,
                     std::string_view event);
/// All lines; the object itself shows the first ten.
std::vector<Value> linesOf(ApiHost &host, const ApiCall &call, const Value &invoice);

/// The invoice items that wait for the customer's next invoice, of `subscription` or of none.
std::vector<Value> pendingItems(ApiHost &host, const ApiCall &call, const std::string &customer,
                                const std::string &subscription, std::string_view currency);
/// The subscription that an invoice is of, "" for none.
std::string subscriptionOf(const Value &invoice);

} // namespace tw::stripe::billing
