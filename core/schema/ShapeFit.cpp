// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/ShapeFit.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/data/Number.h"

#include <QDate>
#include <QDateTime>

#include <algorithm>

namespace tw {
namespace {

using Type = Shape::Type;
constexpr std::size_t kChoicesNamed = 12;
constexpr std::size_t kShown = 60;

std::string shown(const Value &value)
{
    if (!value.isString())
        return value.isNumber() || value.isBool() ? toJson(value) : kindWord(value);
    std::string text(value.text());
    if (text.size() > kShown)
        return "a text";
    return "the text \"" + text + '"';
}

std::string isNot(const std::string &wanted, const Value &value)
{
    return "must be " + wanted + ", and is " + shown(value);
}

bool isDay(const Value &value)
{
    return value.isString() && QDate::fromString(toQString(value.text()), Qt::ISODate).isValid();
}

bool isMoment(const Value &value)
{
    return value.isString() &&
           QDateTime::fromString(toQString(value.text()), Qt::ISODateWithMs).isValid();
}

bool travelsAsNumber(const Shape &shape)
{
    return shape.isNumber() || (shape.type == Type::Instant && shape.unit.starts_with("unix"));
}

std::optional<std::string> misfitOfText(const Value &value, const Shape &shape)
{
    if (!value.isString())
        return isNot("a text", value);
    if (shape.maxLength && toQString(value.text()).size() > *shape.maxLength)
        return "is longer than " + std::to_string(*shape.maxLength) + " characters";
    if (shape.choices.empty() || value.size() == 0 ||
        std::find(shape.choices.begin(), shape.choices.end(), value.text()) != shape.choices.end())
        return std::nullopt;
    std::string names;
    for (std::size_t at = 0; at < std::min(shape.choices.size(), kChoicesNamed); ++at)
        names += (at == 0 ? "" : ", ") + shape.choices[at];
    return "must be one of " + names + (shape.choices.size() > kChoicesNamed ? ", …" : "") +
           ", and is " + shown(value);
}

} // namespace

std::string kindWord(const Value &value)
{
    return value.isObject()   ? "a group of fields"
           : value.isArray()  ? "a list"
           : value.isString() ? "a text"
           : value.isBool()   ? "true or false"
           : value.isNull()   ? "null"
                              : "a number";
}

std::optional<std::string> misfit(const Value &value, const Shape &shape)
{
    if (shape.type == Type::Any || value.isUndefined())
        return std::nullopt;
    if (value.isNull())
        return shape.nullable ? std::nullopt : std::optional<std::string>("must have a value");
    if (shape.type == Type::Group)
        return value.isObject() ? std::nullopt : std::optional(isNot("a group of fields", value));
    if (shape.type == Type::List)
        return value.isArray() ? std::nullopt : std::optional(isNot("a list", value));
    if (shape.type == Type::Boolean)
        return value.isBool() ? std::nullopt : std::optional(isNot("true or false", value));
    if (travelsAsNumber(shape)) {
        const bool fits =
            value.isNumber() || (value.isString() && number::isJsonNumber(value.text()));
        return fits ? std::nullopt : std::optional(isNot("a number", value));
    }
    if (shape.type == Type::Date)
        return isDay(value) ? std::nullopt
                            : std::optional(isNot("a day such as 2026-11-30", value));
    if (shape.type == Type::Instant)
        return isMoment(value) || isDay(value)
                   ? std::nullopt
                   : std::optional(isNot("a time such as 2026-11-30T18:00:00Z", value));
    return misfitOfText(value, shape);
}

} // namespace tw
