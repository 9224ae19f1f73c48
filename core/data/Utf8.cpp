// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Utf8.h"

#include <algorithm>
#include <cstring>

namespace tw::utf8 {
namespace {

bool isContinuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/// RFC 3629: which second bytes a lead byte allows.
bool secondByteFits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second <= 0x9F;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second <= 0x8F;
    default:
        return true;
    }
}

std::size_t lengthFromLead(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

} // namespace

char *encode(char *to, std::uint32_t codePoint)
{
    if (codePoint < 0x80) {
        *to++ = static_cast<char>(codePoint);
        return to;
    }
    if (codePoint < 0x800) {
        *to++ = static_cast<char>(0xC0 | (codePoint >> 6));
    } else if (codePoint < 0x10000) {
        *to++ = static_cast<char>(0xE0 | (codePoint >> 12));
        *to++ = static_cast<char>(0x80 | ((codePoint >> 6) & 0x3F));
    } else {
        *to++ = static_cast<char>(0xF0 | (codePoint >> 18));
        *to++ = static_cast<char>(0x80 | ((codePoint >> 12) & 0x3F));
        *to++ = static_cast<char>(0x80 | ((codePoint >> 6) & 0x3F));
    }
    *to++ = static_cast<char>(0x80 | (codePoint & 0x3F));
    return to;
}

void append(std::string &out, std::uint32_t codePoint)
{
    char bytes[4];
    out.append(bytes, encode(bytes, codePoint));
}

std::size_t characterLength(std::string_view text, std::size_t at)
{
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lengthFromLead(lead);
    if (length <= 1)
        return length;
    if (at + length > text.size())
        return 0;
    if (!secondByteFits(lead, static_cast<unsigned char>(text[at + 1])))
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!isContinuation(static_cast<unsigned char>(text[at + i])))
            return 0;
    }
    return length;
}

std::size_t firstInvalid(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t word = 0;
        if (at + 8 <= text.size())
            std::memcpy(&word, text.data() + at, 8);
        if (at + 8 <= text.size() && (word & 0x8080808080808080u) == 0) {
            at += 8;
            continue;
        }
        const std::size_t length = characterLength(text, at);
        if (length == 0)
            return at;
        at += length;
    }
    return std::string_view::npos;
}

LineColumn lineColumn(std::string_view text, std::size_t offset)
{
    LineColumn place;
    offset = std::min(offset, text.size());
    for (std::size_t i = 0; i < offset; ++i) {
        const bool carriage = text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n');
        if (text[i] == '\n' || carriage) {
            ++place.line;
            place.column = 1;
        } else if (text[i] != '\r' && !isContinuation(static_cast<unsigned char>(text[i]))) {
            ++place.column;
        }
    }
    return place;
}

} // namespace tw::utf8
