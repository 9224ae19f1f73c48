// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Decimal.h"
#include "core/data/Value.h"

#include <cstdint>
#include <string>

namespace tw::stripe {

/// What `quantity` of a price costs in minor units: per unit (also with up to twelve decimals) or
/// by tiers, rounded half up once, at the end. Error of Decimal where it does not fit.
Result<std::int64_t> priceAmount(const Value &price, std::int64_t quantity);

/// `decimal` minor units times `quantity`, rounded half up to whole ones.
Result<std::int64_t> decimalAmount(const Decimal &decimal, const Decimal &quantity);

/// `amount` times `part` of `whole`, rounded half away from zero to a multiple of `multipleOf`.
/// Exact in 128 bits. `whole` is above 0.
std::int64_t share(std::int64_t amount, std::int64_t part, std::int64_t whole,
                   std::int64_t multipleOf = 1);

/// What amounts of the currency must be divisible by (CurrencyRule); 1 for an unknown code.
std::int64_t multipleOf(std::string_view currency);

} // namespace tw::stripe
