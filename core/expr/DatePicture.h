// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/DateTime.h"
#include "core/expr/IntegerPicture.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::expr {

/// One piece of a date picture: a literal text, or a component such as [D1o].
struct DatePart
{
    enum class Names { None, Lower, Upper, Title };

    char component = 0; ///< 0: `literal`.
    std::string literal;
    IntegerPicture integer;
    bool isInteger = false;
    Names names = Names::None;
    bool utcAsZ = false; ///< The `t` behind a timezone.
    int yearDigits = -1;
    int leastWidth = -1;
    int mostWidth = -1;
};

bool parseDatePicture(std::vector<DatePart> &parts, std::string_view picture,
                      PictureProblem &problem);

/// The number that a component stands for on a moment (in its own timezone).
int dateFragment(char component, double msLocal);

extern const std::string_view kMonthNames[12];
extern const std::string_view kDayNames[8]; ///< From 1 = Monday.

} // namespace tw::expr
