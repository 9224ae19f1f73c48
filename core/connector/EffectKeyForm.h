// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace tw {

/// Whether a text looks like an idempotency key of an engine of ours (engine/EffectKey.h): base32
/// of 256 bits, perhaps with a further part behind "-" or ":" for a step that makes several calls.
/// For connectors that see their own writes come back; nobody else makes such keys by chance.
constexpr bool looksLikeEffectKey(std::string_view text)
{
    constexpr std::size_t kLetters = 52;
    if (text.size() < kLetters)
        return false;
    for (const char letter : text.substr(0, kLetters)) {
        if (!(letter >= 'a' && letter <= 'z') && !(letter >= '2' && letter <= '7'))
            return false;
    }
    // The last letter holds one bit.
    const bool ends = text[kLetters - 1] == 'a' || text[kLetters - 1] == 'q';
    return ends && (text.size() == kLetters || text[kLetters] == '-' || text[kLetters] == ':');
}

} // namespace tw
