// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/BillingTools.h"

namespace tw::stripe::billing {

/// GET of the lists of billing objects: each parameter is held against a field, which is not always
/// the one of its name ("subscription" of invoices lies in their parent). Texts and booleans must
/// be equal, of a list one must be, moments may be ranges (gte, gt, lte, lt).
void addListRoutes(ApiRoutes &routes, std::initializer_list<std::string_view> paths);

} // namespace tw::stripe::billing
