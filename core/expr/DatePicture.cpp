// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/DatePicture.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace tw::expr {

const std::string_view kMonthNames[12] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
const std::string_view kDayNames[8] = {"",         "Monday", "Tuesday",  "Wednesday",
                                       "Thursday", "Friday", "Saturday", "Sunday"};

namespace {

constexpr double kMsPerDay = 86'400'000;
constexpr std::string_view kNumeric = "YMDdFWwXxHhmsf";

std::string_view defaultPresentation(char component)
{
    switch (component) {
    case 'Y':
    case 'M':
    case 'D':
    case 'd':
    case 'W':
    case 'w':
    case 'X':
    case 'x':
    case 'H':
    case 'h':
    case 'f':
        return "1";
    case 'm':
    case 's':
        return "01";
    case 'F':
    case 'P':
    case 'C':
    case 'E':
        return "n";
    case 'Z':
    case 'z':
        return "01:01";
    default:
        return {};
    }
}

// No part of a time is wider; a picture must not ask for millions of zeros.
constexpr int kWidest = 1000;

int widthOf(std::string_view text)
{
    int value = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc::result_out_of_range ? kWidest : std::min(value, kWidest);
}

void readWidths(DatePart &part, std::string_view widths)
{
    const std::size_t dash = widths.find('-');
    part.leastWidth = widthOf(widths.substr(0, dash));
    if (dash != std::string_view::npos)
        part.mostWidth = widthOf(widths.substr(dash + 1));
}

bool readInteger(DatePart &part, std::string presentation, std::string_view modifier, bool widths,
                 PictureProblem &problem)
{
    const bool zone = part.component == 'Z' || part.component == 'z';
    if (modifier == "o" && !zone)
        presentation += ";o";
    if (!IntegerPicture::parse(part.integer, presentation, problem))
        return false;
    part.isInteger = true;
    IntegerPicture &integer = part.integer;
    if (zone)
        return true;
    if (part.leastWidth > integer.mandatory)
        integer.mandatory = part.leastWidth;
    if (part.component == 'Y') {
        if (widths && part.mostWidth >= 0) {
            part.yearDigits = part.mostWidth;
            integer.mandatory = part.mostWidth;
        } else if (integer.style == IntegerPicture::Style::Decimal &&
                   integer.mandatory + integer.optional >= 2) {
            part.yearDigits = integer.mandatory + integer.optional;
        }
    }
    return true;
}

bool readMarker(DatePart &part, std::string marker, PictureProblem &problem)
{
    marker.erase(std::remove_if(marker.begin(), marker.end(),
                                [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }),
                 marker.end());
    part.component = marker.empty() ? '\0' : marker[0];
    std::string presentation = marker.empty() ? marker : marker.substr(1);
    const std::size_t comma = presentation.rfind(',');
    const bool widths = comma != std::string::npos;
    if (widths) {
        readWidths(part, std::string_view(presentation).substr(comma + 1));
        presentation.resize(comma);
    }
    std::string modifier;
    if (presentation.size() > 1 &&
        std::string_view("atco").find(presentation.back()) != std::string_view::npos) {
        modifier = presentation.back();
        presentation.pop_back();
    } else if (presentation.empty()) {
        presentation = defaultPresentation(part.component);
    }
    if (defaultPresentation(part.component).empty()) {
        problem = {"D3132", std::string(1, part.component)};
        return false;
    }
    part.utcAsZ = modifier == "t";
    if (presentation[0] == 'n') {
        part.names = DatePart::Names::Lower;
    } else if (presentation[0] == 'N') {
        part.names =
            presentation.substr(1, 1) == "n" ? DatePart::Names::Title : DatePart::Names::Upper;
    } else if (kNumeric.find(part.component) != std::string_view::npos || part.component == 'Z' ||
               part.component == 'z') {
        return readInteger(part, presentation, modifier, widths, problem);
    }
    return true;
}

} // namespace

bool parseDatePicture(std::vector<DatePart> &parts, std::string_view picture,
                      PictureProblem &problem)
{
    std::string literal;
    const auto flush = [&] {
        if (literal.empty())
            return;
        parts.emplace_back();
        parts.back().literal = std::exchange(literal, {});
    };
    for (std::size_t at = 0; at < picture.size();) {
        const std::string_view two = picture.substr(at, 2);
        if (two == "[[" || two == "]]") {
            literal += picture[at];
            at += 2;
        } else if (picture[at] != '[') {
            literal += picture[at++];
        } else {
            flush();
            const std::size_t close = picture.find(']', at);
            if (close == std::string_view::npos) {
                problem = {"D3135", {}};
                return false;
            }
            DatePart part;
            if (!readMarker(part, std::string(picture.substr(at + 1, close - at - 1)), problem))
                return false;
            const bool adjacent = !parts.empty() && parts.back().isInteger && part.isInteger;
            if (adjacent)
                parts.back().integer.parseWidth = parts.back().integer.mandatory;
            parts.push_back(std::move(part));
            at = close + 1;
        }
    }
    flush();
    return true;
}

