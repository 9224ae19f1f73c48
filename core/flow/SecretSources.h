// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/flow/SecretSource.h"
#include "core/vault/KeyStore.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tw {

class Keychain;
class Sealer;

/// `$CREDENTIALS_DIRECTORY/tidewire.<connection>.<field>`: how systemd hands secrets to a service.
class CredentialSecrets final : public SecretSource
{
public:
    std::optional<Secret> find(const std::string &connection,
                               const std::string &field) const override;
    std::string hint(const std::string &connection, const std::string &field) const override;
    std::string place(const std::string &connection, const std::string &field) const override;
};

/// `secrets.sealed` of a folder. The key is fetched when the first secret of the file is asked for;
/// a file that does not open is told in place(), because the search goes on.
class SealedSecrets final : public SecretSource
{
public:
    /// `places.folder` holds the file and its key.
    explicit SealedSecrets(KeyPlaces places);
    ~SealedSecrets() override;
    std::optional<Secret> find(const std::string &connection,
                               const std::string &field) const override;
    std::string hint(const std::string &connection, const std::string &field) const override;
    std::string place(const std::string &connection, const std::string &field) const override;
    std::string path() const;

private:
    Result<std::optional<Secret>> read(const std::string &name) const;

    KeyPlaces m_places;
    mutable std::unique_ptr<Sealer> m_sealer;
    mutable std::string m_problem;
};

/// The entries `<connection>/<field>` of the keychain. One that failed once is not asked again.
class KeychainSecrets final : public SecretSource
{
public:
    explicit KeychainSecrets(Keychain &keychain) : m_keychain(keychain) {}
    std::optional<Secret> find(const std::string &connection,
                               const std::string &field) const override;
    std::string hint(const std::string &connection, const std::string &field) const override;
    std::string place(const std::string &connection, const std::string &field) const override;

private:
    Keychain &m_keychain;
    mutable std::string m_problem;
};

/// Asks its sources in order; the first that has the secret gives it. hint() names all that was
/// tried.
class SecretChain final : public SecretSource
{
public:
    explicit SecretChain(std::vector<std::unique_ptr<SecretSource>> sources);

    /// Environment, credentials, sealed files of the data folder and of the project, keychain.
    /// Empty folders and a null keychain are left out; `passphrase` as for KeyPlaces.
    static SecretChain ofProject(const std::string &projectFolder, const std::string &dataFolder,
                                 Keychain *keychain,
                                 std::function<std::optional<Secret>()> passphrase = {});

    /// Called with every secret that is found: the log learns what it must never show.
    void onFound(std::function<void(const Secret &)> found) { m_found = std::move(found); }

    std::optional<Secret> find(const std::string &connection,
                               const std::string &field) const override;
    std::string hint(const std::string &connection, const std::string &field) const override;
    std::string place(const std::string &connection, const std::string &field) const override;

private:
    std::vector<std::unique_ptr<SecretSource>> m_sources;
    std::function<void(const Secret &)> m_found;
};

} // namespace tw
