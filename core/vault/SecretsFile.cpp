// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/SecretsFile.h"

#include "core/data/Json.h"
#include "core/vault/OwnFile.h"
#include "core/vault/Sealer.h"

#include <QByteArray>

namespace tw {
namespace {

std::string place(const std::string &name)
{
    return "secrets/1 " + name;
}

} // namespace

Result<SecretsFile> SecretsFile::load(const std::string &path)
{
    SecretsFile file(path);
    auto text = readOwnFile(path);
    if (!text)
        return std::move(text).error();
    if (!*text)
        return file;
    auto json = parseJson(**text);
    const Value secrets = json ? json->root().get("secrets") : Value();
    const Value schema = json ? json->root().get("schema") : Value();
    if (!secrets.isObject() || !schema.isString() || schema.text() != "secrets/1")
        return configError("vault.bad_secrets_file",
                           path + " is not a file of sealed secrets that this program can read. "
                                  "Restore it, or remove it and set the secrets anew.");
    for (const Member &member : secrets.members()) {
        const std::string_view text64 =
            member.value.isString() ? member.value.text() : std::string_view();
        file.m_sealed[std::string(member.key.text())] =
            QByteArray::fromBase64(QByteArray(text64.data(), static_cast<qsizetype>(text64.size())))
                .toStdString();
    }
    return file;
}

Result<void> SecretsFile::save() const
{
    Arena arena;
    ObjectBuilder secrets(arena);
    for (const auto &[name, sealed] : m_sealed) {
        const QByteArray text =
            QByteArray(sealed.data(), static_cast<qsizetype>(sealed.size())).toBase64();
        secrets.set(name, Value::string(arena, text.toStdString()));
    }
    ObjectBuilder root(arena);
    root.set("schema", Value::string("secrets/1"));
    root.set("secrets", secrets.finish());
    auto written =
        writeOwnFile(m_path, toJson(root.finish(), JsonStyle::Pretty) + '\n', OnExisting::Replace);
    if (!written)
        return std::move(written).error();
    return {};
}

std::vector<std::string> SecretsFile::names() const
{
    std::vector<std::string> names;
    for (const auto &[name, sealed] : m_sealed)
        names.push_back(name);
    return names;
}

Result<std::optional<Secret>> SecretsFile::open(const std::string &name, Sealer &sealer) const
{
    const auto found = m_sealed.find(name);
    if (found == m_sealed.end())
        return std::optional<Secret>();
    auto plain = Sealer::isSealed(found->second)
                     ? sealer.open(found->second, place(name))
                     : Result<std::string>(internalError("vault.altered", "It is not sealed."));
    if (!plain)
        return std::move(plain).error().at(m_path + ": " + name);
    return std::optional<Secret>(std::in_place, std::move(*plain));
}

void SecretsFile::set(const std::string &name, const Secret &value, Sealer &sealer)
{
    m_sealed[name] = sealer.seal(value.reveal(), place(name));
}

} // namespace tw
