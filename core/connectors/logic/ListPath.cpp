// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/ListPath.h"

#include <QRegularExpression>

namespace tw::logic {

std::optional<ListPath> ListPath::of(std::string_view expression)
{
    static const QRegularExpression kPath(QStringLiteral(
        R"(^\s*(?:\$(\w*)\s*\.\s*)?((?:[A-Za-z_]\w*|`[^`]+`)(?:\s*\.\s*(?:[A-Za-z_]\w*|`[^`]+`))*)\s*$)"));
    static const QRegularExpression kName(QStringLiteral("`[^`]+`|[A-Za-z_]\\w*"));
    const auto found = kPath.match(
        QString::fromUtf8(expression.data(), static_cast<qsizetype>(expression.size())));
    if (!found.hasMatch())
        return std::nullopt;
    ListPath path;
    path.m_variable = found.captured(1).toStdString();
    for (auto names = kName.globalMatch(found.captured(2)); names.hasNext();)
        path.m_names.push_back(names.next().captured().remove(QLatin1Char('`')).toStdString());
    return path;
}

bool ListPath::meetsList(const Value &message, const Environment &environment) const
{
    Value at = message;
    if (!m_variable.empty()) {
        at = Value();
        for (const Environment::Binding &binding : environment.bindings) {
            if (binding.name == m_variable)
                at = binding.value;
        }
    }
    for (const std::string &name : m_names) {
        if (at.isArray())
            return true;
        at = at.get(name);
    }
    return at.isArray();
}

} // namespace tw::logic
