// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/ProjectKey.h"

#include <QtGlobal>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

namespace tw {
namespace {

constexpr std::size_t kIdBytes = 4;

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

Error badKey(std::size_t length)
{
    return configError("vault.bad_key", "A project key is written as 64 hex digits; this text of " +
                                            std::to_string(length) +
                                            " characters is none. Copy the whole key.");
}

Secret hkdf(const Secret &key, std::string_view purpose, std::string_view salt)
{
    EVP_KDF *kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    // OpenSSL takes input parameters through pointers to non-const and does not write there.
    const auto octets = [](const char *name, std::string_view bytes) {
        return OSSL_PARAM_construct_octet_string(name, const_cast<char *>(bytes.data()),
                                                 bytes.size());
    };
    char digest[] = "SHA256";
    const std::string_view someSalt = salt.empty() ? std::string_view("tidewire/1") : salt;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        octets(OSSL_KDF_PARAM_KEY, key.reveal()), octets(OSSL_KDF_PARAM_SALT, someSalt),
        octets(OSSL_KDF_PARAM_INFO, purpose), OSSL_PARAM_construct_end()};
    std::string derived(ProjectKey::kBytes, '\0');
    const bool done =
        context && EVP_KDF_derive(context, reinterpret_cast<unsigned char *>(derived.data()),
                                  derived.size(), parameters) == 1;
    EVP_KDF_CTX_free(context);
    if (!done)
        qFatal("OpenSSL cannot derive a key");
    return Secret(std::move(derived));
}

} // namespace

ProjectKey::ProjectKey(Secret bytes)
    : m_bytes(std::move(bytes)),
      m_idBytes(derive("key id").reveal().substr(0, kIdBytes)),
      m_id(toHex(m_idBytes))
{}

ProjectKey ProjectKey::random()
{
    return ProjectKey(Secret(randomBytes(kBytes)));
}

ProjectKey ProjectKey::fromBytes(Secret bytes)
{
    return ProjectKey(std::move(bytes));
}

Result<ProjectKey> ProjectKey::fromText(std::string_view text)
{
    if (text.size() != kBytes * 2)
        return badKey(text.size());
    std::string bytes;
    bytes.reserve(kBytes);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hexDigit(text[i]);
        const int low = hexDigit(text[i + 1]);
        if (high < 0 || low < 0) {
            OPENSSL_cleanse(bytes.data(), bytes.size());
            return badKey(text.size());
        }
        bytes += static_cast<char>(high << 4 | low);
    }
    return ProjectKey(Secret(std::move(bytes)));
}

Secret ProjectKey::text() const
{
    return Secret(toHex(m_bytes.reveal()));
}

Secret ProjectKey::derive(std::string_view purpose, std::string_view salt) const
{
    return hkdf(m_bytes, purpose, salt);
}

Result<KeyRing> keyRingFromText(std::string_view text)
{
    constexpr std::string_view kBetween = ", \t\r\n";
    KeyRing keys;
    for (std::size_t at = text.find_first_not_of(kBetween); at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
        auto key = ProjectKey::fromText(text.substr(at, end - at));
        if (!key)
            return std::move(key).error();
        keys.push_back(std::move(*key));
        at = text.find_first_not_of(kBetween, end);
    }
    if (keys.empty())
        return badKey(0);
    return keys;
}

std::string randomBytes(std::size_t count)
{
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char *>(bytes.data()), static_cast<int>(count)) != 1)
        qFatal("The operating system has no random bytes");
    return bytes;
}

std::string toHex(std::string_view bytes)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

} // namespace tw