namespace {

struct Week
{
    CivilDate thursday; ///< A week belongs to the month and year of its Thursday.
    std::int64_t thursdayDays;
};

Week weekOf(std::int64_t days)
{
    const std::int64_t weekday = ((days + 3) % 7 + 7) % 7; // 0 = Monday
    const std::int64_t thursday = days - weekday + 3;
    return {civilFromDays(thursday), thursday};
}

} // namespace

int dateFragment(char component, double msLocal)
{
    const double day = std::floor(msLocal / kMsPerDay);
    const auto days = static_cast<std::int64_t>(day);
    const auto ms = static_cast<int>(msLocal - day * kMsPerDay);
    const CivilDate date = civilFromDays(days);
    switch (component) {
    case 'Y':
        return static_cast<int>(date.year);
    case 'M':
        return date.month;
    case 'D':
        return date.day;
    case 'd':
        return static_cast<int>(days - daysFromCivil(date.year, 1, 1)) + 1;
    case 'F':
        return static_cast<int>(((days + 3) % 7 + 7) % 7) + 1;
    case 'W': {
        const Week week = weekOf(days);
        return static_cast<int>((week.thursdayDays - daysFromCivil(week.thursday.year, 1, 1)) / 7) +
               1;
    }
    case 'w':
        return (weekOf(days).thursday.day - 1) / 7 + 1;
    case 'X':
        return static_cast<int>(weekOf(days).thursday.year);
    case 'x':
        return weekOf(days).thursday.month;
    case 'H':
        return ms / 3'600'000;
    case 'h': {
        const int hour = ms / 3'600'000 % 12;
        return hour == 0 ? 12 : hour;
    }
    case 'P':
        return ms / 3'600'000 >= 12 ? 1 : 0;
    case 'm':
        return ms / 60'000 % 60;
    case 's':
        return ms / 1000 % 60;
    case 'f':
        return ms % 1000;
    default:
        return 0;
    }
}

namespace {

std::string cased(std::string_view name, DatePart::Names names)
{
    std::string out(name);
    for (char &c : out) {
        if (names == DatePart::Names::Lower && c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
        else if (names == DatePart::Names::Upper && c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 32);
    }
    return out;
}

bool appendNumber(std::string &out, const DatePart &part, double msLocal, PictureProblem &problem)
{
    int value = dateFragment(part.component, msLocal);
    if (part.component == 'Y' && part.yearDigits > 0 && part.yearDigits < 9)
        value %= static_cast<int>(std::pow(10, part.yearDigits));
    if (part.names == DatePart::Names::None) {
        if (!part.integer.isSupported()) {
            problem = {"D3130", std::string(1, part.component)};
            return false;
        }
        out += part.integer.format(value);
        return true;
    }
    std::string_view name;
    if (part.component == 'M' || part.component == 'x')
        name = kMonthNames[value - 1];
    else if (part.component == 'F')
        name = kDayNames[value];
    else {
        problem = {"D3133", std::string(1, part.component)};
        return false;
    }
    const auto most = static_cast<std::size_t>(part.mostWidth < 0 ? 99 : part.mostWidth);
    out += cased(name.substr(0, most), part.names);
    return true;
}

bool appendZone(std::string &out, const DatePart &part, int hours, int minutes,
                PictureProblem &problem)
{
    const int offset = hours * 100 + minutes;
    if (offset == 0 && part.utcAsZ) {
        out += 'Z';
        return true;
    }
    const IntegerPicture &integer = part.integer;
    std::string value;
    if (integer.regular > 0 || integer.mandatory == 3 || integer.mandatory == 4) {
        value = integer.format(offset);
    } else if (integer.mandatory == 1 || integer.mandatory == 2) {
        value = hours == 0 && offset < 0 ? "-" + integer.format(0) : integer.format(hours);
        const std::string rest = std::to_string(std::abs(minutes));
        if (minutes != 0)
            value += ":" + (rest.size() < 2 ? "0" + rest : rest);
    } else {
        problem = {"D3134", std::to_string(integer.mandatory)};
        return false;
    }
    if (part.component == 'z')
        out += "GMT";
    if (offset >= 0)
        out += '+';
    out += value;
    return true;
}

} // namespace

bool formatDateTime(std::string &out, double msSinceEpoch, std::string_view picture,
                    std::string_view timezone, PictureProblem &problem)
{
    std::vector<DatePart> parts;
    if (!parseDatePicture(parts, picture, problem))
        return false;
    const int offset = std::atoi(std::string(timezone).c_str());
    const int hours = offset / 100;
    const int minutes = offset % 100;
    const double local = msSinceEpoch + (hours * 60.0 + minutes) * 60'000;
    for (const DatePart &part : parts) {
        if (part.component == 0) {
            out += part.literal;
        } else if (kNumeric.find(part.component) != std::string_view::npos) {
            if (!appendNumber(out, part, local, problem))
                return false;
        } else if (part.component == 'Z' || part.component == 'z') {
            if (!appendZone(out, part, hours, minutes, problem))
                return false;
        } else if (part.component == 'P') {
            const std::string_view half = dateFragment('P', local) == 1 ? "pm" : "am";
            const bool upper = part.names == DatePart::Names::Upper;
            out += upper ? cased(half, DatePart::Names::Upper) : std::string(half);
        } else {
            out += "ISO"; // calendar and era
        }
    }
    return true;
}

} // namespace tw::expr
