// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Settings.h"

#include "core/data/Json.h"

namespace tw {

Settings::Settings(DocumentPtr values, std::map<std::string, Secret> secrets)
    : m_values(std::move(values)), m_secrets(std::move(secrets))
{}

const Value &Settings::root() const
{
    static const Value kNone;
    return m_values ? m_values->root() : kNone;
}

Value Settings::value(std::string_view id) const
{
    return root().get(id);
}

std::string Settings::text(std::string_view id) const
{
    const Value found = value(id);
    if (found.isString())
        return std::string(found.text());
    return found.isUndefined() || found.isNull() ? std::string() : toJson(found);
}

bool Settings::flag(std::string_view id) const
{
    const Value found = value(id);
    return found.isBool() && found.asBool();
}

std::int64_t Settings::integer(std::string_view id) const
{
    return value(id).toInt().value_or(0);
}

double Settings::number(std::string_view id) const
{
    const Value found = value(id);
    return found.isNumber() ? found.toDouble() : 0;
}

std::chrono::milliseconds Settings::duration(std::string_view id) const
{
    const auto span = parseDuration(text(id));
    return span ? *span : std::chrono::milliseconds(0);
}

std::vector<std::string> Settings::list(std::string_view id) const
{
    std::vector<std::string> texts;
    const Value found = value(id);
    for (const Value &item : found.items()) {
        if (item.isString())
            texts.emplace_back(item.text());
    }
    return texts;
}

const Secret &Settings::secret(std::string_view id) const
{
    static const Secret kNone;
    const auto found = m_secrets.find(std::string(id));
    return found == m_secrets.end() ? kNone : found->second;
}

bool Settings::has(std::string_view id) const
{
    return !value(id).isUndefined() || m_secrets.contains(std::string(id));
}

void Settings::setSecret(std::string id, Secret value)
{
    m_secrets.insert_or_assign(std::move(id), std::move(value));
}

} // namespace tw
