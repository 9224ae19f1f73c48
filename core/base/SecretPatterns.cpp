// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/SecretPatterns.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kShortestToken = 8;

bool isAlnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isTokenByte(char c) // RFC 6750 b64token, and what base64 and base64url use
{
    return isAlnum(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos;
}

template <typename Belongs>
std::size_t endOf(std::string_view text, std::size_t at, Belongs belongs)
{
    while (at < text.size() && belongs(text[at]))
        ++at;
    return at;
}

/// An escape counts as what it stands for: %3Dsk_test_…, \nsk_test_…
bool followsEscape(std::string_view text, std::size_t at)
{
    return (at >= 3 && text[at - 3] == '%') || (at >= 2 && text[at - 2] == '\\');
}

/// "task_test_1" is no key.
bool beginsWord(std::string_view text, std::size_t at)
{
    return at == 0 || !isAlnum(text[at - 1]) || followsEscape(text, at);
}

std::optional<Masked> stripeKey(std::string_view text, std::size_t at)
{
    std::size_t mark = 0;
    bool isLive = false;
    for (const std::string_view kind : {"live_", "test_", "org_"}) {
        if (text.substr(at + 3, kind.size()) == kind) {
            mark = 3 + kind.size();
            isLive = kind == "live_";
        }
    }
    if (mark == 0 || (!isLive && !beginsWord(text, at)))
        return std::nullopt;
    const std::size_t end = endOf(text, at + mark, [](char c) { return isAlnum(c) || c == '_'; });
    if (end < at + mark + kShortestToken)
        return std::nullopt;
    return Masked{at, end, std::string(text.substr(at, mark)) + "***"};
}

std::optional<Masked> signingSecret(std::string_view text, std::size_t at)
{
    constexpr std::size_t mark = 6; // whsec_
    const std::size_t end =
        endOf(text, at + mark, [](char c) { return isTokenByte(c) || c == '_'; });
    if (end < at + mark + kShortestToken)
        return std::nullopt;
    return Masked{at, end, "whsec_***"};
}

/// Words follow "Basic" and "Bearer" in sentences; credentials have digits or padding.
std::optional<Masked> credentials(std::string_view text, std::size_t at, std::size_t mark)
{
    const std::size_t begin = at + mark;
    const std::size_t end = endOf(text, begin, isTokenByte);
    const std::string_view token = text.substr(begin, end - begin);
    if (token.size() < kShortestToken || token.find_first_of("0123456789=") == token.npos)
        return std::nullopt;
    return Masked{at, end, std::string(text.substr(at, mark)) + "[secret]"};
}

std::optional<Masked> webToken(std::string_view text, std::size_t at)
{
    const auto belongs = [](char c) { return isAlnum(c) || c == '_' || c == '-'; };
    constexpr std::size_t least = 10;
    // Not within a word: a text of many beginnings would be read to its end for each of them.
    if (at > 0 && belongs(text[at - 1]) && !followsEscape(text, at))
        return std::nullopt;
    const std::size_t head = endOf(text, at, belongs);
    if (head < at + least || head >= text.size() || text[head] != '.')
        return std::nullopt;
    std::size_t end = endOf(text, head + 1, belongs);
    if (end < head + 1 + least)
        return std::nullopt;
    if (end < text.size() && text[end] == '.')
        end = endOf(text, end + 1, belongs);
    return Masked{at, end, "[token]"};
}

/// 00D, the rest of the org's id (15 or 18 characters), !, and the session.
std::optional<Masked> salesforceSession(std::string_view text, std::size_t at)
{
    const std::size_t mark = endOf(text.substr(0, at + 19), at, isAlnum);
    if ((mark != at + 15 && mark != at + 18) || mark >= text.size() || text[mark] != '!')
        return std::nullopt;
    const std::size_t end =
        endOf(text, mark + 1, [](char c) { return isAlnum(c) || c == '.' || c == '_'; });
    if (end < mark + 1 + kShortestToken)
        return std::nullopt;
    return Masked{at, end, "[token]"};
}

std::optional<Masked> privateKey(std::string_view text, std::size_t at)
{
    constexpr std::string_view close = "PRIVATE KEY-----";
    const std::size_t kind = text.substr(0, std::min(text.size(), at + 64)).find(close, at);
    if (kind == std::string_view::npos)
        return std::nullopt;
    std::size_t end = text.find("-----END", kind);
    end = end == std::string_view::npos ? end : text.find(close, end);
    end = end == std::string_view::npos ? text.size() : end + close.size();
    return Masked{at, end, "[private key]"};
}

} // namespace

std::optional<Masked> secretAt(std::string_view text, std::size_t at)
{
    const std::string_view rest = text.substr(at);
    switch (rest.empty() ? '\0' : rest[0]) {
    case 's':
    case 'r':
        return rest.substr(1, 2) == "k_" ? stripeKey(text, at) : std::nullopt;
    case 'e':
        if (rest.starts_with("eyJ"))
            return webToken(text, at);
        return rest.starts_with("ek_") ? stripeKey(text, at) : std::nullopt;
    case 'w':
        return rest.starts_with("whsec_") ? signingSecret(text, at) : std::nullopt;
    case 'B':
    case 'b':
        if (rest.substr(1, 6) == "earer " || rest.starts_with("BEARER "))
            return credentials(text, at, 7);
        return rest.substr(1, 5) == "asic " ? credentials(text, at, 6) : std::nullopt;
    case '0':
        return rest.starts_with("00D") ? salesforceSession(text, at) : std::nullopt;
    case '-':
        return rest.starts_with("-----BEGIN") ? privateKey(text, at) : std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace tw
