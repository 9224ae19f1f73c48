// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Secret.h"

#include <openssl/crypto.h>
#include <utility>

namespace tw {

Secret::Secret(Secret &&other) noexcept : m_value(other.m_value)
{
    other.wipe();
}

Secret &Secret::operator=(const Secret &other)
{
    if (this != &other) {
        wipe();
        m_value = other.m_value;
    }
    return *this;
}

Secret &Secret::operator=(Secret &&other) noexcept
{
    if (this != &other) {
        wipe();
        m_value = other.m_value;
        other.wipe();
    }
    return *this;
}

Secret::~Secret()
{
    wipe();
}

bool Secret::matches(std::string_view candidate) const
{
    return constantTimeEquals(m_value, candidate);
}

void Secret::wipe() noexcept
{
    OPENSSL_cleanse(m_value.data(), m_value.size());
    m_value.clear();
}

bool constantTimeEquals(std::string_view left, std::string_view right)
{
    return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

} // namespace tw
