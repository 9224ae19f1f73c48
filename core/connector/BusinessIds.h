// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <string>

namespace tw {

/// The ids in a message that people search runs by: Stripe's (ch_…, cus_…), Salesforce's of 15 or 18
/// letters, and what stands under `id`, `…_id` or `…Id` and is not the name of a field
/// (`Stripe_Payment_Id__c`). Looks at most three levels deep, keeps at most sixteen, each once;
/// written with a space before and after each, empty when there is none.
std::string businessIds(const Value &message);

} // namespace tw
