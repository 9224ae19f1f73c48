// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Decimal.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// How Stripe writes amounts of one currency (docs.stripe.com/currencies). `exponent` is the number
/// of decimals between the API's minor unit and the major unit; `multipleOf` is what an amount must
/// be divisible by: 10 for three-decimal currencies, 100 for ISK and UGX (two decimals in the API,
/// whole in life).
struct CurrencyRule
{
    std::string code; ///< Upper case.
    int exponent = 2;
    std::int64_t multipleOf = 1;
    std::int64_t payoutMultipleOf = 1;
    std::string minimumCharge; ///< Decimal text in major units, or empty.
};

/// The rule of a three-letter code in any case. A code that is not listed follows the default (two
/// decimals); a text that is no currency code is an error `data.bad_currency`.
Result<CurrencyRule> currencyRule(std::string_view code);
std::vector<CurrencyRule> listedCurrencies();
/// Whether ISO 4217 knows the upper-case code, today or in the last years.
bool isKnownCurrency(std::string_view code);

/// An amount in the minor unit of its currency. Never a double; two currencies never meet.
class Money
{
public:
    static Result<Money> fromMinor(std::int64_t minor, std::string_view currency);
    /// Refuses digits below the minor unit (`data.money_precision`).
    static Result<Money> fromMajor(const Decimal &major, std::string_view currency);

    std::int64_t minor() const { return m_minor; }
    const std::string &currency() const { return m_currency; } ///< Upper case.
    Decimal major() const;    ///< 1099 USD gives 10.99, 1099 JPY 1099, 1099 KWD 1.099, 500 UGX 5.
    std::string text() const; ///< "10.99 USD": as many decimals as people write for the currency.

    friend Result<Money> add(const Money &a, const Money &b); ///< Error `data.currency_mismatch`.

private:
    Money(std::int64_t minor, std::string currency, int exponent, bool wholeInLife)
        : m_minor(minor),
          m_currency(std::move(currency)),
          m_exponent(exponent),
          m_wholeInLife(wholeInLife)
    {}
    std::int64_t m_minor = 0;
    std::string m_currency;
    int m_exponent = 2;
    bool m_wholeInLife = false;
};

} // namespace tw
