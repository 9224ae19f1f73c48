// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/PersonalData.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kLongestLocal = 192; // 64 bytes (RFC 5321) when each is percent-encoded
constexpr std::size_t kLongestDomain = 255;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Letters of other scripts are bytes from 0x80 on.
bool isWordByte(char c)
{
    return isDigit(c) || isLetter(c) || static_cast<unsigned char>(c) >= 0x80;
}

bool digitAt(std::string_view text, std::size_t at)
{
    return at < text.size() && isDigit(text[at]);
}

std::size_t digitsFrom(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    while (digitAt(text, end))
        ++end;
    return end - at;
}

bool isCard(std::string_view digits)
{
    return digits.size() >= 13 && digits.size() <= 19 && digits[0] >= '2' && digits[0] <= '6' &&
           passesLuhn(digits);
}

Masked shownCard(std::size_t begin, std::size_t end, std::string_view digits)
{
    return {begin, end, "[card *" + std::string(digits.substr(digits.size() - 4)) + ']'};
}

/// 4-4-4-1…4[-3] or 4-6-4…5 with one kind of separator; the digits, or nothing.
std::string groupedCard(std::string_view text, std::size_t at, std::size_t &end)
{
    const char separator = at + 4 < text.size() ? text[at + 4] : '\0';
    if (separator != ' ' && separator != '-')
        return {};
    std::string digits(text.substr(at, 4));
    end = at + 4;
    std::size_t groups = 1;
    bool isAmex = false;
    while (end < text.size() && text[end] == separator && digitAt(text, end + 1)) {
        const std::size_t count = digitsFrom(text, end + 1);
        isAmex = isAmex || (groups == 1 && count == 6);
        const bool fits = isAmex ? (groups == 1 ? count == 6 : groups == 2 && count <= 5)
                                 : (groups < 3 ? count == 4 : groups < 5 && count <= 4);
        if (!fits)
            break;
        digits += text.substr(end + 1, count);
        end += 1 + count;
        ++groups;
    }
    return digits;
}

/// Digits with single separators, as many as a phone number may have; a number that stands behind
/// it is not a part of it.
std::string phoneDigits(std::string_view text, std::size_t &end)
{
    constexpr std::size_t most = 15; // E.164
    std::string digits;
    for (std::size_t at = end; digitAt(text, at);) {
        const std::size_t count = digitsFrom(text.substr(0, at + most + 1), at);
        if (digits.size() + count > most)
            break;
        digits += text.substr(at, count);
        end = at + count;
        at = end;
        while (at < text.size() && at < end + 2 &&
               std::string_view(" -.()/").find(text[at]) != std::string_view::npos)
            ++at;
    }
    return digits;
}

std::string shownPhone(std::string_view digits, bool international)
{
    return (international ? "+***" : "***") + std::string(digits.substr(digits.size() - 2));
}

std::optional<Masked> internationalPhone(std::string_view text, std::size_t at, std::size_t plus)
{
    std::size_t end = at + plus;
    if (!digitAt(text, end) || text[end] == '0')
        return std::nullopt;
    const std::string digits = phoneDigits(text, end);
    if (digits.size() < 8)
        return std::nullopt;
    return Masked{at, end, shownPhone(digits, true)};
}

/// (415) 555-2671, 415-555-2671, 415.555.2671
std::optional<Masked> americanPhone(std::string_view text, std::size_t at)
{
    if (at > 0 && (isWordByte(text[at - 1]) ||
                   std::string_view(".-_+/").find(text[at - 1]) != std::string_view::npos))
        return std::nullopt;
    std::size_t next = at;
    const bool parenthesis = text[next] == '(';
    next += parenthesis ? 1 : 0;
    if (digitsFrom(text, next) != 3)
        return std::nullopt;
    next += 3;
    const auto separator = [&](std::string_view allowed) {
        return next < text.size() && allowed.find(text[next]) != std::string_view::npos;
    };
    if (parenthesis && !(separator(")")))
        return std::nullopt;
    next += parenthesis ? 1 : 0;
    if (separator(parenthesis ? " -." : "-."))
        ++next;
    else if (!parenthesis)
        return std::nullopt;
    if (digitsFrom(text, next) != 3)
        return std::nullopt;
    next += 3;
    if (!separator("-. ") || digitsFrom(text, next + 1) != 4)
        return std::nullopt;
    next += 5;
    if (next < text.size() && isWordByte(text[next]))
        return std::nullopt;
    return Masked{at, next, shownPhone(text.substr(next - 2, 2), false)};
}

