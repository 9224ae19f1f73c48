// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Random.h"
#include "core/sandbox/Cast.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tw::stripe {

struct SampleCard
{
    std::string brand, last4, funding, country;
    int expMonth = 1;
    int expYear = 2030;
};

/// One made-up purchase: who bought what for how much, and the ids of all objects around it, so
/// that a charge, its payment intent, its refund and its dispute agree with each other. A plain
/// value.
struct Sale
{
    sandbox::CastMember buyer;
    std::string currency;    ///< Lower case.
    std::int64_t amount = 0; ///< Minor unit as Stripe's API wants it.
    std::string product;
    std::string order;
    SampleCard card;
    Instant at;
    /// Middle part shared by the ids of this sale: "3TwR8…".
    std::string idPart;

    std::string id(std::string_view prefix) const { return std::string(prefix) + idPart; }
};

/// Draws sales; the same seed gives the same ones.
class SaleBook
{
public:
    /// `currencies` empty: what the buyers pay in, and now and then one without two decimals.
    SaleBook(std::uint64_t seed, std::vector<std::string> currencies);

    Sale draw(Instant at);
    std::string idPart(std::size_t length);
    Random &random() { return m_random; }

private:
    std::int64_t amountIn(const std::string &currency);

    Random m_random;
    std::vector<std::string> m_currencies;
    int m_nextOrder;
};

} // namespace tw::stripe
