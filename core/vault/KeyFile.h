// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/vault/ProjectKey.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw {

/// What protects the key of a project.
enum class KeyProtection {
    Machine,    ///< A file outside the project, readable by this user on this machine alone.
    Passphrase, ///< What a person types.
    Keychain,   ///< The keychain of the desktop session.
};

/// `project.key`: the keys of a project, wrapped by another key. JSON (FORMATS.md); holds nothing
/// that opens anything by itself.
struct KeyFile
{
    std::string id; ///< Random, given once: copies and renamed folders keep it.
    KeyProtection protection = KeyProtection::Machine;
    std::string salt; ///< Passphrase only; 16 bytes.
    std::uint64_t scryptN = 1 << 15;
    std::vector<std::string> wrapped; ///< Sealed keys, the current one first.

    static Result<KeyFile> parse(const std::string &text);
    std::string text() const;

    /// scrypt, with a cost of 32 MiB and about a tenth of a second.
    ProjectKey keyOfPassphrase(const Secret &passphrase) const;
    void wrap(const ProjectKey &wrapping, const KeyRing &keys);
    /// Error: Config `vault.wrong_passphrase`, or what Sealer::open() says.
    Result<KeyRing> unwrap(const ProjectKey &wrapping) const;
};

} // namespace tw
