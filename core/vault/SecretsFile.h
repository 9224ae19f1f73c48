// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw {

class Sealer;

/// `secrets.sealed`: secrets by name (`stripe/api_key`), each sealed and bound to its name. Names
/// are readable, so that lists and reviews need no key. A plain value; nothing is written before
/// save(). The sealer is made for the purpose kPurpose.
class SecretsFile
{
public:
    static constexpr char kFileName[] = "secrets.sealed";
    static constexpr char kPurpose[] = "secrets";

    /// Empty when there is no such file. Errors: Config `vault.bad_secrets_file`, and what
    /// readOwnFile() says.
    static Result<SecretsFile> load(const std::string &path);
    Result<void> save() const;

    std::vector<std::string> names() const;
    bool has(const std::string &name) const { return m_sealed.contains(name); }
    Result<std::optional<Secret>> open(const std::string &name, Sealer &sealer) const;
    void set(const std::string &name, const Secret &value, Sealer &sealer);
    bool remove(const std::string &name) { return m_sealed.erase(name) > 0; }

private:
    explicit SecretsFile(std::string path) : m_path(std::move(path)) {}

    std::string m_path;
    std::map<std::string, std::string> m_sealed;
};

} // namespace tw
