// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/DateTime.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::expr {

/// A picture of a whole number (XPath format-integer): digits, words, Roman numerals or letters.
struct IntegerPicture
{
    enum class Style { Decimal, Words, Roman, Letters, Unsupported };
    enum class Letters { Lower, Upper, Title };
    struct Separator
    {
        int position; ///< Digits to its right.
        std::string text;
    };

    Style style = Style::Decimal;
    Letters letters = Letters::Lower;
    bool ordinal = false;
    int mandatory = 0;
    int optional = 0;
    int parseWidth = 0;  ///< When a date picture gives the next field no separator.
    char32_t zero = '0'; ///< Of the digit family.
    int regular = 0;     ///< Separators repeat every so many digits.
    std::vector<Separator> separators;

    /// A numbering that is not supported parses; who uses it asks isSupported() and reports D3130.
    static bool parse(IntegerPicture &out, std::string_view picture, PictureProblem &problem);
    bool isSupported() const { return style != Style::Unsupported; }
    std::string format(double number) const;
    /// Not a number when the text is none of this picture.
    double read(std::string_view text) const;
    std::string regex() const; ///< What a text of this picture looks like, for RE2.

private:
    bool isUpper() const { return letters == Letters::Upper; }
    std::string digits(double number) const;
    double readDigits(std::string_view text) const;
};

std::string numberInWords(double number, bool ordinal); ///< "Five Hundred and Fifty-Five"
double numberFromWords(std::string_view words);         ///< Not a number for other words.
std::string wordsRegex();

} // namespace tw::expr
