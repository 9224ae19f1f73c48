// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/IntegerPicture.h"

#include "core/expr/Builtins.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace tw::expr {
namespace {

/// The zeros of the decimal digit families of Unicode's basic plane.
constexpr char32_t kZeros[] = {0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                               0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
                               0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
                               0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900,
                               0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

char32_t zeroOf(char32_t digit)
{
    for (const char32_t zero : kZeros) {
        if (digit >= zero && digit <= zero + 9)
            return zero;
    }
    return 0;
}

struct RomanDigit
{
    int value;
    std::string_view letters;
};
constexpr RomanDigit kRoman[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"},
                                 {90, "xc"},  {50, "l"},   {40, "xl"}, {10, "x"},   {9, "ix"},
                                 {5, "v"},    {4, "iv"},   {1, "i"}};

std::string cased(std::string text, bool upper)
{
    std::transform(text.begin(), text.end(), text.begin(), [upper](char c) {
        if (upper)
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return text;
}

/// As JavaScript writes whole numbers: the shortest digits that tell it apart, then zeros.
std::string wholeDigits(double number)
{
    char text[40] = {};
    const auto written =
        std::to_chars(text, text + sizeof text, number, std::chars_format::scientific);
    const std::string_view shortest(text, static_cast<std::size_t>(written.ptr - text));
    const std::size_t exponentAt = shortest.find('e');
    if (exponentAt == std::string_view::npos)
        return "0"; // not finite, which callers refuse before
    std::string digits;
    for (const char c : shortest.substr(0, exponentAt)) {
        if (c != '.')
            digits += c;
    }
    const auto length =
        static_cast<std::size_t>(std::atoi(shortest.substr(exponentAt + 1).data())) + 1;
    if (length > digits.size())
        digits.append(length - digits.size(), '0');
    return digits;
}

constexpr double kLargestRoman = 1e8; ///< A hundred thousand letters.

std::string roman(double number)
{
    std::string out;
    number = std::min(number, kLargestRoman);
    for (const RomanDigit &digit : kRoman) {
        for (; number >= digit.value; number -= digit.value)
            out += digit.letters;
    }
    return out;
}

double readRoman(std::string_view text)
{
    double total = 0;
    double most = 1;
    for (std::size_t i = text.size(); i-- > 0;) {
        double value = NAN;
        for (const RomanDigit &digit : kRoman) {
            if (digit.letters.size() == 1 && digit.letters[0] == text[i])
                value = digit.value;
        }
        if (std::isnan(value))
            return value;
        if (value < most) {
            total -= value;
        } else {
            most = value;
            total += value;
        }
    }
    return total;
}

std::string inLetters(double number)
{
    std::string out;
    for (; number > 0; number = std::floor((number - 1) / 26))
        out += static_cast<char>('a' + static_cast<int>(std::fmod(number - 1, 26)));
    std::reverse(out.begin(), out.end());
    return out;
}

/// Capitals as small letters; small letters, which do not belong here, as nothing readable.
std::string fromCapitals(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : '?';
    return out;
}

double readLetters(std::string_view text)
{
    double value = 0;
    for (const char c : text)
        value = c >= 'a' && c <= 'z' ? value * 26 + (c - 'a' + 1) : NAN;
    return value;
}

/// What JavaScript's parseInt() reads at the beginning of a text.
double leadingInteger(std::string_view text)
{
    while (!text.empty() && (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')))
        text.remove_prefix(1);
    const bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+'))
        text.remove_prefix(1);
    const bool hex = text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
    std::uint64_t small = 0;
    double value = NAN;
    if (hex) {
        const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), small, 16);
        value = read.ec == std::errc() ? static_cast<double>(small) : NAN;
    } else if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        const auto end =
            std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
        std::from_chars(text.data(), text.data() + (end - text.begin()), value);
    }
    return negative ? -value : value;
}

std::string_view ordinalSuffix(double number)
{
    const int lastTwo = static_cast<int>(std::fmod(number, 100));
    if (lastTwo >= 11 && lastTwo <= 13)
        return "th";
    switch (lastTwo % 10) {
    case 1:
        return "st";
    case 2:
        return "nd";
    case 3:
        return "rd";
    default:
        return "th";
    }
}

int regularDistance(const std::vector<IntegerPicture::Separator> &separators)
{
    int distance = 0;
    for (const auto &separator : separators) {
        if (separator.text != separators.front().text)
            return 0;
        distance = std::gcd(distance, separator.position);
    }
    for (std::size_t i = 1; i <= separators.size(); ++i) {
        const int due = distance * static_cast<int>(i);
        if (std::none_of(separators.begin(), separators.end(),
                         [due](const auto &separator) { return separator.position == due; }))
            return 0;
    }
    return distance;
}

bool parseDigits(IntegerPicture &out, std::string_view primary, PictureProblem &problem)
{
    std::vector<std::string> points;
    for (std::size_t at = 0; at < primary.size();) {
        const std::size_t from = at;
        utf8::decode(primary, at);
        points.emplace_back(primary.substr(from, at - from));
    }
    int place = 0;
    char32_t family = 0;
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        std::size_t at = 0;
        const char32_t code = utf8::decode(*point, at);
        const char32_t zero = zeroOf(code);
        if (zero != 0) {
            ++out.mandatory;
            ++place;
            if (family != 0 && family != zero) {
                problem = {"D3131", {}};
                return false;
            }
            family = zero;
        } else if (code == '#') {
            ++out.optional;
            ++place;
        } else {
            out.separators.push_back({place, *point});
        }
    }
    if (out.mandatory == 0) {
        out = {};
        out.style = IntegerPicture::Style::Unsupported;
        return true;
    }
    out.zero = family;
    out.regular = regularDistance(out.separators);
    return true;
}

} // namespace

bool IntegerPicture::parse(IntegerPicture &out, std::string_view picture, PictureProblem &problem)
{
    const std::size_t semicolon = picture.rfind(';');
    std::string_view primary = picture.substr(0, semicolon);
    if (semicolon != std::string_view::npos)
        out.ordinal = picture.substr(semicolon + 1, 1) == "o";
    if (primary == "A" || primary == "a") {
        out.style = Style::Letters;
        out.letters = primary == "A" ? Letters::Upper : Letters::Lower;
    } else if (primary == "I" || primary == "i") {
        out.style = Style::Roman;
        out.letters = primary == "I" ? Letters::Upper : Letters::Lower;
    } else if (primary == "W" || primary == "w" || primary == "Ww") {
        out.style = Style::Words;
        out.letters = primary == "W"   ? Letters::Upper
                      : primary == "w" ? Letters::Lower
                                       : Letters::Title;
    } else {
        return parseDigits(out, primary, problem);
    }
    return true;
}

std::string IntegerPicture::format(double number) const
{
    const bool negative = number < 0;
    number = std::floor(std::fabs(number));
    std::string out;
    switch (style) {
    case Style::Letters:
        out = cased(inLetters(number), isUpper());
        break;
    case Style::Roman:
        out = cased(roman(number), isUpper());
        break;
    case Style::Words:
        out = numberInWords(number, ordinal);
        if (letters != Letters::Title)
            out = cased(out, isUpper());
        break;
    case Style::Decimal:
        out = digits(number);
        if (ordinal)
            out += ordinalSuffix(number);
        break;
    case Style::Unsupported:
        break;
    }
    return negative ? "-" + out : out;
}

std::string IntegerPicture::digits(double number) const
{
    std::string plain = wholeDigits(number);
    if (static_cast<int>(plain.size()) < mandatory)
        plain.insert(0, static_cast<std::size_t>(mandatory) - plain.size(), '0');
    std::string out;
    const auto length = static_cast<int>(plain.size());
    for (int i = 0; i < length; ++i) {
        const int right = length - i;
        if (i > 0) {
            if (regular > 0 && right % regular == 0)
                out += separators.front().text;
            for (const Separator &separator : separators) {
                if (regular == 0 && separator.position == right)
                    out += separator.text;
            }
        }
        utf8::append(out, zero + static_cast<char32_t>(plain[static_cast<std::size_t>(i)] - '0'));
    }
    for (const Separator &separator : separators)
        out += separator.position == 0 ? separator.text : std::string();
    return out;
}

double IntegerPicture::read(std::string_view text) const
{
    if (style == Style::Roman)
        return readRoman(isUpper() ? fromCapitals(text) : cased(std::string(text), false));
    if (style == Style::Words)
        return numberFromWords(text);
    if (style == Style::Letters)
        return readLetters(isUpper() ? fromCapitals(text) : std::string(text));
    return readDigits(text);
}

double IntegerPicture::readDigits(std::string_view text) const
{
    if (ordinal)
        text.remove_suffix(std::min<std::size_t>(text.size(), 2));
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t from = at;
        const char32_t point = utf8::decode(text, at);
        const std::string_view letter = text.substr(from, at - from);
        const bool separates =
            regular > 0 ? letter == ","
                        : std::any_of(separators.begin(), separators.end(),
                                      [letter](const auto &known) { return known.text == letter; });
        if (point >= zero && point <= zero + 9)
            plain += static_cast<char>('0' + (point - zero));
        else if (!separates)
            plain += letter;
    }
    return leadingInteger(plain);
}

