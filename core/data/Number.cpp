// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace tw::number {
namespace {

constexpr std::int64_t kExponentBound = 1'000'000'000;
constexpr double kExactWhole = 9007199254740992.0; // 2^53
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::size_t countDigits(std::string_view text, std::size_t from)
{
    std::size_t at = from;
    while (at < text.size() && isDigit(text[at]))
        ++at;
    return at - from;
}

/// What a number text says, as far as 64 bits hold its digits.
struct Scan
{
    bool negative = false;
    bool whole = true; ///< Neither fraction nor exponent.
    std::uint64_t mantissa = 0;
    int digits = 0;            ///< Significant digits read into `mantissa`.
    bool overflow = false;     ///< More than 19 significant digits.
    std::int64_t exponent = 0; ///< Power of ten of the last digit.
};

const char *scanDigits(const char *at, const char *end, Scan &scan, int fraction)
{
    for (; at != end && isDigit(*at); ++at) {
        scan.exponent -= fraction;
        if (scan.digits == 19) {
            scan.overflow = true;
            continue;
        }
        scan.mantissa = scan.mantissa * 10 + static_cast<unsigned>(*at - '0');
        scan.digits += scan.mantissa != 0;
    }
    return at;
}

Scan scanNumber(std::string_view text)
{
    Scan scan;
    const char *at = text.data();
    const char *end = at + text.size();
    if (*at == '-') {
        scan.negative = true;
        ++at;
    }
    at = scanDigits(at, end, scan, 0);
    if (at != end && *at == '.') {
        scan.whole = false;
        at = scanDigits(at + 1, end, scan, 1);
    }
    if (at != end) {
        scan.whole = false;
        scan.exponent += readExponent({at + 1, static_cast<std::size_t>(end - at - 1)});
    }
    return scan;
}

Value wholeNumber(std::string_view text)
{
    std::int64_t small = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), small).ec == std::errc())
        return Value::integer(small);
    std::uint64_t large = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), large).ec == std::errc())
        return Value::unsignedInteger(large);
    return {};
}

/// "28.5e17": a whole number in other words; undefined when it is none or too large.
Value wholeInOtherWords(std::string_view text)
{
    Shape shape = shapeOf(text);
    const auto length = static_cast<std::int64_t>(shape.digits.size());
    if (shape.exponent < length || shape.exponent > 20)
        return {};
    shape.digits.append(static_cast<std::size_t>(shape.exponent - length), '0');
    return wholeNumber((shape.negative ? "-" : "") + shape.digits);
}

Value roundTripped(std::string_view text)
{
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc())
        return Value::digits(text);
    if (std::fabs(value) >= kExactWhole && std::fabs(value) <= 0x1p64) {
        const Value whole = wholeInOtherWords(text);
        if (!whole.isUndefined())
            return whole;
    }
    char shortest[kLongest];
    const std::string_view written(shortest,
                                   static_cast<std::size_t>(write(shortest, value) - shortest));
    return shapeOf(written) == shapeOf(text) ? Value::number(value) : Value::digits(text);
}

} // namespace

std::int64_t readExponent(std::string_view text)
{
    const bool negative = text.front() == '-';
    if (text.front() == '-' || text.front() == '+')
        text.remove_prefix(1);
    std::int64_t value = 0;
    for (const char c : text)
        value = std::min<std::int64_t>(value * 10 + (c - '0'), kExponentBound);
    return negative ? -value : value;
}

std::size_t jsonNumberLength(std::string_view text)
{
    std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    if (at < text.size() && text[at] == '0')
        ++at;
    else if (const std::size_t digits = countDigits(text, at))
        at += digits;
    else
        return 0;
    if (at + 1 < text.size() && text[at] == '.' && isDigit(text[at + 1]))
        at += 1 + countDigits(text, at + 1);
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        std::size_t power = at + 1;
        if (power < text.size() && (text[power] == '+' || text[power] == '-'))
            ++power;
        if (const std::size_t digits = countDigits(text, power))
            at = power + digits;
    }
    return at;
}

