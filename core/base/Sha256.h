// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

namespace tw {

using Sha256 = std::array<unsigned char, 32>;

/// SHA-256 over parts, one after the other. QCryptographicHash of Qt 6.4 needs five times as long, and
/// OpenSSL's one-call functions look their algorithm up each time; this does neither. Any thread.
Sha256 sha256(std::initializer_list<std::string_view> parts);

/// HMAC (RFC 2104) with SHA-256.
Sha256 hmacSha256(std::string_view key, std::initializer_list<std::string_view> parts);

inline std::string_view bytesOf(const Sha256 &digest)
{
    return {reinterpret_cast<const char *>(digest.data()), digest.size()};
}

} // namespace tw
