// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/KeyStore.h"

#include "core/vault/Keychain.h"
#include "core/vault/OwnFile.h"

#include <cstdlib>

namespace tw {
namespace {

constexpr char kVariable[] = "TIDEWIRE_PROJECT_KEY";
constexpr char kCredential[] = "tidewire-project-key";
constexpr char kPassphrase[] = "TIDEWIRE_PROJECT_PASSPHRASE";

std::string environmentText(const char *name)
{
    const char *value = std::getenv(name);
    return value ? value : "";
}

Error noKey(const std::string &message)
{
    return configError("vault.no_key", message);
}

std::string keychainName(const std::string &id)
{
    return "project-key/" + id;
}

} // namespace

Result<std::optional<Secret>> systemdCredential(const std::string &name)
{
    const std::string folder = environmentText("CREDENTIALS_DIRECTORY");
    if (folder.empty())
        return std::optional<Secret>();
    auto bytes = readOwnFile(folder + '/' + name);
    if (!bytes)
        return std::move(bytes).error();
    if (!*bytes)
        return std::optional<Secret>();
    while (!(*bytes)->empty() && ((*bytes)->back() == '\n' || (*bytes)->back() == '\r'))
        (*bytes)->pop_back();
    return std::optional<Secret>(std::in_place, std::move(**bytes));
}

KeyStore::KeyStore(KeyPlaces places) : m_places(std::move(places)) {}

std::string KeyStore::keyFilePath() const
{
    return m_places.folder + "/project.key";
}

std::string KeyStore::machineKeyPath(const std::string &id) const
{
    std::string home = m_places.configHome;
    if (home.empty())
        home = environmentText("XDG_CONFIG_HOME");
    if (home.empty())
        home = environmentText("HOME") + "/.config";
    return home + "/tidewire/keys/" + id + ".key";
}

Result<std::optional<KeyRing>> KeyStore::supplied() const
{
    std::string_view from = kVariable;
    std::optional<Secret> text;
    if (std::string value = environmentText(kVariable); !value.empty()) {
        text.emplace(std::move(value));
    } else {
        auto credential = systemdCredential(kCredential);
        if (!credential)
            return std::move(credential).error();
        from = kCredential;
        text = std::move(*credential);
    }
    if (!text)
        return std::optional<KeyRing>();
    auto keys = keyRingFromText(text->reveal());
    if (!keys)
        return std::move(keys).error().at(from);
    return std::optional<KeyRing>(std::move(*keys));
}

Result<std::optional<KeyFile>> KeyStore::readKeyFile() const
{
    auto text = readOwnFile(keyFilePath());
    if (!text)
        return std::move(text).error();
    if (!*text)
        return std::optional<KeyFile>();
    auto file = KeyFile::parse(**text);
    if (!file)
        return std::move(file).error().at(keyFilePath());
    return std::optional<KeyFile>(std::move(*file));
}

Result<Secret> KeyStore::passphraseFor(const KeyFile &file) const
{
    if (std::string words = environmentText(kPassphrase); !words.empty())
        return Secret(std::move(words));
    if (m_places.passphrase) {
        if (auto words = m_places.passphrase(); words && !words->isEmpty())
            return std::move(*words);
    }
    return noKey("The key of project " + file.id +
                 " is protected by a passphrase, and none was "
                 "given. Set " +
                 std::string(kPassphrase) + ", or run this on a terminal.");
}

Result<ProjectKey> KeyStore::wrappingKey(const KeyFile &file) const
{
    if (file.protection == KeyProtection::Passphrase) {
        auto words = passphraseFor(file);
        if (!words)
            return std::move(words).error();
        return file.keyOfPassphrase(*words);
    }
    std::optional<Secret> text;
    std::string where;
    if (file.protection == KeyProtection::Machine) {
        where = "the file " + machineKeyPath(file.id);
        auto bytes = readSecretFile(machineKeyPath(file.id));
        if (!bytes)
            return std::move(bytes).error();
        if (*bytes)
            text.emplace(std::move(**bytes));
    } else {
        where = "the entry " + keychainName(file.id) + " of the keychain";
        if (!m_places.keychain)
            return noKey("The key of project " + file.id + " lies in " + where +
                         ", and this program has no keychain. Set " + kVariable + '.');
        auto found = m_places.keychain->find(keychainName(file.id));
        if (!found)
            return std::move(found).error();
        text = std::move(*found);
    }
    if (!text)
        return noKey("The key of project " + file.id + " is protected by " + where +
                     ", which is not there. Tried before: " + kVariable + " and the credential " +
                     kCredential + ". Bring back what is missing, or set " + kVariable + '.');
    auto key = ProjectKey::fromText(text->reveal().substr(0, ProjectKey::kBytes * 2));
    if (!key)
        return std::move(key).error().at(where);
    return key;
}

Result<ProjectKey> KeyStore::newWrappingKey(const KeyFile &file)
{
    if (file.protection == KeyProtection::Passphrase)
        return wrappingKey(file);
    const ProjectKey key = ProjectKey::random();
    if (file.protection == KeyProtection::Keychain) {
        if (!m_places.keychain)
            return configError("vault.no_keychain", "This program has no keychain.");
        if (auto stored = m_places.keychain->store(keychainName(file.id), key.text()); !stored)
            return std::move(stored).error();
        return key;
    }
    const std::string path = machineKeyPath(file.id);
    if (auto made = makeOwnFolder(path.substr(0, path.rfind('/'))); !made)
        return std::move(made).error();
    const Secret text = key.text();
    if (auto written = writeOwnFile(path, std::string(text.reveal()) + '\n', OnExisting::Keep);
        !written)
        return std::move(written).error();
    return key;
}

Result<KeyRing> KeyStore::open() const
{
    auto given = supplied();
    if (!given)
        return std::move(given).error();
    if (*given)
        return std::move(**given);
    auto file = readKeyFile();
    if (!file)
        return std::move(file).error();
    if (!*file) {
        const std::string folder = environmentText("CREDENTIALS_DIRECTORY");
        return noKey(
            "The data is encrypted and its key was not found. Tried: the environment "
            "variable " +
            std::string(kVariable) + " (not set), the systemd credential " + kCredential +
            (folder.empty() ? " (no $CREDENTIALS_DIRECTORY)" : " (not in " + folder + ')') +
            ", the file " + keyFilePath() + " (not there). Supply the key in one of them.");
    }
    auto wrapping = wrappingKey(**file);
    if (!wrapping)
        return std::move(wrapping).error();
    auto keys = (*file)->unwrap(*wrapping);
    if (!keys)
        return std::move(keys).error().at(keyFilePath());
    return keys;
}

Result<KeyRing> KeyStore::openOrCreate(KeyProtection protection)
{
    auto given = supplied();
    if (!given)
        return std::move(given).error();
    auto known = readKeyFile();
    if (!known)
        return std::move(known).error();
    if (*given || *known)
        return open();
    KeyFile file;
    file.id = toHex(randomBytes(8));
    file.protection = protection;
    file.salt = protection == KeyProtection::Passphrase ? randomBytes(16) : std::string();
    if (auto made = makeOwnFolder(m_places.folder); !made)
        return std::move(made).error();
    auto wrapping = newWrappingKey(file);
    if (!wrapping)
        return std::move(wrapping).error();
    KeyRing keys{ProjectKey::random()};
    file.wrap(*wrapping, keys);
    auto written = writeOwnFile(keyFilePath(), file.text(), OnExisting::Keep);
    if (!written)
        return std::move(written).error();
    return *written ? Result<KeyRing>(std::move(keys)) : open();
}

Result<KeyRing> KeyStore::rotate()
{
    auto given = supplied();
    if (!given)
        return std::move(given).error();
    auto file = readKeyFile();
    if (!file)
        return std::move(file).error();
    if (*given || !*file)
        return configError("vault.key_not_ours",
                           "The key of this project is not kept in " + keyFilePath() +
                               ". Put the new key before the old one where it comes from.");
    auto wrapping = wrappingKey(**file);
    if (!wrapping)
        return std::move(wrapping).error();
    auto keys = (*file)->unwrap(*wrapping);
    if (!keys)
        return std::move(keys).error().at(keyFilePath());
    keys->insert(keys->begin(), ProjectKey::random());
    (*file)->wrap(*wrapping, *keys);
    auto written = writeOwnFile(keyFilePath(), (*file)->text(), OnExisting::Replace);
    if (!written)
        return std::move(written).error();
    return keys;
}

} // namespace tw
