// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8 as JSONata sees it: lengths in code points, positions in UTF-16 units. Unpaired surrogates
/// are three bytes like any other code point below U+10000.
namespace tw::expr::utf8 {

inline bool isTrail(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

inline std::size_t pointCount(std::string_view text)
{
    std::size_t count = 0;
    for (const char c : text)
        count += isTrail(c) ? 0 : 1;
    return count;
}

inline std::size_t unitCount(std::string_view text)
{
    std::size_t count = 0;
    for (const char c : text)
        count += (isTrail(c) ? 0u : 1u) + (static_cast<unsigned char>(c) >= 0xF0 ? 1u : 0u);
    return count;
}

/// Byte offset of the code point number `points`, or the size of the text.
inline std::size_t offsetOf(std::string_view text, std::size_t points)
{
    std::size_t at = 0;
    while (at < text.size() && points > 0) {
        ++at;
        while (at < text.size() && isTrail(text[at]))
            ++at;
        --points;
    }
    return at;
}

/// Reads the code point at `at` and moves behind it; broken bytes count as themselves.
inline char32_t decode(std::string_view text, std::size_t &at)
{
    const auto lead = static_cast<unsigned char>(text[at++]);
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    char32_t point = more == 3   ? lead & 0x07u
                     : more == 2 ? lead & 0x0Fu
                     : more == 1 ? lead & 0x1Fu
                                 : lead;
    for (; more > 0 && at < text.size() && isTrail(text[at]); --more)
        point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
    return point;
}

inline void append(std::string &out, char32_t point)
{
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    }
}

/// Order by UTF-16 units, as the reference compares: supplementary characters sort below U+E000.
inline int compare(std::string_view a, std::string_view b)
{
    const std::size_t shared = a.size() < b.size() ? a.size() : b.size();
    for (std::size_t i = 0; i < shared; ++i) {
        if (a[i] == b[i])
            continue;
        auto weight = [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte >= 0xF0 ? 2 * 0xED + 1 : 2 * byte;
        };
        const int left = weight(a[i]);
        const int right = weight(b[i]);
        if (left == right)
            return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]) ? -1 : 1;
        return left < right ? -1 : 1;
    }
    return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

} // namespace tw::expr::utf8
