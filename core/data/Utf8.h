// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// UTF-8 by hand, for parsers that report places. Pure functions.
namespace tw::utf8 {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Appends up to four bytes; a lone surrogate becomes three bytes (WTF-8).
char *encode(char *to, std::uint32_t codePoint);
void append(std::string &out, std::uint32_t codePoint);

/// Bytes of the sound character at `at` (no surrogates, no overlong forms), or 0.
std::size_t characterLength(std::string_view text, std::size_t at);
/// Offset of the first byte that is not UTF-8, or npos.
std::size_t firstInvalid(std::string_view text);

/// Line and column (in code points), both from 1, of an offset; CR LF counts as one line end.
struct LineColumn
{
    int line = 1;
    int column = 1;
};
LineColumn lineColumn(std::string_view text, std::size_t offset);

} // namespace tw::utf8
