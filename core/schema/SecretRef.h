// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tw {

/// `${secret:stripe/api_key}`: how a file names a secret without holding it.
struct SecretRef
{
    std::string connection;
    std::string field;

    std::string text() const { return "${secret:" + connection + '/' + field + '}'; }
};

/// Nothing for any other text.
std::optional<SecretRef> parseSecretRef(std::string_view text);

/// Where secrets come from: environment variables, a keychain, a sealed file. Asked from one thread
/// while a connection is set up. Error Config `schema.secret_missing` says how to supply it.
class SecretSource
{
public:
    virtual ~SecretSource() = default;
    virtual Result<Secret> lookUp(const SecretRef &ref) = 0;
};

/// TIDEWIRE_SECRET_<CONNECTION>_<FIELD>: upper case, every other character an underscore.
class EnvironmentSecrets final : public SecretSource
{
public:
    using Read = std::function<const char *(const char *name)>;

    explicit EnvironmentSecrets(Read read = {}); ///< Without a reader: the process environment.
    Result<Secret> lookUp(const SecretRef &ref) override;
    static std::string variableName(const SecretRef &ref);

private:
    Read m_read;
};

} // namespace tw
