// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Redactor.h"

#include "core/base/PersonalData.h"
#include "core/base/SecretPatterns.h"

#include <array>
#include <cstring>
#include <optional>

namespace tw {
namespace {

constexpr std::array<bool, 256> kMayBegin = [] {
    std::array<bool, 256> may{};
    for (const char c : std::string_view("srewBb0123456789-+(%@"))
        may[static_cast<unsigned char>(c)] = true;
    return may;
}();

std::optional<Masked> maskedAt(std::string_view text, std::size_t at, std::size_t from)
{
    if (auto secret = secretAt(text, at))
        return secret;
    if (text[at] == '@' || text.substr(at, 3) == "%40")
        return emailAround(text, at, from);
    if (auto card = cardAt(text, at))
        return card;
    return phoneAt(text, at);
}

void maskPatterns(std::string_view text, std::string &out)
{
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        const bool may = kMayBegin[static_cast<unsigned char>(text[at])];
        const auto found = may ? maskedAt(text, at, from) : std::nullopt;
        if (!found) {
            ++at;
            continue;
        }
        out.append(text.substr(from, found->begin - from)).append(found->shown);
        from = at = found->end;
    }
    out.append(text.substr(from));
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Cards and American phone numbers have four digits in a row, so that a look at every fourth byte
/// meets them.
bool hasFourDigits(std::string_view text)
{
    for (std::size_t at = 3; at < text.size(); at += 4) {
        if (!isDigit(text[at]))
            continue;
        std::size_t begin = at;
        while (begin > 0 && at - begin < 3 && isDigit(text[begin - 1]))
            --begin;
        std::size_t end = at + 1;
        while (end < text.size() && end - begin < 4 && isDigit(text[end]))
            ++end;
        if (end - begin >= 4)
            return true;
    }
    return false;
}

/// What has no beginning of its own: addresses (@, %40), web tokens (eyJ), sessions (!), phone
/// numbers (+, %2B), cards.
bool hasSigns(std::string_view text)
{
    const auto has = [text](char c) { return std::memchr(text.data(), c, text.size()) != nullptr; };
    return !text.empty() &&
           (has('@') || has('%') || has('J') || has('!') || has('+') || hasFourDigits(text));
}

} // namespace

Redactor::Redactor()
{
    for (const std::string_view beginning : kSecretBeginnings)
        m_windows.add(beginning);
    for (const std::string_view beginning : kShortSecretBeginnings)
        m_windows.addWithAnyNext(beginning);
}

void Redactor::redact(std::string_view text, std::string &out) const
{
    if (!m_known.hasShort() && !m_windows.mayHold(text) && !hasSigns(text))
        out.append(text);
    else if (m_known.isEmpty())
        maskPatterns(text, out);
    else // first of all: what is shown of an address must not show a secret
        maskPatterns(m_known.takenOut(text), out);
}

std::string Redactor::redacted(std::string_view text) const
{
    std::string out;
    redact(text, out);
    return out;
}

} // namespace tw
