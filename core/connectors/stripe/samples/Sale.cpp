// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/samples/Sale.h"

#include "core/data/Money.h"

namespace tw::stripe {

namespace {

constexpr std::string_view kIdAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

constexpr const char *kProducts[] = {
    "Espresso subscription, monthly",  "Team licence, 5 seats",
    "Spring workshop ticket",          "Spare parts kit B",
    "Letterpress notebooks, set of 3", "Annual service plan",
    "Climbing course, beginners",      "Catering deposit",
};

const SampleCard kCards[] = {
    {"visa", "4242", "credit", "US", 8, 2030},
    {"mastercard", "4444", "credit", "DE", 11, 2029},
    {"visa", "5556", "debit", "GB", 2, 2031},
    {"amex", "0005", "credit", "US", 6, 2028},
    {"mastercard", "8210", "debit", "FR", 12, 2030},
    {"jcb", "0505", "credit", "JP", 4, 2029},
};

/// Currencies that catch careless conversions; about one sale in twelve.
constexpr const char *kOddCurrencies[] = {"kwd", "jpy"};

} // namespace

SaleBook::SaleBook(std::uint64_t seed, std::vector<std::string> currencies)
    : m_random(seed),
      m_currencies(std::move(currencies)),
      m_nextOrder(10'000 + static_cast<int>(m_random.below(5'000)))
{}

std::string SaleBook::idPart(std::size_t length)
{
    return m_random.text(length, kIdAlphabet);
}

std::int64_t SaleBook::amountIn(const std::string &currency)
{
    const auto rule = currencyRule(currency);
    std::int64_t unit = 1;
    const int exponent = rule ? rule->exponent : 2;
    for (int i = 0; i < exponent; ++i)
        unit *= 10;
    const std::int64_t step = rule ? rule->multipleOf : 1;
    // Weak currencies cost more of them: 5 to 400 units, or 500 to 40,000.
    const bool weak = exponent == 0 || currency == "isk" || currency == "ugx";
    const std::int64_t scale = weak ? 100 : 1;
    const auto minor =
        static_cast<std::int64_t>(m_random.below(static_cast<std::uint64_t>(395 * scale * unit)));
    return (5 * scale * unit + minor) / step * step;
}

Sale SaleBook::draw(Instant at)
{
    const auto &people = sandbox::cast();
    Sale sale;
    sale.buyer = people[m_random.below(people.size())];
    sale.currency = sale.buyer.currency;
    if (!m_currencies.empty())
        sale.currency = m_currencies[m_random.below(m_currencies.size())];
    else if (m_random.below(12) == 0)
        sale.currency = kOddCurrencies[m_random.below(std::size(kOddCurrencies))];
    sale.amount = amountIn(sale.currency);
    sale.product = kProducts[m_random.below(std::size(kProducts))];
    sale.order = "ORD-" + std::to_string(m_nextOrder++);
    sale.card = kCards[m_random.below(std::size(kCards))];
    sale.at = at;
    sale.idPart = "3Tw" + idPart(21);
    return sale;
}

} // namespace tw::stripe
