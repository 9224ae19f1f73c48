// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/InvoiceBuilder.h"

namespace tw::stripe::billing {

/// Keeps an invoice item that becomes `plan` as a line: "invoiceitem.created".
Value makeInvoiceItem(ApiHost &host, const ApiCall &call, const LinePlan &plan,
                      const Value &customer, const Value &taxRates,
                      const std::string &invoice = {});

/// The line that the parameters of an invoice item, an added line or `add_invoice_items` mean:
/// amount and currency, or a price with a quantity.
Outcome<LinePlan> itemPlan(ApiHost &host, const ApiCall &call, const Value &params,
                           const std::string &currency, std::int64_t now, const std::string &param);

/// Makes the items of `add_invoice_items`, so that the next invoice of the subscription takes them.
Outcome<bool> addExtraItems(ApiHost &host, const ApiCall &call, const Value &subscription,
                            const Value &customer, const BillingPeriod &period);

void addInvoiceItemRoutes(ApiRoutes &routes);

} // namespace tw::stripe::billing
