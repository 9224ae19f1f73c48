// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/Keychain.h"

#include "core/base/Text.h"
#include "core/vault/KeychainModule.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLibrary>
#include <openssl/crypto.h>

namespace tw {
namespace {

using Entry = void (*)(KeychainCall *);

Error noKeychain(const std::string &why)
{
    return transientError("vault.no_keychain",
                          "The keychain of this session cannot be used: " + why +
                              ". Use the sealed file or environment variables instead.");
}

bool hasSessionBus()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
           (qEnvironmentVariableIsSet("XDG_RUNTIME_DIR") &&
            QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus")));
}

/// Beside the programs, in the build folder as after an installation.
QString modulePath()
{
    return QCoreApplication::applicationDirPath() +
           QStringLiteral("/../lib/tidewire/tidewire-keychain.so");
}

Result<void> ask(KeychainCall &call)
{
    if (!hasSessionBus())
        return noKeychain("there is no desktop session (D-Bus)");
    QLibrary module(modulePath());
    const auto entry = reinterpret_cast<Entry>(module.resolve(kKeychainEntry));
    if (!entry)
        return noKeychain("its module is not installed (" + toUtf8(module.errorString()) + ")");
    entry(&call);
    if (call.outcome == KeychainCall::Outcome::Failed)
        return noKeychain(call.problem);
    return {};
}

} // namespace

Result<std::optional<Secret>> SystemKeychain::find(const std::string &name)
{
    KeychainCall call{KeychainCall::Action::Find, name, {}, {}};
    if (auto asked = ask(call); !asked)
        return std::move(asked).error();
    if (call.outcome == KeychainCall::Outcome::NotThere)
        return std::optional<Secret>();
    std::optional<Secret> found(std::in_place, call.value);
    OPENSSL_cleanse(call.value.data(), call.value.size());
    return found;
}

Result<void> SystemKeychain::store(const std::string &name, const Secret &value)
{
    KeychainCall call{KeychainCall::Action::Store, name, std::string(value.reveal()), {}};
    auto asked = ask(call);
    OPENSSL_cleanse(call.value.data(), call.value.size());
    return asked;
}

Result<bool> SystemKeychain::remove(const std::string &name)
{
    // Some keychains remove what is not there without a word.
    auto known = find(name);
    if (!known || !*known)
        return known ? Result<bool>(false) : Result<bool>(std::move(known).error());
    KeychainCall call{KeychainCall::Action::Remove, name, {}, {}};
    if (auto asked = ask(call); !asked)
        return std::move(asked).error();
    return call.outcome == KeychainCall::Outcome::Done;
}

} // namespace tw
