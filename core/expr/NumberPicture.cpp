// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Builtins.h"
#include "core/expr/Rounding.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

// Decimal pictures as in XPath and XQuery Functions and Operators 3.1, section 4.7.

namespace tw::expr {
namespace {

using Text = std::u32string;

Text decoded(std::string_view text)
{
    Text out;
    for (std::size_t at = 0; at < text.size();)
        out += utf8::decode(text, at);
    return out;
}

std::string encoded(const Text &text)
{
    std::string out;
    for (const char32_t point : text)
        utf8::append(out, point);
    return out;
}

struct Symbols
{
    char32_t decimal = '.';
    char32_t grouping = ',';
    char32_t exponent = 'e';
    char32_t zero = '0';
    char32_t digit = '#';
    char32_t separator = ';';
    Text minus = U"-";
    Text percent = U"%";
    Text perMille = U"\u2030";
    bool noDecimal = false;  ///< Given as an empty text, which is found everywhere:
    bool noGrouping = false; ///< D3081 and D3089.

    bool isDigit(char32_t c) const { return c >= zero && c <= zero + 9; }
    bool isPlace(char32_t c) const { return c == digit || isDigit(c); }
    bool isActive(char32_t c) const
    {
        return isPlace(c) || c == decimal || c == grouping || c == exponent || c == separator;
    }
};

Symbols symbolsFrom(const Value &options)
{
    Symbols symbols;
    const auto set = [&options](const char *name, char32_t &symbol) {
        const Value given = options.get(name);
        if (given.isString() && given.size() > 0)
            symbol = decoded(given.text())[0];
    };
    const auto setText = [&options](const char *name, Text &symbol) {
        if (const Value given = options.get(name); given.isString())
            symbol = decoded(given.text());
    };
    const auto isEmpty = [&options](const char *name) {
        const Value given = options.get(name);
        return given.isString() && given.size() == 0;
    };
    symbols.noDecimal = isEmpty("decimal-separator");
    symbols.noGrouping = isEmpty("grouping-separator");
    set("decimal-separator", symbols.decimal);
    set("grouping-separator", symbols.grouping);
    set("exponent-separator", symbols.exponent);
    set("zero-digit", symbols.zero);
    set("digit", symbols.digit);
    set("pattern-separator", symbols.separator);
    setText("minus-sign", symbols.minus);
    setText("percent", symbols.percent);
    setText("per-mille", symbols.perMille);
    return symbols;
}

struct SubPicture
{
    Text whole;
    Text prefix;
    Text suffix;
    Text active;
    Text integer;
    Text fraction;
    Text exponent;
    bool hasExponent = false;

