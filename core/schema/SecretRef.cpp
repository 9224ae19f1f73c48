// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/SecretRef.h"

#include <algorithm>

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

} // namespace tw
