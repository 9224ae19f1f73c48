// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Money.h"

#include <algorithm>
#include <array>

namespace tw {
namespace {

struct Row
{
    std::string_view code;
    int exponent = 2;
    std::int64_t multipleOf = 1;
    std::int64_t payoutMultipleOf = 1;
    std::string_view minimumCharge = {};
};

/// docs.stripe.com/currencies; resources/stripe/currency-rules.json says the same, and a test
/// compares the two row by row.
constexpr std::array kRows{
    Row{"AED", 2, 1, 1, "2.00"},
    Row{"ARS", 2, 1, 1, "0.50"},
    Row{"AUD", 2, 1, 1, "0.50"},
    Row{"BHD", 3, 10, 1},
    Row{"BIF", 0},
    Row{"BRL", 2, 1, 1, "0.50"},
    Row{"CAD", 2, 1, 1, "0.50"},
    Row{"CHF", 2, 1, 1, "0.50"},
    Row{"CLP", 0},
    Row{"COP", 2, 1, 1, "0.50"},
    Row{"CZK", 2, 1, 1, "15.00"},
    Row{"DJF", 0},
    Row{"DKK", 2, 1, 1, "2.50"},
    Row{"EUR", 2, 1, 1, "0.50"},
    Row{"GBP", 2, 1, 1, "0.30"},
    Row{"GNF", 0},
    Row{"HKD", 2, 1, 1, "4.00"},
    Row{"HUF", 2, 1, 100, "175.00"},
    Row{"IDR", 2, 1, 1, "0.50"},
    Row{"ILS", 2, 1, 1, "0.50"},
    Row{"INR", 2, 1, 1, "0.50"},
    Row{"ISK", 2, 100, 1},
    Row{"JOD", 3, 10, 1},
    Row{"JPY", 0, 1, 1, "50"},
    Row{"KMF", 0},
    Row{"KRW", 0, 1, 1, "50"},
    Row{"KWD", 3, 10, 1},
    Row{"MGA", 0},
    Row{"MXN", 2, 1, 1, "10"},
    Row{"MYR", 2, 1, 1, "2.00"},
    Row{"NOK", 2, 1, 1, "3.00"},
    Row{"NZD", 2, 1, 1, "0.50"},
    Row{"OMR", 3, 10, 1},
    Row{"PHP", 2, 1, 1, "0.50"},
    Row{"PLN", 2, 1, 1, "2.00"},
    Row{"PYG", 0},
    Row{"RON", 2, 1, 1, "2.00"},
    Row{"RUB", 2, 1, 1, "0.50"},
    Row{"RWF", 0},
    Row{"SEK", 2, 1, 1, "3.00"},
    Row{"SGD", 2, 1, 1, "0.50"},
    Row{"THB", 2, 1, 1, "10"},
    Row{"TND", 3, 10, 1},
    Row{"TWD", 2, 1, 100},
    Row{"UGX", 2, 100, 1},
    Row{"USD", 2, 1, 1, "0.50"},
    Row{"VND", 0},
    Row{"VUV", 0},
    Row{"XAF", 0},
    Row{"XOF", 0},
    Row{"XPF", 0},
    Row{"ZAR", 2, 1, 1, "0.50"},
};
static_assert(std::is_sorted(kRows.begin(), kRows.end(),
                             [](const Row &a, const Row &b) { return a.code < b.code; }));

/// ISO 4217 of 2026 with the codes that went out of use since 2017; metals and test codes left out.
constexpr std::string_view kKnown =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL "
    "BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF "
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP "
    "LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD "
    "NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR "
    "SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
    "TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VEF VES VND VUV WST XAF XCD XCG XOF XPF "
    "YER ZAR ZMW ZWG ZWL ";

CurrencyRule ruleOf(const Row &row)
{
    return {std::string(row.code), row.exponent, row.multipleOf, row.payoutMultipleOf,
            std::string(row.minimumCharge)};
}

/// Two decimals in the API although nobody pays fractions (ISK, UGX).
bool isWholeInLife(const CurrencyRule &rule)
{
    return rule.exponent == 2 && rule.multipleOf == 100;
}

} // namespace

Result<CurrencyRule> currencyRule(std::string_view code)
{
    std::string upper;
    for (const char c : code)
        upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool letters = std::ranges::all_of(upper, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (upper.size() != 3 || !letters)
        return rejectedError("data.bad_currency",
                             "'" + std::string(code.substr(0, 40)) +
                                 "' is no currency code; use three letters such as USD.");
    const auto *found = std::ranges::lower_bound(kRows, std::string_view(upper), {}, &Row::code);
    if (found != kRows.end() && found->code == upper)
        return ruleOf(*found);
    CurrencyRule rule;
    rule.code = std::move(upper);
    return rule;
}

std::vector<CurrencyRule> listedCurrencies()
{
    std::vector<CurrencyRule> rules;
    for (const Row &row : kRows)
        rules.push_back(ruleOf(row));
    return rules;
}

bool isKnownCurrency(std::string_view code)
{
    return code.size() == 3 && code.find(' ') == std::string_view::npos &&
           kKnown.find(code) != std::string_view::npos;
}

Result<Money> Money::fromMinor(std::int64_t minor, std::string_view currency)
{
    auto rule = currencyRule(currency);
    if (!rule)
        return std::move(rule).error();
    return Money(minor, rule->code, rule->exponent, isWholeInLife(*rule));
}

Result<Money> Money::fromMajor(const Decimal &major, std::string_view currency)
{
    auto rule = currencyRule(currency);
    if (!rule)
        return std::move(rule).error();
    const auto minor = major.toUnits(rule->exponent);
    if (!minor && minor.error().code == "data.decimal_inexact")
        return rejectedError(
            "data.money_precision",
            major.toString() + " " + rule->code +
                " has digits below the smallest unit of the currency; round it to " +
                std::to_string(rule->exponent) + " decimals first.");
    if (!minor)
        return minor.error();
    return Money(*minor, rule->code, rule->exponent, isWholeInLife(*rule));
}

Decimal Money::major() const
{
    if (m_wholeInLife && m_minor % 100 == 0)
        return Decimal(m_minor / 100);
    return Decimal(m_minor, m_exponent);
}

std::string Money::text() const
{
    return major().toString() + " " + m_currency;
}

Result<Money> add(const Money &a, const Money &b)
{
    if (a.m_currency != b.m_currency)
        return rejectedError("data.currency_mismatch",
                             a.text() + " and " + b.text() +
                                 " cannot be added: convert one of them first.");
    Money sum = a;
    if (__builtin_add_overflow(a.m_minor, b.m_minor, &sum.m_minor))
        return rejectedError("data.decimal_overflow",
                             "The sum of two amounts is larger than amounts can be.");
    return sum;
}

} // namespace tw
