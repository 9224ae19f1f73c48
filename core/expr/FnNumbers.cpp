// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Builtins.h"
#include "core/expr/Rounding.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace tw::expr {

double roundedHalfEven(double number, int precision)
{
    if (!std::isfinite(number))
        return number;
    const auto shifted = [](double value, int by) {
        char text[48];
        auto end = std::to_chars(text, text + 32, value, std::chars_format::scientific).ptr;
        *end = '\0';
        const auto exponentAt = std::find(text, end, 'e');
        const int exponent = std::atoi(exponentAt + 1) + by;
        end = std::to_chars(exponentAt + 1, text + sizeof text, exponent).ptr;
        double moved = value;
        if (std::from_chars(text, end, moved).ec == std::errc::result_out_of_range)
            moved = exponent < 0 ? 0 : std::copysign(INFINITY, value);
        return moved;
    };
    double value = precision == 0 ? number : shifted(number, precision);
    double whole = std::floor(value + 0.5);
    if (std::fabs(value) >= 0x1p52)
        whole = value;
    if (whole - value == 0.5 && std::fabs(std::fmod(whole, 2)) == 1)
        whole -= 1;
    const double result = precision == 0 ? whole : shifted(whole, -precision);
    return result == 0 ? 0 : result;
}

namespace fn {
namespace {

template <typename Change>
Value changed(Call &call, Change change)
{
    const Value value = call.arg(0);
    return value.isUndefined() ? Value() : Value::number(change(numberOf(value)));
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// -?digits(.digits)?(e[+-]?digits)?
bool isDecimal(std::string_view text)
{
    std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && isDigit(text[at]))
            ++at;
        return at > from;
    };
    if (!digits())
        return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (!digits())
            return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            ++at;
        if (!digits())
            return false;
    }
    return at == text.size();
}

bool readPrefixed(std::string_view text, double &out)
{
    if (text.size() < 3 || text[0] != '0')
        return false;
    const char kind = static_cast<char>(text[1] | 0x20);
    const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    if (base == 0)
        return false;
    out = 0;
    for (const char c : text.substr(2)) {
        const int digit = isDigit(c)             ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : 99;
        if (digit >= base)
            return false;
        out = out * base + digit;
    }
    return true;
}

} // namespace

Value number(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined() || value.isNumber())
        return value;
    if (value.isBool())
        return Value::integer(value.asBool() ? 1 : 0);
    double result = 0;
    const std::string_view text = value.text();
    if (isDecimal(text)) {
        const auto read = std::from_chars(text.data(), text.data() + text.size(), result);
        const bool tiny =
            text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
        if (read.ec == std::errc() || tiny)
            return Value::number(read.ec == std::errc() ? result : 0);
    } else if (readPrefixed(text, result)) {
        return Value::number(result);
    }
    return call.run.failValue("D3030", nullptr, call.name, value, 1);
}

Value abs(Call &call)
{
    return changed(call, [](double x) { return std::fabs(x); });
}

Value floor(Call &call)
{
    return changed(call, [](double x) { return std::floor(x); });
}

Value ceil(Call &call)
{
    return changed(call, [](double x) { return std::ceil(x); });
}

Value round(Call &call)
{
    const Value digits = call.arg(1);
    const double wanted = digits.isUndefined() ? 0 : numberOf(digits);
    const int precision =
        std::isnan(wanted) ? 0 : static_cast<int>(std::clamp(wanted, -400.0, 400.0));
    return changed(call, [precision](double x) { return roundedHalfEven(x, precision); });
}

Value sqrt(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    if (numberOf(value) < 0)
        return call.run.failValue("D3060", nullptr, call.name, value, 1);
    return Value::number(std::sqrt(numberOf(value)));
}

Value power(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const double exponent = numberOf(call.arg(1));
    const double base = numberOf(value);
    const bool endless = !std::isfinite(exponent) && std::fabs(base) == 1; // NaN in JavaScript
    const double result = std::isnan(exponent) ? exponent : std::pow(base, exponent);
    if (endless || !std::isfinite(result))
        return call.run.failValue("D3061", nullptr, call.name, value, 1);
    return Value::number(result);
}

Value random(Call &call)
{
    return Value::number(call.run.random().unit());
}

Value sum(Call &call)
{
    if (call.arg(0).isUndefined())
        return {};
    double total = 0;
    for (const Value &item : call.arg(0).items())
        total += numberOf(item);
    return numeric(total);
}

Value max(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined() || list.size() == 0)
        return {};
    double most = -INFINITY;
    for (const Value &item : list.items())
        most = std::max(most, numberOf(item));
    return numeric(most);
}

Value min(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined() || list.size() == 0)
        return {};
    double least = INFINITY;
    for (const Value &item : list.items())
        least = std::min(least, numberOf(item));
    return numeric(least);
}

Value average(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined() || list.size() == 0)
        return {};
    double total = 0;
    for (const Value &item : list.items())
        total += numberOf(item);
    return numeric(total / list.size());
}

Value formatBase(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const double base = call.arg(1).isUndefined() ? 10 : roundedHalfEven(numberOf(call.arg(1)), 0);
    if (!(base >= 2 && base <= 36))
        return call.run.failValue("D3100", nullptr, call.name, call.arg(1), 2);
    if (!std::isfinite(numberOf(value)))
        return call.run.fail("D1001", nullptr, call.name);
    double rest = std::fabs(roundedHalfEven(numberOf(value), 0));
    const bool negative = roundedHalfEven(numberOf(value), 0) < 0;
    std::string text;
    do {
        text += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<int>(std::fmod(rest, base))];
        rest = std::floor(rest / base);
    } while (rest > 0 && std::isfinite(rest));
    if (negative)
        text += '-';
    std::reverse(text.begin(), text.end());
    return Value::string(call.run.arena, text);
}

} // namespace fn
} // namespace tw::expr
