// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "TemplateTrial.h"

#include <string>
#include <vector>

namespace tw::test {

using Strings = std::vector<std::string>;

/// A field of a record, "(nothing)" when it was never written.
std::string value(const TemplateTrial::Record &record, const std::string &field);
/// A product with a price in it; answers the price.
std::string monthlyPrice(QuietStripe &stripe, const std::string &currency, int amount);
/// The customer pays with this test card from now on.
void payWith(QuietStripe &stripe, const std::string &customer, const std::string &card);
/// What somebody has paid by a test card; answers the charge. `customer` may be empty.
std::string paidCharge(QuietStripe &stripe, const std::string &card, int amount,
                       const std::string &currency, const std::string &customer = {});
/// An invoice over one amount that Stripe has tried to charge; answers its id.
std::string triedInvoice(QuietStripe &stripe, const std::string &customer, int amount);

} // namespace tw::test
