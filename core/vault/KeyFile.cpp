// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/KeyFile.h"

#include "core/data/Json.h"
#include "core/vault/Sealer.h"

#include <QByteArray>
#include <QtGlobal>
#include <algorithm>
#include <array>
#include <bit>
#include <openssl/evp.h>

namespace tw {
namespace {

constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kMostN = 1 << 20; // 1 GiB: a hostile file must not take more
constexpr std::size_t kMostKeys = 100;
constexpr std::array<std::string_view, 3> kProtections{"machine", "passphrase", "keychain"};

std::string toBase64(std::string_view bytes)
{
    return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toBase64().toStdString();
}

std::string fromBase64(std::string_view text)
{
    return QByteArray::fromBase64(QByteArray(text.data(), static_cast<qsizetype>(text.size())))
        .toStdString();
}

std::string_view textOf(const Value &value)
{
    return value.isString() ? value.text() : std::string_view();
}

Error badFile(const std::string &why)
{
    return configError("vault.bad_key_file", "This is not a key file that this program can read: " +
                                                 why + ". Restore it from a backup.");
}

std::string place(const std::string &id)
{
    return "project-key/1 " + id;
}

} // namespace

Result<KeyFile> KeyFile::parse(const std::string &text)
{
    auto json = parseJson(text);
    if (!json)
        return badFile(json.error().message);
    const Value &root = json->root();
    if (textOf(root.get("schema")) != "project-key/1")
        return badFile("it does not say \"schema\": \"project-key/1\"");
    KeyFile file;
    file.id = textOf(root.get("id"));
    const bool isName = std::all_of(file.id.begin(), file.id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    if (file.id.empty() || file.id.size() > 64 || !isName) // it becomes a file name
        return badFile("its id is not made of letters and digits");
    const auto found =
        std::find(kProtections.begin(), kProtections.end(), textOf(root.get("protected_by")));
    if (found == kProtections.end())
        return badFile("it does not say what protects it");
    file.protection = static_cast<KeyProtection>(found - kProtections.begin());
    if (file.protection == KeyProtection::Passphrase) {
        const auto n = root.find("scrypt.n").toInt().value_or(0);
        file.scryptN = static_cast<std::uint64_t>(n);
        file.salt = fromBase64(textOf(root.find("scrypt.salt")));
        if (n < 2 || file.scryptN > kMostN || !std::has_single_bit(file.scryptN) ||
            file.salt.size() < 16)
            return badFile("its scrypt settings are out of bounds");
    }
    for (const Value &key : root.get("keys").items())
        file.wrapped.push_back(fromBase64(textOf(key)));
    if (file.wrapped.empty() || file.wrapped.size() > kMostKeys)
        return badFile("it holds no keys");
    return file;
}

std::string KeyFile::text() const
{
    Arena arena;
    ObjectBuilder root(arena);
    root.set("schema", Value::string("project-key/1"));
    root.set("id", Value::string(arena, id));
    root.set("protected_by", Value::string(kProtections[static_cast<std::size_t>(protection)]));
    if (protection == KeyProtection::Passphrase) {
        ObjectBuilder scrypt(arena);
        scrypt.set("n", Value::integer(static_cast<std::int64_t>(scryptN)));
        scrypt.set("r", Value::integer(kScryptR));
        scrypt.set("p", Value::integer(kScryptP));
        scrypt.set("salt", Value::string(arena, toBase64(salt)));
        root.set("scrypt", scrypt.finish());
    }
    ArrayBuilder keys(arena);
    for (const std::string &one : wrapped)
        keys.add(Value::string(arena, toBase64(one)));
    root.set("keys", keys.finish());
    return toJson(root.finish(), JsonStyle::Pretty) + '\n';
}

ProjectKey KeyFile::keyOfPassphrase(const Secret &passphrase) const
{
    const std::string_view words = passphrase.reveal();
    std::string key(ProjectKey::kBytes, '\0');
    const std::uint64_t memory = 128 * kScryptR * (scryptN + kScryptP + 2) + (1 << 20);
    if (EVP_PBE_scrypt(words.data(), words.size(),
                       reinterpret_cast<const unsigned char *>(salt.data()), salt.size(), scryptN,
                       kScryptR, kScryptP, memory, reinterpret_cast<unsigned char *>(key.data()),
                       key.size()) != 1)
        qFatal("OpenSSL cannot run scrypt");
    return ProjectKey::fromBytes(Secret(std::move(key)));
}

void KeyFile::wrap(const ProjectKey &wrapping, const KeyRing &keys)
{
    Sealer sealer({wrapping}, "project keys");
    wrapped.clear();
    for (const ProjectKey &key : keys)
        wrapped.push_back(sealer.seal(key.bytes().reveal(), place(id)));
}

Result<KeyRing> KeyFile::unwrap(const ProjectKey &wrapping) const
{
    Sealer sealer({wrapping}, "project keys");
    KeyRing keys;
    for (const std::string &one : wrapped) {
        auto bytes = sealer.open(one, place(id));
        if (!bytes && bytes.error().code == "vault.wrong_key" &&
            protection == KeyProtection::Passphrase)
            return configError("vault.wrong_passphrase",
                               "The passphrase does not open the key of this project. Try again.");
        if (!bytes)
            return std::move(bytes).error();
        if (!Sealer::isSealed(one) || bytes->size() != ProjectKey::kBytes)
            return badFile("a key in it is not sealed");
        keys.push_back(ProjectKey::fromBytes(Secret(std::move(*bytes))));
    }
    return keys;
}

} // namespace tw
