// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/SecretSource.h"

#include <cstdlib>

namespace tw {

std::optional<Secret> EnvironmentSecrets::find(const std::string &connection,
                                               const std::string &field) const
{
    const char *value = std::getenv(variableName(connection, field).c_str());
    if (!value || *value == '\0')
        return std::nullopt;
    return Secret(value);
}

std::string EnvironmentSecrets::hint(const std::string &connection, const std::string &field) const
{
    return "Set the environment variable " + variableName(connection, field) + '.';
}

std::string EnvironmentSecrets::place(const std::string &connection, const std::string &field) const
{
    return "the environment variable " + variableName(connection, field);
}

std::string EnvironmentSecrets::variableName(const std::string &connection,
                                             const std::string &field)
{
    std::string name = "TIDEWIRE_SECRET_" + connection + '_' + field;
    for (char &c : name) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
        else if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            c = '_';
    }
    return name;
}

} // namespace tw
