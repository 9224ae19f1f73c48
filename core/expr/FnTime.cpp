// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Builtins.h"
#include "core/expr/DateTime.h"
#include "core/expr/Errors.h"
#include "core/expr/OwnFunctions.h"
#include "core/expr/TimeZones.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace tw::expr::fn {
namespace {

constexpr double kFirstIsoMs = -62'167'219'200'000;
constexpr double kLastIsoMs = 253'402'300'799'999;
constexpr double kLastMs = 8.64e15; ///< What a JavaScript date can hold.

struct PlainField
{
    std::string_view marker;
    int from; ///< Where the field stands in ISO form.
    int count;
};
constexpr PlainField kPlainFields[] = {{"[Y0001]", 0, 4}, {"[M01]", 5, 2},  {"[D01]", 8, 2},
                                       {"[H01]", 11, 2},  {"[m01]", 14, 2}, {"[s01]", 17, 2},
                                       {"[f001]", 20, 3}};

/// Pictures of zero-padded fields alone, which are nearly all of them, are cut from the ISO form.
bool formatPlain(Run &run, Value &out, double ms, std::string_view picture)
{
    char iso[24];
    char text[96];
    std::size_t length = 0;
    if (picture.size() > sizeof text || !(ms >= kFirstIsoMs && ms <= kLastIsoMs))
        return false;
    writeIso(iso, static_cast<std::int64_t>(ms));
    for (std::size_t at = 0; at < picture.size();) {
        const char c = picture[at];
        if (c == ']')
            return false;
        if (c != '[') {
            text[length++] = c;
            ++at;
            continue;
        }
        const auto *field = std::find_if(
            std::begin(kPlainFields), std::end(kPlainFields), [&](const PlainField &known) {
                return picture.substr(at, known.marker.size()) == known.marker;
            });
        if (field == std::end(kPlainFields))
            return false;
        std::copy_n(iso + field->from, field->count, text + length);
        length += static_cast<std::size_t>(field->count);
        at += field->marker.size();
    }
    out = Value::string(run.arena, {text, length});
    return true;
}

Value outsideOfTime(Call &call, double ms)
{
    ExpressionError error;
    error.code = "D3110";
    error.token = call.name;
    error.value = shortText(Value::number(ms));
    error.argument = 1;
    error.message = error.value + " milliseconds are further from 1970 than dates go (about "
                                  "270,000 years).";
    return call.run.failWith(std::move(error));
}

/// JSONata's own zones: digits, perhaps behind a sign.
bool isOffset(std::string_view zone)
{
    if (zone.starts_with('+') || zone.starts_with('-'))
        zone.remove_prefix(1);
    return !zone.empty() && zone.size() <= 4 &&
           zone.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The zone as formatDateTime() takes it: a name becomes its offset at the time. False: no zone.
bool readZone(const Value &zone, double ms, std::string &offset)
{
    if (!zone.isString())
        return true;
    if (isOffset(zone.text())) {
        offset = zone.text();
        return true;
    }
    const auto ahead = offsetInZone(zone.text(), static_cast<std::int64_t>(std::floor(ms / 1000)));
    if (!ahead)
        return false;
    const int minutes = *ahead / 60;
    offset = std::to_string(minutes / 60 * 100 + minutes % 60);
    return true;
}

Value formatted(Call &call, double ms, const Value &picture, const Value &timezone)
{
    const bool absurd = !(std::fabs(ms) <= kLastMs);
    if (picture.isUndefined() && timezone.isUndefined() && ms >= kFirstIsoMs && ms <= kLastIsoMs) {
        char iso[24];
        writeIso(iso, static_cast<std::int64_t>(ms));
        return Value::string(call.run.arena, {iso, sizeof iso});
    }
    Value out;
    if (picture.isString() && timezone.isUndefined() &&
        formatPlain(call.run, out, ms, picture.text()))
        return out;
    constexpr std::string_view kIsoPicture =
        "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";
    std::string text;
    std::string offset;
    const bool zoneIsKnown = readZone(timezone, absurd ? 0 : ms, offset);
    PictureProblem problem;
    if (!formatDateTime(text, absurd ? 0 : ms, picture.isString() ? picture.text() : kIsoPicture,
                        offset, problem))
        return call.run.fail(problem.code, nullptr, call.name, problem.culprit);
    if (!zoneIsKnown)
        return refuse(call, "X1016", noSuchZone(timezone.text()), call.name == "now" ? 2 : 3);
    if (absurd)
        return outsideOfTime(call, ms);
    return call.run.charge(text.size()) ? Value::string(call.run.arena, text) : Value();
}

} // namespace

Value now(Call &call)
{
    const auto ms = static_cast<double>(call.run.environment.now.msSinceEpoch);
    return formatted(call, ms, call.arg(0), call.arg(1));
}

Value millis(Call &call)
{
    return Value::integer(call.run.environment.now.msSinceEpoch);
}

Value fromMillis(Call &call)
{
    const Value ms = call.arg(0);
    return ms.isUndefined() ? Value()
                            : formatted(call, std::trunc(numberOf(ms)), call.arg(1), call.arg(2));
}

Value toMillis(Call &call)
{
    const Value text = call.arg(0);
    if (text.isUndefined())
        return {};
    double ms = 0;
    if (call.arg(1).isUndefined()) {
        return parseIso(ms, text.text()) ? Value::number(ms)
                                         : call.run.failValue("D3110", nullptr, call.name, text, 1);
    }
    PictureProblem problem;
    const std::int64_t today = call.run.environment.now.msSinceEpoch;
    switch (parseDateTime(ms, text.text(), call.arg(1).text(), today, problem)) {
    case ParsedTime::Found:
        return Value::number(ms);
    case ParsedTime::NoMatch:
        return {};
    case ParsedTime::Failed:
        break;
    }
    return call.run.fail(problem.code, nullptr, call.name, problem.culprit);
}

} // namespace tw::expr::fn
