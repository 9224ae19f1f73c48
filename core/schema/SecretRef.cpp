// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/SecretRef.h"

#include <algorithm>
#include <cstdlib>

namespace tw {
namespace {

bool isWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

bool isName(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), isWord);
}

} // namespace

std::optional<SecretRef> parseSecretRef(std::string_view text)
{
    constexpr std::string_view kOpening = "${secret:";
    if (!text.starts_with(kOpening) || !text.ends_with('}'))
        return std::nullopt;
    const std::string_view inside = text.substr(kOpening.size(), text.size() - kOpening.size() - 1);
    const std::size_t slash = inside.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const std::string_view connection = inside.substr(0, slash);
    const std::string_view field = inside.substr(slash + 1);
    if (!isName(connection) || !isName(field))
        return std::nullopt;
    return SecretRef{std::string(connection), std::string(field)};
}

EnvironmentSecrets::EnvironmentSecrets(Read read) : m_read(std::move(read))
{
    if (!m_read)
        m_read = [](const char *name) { return static_cast<const char *>(std::getenv(name)); };
}

Result<Secret> EnvironmentSecrets::lookUp(const SecretRef &ref)
{
    const std::string name = variableName(ref);
    const char *value = m_read(name.c_str());
    if (!value || *value == '\0') {
        return configError("schema.secret_missing",
                           "The secret \"" + ref.field + "\" of the connection \"" +
                               ref.connection + "\" is not set. Set the environment variable " +
                               name + '.');
    }
    return Secret(value);
}

std::string EnvironmentSecrets::variableName(const SecretRef &ref)
{
    std::string name = "TIDEWIRE_SECRET_" + ref.connection + '_' + ref.field;
    for (char &c : name) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
        else if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            c = '_';
    }
    return name;
}

} // namespace tw
