// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"

#include <QRandomGenerator>
#include <bit>

namespace tw {

Random::Random(std::uint64_t seed)
{
    for (auto &word : m_state) {
        seed += 0x9e3779b97f4a7c15u;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        word = z ^ (z >> 31);
    }
}

std::uint64_t Random::next()
{
    const std::uint64_t result = std::rotl(m_state[1] * 5, 7) * 9;
    const std::uint64_t shifted = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= shifted;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t bound)
{
    if (bound == 0)
        return 0;
    const std::uint64_t skewed = (0 - bound) % bound;
    std::uint64_t value = next();
    while (value < skewed)
        value = next();
    return value % bound;
}

double Random::unit()
{
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::string Random::text(std::size_t length, std::string_view alphabet)
{
    std::string out(length, '\0');
    for (char &c : out)
        c = alphabet[below(alphabet.size())];
    return out;
}

std::string randomToken(std::size_t bytes)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes * 2);
    auto *source = QRandomGenerator::system();
    for (std::size_t i = 0; i < bytes; ++i) {
        const auto byte = source->generate() & 0xffu;
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
    return out;
}

} // namespace tw
