// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tw {

/// Seeded random numbers (xoshiro256**, seeded by splitmix64; prng.di.unimi.it): the same seed gives
/// the same sequence on every machine. Not for secrets: use randomToken(). Not thread-safe.
class Random
{
public:
    explicit Random(std::uint64_t seed);

    std::uint64_t next();
    std::uint64_t below(std::uint64_t bound); ///< Uniform in [0, bound); 0 for a bound of 0.
    double unit();                            ///< Uniform in [0, 1).
    std::string text(std::size_t length, std::string_view alphabet);

private:
    std::uint64_t m_state[4];
};

/// `bytes` random bytes of the operating system as lower-case hex: for tokens and secrets.
std::string randomToken(std::size_t bytes);

} // namespace tw
