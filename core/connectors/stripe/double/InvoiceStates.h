// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

namespace tw::stripe::billing {

/// Draft to open: number, balance of the customer, intent; what costs nothing is paid at once.
/// Answers the invoice as it is then.
Value finalizeInvoice(ApiHost &host, const ApiCall &call, const Value &invoice);

/// Tries to collect an open invoice with `method` ("": the default one). The outcome comes through
/// intentHeard(). Answers what the attempt answered: 200, or the refusal.
HttpResponse collect(ApiHost &host, const ApiCall &call, const Value &invoice,
                     const std::string &method);

enum class PaidHow { Charged, OutOfBand, NothingDue };
/// Marks an open invoice as paid and tells of it; the subscription follows.
Value markPaid(ApiHost &host, const ApiCall &call, const Value &invoice, PaidHow how);
/// What a failed attempt means: the next attempt, or the end of them.
void attemptFailed(ApiHost &host, const ApiCall &call, const Value &invoice);
Value voidInvoice(ApiHost &host, const ApiCall &call, const Value &invoice);
Value markUncollectible(ApiHost &host, const ApiCall &call, const Value &invoice);

/// The intent that stands for an invoice, open or paid; "" for none.
std::string intentOf(ApiHost &host, const std::string &invoice);
Value paymentsOf(ApiHost &host, const ApiCall &call, const std::string &invoice);
/// The record that ties an intent to an invoice.
Value attachIntent(ApiHost &host, const ApiCall &call, const Value &invoice, const Value &intent);
/// What pays by default: of the invoice, its subscription, its customer; "" for nothing.
std::string methodFor(ApiHost &host, const Value &invoice);
std::string methodOf(const Value &customer);

/// Follows an event about a payment intent: invoices and checkout sessions that wait for it.
void intentHeard(ApiHost &host, const ApiCall &call, std::string_view event, const Value &intent);

/// Moves the customer's balance by `amount` (negative: a credit) and writes it down.
Value moveBalance(ApiHost &host, const ApiCall &call, const std::string &customer,
                  std::int64_t amount, std::string_view type, const std::string &invoice,
                  const std::string &creditNote = {});

} // namespace tw::stripe::billing
