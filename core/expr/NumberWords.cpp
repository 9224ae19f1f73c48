// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/IntegerPicture.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace tw::expr {
namespace {

constexpr std::string_view kFew[] = {"Zero",    "One",     "Two",       "Three",    "Four",
                                     "Five",    "Six",     "Seven",     "Eight",    "Nine",
                                     "Ten",     "Eleven",  "Twelve",    "Thirteen", "Fourteen",
                                     "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::string_view kFewth[] = {
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::string_view kTens[] = {"Twenty", "Thirty",  "Forty",  "Fifty",
                                      "Sixty",  "Seventy", "Eighty", "Ninety"};
constexpr std::string_view kThousands[] = {"Thousand", "Million", "Billion", "Trillion"};

std::string words(double number, bool behind, bool ordinal)
{
    std::string out;
    if (number < 20) {
        const auto index = static_cast<std::size_t>(number);
        return out.append(behind ? " and " : "").append(ordinal ? kFewth[index] : kFew[index]);
    }
    if (number < 100) {
        const auto ten = static_cast<std::size_t>(number / 10);
        const double rest = std::fmod(number, 10);
        out.append(behind ? " and " : "").append(kTens[ten - 2]);
        if (rest > 0)
            out.append("-").append(words(rest, false, ordinal));
        else if (ordinal)
            out.replace(out.size() - 1, 1, "ieth");
        return out;
    }
    double rest = 0;
    out = behind ? ", " : "";
    if (number < 1000) {
        rest = std::fmod(number, 100);
        out.append(kFew[static_cast<std::size_t>(number / 100)]).append(" Hundred");
    } else {
        std::size_t magnitude = 1;
        double factor = 1e3;
        for (; magnitude < 4 && number >= factor * 1e3; ++magnitude)
            factor *= 1e3;
        const double mantissa = std::floor(number / factor);
        rest = number - mantissa * factor;
        out.append(words(mantissa, false, false)).append(" ");
        out.append(kThousands[magnitude - 1]);
    }
    if (rest > 0)
        out.append(words(rest, true, ordinal));
    else if (ordinal)
        out.append("th");
    return out;
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

const std::map<std::string, double> &wordValues()
{
    static const std::map<std::string, double> kValues = [] {
        std::map<std::string, double> values;
        for (std::size_t i = 0; i < std::size(kFew); ++i) {
            values[lower(kFew[i])] = static_cast<double>(i);
            values[lower(kFewth[i])] = static_cast<double>(i);
        }
        for (std::size_t i = 0; i < std::size(kTens); ++i) {
            const std::string word = lower(kTens[i]);
            const auto value = static_cast<double>((i + 2) * 10);
            values[word] = value;
            values[word.substr(0, word.size() - 1) + "ieth"] = value;
        }
        values["hundred"] = values["hundredth"] = 100;
        for (std::size_t i = 0; i < std::size(kThousands); ++i) {
            const double value = std::pow(10, static_cast<double>(i + 1) * 3);
            values[lower(kThousands[i])] = values[lower(kThousands[i]) + "th"] = value;
        }
        return values;
    }();
    return kValues;
}

} // namespace

std::string numberInWords(double number, bool ordinal)
{
    return words(number, false, ordinal);
}

namespace {

/// The words between "and", commas, hyphens and blanks.
std::vector<std::string> wordsOf(const std::string &text)
{
    std::vector<std::string> words(1);
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = std::string_view(text).substr(at);
        constexpr std::string_view kBreaks[] = {", ", " and ", " ", "-"};
        const auto found = std::find_if(std::begin(kBreaks), std::end(kBreaks), [rest](auto mark) {
            return rest.substr(0, mark.size()) == mark;
        });
        if (found == std::end(kBreaks)) {
            words.back() += text[at++];
            continue;
        }
        words.emplace_back();
        at += found->size();
    }
    return words;
}

} // namespace

double numberFromWords(std::string_view text)
{
    std::vector<double> parts = {0};
    for (const std::string &word : wordsOf(lower(text))) {
        const auto known = wordValues().find(word);
        if (known == wordValues().end())
            return NAN;
        const double value = known->second;
        double top = parts.back();
        parts.pop_back();
        if (value < 100) {
            if (top >= 1000) {
                parts.push_back(top);
                top = 0;
            }
            parts.push_back(top + value);
        } else {
            parts.push_back(top * value);
        }
    }
    return std::accumulate(parts.begin(), parts.end(), 0.0);
}

std::string wordsRegex()
{
    std::string regex = "(?:";
    for (const auto &[word, value] : wordValues())
        regex += word + "|";
    return regex + "and|[-, ])+";
}

} // namespace tw::expr
