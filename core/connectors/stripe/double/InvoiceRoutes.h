// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

namespace tw::stripe::billing {

void addInvoiceLineRoutes(ApiRoutes &routes);
void addInvoicePreviewRoutes(ApiRoutes &routes);
void addCreditNoteRoutes(ApiRoutes &routes);
void addQuoteRoutes(ApiRoutes &routes);

/// Refuses unless the invoice is a draft.
Outcome<Value> draftNamed(ApiHost &host, const ApiCall &call);

} // namespace tw::stripe::billing
