// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/RowSum.h"

#include <cstdint>
#include <openssl/evp.h>

namespace tw {

RowSum::RowSum()
    : m_digest(EVP_MD_fetch(nullptr, "SHA256", nullptr)), m_context(EVP_MD_CTX_new())
{}

RowSum::~RowSum()
{
    EVP_MD_CTX_free(m_context);
    EVP_MD_free(m_digest);
}

std::string RowSum::of(std::initializer_list<std::string_view> fields)
{
    begin();
    for (const std::string_view field : fields)
        add(field);
    return end();
}

void RowSum::begin()
{
    EVP_DigestInit_ex(m_context, m_digest, nullptr);
}

void RowSum::add(std::string_view field)
{
    const auto size = static_cast<std::uint64_t>(field.size());
    EVP_DigestUpdate(m_context, &size, sizeof size);
    EVP_DigestUpdate(m_context, field.data(), field.size());
}

std::string RowSum::end()
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(m_context, sum, &size);
    return std::string(reinterpret_cast<const char *>(sum), 16);
}

} // namespace tw
