// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Settings.h"

#include <array>
#include <cmath>

namespace tw {
namespace {

struct KnownKey
{
    std::string_view prefix;
    std::size_t atLeast; ///< Characters behind the prefix.
};
constexpr std::array<KnownKey, 12> kKnownKeys{{{"sk_live_", 8},
                                               {"sk_test_", 8},
                                               {"rk_live_", 8},
                                               {"rk_test_", 8},
                                               {"whsec_", 8},
                                               {"ghp_", 20},
                                               {"github_pat_", 20},
                                               {"xoxb-", 20},
                                               {"xoxp-", 20},
                                               {"AKIA", 16},
                                               {"AIza", 30},
                                               {"glpat-", 16}}};

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}
bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isAlnum(char c)
{
    return isLower(c) || isUpper(c) || isDigit(c);
}
bool isTokenCharacter(char c)
{
    return isAlnum(c) || c == '_' || c == '-' || c == '+' || c == '=';
}

std::size_t runLength(std::string_view text, bool (*belongs)(char))
{
    std::size_t length = 0;
    while (length < text.size() && belongs(text[length]))
        ++length;
    return length;
}

bool hasKnownPrefix(std::string_view word)
{
    for (const KnownKey &key : kKnownKeys) {
        if (word.starts_with(key.prefix) && word.size() >= key.prefix.size() + key.atLeast)
            return true;
    }
    return false;
}

/// Object ids of Stripe: a short lower-case prefix, then letters and digits (ch_…, evt_test_…).
bool isPrefixedId(std::string_view word)
{
    const std::size_t prefix = runLength(word, isLower);
    if (prefix < 2 || prefix > 12 || prefix >= word.size() || word[prefix] != '_')
        return false;
    std::string_view rest = word.substr(prefix + 1);
    if (rest.starts_with("test_") || rest.starts_with("live_"))
        rest.remove_prefix(5);
    return runLength(rest, isAlnum) == rest.size();
}

double bitsPerCharacter(std::string_view text)
{
    std::array<int, 256> counts{};
    for (const char c : text)
        ++counts[static_cast<unsigned char>(c)];
    double bits = 0;
    for (const int count : counts) {
        if (count > 0) {
            const double share = count / static_cast<double>(text.size());
            bits -= share * std::log2(share);
        }
    }
    return bits;
}

int characterClass(char c)
{
    return isLower(c) ? 0 : isUpper(c) ? 1 : isDigit(c) ? 2 : 3;
}

/// Names are made of words, so that neighbours are mostly of one class; random text is not.
bool looksRandom(std::string_view run)
{
    std::array<int, 4> classes{};
    std::size_t changes = 0;
    for (std::size_t i = 0; i < run.size(); ++i) {
        ++classes[static_cast<std::size_t>(characterClass(run[i]))];
        if (i > 0 && characterClass(run[i]) != characterClass(run[i - 1]))
            ++changes;
    }
    const bool mixed = classes[0] > 0 && classes[1] > 0 && classes[2] > 0;
    if (mixed)
        return changes * 5 >= run.size() * 2 && bitsPerCharacter(run) >= 3.8;
    const bool hexLike = run.size() >= 40 && classes[2] >= 8 && (classes[0] > 0 || classes[1] > 0);
    return hexLike && changes * 4 >= run.size() && bitsPerCharacter(run) >= 3.3;
}

bool isRandomWord(std::string_view word)
{
    if (word.size() < 28 || isPrefixedId(word))
        return false;
    while (!word.empty()) {
        const std::size_t run = runLength(word, isAlnum);
        if (run >= 24 && looksRandom(word.substr(0, run)))
            return true;
        word.remove_prefix(std::min(run + 1, word.size()));
    }
    return false;
}

/// Salesforce session: the organisation's id, an exclamation mark, the token.
bool isSalesforceSession(std::string_view text)
{
    if (!text.starts_with("00D"))
        return false;
    const std::size_t id = runLength(text, isAlnum);
    return (id == 15 || id == 18) && id + 20 < text.size() && text[id] == '!';
}

bool isJsonWebToken(std::string_view text)
{
    if (!text.starts_with("eyJ"))
        return false;
    const auto part = [](char c) { return isAlnum(c) || c == '_' || c == '-'; };
    const std::size_t header = runLength(text, part);
    if (header < 12 || header >= text.size() || text[header] != '.')
        return false;
    return runLength(text.substr(header + 1), part) >= 12;
}

} // namespace

bool looksLikeSecret(std::string_view text)
{
    if (const std::size_t pem = text.find("-----BEGIN "); pem != std::string_view::npos) {
        if (text.substr(pem, 60).find("PRIVATE KEY") != std::string_view::npos)
            return true;
    }
    while (!text.empty()) {
        const std::size_t length = runLength(text, isTokenCharacter);
        const std::string_view word = text.substr(0, length);
        if (hasKnownPrefix(word) || isSalesforceSession(text) || isJsonWebToken(text) ||
            isRandomWord(word))
            return true;
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return false;
}

} // namespace tw
