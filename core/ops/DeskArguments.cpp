// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/DeskArguments.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/schema/Settings.h"

#include <QDateTime>
#include <algorithm>
#include <charconv>

namespace tw::ops {

DeskArguments::DeskArguments(const DeskCall &call) : m_call(call) {}

Value DeskArguments::get(std::string_view name) const
{
    return m_call.arguments ? m_call.arguments->root().get(name) : Value();
}

void DeskArguments::wrong(std::string_view name, const std::string &what)
{
    if (!m_error)
        m_error = rejectedError("ops.bad_argument",
                                '"' + std::string(name) + "\" " + what);
}

std::string DeskArguments::text(std::string_view name)
{
    const Value value = get(name);
    if (value.isString())
        return std::string(value.text());
    if (!value.isUndefined() && !value.isNull())
        wrong(name, "must be a text.");
    return {};
}

std::string DeskArguments::required(std::string_view name)
{
    std::string value = text(name);
    if (value.empty())
        wrong(name, "must be given.");
    return value;
}

std::int64_t DeskArguments::number(std::string_view name, std::int64_t fallback)
{
    const Value value = get(name);
    if (value.isUndefined() || value.isNull())
        return fallback;
    std::optional<std::int64_t> number = value.toInt();
    if (value.isString()) { // From the query of an address.
        std::int64_t read = 0;
        const char *end = value.text().data() + value.size();
        if (value.size() > 0 && std::from_chars(value.text().data(), end, read).ptr == end)
            number = read;
    }
    if (!number || *number < 0)
        wrong(name, "must be a whole number.");
    return number.value_or(fallback);
}

std::int64_t DeskArguments::requiredNumber(std::string_view name)
{
    const std::int64_t value = number(name);
    if (value == 0)
        wrong(name, "must be given.");
    return value;
}

bool DeskArguments::flag(std::string_view name)
{
    const Value value = get(name);
    if (!value.isUndefined() && !value.isNull() && !value.isBool())
        wrong(name, "must be true or false.");
    return value.isBool() && value.asBool();
}

std::optional<Instant> DeskArguments::instant(std::string_view name)
{
    const std::string value = text(name);
    if (value.empty())
        return std::nullopt;
    if (const auto span = parseDuration(value))
        return m_call.at + *span;
    const auto time = QDateTime::fromString(toQString(value), Qt::ISODateWithMs);
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime) {
        wrong(name, "must be a time with its zone, such as 2026-11-30T18:00:00Z, or a span, such "
                    "as 4h.");
        return std::nullopt;
    }
    return Instant{time.toMSecsSinceEpoch()};
}

std::optional<Instant> DeskArguments::future(std::string_view name)
{
    const std::optional<Instant> time = instant(name);
    if (time && *time <= m_call.at)
        wrong(name, "must be a time that is still to come.");
    return time;
}

std::optional<std::string> DeskArguments::json(std::string_view name)
{
    const Value value = get(name);
    return value.isUndefined() ? std::nullopt : std::optional(toJson(value));
}

std::vector<std::string> DeskArguments::words(std::string_view name)
{
    std::vector<std::string> words;
    for (const Value &item : get(name).items()) {
        if (item.isString())
            words.emplace_back(item.text());
        else
            wrong(name, "must be a list of texts.");
    }
    return words;
}

std::optional<int> DeskArguments::oneOf(std::string_view name, const std::vector<std::string> &words)
{
    const std::string value = text(name);
    if (value.empty())
        return std::nullopt;
    const auto found = std::find(words.begin(), words.end(), value);
    if (found == words.end()) {
        std::string list;
        for (const std::string &word : words)
            list += (list.empty() ? "" : ", ") + word;
        wrong(name, "must be one of " + list + '.');
        return std::nullopt;
    }
    return static_cast<int>(found - words.begin());
}

} // namespace tw::ops
