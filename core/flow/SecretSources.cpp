// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/SecretSources.h"

#include "core/vault/Keychain.h"
#include "core/vault/Sealer.h"
#include "core/vault/SecretsFile.h"

#include <cstdlib>

namespace tw {
namespace {

std::string nameOf(const std::string &connection, const std::string &field)
{
    return connection + '/' + field;
}

/// Names of connections and fields come from files; none of them may climb out of a folder.
std::string credentialName(const std::string &connection, const std::string &field)
{
    std::string name = "tidewire." + connection + '.' + field;
    for (char &c : name) {
        if (c == '/')
            c = '_';
    }
    return name;
}

std::string because(const std::string &problem)
{
    return problem.empty() ? problem : " (" + problem + ')';
}

} // namespace

std::optional<Secret> CredentialSecrets::find(const std::string &connection,
                                              const std::string &field) const
{
    auto found = systemdCredential(credentialName(connection, field));
    return found ? std::move(*found) : std::nullopt;
}

std::string CredentialSecrets::hint(const std::string &connection, const std::string &field) const
{
    return "Add LoadCredential=" + credentialName(connection, field) + ":… to the service.";
}

std::string CredentialSecrets::place(const std::string &connection, const std::string &field) const
{
    return "the systemd credential " + credentialName(connection, field);
}

SealedSecrets::SealedSecrets(KeyPlaces places) : m_places(std::move(places)) {}
SealedSecrets::~SealedSecrets() = default;

std::string SealedSecrets::path() const
{
    return m_places.folder + '/' + SecretsFile::kFileName;
}

Result<std::optional<Secret>> SealedSecrets::read(const std::string &name) const
{
    auto file = SecretsFile::load(path());
    if (!file)
        return std::move(file).error();
    if (!file->has(name))
        return std::optional<Secret>();
    if (!m_sealer) {
        auto keys = KeyStore(m_places).open();
        if (!keys)
            return std::move(keys).error();
        m_sealer = std::make_unique<Sealer>(std::move(*keys), SecretsFile::kPurpose);
    }
    return file->open(name, *m_sealer);
}

std::optional<Secret> SealedSecrets::find(const std::string &connection,
                                          const std::string &field) const
{
    auto found = read(nameOf(connection, field));
    m_problem = found ? std::string() : found.error().text();
    return found ? std::move(*found) : std::nullopt;
}

std::string SealedSecrets::hint(const std::string &connection, const std::string &field) const
{
    return "Run: tidewire secrets set " + nameOf(connection, field) + because(m_problem);
}

std::string SealedSecrets::place(const std::string &, const std::string &) const
{
    return "the file " + path() + because(m_problem);
}

std::optional<Secret> KeychainSecrets::find(const std::string &connection,
                                            const std::string &field) const
{
    if (!m_problem.empty()) // it is not there; asking again would only take time
        return std::nullopt;
    auto found = m_keychain.find(nameOf(connection, field));
    m_problem = found ? std::string() : found.error().message;
    return found ? std::move(*found) : std::nullopt;
}

std::string KeychainSecrets::hint(const std::string &connection, const std::string &field) const
{
    return "Run: tidewire secrets set --in keychain " + nameOf(connection, field);
}

std::string KeychainSecrets::place(const std::string &, const std::string &) const
{
    return "the keychain" + because(m_problem);
}

SecretChain::SecretChain(std::vector<std::unique_ptr<SecretSource>> sources)
    : m_sources(std::move(sources))
{}

SecretChain SecretChain::ofProject(const std::string &projectFolder, const std::string &dataFolder,
                                   Keychain *keychain,
                                   std::function<std::optional<Secret>()> passphrase)
{
    std::vector<std::unique_ptr<SecretSource>> sources;
    sources.push_back(std::make_unique<EnvironmentSecrets>());
    sources.push_back(std::make_unique<CredentialSecrets>());
    for (const std::string &folder : {dataFolder, projectFolder}) {
        if (!folder.empty())
            sources.push_back(
                std::make_unique<SealedSecrets>(KeyPlaces{folder, {}, passphrase, keychain}));
    }
    if (keychain)
        sources.push_back(std::make_unique<KeychainSecrets>(*keychain));
    return SecretChain(std::move(sources));
}

std::optional<Secret> SecretChain::find(const std::string &connection,
                                        const std::string &field) const
{
    for (const auto &source : m_sources) {
        if (auto found = source->find(connection, field)) {
            if (m_found)
                m_found(*found);
            return found;
        }
    }
    return std::nullopt;
}

std::string SecretChain::hint(const std::string &connection, const std::string &field) const
{
    const std::string name = nameOf(connection, field);
    return "Looked in " + place(connection, field) + ". Set it with \"tidewire secrets set " +
           name + "\" or " + EnvironmentSecrets::variableName(connection, field) + '.';
}

std::string SecretChain::place(const std::string &connection, const std::string &field) const
{
    std::string all;
    for (const auto &source : m_sources) {
        const std::string one = source->place(connection, field);
        if (!one.empty())
            all += (all.empty() ? "" : ", ") + one;
    }
    return all;
}

} // namespace tw