    std::vector<int> integerGroups;
    std::vector<int> fractionGroups;
    int regular = 0;
    int leastInteger = 0;
    int scaling = 0;
    int leastFraction = 0;
    int mostFraction = 0;
    int leastExponent = 0;
};

SubPicture split(const Text &whole, const Symbols &symbols)
{
    SubPicture part;
    part.whole = whole;
    const auto begins = [&symbols](char32_t c) {
        return symbols.isActive(c) && c != symbols.exponent;
    };
    const auto first = std::find_if(whole.begin(), whole.end(), begins);
    const auto last = std::find_if(whole.rbegin(), whole.rend(), begins);
    std::size_t from = static_cast<std::size_t>(first - whole.begin());
    std::size_t to = whole.size() - static_cast<std::size_t>(last - whole.rbegin());
    if (first == whole.end()) {
        from = 0;
        to = whole.size();
    }
    part.prefix = whole.substr(0, from);
    part.suffix = whole.substr(to);
    part.active = whole.substr(from, to - from);
    const std::size_t exponent = part.active.find(symbols.exponent);
    part.hasExponent = exponent != Text::npos;
    const Text mantissa = part.active.substr(0, exponent);
    if (!part.hasExponent && part.suffix.substr(0, 1) == Text(1, symbols.exponent))
        part.hasExponent = true; // without digits: D3093
    else if (part.hasExponent)
        part.exponent = part.active.substr(exponent + 1);
    const std::size_t point = mantissa.find(symbols.decimal);
    part.integer = mantissa.substr(0, point);
    if (point != Text::npos)
        part.fraction = mantissa.substr(point + 1);
    return part;
}

bool repeats(const Text &text, const Text &sought)
{
    return text.find(sought) != text.rfind(sought);
}

/// The last rule that is broken, as the reference reports it; empty for a sound picture.
std::string brokenRule(const SubPicture &part, const Symbols &symbols)
{
    std::string code;
    const auto digit = [&symbols](char32_t c) { return symbols.isDigit(c); };
    const auto place = [&symbols](char32_t c) { return symbols.isPlace(c); };
    const bool percent = part.whole.find(symbols.percent) != Text::npos;
    const bool perMille = part.whole.find(symbols.perMille) != Text::npos;
    if (symbols.noDecimal || repeats(part.whole, Text(1, symbols.decimal)))
        code = "D3081";
    if (repeats(part.whole, symbols.percent))
        code = "D3082";
    if (repeats(part.whole, symbols.perMille))
        code = "D3083";
    if (percent && perMille)
        code = "D3084";
    const Text mantissa = part.integer + part.fraction;
    if (std::none_of(mantissa.begin(), mantissa.end(), place))
        code = "D3085";
    if (!std::all_of(part.active.begin(), part.active.end(),
                     [&symbols](char32_t c) { return symbols.isActive(c); }))
        code = "D3086";
    const std::size_t point = part.whole.find(symbols.decimal);
    if (point != Text::npos) {
        const bool before = point > 0 && part.whole[point - 1] == symbols.grouping;
        if (before || (point + 1 < part.whole.size() && part.whole[point + 1] == symbols.grouping))
            code = "D3087";
    } else if (!part.integer.empty() && part.integer.back() == symbols.grouping) {
        code = "D3088";
    }
    if (symbols.noGrouping || part.whole.find(Text(2, symbols.grouping)) != Text::npos)
        code = "D3089";
    const std::size_t optional = part.integer.find(symbols.digit);
    if (optional != Text::npos &&
        std::any_of(part.integer.begin(),
                    part.integer.begin() + static_cast<std::ptrdiff_t>(optional), digit))
        code = "D3090";
    const std::size_t late = part.fraction.rfind(symbols.digit);
    if (late != Text::npos && std::any_of(part.fraction.begin() + static_cast<std::ptrdiff_t>(late),
                                          part.fraction.end(), digit))
        code = "D3091";
    if (part.hasExponent && !part.exponent.empty() && (percent || perMille))
        code = "D3092";
    if (part.hasExponent &&
        (part.exponent.empty() || !std::all_of(part.exponent.begin(), part.exponent.end(), digit)))
        code = "D3093";
    return code;
}

int countOf(const Text &text, const Symbols &symbols, bool onlyDigits)
{
    return static_cast<int>(std::count_if(text.begin(), text.end(), [&](char32_t c) {
        return onlyDigits ? symbols.isDigit(c) : symbols.isPlace(c);
    }));
}

int regularDistance(const std::vector<int> &groups)
{
    const int distance = std::accumulate(groups.begin(), groups.end(), 0,
                                         [](int a, int b) { return std::gcd(a, b); });
    for (std::size_t i = 1; i <= groups.size(); ++i) {
        if (std::find(groups.begin(), groups.end(), distance * static_cast<int>(i)) == groups.end())
            return 0;
    }
    return distance;
}

void measure(SubPicture &part, const Symbols &symbols)
{
    for (std::size_t i = 0; i < part.integer.size(); ++i) {
        if (part.integer[i] == symbols.grouping)
            part.integerGroups.push_back(countOf(part.integer.substr(i), symbols, false));
    }
    for (std::size_t i = 0; i < part.fraction.size(); ++i) {
        if (part.fraction[i] == symbols.grouping)
            part.fractionGroups.push_back(countOf(part.fraction.substr(0, i), symbols, false));
    }
    part.regular = regularDistance(part.integerGroups);
    part.leastInteger = part.scaling = countOf(part.integer, symbols, true);
    part.leastFraction = countOf(part.fraction, symbols, true);
    part.mostFraction = countOf(part.fraction, symbols, false);
    if (part.leastInteger == 0 && part.mostFraction == 0) {
        if (part.hasExponent)
            part.leastFraction = part.mostFraction = 1;
        else
            part.leastInteger = 1;
    }
    if (part.hasExponent && part.leastInteger == 0 &&
        part.integer.find(symbols.digit) != Text::npos)
        part.leastInteger = 1;
    if (part.leastInteger == 0 && part.leastFraction == 0)
        part.leastFraction = 1;
    part.leastExponent = countOf(part.exponent, symbols, true);
}

Text digitsOf(double number, int decimals, const Symbols &symbols)
{
    char text[800];
    const auto end = std::to_chars(text, text + sizeof text, std::fabs(number),
                                   std::chars_format::fixed, std::min(decimals, 320))
                         .ptr;
    Text out;
    for (const char *c = text; c < end; ++c)
        out += *c == '.' ? symbols.decimal : symbols.zero + static_cast<char32_t>(*c - '0');
    return out;
}

Text grouped(Text text, const SubPicture &part, const Symbols &symbols)
{
    std::size_t point = text.find(symbols.decimal);
    if (part.regular > 0) {
        const auto distance = static_cast<std::size_t>(part.regular);
        for (std::size_t at = point; at > distance;) {
            at -= distance;
            text.insert(at, 1, symbols.grouping);
        }
    } else {
        for (const int right : part.integerGroups) {
            if (static_cast<std::size_t>(right) >= point)
                continue;
            text.insert(point - static_cast<std::size_t>(right), 1, symbols.grouping);
            ++point;
        }
    }
    point = text.find(symbols.decimal);
    for (const int left : part.fractionGroups) {
        const std::size_t at = ++point + static_cast<std::size_t>(left);
        if (at < text.size())
            text.insert(at, 1, symbols.grouping);
    }
    return text;
}

Text written(double number, const SubPicture &part, const Symbols &symbols)
{
    if (part.whole.find(symbols.percent) != Text::npos)
        number *= 100;
    else if (part.whole.find(symbols.perMille) != Text::npos)
        number *= 1000;
    int exponent = 0;
    double mantissa = std::fabs(number);
    if (part.leastExponent > 0 && mantissa != 0) {
        const double most = std::pow(10, part.scaling);
        const double least = std::pow(10, part.scaling - 1);
        for (; mantissa < least; --exponent)
            mantissa *= 10;
        for (; mantissa > most; ++exponent)
            mantissa /= 10;
    }
    Text text = digitsOf(roundedHalfEven(mantissa, part.mostFraction), part.mostFraction, symbols);
    if (text.find(symbols.decimal) == Text::npos)
        text += symbols.decimal;
    text.erase(0, std::min(text.find_first_not_of(symbols.zero), text.size()));
    text.erase(text.find_last_not_of(symbols.zero) + 1);
    const auto whole = static_cast<int>(text.find(symbols.decimal));
    text.insert(0, static_cast<std::size_t>(std::max(part.leastInteger - whole, 0)), symbols.zero);
    const int decimals = static_cast<int>(text.size() - text.find(symbols.decimal)) - 1;
    text.append(static_cast<std::size_t>(std::max(part.leastFraction - decimals, 0)), symbols.zero);
    text = grouped(std::move(text), part, symbols);
    if (text.back() == symbols.decimal)
        text.pop_back();
    if (part.hasExponent) {
        Text power = digitsOf(exponent, 0, symbols);
        const auto missing = part.leastExponent - static_cast<int>(power.size());
        power.insert(0, static_cast<std::size_t>(std::max(missing, 0)), symbols.zero);
        text += symbols.exponent;
        text += (exponent < 0 ? symbols.minus : Text()) + power;
    }
    return part.prefix + text + part.suffix;
}

} // namespace

namespace fn {

Value formatNumber(Call &call)
{
    const Value value = call.arg(0);
    if (value.isUndefined())
        return {};
    const Symbols symbols = symbolsFrom(call.arg(2));
    const Text picture = decoded(call.arg(1).text());
    const std::size_t border = picture.find(symbols.separator);
    std::vector<Text> texts = {picture.substr(0, border)};
    if (border != Text::npos)
        texts.push_back(picture.substr(border + 1));
    if (texts.size() == 2 && texts[1].find(symbols.separator) != Text::npos)
        return call.run.fail("D3080", nullptr, call.name, {}, 2);
    std::vector<SubPicture> parts;
    for (const Text &text : texts) {
        SubPicture part = split(text, symbols);
        const std::string code = brokenRule(part, symbols);
        if (!code.empty())
            return call.run.fail(code, nullptr, call.name, {}, 2);
        measure(part, symbols);
        parts.push_back(std::move(part));
    }
    const double number = numberOf(value);
    if (!std::isfinite(number))
        return call.run.fail("D1001", nullptr, call.name);
    if (parts.size() == 1) {
        parts.push_back(parts[0]);
        parts[1].prefix.insert(0, symbols.minus);
    }
    const std::string text = encoded(written(number, parts[number >= 0 ? 0 : 1], symbols));
    return call.run.charge(text.size()) ? Value::string(call.run.arena, text) : Value();
}

} // namespace fn
} // namespace tw::expr
