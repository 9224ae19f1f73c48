// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Decimal.h"

#include "core/data/Number.h"

#include <algorithm>

namespace tw {
namespace {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;
constexpr int kMaxDigits = 36;

Error tooWide()
{
    return rejectedError("data.decimal_overflow",
                         "A decimal number needs more than 36 digits, which is more than amounts "
                         "are calculated with.");
}

Error badSyntax(std::string_view text)
{
    return rejectedError("data.decimal_syntax", "'" + std::string(text.substr(0, 80)) +
                                                    "' is not a decimal number such as -12.30.");
}

UnsignedWide magnitude(Wide number)
{
    return number < 0 ? UnsignedWide(0) - static_cast<UnsignedWide>(number)
                      : static_cast<UnsignedWide>(number);
}

std::string digitsOf(Wide number)
{
    std::string digits;
    for (UnsignedWide rest = magnitude(number); rest > 0; rest /= 10)
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    std::reverse(digits.begin(), digits.end());
    return digits;
}

UnsignedWide powerOfTen(int exponent)
{
    UnsignedWide power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

bool fits(Wide number)
{
    return magnitude(number) < powerOfTen(kMaxDigits);
}

/// number times ten to the exponent, or nothing when that is too wide.
bool scaleUp(Wide &number, int exponent)
{
    for (int i = 0; i < exponent && number != 0; ++i) {
        number *= 10;
        if (!fits(number))
            return false;
    }
    return true;
}

bool roundsAway(UnsignedWide quotient, UnsignedWide rest, UnsignedWide divisor,
                Decimal::Rounding rounding)
{
    const UnsignedWide half = divisor - rest; // compares rest with divisor / 2 without overflow
    if (rounding == Decimal::Rounding::Down || rest == 0)
        return false;
    if (rounding == Decimal::Rounding::HalfUp)
        return rest >= half;
    return rest > half || (rest == half && quotient % 2 == 1);
}

} // namespace

Decimal Decimal::fromWide(Wide unscaled, int scale)
{
    Decimal made;
    made.m_unscaled = unscaled;
    made.m_scale = scale;
    return made;
}

Result<Decimal> Decimal::parse(std::string_view text)
{
    std::string_view number = text;
    if (number.starts_with('+') && !number.starts_with("+-"))
        number.remove_prefix(1);
    // People also write leading zeros and ".5".
    std::string plain(number.starts_with('-') ? "-" : "");
    number.remove_prefix(plain.size());
    const std::size_t zeros = std::min(number.find_first_not_of('0'), number.size());
    const bool needsZero = zeros == number.size() || number[zeros] < '0' || number[zeros] > '9';
    if (needsZero && zeros == 0 && !number.starts_with('.'))
        return badSyntax(text);
    plain += needsZero ? "0" : "";
    plain += number.substr(zeros);
    if (!number::isJsonNumber(plain))
        return badSyntax(text);

    const std::size_t power = std::min(plain.find_first_of("eE"), plain.size());
    const std::size_t point = std::min(plain.find('.'), power);
    const std::int64_t fraction = point < power ? static_cast<std::int64_t>(power - point) - 1 : 0;
    const number::Shape shape = number::shapeOf(plain);
    const auto length = static_cast<std::int64_t>(shape.digits.size());
    const std::int64_t exponent =
        power < plain.size() ? number::readExponent(std::string_view(plain).substr(power + 1)) : 0;
    const std::int64_t scale = std::max<std::int64_t>(fraction - exponent, 0);
    if (shape.digits.empty())
        return fromWide(0, static_cast<int>(std::min<std::int64_t>(scale, kMaxDigits)));
    if (scale > kMaxDigits || shape.exponent > kMaxDigits || length > kMaxDigits)
        return tooWide();
    Wide unscaled = 0;
    for (const char digit : shape.digits)
        unscaled = unscaled * 10 + (digit - '0');
    if (!scaleUp(unscaled, static_cast<int>(scale + shape.exponent - length)))
        return tooWide();
    return fromWide(shape.negative ? -unscaled : unscaled, static_cast<int>(scale));
}

Result<Decimal> Decimal::fromValue(const Value &value)
{
    if (value.kind() == Value::Kind::Int)
        return fromWide(value.rawInt(), 0);
    if (value.kind() == Value::Kind::UInt)
        return fromWide(static_cast<Wide>(value.rawUInt()), 0);
    if (value.kind() == Value::Kind::Digits)
        return parse(value.text());
    if (value.kind() != Value::Kind::Double)
        return rejectedError("data.decimal_syntax",
                             "A number was expected, but the value is none.");
    char text[number::kLongest];
    return parse({text, static_cast<std::size_t>(number::write(text, value.rawDouble()) - text)});
}

std::string Decimal::toString() const
{
    std::string digits = digitsOf(m_unscaled);
    const auto scale = static_cast<std::size_t>(std::max(m_scale, 0));
    if (digits.size() <= scale)
        digits.insert(0, scale + 1 - digits.size(), '0');
    if (m_scale < 0 && m_unscaled != 0)
        digits.append(static_cast<std::size_t>(-m_scale), '0');
    if (scale > 0)
        digits.insert(digits.size() - scale, 1, '.');
    return m_unscaled < 0 ? "-" + digits : digits;
}

Value Decimal::toValue(Arena &arena) const
{
    std::string text = toString();
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    const Value value = number::fromText(text);
    return value.kind() == Value::Kind::Digits ? Value::digits(arena.copy(text)) : value;
}

Result<Decimal> Decimal::rescaled(int scale, Rounding rounding) const
{
    if (scale >= m_scale) {
        Wide number = m_unscaled;
        if (!scaleUp(number, scale - m_scale))
            return tooWide();
        return fromWide(number, scale);
    }
    const int dropped = m_scale - scale;
    const UnsignedWide size = magnitude(m_unscaled);
    const UnsignedWide divisor = powerOfTen(std::min(dropped, kMaxDigits + 1));
    UnsignedWide quotient = size / divisor;
    const UnsignedWide rest = size % divisor;
    if (rest != 0 && rounding == Rounding::Exact)
        return rejectedError("data.decimal_inexact",
                             toString() + " has more than " + std::to_string(scale) + " decimals.");
    if (roundsAway(quotient, rest, divisor, rounding))
        ++quotient;
    const auto rounded = static_cast<Wide>(quotient);
    return fromWide(m_unscaled < 0 ? -rounded : rounded, scale);
}

Result<std::int64_t> Decimal::toUnits(int scale, Rounding rounding) const
{
    const auto units = rescaled(scale, rounding);
    if (!units)
        return units.error();
    if (units->m_unscaled > INT64_MAX || units->m_unscaled < INT64_MIN)
        return tooWide();
    return static_cast<std::int64_t>(units->m_unscaled);
}

Result<Decimal> add(const Decimal &a, const Decimal &b)
{
    const int scale = std::max(a.m_scale, b.m_scale);
    const auto left = a.rescaled(scale, Decimal::Rounding::Exact);
    const auto right = b.rescaled(scale, Decimal::Rounding::Exact);
    if (!left || !right)
        return tooWide();
    const Wide sum = left->m_unscaled + right->m_unscaled; // two times 36 digits fit 128 bits
    if (!fits(sum))
        return tooWide();
    return Decimal::fromWide(sum, scale);
}

Result<Decimal> subtract(const Decimal &a, const Decimal &b)
{
    return add(a, Decimal::fromWide(-b.m_unscaled, b.m_scale));
}

Result<Decimal> multiply(const Decimal &a, const Decimal &b)
{
    Wide product = 0;
    if (__builtin_mul_overflow(a.m_unscaled, b.m_unscaled, &product) || !fits(product))
        return tooWide();
    return Decimal::fromWide(product, a.m_scale + b.m_scale);
}

Result<Decimal> divide(const Decimal &a, const Decimal &b, int scale, Decimal::Rounding rounding)
{
    if (b.isZero())
        return rejectedError("data.division_by_zero", "A number cannot be divided by zero.");
    const UnsignedWide most = powerOfTen(kMaxDigits);
    UnsignedWide divisor = magnitude(b.m_unscaled);
    int shift = scale + b.m_scale - a.m_scale;
    for (; shift < 0; ++shift) {
        divisor *= 10;
        if (divisor >= most)
            return tooWide();
    }
    UnsignedWide rest = magnitude(a.m_unscaled);
    UnsignedWide quotient = rest / divisor;
    rest %= divisor;
    for (; shift > 0; --shift) { // long division: a rest times ten has at most 37 digits
        rest *= 10;
        quotient = quotient * 10 + rest / divisor;
        rest %= divisor;
        if (quotient >= most)
            return tooWide();
    }
    if (rest != 0 && rounding == Decimal::Rounding::Exact)
        return rejectedError("data.decimal_inexact", "The quotient has more than " +
                                                         std::to_string(scale) + " decimals.");
    if (roundsAway(quotient, rest, divisor, rounding))
        ++quotient;
    const auto size = static_cast<Wide>(quotient);
    return Decimal::fromWide(a.isNegative() != b.isNegative() ? -size : size, scale);
}

std::strong_ordering compare(const Decimal &a, const Decimal &b)
{
    const auto sign = [](const Decimal &d) { return d.isZero() ? 0 : d.isNegative() ? -1 : 1; };
    if (sign(a) != sign(b) || a.isZero())
        return sign(a) <=> sign(b);
    std::string left = digitsOf(a.m_unscaled);
    std::string right = digitsOf(b.m_unscaled);
    const auto leftPoint = static_cast<std::int64_t>(left.size()) - a.m_scale;
    const auto rightPoint = static_cast<std::int64_t>(right.size()) - b.m_scale;
    const std::size_t width = std::max(left.size(), right.size());
    left.resize(width, '0');
    right.resize(width, '0');
    std::strong_ordering bySize = leftPoint <=> rightPoint;
    if (bySize == std::strong_ordering::equal)
        bySize = left.compare(right) <=> 0;
    if (!a.isNegative() || bySize == std::strong_ordering::equal)
        return bySize;
    return bySize < 0 ? std::strong_ordering::greater : std::strong_ordering::less;
}

} // namespace tw
