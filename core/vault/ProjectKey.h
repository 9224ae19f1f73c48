// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// The one key of a project: 32 random bytes that are never used as they are. Every use has a key
/// of its own, derived by purpose (HKDF-SHA256), so that what opens secrets does not open the
/// journal.
class ProjectKey
{
public:
    static constexpr std::size_t kBytes = 32;

    static ProjectKey random();
    /// 64 hex digits, as text() writes them. Error: Config `vault.bad_key`.
    static Result<ProjectKey> fromText(std::string_view text);
    static ProjectKey fromBytes(Secret bytes); ///< Exactly kBytes.

    const std::string &id() const { return m_id; } ///< 8 hex digits; tells keys apart, not secret.
    std::string_view idBytes() const { return m_idBytes; } ///< The same as 4 bytes.
    const Secret &bytes() const { return m_bytes; }
    Secret text() const;
    Secret derive(std::string_view purpose, std::string_view salt = {}) const;

private:
    explicit ProjectKey(Secret bytes);

    Secret m_bytes;
    std::string m_idBytes, m_id;
};

/// The current key first, then older ones, which open but never seal. Never empty.
using KeyRing = std::vector<ProjectKey>;

/// Several keys in one text, separated by commas or blanks: the current one first.
Result<KeyRing> keyRingFromText(std::string_view text);

/// Random bytes of the operating system for keys, salts and nonces. Ends the program when there
/// are none: nothing may be sealed then.
std::string randomBytes(std::size_t count);

/// `bytes` as lower-case hex digits.
std::string toHex(std::string_view bytes);

} // namespace tw
