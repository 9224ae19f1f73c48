// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Sha256.h"

#include <algorithm>
#include <openssl/evp.h>

namespace tw {

namespace {

constexpr std::size_t kBlock = 64;

class Hash
{
public:
    Hash() : m_digest(EVP_MD_fetch(nullptr, "SHA256", nullptr)), m_context(EVP_MD_CTX_new()) {}
    ~Hash()
    {
        EVP_MD_CTX_free(m_context);
        EVP_MD_free(m_digest);
    }
    Hash(const Hash &) = delete;
    Hash &operator=(const Hash &) = delete;

    void begin() { EVP_DigestInit_ex(m_context, m_digest, nullptr); }
    void add(std::string_view bytes) { EVP_DigestUpdate(m_context, bytes.data(), bytes.size()); }
    Sha256 end()
    {
        Sha256 sum{};
        EVP_DigestFinal_ex(m_context, sum.data(), nullptr);
        return sum;
    }

    static Hash &ofThread()
    {
        thread_local Hash hash;
        return hash;
    }

private:
    EVP_MD *m_digest;
    EVP_MD_CTX *m_context;
};

} // namespace

Sha256 sha256(std::initializer_list<std::string_view> parts)
{
    Hash &hash = Hash::ofThread();
    hash.begin();
    for (const std::string_view part : parts)
        hash.add(part);
    return hash.end();
}

Sha256 hmacSha256(std::string_view key, std::initializer_list<std::string_view> parts)
{
    std::array<char, kBlock> block{};
    const Sha256 shortened = key.size() > kBlock ? sha256({key}) : Sha256{};
    const std::string_view used = key.size() > kBlock ? bytesOf(shortened) : key;
    std::copy(used.begin(), used.end(), block.begin());
    const auto padded = [&block](char pad) {
        std::array<char, kBlock> bytes = block;
        for (char &byte : bytes)
            byte = static_cast<char>(byte ^ pad);
        return bytes;
    };
    const auto inner = padded(0x36);
    const auto outer = padded(0x5c);
    Hash &hash = Hash::ofThread();
    hash.begin();
    hash.add({inner.data(), inner.size()});
    for (const std::string_view part : parts)
        hash.add(part);
    const Sha256 sum = hash.end();
    return sha256({{outer.data(), outer.size()}, bytesOf(sum)});
}

} // namespace tw