Shape shapeOf(std::string_view text)
{
    Shape shape;
    shape.negative = !text.empty() && text[0] == '-';
    std::int64_t point = -1;
    std::int64_t power = 0;
    for (std::size_t i = shape.negative ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == 'e' || text[i] == 'E') {
            power = readExponent(text.substr(i + 1));
            break;
        }
        if (text[i] == '.')
            point = static_cast<std::int64_t>(shape.digits.size());
        else
            shape.digits += text[i];
    }
    if (point < 0)
        point = static_cast<std::int64_t>(shape.digits.size());
    const std::size_t leading = std::min(shape.digits.find_first_not_of('0'), shape.digits.size());
    shape.digits.erase(0, leading);
    while (!shape.digits.empty() && shape.digits.back() == '0')
        shape.digits.pop_back();
    if (shape.digits.empty())
        return {};
    shape.exponent = point - static_cast<std::int64_t>(leading) + power;
    return shape;
}

Shape shapeOf(const Value &number)
{
    if (number.kind() == Value::Kind::Digits)
        return shapeOf(number.text());
    if (number.kind() == Value::Kind::Int)
        return shapeOf(std::to_string(number.rawInt()));
    if (number.kind() == Value::Kind::UInt)
        return shapeOf(std::to_string(number.rawUInt()));
    char text[kLongest];
    return shapeOf({text, static_cast<std::size_t>(write(text, number.rawDouble()) - text)});
}

double toDouble(std::string_view text)
{
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc())
        return value;
    const Shape shape = shapeOf(text);
    const double size = shape.exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    return shape.negative ? -size : size;
}

Value fromText(std::string_view text)
{
    const Scan scan = scanNumber(text);
    if (scan.whole && scan.digits < 19 && !scan.overflow) {
        if (scan.mantissa == 0 && scan.negative)
            return Value::number(-0.0);
        const auto value = static_cast<std::int64_t>(scan.mantissa);
        return Value::integer(scan.negative ? -value : value);
    }
    if (scan.whole) {
        const Value exact = wholeNumber(text);
        if (!exact.isUndefined())
            return exact;
    }
    // Up to 15 digits and a power of ten that a double holds exactly: one correctly rounded step
    // (Clinger 1990), and 15 digits always survive.
    if (!scan.overflow && scan.digits <= 15 && scan.exponent >= -22 && scan.exponent <= 22) {
        const auto mantissa = static_cast<double>(scan.mantissa);
        const double size = scan.exponent < 0 ? mantissa / kPowersOfTen[-scan.exponent]
                                              : mantissa * kPowersOfTen[scan.exponent];
        if (size < kExactWhole)
            return Value::number(scan.negative ? -size : size);
    }
    return roundTripped(text);
}

namespace {

char *writeExponent(char *to, int exponent)
{
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    return std::to_chars(to, to + 6, std::abs(exponent)).ptr;
}

char *copyText(char *to, const char *from, int count)
{
    std::memcpy(to, from, static_cast<std::size_t>(count));
    return to + count;
}

/// ECMA-262 Number::toString: `count` digits whose value is 0.DIGITS times ten to the `point`.
char *layOut(char *to, const char *digits, int count, int point)
{
    if (count <= point && point <= 21) {
        to = copyText(to, digits, count);
        return std::fill_n(to, point - count, '0');
    }
    if (0 < point && point <= 21) {
        to = copyText(to, digits, point);
        *to++ = '.';
        return copyText(to, digits + point, count - point);
    }
    if (-6 < point && point <= 0) {
        *to++ = '0';
        *to++ = '.';
        to = std::fill_n(to, -point, '0');
        return copyText(to, digits, count);
    }
    *to++ = digits[0];
    if (count > 1) {
        *to++ = '.';
        to = copyText(to, digits + 1, count - 1);
    }
    return writeExponent(to, point - 1);
}

} // namespace

char *write(char *to, double number)
{
    if (!std::isfinite(number))
        return copyText(to, "null", 4);
    if (std::fabs(number) < kExactWhole && number == std::trunc(number))
        return std::to_chars(to, to + kLongest, static_cast<std::int64_t>(number)).ptr;
    if (number < 0) {
        *to++ = '-';
        number = -number;
    }
    char text[kLongest]; // d.ddde+xx
    const char *end =
        std::to_chars(text, text + kLongest, number, std::chars_format::scientific).ptr;
    char digits[kLongest];
    int count = 0;
    const char *at = text;
    for (; *at != 'e'; ++at) {
        if (*at != '.')
            digits[count++] = *at;
    }
    int exponent = 0;
    at += at[1] == '+' ? 2 : 1;
    std::from_chars(at, end, exponent);
    return layOut(to, digits, count, exponent + 1);
}

} // namespace tw::number