bool isLocal(char c)
{
    return isWordByte(c) || std::string_view("._%+-'").find(c) != std::string_view::npos;
}

} // namespace

bool passesLuhn(std::string_view digits)
{
    int sum = 0;
    bool twice = false;
    for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
        const int digit = digits[i] - '0';
        sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
    }
    return sum % 10 == 0;
}

std::optional<Masked> cardAt(std::string_view text, std::size_t at)
{
    if (!digitAt(text, at) || (at > 0 && isDigit(text[at - 1])))
        return std::nullopt;
    const std::size_t count = digitsFrom(text, at);
    if (count >= 13) {
        const std::string_view digits = text.substr(at, count);
        return isCard(digits) ? std::optional(shownCard(at, at + count, digits)) : std::nullopt;
    }
    if (count != 4)
        return std::nullopt;
    std::size_t end = at;
    const std::string digits = groupedCard(text, at, end);
    return isCard(digits) ? std::optional(shownCard(at, end, digits)) : std::nullopt;
}

std::optional<Masked> phoneAt(std::string_view text, std::size_t at)
{
    if (text[at] == '+')
        return internationalPhone(text, at, 1);
    if (text.substr(at, 3) == "%2B" || text.substr(at, 3) == "%2b")
        return internationalPhone(text, at, 3);
    if (text[at] == '(' || isDigit(text[at]))
        return americanPhone(text, at);
    return std::nullopt;
}

std::optional<Masked> emailAround(std::string_view text, std::size_t at, std::size_t from)
{
    const std::size_t sign = text[at] == '@' ? 1 : 3; // @ or %40
    std::size_t begin = at;
    while (begin > from && at - begin < kLongestLocal && isLocal(text[begin - 1]))
        --begin;
    // An escape before the address is not a part of it: %3Aana%40example.com
    if (const std::size_t escape = text.substr(begin, at - begin).rfind('%');
        escape != std::string_view::npos && begin + escape + 3 < at)
        begin += escape + 3;
    std::size_t end = at + sign;
    while (end < text.size() && end - at < kLongestDomain &&
           (isWordByte(text[end]) || text[end] == '-' || text[end] == '.'))
        ++end;
    while (end > at + sign && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end; // the end of a sentence
    const std::string_view domain = text.substr(at + sign, end - at - sign);
    const std::size_t dot = domain.rfind('.');
    if (begin == at || dot == domain.npos || dot == 0 || domain.size() - dot < 3)
        return std::nullopt;
    std::size_t first = begin + 1;
    while (first < at && (static_cast<unsigned char>(text[first]) & 0xc0) == 0x80)
        ++first;
    return Masked{begin, end,
                  std::string(text.substr(begin, first - begin)) + "***" +
                      std::string(text.substr(at, end - at))};
}

std::string maskedPhone(std::string_view text)
{
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), isDigit);
    if (digits.size() < 5)
        return "***";
    return shownPhone(digits, text.find('+') != std::string_view::npos);
}

std::string maskedEmail(std::string_view text)
{
    const std::size_t sign = text.rfind('@');
    if (sign == std::string_view::npos || sign == 0)
        return "***";
    std::size_t first = 1;
    while (first < sign && (static_cast<unsigned char>(text[first]) & 0xc0) == 0x80)
        ++first;
    return std::string(text.substr(0, first)) + "***" + std::string(text.substr(sign));
}

std::string withoutCards(std::string_view text)
{
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto card = isDigit(text[at]) ? cardAt(text, at) : std::nullopt;
        if (!card) {
            ++at;
            continue;
        }
        out.append(text.substr(from, card->begin - from)).append(card->shown);
        from = at = card->end;
    }
    return out.append(text.substr(from));
}

} // namespace tw
