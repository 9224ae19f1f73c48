// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <optional>
#include <string>

namespace tw {

/// Where a desktop keeps the secrets of a person, by name. Calls wait for the answer, which may be
/// a person who unlocks the keychain. Error: Transient `vault.no_keychain`.
class Keychain
{
public:
    virtual ~Keychain() = default;
    virtual Result<std::optional<Secret>> find(const std::string &name) = 0;
    virtual Result<void> store(const std::string &name, const Secret &value) = 0;
    virtual Result<bool> remove(const std::string &name) = 0; ///< Whether it was there.
};

/// The keychain of this desktop session (Secret Service or KWallet, through QtKeychain).
///
/// QtKeychain lies in a module of its own that is loaded by the first call: a server that does not
/// use it neither needs its package nor pays for it. Without a session bus nothing is loaded.
class SystemKeychain final : public Keychain
{
public:
    Result<std::optional<Secret>> find(const std::string &name) override;
    Result<void> store(const std::string &name, const Secret &value) override;
    Result<bool> remove(const std::string &name) override;
};

} // namespace tw
