// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/DatePicture.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <span>

namespace tw::expr {
namespace {

constexpr double kMsPerDay = 86'400'000;
constexpr double kLargestCount = 1'000'000; ///< Of years or months; a date holds less.

constexpr std::string_view kNamed = "MxFP";

/// Whether texts of this component can be read at all.
bool isReadable(const DatePart &part, PictureProblem &problem)
{
    const bool zone = part.component == 'Z' || part.component == 'z';
    if (part.component == 0 || zone || part.component == 'f')
        return true;
    if (part.isInteger && part.integer.isSupported())
        return true;
    if (!part.isInteger && kNamed.find(part.component) != std::string_view::npos)
        return true;
    problem = {part.isInteger ? "D3130" : "D3133", std::string(1, part.component)};
    return false;
}

std::string partRegex(const DatePart &part)
{
    if (part.component == 0)
        return re2::RE2::QuoteMeta(part.literal);
    if (part.component == 'Z' || part.component == 'z') {
        std::string regex = part.component == 'z' ? "(GMT[-+][0-9]+" : "([-+][0-9]+";
        if (!part.integer.separators.empty())
            regex += re2::RE2::QuoteMeta(part.integer.separators.front().text) + "[0-9]+";
        return regex + ")";
    }
    if (part.component == 'f')
        return "([0-9]+)";
    return "(" + (part.isInteger ? part.integer.regex() : std::string("[a-zA-Z]+")) + ")";
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// The index of a name, possibly cut to the width of the picture; -1 if there is none.
int nameIndex(std::span<const std::string_view> names, const DatePart &part, std::string_view text)
{
    const auto most = static_cast<std::size_t>(part.mostWidth < 0 ? 99 : part.mostWidth);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!names[i].empty() && lower(names[i].substr(0, most)) == lower(text))
            return static_cast<int>(i);
    }
    return -1;
}

/// Minutes east of Greenwich.
double zoneMinutes(const DatePart &part, std::string text)
{
    if (part.component == 'z')
        text.erase(0, 3);
    const double sign = text[0] == '-' ? -1 : 1;
    const std::string digits = text.substr(1);
    std::size_t split = digits.size() <= 2 ? digits.size() : 2;
    std::size_t minutes = split;
    if (!part.integer.separators.empty()) {
        const std::string &separator = part.integer.separators.front().text;
        split = digits.find(separator);
        minutes = split + separator.size();
    }
    return sign * (std::atoi(digits.substr(0, split).c_str()) * 60 +
                   std::atoi(digits.substr(std::min(minutes, digits.size())).c_str()));
}

void readPart(double &value, const DatePart &part, const std::string &text)
{
    if (part.component == 'Z' || part.component == 'z') {
        value = zoneMinutes(part, text);
        return;
    }
    if (part.component == 'f') // digits of a fraction: .5 is 500 ms
        value = std::floor(std::atof(("0." + text).c_str()) * 1000 + 1e-6);
    else if (part.isInteger)
        value = part.integer.read(text);
    else if (part.component == 'M' || part.component == 'x')
        value = nameIndex(kMonthNames, part, text) + 1;
    else if (part.component == 'F')
        value = nameIndex(kDayNames, part, text);
    else
        value = lower(text) == "pm" ? 1 : 0;
}

using Components = std::map<char, double>;

/// Whether the given components say something of this kind and nothing else.
bool isOf(const Components &given, std::string_view all, std::string_view kind)
{
    bool some = false;
    for (const char component : all) {
        const auto value = given.find(component); // a zero says nothing, as in the reference
        if (value == given.end() || value->second == 0)
            continue;
        if (kind.find(component) == std::string_view::npos)
            return false;
        some = true;
    }
    return some;
}

bool complete(Components &given, std::string_view order, std::int64_t now)
{
    bool started = false;
    bool ended = false;
    for (const char component : order) {
        if (given.count(component) != 0) {
            started = true;
            if (ended)
                return false;
        } else if (started) {
            given[component] = component == 'M' || component == 'D' || component == 'd' ? 1 : 0;
            ended = true;
        } else if (component != 'P') { // without one, it is the morning
            given[component] = dateFragment(component, static_cast<double>(now));
        }
    }
    return true;
}

/// Not a number when the year or the month is beyond every calendar.
double momentOf(Components &given, bool ordinalDate, bool halfDay)
{
    if (!(std::fabs(given['Y']) <= kLargestCount) || !(std::fabs(given['M']) <= kLargestCount))
        return std::numeric_limits<double>::quiet_NaN();
    if (halfDay)
        given['H'] = std::fmod(given['h'], 12) + (given['P'] == 1 ? 12 : 0);
    auto year = static_cast<std::int64_t>(given['Y']);
    if (year >= 0 && year <= 99) // JavaScript's idea of two digits
        year += 1900;
    double days = 0;
    if (ordinalDate) {
        days = static_cast<double>(daysFromCivil(year, 1, 1)) + given['d'] - 1;
    } else {
        const double month = std::max(given['M'] - 1, 0.0);
        const auto carried = year + static_cast<std::int64_t>(month / 12);
        days = static_cast<double>(
                   daysFromCivil(carried, static_cast<int>(std::fmod(month, 12)) + 1, 1)) +
               given['D'] - 1;
    }
    double ms = days * kMsPerDay + given['H'] * 3'600'000 + given['m'] * 60'000 +
                given['s'] * 1000 + given['f'];
    for (const char zone : {'Z', 'z'}) {
        if (given.count(zone) != 0)
            ms -= given[zone] * 60'000;
    }
    return ms;
}

} // namespace

