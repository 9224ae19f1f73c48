// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/vault/ProjectKey.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_cipher_ctx_st;

namespace tw {

/// Seals values for rest: AES-256-GCM under keys derived for one purpose ("journal", "secrets").
///
/// A sealed value is bound to `aad`, what its place is called (table, row, column): moved to
/// another place it does not open. Layout: 01 'T' 'W' 01, key id (4), epoch (8), nonce (12),
/// ciphertext, tag (16). Each Sealer seals in an epoch of its own with a key of its own, and begins
/// a new one before random nonces could meet (decision 9). No JSON or YAML text begins with 01.
///
/// Not thread-safe: one Sealer per thread. Older keys of the ring open, the first one seals.
class Sealer
{
public:
    static constexpr std::size_t kOverhead = 44;

    Sealer(KeyRing keys, std::string_view purpose);
    ~Sealer();
    Sealer(Sealer &&) noexcept;
    Sealer &operator=(Sealer &&) noexcept;

    static bool isSealed(std::string_view bytes);
    /// Whether the first key of the ring sealed it: if not, seal it anew before that key goes.
    bool isCurrent(std::string_view bytes) const;

    std::string seal(std::string_view plain, std::string_view aad);
    /// What is not sealed comes back as it is: it was written before encryption was on. Errors:
    /// Config `vault.wrong_key` (no key of the ring), `vault.newer_format`; Internal
    /// `vault.altered`.
    Result<std::string> open(std::string_view bytes, std::string_view aad);

private:
    struct ContextDeleter
    {
        void operator()(evp_cipher_ctx_st *context) const;
    };
    using Context = std::unique_ptr<evp_cipher_ctx_st, ContextDeleter>;
    struct Opening
    {
        std::string keyAndEpoch;
        Context context;
    };

    Secret epochKey(const ProjectKey &key, std::string_view epoch) const;
    void beginEpoch();
    const char *nextNonce();
    evp_cipher_ctx_st *openingFor(std::string_view keyAndEpoch);

    KeyRing m_keys;
    std::string m_purpose;
    std::string m_head; ///< Magic, key id and epoch of what is sealed now.
    Context m_sealing;
    std::uint64_t m_sealed = 0;
    std::string m_nonces; ///< Drawn ahead: asking for each costs more than sealing a short value.
    std::size_t m_nonceAt = 0;
    std::vector<Opening> m_openings;
};

} // namespace tw
