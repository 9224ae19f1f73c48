// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tw::expr {

/// Writes "2026-10-01T12:34:56.000Z", exactly 24 characters, for the years 0 to 9999.
void writeIso(char *to, std::int64_t msSinceEpoch);

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, month 1 to 12.
std::int64_t daysFromCivil(std::int64_t year, int month, int day);

struct CivilDate
{
    std::int64_t year;
    int month;
    int day;
};
CivilDate civilFromDays(std::int64_t days);

/// A problem with a picture or a timestamp: a JSONata code and the part at fault.
struct PictureProblem
{
    std::string code;
    std::string culprit;
};

/// `timezone` is "+0530" or empty. False with a problem.
bool formatDateTime(std::string &out, double msSinceEpoch, std::string_view picture,
                    std::string_view timezone, PictureProblem &problem);

enum class ParsedTime { Found, NoMatch, Failed };
/// Reads a timestamp by a picture; what it leaves open comes from `now`.
ParsedTime parseDateTime(double &msSinceEpoch, std::string_view text, std::string_view picture,
                         std::int64_t now, PictureProblem &problem);
/// ISO 8601 as the language's $toMillis takes it without a picture.
bool parseIso(double &msSinceEpoch, std::string_view text);

} // namespace tw::expr