std::string IntegerPicture::regex() const
{
    switch (style) {
    case Style::Letters:
        return isUpper() ? "[A-Z]+" : "[a-z]+";
    case Style::Roman:
        return isUpper() ? "[MDCLXVI]+" : "[mdclxvi]+";
    case Style::Words:
        return wordsRegex();
    case Style::Decimal:
    case Style::Unsupported:
        break;
    }
    const std::string out = parseWidth > 0 ? "[0-9]{" + std::to_string(parseWidth) + "}" : "[0-9]+";
    return ordinal ? out + "(?:th|st|nd|rd)" : out;
}

namespace fn {
namespace {

bool pictureOf(Call &call, IntegerPicture &picture)
{
    PictureProblem problem;
    if (!IntegerPicture::parse(picture, call.arg(1).text(), problem))
        call.run.fail(problem.code, nullptr, call.name, problem.culprit, 2);
    else if (!picture.isSupported())
        call.run.failValue("D3130", nullptr, call.name, call.arg(1), 2);
    return !call.run.failed();
}

} // namespace
Value formatInteger(Call &call)
{
    IntegerPicture picture;
    if (call.arg(0).isUndefined() || !pictureOf(call, picture))
        return {};
    const double number = std::floor(numberOf(call.arg(0)));
    if (!std::isfinite(number))
        return call.run.fail("D1001", nullptr, call.name);
    if (picture.style == IntegerPicture::Style::Roman && std::fabs(number) > kLargestRoman)
        return call.run.fail("D2015", nullptr, call.name);
    const std::string text = picture.format(number);
    return call.run.charge(text.size()) ? Value::string(call.run.arena, text) : Value();
}

Value parseInteger(Call &call)
{
    IntegerPicture picture;
    if (call.arg(0).isUndefined() || !pictureOf(call, picture))
        return {};
    return Value::number(picture.read(call.arg(0).text()));
}

} // namespace fn
} // namespace tw::expr