ParsedTime parseDateTime(double &msSinceEpoch, std::string_view text, std::string_view picture,
                         std::int64_t now, PictureProblem &problem)
{
    std::vector<DatePart> parts;
    if (!parseDatePicture(parts, picture, problem))
        return ParsedTime::Failed;
    std::string regex;
    int groups = 0;
    for (const DatePart &part : parts) {
        if (!isReadable(part, problem))
            return ParsedTime::Failed;
        regex += partRegex(part);
        groups += part.component == 0 ? 0 : 1;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    const re2::RE2 matcher(regex, options);
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups) + 1);
    if (!matcher.ok() || !matcher.Match({text.data(), text.size()}, 0, text.size(),
                                        re2::RE2::ANCHOR_BOTH, found.data(), groups + 1))
        return ParsedTime::NoMatch;
    Components given;
    std::size_t group = 0;
    for (const DatePart &part : parts) {
        if (part.component == 0)
            continue;
        ++group;
        readPart(given[part.component], part, found[group].as_string());
    }
    if (given.empty())
        return ParsedTime::NoMatch;
    constexpr std::string_view kDates = "YXMxWwdD";
    constexpr std::string_view kTimes = "PHhmsf";
    const bool dateA = isOf(given, kDates, "YMD");
    const bool ordinalDate = !dateA && isOf(given, kDates, "Yd");
    const bool weekOfMonth = isOf(given, kDates, "Xxw");
    const bool weekOfYear = !weekOfMonth && isOf(given, kDates, "XW");
    const bool halfDay = !isOf(given, kTimes, "Hmsf") && isOf(given, kTimes, "Phmsf");
    std::string order = ordinalDate ? "Yd" : weekOfMonth ? "XxwF" : weekOfYear ? "XWF" : "YMD";
    order += halfDay ? "Phmsf" : "Hmsf";
    if (!complete(given, order, now) || weekOfMonth || weekOfYear) {
        problem = {"D3136", {}};
        return ParsedTime::Failed;
    }
    msSinceEpoch = momentOf(given, ordinalDate, halfDay);
    return ParsedTime::Found;
}

bool parseIso(double &msSinceEpoch, std::string_view text)
{
    static const re2::RE2 kForm(
        R"((\d{4})(?:-([01]\d))?(?:-([0-3]\d))?)"
        R"((?:Z|T([0-2]\d):([0-5]\d):([0-5]\d)(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?)?)");
    std::array<re2::StringPiece, 9> part;
    if (!kForm.Match({text.data(), text.size()}, 0, text.size(), re2::RE2::ANCHOR_BOTH, part.data(),
                     static_cast<int>(part.size())))
        return false;
    const auto number = [&part](std::size_t i, int fallback) {
        return part[i].empty() ? fallback : std::atoi(part[i].as_string().c_str());
    };
    const int month = number(2, 1);
    const int day = number(3, 1);
    if (month < 1 || month > 12 || day < 1 || day > 31 || number(4, 0) > 24)
        return false;
    const double days = static_cast<double>(daysFromCivil(number(1, 0), month, 1) + day - 1);
    const double fraction = part[7].empty() ? 0 : std::atof(("0" + part[7].as_string()).c_str());
    msSinceEpoch = days * kMsPerDay + number(4, 0) * 3'600'000.0 + number(5, 0) * 60'000.0 +
                   number(6, 0) * 1000.0 + std::floor(fraction * 1000 + 1e-6);
    if (const std::string zone = part[8].as_string(); zone.size() > 1) {
        const int hours = std::atoi(zone.substr(1, 2).c_str());
        const int minutes = std::atoi(zone.substr(zone.size() - 2).c_str());
        msSinceEpoch -= (zone[0] == '-' ? -1 : 1) * (hours * 60.0 + minutes) * 60'000;
    }
    return true;
}

} // namespace tw::expr
