// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/SignedText.h"

#include <QByteArray>
#include <algorithm>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tw::http {

Result<NamedTemplate> NamedTemplate::compile(std::string_view text,
                                             const std::vector<std::string> &known)
{
    NamedTemplate made;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('{', at), text.size());
        if (open > at)
            made.m_parts.push_back({false, std::string(text.substr(at, open - at))});
        if (open == text.size())
            break;
        const std::size_t close = text.find('}', open);
        const std::string name(text.substr(open + 1, close - open - 1));
        if (close == std::string_view::npos
            || std::find(known.begin(), known.end(), name) == known.end()) {
            std::string list;
            for (const std::string &word : known)
                list += (list.empty() ? "{" : ", {") + word + '}';
            return configError("http.bad_template", "\"{" + name + "\" is no place of this text. "
                                                    "There are " + list + '.');
        }
        if (!made.m_parts.empty() && made.m_parts.back().isPlace)
            return configError("http.bad_template",
                               "Two places of the text touch each other: nothing tells them apart.");
        made.m_parts.push_back({true, name});
        at = close + 1;
    }
    return made;
}

bool NamedTemplate::uses(std::string_view name) const
{
    return std::any_of(m_parts.begin(), m_parts.end(),
                       [name](const Part &part) { return part.isPlace && part.text == name; });
}

std::string NamedTemplate::fill(const Values &values) const
{
    std::string text;
    for (const Part &part : m_parts) {
        if (!part.isPlace)
            text += part.text;
        else if (const auto found = values.find(part.text); found != values.end())
            text += found->second;
    }
    return text;
}

std::optional<NamedTemplate::Values> NamedTemplate::match(std::string_view text) const
{
    Values values;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        if (!m_parts[i].isPlace) {
            if (!text.starts_with(m_parts[i].text))
                return std::nullopt;
            text.remove_prefix(m_parts[i].text.size());
            continue;
        }
        const std::size_t end = i + 1 < m_parts.size() ? text.find(m_parts[i + 1].text) : text.size();
        if (end == std::string_view::npos || end == 0)
            return std::nullopt;
        values.emplace(m_parts[i].text, text.substr(0, end));
        text.remove_prefix(end);
    }
    return text.empty() ? std::optional(std::move(values)) : std::nullopt;
}

std::string signatureOf(const SignatureScheme &scheme, const Secret &secret, std::string_view text)
{
    const EVP_MD *hash = scheme.hash == SignatureScheme::Hash::Sha1 ? EVP_sha1()
        : scheme.hash == SignatureScheme::Hash::Sha512              ? EVP_sha512()
                                                                    : EVP_sha256();
    const std::string_view key = secret.reveal();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(hash, key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest, &size);
    const QByteArray bytes(reinterpret_cast<const char *>(digest), static_cast<qsizetype>(size));
    return (scheme.digits == SignatureScheme::Digits::Hex ? bytes.toHex() : bytes.toBase64())
        .toStdString();
}

} // namespace tw::http
