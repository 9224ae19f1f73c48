// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tw {

/// An exact decimal number: `unscaled` times ten to the minus `scale`. At most 36 digits; what does
/// not fit is an error, never a rounding. 10.99 is {1099, 2}.
class Decimal
{
public:
    enum class Rounding { HalfEven, HalfUp, Down, Exact }; ///< Exact: an error if digits would go.

    constexpr Decimal() = default;
    constexpr Decimal(std::int64_t unscaled, int scale = 0) : m_unscaled(unscaled), m_scale(scale)
    {}
    /// Reads "-12.30", "1e3", "0.5"; keeps the written scale. Error `data.decimal_syntax`.
    static Result<Decimal> parse(std::string_view text);
    /// Any JSON number; a Double is read as its shortest digits (what the sender wrote).
    static Result<Decimal> fromValue(const Value &value);

    int scale() const { return m_scale; }
    bool isNegative() const { return m_unscaled < 0; }
    bool isZero() const { return m_unscaled == 0; }
    std::string toString() const;
    /// A JSON number with these very digits (trailing zeros of the fraction dropped).
    Value toValue(Arena &arena) const;
    /// Whole 64-bit number of units of ten to the minus `scale`, or an error.
    Result<std::int64_t> toUnits(int scale, Rounding rounding = Rounding::Exact) const;
    Result<Decimal> rescaled(int scale, Rounding rounding) const;

    friend Result<Decimal> add(const Decimal &a, const Decimal &b);
    friend Result<Decimal> subtract(const Decimal &a, const Decimal &b);
    friend Result<Decimal> multiply(const Decimal &a, const Decimal &b);
    /// To `scale` decimals. Error `data.division_by_zero`.
    friend Result<Decimal> divide(const Decimal &a, const Decimal &b, int scale, Rounding rounding);
    friend std::strong_ordering compare(const Decimal &a, const Decimal &b);

private:
    __extension__ typedef __int128 Wide;
    static Decimal fromWide(Wide unscaled, int scale);
    Wide m_unscaled = 0;
    int m_scale = 0;
};

} // namespace tw
