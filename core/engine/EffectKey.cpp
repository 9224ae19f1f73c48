// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/EffectKey.h"

#include "core/base/Sha256.h"

#include <cstdint>

namespace tw {
namespace {

// RFC 4648 alphabet in lower case, without padding: 52 characters for 256 bits.
std::string base32(std::string_view bytes)
{
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::string text;
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char byte : bytes) {
        buffer = (buffer << 8) | static_cast<std::uint8_t>(byte);
        for (bits += 8; bits >= 5; bits -= 5)
            text += kAlphabet[(buffer >> (bits - 5)) & 31];
    }
    if (bits > 0)
        text += kAlphabet[(buffer << (5 - bits)) & 31];
    return text;
}

} // namespace

std::string effectKey(std::string_view flow, std::string_view event, std::string_view step,
                      std::string_view item, int generation)
{
    // A length before each part, so that no two different lists give the same bytes.
    std::string named;
    for (const std::string_view part : {flow, event, step}) {
        named += std::to_string(part.size());
        named += ':';
        named += part;
    }
    named += item;
    named += '/' + std::to_string(generation);
    return base32(bytesOf(sha256({named})));
}

std::string effectKey(std::string_view flow, std::string_view event, std::string_view step,
                      int item, int generation)
{
    return effectKey(flow, event, step, std::to_string(item), generation);
}

} // namespace tw
