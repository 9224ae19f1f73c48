// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"
#include "core/vault/KeyFile.h"
#include "core/vault/ProjectKey.h"

#include <functional>
#include <optional>
#include <string>

namespace tw {

class Keychain;

/// Where the key of a project is looked for.
struct KeyPlaces
{
    std::string folder;     ///< Holds project.key: the data folder, or the project.
    std::string configHome; ///< Of machine keys; empty: $XDG_CONFIG_HOME, else ~/.config.
    /// Asks a person; nothing when nobody can be asked. TIDEWIRE_PROJECT_PASSPHRASE is read first.
    std::function<std::optional<Secret>()> passphrase;
    Keychain *keychain = nullptr; ///< Outlives the store.
};

/// Finds or makes the key of a project, in this order: the environment variable
/// TIDEWIRE_PROJECT_KEY, the systemd credential `tidewire-project-key`, `project.key` in its folder
/// with what protects it. Reads and writes files; may wait for a person. Any thread, one at a time.
class KeyStore
{
public:
    explicit KeyStore(KeyPlaces places);

    /// Error Config `vault.no_key` names every place that was tried; what is there but does not
    /// work is an error of its own and is never passed over.
    Result<KeyRing> open() const;
    /// Makes a key when there is none anywhere. Not for a folder that holds sealed data: there a
    /// missing key is an error, and open() says so.
    Result<KeyRing> openOrCreate(KeyProtection protection = KeyProtection::Machine);
    /// Puts a new key before those of project.key. Error Config `vault.key_not_ours` where the key
    /// comes from outside.
    Result<KeyRing> rotate();

    std::string keyFilePath() const;
    std::string machineKeyPath(const std::string &id) const;

private:
    Result<std::optional<KeyRing>> supplied() const;
    Result<std::optional<KeyFile>> readKeyFile() const;
    Result<ProjectKey> wrappingKey(const KeyFile &file) const;
    Result<ProjectKey> newWrappingKey(const KeyFile &file);
    Result<Secret> passphraseFor(const KeyFile &file) const;

    KeyPlaces m_places;
};

/// A file of `$CREDENTIALS_DIRECTORY`, as systemd hands credentials to a service.
Result<std::optional<Secret>> systemdCredential(const std::string &name);

} // namespace tw
